//! One broken rule, and how the validator's errors become them.

use super::{keys, sentence};
use crate::diagnostic::{Code, Severity, codes};
use crate::source::Pointer;
use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind as Kind;
use serde_json::Value;

/// One broken rule, with its sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// E04xx: one code for each kind of rule.
    pub code: Code,
    /// An error, unless it is an unknown key or something the API asks for first.
    pub severity: Severity,
    /// The place in the judged value; of a missing key, the place where it should be.
    pub pointer: Pointer,
    /// The keyword of the schema that is broken, `maxLength`.
    pub keyword: Box<str>,
    /// One sentence; it never holds the judged value.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
    /// The names of the keys that decide whether the rule applies at all.
    pub(super) condition: Option<Box<[String]>>,
}

impl Violation {
    /// A violation of the code's own severity, without help.
    #[must_use]
    pub fn new(code: Code, pointer: Pointer, keyword: &str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { code, severity: code.severity(), pointer, keyword: keyword.into(), message, help: None, condition: None }
    }

    /// Whether it stays whatever the holes turn out to be.
    pub(super) fn is_certain(&self, holes: &[Pointer]) -> bool {
        let decides = |hole: &Pointer| {
            let last = hole.steps().last().unwrap_or_default();
            self.condition.as_ref().is_some_and(|names| names.contains(&last))
        };
        !holes.iter().any(|hole| {
            let above = is_below(&self.pointer, hole) || (self.pointer == *hole && self.code != codes::E0413);
            let inside = is_below(hole, &self.pointer) && &*self.keyword != "type";
            above || inside || decides(hole)
        })
    }

    /// Whether it says that the place must be empty, whatever stands there.
    fn forbids(&self) -> bool {
        matches!(&*self.keyword, "not" | "falseSchema") && self.code == codes::E0408
    }
}

/// Whether `inner` is strictly below `outer`.
fn is_below(inner: &Pointer, outer: &Pointer) -> bool {
    inner.as_str().strip_prefix(outer.as_str()).is_some_and(|rest| rest.starts_with('/'))
}

/// What is judged: the schema, the value, and the parts of it that are not known yet.
#[derive(Clone, Copy)]
pub(super) struct Judged<'j> {
    pub(super) document: &'j Value,
    pub(super) value: &'j Value,
    pub(super) holes: &'j [Pointer],
}

/// Turns the validator's errors into violations: one for each broken rule.
pub(super) fn collect<'e>(
    judged: Judged<'_>,
    errors: impl Iterator<Item = ValidationError<'e>>,
    violations: &mut Vec<Violation>,
) {
    for error in errors {
        convert(judged, &error, violations);
    }
    settle(violations);
}

/// Leaves out what is said already: a value that must not be there, or has the wrong type, has no other faults; a sentence is
/// told once for each place.
fn settle(violations: &mut Vec<Violation>) {
    let forbidden: Vec<_> = violations.iter().filter(|one| one.forbids()).map(|one| one.pointer.clone()).collect();
    violations.retain(|one| one.forbids() || !forbidden.contains(&one.pointer));
    let mistyped: Vec<_> =
        violations.iter().filter(|one| one.code == codes::E0402).map(|one| one.pointer.clone()).collect();
    violations.retain(|one| one.code == codes::E0402 || one.forbids() || !mistyped.contains(&one.pointer));
    let mut seen: Vec<Violation> = Vec::with_capacity(violations.len());
    for violation in violations.drain(..) {
        let known = seen.iter_mut().find(|one| one.pointer == violation.pointer && one.message == violation.message);
        match known {
            Some(known) if violation.code.id() < known.code.id() => *known = violation,
            Some(_) => {}
            None => seen.push(violation),
        }
    }
    *violations = seen;
}

fn convert(judged: Judged<'_>, error: &ValidationError<'_>, violations: &mut Vec<Violation>) {
    let rule = Rule::new(judged.document, error, judged.value);
    match error.kind() {
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            let known: Vec<&str> = rule
                .node
                .get("properties")
                .and_then(Value::as_object)
                .into_iter()
                .flatten()
                .map(|(key, _)| &**key)
                .collect();
            for key in unexpected {
                violations.push(keys::unknown_key(key, rule.pointer.key(key), &known, Severity::Error));
            }
        }
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } if rule.authored("x-message").is_none() => {
            match meant(context, error) {
                Some(branch) => branch.iter().for_each(|inner| convert(judged, inner, violations)),
                None => violations.push(rule.violation(judged.holes)),
            }
        }
        _ => violations.push(rule.violation(judged.holes)),
    }
}

/// The alternative that was meant: the only one that does not fail at the very place itself.
fn meant<'c>(
    context: &'c [Vec<ValidationError<'static>>],
    error: &ValidationError<'_>,
) -> Option<&'c [ValidationError<'static>]> {
    let place = error.instance_path().as_str();
    let deeper = |branch: &&Vec<ValidationError<'static>>| {
        !branch.is_empty()
            && branch.iter().all(|inner| inner.instance_path().as_str() != place || is_required(inner))
            && !branch.iter().any(|inner| matches!(inner.kind(), Kind::Constant { .. }))
    };
    let mut branches = context.iter().filter(deeper);
    match (branches.next(), branches.next()) {
        (Some(only), None) => Some(only),
        _ => None,
    }
}

