//! Runs a program for what it prints, without a shell and with a time-out.

use crate::secret::Secret;
use std::io::{self, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

/// The most bytes that are taken of what a program prints.
const MAX_BYTES: u64 = 1 << 20;
/// How often a program that has closed its output is asked whether it has ended.
const PAUSE: Duration = Duration::from_millis(5);

/// Why a program did not print what it was started for. Only the program is named: its arguments and all it prints may be secret.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// It could not be started.
    #[error("`{program}` cannot be started")]
    NotStarted {
        /// The program.
        program: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// It ended with a failure.
    #[error("`{program}` ended with {status}")]
    Ended {
        /// The program.
        program: String,
        /// How it ended.
        status: String,
    },
    /// It took too long, and was ended.
    #[error("`{program}` took more than {} s", limit.as_secs_f64())]
    TimedOut {
        /// The program.
        program: String,
        /// How long it may take.
        limit: Duration,
    },
    /// What it printed is not text, or too long.
    #[error("`{program}` did not print a text of at most {} KiB", MAX_BYTES >> 10)]
    NotText {
        /// The program.
        program: String,
    },
}

impl CommandError {
    /// What can be done about it, in one sentence.
    #[must_use]
    pub fn help(&self) -> String {
        let by_hand =
            "run it by hand to see what it says: its own words are not shown here, as they may hold the secret";
        match self {
            Self::NotStarted { source, .. } => {
                format!("the system says: {source}; no shell is started, so name a program")
            }
            Self::Ended { .. } => by_hand.to_owned(),
            Self::TimedOut { .. } => format!("{by_hand}; it cannot ask anything, as its input is empty"),
            Self::NotText { .. } => "have it print the secret and nothing else".to_owned(),
        }
    }
}

/// What the program prints on standard output. Its input is empty, and what it prints on standard error is thrown away.
pub(super) fn output(words: &[String], limit: Duration) -> Result<Secret, CommandError> {
    let Some((program, arguments)) = words.split_first() else {
        let source = io::Error::from(io::ErrorKind::InvalidInput);
        return Err(CommandError::NotStarted { program: String::new(), source });
    };
    let name = || program.clone();
    let started = Instant::now();
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(|source| CommandError::NotStarted { program: name(), source })?;
    let printed = match printed(&mut child, limit) {
        Ok(printed) if has_ended(&mut child, started, limit) => printed,
        _ => {
            // It may have ended by itself just now.
            let _ = child.kill().and_then(|()| child.wait());
            return Err(CommandError::TimedOut { program: name(), limit });
        }
    };
    let status = child.wait().map_err(|source| CommandError::NotStarted { program: name(), source })?;
    if !status.success() {
        return Err(CommandError::Ended { program: name(), status: status.to_string() });
    }
    printed.ok_or_else(|| CommandError::NotText { program: name() })
}

/// What comes from its output until that is closed; `None` when it is no text, an error when that takes too long.
fn printed(child: &mut Child, limit: Duration) -> Result<Option<Secret>, RecvTimeoutError> {
    let Some(output) = child.stdout.take() else { return Ok(None) };
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut text = String::new();
        let read = output.take(MAX_BYTES + 1).read_to_string(&mut text);
        let is_whole = read.is_ok_and(|count| count as u64 <= MAX_BYTES);
        // Nobody waits any more when the time is over.
        let _ = sender.send(is_whole.then(|| Secret::new(text)));
    });
    receiver.recv_timeout(limit)
}

fn has_ended(child: &mut Child, started: Instant, limit: Duration) -> bool {
    loop {
        match child.try_wait() {
            Ok(None) if started.elapsed() < limit => std::thread::sleep(PAUSE),
            Ok(None) => return false,
            Ok(Some(_)) | Err(_) => return true,
        }
    }
}

/// The words of a line: `'…'` as it is; in `"…"` and bare words `\` takes the next character as it is. `None` when a quote is not closed.
pub(super) fn words(line: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut chars = line.chars();
    while let Some(ch) = chars.next() {
        match (ch, quote) {
            ('\'' | '"', None) => {
                quote = Some(ch);
                word.get_or_insert_default();
            }
            (ch, Some(open)) if ch == open => quote = None,
            ('\\', None | Some('"')) => word.get_or_insert_default().push(chars.next()?),
            (ch, None) if ch.is_whitespace() => words.extend(word.take()),
            (ch, _) => word.get_or_insert_default().push(ch),
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, expected: Option<&[&str]>) {
        let expected = expected.map(|words| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
        assert_eq!(words(line), expected, "{line}");
    }

    #[test]
    fn a_line_is_split_as_a_shell_would() {
        check("", Some(&[]));
        check("  op  read x ", Some(&["op", "read", "x"]));
        check("a 'b c' \"d \\\" e\" f\\ g ''", Some(&["a", "b c", "d \" e", "f g", ""]));
        check("'$HOME' `id` a;b", Some(&["$HOME", "`id`", "a;b"]));
        check("a 'b", None);
        check("a \\", None);
    }

    fn told(line: &str, limit_ms: u64) -> Result<String, String> {
        let printed = output(&words(line).expect("words"), Duration::from_millis(limit_ms));
        printed.map(|secret| secret.expose().to_owned()).map_err(|err| err.to_string())
    }

    #[test]
    fn what_a_program_prints_is_taken_and_nothing_else() {
        assert_eq!(told("printf a-token", 10_000), Ok("a-token".to_owned()));
        assert_eq!(
            told("sh -c 'echo hush >&2; echo out; exit 3'", 10_000),
            Err("`sh` ended with exit status: 3".to_owned())
        );
        assert_eq!(
            told("legwork-surely-not-there", 10_000),
            Err("`legwork-surely-not-there` cannot be started".to_owned())
        );
        assert!(told("printf '\\377'", 10_000).is_err_and(|err| err.contains("did not print a text")));
        // It reads nothing from this process.
        assert_eq!(told("cat", 10_000), Ok(String::new()));
    }

    #[test]
    fn a_program_that_takes_too_long_is_ended() {
        assert_eq!(told("sleep 60", 50), Err("`sleep` took more than 0.05 s".to_owned()));
        assert_eq!(told("sh -c 'exec 1>&-; sleep 60'", 50), Err("`sh` took more than 0.05 s".to_owned()));
    }
}
