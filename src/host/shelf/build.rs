//! Makes the index of folders.

use super::documents::{self, Document, Made, Prepared, Read};
use super::folders::Seen;
use super::pieces::{Group, Head, Kept, KeptOperation, Origin, Piece, Pieces};
use super::{Progress, Shelf};
use crate::catalogue::Catalogue;
use crate::catalogue::search::{Index, Record};
use crate::diagnostic::Diagnostic;
use crate::draft::{Names, SHARED_SCHEMAS};
use crate::openapi;
use crate::source::{self, SourceFile};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashSet};
use std::path::Path;

/// A schema with at least so many definitions is read in parts.
const MANY: usize = 8;

/// The index of the task definitions inside the program and of these files; documents of an old index that have not changed are
/// taken from it. `step` is called after each file, in their order.
pub(super) fn build(
    seen: &Seen,
    old: Option<&Pieces>,
    progress: &mut Progress<'_>,
    step: &mut dyn FnMut(&Part<'_>),
) -> (Pieces, Index) {
    let mut maker = Maker::default();
    maker.builtin();
    documents::read_all(seen, old, progress, &mut |read| {
        maker.read(read);
        step(&Part(&maker));
    });
    maker.end_folder();
    maker.head.stamp.clone_from(&seen.stamp);
    let index = Index::build(&maker.records);
    (Pieces::in_memory(maker.head, maker.bytes), index)
}

/// An index in the making: what is known by now.
pub(super) struct Part<'m>(&'m Maker);

impl Part<'_> {
    /// Whether that name is known for good: whatever is read later stands behind it.
    pub(super) fn knows(&self, name: &str) -> bool {
        let at = self.0.names.contains(name).then(|| self.0.records.iter().position(|record| record.name == name));
        at.flatten().and_then(|at| self.0.head.origins.get(at)).is_some_and(|origin| *origin != Origin::Builtin)
    }

    /// What is known, to be read; it is found by its names alone.
    pub(super) fn shelf(&self) -> Shelf {
        let named = |record: &Record| Record { name: record.name.clone(), ..Record::default() };
        let index = Index::build(&self.0.records.iter().map(named).collect::<Vec<_>>());
        Shelf::of((Pieces::in_memory(self.0.head.clone(), self.0.bytes.clone()), index))
    }
}

/// The path of a file's folder, with its last slash.
pub(super) fn folder_of(name: &str) -> &str {
    name.rfind(['/', '\\']).map_or("", |at| &name[..=at])
}

#[derive(Default)]
struct Maker {
    head: Head,
    records: Vec<Record>,
    names: HashSet<String>,
    /// What the documents are called.
    providers: Names,
    bytes: Vec<u8>,
    /// The files of one folder so far that are no documents.
    folder: Vec<SourceFile>,
}

impl Maker {
    fn builtin(&mut self) {
        for entry in Catalogue::builtin().entries() {
            self.take(Record::of(&entry), Origin::Builtin);
        }
    }

    fn take(&mut self, record: Record, origin: Origin) {
        if self.names.insert(record.name.clone()) {
            self.records.push(record);
            self.head.origins.push(origin);
            return;
        }
        // A user's definition goes before one inside the program; of two others, the first counts.
        let known = self.records.iter().position(|known| known.name == record.name);
        let Some(at) = known.filter(|at| self.head.origins.get(*at) == Some(&Origin::Builtin)) else { return };
        if let (Some(own), Some(known)) = (self.records.get_mut(at), self.head.origins.get_mut(at)) {
            (*own, *known) = (record, origin);
        }
    }

    fn read(&mut self, read: Read) {
        match read {
            Read::Other(file) => {
                self.begin_folder(folder_of(file.name()));
                self.folder.push(file);
            }
            Read::Document(document) => {
                self.begin_folder(folder_of(document.file_name()));
                self.document(*document);
            }
            Read::Failed(why) => self.head.problems.push(why),
        }
    }

    /// Files of another folder were taken before: they are all there.
    fn begin_folder(&mut self, folder: &str) {
        if self.folder.first().is_some_and(|first| folder_of(first.name()) != folder) {
            self.end_folder();
        }
    }

    fn end_folder(&mut self) {
        let files = std::mem::take(&mut self.folder);
        self.folder(&files);
    }

    fn piece(&mut self, text: &str) -> Piece {
        let start = self.bytes.len() as u64;
        self.bytes.extend_from_slice(text.as_bytes());
        (start, text.len() as u64)
    }

