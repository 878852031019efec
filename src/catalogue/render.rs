//! From an entry and its parameters to the request of an HTTP task.

use super::Entry;
use super::operation::{QueryStyle, RequestSpec};
use crate::resolve::{Encoding, Missing, RequestTemplate, Resolved, SecretSlot, TemplateProblem, java_text};
use crate::source::Pointer;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Compiles a request as it is written. The result of its rendering is the input of an HTTP task, with `query` beside it.
pub(super) fn compile(spec: &RequestSpec) -> (RequestTemplate, Vec<TemplateProblem>) {
    let mut tree = Map::new();
    tree.insert("uri".into(), spec.uri.as_str().into());
    tree.insert("method".into(), spec.method.as_str().into());
    let optional = [("query", &spec.query), ("headers", &spec.headers)];
    for (name, map) in optional.into_iter().filter(|(_, map)| !map.is_empty()) {
        tree.insert(name.into(), Value::Object(map.clone()));
    }
    if let Some(body) = &spec.body {
        tree.insert("body".into(), body.clone());
    }
    for (name, option) in &spec.options {
        tree.entry(name).or_insert_with(|| option.clone());
    }
    RequestTemplate::parse(&Value::Object(tree), &[Pointer::root().key("uri")])
}

impl Entry {
    /// The request, compiled; `None` when it holds none.
    #[must_use]
    pub fn template(&self) -> Option<&RequestTemplate> {
        let request = || self.operation.request.as_ref().map(|request| compile(request).0);
        self.template.get_or_init(request).as_ref()
    }

    /// The request for these parameters, as the input of an HTTP task: `{"uri", "method", "headers", "body"}`. An optional
    /// parameter without a value leaves its key, or its part of the query, out. Secrets stay references.
    ///
    /// # Errors
    /// Every parameter that is missing inside a longer text.
    pub fn render(&self, input: &Resolved) -> Result<Resolved, Vec<Missing>> {
        let Some(template) = self.template() else { return Ok(input.clone()) };
        let mut request = template.render(input, &self.constants())?;
        let query = Arc::make_mut(&mut request.value).as_object_mut().and_then(|request| request.shift_remove("query"));
        if let Some(Value::Object(query)) = query {
            append_query(&mut request, &query, self.operation.request.as_ref().map(|own| &own.query_styles));
        }
        Ok(request)
    }
}

/// Puts the query behind the URI. A list gives its name once for each element unless its style says otherwise, null gives nothing.
fn append_query(request: &mut Resolved, query: &Map<String, Value>, styles: Option<&Styles>) {
    let Some(Value::String(uri)) = Arc::make_mut(&mut request.value).get_mut("uri") else { return };
    let secrets = Arc::make_mut(&mut request.secrets);
    let base = Pointer::root().key("query");
    for (name, value) in query {
        let at = base.key(name);
        let style = styles.and_then(|styles| styles.get(name)).copied();
        if let Some((style, true)) = style.map(|style| (style, value.is_array() || value.is_object())) {
            append_styled(uri, name, value, style);
            continue;
        }
        let values = match value {
            Value::Array(list) => list.iter().collect(),
            Value::Null => Vec::new(),
            other => vec![other],
        };
        for value in values {
            begin(uri, name);
            let start = uri.len();
            if move_secret(secrets, &at, start) {
                // The reference itself stands here until the request is built.
                uri.push_str(&java_text(value));
            } else {
                Encoding::UriComponent.write(&java_text(value), uri);
            }
        }
    }
}

/// How lists and objects stand in the query, by parameter.
type Styles = BTreeMap<String, QueryStyle>;

fn begin(uri: &mut String, name: &str) {
    uri.push(if uri.contains('?') { '&' } else { '?' });
    Encoding::UriComponent.write(name, uri);
    uri.push('=');
}

/// A list or an object in its style. An object's members stand in a joined list as name and value in turn.
fn append_styled(uri: &mut String, name: &str, value: &Value, style: QueryStyle) {
    let mut put = |name: &str, value: &Value| {
        begin(uri, name);
        Encoding::UriComponent.write(&java_text(value), uri);
    };
    let separator = match (style, value) {
        (QueryStyle::Json, value) => return put(name, &Value::String(value.to_string())),
        (QueryStyle::Brackets, Value::Object(members)) => {
            return members.iter().for_each(|(key, value)| put(&format!("{name}[{key}]"), value));
        }
        (QueryStyle::Members, Value::Object(members)) => {
            return members.iter().for_each(|(key, value)| put(key, value));
        }
        (QueryStyle::Brackets | QueryStyle::Members, Value::Array(items)) => {
            return items.iter().for_each(|item| put(name, item));
        }
        (QueryStyle::Space, _) => " ",
        (QueryStyle::Pipe, _) => "|",
        (QueryStyle::Tab, _) => "\t",
        _ => ",",
    };
    let parts: Vec<String> = match value {
        Value::Array(items) => items.iter().map(java_text).collect(),
        Value::Object(members) => members.iter().flat_map(|(key, value)| [key.clone(), java_text(value)]).collect(),
        _ => return,
    };
    begin(uri, name);
    for (index, part) in parts.iter().enumerate() {
        // The separator itself is a part of the syntax.
        match (index, separator) {
            (0, _) => {}
            (_, ",") => uri.push(','),
            (_, other) => Encoding::UriComponent.write(other, uri),
        }
        Encoding::UriComponent.write(part, uri);
    }
}

/// Moves the slots of a query parameter to the URI, where its text now stands. Says whether there were any.
fn move_secret(secrets: &mut [SecretSlot], parameter: &Pointer, start: usize) -> bool {
    let mut moved = false;
    for slot in secrets.iter_mut().filter(|slot| slot.pointer == *parameter) {
        slot.pointer = Pointer::root().key("uri");
        slot.range = slot.range.start + start..slot.range.end + start;
        slot.whole = false;
        slot.encoding = Encoding::UriComponent;
        moved = true;
    }
    moved
}

#[cfg(test)]
mod tests {
    use crate::catalogue::Catalogue;
    use crate::resolve::Resolved;
    use serde_json::{Value, json};

    fn check(name: &str, input: Value, uri: &str) {
        let entry = Catalogue::builtin().get(name).expect("a built-in entry");
        let request = entry.render(&Resolved::plain(input)).expect("every needed parameter is there");
        assert_eq!(request.value["uri"], uri);
        assert!(request.value.get("query").is_none(), "the query stands in the URI alone");
    }

    #[test]
    fn parameters_go_into_path_and_query_encoded() {
        check("zoom_users_get", json!({"user_id": "a b/c?d"}), "https://api.zoom.us/v2/users/a%20b%2Fc%3Fd");
        let list = json!({"status": "active", "next_page_token": "a&b=c"});
        check("zoom_users_list", list, "https://api.zoom.us/v2/users?status=active&next_page_token=a%26b%3Dc");
    }

    #[test]
    fn an_absent_parameter_leaves_nothing_behind() {
        check("zoom_users_list", json!({}), "https://api.zoom.us/v2/users");
    }
}
