//! The command line: reads arguments, calls the library, renders what comes back.
//!
//! Data goes to standard output, all else to standard error. Start with [`commands::run`].

mod args;
mod commands;
#[cfg(feature = "journal")]
mod durable;
#[path = "without_journal.rs"]
#[cfg(not(feature = "journal"))]
mod durable;
mod exit;
mod html;
#[cfg(feature = "test-workflow")]
mod junit;
#[path = "without_junit.rs"]
#[cfg(not(feature = "test-workflow"))]
mod junit;
mod live;
mod load;
#[cfg(feature = "log")]
mod log;
#[path = "without_log.rs"]
#[cfg(not(feature = "log"))]
mod log;
mod network;
mod out;
mod page;
mod plain;
#[cfg(feature = "import")]
mod progress;
#[cfg(feature = "record")]
mod recording;
#[path = "without_record.rs"]
#[cfg(not(feature = "record"))]
mod recording;
mod render;
mod reveal;
mod session;
#[cfg(feature = "author")]
mod shelf;
#[path = "without_shelf.rs"]
#[cfg(not(feature = "author"))]
mod shelf;

use clap::Parser;
use exit::{Exit, Stop};
use std::process::ExitCode;

/// Runs the command that the arguments name.
pub(crate) fn main() -> ExitCode {
    out::mask_panics();
    let arguments = args::Arguments::parse();
    let output = arguments.command.output();
    let outcome = log::begin(&arguments.log).and_then(|_exporter| commands::run(&arguments.command));
    let exit = match outcome {
        Ok(exit) => exit,
        Err(Stop::Refused(diagnostics)) => render::refused(&diagnostics, output),
        Err(Stop::Broken(err)) => render::broken(&err),
    };
    if exit != Exit::Interrupted {
        shelf::finish();
    }
    exit.into()
}
