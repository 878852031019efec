//! Values that are written down without their secrets, and get them back when they are read.
//!
//! Where a [`Redactor`](super::Redactor) finds a secret whose name is known, a mask stands in the text, and a [`Hidden`] beside it says which
//! secret stood there and how it was written. What cannot be given back exactly is masked for good.

use super::forms::{SHORTEST, base64_inside, html};
use super::{MASK, Redactor, Secret, SecretStore};
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What RFC 3986 leaves as it is.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// What a form leaves as it is; a space becomes `+`.
const FORM: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'*').remove(b' ');

/// One place where a secret stood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hidden {
    /// The text, a JSON pointer into the value.
    pub at: String,
    /// Where the mask stands in that text, in bytes.
    pub start: usize,
    /// The secret's name.
    pub name: String,
    /// Where the secret, which is JSON then, holds what stood there, a JSON pointer; empty for all of it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub path: String,
    /// How it was written.
    pub form: Form,
}

/// How a secret is written into a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Form {
    /// As it is.
    Raw,
    /// As a number, not a text.
    Number,
    /// With `+` for a space.
    Plus,
    /// With HTML's escapes.
    Html,
    /// With JSON's escapes.
    Json,
    /// Two hexadecimal digits for each byte, lower case.
    Hex,
    /// The same, upper case.
    HexUpper,
    /// Percent-encoded, but for unreserved characters.
    Percent,
    /// Percent-encoded, but for letters and digits.
    PercentAll,
    /// As a form has it.
    Form,
    /// Inside a base64 text, that many bytes (modulo 3) after its start.
    Base64(usize),
    /// The same in base64url.
    Base64Url(usize),
}

const FORMS: [Form; 15] = [
    Form::Raw,
    Form::Json,
    Form::Percent,
    Form::Form,
    Form::PercentAll,
    Form::Plus,
    Form::Html,
    Form::Hex,
    Form::HexUpper,
    Form::Base64(0),
    Form::Base64(1),
    Form::Base64(2),
    Form::Base64Url(0),
    Form::Base64Url(1),
    Form::Base64Url(2),
];

/// What came of hiding.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Hiding {
    /// What can be given back.
    pub hidden: Vec<Hidden>,
    /// Whether something was masked that cannot be given back.
    pub lossy: bool,
}

/// Secrets whose names are known.
#[derive(Clone, Default)]
pub struct Named {
    known: Vec<Known>,
}

#[derive(Clone)]
struct Known {
    name: String,
    path: String,
    /// The forms in which it may stand.
    written: Vec<(Form, Secret)>,
}

impl Named {
    /// The secrets of these names that the store has. One that is JSON is known by its texts too.
    #[must_use]
    pub fn new<'n>(names: impl IntoIterator<Item = &'n str>, store: &dyn SecretStore) -> Self {
        let mut all = Self::default();
        for name in names {
            if let Some(secret) = store.secret(name) {
                all.learn(name, "", secret.expose());
                if let Ok(value) = serde_json::from_str::<Value>(secret.expose()) {
                    all.learn_texts(name, "", &value);
                }
            }
        }
        all
    }

    fn learn(&mut self, name: &str, path: &str, text: &str) {
        if text.len() < SHORTEST {
            return;
        }
        // The plainest form last: of several that fit equally well, the last one counts.
        let written = FORMS.iter().rev().map(|form| (*form, Secret::new(form.write(text)))).collect();
        self.known.push(Known { name: name.to_owned(), path: path.to_owned(), written });
    }

    fn learn_texts(&mut self, name: &str, path: &str, value: &Value) {
        match value {
            Value::String(text) => self.learn(name, path, text),
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.learn_texts(name, &format!("{path}/{index}"), item);
                }
            }
            Value::Object(map) => {
                for (key, item) in map {
                    self.learn_texts(name, &format!("{path}/{}", escaped(key)), item);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// Takes every secret that the redactor finds out of the value.
    #[must_use]
    pub fn hide(&self, value: &mut Value, redactor: &Redactor) -> Hiding {
        let mut hiding = Hiding::default();
        if !redactor.is_empty() {
            Walk { named: self, redactor, hiding: &mut hiding }.value(value, "");
        }
        hiding
    }

    /// The secret that stands at the head of the text, its form, and how many bytes it takes.
    fn at(&self, text: &str) -> Option<(&Known, Form, usize)> {
        let candidates = self
            .known
            .iter()
            .flat_map(|known| known.written.iter().map(move |(form, secret)| (known, *form, secret.expose())));
        let found = candidates.filter(|(_, _, secret)| text.starts_with(secret)).max_by_key(|found| found.2.len());
        found.map(|(known, form, secret)| (known, form, secret.len()))
    }
}

/// Gives the secrets back. One that is not set any more leaves its mask.
pub fn reveal(value: &mut Value, hidden: &[Hidden], store: &dyn SecretStore) {
    // From the last to the first, so that the places before stay right.
    let mut places: Vec<_> = hidden.iter().collect();
    places.sort_by_key(|hidden| std::cmp::Reverse(hidden.start));
    for hidden in places {
        let (Some(secret), Some(place)) = (store.secret(&hidden.name), value.pointer_mut(&hidden.at)) else { continue };
        let Some(text) = picked(secret.expose(), &hidden.path) else { continue };
        if hidden.form == Form::Number {
            *place = serde_json::from_str(&text).unwrap_or(Value::String(text));
        } else if let Value::String(masked) = place
            && masked.get(hidden.start..).is_some_and(|rest| rest.starts_with(MASK))
        {
            masked.replace_range(hidden.start..hidden.start + MASK.len(), &hidden.form.write(&text));
        }
    }
}

fn picked(secret: &str, path: &str) -> Option<String> {
    if path.is_empty() {
        return Some(secret.to_owned());
    }
    let value: Value = serde_json::from_str(secret).ok()?;
    value.pointer(path)?.as_str().map(str::to_owned)
}

struct Walk<'w> {
    named: &'w Named,
    redactor: &'w Redactor,
    hiding: &'w mut Hiding,
}

