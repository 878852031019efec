//! URLs that are shown although they cannot be used: they may hold a user's name and password all the same.

use super::MASK;
use std::borrow::Cow;

/// The URL with `***` for everything between its scheme and its last `@`. It need not be a URL: what is no URL is shown, too.
#[must_use]
pub fn mask_userinfo(url: &str) -> Cow<'_, str> {
    let Some((before, host)) = url.rsplit_once('@') else { return url.into() };
    let scheme = before.find("://").and_then(|at| before.get(..at + 3)).unwrap_or_default();
    format!("{scheme}{MASK}@{host}").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(url: &str, expected: &str) {
        assert_eq!(mask_userinfo(url), expected);
    }

    #[test]
    fn nothing_before_the_host_is_shown() {
        check("http://h:8080/api", "http://h:8080/api");
        check("http://jill:pass@h", "http://***@h");
        check("http://jill:p@ss/w@h:1/", "http://***@h:1/");
        check("jill:pass@h", "***@h");
        check("://pass@h", "://***@h");
        check("pass@", "***@");
    }
}
