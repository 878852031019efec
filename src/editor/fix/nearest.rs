//! Writes what was probably meant: the nearest key, name or allowed value; takes out what must not be there.

use super::{Fix, drafted};
use crate::diagnostic::{Diagnostic, nearest};
use crate::editor::field::{self, Owner};
use crate::editor::{Snapshot, node};
use crate::source::edit::Edit;
use crate::source::{Pointer, Span, kind_in_words};
use serde_json::Value;

/// So many allowed values are offered when none is near.
const OFFERED: usize = 8;

pub(super) fn fixes(snapshot: &Snapshot, diagnostic: &Diagnostic) -> Vec<Fix> {
    let Some(label) = diagnostic.labels.first() else { return Vec::new() };
    let (code, span) = (diagnostic.code.id(), label.span);
    let near = diagnostic.help.as_deref().and_then(meant);
    let mut fixes = Vec::new();
    match (code, near) {
        ("E0203" | "E0413", near) => {
            fixes.extend(near.and_then(|near| Some(renamed(snapshot, diagnostic, key(snapshot, span)?, near))));
            fixes.extend(removed(snapshot, diagnostic, span));
        }
        ("E0408", _) => fixes.extend(removed(snapshot, diagnostic, span)),
        ("E0402" | "E0403", _) => fixes.extend(allowed(snapshot, diagnostic, span)),
        ("E0306", Some(near)) => {
            fixes.extend(first_word(snapshot, span).map(|word| renamed(snapshot, diagnostic, word, near)));
        }
        (_, Some(near)) => {
            let word = bare(snapshot, span);
            let is_value = word.end > word.start && !snapshot.source()[word.start..word.end].contains(['\n', ':']);
            fixes.extend(is_value.then(|| renamed(snapshot, diagnostic, word, near)));
        }
        (_, None) => {}
    }
    fixes
}

/// The name in `did you mean … ?`.
fn meant(help: &str) -> Option<&str> {
    help.split_once("did you mean `")?.1.split_once('`').map(|(name, _)| name)
}

fn renamed(snapshot: &Snapshot, diagnostic: &Diagnostic, span: Span, near: &str) -> Fix {
    let old = snapshot.source().get(span.start..span.end).unwrap_or_default();
    let title = format!("Write `{near}` for `{old}`");
    Fix::mend(title, diagnostic.code, vec![Edit { span, text: near.to_owned() }])
}

/// A span without its quotes.
fn bare(snapshot: &Snapshot, span: Span) -> Span {
    let text = snapshot.source().get(span.start..span.end).unwrap_or_default();
    let is_quoted =
        text.len() > 1 && ['"', '\''].iter().any(|quote| text.starts_with(*quote) && text.ends_with(*quote));
    if is_quoted { Span::new(span.start + 1, span.end - 1) } else { span }
}

/// The key of the member whose key or value stands there.
pub(super) fn key(snapshot: &Snapshot, span: Span) -> Option<Span> {
    let pointer = member(snapshot, span)?;
    node::lookup(snapshot.tree(), &pointer)?.node.key.map(|key| bare(snapshot, key))
}

/// The member whose key or value stands exactly there.
fn member(snapshot: &Snapshot, span: Span) -> Option<Pointer> {
    let found = node::at(snapshot.tree(), span.start);
    let mut pointer = found.pointer.clone();
    for here in found.path.iter().rev() {
        if here.node.value == span || here.node.key == Some(span) {
            return Some(pointer);
        }
        pointer = pointer.parent()?;
    }
    None
}

/// The word before the first dot of an expression.
fn first_word(snapshot: &Snapshot, span: Span) -> Option<Span> {
    let text = snapshot.source().get(span.start..span.end)?;
    let start = text.find("${")? + 2;
    let word = super::super::parts::parts(text.get(start..)?.trim_end_matches('}')).into_iter().next()?;
    Some(Span::new(span.start + start + word.range.start, span.start + start + word.range.end))
}

fn removed(snapshot: &Snapshot, diagnostic: &Diagnostic, span: Span) -> Option<Fix> {
    let pointer = member(snapshot, span)?;
    let name = pointer.steps().last()?;
    let edits = drafted(snapshot, |draft| draft.remove(&pointer))?;
    Some(Fix::mend(format!("Remove `{name}`"), diagnostic.code, edits))
}

/// The allowed value that was meant: the same in another type, or the nearest; else each of a few.
fn allowed(snapshot: &Snapshot, diagnostic: &Diagnostic, span: Span) -> Vec<Fix> {
    let Some(pointer) = member(snapshot, span) else { return Vec::new() };
    let (Some(own), Some(field)) = (node::lookup(snapshot.tree(), &pointer), field::field_at(snapshot, &pointer))
    else {
        return Vec::new();
    };
    if !matches!(field.owner, Owner::Body(_) | Owner::Parameters(_)) || own.value.is_object() || own.value.is_array() {
        return Vec::new();
    }
    let written = plain(own.value);
    let values = field.allowed();
    let same: Vec<Value> = values.iter().filter(|value| plain(value) == written).cloned().collect();
    let names: Vec<String> = values.iter().map(plain).collect();
    let near = nearest(&written, names.iter().map(String::as_str));
    let chosen: Vec<Value> = match near {
        _ if !same.is_empty() => same,
        Some(near) => values.iter().filter(|value| plain(value) == near).cloned().collect(),
        None if values.is_empty() => typed(&field, &written).into_iter().collect(),
        None => values.into_iter().take(OFFERED).collect(),
    };
    let fix = |value: Value| {
        let edits = drafted(snapshot, |draft| draft.replace(&pointer, &value))?;
        // What is not one of the allowed values may be anything, a password too.
        let title =
            if names.contains(&plain(&value)) { value.to_string() } else { format!("it as {}", kind_in_words(&value)) };
        Some(Fix::mend(format!("Write {title}"), diagnostic.code, edits))
    };
    chosen.into_iter().filter_map(fix).collect()
}

/// A text that is a number or a truth value, as such.
fn typed(field: &field::Field, written: &str) -> Option<Value> {
    let kind = field.row()?.kind;
    let value: Value = serde_json::from_str(written).ok()?;
    let fits = match kind.as_str() {
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        _ => false,
    };
    match kind.as_str() {
        "string" if !value.is_object() && !value.is_array() => Some(written.into()),
        _ => fits.then_some(value),
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