impl Walk<'_> {
    fn value(&mut self, value: &mut Value, at: &str) {
        match value {
            Value::String(text) => self.text(text, at),
            Value::Number(number) => {
                let text = number.to_string();
                if !self.redactor.find(&text).is_empty() {
                    self.number(&text, at);
                    *value = Value::String(MASK.to_owned());
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter_mut().enumerate() {
                    self.value(item, &format!("{at}/{index}"));
                }
            }
            Value::Object(map) => self.map(map, at),
            Value::Null | Value::Bool(_) => {}
        }
    }

    fn map(&mut self, map: &mut Map<String, Value>, at: &str) {
        if map.keys().any(|key| !self.redactor.find(key).is_empty()) {
            self.hiding.lossy = true;
            let entries = std::mem::take(map).into_iter();
            *map = entries.map(|(key, value)| (self.redactor.redact(&key).into_owned(), value)).collect();
        }
        for (key, item) in map {
            self.value(item, &format!("{at}/{}", escaped(key)));
        }
    }

    fn number(&mut self, text: &str, at: &str) {
        match self.named.at(text).filter(|(_, form, length)| *form == Form::Raw && *length == text.len()) {
            Some((known, _, _)) => self.hiding.hidden.push(known.hidden(at, 0, Form::Number)),
            None => self.hiding.lossy = true,
        }
    }

    fn text(&mut self, text: &mut String, at: &str) {
        let found = self.redactor.find(text);
        if found.is_empty() {
            return;
        }
        let mut masked = String::with_capacity(text.len());
        let mut done = 0;
        for range in found {
            masked.push_str(text.get(done..range.start).unwrap_or_default());
            self.stretch(text.get(range.clone()).unwrap_or_default(), at, &mut masked);
            done = range.end;
        }
        masked.push_str(text.get(done..).unwrap_or_default());
        *text = masked;
    }

    /// A stretch of text that is secret from end to end: one secret, or several that touch.
    fn stretch(&mut self, stretch: &str, at: &str, masked: &mut String) {
        let mut rest = stretch;
        let mut places = Vec::new();
        while !rest.is_empty() {
            let Some((known, form, length)) = self.named.at(rest).filter(|(_, _, length)| *length > 0) else {
                self.hiding.lossy = true;
                masked.push_str(MASK);
                return;
            };
            places.push(known.hidden(at, masked.len() + places.len() * MASK.len(), form));
            rest = rest.get(length..).unwrap_or_default();
        }
        masked.push_str(&MASK.repeat(places.len()));
        self.hiding.hidden.extend(places);
    }
}

impl Known {
    fn hidden(&self, at: &str, start: usize, form: Form) -> Hidden {
        Hidden { at: at.to_owned(), start, name: self.name.clone(), path: self.path.clone(), form }
    }
}

impl Form {
    pub(super) fn write(self, secret: &str) -> String {
        let ascii = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap_or_default();
        match self {
            Self::Raw | Self::Number => secret.to_owned(),
            Self::Plus => secret.replace(' ', "+"),
            Self::Html => html(secret),
            Self::Json => {
                let quoted = serde_json::to_string(secret).unwrap_or_default();
                quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default().to_owned()
            }
            Self::Hex => hex(secret, b"0123456789abcdef"),
            Self::HexUpper => hex(secret, b"0123456789ABCDEF"),
            Self::Percent => utf8_percent_encode(secret, UNRESERVED).to_string(),
            Self::PercentAll => utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string(),
            Self::Form => utf8_percent_encode(secret, FORM).to_string().replace(' ', "+"),
            Self::Base64(lead) => ascii(base64_inside(&STANDARD_NO_PAD, lead, secret.as_bytes())),
            Self::Base64Url(lead) => ascii(base64_inside(&URL_SAFE_NO_PAD, lead, secret.as_bytes())),
        }
    }
}

