//! Masks secret values in everything that leaves the process.

use super::Secret;
use super::forms::{Forms, SHORTEST};
use super::views::each_view;
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, PoisonError, RwLock};

/// What stands where a secret stood.
pub const MASK: &str = "***";

/// Masks every known secret in every encoding: raw, JSON escapes, percent and form encoding (any choice of characters, either
/// case), HTML escapes, base64 and base64url at all three alignments (so `Basic` of `user:secret` too, and in lines), hex; escapes also inside
/// one another, and inside of base64 and hex.
///
/// A part of a secret is masked as well, from 8 bytes on, so that a text that was cut shows none; unless it is a mere word of fewer than 16,
/// such as the `https://` of a secret URL.
///
/// Cloning shares the same set of secrets. A value of fewer than 8 bytes is not searched: it is masked only where it stood
/// by reference. A secret that is JSON (`${workflow.secrets.NAME.path}`) is known by its texts too.
#[derive(Clone, Default)]
pub struct Redactor {
    known: Arc<RwLock<Arc<Forms>>>,
    reveals: bool,
}

impl Redactor {
    /// A redactor that knows these secrets.
    #[must_use]
    pub fn new(secrets: impl IntoIterator<Item = Secret>) -> Self {
        let mut forms = Forms::default();
        forms.learn(secrets);
        Self { known: Arc::new(RwLock::new(Arc::new(forms))), reveals: false }
    }

    /// One that masks nothing, and has everything shown in clear: for somebody at a terminal who asked for that, and never for a file.
    #[must_use]
    pub fn revealing() -> Self {
        Self { reveals: true, ..Self::default() }
    }

    /// Whether everything is shown in clear.
    #[must_use]
    pub fn reveals(&self) -> bool {
        self.reveals
    }

    /// Learns one more secret, for all clones (a token that was just obtained).
    pub fn add(&self, secret: &Secret) {
        if self.reveals || secret.expose().len() < SHORTEST || self.forms().knows(secret) {
            return;
        }
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let mut forms = Forms::clone(&known);
        forms.learn([secret.clone()]);
        *known = Arc::new(forms);
    }

