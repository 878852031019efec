//! `ensure` with a ledger: one call, made once for a key, however often, by however many, and whenever they are killed.
//!
//! The intent is on disk before anything is sent. What stands in the ledger then tells what may have happened: nothing, a call whose
//! outcome nobody knows (an intent: it is looked up before anything is sent), or a binding (nothing is sent any more).

use super::super::{Attempt, CallRecord, Outcome};
use super::HttpTask;
use super::limits::Sent;
use super::outcome::outcome;
use crate::catalogue::{ENSURE_KEY, Ensure, EnsureOn, Entry};
use crate::decide::{Resend, RetryAdvice, TaskResult};
use crate::definition::HttpInput;
use crate::host;
use crate::host::ledger::{Binding, Bound, Hold, Ledger, LedgerError, Names, Reserved};
use crate::http::{self, CallResult, Exchange, HttpRequest, Kind, RequestError};
use crate::resolve::{Resolved, TaskStatus};
use crate::source::Pointer;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long a living holder of the key is waited for when the request has no time-out of its own.
const PATIENCE: Duration = Duration::from_secs(30);

/// One call that is made sure of.
pub(super) struct Ensured<'a> {
    task: &'a HttpTask,
    attempt: &'a Attempt<'a>,
    ledger: &'a Ledger,
    ensure: &'a Ensure,
    entry: &'a Arc<Entry>,
    /// The task's input: the request, secrets as references.
    input: &'a Resolved,
    request: &'a HttpRequest,
    parameters: Map<String, Value>,
    names: Names,
    notes: Vec<Box<str>>,
    /// What was sent so far.
    exchange: Exchange,
    sent: bool,
}

/// What a look-up found.
enum Found {
    /// It is there, and ours: its id, and the look-up's output.
    There(String, Value),
    /// It is not there.
    Nowhere,
    /// It is there, and not what was to be made: the place that differs.
    Other(String),
    /// The look-up did not tell.
    Unknown(String),
}

/// What a call is made sure of with.
#[derive(Clone, Copy)]
pub(super) struct With<'a> {
    pub(super) entry: &'a Arc<Entry>,
    ensure: &'a Ensure,
    ledger: &'a Ledger,
}

/// What a task's call is made sure of with; `None` unless its definition has an `ensure` and the runner a ledger.
pub(super) fn of<'a>(attempt: &'a Attempt<'a>) -> Option<With<'a>> {
    let ledger = attempt.services.ledger.as_ref()?;
    let entry = attempt.node.entry.as_ref()?;
    Some(With { entry, ensure: entry.ensure()?, ledger })
}

impl<'a> Ensured<'a> {
    /// What is needed to make sure of a call.
    ///
    /// # Errors
    /// In words, when the call has no key that can be kept.
    pub(super) fn new(
        task: &'a HttpTask,
        attempt: &'a Attempt<'a>,
        With { entry, ensure, ledger }: With<'a>,
        (input, request): (&'a Resolved, &'a HttpRequest),
    ) -> Result<Self, String> {
        let fields = input.value.as_object().map(HttpInput::of);
        let body = fields.and_then(|fields| fields.body);
        let uri = fields.and_then(|fields| fields.uri?.as_str()).unwrap_or_default();
        let parameters = entry.parameters_of(uri, body);
        let natural_key = body.and_then(|body| ensure.natural_key(body)).ok_or_else(|| {
            format!("the body has no value at `{}`, or a secret: nothing tells what is to be made sure of", ensure.key)
        })?;
        let key = match input.value.get(ENSURE_KEY) {
            None | Some(Value::Null) => natural_key.clone(),
            Some(Value::String(key)) if !key.is_empty() && !key.contains("${") => key.clone(),
            Some(Value::Number(key)) => key.to_string(),
            Some(_) => return Err(format!("`{ENSURE_KEY}` must be a text or a number, and no secret")),
        };
        let lookup = ensure.lookup_input(&parameters).ok_or("the call does not hold what its look-up needs")?;
        let origin = &request.target().origin;
        let origin = format!("{}://{}", origin.scheme.as_str(), origin.authority());
        let names = Names { task: entry.name.clone(), origin, key, natural_key, lookup };
        let exchange = Exchange::planned(request, &attempt.services.redactor);
        let notes = Vec::new();
        Ok(Self {
            task,
            attempt,
            ledger,
            ensure,
            entry,
            input,
            request,
            parameters,
            names,
            notes,
            exchange,
            sent: false,
        })
    }

