//! What an answer that is not accepted means: status, code and message together.

use super::Entry;
use super::operation::ErrorRule;
use serde_json::Value;

/// What an answer's body says of an error.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ApiError {
    /// The API's code.
    pub code: Option<Value>,
    /// The API's message.
    pub message: Option<String>,
    /// The fields it blames: dotted name and message.
    pub fields: Vec<(String, String)>,
}

impl Entry {
    /// Reads an error answer's body by the provider's pointers; `/code` and `/message` when it names none.
    #[must_use]
    pub fn api_error(&self, body: &Value) -> ApiError {
        let places = &self.provider.error_body;
        let at = |place: &Option<String>, usual: &str| body.pointer(place.as_deref().unwrap_or(usual));
        let text = |item: &Value, key: &Option<String>, usual: &str| {
            item.get(key.as_deref().unwrap_or(usual)).and_then(Value::as_str).unwrap_or_default().to_owned()
        };
        let fields = at(&places.fields, "/errors").and_then(Value::as_array).into_iter().flatten();
        let message = at(&places.message, "/message").or_else(|| body.get("reason")).or_else(|| body.get("error"));
        ApiError {
            code: at(&places.code, "/code").filter(|code| code.is_number() || code.is_string()).cloned(),
            message: message.and_then(Value::as_str).map(str::to_owned),
            fields: fields
                .map(|item| (text(item, &places.field, "field"), text(item, &places.field_message, "message")))
                .collect(),
        }
    }

    /// The first rule that an answer fits: the entry's own, then the provider's. A code that no rule knows has none: its
    /// status alone decides then.
    #[must_use]
    pub fn classify(&self, status: u16, error: &ApiError) -> Option<&ErrorRule> {
        self.error_rules().find(|rule| rule.fits(status, error))
    }
}

impl ErrorRule {
    /// Whether all of its conditions on status and body hold. One on the answer's fields fails: they are not known here.
    #[must_use]
    pub fn fits(&self, status: u16, error: &ApiError) -> bool {
        let same_code = |code: &Value| error.code.as_ref().is_some_and(|own| plain(own) == plain(code));
        let in_message = |part: &String| {
            error.message.as_ref().is_some_and(|message| message.to_lowercase().contains(&part.to_lowercase()))
        };
        self.headers.is_empty()
            && self.status.is_none_or(|own| own == status)
            && self.code.as_ref().is_none_or(same_code)
            && self.message.as_ref().is_none_or(in_message)
    }
}

/// A code as text: APIs write it as a number or as text.
fn plain(code: &Value) -> String {
    code.as_str().map_or_else(|| code.to_string(), str::to_owned)
}
