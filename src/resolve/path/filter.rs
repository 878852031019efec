//! What a filter says of an item. Source: Jayway `EvaluatorFactory`, `ValueNodes`, `RelationalExpressionNode`.

use super::decimal::Decimal;
use super::evaluate::{Missing, Stop, Walk};
use super::{Path, lenient};
use crate::resolve::node::Node;
use fancy_regex::Regex;
use serde_json::Value;
use std::borrow::Cow;
use std::cmp::Ordering;

/// A filter.
#[derive(Debug, Clone)]
pub(crate) enum Condition {
    Or(Vec<Condition>),
    And(Vec<Condition>),
    Not(Box<Condition>),
    Compare(Operand, Operator, Operand),
    /// `@.a`, or `!@.a` when it must not exist.
    Exists(Path, bool),
}

/// One side of a comparison.
#[derive(Debug, Clone)]
pub(crate) enum Operand {
    Path(Path),
    Text(String),
    Number(Decimal),
    Boolean(bool),
    Null,
    /// A list or object; `None` when it cannot be read, which is an error once it is compared.
    Json(Option<Value>),
    Pattern(Regex),
}

/// How two sides are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Equal,
    NotEqual,
    SameTypeEqual,
    SameTypeNotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Matches,
    In,
    NotIn,
    SubsetOf,
    AnyOf,
    NoneOf,
    Size,
    Empty,
    Contains,
    /// `all`, `type`, `matches`, `exists`: words that nothing written in a filter can satisfy.
    Never,
}

