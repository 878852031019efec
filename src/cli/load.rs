//! From arguments to what the library takes: definitions, catalogue, input, environment, secrets.

use super::args::{Common, Compat, NetworkArgs, SecretArgs};
use super::exit::Stop;
use super::{network, out, shelf};
use legwork::catalogue::{Catalogue, Entry, holds_shared_parts};
use legwork::decide::Library;
use legwork::definition::{Dialect, Document};
use legwork::diagnostic::{Diagnostic, codes, nearest};
use legwork::host::{self, EnvFile, Environment, EnvironmentInput, HostSecrets, Input, InputValue, Project};
use legwork::plan::{self, Options, Plan};
use legwork::secret::{Redactor, SecretStore};
use legwork::setup;
use legwork::source::{Pointer, SourceFile, kind_in_words};
use legwork::task::script;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// Everything that the common flags name.
pub(crate) struct Loaded {
    /// The definition, with what is wrong with it.
    pub(crate) document: Arc<Document>,
    /// The built-in task definitions and those of `--task-definitions`.
    pub(crate) catalogue: Catalogue,
    /// The environment of `--env`; an empty one without it.
    pub(crate) environment: Environment,
    /// Secrets and values of the env file.
    pub(crate) env_file: EnvFile,
    /// Every secret there is a source for.
    pub(crate) secrets: HostSecrets,
    /// Whose behaviour is asked for.
    pub(crate) dialect: Dialect,
    redactor: OnceLock<Redactor>,
}

impl Loaded {
    /// Masks the secrets of the environment and the env file, and those that a clone of it learns.
    pub(crate) fn redactor(&self) -> Redactor {
        let make = || {
            let known = self.secrets.names();
            let redactor = Redactor::new(known.iter().filter_map(|name| self.secrets.secret(name)));
            out::mask_with(redactor.clone());
            redactor
        };
        self.redactor.get_or_init(make).clone()
    }

    /// Shows everything in clear from now on. To be said first.
    pub(crate) fn reveal(&self) {
        let _ = self.redactor.set(Redactor::revealing());
    }
}

/// Loads a definition and everything that the common flags name. It lives as long as the process, which ends faster when
/// nothing is taken apart piece by piece.
pub(crate) fn load(file: &Path, common: &Common) -> Result<ManuallyDrop<Loaded>, Stop> {
    let document = Arc::new(Document::parse(host::load_source(file)?));
    let environment = environment(file, common.env.as_deref(), (&common.network, &common.secrets))?;
    let env_file = env_file(common, &environment)?;
    let files = files(&common.task_definitions)?;
    let given = DefinitionFiles { files: &files, named: &common.task_definitions };
    let mut loaded = loaded(document, given, environment, env_file, dialect(common))?;
    if let Some(def) = loaded.document.clone().workflow() {
        let tasks = def.all_tasks();
        let names: Vec<_> = tasks.iter().map(|task| task.name.as_str()).collect();
        shelf::complete(&mut loaded.catalogue, &names, &common.task_definitions, file)?;
    }
    Ok(loaded)
}

/// The same from texts that were read before.
pub(crate) fn loaded(
    document: Arc<Document>,
    task_definitions: DefinitionFiles<'_>,
    environment: Environment,
    env_file: EnvFile,
    dialect: Dialect,
) -> Result<ManuallyDrop<Loaded>, Stop> {
    let auth = environment.auth.clone();
    let catalogue = with_files(builtin(environment.server.as_deref()).with_credentials(auth), task_definitions)?;
    let secrets = setup::host_secrets(&env_file, &environment);
    let redactor = OnceLock::new();
    Ok(ManuallyDrop::new(Loaded { document, catalogue, environment, env_file, secrets, dialect, redactor }))
}

/// How plans are built: scripts are looked at as well.
pub(crate) fn options(dialect: Dialect) -> Options {
    Options { dialect, scripts: Some(script::problem) }
}

/// The plan of a loaded definition, and what is to be said of it.
pub(crate) fn plan(loaded: &Loaded) -> Result<(Arc<Plan>, Vec<Diagnostic>), Stop> {
    let planned = plan::build(&loaded.document, &loaded.catalogue, options(loaded.dialect));
    match planned.plan {
        Some(plan) => Ok((plan, planned.diagnostics)),
        None => Err(planned.diagnostics.into()),
    }
}

/// The definitions of a folder, and what definitions that come up during a run are compiled with. Every version of a workflow stands
/// in a file of its own; files of task definitions are passed over.
pub(crate) fn library(folder: Option<&Path>, loaded: &Loaded) -> Result<Library, Stop> {
    let folder = folder.map(Path::to_owned);
    library_of(files(folder.as_slice())?, loaded)
}

