//! Values of Python, and what operators make of them.

use serde_json::{Number, Value};
use std::cmp::Ordering;

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Python {
    None,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    /// A list or object of the input: passed on, never looked into.
    Foreign(Value),
}

pub(super) type Computed = Result<Python, String>;

impl Python {
    pub(super) fn from_value(value: &Value) -> Self {
        match value {
            Value::Null => Self::None,
            Value::Bool(boolean) => Self::Bool(*boolean),
            Value::Number(number) => {
                number.as_i64().map_or_else(|| Self::Float(number.as_f64().unwrap_or(0.0)), Self::Int)
            }
            Value::String(text) => Self::Text(text.clone()),
            container => Self::Foreign(container.clone()),
        }
    }

    pub(super) fn to_value(&self) -> Value {
        match self {
            Self::None => Value::Null,
            Self::Bool(boolean) => Value::Bool(*boolean),
            Self::Int(integer) => Value::from(*integer),
            Self::Float(number) => {
                Number::from_f64(*number).map_or_else(|| Value::from(special(*number)), Value::Number)
            }
            Self::Text(text) => Value::from(text.as_str()),
            Self::Foreign(value) => value.clone(),
        }
    }

    pub(super) fn is_true(&self) -> bool {
        match self {
            Self::None => false,
            Self::Bool(boolean) => *boolean,
            Self::Int(integer) => *integer != 0,
            Self::Float(number) => *number != 0.0,
            Self::Text(text) => !text.is_empty(),
            Self::Foreign(_) => true,
        }
    }

    fn type_name(&self) -> &'static str {
        match self {
            Self::None => "NoneType",
            Self::Bool(_) => "bool",
            Self::Int(_) => "int",
            Self::Float(_) => "float",
            Self::Text(_) => "str",
            Self::Foreign(_) => "polyglot.ForeignObject",
        }
    }

    /// `str(x)`
    pub(super) fn shown(&self) -> String {
        match self {
            Self::None => "None".to_owned(),
            Self::Bool(boolean) => (if *boolean { "True" } else { "False" }).to_owned(),
            Self::Int(integer) => integer.to_string(),
            Self::Float(number) if number.fract() == 0.0 && number.abs() < 1e16 => format!("{number:.1}"),
            Self::Float(number) => number.to_string(),
            Self::Text(text) => text.clone(),
            Self::Foreign(value) => crate::resolve::java_text(value),
        }
    }

    fn as_int(&self) -> Option<i64> {
        match self {
            Self::Bool(boolean) => Some(i64::from(*boolean)),
            Self::Int(integer) => Some(*integer),
            _ => None,
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "as in Python")]
    pub(super) fn as_float(&self) -> Option<f64> {
        if let Self::Float(number) = self { Some(*number) } else { self.as_int().map(|integer| integer as f64) }
    }

    pub(super) fn length(&self) -> Computed {
        match self {
            Self::Text(text) => Ok(Self::Int(i64::try_from(text.chars().count()).unwrap_or(i64::MAX))),
            other => Err(format!("TypeError: object of type '{}' has no len()", other.type_name())),
        }
    }
}

fn special(number: f64) -> &'static str {
    match (number.is_nan(), number > 0.0) {
        (true, _) => "NaN",
        (false, true) => "Infinity",
        (false, false) => "-Infinity",
    }
}

/// The result of an arithmetic operator.
pub(super) fn compute(operator: &str, left: &Python, right: &Python) -> Computed {
    if let (Python::Text(left), Python::Text(right), "+") = (left, right, operator) {
        return Ok(Python::Text(format!("{left}{right}")));
    }
    if let (Python::Text(text), Some(times), "*") = (left, right.as_int(), operator) {
        let times = usize::try_from(times).unwrap_or(0);
        let fits = text.len().saturating_mul(times) < 1 << 20;
        return if fits { Ok(Python::Text(text.repeat(times))) } else { Err("MemoryError".to_owned()) };
    }
    let overflow = || "OverflowError: the result is wider than 64 bits".to_owned();
    if let (Some(left), Some(right)) = (left.as_int(), right.as_int()) {
        let integer = match operator {
            "+" => left.checked_add(right),
            "-" => left.checked_sub(right),
            "*" => left.checked_mul(right),
            "//" | "%" if right == 0 => return Err("ZeroDivisionError: integer division or modulo by zero".to_owned()),
            "//" => left.checked_div_euclid(right).map(|quotient| floor(quotient, left, right)),
            "%" => left
                .checked_rem(right)
                .map(|rest| if rest != 0 && (rest < 0) != (right < 0) { rest + right } else { rest }),
            "**" if right >= 0 => u32::try_from(right).ok().and_then(|right| left.checked_pow(right)),
            _ => return real(operator, left_float(left), left_float(right)),
        };
        return integer.map(Python::Int).ok_or_else(overflow);
    }
    match (left.as_float(), right.as_float()) {
        (Some(left), Some(right)) => real(operator, left, right),
        _ if operator == "+" && matches!(left, Python::Text(_)) => {
            Err(format!("TypeError: can only concatenate str (not \"{}\") to str", right.type_name()))
        }
        _ => Err(format!(
            "TypeError: unsupported operand type(s) for {operator}: '{}' and '{}'",
            left.type_name(),
            right.type_name()
        )),
    }
}

#[expect(clippy::cast_precision_loss, reason = "as in Python")]
fn left_float(integer: i64) -> f64 {
    integer as f64
}

/// Python rounds a quotient down, where Euclid's leaves the rest positive.
fn floor(euclidean: i64, left: i64, right: i64) -> i64 {
    if right < 0 && left.rem_euclid(right) != 0 { euclidean - 1 } else { euclidean }
}

fn real(operator: &str, left: f64, right: f64) -> Computed {
    Ok(Python::Float(match operator {
        "+" => left + right,
        "-" => left - right,
        "*" => left * right,
        "**" => left.powf(right),
        _ if right == 0.0 => return Err("ZeroDivisionError: division by zero".to_owned()),
        "/" => left / right,
        "//" => (left / right).floor(),
        _ => left - right * (left / right).floor(),
    }))
}

/// The result of a comparison.
pub(super) fn compare(operator: &str, left: &Python, right: &Python) -> Computed {
    let order = match (left, right) {
        (Python::Text(left), Python::Text(right)) => Some(left.cmp(right)),
        _ => left.as_float().zip(right.as_float()).and_then(|(left, right)| left.partial_cmp(&right)),
    };
    let holds = match (operator, order) {
        ("==", Some(order)) => order == Ordering::Equal,
        ("!=", Some(order)) => order != Ordering::Equal,
        ("==", None) => left == right,
        ("!=", None) => left != right,
        ("<", Some(order)) => order == Ordering::Less,
        ("<=", Some(order)) => order != Ordering::Greater,
        (">", Some(order)) => order == Ordering::Greater,
        (">=", Some(order)) => order != Ordering::Less,
        _ => {
            return Err(format!(
                "TypeError: '{operator}' not supported between instances of '{}' and '{}'",
                left.type_name(),
                right.type_name()
            ));
        }
    };
    Ok(Python::Bool(holds))
}
