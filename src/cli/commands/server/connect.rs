//! The server that the arguments name, and what else they name.

use crate::cli::args::ServerArgs;
use crate::cli::exit::{Exit, Stop};
use crate::cli::load::{self, Loaded};
use crate::cli::{render, shelf};
use legwork::conductor::{ApiError, Server};
use legwork::definition::{Dialect, Document};
use legwork::diagnostic::{Diagnostic, codes};
use legwork::host::{Egress, Network, Project, WorkerSettings};
use legwork::secret::{Secret, SecretStore, mask_userinfo};
use legwork::setup;
use legwork::source::SourceFile;
use std::mem::ManuallyDrop;
use std::path::Path;
use std::sync::Arc;

/// The secret of the access key, as secrets are named.
const AUTH_SECRET: &str = "conductor_auth_secret";
/// The same as Conductor's own clients name it.
const AUTH_VARIABLE: &str = "CONDUCTOR_AUTH_SECRET";

/// Everything that the arguments of a command beside a server name.
pub(super) struct Surroundings {
    /// Definitions, environment and secrets.
    pub(super) loaded: ManuallyDrop<Loaded>,
    /// `[worker]` of legwork.toml.
    pub(super) settings: WorkerSettings,
}

/// Loads what the arguments name; task definitions of those names are also looked for in folders.
pub(super) fn load(args: &ServerArgs, tasks: &[String]) -> Result<Surroundings, Stop> {
    // The nearest project is the one of a file in this folder.
    let near = Path::new("worker.yaml");
    let settings = Project::find(near)?.worker;
    let environment = load::environment(near, args.env.as_deref(), (&args.network, &args.secrets))?;
    let env_file = load::env_file_at(args.env_file.as_deref().or(environment.env_file.as_deref()))?;
    let files = load::files(&args.task_definitions)?;
    let nothing = Arc::new(Document::parse(SourceFile::new("nothing.json", "{}")));
    let given = load::DefinitionFiles { files: &files, named: &args.task_definitions };
    let mut loaded = load::loaded(nothing, given, environment, env_file, Dialect::Legwork)?;
    let names: Vec<_> = tasks.iter().chain(&settings.tasks).map(String::as_str).collect();
    shelf::complete(&mut loaded.catalogue, &names, &args.task_definitions, near)?;
    Ok(Surroundings { loaded, settings })
}

/// A client of the server.
pub(super) fn connect(args: &ServerArgs, surroundings: &Surroundings) -> Result<Server, Stop> {
    let Surroundings { loaded, settings } = surroundings;
    let Some(url) = args.server.as_ref().or(settings.server.as_ref()) else {
        let help = "name it with --server URL, CONDUCTOR_SERVER_URL, or `server` below [worker] in legwork.toml";
        return Err(Diagnostic::new(codes::E0660, "no Conductor server is named").help(help).into());
    };
    let redactor = loaded.redactor();
    // Whoever starts this command names the server: the guard is about what task definitions and inputs name.
    let network = Network {
        egress: Some(Egress::Open),
        allow: Vec::new(),
        only: Vec::new(),
        ..loaded.environment.network.clone()
    };
    let client = setup::client(&network, &redactor)?;
    let server = Server::new(url, Arc::new(client), redactor).map_err(|err| {
        let message = format!("`{}` is not the URL of a Conductor server: {err}", mask_userinfo(url));
        Stop::from(Diagnostic::new(codes::E0660, message).help("write it as in http://conductor:8080"))
    })?;
    let Some(id) = args.auth_key.as_ref().or(settings.auth_key.as_ref()).filter(|id| !id.is_empty()) else {
        return Ok(server);
    };
    let given = std::env::var(AUTH_VARIABLE).ok().filter(|secret| !secret.is_empty()).map(Secret::new);
    if let Some(problem) = loaded.secrets.problem(AUTH_SECRET) {
        return Err(problem.diagnostic(AUTH_SECRET).into());
    }
    let Some(secret) = loaded.secrets.secret(AUTH_SECRET).or(given) else {
        let message = format!("the access key `{id}` has no secret");
        let help = format!("set {AUTH_VARIABLE}, or give --secret {AUTH_SECRET}=@FILE");
        return Err(Diagnostic::new(codes::E0660, message).help(help).into());
    };
    Ok(server.with_key(Secret::new(id.as_str()), secret))
}

/// Says what the server did not do. Something was sent: the exit code is never that of a refusal.
pub(super) fn told(error: &ApiError) -> Exit {
    let diagnostic = Diagnostic::new(codes::E0661, error.to_string());
    if error.is_unauthorized() {
        let help = format!("give an access key: --auth-key, with {AUTH_VARIABLE} or --secret {AUTH_SECRET}=@FILE");
        say(&diagnostic.help(help));
    } else {
        say(&diagnostic);
    }
    if matches!(error, ApiError::NoAnswer { .. }) { Exit::NoAnswer } else { Exit::Failed }
}

/// Shows one diagnostic.
pub(super) fn say(diagnostic: &Diagnostic) {
    render::show(std::slice::from_ref(diagnostic));
}
