//! Secrets that stand in the definition itself.

use super::Linter;
use crate::diagnostic::codes;
use crate::source::Pointer;
use serde_json::Value;

/// Names whose values are secrets; without `-`, `_` and case. A longer name may end with one.
const NAMES: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "secret",
    "apikey",
    "accesstoken",
    "authtoken",
    "refreshtoken",
    "bearertoken",
    "privatekey",
    "clientsecret",
    "secretkey",
    "accesskey",
    "credentials",
];

/// Names that are a secret's only when they are the whole name.
const WHOLE_NAMES: &[&str] = &["authorization", "proxyauthorization", "cookie", "token", "auth", "xauthtoken", "pwd"];

/// How tokens of well-known services begin, and how long they are at least.
const BEGINNINGS: &[(&str, usize)] = &[
    ("sk_live_", 16),
    ("sk_test_", 16),
    ("rk_live_", 16),
    ("ghp_", 20),
    ("gho_", 20),
    ("ghu_", 20),
    ("ghs_", 20),
    ("github_pat_", 20),
    ("glpat-", 16),
    ("xoxb-", 16),
    ("xoxp-", 16),
    ("xoxa-", 16),
    ("xapp-", 16),
    ("AKIA", 20),
    ("ASIA", 20),
    ("AIza", 30),
    ("SG.", 30),
    ("npm_", 20),
    ("dop_v1_", 20),
    ("sk-", 20),
    ("-----BEGIN", 20),
];

/// The shortest text that is taken for a secret by the name it stands under.
const SHORTEST: usize = 4;

impl Linter<'_> {
    pub(super) fn literals(&mut self) {
        const PLACES: &[&str] = &["inputTemplate", "variables", "outputParameters"];
        let plan = self.plan;
        for (_, node) in plan.nodes() {
            self.walk(&node.pointer.key("inputParameters"));
        }
        for place in PLACES {
            self.walk(&Pointer::root().key(place));
        }
    }

    fn walk(&mut self, at: &Pointer) {
        let document = self.document;
        match document.value.pointer(at.as_str()) {
            Some(Value::Object(map)) => map.keys().for_each(|key| self.walk(&at.key(key))),
            Some(Value::Array(items)) => (0..items.len()).for_each(|index| self.walk(&at.index(index))),
            Some(Value::String(text)) => {
                let key = at.steps().last().unwrap_or_default();
                if is_secret_text(&key, text) {
                    self.secret(at, &key);
                }
            }
            _ => {}
        }
    }

    fn secret(&mut self, at: &Pointer, key: &str) {
        let located = self.document.spans.locate(at);
        self.secrets.push(located.value);
        let message = format!("`{key}` holds a secret in clear: everybody who can read the definition has it");
        let help =
            "store it as a secret, and write `${workflow.secrets.NAME}` here; then change it, as it is known now";
        self.tell(codes::E0902, message, help, at);
    }
}

/// Whether a text in clear is a secret, by its own look or by the name it stands under; one that refers to a secret is none.
#[must_use]
pub fn is_secret_text(key: &str, text: &str) -> bool {
    let text = text.trim();
    if text.contains("${") || text.contains("{{") {
        return false;
    }
    looks_secret(text) || text.len() >= SHORTEST && is_secret_name(key) && !is_placeholder(text)
}

fn is_secret_name(key: &str) -> bool {
    let name: String = key.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    NAMES.iter().any(|known| name.ends_with(known)) || WHOLE_NAMES.contains(&name.as_str())
}

fn looks_secret(text: &str) -> bool {
    let word = text.split_once(' ').map_or(text, |(scheme, rest)| match scheme.to_ascii_lowercase().as_str() {
        "bearer" | "token" | "basic" => rest.trim(),
        _ => text,
    });
    let has_scheme = word.len() < text.len();
    let is_one_word = !word.contains(char::is_whitespace);
    let known = BEGINNINGS.iter().any(|(start, length)| text_begins(word, start, *length));
    let is_jwt = word.starts_with("eyJ") && word.matches('.').count() == 2 && is_one_word && word.len() > 40;
    known || is_jwt || has_scheme && is_one_word && word.len() >= 8 && !is_placeholder(word) || has_user_info(text)
}

fn text_begins(word: &str, start: &str, length: usize) -> bool {
    let is_token = |text: &str| text.chars().all(|ch| ch.is_ascii_alphanumeric() || "_-.".contains(ch));
    word.starts_with(start) && word.len() >= length && (start.starts_with('-') || is_token(word))
}

/// `https://user:password@host`.
fn has_user_info(text: &str) -> bool {
    let Some((_, rest)) = text.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority.split_once('@').is_some_and(|(user, _)| user.split_once(':').is_some_and(|(_, word)| !word.is_empty()))
}

/// What stands for a secret in an example, or names where one is.
fn is_placeholder(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let same = |ch: char| text.chars().all(|other| other == ch);
    let marked = text.starts_with(['<', '[']) || text.chars().next().is_some_and(same);
    marked
        || ["your", "example", "placeholder", "changeme", "todo", "dummy", "none", "null", "true", "false"]
            .iter()
            .any(|word| lower.starts_with(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_known_by_name_or_look() {
        let check =
            |key: &str, text: &str, expected: bool| assert_eq!(is_secret_text(key, text), expected, "{key}: {text}");
        check("Authorization", "Bearer abcdef123456", true);
        check("X-API-Key", "0123456789", true);
        check("client_secret", "hunter2", true);
        check("note", "ghp_0123456789abcdefghij", true);
        check("uri", "https://jane:hunter2@api.example.com/a", true);
        check("key", "-----BEGIN PRIVATE KEY-----\nMII", true);
        check("Authorization", "Bearer ${workflow.secrets.token}", false);
        check("password", "${workflow.input.password}", false);
        check("password", "<password>", false);
        check("next_page_token", "", false);
        check("uri", "https://api.example.com/a@b:c", false);
        check("text", "Basic questions about tokens", false);
        check("token", "xxxxxxxx", false);
        check("author", "Jane Doe", false);
    }
}
