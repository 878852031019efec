//! The client's settings: `initializationOptions`, and the section `legwork` of its configuration.

use serde::Deserialize;
use serde_json::Value;
use std::path::PathBuf;

/// The settings.
///
/// Shape: `{"env": "dev", "taskDefinitions": ["shared/"], "trusted": true, "responses": "/a/folder", "coexist": "always"}`; each may be
/// left out, and what is not known is passed over.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Settings {
    /// The environment of `legwork.toml` that runs and shown values take.
    pub(super) env: Option<String>,
    /// Further folders and files with task definitions.
    pub(super) task_definitions: Vec<PathBuf>,
    /// Whether the folder is one whose files may do something: in an untrusted one nothing is sent, and no program asked for a
    /// secret.
    pub(super) trusted: bool,
    /// Where responses are kept, in place of the user's cache.
    pub(super) responses: Option<PathBuf>,
    /// Whether another server speaks about plain YAML and JSON files.
    pub(super) coexist: Coexist,
}

/// Whether a server that knows schemas speaks about the same files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Coexist {
    /// As the client finds out; one that leaves it to the server has none.
    Auto,
    /// There is one: in files that are ours by their words alone, only what it cannot give is given.
    Always,
    /// There is none.
    #[default]
    Never,
}

impl Default for Settings {
    fn default() -> Self {
        Self { env: None, task_definitions: Vec::new(), trusted: true, responses: None, coexist: Coexist::Never }
    }
}

impl Settings {
    /// Reads `initializationOptions`, or settings with a section `legwork`. What cannot be understood leaves the usual.
    pub(super) fn of(value: &Value) -> Self {
        let own = value.get("legwork").unwrap_or(value);
        let own = own.as_object().map(|own| own.iter().filter(|(_, value)| !value.is_null()));
        let own: Value = own.into_iter().flatten().map(|(key, value)| (key.clone(), value.clone())).collect();
        let mut settings: Self = serde_json::from_value(own).unwrap_or_default();
        settings.env = settings.env.filter(|name| !name.is_empty());
        settings
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn settings_are_read_leniently() {
        let check = |value: Value, env: Option<&str>, trusted: bool| {
            let settings = Settings::of(&value);
            assert_eq!((settings.env.as_deref(), settings.trusted), (env, trusted), "{value}");
        };
        check(Value::Null, None, true);
        check(json!({}), None, true);
        check(json!({"env": "dev", "other": 1}), Some("dev"), true);
        check(json!({"legwork": {"env": "", "trusted": false, "taskDefinitions": null}}), None, false);
        check(json!({"env": 7}), None, true);
        check(json!({"env": "dev", "coexist": "auto"}), Some("dev"), true);
        assert_eq!(Settings::of(&json!({"coexist": "always"})).coexist, Coexist::Always);
    }
}
