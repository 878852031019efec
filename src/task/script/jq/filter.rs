//! A jq program as a tree.

use super::json::Json;

/// A filter: gives any number of values for one.
#[derive(Debug)]
pub(super) enum Filter {
    /// `.`
    Identity,
    /// `..`
    Recurse,
    /// A literal.
    Literal(Json),
    /// `"a\(b)"`, each value in it put through a format.
    Template { format: Option<String>, parts: Vec<Part> },
    /// `target.name`, `target[index]`, `target[from:to]`, `target[]`; with `?` its errors give nothing.
    Access { target: Box<Filter>, by: By, optional: bool },
    /// `(f)?`, `try f catch g`
    Try { body: Box<Filter>, catch: Option<Box<Filter>> },
    /// `[f]`, `[]`
    List(Option<Box<Filter>>),
    /// `{key: value}`
    Object(Vec<(Filter, Filter)>),
    /// `-f`
    Negate(Box<Filter>),
    /// `f | g`
    Pipe(Box<Filter>, Box<Filter>),
    /// `f, g, …`
    Comma(Vec<Filter>),
    /// `f + g`, `f and g`, …
    Binary(Operator, Box<Filter>, Box<Filter>),
    /// `f |= g`, `f += g`, …
    Assign(Assignment, Box<Filter>, Box<Filter>),
    /// `if f then g else h end`
    If { arms: Vec<(Filter, Filter)>, otherwise: Box<Filter> },
    /// `f as $x | g`
    Bind { source: Box<Filter>, pattern: Pattern, body: Box<Filter> },
    /// `reduce f as $x (init; update)`
    Reduce { source: Box<Filter>, pattern: Pattern, init: Box<Filter>, update: Box<Filter> },
    /// `foreach f as $x (init; update; extract)`
    Foreach {
        source: Box<Filter>,
        pattern: Pattern,
        init: Box<Filter>,
        update: Box<Filter>,
        extract: Option<Box<Filter>>,
    },
    /// `def f(a; $b): body; rest`
    Define { function: Function, rest: Box<Filter> },
    /// `f(a; b)`
    Call { name: String, arguments: Vec<Filter> },
    /// `$x`
    Variable(String),
    /// `@base64`
    Format(String),
}

/// How an access finds what it gives.
#[derive(Debug)]
pub(super) enum By {
    /// By a name, which may be a template.
    Name(Box<Filter>),
    /// By an index or a name that is computed.
    Index(Box<Filter>),
    /// A part of a list or text.
    Slice(Option<Box<Filter>>, Option<Box<Filter>>),
    /// All that is inside.
    All,
}

/// A part of a template.
#[derive(Debug)]
pub(super) enum Part {
    Text(String),
    Value(Filter),
}

/// What a value is taken apart into.
#[derive(Debug)]
pub(super) enum Pattern {
    Name(String),
    List(Vec<Pattern>),
    /// Keys, each with what its value is taken apart into; `$name` alone is key and name.
    Object(Vec<(Filter, Pattern)>),
}

/// A function of the program's own.
#[derive(Debug)]
pub(super) struct Function {
    pub(super) name: String,
    /// With a leading `$` for those that are evaluated first.
    pub(super) parameters: Vec<String>,
    pub(super) body: Box<Filter>,
}

/// Operators between two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Alternative,
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

/// Operators that give a changed copy of the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Assignment {
    /// `=`
    Set,
    /// `|=`
    Update,
    /// `+=`, `//=`, …
    By(Operator),
}
