//! The things of inferred collections: each collection by its path, as `/orgs/acme/repos`.

use super::store::Record;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Fields that a thing is also found by.
pub(super) const NATURAL: &[&str] = &[
    "email",
    "username",
    "user_name",
    "userName",
    "login",
    "slug",
    "key",
    "handle",
    "name",
    "code",
    "domain",
    "sku",
    "external_id",
    "externalId",
];

/// A thing that was made or changed.
#[derive(Debug, Clone)]
pub(super) struct Thing {
    pub(super) id: Value,
    pub(super) record: Record,
    /// Whether a request has made it; else one has changed what was typical.
    pub(super) is_new: bool,
}

impl Thing {
    fn is(&self, wanted: &str) -> bool {
        let by_name = |name: &&str| self.record.get(*name).and_then(Value::as_str);
        text(&self.id) == wanted || NATURAL.iter().filter_map(by_name).any(|own| own.eq_ignore_ascii_case(wanted))
    }
}

/// One collection.
#[derive(Debug, Default)]
pub(super) struct Things {
    pub(super) all: Vec<Thing>,
    /// The ids of what was taken away.
    gone: BTreeSet<String>,
    /// How many were made.
    pub(super) made: u64,
    /// The schemas of its things, as references.
    pub(super) kinds: BTreeSet<String>,
    /// The values in its path.
    pub(super) scope: Vec<String>,
}

/// The inferred collections, by path.
#[derive(Debug, Default)]
pub(super) struct Kept(BTreeMap<String, Things>);

/// Where a thing is kept: its collection, and its place in it.
pub(super) type At = (String, usize);

impl Kept {
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    pub(super) fn collection(&self, path: &str) -> Option<&Things> {
        self.0.get(path)
    }

    pub(super) fn collection_mut(&mut self, path: &str) -> &mut Things {
        self.0.entry(path.to_owned()).or_default()
    }

    pub(super) fn find(&self, path: &str, wanted: &str) -> Option<At> {
        let all = &self.0.get(path)?.all;
        let by_id = all.iter().position(|thing| text(&thing.id) == wanted);
        Some((path.to_owned(), by_id.or_else(|| all.iter().position(|thing| thing.is(wanted)))?))
    }

    /// A thing of the same schema that another path has made: one whose field has that value, and whose path has these values.
    pub(super) fn elsewhere(&self, kind: &str, field: &str, wanted: &str, scope: &[String]) -> Option<At> {
        self.0.iter().filter(|(_, things)| things.kinds.contains(kind)).find_map(|(path, things)| {
            let is_inside = scope.iter().all(|value| things.scope.contains(value));
            let is_it = |thing: &Thing| thing.record.get(field).is_some_and(|own| text(own) == wanted);
            Some((path.clone(), things.all.iter().position(is_it).filter(|_| is_inside)?))
        })
    }

    pub(super) fn thing(&self, (path, index): &At) -> Option<&Thing> {
        self.0.get(path)?.all.get(*index)
    }

    pub(super) fn thing_mut(&mut self, (path, index): &At) -> Option<&mut Thing> {
        self.0.get_mut(path)?.all.get_mut(*index)
    }

    /// Takes a thing away, with the collections below it.
    pub(super) fn remove(&mut self, (path, index): &At) {
        let Some(things) = self.0.get_mut(path).filter(|things| *index < things.all.len()) else { return };
        let thing = things.all.remove(*index);
        let id = text(&thing.id);
        let below = format!("{path}/{id}/");
        if thing.is_new {
            things.gone.insert(id);
        }
        self.0.retain(|path, _| !path.starts_with(&below));
    }
}

impl Things {
    pub(super) fn is_gone(&self, wanted: &str) -> bool {
        self.gone.contains(wanted)
    }

    /// Notes that nothing is there any more that was never made here.
    pub(super) fn forget(&mut self, wanted: &str) {
        self.gone.insert(wanted.to_owned());
    }

    /// Adds a thing, in the place of one with its id.
    pub(super) fn put(&mut self, thing: Thing) {
        self.gone.remove(&text(&thing.id));
        self.made += u64::from(thing.is_new);
        match self.all.iter_mut().find(|own| own.id == thing.id) {
            Some(own) => *own = thing,
            None => self.all.push(thing),
        }
    }

    /// The value of a key that a new thing shares with one that is there; case does not matter.
    pub(super) fn clash(&self, keys: &[String], record: &Record) -> Option<String> {
        let same = |key: &&String, own: &Thing| {
            let both = own.record.get(*key).zip(record.get(*key));
            both.is_some_and(|(own, new)| text(own).to_lowercase() == text(new).to_lowercase())
        };
        let key = keys.iter().find(|key| self.all.iter().any(|own| same(key, own)))?;
        record.get(key).map(text)
    }
}

/// A value as it stands in a path.
pub(super) fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
