//! A runner for the arguments: where requests go, where secrets come from, and what Ctrl-C does.

use super::args::{Common, RecordingArgs};
use super::exit::{Exit, Outcome, Stop};
use super::load::Loaded;
use super::{log, recording};
use legwork::diagnostic::{Diagnostic, codes};
use legwork::host::ledger::{LedgerError, Place};
use legwork::http::limit::Limits;
use legwork::http::{TargetError, Transport};
use legwork::run::Runner;
use legwork::sandbox::{Fault, Sandbox};
use legwork::secret::{Secret, mask_userinfo};
use legwork::serve::{RemoteSandbox, SandboxTransport};
use legwork::setup;
pub(crate) use legwork::setup::Target;
use std::future::Future;
use std::sync::Arc;

/// What `--replay`, `--sandbox` and the environment ask for.
pub(crate) fn target_of_run(recording: &RecordingArgs, common: &Common, loaded: &Loaded) -> Target {
    recording.replay.clone().map_or_else(|| target(common, loaded), Target::Replay)
}

/// What `--sandbox` and the environment ask for.
pub(crate) fn target(common: &Common, loaded: &Loaded) -> Target {
    match common.sandbox.as_deref() {
        Some("") => Target::Sandbox,
        Some(url) => Target::SandboxAt(url.to_owned()),
        None if loaded.environment.sandbox => Target::Sandbox,
        None => Target::Live,
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
            let client = setup::client(&loaded.environment.network, &loaded.redactor())?;
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

/// The runner with the ledger that is asked for, by flag or environment.
pub(crate) fn with_ledger(
    runner: Runner,
    place: Option<&Place>,
    target: &Target,
    loaded: &Loaded,
) -> Result<Runner, Stop> {
    Ok(setup::with_ledger(runner, place, target, &loaded.environment.network)?)
}

/// A ledger that cannot be used, before anything was sent.
pub(crate) fn ledger_unusable(err: &LedgerError) -> Stop {
    setup::ledger_unusable(err).into()
}

fn no_sandbox(url: &str, err: TargetError) -> Stop {
    let diagnostic =
        Diagnostic::new(codes::E0702, format!("--sandbox={} is not the URL of a sandbox: {err}", mask_userinfo(url)));
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