    /// Makes the call, or does not need to.
    pub(super) async fn carry_out(mut self) -> Outcome {
        match self.reserve().await {
            Ok(Reserved::Bound(binding)) => self.is_bound(&binding),
            Ok(Reserved::Held(hold)) => self.holding(hold).await,
            Ok(Reserved::Busy) => {
                let why = format!("another call for the key `{}` is under way, and takes too long", self.names.key);
                self.failed("busy", &why, Resend::Safe)
            }
            Ok(Reserved::Taken { key }) => {
                let why =
                    format!("`{}` belongs to the key `{key}`, not to `{}`", self.names.natural_key, self.names.key);
                self.never("taken_elsewhere", &why)
            }
            Err(err) => self.no_ledger(&err),
        }
    }

    /// Asks for the key until nobody alive holds it, for as long as the whole call may take.
    async fn reserve(&mut self) -> Result<Reserved, LedgerError> {
        let start = Instant::now();
        let patience = self.request.time_outs().total.unwrap_or(PATIENCE);
        let mut pause = Duration::from_millis(5);
        loop {
            let names = self.names.clone();
            let reserved = self.blocking(move |ledger| ledger.reserve(&names, host::now_ms())).await?;
            if !matches!(reserved, Reserved::Busy) || start.elapsed() >= patience {
                if pause > Duration::from_millis(5) {
                    let waited = start.elapsed().as_millis();
                    self.note(format!("waited {waited} ms for another call for the key `{}`", self.names.key));
                }
                return Ok(reserved);
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_millis(200));
        }
    }

    /// The key is ours until the end: what may have been made is looked up, and then it is made.
    async fn holding(mut self, mut hold: Hold) -> Outcome {
        if hold.is_doubtful() || self.ensure.on.contains(&EnsureOn::First) {
            match self.look_up(hold.lookup()).await {
                Found::There(id, output) => return self.bind(hold, id, output, "looked up").await,
                Found::Nowhere => {}
                Found::Other(place) => return self.not_ours(hold, &place).await,
                Found::Unknown(why) => return self.failed("unknown", &why, Resend::Safe),
            }
            if hold.is_renamed(&self.names) {
                let names = self.names.clone();
                let renamed = self.blocking(move |ledger| ledger.renamed(&mut hold, &names).map(|()| hold)).await;
                hold = match renamed {
                    Ok(hold) => hold,
                    Err(err) => return self.no_ledger(&err),
                };
            }
        }
        self.create(hold).await
    }

    async fn create(mut self, hold: Hold) -> Outcome {
        let sent = self.task.send(self.request, Some(self.entry), self.attempt).await;
        self.notes.extend(sent.notes.iter().cloned());
        let result = &sent.result;
        self.sent |= result.sent;
        if let Some(exchange) = &result.exchange {
            let looked_up = std::mem::replace(&mut self.exchange, (**exchange).clone());
            self.exchange.add_look_up(looked_up);
        }
        let on = |when: EnsureOn| self.ensure.on.contains(&when);
        if matches!(result.status, TaskStatus::Completed | TaskStatus::InProgress) {
            let answer = result.output.pointer("/response/body");
            return match answer.and_then(|body| id_of(body.pointer(self.ensure.id_pointer())?)) {
                Some(id) => self.bind(hold, id, sent.result.output, "created").await,
                None => self.after_look_up(hold, sent, "its answer holds no id").await,
            };
        }
        let is_conflict = result.kind.as_ref().is_some_and(|kind| kind.as_str() == "conflict")
            || (result.status_code == Some(409) && result.kind == Some(Kind::Status));
        if is_conflict && on(EnsureOn::Conflict) {
            return self.after_look_up(hold, sent, "it is there already").await;
        }
        if is_unknown(result) {
            if on(EnsureOn::NoAnswer) {
                return self.after_look_up(hold, sent, "whether it was carried out was not known").await;
            }
            // The intent stays: the next attempt looks up first.
            let failed = outcome(sent, self.request.method());
            return self.with_notes(failed);
        }
        // Nothing was made.
        if let Err(err) = self.blocking(move |ledger| ledger.give_up(hold)).await {
            return self.no_ledger(&err);
        }
        let failed = outcome(sent, self.request.method());
        self.with_notes(failed)
    }

