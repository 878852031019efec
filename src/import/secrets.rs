//! What is secret by its name.

/// Words that a secret's name holds.
const WORDS: &[&str] = &[
    "token",
    "secret",
    "password",
    "passwd",
    "pwd",
    "passphrase",
    "apikey",
    "api_key",
    "access_key",
    "private_key",
    "signature",
    "bearer",
    "credential",
    "credentials",
    "client_secret",
    "auth_key",
    "authorization",
    "sig",
    "pass",
    "jwt",
    "session_id",
    "sessionid",
];
/// Names that only look like one.
const HARMLESS: &[&str] = &[
    "next_page_token",
    "page_token",
    "token_type",
    "continuation_token",
    "sync_token",
    "password_policy",
    "grant_type",
];

/// Whether a field or variable of that name holds a secret: `api_key`, `clientSecret`, `X-Auth-Token`.
pub(super) fn is_secret_name(name: &str) -> bool {
    let name = crate::draft::slug(name);
    if HARMLESS.contains(&name.as_str()) {
        return false;
    }
    WORDS.iter().any(|word| {
        name == *word
            || name.ends_with(&format!("_{word}"))
            || name.starts_with(&format!("{word}_")) && *word != "token" && *word != "pass"
    })
}

/// Whether a header field of that name holds a secret.
pub(super) fn is_secret_field(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["authorization", "proxy-authorization", "cookie", "x-api-key", "api-key", "apikey"].contains(&name.as_str())
        || name.ends_with("-key") && name != "idempotency-key" && !name.ends_with("partition-key")
        || is_secret_name(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_known_by_their_names() {
        for name in ["api_key", "clientSecret", "X-Auth-Token", "access_token", "password", "APIKEY", "userPassword"] {
            assert!(is_secret_name(name), "{name}");
        }
        for name in ["name", "page_token", "token_type", "tokens", "compass", "key", "passenger"] {
            assert!(!is_secret_name(name), "{name}");
        }
        assert!(is_secret_field("Ocp-Apim-Subscription-Key") && !is_secret_field("Idempotency-Key"));
    }
}
