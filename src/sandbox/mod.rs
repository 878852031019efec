//! The API played from its catalogue entries, as a pure function of request, state and time.
//!
//! A [`Sandbox`] finds the entry that a request is for, judges the request by the entry's own schema, and answers as the
//! entry's `x-legwork.sandbox` says: it keeps what is created, tells conflicts and what is missing, asks for its token, and
//! fails when it is told to. It never sends anything, reads no clock and makes no random numbers: ids follow from the seed.
//!
//! What an entry does not say is inferred from the methods, paths and schemas of its provider: `POST /users` makes what
//! `GET /users` lists and `GET`, `PUT`, `PATCH` and `DELETE` of `/users/{id}` act on, in the shapes of their schemas; what was
//! never made is answered by the documented example, or a typical value. Start with [`Sandbox::answer`].

mod authorize;
mod fault;
mod fill;
mod form;
mod identity;
mod inferred;
mod kept;
mod list;
mod pages;
mod path;
mod reply;
mod request;
mod resource;
mod shape;
mod store;
mod verb;
mod view;

pub use fault::{Fault, FaultError, FaultKind};
pub use reply::{SandboxAnswer, SandboxReply};
pub use request::SandboxRequest;

use crate::catalogue::{Answer, Answers, ApiError, Catalogue, Entry, LazySchema, Play, RouteMatch, Stage};
use crate::diagnostic::Severity;
use crate::schema::Schema;
use fault::Faults;
use fill::Values;
use kept::Kept;
use reply::{Outcome, filled};
use request::Body;
use resource::Resources;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use store::Store;

/// The request header that makes one request fail, `429; retry-after=2; times=1`: see [`Fault::parse`].
pub const FAULT_HEADER: &str = "x-legwork-fault";

/// What an unset secret becomes, and the only token that the sandbox accepts unless it is told of others.
const TOKEN: &str = "legwork-sandbox-token";

/// An API on stage, with its state.
#[derive(Debug)]
pub struct Sandbox {
    catalogue: Catalogue,
    store: Store,
    faults: Faults,
    tokens: Vec<String>,
    calls: BTreeMap<String, (i64, u32)>,
    conditions: HashMap<String, Option<Schema>>,
    kept: Kept,
    resources: Resources,
}

impl Sandbox {
    /// A sandbox without any state that plays every entry of the catalogue. The same seed and requests give the same answers.
    #[must_use]
    pub fn new(catalogue: &Catalogue, seed: u64) -> Self {
        Self {
            catalogue: catalogue.clone(),
            store: Store::new(seed),
            faults: Faults::default(),
            tokens: vec![TOKEN.to_owned()],
            calls: BTreeMap::new(),
            conditions: HashMap::new(),
            kept: Kept::default(),
            resources: Resources::default(),
        }
    }

    /// The sandbox's token: what an unset secret becomes.
    #[must_use]
    pub fn token() -> &'static str {
        TOKEN
    }

    /// Accepts one more token.
    pub fn accept_token(&mut self, token: impl Into<String>) {
        self.tokens.push(token.into());
    }

    /// Fails from now on, as often as the fault says.
    pub fn fail(&mut self, fault: Fault) {
        self.faults.add(fault);
    }

    /// Forgets what was created; faults and tokens stay.
    pub fn reset(&mut self) {
        self.store.clear();
        self.kept.clear();
    }

    /// The name of the task definition that answers a request; `None` when none has its path.
    #[must_use]
    pub fn entry_of(&self, request: &SandboxRequest<'_>) -> Option<String> {
        let (entry, _) = self.catalogue.match_path(request.method, request.host, request.path)?;
        Some(entry.name.clone())
    }

    /// Answers a request. `now_ms` is the time in milliseconds since 1970.
    pub fn answer(&mut self, request: &SandboxRequest<'_>, now_ms: i64) -> SandboxAnswer {
        let Some((entry, route)) = self.catalogue.match_path(request.method, request.host, request.path) else {
            return SandboxAnswer::NoEntry { method: request.method.to_owned(), path: request.path.to_owned() };
        };
        let fault = self.faults.next(&entry.name, request);
        let delay_ms = fault.as_ref().map_or(0, |fault| fault.delay_ms);
        let mut scene = Scene::new(self, entry, route, request, now_ms);
        let outcome = match fault.map(|fault| fault.kind) {
            Some(FaultKind::Close) => return SandboxAnswer::Close { delay_ms },
            Some(FaultKind::Status { status, code, retry_after }) => scene.failure(status, code.as_ref(), retry_after),
            Some(FaultKind::None) | None => scene.play(),
        };
        let headers = scene.rate_headers(outcome.status == 429);
        SandboxAnswer::Reply(outcome.finish(headers, delay_ms))
    }
}

