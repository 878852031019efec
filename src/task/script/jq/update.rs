//! Assignments and `del`: a changed copy of the input.

use super::access::{at, bounds, elements, place};
use super::collect::not_applicable;
use super::filter::{Assignment, Filter, Operator};
use super::json::{Json, Members};
use super::limit::Stop;
use super::operate::operate;
use super::run::{Key, Results, Run, Scope};

/// What a path is filled with, for what it holds now.
pub(super) type Change<'c> = &'c dyn Fn(&Json) -> Result<Json, Stop>;

/// The input with everything that `left` leads to changed by `right`.
pub(super) fn assign<'q>(
    run: &Run<'_>,
    by: Assignment,
    left: &'q Filter,
    right: &'q Filter,
    scope: &Scope<'q>,
    input: &Json,
) -> Results {
    let with = |change: Change<'_>| change_at(run, left, scope, input, change);
    let operator = match by {
        Assignment::Update => {
            let change = |old: &Json| Ok(run.all(right, scope, old)?.into_iter().next().unwrap_or(Json::Null));
            return Ok(vec![with(&change)?]);
        }
        Assignment::Set => None,
        Assignment::By(operator) => Some(operator),
    };
    run.each(&run.all(right, scope, input)?, |value| {
        let change = |old: &Json| match operator {
            None => Ok(value.clone()),
            Some(Operator::Alternative) => Ok((if old.is_true() { old } else { value }).clone()),
            Some(operator) => operate(operator, old, value),
        };
        Ok(vec![with(&change)?])
    })
}

fn change_at<'q>(
    run: &Run<'_>,
    path: &'q Filter,
    scope: &Scope<'q>,
    input: &Json,
    change: Change<'_>,
) -> Result<Json, Stop> {
    match path {
        Filter::Identity => change(input),
        Filter::Access { target, by, .. } => {
            let keys = run.keys(by, scope, input)?;
            change_at(run, target, scope, input, &|value| {
                keys.iter().try_fold(value.clone(), |value, key| change_member(&value, key, change))
            })
        }
        _ => Stop::error("left hand side must be FieldAccess"),
    }
}

/// The value with all that is inside it changed.
pub(super) fn change_all(value: &Json, change: Change<'_>) -> Result<Json, Stop> {
    change_member(value, &Key::All, change)
}

fn change_member(value: &Json, key: &Key, change: Change<'_>) -> Result<Json, Stop> {
    match (value, key) {
        (Json::Object(members), Key::All) => {
            let mut changed = Members::default();
            for (name, member) in members.get().iter() {
                changed.insert(name.clone(), change(member)?);
            }
            Json::object(changed)
        }
        (_, Key::All) => Json::list(elements(value)?.iter().map(change).collect::<Result<_, _>>()?),
        (Json::Object(_) | Json::Null, Key::One(Json::Text(name))) => {
            let mut members =
                if let Json::Object(members) = value { members.get().clone() } else { Members::default() };
            let changed = change(members.get(name.get()).unwrap_or(&Json::Null))?;
            members.insert(name.get().clone(), changed);
            Json::object(members)
        }
        (Json::List(_) | Json::Null, Key::One(index)) if index.as_long().is_some() => {
            change_element(value, index, change)
        }
        (_, Key::One(key)) => {
            at(value, &Key::One(key.clone()), value)?;
            Stop::error("left hand side must be FieldAccess")
        }
        (_, Key::Slice(..)) => Stop::error("left hand side must be FieldAccess"),
    }
}

fn change_element(value: &Json, index: &Json, change: Change<'_>) -> Result<Json, Stop> {
    let mut list = if let Json::List(list) = value { list.get().clone() } else { Vec::new() };
    let Some(at) = place(list.len(), index.as_long().unwrap_or(0)) else {
        return Stop::error("Out of bounds negative array index");
    };
    super::limit::room_for(at.saturating_mul(size_of::<Json>()))?;
    if at >= list.len() {
        list.resize(at + 1, Json::Null);
    }
    if let Some(element) = list.get_mut(at) {
        *element = change(element)?;
    }
    Json::list(list)
}

/// The input without what a path leads to.
pub(super) fn delete<'q>(run: &Run<'_>, path: &'q Filter, scope: &Scope<'q>, input: &Json) -> Result<Json, Stop> {
    if !matches!(input, Json::Object(_) | Json::List(_) | Json::Null) {
        return not_applicable("del", input, "[OBJECT, ARRAY, NULL]");
    }
    let Filter::Access { target, by, .. } = path else {
        return Stop::error("1st argument to del() must be a field access");
    };
    if !is_path(target) {
        return Stop::error("1st argument to del() must be a field access");
    }
    let keys = run.keys(by, scope, input)?;
    change_at(run, target, scope, input, &|value| without(value, &keys))
}

fn is_path(filter: &Filter) -> bool {
    match filter {
        Filter::Identity => true,
        Filter::Access { target, .. } => is_path(target),
        _ => false,
    }
}

fn without(value: &Json, keys: &[Key]) -> Result<Json, Stop> {
    if keys.iter().any(|key| matches!(key, Key::All)) {
        return if let Json::Object(_) = value { Json::object(Members::default()) } else { Json::list(Vec::new()) };
    }
    match value {
        Json::Object(members) => {
            let mut rest = members.get().clone();
            for key in keys {
                at(value, key, value)?;
                if let Key::One(Json::Text(name)) = key {
                    rest = rest.without(name.get());
                }
            }
            Json::object(rest)
        }
        Json::List(list) => {
            let list = list.get();
            let mut gone = vec![false; list.len()];
            for key in keys {
                at(value, key, value)?;
                let range = match key {
                    Key::One(index) => {
                        index.as_long().and_then(|index| place(list.len(), index)).map(|index| index..index + 1)
                    }
                    Key::Slice(from, to) => Some(bounds(list.len(), from, to)?),
                    Key::All => None,
                };
                range.into_iter().flatten().for_each(|at| gone.get_mut(at).into_iter().for_each(|gone| *gone = true));
            }
            let kept = list.iter().zip(gone).filter(|(_, gone)| !gone).map(|(element, _)| element.clone());
            Json::list(kept.collect())
        }
        other => {
            for key in keys {
                at(other, key, other)?;
            }
            Ok(other.clone())
        }
    }
}
