//! From files to entries, with everything that is wrong with them.

use super::auth::Auth;
use super::builtin::{self, Builtin};
use super::bundle::{self, Files};
use super::lazy_schema::LazySchema;
use super::operation::{AuthSpec, BodySchema, Operation};
use super::provider::Provider;
use super::{Catalogue, Entry, Route};
use crate::definition::{Document, TaskDef};
use crate::diagnostic::{Code, Diagnostic, codes, nearest};
use crate::schema::{Schema, generate};
use crate::source::{self, Pointer, SourceFile, Span, SpanTree};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock, OnceLock};

/// What a file of a folder of task definitions is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileKind {
    TaskDefinitions,
    Provider,
    Schema,
}

/// Tells a file's kind by its name.
pub(super) fn kind_of(name: &str) -> FileKind {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    match file {
        "_provider.yaml" | "_provider.yml" | "_provider.json" => FileKind::Provider,
        _ if file.ends_with(".schema.json") || file.ends_with(".schema.yaml") => FileKind::Schema,
        _ => FileKind::TaskDefinitions,
    }
}

/// Whether a file of that name holds what task definitions share, and no task definition: a `_provider.yaml`, a `*.schema.json`.
#[must_use]
pub fn holds_shared_parts(name: &str) -> bool {
    kind_of(name) != FileKind::TaskDefinitions
}

/// The path of a file's folder, with its last slash; empty for a plain name.
pub(super) fn folder(name: &str) -> &str {
    name.rfind(['/', '\\']).map_or("", |at| &name[..=at])
}

/// The value of a file, with the problems of its text.
pub(super) fn plain(file: &SourceFile) -> (Value, Vec<Diagnostic>) {
    let parsed = source::parse(file);
    let problems = parsed.problems.iter().map(|problem| Diagnostic::of_problem(problem, Some(file))).collect();
    (parsed.value, problems)
}

/// A provider's file.
pub(super) fn provider(file: &SourceFile) -> (Provider, Vec<Diagnostic>) {
    static SCHEMA: LazyLock<Option<Schema>> = LazyLock::new(own_schema::<Provider>);
    let parsed = source::parse(file);
    let mut diagnostics: Vec<_> =
        parsed.problems.iter().map(|problem| Diagnostic::of_problem(problem, Some(file))).collect();
    let place = Place { file, spans: &parsed.spans, base: Pointer::root() };
    let provider = typed(SCHEMA.as_ref(), &parsed.value, &place, &mut diagnostics);
    (provider, diagnostics)
}

/// A task definition inside the program, from its JSON. Its files are right: a test reads them all.
pub(super) fn builtin(own: &Builtin, server: Option<&str>, credentials: &BTreeMap<String, Auth>) -> Entry {
    let def = TaskDef::from_value(&serde_json::from_str(own.prepared).unwrap_or_default());
    let operation: Operation = read(def.x_legwork.as_ref());
    let schema = match &operation.body_schema {
        Some(BodySchema::File(name)) => builtin::file(&format!("{}{name}", folder(own.file))).map(LazySchema::builtin),
        Some(BodySchema::InPlace(schema)) => Some(LazySchema::value(Value::Object(schema.clone()))),
        None => None,
    };
    let provider = builtin_provider();
    let files = Files::default();
    let parts = Parts { task_def: def, operation, body_schema: schema, provider, server, credentials, files };
    parts.entry(SourceFile::new(own.file, own.text), OnceLock::new(), Pointer::root())
}

/// A provider inside the program, read once.
fn builtin_provider() -> Arc<Provider> {
    static ZOOM: LazyLock<Arc<Provider>> =
        LazyLock::new(|| serde_json::from_str(builtin::ZOOM_PROVIDER).map(Arc::new).unwrap_or_default());
    ZOOM.clone()
}

fn read<T: DeserializeOwned + Default>(value: Option<&Value>) -> T {
    value.and_then(|value| T::deserialize(value).ok()).unwrap_or_default()
}

