//! The forms a secret may take in a text, as one automaton.

use super::Secret;
use aho_corasick::AhoCorasick;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use serde_json::Value;

/// A shorter value is not searched for, in bytes: it would mask half of every report.
pub(super) const SHORTEST: usize = 8;

/// The secrets that are searched for, and the automaton over all their forms.
///
/// Escapes that leave the encoder a choice (percent, JSON) are not forms: they are undone before the search.
#[derive(Clone, Default)]
pub(super) struct Forms {
    secrets: Vec<Secret>,
    automaton: Option<AhoCorasick>,
}

impl Forms {
    /// Takes more secrets in; short ones are left out.
    pub(super) fn learn(&mut self, secrets: impl IntoIterator<Item = Secret>) {
        for secret in secrets {
            self.take(&secret);
            if let Ok(value) = serde_json::from_str::<Value>(secret.expose()) {
                self.take_texts(&value);
            }
        }
        let patterns: Vec<Vec<u8>> = self.secrets.iter().flat_map(|secret| forms_of(secret.expose())).collect();
        self.automaton = (!patterns.is_empty()).then(|| AhoCorasick::new(&patterns).ok()).flatten();
    }

    /// Whether the secret is searched for already.
    pub(super) fn knows(&self, secret: &Secret) -> bool {
        self.secrets.iter().any(|known| known.expose() == secret.expose())
    }

    /// The automaton; `None` when there is nothing to search for.
    pub(super) fn automaton(&self) -> Option<&AhoCorasick> {
        self.automaton.as_ref()
    }

    fn take(&mut self, secret: &Secret) {
        if secret.expose().len() >= SHORTEST && !self.knows(secret) {
            self.secrets.push(secret.clone());
        }
        let trimmed = secret.expose().trim();
        if trimmed.len() != secret.expose().len() {
            self.take(&Secret::new(trimmed));
        }
    }

    fn take_texts(&mut self, value: &Value) {
        match value {
            Value::String(text) => self.take(&Secret::new(text.as_str())),
            Value::Array(items) => items.iter().for_each(|item| self.take_texts(item)),
            Value::Object(map) => map.values().for_each(|item| self.take_texts(item)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

fn forms_of(secret: &str) -> Vec<Vec<u8>> {
    let bytes = secret.as_bytes();
    let mut forms = vec![bytes.to_vec()];
    // A form decoder reads `+` as a space; a text that holds it raw was written by a form encoder.
    forms.push(secret.replace(' ', "+").into_bytes());
    forms.push(html(secret).into_bytes());
    forms.push(bytes.iter().flat_map(|byte| format!("{byte:02x}").into_bytes()).collect());
    forms.push(bytes.iter().flat_map(|byte| format!("{byte:02X}").into_bytes()).collect());
    for lead in 0..3 {
        forms.push(base64_inside(&STANDARD_NO_PAD, lead, bytes));
        forms.push(base64_inside(&URL_SAFE_NO_PAD, lead, bytes));
    }
    forms.sort_unstable();
    forms.dedup();
    forms
}

/// The base64 characters that depend on the secret alone when `lead` bytes (modulo 3) stand before it.
pub(super) fn base64_inside(engine: &impl base64::Engine, lead: usize, secret: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0; lead];
    bytes.extend_from_slice(secret);
    let text = engine.encode(&bytes);
    let first = (lead * 8).div_ceil(6);
    let last = bytes.len() * 8 / 6;
    text.get(first..last).unwrap_or_default().as_bytes().to_vec()
}

/// With HTML's escapes.
pub(super) fn html(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    escaped.replace('"', "&quot;").replace('\'', "&#39;")
}
