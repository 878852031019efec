//! A JSON tree whose texts hold expressions, compiled once and resolved many times.

use super::expression::{Expression, Inner, Kind};
use super::problem::{self, TemplateProblem};
use super::text::{self, Piece};
use super::uri::Encoding;
use crate::source::Pointer;
use serde_json::{Map, Value};
use std::ops::Range;

/// A JSON tree compiled once. Keys are never resolved; what comes from data is never resolved again.
#[derive(Debug, Clone)]
pub struct Template {
    pub(super) root: Tree,
}

/// A node of the tree.
#[derive(Debug, Clone)]
pub(super) enum Tree {
    /// No expression anywhere below: cloned as it is.
    Static(Value),
    Text(Text),
    List(Vec<Tree>),
    Object(Members),
}

/// The members of an object.
#[derive(Debug, Clone)]
pub(super) struct Members {
    /// All keys, and the values of the static members: a value is made by copying it and putting the other members in.
    pub(super) shape: Map<String, Value>,
    trees: Vec<Tree>,
}

impl Members {
    fn new(members: Vec<(String, Tree)>) -> Self {
        let (mut shape, mut trees) = (Map::with_capacity(members.len()), Vec::with_capacity(members.len()));
        for (key, tree) in members {
            shape.insert(key, if let Tree::Static(value) = &tree { value.clone() } else { Value::Null });
            trees.push(tree);
        }
        Self { shape, trees }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&String, &Tree)> {
        self.shape.keys().zip(&self.trees)
    }
}

/// A text with at least one expression.
#[derive(Debug, Clone)]
pub(super) struct Text {
    pub(super) source: Box<str>,
    pub(super) parts: Vec<Part>,
}

/// A piece of a text.
#[derive(Debug, Clone)]
pub(super) enum Part {
    /// Text with its escapes resolved.
    Literal {
        range: Range<usize>,
        text: Box<str>,
    },
    Hole(Hole),
}

/// An expression in a text.
#[derive(Debug, Clone)]
pub(super) struct Hole {
    pub(super) range: Range<usize>,
    pub(super) expression: Expression,
    /// How its value is written in the Legwork dialect.
    pub(super) encoding: Encoding,
}

/// One expression of a template.
#[derive(Debug, Clone)]
pub struct ExpressionUse<'t> {
    /// The text that holds it.
    pub pointer: Pointer,
    /// Its bytes in that text, `${` and `}` included.
    pub range: Range<usize>,
    /// The expression.
    pub expression: &'t Expression,
    /// Whether it is the whole text, so that its value keeps its type.
    pub whole: bool,
}

impl Template {
    /// Compiles a tree. The texts at `uri_leaves` are URLs: expressions behind their start are percent-encoded in the
    /// Legwork dialect. The problems matter to that dialect alone; a Conductor server takes any text.
    #[must_use]
    pub fn parse(value: &Value, uri_leaves: &[Pointer]) -> (Self, Vec<TemplateProblem>) {
        let mut compiler = Compiler { uri_leaves, problems: Vec::new() };
        let root = compiler.tree(value, &Pointer::root());
        (Self { root }, compiler.problems)
    }

    /// Every expression, in the order of the tree; an expression inside another one is part of that one.
    pub fn expressions(&self) -> impl Iterator<Item = ExpressionUse<'_>> {
        let mut uses = Vec::new();
        collect(&self.root, &Pointer::root(), &mut uses);
        uses.into_iter()
    }

    /// The names of all secrets, each once.
    #[must_use]
    pub fn secrets(&self) -> Vec<String> {
        self.names(Expression::secret)
    }

    /// The names of all environment values, each once.
    #[must_use]
    pub fn env_names(&self) -> Vec<String> {
        self.names(Expression::env)
    }

    fn names(&self, name: fn(&Expression) -> Option<&str>) -> Vec<String> {
        let mut names = Vec::new();
        for used in self.expressions() {
            visit(used.expression, &mut |expression| {
                let found = name(expression).filter(|found| !names.iter().any(|known| known == found));
                names.extend(found.map(str::to_owned));
            });
        }
        names
    }
}

