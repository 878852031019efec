//! Builds the value from events, with a stack of its own: nesting takes no call stack.

use super::super::entries::Entries;
use super::super::{
    MAX_DEPTH, MAX_EXPANSION, MAX_NODES, MAX_PROBLEMS, Parsed, Problem, ProblemKind, Span, SpanNode, SpanTree, scalar,
};
use super::anchors::{Anchors, Exhausted};
use granit_parser::{Event, ScalarStyle, StructureStyle, Tag};
use serde_json::Value;

/// Whether more events are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    Go,
    Stop,
}

/// A value in the making.
pub(super) struct Builder<'t> {
    text: &'t str,
    open: Vec<Frame>,
    root: Option<(Value, SpanNode)>,
    anchors: Anchors,
    nodes: usize,
    documents: usize,
    problems: Vec<Problem>,
}

/// A list or mapping that is not closed yet.
struct Frame {
    content: Content,
    start: usize,
    flow: bool,
    anchor: usize,
}

enum Content {
    List { values: Vec<Value>, children: Vec<(Box<str>, SpanNode)> },
    Mapping { entries: Entries, key: Option<Key>, merges: Vec<(Value, SpanNode)> },
}

/// A key that waits for its value.
struct Key {
    text: String,
    span: Span,
    merge: bool,
}

/// A finished node on its way into its parent.
struct Item {
    value: Value,
    node: SpanNode,
    /// The text of a scalar as written, which is what a key is called by; and whether it is plain.
    scalar: Option<(String, bool)>,
}