    /// Whether there is nothing to mask.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.forms().is_empty()
    }

    /// The text with every occurrence masked.
    #[must_use]
    pub fn redact<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match self.redact_bytes(text.as_bytes()) {
            Cow::Borrowed(_) => Cow::Borrowed(text),
            Cow::Owned(bytes) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
        }
    }

    /// The bytes with every occurrence masked, whatever else they hold.
    #[must_use]
    pub fn redact_bytes<'t>(&self, bytes: &'t [u8]) -> Cow<'t, [u8]> {
        let found = self.hits(bytes);
        if found.is_empty() { Cow::Borrowed(bytes) } else { Cow::Owned(masked(bytes, found)) }
    }

    /// Where secrets stand in the text, in bytes: in order, and apart from each other.
    #[must_use]
    pub fn find(&self, text: &str) -> Vec<Range<usize>> {
        let mut hits = self.hits(text.as_bytes());
        hits.sort_unstable_by_key(|range| (range.start, range.end));
        let mut found: Vec<Range<usize>> = Vec::new();
        for hit in hits {
            match found.last_mut().filter(|last| hit.start <= last.end) {
                Some(last) => last.end = last.end.max(hit.end),
                None => found.push(hit),
            }
        }
        found
    }

    fn hits(&self, bytes: &[u8]) -> Vec<Range<usize>> {
        let forms = self.forms();
        let mut found = Vec::new();
        if !forms.is_empty() && bytes.len() >= SHORTEST {
            each_view(bytes, |view, origin| forms.find(view, |hit| found.push(origin.range(hit))));
        }
        found
    }

    /// Masks every text and key in the value, in place.
    pub fn redact_value(&self, value: &mut Value) {
        if !self.is_empty() {
            self.walk(value);
        }
    }

    fn walk(&self, value: &mut Value) {
        match value {
            Value::String(text) => {
                if let Cow::Owned(masked) = self.redact(text) {
                    *text = masked;
                }
            }
            // A secret of digits alone may come back as a number.
            Value::Number(number) => {
                if let Cow::Owned(masked) = self.redact(&number.to_string()) {
                    *value = Value::String(masked);
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.walk(item)),
            Value::Object(map) => self.walk_map(map),
            Value::Null | Value::Bool(_) => {}
        }
    }

    fn walk_map(&self, map: &mut Map<String, Value>) {
        map.values_mut().for_each(|value| self.walk(value));
        if map.keys().any(|key| matches!(self.redact(key), Cow::Owned(_))) {
            let entries = std::mem::take(map).into_iter();
            *map = entries.map(|(key, value)| (self.redact(&key).into_owned(), value)).collect();
        }
    }

    fn forms(&self) -> Arc<Forms> {
        Arc::clone(&self.known.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Redactor(***)")
    }
}

/// The bytes with the ranges replaced; ranges that touch or overlap give one mask.
fn masked(bytes: &[u8], mut ranges: Vec<Range<usize>>) -> Vec<u8> {
    ranges.sort_unstable_by_key(|range| (range.start, range.end));
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    for range in ranges {
        if range.start > at || (at == 0 && range.start == 0) {
            out.extend_from_slice(bytes.get(at..range.start).unwrap_or_default());
            out.extend_from_slice(MASK.as_bytes());
        }
        at = at.max(range.end);
    }
    out.extend_from_slice(bytes.get(at..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
    use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
    use proptest::prelude::*;
    use serde_json::json;

    const SECRET: &str = "s3cr\"t/va lué+&9";

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let redactor = Redactor::new([Secret::new(SECRET)]);
        assert_eq!(redactor.redact(text), expected);
    }

    #[test]
    fn a_secret_is_masked_where_it_stands() {
        check("nothing here", "nothing here");
        check(SECRET, "***");
        check(&format!("a {SECRET}{SECRET} b {SECRET}"), "a *** b ***");
    }

    #[test]
    fn every_encoding_is_masked() {
        let escaped = serde_json::to_string(SECRET).unwrap_or_default();
        let twice = serde_json::to_string(&escaped).unwrap_or_default();
        check(&escaped, "\"***\"");
        check(&twice, "\"\\\"***\\\"\"");
        check("x=s3cr%22t%2Fva%20lu%C3%A9%2B%269", "x=***");
        check("x=s3cr%22t/va+lu%c3%a9%2b%269&y", "x=***&y");
        check("x=s3cr%2522t/va%2520lu%25C3%25A9+&9", "x=***");
        check("\"s3cr\\u0022t\\/va lu\\u00e9+&9\"", "\"***\"");
        check("s3cr&quot;t/va lué+&amp;9", "***");
        let hex: String = spelt(SECRET, "", "0123456789abcdef");
        check(&format!("<{hex}>"), "<***>");
        check(&format!("<{}>", hex.to_uppercase()), "<***>");
    }

    #[test]
    fn basic_credentials_are_masked() {
        let redactor = Redactor::new([Secret::new(SECRET)]);
        for user in ["", "a", "me", "you"] {
            let sent = format!("Basic {}", STANDARD.encode(format!("{user}:{SECRET}")));
            let shown = redactor.redact(&sent);
            assert!(shown.contains(MASK) && shown.len() < "Basic ".len() + 12, "{shown}");
        }
    }

    #[test]
    fn keys_and_numbers_of_a_value_are_masked() {
        let redactor = Redactor::new([Secret::new("1234567890")]);
        let mut value = json!({"a": ["1234567890", 1_234_567_890], "k1234567890": null});
        redactor.redact_value(&mut value);
        assert_eq!(value, json!({"a": ["***", "***"], "k***": null}));
    }

    #[test]
    fn short_values_are_not_searched() {
        let redactor = Redactor::new([Secret::new("1234567")]);
        assert!(redactor.is_empty());
        assert_eq!(redactor.redact("1234567"), "1234567");
    }

    #[test]
    fn a_clone_learns_what_the_other_is_told() {
        let redactor = Redactor::default();
        let clone = redactor.clone();
        redactor.add(&Secret::new("{\"user\":\"somebody\",\"pass\":\"long-enough\"}"));
        assert_eq!(clone.redact("long-enough"), MASK);
    }

    /// Every byte as two hex digits after a mark.
    fn spelt(text: &str, mark: &str, digits: &str) -> String {
        let digit = |nibble: u8| digits.chars().nth(usize::from(nibble)).unwrap_or_default();
        let spell = |byte: u8| mark.chars().chain([digit(byte >> 4), digit(byte & 15)]);
        text.bytes().flat_map(spell).collect()
    }

    fn windows(bytes: &[u8]) -> Vec<Vec<u8>> {
        bytes.windows(SHORTEST).map(<[u8]>::to_vec).collect()
    }

    fn holds(haystack: &[u8], needle: &[u8]) -> bool {
        haystack.windows(needle.len()).any(|window| window == needle)
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn no_window_of_a_secret_is_left(secret in "[ -~é中]{8,40}", before in "[a-z0-9]{0,7}", after in "[a-z]{0,7}") {
            let redactor = Redactor::new([Secret::new(secret.clone())]);
            let whole = format!("{before}{secret}{after}");
            let base64 = STANDARD.encode(&whole);
            let url_safe = URL_SAFE_NO_PAD.encode(&whole);
            let sinks = [
                whole.clone(),
                serde_json::to_string(&whole).unwrap_or_default(),
                utf8_percent_encode(&whole, NON_ALPHANUMERIC).to_string(),
                spelt(&whole, "%", "0123456789abcdef"),
                spelt(&whole, "", "0123456789ABCDEF"),
            ];
            for sink in sinks {
                let shown = redactor.redact(&sink).replace(MASK, "\u{0}");
                let plain = percent_encoding::percent_decode_str(&shown).collect::<Vec<u8>>();
                for window in windows(secret.as_bytes()) {
                    prop_assert!(!holds(shown.as_bytes(), &window), "{shown}");
                    prop_assert!(!holds(&plain, &window) || holds(before.as_bytes(), &window), "{shown}");
                }
            }
            for sink in [base64, url_safe] {
                let shown = redactor.redact(&sink);
                prop_assert!(shown.contains(MASK), "{shown}");
                prop_assert!(shown.len() <= (before.len() + after.len()) * 4 / 3 + 12, "{shown}");
            }
        }
    }
}
