//! The descriptions that a workflow's steps call.

use super::super::ReadFile;
use super::Losses;
use crate::openapi::{self, Call};
use crate::source::{self, Pointer};
use serde_json::Value;

/// One source description.
struct Source {
    name: String,
    url: String,
    /// Its value; none when it could not be read.
    value: Option<Value>,
}

/// All source descriptions of a document.
pub(super) struct Sources(Vec<Source>);

impl Sources {
    /// Reads what can be read; nothing is fetched from a network.
    pub(super) fn load(document: &Value, read: &mut ReadFile<'_>, losses: &mut Losses) -> Self {
        let list = document.get("sourceDescriptions").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let mut sources = Vec::new();
        for (index, one) in list.iter().enumerate() {
            let text = |key: &str| one.get(key).and_then(Value::as_str).unwrap_or_default();
            let (name, url, kind) = (text("name").to_owned(), text("url").to_owned(), text("type"));
            let at = Pointer::parse("/sourceDescriptions").index(index);
            let found = match kind {
                "arazzo" | "asyncapi" => None,
                _ if url.contains("://") => {
                    losses.lost(
                        &at,
                        format!("`{url}` is not fetched"),
                        "save it beside the description, and give its path as `url`",
                    );
                    None
                }
                _ => match read(&url) {
                    Ok(file) => Some(source::parse_value(&file).0),
                    Err(why) => {
                        losses.lost(
                            &at,
                            format!("`{url}` cannot be read: {why}"),
                            "its operations become tasks of their names",
                        );
                        None
                    }
                },
            };
            sources.push(Source { name, url, value: found });
        }
        Self(sources)
    }

    /// The call that `operationId` names: `id`, `source.id` or `$sourceDescriptions.source.id`; and how its task definition's name begins.
    pub(super) fn by_id(&self, id: &str) -> Option<(Call, String)> {
        let id = id.strip_prefix("$sourceDescriptions.").unwrap_or(id);
        let own = self.0.iter().find_map(|source| {
            let rest = id.strip_prefix(source.name.as_str())?.strip_prefix('.')?;
            source.call(|value| openapi::call_by_id(value, rest))
        });
        own.or_else(|| self.0.iter().find_map(|source| source.call(|value| openapi::call_by_id(value, id))))
    }

    /// The call that `operationPath` names: `{$sourceDescriptions.source.url}#/paths/~1a/get`.
    pub(super) fn by_path(&self, path: &str) -> Option<(Call, String)> {
        let (source, pointer) = path.split_once('#')?;
        let source = source.trim_matches(['{', '}']).strip_prefix("$sourceDescriptions.").unwrap_or(source);
        let name = source.strip_suffix(".url").unwrap_or(source);
        let source = self.0.iter().find(|own| own.name == name || own.url == name)?;
        source.call(|value| openapi::call_at(value, &Pointer::parse(pointer)))
    }

    /// The URL of a source.
    pub(super) fn url(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|source| source.name == name).map(|source| source.url.as_str())
    }
}

impl Source {
    fn call(&self, find: impl Fn(&Value) -> Option<Call>) -> Option<(Call, String)> {
        let value = self.value.as_ref()?;
        Some((find(value)?, openapi::provider_name(value)))
    }
}