/// The same from texts that were read before.
pub(crate) fn library_of(files: Vec<SourceFile>, loaded: &Loaded) -> Result<Library, Stop> {
    let options = options(loaded.dialect);
    let mut library = Library::new(loaded.catalogue.clone(), options);
    let mut problems = Vec::new();
    for file in files {
        let document = Arc::new(Document::parse(file));
        if document.workflow().is_none() {
            continue;
        }
        let planned = plan::build(&document, &loaded.catalogue, options);
        match planned.plan.map(|plan| (library.add(Arc::clone(&plan)), plan)) {
            Some((Some(before), plan)) => problems.push(twice(&plan, &before)),
            Some((None, _)) => {}
            None => problems.extend(planned.diagnostics),
        }
    }
    if problems.is_empty() { Ok(library) } else { Err(problems.into()) }
}

fn twice(plan: &Plan, before: &Plan) -> Diagnostic {
    let message = format!("there are two definitions of {} in version {}", plan.name, plan.version);
    let diagnostic = Diagnostic::new(codes::E0640, message).help("give each definition of a name its own `version`");
    let place = |plan: &Plan| {
        let at = Pointer::root().key("version");
        let located = plan.document.spans.locate(&at);
        (plan.document.file.clone(), located.key.unwrap_or(located.value))
    };
    let ((file, span), (other, first)) = (place(plan), place(before));
    diagnostic.label(&file, span, "").label(&other, first, "the other one")
}

/// Whose behaviour is asked for.
pub(crate) fn dialect(common: &Common) -> Dialect {
    dialect_of(common.compat)
}

/// Whose behaviour `--compat` asks for.
pub(crate) fn dialect_of(compat: Option<Compat>) -> Dialect {
    match compat {
        Some(Compat::Conductor) => Dialect::Conductor,
        None => Dialect::Legwork,
    }
}

/// The built-in catalogue with the files and folders of `--task-definitions`.
pub(crate) fn catalogue(paths: &[PathBuf], server: Option<&str>) -> Result<Catalogue, Stop> {
    with_files(builtin(server), DefinitionFiles { files: &files(paths)?, named: paths })
}

/// Files, and those in folders, in the order of their names; what definitions refer to goes before all of them.
pub(crate) fn files(paths: &[PathBuf]) -> Result<Vec<SourceFile>, Stop> {
    let mut found = Vec::new();
    for path in paths {
        let files = if path.is_dir() { host::yaml_and_json_files(path)? } else { vec![path.clone()] };
        // A document is read from its index: of a long one, the beginning is enough to know it.
        for file in files.iter().filter(|file| !shelf::begins_as_document(file)) {
            found.push(host::load_source(file)?);
        }
    }
    found.sort_by_key(|file| !holds_shared_parts(file.name()));
    Ok(found)
}

fn builtin(server: Option<&str>) -> Catalogue {
    match server {
        Some(server) => Catalogue::builtin().at_server(server),
        None => Catalogue::builtin(),
    }
}

/// Files of task definitions, and the paths that somebody named: a folder's other files may be something else.
#[derive(Clone, Copy)]
pub(crate) struct DefinitionFiles<'g> {
    /// Every file, those in folders too.
    pub(crate) files: &'g [SourceFile],
    /// What `--task-definitions` says.
    pub(crate) named: &'g [PathBuf],
}

