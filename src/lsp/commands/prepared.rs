//! Everything that a task of a document is tested with: the same as `legwork test` takes.

use super::{Desk, Given, failed};
use crate::catalogue::Catalogue;
use crate::decide::Start;
use crate::diagnostic::Diagnostic;
use crate::editor::Snapshot;
use crate::http::Transport;
use crate::http::limit::Limits;
use crate::lsp::home::Home;
use crate::lsp::protocol::ResponseError;
use crate::lsp::view::View;
use crate::plan::{NodeId, Plan};
use crate::run::{self, Runner, TestRequest};
use crate::sandbox::Sandbox;
use crate::secret::{Redactor, Secret};
use crate::serve::SandboxTransport;
use crate::setup::{self, Target, refusals, secrets};
use serde_json::Value;
use std::sync::Arc;

/// A task of a document, and what is around it.
pub(super) struct Asked {
    /// The document.
    pub(super) view: View,
    /// What is around it: of the environment that was asked for.
    pub(super) home: Arc<Home>,
    /// The text, read with that.
    pub(super) snapshot: Snapshot,
    /// The task's reference name.
    pub(super) task: String,
}

/// What is sent, or shown.
pub(super) struct Prepared {
    /// The checked definition.
    pub(super) plan: Arc<Plan>,
    /// The task in it.
    pub(super) node: NodeId,
    /// What is to be said, though it stops nothing.
    pub(super) notes: Vec<Diagnostic>,
    /// Where it goes.
    pub(super) target: Target,
    /// What is tested, and with which inputs.
    pub(super) test: TestRequest,
}

impl Asked {
    /// The task that a command is about.
    pub(super) fn of(given: &Given, desk: &Desk) -> Result<Self, ResponseError> {
        let view = given.view().ok_or_else(|| failed("no workflow definition is open"))?.clone();
        let task =
            given.task(&view).ok_or_else(|| failed("no task that sends a request is there: name one with `task`"))?;
        let own = Arc::clone(&view.document.home);
        let (home, snapshot) = match &given.env {
            Some(env) if own.env.as_ref() != Some(env) => {
                let home = desk.shared.workspace.home_in(&view.document.uri, env);
                let snapshot = Snapshot::new(view.document.file.clone(), &home.whole_library(), home.known(), None);
                (home, snapshot)
            }
            // What is sent is sent with everything that is said of it.
            _ if own.is_partial() => {
                let snapshot = Snapshot::new(view.document.file.clone(), &own.whole_library(), own.known(), None);
                (own, snapshot)
            }
            _ => (own, view.snapshot()),
        };
        Ok(Self { view, home, snapshot, task })
    }

    /// Where a request goes that is to be sent.
    pub(super) fn target(&self, sandbox: bool) -> Target {
        match (self.home.trusted, sandbox || self.home.environment.sandbox) {
            (false, _) => Target::Nowhere,
            (true, true) => Target::Sandbox,
            (true, false) => Target::Live,
        }
    }

    /// Plans it. What is wrong comes back as it does from `legwork test`.
    pub(super) fn prepare(&self, target: Target, given: Vec<(String, Value)>) -> Result<Prepared, Vec<Diagnostic>> {
        if self.home.all_problems().any(Diagnostic::is_error) {
            return Err(self.home.all_problems().cloned().collect());
        }
        let planned = self.snapshot.planned();
        let Some(plan) = planned.plan.clone() else { return Err(planned.diagnostics.clone()) };
        let mut notes = planned.diagnostics.clone();
        let node = run::target(&plan, Some(&self.task)).map_err(|err| vec![refusals::unclear(&err, &plan)])?;
        notes.extend(secrets::check(&plan, Some(node), &self.home.secrets, &target)?);
        let env = Arc::new(self.home.env_file.env_values());
        let known = given.into_iter().filter(|(name, _)| plan.find(name).is_some());
        let test = TestRequest {
            reference_name: Some(self.task.clone()),
            start: Start { env, ..Start::with_input(self.home.input.clone()) },
            given: known.collect(),
            use_example: target != Target::Live,
            send: target != Target::Nowhere,
        };
        Ok(Prepared { plan, node, notes, target, test })
    }

    /// What sends it.
    pub(super) fn runner(&self, target: &Target, redactor: &Redactor) -> Result<Runner, Vec<Diagnostic>> {
        let environment = &self.home.environment;
        let mut secrets = self.home.secrets.clone();
        if *target != Target::Live {
            secrets = secrets.with_stand_in(Secret::new(Sandbox::token()));
        }
        let transport = transport(target, self.snapshot.catalogue(), &self.home, redactor)?;
        let limits = Limits::on_plan(environment.rate_plan.as_deref());
        let runner = Runner::new(transport, Arc::new(secrets), redactor.clone()).limits(Arc::new(limits));
        let runner = setup::with_ledger(runner, environment.ledger.as_ref(), target, &environment.network);
        runner.map_err(|problem| vec![*problem])
    }
}

fn transport(
    target: &Target,
    catalogue: &Catalogue,
    home: &Home,
    redactor: &Redactor,
) -> Result<Arc<dyn Transport>, Vec<Diagnostic>> {
    Ok(match target {
        Target::Sandbox => Arc::new(SandboxTransport::new(Sandbox::new(catalogue, 0))),
        _ => Arc::new(setup::client(&home.environment.network, redactor).map_err(|problem| vec![*problem])?),
    })
}
