//! Exit codes: a promise to scripts, in one place.

use legwork::diagnostic::Diagnostic;
use std::process::ExitCode;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// The workflow completed, the test was accepted, or the command did what it was asked.
    Done,
    /// The workflow or the test ended otherwise, after something was sent or run.
    Failed,
    /// Nothing was sent: what the user wrote is wrong.
    Refused,
    /// The call that failed got no answer.
    NoAnswer,
    /// Nothing more can happen without something from outside.
    Waiting,
    /// Ctrl-C.
    Interrupted,
}

impl Exit {
    const ALL: &[(Exit, u8, &str)] = &[
        (Self::Done, 0, "completed, or the test was accepted; warnings never change it"),
        (Self::Failed, 1, "ended otherwise: FAILED, TERMINATED, TIMED_OUT, or an answer that is not accepted"),
        (Self::Refused, 2, "refused before anything was sent: definition, input, usage, secret"),
        (Self::NoAnswer, 3, "the failing call got no answer: network or time-out"),
        (Self::Waiting, 5, "waits for something from outside: printed as RUNNING or PAUSED"),
        (Self::Interrupted, 130, "interrupted"),
    ];

    /// The table that `--help` ends with.
    pub(crate) fn table() -> String {
        let rows = Self::ALL.iter().map(|(_, code, meaning)| format!("  {code:>3}  {meaning}\n"));
        format!("Exit codes:\n{}", rows.collect::<String>())
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Exit::ALL.iter().find(|(known, _, _)| *known == exit).map_or(Self::FAILURE, |(_, code, _)| Self::from(*code))
    }
}

/// Why a command stopped before its end.
#[derive(Debug)]
pub(crate) enum Stop {
    /// What the user wrote is wrong; nothing was sent.
    Refused(Vec<Diagnostic>),
    /// The machine did not play along: a full disk, no sockets.
    Broken(anyhow::Error),
}

impl From<Diagnostic> for Stop {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::Refused(vec![diagnostic])
    }
}

impl From<Box<Diagnostic>> for Stop {
    fn from(diagnostic: Box<Diagnostic>) -> Self {
        Self::Refused(vec![*diagnostic])
    }
}

impl From<Vec<Diagnostic>> for Stop {
    fn from(diagnostics: Vec<Diagnostic>) -> Self {
        Self::Refused(diagnostics)
    }
}

impl From<legwork::host::ReadError> for Stop {
    fn from(err: legwork::host::ReadError) -> Self {
        Self::from(Diagnostic::from(err))
    }
}

impl From<std::io::Error> for Stop {
    fn from(err: std::io::Error) -> Self {
        Self::Broken(err.into())
    }
}

/// What a command gives.
pub(crate) type Outcome = Result<Exit, Stop>;
