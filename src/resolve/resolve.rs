//! A template over a scope.

use super::expression::{Expression, Inner, Kind, Reference};
use super::java_hash::{hash_ordered, hash_ordered_deep};
use super::java_text;
use super::nearest;
use super::node::Node;
use super::path::Path;
use super::resolved::{Resolved, SecretSlot, reference_text};
use super::scope::Scope;
use super::template::{Hole, Members, Part, Template, Text, Tree};
use super::text;
use super::uri::Encoding;
use crate::definition::Dialect;
use crate::source::{Pointer, copied};
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::ops::Range;

/// What a resolution depends on beside the scope.
#[derive(Debug, Clone, Copy, Default)]
pub struct Context<'c> {
    /// Whose behaviour it has.
    pub dialect: Dialect,
    /// What `${CPEWF_TASK_ID}` is; without it that text stays.
    pub task_id: Option<&'c str>,
}

/// A value that is not there although it is needed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} {}", expression, if *is_null { "is null" } else { "is missing" })]
pub struct Missing {
    /// The text that needs it.
    pub pointer: Pointer,
    /// The bytes in that text, braces included.
    pub range: Range<usize>,
    /// The expression, without braces.
    pub expression: String,
    /// The expression with its first missing name replaced by the nearest one that exists.
    pub nearest: Option<String>,
    /// Whether there is a value, and it is null.
    pub is_null: bool,
}

impl Template {
    /// The tree with every expression replaced by its value.
    ///
    /// In the Legwork dialect a missing value that is a whole member leaves its key out; one that is a list element, the
    /// root, or inside a longer text is an error, and so are null inside a longer text and an unset `workflow.env`. In
    /// the Conductor dialect what is missing is null.
    ///
    /// # Errors
    /// All missing values at once, never in the Conductor dialect.
    pub fn resolve(&self, scope: &Scope, context: &Context<'_>) -> Result<Resolved, Vec<Missing>> {
        let mut run = Run { scope, context, steps: Vec::new(), secrets: Vec::new(), missing: Vec::new() };
        let value = run.tree(&self.root, Place::Other).unwrap_or(Value::Null);
        if run.missing.is_empty() { Ok(Resolved::new(value, run.secrets)) } else { Err(run.missing) }
    }
}

/// What an expression turned out to be.
pub(super) enum Outcome<'s> {
    Found(Node<'s>, Style),
    Missing,
    /// A secret, and the text that stands for it.
    Secret(Reference, String),
    /// A name of the server's process: the text stays.
    Kept,
}

/// How a value prints inside a longer text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Java,
    /// Values that json-smart made: lists print as JSON.
    Smart,
}

/// Whether a missing value may leave its place out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Member,
    Other,
}

/// One step of the way to a value.
pub(super) enum Step<'t> {
    Key(&'t str),
    Index(usize),
}

struct Run<'t, 's> {
    scope: &'s Scope,
    context: &'t Context<'t>,
    /// The way to the current value: a pointer is only made where one is needed.
    steps: Vec<Step<'t>>,
    secrets: Vec<SecretSlot>,
    missing: Vec<Missing>,
}