/// A side with its value.
#[derive(Debug, Clone)]
enum Term<'t> {
    Text(Cow<'t, str>),
    Number(Decimal),
    Boolean(bool),
    Null,
    /// A list or object of the data.
    Data(Cow<'t, Value>),
    /// A list or object written in the filter, or a text that looks like one.
    Literal(Option<&'t Value>),
    Pattern(&'t Regex),
    /// A text that starts like a path: never equal to anything.
    PathText,
}

impl<'s> Walk<'s> {
    /// Whether the item passes. A comparison that makes no sense is a no.
    pub(super) fn accepts(&self, condition: &Condition, item: &Node<'s>) -> Result<bool, Stop> {
        match self.holds(condition, item) {
            Err(Stop::Invalid | Stop::NotFound) => Ok(false),
            other => other,
        }
    }

    fn holds(&self, condition: &Condition, item: &Node<'s>) -> Result<bool, Stop> {
        match condition {
            Condition::Or(conditions) => {
                for condition in conditions {
                    if self.holds(condition, item)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Condition::And(conditions) => {
                for condition in conditions {
                    if !self.holds(condition, item)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Condition::Not(condition) => self.holds(condition, item).map(|holds| !holds),
            Condition::Exists(path, wanted) => self.exists(path, item).map(|exists| exists == *wanted),
            Condition::Compare(left, operator, right) => {
                compare(&self.term(left, item)?, *operator, &self.term(right, item)?)
            }
        }
    }

    /// An existence check reads even a `$` path from the item.
    fn exists(&self, path: &Path, item: &Node<'s>) -> Result<bool, Stop> {
        let walk = Walk { root: self.root.clone(), missing: Missing::Required };
        match walk.value(path, item.clone()) {
            Ok(_) => Ok(true),
            Err(Stop::NotFound) => Ok(false),
            Err(stop) => Err(stop),
        }
    }

    fn term<'t>(&self, operand: &'t Operand, item: &Node<'s>) -> Result<Term<'t>, Stop>
    where
        's: 't,
    {
        Ok(match operand {
            Operand::Path(path) => {
                let start = if path.from_root { self.root.clone() } else { item.clone() };
                match self.value(path, start) {
                    Ok(Some(node)) => data(node.into_value()),
                    Ok(None) => Term::Null,
                    Err(Stop::NotFound) => Term::PathText,
                    Err(stop) => return Err(stop),
                }
            }
            Operand::Text(text) => Term::Text(Cow::Borrowed(text)),
            Operand::Number(number) => Term::Number(*number),
            Operand::Boolean(boolean) => Term::Boolean(*boolean),
            Operand::Null => Term::Null,
            Operand::Json(json) => Term::Literal(json.as_ref()),
            Operand::Pattern(regex) => Term::Pattern(regex),
        })
    }
}

/// A value of the data as a side.
fn data(value: Cow<'_, Value>) -> Term<'_> {
    match value {
        Cow::Borrowed(Value::String(text)) => Term::Text(Cow::Borrowed(text)),
        Cow::Owned(Value::String(text)) => Term::Text(Cow::Owned(text)),
        value => match &*value {
            Value::Null => Term::Null,
            Value::Bool(boolean) => Term::Boolean(*boolean),
            Value::Number(number) => Decimal::from_number(number).map_or(Term::Null, Term::Number),
            _ => Term::Data(value),
        },
    }
}

fn compare(left: &Term<'_>, operator: Operator, right: &Term<'_>) -> Result<bool, Stop> {
    let ordered = |wanted: fn(Ordering) -> bool| Ok(order(left, right).is_some_and(wanted));
    match operator {
        Operator::Equal => Ok(equal(left, right)),
        Operator::NotEqual => Ok(!equal(left, right)),
        Operator::SameTypeEqual => Ok(same_type(left, right) && equal(left, right)),
        Operator::SameTypeNotEqual => Ok(!(same_type(left, right) && equal(left, right))),
        Operator::Less => ordered(Ordering::is_lt),
        Operator::LessOrEqual => ordered(Ordering::is_le),
        Operator::Greater => ordered(Ordering::is_gt),
        Operator::GreaterOrEqual => ordered(Ordering::is_ge),
        Operator::Matches => Ok(matches(left, right)),
        Operator::In => Ok(list(right)?.is_some_and(|list| list.iter().any(|one| equal(left, one)))),
        Operator::NotIn => Ok(!list(right)?.is_some_and(|list| list.iter().any(|one| equal(left, one)))),
        Operator::SubsetOf | Operator::AnyOf | Operator::NoneOf => sets(left, operator, right),
        Operator::Size => size(left, right),
        Operator::Empty => empty(left, right),
        Operator::Contains => contains(left, right),
        Operator::Never => Err(Stop::Invalid),
    }
}

fn equal(left: &Term<'_>, right: &Term<'_>) -> bool {
    match (left, right) {
        (Term::Text(left), Term::Text(right)) => left == right,
        (Term::Number(left), Term::Number(right)) => left.compare(*right).is_eq(),
        (Term::Text(left), Term::Number(right)) => **left == right.to_string(),
        (Term::Number(left), Term::Text(right)) => {
            Decimal::parse(right).is_some_and(|right| left.compare(right).is_eq())
        }
        (Term::Boolean(left), Term::Boolean(right)) => left == right,
        (Term::Null, Term::Null) => true,
        (Term::Data(left), Term::Data(right)) => left == right,
        (Term::Data(left), Term::Literal(Some(right))) => &**left == *right,
        // A list written on the left is compared as a text, which a list never equals.
        _ => false,
    }
}

fn same_type(left: &Term<'_>, right: &Term<'_>) -> bool {
    let is_json = |term: &Term<'_>| matches!(term, Term::Data(_) | Term::Literal(_));
    (is_json(left) && is_json(right)) || std::mem::discriminant(left) == std::mem::discriminant(right)
}

/// Numbers by value, texts by their characters, a number beside a text as its text.
fn order(left: &Term<'_>, right: &Term<'_>) -> Option<Ordering> {
    match (left, right) {
        (Term::Number(left), Term::Number(right)) => Some(left.compare(*right)),
        (Term::Text(left), Term::Text(right)) => Some(text_order(left, right)),
        (Term::Text(left), Term::Number(right)) => Some(text_order(left, &right.to_string())),
        (Term::Number(left), Term::Text(right)) => Some(text_order(&left.to_string(), right)),
        _ => None,
    }
}

fn text_order(left: &str, right: &str) -> Ordering {
    left.encode_utf16().cmp(right.encode_utf16())
}

/// The elements of a list; `None` when it is an object, an error when it is neither.
fn list<'t>(term: &'t Term<'_>) -> Result<Option<Vec<Term<'t>>>, Stop> {
    let value: &Value = match term {
        Term::Data(value) => value,
        Term::Literal(value) => value.ok_or(Stop::Failed)?,
        _ => return Err(Stop::Invalid),
    };
    value.as_array().map(|list| list.iter().map(element).collect()).transpose()
}

/// An element of a list. Texts in lists are looked at once more; lists in lists cannot be compared.
fn element(value: &Value) -> Result<Term<'_>, Stop> {
    let Value::String(text) = value else {
        return match value {
            Value::Array(_) | Value::Object(_) => Err(Stop::Failed),
            scalar => Ok(data(Cow::Borrowed(scalar))),
        };
    };
    let trimmed = text.trim();
    if trimmed.starts_with(['$', '@']) && Path::compile(trimmed).is_ok() {
        return Ok(Term::PathText);
    }
    let bracketed =
        (trimmed.starts_with('[') && trimmed.ends_with(']')) || (trimmed.starts_with('{') && trimmed.ends_with('}'));
    if trimmed.len() > 1 && bracketed && lenient::parse(trimmed).is_some() {
        return Ok(Term::Literal(None));
    }
    Ok(Term::Text(literal_text(text)))
}

/// A text without one pair of quotes around it, its escapes resolved.
pub(super) fn literal_text(text: &str) -> Cow<'_, str> {
    let quoted = |quote: char| text.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    let inner = quoted('\'').or_else(|| quoted('"')).unwrap_or(text);
    if inner.contains('\\') { Cow::Owned(lenient::unescape(inner)) } else { Cow::Borrowed(inner) }
}

fn matches(left: &Term<'_>, right: &Term<'_>) -> bool {
    let (regex, input) = match (left, right) {
        (Term::Pattern(_), Term::Pattern(_)) => return false,
        (Term::Pattern(regex), input) | (input, Term::Pattern(regex)) => (regex, input),
        _ => return false,
    };
    let is_match = |text: &str| regex.is_match(text).unwrap_or(false);
    if let Ok(Some(list)) = list(input) {
        return list.iter().any(|one| is_match(&input_text(one)));
    }
    is_match(&input_text(input))
}

fn input_text<'t>(term: &'t Term<'_>) -> Cow<'t, str> {
    match term {
        Term::Text(text) => Cow::Borrowed(text),
        Term::Number(number) => Cow::Owned(number.to_string()),
        Term::Boolean(boolean) => Cow::Owned(boolean.to_string()),
        _ => Cow::Borrowed(""),
    }
}

fn sets(left: &Term<'_>, operator: Operator, right: &Term<'_>) -> Result<bool, Stop> {
    let Some(right) = list(right)? else { return Ok(false) };
    let Some(left) = list(left)? else { return Ok(false) };
    let common = |one: &Term<'_>| right.iter().any(|other| equal(one, other));
    Ok(match operator {
        Operator::SubsetOf => left.iter().all(common),
        Operator::AnyOf => left.iter().any(common),
        _ => !left.iter().any(common),
    })
}

fn size(left: &Term<'_>, right: &Term<'_>) -> Result<bool, Stop> {
    let Term::Number(expected) = right else { return Ok(false) };
    let size = match left {
        Term::Text(text) => text.encode_utf16().count(),
        Term::Data(_) | Term::Literal(_) => match list_length(left)? {
            Some(length) => length,
            None => return Ok(expected.integer() == -1),
        },
        _ => return Ok(false),
    };
    Ok(i64::try_from(size).is_ok_and(|size| size == expected.integer()))
}

fn list_length(term: &Term<'_>) -> Result<Option<usize>, Stop> {
    let value: &Value = match term {
        Term::Data(value) => value,
        Term::Literal(value) => value.ok_or(Stop::Failed)?,
        _ => return Ok(None),
    };
    Ok(value.as_array().map(Vec::len))
}

/// Texts and lists only: an object beside `empty` is a failed cast on the server.
fn empty(left: &Term<'_>, right: &Term<'_>) -> Result<bool, Stop> {
    let wanted = |is_empty: bool| match right {
        Term::Boolean(wanted) => Ok(is_empty == *wanted),
        _ => Err(Stop::Invalid),
    };
    match left {
        Term::Text(text) => wanted(text.is_empty()),
        Term::Data(_) | Term::Literal(_) => wanted(list_length(left)?.ok_or(Stop::Failed)? == 0),
        _ => Ok(false),
    }
}

fn contains(left: &Term<'_>, right: &Term<'_>) -> Result<bool, Stop> {
    match (left, right) {
        (Term::Text(left), Term::Text(right)) => Ok(left.contains(&**right)),
        (Term::Data(_) | Term::Literal(_), right) => {
            Ok(list(left)?.is_some_and(|list| list.iter().any(|one| equal(right, one))))
        }
        _ => Ok(false),
    }
}