    /// The call's own answer is not enough: what is there decides.
    async fn after_look_up(mut self, hold: Hold, sent: Sent, why: &str) -> Outcome {
        match self.look_up(&self.names.lookup.clone()).await {
            Found::There(id, output) => {
                self.note(format!("{why}: it was looked up with {}", self.ensure.lookup));
                self.bind(hold, id, output, "looked up").await
            }
            Found::Other(place) => self.not_ours(hold, &place).await,
            Found::Nowhere if is_unknown(&sent.result) => {
                self.note(format!("{} found nothing: the call was not carried out", self.ensure.lookup));
                // It was not carried out, so that it may be sent again.
                let result = CallResult { resend: http::Resend::Safe, ..sent.result };
                let failed = outcome(Sent { result, ..sent }, self.request.method());
                self.with_notes(failed)
            }
            Found::Nowhere => {
                let why = format!(
                    "{why}, and {} does not find `{}`: it belongs to somebody else",
                    self.ensure.lookup, self.names.natural_key
                );
                self.give_up(hold, "taken_elsewhere", &why).await
            }
            Found::Unknown(unknown) => self.failed("unknown", &format!("{why}, and {unknown}"), Resend::Safe),
        }
    }

    async fn look_up(&mut self, input: &Map<String, Value>) -> Found {
        let Some(entry) = &self.attempt.node.lookup else {
            return Found::Unknown(format!("there is no task definition `{}` to look it up with", self.ensure.lookup));
        };
        let request = match self.look_up_request(entry, input) {
            Ok(request) => request,
            Err(why) => return Found::Unknown(format!("{} cannot be sent: {why}", entry.name)),
        };
        let Sent { result, notes, .. } = self.task.send(&request, Some(entry), self.attempt).await;
        self.notes.extend(notes);
        if let Some(exchange) = result.exchange {
            self.exchange.add_look_up(*exchange);
        }
        self.sent |= result.sent;
        if result.status_code == Some(404) {
            return Found::Nowhere;
        }
        if result.status != TaskStatus::Completed {
            return Found::Unknown(result.reason.unwrap_or_else(|| "the look-up did not tell".to_owned()));
        }
        let body = result.output.pointer("/response/body").unwrap_or(&Value::Null);
        if let Some(place) = self.ensure.differs(body, &self.parameters) {
            return Found::Other(place.to_owned());
        }
        match body.pointer(self.ensure.id_pointer()).and_then(id_of) {
            Some(id) => Found::There(id, result.output),
            None => Found::Unknown(format!("the answer of {} holds no id", entry.name)),
        }
    }

    /// The look-up's request, with the credential that the call was written with.
    fn look_up_request(&self, entry: &Arc<Entry>, input: &Map<String, Value>) -> Result<HttpRequest, String> {
        let rendered = entry.render(&Resolved::plain(Value::Object(input.clone())));
        let rendered = rendered.map_err(|_| "its parameters are not all known".to_owned())?;
        let input = with_authorization(rendered, self.input);
        super::build(input, self.attempt).map_err(|refused| refused.to_string())
    }

