//! The request of a task definition: a tree whose texts are Handlebars templates over the input of the task.
//!
//! The tree is kept a tree: a text that is exactly one tag becomes the value itself, and no value can break a body.
//! Blocks, helpers and partials are refused when the template is read; an absent value takes the place of `{{#if}}`.

use super::expression::{Kind, Reference};
use super::java_text;
use super::problem::TemplateProblem;
use super::resolve::{self, Missing, Step};
use super::resolved::{Resolved, SecretSlot, reference_text};
use super::text::{self, Piece};
use super::uri::Encoding;
use crate::diagnostic::codes::E0307;
use crate::diagnostic::nearest;
use crate::source::Pointer;
use handlebars::Template as Handlebars;
use handlebars::template::{HelperTemplate, Parameter, TemplateElement};
use handlebars::{Path, PathSeg};
use serde_json::{Map, Value};
use std::ops::Range;
use std::sync::Arc;

/// A request compiled once.
#[derive(Debug, Clone)]
pub struct RequestTemplate {
    root: Tree,
}

#[derive(Debug, Clone)]
enum Tree {
    /// No tag and no secret anywhere below: cloned as it is.
    Static(Value),
    Text(Vec<Part>),
    List(Vec<Tree>),
    Object(Vec<(String, Tree)>),
}

#[derive(Debug, Clone)]
enum Part {
    Literal(Box<str>),
    Secret(Reference, Encoding),
    Tag(Tag),
}

/// `{{path}}`.
#[derive(Debug, Clone)]
struct Tag {
    range: Range<usize>,
    names: Vec<Box<str>>,
    encoding: Encoding,
}

impl RequestTemplate {
    /// Compiles a request. The texts at `uri_leaves` are URLs: `{{path}}` is percent-encoded there unless it stands at
    /// the very start, `{{{path}}}` never is. Elsewhere both are the same.
    #[must_use]
    pub fn parse(value: &Value, uri_leaves: &[Pointer]) -> (Self, Vec<TemplateProblem>) {
        let mut compiler = Compiler { uri_leaves, problems: Vec::new() };
        let root = compiler.tree(value, &Pointer::root());
        (Self { root }, compiler.problems)
    }

    /// The request for an input. Names that the input lacks are looked up in `extra` (`server`, say).
    ///
    /// A tag that is a whole member and has no value leaves its key out; objects that end up empty stay. Null stays
    /// null. Secrets move along with the values that hold them.
    ///
    /// # Errors
    /// All values at once that are missing in a list or inside a longer text, or null inside a longer text.
    pub fn render(&self, input: &Resolved, extra: &Map<String, Value>) -> Result<Resolved, Vec<Missing>> {
        let mut run = Run { input, extra, steps: Vec::new(), secrets: Vec::new(), missing: Vec::new() };
        let value = run.tree(&self.root, false).unwrap_or(Value::Null);
        if run.missing.is_empty() { Ok(Resolved::new(value, run.secrets)) } else { Err(run.missing) }
    }

    /// The names that tags begin with, each once, in the order of the tree: the parameters of the operation.
    #[must_use]
    pub fn parameters(&self) -> Vec<String> {
        let mut names = Vec::new();
        collect(&self.root, &mut names);
        names
    }
}

fn collect(tree: &Tree, names: &mut Vec<String>) {
    match tree {
        Tree::Static(_) => {}
        Tree::List(list) => list.iter().for_each(|element| collect(element, names)),
        Tree::Object(members) => members.iter().for_each(|(_, member)| collect(member, names)),
        Tree::Text(parts) => {
            for part in parts {
                if let Part::Tag(Tag { names: path, .. }) = part
                    && let Some(first) = path.first()
                    && !names.iter().any(|known| **known == **first)
                {
                    names.push(first.to_string());
                }
            }
        }
    }
}

struct Compiler<'t> {
    uri_leaves: &'t [Pointer],
    problems: Vec<TemplateProblem>,
}

