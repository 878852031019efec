//! How the sandbox plays an API: data of the provider ([`Stage`]) and of each operation ([`Play`]).

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What the operations of one API share in the sandbox.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Stage {
    /// What the API keeps, by name; one that is inferred, by its path with `{}` for its variables: `/orgs/{}/repos`.
    pub collections: BTreeMap<String, Collection>,
    /// Answers that are no success, by what happened.
    pub answers: Answers,
    /// Headers of every answer; `{label}`, `{limit}` and `{remaining}` are filled in.
    pub rate_headers: BTreeMap<String, String>,
    /// The plan whose limits the headers tell.
    pub rate_plan: Option<String>,
}

/// A collection of things that the API keeps.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Collection {
    /// The field that holds the id, which the sandbox makes.
    pub id: IdField,
    /// Fields that a thing is also found by, and that no two things share; case does not matter.
    pub keys: Vec<String>,
    /// Fields that are neither stored nor answered.
    pub secret: Vec<String>,
}

/// The id of a thing.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(default)]
pub struct IdField {
    /// Its field.
    pub field: String,
    /// Its length in characters.
    pub length: usize,
}

impl Default for IdField {
    fn default() -> Self {
        Self { field: "id".to_owned(), length: 22 }
    }
}

/// Answers that are no success. One that is absent is a status with a sentence.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Answers {
    /// The request breaks the schema; `{errors}` is the list of fields, `{message}` the sentences.
    pub invalid: Option<Answer>,
    /// The credentials are not the sandbox's.
    pub unauthorized: Option<Answer>,
    /// There is no such thing; `{key}` is what was asked for.
    pub missing: Option<Answer>,
    /// There is such a thing already; `{key}` is what they share.
    pub conflict: Option<Answer>,
    /// Too many calls.
    pub rate_limit: Option<Answer>,
    /// The API has failed.
    pub failure: Option<Answer>,
}

/// A status and a body; `{name}` in its texts is filled in, and keeps its type when it is the whole text.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(extend("required" = ["status"]))]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: Option<Value>,
    /// Headers.
    pub headers: BTreeMap<String, String>,
}

/// How the sandbox plays one operation.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Play {
    /// What it does to its collection; inferred from method, path and schemas when absent.
    pub operation: Verb,
    /// The collection.
    pub collection: String,
    /// The part of the body that is the thing, a pointer.
    pub item: String,
    /// The variable of the path that names the thing.
    pub id: Option<String>,
    /// Fields that a new thing gets beside those of the body.
    pub set: Map<String, Value>,
    /// Which things a list holds: field, query parameter, default.
    pub filter: BTreeMap<String, Filter>,
    /// Fields that some things of a list lack.
    pub hide: Vec<Hide>,
    /// How a list is cut into pages.
    pub page: Option<Page>,
    /// When it is refused; the first that fits.
    pub refuse: Vec<Refusal>,
    /// Answers that go before the provider's.
    pub answers: Answers,
    /// The answer when it works.
    pub reply: Reply,
}

/// What an operation does to its collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    /// Adds a thing.
    Create,
    /// Gives a thing.
    Get,
    /// Gives things, page by page.
    List,
    /// Changes a thing.
    Update,
    /// Takes a thing away.
    Delete,
    /// Gives an access token.
    Token,
    /// Nothing: only answers.
    Answer,
    /// What method, path and schemas tell: `POST /users` makes what `GET /users/{id}` gives.
    #[default]
    Inferred,
}

/// A filter of a list.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Filter {
    /// The query parameter.
    pub query: String,
    /// Its value when it is absent; no filter without one.
    pub default: Option<String>,
}

/// Fields that some things of a list lack.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Hide {
    /// Fields and values that the thing has.
    pub when: Map<String, Value>,
    /// The fields it lacks.
    pub fields: Vec<String>,
}

/// How a list is cut into pages: names of query parameters and fields, and limits.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Page {
    /// The query parameter and the field of the page's size.
    pub size: String,
    /// The size when none is given.
    pub default: usize,
    /// The largest size.
    pub most: usize,
    /// The query parameter and the field of the token of the next page.
    pub token: String,
    /// How long a token lives, in seconds.
    pub seconds: u64,
    /// The field of the number of pages.
    pub count: Option<String>,
    /// The field of the number of things.
    pub total: Option<String>,
    /// The field of the things themselves.
    pub items: String,
}

/// A refusal beyond the schema.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Refusal {
    /// A JSON Schema of `{path, query, body, record}`.
    #[serde(rename = "if")]
    pub condition: Value,
    /// The answer.
    pub answer: Answer,
}

/// The answer when an operation works.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Reply {
    /// The status; the operation's first accepted one when 0.
    pub status: u16,
    /// The fields of the thing that are answered; all when empty.
    pub fields: Vec<String>,
    /// The body, when it is not the thing.
    pub body: Option<Value>,
}
