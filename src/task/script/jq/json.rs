//! Values while a program runs: cheap to copy, and counted.

use super::limit::{Counted, Stop};
use crate::resolve::java_text::double;
use serde_json::{Map, Number, Value};
use std::cmp::Ordering;
use std::fmt::Write;
use std::rc::Rc;

/// A value. Integers are 64 bits wide; wider ones of the input are kept as they came until something is computed with them.
#[derive(Debug, Clone)]
pub(super) enum Json {
    Null,
    Bool(bool),
    Int(i64),
    Wide(Number),
    Double(f64),
    Text(Rc<Counted<String>>),
    List(Rc<Counted<Vec<Json>>>),
    Object(Rc<Counted<Members>>),
}

/// The members of an object, in order.
pub(super) type Members = indexed::Members;

/// An ordered map, by way of the one that JSON objects are made of.
mod indexed {
    use super::Json;

    /// Members in the order in which they were put.
    #[derive(Debug, Clone, Default)]
    pub(in super::super) struct Members {
        entries: Vec<(String, Json)>,
        places: std::collections::HashMap<String, usize>,
    }

    impl Members {
        pub(in super::super) fn get(&self, key: &str) -> Option<&Json> {
            self.places.get(key).and_then(|at| self.entries.get(*at)).map(|(_, value)| value)
        }

        pub(in super::super) fn insert(&mut self, key: String, value: Json) {
            if let Some(entry) = self.places.get(&key).and_then(|at| self.entries.get_mut(*at)) {
                entry.1 = value;
                return;
            }
            self.places.insert(key.clone(), self.entries.len());
            self.entries.push((key, value));
        }

        pub(in super::super) fn without(&self, key: &str) -> Self {
            let mut rest = Self::default();
            self.entries
                .iter()
                .filter(|(name, _)| name != key)
                .for_each(|(name, value)| rest.insert(name.clone(), value.clone()));
            rest
        }

        pub(in super::super) fn iter(&self) -> impl Iterator<Item = (&String, &Json)> {
            self.entries.iter().map(|(key, value)| (key, value))
        }

        pub(in super::super) fn len(&self) -> usize {
            self.entries.len()
        }
    }
}

impl Json {
    pub(super) fn from_value(value: &Value) -> Result<Self, Stop> {
        Ok(match value {
            Value::Null => Self::Null,
            Value::Bool(boolean) => Self::Bool(*boolean),
            Value::Number(number) => Self::from_number(number),
            Value::String(text) => Self::text(text.clone())?,
            Value::Array(list) => Self::list(list.iter().map(Self::from_value).collect::<Result<_, _>>()?)?,
            Value::Object(map) => {
                let mut members = Members::default();
                for (key, value) in map {
                    members.insert(key.clone(), Self::from_value(value)?);
                }
                Self::object(members)?
            }
        })
    }

    fn from_number(number: &Number) -> Self {
        match number.as_i64() {
            Some(integer) => Self::Int(integer),
            None if number.is_u64() => Self::Wide(number.clone()),
            None => Self::Double(number.as_f64().unwrap_or(f64::NAN)),
        }
    }

