//! What a Conductor server refuses in the inputs of a top-level task when a definition is registered.
//!
//! The server cuts a text at every `${` and behind every `}` and looks at the pieces, so nested expressions and braces
//! are seen differently here than at run time. Source: `ConstraintParamUtil`, Conductor 3.32.3.

use super::expression::Expression;
use super::path::Path;
use super::text;
use crate::source::Pointer;
use serde_json::Value;
use std::ops::Range;

/// Why a server refuses an expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegistrationProblem {
    /// The path cannot be read; a blank one neither.
    #[error("the path {0:?} cannot be read")]
    Path(String),
    /// What stands before the first dot is neither `workflow` nor a reference name of the definition.
    #[error("{0:?} is neither workflow nor the reference name of a task")]
    UnknownReference(String),
}

/// One refused expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The text that holds it.
    pub pointer: Pointer,
    /// Its bytes in that text.
    pub range: Range<usize>,
    /// Why it is refused.
    pub problem: RegistrationProblem,
}

impl Expression {
    /// Why a server would refuse this expression among the inputs of a top-level task.
    #[must_use]
    pub fn registration_problem(&self, is_reference_name: &dyn Fn(&str) -> bool) -> Option<RegistrationProblem> {
        let text = format!("${{{}}}", self.text());
        pieces(&text).find_map(|range| check(text.get(range)?, is_reference_name))
    }
}

/// Everything in these inputs that a server would refuse.
#[must_use]
pub fn refusals(inputs: &Value, is_reference_name: &dyn Fn(&str) -> bool) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    walk(inputs, &Pointer::root(), is_reference_name, &mut refusals);
    refusals
}

fn walk(value: &Value, pointer: &Pointer, known: &dyn Fn(&str) -> bool, refusals: &mut Vec<Refusal>) {
    match value {
        Value::String(text) => refusals.extend(pieces(text).filter_map(|range| {
            let problem = check(text.get(range.clone())?, known)?;
            Some(Refusal { pointer: pointer.clone(), range, problem })
        })),
        Value::Array(list) => {
            for (index, element) in list.iter().enumerate() {
                walk(element, &pointer.index(index), known, refusals);
            }
        }
        Value::Object(map) => {
            for (key, member) in map {
                walk(member, &pointer.key(key), known, refusals);
            }
        }
        _ => {}
    }
}

/// The pieces that start with `${` and end with `}`.
fn pieces(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let start = text::find_hole(text, from)?;
            let next = text::find_hole(text, start + 2).unwrap_or(text.len());
            let close = text.get(start..next)?.find('}');
            from = close.map_or(next, |close| start + close + 1);
            if close.is_some() {
                return Some(start..from);
            }
        }
    })
}

fn check(piece: &str, is_reference_name: &dyn Fn(&str) -> bool) -> Option<RegistrationProblem> {
    let path = piece.strip_prefix("${")?.strip_suffix('}')?;
    if Path::compile(path).is_err() {
        return Some(RegistrationProblem::Path(path.to_owned()));
    }
    if matches!(path, "CPEWF_TASK_ID" | "NETFLIX_ENV" | "NETFLIX_STACK") {
        return None;
    }
    let first = path.split('.').next().unwrap_or_default();
    let known = first == "workflow" || is_reference_name(first);
    (!known).then(|| RegistrationProblem::UnknownReference(first.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::{RegistrationProblem, refusals};
    use serde_json::json;

    #[test]
    fn registration_refuses_what_the_server_refuses() {
        let check = |text: &str, expected: &[&str]| {
            let found = refusals(&json!({"k": [text]}), &|name| name == "one");
            let found: Vec<String> = found
                .into_iter()
                .map(|refusal| match refusal.problem {
                    RegistrationProblem::Path(path) => format!("path {path}"),
                    RegistrationProblem::UnknownReference(name) => format!("unknown {name}"),
                })
                .collect();
            assert_eq!(found, expected, "{text}");
        };
        check("${workflow.input.a} ${one.output.b} ${CPEWF_TASK_ID} ${NETFLIX_STACK}", &[]);
        check("${workflow.input.a[}", &[]);
        check("${}", &["path "]);
        check("${ }", &["path  "]);
        check("${ workflow.input.n }", &["path  workflow.input.n "]);
        check("${workflow.input.n }", &[]);
        check("${$.workflow.input.n}", &["unknown $"]);
        check("${$['workflow']['input']['s']}", &["unknown $['workflow']['input']['s']"]);
        check("${workflow['input']}", &["unknown workflow['input']"]);
        check("${{workflow.input.s}}", &["unknown {workflow"]);
        check("${two.output.x} and ${one__1.output.x}", &["unknown two", "unknown one__1"]);
        check("${my task.output.result}", &["path my task.output.result"]);
        check("${workflow.input.${workflow.input.key}}", &[]);
        check("`a ${x} b`", &["unknown x"]);
        check("$${x} ${open", &[]);
    }
}