/// Calls `see` with an expression and all those inside it.
pub(super) fn visit(expression: &Expression, see: &mut dyn FnMut(&Expression)) {
    see(expression);
    if let Kind::Nested(parts) = expression.kind() {
        for part in parts {
            if let Inner::Expression(inner) = part {
                visit(inner, see);
            }
        }
    }
}

fn collect<'t>(tree: &'t Tree, pointer: &Pointer, uses: &mut Vec<ExpressionUse<'t>>) {
    match tree {
        Tree::Static(_) => {}
        Tree::List(list) => {
            for (index, element) in list.iter().enumerate() {
                collect(element, &pointer.index(index), uses);
            }
        }
        Tree::Object(members) => {
            for (key, member) in members.iter() {
                collect(member, &pointer.key(key), uses);
            }
        }
        Tree::Text(text) => uses.extend(text.parts.iter().filter_map(|part| match part {
            Part::Literal { .. } => None,
            Part::Hole(hole) => Some(ExpressionUse {
                pointer: pointer.clone(),
                range: hole.range.clone(),
                expression: &hole.expression,
                whole: text.is_whole(),
            }),
        })),
    }
}

impl Text {
    /// Whether the text is exactly one expression.
    pub(super) fn is_whole(&self) -> bool {
        matches!(self.parts.as_slice(), [Part::Hole(_)])
    }
}

struct Compiler<'t> {
    uri_leaves: &'t [Pointer],
    problems: Vec<TemplateProblem>,
}

impl Compiler<'_> {
    fn tree(&mut self, value: &Value, pointer: &Pointer) -> Tree {
        match value {
            Value::String(text) => self.text(text, pointer),
            Value::Array(list) => {
                let list: Vec<Tree> =
                    (0..).zip(list).map(|(index, element)| self.tree(element, &pointer.index(index))).collect();
                if !list.iter().all(Tree::is_static) {
                    return Tree::List(list);
                }
                Tree::Static(Value::Array(list.into_iter().filter_map(Tree::into_static).collect()))
            }
            Value::Object(map) => {
                let members: Vec<(String, Tree)> =
                    map.iter().map(|(key, member)| (key.clone(), self.tree(member, &pointer.key(key)))).collect();
                if !members.iter().all(|(_, member)| member.is_static()) {
                    return Tree::Object(Members::new(members));
                }
                let members = members.into_iter().filter_map(|(key, member)| Some((key, member.into_static()?)));
                Tree::Static(Value::Object(members.collect()))
            }
            scalar => Tree::Static(scalar.clone()),
        }
    }

    fn text(&mut self, source: &str, pointer: &Pointer) -> Tree {
        let pieces = text::split(source);
        problem::find(source, &pieces, pointer, &mut self.problems);
        if !pieces.iter().any(|piece| matches!(piece, Piece::Hole(_))) {
            return Tree::Static(Value::String(text::unescape(source)));
        }
        let is_uri = self.uri_leaves.contains(pointer);
        let starts_with_base = matches!(pieces.first(), Some(Piece::Hole(_)));
        let mut literals = String::new();
        let parts = pieces.into_iter().enumerate().map(|(index, piece)| match piece {
            Piece::Literal(range) => {
                let text = text::unescape(source.get(range.clone()).unwrap_or_default());
                literals.push_str(&text);
                Part::Literal { range, text: text.into() }
            }
            Piece::Hole(range) => {
                let inside = source.get(range.start + 2..range.end - 1).unwrap_or_default();
                let behind_start = is_uri && index > 0;
                let encoding = if behind_start { Encoding::behind(&literals, starts_with_base) } else { Encoding::Raw };
                Part::Hole(Hole { range, expression: Expression::compile(inside, 0), encoding })
            }
        });
        Tree::Text(Text { parts: parts.collect(), source: source.into() })
    }
}

impl Tree {
    fn is_static(&self) -> bool {
        matches!(self, Self::Static(_))
    }

    fn into_static(self) -> Option<Value> {
        match self {
            Self::Static(value) => Some(value),
            _ => None,
        }
    }
}
