//! What a source is.

use crate::diagnostic::{Diagnostic, Severity, codes};
use crate::source::{self, SourceFile};
use serde_json::Value;

/// What a source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// OpenAPI 3.0 or 3.1, or its predecessor, Swagger 2.0.
    OpenApi,
    /// A Postman collection.
    Postman,
    /// An HTTP archive: what a browser or a proxy recorded.
    Har,
    /// A `.http` file, as editors send it.
    HttpFile,
    /// `curl` commands.
    Curl,
    /// Arazzo workflows.
    Arazzo,
}

impl Kind {
    /// The kind in words, with its article.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::OpenApi => "an OpenAPI document",
            Self::Postman => "a Postman collection",
            Self::Har => "an HTTP archive",
            Self::HttpFile => "a file of HTTP requests",
            Self::Curl => "a curl command",
            Self::Arazzo => "an Arazzo description",
        }
    }
}

/// A source that was read.
#[derive(Debug, Clone)]
pub struct Source {
    /// Its text.
    pub file: SourceFile,
    /// What it is.
    pub kind: Kind,
    /// Its value; null when it is neither JSON nor YAML.
    pub value: Value,
    /// What is wrong with its text, all of it warnings: the rest was read.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads a source, and tells what it is.
///
/// # Errors
/// It is nothing that can be imported, or cannot be read at all.
pub fn read(file: SourceFile) -> Result<Source, Vec<Diagnostic>> {
    if let Some(kind) = of_text(&file) {
        return Ok(Source { file, kind, value: Value::Null, diagnostics: Vec::new() });
    }
    let (value, diagnostics) = data(&file);
    match of_value(&value) {
        Some(kind) => {
            let diagnostics = diagnostics.into_iter().map(|one| one.severity(Severity::Warning)).collect();
            Ok(Source { file, kind, value, diagnostics })
        }
        None if diagnostics.is_empty() => Err(vec![unknown(&file, &value)]),
        None => Err(diagnostics),
    }
}

/// The value of a text without its spans, and what is wrong with the text.
pub(crate) fn data(file: &SourceFile) -> (Value, Vec<Diagnostic>) {
    let (value, problems) = source::parse_value(file);
    (value, problems.iter().map(|problem| Diagnostic::of_problem(problem, Some(file))).collect())
}

/// A text that is neither JSON nor YAML: by its name, or by how its first line starts.
fn of_text(file: &SourceFile) -> Option<Kind> {
    let name = file.name().to_ascii_lowercase();
    let mut lines = file.text().lines().map(str::trim);
    let first = lines.find(|line| !line.is_empty() && !line.starts_with(['#', '$', '@']) && !line.starts_with("//"));
    let first = first.unwrap_or_default().trim_start_matches("$ ");
    if [".http", ".rest"].iter().any(|ending| name.ends_with(ending)) {
        return Some(Kind::HttpFile);
    }
    if [".curl", ".sh"].iter().any(|ending| name.ends_with(ending)) {
        return Some(Kind::Curl);
    }
    let mut words = first.split_whitespace();
    let (word, next) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let command = word.rsplit('/').next().unwrap_or_default();
    let methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "CONNECT"];
    match command {
        "curl" | "curl.exe" => Some(Kind::Curl),
        // `echo … | curl …`, `X=1 curl …`; a key would end with a colon.
        _ if !word.ends_with(':') && first.split([' ', '|', ';', '&']).any(|word| word == "curl") => Some(Kind::Curl),
        _ if methods.contains(&word) && (next.contains('/') || next.starts_with("{{")) => Some(Kind::HttpFile),
        _ => None,
    }
}

/// What a value is, by its first keys.
fn of_value(value: &Value) -> Option<Kind> {
    let has = |key: &str| value.get(key).is_some();
    let schema = value.pointer("/info/schema").and_then(Value::as_str).unwrap_or_default();
    if has("openapi") || has("swagger") {
        Some(Kind::OpenApi)
    } else if has("arazzo") {
        Some(Kind::Arazzo)
    } else if schema.contains("getpostman.com") || (has("item") && has("info")) {
        Some(Kind::Postman)
    } else if value.pointer("/log/entries").is_some() {
        Some(Kind::Har)
    } else if has("paths") && has("info") {
        Some(Kind::OpenApi)
    } else {
        None
    }
}

fn unknown(file: &SourceFile, value: &Value) -> Diagnostic {
    let keys: Vec<&str> = value.as_object().into_iter().flatten().map(|(key, _)| key.as_str()).take(4).collect();
    let seen = if keys.is_empty() { String::new() } else { format!("; it begins with {}", keys.join(", ")) };
    let message = format!("`{}` is nothing that can be imported{seen}", file.name());
    Diagnostic::new(codes::E0801, message).help(
        "a source is an OpenAPI document (`openapi` or `swagger`), a Postman collection, a HAR, a .http file, a curl command, or \
         an Arazzo description (`arazzo`)",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, text: &str, expected: Result<Kind, &str>) {
        let found = read(SourceFile::new(name, text)).map(|source| source.kind);
        let found = found.map_err(|told| told.first().map(|one| one.code.id()).unwrap_or_default());
        assert_eq!(found, expected, "{name} {text}");
    }

    #[test]
    fn a_source_is_known_by_its_first_words() {
        check("a.yaml", "openapi: 3.1.0\n", Ok(Kind::OpenApi));
        check("a.json", "{\"swagger\": \"2.0\"}", Ok(Kind::OpenApi));
        check("a.json", "{\"info\": {}, \"paths\": {},}", Ok(Kind::OpenApi));
        check("a.yml", "arazzo: 1.0.0\n", Ok(Kind::Arazzo));
        check("a.json", "{\"info\": {\"name\": \"x\"}, \"item\": []}", Ok(Kind::Postman));
        check("a.har", "{\"log\": {\"entries\": []}}", Ok(Kind::Har));
        check("a.http", "@host = x\nGET {{host}}/a\n", Ok(Kind::HttpFile));
        check("-", "# call\n\nPOST https://example.com/a HTTP/1.1\n", Ok(Kind::HttpFile));
        check("-", "#!/bin/sh\n/usr/bin/curl -s https://example.com\n", Ok(Kind::Curl));
        check("a.yaml", "tasks: []\n", Err("E0801"));
        check("a.yaml", "a: b: c\n", Err("E0101"));
        check("a.json", "", Err("E0106"));
    }
}
