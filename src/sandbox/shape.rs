//! Where things are in the schema of an answer or a body: the list in its envelope, the thing in its, and the field of the id.

use super::form::behind;
use crate::schema::{fits, sample_with};
use serde_json::{Map, Value};

/// How deep references and combinations are followed for one place.
const DEPTH: usize = 16;

/// So many schemas may speak of one place.
const LAYERS: usize = 64;

/// Fields that lists stand in.
const LISTS: &[&str] = &[
    "data",
    "items",
    "results",
    "result",
    "values",
    "records",
    "entries",
    "list",
    "content",
    "value",
    "elements",
    "resources",
    "members",
];

/// Fields that things stand in.
const ENVELOPES: &[&str] = &["data", "result", "item", "resource", "response", "payload", "attributes"];

/// Every value: what a list without `items` holds.
const ANY: &Value = &Value::Bool(true);

/// A schema without references to other documents.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape<'s>(pub(super) &'s Value);

impl<'s> Shape<'s> {
    pub(super) fn fits(self, schema: &Value, value: &Value) -> bool {
        fits(schema, value, &|reference| behind(self.0, reference))
    }

    pub(super) fn sample(self, schema: &Value) -> Value {
        sample_with(schema, &|reference| behind(self.0, reference))
    }

    /// All that is said of one place: the schema, what it refers to, and what it combines.
    fn layers(self, schema: &'s Value, depth: usize, found: &mut Vec<&'s Map<String, Value>>) {
        let Some(map) = schema.as_object().filter(|_| depth > 0 && found.len() < LAYERS) else { return };
        found.push(map);
        if let Some(target) = map.get("$ref").and_then(Value::as_str).and_then(|reference| behind(self.0, reference)) {
            self.layers(target, depth - 1, found);
        }
        let branches = ["allOf", "anyOf", "oneOf"].iter().filter_map(|key| map.get(*key)?.as_array()).flatten();
        branches.for_each(|branch| self.layers(branch, depth - 1, found));
    }

