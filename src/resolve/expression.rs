//! One expression: what stands between `${` and `}`.

use super::node::Node;
use super::path::{self, Path, PathError};
use super::scope::Scope;
use super::text::{self, Piece};
use serde_json::Value;
use std::borrow::Cow;
use std::sync::Arc;

const SECRETS: &str = "workflow.secrets.";
const ENV: &str = "workflow.env.";
/// Names that the server takes from its process, or from the task; nothing else can have them.
const SYSTEM_NAMES: &[&str] = &["NETFLIX_ENV", "NETFLIX_STACK"];

/// A parsed expression.
#[derive(Debug, Clone)]
pub struct Expression {
    text: Box<str>,
    kind: Kind,
}

/// What an expression is, by its first words.
#[derive(Debug, Clone)]
pub(crate) enum Kind {
    /// Nothing but blanks: an empty text.
    Blank,
    /// A path into the scope.
    Path(Path),
    /// `workflow.secrets.NAME` or `workflow.secrets.NAME.path`.
    Secret(Reference),
    /// `workflow.env.NAME` or `workflow.env.NAME.path`.
    Env(Reference),
    /// `CPEWF_TASK_ID`.
    TaskId,
    /// A name of the server's process; it stays as it is.
    System,
    /// An expression inside the expression: only known at run time.
    Nested(Vec<Inner>),
    /// A path that cannot be read.
    Bad(PathError),
}

/// A name, with a path into the JSON that it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reference {
    pub(crate) name: Arc<str>,
    pub(crate) path: Option<Arc<str>>,
}

/// A part of a nested expression.
#[derive(Debug, Clone)]
pub(crate) enum Inner {
    Text(Box<str>),
    Expression(Expression),
}

/// Why a text is no expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExpressionError {
    /// There is nothing between the braces.
    #[error("the expression is empty")]
    Blank,
    /// The path cannot be read.
    #[error("the path cannot be read")]
    Path(#[source] PathError),
}

/// How deep expressions may stand in each other.
const DEPTH: usize = 16;

impl Expression {
    /// Parses an expression without its braces, `workflow.input.email`.
    ///
    /// # Errors
    /// When it is blank, or its path cannot be read.
    pub fn parse(text: &str) -> Result<Self, ExpressionError> {
        let expression = Self::compile(text, 0);
        match expression.kind {
            Kind::Blank => Err(ExpressionError::Blank),
            Kind::Bad(error) => Err(ExpressionError::Path(error)),
            _ => Ok(expression),
        }
    }

    /// Any text, also one that the server could not read.
    pub(crate) fn compile(text: &str, depth: usize) -> Self {
        let pieces = text::split(text);
        let nested = pieces.iter().any(|piece| matches!(piece, Piece::Hole(_)));
        let kind = if nested && depth < DEPTH {
            Kind::Nested(pieces.into_iter().map(|piece| inner(text, piece, depth)).collect())
        } else {
            Kind::of(text)
        };
        Self { text: text.into(), kind }
    }

    pub(crate) fn kind(&self) -> &Kind {
        &self.kind
    }

    /// The text between the braces, as written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What stands before the first dot: `workflow` or a reference name in every expression that works everywhere.
    #[must_use]
    pub fn first_component(&self) -> &str {
        self.text.split('.').next().unwrap_or_default()
    }

    /// The secret it names.
    #[must_use]
    pub fn secret(&self) -> Option<&str> {
        match &self.kind {
            Kind::Secret(reference) => Some(&reference.name),
            _ => None,
        }
    }

    /// The environment value it names.
    #[must_use]
    pub fn env(&self) -> Option<&str> {
        match &self.kind {
            Kind::Env(reference) => Some(&reference.name),
            _ => None,
        }
    }

    /// The path it reads, when that is known without running.
    pub(crate) fn path(&self) -> Option<&Path> {
        match &self.kind {
            Kind::Path(path) => Some(path),
            _ => None,
        }
    }

    /// The value it leads to, borrowed where it exists; `None` when it is missing. A path that is not definite always
    /// gives a list. Secrets and names of the process have no value here.
    #[must_use]
    pub fn evaluate<'s>(&self, scope: &'s Scope) -> Option<Cow<'s, Value>> {
        match &self.kind {
            Kind::Nested(parts) => Kind::of(&nested_text(parts, scope)?).read(scope),
            kind => kind.read(scope),
        }
    }
}

fn inner(text: &str, piece: Piece, depth: usize) -> Inner {
    match piece {
        Piece::Literal(range) => Inner::Text(text::unescape(text.get(range).unwrap_or_default()).into()),
        Piece::Hole(range) => {
            let hole = text.get(range.start + 2..range.end - 1).unwrap_or_default();
            Inner::Expression(Expression::compile(hole, depth + 1))
        }
    }
}

/// The text of a nested expression with its inner ones replaced; `None` when one of them is missing.
fn nested_text(parts: &[Inner], scope: &Scope) -> Option<String> {
    let mut result = String::new();
    for part in parts {
        match part {
            Inner::Text(text) => result.push_str(text),
            Inner::Expression(expression) => super::java_text::write(&*expression.evaluate(scope)?, &mut result),
        }
    }
    Some(result)
}

impl Kind {
    /// The kind of a text without expressions in it.
    pub(crate) fn of(text: &str) -> Self {
        if text.chars().all(char::is_whitespace) {
            return Self::Blank;
        }
        if let Some(rest) = text.strip_prefix(SECRETS) {
            return Self::Secret(Reference::parse(rest));
        }
        if let Some(rest) = text.strip_prefix(ENV) {
            return Self::Env(Reference::parse(rest));
        }
        match text {
            "CPEWF_TASK_ID" => Self::TaskId,
            name if SYSTEM_NAMES.contains(&name) => Self::System,
            path => Path::compile(path).map_or_else(Self::Bad, Self::Path),
        }
    }

    fn read<'s>(&self, scope: &'s Scope) -> Option<Cow<'s, Value>> {
        match self {
            Self::Path(path) => path.read(Node::Root(scope)),
            Self::Env(reference) => reference.env(scope).map(Cow::Owned),
            Self::Blank => Some(Cow::Owned(Value::String(String::new()))),
            _ => None,
        }
    }
}

impl Reference {
    fn parse(text: &str) -> Self {
        match text.split_once('.') {
            Some((name, path)) => Self { name: name.into(), path: Some(path.into()) },
            None => Self { name: text.into(), path: None },
        }
    }

    /// The value in the environment; `None` when it is not set or holds nothing at the path.
    pub(crate) fn env(&self, scope: &Scope) -> Option<Value> {
        self.pick(scope.env.get(&*self.name)?)
    }

    /// The whole text, or what the path leads to in the JSON that the text is.
    pub(crate) fn pick(&self, text: &str) -> Option<Value> {
        Self::pick_at(self.path.as_deref(), text)
    }

    /// As [`pick`](Self::pick), for a path that stands by itself.
    pub(crate) fn pick_at(path: Option<&str>, text: &str) -> Option<Value> {
        let Some(path) = path else { return Some(Value::String(text.to_owned())) };
        let json = path::parse_lenient(text)?;
        Path::compile(path).ok()?.read(Node::Ref(&json)).map(Cow::into_owned)
    }
}
