//! The bodies and parameters of the other user calls.

use super::{PlanUnitedType, name};
use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The body of `PATCH /users/{userId}`: only what is given changes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "Update a Zoom user", transform = one_plan_at_a_time)]
pub struct UpdateUser {
    /// The given name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64), transform = name::first_name_alone, extend("examples" = ["Jane"]))]
    pub first_name: Option<String>,
    /// The family name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64), transform = name::last_name_alone)]
    pub last_name: Option<String>,
    /// The name that others see.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// The kind of licence: 1 Basic, 2 Licensed, 3 On-prem, 4 Unassigned without Meetings Basic, 99 None.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "i64", extend("enum" = [1, 2, 3, 4, 99]))]
    pub user_type: Option<u64>,
    /// What the user may use beside meetings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feature: Option<UpdateFeature>,
    /// The Zoom United plan, a power of two as text, or `none`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "PlanUnitedType", transform = or_none)]
    pub plan_united_type: Option<String>,
    /// The department.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dept: Option<String>,
    /// The job title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 128))]
    pub job_title: Option<String>,
    /// The time zone, such as `Europe/Berlin`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
    /// The language, such as `en-US`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}

/// What a user may use beside meetings, when it is changed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct UpdateFeature {
    /// Whether the user has Zoom Phone; the account needs a licence for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zoom_phone: Option<bool>,
    /// The Zoom One plan: 16 (US/CA), 32 (UK/IR), 64 (AU/NZ), 128 (JP), or 0 for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "i64", extend("enum" = [0, 16, 32, 64, 128]))]
    pub zoom_one_type: Option<u64>,
}

/// **Source**: error 300 of `PATCH /users/{userId}`.
fn one_plan_at_a_time(schema: &mut Schema) {
    let one = json!({"required": ["feature"], "properties": {"feature": {"required": ["zoom_one_type"]}}});
    let with_one = |field: &str| json!({"allOf": [{"required": [field]}, one]});
    let pairs = json!([{"required": ["type", "plan_united_type"]}, with_one("type"), with_one("plan_united_type")]);
    schema.insert(
        "allOf".into(),
        json!([{
            "not": {"anyOf": pairs},
            "x-message": "`type`, `plan_united_type` and `feature.zoom_one_type` cannot change in one call",
            "x-help": "change one of them here, and the next in a call of its own"
        }]),
    );
}

fn or_none(schema: &mut Schema) {
    if let Some(Value::Array(options)) = schema.get_mut("enum") {
        options.push("none".into());
    }
}
