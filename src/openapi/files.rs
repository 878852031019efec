//! The files of a description, and what their references lead to.

use super::ReadFile;
use super::flaws::Flaws;
use super::trail::Place;
use crate::diagnostic::codes;
use crate::source::{self, Pointer, SourceFile};
use percent_encoding::percent_decode_str;
use serde_json::Value;
use std::collections::{HashMap, HashSet};

/// So many references are followed in a row.
const CHAIN: usize = 32;

/// So many files one description may have.
const MOST_FILES: usize = 10_000;

/// One file of the description.
#[derive(Debug)]
pub(super) struct File {
    /// Its path from the first one's folder.
    path: String,
    pub(super) source: SourceFile,
    pub(super) value: Value,
}

/// All files of a description: the first is the one that is imported.
#[derive(Debug)]
pub(super) struct Files {
    pub(super) all: Vec<File>,
    index: HashMap<String, Option<usize>>,
    /// Whether something refers to a path of the first file: then its paths stay until the end.
    pub(super) paths_are_shared: bool,
    /// What is referred to inside of a named schema, which is taken out of its file before.
    pub(super) pinned: HashMap<Pointer, Value>,
}

impl Files {
    /// Reads every file that the first one refers to, and those that they refer to.
    pub(super) fn load(source: &SourceFile, value: Value, read: &mut ReadFile<'_>, flaws: &mut Flaws) -> Self {
        let first = File { path: String::new(), source: source.clone(), value };
        let index = HashMap::from([(String::new(), Some(0))]);
        let mut files = Self { all: vec![first], index, paths_are_shared: false, pinned: HashMap::new() };
        let mut next = 0;
        while next < files.all.len() {
            for reference in files.all.get(next).map(|file| references(&file.value)).unwrap_or_default() {
                files.follow(next, &reference, read, flaws);
            }
            next += 1;
        }
        files
    }

    /// Reads the file of a reference, and notes what the reference is to.
    fn follow(&mut self, from: usize, reference: &str, read: &mut ReadFile<'_>, flaws: &mut Flaws) {
        let Some((path, pointer)) = self.parts(from, reference) else { return };
        if path.is_empty() {
            let steps: Vec<String> = pointer.steps().take(4).collect();
            let is =
                |names: &[&str]| names.iter().zip(&steps).all(|(name, step)| name == step) && steps.len() > names.len();
            self.paths_are_shared |= is(&["paths"]);
            let inside =
                (is(&["components", "schemas"]) && steps.len() > 3) || (is(&["definitions"]) && steps.len() > 2);
            if inside && let Some(value) = self.all.first().and_then(|file| file.value.pointer(pointer.as_str())) {
                self.pinned.insert(pointer, value.clone());
            }
            return;
        }
        if self.index.contains_key(&path) || self.all.len() >= MOST_FILES {
            return;
        }
        match read(&path) {
            Ok(source) => {
                let (value, problems) = value_of(&source);
                flaws.of_text(&source, &problems);
                self.index.insert(path.clone(), Some(self.all.len()));
                self.all.push(File { path, source, value });
            }
            Err(why) => {
                let message = format!("the file `{path}` cannot be read: {why}");
                flaws.add(
                    codes::E0804,
                    Place::default(),
                    message,
                    "put the file beside the others, or take the reference out",
                );
                self.index.insert(path, None);
            }
        }
    }

    /// The path of a reference's file, and the pointer into it; `None` for a URL.
    fn parts(&self, from: usize, reference: &str) -> Option<(String, Pointer)> {
        let (file, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let fragment = percent_decode_str(fragment).decode_utf8_lossy();
        let pointer = Pointer::parse(&fragment);
        let own = self.all.get(from).map(|file| file.path.as_str()).unwrap_or_default();
        if file.is_empty() {
            return Some((own.to_owned(), pointer));
        }
        if file.contains("://") {
            return None;
        }
        let path = joined(own, &percent_decode_str(file).decode_utf8_lossy());
        let is_first =
            self.all.first().is_some_and(|first| first.source.name().rsplit(['/', '\\']).next() == Some(path.as_str()));
        Some((if is_first { String::new() } else { path }, pointer))
    }

    /// The place that a reference names.
    pub(super) fn place(&self, from: usize, reference: &str) -> Option<Place> {
        let (path, pointer) = self.parts(from, reference)?;
        let file = self.index.get(&path).copied().flatten()?;
        Some(Place { file, pointer })
    }

    /// The path of a file from the first one's folder; the name of the first one itself.
    pub(super) fn path(&self, file: usize) -> &str {
        self.all.get(file).map_or("", |file| if file.path.is_empty() { file.source.name() } else { &file.path })
    }

    pub(super) fn at(&self, place: &Place) -> Option<&Value> {
        self.all.get(place.file)?.value.pointer(place.pointer.as_str())
    }

    /// What stands behind a value that may be a reference, or a row of them: the value, and its place.
    pub(super) fn behind<'f>(&'f self, value: &'f Value, at: &Place) -> Result<(&'f Value, Place), String> {
        let (mut value, mut place) = (value, at.clone());
        for _ in 0..CHAIN {
            let Some(reference) = value.get("$ref").and_then(Value::as_str) else { return Ok((value, place)) };
            let next = self.place(place.file, reference);
            let found = next.and_then(|next| Some((self.at(&next)?, next)));
            let Some((target, target_place)) = found else { return Err(reference.to_owned()) };
            (value, place) = (target, target_place);
        }
        Err("the references lead in a circle".to_owned())
    }
}

/// The value of a file; one that is only text, as a description in Markdown, is a text.
fn value_of(source: &SourceFile) -> (Value, Vec<source::Problem>) {
    let name = source.name().to_ascii_lowercase();
    if [".md", ".txt", ".html"].iter().any(|ending| name.ends_with(ending)) {
        return (Value::from(source.text()), Vec::new());
    }
    source::parse_value(source)
}

/// Every `$ref` of a value, each once.
fn references(value: &Value) -> HashSet<String> {
    let mut found = HashSet::new();
    let mut waiting = vec![value];
    while let Some(value) = waiting.pop() {
        match value {
            Value::Object(map) => {
                if let Some(Value::String(reference)) = map.get("$ref")
                    && !found.contains(reference)
                {
                    found.insert(reference.clone());
                }
                waiting.extend(map.values());
            }
            Value::Array(items) => waiting.extend(items),
            _ => {}
        }
    }
    found
}

/// A path that is written in a file, from the first file's folder.
fn joined(from: &str, path: &str) -> String {
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_count_from_the_first_file() {
        let check = |from: &str, path: &str, expected: &str| assert_eq!(joined(from, path), expected);
        check("", "./a/b.yaml", "a/b.yaml");
        check("a/b.yaml", "../c.yaml", "c.yaml");
        check("a/b/c.yaml", "d.yaml", "a/b/d.yaml");
        check("", "../shared/e.yaml", "../shared/e.yaml");
    }
}
