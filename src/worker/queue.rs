//! What a worker polls for: one task definition, with everything compiled that its tasks need.

use crate::catalogue::{Catalogue, ENSURE_KEY};
use crate::conductor::task_definition;
use crate::host::ledger::Ledger;
use crate::plan::{self, Node, Plan};
use serde_json::{Map, Value};
use std::sync::Arc;

/// A task definition that is polled for.
#[derive(Debug, Clone)]
pub struct Queue {
    pub(super) name: Box<str>,
    pub(super) domain: Option<Box<str>>,
    pub(super) plan: Arc<Plan>,
    pub(super) node: Arc<Node>,
    /// What is registered on the server.
    pub(super) definition: Option<Value>,
}

impl Queue {
    /// The tasks of that name; `None` when no task definition of the catalogue with that name holds a request.
    #[must_use]
    pub fn by_reference(name: &str, catalogue: &Catalogue) -> Option<Self> {
        let queue = Self::of_name(name, catalogue)?;
        queue.node.entry.as_ref()?.template()?;
        Some(queue)
    }

    /// The tasks of that name, whoever carries them out: a task of your own, that the registry knows.
    #[must_use]
    pub fn of_name(name: &str, catalogue: &Catalogue) -> Option<Self> {
        let (plan, node) = plan::by_reference(name, catalogue)?;
        let node = Arc::clone(plan.shared(node));
        let definition = node.entry.as_ref().map(|entry| task_definition(entry));
        Some(Self { name: name.into(), domain: None, plan, node, definition })
    }

    /// Only tasks of that domain.
    #[must_use]
    pub fn in_domain(mut self, domain: &str) -> Self {
        self.domain = Some(domain.into());
        self
    }

    /// The task definition's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether carrying a task out a second time does no harm, when nobody knows whether it was carried out.
    pub(super) fn is_harmless(&self, input: &Value, ledger: Option<&Ledger>) -> bool {
        let Some(entry) = &self.node.entry else { return false };
        let is_ensured = || ledger.is_some() && entry.ensure().is_some() && input.get(ENSURE_KEY).is_some();
        entry.is_idempotent() || is_ensured()
    }

    /// The input with the definition's own defaults, where it lacks them: a server that does not have the definition puts none.
    pub(super) fn with_defaults(&self, input: Option<Value>) -> Value {
        let mut input = match input {
            Some(Value::Object(input)) => input,
            _ => Map::new(),
        };
        for (key, value) in &self.node.input_defaults {
            let is_plain = !value.to_string().contains("${");
            if is_plain && input.get(key).is_none_or(Value::is_null) {
                input.insert(key.clone(), value.clone());
            }
        }
        Value::Object(input)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn queue(name: &str) -> Queue {
        Queue::by_reference(name, &Catalogue::builtin()).expect("a built-in task definition")
    }

    #[test]
    fn only_definitions_that_hold_a_request_are_polled_for() {
        assert_eq!(queue("zoom_users_create").name(), "zoom_users_create");
        assert!(Queue::by_reference("nobody_knows", &Catalogue::builtin()).is_none());
    }

    #[track_caller]
    fn check(name: &str, input: &Value, expected: bool) {
        assert_eq!(queue(name).is_harmless(input, None), expected, "{name} {input}");
    }

    #[test]
    fn a_second_call_is_harmless_by_its_method() {
        check("zoom_users_get", &json!({}), true);
        check("zoom_users_create", &json!({}), false);
        // Without a ledger the key binds nothing.
        check("zoom_users_create", &json!({ENSURE_KEY: "k"}), false);
    }

    #[test]
    fn what_is_registered_has_no_key_of_ours() {
        let definition = queue("zoom_users_create").definition.expect("a definition");
        assert_eq!(definition["name"], "zoom_users_create");
        assert!(definition.get("x-legwork").is_none());
        assert!(!definition.to_string().contains(".schema.json"), "{definition}");
    }
}
