//! What of an operation can be found, and is shown in a list.

use super::super::Entry;

/// The longest part of a description that is searched, in bytes.
const DESCRIPTION: usize = 400;

/// An operation as lists show it and searches find it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
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
        let text = docs.text.as_deref().unwrap_or_default();
        let end = (0..=DESCRIPTION.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        Self {
            name: entry.name.clone(),
            title: entry.operation.title.clone().unwrap_or_else(|| description.clone()),
            method: entry.method.clone().unwrap_or_default(),
            path: entry.route().map(super::super::Route::path).unwrap_or_default(),
            provider: entry.provider.name.clone(),
            tags: docs.tags.clone(),
            deprecated: docs.deprecated,
            description: format!("{description} {}", &text[..end]),
            fields: entry.parameter_names().map(str::to_owned).collect(),
            provider_title: entry.provider.title.clone().unwrap_or_default(),
        }
    }
}
