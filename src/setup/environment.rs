//! The environment of a project, with what the project says for all of them.

use super::object;
use crate::diagnostic::Diagnostic;
use crate::host::{self, EnvFile, Environment, EnvironmentInput, HostSecrets, Project};
use serde_json::{Map, Value};
use std::path::Path;

/// The environment of that name; an empty one without a name. The project's own secrets, credentials and network stand behind
/// those of the environment.
///
/// # Errors
/// `E0607` when there is none of that name.
pub fn environment(project: Project, name: Option<&str>) -> Result<Environment, Box<Diagnostic>> {
    let mut environment = match name {
        Some(name) => project.environment(name)?.clone(),
        None => Environment::default(),
    };
    for (name, source) in project.secrets {
        environment.secrets.entry(name).or_insert(source);
    }
    for (name, auth) in project.auth {
        environment.auth.entry(name).or_insert(auth);
    }
    environment.network = environment.network.or(&project.network);
    Ok(environment)
}

/// The env file at a path; an empty one without it.
///
/// # Errors
/// What is wrong with the file.
pub fn env_file(path: Option<&Path>) -> Result<EnvFile, Vec<Diagnostic>> {
    let Some(path) = path else { return Ok(EnvFile::default()) };
    EnvFile::parse(&host::load_source(path).map_err(|err| vec![err.into()])?)
}

/// The secrets of the env file and of all other sources.
#[must_use]
pub fn host_secrets(env_file: &EnvFile, environment: &Environment) -> HostSecrets {
    let (given, configured) = (environment.given_secrets.clone(), environment.secrets.clone());
    HostSecrets::new(env_file.clone()).given(given).configured(configured)
}

/// The input that the environment gives.
///
/// # Errors
/// What is wrong with its file.
pub fn input(environment: &Environment) -> Result<Map<String, Value>, Vec<Diagnostic>> {
    match &environment.input {
        Some(EnvironmentInput::File(path)) => object(path),
        Some(EnvironmentInput::Values(values)) => Ok(values.clone()),
        None => Ok(Map::new()),
    }
}
