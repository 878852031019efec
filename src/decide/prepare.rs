//! From a node to what is sent: the input is resolved, an entry's request rendered, the body judged. Pure, and the same
//! for a run, a test request and a dry run.

use crate::catalogue::ENSURE_KEY;
use crate::definition::{Dialect, HttpInput};
use crate::diagnostic::{Diagnostic, Severity, codes};
use crate::plan::{Kind, Node, Plan, violation_diagnostic};
use crate::resolve::{Context, Missing, Resolved, Scope, hash_ordered};
use crate::schema::Violation;
use crate::source::Pointer;
use serde_json::{Map, Value};
use std::sync::Arc;

/// Why a task is not carried out. Nothing was sent.
#[derive(Debug, Clone, Default)]
pub struct Refusal {
    /// Values that are not there.
    pub missing: Vec<Missing>,
    /// Rules that the body breaks.
    pub violations: Vec<Violation>,
    /// Where the body stands in the task's input.
    pub body: Pointer,
}

/// The input of a task, from what the workflow knows now. A task object keeps it; secrets are still references.
///
/// # Errors
/// A [`Refusal`] with every value that is not there. Conductor's dialect never refuses here.
pub fn prepare(node: &Node, scope: &Scope, dialect: Dialect, task_id: &str) -> Result<Resolved, Refusal> {
    if matches!(node.kind, Kind::Noop) {
        return Ok(Resolved::plain(Value::Object(Map::new())));
    }
    // A server resolves these two before they have an id.
    let task_id = (!matches!(node.kind, Kind::SetVariable | Kind::Switch(_))).then_some(task_id);
    let context = Context { dialect, task_id };
    let resolved = node.input.resolve(scope, &context).map_err(|missing| Refusal { missing, ..Refusal::default() });
    let mut input = resolved?;
    if let Value::Object(map) = Arc::make_mut(&mut input.value) {
        own_input(node, map, scope, &context);
        if !node.given.is_empty() {
            map.extend(node.given.clone());
            if matches!(node.kind, Kind::Http) {
                map.insert("asyncComplete".to_owned(), node.async_complete.into());
            }
        }
        if dialect == Dialect::Conductor {
            put_raw_defaults(map, &node.input_defaults);
        }
        if dialect == Dialect::Conductor {
            *map = hash_ordered(std::mem::take(map));
        }
    }
    Ok(input)
}

/// What tasks of some types have as their input, whatever was written.
fn own_input(node: &Node, map: &mut Map<String, Value>, scope: &Scope, context: &Context<'_>) {
    let names = |names: &[std::sync::Arc<str>]| Value::from(names.iter().map(|name| &**name).collect::<Vec<_>>());
    match &node.kind {
        Kind::Join { on } => *map = Map::from_iter([("joinOn".to_owned(), names(on))]),
        Kind::ExclusiveJoin { on, default } => {
            let default = ("defaultExclusiveJoinTask".to_owned(), names(default));
            *map = Map::from_iter([("joinOn".to_owned(), names(on)), default]);
        }
        Kind::Event { sink } => {
            let sink = sink.resolve(scope, context).map(Resolved::into_value).unwrap_or_default();
            map.extend([("sink".to_owned(), sink), ("asyncComplete".to_owned(), node.async_complete.into())]);
        }
        _ => {}
    }
}

/// A key that resolved to null gets the raw value of the task definition's `inputTemplate`, wherever it was written: the server's quirk.
fn put_raw_defaults(input: &mut Map<String, Value>, defaults: &Map<String, Value>) {
    for (key, raw) in defaults {
        if input.get(key).is_none_or(Value::is_null) {
            input.insert(key.clone(), raw.clone());
        }
    }
}

