//! Reads single entries of a shelf into a catalogue.

use super::Shelf;
use super::pieces::{Origin, Piece};
use crate::catalogue::Catalogue;
use crate::diagnostic::Diagnostic;
use crate::host::read::load_source;
use crate::source::SourceFile;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

impl Shelf {
    /// Reads the task definition of that name into a catalogue, with its provider and the part of the shared schemas that it
    /// refers to. One that the catalogue has stays. Gives what is wrong with it; nothing when there is none of that name.
    pub fn load(&self, name: &str, catalogue: &mut Catalogue) -> Vec<Diagnostic> {
        let Some(number) = self.index.find(name) else { return Vec::new() };
        if catalogue.is_registered_by_user(name) {
            return Vec::new();
        }
        match self.pieces.head.origins.get(number) {
            Some(Origin::File(path, group)) => match load_source(path) {
                Ok(file) => self.load_file(file, *group, catalogue),
                Err(err) => vec![err.into()],
            },
            Some(Origin::Piece(name, piece, group)) => {
                self.load_file(self.file(name, *piece, *group), *group, catalogue)
            }
            Some(Origin::Builtin) | None => Vec::new(),
        }
    }

    /// Reads everything that is in the folders into a catalogue; what it has stays.
    pub fn load_all(&self, catalogue: &mut Catalogue) -> Vec<Diagnostic> {
        let mut told = Vec::new();
        let mut whole = BTreeSet::new();
        for (number, origin) in self.pieces.head.origins.iter().enumerate() {
            let known = self.index.name(number);
            match origin {
                Origin::Piece(name, piece, group) if !catalogue.is_registered_by_user(known) => {
                    if whole.insert(*group) {
                        told.extend(self.load_group(*group, catalogue));
                    }
                    told.extend(catalogue.add_found(self.file(name, *piece, *group)));
                }
                _ => told.extend(self.load(known, catalogue)),
            }
        }
        told
    }

    /// A document's operation, as if it were a file below the document.
    fn file(&self, name: &str, piece: Piece, group: usize) -> SourceFile {
        let folder = self.pieces.head.groups.get(group).map_or("", |group| group.folder.as_str());
        SourceFile::new(format!("{folder}{name}.json"), self.pieces.text(piece).unwrap_or_default())
    }

    /// What the operations of a document share, all of it.
    fn load_group(&self, group: usize, catalogue: &mut Catalogue) -> Vec<Diagnostic> {
        let mut told = Vec::new();
        let Some(group) = self.pieces.head.groups.get(group) else { return told };
        for (name, piece) in &group.files {
            let text = self.pieces.text(*piece).unwrap_or_default();
            told.extend(catalogue.add(SourceFile::new(as_json(&group.folder, name), text)));
        }
        for (name, piece) in &group.shared {
            let all = self.pieces.definitions(*piece).into_iter();
            let texts = all.filter_map(|(name, piece)| Some((name, self.pieces.text(piece)?)));
            told.extend(catalogue.add(SourceFile::new(format!("{}{name}", group.folder), definitions(texts))));
        }
        told
    }

    fn load_file(&self, file: SourceFile, group: usize, catalogue: &mut Catalogue) -> Vec<Diagnostic> {
        let mut told = Vec::new();
        if let Some(group) = self.pieces.head.groups.get(group) {
            for (name, piece) in &group.files {
                let text = self.pieces.text(*piece).unwrap_or_default();
                told.extend(catalogue.add(SourceFile::new(as_json(&group.folder, name), text)));
            }
            for (name, piece) in group.shared.iter().filter(|(name, _)| file.text().contains(name.as_str())) {
                let schema = self.reachable(name, *piece, file.text());
                told.extend(catalogue.add(SourceFile::new(format!("{}{name}", group.folder), schema)));
            }
        }
        told.extend(catalogue.add_found(file));
        told
    }

    /// The definitions of a shared schema that a text refers to, and those that they refer to.
    fn reachable(&self, name: &str, table: Piece, text: &str) -> String {
        let table = self.pieces.definitions(table);
        let mut found: BTreeMap<String, String> = BTreeMap::new();
        let mut waiting: Vec<String> = references(text, &format!("{name}#/$defs/")).collect();
        let mut seen: BTreeSet<String> = waiting.iter().cloned().collect();
        while let Some(next) = waiting.pop() {
            let Some(text) = table.get(&next).and_then(|piece| self.pieces.text(*piece)) else { continue };
            for inner in references(&text, "#/$defs/") {
                if seen.insert(inner.clone()) {
                    waiting.push(inner);
                }
            }
            found.insert(next, text);
        }
        definitions(found.into_iter())
    }
}

/// A schema that is nothing but these definitions.
fn definitions(texts: impl Iterator<Item = (String, String)>) -> String {
    let members: Vec<_> = texts.map(|(name, text)| format!("{}: {text}", Value::from(name))).collect();
    format!("{{\"$defs\": {{{}}}}}", members.join(", "))
}

/// The names behind a prefix in the strings of a text.
fn references<'t>(text: &'t str, prefix: &'t str) -> impl Iterator<Item = String> + 't {
    text.split(prefix).skip(1).map(|rest| {
        let end = rest.find(['"', '\'', '/', '\n', '}', ',']).unwrap_or(rest.len());
        rest[..end].trim_end().replace("~1", "/").replace("~0", "~")
    })
}

/// A provider is kept as JSON: its name says so. A schema keeps its name, by which definitions refer to it.
fn as_json(folder: &str, name: &str) -> String {
    let is_provider = name.starts_with("_provider.");
    if is_provider { format!("{folder}_provider.json") } else { format!("{folder}{name}") }
}
