//! Where a secret comes from when it is in no env file: a variable, a file, standard input, or what a program prints.

use super::command::{self, CommandError};
use super::read::{ReadError, load_text};
use crate::diagnostic::{Diagnostic, codes};
use crate::secret::Secret;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How long a program may take to print a secret, unless told.
const TIME_OUT: Duration = Duration::from_secs(30);

/// Where a secret comes from. It is read when it is first needed, and once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SecretSource {
    /// A variable of the process environment.
    Variable(String),
    /// A text file; the line end at its end does not count.
    File(PathBuf),
    /// What a program prints on standard output. No shell is started; what it prints on standard error is shown to nobody.
    Command {
        /// The program and its arguments.
        words: Vec<String>,
        /// How long it may take.
        time_out: Duration,
    },
    /// Standard input, to its end.
    StandardInput,
}

/// Why a secret could not be read. No message holds anything of it.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The variable is not set, or not text.
    #[error("the variable {0} is not set")]
    Variable(String),
    /// The file could not be read.
    #[error(transparent)]
    File(#[from] ReadError),
    /// The program did not print it.
    #[error(transparent)]
    Command(#[from] CommandError),
    /// There is nothing in it.
    #[error("it is empty")]
    Empty,
}

impl SecretSource {
    /// A program with its arguments and the usual time-out.
    #[must_use]
    pub fn command(words: Vec<String>) -> Self {
        Self::Command { words, time_out: TIME_OUT }
    }

    /// Whether a program is started for it.
    #[must_use]
    pub fn is_command(&self) -> bool {
        matches!(self, Self::Command { .. })
    }

    /// The value of `--secret`: `NAME=@FILE` or `NAME=-`.
    ///
    /// # Errors
    /// `E0641` when it is something else. The message does not repeat it: it may be the secret itself.
    pub fn parse(text: &str) -> Result<(String, Self), Box<Diagnostic>> {
        let help = "write NAME=@FILE, or NAME=- for standard input; for a program there is --secret-command";
        let (name, source) = named(text, "--secret", help)?;
        match (source, source.strip_prefix('@')) {
            ("-", _) => Ok((name, Self::StandardInput)),
            (_, Some(path)) if !path.is_empty() => Ok((name, Self::File(PathBuf::from(path)))),
            _ => {
                let message = format!("the source of the secret `{name}` is neither @FILE nor -");
                let why = "a value does not belong on a command line, where other users and the shell's history see it";
                Err(Box::new(Diagnostic::new(codes::E0641, message).help(format!("{help}; {why}"))))
            }
        }
    }

    /// The value of `--secret-command`: `NAME=PROGRAM ARGUMENT…`, words as in a shell: `'…'` as it is, `"…"` and `\` too.
    ///
    /// # Errors
    /// `E0641` when no program is named, or a quote is not closed.
    pub fn parse_command(text: &str) -> Result<(String, Self), Box<Diagnostic>> {
        let help =
            "write NAME=PROGRAM ARGUMENT…, as in --secret-command 'zoom_client_secret=op read op://vault/zoom/secret'";
        let (name, line) = named(text, "--secret-command", help)?;
        match command::words(line) {
            Some(words) if !words.is_empty() => Ok((name, Self::command(words))),
            Some(_) => Err(unclear(&format!("no program is named that prints the secret `{name}`"), help)),
            None => Err(unclear(&format!("a quote is not closed in the command for the secret `{name}`"), help)),
        }
    }

    /// The secret, without the line end at its end.
    ///
    /// # Errors
    /// [`SecretError`].
    pub fn read(&self) -> Result<Secret, SecretError> {
        let text = match self {
            Self::Variable(name) => Secret::new(std::env::var(name).map_err(|_| SecretError::Variable(name.clone()))?),
            Self::File(path) => Secret::new(load_text(path)?),
            Self::Command { words, time_out } => command::output(words, *time_out)?,
            Self::StandardInput => standard_input()?,
        };
        let own = text.expose();
        let own = own.strip_suffix('\n').map_or(own, |own| own.strip_suffix('\r').unwrap_or(own));
        if own.is_empty() { Err(SecretError::Empty) } else { Ok(Secret::new(own)) }
    }

    /// The same with a path that counts from the current folder made absolute, so that it is found from another one.
    #[must_use]
    pub fn absolute(self) -> Self {
        match self {
            Self::File(path) => Self::File(std::path::absolute(&path).unwrap_or(path)),
            other => other,
        }
    }
}

impl SecretError {
    /// What can be done about it, in one sentence.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            Self::Variable(name) => format!("set {name} in the environment of this process"),
            Self::File(err) => err.help(),
            Self::Command(err) => err.help(),
            Self::Empty => "give it a value, or take its source away".to_owned(),
        }
    }

    /// `E0642` for the secret of that name.
    #[must_use]
    pub fn diagnostic(&self, name: &str) -> Diagnostic {
        Diagnostic::new(codes::E0642, format!("the secret `{name}` cannot be read: {self}")).help(self.help())
    }
}