    async fn bind(mut self, hold: Hold, id: String, mut output: Value, how: &str) -> Outcome {
        let body = output.pointer("/response/body").cloned().unwrap_or_default();
        let mut kept = Map::new();
        for pointer in std::iter::once(self.ensure.id_pointer()).chain(self.ensure.keep.iter().map(String::as_str)) {
            kept.extend(body.pointer(pointer).map(|value| (pointer.to_owned(), value.clone())));
        }
        let mut kept = Value::Object(kept);
        self.attempt.services.redactor.redact_value(&mut kept);
        let (own, kept) = (id.clone(), kept.as_object().cloned().unwrap_or_default());
        match self.blocking(move |ledger| ledger.bind(hold, &own, &kept, host::now_ms())).await {
            Ok(Bound::Bound) => {
                self.note(format!("{how}, and bound to the key `{}` as {id}", self.names.key));
                if how != "created" {
                    put(&mut output, "ensuredBy", &self.ensure.lookup);
                }
                self.completed(output)
            }
            Ok(Bound::Clash { key }) => {
                let why = format!("{id} is bound to the key `{key}` already, and not to `{}`", self.names.key);
                self.never("taken_elsewhere", &why)
            }
            Err(err) => self.no_ledger(&err),
        }
    }

    /// The output of a binding: what was kept, in its places of an answer.
    fn is_bound(mut self, binding: &Binding) -> Outcome {
        let id = binding.id.as_deref().unwrap_or_default();
        self.note(format!("the key `{}` is bound to {id}: nothing was sent", self.names.key));
        let mut body = json!({});
        put_at(&mut body, self.ensure.id_pointer(), id.into());
        for (pointer, value) in &binding.kept {
            put_at(&mut body, pointer, value.clone());
        }
        let response = json!({"statusCode": 200, "reasonPhrase": "bound", "headers": {}, "body": body});
        self.completed(json!({"response": response, "ensuredBy": "ledger"}))
    }

    async fn not_ours(self, hold: Hold, place: &str) -> Outcome {
        let why = format!(
            "{} finds something at `{}` whose `{place}` is not what the call would have made",
            self.ensure.lookup, self.names.natural_key
        );
        self.give_up(hold, "taken_elsewhere", &why).await
    }

    /// It is known that nothing was made, and that it cannot be.
    async fn give_up(self, hold: Hold, kind: &str, why: &str) -> Outcome {
        match self.blocking(move |ledger| ledger.give_up(hold)).await {
            Ok(()) => self.never(kind, why),
            Err(err) => self.no_ledger(&err),
        }
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Ledger) -> Result<T, LedgerError> + Send + 'static,
    ) -> Result<T, LedgerError> {
        let ledger = self.ledger.clone();
        tokio::task::spawn_blocking(move || work(&ledger)).await.expect("a ledger does not panic")
    }

    fn no_ledger(self, err: &LedgerError) -> Outcome {
        let why = format!("{err}; {}", err.help());
        self.failed("ledger", &why, Resend::Safe)
    }

    fn never(self, kind: &str, why: &str) -> Outcome {
        self.failed(kind, why, Resend::Never("only somebody who knows whose it is can mend that".to_owned()))
    }

    fn failed(self, kind: &str, why: &str, resend: Resend) -> Outcome {
        let status = match resend {
            Resend::Never(_) => TaskStatus::FailedWithTerminalError,
            _ => TaskStatus::Failed,
        };
        let output = json!({"error": why, "kind": kind});
        let reason = Some(format!("{} {}: {why}", self.request.method(), self.request.shown_uri()));
        let advice = Some(RetryAdvice { resend, not_before_ms: None });
        let result = TaskResult { reason, advice, ..TaskResult::new(status, output) };
        self.ended(result, Some(Kind::Named(kind.into())))
    }

    fn completed(self, output: Value) -> Outcome {
        let ends = !self.attempt.node.async_complete;
        let status = if ends { TaskStatus::Completed } else { TaskStatus::InProgress };
        let advice = Some(RetryAdvice { resend: Resend::Safe, not_before_ms: None });
        self.ended(TaskResult { advice, ..TaskResult::new(status, output) }, None)
    }

    fn ended(self, result: TaskResult, kind: Option<Kind>) -> Outcome {
        let answered = self.exchange.response().is_some();
        let exchange = Some(Box::new(self.exchange));
        let withheld = !self.sent;
        let call = CallRecord {
            exchange,
            sent: self.sent,
            answered,
            kind,
            withheld,
            notes: self.notes,
            ..CallRecord::default()
        };
        Outcome { result: Some(result), call: Some(call) }
    }

    fn with_notes(self, mut outcome: Outcome) -> Outcome {
        if let Some(call) = &mut outcome.call {
            call.exchange = Some(Box::new(self.exchange));
            call.sent |= self.sent;
            call.notes = self.notes;
        }
        outcome
    }

    fn note(&mut self, sentence: String) {
        self.notes.push(self.attempt.services.redactor.redact(&sentence).into());
    }
}

