//! `ensure`: how a call that must happen once, and has no idempotency key, is made sure of - as data, and read back from a request.

use super::{Entry, authority_and_path};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The parameter of a task, by reference or prepared, that names who the thing is bound to: the application's own id of it.
pub const ENSURE_KEY: &str = "ensureKey";

/// How to find out what became of a call that must not be repeated blindly, and what it is bound to.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Ensure {
    /// The natural key, a pointer into the body: what the API knows the thing by before it has an id.
    pub key: String,
    /// Whether `A@example.com` and `a@example.com` are one natural key.
    #[serde(default)]
    pub ignore_case: bool,
    /// The operation that finds it.
    pub lookup: String,
    /// The lookup's input, templates over this operation's parameters.
    #[serde(default)]
    pub with: Map<String, Value>,
    /// When to look it up.
    pub on: Vec<EnsureOn>,
    /// Where the lookup's answer holds the id, a pointer; `/id` when absent. `/users/0/id` finds nothing in an empty list.
    pub id: Option<String>,
    /// Where this operation's own answer holds the id, a pointer; as `id` when absent.
    pub created_id: Option<String>,
    /// What the lookup's answer must hold for the thing to be ours: pointers, and templates over this operation's parameters.
    #[serde(default)]
    pub verify: BTreeMap<String, Value>,
    /// What a binding keeps of the answer beside the id, for later runs: pointers.
    #[serde(default)]
    pub keep: Vec<String>,
}

/// When to look a natural key up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EnsureOn {
    /// Before the call: what is there already is bound, and nothing is made.
    First,
    /// The API says that it is there already.
    Conflict,
    /// No answer came, or none that tells: the call may have happened.
    NoAnswer,
}

impl Ensure {
    /// Where the lookup's answer holds the id: `/id` unless something else is said.
    #[must_use]
    pub fn id_pointer(&self) -> &str {
        self.id.as_deref().unwrap_or("/id")
    }

    /// Where the operation's own answer holds the id.
    #[must_use]
    pub fn created_pointer(&self) -> &str {
        self.created_id.as_deref().unwrap_or(self.id_pointer())
    }

    /// Whether a lookup's answer is a list without the place that the id would have.
    #[must_use]
    pub fn is_empty(&self, body: &Value) -> bool {
        let mut at = body;
        for step in crate::source::Pointer::parse(self.id_pointer()).steps() {
            let inner = match (at, step.parse::<usize>()) {
                (Value::Array(items), Ok(index)) if index >= items.len() => return true,
                (Value::Array(items), Ok(index)) => items.get(index),
                (other, _) => other.get(&*step),
            };
            let Some(inner) = inner else { return false };
            at = inner;
        }
        false
    }

    /// The lookup's input for these parameters; `None` when one is missing, or holds a secret.
    #[must_use]
    pub fn lookup_input(&self, parameters: &Map<String, Value>) -> Option<Map<String, Value>> {
        self.with.iter().map(|(key, value)| Some((key.clone(), filled(value, parameters)?))).collect()
    }

    /// The first place where a lookup's answer is not what was to be made, `/email`; `None` when the thing is ours.
    #[must_use]
    pub fn differs<'e>(&'e self, body: &Value, parameters: &Map<String, Value>) -> Option<&'e str> {
        let same = |found: &Value, wanted: &Value| match (found.as_str(), wanted.as_str(), self.ignore_case) {
            (Some(found), Some(wanted), true) => found.to_lowercase() == wanted.to_lowercase(),
            _ => found == wanted,
        };
        let is_other = |(at, wanted): &(&String, &Value)| {
            let wanted = filled(wanted, parameters);
            wanted.is_some_and(|wanted| !body.pointer(at).is_some_and(|found| same(found, &wanted)))
        };
        self.verify.iter().find(is_other).map(|(at, _)| at.as_str())
    }

    /// The natural key of a body, as text; `None` when it holds none, or a secret.
    #[must_use]
    pub fn natural_key(&self, body: &Value) -> Option<String> {
        let key = plain(body.pointer(&self.key)?)?;
        Some(if self.ignore_case { key.to_lowercase() } else { key })
    }
}

impl Entry {
    /// The operation's parameters, read back from a request that was made of them or written by hand: path, query and body.
    #[must_use]
    pub fn parameters_of(&self, uri: &str, body: Option<&Value>) -> Map<String, Value> {
        let mut found = Map::new();
        let (Some(request), Some(route)) = (&self.operation.request, self.route()) else { return found };
        if let Some((host, path)) = authority_and_path(uri)
            && let Some(path) = route.matches(route.method(), host, path)
        {
            found.extend(path.variables.into_iter().map(|(name, value)| (name, Value::String(value))));
        }
        let query = uri.split_once('?').map(|(_, query)| query.split('#').next().unwrap_or_default());
        for (name, value) in
            query.into_iter().flat_map(|query| query.split('&')).filter_map(|part| part.split_once('='))
        {
            let template = request.query.get(&*decoded(name)).and_then(Value::as_str).and_then(only_name);
            found.extend(template.map(|name| (name.to_owned(), Value::String(decoded(value)))));
        }
        if let (Some(template), Some(body)) = (&request.body, body) {
            read_back(template, body, &mut found);
        }
        found
    }
}

