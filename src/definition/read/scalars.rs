//! Texts, numbers, truth values, plain values: converted exactly where Conductor's server converts them.

use super::{Cursor, Read, Report, Wire};
use serde_json::{Map, Value};

/// The range of a Java `int`, which the number fields have.
const INT: std::ops::RangeInclusive<i64> = -2_147_483_648..=2_147_483_647;

/// The fields of the type `long`.
const LONG: &[&str] = &["timeoutSeconds", "responseTimeoutSeconds", "totalTimeoutSeconds"];

impl Wire for Value {
    fn read(at: &Cursor<'_>, _: &mut Report<'_>) -> Read<Self> {
        Read::Exact(at.value.clone())
    }

    fn write(&self) -> Option<Value> {
        Some(self.clone())
    }
}

impl<T: Wire> Wire for Option<T> {
    fn read(at: &Cursor<'_>, report: &mut Report<'_>) -> Read<Self> {
        if at.value.is_null() {
            return Read::Converted(None);
        }
        match T::read(at, report) {
            Read::Exact(value) => Read::Exact(Some(value)),
            Read::Converted(value) => Read::Converted(Some(value)),
            Read::Refused => Read::Refused,
        }
    }

    fn write(&self) -> Option<Value> {
        self.as_ref().and_then(Wire::write)
    }
}

impl Wire for String {
    fn read(at: &Cursor<'_>, report: &mut Report<'_>) -> Read<Self> {
        let text = match at.value {
            Value::String(text) => return Read::Exact(text.clone()),
            Value::Null => return Read::Converted(String::new()),
            Value::Bool(_) | Value::Number(_) => at.value.to_string(),
            Value::Array(_) | Value::Object(_) => {
                report.wrong_type(at, "a text");
                return Read::Refused;
            }
        };
        report.converted(at, "a text", &Value::from(text.as_str()));
        Read::Converted(text)
    }

    fn write(&self) -> Option<Value> {
        Some(Value::from(self.as_str()))
    }
}

impl Wire for i64 {
    fn read(at: &Cursor<'_>, report: &mut Report<'_>) -> Read<Self> {
        let number = match at.value {
            Value::Null => return Read::Converted(0),
            Value::Number(number) => number.as_i64().or_else(|| number.as_f64().and_then(truncated)),
            Value::String(text) if text.trim().is_empty() => Some(0),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        let range = if LONG.contains(&at.name()) { i64::MIN..=i64::MAX } else { INT };
        match number.filter(|number| range.contains(number)) {
            None => {
                let beyond = at.value.is_number();
                report.wrong_type(at, if beyond { "a whole number of 32 bits" } else { "a whole number" });
                Read::Refused
            }
            Some(number) if at.value.is_i64() => Read::Exact(number),
            Some(number) => {
                report.converted(at, "a whole number", &number.into());
                Read::Converted(number)
            }
        }
    }

    fn write(&self) -> Option<Value> {
        Some((*self).into())
    }
}

/// A float without its fraction, when it is in the range of 64 bits.
#[expect(clippy::cast_possible_truncation, reason = "the range is checked just before")]
fn truncated(float: f64) -> Option<i64> {
    (float.abs() < 9.0e18).then_some(float as i64)
}

impl Wire for bool {
    fn read(at: &Cursor<'_>, report: &mut Report<'_>) -> Read<Self> {
        let value = match at.value {
            Value::Bool(value) => return Read::Exact(*value),
            Value::Null => return Read::Converted(false),
            Value::Number(number) => number.as_i64().map(|number| number != 0),
            Value::String(text) => match text.trim() {
                "true" | "True" | "TRUE" => Some(true),
                "false" | "False" | "FALSE" | "" => Some(false),
                _ => None,
            },
            _ => None,
        };
        let Some(value) = value else {
            report.wrong_type(at, "true or false");
            return Read::Refused;
        };
        report.converted(at, "true or false", &value.into());
        Read::Converted(value)
    }

    fn write(&self) -> Option<Value> {
        Some((*self).into())
    }
}

impl Wire for Map<String, Value> {
    fn read(at: &Cursor<'_>, report: &mut Report<'_>) -> Read<Self> {
        match at.value {
            Value::Object(map) => Read::Exact(map.clone()),
            Value::Null => Read::Converted(Self::new()),
            _ => {
                report.wrong_type(at, "a mapping");
                Read::Refused
            }
        }
    }

    fn write(&self) -> Option<Value> {
        Some(Value::Object(self.clone()))
    }
}

impl Wire for Vec<String> {
    fn read(at: &Cursor<'_>, report: &mut Report<'_>) -> Read<Self> {
        if at.value.is_null() {
            return Read::Converted(Self::new());
        }
        if !at.value.is_array() {
            report.wrong_type(at, "a list of texts");
            return Read::Refused;
        }
        let (mut texts, mut exact) = (Self::new(), true);
        for item in at.items() {
            match String::read(&item, report) {
                Read::Exact(text) => texts.push(text),
                Read::Converted(text) => {
                    exact = false;
                    texts.push(text);
                }
                Read::Refused => exact = false,
            }
        }
        if exact { Read::Exact(texts) } else { Read::Converted(texts) }
    }

    fn write(&self) -> Option<Value> {
        Some(self.iter().map(String::as_str).collect())
    }
}
