//! Where a database is: its URL, and its password apart from it.

use crate::secret::Secret;
use percent_encoding::percent_decode_str;
use std::fmt;

/// The URL of a PostgreSQL database. What it shows and what is kept of it has no password.
#[derive(Debug, Clone)]
pub struct Address {
    url: String,
    password: Option<Secret>,
}

impl Address {
    /// The address that a text is, by how it begins: `postgres://` or `postgresql://`. Whether the rest of it is right shows when it is opened.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://")?;
        if !matches!(scheme, "postgres" | "postgresql") {
            return None;
        }
        let (user, rest) = split_user(rest);
        let (user, mut password) = match user.map(|user| user.split_once(':').unwrap_or((user, ""))) {
            Some((user, password)) => (format!("{user}@"), decoded(password)),
            None => (String::new(), None),
        };
        let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
        let mut kept = Vec::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            match pair.split_once('=') {
                Some((key, text)) if percent_decode_str(key).eq(*b"password") => password = decoded(text),
                _ => kept.push(pair),
            }
        }
        let query = if kept.is_empty() { String::new() } else { format!("?{}", kept.join("&")) };
        Some(Self { url: format!("{scheme}://{user}{place}{query}"), password })
    }

    /// The URL, without the password.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The password that stood in the URL.
    #[must_use]
    pub fn password(&self) -> Option<&Secret> {
        self.password.as_ref()
    }
}

/// What stands before the host, and the rest. A password may hold `@`, `/` and `?` as they are: nothing of it must be shown for its host.
fn split_user(text: &str) -> (Option<&str>, &str) {
    let query = text.split_once('?').filter(|(_, query)| query.split('&').all(|pair| pair.contains('=')));
    let before = query.map_or(text, |(before, _)| before);
    match before.rfind('@').or_else(|| text.rfind('@')) {
        Some(at) => (text.get(..at), text.get(at + 1..).unwrap_or_default()),
        None => (None, text),
    }
}

fn decoded(text: &str) -> Option<Secret> {
    let decoded = percent_decode_str(text).decode_utf8_lossy();
    (!decoded.is_empty()).then(|| Secret::new(decoded))
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.url)
    }
}

impl PartialEq for Address {
    fn eq(&self, other: &Self) -> bool {
        let password = |of: &Self| of.password.as_ref().map(|password| password.expose().to_owned());
        self.url == other.url && password(self) == password(other)
    }
}

impl Eq for Address {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_taken_out_of_the_url() {
        let check = |text: &str, expected: Option<(&str, Option<&str>)>| {
            let address = Address::of(text);
            let got = address.as_ref().map(|address| (address.url(), address.password().map(Secret::expose)));
            assert_eq!(got, expected, "{text}");
        };
        check("users.ledger", None);
        check("mysql://h/db", None);
        check("postgres://h/db", Some(("postgres://h/db", None)));
        check("postgres://me:p%40ss@h:5433/db", Some(("postgres://me@h:5433/db", Some("p@ss"))));
        check("postgresql://me:a@b@h", Some(("postgresql://me@h", Some("a@b"))));
        check(
            "postgres://me@/db?host=/tmp&password=x%20y&sslmode=disable",
            Some(("postgres://me@/db?host=/tmp&sslmode=disable", Some("x y"))),
        );
        check("postgres://me:a/b?c@h/db", Some(("postgres://me@h/db", Some("a/b?c"))));
        check("postgres://me:a@b?c@h/db", Some(("postgres://me@h/db", Some("a@b?c"))));
        check(
            "postgres://me:a@h/db?application_name=b@c",
            Some(("postgres://me@h/db?application_name=b@c", Some("a"))),
        );
        check("postgres://me@h/db?pass%77ord=x", Some(("postgres://me@h/db", Some("x"))));
        check("postgres://me:@h/db", Some(("postgres://me@h/db", None)));
    }
}
