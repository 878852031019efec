//! The ledger of an environment.

use super::Target;
use crate::diagnostic::{Diagnostic, codes};
use crate::host::ledger::{Ledger, LedgerError};
use crate::run::Runner;
use std::path::Path;

/// The runner with the ledger in a file, if one is asked for. A sandbox's bindings are its own: no call to the real API ever
/// finds them.
///
/// # Errors
/// When the file is no ledger, or cannot be used.
pub fn with_ledger(runner: Runner, file: Option<&Path>, target: &Target) -> Result<Runner, LedgerError> {
    let Some(file) = file.filter(|_| *target != Target::Nowhere) else { return Ok(runner) };
    let ledger = Ledger::open(file)?;
    Ok(runner.ledger(match target {
        Target::Live | Target::Nowhere => ledger,
        Target::Sandbox => ledger.in_realm("sandbox "),
        Target::Replay(_) => ledger.in_realm("replay "),
        Target::SandboxAt(url) => ledger.in_realm(&format!("sandbox {url} ")),
    }))
}

/// A ledger that cannot be used, before anything was sent.
#[must_use]
pub fn ledger_unusable(err: &LedgerError) -> Diagnostic {
    Diagnostic::new(codes::E0636, err.to_string()).help(err.help())
}
