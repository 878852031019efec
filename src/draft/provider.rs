//! What the operations of a draft share, and its `_provider.yaml`.

use crate::catalogue::Auth;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What the operations of a draft share.
#[derive(Debug, Clone, Default)]
pub struct ProviderDraft {
    /// Its name, `zoom`: the folder, and how every task definition's name begins. Made by [`slug`](super::slug).
    pub name: String,
    /// Its name for people.
    pub title: Option<String>,
    /// The API's documentation.
    pub docs: Option<String>,
    /// Base URLs; the first is `{{server}}`.
    pub servers: Vec<String>,
    /// Ways to authorize, by name.
    pub auth: BTreeMap<String, Auth>,
    /// Further keys of `_provider.yaml`: `errors`, `error_body`, `rate_labels`, `sandbox`.
    pub more: Map<String, Value>,
}

impl ProviderDraft {
    /// `_provider.yaml` as a value.
    pub(super) fn to_value(&self) -> Value {
        let mut map = Map::from_iter([("provider".to_owned(), Value::from(self.name.as_str()))]);
        let mut put = |key: &str, value: Option<Value>| map.extend(value.map(|value| (key.to_owned(), value)));
        put("title", self.title.as_deref().map(Value::from));
        put("docs", self.docs.as_deref().map(Value::from));
        put("servers", Some(Value::from(self.servers.clone())).filter(|_| !self.servers.is_empty()));
        let auth: Map<_, _> = self
            .auth
            .iter()
            .filter_map(|(name, auth)| Some((name.clone(), serde_json::to_value(auth).ok()?)))
            .collect();
        put("auth", Some(Value::Object(auth)).filter(|_| !self.auth.is_empty()));
        map.extend(self.more.clone());
        Value::Object(map)
    }
}
