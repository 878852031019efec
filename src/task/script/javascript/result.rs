//! What a script gives, as JSON: the way a Conductor server reads it from GraalJS and writes it with Jackson.
//!
//! Whole numbers are integers (`3 * 1.0` gives 3), `undefined` is null, NaN and the infinities are texts, a Map is an object,
//! and what has no enumerable members - a Date, a function, a Set - is `{}`.

use super::super::ScriptError;
use crate::definition::Dialect;
use crate::resolve::hash_ordered;
use rquickjs::{Array, Function, Object, Type};
use serde_json::{Map, Number, Value};
use std::cell::Cell;
use std::collections::HashMap;
use std::time::Instant;

/// The deepest result: what any reader of JSON takes.
const MAX_DEPTH: usize = 120;
const MAX_VALUES: usize = 1_000_000;
const MAX_TEXT_BYTES: usize = 16 << 20;

/// Beyond it, a double does not tell every integer from the next.
const LARGEST_EXACT: u64 = 1 << 53;

/// Why a result could not be read.
pub(super) enum Stop {
    /// The script threw: on its own, or in a getter while its result was read.
    Threw,
    /// The result is beyond a limit.
    Limit(&'static str),
}

impl From<rquickjs::Error> for Stop {
    fn from(_: rquickjs::Error) -> Self {
        Self::Threw
    }
}

impl Stop {
    /// The error, `thrown` telling what the script threw.
    pub(super) fn explain(self, thrown: impl FnOnce() -> ScriptError) -> ScriptError {
        match self {
            Self::Threw => thrown(),
            Self::Limit(what) => ScriptError::Result { what },
        }
    }
}

/// Reads results.
pub(super) struct Reader<'t, 'js> {
    tools: &'t Object<'js>,
    dialect: Dialect,
    /// Integers of the input that doubles cannot tell apart, by the double they become; `None` when two become the same.
    exact: HashMap<u64, Option<Number>>,
    values: Cell<usize>,
    text_bytes: Cell<usize>,
    deadline: Instant,
}

impl<'t, 'js> Reader<'t, 'js> {
    pub(super) fn new(tools: &'t Object<'js>, input: &Value, dialect: Dialect, deadline: Instant) -> Self {
        let mut exact = HashMap::new();
        collect_exact(input, &mut exact);
        Self { tools, dialect, exact, values: Cell::new(0), text_bytes: Cell::new(0), deadline }
    }

    /// The result as JSON.
    pub(super) fn read(&self, value: &rquickjs::Value<'js>) -> Result<Value, Stop> {
        self.value(value, 0)
    }

    fn value(&self, value: &rquickjs::Value<'js>, depth: usize) -> Result<Value, Stop> {
        self.count(depth)?;
        if let Some(number) = value.as_number() {
            return Ok(self.number(number));
        }
        if let Some(boolean) = value.as_bool() {
            return Ok(Value::Bool(boolean));
        }
        if let Some(text) = value.as_string() {
            return self.text(text);
        }
        match value.type_of() {
            Type::BigInt => self.big_int(value),
            Type::Array => self.array(value, depth),
            Type::Proxy => self.proxy(value, depth),
            Type::Symbol => Ok(Value::Object(Map::new())),
            _ => value.as_object().map_or(Ok(Value::Null), |object| self.object(object, depth)),
        }
    }

    fn count(&self, depth: usize) -> Result<(), Stop> {
        let values = self.values.get() + 1;
        self.values.set(values);
        if depth > MAX_DEPTH {
            return Err(Stop::Limit("nested too deeply, or refers to itself"));
        }
        if values > MAX_VALUES || (values.is_multiple_of(1024) && Instant::now() >= self.deadline) {
            return Err(Stop::Limit("too large"));
        }
        Ok(())
    }

    #[expect(clippy::cast_possible_truncation, reason = "the range is looked at first")]
    fn number(&self, number: f64) -> Value {
        if number.is_nan() {
            return Value::from("NaN");
        }
        if number.is_infinite() {
            return Value::from(if number > 0.0 { "Infinity" } else { "-Infinity" });
        }
        if let Some(Some(exact)) = self.exact.get(&number.to_bits()) {
            return Value::Number(exact.clone());
        }
        let is_minus_zero = number == 0.0 && number.is_sign_negative();
        if number.fract() == 0.0 && number.abs() < 9.2e18 && !is_minus_zero {
            return Value::from(number as i64);
        }
        Value::from(number)
    }