fn with_files(mut catalogue: Catalogue, given: DefinitionFiles<'_>) -> Result<Catalogue, Stop> {
    let is_named = |file: &SourceFile| given.named.iter().any(|path| path == Path::new(file.name()));
    let (mut problems, mut others) = (Vec::new(), Vec::new());
    for file in given.files.iter().filter(|file| !shelf::is_document(file)) {
        let told = catalogue.add(file.clone());
        if is_no_definition(&told) && !is_named(file) {
            others.push(file.name());
        } else {
            problems.extend(told);
        }
    }
    if let Some(first) = others.first() {
        let more = match others.len() - 1 {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        out::say(&format!("warning: no task definitions, and passed over: {first}{more}"));
    }
    if problems.iter().any(Diagnostic::is_error) { Err(problems.into()) } else { Ok(catalogue) }
}

/// Whether all that is wrong with a file is that it is something else.
fn is_no_definition(told: &[Diagnostic]) -> bool {
    let mut errors = told.iter().filter(|diagnostic| diagnostic.is_error()).peekable();
    errors.peek().is_some() && errors.all(|error| [codes::E0201, codes::E0501].contains(&error.code))
}

/// The task definition of that name.
pub(crate) fn entry(catalogue: &Catalogue, name: &str) -> Result<Arc<Entry>, Stop> {
    catalogue.get(name).ok_or_else(|| {
        let near = nearest(name, catalogue.names()).map(|near| format!("did you mean `{near}`? "));
        let help = format!("{}`legwork show` lists all of them", near.unwrap_or_default());
        Diagnostic::new(codes::E0610, format!("there is no task definition `{name}`")).help(help).into()
    })
}

/// The environment of that name, an empty one without a name, with the settings of the project and the flags.
pub(crate) fn environment(
    file: &Path,
    name: Option<&str>,
    (network, secrets): (&NetworkArgs, &SecretArgs),
) -> Result<Environment, Stop> {
    let mut environment = setup::environment(Project::find(file)?, name)?;
    environment.given_secrets = secrets.sources(file)?.into_iter().collect();
    environment.network = network::of_flags(network).or(&environment.network);
    Ok(environment)
}

fn env_file(common: &Common, environment: &Environment) -> Result<EnvFile, Stop> {
    env_file_at(env_file_path(common, environment).map(PathBuf::as_path))
}

/// The env file that is asked for.
pub(crate) fn env_file_path<'c>(common: &'c Common, environment: &'c Environment) -> Option<&'c PathBuf> {
    common.env_file.as_ref().or(environment.env_file.as_ref())
}

/// The env file at a path; an empty one without it.
pub(crate) fn env_file_at(path: Option<&Path>) -> Result<EnvFile, Stop> {
    Ok(setup::env_file(path)?)
}

/// The workflow's input, and who gave each value.
#[derive(Debug, Default)]
pub(crate) struct Given {
    /// The values.
    pub(crate) values: Map<String, Value>,
    from: BTreeMap<String, String>,
}

impl Given {
    /// Who gave the value of that name, in words.
    pub(crate) fn by(&self, name: &str) -> Option<&str> {
        self.from.get(name).map(String::as_str)
    }

    fn put(&mut self, values: Map<String, Value>, by: &str) {
        self.from.extend(values.keys().map(|name| (name.clone(), by.to_owned())));
        self.values.extend(values);
    }
}

/// The workflow's input, first wins for each name: `-i`, `--input`, the environment's.
pub(crate) fn input(common: &Common, environment: &Environment) -> Result<Given, Stop> {
    inputs((&common.inputs, common.input_file.as_deref()), common.env.as_deref(), environment)
}

/// The same of flags: those of `-i`, the file of `--input`, and the environment's name.
pub(crate) fn inputs(
    (texts, file): (&[String], Option<&Path>),
    name: Option<&str>,
    environment: &Environment,
) -> Result<Given, Stop> {
    let mut given = Given::default();
    let name = name.unwrap_or_default();
    match &environment.input {
        Some(EnvironmentInput::File(path)) => {
            given.put(setup::object(path)?, &format!("{} of environment {name}", path.display()));
        }
        Some(EnvironmentInput::Values(values)) => given.put(values.clone(), &format!("environment {name}")),
        None => {}
    }
    if let Some(path) = file {
        given.put(setup::object(path)?, &format!("--input {}", path.display()));
    }
    let mut problems = Vec::new();
    for text in texts {
        match Input::parse(text) {
            Ok(input) => given.put(Map::from_iter([(input.name, value(input.value)?)]), "-i"),
            Err(problem) => problems.push(*problem),
        }
    }
    if problems.is_empty() { Ok(given) } else { Err(problems.into()) }
}

fn value(value: InputValue) -> Result<Value, Stop> {
    Ok(match value {
        InputValue::Text(text) => Value::String(text),
        InputValue::Json(value) => value,
        InputValue::File(path) => Value::String(host::load_text(Path::new(&path))?),
    })
}

/// A file that holds any value, JSON or YAML.
pub(crate) fn data(path: &Path) -> Result<Value, Stop> {
    Ok(setup::data(path)?)
}

/// The outputs of `--mock`: `REF=json` or `REF=@file`.
pub(crate) fn mocks(texts: &[String]) -> Result<Vec<(String, Value)>, Stop> {
    outputs("--mock", texts)
}

/// The outputs of a flag: `REF=json` or `REF=@file`.
pub(crate) fn outputs(flag: &str, texts: &[String]) -> Result<Vec<(String, Value)>, Stop> {
    texts.iter().map(|text| output(flag, text)).collect()
}

fn output(flag: &str, text: &str) -> Result<(String, Value), Stop> {
    let (name, output) = text.split_once('=').filter(|(name, _)| !name.is_empty()).ok_or_else(|| {
        let diagnostic = Diagnostic::new(codes::E0614, format!("`{text}` is not REF=output"));
        diagnostic.help(format!("write {flag} 'REF={{\"response\": {{...}}}}' or {flag} REF=@file"))
    })?;
    let value = match output.strip_prefix('@') {
        Some(path) => data(Path::new(path))?,
        None => serde_json::from_str(output).map_err(|err| {
            Diagnostic::new(codes::E0614, format!("the output of `{name}` is not JSON: {err}"))
                .help("or name a file: REF=@file")
        })?,
    };
    if value.is_object() {
        return Ok((name.to_owned(), value));
    }
    let message = format!("the output of `{name}` is {}, not an object", kind_in_words(&value));
    Err(Diagnostic::new(codes::E0614, message)
        .help("an output is an object, as in {\"response\": {\"statusCode\": 200}}")
        .into())
}