impl Compiler<'_> {
    fn tree(&mut self, value: &Value, pointer: &Pointer) -> Tree {
        match value {
            Value::String(text) if text.contains("{{") || text.contains("${") => self.text(text, pointer),
            Value::Array(list) => {
                let elements = (0..).zip(list);
                let list: Vec<Tree> =
                    elements.map(|(index, element)| self.tree(element, &pointer.index(index))).collect();
                let is_static = list.iter().all(|element| matches!(element, Tree::Static(_)));
                if is_static { Tree::Static(value.clone()) } else { Tree::List(list) }
            }
            Value::Object(map) => {
                let members: Vec<(String, Tree)> =
                    map.iter().map(|(key, member)| (key.clone(), self.tree(member, &pointer.key(key)))).collect();
                let is_static = members.iter().all(|(_, member)| matches!(member, Tree::Static(_)));
                if is_static { Tree::Static(value.clone()) } else { Tree::Object(members) }
            }
            scalar => Tree::Static(scalar.clone()),
        }
    }

    fn text(&mut self, source: &str, pointer: &Pointer) -> Tree {
        let Ok(handlebars) = Handlebars::compile(source) else {
            self.problem(pointer, 0..source.len(), "a Handlebars tag cannot be read");
            return Tree::Text(vec![Part::Literal(source.into())]);
        };
        let is_uri = self.uri_leaves.contains(pointer);
        let mut leaf = Leaf { source, pointer, is_uri, cursor: 0, literals: String::new(), parts: Vec::new() };
        for element in handlebars.elements {
            self.element(element, &mut leaf);
        }
        Tree::Text(leaf.parts)
    }

    fn element(&mut self, element: TemplateElement, leaf: &mut Leaf<'_>) {
        match element {
            TemplateElement::RawString(text) => self.literal(&text, leaf),
            TemplateElement::Comment(_) => drop(leaf.next_tag()),
            TemplateElement::Expression(tag) => self.tag(&tag, false, leaf),
            TemplateElement::HtmlExpression(tag) => self.tag(&tag, true, leaf),
            _ => {
                let range = leaf.next_tag();
                self.problem(
                    leaf.pointer,
                    range,
                    "only {{path}} may stand in a request: no block, partial or decorator",
                );
            }
        }
    }

    fn tag(&mut self, tag: &HelperTemplate, raw: bool, leaf: &mut Leaf<'_>) {
        let range = leaf.next_tag();
        let plain = tag.params.is_empty() && tag.hash.is_empty();
        let Some(names) = names(&tag.name).filter(|_| plain) else {
            self.problem(
                leaf.pointer,
                range,
                "only {{path}} may stand in a request: no helper, literal or outer scope",
            );
            return;
        };
        let encoding = if raw { Encoding::Raw } else { leaf.encoding() };
        leaf.parts.push(Part::Tag(Tag { range, names, encoding }));
    }

    /// Text between tags: secrets become slots, `$${` becomes `${`, any other expression is a problem.
    fn literal(&mut self, text: &str, leaf: &mut Leaf<'_>) {
        for piece in text::split(text) {
            let (range, kind) = match piece {
                Piece::Literal(range) => (range, None),
                Piece::Hole(range) => {
                    let kind = Kind::of(text.get(range.start + 2..range.end - 1).unwrap_or_default());
                    (range, Some(kind))
                }
            };
            let piece = text.get(range).unwrap_or_default();
            if let Some(Kind::Secret(reference)) = kind {
                let encoding = leaf.encoding();
                leaf.parts.push(Part::Secret(reference, encoding));
                continue;
            }
            if kind.is_some() || text::find_hole(piece, 0).is_some() {
                let message =
                    "${…} belongs into a workflow definition; a request holds {{name}} and ${workflow.secrets.NAME}";
                self.problem(leaf.pointer, 0..leaf.source.len(), message);
            }
            let piece = text::unescape(piece);
            leaf.literals.push_str(&piece);
            leaf.parts.push(Part::Literal(piece.into()));
        }
    }

    fn problem(&mut self, pointer: &Pointer, range: Range<usize>, message: &str) {
        let problem = TemplateProblem::new(pointer, range, E0307, message);
        self.problems.push(problem.help("an absent value leaves its key out, so no {{#if}} is needed"));
    }
}

