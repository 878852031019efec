//! One entry: a task definition, and what its `x-legwork` says of the request.

use super::auth::Auth;
use super::bundle::{Files, bundle};
use super::ensure::Ensure;
use super::lazy_schema::LazySchema;
use super::operation::{Docs, ErrorRule, Example, Operation};
use super::provider::{Provider, RateLimit};
use super::route::Route;
use crate::definition::TaskDef;
use crate::resolve::RequestTemplate;
use crate::source::{self, Pointer, SourceFile, SpanTree};
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// A task definition of the catalogue.
#[derive(Debug)]
pub struct Entry {
    /// The task definition's name.
    pub name: String,
    /// Conductor's own part.
    pub task_def: TaskDef,
    /// The file it stands in.
    pub file: SourceFile,
    /// Where each key and value of that file stands; of one inside the program, read when it is first asked.
    pub(super) spans: OnceLock<SpanTree>,
    /// Where the definition stands in its file: the root, or an item of a list.
    pub base: Pointer,
    /// The method; `None` when it holds no request.
    pub method: Option<String>,
    /// The URI as it is written, `{{server}}/users/{{user_id}}`.
    pub uri_template: Option<String>,
    /// Base URLs; the first is `{{server}}`.
    pub servers: Vec<String>,
    /// The name of its way to authorize; the task definition's own name when that stands in place.
    pub auth: Option<String>,
    /// The way to authorize, when it is not the provider's of that name.
    pub(super) own_auth: Option<Auth>,
    /// The schema of the body.
    pub body_schema: Option<LazySchema>,
    /// Everything that `x-legwork` says.
    pub operation: Operation,
    /// What it shares with its provider's other operations.
    pub provider: Arc<Provider>,
    pub(super) route: Option<Route>,
    /// The files that its schemas refer to.
    pub(super) files: Files,
    /// The request, compiled when it is first rendered: a prepared task never needs it.
    pub(super) template: OnceLock<Option<RequestTemplate>>,
}

impl Entry {
    /// What a task is called that calls it, when nobody says: the last word of its name, `create` of `crm_contacts_create`, with the
    /// number behind it.
    #[must_use]
    pub fn short_name(&self) -> &str {
        let starts = self.name.rmatch_indices(['_', '.', '-']).filter_map(|(at, _)| self.name.get(at + 1..));
        starts.into_iter().find(|word| word.starts_with(|ch: char| ch.is_ascii_alphabetic())).unwrap_or(&self.name)
    }

    /// Where each key and value of its file stands.
    #[must_use]
    pub fn spans(&self) -> &SpanTree {
        self.spans.get_or_init(|| source::parse(&self.file).spans)
    }

    /// Answers that are not accepted: its own rules, then the provider's. The first that fits counts.
    pub fn error_rules(&self) -> impl Iterator<Item = &ErrorRule> {
        self.operation.errors.iter().chain(&self.provider.errors)
    }

    /// What a request template reads beside the task's own input: `{"server": "https://api.zoom.us/v2"}`.
    #[must_use]
    pub fn constants(&self) -> Map<String, Value> {
        let server =
            self.servers.first().map(|server| ("server".to_owned(), Value::from(server.trim_end_matches('/'))));
        server.into_iter().collect()
    }

    /// The way to authorize its requests.
    #[must_use]
    pub fn authorization(&self) -> Option<&Auth> {
        self.own_auth.as_ref().or_else(|| self.provider.auth.get(self.auth.as_ref()?))
    }

    /// Whether its credentials may go to that host: only to a host of its servers.
    #[must_use]
    pub fn trusts(&self, host: &str) -> bool {
        self.route.as_ref().is_some_and(|route| route.has_host(host))
    }

    /// Where it is; `None` when it holds no request.
    #[must_use]
    pub fn route(&self) -> Option<&Route> {
        self.route.as_ref()
    }

    /// The path of its requests with its variables, `/v2/users/{user_id}`: the first server's and its own below that.
    #[must_use]
    pub fn url_template(&self) -> Option<String> {
        self.route.as_ref().map(Route::template)
    }

    /// Whether a status is a success.
    #[must_use]
    pub fn accepts(&self, status: u16) -> bool {
        let accepted = &self.operation.accepted;
        if accepted.is_empty() { (200..300).contains(&status) } else { accepted.contains(&status) }
    }

    /// Whether a second sending changes nothing more.
    #[must_use]
    pub fn is_idempotent(&self) -> bool {
        let by_method = || matches!(self.method.as_deref(), Some("GET" | "HEAD" | "PUT" | "DELETE" | "OPTIONS"));
        self.operation.idempotent.unwrap_or_else(by_method)
    }

    /// How to find out what became of a call that must not be repeated blindly.
    #[must_use]
    pub fn ensure(&self) -> Option<&Ensure> {
        self.operation.ensure.as_ref()
    }

    /// The name of the rate limit that it counts against.
    #[must_use]
    pub fn rate_label(&self) -> Option<&str> {
        self.operation.rate_label.as_deref()
    }

    /// The rate limits of its label, by plan.
    #[must_use]
    pub fn rate_limits(&self) -> Option<&BTreeMap<String, RateLimit>> {
        self.provider.rate_labels.get(self.rate_label()?)
    }

    /// What a reader of the reference wants to know.
    #[must_use]
    pub fn docs(&self) -> &Docs {
        &self.operation.docs
    }

    /// A schema of this entry without references to other files: what it needs of them stands in its `$defs`.
    #[must_use]
    pub fn self_contained<'s>(&self, schema: &'s Value) -> Cow<'s, Value> {
        if self.files.is_empty() { Cow::Borrowed(schema) } else { Cow::Owned(bundle(schema, &self.files)) }
    }

    /// The JSON Schema of its own parameters: the `data` of `inputSchema`. It may refer to other files: see
    /// [`self_contained`](Self::self_contained).
    #[must_use]
    pub fn input_schema(&self) -> Option<&Value> {
        schema_data(self.task_def.input_schema.as_ref()?)
    }

    /// The JSON Schema of its task's output: the `data` of `outputSchema`.
    #[must_use]
    pub fn output_schema(&self) -> Option<&Value> {
        schema_data(self.task_def.output_schema.as_ref()?)
    }

    /// The JSON Schema of the answer's body, from the output schema.
    #[must_use]
    pub fn answer_schema(&self) -> Option<&Value> {
        self.output_schema()?.pointer("/properties/response/properties/body")
    }

    /// The examples that work.
    pub fn good_examples(&self) -> impl Iterator<Item = &Example> {
        self.operation.examples.iter().filter(|example| example.fails.is_none())
    }

    /// The input of the first example that works.
    #[must_use]
    pub fn first_example(&self) -> Option<&Map<String, Value>> {
        self.good_examples().next().map(|example| &example.input)
    }
}

/// The schema inside Conductor's `SchemaDef` (`{name, version, type, data}`).
fn schema_data(schema: &Value) -> Option<&Value> {
    schema.get("data").filter(|data| data.is_object())
}
