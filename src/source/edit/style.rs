//! How a file is written: what is put into it is written the same way.

use super::super::{Format, SourceFile, SpanNode, SpanTree};
use super::place::{column, line_indent};

/// How texts are quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quotes {
    /// Not at all, where that is possible.
    Plain,
    /// `'text'`.
    Single,
    /// `"text"`.
    Double,
}

/// The habits of a file.
#[derive(Debug, Clone)]
pub(super) struct Style {
    pub(super) format: Format,
    pub(super) newline: &'static str,
    /// Columns that a mapping stands deeper than its key (YAML).
    pub(super) indent: usize,
    /// Columns that the dash of a list stands deeper than its key.
    pub(super) list_offset: usize,
    /// Columns from a dash to what it is the dash of.
    pub(super) dash: usize,
    /// The white space of one level (JSON).
    pub(super) unit: String,
    /// What stands behind a colon, and behind a comma of one line.
    pub(super) space: &'static str,
    /// Whether short lists of scalars stand between brackets (YAML).
    pub(super) flow_lists: bool,
    /// Whether the keys of mappings between braces are quoted.
    pub(super) quoted_keys: bool,
    /// How texts are quoted that need it.
    pub(super) quotes: Quotes,
    /// How texts with an expression are quoted.
    pub(super) expressions: Quotes,
}

impl Style {
    pub(super) fn of(file: &SourceFile, spans: &SpanTree) -> Self {
        let text = file.text();
        let mut seen = Seen { text, ..Seen::default() };
        seen.look(&spans.root, None);
        let newline = if text.find('\n').is_some_and(|at| text[..at].ends_with('\r')) { "\r\n" } else { "\n" };
        let expressions = seen.expressions();
        let quotes = if seen.single > seen.double { Quotes::Single } else { Quotes::Double };
        Self {
            format: file.format(),
            newline,
            indent: seen.indent.unwrap_or(2),
            list_offset: seen.list_offset.unwrap_or(2),
            dash: seen.dash.unwrap_or(2),
            unit: seen.unit.unwrap_or_else(|| "  ".to_owned()),
            space: if seen.tight { "" } else { " " },
            flow_lists: seen.flow_lists >= seen.block_lists,
            quoted_keys: file.format() == Format::Json || seen.quoted_keys,
            quotes: if file.format() == Format::Json { Quotes::Double } else { quotes },
            expressions,
        }
    }

    /// The ending of a file's name in this notation.
    pub(super) fn ending(&self) -> &'static str {
        match self.format {
            Format::Json => "json",
            Format::Yaml => "yaml",
        }
    }
}

/// What was seen of a file's habits.
#[derive(Debug, Default)]
struct Seen<'t> {
    text: &'t str,
    indent: Option<usize>,
    list_offset: Option<usize>,
    dash: Option<usize>,
    unit: Option<String>,
    tight: bool,
    flow_lists: usize,
    block_lists: usize,
    quoted_keys: bool,
    single: usize,
    double: usize,
    /// Texts with an expression: plain, single, double.
    with_expression: [usize; 3],
}

impl Seen<'_> {
    fn expressions(&self) -> Quotes {
        let [plain, single, double] = self.with_expression;
        if plain == 0 && single == 0 && double == 0 || plain >= single.max(double) {
            Quotes::Plain
        } else if single > double {
            Quotes::Single
        } else {
            Quotes::Double
        }
    }

    fn look(&mut self, node: &SpanNode, above: Option<&SpanNode>) {
        let text = self.text;
        let own = text.get(node.value.start..node.value.end).unwrap_or_default();
        match node.children.first() {
            None => self.scalar(own),
            Some((_, first)) if own.starts_with(['{', '[']) => self.brackets(node, first),
            Some((_, first)) => self.block(node, first, above),
        }
        for (_, child) in &node.children {
            self.look(child, Some(node));
        }
    }

    fn scalar(&mut self, own: &str) {
        let quotes = match own.as_bytes().first() {
            Some(b'\'') => Quotes::Single,
            Some(b'"') => Quotes::Double,
            _ => Quotes::Plain,
        };
        match quotes {
            Quotes::Plain => {}
            Quotes::Single => self.single += 1,
            Quotes::Double => self.double += 1,
        }
        if own.contains("${") {
            let [plain, single, double] = &mut self.with_expression;
            let count = match quotes {
                Quotes::Plain => plain,
                Quotes::Single => single,
                Quotes::Double => double,
            };
            *count += 1;
        }
    }

    fn brackets(&mut self, node: &SpanNode, first: &SpanNode) {
        let start = first.key.unwrap_or(first.value).start;
        let between = self.text.get(node.value.start + 1..start).unwrap_or_default();
        if between.contains('\n') && self.unit.is_none() {
            let (outer, inner) = (line_indent(self.text, node.value.start), line_indent(self.text, start));
            self.unit = inner.strip_prefix(outer).filter(|unit| !unit.is_empty()).map(str::to_owned);
        }
        if let Some(key) = first.key {
            self.quoted_keys |= self.text[key.start..].starts_with('"');
            self.tight |= self.text.get(key.end..first.value.start).is_some_and(|colon| colon == ":");
        } else if first.children.is_empty() {
            self.flow_lists += 1;
        }
    }

    fn block(&mut self, node: &SpanNode, first: &SpanNode, above: Option<&SpanNode>) {
        let key_column = node.key.map(|key| column(self.text, key.start));
        if let Some(key) = first.key {
            let inner = column(self.text, key.start);
            if let Some(outer) = key_column.filter(|outer| inner > *outer && above.is_some()) {
                self.indent.get_or_insert(inner - outer);
            }
            return;
        }
        let dash = super::place::dash(self.text, node);
        let dash_column = column(self.text, dash);
        if let Some(outer) = key_column.filter(|outer| dash_column >= *outer) {
            self.list_offset.get_or_insert(dash_column - outer);
        }
        if first.children.is_empty() {
            self.block_lists += 1;
        }
        if first.value.start > dash && !self.text[dash..first.value.start].contains('\n') {
            self.dash.get_or_insert(first.value.start - dash);
        }
    }
}