/// The request that a task with this input sends: its own, or its entry's rendered over the input. The body is judged by the
/// entry's schema, unless the dialect is Conductor's, which sends whatever it has.
///
/// # Errors
/// A [`Refusal`] with every value that is not there, or every rule that the body breaks.
pub fn request(node: &Node, input: Resolved, dialect: Dialect) -> Result<Resolved, Refusal> {
    let request = match (&node.kind, &node.entry) {
        (Kind::ByReference, Some(entry)) => {
            let mut request = entry.render(&input).map_err(|missing| Refusal { missing, ..Refusal::default() })?;
            // Whom the thing is bound to is no part of the request, and goes along with it.
            if entry.ensure().is_some()
                && let Some(key) = input.value.get(ENSURE_KEY)
                && let Value::Object(request) = Arc::make_mut(&mut request.value)
            {
                request.insert(ENSURE_KEY.to_owned(), key.clone());
            }
            request
        }
        _ => input,
    };
    if dialect == Dialect::Conductor || is_valid(node, &request) {
        return Ok(request);
    }
    let (violations, body) = judge(node, &request);
    let refused = violations.iter().any(|violation| violation.severity == Severity::Error);
    if refused { Err(Refusal { missing: Vec::new(), violations, body }) } else { Ok(request) }
}

/// The rules that a request's body breaks without being wrong. A run does not ask; whoever looks at one request does.
#[must_use]
pub fn warnings(node: &Node, request: &Resolved) -> Vec<Violation> {
    let mut violations = judge(node, request).0;
    violations.retain(|violation| violation.severity != Severity::Error);
    violations
}

/// Whether the body keeps every rule of the entry's schema, as it stands.
fn is_valid(node: &Node, request: &Resolved) -> bool {
    let schema = node.entry.as_ref().and_then(|entry| entry.body_schema.as_ref()?.get());
    let body = request.value.as_object().and_then(|input| HttpInput::of(input).body);
    schema.is_none_or(|schema| schema.is_valid(body.unwrap_or(&Value::Null)))
}

/// What the entry's schema says of the body, errors first. A text that a secret will stand in is not judged.
fn judge(node: &Node, request: &Resolved) -> (Vec<Violation>, Pointer) {
    let Some(schema) = node.entry.as_ref().and_then(|entry| entry.body_schema.as_ref()?.get()) else {
        return (Vec::new(), Pointer::root());
    };
    let empty = Map::new();
    let input = HttpInput::of(request.value.as_object().unwrap_or(&empty));
    let base = input.pointer("body");
    let secrets = request.secrets.iter().map(|slot| &slot.pointer);
    let holes: Vec<_> = secrets.filter_map(|pointer| pointer.below(&base)).collect();
    let mut violations = schema.validate_with_holes(input.body.unwrap_or(&Value::Null), &holes);
    violations.sort_by_key(|violation| violation.severity);
    (violations, base)
}

impl Refusal {
    /// All of it in one sentence: the task's `reasonForIncompletion`.
    #[must_use]
    pub fn sentence(&self) -> String {
        let missing = self.missing.iter().map(|missing| format!("{} has no value", missing.expression));
        let errors = self.violations.iter().filter(|violation| violation.severity == Severity::Error);
        let broken = errors.map(|violation| format!("{}: {}", violation.pointer, violation.message));
        let all: Vec<_> = missing.chain(broken).collect();
        format!("refused before anything was sent: {}", all.join("; "))
    }

    /// The same as diagnostics that point into the definition.
    #[must_use]
    pub fn diagnostics(&self, plan: &Plan, node: &Node) -> Vec<Diagnostic> {
        let missing = self.missing.iter().map(|missing| missing_value(plan, node, missing));
        let base = node.pointer.key("inputParameters").join(&self.body);
        let violations = self.violations.iter().map(|violation| violation_diagnostic(plan, node, &base, violation));
        missing.chain(violations).collect()
    }
}

fn missing_value(plan: &Plan, node: &Node, missing: &Missing) -> Diagnostic {
    let pointer = node.pointer.key("inputParameters").join(&missing.pointer);
    let span = crate::plan::place(&plan.document, &pointer, missing.range.clone());
    let message = format!("`{}` has no value, and task `{}` needs it", missing.expression, node.reference_name);
    let env = missing.expression.strip_prefix("workflow.env.");
    let help = match &missing.nearest {
        _ if env.is_some() => {
            let name = env.unwrap_or_default().split(['.', '[']).next().unwrap_or_default();
            format!("set CONDUCTOR_ENV_{name}, or name it in --env-file")
        }
        Some(nearest) => format!("did you mean `{nearest}`? Otherwise give the value: `-i NAME=VALUE`"),
        None => "give the value (`-i NAME=VALUE` for an input), or take the expression out of the text".to_owned(),
    };
    Diagnostic::new(codes::E0305, message).help(help).label(&plan.document.file, span, "no value").pointer(pointer)
}
