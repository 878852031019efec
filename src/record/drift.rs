//! What an API changed: the answers of one recording against those of another one, or against the schemas of the catalogue.

use super::exchange::{Answer, Recorded};
use super::shape::{Field, Shape};
use crate::catalogue::{Catalogue, authority_and_path};
use crate::diagnostic::Severity;
use crate::schema::Schema;
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// What was compared, and what differs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Drift {
    /// What differs, sorted by operation and place.
    pub findings: Vec<Finding>,
    /// The operations that were compared.
    pub compared: Vec<String>,
    /// The operations of the recording that there was nothing to compare with.
    #[serde(rename = "notCompared")]
    pub not_compared: Vec<String>,
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// The operation: `GET api.zoom.us/v2/users/{}` with its status, or the name of its task definition.
    pub operation: String,
    /// Where it is in the body, a JSON pointer, `*` for each item of a list; `status` and `contentType` are beside the body.
    pub at: String,
    /// What happened to it.
    pub change: Change,
    /// What it was, in words.
    pub was: String,
    /// What it is now, in words.
    pub is: String,
}

/// What happened to a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Change {
    /// It was not there.
    Appeared,
    /// It is no longer there, or not always.
    Vanished,
    /// It has another type: a number is a text now.
    Type,
    /// It holds another kind of text: a date is a time now.
    Class,
    /// The status or the content type differs.
    Answer,
    /// The body breaks the schema of its task definition.
    Schema,
}

impl Change {
    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Appeared => "appeared",
            Self::Vanished => "vanished",
            Self::Type => "type changed",
            Self::Class => "kind of value changed",
            Self::Answer => "answer changed",
            Self::Schema => "breaks the schema",
        }
    }
}

/// What was seen of one operation.
#[derive(Default)]
struct Seen {
    /// By status; 0 for no answer.
    statuses: BTreeMap<u16, Shape>,
    content_types: BTreeSet<String>,
}

/// What `now` has other than `before`. Operations are told apart by the task definitions of the catalogue, and where there is none by
/// method, host and path, in which what looks like an id does not count.
#[must_use]
pub fn between(before: &[Recorded], now: &[Recorded], catalogue: &Catalogue) -> Drift {
    let (before, now) = (seen(before, catalogue), seen(now, catalogue));
    let mut drift = Drift::default();
    for (operation, before) in before {
        let Some(now) = now.get(&operation) else {
            drift.not_compared.push(operation);
            continue;
        };
        drift.answers(&operation, &before, now);
        for (status, shape) in &before.statuses {
            if let Some(now) = now.statuses.get(status) {
                drift.shapes(&operation, shape, now);
            }
        }
        drift.compared.push(operation);
    }
    drift.findings.sort();
    drift
}

/// What the recorded answers have other than the output schemas of their task definitions say: violations, and fields that a schema
/// does not know.
#[must_use]
pub fn with_schemas(recorded: &[Recorded], catalogue: &Catalogue) -> Drift {
    let mut drift = Drift::default();
    let (mut compared, mut not_compared) = (BTreeSet::new(), BTreeSet::new());
    for exchange in recorded {
        let Some((status, body)) = exchange.response().filter(|(_, body)| !body.is_null()) else { continue };
        let (method, url) = exchange.request();
        let entry = entry(catalogue, method, url).filter(|entry| entry.accepts(status));
        let schema = entry.as_ref().and_then(|entry| Some((entry.name.clone(), entry.answer_schema()?.clone())));
        let compiled = schema.and_then(|(name, schema)| Some((name, Schema::compile(&schema).ok()?, schema)));
        let Some((name, compiled, schema)) = compiled else {
            not_compared.insert(operation(exchange, catalogue));
            continue;
        };
        // Keys that it does not know are told of below.
        for violation in compiled.validate(&body).into_iter().filter(|found| found.severity == Severity::Error) {
            drift.findings.push(Finding {
                operation: name.clone(),
                at: violation.pointer.to_string(),
                change: Change::Schema,
                was: "as its schema says".to_owned(),
                is: violation.message,
            });
        }
        drift.unknown_fields(&name, &schema, &body);
        compared.insert(name);
    }
    drift.findings.sort();
    drift.findings.dedup();
    drift.compared = compared.into_iter().collect();
    drift.not_compared = not_compared.into_iter().collect();
    drift
}