/// One request on its way to its answer.
struct Scene<'s> {
    sandbox: &'s mut Sandbox,
    entry: Arc<Entry>,
    request: &'s SandboxRequest<'s>,
    path: Map<String, Value>,
    query: Map<String, Value>,
    now_ms: i64,
}

impl<'s> Scene<'s> {
    fn new(
        sandbox: &'s mut Sandbox,
        entry: Arc<Entry>,
        route: RouteMatch,
        request: &'s SandboxRequest<'s>,
        now_ms: i64,
    ) -> Self {
        let path = route.variables.into_iter().map(|(name, value)| (name, Value::String(value))).collect();
        Self { sandbox, entry, query: request.query(), path, request, now_ms }
    }

    fn stage(&self) -> &Stage {
        &self.entry.provider.sandbox
    }

    /// Credentials first, then the schema, then what the operation does.
    fn play(&mut self) -> Outcome {
        if !authorize::is_authorized(&self.entry, self.request, &self.sandbox.tokens) {
            return self.unauthorized();
        }
        let body = match self.request.body() {
            Body::Value(Value::Null) => self.nothing(),
            Body::Value(value) => value,
            Body::Form(fields) => {
                let schema = self.entry.body_schema.as_ref().map(LazySchema::document);
                form::typed(fields, schema.as_ref())
            }
            Body::Unreadable(why) => return self.invalid(vec![(String::new(), why)]),
        };
        let errors = self.broken_rules(&body);
        if !errors.is_empty() {
            return self.invalid(errors);
        }
        let entry = self.entry.clone();
        let play = entry.operation.sandbox.as_ref();
        self.verb(play.unwrap_or(&Play::default()), &body)
    }

    /// What a request without a body has: an object without fields where fields are told and none of them is needed.
    fn nothing(&self) -> Value {
        let is_object = |entry: &Entry| entry.operation.request.as_ref()?.body.as_ref().map(Value::is_object);
        let empty = Value::Object(Map::new());
        let is_enough = is_object(&self.entry) == Some(true) && self.broken_rules(&empty).is_empty();
        if is_enough { empty } else { Value::Null }
    }

    /// The rules of the body's schema that it breaks: dotted field and sentence.
    fn broken_rules(&self, body: &Value) -> Vec<(String, String)> {
        let violations = self.entry.body_schema.as_ref().map(|schema| schema.validate(body)).unwrap_or_default();
        let errors = violations.into_iter().filter(|violation| violation.severity == Severity::Error);
        errors.map(|one| (one.pointer.steps().collect::<Vec<_>>().join("."), one.message)).collect()
    }

    fn unauthorized(&self) -> Outcome {
        let values = self.values().with("message", "The credentials are not accepted.".into());
        let mut outcome = self.named(|answers| answers.unauthorized.as_ref(), &said(401), &values);
        let hint = "the sandbox knows its own token only: leave the secret unset under --sandbox";
        outcome.headers.push(("X-Legwork-Hint".to_owned(), hint.to_owned()));
        outcome
    }

    fn invalid(&self, errors: Vec<(String, String)>) -> Outcome {
        let names = &self.entry.provider.error_body;
        let field = names.field.as_deref().unwrap_or("field");
        let message = names.field_message.as_deref().unwrap_or("message");
        let sentences: Vec<_> = errors.iter().map(|(_, text)| text.as_str()).collect();
        let values = self.values().with("message", sentences.join("; ").into());
        let list: Vec<Value> = errors.into_iter().map(|(place, text)| json!({field: place, message: text})).collect();
        let usual = Answer { body: Some(json!({"message": "{message}", "errors": "{errors}"})), ..said(400) };
        self.named(|answers| answers.invalid.as_ref(), &usual, &values.with("errors", Value::Array(list)))
    }

