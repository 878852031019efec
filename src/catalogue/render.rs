//! From an entry and its parameters to the request of an HTTP task.

use super::Entry;
use super::operation::RequestSpec;
use crate::resolve::{Encoding, Missing, RequestTemplate, Resolved, SecretSlot, TemplateProblem, java_text};
use crate::source::Pointer;
use serde_json::{Map, Value};
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
            append_query(&mut request, &query);
        }
        Ok(request)
    }
}

/// Puts the query behind the URI. A list gives its name once for each element, null gives nothing.
fn append_query(request: &mut Resolved, query: &Map<String, Value>) {
    let Some(Value::String(uri)) = Arc::make_mut(&mut request.value).get_mut("uri") else { return };
    let secrets = Arc::make_mut(&mut request.secrets);
    let base = Pointer::root().key("query");
    for (name, value) in query {
        let at = base.key(name);
        let values = match value {
            Value::Array(list) => list.iter().collect(),
            Value::Null => Vec::new(),
            other => vec![other],
        };
        for value in values {
            uri.push(if uri.contains('?') { '&' } else { '?' });
            Encoding::UriComponent.write(name, uri);
            uri.push('=');
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