impl<'t, 's: 't> Run<'t, 's> {
    /// The value of a node; `None` leaves its place out.
    fn tree(&mut self, tree: &'t Tree, place: Place) -> Option<Value> {
        match tree {
            Tree::Static(value) if self.makes_hash_maps() && !value.is_string() => Some(hash_ordered_deep(value)),
            Tree::Static(value) => Some(value.clone()),
            Tree::Text(text) => self.text(text, place),
            Tree::List(list) => {
                let mut values = Vec::with_capacity(list.len());
                for (index, element) in list.iter().enumerate() {
                    self.steps.push(Step::Index(index));
                    values.extend(self.tree(element, Place::Other));
                    self.steps.pop();
                }
                Some(Value::Array(values))
            }
            Tree::Object(members) => {
                let map = self.object(members);
                Some(Value::Object(if self.makes_hash_maps() { hash_ordered(map) } else { map }))
            }
        }
    }

    /// Whether objects of the template come out in the order of Java's maps: it shows wherever they are printed later.
    /// The shape is copied with its keys already in place, and the values are put in: no key is hashed anew.
    fn object(&mut self, members: &'t Members) -> Map<String, Value> {
        let mut map = copied(&members.shape);
        let mut absent = Vec::new();
        for ((key, member), slot) in members.iter().zip(map.values_mut()) {
            if matches!(member, Tree::Static(_)) && !self.makes_hash_maps() {
                continue;
            }
            self.steps.push(Step::Key(key));
            match self.tree(member, Place::Member) {
                Some(value) => *slot = value,
                None => absent.push(key),
            }
            self.steps.pop();
        }
        for key in absent {
            map.shift_remove(key);
        }
        map
    }

    fn makes_hash_maps(&self) -> bool {
        self.context.dialect == Dialect::Conductor
    }

    fn text(&mut self, text: &'t Text, place: Place) -> Option<Value> {
        let [Part::Hole(hole)] = text.parts.as_slice() else {
            return Some(Value::String(self.written(text)));
        };
        match outcome(&hole.expression, self.scope, self.context) {
            Outcome::Found(node, _) => Some(node.into_value().into_owned()),
            Outcome::Missing if self.context.dialect == Dialect::Conductor => Some(Value::Null),
            Outcome::Missing => {
                if place == Place::Other || is_required(&hole.expression) {
                    self.miss(hole, false);
                }
                None
            }
            Outcome::Secret(secret, literal) => {
                self.slot(secret, 0..literal.len(), true, Encoding::Raw);
                Some(Value::String(literal))
            }
            Outcome::Kept => Some(Value::String(text::unescape(&text.source))),
        }
    }

    /// The text with its expressions printed.
    fn written(&mut self, text: &'t Text) -> String {
        let conductor = self.context.dialect == Dialect::Conductor;
        let mut written = String::with_capacity(text.source.len());
        let secrets = self.secrets.len();
        for part in &text.parts {
            match part {
                // The server resolves escapes in the finished text, in values too.
                Part::Literal { range, .. } if conductor => {
                    written.push_str(text.source.get(range.clone()).unwrap_or_default());
                }
                Part::Literal { text, .. } => written.push_str(text),
                Part::Hole(hole) => self.write_hole(&text.source, hole, &mut written),
            }
        }
        if !conductor || !written.contains("$${") {
            return written;
        }
        for slot in self.secrets.iter_mut().skip(secrets) {
            let shift = written.match_indices("$${").take_while(|(at, _)| *at < slot.range.start).count();
            slot.range = slot.range.start - shift..slot.range.end - shift;
        }
        text::unescape(&written)
    }

    fn write_hole(&mut self, source: &str, hole: &Hole, written: &mut String) {
        let legwork = self.context.dialect == Dialect::Legwork;
        let encoding = if legwork { hole.encoding } else { Encoding::Raw };
        match outcome(&hole.expression, self.scope, self.context) {
            Outcome::Found(node, style) => {
                let value = node.into_value();
                if legwork && value.is_null() {
                    self.miss(hole, true);
                }
                match encoding {
                    Encoding::Raw => print(&value, style, written),
                    encoding => {
                        let mut printed = String::new();
                        print(&value, style, &mut printed);
                        encoding.write(&printed, written);
                    }
                }
            }
            Outcome::Missing => {
                if legwork {
                    self.miss(hole, false);
                }
                written.push_str("null");
            }
            Outcome::Secret(secret, literal) => {
                self.slot(secret, written.len()..written.len() + literal.len(), false, encoding);
                written.push_str(&literal);
            }
            Outcome::Kept => written.push_str(source.get(hole.range.clone()).unwrap_or_default()),
        }
    }

    fn pointer(&self) -> Pointer {
        pointer(&self.steps)
    }

    fn slot(&mut self, secret: Reference, range: Range<usize>, whole: bool, encoding: Encoding) {
        let Reference { name, path } = secret;
        self.secrets.push(SecretSlot { pointer: self.pointer(), range, name, path, whole, encoding });
    }

    fn miss(&mut self, hole: &Hole, is_null: bool) {
        let nearest = if is_null { None } else { nearest::expression(&hole.expression, self.scope) };
        self.missing.push(Missing {
            pointer: self.pointer(),
            range: hole.range.clone(),
            expression: hole.expression.text().to_owned(),
            nearest,
            is_null,
        });
    }
}

