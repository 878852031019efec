//! What is around a document: its project, environment, secrets and task definitions, loaded as the command loads them.

use super::settings::{Coexist, Settings};
use super::shelves::Shelves;
use crate::catalogue::Catalogue;
use crate::diagnostic::Diagnostic;
use crate::editor::{EnvValue, Known, Library, SecretName};
use crate::host::shelf::{self, Folders, Opening, Shelf};
use crate::host::{self, EnvFile, Environment, HostSecrets, Project};
use crate::plan::Options;
use crate::secret::{Redactor, SecretStore};
use crate::setup;
use crate::task::script;
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// So long an index may take to be made before what is searched for is looked for without it.
const GRACE: Duration = Duration::from_millis(250);

/// What is around the documents of one folder, for one choice of settings. It never changes: when a file of it does, a new one is
/// made.
pub(super) struct Home {
    /// The chosen environment, by its name.
    pub(super) env: Option<String>,
    /// The project's environments, by name.
    pub(super) environments: Vec<String>,
    /// Whether anything may be sent.
    pub(super) trusted: bool,
    /// Whether another server speaks about plain files.
    pub(super) coexists: bool,
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
    shelves: Arc<Shelves>,
    library: OnceLock<Read>,
    redactor: Redactor,
    known: OnceLock<Arc<Known>>,
}

/// The task definitions around the documents.
struct Read {
    library: Arc<Library>,
    problems: Vec<Diagnostic>,
    /// The index that is still made: the library has what was known before.
    rest: Option<Arc<Opening>>,
}

impl Home {
    /// Loads what is around the documents beside `near`. The redactor learns every secret that is read.
    pub(super) fn load(near: &Path, settings: &Settings, redactor: &Redactor, shelves: &Arc<Shelves>) -> Self {
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
            coexists: settings.coexist == Coexist::Always,
            environment,
            env_file,
            secrets,
            input,
            responses: settings.responses.clone().or_else(|| Some(host::cache_folder()?.join("responses"))),
            problems,
            near: near.to_owned(),
            task_definitions: settings.task_definitions.clone(),
            shelves: Arc::clone(shelves),
            library: OnceLock::new(),
            redactor: redactor.clone(),
            known: OnceLock::new(),
        }
    }

    /// What there is to write with, as far as it is known: while the index of the folders is made, what was known before. Read
    /// when it is first asked for: that may take a while, and the main loop never waits for it.
    pub(super) fn library(&self) -> &Arc<Library> {
        &self.read().library
    }

    /// The same for who searches: an index that is nearly made is waited for.
    pub(super) fn searched(&self) -> Arc<Library> {
        let read = self.read();
        match &read.rest {
            Some(rest) => Arc::new(with_shelf(Library::clone(&read.library), rest.within(GRACE))),
            None => Arc::clone(&read.library),
        }
    }

    /// The same with everything that is in the folders: waits while their index is made.
    pub(super) fn whole_library(&self) -> Arc<Library> {
        let read = self.read();
        match &read.rest {
            Some(rest) => Arc::new(with_shelf(Library::clone(&read.library), (rest.whole(), true))),
            None => Arc::clone(&read.library),
        }
    }

    /// Whether the library was read before the index of the folders was made, or may be read just now.
    pub(super) fn is_partial(&self) -> bool {
        self.library.get().is_none_or(|read| read.rest.is_some())
    }

    /// Everything that is wrong around the documents, also with the task definitions that were named.
    pub(super) fn all_problems(&self) -> impl Iterator<Item = &Diagnostic> {
        self.problems.iter().chain(&self.read().problems)
    }

    fn read(&self) -> &Read {
        self.library.get_or_init(|| {
            let mut problems = Vec::new();
            let (library, rest) = self.look_for_definitions(&mut problems);
            Read { library: Arc::new(library), problems, rest }
        })
    }

    /// The built-in task definitions, those that were named, and behind them the shelf of the folders around; and what of that is
    /// still made.
    fn look_for_definitions(&self, problems: &mut Vec<Diagnostic>) -> (Library, Option<Arc<Opening>>) {
        let mut catalogue = Catalogue::builtin();
        if let Some(server) = &self.environment.server {
            catalogue = catalogue.at_server(server);
        }
        catalogue = catalogue.with_credentials(self.environment.auth.clone());
        // A document is read from its index: of a long one, the beginning is enough to know it.
        for path in files(&self.task_definitions).iter().filter(|path| !shelf::begins_as_document(path)) {
            match host::load_source(path) {
                Ok(file) if shelf::is_document(&file) => {}
                Ok(file) => problems.extend(catalogue.add(file)),
                Err(err) => problems.push(err.into()),
            }
        }
        let options = Options { scripts: Some(script::problem), ..Options::default() };
        let library = Library { options, ..Library::new(catalogue) };
        let folders = Folders::of(&self.task_definitions, &self.near);
        if self.task_definitions.is_empty() && folders.only_named() {
            return (library, None);
        }
        match self.shelves.of(&folders) {
            Ok(opening) => {
                // What is wrong with a document is said at once.
                let library = with_shelf(library, opening.within(Duration::ZERO));
                let rest = Some(opening).filter(|_| library.is_partial);
                (library, rest)
            }
            Err(err) => {
                problems.push(err.into());
                (library, None)
            }
        }
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

/// A library with what is on a shelf, which may be the whole.
fn with_shelf(library: Library, (shelf, is_whole): (Arc<Shelf>, bool)) -> Library {
    let index = Arc::new(shelf.index().clone());
    Library { index, complete: Some(complete(shelf)), is_partial: !is_whole, ..library }
}

fn complete(shelf: Arc<Shelf>) -> Arc<crate::editor::Complete> {
    Arc::new(move |catalogue: &mut Catalogue, names: &[&str]| {
        // What is wrong with a definition that nobody named is told where the definition itself is looked at.
        let _ = setup::shelf::complete(catalogue, names, |_| Some(Ok::<_, Vec<Diagnostic>>(&*shelf)));
    })
}

fn files(paths: &[PathBuf]) -> Vec<PathBuf> {
    let below = |path: &PathBuf| {
        if path.is_dir() { host::yaml_and_json_files(path).unwrap_or_default() } else { vec![path.clone()] }
    };
    paths.iter().flat_map(below).collect()
}