    /// As JSON; what JSON has no number for is a text, as Jackson writes it.
    pub(super) fn to_value(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Bool(boolean) => Value::Bool(*boolean),
            Self::Int(integer) => Value::from(*integer),
            Self::Wide(number) => Value::Number(number.clone()),
            Self::Double(number) => {
                Number::from_f64(*number).map_or_else(|| Value::from(special(*number)), Value::Number)
            }
            Self::Text(text) => Value::from(text.get().as_str()),
            Self::List(list) => list.get().iter().map(Self::to_value).collect(),
            Self::Object(members) => Value::Object(
                members.get().iter().map(|(key, value)| (key.clone(), value.to_value())).collect::<Map<_, _>>(),
            ),
        }
    }

    pub(super) fn text(text: String) -> Result<Self, Stop> {
        let bytes = 48 + text.len();
        Ok(Self::Text(Rc::new(Counted::new(text, bytes)?)))
    }

    pub(super) fn list(list: Vec<Self>) -> Result<Self, Stop> {
        let bytes = 64 + list.len() * size_of::<Self>();
        Ok(Self::List(Rc::new(Counted::new(list, bytes)?)))
    }

    pub(super) fn object(members: Members) -> Result<Self, Stop> {
        let bytes = 128 + members.iter().map(|(key, _)| 96 + 2 * key.len()).sum::<usize>();
        Ok(Self::Object(Rc::new(Counted::new(members, bytes)?)))
    }

    /// The result of a calculation: whole numbers become integers.
    #[expect(clippy::cast_possible_truncation, reason = "the range is looked at first")]
    pub(super) fn number(number: f64) -> Self {
        let whole = number.fract() == 0.0 && number.abs() < 9.2e18;
        if whole { Self::Int(number as i64) } else { Self::Double(number) }
    }

    #[expect(clippy::cast_precision_loss, reason = "as in Java")]
    pub(super) fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Int(integer) => Some(*integer as f64),
            Self::Wide(number) => number.as_f64(),
            Self::Double(number) => Some(*number),
            _ => None,
        }
    }

    /// An integer as Java's `asLong` reads it: what is wider wraps around.
    #[expect(clippy::cast_possible_wrap, reason = "as in Java")]
    pub(super) fn as_long(&self) -> Option<i64> {
        match self {
            Self::Int(integer) => Some(*integer),
            Self::Wide(number) => number.as_u64().map(|wide| wide as i64),
            _ => None,
        }
    }

    pub(super) fn as_text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text.get()) } else { None }
    }

    /// Whether a condition holds: all but null and false does.
    pub(super) fn is_true(&self) -> bool {
        !matches!(self, Self::Null | Self::Bool(false))
    }

    /// `null`, `boolean`, `number`, `string`, `array` or `object`.
    pub(super) fn type_name(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "boolean",
            Self::Int(_) | Self::Wide(_) | Self::Double(_) => "number",
            Self::Text(_) => "string",
            Self::List(_) => "array",
            Self::Object(_) => "object",
        }
    }

    /// The value as JSON text, numbers as Java prints them.
    pub(super) fn write(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(boolean) => out.push_str(if *boolean { "true" } else { "false" }),
            Self::Int(integer) => {
                let _ = write!(out, "{integer}");
            }
            Self::Wide(number) => {
                let _ = write!(out, "{number}");
            }
            Self::Double(number) if number.is_finite() => out.push_str(&double(*number)),
            Self::Double(number) => {
                let _ = write!(out, "\"{}\"", special(*number));
            }
            Self::Text(text) => out.push_str(&Value::from(text.get().as_str()).to_string()),
            Self::List(list) => {
                for (index, element) in list.get().iter().enumerate() {
                    out.push(if index == 0 { '[' } else { ',' });
                    element.write(out);
                }
                out.push_str(if list.get().is_empty() { "[]" } else { "]" });
            }
            Self::Object(members) => write_members(members.get(), out),
        }
    }

    pub(super) fn to_json(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }

    /// `tostring`: a text is itself.
    pub(super) fn shown(&self) -> String {
        self.as_text().map_or_else(|| self.to_json(), str::to_owned)
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Null => 0,
            Self::Bool(false) => 1,
            Self::Bool(true) => 2,
            Self::Int(_) | Self::Wide(_) | Self::Double(_) => 3,
            Self::Text(_) => 4,
            Self::List(_) => 5,
            Self::Object(_) => 6,
        }
    }

    /// jq's order of all values: null, false, true, numbers, texts, lists, objects.
    pub(super) fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Int(left), Self::Int(right)) => left.cmp(right),
            (Self::Text(left), Self::Text(right)) => left.get().cmp(right.get()),
            (Self::List(left), Self::List(right)) => compare_lists(left.get(), right.get()),
            (Self::Object(left), Self::Object(right)) => compare_members(left.get(), right.get()),
            _ => match (self.as_f64(), other.as_f64()) {
                (Some(left), Some(right)) => left.total_cmp(&right),
                _ => self.rank().cmp(&other.rank()),
            },
        }
    }
}

fn write_members(members: &Members, out: &mut String) {
    for (index, (key, value)) in members.iter().enumerate() {
        out.push(if index == 0 { '{' } else { ',' });
        out.push_str(&Value::from(key.as_str()).to_string());
        out.push(':');
        value.write(out);
    }
    out.push_str(if members.len() == 0 { "{}" } else { "}" });
}

fn special(number: f64) -> &'static str {
    match (number.is_nan(), number > 0.0) {
        (true, _) => "NaN",
        (false, true) => "Infinity",
        (false, false) => "-Infinity",
    }
}

fn compare_lists(left: &[Json], right: &[Json]) -> Ordering {
    let different = left.iter().zip(right).map(|(left, right)| left.compare(right)).find(|order| order.is_ne());
    different.unwrap_or_else(|| left.len().cmp(&right.len()))
}

fn compare_members(left: &Members, right: &Members) -> Ordering {
    let sorted = |members: &Members| {
        let mut keys: Vec<String> = members.iter().map(|(key, _)| key.clone()).collect();
        keys.sort();
        keys
    };
    let (left_keys, right_keys) = (sorted(left), sorted(right));
    left_keys.cmp(&right_keys).then_with(|| {
        let values = left_keys.iter().map(|key| match (left.get(key), right.get(key)) {
            (Some(left), Some(right)) => left.compare(right),
            _ => Ordering::Equal,
        });
        values.into_iter().find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    })
}