/// What an entry is put together from.
struct Parts<'p> {
    task_def: TaskDef,
    operation: Operation,
    body_schema: Option<LazySchema>,
    provider: Arc<Provider>,
    /// The base URL that goes before the provider's.
    server: Option<&'p str>,
    /// Credentials that go before the provider's.
    credentials: &'p BTreeMap<String, Auth>,
    /// The files that its schemas refer to.
    files: Files,
}

impl Parts<'_> {
    fn entry(self, file: SourceFile, spans: OnceLock<SpanTree>, base: Pointer) -> Entry {
        let Self { task_def, operation, body_schema, provider, server, credentials, files } = self;
        let servers = match (operation.servers.as_slice(), server) {
            ([], Some(server)) => vec![server.to_owned()],
            ([], None) => provider.servers.clone(),
            (own, _) => own.to_vec(),
        };
        let request = operation.request.as_ref();
        let route = request.map(|request| Route::new(&request.method, &request.uri, &servers));
        let (auth, own_auth) = match request.and_then(|request| request.auth.as_ref()) {
            None => (None, None),
            Some(AuthSpec::Named(name)) => (Some(name.clone()), credentials.get(name).cloned()),
            Some(AuthSpec::InPlace(auth)) => (Some(task_def.name.clone()), Some((**auth).clone())),
        };
        Entry {
            name: task_def.name.clone(),
            file,
            spans,
            base,
            method: request.map(|request| request.method.clone()),
            uri_template: request.map(|request| request.uri.clone()),
            auth,
            own_auth,
            servers,
            body_schema,
            task_def,
            operation,
            provider,
            route,
            files,
            template: OnceLock::new(),
        }
    }
}

/// The schema of one of our own types.
fn own_schema<T: JsonSchema>() -> Option<Schema> {
    Schema::compile(&generate::<T>()).ok()
}

/// Where a judged value stands.
pub(super) struct Place<'p> {
    pub(super) file: &'p SourceFile,
    pub(super) spans: &'p SpanTree,
    pub(super) base: Pointer,
}

impl Place<'_> {
    fn span(&self, pointer: &Pointer) -> Span {
        let located = self.spans.locate(&self.base.join(pointer));
        if located.exact { located.value } else { located.key.unwrap_or(located.value) }
    }

    pub(super) fn diagnostic(&self, code: Code, message: impl Into<String>, pointer: &Pointer) -> Diagnostic {
        Diagnostic::new(code, message).label(self.file, self.span(pointer), "").pointer(self.base.join(pointer))
    }
}

/// Reads a value into its type, and tells every rule of the type's schema that it breaks.
fn typed<T: DeserializeOwned + Default>(
    schema: Option<&Schema>,
    value: &Value,
    place: &Place<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> T {
    for violation in schema.map(|schema| schema.validate(value)).unwrap_or_default() {
        let mut made =
            place.diagnostic(codes::E0502, violation.message, &violation.pointer).severity(violation.severity);
        made.help = violation.help;
        diagnostics.push(made);
    }
    match T::deserialize(value) {
        Ok(read) => read,
        Err(error) => {
            let told = diagnostics.iter().any(Diagnostic::is_error);
            if !told {
                diagnostics.push(place.diagnostic(codes::E0502, error.to_string(), &Pointer::root()));
            }
            T::default()
        }
    }
}

/// Reads the definitions of one document.
pub(super) struct Loader<'l> {
    pub(super) catalogue: &'l Catalogue,
    pub(super) document: &'l Document,
    pub(super) diagnostics: &'l mut Vec<Diagnostic>,
}

