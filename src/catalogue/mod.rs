//! The catalogue: task definitions that hold a request, by name.
//!
//! A task definition is Conductor's `TaskDef`; its key `x-legwork` ([`Operation`]) holds the templated request and all that
//! Legwork knows about the call. [`Catalogue::builtin`] gives those inside the program, each read when it is first asked for;
//! [`Catalogue::add`] adds a user's own. Start with [`Entry`].
//!
//! A call of your own is a YAML file (`legwork schema task-definition` is its JSON Schema), or a Rust type, see [`define`]:
//!
//! ```
//! use legwork::catalogue::Catalogue;
//! use legwork::source::SourceFile;
//!
//! let text = r#"
//! name: crm_contacts_create
//! description: Add a contact.
//! retryCount: 3
//! timeoutSeconds: 60
//! responseTimeoutSeconds: 30
//! inputSchema:
//!   name: crm_contacts_create_input
//!   version: 1
//!   type: JSON
//!   data: {type: object, required: [email], properties: {email: {type: string}, name: {type: string}}}
//! x-legwork:
//!   title: Create a contact
//!   servers: [https://crm.example.com]
//!   request:
//!     method: POST
//!     uri: "{{server}}/contacts"
//!     auth: {type: bearer, token: crm_token}
//!     body: {email: "{{email}}", name: "{{name}}"}
//!   body_schema:
//!     type: object
//!     required: [email]
//!     properties: {email: {type: string, minLength: 3}, name: {type: string}}
//!   examples:
//!     - {name: an address alone, input: {email: jane@example.com}}
//!     - {name: too short, input: {email: a}, fails: E0404, at: /email}
//! "#;
//! let mut catalogue = Catalogue::builtin();
//! let told = catalogue.add(SourceFile::new("crm/contacts.create.yaml", text));
//! assert!(told.is_empty(), "{told:?}");
//! assert!(catalogue.lint().is_empty(), "its examples do what they say");
//!
//! let entry = catalogue.get("crm_contacts_create").expect("it is there now");
//! let task = entry.prepare("create").expect("it holds a request");
//! assert_eq!(task["inputParameters"]["uri"], "https://crm.example.com/contacts");
//! ```

mod auth;
mod builtin;
mod bundle;
mod classify;
mod define;
mod definition_schema;
mod ensure;
mod entry;
mod lazy_schema;
mod limits;
mod lint;
mod load;
mod operation;
mod parameters;
mod play;
mod prepare;
mod provider;
mod reference;
mod render;
mod route;
pub mod search;
pub mod typed;

pub use auth::{
    AccountCredentials, ApiKey, Auth, AwsSigV4, Basic, Bearer, ClientAuth, ClientCredentials, KeyPlace, Mtls,
    RefreshToken,
};
pub use classify::ApiError;
pub use define::{Definition, define};
pub use definition_schema::definition_schema;
pub use ensure::{ENSURE_KEY, Ensure, EnsureOn, filled};
pub use entry::Entry;
pub use lazy_schema::LazySchema;
pub use limits::{Breaker, CacheSpec, Jitter, Limits, Retries, RetryBudget};
pub use load::holds_shared_parts;
pub use operation::{
    AuthSpec, BodySchema, Docs, ErrorKind, ErrorRule, Example, HeaderDoc, Operation, QueryStyle, RequestSpec, Resend,
    Wait,
};
pub use play::{Answer, Answers, Collection, Filter, Hide, IdField, Page, Play, Refusal, Reply, Stage, Verb};
pub use prepare::Optional;
pub use provider::{ErrorBody, Provider, RateLimit};
pub use reference::{ErrorRow, FieldRow, HeaderRow, Reference};
pub use route::{Route, RouteMatch, authority_and_path};
pub use typed::zoom;

use crate::definition::{self, Dialect, Document};
use crate::diagnostic::{Diagnostic, codes};
use crate::source::SourceFile;
use builtin::Builtin;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

/// Task definitions by name. Cloning is cheap; what one clone reads of the built-in ones, all have read.
#[derive(Debug, Clone)]
pub struct Catalogue {
    builtin: Arc<[OnceLock<Arc<Entry>>]>,
    added: BTreeMap<String, Arc<Entry>>,
    sources: Vec<SourceFile>,
    registered: BTreeSet<String>,
    files: BTreeMap<String, Arc<Value>>,
    providers: BTreeMap<String, Arc<Provider>>,
    server: Option<String>,
    credentials: Arc<BTreeMap<String, Auth>>,
}

