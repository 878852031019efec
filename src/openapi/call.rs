//! One call of a document by its id or its place, for what refers to it from outside.

use super::{Version, names, servers};
use crate::source::Pointer;
use serde_json::Value;

/// An operation of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The method, upper case.
    pub method: String,
    /// The path, its variables in braces.
    pub path: String,
    /// The base URL; empty when the document names none.
    pub server: String,
    /// The content type of its body, when it has one.
    pub content_type: Option<String>,
    /// The last words of the name that its task definition gets: `contacts_create`.
    pub name: String,
}

/// The operation with that id.
#[must_use]
pub fn call_by_id(document: &Value, id: &str) -> Option<Call> {
    let paths = document.get("paths")?.as_object()?;
    paths.iter().find_map(|(path, item)| {
        let (method, operation) =
            item.as_object()?.iter().find(|(_, own)| own.get("operationId").is_some_and(|own| own == id))?;
        Some(call(document, path, method, operation))
    })
}

/// The operation at a pointer, `/paths/~1contacts/post`.
#[must_use]
pub fn call_at(document: &Value, pointer: &Pointer) -> Option<Call> {
    let steps: Vec<String> = pointer.steps().collect();
    let [paths, path, method] = steps.as_slice() else { return None };
    let operation = document.get(paths.as_str())?.get(path.as_str())?.get(method.as_str())?;
    Some(call(document, path, method, operation))
}

/// The name that an API's task definitions begin with, from its document.
#[must_use]
pub fn provider_name(document: &Value) -> String {
    super::title::of_document(document, "api")
}

fn call(document: &Value, path: &str, method: &str, operation: &Value) -> Call {
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
    let upper = method.to_ascii_uppercase();
    let tag = text(operation.pointer("/tags/0"));
    let id = text(operation.get("operationId"));
    let (resource, verb) = names::operation(id.as_deref(), tag.as_deref(), &upper, path);
    let found = match Version::of(document) {
        Version::V2 => servers::of_host(document),
        Version::V3_0 | Version::V3_1 => {
            let own = operation.get("servers").or_else(|| document.get("paths")?.get(path)?.get("servers"));
            servers::of_list(own.or_else(|| document.get("servers")))
        }
    };
    let content = operation.pointer("/requestBody/content").and_then(Value::as_object);
    let content_type = content.and_then(|content| content.keys().next().cloned());
    let server = found.into_iter().find(|url| url.contains("://")).unwrap_or_default();
    Call { method: upper, path: path.to_owned(), server, content_type, name: format!("{resource}_{verb}") }
}