impl Loader<'_> {
    /// The entry of the definition at that index.
    pub(super) fn entry(&mut self, index: usize, def: &TaskDef) -> Entry {
        let base = if self.document.value.is_array() { Pointer::root().index(index) } else { Pointer::root() };
        match &def.x_legwork {
            Some(value) => self.with_request(base, def, value),
            None => self.without_request(base, def),
        }
    }

    fn parts(
        &self,
        def: &TaskDef,
        operation: Operation,
        body_schema: Option<LazySchema>,
        provider: Arc<Provider>,
    ) -> Parts<'_> {
        let (server, credentials) = (self.catalogue.server.as_deref(), &*self.catalogue.credentials);
        let files = Files::default();
        Parts { task_def: def.clone(), operation, body_schema, provider, server, credentials, files }
    }

    /// A plain task definition. One that has the name of one inside the program keeps that one's request.
    fn without_request(&self, base: Pointer, def: &TaskDef) -> Entry {
        let Some(own) = self.catalogue.own(&def.name) else {
            return self.parts(def, Operation::default(), None, Arc::default()).entry(
                self.document.file.clone(),
                OnceLock::from(self.document.spans.clone()),
                base,
            );
        };
        let schema = own.body_schema.as_ref().map(|schema| LazySchema::value(schema.document()));
        self.parts(def, own.operation.clone(), schema, own.provider.clone()).entry(
            self.document.file.clone(),
            OnceLock::from(self.document.spans.clone()),
            base,
        )
    }

    fn with_request(&mut self, base: Pointer, def: &TaskDef, value: &Value) -> Entry {
        static SCHEMA: LazyLock<Option<Schema>> = LazyLock::new(own_schema::<Operation>);
        let place = Place { file: &self.document.file, spans: &self.document.spans, base: base.key("x-legwork") };
        let mut found = Vec::new();
        let operation: Operation = typed(SCHEMA.as_ref(), value, &place, &mut found);
        let files = self.files(def, &operation, &place, &mut found);
        let schema = self.body_schema(&operation, &files, &place, &mut found);
        let provider = self.provider(&operation, &place, &mut found);
        references(&operation, &provider, &self.catalogue.credentials, &place, &mut found);
        templates(&operation, &place, &mut found);
        self.diagnostics.append(&mut found);
        Parts { files, ..self.parts(def, operation, schema, provider) }.entry(
            self.document.file.clone(),
            OnceLock::from(self.document.spans.clone()),
            base,
        )
    }

    /// The files that the schemas in the definition itself refer to.
    fn files(&self, def: &TaskDef, own: &Operation, place: &Place<'_>, found: &mut Vec<Diagnostic>) -> Files {
        let body = match &own.body_schema {
            Some(BodySchema::InPlace(schema)) => Some(Value::Object(schema.clone())),
            _ => None,
        };
        let schemas: Vec<&Value> = body.iter().chain(&def.input_schema).chain(&def.output_schema).collect();
        let mut names = BTreeSet::new();
        for schema in &schemas {
            bundle::files_of(schema, &mut names);
        }
        let mut files = Vec::new();
        let at = Pointer::root();
        for name in names {
            let path = format!("{}{name}", folder(self.document.file.name()));
            match self.catalogue.files.get(&path) {
                Some(file) => files.push((name.to_owned(), file.clone())),
                None => found.push(not_there(name, place, &at)),
            }
        }
        let files = Files::new(files);
        if let Some(reference) = schemas.iter().find_map(|schema| files.dangling(schema)).filter(|_| found.is_empty()) {
            let made = place.diagnostic(codes::E0510, format!("the schema {reference} is not there"), &at);
            found.push(made.help("put it into that file, or correct the reference"));
        }
        files
    }

    fn body_schema(
        &self,
        operation: &Operation,
        files: &Files,
        place: &Place<'_>,
        found: &mut Vec<Diagnostic>,
    ) -> Option<LazySchema> {
        let at = Pointer::parse("/body_schema");
        let schema = match operation.body_schema.as_ref()? {
            // The files may be large, and each entry needs a small part of them: it is compiled when it is asked.
            BodySchema::InPlace(schema) if !files.is_empty() => {
                return Some(LazySchema::bundle(Value::Object(schema.clone()), files.clone()));
            }
            BodySchema::InPlace(schema) => LazySchema::value(Value::Object(schema.clone())),
            BodySchema::File(name) => {
                let path = format!("{}{name}", folder(self.document.file.name()));
                let Some(schema) = self.catalogue.files.get(&path) else {
                    found.push(not_there(name, place, &at));
                    return None;
                };
                LazySchema::value(schema.clone())
            }
        };
        if let Err(error) = schema.check() {
            let at = if error.pointer.as_str().is_empty() { at } else { at.join(&error.pointer) };
            found.push(
                place
                    .diagnostic(codes::E0503, error.to_string(), &at)
                    .help("mend the schema: it must be JSON Schema 2020-12"),
            );
        }
        Some(schema)
    }

    fn provider(&self, operation: &Operation, place: &Place<'_>, found: &mut Vec<Diagnostic>) -> Arc<Provider> {
        let providers = &self.catalogue.providers;
        let Some(name) = &operation.provider else {
            return providers.get(folder(self.document.file.name())).cloned().unwrap_or_default();
        };
        if let Some(provider) = providers.get(&format!("provider {name}")) {
            return provider.clone();
        }
        let own = Some(builtin_provider()).filter(|own| own.name == *name);
        own.unwrap_or_else(|| {
            let help = "its `_provider.yaml` must be loaded before: give the folder to --task-definitions";
            found.push(
                place
                    .diagnostic(codes::E0509, format!("the provider {name} is not known"), &Pointer::parse("/provider"))
                    .help(help),
            );
            Arc::default()
        })
    }
}

