//! The env file: secrets and values of the environment, as JSON or as dotenv lines.

use crate::diagnostic::{Diagnostic, codes};
use crate::secret::Secret;
use crate::source::{Format, SourceFile, Span};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What an env file holds.
///
/// JSON: `{"secrets": {"zoom_token": "abc"}, "env": {"REGION": "eu"}}`. Otherwise lines of `CONDUCTOR_SECRET_zoom_token=abc` and
/// `CONDUCTOR_ENV_REGION=eu`; other names are left alone, so that a file made for another program can be given.
#[derive(Debug, Clone, Default)]
pub struct EnvFile {
    /// Secrets by name.
    pub secrets: BTreeMap<String, Secret>,
    /// Values of the environment by name.
    pub env: BTreeMap<String, String>,
}

impl EnvFile {
    /// Reads an env file. No message ever holds a value.
    ///
    /// # Errors
    /// `E0609`, one for every line or key that cannot be understood.
    pub fn parse(file: &SourceFile) -> Result<Self, Vec<Diagnostic>> {
        if file.format() == Format::Json { from_json(file) } else { from_lines(file) }
    }
}

fn from_json(file: &SourceFile) -> Result<EnvFile, Vec<Diagnostic>> {
    let object: Map<String, Value> = serde_json::from_str(file.text()).map_err(|err| {
        // serde_json's own text may quote a value of the file: only its place is taken.
        let at = offset_of(file.text(), err.line(), err.column());
        vec![problem(file, Span::new(at, at), "the env file is not a JSON object")]
    })?;
    let mut found = EnvFile::default();
    let mut problems = Vec::new();
    for (key, value) in &object {
        match (key.as_str(), value) {
            ("secrets", Value::Object(values)) => {
                found.secrets = texts(values).map(|(name, text)| (name, Secret::new(text))).collect();
            }
            ("env", Value::Object(values)) => found.env = texts(values).collect(),
            ("secrets" | "env", Value::Null) => {}
            ("secrets" | "env", _) => problems.push(json_problem(file, key, "must be an object of names and texts")),
            _ => problems.push(json_problem(file, key, "is not known here")),
        }
    }
    if problems.is_empty() { Ok(found) } else { Err(problems) }
}

/// The names with their texts; a value that is not a text is kept as its JSON text, null is not set.
fn texts(values: &Map<String, Value>) -> impl Iterator<Item = (String, String)> {
    values
        .iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| (name.clone(), value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned)))
}

fn json_problem(file: &SourceFile, key: &str, what: &str) -> Diagnostic {
    let quoted = format!("\"{key}\"");
    let at = file.text().find(&quoted).unwrap_or(0);
    problem(file, Span::new(at, at + quoted.len()), &format!("the key `{key}` {what}"))
        .help("an env file has two keys: `secrets` and `env`, each an object of names and texts")
}

/// The byte offset of a line and a column, both from 1.
fn offset_of(text: &str, line: usize, column: usize) -> usize {
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    (start + column.saturating_sub(1)).min(text.len())
}

fn from_lines(file: &SourceFile) -> Result<EnvFile, Vec<Diagnostic>> {
    let mut found = EnvFile::default();
    let mut problems = Vec::new();
    let mut start = 0;
    for line in file.text().split_inclusive('\n') {
        let span = Span::new(start, start + line.trim_end().len());
        start += line.len();
        match parse_line(line.trim()) {
            Ok(None) => {}
            Ok(Some((name, value))) => {
                if let Some(name) = name.strip_prefix("CONDUCTOR_SECRET_") {
                    found.secrets.insert(name.to_owned(), Secret::new(value));
                } else if let Some(name) = name.strip_prefix("CONDUCTOR_ENV_") {
                    found.env.insert(name.to_owned(), value);
                }
            }
            Err(message) => problems.push(problem(file, span, message)),
        }
    }
    if problems.is_empty() { Ok(found) } else { Err(problems) }
}

/// A line's name and value; `None` for a blank line or a comment.
fn parse_line(line: &str) -> Result<Option<(&str, String)>, &'static str> {
    if line.is_empty() || line.starts_with('#') {
        return Ok(None);
    }
    let line = line.strip_prefix("export ").unwrap_or(line);
    let (name, value) = line.split_once('=').ok_or("the line is not NAME=value")?;
    let name = name.trim();
    if name.is_empty() || name.contains(char::is_whitespace) {
        return Err("the line is not NAME=value");
    }
    Ok(Some((name, unquote(value.trim())?)))
}

