//! Where values come from: for dry runs, and for whoever asks about one expression.

use super::expression::{Expression, ExpressionError, Kind};
use super::nearest;
use super::node::Node;
use super::path::Step;
use super::resolve::{Context, Outcome, nested_text, outcome};
use super::scope::Scope;
use super::template::Template;
use crate::source::Pointer;
use serde_json::Value;
use std::fmt::Write;
use std::ops::Range;

/// Where one value of a template came from.
#[derive(Debug, Clone, PartialEq)]
pub struct Origin {
    /// The text that holds the expression.
    pub pointer: Pointer,
    /// The bytes of the expression in that text, braces included.
    pub range: Range<usize>,
    /// The expression as written, without braces.
    pub expression: String,
    /// What was read in the end: the expression with the ones inside it replaced.
    pub source: String,
    /// Whether the expression is the whole text.
    pub whole: bool,
    /// The value; `None` when it is missing, and for secrets. Whoever shows it redacts it.
    pub value: Option<Value>,
    /// Whether it names a secret.
    pub is_secret: bool,
    /// When it is missing: the expression with its first missing name replaced by the nearest one that exists.
    pub nearest: Option<String>,
}

impl Template {
    /// Where every value of the resolved tree came from, in the order of the tree. Text without expressions is not listed.
    #[must_use]
    pub fn trace(&self, scope: &Scope, context: &Context<'_>) -> Vec<Origin> {
        self.expressions()
            .map(|used| {
                let expression = used.expression;
                let (value, is_secret) = match outcome(expression, scope, context) {
                    Outcome::Found(node, _) => (Some(node.into_value().into_owned()), false),
                    Outcome::Kept => (Some(Value::String(format!("${{{}}}", expression.text()))), false),
                    Outcome::Secret(..) => (None, true),
                    Outcome::Missing => (None, false),
                };
                let missing = value.is_none() && !is_secret;
                let nearest = if missing { nearest::expression(expression, scope) } else { None };
                Origin {
                    pointer: used.pointer,
                    range: used.range,
                    expression: expression.text().to_owned(),
                    source: source(expression, scope, context),
                    whole: used.whole,
                    value,
                    is_secret,
                    nearest,
                }
            })
            .collect()
    }
}

fn source(expression: &Expression, scope: &Scope, context: &Context<'_>) -> String {
    let finished = match expression.kind() {
        Kind::Nested(parts) => nested_text(parts, scope, context),
        _ => None,
    };
    finished.unwrap_or_else(|| expression.text().to_owned())
}

/// How one expression is read, step by step.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// The expression that was read, expressions inside it replaced.
    pub source: String,
    /// The steps up to the first that leads to nothing.
    pub steps: Vec<ExplainedStep>,
    /// The value; `None` when it is missing, and for secrets.
    pub value: Option<Value>,
    /// Whether it names a secret.
    pub is_secret: bool,
}

/// One step of a path.
#[derive(Debug, Clone, PartialEq)]
pub struct ExplainedStep {
    /// The path up to and with this step: `workflow`, `workflow.input`, `workflow.input.email`.
    pub path: String,
    /// What stands there; `None` when nothing does.
    pub found: Option<Value>,
    /// The nearest name that exists, when nothing was found.
    pub nearest: Option<String>,
    /// The names that exist there, when nothing was found.
    pub names: Vec<String>,
}

/// Explains an expression, with or without its `${` and `}`.
///
/// # Errors
/// When it is blank, or its path cannot be read.
pub fn explain(text: &str, scope: &Scope, context: &Context<'_>) -> Result<Explanation, ExpressionError> {
    let inside = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')).unwrap_or(text);
    let expression = Expression::parse(inside)?;
    let source = source(&expression, scope, context);
    let finished = Expression::parse(&source).unwrap_or_else(|_| expression.clone());
    let (value, is_secret) = match outcome(&expression, scope, context) {
        Outcome::Found(node, _) => (Some(node.into_value().into_owned()), false),
        Outcome::Secret(..) => (None, true),
        Outcome::Missing | Outcome::Kept => (None, false),
    };
    Ok(Explanation { steps: steps(&finished, scope), source, value, is_secret })
}

/// The plain steps of a path; a filter, slice or function ends the list, its result is the value.
fn steps(expression: &Expression, scope: &Scope) -> Vec<ExplainedStep> {
    let mut node = Node::Root(scope);
    let (mut path, mut steps) = (String::new(), Vec::new());
    for step in expression.path().map_or(&[][..], |path| path.steps()) {
        let (next, wrong) = match step {
            Step::Member(name) => {
                nearest::push_name(&mut path, name);
                (node.member(name), Some(name))
            }
            Step::Indexes(indexes) if indexes.len() == 1 => {
                let index = indexes.first().copied().unwrap_or_default();
                let _ = write!(path, "[{index}]");
                (node.element(index), None)
            }
            _ => break,
        };
        let Some(next) = next else {
            let names = node.keys();
            let nearest = wrong.and_then(|wrong| crate::diagnostic::nearest(wrong, names.iter().map(String::as_str)));
            let nearest = nearest.map(str::to_owned);
            steps.push(ExplainedStep { path, found: None, nearest, names });
            break;
        };
        let found = Some(next.clone().into_value().into_owned());
        steps.push(ExplainedStep { path: path.clone(), found, nearest: None, names: Vec::new() });
        node = next;
    }
    steps
}