    /// The files of a folder that are no OpenAPI documents.
    fn folder(&mut self, files: &[SourceFile]) {
        let Some(first) = files.first() else { return };
        let folder = folder_of(first.name()).to_owned();
        let mut catalogue = Catalogue::empty();
        for file in in_order(files) {
            self.tell(&catalogue.add(file.clone()));
        }
        let group = self.group(&folder, files.iter().filter(|file| is_shared(file.name())).cloned());
        for entry in catalogue.entries() {
            let origin = Origin::File(Path::new(entry.file.name()).to_owned(), group);
            self.take(Record::of(&entry), origin);
        }
    }

    /// The operations of an OpenAPI document, below a name of its own.
    fn document(&mut self, document: Document) {
        let longer = || openapi::longer_name(document.file_name());
        let natural = document.name.clone();
        let known = if self.providers.has(&natural) { longer() } else { None };
        let own = self.providers.take(known.as_deref().unwrap_or(&natural));
        let Prepared { files, folder, provider, schemas, definitions } = document.named(own);
        let file = files.first().map(|file| file.path.display().to_string()).unwrap_or_default();
        let mut group = Group { folder: format!("{file}/{folder}/"), ..Group::default() };
        let text = self.piece(&provider);
        group.files.push(("_provider.yaml".to_owned(), text));
        let table: BTreeMap<_, _> = schemas.iter().map(|(name, schema)| (name, self.piece(schema))).collect();
        if !table.is_empty() {
            let table = self.piece(&serde_json::to_string(&table).unwrap_or_default());
            group.shared.push((SHARED_SCHEMAS.to_owned(), table));
        }
        self.head.groups.push(group);
        let group = self.head.groups.len() - 1;
        let mut operations = Vec::with_capacity(definitions.len());
        for Made { path, record, text } in definitions {
            let piece = self.piece(&text);
            let name = path.rsplit('/').next().unwrap_or(&path).to_owned();
            self.take(record.clone(), Origin::Piece(name, piece, group));
            operations.push(KeptOperation { path, record, piece });
        }
        let operations = self.piece(&serde_json::to_string(&operations).unwrap_or_default());
        self.head.documents.push(Kept { files, names: [natural, folder], group, operations });
    }

    /// What the entries of a folder share.
    fn group(&mut self, folder: &str, files: impl Iterator<Item = SourceFile>) -> usize {
        let mut group = Group { folder: folder.to_owned(), ..Group::default() };
        for file in files {
            let name = file.name().strip_prefix(folder).unwrap_or(file.name()).to_owned();
            let value = source::parse(&file).value;
            match value.get("$defs").and_then(Value::as_object).filter(|defs| defs.len() >= MANY) {
                Some(defs)
                    if value
                        .as_object()
                        .is_some_and(|all| all.keys().all(|key| key == "$defs" || key.starts_with("x-"))) =>
                {
                    let table = self.definitions(defs);
                    let piece = self.piece(&table);
                    group.shared.push((name, piece));
                }
                _ => {
                    let piece = self.piece(&value.to_string());
                    group.files.push((name, piece));
                }
            }
        }
        self.head.groups.push(group);
        self.head.groups.len() - 1
    }

    fn definitions(&mut self, defs: &Map<String, Value>) -> String {
        let table: BTreeMap<_, _> = defs.iter().map(|(name, value)| (name, self.piece(&value.to_string()))).collect();
        serde_json::to_string(&table).unwrap_or_default()
    }

    /// Errors of a user's files, one sentence each.
    fn tell(&mut self, diagnostics: &[Diagnostic]) {
        for told in diagnostics.iter().filter(|told| told.is_error()) {
            let place = told.labels.first().map(|label| {
                let (line, column) = label.file.position(label.span.start);
                format!("{}:{line}:{column}: ", label.file.name())
            });
            self.head.problems.push(format!("{}{}: {}", place.unwrap_or_default(), told.code, told.message));
        }
    }
}

/// Providers and schemas first: definitions refer to them.
fn in_order(files: &[SourceFile]) -> impl Iterator<Item = &SourceFile> {
    let (shared, own): (Vec<_>, Vec<_>) = files.iter().partition(|file| is_shared(file.name()));
    shared.into_iter().chain(own)
}

/// Whether a file is a provider or a schema.
fn is_shared(name: &str) -> bool {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    file.starts_with("_provider.") || file.contains(".schema.")
}