/// A value without its quotes: `'…'` as it is, `"…"` with `\n`, `\t`, `\"` and `\\`, bare up to ` #`.
fn unquote(value: &str) -> Result<String, &'static str> {
    if let Some(rest) = value.strip_prefix('\'') {
        return rest.split_once('\'').map(|(text, _)| text.to_owned()).ok_or("the quote ' is not closed");
    }
    let Some(rest) = value.strip_prefix('"') else {
        return Ok(value.split(" #").next().unwrap_or(value).trim_end().to_owned());
    };
    let mut text = String::new();
    let mut chars = rest.chars();
    while let Some(ch) = chars.next() {
        match ch {
            '"' => return Ok(text),
            '\\' => match chars.next() {
                Some('n') => text.push('\n'),
                Some('t') => text.push('\t'),
                Some(other) => text.push(other),
                None => break,
            },
            other => text.push(other),
        }
    }
    Err("the quote \" is not closed")
}

fn problem(file: &SourceFile, span: Span, message: &str) -> Diagnostic {
    Diagnostic::new(codes::E0609, message)
        .label(&masked(file), span, "here")
        .help("write CONDUCTOR_SECRET_name=value and CONDUCTOR_ENV_name=value, or JSON with `secrets` and `env`")
}

/// The file with a star for every byte that may belong to a value: a diagnostic shows the lines it stands in.
fn masked(file: &SourceFile) -> SourceFile {
    let mut text = String::with_capacity(file.text().len());
    for line in file.text().split_inclusive('\n') {
        let name = if file.format() == Format::Json { 0 } else { line.find('=').map_or(0, |at| at + 1) };
        let (name, value) = line.split_at(name);
        text.push_str(name);
        text.extend(value.bytes().map(|byte| if byte.is_ascii_whitespace() { char::from(byte) } else { '*' }));
    }
    SourceFile::new(file.name(), text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, secrets: &[(&str, &str)], env: &[(&str, &str)]) {
        let found = EnvFile::parse(&SourceFile::new("dev.env", text)).expect(text);
        let got: Vec<_> = found.secrets.iter().map(|(name, secret)| (name.as_str(), secret.expose())).collect();
        assert_eq!(got, secrets, "{text}");
        let got: Vec<_> = found.env.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(got, env, "{text}");
    }

    fn check_problems(text: &str, expected: &[(usize, &str)]) {
        let file = SourceFile::new("dev.env", text);
        let problems = EnvFile::parse(&file).expect_err(text);
        let shown = format!("{problems:?}");
        assert!(!shown.contains("hush"), "{shown}");
        let got: Vec<_> = problems
            .iter()
            .map(|problem| {
                let line = problem.labels.first().map_or(0, |label| file.position(label.span.start).0);
                (line, problem.message.as_str())
            })
            .collect();
        assert_eq!(got, expected, "{text}");
    }

    #[test]
    fn json_holds_secrets_and_env() {
        check(r#"{"secrets": {"t": "abc"}, "env": {"R": "eu"}}"#, &[("t", "abc")], &[("R", "eu")]);
        check("{}", &[], &[]);
        check(r#"{"secrets": {"t": {"a": 1}, "u": null}, "env": {"n": 5}}"#, &[("t", r#"{"a":1}"#)], &[("n", "5")]);
    }

    #[test]
    fn lines_hold_names_with_their_prefix() {
        check("CONDUCTOR_SECRET_t=abc\r\nCONDUCTOR_ENV_R = eu\n", &[("t", "abc")], &[("R", "eu")]);
        check("# note\n\nexport CONDUCTOR_SECRET_t='a b # c'", &[("t", "a b # c")], &[]);
        check("CONDUCTOR_SECRET_t=\"a\\n\\\"b\\\"\" # note", &[("t", "a\n\"b\"")], &[]);
        check("PATH=/bin\nCONDUCTOR_SECRET_t=a=b== # note", &[("t", "a=b==")], &[]);
        check("", &[], &[]);
    }

    #[test]
    fn every_bad_line_is_named_and_never_its_value() {
        check_problems(
            "hush\nCONDUCTOR_ENV_R=eu\n\nhush2",
            &[(1, "the line is not NAME=value"), (4, "the line is not NAME=value")],
        );
        check_problems("A='x", &[(1, "the quote ' is not closed")]);
        check_problems("A=\"x", &[(1, "the quote \" is not closed")]);
        check_problems("{\n\"secrets\": hush}", &[(2, "the env file is not a JSON object")]);
        check_problems("{\n\"secret\": {}}", &[(2, "the key `secret` is not known here")]);
        check_problems(r#"{"env": []}"#, &[(1, "the key `env` must be an object of names and texts")]);
    }
}
