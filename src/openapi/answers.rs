//! What an operation answers: accepted statuses, the schema of a success, and what each failure means.

use super::body::is_json;
use super::parameter::example_of;
use super::trail::{Place, Trail};
use super::{Importer, Version, failures};
use crate::diagnostic::codes;
use crate::draft::OperationDraft;
use serde_json::{Map, Value, json};

/// The largest documented answer that a task definition keeps, in bytes.
const LARGEST: usize = 16 * 1024;

impl Importer<'_> {
    /// Reads the responses of an operation.
    pub(super) fn answers(
        &mut self,
        responses: Option<Value>,
        produces: &[&str],
        trail: &Trail<'_>,
        operation: &mut OperationDraft,
    ) {
        let Some(Value::Object(responses)) = responses else { return };
        let mut successes: Vec<(u16, Map<String, Value>, Place)> = Vec::new();
        let mut rules = Vec::new();
        for (status, response) in responses {
            let here = Trail::Key(trail, &status);
            let (response, place) = match self.files.behind(&response, &here.place()) {
                Ok((Value::Object(map), place)) => (map.clone(), place),
                Ok(_) => continue,
                Err(reference) => {
                    let message = format!("the answer `{reference}` is not there");
                    self.flaws.at(codes::E0804, &here, message, "nothing is known of the answer's body");
                    (Map::new(), here.place())
                }
            };
            self.note_rates(&response);
            match status.parse::<u16>() {
                Ok(code @ 200..=399) => successes.push((code, response, place)),
                Ok(code @ 400..=599) => {
                    rules.push(rule(code, &response));
                    self.failure(code, response, produces, &place, operation);
                }
                _ if status.eq_ignore_ascii_case("2XX") => successes.push((0, response, place)),
                _ => {}
            }
        }
        if successes.iter().any(|(status, _, _)| *status < 300) {
            successes.retain(|(status, _, _)| *status < 300);
        }
        // The first one is what the sandbox answers: one with a body of JSON.
        successes.sort_by_key(|(status, response, _)| (!self.has_json(response, produces), *status));
        let is_open = successes.iter().any(|(status, _, _)| *status == 0);
        if !is_open {
            operation.accepted = successes.iter().map(|(status, _, _)| *status).collect();
        }
        if !rules.is_empty() {
            operation.more.insert("errors".into(), rules.into());
        }
        if let Some((_, response, place)) = successes.into_iter().next() {
            self.success(response, produces, &place, operation);
        }
    }

    pub(super) fn has_json(&self, response: &Map<String, Value>, produces: &[&str]) -> bool {
        match self.version {
            Version::V2 => {
                response.contains_key("schema") && (produces.is_empty() || produces.iter().any(|media| is_json(media)))
            }
            Version::V3_0 | Version::V3_1 => response
                .get("content")
                .and_then(Value::as_object)
                .is_some_and(|content| content.keys().any(|media| is_json(media))),
        }
    }

    fn success(
        &mut self,
        mut response: Map<String, Value>,
        produces: &[&str],
        place: &Place,
        operation: &mut OperationDraft,
    ) {
        let start = Trail::Start(place);
        let has_json = self.has_json(&response, produces);
        let (schema, example, media) = if self.version == Version::V2 {
            let example = response
                .shift_remove("examples")
                .and_then(|mut examples| Some(examples.get_mut("application/json")?.take()));
            let schema = response.shift_remove("schema").filter(|_| has_json);
            let schema = schema.map(|schema| self.own_schema(schema, &Trail::Key(&start, "schema")));
            (schema, example, produces.first().map(|media| (*media).to_owned()))
        } else {
            let Some(Value::Object(content)) = response.shift_remove("content") else { return };
            let mut content: Vec<_> = content.into_iter().collect();
            content.sort_by_key(|(media, _)| !is_json(media));
            let Some((media, Value::Object(mut of_media))) = content.into_iter().next() else { return };
            let example = example_of(&mut of_media, self.version);
            let schema = of_media.shift_remove("schema").filter(|_| has_json);
            let at = Trail::Key(&start, "content");
            let schema = schema.map(|schema| self.own_schema(schema, &Trail::Key(&Trail::Key(&at, &media), "schema")));
            (schema, example, Some(media))
        };
        if let Some(media) = media.filter(|media| !has_json && !media.contains('*') && media.contains('/')) {
            operation.headers.insert("Accept".into(), media.into());
        }
        self.catch_up();
        let fits = |example: &Value| schema.as_ref().is_some_and(|schema| self.fits(schema, example));
        if let Some(example) = example.filter(|example| has_json && size(example) < LARGEST && fits(example)) {
            failures::play(operation, "reply", json!({"body": example}));
        }
        operation.answer = schema.filter(|schema| schema.as_object().is_some_and(|map| !map.is_empty()));
    }

    /// Notes whether answers tell how many calls are left.
    fn note_rates(&mut self, response: &Map<String, Value>) {
        let names = response.get("headers").and_then(Value::as_object).into_iter().flatten().map(|(name, _)| name);
        self.tells_rates |= names
            .map(|name| name.to_ascii_lowercase())
            .any(|name| name.contains("ratelimit") || name.contains("rate-limit") || name == "retry-after");
    }
}

/// What a failure means, by its status; and what the description says of it.
fn rule(status: u16, response: &Map<String, Value>) -> Value {
    let (kind, resend, say) = match status {
        401 => ("credentials", "never", "The credentials are missing or not accepted."),
        402 => ("quota", "never", "The account's plan does not allow it, or a payment is due."),
        403 => ("permission", "never", "The credentials do not allow this call."),
        404 | 410 => ("not_found", "never", "It is not there."),
        409 | 412 => ("conflict", "never", "It is there already, or was changed meanwhile."),
        423 | 425 => ("busy", "safe", "It is in use at the moment."),
        429 => ("rate_limit", "safe", "Too many calls in a short time."),
        503 => ("terminal", "safe", "The API does not work at the moment."),
        500.. => ("terminal", "unsafe", "The API has failed."),
        _ => ("fix_input", "never", "A value of the request is refused."),
    };
    let told = response.get("description").and_then(Value::as_str).map(str::trim).unwrap_or_default();
    let first = told.lines().next().unwrap_or_default().trim();
    let short: String = first.chars().take(300).collect();
    let is_telling = short.split_whitespace().count() > 1;
    let say = if is_telling { short } else { say.to_owned() };
    let mut rule = json!({"status": status, "kind": kind, "resend": resend, "say": say});
    if status == 429
        && let Value::Object(map) = &mut rule
    {
        map.insert("wait".into(), "header".into());
    }
    rule
}

/// Bytes of a value, roughly.
pub(super) fn size(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len() + 2,
        Value::Array(items) => items.iter().map(size).sum::<usize>() + 2,
        Value::Object(map) => map.iter().map(|(key, value)| key.len() + 4 + size(value)).sum::<usize>() + 2,
        _ => 6,
    }
}
