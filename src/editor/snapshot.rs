//! One file as it is now, and what is around it.

use super::kind::{FileKind, kind_of};
use super::repair;
use super::scope;
use super::task::{self, Task};
use super::{Known, Library};
use crate::catalogue::{Catalogue, Entry, holds_shared_parts};
use crate::definition::Document;
use crate::diagnostic::Diagnostic;
use crate::plan::{self, Faultless, Planned};
use crate::resolve::Scope;
use crate::source::SourceFile;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// One version of one file, and everything that answers about it need. Cloning is cheap; it never changes, so that requests
/// may work on it side by side.
///
/// Made once for each version of the text; what costs more than reading the text is worked out when it is first asked for.
#[derive(Debug, Clone)]
pub struct Snapshot {
    text: Arc<Text>,
    known: Arc<Known>,
    scope: Arc<OnceLock<Scope>>,
    is_beside_schema_server: bool,
}

/// What depends on the text and the library alone.
#[derive(Debug)]
struct Text {
    kind: FileKind,
    /// The text as it is.
    document: Arc<Document>,
    /// The same where nothing is wrong with the notation, else the nearest thing to it that can be read; its places are
    /// places of the text as it is.
    tree: Arc<Document>,
    tasks: Vec<Task>,
    library: Arc<Library>,
    catalogue: Arc<Catalogue>,
    /// The names that the catalogue has beside the library's own.
    read: Vec<String>,
    /// What the version before knew of the tasks.
    faultless: Option<Arc<Faultless>>,
    judged: OnceLock<(Vec<Diagnostic>, Option<Arc<Faultless>>)>,
    planned: OnceLock<Planned>,
    entries: Mutex<HashMap<String, Option<Arc<Entry>>>>,
}

impl Snapshot {
    /// Reads a file. `before` is the version before it, whose tree stands in where this text cannot be read.
    #[must_use]
    pub fn new(file: SourceFile, library: &Arc<Library>, known: &Arc<Known>, before: Option<&Self>) -> Self {
        let kind = kind_of(&file);
        let source = if kind == FileKind::Other { SourceFile::new(file.name(), "") } else { file.clone() };
        let mut document = Document::parse(source);
        if kind == FileKind::Other {
            document.diagnostics.clear();
            document.file = file;
        }
        let document = Arc::new(document);
        let before = before.map(|before| &*before.text);
        let tree = repair::tree(&document, before.map(|before| &*before.tree));
        let names = names(&tree);
        let read = library.read_for(&names);
        // Definitions are read from files: not with each character that is typed.
        let before = before.filter(|before| Arc::ptr_eq(&before.library, library) && before.read == read);
        let catalogue =
            before.map_or_else(|| Arc::new(library.with(&names).into_owned()), |before| Arc::clone(&before.catalogue));
        let is_operation = |name: &str| catalogue.get(name).is_some_and(|entry| entry.method.is_some());
        let tasks = match kind {
            FileKind::Workflow => task::tasks(&tree.value, &tree.spans.root, &is_operation),
            _ => Vec::new(),
        };
        let text = Text {
            kind,
            document,
            tree,
            tasks,
            library: Arc::clone(library),
            catalogue,
            read,
            faultless: before.and_then(Text::faultless).cloned(),
            judged: OnceLock::new(),
            planned: OnceLock::new(),
            entries: Mutex::default(),
        };
        Self { text: Arc::new(text), known: Arc::clone(known), scope: Arc::default(), is_beside_schema_server: false }
    }

    /// The same text, with other facts around it.
    #[must_use]
    pub fn with_known(&self, known: &Arc<Known>) -> Self {
        let text = Arc::clone(&self.text);
        Self { text, known: Arc::clone(known), scope: Arc::default(), ..*self }
    }

    /// The same text, where another server knows the published schema of workflow definitions: what such a server offers and
    /// says is left to it.
    #[must_use]
    pub fn beside_schema_server(self, is_beside_schema_server: bool) -> Self {
        Self { is_beside_schema_server, ..self }
    }