fn decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// Where the template has `{{name}}`, the body has the value of `name`.
fn read_back(template: &Value, body: &Value, found: &mut Map<String, Value>) {
    match (template, body) {
        (Value::Object(template), Value::Object(body)) => {
            for (key, template) in template {
                if let Some(value) = body.get(key) {
                    read_back(template, value, found);
                }
            }
        }
        (Value::String(text), value) => {
            if let Some(name) = only_name(text) {
                found.insert(name.to_owned(), value.clone());
            }
        }
        _ => {}
    }
}

/// `{{name}}`: `name`.
fn only_name(text: &str) -> Option<&str> {
    let name = text.strip_prefix("{{")?.strip_suffix("}}")?.trim();
    (!name.is_empty() && !name.contains(['{', '}'])).then_some(name)
}

/// A template with parameters in it; `None` when one is missing, or holds a secret.
#[must_use]
pub fn filled(template: &Value, parameters: &Map<String, Value>) -> Option<Value> {
    let Value::String(text) = template else { return Some(template.clone()) };
    let known = |name: &str| parameters.get(name).filter(|value| !value.to_string().contains("${"));
    if let Some(name) = only_name(text) {
        return known(name).cloned();
    }
    let mut parts = text.split("{{");
    let mut whole = parts.next()?.to_owned();
    for part in parts {
        let (name, rest) = part.split_once("}}")?;
        whole.push_str(&plain(known(name.trim())?)?);
        whole.push_str(rest);
    }
    Some(Value::String(whole))
}

/// A value that can be part of a key: a text or a number that is no reference to a secret.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() && !text.contains("${") => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::catalogue::Catalogue;
    use serde_json::{Value, json};

    fn check(name: &str, uri: &str, body: &Value, expected: &Value) {
        let entry = Catalogue::builtin().get(name).expect("a built-in entry");
        assert_eq!(Value::Object(entry.parameters_of(uri, Some(body))), *expected, "{uri} {body}");
    }

    #[test]
    fn parameters_are_read_back_from_a_request() {
        let body =
            json!({"action": "create", "user_info": {"email": "a@b.cd", "type": 1, "feature": {"zoom_phone": true}}});
        let parameters = json!({"action": "create", "email": "a@b.cd", "type": 1, "feature": {"zoom_phone": true}});
        check("zoom_users_create", "https://api.zoom.us/v2/users", &body, &parameters);
        let uri = "https://api.zoom.us/v2/users/a%40b.cd?login_type=99&other=1";
        check("zoom_users_get", uri, &Value::Null, &json!({"user_id": "a@b.cd", "login_type": "99"}));
    }

    #[test]
    fn a_lookup_is_asked_for_and_judged_by_the_parameters() {
        let entry = Catalogue::builtin().get("zoom_users_create").expect("a built-in entry");
        let ensure = entry.ensure().expect("its ensure");
        let parameters = json!({"email": "Jane@Example.com"}).as_object().cloned().unwrap_or_default();
        assert_eq!(ensure.lookup_input(&parameters).map(Value::Object), Some(json!({"user_id": "Jane@Example.com"})));
        assert_eq!(ensure.differs(&json!({"email": "jane@example.com"}), &parameters), None);
        assert_eq!(ensure.differs(&json!({"email": "john@example.com"}), &parameters), Some("/email"));
        assert_eq!(ensure.differs(&json!({}), &parameters), Some("/email"));
        let secret = json!({"email": "${workflow.secrets.email}"}).as_object().cloned().unwrap_or_default();
        assert_eq!(ensure.lookup_input(&secret), None);
    }

    #[test]
    fn a_natural_key_may_ignore_case_and_holds_no_secret() {
        let entry = Catalogue::builtin().get("zoom_users_create").expect("a built-in entry");
        let ensure = entry.ensure().expect("its ensure");
        let key = |email: &str| ensure.natural_key(&json!({"user_info": {"email": email}}));
        assert_eq!(key("Jane@Example.com").as_deref(), Some("jane@example.com"));
        assert_eq!((key(""), key("${workflow.secrets.email}")), (None, None));
    }

    #[test]
    fn a_list_without_items_holds_nothing() {
        let ensure: crate::catalogue::Ensure =
            serde_json::from_value(json!({"key": "/a", "lookup": "b", "on": [], "id": "/users/0/id"}))
                .expect("an ensure");
        let check = |body: Value, expected: bool| assert_eq!(ensure.is_empty(&body), expected, "{body}");
        check(json!({"users": []}), true);
        check(json!({"users": [{"id": 1}]}), false);
        check(json!({"users": [{}]}), false);
        check(json!({"error": "x"}), false);
    }
}
