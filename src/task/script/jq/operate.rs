//! What operators make of two values.

use super::filter::Operator;
use super::json::{Json, Members};
use super::limit::{Stop, room_for};
use std::cmp::Ordering;

type One = Result<Json, Stop>;

/// The result of an operator.
pub(super) fn operate(operator: Operator, left: &Json, right: &Json) -> One {
    let order = || left.compare(right);
    Ok(match operator {
        Operator::Add => return add(left, right),
        Operator::Subtract => return subtract(left, right),
        Operator::Multiply => return multiply(left, right),
        Operator::Divide => return divide(left, right),
        Operator::Remainder => return remainder(left, right),
        Operator::Alternative => (if left.is_true() { left } else { right }).clone(),
        Operator::And | Operator::Or => Json::Bool(right.is_true()),
        Operator::Equal => Json::Bool(order() == Ordering::Equal),
        Operator::NotEqual => Json::Bool(order() != Ordering::Equal),
        Operator::Less => Json::Bool(order() == Ordering::Less),
        Operator::LessOrEqual => Json::Bool(order() != Ordering::Greater),
        Operator::Greater => Json::Bool(order() == Ordering::Greater),
        Operator::GreaterOrEqual => Json::Bool(order() != Ordering::Less),
    })
}

/// `number (5)`, long values cut as jq cuts them.
pub(super) fn named(value: &Json) -> String {
    let text = value.to_json();
    let shown = if text.chars().count() > 14 { text.chars().take(11).chain("...".chars()).collect() } else { text };
    format!("{} ({shown})", value.type_name())
}

fn cannot(left: &Json, right: &Json, what: &str) -> One {
    Stop::error(format!("{} and {} cannot be {what}", named(left), named(right)))
}

/// The result for two numbers: of integers when both are, else of doubles.
fn numeric(left: &Json, right: &Json, of: fn(i64, i64) -> i64, or: fn(f64, f64) -> f64) -> Option<Json> {
    match (left.as_long(), right.as_long()) {
        (Some(left), Some(right)) => Some(Json::Int(of(left, right))),
        _ => Some(Json::number(or(left.as_f64()?, right.as_f64()?))),
    }
}

fn add(left: &Json, right: &Json) -> One {
    if let Some(sum) = numeric(left, right, i64::wrapping_add, |left, right| left + right) {
        return Ok(sum);
    }
    match (left, right) {
        (Json::Null, other) | (other, Json::Null) => Ok(other.clone()),
        (Json::Text(left), Json::Text(right)) => {
            room_for(left.get().len() + right.get().len())?;
            Json::text(format!("{}{}", left.get(), right.get()))
        }
        (Json::List(left), Json::List(right)) => {
            room_for((left.get().len() + right.get().len()) * size_of::<Json>())?;
            Json::list(left.get().iter().chain(right.get()).cloned().collect())
        }
        (Json::Object(left), Json::Object(right)) => {
            let mut members = left.get().clone();
            right.get().iter().for_each(|(key, value)| members.insert(key.clone(), value.clone()));
            Json::object(members)
        }
        _ => cannot(left, right, "added"),
    }
}

fn subtract(left: &Json, right: &Json) -> One {
    if let Some(difference) = numeric(left, right, i64::wrapping_sub, |left, right| left - right) {
        return Ok(difference);
    }
    let (Json::List(list), Json::List(without)) = (left, right) else { return cannot(left, right, "subtracted") };
    let is_kept = |element: &&Json| !without.get().iter().any(|other| element.compare(other) == Ordering::Equal);
    Json::list(list.get().iter().filter(is_kept).cloned().collect())
}

fn multiply(left: &Json, right: &Json) -> One {
    if let Some(product) = numeric(left, right, i64::wrapping_mul, |left, right| left * right) {
        return Ok(product);
    }
    match (left, right) {
        (Json::Text(text), times) if times.as_f64().is_some() => repeat(text.get(), times.as_f64().unwrap_or(0.0)),
        (Json::Object(left), Json::Object(right)) => merge(left.get(), right.get()),
        _ => cannot(left, right, "multiplied"),
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "negative counts give nothing")]
fn repeat(text: &str, times: f64) -> One {
    let times = times as usize;
    if times == 0 {
        return Ok(Json::Null);
    }
    room_for(text.len().saturating_mul(times))?;
    Json::text(text.repeat(times))
}

/// Objects inside objects are merged as well.
fn merge(left: &Members, right: &Members) -> One {
    let mut members = left.clone();
    for (key, value) in right.iter() {
        let merged = match (members.get(key), value) {
            (Some(Json::Object(left)), Json::Object(right)) => merge(left.get(), right.get())?,
            _ => value.clone(),
        };
        members.insert(key.clone(), merged);
    }
    Json::object(members)
}

fn divide(left: &Json, right: &Json) -> One {
    if let (Some(dividend), Some(divisor)) = (left.as_f64(), right.as_f64()) {
        if divisor == 0.0 {
            return cannot(left, right, "divided because the divisor is zero");
        }
        if let (Some(dividend), Some(divisor)) = (left.as_long(), right.as_long())
            && let Some(0) = dividend.checked_rem(divisor)
        {
            return Ok(Json::Int(dividend.wrapping_div(divisor)));
        }
        return Ok(Json::number(dividend / divisor));
    }
    match (left.as_text(), right.as_text()) {
        (Some(text), Some(separator)) => split(text, separator),
        _ => cannot(left, right, "divided"),
    }
}

/// The parts of a text between separators; as in Java, empty ones at the end are left out.
pub(super) fn split(text: &str, separator: &str) -> One {
    let mut parts: Vec<&str> = if separator.is_empty() {
        text.split("").filter(|part| !part.is_empty()).collect()
    } else {
        text.split(separator).collect()
    };
    while parts.last().is_some_and(|part| part.is_empty()) {
        parts.pop();
    }
    Json::list(parts.into_iter().map(|part| Json::text(part.to_owned())).collect::<Result<_, _>>()?)
}

fn remainder(left: &Json, right: &Json) -> One {
    match (left.as_long(), right.as_long()) {
        (Some(_), Some(0)) => cannot(left, right, "divided (remainder) because the divisor is zero"),
        (Some(left), Some(right)) => Ok(Json::Int(left.wrapping_rem(right))),
        _ => Stop::error("to calculate module, both sides must be a integer"),
    }
}