/// The pointer of a way.
pub(super) fn pointer(steps: &[Step<'_>]) -> Pointer {
    let length = |step: &Step<'_>| if let Step::Key(key) = step { key.len() + 1 } else { 4 };
    let mut pointer = Pointer::with_capacity(steps.iter().map(length).sum());
    for step in steps {
        match step {
            Step::Key(key) => pointer.push(key),
            Step::Index(index) => pointer.push(&index.to_string()),
        }
    }
    pointer
}

/// Whether a missing value is a mistake of whoever set things up, which leaving its key out would hide.
fn is_required(expression: &Expression) -> bool {
    matches!(expression.kind(), Kind::Bad(_) | Kind::Env(_))
}

/// Prints a value into a longer text.
pub(super) fn print(value: &Value, style: Style, text: &mut String) {
    match style {
        Style::Java => java_text::write(value, text),
        Style::Smart => java_text::write_smart(value, text),
    }
}

/// What an expression turns out to be.
pub(super) fn outcome<'s>(expression: &Expression, scope: &'s Scope, context: &Context<'_>) -> Outcome<'s> {
    let Kind::Nested(parts) = expression.kind() else {
        return of_kind(expression.kind(), expression.text(), scope, context);
    };
    let Some(path) = nested_text(parts, scope, context) else { return Outcome::Missing };
    match of_kind(&Kind::of(&path), &path, scope, context) {
        // The server looks at the finished name, but leaves the text as it was written.
        Outcome::Secret(secret, _) if context.dialect == Dialect::Conductor => {
            Outcome::Secret(secret, format!("${{{}}}", expression.text()))
        }
        other => other,
    }
}

fn of_kind<'s>(kind: &Kind, text: &str, scope: &'s Scope, context: &Context<'_>) -> Outcome<'s> {
    let found =
        |value: Option<Value>, style| value.map_or(Outcome::Missing, |value| Outcome::Found(Node::Own(value), style));
    match kind {
        Kind::Path(path) => of_path(path, scope),
        Kind::Blank => found(Some(Value::String(String::new())), Style::Java),
        Kind::Secret(reference) => {
            let literal = reference_text(&reference.name, reference.path.as_deref());
            Outcome::Secret(reference.clone(), literal)
        }
        Kind::Env(reference) => found(reference.env(scope), Style::Smart),
        Kind::TaskId if text == "CPEWF_TASK_ID" => {
            context.task_id.map_or(Outcome::Kept, |id| Outcome::Found(Node::Own(id.into()), Style::Java))
        }
        Kind::TaskId | Kind::System => Outcome::Kept,
        Kind::Nested(_) | Kind::Bad(_) => Outcome::Missing,
    }
}

fn of_path<'s>(path: &Path, scope: &'s Scope) -> Outcome<'s> {
    let style = if path.is_definite() { Style::Java } else { Style::Smart };
    path.node(Node::Root(scope)).map_or(Outcome::Missing, |node| Outcome::Found(node, style))
}

/// The text between the braces with its inner expressions printed; `None` when one is missing, which the server prints.
pub(super) fn nested_text(parts: &[Inner], scope: &Scope, context: &Context<'_>) -> Option<String> {
    let conductor = context.dialect == Dialect::Conductor;
    let mut path = String::new();
    for part in parts {
        let expression = match part {
            Inner::Text(text) => {
                path.push_str(text);
                continue;
            }
            Inner::Expression(expression) => expression,
        };
        match outcome(expression, scope, context) {
            Outcome::Found(node, style) => {
                let value: Cow<'_, Value> = node.into_value();
                if value.is_null() && !conductor {
                    return None;
                }
                print(&value, style, &mut path);
            }
            Outcome::Missing if conductor => path.push_str("null"),
            Outcome::Missing => return None,
            Outcome::Secret(_, literal) => path.push_str(&literal),
            Outcome::Kept => path.extend(["${", expression.text(), "}"]),
        }
    }
    Some(if conductor { text::unescape(&path) } else { path })
}
