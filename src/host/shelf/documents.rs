//! The files of folders, read on all processors: OpenAPI documents become what the index keeps of them.

use super::Progress;
use super::build::folder_of;
use super::folders::{Seen, SeenFile};
use super::pieces::{Kept, KeptOperation, Pieces};
use crate::catalogue::search::Record;
use crate::draft::SHARED_SCHEMAS;
use crate::host::read::load_source;
use crate::openapi::{self, Options};
use crate::source::{self, SourceFile};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

/// Of a file longer than this, so much is looked at before all of it is read.
const LOOKED_AT: u64 = 64 * 1024;

/// A file of a folder.
pub(super) enum Read {
    /// A task definition, a provider, a schema, or nothing of ours.
    Other(SourceFile),
    Document(Box<Document>),
    /// Why it could not be read.
    Failed(String),
}

/// An OpenAPI document.
pub(super) struct Document {
    /// What it would be called if no other were.
    pub(super) name: String,
    prepared: Prepared,
}

/// What the index keeps of a document.
pub(super) struct Prepared {
    /// Its file, and those that it refers to.
    pub(super) files: Vec<SeenFile>,
    /// What it is called.
    pub(super) folder: String,
    /// The text of its `_provider.yaml`, as JSON.
    pub(super) provider: String,
    /// The schemas that its operations share, by name.
    pub(super) schemas: Vec<(String, String)>,
    pub(super) definitions: Vec<Made>,
}

/// One operation.
pub(super) struct Made {
    pub(super) path: String,
    pub(super) record: Record,
    pub(super) text: String,
}

impl Document {
    /// The name of its file.
    pub(super) fn file_name(&self) -> &str {
        self.prepared.files.first().and_then(|file| file.path.to_str()).unwrap_or_default()
    }

    /// What the index keeps of it when it is called so.
    pub(super) fn named(self, name: String) -> Prepared {
        if name == self.prepared.folder {
            return self.prepared;
        }
        let Some(seen) = self.prepared.files.first().cloned() else { return self.prepared };
        let again = load_source(&seen.path).ok().and_then(|file| Some((openapi_value(&file)?, file)));
        match again {
            Some((value, file)) => prepare(seen, &file, value, name),
            None => self.prepared,
        }
    }
}

/// Reads the files, and takes them in their order. What an old index has of unchanged documents is taken from it.
pub(super) fn read_all(seen: &Seen, old: Option<&Pieces>, progress: &mut Progress<'_>, take: &mut dyn FnMut(Read)) {
    let total = seen.files.len();
    let mut early: BTreeMap<usize, Read> = BTreeMap::new();
    let mut taken = 0;
    let next = AtomicUsize::new(0);
    let (tell, told) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from).min(total.max(1)) {
            let (tell, next) = (tell.clone(), &next);
            scope.spawn(move || {
                while let Some((index, file)) =
                    Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|at| Some((at, seen.files.get(at)?)))
                {
                    // Who listens has more to do than this thread, and is there until the end.
                    let _ = tell.send((index, read(file, old)));
                }
            });
        }
        drop(tell);
        for (done, (index, read)) in told.iter().enumerate() {
            progress(done, total);
            early.insert(index, read);
            while let Some(read) = early.remove(&taken) {
                take(read);
                taken += 1;
            }
        }
    });
    progress(total, total);
}

fn read(seen: &SeenFile, old: Option<&Pieces>) -> Read {
    if let Some(document) = old.and_then(|old| kept(old, old.document(seen)?)) {
        return Read::Document(Box::new(document));
    }
    let file = match load_source(&seen.path) {
        Ok(file) => file,
        Err(err) => return Read::Failed(err.to_string()),
    };
    let Some(value) = openapi_value(&file) else { return Read::Other(file) };
    let name = openapi::name_in_place(&value, file.name());
    let prepared = prepare(seen.clone(), &file, value, name);
    Read::Document(Box::new(Document { name: prepared.folder.clone(), prepared }))
}

/// A document as an old index has it.
fn kept(old: &Pieces, kept: &Kept) -> Option<Document> {
    let group = old.head.groups.get(kept.group)?;
    let schemas =
        group.shared.iter().find(|(name, _)| name == SHARED_SCHEMAS).map(|(_, table)| old.definitions(*table));
    let schemas = schemas.unwrap_or_default().into_iter().map(|(name, piece)| Some((name, old.text(piece)?)));
    let operations: Vec<KeptOperation> = serde_json::from_str(&old.text(kept.operations)?).ok()?;
    let definitions = operations.into_iter().map(|operation| {
        Some(Made { path: operation.path, record: operation.record, text: old.text(operation.piece)? })
    });
    let [name, folder] = kept.names.clone();
    let prepared = Prepared {
        files: kept.files.clone(),
        folder,
        provider: group.files.first().and_then(|(_, piece)| old.text(*piece))?,
        schemas: schemas.collect::<Option<_>>()?,
        definitions: definitions.collect::<Option<_>>()?,
    };
    Some(Document { name, prepared })
}

fn prepare(seen: SeenFile, file: &SourceFile, value: Value, name: String) -> Prepared {
    let own_folder = folder_of(file.name()).to_owned();
    let mut all = vec![seen];
    let mut files = |path: &str| {
        let path = format!("{own_folder}{path}");
        all.push(SeenFile::now(Path::new(&path)));
        load_source(Path::new(&path)).map_err(|err| err.to_string())
    };
    let options = Options { name: Some(name), ..Options::default() };
    let mut values = openapi::import(file, value, &options, &mut files).values();
    let provider = std::mem::take(&mut values.provider);
    let schemas = std::mem::take(&mut values.schemas);
    let schemas = schemas.into_iter().map(|(name, schema)| (name, schema.to_string())).collect();
    let folder = values.folder.clone();
    let definitions = values.definitions().map(|definition| Made {
        record: Record::of_definition(&definition.value, &provider),
        text: definition.value.to_string(),
        path: definition.path,
    });
    let definitions = definitions.collect();
    Prepared { files: all, folder, provider: provider.to_string(), schemas, definitions }
}

/// Whether a file is an OpenAPI document: it says its version with the key `openapi` or `swagger`, wherever that stands.
#[must_use]
pub fn is_document(file: &SourceFile) -> bool {
    is_document_text(file.text())
}

/// Whether a long file is an OpenAPI document whose beginning says so: then all of it need not be read to know.
#[must_use]
pub fn begins_as_document(path: &Path) -> bool {
    let Ok(file) = File::open(path) else { return false };
    let is_long = file.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.len() > LOOKED_AT);
    let mut bytes = Vec::new();
    is_long
        && file.take(LOOKED_AT).read_to_end(&mut bytes).is_ok()
        && is_document_text(&String::from_utf8_lossy(&bytes))
}

fn is_document_text(text: &str) -> bool {
    ["openapi", "swagger"].iter().any(|key| {
        memchr::memmem::find_iter(text.as_bytes(), key).any(|at| {
            let (before, after) = (&text[..at], &text[at + key.len()..]);
            let quoted = ['"', '\''].iter().any(|quote| before.ends_with(*quote) && after.starts_with(*quote));
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
    let (value, _) = source::parse_value(file);
    (value.get("openapi").is_some() || value.get("swagger").is_some()).then_some(value)
}
