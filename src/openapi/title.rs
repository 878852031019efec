//! What an API is called: a word or two that somebody would type.

use super::{Version, names, servers};
use crate::catalogue::authority_and_path;
use crate::draft::slug;
use serde_json::Value;

/// Words of a file's name that say nothing.
const EMPTY: &[&str] = &[
    "api",
    "apis",
    "openapi",
    "swagger",
    "spec",
    "specification",
    "schema",
    "index",
    "main",
    "definition",
    "definitions",
    "public",
    "latest",
    "rest",
    "bundled",
    "bundle",
    "docs",
    "root",
    "oas",
    "oas3",
    "document",
    "openapi3",
    "service",
    "yaml",
    "json",
];

/// Ends of a host's name that are no name of their own.
const DOMAINS: &[&str] = &["co", "com", "org", "net", "ac", "gov", "edu"];

/// So many words of a title, and so many letters, are short enough.
const WORDS: usize = 2;
const LETTERS: usize = 20;

/// The name that the document itself gives: its title's, or its server's when the title is long; `fallback` without either.
pub(super) fn of_document(document: &Value, fallback: &str) -> String {
    let host = of_host(document);
    let title = document.pointer("/info/title").and_then(Value::as_str).filter(|title| !title.trim().is_empty());
    let Some(title) = title.map(|title| slug(&names::api(title))) else {
        return host.unwrap_or_else(|| slug(fallback));
    };
    let is_short = title.split('_').count() <= WORDS && title.len() <= LETTERS;
    match host {
        // `open_ai` and `git_hub` are what nobody calls themselves.
        Some(host) if title.replace('_', "") == host || !is_short => host,
        _ => title,
    }
}

/// The name of a document that is used where it is: that of its file, when it says anything.
#[must_use]
pub fn name_in_place(document: &Value, file: &str) -> String {
    of_file(file, false).unwrap_or_else(|| of_document(document, "api"))
}

/// A longer name for a document whose name another one has.
#[must_use]
pub fn longer_name(file: &str) -> Option<String> {
    of_file(file, true)
}

/// The words of a file's name; without versions unless all is asked for.
fn of_file(path: &str, all: bool) -> Option<String> {
    let name = path.rsplit(['/', '\\']).next()?;
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem).to_ascii_lowercase();
    let words = stem.split(|ch: char| !ch.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let is_version =
        |word: &str| word.strip_prefix('v').is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()));
    let is_empty = |word: &str| EMPTY.contains(&word) || DOMAINS.contains(&word);
    let telling: Vec<&str> = words.filter(|word| all || (!is_empty(word) && !is_version(word))).collect();
    let says = telling.iter().any(|word| !is_empty(word) && word.bytes().any(|byte| byte.is_ascii_alphabetic()));
    says.then(|| slug(&telling.join("_")))
}

/// The name of the first server's owner: `api.github.com` is `github`.
fn of_host(document: &Value) -> Option<String> {
    let found = match Version::of(document) {
        Version::V2 => servers::of_host(document),
        Version::V3_0 | Version::V3_1 => servers::of_list(document.get("servers")),
    };
    let (host, _) = found.iter().find_map(|url| authority_and_path(url))?;
    let host = host.split(':').next()?.to_ascii_lowercase();
    let labels: Vec<&str> = host.split('.').collect();
    let (last, rest) = labels.split_last()?;
    let is_name = last.bytes().all(|byte| byte.is_ascii_alphabetic())
        && !matches!(*last, "local" | "test" | "example" | "localhost");
    let own = rest.iter().rev().find(|label| !DOMAINS.contains(label)).filter(|own| is_name && **own != "example")?;
    Some(own.replace('-', "_")).filter(|own| own.starts_with(|ch: char| ch.is_ascii_alphabetic()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_api_is_called_as_somebody_would_type_it() {
        let check = |title: &str, server: &str, expected: &str| {
            let document = json!({"openapi": "3.0.0", "info": {"title": title}, "servers": [{"url": server}]});
            assert_eq!(of_document(&document, "file"), expected);
        };
        check("GitHub's official OpenAPI spec + Octokit extension", "https://api.github.com", "github");
        check("OpenAI API", "https://api.openai.com/v1", "openai");
        check("The Zoom REST API", "https://api.zoom.us/v2", "zoom");
        check("Adyen Checkout API", "https://checkout-test.adyen.com/v71", "adyen_checkout");
        check("A very long title of a small service", "http://localhost:8080", "a_very_long_title");
        check("", "https://api.example.co.uk", "file");
        check("", "https://www.widgets.co.uk", "widgets");
    }

    #[test]
    fn a_document_in_its_place_is_called_like_its_file() {
        let check = |file: &str, expected: &str, longer: Option<&str>| {
            let document = json!({"openapi": "3.0.0", "info": {"title": "Own"}});
            assert_eq!(
                (name_in_place(&document, file).as_str(), longer_name(file).as_deref()),
                (expected, longer),
                "{file}"
            );
        };
        check("apis/github.json", "github", Some("github"));
        check("apis/twilio-api-v2010.json", "twilio", Some("twilio_api_v2010"));
        check("box-2025.json", "box_2025", Some("box_2025"));
        check("openapi.yaml", "own", None);
        check("api.github.com.json", "github", Some("api_github_com"));
        check("PetStore.yaml", "petstore", Some("petstore"));
    }
}
