//! Makes the index of folders.

use super::Progress;
use super::folders::Seen;
use super::pieces::{Group, Head, Origin, Piece, Pieces};
use crate::catalogue::Catalogue;
use crate::catalogue::search::{Index, Record};
use crate::diagnostic::Diagnostic;
use crate::draft::DraftFile;
use crate::host::read::load_source;
use crate::openapi;
use crate::source::{self, Format, SourceFile};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashSet};
use std::path::Path;

/// A schema with at least so many definitions is read in parts.
const MANY: usize = 8;

/// The index of the task definitions inside the program and of these files.
pub(super) fn build(seen: &Seen, progress: &mut Progress<'_>) -> (Pieces, Index) {
    let mut maker = Maker::default();
    maker.builtin();
    let total = seen.files.len();
    let mut folder: Vec<SourceFile> = Vec::new();
    for (done, file) in seen.files.iter().enumerate() {
        progress(done, total);
        match load_source(&file.path) {
            Ok(file) => {
                if folder.first().is_some_and(|first| folder_of(first.name()) != folder_of(file.name())) {
                    maker.folder(&std::mem::take(&mut folder));
                }
                match openapi_value(&file) {
                    Some(value) => maker.document(&file, value),
                    None => folder.push(file),
                }
            }
            Err(err) => maker.head.problems.push(err.to_string()),
        }
    }
    maker.folder(&folder);
    progress(total, total);
    maker.head.stamp.clone_from(&seen.stamp);
    let index = Index::build(&maker.records);
    (Pieces::in_memory(maker.head, maker.bytes), index)
}

/// The path of a file's folder, with its last slash.
fn folder_of(name: &str) -> &str {
    name.rfind(['/', '\\']).map_or("", |at| &name[..=at])
}

/// Whether a file is an OpenAPI document: it says its version with the key `openapi` or `swagger`, wherever that stands.
#[must_use]
pub fn is_document(file: &SourceFile) -> bool {
    let text = file.text();
    ["openapi", "swagger"].iter().any(|key| {
        memchr::memmem::find_iter(text.as_bytes(), key).any(|at| {
            let (before, after) = (&text[..at], &text[at + key.len()..]);
            let quoted = before.ends_with('"') && after.starts_with('"');
            let in_block = before.is_empty() || before.ends_with(['\n', '\u{feff}']);
            let rest = after.trim_start_matches(['"', '\'']).trim_start();
            let version = rest.strip_prefix(':').map(|rest| rest.trim_start().trim_start_matches(['"', '\'']));
            (quoted || in_block) && version.is_some_and(|version| version.starts_with(['2', '3']))
        })
    })
}

/// The value of an OpenAPI document; `None` for anything else.
fn openapi_value(file: &SourceFile) -> Option<Value> {
    if !is_document(file) {
        return None;
    }
    let value = match file.format() {
        Format::Json => serde_json::from_str(file.text().trim_start_matches('\u{feff}')).ok(),
        Format::Yaml => None,
    };
    let value = value.unwrap_or_else(|| source::parse(file).value);
    (value.get("openapi").is_some() || value.get("swagger").is_some()).then_some(value)
}

#[derive(Default)]
struct Maker {
    head: Head,
    records: Vec<Record>,
    names: HashSet<String>,
    bytes: Vec<u8>,
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

    /// The operations of an OpenAPI document.
    fn document(&mut self, file: &SourceFile, value: Value) {
        let own_folder = folder_of(file.name()).to_owned();
        let mut files =
            |path: &str| load_source(Path::new(&format!("{own_folder}{path}"))).map_err(|err| err.to_string());
        let draft = openapi::import(file, value, &openapi::Options::default(), &mut files);
        let mut catalogue = Catalogue::empty();
        let (mut shared, mut own) = (Vec::new(), BTreeMap::new());
        for DraftFile { path, text, .. } in draft.files() {
            let source = SourceFile::new(format!("{}/{path}", file.name()), text);
            if is_shared(source.name()) {
                shared.push(source.clone());
            } else {
                own.insert(source.name().to_owned(), source.clone());
            }
            catalogue.add(source);
        }
        let folder = shared.first().map(|first| folder_of(first.name()).to_owned()).unwrap_or_default();
        let group = self.group(&folder, shared.into_iter());
        for entry in catalogue.entries() {
            let Some(source) = own.get(entry.file.name()) else { continue };
            let text = source::parse(source).value.to_string();
            let piece = self.piece(&text);
            self.take(Record::of(&entry), Origin::Piece(format!("{}.json", entry.file.name()), piece, group));
        }
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
