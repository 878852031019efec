//! The server's path dialect: Jayway's json-path 2.9 with `SUPPRESS_EXCEPTIONS`, read once and walked over borrowed data.
//!
//! [`Path::compile`] reads a text, [`Path::read`] walks it. Every oddity here is the server's own: what its reader
//! accepts, ignores or refuses, which paths give a list, and how values compare. Start with [`Step`].

mod compile;
mod cursor;
mod decimal;
mod evaluate;
mod filter;
mod filter_compile;
mod function;
mod lenient;

pub(crate) use lenient::parse as parse_lenient;

use filter::Condition;
use function::{Function, Parameter};

/// Why a path cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PathError(String);

impl PathError {
    fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }
}

/// A path that was read.
#[derive(Debug, Clone)]
pub(crate) struct Path {
    steps: Vec<Step>,
    /// The first step that can match more than once; the number of steps when there is none.
    first_indefinite: usize,
    /// Whether it holds names and single indexes only.
    is_plain: bool,
    /// Whether it starts with `workflow.input`, as most do.
    is_input: bool,
    /// Whether it starts with `$`; inside a filter the other kind, `@`, starts at the item.
    from_root: bool,
}

/// One step of a path.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// `.name`, `['name']`.
    Member(Box<str>),
    /// `['a','b']`: one object of both at the end of a path, else each in turn.
    Members(Vec<Box<str>>),
    /// `[0]`, `[-1]`, `[0,2]`.
    Indexes(Vec<i64>),
    /// `[1:2]`, `[1:]`, `[:2]`.
    Slice(Option<i64>, Option<i64>),
    /// `*`, `[*]`.
    Wildcard,
    /// `..`: what follows, at every depth.
    Scan,
    /// `[?(...)]`.
    Filter(Box<Condition>),
    /// `.length()`.
    Function(Function, Vec<Parameter>),
}

impl Path {
    fn new(steps: Vec<Step>, from_root: bool) -> Self {
        let last = steps.len().saturating_sub(1);
        let first = steps.iter().enumerate().position(|(index, step)| !step.is_definite(index == last));
        let first_indefinite = first.unwrap_or(steps.len());
        let is_plain = steps.iter().all(Step::is_plain);
        let is_input = matches!(&*steps, [Step::Member(first), Step::Member(second), ..] if &**first == "workflow" && &**second == "input");
        Self { steps, first_indefinite, is_plain, is_input, from_root }
    }

    /// Whether it gives one value; else it always gives a list.
    pub(crate) fn is_definite(&self) -> bool {
        self.first_indefinite == self.steps.len()
    }

    /// The steps, in order.
    pub(crate) fn steps(&self) -> &[Step] {
        &self.steps
    }

    fn is_function(&self) -> bool {
        matches!(self.steps.last(), Some(Step::Function(..)))
    }

    /// Whether every step before that one gives at most one value.
    fn is_definite_before(&self, step: usize) -> bool {
        step <= self.first_indefinite
    }
}

impl Step {
    fn is_plain(&self) -> bool {
        matches!(self, Self::Member(_)) || matches!(self, Self::Indexes(list) if list.len() == 1)
    }

    fn is_definite(&self, last: bool) -> bool {
        match self {
            Self::Member(_) | Self::Function(..) => true,
            Self::Members(_) => last,
            Self::Indexes(indexes) => indexes.len() == 1,
            Self::Slice(..) | Self::Wildcard | Self::Scan | Self::Filter(_) => false,
        }
    }
}