impl Drift {
    /// Whether nothing differs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.findings.is_empty()
    }

    /// One line for each difference, then what was compared.
    #[must_use]
    pub fn summary(&self) -> String {
        let mut text = String::new();
        let mut last = None;
        for finding in &self.findings {
            if last != Some(&finding.operation) {
                let _ = writeln!(text, "{}", finding.operation);
                last = Some(&finding.operation);
            }
            let Finding { at, change, was, is, .. } = finding;
            let place = if at.is_empty() { "the body" } else { at };
            let _ = writeln!(text, "  {place}: {}: {was} → {is}", change.as_str());
        }
        let (count, of) = (self.findings.len(), self.compared.len());
        let found = if count == 0 { "no drift".to_owned() } else { format!("{count} {}", plural("difference", count)) };
        let _ = writeln!(text, "{found} in {of} {}", plural("operation", of));
        for operation in &self.not_compared {
            let _ = writeln!(text, "not compared: {operation}");
        }
        text
    }

    fn find(&mut self, operation: &str, at: &str, change: Change, was: impl Into<String>, is: impl Into<String>) {
        let (operation, at) = (operation.to_owned(), at.to_owned());
        self.findings.push(Finding { operation, at, change, was: was.into(), is: is.into() });
    }

    fn answers(&mut self, operation: &str, before: &Seen, now: &Seen) {
        let listed = |seen: &Seen| {
            let statuses = seen.statuses.keys();
            let words = statuses.map(|status| if *status == 0 { "no answer".to_owned() } else { status.to_string() });
            words.collect::<Vec<_>>().join(", ")
        };
        if now.statuses.keys().any(|status| !before.statuses.contains_key(status)) {
            self.find(operation, "status", Change::Answer, listed(before), listed(now));
        }
        if !now.content_types.is_subset(&before.content_types) {
            let joined = |types: &BTreeSet<String>| types.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
            let (was, is) = (joined(&before.content_types), joined(&now.content_types));
            self.find(operation, "contentType", Change::Answer, was, is);
        }
    }

    fn shapes(&mut self, operation: &str, before: &Shape, now: &Shape) {
        for (at, field) in &before.fields {
            match now.fields.get(at) {
                Some(now) => self.fields(operation, at, field, now),
                // What holds it is told of already, or holds nothing.
                None if now.chances(at) == 0 || at.ends_with("/*") => {}
                None => self.find(operation, at, Change::Vanished, words(&field.types), "not there"),
            }
        }
        for (at, field) in now.fields.iter().filter(|(at, _)| !before.fields.contains_key(*at)) {
            if before.chances(at) > 0 && !at.ends_with("/*") {
                self.find(operation, at, Change::Appeared, "not there", words(&field.types));
            }
        }
    }

    fn fields(&mut self, operation: &str, at: &str, before: &Field, now: &Field) {
        if before.is_always_there() && !now.is_always_there() {
            let is = format!("there {} of {} times", now.seen, now.asked);
            self.find(operation, at, Change::Vanished, "always there", is);
        }
        // Every integer is a number.
        let new_types = now
            .types
            .iter()
            .any(|kind| !(before.types.contains(kind) || *kind == "integer" && before.types.contains("number")));
        if new_types {
            self.find(operation, at, Change::Type, words(&before.types), words(&now.types));
        } else if !before.classes.is_empty()
            && !before.classes.contains("words")
            && !now.classes.is_subset(&before.classes)
        {
            self.find(operation, at, Change::Class, words(&before.classes), words(&now.classes));
        } else if before.classes.contains("words") && before.classes.is_disjoint(&now.classes) && now.classes.len() == 1
        {
            // Words may look like anything once; a kind that was never seen among them is told.
            self.find(operation, at, Change::Class, words(&before.classes), words(&now.classes));
        }
    }

    /// Fields that an object's schema does not name, where it names some.
    fn unknown_fields(&mut self, operation: &str, schema: &Value, body: &Value) {
        let mut shape = Shape::default();
        shape.add(body);
        let mut known = BTreeSet::from([String::new()]);
        known_fields(schema, schema, "", 0, &mut known);
        for (at, field) in &shape.fields {
            let Some((holder, key)) = at.rsplit_once('/') else { continue };
            let names_some = known.iter().any(|known| {
                known.strip_prefix(holder).is_some_and(|rest| rest.starts_with('/') && !rest[1..].contains('/'))
            });
            if key != "*" && names_some && !known.contains(at) && !known.contains(&format!("{holder}/**")) {
                self.find(operation, at, Change::Appeared, "not in the schema", words(&field.types));
            }
        }
    }
}