/// Whether the call may have been carried out although its answer does not say so.
fn is_unknown(result: &CallResult) -> bool {
    let is_server_s = result.status_code.is_some_and(|status| matches!(status, 408 | 500..600));
    result.sent && (result.status_code.is_none() || is_server_s || result.resend == http::Resend::Unsafe)
}

/// An id as text.
fn id_of(value: &Value) -> Option<String> {
    match value {
        Value::String(id) if !id.is_empty() => Some(id.clone()),
        Value::Number(id) => Some(id.to_string()),
        _ => None,
    }
}

/// Copies the Authorization field of a call, with its secrets, to another request that has none.
fn with_authorization(mut request: Resolved, of: &Resolved) -> Resolved {
    let Some(input) = of.value.as_object().map(HttpInput::of) else { return request };
    let headers = input.headers.and_then(Value::as_object).into_iter().flatten();
    let Some((name, value)) = headers.into_iter().find(|(name, _)| name.eq_ignore_ascii_case("Authorization")) else {
        return request;
    };
    let to = Pointer::root().key("headers").key(name);
    let from = input.pointer("headers").key(name);
    let slots = of.secrets.iter().filter(|slot| slot.pointer == from);
    let slots: Vec<_> = slots.map(|slot| crate::resolve::SecretSlot { pointer: to.clone(), ..slot.clone() }).collect();
    if let Some(request) = Arc::make_mut(&mut request.value).as_object_mut()
        && let Some(headers) = request.entry("headers").or_insert_with(|| json!({})).as_object_mut()
    {
        headers.insert(name.clone(), value.clone());
    }
    request.secrets = request.secrets.iter().cloned().chain(slots).collect();
    request
}

fn put(output: &mut Value, key: &str, value: &str) {
    if let Value::Object(output) = output {
        output.insert(key.to_owned(), value.into());
    }
}

/// Puts a value at a pointer, with the objects on the way.
fn put_at(into: &mut Value, pointer: &str, value: Value) {
    let pointer = Pointer::parse(pointer);
    let mut at = into;
    for step in pointer.steps() {
        if !at.is_object() {
            *at = json!({});
        }
        let Value::Object(object) = at else { return };
        at = object.entry(step).or_insert(Value::Null);
    }
    *at = value;
}

/// Why no call can be made sure of: the task fails before anything is sent.
pub(super) fn refused(why: String) -> RequestError {
    RequestError::Failed { reason: why.into(), response: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_put_in_their_places() {
        let check = |pointer: &str, expected: Value| {
            let mut body = json!({"id": 1});
            put_at(&mut body, pointer, json!("x"));
            assert_eq!(body, expected, "{pointer}");
        };
        check("/email", json!({"id": 1, "email": "x"}));
        check("/a/b", json!({"id": 1, "a": {"b": "x"}}));
        check("/id", json!({"id": "x"}));
        check("", json!("x"));
    }

    #[test]
    fn a_look_up_has_the_credential_of_its_call() {
        let slot = |pointer: &str| crate::resolve::SecretSlot {
            pointer: Pointer::parse(pointer),
            range: 7..32,
            name: "token".to_owned(),
            path: None,
            whole: false,
            encoding: crate::resolve::Encoding::Raw,
        };
        let written = json!({"http_request": {"headers": {"authorization": "Bearer ${workflow.secrets.token}"}}});
        let of = Resolved::new(written, vec![slot("/http_request/headers/authorization"), slot("/http_request/body")]);
        let made = with_authorization(Resolved::plain(json!({"uri": "u"})), &of);
        let value = json!({"uri": "u", "headers": {"authorization": "Bearer ${workflow.secrets.token}"}});
        assert_eq!(*made.value, value);
        assert_eq!(made.secrets.to_vec(), [slot("/headers/authorization")]);
    }
}
