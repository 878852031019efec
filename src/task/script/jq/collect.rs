//! Functions over lists and objects: order, groups, entries.

use super::json::{Json, Members};
use super::limit::Stop;
use super::operate::named;
use std::cmp::Ordering;

type One = Result<Json, Stop>;

/// The elements of a list, for a function that takes nothing else.
pub(super) fn list_of<'v>(function: &str, value: &'v Json) -> Result<&'v [Json], Stop> {
    match value {
        Json::List(list) => Ok(list.get()),
        _ => not_applicable(function, value, "[ARRAY]"),
    }
}

/// The text, for a function that takes nothing else.
pub(super) fn text_of<'v>(function: &str, value: &'v Json) -> Result<&'v str, Stop> {
    match value {
        Json::Text(text) => Ok(text.get()),
        _ => not_applicable(function, value, "[STRING]"),
    }
}

pub(super) fn not_applicable<T>(function: &str, value: &Json, expected: &str) -> Result<T, Stop> {
    Stop::error(format!("{function} is not applicable to {}; expected one of {expected}", kind(value)))
}

/// A type as Java's enumeration names it.
pub(super) fn kind(value: &Json) -> String {
    value.type_name().to_uppercase()
}

pub(super) fn length(value: &Json) -> One {
    let count = match value {
        Json::Null => 0,
        Json::Text(text) => text.get().chars().count(),
        Json::List(list) => list.get().len(),
        Json::Object(members) => members.get().len(),
        Json::Bool(_) => return Stop::error("boolean has no length"),
        number => return Ok(number.clone()),
    };
    Ok(Json::Int(i64::try_from(count).unwrap_or(i64::MAX)))
}

pub(super) fn keys(function: &str, value: &Json) -> One {
    match value {
        Json::List(list) => Json::list((0_i64..).take(list.get().len()).map(Json::Int).collect()),
        Json::Object(members) => {
            let mut names: Vec<String> = members.get().iter().map(|(key, _)| key.clone()).collect();
            if function == "keys" {
                names.sort();
            }
            Json::list(names.into_iter().map(Json::text).collect::<Result<_, _>>()?)
        }
        _ => not_applicable(function, value, "[OBJECT, ARRAY]"),
    }
}

pub(super) fn to_entries(value: &Json) -> One {
    let keys = match value {
        Json::List(_) | Json::Object(_) => keys("keys_unsorted", value)?,
        _ => return not_applicable("to_entries", value, "[OBJECT, ARRAY]"),
    };
    let entries = list_of("to_entries", &keys)?.iter().cloned().zip(super::access::elements(value)?);
    let object = |(key, value)| {
        let mut members = Members::default();
        members.insert("key".to_owned(), key);
        members.insert("value".to_owned(), value);
        Json::object(members)
    };
    Json::list(entries.map(object).collect::<Result<_, _>>()?)
}

pub(super) fn from_entries(value: &Json) -> One {
    let mut object = Members::default();
    for entry in list_of("from_entries", value)? {
        let Json::Object(entry) = entry else {
            let found = kind(entry);
            return Stop::error(format!(
                "from_entries is not applicable to input which contains {found}; expected one of [OBJECT]"
            ));
        };
        let first = |names: &[&str]| names.iter().find_map(|name| entry.get().get(name)).cloned();
        let Some(Json::Text(key)) = first(&["key", "Key", "name", "Name"]) else {
            return Stop::error(
                "input elements to from_entries() must be object and have 'key', 'Key' or 'Name' field",
            );
        };
        object.insert(key.get().clone(), first(&["value", "Value"]).unwrap_or(Json::Null));
    }
    Json::object(object)
}

/// Elements in the order of what stands for each; equal ones stay as they are.
pub(super) fn sorted(mut elements: Vec<(Json, Json)>) -> Vec<(Json, Json)> {
    elements.sort_by(|(left, _), (right, _)| left.compare(right));
    elements
}

