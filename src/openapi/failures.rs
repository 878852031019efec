//! What an API answers when it refuses: as its description documents it, for the sandbox.

use super::Importer;
use super::Version;
use super::answers::size;
use super::body::is_json;
use super::parameter::example_of;
use super::trail::{Place, Trail};
use crate::draft::OperationDraft;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The largest failure that a task definition keeps, in bytes.
const LARGEST: usize = 2 * 1024;

/// Fields that hold a sentence.
const MESSAGES: &[&str] = &[
    "message",
    "detail",
    "error_description",
    "description",
    "title",
    "error",
    "reason",
    "msg",
    "errorMessage",
    "error_message",
];

/// Fields that hold the status.
const STATUSES: &[&str] = &["status", "code", "statusCode", "status_code", "http_status", "httpStatus"];

/// How deep sentences are looked for.
const DEPTH: usize = 3;

/// What happened, as the sandbox calls it; the first status goes before the other.
fn name(status: u16) -> Option<&'static str> {
    Some(match status {
        400 | 422 => "invalid",
        401 => "unauthorized",
        404 => "missing",
        409 => "conflict",
        429 => "rate_limit",
        500 => "failure",
        _ => return None,
    })
}

/// Says one thing of how the sandbox plays an operation.
pub(super) fn play(operation: &mut OperationDraft, key: &str, value: Value) {
    match operation.more.get_mut("sandbox") {
        Some(Value::Object(play)) => drop(play.insert(key.to_owned(), value)),
        _ => drop(operation.more.insert("sandbox".into(), Value::Object(Map::from_iter([(key.to_owned(), value)])))),
    }
}

impl Importer<'_> {
    /// Keeps the body of a documented failure.
    pub(super) fn failure(
        &mut self,
        status: u16,
        response: Map<String, Value>,
        produces: &[&str],
        place: &Place,
        operation: &mut OperationDraft,
    ) {
        let Some(name) = name(status).filter(|_| self.has_json(&response, produces)) else { return };
        let Some(body) = self.failure_body(status, response, place) else { return };
        let mut all = answers(operation).cloned().unwrap_or_default();
        if status != 422 || !all.contains_key(name) {
            all.insert(name.to_owned(), json!({"status": status, "body": body}));
            play(operation, "answers", all.into());
        }
    }

    /// The documented example; else a typical body with the response's own words.
    fn failure_body(&mut self, status: u16, mut response: Map<String, Value>, place: &Place) -> Option<Value> {
        let told = response
            .shift_remove("description")
            .and_then(|told| Some(told.as_str()?.lines().next()?.trim().to_owned()));
        let start = Trail::Start(place);
        let (schema, example, media) = if self.version == Version::V2 {
            let mut examples = response.shift_remove("examples");
            let example = examples.as_mut().and_then(|examples| Some(examples.get_mut("application/json")?.take()));
            (response.shift_remove("schema"), example, None)
        } else {
            let Some(Value::Object(content)) = response.shift_remove("content") else { return None };
            let (media, of_media) = content.into_iter().find(|(media, _)| is_json(media))?;
            let Value::Object(mut of_media) = of_media else { return None };
            let example = example_of(&mut of_media, self.version);
            (of_media.shift_remove("schema"), example, Some(media))
        };
        if let Some(example) = example.filter(|example| example.is_object() && size(example) < LARGEST) {
            return Some(example);
        }
        let schema = schema?;
        let key =
            schema.get("$ref").and_then(Value::as_str).map(|reference| (status, format!("{} {reference}", place.file)));
        if let Some(known) = key.as_ref().and_then(|key| self.failures.get(key)) {
            return known.clone();
        }
        let content = Trail::Key(&start, "content");
        let of_media = Trail::Key(&content, media.as_deref().unwrap_or_default());
        let above = if media.is_some() { &of_media } else { &start };
        let schema = self.own_schema(schema, &Trail::Key(above, "schema"));
        self.catch_up();
        let sampled = self.sample(&schema);
        let body = self.worded(&schema, sampled, status, told.as_deref().unwrap_or_default());
        let body = Some(body).filter(|body| body.is_object() && size(body) < LARGEST);
        if let Some(key) = key {
            self.failures.insert(key, body.clone());
        }
        body
    }

    /// A typical body that says what happened, as far as its schema lets it.
    fn worded(&self, schema: &Value, sampled: Value, status: u16, told: &str) -> Value {
        let is_invalid = name(status) == Some("invalid");
        let sentence = if is_invalid || told.is_empty() { "{message}" } else { told };
        let mut worded = sampled.clone();
        put_words(&mut worded, status, sentence, DEPTH);
        if self.fits(schema, &worded) { worded } else { sampled }
    }
}

fn put_words(value: &mut Value, status: u16, sentence: &str, depth: usize) {
    match value {
        Value::Object(map) if depth > 0 => {
            for (name, value) in map {
                match value {
                    Value::String(_) if MESSAGES.contains(&name.as_str()) => *value = sentence.into(),
                    Value::Number(_) if STATUSES.contains(&name.as_str()) => *value = status.into(),
                    value => put_words(value, status, sentence, depth - 1),
                }
            }
        }
        Value::Array(items) if depth > 0 => {
            for item in items {
                put_words(item, status, sentence, depth - 1);
            }
        }
        _ => {}
    }
}

/// Takes out of the operations what most of them answer alike, for their provider to say once.
pub(super) fn share(operations: &mut [OperationDraft]) -> Map<String, Value> {
    let mut counts: BTreeMap<(String, String), (usize, Value)> = BTreeMap::new();
    for (name, answer) in operations.iter().filter_map(answers).flatten() {
        counts.entry((name.clone(), answer.to_string())).or_insert((0, answer.clone())).0 += 1;
    }
    let mut shared: BTreeMap<String, (usize, Value)> = BTreeMap::new();
    for ((name, _), (count, answer)) in counts {
        if shared.get(&name).is_none_or(|(most, _)| count > *most) {
            shared.insert(name, (count, answer));
        }
    }
    for operation in operations {
        let Some(Value::Object(play)) = operation.more.get_mut("sandbox") else { continue };
        if let Some(Value::Object(own)) = play.get_mut("answers") {
            own.retain(|name, answer| shared.get(name).is_none_or(|(_, common)| common != answer));
        }
        play.retain(|name, value| name != "answers" || value.as_object().is_some_and(|own| !own.is_empty()));
        if play.is_empty() {
            operation.more.shift_remove("sandbox");
        }
    }
    shared.into_iter().map(|(name, (_, answer))| (name, answer)).collect()
}

fn answers(operation: &OperationDraft) -> Option<&Map<String, Value>> {
    operation.more.get("sandbox")?.get("answers")?.as_object()
}
