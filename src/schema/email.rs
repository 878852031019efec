//! The `email` format: an ASCII mailbox.

use regex::Regex;
use std::sync::LazyLock;

/// An ASCII mailbox as a pattern that every JSON Schema validator reads the same way.
///
/// **Source**: RFC 5321 section 4.1.2, `Mailbox`: a dot-string or a quoted string, `@`, a domain or an address literal.
/// Lengths are not part of it.
pub const EMAIL_PATTERN: &str = concat!(
    r"^(?:[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*",
    r#"|"(?:[ !#-\[\]-~]|\\[ -~])*")@"#,
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*",
    r"|\[[0-9A-Za-z:.-]+\])$"
);

static MAILBOX: LazyLock<Regex> = LazyLock::new(|| Regex::new(EMAIL_PATTERN).expect("the mailbox pattern is a regex"));

/// Whether a text is an ASCII mailbox.
pub(super) fn is_mailbox(text: &str) -> bool {
    is_plain(text) || (text.is_ascii() && text.contains('@') && MAILBOX.is_match(text))
}

/// The common case without a regular expression: letters, digits and `._+-` on the left, labels on the right.
fn is_plain(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let word = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"_+-".contains(&b));
    let label = |part: &str| {
        let inner = part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        !part.is_empty() && inner && !part.starts_with('-') && !part.ends_with('-')
    };
    local.split('.').all(word) && domain.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mailbox_is_ascii_and_whole() {
        let check = |text: &str, expected: bool| {
            assert_eq!(is_mailbox(text), expected, "{text}");
            assert_eq!(MAILBOX.is_match(text), expected, "{text} by the pattern");
        };
        for good in [
            "jane@example.com",
            "a.b+c_d-e@sub.example.co.uk",
            "a@b",
            "o'brien@example.ie",
            "\"jane doe\"@example.com",
            "x@[192.0.2.1]",
            "7@ISV.example.com",
            "a@xn--bcher-kva.example",
            "!#$%&'*+/=?^_`{|}~@example.com",
        ] {
            check(good, true);
        }
        for bad in [
            "",
            "@",
            "jane",
            "jane@",
            "@example.com",
            "a b@example.com",
            "a@b c",
            ".a@example.com",
            "a.@example.com",
            "a..b@example.com",
            "a@example..com",
            "a@-example.com",
            "a@example-.com",
            "a@.com",
            "a@example.com.",
            "jürgen@example.com",
            "a@bücher.example",
            "a@b@c",
            "a@example.com\n",
            "\"a@example.com",
            "Jane <jane@example.com>",
            " a@example.com",
            "a@exa_mple.com",
            "李@example.com",
        ] {
            check(bad, false);
        }
    }
}