    fn text(&self, text: &rquickjs::String<'js>) -> Result<Value, Stop> {
        // A half of a surrogate pair is no text in JSON: it becomes the replacement character.
        let text = match text.to_string() {
            Ok(text) => text,
            Err(rquickjs::Error::Utf8(_)) => "\u{fffd}".to_owned(),
            Err(error) => return Err(error.into()),
        };
        let bytes = self.text_bytes.get() + text.len();
        self.text_bytes.set(bytes);
        if bytes > MAX_TEXT_BYTES { Err(Stop::Limit("too large")) } else { Ok(Value::String(text)) }
    }

    fn big_int(&self, value: &rquickjs::Value<'js>) -> Result<Value, Stop> {
        let shown: rquickjs::Value<'js> = self.tool("bigInt")?.call((value.clone(),))?;
        let Some(digits) = shown.as_string() else { return self.value(&shown, 0) };
        Ok(digits.to_string()?.parse::<i64>().map_or(Value::Null, Value::from))
    }

    fn array(&self, value: &rquickjs::Value<'js>, depth: usize) -> Result<Value, Stop> {
        let Some(array) = value.as_array() else { return Ok(Value::Null) };
        self.elements(array, 0, depth).map(Value::Array)
    }

    fn elements(&self, array: &Array<'js>, from: usize, depth: usize) -> Result<Vec<Value>, Stop> {
        if array.len() > MAX_VALUES {
            return Err(Stop::Limit("too large"));
        }
        (from..array.len()).map(|index| self.value(&array.get(index)?, depth + 1)).collect()
    }

    /// What a script sees of its input is read behind its back; a proxy of its own is an object.
    fn proxy(&self, value: &rquickjs::Value<'js>, depth: usize) -> Result<Value, Stop> {
        if self.dialect == Dialect::Conductor {
            let plain: rquickjs::Value<'js> = self.tool("plain")?.call((value.clone(),))?;
            if !plain.is_undefined() {
                return self.value(&plain, depth);
            }
        }
        value.as_object().map_or(Ok(Value::Null), |object| self.members(object, depth))
    }

    fn object(&self, object: &Object<'js>, depth: usize) -> Result<Value, Stop> {
        let inspected: rquickjs::Value<'js> = self.tool("inspect")?.call((object.clone(),))?;
        let Some(array) = inspected.as_array() else { return self.members(object, depth) };
        match array.get::<i32>(0)? {
            1 => self.value(&array.get(1)?, depth),
            2 => self.entries(array, depth),
            _ => self.elements(array, 1, depth).map(Value::Array),
        }
    }

    fn members(&self, object: &Object<'js>, depth: usize) -> Result<Value, Stop> {
        let mut members = Map::new();
        for key in object.keys::<String>() {
            let key = key?;
            let value = self.value(&object.get(key.as_str())?, depth + 1)?;
            members.insert(key, value);
        }
        Ok(self.ordered(members))
    }

    fn entries(&self, pairs: &Array<'js>, depth: usize) -> Result<Value, Stop> {
        let mut members = Map::new();
        for index in (1..pairs.len()).step_by(2) {
            let key = self.value(&pairs.get(index)?, depth + 1)?;
            let value = self.value(&pairs.get(index + 1)?, depth + 1)?;
            members.insert(crate::resolve::java_text(&key), value);
        }
        Ok(self.ordered(members))
    }

    /// A server gathers members in a `java.util.HashMap`.
    fn ordered(&self, members: Map<String, Value>) -> Value {
        Value::Object(if self.dialect == Dialect::Conductor { hash_ordered(members) } else { members })
    }

    fn tool(&self, name: &str) -> Result<Function<'js>, Stop> {
        Ok(self.tools.get(name)?)
    }
}

#[expect(clippy::cast_precision_loss, reason = "what is lost is what this remembers")]
fn collect_exact(input: &Value, exact: &mut HashMap<u64, Option<Number>>) {
    match input {
        Value::Array(list) => list.iter().for_each(|element| collect_exact(element, exact)),
        Value::Object(map) => map.values().for_each(|member| collect_exact(member, exact)),
        Value::Number(number) => {
            let (magnitude, double) = match (number.as_u64(), number.as_i64()) {
                (Some(positive), _) => (positive, positive as f64),
                (None, Some(negative)) => (negative.unsigned_abs(), negative as f64),
                (None, None) => return,
            };
            if magnitude > LARGEST_EXACT {
                let known = exact.entry(double.to_bits()).or_insert_with(|| Some(number.clone()));
                if known.as_ref() != Some(number) {
                    *known = None;
                }
            }
        }
        _ => {}
    }
}
