//! The functions of a path. Source: Jayway `PathFunctionFactory` and the classes it names.

use super::evaluate::{Stop, Walk};
use super::{Path, Step};
use crate::resolve::java_text;
use crate::resolve::node::Node;
use serde_json::Value;

/// A function by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Function {
    Avg,
    Stddev,
    Sum,
    Min,
    Max,
    Concat,
    Length,
    Append,
    Keys,
    First,
    Last,
    Index,
    /// A name that is none: an error, but only when it is reached.
    Unknown,
}

/// An argument of a function.
#[derive(Debug, Clone)]
pub(crate) enum Parameter {
    /// A path, always read from the root.
    Path(Path),
    /// JSON; `None` when it cannot be read, which is an error once it is reached.
    Json(Option<Value>),
}

impl Function {
    pub(super) fn named(name: &str) -> Self {
        match name {
            "avg" => Self::Avg,
            "stddev" => Self::Stddev,
            "sum" => Self::Sum,
            "min" => Self::Min,
            "max" => Self::Max,
            "concat" => Self::Concat,
            "length" | "size" => Self::Length,
            "append" => Self::Append,
            "keys" => Self::Keys,
            "first" => Self::First,
            "last" => Self::Last,
            "index" => Self::Index,
            _ => Self::Unknown,
        }
    }

    /// What it gives for a node.
    pub(super) fn apply<'s>(
        self,
        node: &Node<'s>,
        parameters: &[Parameter],
        walk: &Walk<'s>,
    ) -> Result<Node<'s>, Stop> {
        match self {
            Self::Avg | Self::Stddev | Self::Sum | Self::Min | Self::Max => self.aggregate(node, parameters, walk),
            Self::Concat => concat(node, parameters, walk),
            Self::Length => length(node, parameters, walk),
            Self::Append => append(node, parameters, walk),
            Self::Keys => Ok(keys(node)),
            Self::First => pick(node, 0),
            Self::Last => pick(node, -1),
            Self::Index => {
                let numbers = numbers(&arguments(parameters, walk)?);
                let index = numbers.first().ok_or(Stop::OutOfBounds)?;
                #[expect(clippy::cast_possible_truncation, reason = "a Java int is cut in the same way")]
                pick(node, *index as i64)
            }
            Self::Unknown => Err(Stop::Invalid),
        }
    }

    fn aggregate<'s>(self, node: &Node<'s>, parameters: &[Parameter], walk: &Walk<'s>) -> Result<Node<'s>, Stop> {
        let mut all = numbers(&node.elements());
        all.extend(numbers(&arguments(parameters, walk)?));
        if all.is_empty() {
            return Err(Stop::Failed);
        }
        #[expect(clippy::cast_precision_loss, reason = "the count of a list")]
        let (sum, count) = (all.iter().sum::<f64>(), all.len() as f64);
        let squares: f64 = all.iter().map(|number| number * number).sum();
        let result = match self {
            Self::Avg => sum / count,
            Self::Stddev => (squares / count - sum * sum / count / count).sqrt(),
            // The server starts from the smallest positive double, so no maximum is negative.
            Self::Max => all.iter().copied().fold(f64::from_bits(1), f64::max),
            Self::Min => all.iter().copied().fold(f64::MAX, f64::min),
            _ => sum,
        };
        Ok(Node::Own(Value::from(result)))
    }
}

/// The values of all arguments, in order.
fn arguments<'s>(parameters: &[Parameter], walk: &Walk<'s>) -> Result<Vec<Node<'s>>, Stop> {
    parameters
        .iter()
        .map(|parameter| match parameter {
            Parameter::Path(path) => Ok(walk.value(path, walk.root.clone())?.unwrap_or(Node::Own(Value::Null))),
            Parameter::Json(json) => json.clone().map(Node::Own).ok_or(Stop::Failed),
        })
        .collect()
}

/// The numbers among the nodes, lists opened one level.
fn numbers(nodes: &[Node<'_>]) -> Vec<f64> {
    let of = |node: &Node<'_>| node.scalar().and_then(Value::as_f64);
    nodes
        .iter()
        .flat_map(|node| {
            if node.is_array() {
                node.elements().iter().filter_map(of).collect()
            } else {
                of(node).into_iter().collect::<Vec<_>>()
            }
        })
        .collect()
}

/// The texts of a list, then the arguments.
fn concat<'s>(node: &Node<'s>, parameters: &[Parameter], walk: &Walk<'s>) -> Result<Node<'s>, Stop> {
    let mut text = String::new();
    for element in node.elements() {
        text.push_str(element.scalar().and_then(Value::as_str).unwrap_or_default());
    }
    for argument in arguments(parameters, walk)? {
        let value = argument.into_value();
        if !value.is_null() {
            java_text::write(&value, &mut text);
        }
    }
    Ok(Node::Own(Value::String(text)))
}

/// The number of elements or members; of what the first argument leads to when there is one.
fn length<'s>(node: &Node<'s>, parameters: &[Parameter], walk: &Walk<'s>) -> Result<Node<'s>, Stop> {
    match parameters.first() {
        Some(Parameter::Path(path)) => {
            let mut path = path.clone();
            if !path.is_function() && !path.steps().is_empty() {
                let mut steps = path.steps;
                steps.push(Step::Wildcard);
                path = Path::new(steps, true);
            }
            let inner = walk.inside(node.clone()).value(&path, node.clone())?;
            if let Some(count) = inner.filter(Node::is_array).and_then(|inner| inner.len()) {
                return Ok(Node::Own(count.into()));
            }
        }
        Some(Parameter::Json(_)) => return Err(Stop::Failed),
        None => {}
    }
    Ok(Node::Own(node.len().map_or(Value::Null, Value::from)))
}

/// The list with the arguments at its end; anything else as it is. The server changes the list in place, which nobody can want.
fn append<'s>(node: &Node<'s>, parameters: &[Parameter], walk: &Walk<'s>) -> Result<Node<'s>, Stop> {
    if !node.is_array() || parameters.is_empty() {
        return Ok(node.clone());
    }
    let more = arguments(parameters, walk)?;
    let all = node.elements().into_iter().chain(more);
    Ok(Node::Own(Value::Array(all.map(|element| element.into_value().into_owned()).collect())))
}

fn keys<'s>(node: &Node<'s>) -> Node<'s> {
    Node::Own(if node.is_object() { Value::from(node.keys()) } else { Value::Null })
}

/// The element at an index. From the end the first element cannot be reached: `last()` of a list of one fails there too.
fn pick<'s>(node: &Node<'s>, index: i64) -> Result<Node<'s>, Stop> {
    let length = node.len().filter(|_| node.is_array()).ok_or(Stop::Failed)?;
    let length = i64::try_from(length).map_err(|_| Stop::Failed)?;
    if index < 0 && length + index <= 0 {
        return Err(Stop::Failed);
    }
    node.element(index).ok_or(Stop::OutOfBounds)
}
