//! Schemas that refer to schemas of files beside them: `_shared.schema.json#/$defs/Pet`.
//!
//! Such a schema is made self-contained when it is used: what it needs of the other files, and nothing else, is put into its
//! `$defs`. The files themselves are kept once for all entries.

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// The files that the schemas of an entry refer to, by the name they are referred to by.
#[derive(Debug, Clone, Default)]
pub(super) struct Files(Arc<[(String, Arc<Value>)]>);

impl Files {
    pub(super) fn new(files: Vec<(String, Arc<Value>)>) -> Self {
        Self(files.into())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn get(&self, name: &str) -> Option<(usize, &Value)> {
        let index = self.0.iter().position(|(own, _)| own == name)?;
        Some((index, &self.0.get(index)?.1))
    }

    fn at(&self, index: usize, pointer: &str) -> Option<&Value> {
        self.0.get(index)?.1.pointer(pointer)
    }

    /// The first reference of a schema that leads nowhere.
    pub(super) fn dangling<'s>(&self, schema: &'s Value) -> Option<&'s str> {
        let mut found = None;
        references(schema, &mut |reference| {
            if let Some((file, pointer)) = parts(reference)
                && self.get(file).is_none_or(|(_, value)| value.pointer(&pointer).is_none())
            {
                found.get_or_insert(reference);
            }
        });
        found
    }
}

/// The names of the files that a schema refers to.
pub(super) fn files_of<'s>(schema: &'s Value, names: &mut BTreeSet<&'s str>) {
    references(schema, &mut |reference| names.extend(parts(reference).map(|(file, _)| file)));
}

/// File and pointer of a reference to another file; a URL is none.
fn parts(reference: &str) -> Option<(&str, Cow<'_, str>)> {
    let (file, pointer) = reference.split_once('#').unwrap_or((reference, ""));
    let is_file = [".json", ".yaml", ".yml"].iter().any(|ending| file.ends_with(ending)) && !file.contains("://");
    is_file.then(|| (file, percent_decode_str(pointer).decode_utf8_lossy()))
}

fn references<'s>(schema: &'s Value, each: &mut dyn FnMut(&'s str)) {
    match schema {
        Value::Object(map) => {
            if let Some(Value::String(reference)) = map.get("$ref") {
                each(reference);
            }
            map.values().for_each(|value| references(value, each));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, each)),
        _ => {}
    }
}

/// The schema, with everything that it needs of the files in its `$defs`. One that is nothing but a reference becomes what it
/// refers to.
pub(super) fn bundle(schema: &Value, files: &Files) -> Value {
    let mut bundler = Bundler { files, names: HashMap::new(), taken: BTreeSet::new(), waiting: Vec::new() };
    let mut own_defs = match schema.get("$defs") {
        Some(Value::Object(defs)) => defs.clone(),
        _ => Map::new(),
    };
    bundler.taken.extend(own_defs.keys().cloned());
    let mut root = bundler.copy(bundler.behind(schema).unwrap_or((None, schema)));
    while let Some((name, file, pointer)) = bundler.waiting.pop() {
        if let Some(target) = files.at(file, &pointer) {
            let copied = bundler.copy((Some(file), target));
            own_defs.insert(name, copied);
        }
    }
    if let Value::Object(map) = &mut root
        && !own_defs.is_empty()
    {
        map.insert("$defs".into(), Value::Object(own_defs));
    }
    root
}

struct Bundler<'f> {
    files: &'f Files,
    /// What each place of a file is called in `$defs`.
    names: HashMap<(usize, String), String>,
    taken: BTreeSet<String>,
    /// What is to be copied yet: name, file, pointer.
    waiting: Vec<(String, usize, String)>,
}

/// A schema, and the file that it stands in.
type Placed<'s> = (Option<usize>, &'s Value);

