//! OpenAPI 2.0, 3.0 and 3.1 documents as task definitions.
//!
//! The walk is tolerant: a flaw costs the operation it is in, never the document. It goes over the value once and moves out of it
//! what it needs, so that a document of many megabytes is never there twice. Nothing here reads files: further files of a
//! description come through a function. Start with [`import`].

mod answers;
mod body;
mod call;
mod circles;
mod example;
mod failures;
mod fields;
mod files;
mod flaws;
mod keyword;
mod names;
mod operation;
mod parameter;
mod path;
mod schema;
mod security;
mod servers;
mod title;
mod trail;

pub use call::{Call, call_at, call_by_id, provider_name};
pub use title::{longer_name, name_in_place};

use crate::diagnostic::codes;
use crate::draft::{Draft, Names, ProviderDraft, slug};
use crate::source::{Pointer, SourceFile};
use files::Files;
use flaws::Flaws;
use security::Schemes;
use serde_json::{Map, Value, json};
use std::collections::{BTreeSet, HashMap};
use trail::{Place, Trail};

/// What an import is told beside its document.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The provider's name; a short one from the document's title or server when absent.
    pub name: Option<String>,
    /// The base URL; the document's own servers when absent.
    pub server: Option<String>,
}

/// Gives a further file of the description, by its path from the document's own folder.
pub type ReadFile<'r> = dyn FnMut(&str) -> Result<SourceFile, String> + 'r;

/// Which specification a document keeps to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Version {
    V2,
    V3_0,
    V3_1,
}

impl Version {
    fn of(document: &Value) -> Self {
        let text =
            |key: &str| document.get(key).map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        match text("openapi") {
            Some(version) if version.starts_with("3.0") => Self::V3_0,
            Some(_) => Self::V3_1,
            None if document.get("swagger").is_some() || document.get("definitions").is_some() => Self::V2,
            None => Self::V3_0,
        }
    }
}

/// The task definitions of a document, which was read before.
#[must_use]
pub fn import(file: &SourceFile, value: Value, options: &Options, read: &mut ReadFile<'_>) -> Draft {
    let mut flaws = Flaws::default();
    let version = Version::of(&value);
    let files = Files::load(file, value, read, &mut flaws);
    let mut importer = Importer {
        version,
        files,
        flaws,
        options,
        patterns: HashMap::new(),
        schemas: Map::new(),
        shared_names: HashMap::new(),
        def_names: Names::default(),
        waiting: Vec::new(),
        in_operation: false,
        schemes: Schemes::default(),
        provider: ProviderDraft::default(),
        tells_rates: false,
        failures: HashMap::new(),
    };
    importer.provider();
    importer.components();
    let (operations, found) = importer.operations();
    importer.finish(operations, found)
}

/// A document on its way.
struct Importer<'o> {
    version: Version,
    files: Files,
    flaws: Flaws,
    options: &'o Options,
    patterns: keyword::Patterns,
    /// The shared schemas that are converted.
    schemas: Map<String, Value>,
    /// What each place that is referred to is called among them.
    shared_names: HashMap<Place, String>,
    def_names: Names,
    /// What was referred to and is not converted yet.
    waiting: Vec<(String, Place, Value)>,
    in_operation: bool,
    schemes: Schemes,
    provider: ProviderDraft,
    /// Whether any answer tells of its rate limit.
    tells_rates: bool,
    /// Bodies of failures that were made before: by status and schema.
    failures: HashMap<(u16, String), Option<Value>>,
}

impl Importer<'_> {
    fn root(&self) -> &Value {
        self.files.all.first().map_or(&Value::Null, |file| &file.value)
    }

    fn provider(&mut self) {
        let info = |key: &str| self.root().pointer("/info").and_then(|info| info.get(key)?.as_str()).map(str::to_owned);
        let title = info("title");
        let stem = self.files.all.first().map(|file| file.source.name().to_owned()).unwrap_or_default();
        let stem =
            stem.rsplit(['/', '\\']).next().and_then(|name| name.split('.').next()).unwrap_or_default().to_owned();
        let name = self.options.name.clone().unwrap_or_else(|| title::of_document(self.root(), &stem));
        let docs = self.root().pointer("/externalDocs/url").and_then(Value::as_str).map(str::to_owned);
        self.provider = ProviderDraft { name: slug(&name), title, docs, ..ProviderDraft::default() };
        self.provider.servers = self.servers();
        self.schemes();
    }

    /// Converts the named schemas, each moved out of the document.
    fn components(&mut self) {
        let base = match self.version {
            Version::V2 => Pointer::parse("/definitions"),
            Version::V3_0 | Version::V3_1 => Pointer::parse("/components/schemas"),
        };
        let taken = self.files.all.first_mut().and_then(|file| file.value.pointer_mut(base.as_str())).map(Value::take);
        let Some(Value::Object(named)) = taken else { return };
        for name in named.keys() {
            let own = self.def_names.take(&keyword::def_name(name));
            self.shared_names.insert(Place { file: 0, pointer: base.key(name) }, own);
        }
        for (name, schema) in named {
            let place = Place { file: 0, pointer: base.key(&name) };
            let own = self.shared_names.get(&place).cloned().unwrap_or(name);
            let schema = self.schema(schema, &Trail::Start(&place));
            self.schemas.insert(own, schema);
        }
        self.catch_up();
    }

    fn finish(mut self, mut operations: Vec<crate::draft::OperationDraft>, found: usize) -> Draft {
        for name in circles::open(&mut self.schemas) {
            let message = format!("the schema `{name}` refers to itself without end");
            self.flaws.add(codes::E0804, Place::default(), message, "the reference is left out");
        }
        let mut provider = self.provider;
        if self.tells_rates {
            provider.more.insert("limits".into(), json!({"learn": true}));
        }
        let shared = failures::share(&mut operations);
        if !shared.is_empty() {
            provider.more.insert("sandbox".into(), json!({"answers": shared}));
        }
        let mut schemas = self.schemas;
        let needed = needed(&schemas, &operations);
        schemas.retain(|name, _| needed.contains(name));
        provider.auth.retain(|name, _| operations.iter().any(|operation| operation.auth.as_ref() == Some(name)));
        let diagnostics = self.flaws.diagnostics(&self.files.all);
        Draft { provider, schemas, operations, workflows: Vec::new(), found, diagnostics }
    }
}

/// The names of the schemas that operations refer to, and of those that these refer to.
fn needed(schemas: &Map<String, Value>, operations: &[crate::draft::OperationDraft]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut waiting = Vec::new();
    for operation in operations {
        let own = operation.parameters.values().chain(&operation.body_schema).chain(&operation.answer);
        own.for_each(|schema| mentioned(schema, &mut waiting));
    }
    while let Some(name) = waiting.pop() {
        if let Some(schema) = schemas.get(&name).filter(|_| !names.contains(&name)) {
            mentioned(schema, &mut waiting);
            names.insert(name);
        }
    }
    names
}

fn mentioned(schema: &Value, names: &mut Vec<String>) {
    match schema {
        Value::Object(map) => {
            let reference = map.get("$ref").and_then(Value::as_str);
            let path = reference.and_then(|reference| reference.split_once("#/$defs/"));
            names.extend(path.and_then(|(_, path)| path.split('/').next()).map(str::to_owned));
            map.values().for_each(|value| mentioned(value, names));
        }
        Value::Array(items) => items.iter().for_each(|item| mentioned(item, names)),
        _ => {}
    }
}

#[cfg(test)]
mod tests;
