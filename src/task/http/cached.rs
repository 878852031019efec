//! `cacheConfig`: an output is used again for a while, and nothing is sent.

use super::super::{Attempt, CallRecord, Outcome};
use super::{HttpTask, build, not_built, outcome};
use crate::catalogue::Entry;
use crate::decide::TaskResult;
use crate::http::{Exchange, HttpRequest};
use crate::plan::Cache;
use crate::resolve::{Resolved, TaskStatus};
use serde_json::Value;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

impl HttpTask {
    /// A call whose output may be there already; only one that went well is kept.
    pub(super) async fn cached(
        &self,
        input: Resolved,
        attempt: &Attempt<'_>,
        (entry, cache): (Option<&Arc<Entry>>, &Cache),
    ) -> Outcome {
        let request = match build(input.clone(), attempt) {
            Ok(request) => request,
            Err(refused) => return not_built(refused, attempt.plan.dialect),
        };
        let limits = &attempt.services.limits;
        let key = key(&cache.key, &input, attempt, &request);
        if let Some((output, age_ms)) = key.as_deref().and_then(|key| limits.cached(key)) {
            return used_again(&output, age_ms, &request, attempt);
        }
        let mut outcome = outcome(self.whole(&request, entry, attempt).await, request.method());
        match (&outcome.result, key) {
            (Some(result), Some(key)) if result.status == TaskStatus::Completed => {
                limits.cache(key, &result.output, Duration::from_secs(cache.ttl_seconds));
            }
            (_, None) => {
                let note = format!("not cached: its input has no value for the key `{}`", cache.key);
                outcome.call.iter_mut().for_each(|call| call.notes.push(note.as_str().into()));
            }
            _ => {}
        }
        outcome
    }
}

fn used_again(output: &Arc<Value>, age_ms: i64, request: &HttpRequest, attempt: &Attempt<'_>) -> Outcome {
    let exchange = Exchange::planned(request, &attempt.services.redactor);
    let note = format!("its output is {age_ms} ms old, from the cache: nothing was sent");
    let call = CallRecord {
        exchange: Some(Box::new(exchange)),
        withheld: true,
        notes: vec![note.into()],
        ..CallRecord::default()
    };
    let result = TaskResult::new(TaskStatus::Completed, Value::clone(output));
    Outcome { result: Some(result), call: Some(call) }
}

/// The key with its values, of one task name, host and credential; `None` when a value is missing.
fn key(template: &str, input: &Resolved, attempt: &Attempt<'_>, request: &HttpRequest) -> Option<String> {
    let masked = request.masked();
    let body = serde_json::from_slice::<Value>(&masked.body).ok();
    let entry = attempt.node.entry.as_ref();
    let parameters = entry.map(|entry| entry.parameters_of(&masked.target.to_string(), body.as_ref()));
    let parameters = Value::Object(parameters.unwrap_or_default());
    let value = |name: &str| {
        let pointer = format!("/{}", name.trim().replace('.', "/"));
        input.value.pointer(&pointer).or_else(|| parameters.pointer(&pointer)).filter(|value| !value.is_null())
    };
    let filled = filled(template, value)?;
    let mut hasher = DefaultHasher::new();
    request.headers().get("Authorization").hash(&mut hasher);
    let origin = request.target().origin.authority();
    Some(format!("{}\n{origin}\n{}\n{filled}", attempt.node.name, hasher.finish()))
}

/// `${name}` becomes its value.
fn filled<'v>(template: &str, value: impl Fn(&str) -> Option<&'v Value>) -> Option<String> {
    let mut parts = template.split("${");
    let mut whole = parts.next()?.to_owned();
    for part in parts {
        let (name, rest) = part.split_once('}')?;
        let value = value(name)?;
        whole.push_str(&value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        whole.push_str(rest);
    }
    Some(whole)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_key_needs_all_of_its_values() {
        let input = json!({"uri": "https://h/a", "n": 1});
        let check = |template: &str, expected: Option<&str>| {
            assert_eq!(filled(template, |name| input.get(name)).as_deref(), expected, "{template}");
        };
        check("fixed", Some("fixed"));
        check("${uri}-${n}", Some("https://h/a-1"));
        check("${uri}-${none}", None);
        check("${uri", None);
    }
}
