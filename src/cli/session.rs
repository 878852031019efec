//! A runner for the arguments: where requests go, where secrets come from, and what Ctrl-C does.

use super::args::{Common, RecordingArgs};
use super::exit::{Exit, Outcome, Stop};
use super::load::Loaded;
use super::{log, network, recording};
use legwork::diagnostic::{Diagnostic, codes};
use legwork::host::ledger::{Ledger, LedgerError};
use legwork::http::limit::Limits;
use legwork::http::{TargetError, Transport};
use legwork::run::Runner;
use legwork::sandbox::{Fault, Sandbox};
use legwork::secret::Secret;
use legwork::serve::{RemoteSandbox, SandboxTransport};
use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where requests go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// To the hosts that they name.
    Live,
    /// To the sandbox in this process.
    Sandbox,
    /// To a sandbox that is running somewhere.
    SandboxAt(String),
    /// A dry run: they are only shown.
    Nowhere,
    /// To the recordings in a folder.
    Replay(PathBuf),
}

impl Target {
    /// What `--replay`, `--sandbox` and the environment ask for.
    pub(crate) fn of_run(recording: &RecordingArgs, common: &Common, loaded: &Loaded) -> Self {
        recording.replay.clone().map_or_else(|| Self::of(common, loaded), Self::Replay)
    }

    /// What `--sandbox` and the environment ask for.
    pub(crate) fn of(common: &Common, loaded: &Loaded) -> Self {
        match common.sandbox.as_deref() {
            Some("") => Self::Sandbox,
            Some(url) => Self::SandboxAt(url.to_owned()),
            None if loaded.environment.sandbox => Self::Sandbox,
            None => Self::Live,
        }
    }
}

/// A runner that sends to the target. In a sandbox it fails as the faults say.
pub(crate) fn runner(loaded: &Loaded, target: &Target, faults: Vec<Fault>) -> Result<Runner, Stop> {
    let mut secrets = loaded.secrets.clone();
    if *target != Target::Live {
        secrets = secrets.with_stand_in(Secret::new(Sandbox::token()));
    }
    let transport: Arc<dyn Transport> = match target {
        Target::Live | Target::Nowhere => {
            let client = network::client(&loaded.environment.network, &loaded.redactor())?;
            log::propagating(Arc::new(client))?
        }
        Target::Replay(folder) => recording::replay(folder, &loaded.redactor())?,
        Target::SandboxAt(url) => Arc::new(RemoteSandbox::new(url).map_err(|err| no_sandbox(url, err))?),
        Target::Sandbox => {
            let mut sandbox = Sandbox::new(&loaded.catalogue, 0);
            for fault in faults {
                sandbox.fail(fault);
            }
            Arc::new(SandboxTransport::new(sandbox))
        }
    };
    let limits = Limits::on_plan(loaded.environment.rate_plan.as_deref());
    Ok(Runner::new(transport, Arc::new(secrets), loaded.redactor()).limits(Arc::new(limits)))
}

/// The runner with the ledger that is asked for, by flag or environment. A sandbox's bindings are its own: no call to the real API
/// ever finds them.
pub(crate) fn with_ledger(runner: Runner, file: Option<&Path>, target: &Target) -> Result<Runner, Stop> {
    let Some(file) = file.filter(|_| *target != Target::Nowhere) else { return Ok(runner) };
    let ledger = Ledger::open(file).map_err(|err| ledger_unusable(&err))?;
    Ok(runner.ledger(match target {
        Target::Live | Target::Nowhere => ledger,
        Target::Sandbox => ledger.in_realm("sandbox "),
        Target::Replay(_) => ledger.in_realm("replay "),
        Target::SandboxAt(url) => ledger.in_realm(&format!("sandbox {url} ")),
    }))
}

/// A ledger that cannot be used, before anything was sent.
pub(crate) fn ledger_unusable(err: &LedgerError) -> Stop {
    Diagnostic::new(codes::E0636, err.to_string()).help(err.help()).into()
}

fn no_sandbox(url: &str, err: TargetError) -> Stop {
    let diagnostic = Diagnostic::new(codes::E0702, format!("--sandbox={url} is not the URL of a sandbox: {err}"));
    diagnostic.help("write it as `legwork sandbox` prints it: --sandbox=http://127.0.0.1:8080").into()
}

/// Runs a future on a runtime of this thread, until it ends or Ctrl-C comes.
pub(crate) fn block_on(future: impl Future<Output = Outcome>) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        // Ctrl-C is looked for first, so that it is heard from the first moment on.
        tokio::select! {
            biased;
            pressed = tokio::signal::ctrl_c() => pressed.map(|()| Exit::Interrupted).map_err(Stop::from),
            outcome = future => outcome,
        }
    })
}
