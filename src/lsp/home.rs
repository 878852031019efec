//! What is around a document: its project, environment, secrets and task definitions, loaded as the command loads them.

use super::settings::Settings;
use crate::catalogue::Catalogue;
use crate::diagnostic::Diagnostic;
use crate::editor::{EnvValue, Known, Library, SecretName};
use crate::host::shelf::{Folders, Shelf};
use crate::host::{self, EnvFile, Environment, HostSecrets, Project};
use crate::plan::Options;
use crate::secret::{Redactor, SecretStore};
use crate::setup;
use crate::task::script;
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// What is around the documents of one folder, for one choice of settings. It never changes: when a file of it does, a new one is
/// made.
pub(super) struct Home {
    /// The chosen environment, by its name.
    pub(super) env: Option<String>,
    /// The project's environments, by name.
    pub(super) environments: Vec<String>,
    /// Whether anything may be sent.
    pub(super) trusted: bool,
    /// The environment, with what the project says for all.
    pub(super) environment: Environment,
    /// Secrets and values of the env file.
    pub(super) env_file: EnvFile,
    /// Every secret that there is a source for.
    pub(super) secrets: HostSecrets,
    /// The environment's input.
    pub(super) input: Map<String, Value>,
    /// Where responses are kept; `None` on a machine without a cache folder.
    pub(super) responses: Option<PathBuf>,
    /// What is wrong with the project.
    pub(super) problems: Vec<Diagnostic>,
    near: PathBuf,
    task_definitions: Vec<PathBuf>,
    library: OnceLock<(Arc<Library>, Vec<Diagnostic>)>,
    redactor: Redactor,
    known: OnceLock<Arc<Known>>,
}

impl Home {
    /// Loads what is around the documents beside `near`. The redactor learns every secret that is read.
    pub(super) fn load(near: &Path, settings: &Settings, redactor: &Redactor) -> Self {
        let mut problems = Vec::new();
        let project = or_tell(Project::find(near), &mut problems);
        let environments = project.names().map(str::to_owned).collect();
        let environment = setup::environment(project.clone(), settings.env.as_deref()).or_else(|problem| {
            problems.push(*problem);
            setup::environment(project, None)
        });
        let mut environment = environment.unwrap_or_default();
        if !settings.trusted {
            environment.secrets.retain(|_, source| !source.is_command());
        }
        let env_file = or_tell(setup::env_file(environment.env_file.as_deref()), &mut problems);
        let input = or_tell(setup::input(&environment), &mut problems);
        let secrets = setup::host_secrets(&env_file, &environment);
        for secret in secrets.names().iter().filter_map(|name| secrets.secret(name)) {
            redactor.add(&secret);
        }
        Self {
            env: settings.env.clone(),
            environments,
            trusted: settings.trusted,
            environment,
            env_file,
            secrets,
            input,
            responses: settings.responses.clone().or_else(|| Some(host::cache_folder()?.join("responses"))),
            problems,
            near: near.to_owned(),
            task_definitions: settings.task_definitions.clone(),
            library: OnceLock::new(),
            redactor: redactor.clone(),
            known: OnceLock::new(),
        }
    }

    /// What there is to write with. Read when it is first asked for: that may take a while, and the main loop never waits for it.
    pub(super) fn library(&self) -> &Arc<Library> {
        &self.read().0
    }

    /// Everything that is wrong around the documents, also with the task definitions that were named.
    pub(super) fn all_problems(&self) -> impl Iterator<Item = &Diagnostic> {
        self.problems.iter().chain(&self.read().1)
    }

    fn read(&self) -> &(Arc<Library>, Vec<Diagnostic>) {
        self.library.get_or_init(|| {
            let mut problems = Vec::new();
            let library = library(&self.near, &self.task_definitions, &self.environment, &mut problems);
            (Arc::new(library), problems)
        })
    }

    /// The facts that hold for every document of the folder.
    pub(super) fn known(&self) -> &Arc<Known> {
        self.known.get_or_init(|| Arc::new(self.look_around()))
    }

    fn look_around(&self) -> Known {
        let file = self.environment.env_file.as_ref().map(|path| path.display().to_string());
        let values = self.env_file.env_values();
        let env = values.into_iter().map(|(name, value)| EnvValue {
            value: Some(self.redactor.redact(&value).into_owned()),
            source: file.clone().filter(|_| self.env_file.env.contains_key(&name)),
            name,
        });
        let mut names = self.secrets.names();
        names.extend(self.environment.secrets.keys().cloned());
        names.sort();
        names.dedup();
        let secret = |name: String| {
            let source = file.clone().filter(|_| self.env_file.secrets.contains_key(&name));
            SecretName { name, source }
        };
        let mut inputs = Value::Object(self.input.clone());
        self.redactor.redact_value(&mut inputs);
        let inputs = if let Value::Object(inputs) = inputs { inputs } else { Map::new() };
        Known {
            environment: self.env.clone(),
            env: env.collect(),
            secrets: names.into_iter().map(secret).collect(),
            inputs,
            ..Known::default()
        }
    }
}

fn or_tell<T: Default>(found: Result<T, Vec<Diagnostic>>, problems: &mut Vec<Diagnostic>) -> T {
    found.unwrap_or_else(|told| {
        problems.extend(told);
        T::default()
    })
}

/// The built-in task definitions, those that were named, and behind them the shelf of the folders around.
fn library(
    near: &Path,
    task_definitions: &[PathBuf],
    environment: &Environment,
    problems: &mut Vec<Diagnostic>,
) -> Library {
    let mut catalogue = Catalogue::builtin();
    if let Some(server) = &environment.server {
        catalogue = catalogue.at_server(server);
    }
    catalogue = catalogue.with_credentials(environment.auth.clone());
    for path in files(task_definitions) {
        match host::load_source(&path) {
            Ok(file) if host::shelf::is_document(&file) => {}
            Ok(file) => problems.extend(catalogue.add(file)),
            Err(err) => problems.push(err.into()),
        }
    }
    let folders = Folders::of(task_definitions, near);
    let options = Options { scripts: Some(script::problem), ..Options::default() };
    if task_definitions.is_empty() && folders.only_named() {
        return Library { options, ..Library::new(catalogue) };
    }
    let shelf = match setup::shelf::open(&folders) {
        Ok(shelf) => Arc::new(shelf),
        Err(told) => {
            problems.extend(told);
            return Library { options, ..Library::new(catalogue) };
        }
    };
    Library { catalogue, index: Arc::new(shelf.index().clone()), complete: Some(complete(shelf)), options }
}

fn complete(shelf: Arc<Shelf>) -> Arc<crate::editor::Complete> {
    Arc::new(move |catalogue: &mut Catalogue, names: &[&str]| {
        // What is wrong with a definition that nobody named is told where the definition itself is looked at.
        let _ = setup::shelf::complete(catalogue, names, || Some(Ok::<_, Vec<Diagnostic>>(&*shelf)));
    })
}

fn files(paths: &[PathBuf]) -> Vec<PathBuf> {
    let below = |path: &PathBuf| {
        if path.is_dir() { host::yaml_and_json_files(path).unwrap_or_default() } else { vec![path.clone()] }
    };
    paths.iter().flat_map(below).collect()
}
