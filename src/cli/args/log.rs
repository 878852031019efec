//! What is told while calls are made.

use clap::{Args, ValueEnum};

const LOG: &str = "\
Tell on standard error what happens: error, warn, info, debug, trace or off, or directives such as legwork::http=debug,legwork::limit=info

Runs, tasks and requests are spans; retries, waits for limits, breakers, refusals of the egress guard and new tokens are events. What is told is masked. \
Targets are legwork::run, legwork::http, legwork::limit, legwork::auth and legwork::worker; a level alone is for all of them, and for no other crate.";

/// What is told while calls are made, whatever the command.
#[derive(Debug, Args)]
#[command(next_help_heading = "Log")]
pub(crate) struct LogArgs {
    /// Tell on standard error what happens: error, warn, info, debug, trace or off, or directives
    #[arg(long, value_name = "LEVEL", env = "LEGWORK_LOG", global = true, long_help = LOG)]
    pub(crate) log: Option<String>,
    /// The form of what --log tells
    #[arg(long, value_enum, value_name = "FORM", default_value = "text", global = true)]
    pub(crate) log_format: LogFormat,
}

/// The form of what is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// A line for people.
    Text,
    /// A JSON object a line.
    Json,
}

impl LogArgs {
    /// What was asked for; an empty variable asks for nothing.
    pub(crate) fn asked(&self) -> Option<&str> {
        self.log.as_deref().map(str::trim).filter(|asked| !asked.is_empty())
    }
}