impl<'t> Builder<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self {
            text,
            open: Vec::new(),
            root: None,
            anchors: Anchors::default(),
            nodes: 0,
            documents: 0,
            problems: Vec::new(),
        }
    }

    pub(super) fn report(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    pub(super) fn event(&mut self, event: Event<'_>, span: Span) -> Flow {
        match event {
            Event::DocumentStart(..) => return self.document(span),
            Event::Scalar(text, style, anchor, tag) => {
                let text = text.into_owned();
                let (value, span) = self.scalar(&text, style, tag.as_deref(), span);
                let item = Item { value, node: leaf(span), scalar: Some((text, style == ScalarStyle::Plain)) };
                return self.finished(item, anchor);
            }
            Event::SequenceStart(style, anchor, tag) => {
                self.collection_tag(tag.as_deref(), "seq", span);
                let content = Content::List { values: Vec::new(), children: Vec::new() };
                return self.start(content, style, anchor, span);
            }
            Event::MappingStart(style, anchor, tag) => {
                self.collection_tag(tag.as_deref(), "map", span);
                let content = Content::Mapping { entries: Entries::default(), key: None, merges: Vec::new() };
                return self.start(content, style, anchor, span);
            }
            Event::SequenceEnd | Event::MappingEnd => return self.end(span),
            Event::Alias(id) => return self.alias(id, span),
            Event::UnresolvedAlias(name) => {
                let problem =
                    Problem::new(ProblemKind::BadAlias, span, format!("there is no anchor `&{name}` before this"));
                self.report(problem.help("a text that starts with `*` must stand in quotes"));
                return self.finished(Item { value: Value::Null, node: leaf(span), scalar: None }, 0);
            }
            _ => {}
        }
        Flow::Go
    }

    /// The value so far: what is still open is closed as it stands.
    pub(super) fn finish(mut self) -> Parsed {
        let end = self.text.trim_end().len();
        self.open.iter_mut().for_each(|frame| frame.anchor = 0);
        while !self.open.is_empty() {
            self.end(Span::new(end, end));
        }
        let empty =
            self.root.as_ref().is_none_or(|(value, node)| value.is_null() && node.value.start == node.value.end);
        if empty && self.problems.is_empty() {
            self.report(Problem::new(ProblemKind::Empty, Span::new(0, 0), "the file is empty"));
        }
        let (value, root) = self.root.unwrap_or_default();
        Parsed { value, spans: SpanTree { root }, problems: self.problems }
    }

    fn document(&mut self, span: Span) -> Flow {
        self.documents += 1;
        if self.documents == 1 {
            return Flow::Go;
        }
        let problem = Problem::new(ProblemKind::ManyDocuments, span, "a second YAML document starts here");
        self.report(problem.help("keep one definition in a file; only the first document was read"));
        Flow::Stop
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, tag: Option<&Tag>, span: Span) -> (Value, Span) {
        let span = self.trimmed(span);
        let (value, problem) = match tag {
            None if style == ScalarStyle::Plain => scalar::plain(text, span),
            None => (text.into(), None),
            Some(tag) if tag.handle().is_empty() && tag.suffix() == "!" || tag.original() == "!" => (text.into(), None),
            Some(tag) => match tag.core_suffix() {
                Some("map" | "seq") | None => Self::unknown_tag(tag, text, style, span),
                Some(suffix) => scalar::tagged(suffix, text, span).unwrap_or_else(|| {
                    let problem =
                        Problem::new(ProblemKind::Syntax, span, format!("`{text}` is not of the type !!{suffix}"));
                    (text.into(), Some(problem))
                }),
            },
        };
        self.problems.extend(problem);
        (value, span)
    }

    fn unknown_tag(tag: &Tag, text: &str, style: ScalarStyle, span: Span) -> (Value, Option<Problem>) {
        let value = if style == ScalarStyle::Plain { scalar::plain(text, span).0 } else { text.into() };
        (value, Some(Self::tag_problem(tag, span)))
    }

    fn tag_problem(tag: &Tag, span: Span) -> Problem {
        let message = format!("the tag `{}` has no meaning here; the value is read without it", tag.original());
        Problem::new(ProblemKind::UnknownTag, span, message).help("a text that starts with `!` must stand in quotes")
    }

    fn collection_tag(&mut self, tag: Option<&Tag>, suffix: &str, span: Span) {
        if let Some(tag) = tag.filter(|tag| tag.core_suffix() != Some(suffix) && tag.original() != "!") {
            let problem = Self::tag_problem(tag, span);
            self.report(problem);
        }
    }

    fn start(&mut self, content: Content, style: StructureStyle, anchor: usize, span: Span) -> Flow {
        if self.open.len() == MAX_DEPTH {
            return self.exhausted(&Exhausted::Depth, span);
        }
        self.open.push(Frame { content, start: span.start, flow: style == StructureStyle::Flow, anchor });
        self.count(span)
    }

    fn end(&mut self, span: Span) -> Flow {
        let Some(frame) = self.open.pop() else { return Flow::Go };
        let (value, children) = match frame.content {
            Content::List { values, children } => (Value::Array(values), children),
            Content::Mapping { mut entries, key, merges } => {
                if let Some(key) = key {
                    let node = SpanNode { key: Some(key.span), ..leaf(Span::new(key.span.end, key.span.end)) };
                    entries.put(key.text, Value::Null, node);
                }
                merge(&mut entries, merges);
                (Value::Object(entries.map), entries.children)
            }
        };
        let last = children.iter().map(|(_, node)| node.value.end.max(node.key.map_or(0, |key| key.end))).max();
        let end = if frame.flow { span.end } else { last.unwrap_or(frame.start) };
        let value_span = Span::new(frame.start, end.max(frame.start));
        let node = SpanNode { key: None, value: value_span, children };
        self.place(Item { value, node, scalar: None }, frame.anchor)
    }

    fn alias(&mut self, id: usize, span: Span) -> Flow {
        match self.anchors.copy(id, self.open.len()) {
            Ok(Some((value, mut node))) => {
                node.value = span;
                node.key = None;
                let scalar = value.as_str().map(|text| (text.to_owned(), false));
                self.finished(Item { value, node, scalar }, 0)
            }
            Ok(None) => {
                self.report(Problem::new(
                    ProblemKind::BadAlias,
                    span,
                    "this alias stands inside the value it stands for",
                ));
                self.finished(Item { value: Value::Null, node: leaf(span), scalar: None }, 0)
            }
            Err(limit) => self.exhausted(&limit, span),
        }
    }

    fn finished(&mut self, item: Item, anchor: usize) -> Flow {
        if self.count(item.node.value) == Flow::Stop {
            return Flow::Stop;
        }
        self.place(item, anchor)
    }

    /// Puts a finished node into what is open around it.
    fn place(&mut self, item: Item, anchor: usize) -> Flow {
        if anchor != 0
            && let Err(limit) = self.anchors.keep(anchor, &item.value, &item.node)
        {
            return self.exhausted(&limit, item.node.value);
        }
        match self.open.last_mut().map(|frame| &mut frame.content) {
            None => self.root = Some((item.value, item.node)),
            Some(Content::List { values, children }) => {
                values.push(item.value);
                children.push((Box::default(), item.node));
            }
            Some(Content::Mapping { entries, key, merges }) => {
                let problem = match key.take() {
                    None => {
                        let (waiting, problem) = as_key(item, self.text);
                        *key = Some(waiting);
                        problem
                    }
                    Some(key) => put(entries, merges, key, item),
                };
                self.problems.extend(problem);
            }
        }
        if self.problems.len() >= MAX_PROBLEMS { Flow::Stop } else { Flow::Go }
    }

    fn count(&mut self, span: Span) -> Flow {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            self.too_large(span, format!("the file holds more than {MAX_NODES} values"))
        } else {
            Flow::Go
        }
    }

    fn exhausted(&mut self, limit: &Exhausted, span: Span) -> Flow {
        let message = match limit {
            Exhausted::Expansion => format!("the aliases of this file expand to more than {MAX_EXPANSION} bytes"),
            Exhausted::Depth => format!("lists and mappings are nested more than {MAX_DEPTH} deep"),
        };
        self.too_large(span, message)
    }

    fn too_large(&mut self, span: Span, message: String) -> Flow {
        self.report(Problem::new(ProblemKind::TooLarge, span, message));
        Flow::Stop
    }

    /// A span without the white space that block scalars end with.
    fn trimmed(&self, span: Span) -> Span {
        let text = self.text.get(span.start..span.end).unwrap_or_default();
        Span::new(span.start, span.start + text.trim_end().len())
    }
}