/// A text while it is compiled.
struct Leaf<'t> {
    source: &'t str,
    pointer: &'t Pointer,
    is_uri: bool,
    /// Where the next tag is looked for: the parser itself tells lines and columns only.
    cursor: usize,
    literals: String,
    parts: Vec<Part>,
}

impl Leaf<'_> {
    fn next_tag(&mut self) -> Range<usize> {
        let mut start = self.cursor;
        while let Some(at) = self.source.get(start..).and_then(|rest| rest.find("{{")) {
            start += at;
            if start == 0 || self.source.as_bytes().get(start - 1) != Some(&b'\\') {
                break;
            }
            start += 2;
        }
        let rest = self.source.get(start..).unwrap_or_default();
        let close = if rest.starts_with("{{{") { "}}}" } else { "}}" };
        let end = rest.find(close).map_or(self.source.len(), |at| start + at + close.len());
        self.cursor = end;
        start.min(end)..end
    }

    fn encoding(&self) -> Encoding {
        if !self.is_uri || self.parts.is_empty() {
            return Encoding::Raw;
        }
        let starts_with_base = !matches!(self.parts.first(), Some(Part::Literal(_)));
        Encoding::behind(&self.literals, starts_with_base)
    }
}

/// The names of a path; `None` for anything that is not a plain path from the input.
fn names(name: &Parameter) -> Option<Vec<Box<str>>> {
    match name {
        Parameter::Name(name) => Some(vec![name.as_str().into()]),
        Parameter::Path(Path::Relative((segments, raw))) if !raw.contains("..") => {
            let names = segments.iter().filter_map(|segment| match segment {
                PathSeg::Named(name) => Some(name.as_str().into()),
                // `@root`, which is where every path starts.
                _ => None,
            });
            Some(names.collect())
        }
        _ => None,
    }
}

struct Run<'t, 'r> {
    input: &'r Resolved,
    extra: &'r Map<String, Value>,
    steps: Vec<Step<'t>>,
    secrets: Vec<SecretSlot>,
    missing: Vec<Missing>,
}

impl<'t, 'r> Run<'t, 'r> {
    fn tree(&mut self, tree: &'t Tree, is_member: bool) -> Option<Value> {
        match tree {
            Tree::Static(value) => Some(value.clone()),
            Tree::Text(parts) => self.text(parts, is_member),
            Tree::List(list) => {
                let mut values = Vec::with_capacity(list.len());
                for (index, element) in list.iter().enumerate() {
                    self.steps.push(Step::Index(index));
                    values.extend(self.tree(element, false));
                    self.steps.pop();
                }
                Some(Value::Array(values))
            }
            Tree::Object(members) => {
                let mut map = Map::with_capacity(members.len());
                for (key, member) in members {
                    self.steps.push(Step::Key(key));
                    let value = self.tree(member, true);
                    self.steps.pop();
                    if let Some(value) = value {
                        map.insert(key.clone(), value);
                    }
                }
                Some(Value::Object(map))
            }
        }
    }

    fn pointer(&self) -> Pointer {
        resolve::pointer(&self.steps)
    }

    fn text(&mut self, parts: &[Part], is_member: bool) -> Option<Value> {
        if let [Part::Tag(tag)] = parts {
            return self.whole(tag, is_member);
        }
        let mut text = String::new();
        for part in parts {
            match part {
                Part::Literal(literal) => text.push_str(literal),
                Part::Secret(reference, encoding) => {
                    let literal = reference_text(&reference.name, reference.path.as_deref());
                    let slot = SecretSlot {
                        pointer: self.pointer(),
                        range: text.len()..text.len() + literal.len(),
                        name: Arc::clone(&reference.name),
                        path: reference.path.clone(),
                        whole: parts.len() == 1,
                        encoding: *encoding,
                    };
                    text.push_str(&literal);
                    self.secrets.push(slot);
                }
                Part::Tag(tag) => self.embed(tag, &mut text),
            }
        }
        Some(Value::String(text))
    }