/// The places that a schema names; `**` where any name is allowed.
fn known_fields(root: &Value, schema: &Value, at: &str, depth: usize, known: &mut BTreeSet<String>) {
    if depth > 32 || known.len() > 20_000 {
        known.insert(format!("{at}/**"));
        return;
    }
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        match reference.strip_prefix('#').and_then(|pointer| root.pointer(pointer)) {
            Some(target) => known_fields(root, target, at, depth + 1, known),
            None => drop(known.insert(format!("{at}/**"))),
        }
    }
    for (name, schema) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        let at = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
        known.insert(at.clone());
        known_fields(root, schema, &at, depth + 1, known);
    }
    if schema.get("additionalProperties").is_some_and(Value::is_object) || schema.get("patternProperties").is_some() {
        known.insert(format!("{at}/**"));
    }
    if let Some(items) = schema.get("items") {
        known.insert(format!("{at}/*"));
        known_fields(root, items, &format!("{at}/*"), depth + 1, known);
    }
    for word in ["allOf", "anyOf", "oneOf"] {
        for part in schema.get(word).and_then(Value::as_array).into_iter().flatten() {
            known_fields(root, part, at, depth + 1, known);
        }
    }
    for word in ["if", "then", "else"] {
        if let Some(part) = schema.get(word) {
            known_fields(root, part, at, depth + 1, known);
        }
    }
}

fn seen(recorded: &[Recorded], catalogue: &Catalogue) -> BTreeMap<String, Seen> {
    let mut all: BTreeMap<String, Seen> = BTreeMap::new();
    for exchange in recorded {
        let seen = all.entry(operation(exchange, catalogue)).or_default();
        match &exchange.answer {
            Answer::Failure(_) => drop(seen.statuses.entry(0).or_default()),
            Answer::Response { status, headers, .. } => {
                let content_type = headers.joined("Content-Type");
                let content_type = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
                seen.content_types.insert(content_type);
                let shape = seen.statuses.entry(*status).or_default();
                if let Some((_, body)) = exchange.response() {
                    shape.add(&body);
                }
            }
        }
    }
    all
}

fn entry(catalogue: &Catalogue, method: &str, url: &str) -> Option<std::sync::Arc<crate::catalogue::Entry>> {
    catalogue.match_request(method, url)
}

/// What an exchange was a call of.
fn operation(exchange: &Recorded, catalogue: &Catalogue) -> String {
    let (method, url) = exchange.request();
    if let Some(entry) = entry(catalogue, method, url) {
        return entry.name.clone();
    }
    let (host, path) = authority_and_path(url).unwrap_or((url, ""));
    let segments = path.split('/').map(|segment| if is_id(segment) { "{}" } else { segment });
    format!("{method} {host}{}", segments.collect::<Vec<_>>().join("/"))
}

/// Whether a segment of a path looks like the id of something: digits in it and no version, an address, a mask, or very long.
fn is_id(segment: &str) -> bool {
    let is_version =
        segment.strip_prefix('v').is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'));
    let has_digit = segment.bytes().any(|byte| byte.is_ascii_digit());
    (has_digit && !is_version) || segment.contains("%40") || segment.contains(['@', '*']) || segment.len() > 30
}

fn words(set: &BTreeSet<&'static str>) -> String {
    set.iter().copied().collect::<Vec<_>>().join(" or ")
}

