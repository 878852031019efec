//! `curl …`: the calls that it makes. Source: curl's manual page, curl.se/docs/manpage.html.

mod build;
mod form;
mod options;

use super::call::{Call, variable};
use super::shell::{self, Command, Piece, Word};
use options::{Arguments, Given};

/// Gives the text of a file that a command names.
pub(super) type ReadText<'r> = dyn FnMut(&str) -> Result<String, String> + 'r;

/// The calls of a script, and why some of its commands give none.
pub(super) fn calls(script: &str, read: &mut ReadText<'_>) -> (Vec<Call>, Vec<String>) {
    let script = if script.trim_start().starts_with("$ ") { &script.replacen("$ ", "", 1) } else { script };
    let commands = shell::commands(script);
    let (mut calls, mut problems) = (Vec::new(), Vec::new());
    for (index, command) in commands.iter().enumerate() {
        let Some(words) = of_curl(command) else { continue };
        let input = Input::of(commands.get(..=index).unwrap_or_default(), read);
        let mut losses = Vec::new();
        for given in Arguments::read(words, &mut losses) {
            match build::calls(&given, &input, read) {
                Ok(made) => calls.extend(made.into_iter().map(|mut call| {
                    call.losses.splice(0..0, losses.iter().cloned());
                    call
                })),
                Err(problem) => problems.push(problem),
            }
        }
    }
    (calls, problems)
}

/// The arguments, when the command is curl.
fn of_curl(command: &Command) -> Option<Vec<String>> {
    let mut words = command.words.iter().map(text);
    loop {
        let word = words.next()?;
        let name = word.rsplit(['/', '\\']).next().unwrap_or_default();
        match name {
            "curl" | "curl.exe" => return Some(words.collect()),
            // `VAR=value curl`, `time curl`, `sudo curl`, `{ curl`, `if curl`.
            "sudo" | "time" | "exec" | "command" | "env" | "{" | "if" | "while" | "!" | "then" | "do" | "else"
            | "$" => {}
            _ if name.contains('=') => {}
            _ => return None,
        }
    }
}

/// The word with its variables.
fn text(word: &Word) -> String {
    let shown = |piece: &Piece| match piece {
        Piece::Text(text) => text.clone(),
        Piece::Variable(name) => variable(name),
    };
    word.0.iter().map(shown).collect()
}

/// What a command reads from its standard input.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) enum Input {
    #[default]
    Nothing,
    Text(String),
    /// A file, packed on its way or not.
    File(String, bool),
    /// A text that a program packs.
    Packed(String),
}

impl Input {
    /// The input of the last one of these commands.
    fn of(commands: &[Command], read: &mut ReadText<'_>) -> Self {
        let Some((last, before)) = commands.split_last() else { return Self::Nothing };
        if let Some(word) = &last.from_text {
            return Self::Text(text(word));
        }
        if let Some(word) = &last.from_file {
            return Self::File(text(word), false);
        }
        if !last.piped {
            return Self::Nothing;
        }
        let words: Vec<String> =
            before.last().map(|command| command.words.iter().map(text).collect()).unwrap_or_default();
        let arguments = words.get(1..).unwrap_or_default();
        match words.first().map(String::as_str) {
            Some("printf") => printed(arguments),
            Some("echo") => {
                let (line_end, arguments) = match arguments.split_first() {
                    Some((first, rest)) if first == "-n" => ("", rest),
                    _ => ("\n", arguments),
                };
                Self::Text(format!("{}{line_end}", arguments.join(" ")))
            }
            Some("cat") => match (arguments, Self::of(before, read)) {
                ([], input) => input,
                ([path], _) => Self::File(path.clone(), false),
                (paths, _) => Self::Text(paths.iter().filter_map(|path| read(path).ok()).collect()),
            },
            Some("gzip") => match (arguments.iter().find(|word| !word.starts_with('-')), Self::of(before, read)) {
                (Some(path), _) => Self::File(path.clone(), true),
                (None, Self::File(path, _)) => Self::File(path, true),
                (None, Self::Text(text)) => Self::Packed(text),
                (None, other) => other,
            },
            Some("base64") => match Self::of(before, read) {
                Self::Text(encoded) => unpacked(&encoded),
                other => other,
            },
            _ => Self::Nothing,
        }
    }
}

fn printed(arguments: &[String]) -> Input {
    match arguments {
        [form, text] if form == "%s" => Input::Text(text.clone()),
        [form, text] if form == "%s\\n" => Input::Text(format!("{text}\n")),
        [text] => Input::Text(text.replace("\\n", "\n").replace("%%", "%")),
        _ => Input::Nothing,
    }
}

/// What `base64 -d` gives, when it is text.
fn unpacked(encoded: &str) -> Input {
    use base64::Engine;
    use base64::prelude::BASE64_STANDARD;
    let bytes = BASE64_STANDARD.decode(encoded.trim()).ok();
    bytes.and_then(|bytes| String::from_utf8(bytes).ok()).map_or(Input::Nothing, Input::Text)
}

impl Given {
    /// The last value of an option.
    fn last(&self, name: &str) -> Option<&str> {
        self.options.iter().rev().find(|(known, _)| *known == name).and_then(|(_, value)| value.as_deref())
    }

    fn has(&self, name: &str) -> bool {
        self.options.iter().any(|(known, _)| *known == name)
    }

    fn all<'g>(&'g self, name: &'g str) -> impl Iterator<Item = &'g str> {
        self.options.iter().filter(move |(known, _)| *known == name).filter_map(|(_, value)| value.as_deref())
    }
}