fn leaf(span: Span) -> SpanNode {
    SpanNode { key: None, value: span, children: Vec::new() }
}

/// A key from a finished node. One that is not a text is called by the start of its source: its value could be large,
/// and keys inside keys would multiply it.
fn as_key(item: Item, source: &str) -> (Key, Option<Problem>) {
    let span = item.node.value;
    let Some((text, plain)) = item.scalar else {
        let text = source.get(span.start..span.end).unwrap_or_default().chars().take(40).collect();
        let problem = Problem::new(ProblemKind::Syntax, span, "a key must be a text, not a list or a mapping");
        let help = "a value that starts with `{` or `[` must stand in quotes";
        return (Key { text, span, merge: false }, Some(problem.help(help)));
    };
    (Key { merge: plain && text == "<<", text, span }, None)
}

fn put(entries: &mut Entries, merges: &mut Vec<(Value, SpanNode)>, key: Key, item: Item) -> Option<Problem> {
    let Item { value, mut node, .. } = item;
    node.key = Some(key.span);
    if node.value.start == node.value.end {
        node.value = Span::new(key.span.end, key.span.end);
    }
    if !key.merge {
        return entries.put(key.text, value, node);
    }
    match value {
        Value::Object(_) => merges.push((value, node)),
        Value::Array(items) if items.iter().all(Value::is_object) => {
            let nodes = node.children.into_iter().map(|(_, node)| node);
            merges.extend(items.into_iter().zip(nodes));
        }
        other => {
            entries.put(key.text, other, node);
            let problem =
                Problem::new(ProblemKind::Syntax, key.span, "only a mapping, or a list of them, can be merged by `<<`");
            return Some(problem.help("give an alias of a mapping, as in `<<: *defaults`"));
        }
    }
    None
}

/// Merged keys stand behind the written ones and never replace them; of two merges the first wins.
fn merge(entries: &mut Entries, merges: Vec<(Value, SpanNode)>) {
    for (value, node) in merges {
        let Value::Object(map) = value else { continue };
        for ((key, value), (_, child)) in map.into_iter().zip(node.children) {
            if !entries.map.contains_key(&key) {
                entries.put(key, value, child);
            }
        }
    }
}
