//! `x-legwork`: what a task definition says beside Conductor's own fields.

use super::auth::Auth;
use super::ensure::Ensure;
use super::limits::{Limits, Retries};
use super::play::Play;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The value of `x-legwork`. Its JSON Schema judges what users write.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(extend("required" = ["request"]))]
pub struct Operation {
    /// A few words for lists, `Create a user`.
    pub title: Option<String>,
    /// The provider whose `_provider.yaml` holds what this operation shares with others; the one of its folder when absent.
    pub provider: Option<String>,
    /// Base URLs that go before the provider's.
    pub servers: Vec<String>,
    /// The request, its leaves Handlebars templates over the operation's own parameters.
    pub request: Option<RequestSpec>,
    /// The JSON Schema of the body: in place, or the name of a file beside this one.
    pub body_schema: Option<BodySchema>,
    /// The statuses that are a success; 200 to 299 when empty.
    pub accepted: Vec<u16>,
    /// The name of the rate limit that the call counts against.
    pub rate_label: Option<String>,
    /// Whether a second sending changes nothing more; by the method when absent.
    pub idempotent: Option<bool>,
    /// How to make sure that a call that cannot be repeated happened once.
    pub ensure: Option<Ensure>,
    /// How a failed call is sent again; each setting goes before the provider's.
    pub retries: Retries,
    /// What the call keeps to; each setting goes before the provider's.
    pub limits: Limits,
    /// What a reader of the reference wants to know.
    pub docs: Docs,
    /// Answers that are not accepted, the most exact first; then the provider's.
    pub errors: Vec<ErrorRule>,
    /// How the sandbox plays it.
    pub sandbox: Option<Play>,
    /// Inputs that work, and inputs that do not.
    pub examples: Vec<Example>,
}

/// The request as it is written.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(extend("required" = ["method", "uri"]))]
pub struct RequestSpec {
    /// The method.
    #[schemars(regex(pattern = "^[A-Z]+$"))]
    pub method: String,
    /// `{{server}}` and a path whose variables are whole segments.
    pub uri: String,
    /// Query parameters; one without a value is left out.
    pub query: Map<String, Value>,
    /// How a list or an object stands in the query, by parameter; without a word a list gives its name once for each item.
    pub query_styles: BTreeMap<String, QueryStyle>,
    /// Headers.
    pub headers: Map<String, Value>,
    /// The body; a leaf without a value is left out.
    pub body: Option<Value>,
    /// How it proves who sends it: the name of one of the provider's ways to authorize or of `[auth.NAME]` in `legwork.toml`, or one in place.
    pub auth: Option<AuthSpec>,
    /// Further fields of the HTTP task's input: `contentType`, `contentEncoding`, `connectionTimeOut`, `readTimeOut`, `timeOuts`,
    /// `maxResponseBytes`, `paginate`, `toFile`, `stream`.
    pub options: Map<String, Value>,
}

/// How a list or an object stands in the query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum QueryStyle {
    /// `ids=1,2`.
    Comma,
    /// `ids=1%202`.
    Space,
    /// `ids=1|2`.
    Pipe,
    /// `ids=1%092`.
    Tab,
    /// `filter[name]=jane&filter[age]=3`.
    Brackets,
    /// `name=jane&age=3`: an object's members are parameters of their own; a list gives its name once for each item.
    Members,
    /// `filter={"name":"jane"}`: as JSON, encoded.
    Json,
}

/// How a request proves who sends it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum AuthSpec {
    /// By name.
    Named(String),
    /// In place.
    InPlace(Box<Auth>),
}

/// Where the body's schema is.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum BodySchema {
    /// A file beside the definition.
    File(String),
    /// The schema itself.
    InPlace(Map<String, Value>),
}

