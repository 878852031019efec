//! The forms a secret may take in a text.

use super::Secret;
use super::hidden::Form;
use super::views::without_escapes;
use super::windows::{self, Windows};
use aho_corasick::AhoCorasick;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use serde_json::Value;
use std::ops::Range;

/// A shorter value is not searched for, in bytes: it would mask half of every report.
pub(super) const SHORTEST: usize = 8;
/// How many layers of what looks like escapes are undone in a secret itself.
const DEEPEST: usize = 4;
/// Of a longer secret, in bytes, only the plain spelling is known inside of base64 and hex: a key, which needs no escapes but its line ends.
const LONGEST_SPELT: usize = 1024;

/// The secrets that are searched for, the windows of all their forms, and an automaton over those forms that windows alone do not find:
/// mere words, and the same character over and over.
///
/// Escapes that leave the encoder a choice (percent, JSON, HTML) are not forms: they are undone before the search.
#[derive(Clone, Default)]
pub(super) struct Forms {
    secrets: Vec<Secret>,
    automaton: Option<AhoCorasick>,
    windows: Windows,
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
        let forms: Vec<Vec<u8>> = self.secrets.iter().flat_map(|secret| forms_of(secret.expose())).collect();
        self.windows = Windows::of(forms.iter().map(Vec::as_slice));
        let wholes: Vec<_> = forms.iter().filter(|form| !windows::are_enough_for(form)).collect();
        self.automaton = (!wholes.is_empty()).then(|| AhoCorasick::new(wholes).ok()).flatten();
    }

    /// Whether the secret is searched for already.
    pub(super) fn knows(&self, secret: &Secret) -> bool {
        self.secrets.iter().any(|known| known.expose() == secret.expose())
    }

    /// Whether there is nothing to search for.
    pub(super) fn is_empty(&self) -> bool {
        self.secrets.is_empty()
    }

    /// Shows where the text holds a form, or a part of one.
    pub(super) fn find(&self, text: &[u8], mut show: impl FnMut(Range<usize>)) {
        self.windows.parts(text, &mut show);
        for hit in self.automaton.iter().flat_map(|automaton| automaton.find_overlapping_iter(text)) {
            show(hit.start()..hit.end());
        }
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

/// Everything that the secret may look like in a text whose escapes were undone layer by layer.
fn forms_of(secret: &str) -> Vec<Vec<u8>> {
    let mut forms = vec![secret.as_bytes().to_vec()];
    // Of a secret that looks escaped itself, more is undone than was done.
    while let Some(bare) = forms.last().and_then(|last| without_escapes(last)).filter(|_| forms.len() <= DEEPEST) {
        forms.push(bare);
    }
    // A form decoder reads `+` as a space; a text that holds it raw was written by a form encoder.
    forms.push(secret.replace(' ', "+").into_bytes());
    for spelling in spellings(secret) {
        let bytes = spelling.as_bytes();
        forms.push(bytes.iter().flat_map(|byte| format!("{byte:02x}").into_bytes()).collect());
        forms.push(bytes.iter().flat_map(|byte| format!("{byte:02X}").into_bytes()).collect());
        for lead in 0..3 {
            forms.push(base64_inside(&STANDARD_NO_PAD, lead, bytes));
            forms.push(base64_inside(&URL_SAFE_NO_PAD, lead, bytes));
        }
    }
    forms.sort_unstable();
    forms.dedup();
    forms.retain(|form| form.len() >= SHORTEST);
    forms
}

/// How the secret is written inside of a text that is encoded as a whole: the body of a request in base64, say.
fn spellings(secret: &str) -> Vec<String> {
    let mut all = vec![secret.to_owned()];
    if secret.len() <= LONGEST_SPELT {
        let others = [Form::Json, Form::Percent, Form::PercentAll, Form::Form];
        all.extend(others.iter().map(|form| form.write(secret)));
        all.sort_unstable();
        all.dedup();
    }
    all
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
