//! Words for `sh`: quoted, with variables in the place of secrets.

use super::placeholder::{Piece, Placeholders};
use std::fmt::Write;

/// How a secret is written where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    /// As it is.
    Raw,
    /// In a URL.
    Percent,
    /// In a parameter that a credential put there.
    Parameter,
    /// In a form.
    Form,
    /// Inside a JSON text.
    Json,
}

/// Functions of the shell that encode as Legwork does; written before the command when it needs them.
const PERCENT: &str = "\
percent() { printf %s \"$1\" | LC_ALL=C od -An -v -tx1 | tr a-f A-F | LC_ALL=C awk 'BEGIN { for (i = 33; i < 127; i++) \
{ c = sprintf(\"%c\", i); if (c ~ /[-A-Za-z0-9._~KEPT]/) kept[sprintf(\"%02X\", i)] = c } SPACE } \
{ for (i = 1; i <= NF; i++) printf \"%s\", ($i in kept) ? kept[$i] : \"%\" $i }'; }\n";
const JSON: &str = "\
json() { printf '%s\\n' \"$1\" | LC_ALL=C awk 'NR > 1 { printf \"\\\\n\" } \
{ gsub(/[\"\\\\]/, \"\\\\\\\\&\"); gsub(/\\t/, \"\\\\t\"); gsub(/\\r/, \"\\\\r\"); printf \"%s\", $0 }'; }\n";

/// The words of one command.
pub(super) struct Words<'p> {
    placeholders: &'p Placeholders,
    /// What pipes the body into the command.
    before: String,
    list: Vec<String>,
    used: Vec<Encoding>,
    notes: Vec<String>,
}

impl<'p> Words<'p> {
    pub(super) fn new(placeholders: &'p Placeholders) -> Self {
        Self { placeholders, before: String::new(), list: Vec::new(), used: Vec::new(), notes: Vec::new() }
    }

    pub(super) fn placeholders(&self) -> &'p Placeholders {
        self.placeholders
    }

    /// Marks of secrets with a colon between them.
    pub(super) fn marks(&self, names: [&String; 2]) -> String {
        names.map(|name| self.placeholders.mark(name)).join(":")
    }

    /// A word alone.
    pub(super) fn add(&mut self, text: &str, encoding: Encoding) {
        let word = self.word(text, encoding);
        self.list.push(word);
    }

    /// An option without a value.
    pub(super) fn option(&mut self, name: &str) {
        self.list.push(name.to_owned());
    }

    /// An option with its value.
    pub(super) fn pair(&mut self, name: &str, value: &str) {
        self.encoded_pair(name, value, Encoding::Raw);
    }

    pub(super) fn encoded_pair(&mut self, name: &str, value: &str, encoding: Encoding) {
        let value = self.word(value, encoding);
        self.list.push(format!("{name} {value}"));
    }

    /// A field whose value ends with a variable.
    pub(super) fn field_with_variable(&mut self, text: &str, variable: &str) {
        self.list.push(format!("--header \"{text}${variable}\""));
    }

    /// Has the text go into the command's standard input, through these programs.
    pub(super) fn pipe(&mut self, text: &str, encoding: Encoding, through: &[&str]) {
        let word = self.word(text, encoding);
        self.before = format!("printf %s {word} | ");
        for program in through {
            let _ = write!(self.before, "{program} | ");
        }
    }

    /// Has a file go into the command's standard input, through a program.
    pub(super) fn pipe_file(&mut self, path: &str, program: &str) {
        self.before = format!("{program} < {} | ", quoted(path));
    }

    /// What was said about names that cannot be variables.
    pub(super) fn notes(&self) -> Vec<String> {
        self.notes.clone()
    }

    /// The command: one option a line.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        if self.used.contains(&Encoding::Percent) {
            text.push_str(&PERCENT.replace("KEPT", "").replace(" SPACE", ""));
        }
        if self.used.contains(&Encoding::Parameter) {
            let parameter = PERCENT.replace("percent()", "parameter()");
            text.push_str(&parameter.replace("KEPT", "*").replace(" SPACE", ""));
        }
        if self.used.contains(&Encoding::Form) {
            let form = PERCENT.replace("percent()", "form()").replace("._~KEPT", "._*");
            text.push_str(&form.replace("SPACE", "kept[\"20\"] = \"+\""));
        }
        if self.used.contains(&Encoding::Json) {
            text.push_str(JSON);
        }
        let _ = write!(text, "{}curl {}", self.before, self.list.join(" \\\n  "));
        text
    }

    fn word(&mut self, text: &str, encoding: Encoding) -> String {
        let pieces = self.placeholders.pieces(text);
        let mut word = String::new();
        for piece in &pieces {
            match piece {
                Piece::Text(text) => word.push_str(&quoted(text)),
                Piece::Secret(name) => {
                    let variable = self.variable(name);
                    let function = match encoding {
                        Encoding::Raw => None,
                        Encoding::Percent => Some("percent"),
                        Encoding::Parameter => Some("parameter"),
                        Encoding::Form => Some("form"),
                        Encoding::Json => Some("json"),
                    };
                    match function {
                        None => {
                            let _ = write!(word, "\"${variable}\"");
                        }
                        Some(function) => {
                            let _ = write!(word, "\"$({function} \"${variable}\")\"");
                        }
                    }
                    if encoding != Encoding::Raw && !self.used.contains(&encoding) {
                        self.used.push(encoding);
                    }
                }
            }
        }
        if word.is_empty() { "''".to_owned() } else { word }
    }

    /// The variable of a secret. A name that none can have is written with `_`, and that is said.
    fn variable(&mut self, name: &str) -> String {
        let plain: String = name.chars().map(|ch| if ch.is_ascii_alphanumeric() { ch } else { '_' }).collect();
        let variable = format!("CONDUCTOR_SECRET_{plain}");
        if plain != name {
            let note = format!("{variable} is the secret `{name}`");
            if !self.notes.contains(&note) {
                self.notes.push(note);
            }
        }
        variable
    }
}

/// A text as one word for `sh` that means the text itself.
#[must_use]
pub fn quoted(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./:=@%+,".contains(&byte);
    if !text.is_empty() && text.bytes().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(quoted(text), expected);
    }

    #[test]
    fn a_word_means_itself() {
        check("https://h/a", "https://h/a");
        check("https://h/?a=1&b", "'https://h/?a=1&b'");
        check("it's", "'it'\\''s'");
        check("a\n$b `c` \"d\" \\", "'a\n$b `c` \"d\" \\'");
        check("", "''");
        check("é", "'é'");
    }
}
