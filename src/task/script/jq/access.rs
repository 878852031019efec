//! Members, elements and parts of values.

use super::json::Json;
use super::limit::Stop;
use super::run::{Key, Results, Run};
use std::ops::Range;

/// What an access finds in a value; `input` is what the access itself is evaluated over.
pub(super) fn at(value: &Json, key: &Key, input: &Json) -> Result<Json, Stop> {
    match key {
        Key::All => Json::list(elements(value)?),
        Key::Slice(from, to) => slice(value, from, to),
        Key::One(key) => one(value, key, input),
    }
}

fn one(value: &Json, key: &Json, input: &Json) -> Result<Json, Stop> {
    if let Some(name) = key.as_text() {
        return match value {
            Json::Null => Ok(Json::Null),
            Json::Object(members) => Ok(members.get().get(name).cloned().unwrap_or(Json::Null)),
            _ => Stop::error(format!("Cannot index {} with string \"{name}\"", value.type_name())),
        };
    }
    let Some(index) = key.as_long() else {
        return Stop::error(format!("Cannot index {} with {}", input.type_name(), key.type_name()));
    };
    match value {
        Json::Null => Ok(Json::Null),
        Json::List(list) => {
            let found = place(list.get().len(), index).and_then(|at| list.get().get(at));
            Ok(found.cloned().unwrap_or(Json::Null))
        }
        _ => Stop::error(format!("Cannot index {} with number", value.type_name())),
    }
}

/// Where an index points to, counted from the end when negative; `None` before the start.
pub(super) fn place(length: usize, index: i64) -> Option<usize> {
    match usize::try_from(index) {
        Ok(at) => Some(at),
        Err(_) => length.checked_sub(usize::try_from(index.unsigned_abs()).ok()?),
    }
}

/// The range of a slice in something of that length.
pub(super) fn bounds(length: usize, from: &Json, to: &Json) -> Result<Range<usize>, Stop> {
    let bound = |value: &Json, absent: usize| match value {
        Json::Null => Ok(absent),
        value => match value.as_long() {
            Some(index) => Ok(place(length, index).unwrap_or(0).min(length)),
            None => Stop::error("Start and end indices of an array slice must be numbers"),
        },
    };
    let (start, end) = (bound(from, 0)?, bound(to, length)?);
    Ok(start..end.max(start))
}

fn slice(value: &Json, from: &Json, to: &Json) -> Result<Json, Stop> {
    match value {
        Json::Null => Ok(Json::Null),
        Json::List(list) => {
            let range = bounds(list.get().len(), from, to)?;
            Json::list(list.get().get(range).unwrap_or_default().to_vec())
        }
        Json::Text(text) => {
            let range = bounds(text.get().chars().count(), from, to)?;
            Json::text(text.get().chars().skip(range.start).take(range.len()).collect())
        }
        _ => Stop::error(format!("Cannot index {} with object", value.type_name())),
    }
}

/// All that is inside a list or an object.
pub(super) fn elements(value: &Json) -> Results {
    match value {
        Json::List(list) => Ok(list.get().clone()),
        Json::Object(members) => Ok(members.get().iter().map(|(_, value)| value.clone()).collect()),
        _ => Stop::error(format!("Cannot iterate over {}", value.type_name())),
    }
}

/// The value and all that is inside it at any depth: `..`; `recurse` leaves nulls out.
pub(super) fn descend(run: &Run<'_>, value: &Json, is_wanted: fn(&Json) -> bool) -> Results {
    let mut all = Vec::new();
    let mut open = vec![value.clone()];
    while let Some(value) = open.pop() {
        let mut inside = elements(&value).unwrap_or_default();
        inside.retain(is_wanted);
        open.extend(inside.into_iter().rev());
        all.push(value);
        run.limits.results(all.len())?;
    }
    Ok(all)
}

/// The paths to all that is inside a value, each with what it leads to.
pub(super) fn paths(value: &Json) -> Result<Vec<(Vec<Json>, Json)>, Stop> {
    let mut found = Vec::new();
    walk(value, &mut Vec::new(), &mut found)?;
    Ok(found)
}

fn walk(value: &Json, path: &mut Vec<Json>, found: &mut Vec<(Vec<Json>, Json)>) -> Result<(), Stop> {
    let mut visit = |key: Json, inner: &Json| {
        path.push(key);
        found.push((path.clone(), inner.clone()));
        let walked = walk(inner, path, found);
        path.pop();
        walked
    };
    match value {
        Json::List(list) => {
            for (index, inner) in list.get().iter().enumerate() {
                visit(Json::Int(i64::try_from(index).unwrap_or(i64::MAX)), inner)?;
            }
        }
        Json::Object(members) => {
            for (key, inner) in members.get().iter() {
                visit(Json::text(key.clone())?, inner)?;
            }
        }
        _ => {}
    }
    Ok(())
}
