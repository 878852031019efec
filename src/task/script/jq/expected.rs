//! What jackson-jq expected where it found something else: its parser lists every word that could have gone on.

use super::token::{Kind, Token};
use std::fmt::Write;

/// What can follow a term, besides operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Suffix {
    /// An access: another, or `?`.
    Access,
    /// `.`: a name.
    Dot,
    /// `..`: nothing.
    Nothing,
    /// A name: its arguments.
    Name,
    /// Anything else: an access.
    Other,
}

/// The words of jackson-jq's grammar, in its order.
const ORDER: [&str; 66] = [
    "<EOF>",
    "and",
    "or",
    "//",
    "==",
    "!=",
    ">",
    ">=",
    "<",
    "<=",
    "+",
    "-",
    "*",
    "/",
    "%",
    "=",
    "|=",
    "+=",
    "-=",
    "*=",
    "/=",
    "%=",
    "//=",
    "<IDENTIFIER_AFTER_DOT>",
    "(",
    ")",
    ";",
    ".",
    "..",
    "[",
    "]",
    "?",
    "$",
    "|",
    "@",
    "{",
    "}",
    ":",
    ",",
    "true",
    "false",
    "null",
    "<INTEGER_LITERAL>",
    "<FLOAT_LITERAL>",
    "\\\"",
    "if",
    "then",
    "elif",
    "else",
    "end",
    "as",
    "def",
    "reduce",
    "foreach",
    "try",
    "catch",
    "label",
    "import",
    "include",
    "module",
    "<IDENTIFIER>",
    "",
    "",
    "",
    "",
    "",
];

const OPERATORS: [&str; 25] = [
    "and", "or", "//", "==", "!=", ">", ">=", "<", "<=", "+", "-", "*", "/", "%", "=", "|=", "+=", "-=", "*=", "/=",
    "%=", "//=", "|", ",", "as",
];

/// What a term starts with.
pub(super) const TERM: [&str; 20] = [
    "-",
    "(",
    ".",
    "..",
    "[",
    "$",
    "@",
    "{",
    "true",
    "false",
    "null",
    "<INTEGER_LITERAL>",
    "<FLOAT_LITERAL>",
    "\\\"",
    "if",
    "def",
    "reduce",
    "foreach",
    "try",
    "<IDENTIFIER>",
];

/// What the key of an object is.
pub(super) const KEY: [&str; 25] = [
    "and",
    "or",
    "(",
    "$",
    "@",
    "true",
    "false",
    "null",
    "\\\"",
    "if",
    "then",
    "elif",
    "else",
    "end",
    "as",
    "def",
    "reduce",
    "foreach",
    "try",
    "catch",
    "label",
    "import",
    "include",
    "module",
    "<IDENTIFIER>",
];

/// The message for a word that is not among the expected ones.
pub(super) fn unexpected(found: &Token, expected: &[&str]) -> String {
    let words: Vec<&str> = ORDER.iter().filter(|word| !word.is_empty() && expected.contains(word)).copied().collect();
    let mut message = format!("Encountered {} at line {}, column {}.\n", shown(&found.kind), found.line, found.column);
    message.push_str(if words.len() == 1 { "Was expecting:\n" } else { "Was expecting one of:\n" });
    for word in words {
        let _ = match word {
            "<EOF>" => writeln!(message, "    <EOF> "),
            _ if word.starts_with('<') && word.len() > 2 && word != "<=" => writeln!(message, "    {word} ..."),
            _ => writeln!(message, "    \"{word}\" ..."),
        };
    }
    message + "    "
}

/// What can follow a term that was read, in a place that `closers` end.
pub(super) fn after_term(suffix: Suffix, closers: &[&'static str]) -> Vec<&'static str> {
    let mut expected = OPERATORS.to_vec();
    expected.extend(closers);
    expected.extend(match suffix {
        Suffix::Access => [".", "[", "?"].as_slice(),
        Suffix::Dot => ["<IDENTIFIER_AFTER_DOT>", "[", "@", "\\\""].as_slice(),
        Suffix::Nothing => [].as_slice(),
        Suffix::Name => ["(", ".", "["].as_slice(),
        Suffix::Other => [".", "["].as_slice(),
    });
    expected
}

/// A word as the parser generator shows it: its kind, then its text.
fn shown(kind: &Kind) -> String {
    let (name, image) = match kind {
        Kind::End | Kind::Bad(_) => return "\"<EOF>\"".to_owned(),
        Kind::Sign(sign) => (format!("\"{sign}\""), (*sign).to_owned()),
        Kind::Name(name) => ("<IDENTIFIER>".to_owned(), name.clone()),
        Kind::Integer(digits) => ("<INTEGER_LITERAL>".to_owned(), digits.clone()),
        Kind::Float(digits) => ("<FLOAT_LITERAL>".to_owned(), digits.clone()),
        Kind::Quote | Kind::Text(_) | Kind::EndQuote => ("\"\\\"\"".to_owned(), "\\\"".to_owned()),
        Kind::OpenValue => ("<OPEN_INTERP>".to_owned(), "\\\\(".to_owned()),
    };
    format!("\" {name} \"{image} \"\"")
}