/// What a reader of the reference wants to know.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Docs {
    /// The API's own page.
    pub url: Option<String>,
    /// What it does, Markdown.
    pub text: Option<String>,
    /// What must be there first.
    pub prerequisites: Vec<String>,
    /// Permissions, any one of which is enough.
    pub scopes: Vec<String>,
    /// Headers worth a word.
    pub headers: Vec<HeaderDoc>,
    /// Topics, to find it by.
    pub tags: Vec<String>,
    /// Whether it should not be used any more.
    pub deprecated: bool,
    /// Where all of this was taken from.
    pub sources: Vec<String>,
}

/// A header of the reference.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct HeaderDoc {
    /// Its name.
    pub name: String,
    /// Its type.
    #[serde(rename = "type", default = "text_type")]
    pub kind: String,
    /// Whether it must be there.
    #[serde(default)]
    pub required: bool,
    /// What is sent when nothing is said.
    pub default: Option<String>,
    /// A sentence.
    #[serde(default)]
    pub text: String,
}

fn text_type() -> String {
    "string".to_owned()
}

/// One answer that is not accepted: all of its conditions must hold.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct ErrorRule {
    /// The HTTP status.
    pub status: Option<u16>,
    /// The API's own code, a number or a text.
    pub code: Option<Value>,
    /// A part of the API's message; case does not matter.
    pub message: Option<String>,
    /// Parts of the answer's fields, by name; case does not matter.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// What it means.
    pub kind: ErrorKind,
    /// Whether the same request may be sent again.
    pub resend: Resend,
    /// Whether a new token may help: once.
    #[serde(default)]
    pub reauthorize: bool,
    /// How long to wait before sending again.
    pub wait: Option<Wait>,
    /// What to do, in a sentence or two.
    pub say: String,
}

/// What an answer that is not accepted means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// A value of the request is refused: mend the input.
    FixInput,
    /// The token or the credentials are not accepted.
    Credentials,
    /// The account or the app may not do this.
    Permission,
    /// Something must be set up in the account first.
    AccountSetup,
    /// It is there already, in this account: look it up.
    Conflict,
    /// It is there already, but not ours.
    TakenElsewhere,
    /// It is not there.
    NotFound,
    /// A licence or a number of things is used up; waiting does not help.
    Quota,
    /// Too many calls in a short time.
    RateLimit,
    /// Too many calls for a day.
    DailyLimit,
    /// Too many invitations for a day.
    DailyInvites,
    /// Another call on the same thing is under way.
    Busy,
    /// Nothing can be done about it here.
    Terminal,
}

impl ErrorKind {
    /// The name, `fix_input`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FixInput => "fix_input",
            Self::Credentials => "credentials",
            Self::Permission => "permission",
            Self::AccountSetup => "account_setup",
            Self::Conflict => "conflict",
            Self::TakenElsewhere => "taken_elsewhere",
            Self::NotFound => "not_found",
            Self::Quota => "quota",
            Self::RateLimit => "rate_limit",
            Self::DailyLimit => "daily_limit",
            Self::DailyInvites => "daily_invites",
            Self::Busy => "busy",
            Self::Terminal => "terminal",
        }
    }
}

/// Whether the same request may be sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Resend {
    /// It did nothing: send it again.
    Safe,
    /// It may have done something: only an idempotent call is sent again.
    Unsafe,
    /// The answer would be the same.
    Never,
}

/// How long to wait before sending again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Wait {
    /// As the answer's headers say: Retry-After, else when the limit starts anew.
    Header,
    /// Until 00:00 UTC, and longer when the answer's headers say so.
    MidnightUtc,
    /// At least so many seconds.
    Seconds(u32),
}

/// An input of the operation and what becomes of it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Example {
    /// A few words.
    pub name: String,
    /// The operation's own parameters.
    #[serde(default)]
    pub input: Map<String, Value>,
    /// The code that the body fails with; a good example when absent.
    pub fails: Option<String>,
    /// Where it fails: a pointer into the body.
    pub at: Option<String>,
}
