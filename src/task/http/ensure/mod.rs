//! `ensure` with a ledger: one call, made once for a key, however often, by however many, and whenever they are killed.
//!
//! The intent is on disk before anything is sent. What stands in the ledger then tells what may have happened: nothing, a call whose
//! outcome nobody knows (an intent: it is looked up before anything is sent), or a binding (nothing is sent any more).

mod end;
mod look_up;

use super::super::{Attempt, Outcome};
use super::HttpTask;
use super::limits::Sent;
use super::outcome::outcome;
use crate::catalogue::{ENSURE_KEY, Ensure, EnsureOn, Entry};
use crate::decide::Resend;
use crate::definition::HttpInput;
use crate::host;
use crate::host::ledger::{Bound, Hold, Ledger, LedgerError, Names, Reserved};
use crate::http::{self, CallResult, Exchange, HttpRequest, Kind, RequestError};
use crate::resolve::{Resolved, TaskStatus};
use look_up::Found;
use serde_json::{Map, Value};
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
    /// When a look-up that did not tell may be sent again, by the API's word.
    not_before_ms: Option<i64>,
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
            not_before_ms: None,
        })
    }

    /// Makes the call, or does not need to.
    pub(super) async fn carry_out(mut self) -> Outcome {
        match self.reserve().await {
            Ok(Reserved::Bound(binding)) => self.already_bound(&binding),
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
                    self.note(&format!("waited {waited} ms for another call for the key `{}`", self.names.key));
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
        let sent = tokio::select! {
            biased;
            // What cannot be told any more is not said either: who takes over looks up what is there.
            () = hold.lost() => return self.lost(hold),
            sent = self.task.send(self.request, Some(self.entry), self.attempt) => sent,
        };
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
            return match answer.and_then(|body| id_of(body.pointer(self.ensure.created_pointer())?)) {
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

    /// Nobody can be kept from the key any more: the call is given up, wherever it was.
    fn lost(mut self, hold: Hold) -> Outcome {
        drop(hold);
        self.sent = true;
        let why = "the ledger has not answered for so long that another worker may have taken over: \
                   whether the call was carried out is not known, and it is looked up before it is made again";
        self.failed("unknown", why, Resend::Safe)
    }

    /// The call's own answer is not enough: what is there decides.
    async fn after_look_up(mut self, hold: Hold, sent: Sent, why: &str) -> Outcome {
        match self.look_up(&self.names.lookup.clone()).await {
            Found::There(id, output) => {
                self.note(&format!("{why}: it was looked up with {}", self.ensure.lookup));
                self.bind(hold, id, output, "looked up").await
            }
            Found::Other(place) => self.not_ours(hold, &place).await,
            Found::Nowhere if is_unknown(&sent.result) => {
                self.note(&format!("{} found nothing: the call was not carried out", self.ensure.lookup));
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

    async fn bind(mut self, hold: Hold, id: String, mut output: Value, how: &str) -> Outcome {
        let body = output.pointer("/response/body").cloned().unwrap_or_default();
        let mut kept = Map::new();
        for pointer in &self.ensure.keep {
            kept.extend(body.pointer(pointer).map(|value| (pointer.clone(), value.clone())));
        }
        let mut kept = Value::Object(kept);
        self.attempt.services.redactor.redact_value(&mut kept);
        let (own, kept) = (id.clone(), kept.as_object().cloned().unwrap_or_default());
        match self.blocking(move |ledger| ledger.bind(hold, &own, &kept, host::now_ms())).await {
            Ok(Bound::Bound) => {
                self.note(&format!("{how}, and bound to the key `{}` as {id}", self.names.key));
                if how != "created" {
                    end::put(&mut output, "ensuredBy", &self.ensure.lookup);
                    end::put_at(&mut output, &format!("/response/body{}", self.ensure.created_pointer()), id.into());
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

/// Why no call can be made sure of: the task fails before anything is sent.
pub(super) fn refused(why: String) -> RequestError {
    RequestError::Failed { reason: why.into(), response: None }
}
