//! Where the value of an expression comes from, and what it is as far as anybody knows.

use super::parts::{Part, PartKind, parts};
use super::{Snapshot, task_named};
use crate::resolve::Expression;
use serde_json::Value;

/// What can be said of an expression.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Origin {
    /// A sentence: where the value comes from.
    pub(super) words: String,
    /// The value, masked; `None` when it is not known, and of a secret.
    pub(super) value: Option<Value>,
    /// Whether it is a secret.
    pub(super) is_secret: bool,
}

/// How a secret is shown.
pub(super) const DOTS: &str = "••••";

/// Where the value of an expression, without its braces, comes from.
pub(super) fn origin(snapshot: &Snapshot, text: &str) -> Origin {
    let parts = parts(text);
    let named = parts.iter().find(|part| !matches!(part.kind, PartKind::Keyword));
    let is_secret = parts.iter().any(|part| part.kind == PartKind::Secret);
    let words = named.map_or_else(|| "The workflow itself.".to_owned(), |part| words(snapshot, part, text));
    let is_known = named.is_some_and(|part| !matches!(part.kind, PartKind::Step)) && !is_secret;
    let value = if is_known { value(snapshot, text) } else { None };
    Origin { words, value, is_secret }
}

/// The value of an expression, from what is known.
pub(super) fn value(snapshot: &Snapshot, text: &str) -> Option<Value> {
    let expression = Expression::parse(text).ok()?;
    let value = expression.evaluate(snapshot.scope())?.into_owned();
    (!value.is_null()).then_some(value)
}

fn words(snapshot: &Snapshot, part: &Part, text: &str) -> String {
    let (name, known) = (part.name(text), snapshot.known());
    match part.kind {
        PartKind::Input => {
            let given = known.inputs.contains_key(name);
            let source = match &known.environment {
                Some(environment) if given => format!(", as the environment `{environment}` gives it"),
                _ => String::new(),
            };
            format!("The input `{name}` of the workflow{source}.")
        }
        PartKind::Secret => {
            let found = known.secrets.iter().find(|secret| secret.name == name);
            let source =
                found.map(|secret| secret.source.as_deref().map_or(String::new(), |source| format!(", from {source}")));
            match source {
                Some(source) => format!(
                    "The secret `{name}`{source}. Its value is put in when the request is built, and never shown."
                ),
                None => format!("The secret `{name}`. No source of it is known here."),
            }
        }
        PartKind::Env => {
            let found = known.env.iter().find(|value| value.name == name).and_then(|value| value.source.clone());
            let source = found.map_or(String::new(), |source| format!(", from {source}"));
            format!("The environment value `{name}`{source}.")
        }
        PartKind::Variable => format!("The variable `{name}` of the workflow."),
        PartKind::Task => match task_named(snapshot, name) {
            Some(task) => format!("The {} task `{name}`{}.", task.task_type.as_str(), last_run(snapshot, name)),
            None => format!("No task has the reference name `{name}`."),
        },
        PartKind::Keyword | PartKind::Step => format!("`workflow.{name}`."),
    }
}

fn last_run(snapshot: &Snapshot, name: &str) -> &'static str {
    if snapshot.known().outputs.contains_key(name) { ", as it last ran" } else { ", which has not run here yet" }
}

/// A value on one line, of at most so many characters.
pub(super) fn short(value: &Value, most: usize) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let text: String = text.chars().map(|ch| if ch.is_control() { ' ' } else { ch }).collect();
    if text.chars().count() <= most {
        return text;
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::super::{EnvValue, Known, SecretName, snapshot};
    use super::*;
    use serde_json::json;
    use std::sync::Arc;

    #[test]
    fn an_expression_tells_where_its_value_comes_from() {
        let text = "inputTemplate: {b: 5}\ntasks: [{name: x, taskReferenceName: t, type: HTTP}]";
        let source = |text: &str| Some(text.to_owned());
        let known = Known {
            environment: Some("dev".into()),
            inputs: json!({"a": "x@example.com"}).as_object().cloned().unwrap_or_default(),
            env: vec![EnvValue {
                name: "BASE".into(),
                value: source("https://a.example"),
                source: source(".env, line 3"),
            }],
            secrets: vec![SecretName { name: "k".into(), source: source("secrets.env") }],
            outputs: [("t".to_owned(), json!({"response": {"body": {"id": 7}}}))].into(),
            ..Known::default()
        };
        let snapshot = snapshot("a.yaml", text).with_known(&Arc::new(known));
        let check = |expression: &str, words: &str, value: Value| {
            let found = origin(&snapshot, expression);
            assert!(found.words.contains(words), "{expression}: {}", found.words);
            assert_eq!(found.value.unwrap_or_default(), value, "{expression}");
        };
        check("workflow.input.a", "as the environment `dev` gives it", json!("x@example.com"));
        check("workflow.input.b", "The input `b`", json!(5));
        check("workflow.env.BASE", "from .env, line 3", json!("https://a.example"));
        check("workflow.secrets.k", "from secrets.env", Value::Null);
        check("workflow.secrets.other", "No source", Value::Null);
        check("t.output.response.body.id", "as it last ran", json!(7));
        check("u.output", "No task", Value::Null);
        check("workflow.workflowId", "workflow.workflowId", Value::Null);
        assert_eq!(short(&json!("a\nb"), 40), "a b");
        assert_eq!(short(&json!({"a": "xxxxxxxx"}), 8), "{\"a\":\"x…");
    }
}