impl Default for Catalogue {
    fn default() -> Self {
        Self::builtin()
    }
}

impl Catalogue {
    /// The task definitions inside the program. Nothing is read yet.
    #[must_use]
    pub fn builtin() -> Self {
        Self {
            builtin: builtin::ENTRIES.iter().map(|_| OnceLock::new()).collect(),
            added: BTreeMap::new(),
            sources: Vec::new(),
            registered: BTreeSet::new(),
            files: BTreeMap::new(),
            providers: BTreeMap::new(),
            server: None,
            credentials: Arc::default(),
        }
    }

    /// A catalogue without any task definition.
    #[must_use]
    pub fn empty() -> Self {
        Self { builtin: Arc::new([]), ..Self::builtin() }
    }

    /// A catalogue whose operations are at another base URL than their provider's, as an environment says. An operation that
    /// names servers of its own stays there. To be said before files are added.
    #[must_use]
    pub fn at_server(self, server: impl Into<String>) -> Self {
        let builtin = self.builtin.iter().map(|_| OnceLock::new()).collect();
        Self { builtin, server: Some(server.into()), ..self }
    }

    /// A catalogue with credentials by name, which go before a provider's of the same name. To be said before files are added.
    #[must_use]
    pub fn with_credentials(self, credentials: BTreeMap<String, Auth>) -> Self {
        let builtin = self.builtin.iter().map(|_| OnceLock::new()).collect();
        Self { builtin, credentials: Arc::new(credentials), ..self }
    }

    /// The credentials that go before a provider's, by name.
    #[must_use]
    pub fn credentials(&self) -> &BTreeMap<String, Auth> {
        &self.credentials
    }

    /// Adds a user's file: task definitions, a `_provider.yaml`, or a schema (`*.schema.json`) that definitions beside it
    /// name. Of a folder, add the files in the order of their names.
    pub fn add(&mut self, file: SourceFile) -> Vec<Diagnostic> {
        match load::kind_of(file.name()) {
            load::FileKind::Provider => {
                self.sources.push(file.clone());
                self.add_provider(&file)
            }
            load::FileKind::Schema => {
                self.sources.push(file.clone());
                self.add_schema(&file)
            }
            load::FileKind::TaskDefinitions => {
                let document = Document::parse(file);
                let mut diagnostics = definition::check(&document, Dialect::Legwork, &|_| None);
                diagnostics.extend(self.add_document(&document));
                diagnostics
            }
        }
    }

    /// Adds a file of task definitions that nobody named: it was found in a folder. A server's registry does not have them.
    pub fn add_found(&mut self, file: SourceFile) -> Vec<Diagnostic> {
        let registered = self.registered.clone();
        let diagnostics = self.add(file);
        self.registered = registered;
        diagnostics
    }

    /// Adds the task definitions of a document, and tells what is wrong with their `x-legwork`.
    pub fn add_document(&mut self, document: &Document) -> Vec<Diagnostic> {
        let defs = document.task_defs();
        let is_empty_list = document.value.as_array().is_some_and(Vec::is_empty);
        if defs.is_empty() && document.diagnostics.is_empty() && !is_empty_list {
            let message = "the file holds no task definition";
            let help = "a task definition has a `name` and `retryCount` or `x-legwork`; a workflow definition is run, not loaded";
            return vec![Diagnostic::new(codes::E0501, message).help(help).label(
                &document.file,
                document.spans.root.value,
                "",
            )];
        }
        self.sources.push(document.file.clone());
        let mut diagnostics = Vec::new();
        for (index, def) in defs.iter().enumerate() {
            let entry = load::Loader { catalogue: self, document, diagnostics: &mut diagnostics }.entry(index, def);
            self.register(entry, &mut diagnostics);
        }
        diagnostics
    }

    /// Takes out what a file added, so that a newer text of it can be added.
    pub fn forget(&mut self, file: &str) {
        let names: Vec<String> =
            self.added.values().filter(|entry| entry.file.name() == file).map(|entry| entry.name.clone()).collect();
        for name in names {
            self.added.remove(&name);
            self.registered.remove(&name);
        }
        self.sources.retain(|source| source.name() != file);
    }

    fn register(&mut self, entry: Entry, diagnostics: &mut Vec<Diagnostic>) {
        let name = entry.name.clone();
        self.registered.insert(name.clone());
        if let Some(known) = self.added.get(&name) {
            let message = format!("the task definition {name} is there twice; the one in {} counts", known.file.name());
            let at = entry.spans().locate(&entry.base.key("name"));
            diagnostics.push(
                Diagnostic::new(codes::E0508, message).help("leave one of the two out, or give it another name").label(
                    &entry.file,
                    at.value,
                    "again here",
                ),
            );
            return;
        }
        self.added.insert(name, Arc::new(entry));
    }

