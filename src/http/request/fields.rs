//! Where a request's fields stand in a task's input, and readers for them.

use super::error::{RequestError, refuse};
use crate::diagnostic::{codes, nearest};
use crate::source::{Pointer, member};
use serde_json::{Map, Value};
use std::time::Duration;

/// The fields of a request and where they stand.
pub(super) struct Fields<'i> {
    map: &'i Map<String, Value>,
    base: Pointer,
    /// Copies of the fields that hold secrets, with the secrets in them.
    revealed: Vec<(String, Value)>,
}

impl<'i> Fields<'i> {
    /// The fields under `http_request` when that is there and not null, else those of the input itself. `Err` gives the place of a
    /// value that should hold fields and is none.
    pub(super) fn of(input: &'i Value) -> Result<Self, Pointer> {
        let root = Pointer::root();
        let flat = input.as_object().ok_or_else(Pointer::root)?;
        match member(flat, "http_request") {
            None | Some(Value::Null) => Ok(Self { map: flat, base: root, revealed: Vec::new() }),
            Some(Value::Object(nested)) => {
                Ok(Self { map: nested, base: root.key("http_request"), revealed: Vec::new() })
            }
            Some(_) => Err(root.key("http_request")),
        }
    }

    /// Reads these fields from copies that hold their secrets.
    pub(super) fn reveal(&mut self, fields: Vec<(String, Value)>) {
        self.revealed = fields;
    }

    /// Whether a secret stands in the field.
    pub(super) fn holds_secret(&self, name: &str) -> bool {
        self.revealed.iter().any(|(field, _)| field == name)
    }

    /// Where the fields stand in the task's input.
    pub(super) fn base(&self) -> &Pointer {
        &self.base
    }

    /// A field that is there and not null.
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.raw(name).filter(|value| !value.is_null())
    }

    /// A field as written: `Some(null)` is not the same as none.
    pub(super) fn raw(&self, name: &str) -> Option<&Value> {
        let revealed = self.revealed.iter().find(|(field, _)| field == name);
        revealed.map(|(_, value)| value).or_else(|| member(self.map, name))
    }

    /// Where the field stands in the task's input.
    pub(super) fn pointer(&self, name: &str) -> Pointer {
        self.base.key(name)
    }

    /// A field that has to be a text.
    pub(super) fn text(&self, name: &str) -> Result<Option<&str>, RequestError> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(self.wrong_kind(name, "a text", other)),
        }
    }

    /// A field that has to be a number of milliseconds, or a text with one; 0 is no limit, absent is the default.
    pub(super) fn milliseconds(&self, name: &str, default: Option<Duration>) -> Result<Option<Duration>, RequestError> {
        let number = self.count(name, "a number of milliseconds")?;
        Ok(number.map_or(default, |number| (number > 0).then(|| Duration::from_millis(number))))
    }

    /// A field that has to be a whole number, or a text with one.
    pub(super) fn count(&self, name: &str, what: &str) -> Result<Option<u64>, RequestError> {
        let number = match self.get(name) {
            None => return Ok(None),
            Some(Value::String(text)) => text.trim().parse().ok(),
            Some(other) => other.as_u64(),
        };
        match (number, self.get(name)) {
            (Some(number), _) => Ok(Some(number)),
            (None, Some(other)) => Err(self.wrong_kind(name, what, other)),
            (None, None) => Ok(None),
        }
    }

    /// The fields of a field that has to be an object with no others than these.
    pub(super) fn object(&self, name: &str, known: &[&str]) -> Result<Option<Fields<'_>>, RequestError> {
        let map = match self.get(name) {
            None => return Ok(None),
            Some(Value::Object(map)) => map,
            Some(other) => return Err(self.wrong_kind(name, "an object", other)),
        };
        let base = self.pointer(name);
        if let Some(key) = map.keys().find(|key| !known.contains(&key.as_str())) {
            let message = format!("there is no `{key}` in `{name}`");
            let help = match nearest(key, known.iter().copied()) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("`{name}` takes {}", known.join(", ")),
            };
            return Err(refuse(codes::E0707, &base.key(key), message, help));
        }
        Ok(Some(Fields { map, base, revealed: Vec::new() }))
    }

    /// The refusal of a field of the wrong kind.
    pub(super) fn wrong_kind(&self, name: &str, wanted: &str, found: &Value) -> RequestError {
        let message = format!("`{name}` has to be {wanted}, not {}", kind(found));
        refuse(codes::E0707, &self.pointer(name), message, format!("write {wanted}, or leave `{name}` out"))
    }
}

/// A value's kind in words.
pub(super) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
