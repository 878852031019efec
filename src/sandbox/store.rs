//! What the sandbox keeps.

use super::identity::{Numbers, letters};
use crate::catalogue::Collection;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashMap};

/// A thing that the API keeps.
pub(super) type Record = Map<String, Value>;

/// The collections, by name.
#[derive(Debug)]
pub(super) struct Store {
    seed: u64,
    collections: BTreeMap<String, Shelf>,
}

/// One collection: things in the order they were made, found by id and by key.
#[derive(Debug, Default)]
struct Shelf {
    records: Vec<Option<Record>>,
    by_name: HashMap<String, usize>,
    made: HashMap<String, u64>,
}

impl Store {
    pub(super) fn new(seed: u64) -> Self {
        Self { seed, collections: BTreeMap::new() }
    }

    pub(super) fn seed(&self) -> u64 {
        self.seed
    }

    pub(super) fn clear(&mut self) {
        self.collections.clear();
    }

    /// The key that a new thing shares with one that is there.
    pub(super) fn clash(&self, name: &str, collection: &Collection, record: &Record) -> Option<String> {
        let kept = self.collections.get(name)?;
        let texts = collection.keys.iter().filter_map(|key| record.get(key)?.as_str());
        texts.into_iter().find(|text| kept.by_name.contains_key(&folded(text))).map(str::to_owned)
    }

    /// Adds a thing and gives it its id.
    pub(super) fn insert(&mut self, name: &str, collection: &Collection, mut record: Record) -> Record {
        let kept = self.collections.entry(name.to_owned()).or_default();
        let keys: Vec<String> =
            collection.keys.iter().filter_map(|key| Some(folded(record.get(key)?.as_str()?))).collect();
        let origin = keys.first().cloned().unwrap_or_default();
        let made = kept.made.entry(origin.clone()).or_default();
        let id = letters(collection.id.length, &mut Numbers::new(self.seed, &format!("{name}/{origin}/{made}")));
        *made += 1;
        record.insert(collection.id.field.clone(), Value::String(id.clone()));
        for own in keys.into_iter().chain([id]) {
            kept.by_name.insert(own, kept.records.len());
        }
        kept.records.push(Some(record.clone()));
        record
    }

    /// The thing of that id or key.
    pub(super) fn get(&self, name: &str, wanted: &str) -> Option<&Record> {
        let kept = self.collections.get(name)?;
        kept.records.get(kept.index(wanted)?)?.as_ref()
    }

    pub(super) fn get_mut(&mut self, name: &str, wanted: &str) -> Option<&mut Record> {
        let kept = self.collections.get_mut(name)?;
        let index = kept.index(wanted)?;
        kept.records.get_mut(index)?.as_mut()
    }

    pub(super) fn remove(&mut self, name: &str, wanted: &str) -> Option<Record> {
        let kept = self.collections.get_mut(name)?;
        let index = kept.index(wanted)?;
        kept.by_name.retain(|_, own| *own != index);
        kept.records.get_mut(index)?.take()
    }

    /// All things, in the order they were made.
    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &Record> {
        self.collections.get(name).into_iter().flat_map(|kept| kept.records.iter().flatten())
    }
}

impl Shelf {
    fn index(&self, wanted: &str) -> Option<usize> {
        self.by_name.get(wanted).or_else(|| self.by_name.get(&folded(wanted))).copied()
    }
}

/// A key in lower case: case does not matter. An id is as it is, and has capital letters to tell it from a key.
fn folded(text: &str) -> String {
    text.to_lowercase()
}
