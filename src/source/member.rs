//! Small objects: their members, and copies of them.

use serde_json::{Map, Value};

/// Up to so many names are looked at one by one: hashing the one that is sought costs more.
const FEW: usize = 12;

/// The member of that name. Most objects of a workflow are small, and are asked for a handful of names on each run.
#[must_use]
pub fn member<'m>(object: &'m Map<String, Value>, name: &str) -> Option<&'m Value> {
    if object.len() > FEW {
        return object.get(name);
    }
    object.iter().find(|(key, _)| *key == name).map(|(_, value)| value)
}

/// The member of that name, to change it.
#[must_use]
pub fn member_mut<'m>(object: &'m mut Map<String, Value>, name: &str) -> Option<&'m mut Value> {
    if object.len() > FEW {
        return object.get_mut(name);
    }
    object.iter_mut().find(|(key, _)| *key == name).map(|(_, value)| value)
}

/// A copy that has room for its own members and no more. One that is cloned has room for as many as its hash table could take:
/// seven for four, three for one.
#[must_use]
pub fn copied(object: &Map<String, Value>) -> Map<String, Value> {
    let mut copy = Map::with_capacity(object.len());
    copy.clone_from(object);
    copy
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_found_however_many_there_are() {
        for count in [0, 1, FEW, FEW + 1, 5 * FEW] {
            let mut object: Map<_, _> = (0..count).map(|index| (format!("k{index}"), Value::from(index))).collect();
            for index in 0..=count {
                let name = format!("k{index}");
                assert_eq!(member(&object, &name), object.get(&name), "{index} of {count}");
                assert_eq!(member_mut(&mut object, &name).cloned(), object.get(&name).cloned(), "{index} of {count}");
            }
        }
    }
}