    fn missing(&self, key: &str) -> Outcome {
        let values = self.values().with("message", format!("There is no {key}.").into());
        self.named(|answers| answers.missing.as_ref(), &said(404), &values.with("key", key.into()))
    }

    fn conflict(&self, key: &str) -> Outcome {
        let values = self.values().with("message", format!("There is such a thing already: {key}.").into());
        self.named(|answers| answers.conflict.as_ref(), &said(409), &values.with("key", key.into()))
    }

    /// The operation's own answer, else the provider's, else the usual one.
    fn named(&self, pick: impl Fn(&Answers) -> Option<&Answer>, usual: &Answer, values: &Values) -> Outcome {
        let own = self.entry.operation.sandbox.as_ref().and_then(|play| pick(&play.answers));
        filled(own.or_else(|| pick(&self.stage().answers)).unwrap_or(usual), values)
    }

    /// What it answers when it is told to fail: with a code, as the entry's error table has it.
    fn failure(&self, status: u16, code: Option<&Value>, retry_after: Option<String>) -> Outcome {
        let nothing = Answer { status, ..Answer::default() };
        let values = self.values().with("message", "The sandbox was told to fail.".into());
        let usual = match status {
            401 => self.named(|answers| answers.unauthorized.as_ref(), &nothing, &values),
            429 => self.named(|answers| answers.rate_limit.as_ref(), &nothing, &values),
            _ => self.named(|answers| answers.failure.as_ref(), &nothing, &values),
        };
        let mut outcome = Outcome { status, ..usual };
        if let Some(code) = code {
            outcome.body = Some(self.documented(status, code));
        }
        let retry_after = retry_after.or_else(|| (status == 429).then(|| "1".to_owned()));
        outcome.headers.extend(retry_after.map(|text| ("Retry-After".to_owned(), text)));
        outcome
    }

    /// The error body of a documented code.
    fn documented(&self, status: u16, code: &Value) -> Value {
        let error = ApiError { code: Some(code.clone()), ..Default::default() };
        let say = self.entry.classify(status, &error).map_or("The sandbox was told to fail.", |rule| rule.say.as_str());
        let places = &self.entry.provider.error_body;
        let key =
            |place: &Option<String>, usual: &str| place.as_deref().unwrap_or(usual).trim_start_matches('/').to_owned();
        json!({key(&places.code, "code"): code, key(&places.message, "message"): say})
    }

    fn values(&self) -> Values {
        Values::new(self.now_ms).with("token", TOKEN.into())
    }

    /// The headers that tell what is left of the rate limit; counts this call.
    fn rate_headers(&mut self, is_used_up: bool) -> Vec<(String, String)> {
        let Some(label) = self.entry.rate_label().map(str::to_owned) else { return Vec::new() };
        let plan = self.stage().rate_plan.clone().unwrap_or_default();
        let limit = self.entry.rate_limits().and_then(|limits| limits.get(&plan)).copied().unwrap_or_default();
        let Some(limit) = limit.per_second.or(limit.per_minute) else { return Vec::new() };
        let second = self.now_ms.div_euclid(1000);
        let calls = self.sandbox.calls.entry(label.clone()).or_insert((second, 0));
        if calls.0 != second {
            *calls = (second, 0);
        }
        calls.1 += 1;
        let remaining = if is_used_up { 0 } else { limit.saturating_sub(calls.1) };
        let values =
            self.values().with("label", label.into()).with("limit", limit.into()).with("remaining", remaining.into());
        self.stage().rate_headers.iter().map(|(name, text)| (name.clone(), values.text(text))).collect()
    }
}

/// A status with a sentence.
fn said(status: u16) -> Answer {
    Answer { status, body: Some(json!({"message": "{message}"})), ..Answer::default() }
}

#[cfg(test)]
mod inferred_tests;
#[cfg(test)]
mod tests;