    fn add_provider(&mut self, file: &SourceFile) -> Vec<Diagnostic> {
        let (provider, diagnostics) = load::provider(file);
        let provider = Arc::new(provider);
        self.providers.insert(load::folder(file.name()).to_owned(), provider.clone());
        self.providers.insert(format!("provider {}", provider.name), provider);
        diagnostics
    }

    fn add_schema(&mut self, file: &SourceFile) -> Vec<Diagnostic> {
        let (schema, diagnostics) = load::plain(file);
        self.files.insert(file.name().to_owned(), Arc::new(schema));
        diagnostics
    }

    /// The task definition of that name; a user's goes before one inside the program.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Arc<Entry>> {
        self.added.get(name).cloned().or_else(|| self.own(name))
    }

    fn own(&self, name: &str) -> Option<Arc<Entry>> {
        let index = builtin::ENTRIES.iter().position(|own| own.name == name)?;
        let cell = self.builtin.get(index)?;
        let own = builtin::ENTRIES.get(index)?;
        Some(cell.get_or_init(|| Arc::new(load::builtin(own, self.server.as_deref(), &self.credentials))).clone())
    }

    /// The user's files, in the order they were added: the same files give the same catalogue.
    #[must_use]
    pub fn sources(&self) -> &[SourceFile] {
        &self.sources
    }

    /// Whether a user's file defines that name, as a server's registry would.
    #[must_use]
    pub fn is_registered_by_user(&self, name: &str) -> bool {
        self.registered.contains(name)
    }

    /// All names: those inside the program in their own order, then the user's.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let own = self.own_list().map(|own| own.name);
        let is_own = |name: &str| self.own_list().any(|own| own.name == name);
        own.chain(self.added.keys().map(String::as_str).filter(move |name| !is_own(name)))
    }

    fn own_list(&self) -> impl Iterator<Item = &'static Builtin> {
        builtin::ENTRIES.iter().take(self.builtin.len())
    }

    /// All entries that hold a request.
    pub fn entries(&self) -> impl Iterator<Item = Arc<Entry>> {
        self.names().filter_map(|name| self.get(name)).filter(|entry| entry.method.is_some())
    }

    /// The one entry whose method, host and path template a request fits; `None` when none does, or more than one. The URI is
    /// absolute; expressions may stand for whole segments of its path.
    #[must_use]
    pub fn match_request(&self, method: &str, uri: &str) -> Option<Arc<Entry>> {
        let (host, path) = authority_and_path(uri)?;
        let mut best: Option<(usize, &str)> = None;
        let mut is_tie = false;
        for (name, route) in self.routes() {
            let Some(found) = route.matches(method, host, path).filter(|found| found.own_host) else { continue };
            is_tie = best.is_some_and(|(literal, _)| literal == found.literal);
            if best.is_none_or(|(literal, _)| found.literal > literal) {
                best = Some((found.literal, name));
            }
        }
        best.filter(|_| !is_tie).and_then(|(_, name)| self.get(name))
    }

    /// The entry that a request to a sandbox is for, with the path's variables: the host only chooses between several.
    #[must_use]
    pub fn match_path(&self, method: &str, host: &str, path: &str) -> Option<(Arc<Entry>, RouteMatch)> {
        let found = self.routes().filter_map(|(name, route)| Some((name, route.matches(method, host, path)?)));
        let (name, found) = found.max_by_key(|(_, found)| (found.own_host, found.literal))?;
        Some((self.get(name)?, found))
    }

    /// The routes of all entries, without reading those inside the program.
    fn routes(&self) -> impl Iterator<Item = (&str, Route)> {
        let own = self.own_list().filter(|own| !self.added.contains_key(own.name));
        let own = own.map(move |own| (own.name, Route::new(own.method, own.uri, &own.servers(self.server.as_deref()))));
        own.chain(self.added.values().filter_map(|entry| Some((entry.name.as_str(), entry.route.clone()?))))
    }

    /// What is wrong with the entries beyond what loading tells: examples that do not do what they say, parameters that are
    /// not declared or not used.
    #[must_use]
    pub fn lint(&self) -> Vec<Diagnostic> {
        self.entries().flat_map(|entry| lint::lint(&entry, self)).collect()
    }
}

#[cfg(test)]
mod tests;
