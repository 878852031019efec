//! What a journal keeps of the arguments, so that the same runner can be made again.

use crate::cli::args::RunArgs;
use crate::cli::exit::Stop;
use crate::cli::load::{self, Loaded};
use crate::cli::session::{self, Target};
use legwork::catalogue::Auth;
use legwork::definition::Dialect;
use legwork::host::ledger::Place;
use legwork::host::{Network, SecretSource};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// What a kept text is to the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// The definition that is run.
    Workflow,
    /// A file of `--task-definitions`.
    TaskDefinitions,
    /// A definition of `--workflows`.
    Library,
}

impl Role {
    /// The word in the journal.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Workflow => "workflow",
            Self::TaskDefinitions => "task definitions",
            Self::Library => "library",
        }
    }
}

/// The arguments of a run, but for its input and its secrets.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Settings {
    /// `--compat conductor`.
    pub(super) conductor: bool,
    /// The environment's base URL.
    pub(super) server: Option<String>,
    /// `--sandbox`, empty for the one in the process.
    pub(super) sandbox: Option<String>,
    /// `--fault`.
    pub(super) faults: Vec<String>,
    /// Where the secrets were.
    pub(super) env_file: Option<PathBuf>,
    /// The environment's plan.
    pub(super) rate_plan: Option<String>,
    /// Where the ledger is, without a password.
    pub(super) ledger: Option<String>,
    /// Where other secrets were; standard input is read once only.
    pub(super) given_secrets: BTreeMap<String, SecretSource>,
    /// The same of `legwork.toml`.
    pub(super) secrets: BTreeMap<String, SecretSource>,
    /// Credentials of `legwork.toml`.
    pub(super) auth: BTreeMap<String, Auth>,
    /// `--worker-answers`.
    pub(super) worker_answers: Option<Value>,
    /// `--signals`.
    pub(super) signals: Option<Value>,
    /// How the network is reached, but for the proxy, which may hold a password.
    pub(super) network: Network,
}

impl Settings {
    /// What the arguments of a run say.
    pub(super) fn of(args: &RunArgs, loaded: &Loaded) -> Result<Self, Stop> {
        let common = &args.common;
        let env_file = load::env_file_path(common, &loaded.environment);
        Ok(Self {
            conductor: loaded.dialect == Dialect::Conductor,
            server: loaded.environment.server.clone(),
            sandbox: match session::target(common, loaded) {
                Target::Sandbox => Some(String::new()),
                Target::SandboxAt(url) => Some(url),
                Target::Live | Target::Nowhere | Target::Replay(_) => None,
            },
            faults: common.fault.clone(),
            env_file: env_file.map(std::path::absolute).transpose()?,
            rate_plan: loaded.environment.rate_plan.clone(),
            ledger: args.ledger.as_ref().or(loaded.environment.ledger.as_ref()).map(Place::kept).transpose()?,
            given_secrets: absolute_sources(&loaded.environment.given_secrets),
            secrets: absolute_sources(&loaded.environment.secrets),
            auth: loaded.environment.auth.clone(),
            worker_answers: args.worker_answers.as_deref().map(load::data).transpose()?,
            signals: args.signals.as_deref().map(load::data).transpose()?,
            network: absolute(loaded.environment.network.clone())?,
        })
    }

    /// Whose behaviour the run has.
    pub(super) fn dialect(&self) -> Dialect {
        if self.conductor { Dialect::Conductor } else { Dialect::Legwork }
    }

    /// Where its requests go.
    pub(super) fn target(&self) -> Target {
        match self.sandbox.as_deref() {
            Some("") => Target::Sandbox,
            Some(url) => Target::SandboxAt(url.to_owned()),
            None => Target::Live,
        }
    }
}

/// The sources that can be read again, from any folder.
fn absolute_sources(sources: &BTreeMap<String, SecretSource>) -> BTreeMap<String, SecretSource> {
    let again = sources.iter().filter(|(_, source)| **source != SecretSource::StandardInput);
    again.map(|(name, source)| (name.clone(), source.clone().absolute())).collect()
}

/// The settings with paths that do not hang on the current folder.
fn absolute(network: Network) -> Result<Network, Stop> {
    let ca = network.ca.as_deref().map(std::path::absolute).transpose()?;
    let client_certificate = network.client_certificate.as_deref().map(std::path::absolute).transpose()?;
    Ok(Network { ca, client_certificate, ..network })
}

impl From<Settings> for Value {
    fn from(settings: Settings) -> Self {
        serde_json::to_value(settings).unwrap_or_default()
    }
}
