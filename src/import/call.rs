//! One call as any source tells of it, before it is a task definition.
//!
//! A variable of the source (`$NAME`, `{{name}}`) stands in every text as a [`variable`]: characters that no text has of itself.

use serde_json::Value;

const OPENS: char = '\u{f8f0}';
const CLOSES: char = '\u{f8f1}';

/// A call.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Call {
    /// What it is called, if it has a name.
    pub(super) title: Option<String>,
    /// The folder it stands in.
    pub(super) folder: Option<String>,
    pub(super) description: Option<String>,
    pub(super) method: String,
    pub(super) url: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Body,
    pub(super) auth: Option<CallAuth>,
    /// Further fields of the HTTP task's input.
    pub(super) options: Vec<(&'static str, Value)>,
    /// Values of variables.
    pub(super) values: Vec<(String, String)>,
    /// The status and the body of an answer that was seen.
    pub(super) answer: Option<(u16, Value)>,
    /// What is left out or put another way, in sentences.
    pub(super) losses: Vec<String>,
    /// Where it stands in the source, bytes.
    pub(super) place: std::ops::Range<usize>,
}

/// A body.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) enum Body {
    #[default]
    None,
    /// A text of the content type that the headers say.
    Text(String),
    /// Form fields, decoded.
    Form(Vec<(String, String)>),
    /// The parts of a multipart form.
    Parts(Vec<Part>),
    /// A file, as it is.
    File(String),
}

/// A part of a multipart form.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Part {
    pub(super) name: String,
    /// Its text, or the path of its file.
    pub(super) content: String,
    pub(super) is_file: bool,
    pub(super) file_name: Option<String>,
    pub(super) content_type: Option<String>,
}

/// How a call proves who sends it.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum CallAuth {
    Basic(String, String),
    Bearer(String),
    /// Key id, secret key, session token, region, service.
    Aws([String; 5]),
    /// A field, and its value.
    Header(String, String),
    /// A parameter of the query, and its value.
    Query(String, String),
}

impl Call {
    /// The value of a field.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Gives a field a value unless it has one.
    pub(super) fn default_header(&mut self, name: &str, value: &str) {
        if self.header(name).is_none() {
            self.headers.push((name.to_owned(), value.to_owned()));
        }
    }
}

/// A variable in a text.
pub(super) fn variable(name: &str) -> String {
    format!("{OPENS}{name}{CLOSES}")
}

/// A part of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'t> {
    Text(&'t str),
    Variable(&'t str),
}

/// The text cut at its variables.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(OPENS) {
        let Some((name, after)) = after.split_once(CLOSES) else { break };
        if !before.is_empty() {
            pieces.push(Piece::Text(before));
        }
        pieces.push(Piece::Variable(name));
        rest = after;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    pieces
}

/// Whether a variable stands in the text.
pub(super) fn has_variable(text: &str) -> bool {
    text.contains(OPENS)
}

/// The text with every `{{name}}` a variable, as Postman and editors have it.
pub(super) fn with_braces(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((name, after)) = after.split_once("}}").filter(|(name, _)| !name.contains(['\n', '{', '"'])) else {
            break;
        };
        out.push_str(before);
        out.push_str(&variable(name.trim()));
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_stand_in_texts() {
        let text = with_braces("a{{ b }}c{{d}}{{\"e\": {}}}");
        assert_eq!(
            pieces(&text),
            [
                Piece::Text("a"),
                Piece::Variable("b"),
                Piece::Text("c"),
                Piece::Variable("d"),
                Piece::Text("{{\"e\": {}}}")
            ]
        );
        assert!(has_variable(&text) && !has_variable("{{"));
    }
}
