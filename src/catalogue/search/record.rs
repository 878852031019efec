//! What of an operation can be found, and is shown in a list.

use super::super::{Entry, Route};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The longest part of a description that is searched, in bytes.
const DESCRIPTION: usize = 400;

/// An operation as lists show it and searches find it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Record {
    /// The task definition's name.
    pub name: String,
    /// A few words.
    pub title: String,
    /// The method; empty when it holds no request.
    pub method: String,
    /// The path below the server, `/users/{user_id}`.
    pub path: String,
    /// The provider's name, `zoom`.
    pub provider: String,
    /// Topics.
    pub tags: Vec<String>,
    /// Whether it should not be used any more.
    pub deprecated: bool,
    /// Sentences about it, which are searched and not shown.
    pub description: String,
    /// The names of its parameters, which are searched and not shown.
    pub fields: Vec<String>,
    /// The provider's name for people, which is searched and not shown.
    pub provider_title: String,
}

impl Record {
    /// What of an entry can be found.
    #[must_use]
    pub fn of(entry: &Entry) -> Self {
        let docs = entry.docs();
        let description = entry.task_def.description.clone().unwrap_or_default();
        Self {
            name: entry.name.clone(),
            title: entry.operation.title.clone().unwrap_or_else(|| description.clone()),
            method: entry.method.clone().unwrap_or_default(),
            path: entry.route().map(Route::path).unwrap_or_default(),
            provider: entry.provider.name.clone(),
            tags: docs.tags.clone(),
            deprecated: docs.deprecated,
            description: searched(&description, docs.text.as_deref().unwrap_or_default()),
            fields: entry.parameter_names().map(str::to_owned).collect(),
            provider_title: entry.provider.title.clone().unwrap_or_default(),
        }
    }

    /// The same of a task definition that is no entry yet: `provider` is the value of its `_provider.yaml`.
    #[must_use]
    pub fn of_definition(definition: &Value, provider: &Value) -> Self {
        let at = |pointer: &str| definition.pointer(pointer);
        let text = |pointer: &str| at(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
        let of_provider = |key: &str| provider.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let description = text("/description");
        let (method, uri) = (text("/x-legwork/request/method"), text("/x-legwork/request/uri"));
        let title = at("/x-legwork/title").and_then(Value::as_str).unwrap_or(&description).to_owned();
        let tags = at("/x-legwork/docs/tags").and_then(Value::as_array).into_iter().flatten();
        let fields = at("/inputSchema/data/properties").and_then(Value::as_object).into_iter().flatten();
        Self {
            name: text("/name"),
            title,
            path: Route::new(&method, &uri, &[]).path(),
            method,
            provider: of_provider("provider"),
            tags: tags.filter_map(Value::as_str).map(str::to_owned).collect(),
            deprecated: at("/x-legwork/docs/deprecated") == Some(&Value::Bool(true)),
            description: searched(&description, &text("/x-legwork/docs/text")),
            fields: fields.map(|(name, _)| name.clone()).collect(),
            provider_title: of_provider("title"),
        }
    }
}

/// The sentences that are searched.
fn searched(description: &str, text: &str) -> String {
    let end = (0..=DESCRIPTION.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    format!("{description} {}", &text[..end])
}
