//! `legwork.selectEnv`: the environment that runs and shown values take.

use super::{Desk, Given, failed};
use crate::lsp::outbox::Answer;
use crate::lsp::server::Event;
use serde_json::{Value, json};

/// What stands for no environment in a list of names.
const NONE: &str = "(none)";

impl Desk {
    /// Chooses the environment `env`, or asks which, unless `ask` is `false`; gives `{"env", "environments"}`.
    pub(super) async fn select_env(&self, given: &Given) -> Answer {
        let home = match given.any_view() {
            Some(view) => std::sync::Arc::clone(&view.document.home),
            None => self.shared.workspace.home(None),
        };
        let names = &home.environments;
        let chosen = match &given.env {
            Some(name) => Some(name.clone()),
            None if given.ask && self.shared.client.asks_users => self.ask_env(names).await,
            None => None,
        };
        let Some(chosen) = chosen else {
            return Ok(json!({"env": home.env, "environments": names}));
        };
        let env = Some(chosen).filter(|name| !name.is_empty() && name != NONE);
        if let Some(name) = env.as_ref().filter(|name| !names.contains(name)) {
            return Err(failed(&format!("there is no environment `{name}`; legwork.toml has {}", names.join(", "))));
        }
        self.shared.workspace.select(env.clone());
        self.happened(Event::Moved);
        Ok(json!({"env": env, "environments": names}))
    }

    async fn ask_env(&self, names: &[String]) -> Option<String> {
        let actions: Vec<_> =
            names.iter().map(String::as_str).chain([NONE]).map(|name| json!({"title": name})).collect();
        let params = json!({"type": 3, "message": "Which environment?", "actions": actions});
        let answer = self.outbox.ask("window/showMessageRequest", params).await.ok()?.ok()?;
        answer.get("title").and_then(Value::as_str).map(str::to_owned)
    }
}
