//! Inputs as the command line gives them: `name=text`, `name:=json`, `name=@file`.

use crate::diagnostic::{Diagnostic, codes};
use serde_json::Value;

/// One input of the command line.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// Its name: a top-level key of the workflow's input.
    pub name: String,
    /// Its value.
    pub value: InputValue,
}

/// The value of an [`Input`].
#[derive(Debug, Clone, PartialEq)]
pub enum InputValue {
    /// `name=text`: the text as it is.
    Text(String),
    /// `name:=json`.
    Json(Value),
    /// `name=@file`: the text of a file, without a byte order mark, otherwise as it is.
    File(String),
}

impl Input {
    /// Reads one input. The first `=` ends the name; a `:` before it makes the value JSON, a `@` after it names a file.
    ///
    /// # Errors
    /// `E0602` when there is no `=` or no name, `E0603` when what follows `:=` is not one JSON value.
    pub fn parse(text: &str) -> Result<Self, Box<Diagnostic>> {
        let Some((left, right)) = text.split_once('=') else {
            return Err(not_a_pair(text));
        };
        let (name, is_json) = left.strip_suffix(':').map_or((left, false), |name| (name, true));
        if name.is_empty() {
            return Err(not_a_pair(text));
        }
        let value = match right.strip_prefix('@') {
            _ if is_json => InputValue::Json(parse_json(name, right)?),
            Some(path) => InputValue::File(path.to_owned()),
            None => InputValue::Text(right.to_owned()),
        };
        Ok(Self { name: name.to_owned(), value })
    }
}

fn not_a_pair(text: &str) -> Box<Diagnostic> {
    let help = "write name=text, name:=json (numbers, true, lists, objects) or name=@file";
    Box::new(Diagnostic::new(codes::E0602, format!("`{text}` is not an input: it needs a name and a value")).help(help))
}

fn parse_json(name: &str, text: &str) -> Result<Value, Box<Diagnostic>> {
    serde_json::from_str(text).map_err(|err| {
        let message = format!("the value of `{name}` is not JSON: {err}");
        Box::new(Diagnostic::new(codes::E0603, message).help(json_help(name, text)))
    })
}

fn json_help(name: &str, text: &str) -> String {
    if text.is_empty() || text.starts_with(['{', '[', '"']) {
        return format!("after `:=` stands one JSON value, as in `{name}:=1`; quote it for the shell");
    }
    format!("for text write `{name}={text}`")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(text: &str, name: &str, value: InputValue) {
        assert_eq!(Input::parse(text).ok(), Some(Input { name: name.to_owned(), value }), "{text}");
    }

    fn check_code(text: &str, code: &str, help: &str) {
        let diagnostic = Input::parse(text).expect_err(text);
        assert_eq!(diagnostic.code.id(), code, "{text}");
        assert!(diagnostic.help.as_deref().is_some_and(|is| is.contains(help)), "{text}: {:?}", diagnostic.help);
    }

    #[test]
    fn a_plain_equals_sign_gives_text_whatever_it_looks_like() {
        check("type=1", "type", InputValue::Text("1".to_owned()));
        check("a=", "a", InputValue::Text(String::new()));
        check("url=https://h/?a=b", "url", InputValue::Text("https://h/?a=b".to_owned()));
        check("a.b=c:=d", "a.b", InputValue::Text("c:=d".to_owned()));
    }

    #[test]
    fn a_colon_before_it_gives_json() {
        check("type:=1", "type", InputValue::Json(json!(1)));
        check("a:={\"b\":[null]}", "a", InputValue::Json(json!({"b": [null]})));
        check("a:=\"@x\"", "a", InputValue::Json(json!("@x")));
        check("id:=9007199254740993", "id", InputValue::Json(json!(9_007_199_254_740_993_i64)));
    }

    #[test]
    fn an_at_sign_names_a_file() {
        check("note=@a/b.txt", "note", InputValue::File("a/b.txt".to_owned()));
    }

    #[test]
    fn anything_else_says_how_to_write_it() {
        check_code("email", "E0602", "name=text");
        check_code("=x", "E0602", "name=text");
        check_code(":=1", "E0602", "name=text");
        check_code("email:=jill@example.com", "E0603", "`email=jill@example.com`");
        check_code("a:={", "E0603", "one JSON value");
        check_code("a:=", "E0603", "one JSON value");
    }
}