impl<'f> Bundler<'f> {
    /// What a schema that is nothing but a reference to a file refers to.
    fn behind<'s>(&self, schema: &'s Value) -> Option<Placed<'s>>
    where
        'f: 's,
    {
        let map = schema.as_object().filter(|map| map.len() == 1)?;
        let (file, pointer) = parts(map.get("$ref")?.as_str()?)?;
        let (index, _) = self.files.get(file)?;
        Some((Some(index), self.files.at(index, &pointer).filter(|target| target.is_object())?))
    }

    fn copy(&mut self, (file, schema): Placed<'_>) -> Value {
        match schema {
            Value::Object(map) => {
                let mut copied = Map::with_capacity(map.len());
                for (key, value) in map {
                    if file.is_some() && key == "$defs" {
                        continue;
                    }
                    let new = match value {
                        Value::String(reference) if key == "$ref" => Value::String(self.reference(file, reference)),
                        value => self.copy((file, value)),
                    };
                    copied.insert(key.clone(), new);
                }
                Value::Object(copied)
            }
            Value::Array(items) => items.iter().map(|item| self.copy((file, item))).collect(),
            other => other.clone(),
        }
    }

    /// The reference as it is in the bundle.
    fn reference(&mut self, file: Option<usize>, reference: &str) -> String {
        let place = match (parts(reference), file) {
            (Some((name, pointer)), _) => self.files.get(name).map(|(index, _)| (index, pointer)),
            (None, Some(index)) => {
                reference.strip_prefix('#').map(|pointer| (index, percent_decode_str(pointer).decode_utf8_lossy()))
            }
            (None, None) => None,
        };
        let Some((index, pointer)) = place else { return reference.to_owned() };
        let key = (index, pointer.into_owned());
        let name = match self.names.get(&key) {
            Some(name) => name.clone(),
            None => self.named(key),
        };
        format!("#/$defs/{name}")
    }

    fn named(&mut self, key: (usize, String)) -> String {
        let plain = |ch: char| if ch.is_ascii_alphanumeric() || "._-".contains(ch) { ch } else { '_' };
        let last: String = key.1.rsplit('/').next().unwrap_or_default().chars().map(plain).collect();
        let wanted = if last.is_empty() { "file".to_owned() } else { last };
        let mut name = wanted.clone();
        let mut number = 1;
        while !self.taken.insert(name.clone()) {
            number += 1;
            name = format!("{wanted}_{number}");
        }
        self.waiting.push((name.clone(), key.0, key.1.clone()));
        self.names.insert(key, name.clone());
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_what_is_needed_is_copied() {
        let shared = json!({"$defs": {
            "Pet": {"properties": {"owner": {"$ref": "#/$defs/Owner"}}},
            "Owner": {"properties": {"pets": {"items": {"$ref": "#/$defs/Pet"}}}},
            "Other": {"type": "string"},
        }});
        let files = Files::new(vec![("a.json".to_owned(), Arc::new(shared))]);
        let check = |schema: Value, expected: Value| assert_eq!(bundle(&schema, &files), expected);
        let owner = json!({"properties": {"pets": {"items": {"$ref": "#/$defs/Pet"}}}});
        let pet = json!({"properties": {"owner": {"$ref": "#/$defs/Owner"}}});
        check(
            json!({"items": {"$ref": "a.json#/$defs/Pet"}}),
            json!({"items": {"$ref": "#/$defs/Pet"}, "$defs": {"Pet": pet, "Owner": owner}}),
        );
        check(
            json!({"$ref": "a.json#/$defs/Pet"}),
            json!({"properties": {"owner": {"$ref": "#/$defs/Owner"}}, "$defs": {"Owner": owner, "Pet": pet}}),
        );
        check(json!({"$ref": "#/$defs/x", "$defs": {"x": {}}}), json!({"$ref": "#/$defs/x", "$defs": {"x": {}}}));
        assert_eq!(files.dangling(&json!({"$ref": "a.json#/$defs/Pat"})), Some("a.json#/$defs/Pat"));
        assert_eq!(files.dangling(&json!({"$ref": "a.json#/$defs/Pet"})), None);
    }
}
