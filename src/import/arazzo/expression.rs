//! Arazzo's runtime expressions as Conductor's.

use super::Importer;
use crate::source::Pointer;
use serde_json::{Map, Value};
use std::collections::HashMap;

/// How often an output may refer to another one.
const CHAIN: usize = 16;

/// What the expressions of a workflow refer to.
#[derive(Debug, Clone)]
pub(super) struct Scope {
    pub(super) steps: HashMap<String, Step>,
    /// The step that an expression stands in: its own request and response.
    pub(super) current: Option<String>,
}

/// A step as others see it.
#[derive(Debug, Clone)]
pub(super) struct Step {
    /// The reference name of its task.
    pub(super) reference: String,
    pub(super) outputs: Map<String, Value>,
    pub(super) calls_workflow: bool,
}

impl Scope {
    /// The scope inside a step.
    pub(super) fn inside(&self, id: &str) -> Self {
        Self { current: Some(id.to_owned()), ..self.clone() }
    }

    fn own(&self) -> Option<&Step> {
        self.steps.get(self.current.as_ref()?)
    }

    /// What stands between `${` and `}` for an expression; an error says why there is nothing.
    pub(super) fn path(&self, expression: &str) -> Result<String, String> {
        self.followed(expression, CHAIN)
    }

    fn followed(&self, expression: &str, depth: usize) -> Result<String, String> {
        let (path, pointer) = expression.split_once('#').unwrap_or((expression, ""));
        let (first, rest) =
            path.strip_prefix('$').unwrap_or(path).split_once('.').unwrap_or((path.trim_start_matches('$'), ""));
        let own = || self.own().map(|step| step.reference.clone()).ok_or_else(|| "it stands in no step".to_owned());
        let with = |base: String, rest: &str| format!("{base}{}{}", dotted(rest), steps(pointer));
        match first {
            "inputs" => Ok(with("workflow.input".to_owned(), rest)),
            "statusCode" => Ok(format!("{}.output.response.statusCode", own()?)),
            "response" => {
                let (what, rest) = rest.split_once('.').unwrap_or((rest, ""));
                match what {
                    "body" => Ok(with(format!("{}.output.response.body", own()?), rest)),
                    "header" => Ok(format!("{}.output.response.headers['{rest}'][0]", own()?)),
                    _ => Err(format!("a response has no `{what}`")),
                }
            }
            "outputs" if self.own().is_some_and(|step| step.calls_workflow) => {
                Ok(with(format!("{}.output", own()?), rest))
            }
            "steps" => {
                let (id, rest) = rest.split_once(".outputs").ok_or("only outputs of a step can be read")?;
                let step = self.steps.get(id).ok_or_else(|| format!("there is no step `{id}`"))?;
                let rest = rest.trim_start_matches('.');
                let (name, below) = rest.split_once('.').unwrap_or((rest, ""));
                let inner = match (step.outputs.get(name), depth) {
                    (None, _) if step.calls_workflow => return Ok(with(format!("{}.output", step.reference), rest)),
                    (Some(Value::String(inner)), 1..) => inner,
                    _ => return Err(format!("the step `{id}` gives no `{name}`")),
                };
                let inner = self.inside(id).followed(inner, depth - 1)?;
                Ok(with(inner, below))
            }
            other => Err(format!("nothing is known of `{other}`")),
        }
    }
}

/// A dotted rest of an expression as steps of a path.
fn dotted(rest: &str) -> String {
    rest.split('.').filter(|step| !step.is_empty()).map(step).collect()
}

/// A JSON Pointer as steps of a path.
fn steps(pointer: &str) -> String {
    Pointer::parse(pointer).steps().filter(|_| !pointer.is_empty()).map(|text| step(&text)).collect()
}

fn step(text: &str) -> String {
    let is_plain = !text.is_empty() && text.chars().all(|ch| ch.is_ascii_alphanumeric() || ch == '_');
    if text.parse::<usize>().is_ok() {
        format!("[{text}]")
    } else if is_plain {
        format!(".{text}")
    } else {
        format!("['{}']", text.replace('\'', "\\'"))
    }
}

impl Importer<'_> {
    /// A value with its expressions as Conductor's.
    pub(super) fn value(&mut self, value: &Value, scope: &Scope, at: &Pointer) -> Value {
        match value {
            Value::String(text) => self.text(text, scope, at),
            Value::Array(items) => {
                items.iter().enumerate().map(|(index, item)| self.value(item, scope, &at.index(index))).collect()
            }
            Value::Object(map) if map.contains_key("selector") && map.contains_key("context") => {
                let help = "read the value with a JSON_JQ_TRANSFORM task";
                self.losses.lost(at, "a selector cannot stand in a value", help);
                map.get("context").map(|context| self.value(context, scope, at)).unwrap_or_default()
            }
            Value::Object(map) => {
                map.iter().map(|(key, value)| (key.clone(), self.value(value, scope, &at.key(key)))).collect()
            }
            other => other.clone(),
        }
    }

    fn text(&mut self, text: &str, scope: &Scope, at: &Pointer) -> Value {
        if let Some(name) = text.strip_prefix("$sourceDescriptions.").and_then(|rest| rest.strip_suffix(".url")) {
            return self.sources.url(name).unwrap_or_default().into();
        }
        if is_expression(text) {
            return self.one(text, scope, at).into();
        }
        let mut written = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{$") {
            let Some((inside, behind)) = after.split_once('}') else { break };
            written.push_str(before);
            written.push_str(&self.one(&format!("${inside}"), scope, at));
            rest = behind;
        }
        written.push_str(rest);
        written.into()
    }

    fn one(&mut self, expression: &str, scope: &Scope, at: &Pointer) -> String {
        match scope.path(expression) {
            Ok(path) => format!("${{{path}}}"),
            Err(why) => {
                let help = "give the value by hand: it is an input of the workflow now";
                self.losses.lost(at, format!("`{expression}` has no counterpart: {why}"), help);
                let name = crate::draft::slug(expression);
                format!("${{workflow.input.{name}}}")
            }
        }
    }
}

/// Whether a text is an expression as a whole.
pub(super) fn is_expression(text: &str) -> bool {
    let roots = [
        "inputs",
        "steps",
        "response",
        "statusCode",
        "outputs",
        "workflows",
        "request",
        "url",
        "method",
        "components",
        "message",
        "self",
    ];
    let Some(rest) = text.strip_prefix('$') else { return false };
    let first = rest.split(['.', '#']).next().unwrap_or_default();
    roots.contains(&first) && !text.contains(' ')
}