fn hex(text: &str, digits: &[u8; 16]) -> String {
    let digit = |nibble: u8| digits.get(usize::from(nibble)).copied().map_or('0', char::from);
    text.bytes().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// A key as a JSON pointer has it.
fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::prelude::BASE64_STANDARD;
    use proptest::prelude::*;
    use serde_json::json;

    const TOKEN: &str = "t0ken \"of/the+user\" é";

    struct Store;

    impl SecretStore for Store {
        fn secret(&self, name: &str) -> Option<Secret> {
            match name {
                "token" => Some(Secret::new(TOKEN)),
                "pair" => Some(Secret::new(r#"{"id": "public-id-1", "key": ["k3y-of-pair"]}"#)),
                "pin" => Some(Secret::new("1234567890")),
                _ => None,
            }
        }
    }

    fn hidden(value: &Value) -> (Value, Hiding) {
        let names = ["token", "pair", "pin", "unset"];
        let redactor = Redactor::new(names.iter().filter_map(|name| Store.secret(name)));
        let mut masked = value.clone();
        let hiding = Named::new(names, &Store).hide(&mut masked, &redactor);
        (masked, hiding)
    }

    #[track_caller]
    fn check(value: &Value, masked: &Value, lossy: bool) {
        let (mut found, hiding) = hidden(value);
        assert_eq!((&found, hiding.lossy), (masked, lossy), "{hiding:?}");
        let text = serde_json::to_string(&hiding.hidden).expect("JSON");
        let read: Vec<Hidden> = serde_json::from_str(&text).expect("the same");
        reveal(&mut found, &read, &Store);
        if !lossy {
            assert_eq!(found, *value);
        }
    }

    #[test]
    fn a_secret_comes_back_where_it_stood() {
        check(&json!({"a": 1, "b": ["x", null]}), &json!({"a": 1, "b": ["x", null]}), false);
        check(&json!({"a": TOKEN}), &json!({"a": "***"}), false);
        check(&json!({"a/~": [format!("*** <{TOKEN}>{TOKEN}!")]}), &json!({"a/~": ["*** <***>***!"]}), false);
        check(&json!("id=public-id-1&key=k3y-of-pair"), &json!("id=***&key=***"), false);
        check(&json!({"pin": 1_234_567_890}), &json!({"pin": "***"}), false);
    }

    #[test]
    fn every_encoding_comes_back() {
        for form in FORMS {
            let (_, hiding) = hidden(&json!(form.write(TOKEN)));
            assert!(!hiding.lossy, "{form:?}");
            let value = json!(format!("a{}z", form.write(TOKEN)));
            let (mut masked, hiding) = hidden(&value);
            reveal(&mut masked, &hiding.hidden, &Store);
            assert_eq!(masked, value, "{form:?}");
        }
        for user in ["", "a", "me", "you"] {
            let value = json!(format!("Basic {}", BASE64_STANDARD.encode(format!("{user}:{TOKEN}"))));
            let (mut masked, hiding) = hidden(&value);
            assert!(!hiding.lossy && masked != value);
            reveal(&mut masked, &hiding.hidden, &Store);
            assert_eq!(masked, value);
        }
    }

    #[test]
    fn what_cannot_come_back_is_masked_for_good() {
        check(&json!({format!("k{TOKEN}"): 1}), &json!({"k***": 1}), true);
        let oddly = TOKEN.replace('t', "%74");
        let (masked, hiding) = hidden(&json!(oddly));
        assert!(hiding.lossy && hiding.hidden.is_empty(), "{masked}");
        assert!(!masked.to_string().contains("oken"), "{masked}");
    }

    #[test]
    fn a_secret_that_is_gone_leaves_its_mask() {
        let (mut masked, hiding) = hidden(&json!(TOKEN));
        let gone: Vec<_> = hiding.hidden.into_iter().map(|hidden| Hidden { name: "gone".into(), ..hidden }).collect();
        reveal(&mut masked, &gone, &Store);
        assert_eq!(masked, json!(MASK));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn a_value_comes_back_as_it_was(parts in prop::collection::vec(prop_oneof!["[ -~é*]{0,6}", Just(TOKEN.to_owned()), Just("1234567890".to_owned())], 0..6)) {
            let value = json!({"list": [parts.concat()], "other": parts});
            let (mut masked, hiding) = hidden(&value);
            prop_assert!(!masked.to_string().contains("1234567890"));
            if !hiding.lossy {
                reveal(&mut masked, &hiding.hidden, &Store);
                prop_assert_eq!(masked, value);
            }
        }
    }
}