fn plural(word: &str, count: usize) -> String {
    if count == 1 { word.to_owned() } else { format!("{word}s") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn recorded(url: &str, status: u16, body: &Value) -> Recorded {
        let text = json!({
            "recording": 1,
            "request": {"method": "GET", "url": url, "headers": {}, "body": null},
            "response": {"status": status, "reason": "", "headers": {"Content-Type": "application/json"}, "body": {"json": body}},
        });
        Recorded::parse("a.1.recording.json", &text.to_string()).expect("a recording")
    }

    #[track_caller]
    fn check(before: &Value, now: &Value, expected: &[&str]) {
        let url = |id: u32| format!("https://example.com/v1/things/{id}");
        let drift = between(&[recorded(&url(17), 200, before)], &[recorded(&url(4), 200, now)], &Catalogue::empty());
        let found = drift.findings.iter().map(|found| {
            assert_eq!(found.operation, "GET example.com/v1/things/{}");
            format!("{} {}: {} → {}", found.at, found.change.as_str(), found.was, found.is)
        });
        assert_eq!(found.collect::<Vec<_>>(), expected, "{before} {now}");
    }

    #[test]
    fn values_are_no_drift() {
        check(&json!({"id": "a", "n": 1}), &json!({"id": "b", "n": 2}), &[]);
        check(&json!({"at": "2026-01-01"}), &json!({"at": "2027-01-01"}), &[]);
        check(&json!({"n": 1.5}), &json!({"n": 2}), &[]);
        check(&json!({"users": [{"id": 1}]}), &json!({"users": []}), &[]);
        check(&json!({"users": []}), &json!({"users": [{"id": 1}]}), &[]);
        check(&json!({"token": "***"}), &json!({"token": "17"}), &[]);
    }

    #[test]
    fn fields_types_and_kinds_are_drift() {
        check(&json!({"a": 1}), &json!({"a": 1, "b": "x"}), &["/b appeared: not there → text"]);
        check(&json!({"a": 1, "b": {"c": 1}}), &json!({"a": 1}), &["/b vanished: object → not there"]);
        check(&json!({"id": 1}), &json!({"id": "1"}), &["/id type changed: integer → text"]);
        check(&json!({"id": 1}), &json!({"id": null}), &["/id type changed: integer → null"]);
        check(
            &json!({"at": "2026-01-01"}),
            &json!({"at": "2026-01-01T00:00:00Z"}),
            &["/at kind of value changed: a date → a time"],
        );
        check(
            &json!({"l": [{"a": 1}, {"a": 2}]}),
            &json!({"l": [{"a": 1}, {}]}),
            &["/l/*/a vanished: always there → there 1 of 2 times"],
        );
    }

    #[test]
    fn another_status_is_drift() {
        let (one, other) = (recorded("https://h/a", 200, &json!({})), recorded("https://h/a", 404, &json!({})));
        let drift = between(std::slice::from_ref(&one), &[other], &Catalogue::empty());
        assert_eq!(drift.summary(), "GET h/a\n  status: answer changed: 200 → 404\n1 difference in 1 operation\n");
        assert_eq!(between(&[one], &[], &Catalogue::empty()).not_compared, ["GET h/a"]);
    }

    #[test]
    fn answers_are_held_against_the_schema() {
        let url = "https://api.zoom.us/v2/users/jill%40example.com";
        let catalogue = Catalogue::builtin();
        let good = json!({"id": "z8yAAx", "email": "jill@example.com", "type": 1});
        let drift = with_schemas(&[recorded(url, 200, &good)], &catalogue);
        assert!(drift.compared == ["zoom_users_get"] && drift.is_empty(), "{drift:?}");
        let odd = json!({"id": 17, "email": "jill@example.com", "type": 1, "shoe_size": 44});
        let drift = with_schemas(&[recorded(url, 200, &odd)], &catalogue);
        let found: Vec<_> = drift.findings.iter().map(|found| (found.at.as_str(), found.change)).collect();
        assert_eq!(found, [("/id", Change::Schema), ("/shoe_size", Change::Appeared)]);
    }
}