/// Standard input, which can be read only once.
fn standard_input() -> Result<Secret, SecretError> {
    static READ: Mutex<Option<Secret>> = Mutex::new(None);
    let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(secret) = &*read {
        return Ok(secret.clone());
    }
    let secret = Secret::new(load_text(Path::new("-"))?);
    *read = Some(secret.clone());
    Ok(secret)
}

fn named<'t>(text: &'t str, flag: &str, help: &str) -> Result<(String, &'t str), Box<Diagnostic>> {
    let fits = |name: &str| !name.is_empty() && name.chars().all(|ch| ch.is_alphanumeric() || "_-.".contains(ch));
    match text.split_once('=') {
        Some((name, source)) if fits(name) => Ok((name.to_owned(), source)),
        _ => Err(unclear(&format!("the value of {flag} does not start with NAME="), help)),
    }
}

fn unclear(message: &str, help: &str) -> Box<Diagnostic> {
    Box::new(Diagnostic::new(codes::E0641, message).help(help))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<(&str, SecretSource), &str>) {
        let got = SecretSource::parse(text).map_err(|problem| problem.message);
        assert_eq!(got, expected.map(|(name, source)| (name.to_owned(), source)).map_err(str::to_owned), "{text}");
    }

    #[test]
    fn a_source_is_a_file_or_standard_input_and_never_the_value() {
        check("t=-", Ok(("t", SecretSource::StandardInput)));
        check("t=@a/b.txt", Ok(("t", SecretSource::File("a/b.txt".into()))));
        check("t=hunter2!", Err("the source of the secret `t` is neither @FILE nor -"));
        check("t=@", Err("the source of the secret `t` is neither @FILE nor -"));
        check("hunter2!", Err("the value of --secret does not start with NAME="));
        check("=-", Err("the value of --secret does not start with NAME="));
    }

    #[test]
    fn a_command_is_split_into_words() {
        let words = |text: &str| match SecretSource::parse_command(text).map_err(|problem| problem.message) {
            Ok((_, SecretSource::Command { words, .. })) => words.join("|"),
            other => format!("{other:?}"),
        };
        assert_eq!(words("t=op read 'op://a b/c'"), "op|read|op://a b/c");
        assert!(words("t=").contains("no program is named"), "{}", words("t="));
        assert!(words("t=op 'a").contains("a quote is not closed"));
    }

    #[test]
    fn a_file_is_read_without_its_line_end() {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let path = folder.path().join("token");
        let read = |text: &str| {
            std::fs::write(&path, text).expect("a scratch file");
            SecretSource::File(path.clone())
                .read()
                .map(|secret| secret.expose().to_owned())
                .map_err(|err| err.to_string())
        };
        assert_eq!(read("a-token\r\n"), Ok("a-token".to_owned()));
        assert_eq!(read("two\nlines\n\n"), Ok("two\nlines\n".to_owned()));
        assert_eq!(read("\n"), Err("it is empty".to_owned()));
        assert!(matches!(
            SecretSource::Variable("LEGWORK_SURELY_NOT_SET".into()).read(),
            Err(SecretError::Variable(_))
        ));
    }
}