    /// Whether a server speaks that knows schemas.
    pub(super) fn is_beside_schema_server(&self) -> bool {
        self.is_beside_schema_server
    }

    /// What the file is.
    #[must_use]
    pub fn kind(&self) -> FileKind {
        self.text.kind
    }

    /// The file.
    #[must_use]
    pub fn file(&self) -> &SourceFile {
        &self.text.document.file
    }

    /// The text as it was read, with what is wrong with it.
    #[must_use]
    pub fn document(&self) -> &Arc<Document> {
        &self.text.document
    }

    /// The facts around it.
    #[must_use]
    pub fn known(&self) -> &Known {
        &self.known
    }

    /// What there is to write with.
    #[must_use]
    pub fn library(&self) -> &Arc<Library> {
        &self.text.library
    }

    /// The library's catalogue, with the definitions that this file names.
    #[must_use]
    pub fn catalogue(&self) -> &Catalogue {
        &self.text.catalogue
    }

    /// The tasks, in text order; none when it is not a workflow definition.
    #[must_use]
    pub fn tasks(&self) -> &[Task] {
        &self.text.tasks
    }

    /// The tree that answers are about: of this text, or the nearest that could be read. Its places are places of this text.
    pub(super) fn tree(&self) -> &Arc<Document> {
        &self.text.tree
    }

    /// The text.
    pub(super) fn source(&self) -> &str {
        self.file().text()
    }

    /// What is known, as expressions read it.
    pub(super) fn scope(&self) -> &Scope {
        self.scope.get_or_init(|| scope::scope(&self.known, &self.tree().value, self.tasks()))
    }

    /// The operation that a task calls: the one it names, else the one of its method and URI.
    pub(super) fn entry(&self, task: &Task) -> Option<Arc<Entry>> {
        let entries = || self.text.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let key = task.pointer.as_str();
        if let Some(known) = entries().get(key) {
            return known.clone();
        }
        let found = self.text.catalogue.get(&task.name).filter(|entry| entry.method.is_some());
        let input = self.tree().value.pointer(task.pointer.key("inputParameters").as_str());
        let by_request = || plan::entry_of_request(&self.text.catalogue, &task.task_type, input?.as_object()?);
        let found = found.or_else(by_request);
        entries().insert(key.to_owned(), found.clone());
        found
    }

    /// The definition compiled, with everything that stands against it: what a test request runs. Made once for each version.
    #[must_use]
    pub fn planned(&self) -> &Planned {
        let text = &self.text;
        text.planned.get_or_init(|| plan::build(&text.document, &text.catalogue, text.library.options))
    }

    /// See [`diagnostics`](super::diagnostics).
    pub(super) fn diagnostics(&self) -> &[Diagnostic] {
        let (diagnostics, _) = self.text.judged.get_or_init(|| self.text.judge());
        diagnostics
    }
}

impl Text {
    fn judge(&self) -> (Vec<Diagnostic>, Option<Arc<Faultless>>) {
        if self.kind == FileKind::Other {
            return (Vec::new(), None);
        }
        let (document, options) = (&self.document, self.library.options);
        let mut catalogue = Catalogue::clone(&self.catalogue);
        catalogue.forget(document.file.name());
        if document.workflow().is_none() || holds_shared_parts(document.file.name()) {
            return (plan::check(document, &mut catalogue, options), None);
        }
        let (diagnostics, faultless) = plan::check_again(document, &catalogue, options, self.faultless.as_deref());
        (diagnostics, Some(Arc::new(faultless)))
    }

    /// What is known of the tasks by now.
    fn faultless(&self) -> Option<&Arc<Faultless>> {
        self.judged.get().and_then(|(_, faultless)| faultless.as_ref()).or(self.faultless.as_ref())
    }
}

/// The names of all tasks of a definition.
fn names(document: &Document) -> Vec<&str> {
    let tasks = document.workflow().map(crate::definition::WorkflowDef::all_tasks).unwrap_or_default();
    let mut names: Vec<&str> = tasks.iter().map(|task| task.name.as_str()).filter(|name| !name.is_empty()).collect();
    names.sort_unstable();
    names.dedup();
    names
}