    /// The value itself, with the secrets in it.
    fn whole(&mut self, tag: &Tag, is_member: bool) -> Option<Value> {
        let Some((value, slots)) = self.find(tag) else {
            if !is_member {
                self.miss(tag, false);
            }
            return None;
        };
        for (below, slot) in slots {
            self.secrets.push(SecretSlot { pointer: self.pointer().join(&below), ..slot.clone() });
        }
        Some(value.clone())
    }

    /// The printed value. References to secrets stay readable in it, and their slots remember the encoding.
    fn embed(&mut self, tag: &Tag, text: &mut String) {
        let Some((value, slots)) = self.find(tag) else { return self.miss(tag, false) };
        if value.is_null() {
            return self.miss(tag, true);
        }
        let mut printed = String::new();
        java_text::write(value, &mut printed);
        let mut from = 0;
        for (below, slot) in slots {
            let literal = slot.literal();
            let at = if below == Pointer::root() {
                Some(slot.range.start)
            } else {
                printed.get(from..).and_then(|rest| rest.find(&literal)).map(|at| from + at)
            };
            let Some(at) = at.filter(|at| *at >= from) else { continue };
            tag.encoding.write(printed.get(from..at).unwrap_or_default(), text);
            self.secrets.push(SecretSlot {
                pointer: self.pointer(),
                range: text.len()..text.len() + literal.len(),
                whole: false,
                encoding: tag.encoding,
                ..slot.clone()
            });
            text.push_str(&literal);
            from = at + literal.len();
        }
        tag.encoding.write(printed.get(from..).unwrap_or_default(), text);
    }

    /// The value of a tag, and the secrets in it with their places below it.
    fn find(&self, tag: &Tag) -> Option<(&'r Value, Vec<(Pointer, &'r SecretSlot)>)> {
        let names = tag.names.iter().map(|name| &**name);
        if let Some(value) = descend(&self.input.value, names.clone()) {
            if self.input.secrets.is_empty() {
                return Some((value, Vec::new()));
            }
            let prefix = names.fold(Pointer::root(), |pointer, name| pointer.key(name));
            let slots = self.input.secrets.iter().filter_map(|slot| {
                let below = slot.pointer.as_str().strip_prefix(prefix.as_str())?;
                (below.is_empty() || below.starts_with('/')).then(|| (Pointer::parse(below), slot))
            });
            return Some((value, slots.collect()));
        }
        let (first, rest) = tag.names.split_first()?;
        // An input that has the name hides the extra one, even where its path leads to nothing.
        if self.input.value.get(&**first).is_some() {
            return None;
        }
        descend(self.extra.get(&**first)?, rest.iter().map(|name| &**name)).map(|value| (value, Vec::new()))
    }

    fn miss(&mut self, tag: &Tag, is_null: bool) {
        let first = tag.names.first().map(|name| &**name).unwrap_or_default();
        let known = self.input.value.as_object().into_iter().chain([self.extra]).flat_map(Map::keys);
        let nearest = nearest(first, known.map(String::as_str));
        self.missing.push(Missing {
            pointer: self.pointer(),
            range: tag.range.clone(),
            expression: tag.names.join("."),
            nearest: nearest.map(str::to_owned),
            is_null,
        });
    }
}

fn descend<'v, 'n>(value: &'v Value, mut names: impl Iterator<Item = &'n str>) -> Option<&'v Value> {
    names.try_fold(value, |value, name| match value {
        Value::Array(list) => list.get(name.parse::<usize>().ok()?),
        other => other.get(name),
    })
}