    fn all(self, schema: &'s Value) -> Vec<&'s Map<String, Value>> {
        let mut found = Vec::new();
        self.layers(schema, DEPTH, &mut found);
        found
    }

    /// The properties of an object, each name once.
    pub(super) fn properties(self, schema: &'s Value) -> Vec<(&'s str, &'s Value)> {
        let mut known: Vec<(&str, &Value)> = Vec::new();
        for (name, property) in self.all(schema).iter().filter_map(|map| map.get("properties")?.as_object()).flatten() {
            if !known.iter().any(|(own, _)| own == name) {
                known.push((name, property));
            }
        }
        known
    }

    pub(super) fn requires(self, schema: &'s Value, name: &str) -> bool {
        let lists = self.all(schema).into_iter().filter_map(|map| map.get("required")?.as_array());
        lists.flatten().any(|own| own == name)
    }

    /// Whether a keyword has a value in any part of a schema.
    pub(super) fn says(self, schema: &'s Value, keyword: &str, value: &Value) -> bool {
        self.all(schema).iter().any(|map| map.get(keyword) == Some(value))
    }

    /// What a list's items are; `None` when it is no list.
    pub(super) fn items(self, schema: &'s Value) -> Option<&'s Value> {
        let layers = self.all(schema);
        let is_list = layers.iter().any(|map| match map.get("type") {
            Some(Value::Array(names)) => names.iter().any(|name| name == "array"),
            Some(name) => name == "array",
            None => map.contains_key("items"),
        });
        is_list.then(|| layers.iter().find_map(|map| map.get("items")).unwrap_or(ANY))
    }

    /// The path to the list of an answer, and the schema of its items: the answer itself, or a field of it, the one that is
    /// called like the collection or as lists usually are before others.
    pub(super) fn list(self, schema: &'s Value, collection: &str) -> Option<(Vec<String>, &'s Value)> {
        if let Some(items) = self.items(schema) {
            return Some((Vec::new(), items));
        }
        let properties = self.properties(schema);
        let rank = |name: &str| match name {
            name if name.eq_ignore_ascii_case(collection) => 0,
            name if LISTS.contains(&name) => 1,
            _ => 2,
        };
        let lists = properties.iter().filter_map(|(name, own)| Some((*name, self.items(own)?)));
        let of_things = lists.filter(|(name, items)| rank(name) < 2 || !self.properties(items).is_empty());
        if let Some((name, items)) = of_things.min_by_key(|(name, _)| rank(name)) {
            return Some((vec![name.to_owned()], items));
        }
        let inner = properties.iter().filter(|(name, _)| rank(name) < 2).find_map(|(name, own)| {
            let lists = self.properties(own).into_iter().filter_map(|(inner, own)| Some((inner, self.items(own)?)));
            let (inner, items) = lists.min_by_key(|(name, _)| rank(name))?;
            Some((vec![(*name).to_owned(), inner.to_owned()], items))
        });
        inner.filter(|_| properties.len() <= 4)
    }

    /// The path to the thing of an answer or a body, and its schema: all of it, or the one field that holds an object when it
    /// has no id itself.
    pub(super) fn thing(
        self,
        schema: &'s Value,
        collection: &str,
        has_id: impl Fn(&'s Value) -> bool,
    ) -> (Vec<String>, &'s Value) {
        if has_id(schema) {
            return (Vec::new(), schema);
        }
        let single = singular(collection);
        let rank = |name: &str| match name {
            name if name.eq_ignore_ascii_case(&single) => 0,
            name if ENVELOPES.contains(&name) || name.eq_ignore_ascii_case(collection) => 1,
            _ => 2,
        };
        let inner = self.properties(schema).into_iter().filter(|(name, own)| rank(name) < 2 && has_id(own));
        match inner.min_by_key(|(name, _)| rank(name)) {
            Some((name, own)) => (vec![name.to_owned()], own),
            None => (Vec::new(), schema),
        }
    }
}

/// `users` is `user`, `categories` is `category`.
pub(super) fn singular(name: &str) -> String {
    match name {
        name if name.ends_with("ies") => format!("{}y", name.trim_end_matches("ies")),
        name if name.ends_with("sses") || name.ends_with("xes") || name.ends_with("ches") => {
            name.strip_suffix("es").unwrap_or(name).to_owned()
        }
        name => name.strip_suffix('s').unwrap_or(name).to_owned(),
    }
}

/// Letters and digits of a name, in lower case: `petId` is `pet_id`.
fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
}

/// The field that holds what a variable of the path names: the one called so, else an `id`, else the end of its name.
pub(super) fn own_id<'s>(properties: &[(&'s str, &'s Value)], variable: Option<&str>) -> Option<&'s str> {
    let own = variable.map(plain).unwrap_or_default();
    let is_id = own.is_empty() || own.ends_with("id");
    let called = |wanted: &str| properties.iter().map(|(name, _)| *name).find(|name| plain(name) == wanted);
    let usual = || ["id", "uuid", "sid", "gid"].into_iter().filter(|_| is_id).find_map(called);
    let ends = |name: &&str| !is_id && plain(name).len() > 2 && own.ends_with(&plain(name));
    called(&own)
        .filter(|_| !own.is_empty())
        .or_else(usual)
        .or_else(|| properties.iter().map(|(name, _)| *name).find(ends))
}

/// As [`own_id`], else another name that things have and whose schema fits.
pub(super) fn id_field<'s>(
    properties: &[(&'s str, &'s Value)],
    variable: Option<&str>,
    fits: impl Fn(&'s Value) -> bool,
) -> Option<&'s str> {
    const OTHERS: &[&str] = &["slug", "name", "key", "login", "username", "code", "number", "id", "uuid", "email"];
    let other = |wanted: &&str| properties.iter().find(|(name, schema)| plain(name) == *wanted && fits(schema));
    own_id(properties, variable).or_else(|| OTHERS.iter().find_map(other).map(|(name, _)| *name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn lists_are_found_in_their_envelopes() {
        let check = |schema: Value, expected: Option<&[&str]>| {
            let found = Shape(&schema).list(&schema, "users").map(|(path, _)| path);
            assert_eq!(
                found.as_deref(),
                expected.map(|path| path.iter().map(|step| (*step).to_owned()).collect::<Vec<_>>()).as_deref(),
                "{schema}"
            );
        };
        let list = json!({"type": "array", "items": {"properties": {"id": {}}}});
        check(list.clone(), Some(&[]));
        check(json!({"properties": {"tags": list, "users": list}}), Some(&["users"]));
        check(json!({"properties": {"page": {"type": "integer"}, "data": {"type": "array"}}}), Some(&["data"]));
        check(
            json!({"$ref": "#/$defs/p", "$defs": {"p": {"allOf": [{"properties": {"members": list}}]}}}),
            Some(&["members"]),
        );
        check(json!({"properties": {"data": {"properties": {"users": list}}}}), Some(&["data", "users"]));
        check(json!({"properties": {"tags": {"type": "array", "items": {"type": "string"}}}}), None);
        check(json!({"type": "object"}), None);
    }

    #[test]
    fn the_id_is_what_the_path_names() {
        let check = |variable: Option<&str>, names: &[&str], expected: Option<&str>| {
            let any = Value::Bool(true);
            let properties: Vec<_> = names.iter().map(|name| (*name, &any)).collect();
            assert_eq!(id_field(&properties, variable, |_| true), expected, "{variable:?} {names:?}");
        };
        check(Some("petId"), &["name", "id"], Some("id"));
        check(Some("pet_id"), &["petId", "id"], Some("petId"));
        check(Some("issue_number"), &["id", "number"], Some("number"));
        check(Some("repo"), &["id", "name"], Some("name"));
        check(Some("Sid"), &["account_sid", "sid"], Some("sid"));
        check(None, &["name", "id"], Some("id"));
        check(Some("id"), &["title"], None);
    }

    #[test]
    fn a_thing_stands_in_its_envelope() {
        let check = |schema: Value, expected: &[&str]| {
            let shape = Shape(&schema);
            let has_id = |own: &Value| shape.properties(own).iter().any(|(name, _)| *name == "id");
            assert_eq!(shape.thing(&schema, "categories", has_id).0, expected, "{schema}");
        };
        let thing = json!({"properties": {"id": {}}});
        check(thing.clone(), &[]);
        check(json!({"properties": {"ok": {}, "category": thing}}), &["category"]);
        check(json!({"properties": {"owner": thing}}), &[]);
    }
}