/// Runs of elements that the same value stands for, in order.
pub(super) fn groups(elements: Vec<(Json, Json)>) -> Vec<Vec<Json>> {
    let mut groups: Vec<(Json, Vec<Json>)> = Vec::new();
    for (by, element) in sorted(elements) {
        match groups.last_mut() {
            Some((known, group)) if known.compare(&by) == Ordering::Equal => group.push(element),
            _ => groups.push((by, vec![element])),
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

/// The first least, or the last greatest, of elements by what stands for each.
pub(super) fn extreme(elements: Vec<(Json, Json)>, wanted: Ordering) -> Json {
    let mut best: Option<(Json, Json)> = None;
    for (by, element) in elements {
        let better = best.as_ref().is_none_or(|(known, _)| by.compare(known) == wanted);
        if better {
            best = Some((by, element));
        }
    }
    best.map_or(Json::Null, |(_, element)| element)
}

pub(super) fn join(value: &Json, separator: &Json) -> One {
    let separator = separator.shown();
    let mut joined = String::new();
    for (index, element) in super::access::elements(value).unwrap_or_default().iter().enumerate() {
        if index > 0 {
            joined.push_str(&separator);
        }
        match element {
            Json::Null => {}
            Json::List(_) | Json::Object(_) => {
                let so_far = Json::text(joined)?;
                return Stop::error(format!("{} and {} cannot be added", named(&so_far), named(element)));
            }
            scalar => joined.push_str(&scalar.shown()),
        }
        super::limit::room_for(joined.len())?;
    }
    Json::text(joined)
}

pub(super) fn has(value: &Json, key: &Json) -> One {
    match (value, key) {
        (Json::Object(members), Json::Text(name)) => Ok(Json::Bool(members.get().get(name.get()).is_some())),
        (Json::Object(_), _) => Stop::error("argument 1 of has() must be string for object input"),
        (Json::List(list), Json::Int(index)) => {
            Ok(Json::Bool(usize::try_from(*index).is_ok_and(|index| index < list.get().len())))
        }
        (Json::List(_), _) => Stop::error("argument 1 of has() must be int for array input"),
        _ => Stop::error(format!("has() is not applicable to {}", kind(value))),
    }
}

pub(super) fn contains(value: &Json, other: &Json) -> One {
    let comparable = value.type_name() == other.type_name();
    if !comparable {
        return Stop::error(format!("{} and {} cannot have their containment checked", named(value), named(other)));
    }
    Ok(Json::Bool(holds(value, other)))
}

fn holds(value: &Json, other: &Json) -> bool {
    match (value, other) {
        (Json::Text(text), Json::Text(part)) => text.get().contains(part.get().as_str()),
        (Json::List(list), Json::List(parts)) => {
            parts.get().iter().all(|part| list.get().iter().any(|element| holds(element, part)))
        }
        (Json::Object(members), Json::Object(parts)) => {
            parts.get().iter().all(|(key, part)| members.get().get(key).is_some_and(|member| holds(member, part)))
        }
        _ => value.compare(other) == Ordering::Equal,
    }
}

/// Where a part is found, every time.
pub(super) fn indices(value: &Json, part: &Json) -> Result<Vec<Json>, Stop> {
    let places: Vec<usize> = match (value, part) {
        (Json::Text(text), Json::Text(part)) if !part.get().is_empty() => {
            let (text, part): (Vec<char>, Vec<char>) = (text.get().chars().collect(), part.get().chars().collect());
            text.windows(part.len()).enumerate().filter(|(_, window)| *window == part).map(|(at, _)| at).collect()
        }
        (Json::Text(_), Json::Text(_)) => Vec::new(),
        (Json::List(list), Json::List(parts)) if !parts.get().is_empty() => {
            let same =
                |window: &[Json]| window.iter().zip(parts.get()).all(|(left, right)| left.compare(right).is_eq());
            let windows = list.get().windows(parts.get().len()).enumerate();
            windows.filter(|(_, window)| same(window)).map(|(at, _)| at).collect()
        }
        (Json::List(list), _) => {
            let found = list.get().iter().enumerate().filter(|(_, element)| element.compare(part).is_eq());
            found.map(|(at, _)| at).collect()
        }
        _ => return Stop::error(format!("indices() is not applicable to {}", kind(value))),
    };
    Ok(places.into_iter().map(|at| Json::Int(i64::try_from(at).unwrap_or(i64::MAX))).collect())
}

pub(super) fn transpose(value: &Json) -> One {
    let rows = super::access::elements(value)?;
    let mut width = 0;
    for row in &rows {
        width = width.max(length(row)?.as_long().unwrap_or(0));
    }
    if width > 0 && matches!(value, Json::Object(_)) {
        return Stop::error("Cannot index object with number");
    }
    let column = |index: i64| {
        let cells = rows.iter().map(|row| super::access::at(row, &super::run::Key::One(Json::Int(index)), row));
        Json::list(cells.collect::<Result<_, _>>()?)
    };
    Json::list((0..width).map(column).collect::<Result<_, _>>()?)
}

/// Lists inside a list taken apart, to a depth; all of them when it is negative.
pub(super) fn flatten(value: &Json, depth: i64, flat: &mut Vec<Json>) -> Result<(), Stop> {
    for element in super::access::elements(value)? {
        match &element {
            Json::List(_) if depth != 0 => flatten(&element, depth - 1, flat)?,
            _ => flat.push(element),
        }
    }
    Ok(())
}
