//! The order in which a server goes through the objects that it makes: they are `java.util.HashMap`s, while objects read from JSON
//! keep the order of their text.

use serde_json::{Map, Value};

/// The order in which a `java.util.HashMap` goes through these keys: by bucket, then as they were put.
pub(crate) fn hash_order<'k>(keys: impl Iterator<Item = &'k str>) -> Vec<String> {
    let mut keys: Vec<String> = keys.map(str::to_owned).collect();
    let buckets = buckets(keys.len());
    keys.sort_by_key(|key| bucket(key, buckets));
    keys
}

/// The members of an object in the order of a `java.util.HashMap`.
pub(crate) fn hash_ordered(map: Map<String, Value>) -> Map<String, Value> {
    let buckets = buckets(map.len());
    let mut members: Vec<(u32, String, Value)> =
        map.into_iter().map(|(key, value)| (bucket(&key, buckets), key, value)).collect();
    members.sort_by_key(|(bucket, ..)| *bucket);
    members.into_iter().map(|(_, key, value)| (key, value)).collect()
}

/// A value with all its objects in the order of a `java.util.HashMap`.
pub(crate) fn hash_ordered_deep(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let members = map.iter().map(|(key, value)| (key.clone(), hash_ordered_deep(value)));
            Value::Object(hash_ordered(members.collect()))
        }
        Value::Array(list) => list.iter().map(hash_ordered_deep).collect(),
        scalar => scalar.clone(),
    }
}

/// The table doubles from 16 whenever it is more than three quarters full.
fn buckets(keys: usize) -> u32 {
    let mut buckets = 16_u32;
    while keys > buckets as usize / 4 * 3 {
        buckets *= 2;
    }
    buckets
}

fn bucket(key: &str, buckets: u32) -> u32 {
    let hash = key.encode_utf16().fold(0_u32, |hash, unit| hash.wrapping_mul(31).wrapping_add(unit.into()));
    (hash ^ (hash >> 16)) & (buckets - 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(keys: &[&str], expected: &[&str]) {
        assert_eq!(hash_order(keys.iter().copied()), expected);
    }

    #[test]
    fn keys_come_in_the_order_of_a_hash_map() {
        // The hashes of one-letter names are their code points.
        check(&["p", "b", "a", "q"], &["p", "a", "q", "b"]);
        check(&["name", "id", "email"], &["name", "id", "email"]);
        check(&["statusCode", "headers", "reasonPhrase", "body"], &["headers", "reasonPhrase", "body", "statusCode"]);
    }

    #[test]
    fn objects_are_ordered_at_every_depth() {
        let ordered = hash_ordered_deep(&json!([{"b": {"c": 3, "q": 1, "a": 2}, "a": 1}]));
        assert_eq!(ordered.to_string(), r#"[{"a":1,"b":{"q":1,"a":2,"c":3}}]"#);
    }
}
