//! Texts as the words that are searched: lower case, cut at every change of case and at everything that is no letter or digit,
//! without the endings of English.

/// Words that say nothing about an operation.
const EMPTY: &[&str] = &[
    "a", "an", "the", "of", "to", "for", "in", "on", "with", "by", "and", "or", "from", "is", "it", "at", "as", "that",
    "this", "be",
];

/// What people call the same thing; the first word of each stands for all of them.
const SAME: &[&[&str]] = &[
    &["create", "add", "new", "make", "insert", "register", "post"],
    &["get", "read", "retrieve", "fetch", "show", "view", "find", "lookup"],
    &["list", "all", "search", "find", "query", "get", "retrieve", "browse"],
    &["update", "edit", "modify", "change", "patch", "set"],
    &["delete", "remove", "destroy", "drop", "revoke"],
    &["send", "post", "deliver"],
    &["sms", "message", "text"],
    &["user", "member", "person", "people"],
    &["repo", "repository"],
    &["org", "organization", "organisation"],
    &["mail", "email"],
    &["document", "file"],
    &["channel", "conversation"],
];

/// The words of a text, each stemmed, in order.
pub(super) fn words(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut word = String::new();
    let mut before = ' ';
    let mut rest = text.chars();
    while let Some(ch) = rest.next() {
        // `SSOToken` is cut before its T, `IDs` nowhere.
        let mut ahead = rest.clone();
        let (next, second) = (ahead.next().unwrap_or(' '), ahead.next().unwrap_or(' '));
        let starts_word = next.is_lowercase() && (next != 's' || second.is_lowercase());
        let begins = ch.is_uppercase() && (before.is_lowercase() || before.is_uppercase() && starts_word);
        if begins || !ch.is_alphanumeric() {
            push(&mut found, &mut word);
        }
        if ch.is_alphanumeric() {
            word.extend(ch.to_lowercase());
        }
        before = ch;
    }
    push(&mut found, &mut word);
    found
}

fn push(found: &mut Vec<String>, word: &mut String) {
    let own = std::mem::take(word);
    if !own.is_empty() && !EMPTY.contains(&own.as_str()) {
        found.push(stem(&own).to_owned());
    }
}

/// A word without the ending of its plural.
pub(super) fn stem(word: &str) -> &str {
    let length = word.len();
    let is_plural =
        length > 3 && word.ends_with('s') && !word.ends_with("ss") && !word.ends_with("us") && !word.ends_with("is");
    let cut = |count: usize| word.get(..length - count).unwrap_or(word);
    match word {
        // `policies` and `policy` meet in `polic`.
        _ if length > 4 && word.ends_with('y') && !is_vowel(word.as_bytes().get(length - 2)) => cut(1),
        _ if !is_plural => word,
        _ if length > 4
            && (word.ends_with("sses")
                || word.ends_with("xes")
                || word.ends_with("ches")
                || word.ends_with("shes")) =>
        {
            cut(2)
        }
        _ if length > 4 && word.ends_with("ies") => cut(3),
        _ => cut(1),
    }
}

fn is_vowel(letter: Option<&u8>) -> bool {
    letter.is_some_and(|letter| b"aeiou".contains(letter))
}

/// Other words for a word, stemmed.
pub(super) fn others(word: &str) -> impl Iterator<Item = &'static str> {
    let groups = SAME.iter().filter(move |group| group.iter().any(|other| stem(other) == word));
    groups.flat_map(|group| group.iter().map(|other| stem(other)))
}

/// The word that a method stands for when nothing else says it.
pub(super) fn of_method(method: &str, path: &str) -> &'static [&'static str] {
    match method {
        "POST" => &["create"],
        "PUT" | "PATCH" => &["update"],
        "DELETE" => &["delete"],
        "GET" if path.ends_with('}') => &["get"],
        "GET" => &["list"],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_into_words() {
        let check = |text: &str, expected: &[&str]| assert_eq!(words(text), expected, "{text}");
        check("listUserIDs", &["list", "user", "ids"]);
        check("Create a user's SSOToken", &["create", "user", "s", "sso", "token"]);
        check("/repos/{owner}/{repo}/pulls", &["repo", "owner", "repo", "pull"]);
        check("chat.postMessage", &["chat", "post", "message"]);
        check(
            "addresses policies policy key status boxes branches",
            &["address", "polic", "polic", "key", "status", "box", "branch"],
        );
        check("h323 über Ökonomie", &["h323", "über", "ökonomie"]);
    }

    #[test]
    fn other_words_mean_the_same() {
        assert!(others("add").any(|other| other == "create"));
        assert!(others("zoom").next().is_none());
    }
}
