//! The table of a type's fields: one line a field says its name, how it is read and how it is written.

use super::{Cursor, Report};
use crate::diagnostic::{codes, nearest};
use serde_json::{Map, Value};
use std::collections::HashSet;

/// One field of `T`.
pub(in super::super) struct Field<T> {
    /// The name on the wire.
    pub(in super::super) name: &'static str,
    /// Reads it into `T`; `false` when writing it again would not give what was written.
    pub(in super::super) read: fn(&mut T, &Cursor<'_>, &mut Report<'_>) -> bool,
    /// The value to write; `None` when it is absent.
    pub(in super::super) write: fn(&T) -> Option<Value>,
}

/// A type that is read from and written to a mapping.
pub(in super::super) trait Fields: Default + 'static {
    /// The typed fields.
    const FIELDS: &'static [Field<Self>];
    /// Further fields that Conductor knows and that are only kept.
    const KEPT: &'static [&'static str];

    /// What was written and is not exactly held by a typed field, and the keys in written order.
    fn written(&mut self) -> (&mut Map<String, Value>, &mut Vec<Box<str>>);

    /// The same, to read.
    fn kept(&self) -> (&Map<String, Value>, &[Box<str>]);
}

/// So many unknown keys of one mapping are looked at; a mapping with more of them is data.
const MAX_UNKNOWN: usize = 100;

/// Reads a mapping; every problem goes into the report.
pub(in super::super) fn read_object<T: Fields>(at: &Cursor<'_>, report: &mut Report<'_>) -> T {
    let mut object = T::default();
    let mut strangers = 0;
    for (key, value) in at.entries() {
        let exact = if let Some(field) = T::FIELDS.iter().find(|field| field.name == key) {
            (field.read)(&mut object, &value, report)
        } else {
            strangers += 1;
            if strangers <= MAX_UNKNOWN {
                unknown::<T>(key, &value, report);
            }
            false
        };
        let (extra, keys) = object.written();
        keys.push(key.into());
        if !exact {
            extra.insert(key.to_owned(), value.value.clone());
        }
    }
    object
}

/// Writes a mapping: the keys as they were written, then what has been set since.
pub(in super::super) fn write_object<T: Fields>(object: &T) -> Value {
    let (extra, keys) = object.kept();
    let mut map = Map::new();
    let field = |key: &str| T::FIELDS.iter().find(|field| field.name == key);
    for key in keys {
        let value = extra.get(&**key).cloned().or_else(|| field(key).and_then(|field| (field.write)(object)));
        map.extend(value.map(|value| (String::from(&**key), value)));
    }
    let said: HashSet<&str> = keys.iter().map(|key| &**key).collect();
    for (key, value) in extra.iter().filter(|(key, _)| !said.contains(key.as_str())) {
        map.insert(key.clone(), value.clone());
    }
    let absent = T::default();
    for field in T::FIELDS.iter().filter(|field| !said.contains(field.name)) {
        let value = (field.write)(object).filter(|value| (field.write)(&absent).as_ref() != Some(value));
        map.extend(value.map(|value| (field.name.to_owned(), value)));
    }
    Value::Object(map)
}

fn unknown<T: Fields>(key: &str, at: &Cursor<'_>, report: &mut Report<'_>) {
    if T::KEPT.contains(&key) || report.is_full() || report.is_unread() {
        return;
    }
    let known = T::FIELDS.iter().map(|field| field.name).chain(T::KEPT.iter().copied());
    if let Some(meant) = nearest(key, known) {
        let message = format!("there is no field `{key}`{}; a server ignores it", at.of_task());
        report.at_span(codes::E0203, at, at.key_span(), message, format!("did you mean `{meant}`?"));
    }
}

/// The table of a type's fields: `"wireName" => field_name,`.
macro_rules! fields {
    ($($name:literal => $field:ident,)*) => {
        &[$($crate::definition::read::Field {
            name: $name,
            read: |object, at, report| match $crate::definition::read::Wire::read(at, report) {
                $crate::definition::read::Read::Exact(value) => {
                    object.$field = value;
                    true
                }
                $crate::definition::read::Read::Converted(value) => {
                    object.$field = value;
                    false
                }
                $crate::definition::read::Read::Refused => false,
            },
            write: |object| $crate::definition::read::Wire::write(&object.$field),
        }),*]
    };
}
pub(in super::super) use fields;
