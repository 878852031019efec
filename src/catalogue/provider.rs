//! `_provider.yaml`: what the operations of one API share.

use super::auth::Auth;
use super::limits::{Limits, Retries};
use super::operation::ErrorRule;
use super::play::Stage;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What the operations of one API share.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(extend("required" = ["provider"]))]
pub struct Provider {
    /// Its name, `zoom`.
    #[serde(rename = "provider")]
    pub name: String,
    /// Its name for people.
    pub title: Option<String>,
    /// The API's documentation.
    pub docs: Option<String>,
    /// Base URLs; the first is `{{server}}` unless an environment says otherwise. Credentials go to these hosts only.
    pub servers: Vec<String>,
    /// Ways to authorize, by name.
    pub auth: BTreeMap<String, Auth>,
    /// How failed calls are sent again.
    pub retries: Retries,
    /// What calls keep to.
    pub limits: Limits,
    /// Rate limits: label, plan, limit.
    pub rate_labels: BTreeMap<String, BTreeMap<String, RateLimit>>,
    /// Where an error answer holds its parts.
    pub error_body: ErrorBody,
    /// Answers that are not accepted, for every operation.
    pub errors: Vec<ErrorRule>,
    /// How the sandbox plays the API.
    pub sandbox: Stage,
}

/// How many calls may be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct RateLimit {
    /// In a second.
    pub per_second: Option<u32>,
    /// In a minute.
    pub per_minute: Option<u32>,
    /// In a day.
    pub per_day: Option<u32>,
}

/// Pointers into an error answer.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ErrorBody {
    /// The API's code.
    pub code: Option<String>,
    /// The API's message.
    pub message: Option<String>,
    /// The list of fields it blames.
    pub fields: Option<String>,
    /// In an item of that list: the field's dotted name.
    pub field: Option<String>,
    /// In an item of that list: what is wrong with the field.
    pub field_message: Option<String>,
}
