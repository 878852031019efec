//! What is wrong with an entry beyond what loading tells: its examples, its parameters, its lookup.

use super::load::Place;
use super::operation::Example;
use super::{Catalogue, Entry};
use crate::diagnostic::{Code, Diagnostic, Severity, codes, nearest};
use crate::resolve::{RequestTemplate, Resolved};
use crate::source::Pointer;
use serde_json::{Map, Value};

/// Judges one entry.
pub(super) fn lint(entry: &Entry, catalogue: &Catalogue) -> Vec<Diagnostic> {
    let place = Place { file: &entry.file, spans: entry.spans(), base: entry.base.clone() };
    let mut found = Vec::new();
    if entry.body_schema.as_ref().is_some_and(|schema| schema.get().is_none()) {
        let at = Pointer::parse("/x-legwork/body_schema");
        let made = place.diagnostic(codes::E0503, "the schema of the body cannot be compiled", &at);
        found.push(made.help("mend the schema: it must be JSON Schema 2020-12"));
    }
    for (index, example) in entry.operation.examples.iter().enumerate() {
        let at = Pointer::parse("/x-legwork/examples").index(index);
        found.extend(example_fault(entry, example).map(|(message, help)| {
            place.diagnostic(codes::E0505, format!("the example \"{}\" {message}", example.name), &at).help(help)
        }));
    }
    parameters(entry, &place, &mut found);
    lookup(entry, catalogue, &place, &mut found);
    limits(entry, &place, &mut found);
    found
}

/// Why an example does not do what it says, and what to do.
fn example_fault(entry: &Entry, example: &Example) -> Option<(String, String)> {
    let broken = match broken_rules(entry, &example.input) {
        Ok(broken) => broken,
        Err(missing) => {
            return Some((format!("gives no value for {missing}"), "add the parameter to its `input`".into()));
        }
    };
    let Some(code) = &example.fails else {
        let (code, at, message) = broken.first()?;
        return Some((format!("fails with {code} at `{at}`"), message.clone()));
    };
    let is_it = |(own, at, _): &(Code, Pointer, String)| {
        own.id() == code && example.at.as_ref().is_none_or(|expected| at.as_str() == expected)
    };
    if broken.iter().any(is_it) {
        return None;
    }
    let found: Vec<_> = broken.iter().map(|(code, at, _)| format!("{code} at `{at}`")).collect();
    let found =
        if found.is_empty() { "nothing fails".to_owned() } else { format!("it fails with {}", found.join(", ")) };
    let at = example.at.as_deref().map(|at| format!(" at `{at}`")).unwrap_or_default();
    Some((format!("does not fail with {code}{at}"), found))
}

/// The errors in the body that an input gives; or the first parameter that is missing.
fn broken_rules(entry: &Entry, input: &Map<String, Value>) -> Result<Vec<(Code, Pointer, String)>, String> {
    let rendered = entry.render(&Resolved::plain(Value::Object(input.clone())));
    let request =
        rendered.map_err(|missing| missing.into_iter().next().map(|one| one.expression).unwrap_or_default())?;
    let body = request.value.get("body").unwrap_or(&Value::Null);
    let violations = entry.body_schema.as_ref().map(|schema| schema.validate(body)).unwrap_or_default();
    let errors = violations.into_iter().filter(|one| one.severity == Severity::Error);
    Ok(errors.map(|one| (one.code, one.pointer, one.message)).collect())
}

/// Parameters that the input schema and the templates do not both know.
fn parameters(entry: &Entry, place: &Place<'_>, found: &mut Vec<Diagnostic>) {
    let Some(declared) = entry.input_schema().and_then(|schema| schema.get("properties")?.as_object()) else { return };
    let constants = entry.constants();
    let used: Vec<String> = entry.template().map(RequestTemplate::parameters).unwrap_or_default();
    let used: Vec<&str> = used.iter().map(String::as_str).filter(|name| !constants.contains_key(*name)).collect();
    for name in used.iter().filter(|name| !declared.contains_key(**name)) {
        let message = format!("the request uses `{name}`, which `inputSchema` does not declare");
        let made = place.diagnostic(codes::E0511, message, &Pointer::parse("/x-legwork/request"));
        found.push(match nearest(name, declared.keys().map(String::as_str)) {
            Some(near) => made.help(format!("did you mean `{near}`?")),
            None => made.help(format!("add `{name}` to the properties of `inputSchema`")),
        });
    }
    for name in declared.keys().filter(|name| !used.contains(&name.as_str())) {
        let message = format!("`inputSchema` declares `{name}`, which the request does not use");
        let at = Pointer::parse("/inputSchema/data/properties").key(name);
        found.push(place.diagnostic(codes::E0511, message, &at).help("use it in the request, or leave it out"));
    }
}

/// Limits that never act: a plan that is not there, a second sending of what must not be sent twice, a lock over nothing.
fn limits(entry: &Entry, place: &Place<'_>, found: &mut Vec<Diagnostic>) {
    let said = entry.limits();
    let mut tell = |message: String, at: &str, help: String| {
        found.push(place.diagnostic(codes::E0512, message, &Pointer::parse("/x-legwork/limits").key(at)).help(help));
    };
    if let Some(plan) = said.plan.as_ref().filter(|plan| entry.rate_limit(plan).is_none()) {
        let known: Vec<_> =
            entry.rate_limits().into_iter().flat_map(|limits| limits.keys().map(String::as_str)).collect();
        let help = format!(
            "plans of its `rate_label`: {}",
            if known.is_empty() { "none".to_owned() } else { known.join(", ") }
        );
        tell(format!("the rate limit has no plan {plan}"), "plan", help);
    }
    let is_safe = matches!(entry.method.as_deref(), Some("GET" | "HEAD" | "OPTIONS"));
    if said.hedge_ms.is_some() && !is_safe {
        let method = entry.method.as_deref().unwrap_or_default();
        let help = "take `hedge_ms` out: only GET, HEAD and OPTIONS are sent a second time".to_owned();
        tell(format!("a {method} is never sent a second time by itself"), "hedge_ms", help);
    }
    if let Some(lock) = &said.lock {
        let used: Vec<String> = entry.template().map(RequestTemplate::parameters).unwrap_or_default();
        let tags = lock.split("{{").skip(1).filter_map(|part| part.split_once("}}"));
        if let Some(name) = tags.map(|(name, _)| name.trim()).find(|name| !used.iter().any(|used| used == name)) {
            let near = nearest(name, used.iter().map(String::as_str)).map(|near| format!("did you mean `{near}`?"));
            let help = near.unwrap_or_else(|| "use a parameter of the request".to_owned());
            tell(format!("the lock uses `{name}`, which the request does not have"), "lock", help);
        }
    }
}

/// The operation that looks a natural key up must be there.
fn lookup(entry: &Entry, catalogue: &Catalogue, place: &Place<'_>, found: &mut Vec<Diagnostic>) {
    let Some(ensure) = entry.ensure() else { return };
    if catalogue.get(&ensure.lookup).is_some_and(|own| own.method.is_some()) {
        return;
    }
    let message = format!("the lookup {} is not known", ensure.lookup);
    let made = place.diagnostic(codes::E0510, message, &Pointer::parse("/x-legwork/ensure/lookup"));
    let near = nearest(&ensure.lookup, catalogue.names()).map(|near| format!("did you mean `{near}`?"));
    found.push(made.help(near.unwrap_or_else(|| "name an operation that holds a request".to_owned())));
}