fn not_there(name: &str, place: &Place<'_>, at: &Pointer) -> Diagnostic {
    let help = format!("put {name} beside the definition, and give the folder to --task-definitions");
    place.diagnostic(codes::E0510, format!("the schema {name} is not there"), at).help(help)
}

/// Templates of the request that cannot be read.
fn templates(operation: &Operation, place: &Place<'_>, found: &mut Vec<Diagnostic>) {
    let Some(request) = &operation.request else { return };
    for problem in super::render::compile(request).1 {
        let at = Pointer::parse("/request").join(&problem.pointer);
        let made = place.diagnostic(problem.code, problem.message, &at).severity(problem.severity);
        let usual = "write `{{name}}` for a value; blocks and helpers are not needed: what has no value is left out";
        found.push(made.help(problem.help.unwrap_or_else(|| usual.to_owned())));
    }
}

/// Names that lead nowhere: a way to authorize, a rate limit, a collection; and a URI without a server.
fn references(
    operation: &Operation,
    provider: &Provider,
    credentials: &BTreeMap<String, Auth>,
    place: &Place<'_>,
    found: &mut Vec<Diagnostic>,
) {
    let mut missing = |what: &str, name: &str, at: &str, known: Vec<&str>| {
        let made = place.diagnostic(codes::E0510, format!("{what} {name} is not known"), &Pointer::parse(at));
        found.push(match nearest(name, known.iter().copied()) {
            Some(near) => made.help(format!("did you mean `{near}`?")),
            None => made.help("add it to the provider's `_provider.yaml`"),
        });
    };
    let request = operation.request.as_ref();
    if let Some(AuthSpec::Named(auth)) = request.and_then(|request| request.auth.as_ref())
        && !provider.auth.contains_key(auth)
        && !credentials.contains_key(auth)
    {
        let known = provider.auth.keys().chain(credentials.keys());
        missing("the way to authorize", auth, "/request/auth", known.map(String::as_str).collect());
    }
    if let Some(label) = operation.rate_label.as_ref().filter(|label| !provider.rate_labels.contains_key(*label)) {
        missing("the rate limit", label, "/rate_label", provider.rate_labels.keys().map(String::as_str).collect());
    }
    let collections = &provider.sandbox.collections;
    if let Some(play) = operation
        .sandbox
        .as_ref()
        .filter(|play| !play.collection.is_empty() && !collections.contains_key(&play.collection))
    {
        missing(
            "the collection",
            &play.collection,
            "/sandbox/collection",
            collections.keys().map(String::as_str).collect(),
        );
    }
    let has_server = !operation.servers.is_empty() || !provider.servers.is_empty();
    if request.is_some_and(|request| request.uri.contains("{{server}}")) && !has_server {
        let made = place.diagnostic(
            codes::E0510,
            "`{{server}}` has no value: no server is named",
            &Pointer::parse("/request/uri"),
        );
        found.push(made.help("add `servers` to x-legwork or to the provider's `_provider.yaml`"));
    }
}