fn is_required(error: &ValidationError<'_>) -> bool {
    matches!(error.kind(), Kind::Required { .. })
}

/// A broken rule while its sentence is made: the schema object that holds the keyword, the judged part, the place.
pub(super) struct Rule<'r> {
    pub(super) node: &'r Value,
    pub(super) kind: &'r Kind,
    pub(super) keyword: &'r str,
    pub(super) part: &'r Value,
    pub(super) pointer: Pointer,
    condition: Option<Box<[String]>>,
}

impl<'r> Rule<'r> {
    fn new(document: &'r Value, error: &'r ValidationError<'_>, value: &'r Value) -> Self {
        let place = Pointer::parse(error.instance_path().as_str());
        let rule = Pointer::parse(error.schema_path().as_str());
        let is_false = matches!(error.kind(), Kind::FalseSchema);
        let node = if is_false { Some(rule.clone()) } else { rule.parent() };
        let pointer = match error.kind() {
            Kind::Required { property } => place.key(property.as_str().unwrap_or_default()),
            _ => place.clone(),
        };
        Self {
            node: node.and_then(|node| document.pointer(node.as_str())).unwrap_or(&Value::Null),
            kind: error.kind(),
            keyword: error.kind().keyword(),
            part: value.pointer(place.as_str()).unwrap_or(&Value::Null),
            pointer,
            condition: condition(document, error),
        }
    }

    /// The text that the schema gives for this keyword: beside it, or for a missing key, in that key's own schema.
    pub(super) fn authored(&self, extension: &str) -> Option<&'r str> {
        let own = match self.kind {
            Kind::Required { property } => {
                let schema = self.node.get("properties").and_then(|all| all.get(property.as_str()?));
                schema.and_then(|schema| schema.get(extension)?.get("required")?.as_str())
            }
            _ => None,
        };
        own.or_else(|| match self.node.get(extension)? {
            Value::String(text) => Some(text),
            map => map.get(self.keyword)?.as_str(),
        })
    }

    /// Whether the rule holds only because another value is what it is.
    pub(super) fn is_conditional(&self) -> bool {
        self.condition.is_some()
    }

    fn violation(self, holes: &[Pointer]) -> Violation {
        let code = sentence::code(&self);
        // Nobody is told of a hole: the nearest of many allowed values need not be looked for.
        let is_told = !holes.contains(&self.pointer);
        Violation {
            code,
            severity: code.severity(),
            message: if is_told { sentence::message(&self) } else { String::new() },
            help: if is_told { sentence::help(&self) } else { None },
            keyword: self.keyword.into(),
            pointer: self.pointer,
            condition: self.condition,
        }
    }
}

/// The keys that an `if` above the broken rule asks about; `None` when there is no condition above it.
fn condition(document: &Value, error: &ValidationError<'_>) -> Option<Box<[String]>> {
    if matches!(error.kind().keyword(), "dependentRequired" | "dependencies") {
        return Some(Box::default());
    }
    let steps: Vec<String> = Pointer::parse(error.evaluation_path().as_str()).steps().collect();
    let mut node = document;
    let mut names: Option<Vec<String>> = None;
    let mut is_name = false;
    for step in &steps {
        // A schema that was compiled by reference has one step more than its document.
        if step == "$ref" && node.get("$ref").is_none() {
            continue;
        }
        if !is_name && matches!(step.as_str(), "then" | "else" | "dependentSchemas") {
            names.get_or_insert_default().extend(node.get("if").map(property_names).unwrap_or_default());
        }
        is_name =
            !is_name && matches!(step.as_str(), "properties" | "patternProperties" | "dependentSchemas" | "$defs");
        node = child(document, node, step).unwrap_or(&Value::Null);
    }
    names.map(Vec::into_boxed_slice)
}

/// One step of an evaluation path: through a `$ref` it goes on at the reference's target.
fn child<'d>(document: &'d Value, node: &'d Value, step: &str) -> Option<&'d Value> {
    let below = match node {
        Value::Array(items) => items.get(step.parse::<usize>().ok()?)?,
        _ => node.get(step)?,
    };
    match below.as_str().filter(|_| step == "$ref").and_then(|reference| reference.strip_prefix('#')) {
        Some(target) => document.pointer(target),
        None => Some(below),
    }
}

/// All names below `properties` and `required` of an `if`.
pub(super) fn property_names(schema: &Value) -> Vec<String> {
    let mut names = Vec::new();
    match schema {
        Value::Object(map) => {
            for (keyword, below) in map {
                if let ("properties", Value::Object(properties)) = (keyword.as_str(), below) {
                    names.extend(properties.keys().cloned());
                    names.extend(properties.values().flat_map(property_names));
                } else {
                    names.extend(property_names(below));
                }
            }
        }
        Value::Array(items) => names.extend(items.iter().flat_map(property_names)),
        _ => {}
    }
    names
}
