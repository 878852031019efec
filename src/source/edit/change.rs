//! Members that are taken out, or written anew as a whole.

use super::place::column;
use super::{Draft, Edit, EditError, block, flow};
use crate::source::{Format, Pointer, Span, SpanNode};
use serde_json::Value;

impl Draft<'_> {
    /// Takes a member out of its mapping; comments above other members stay.
    ///
    /// # Errors
    /// [`EditError::NoContainer`] when it is not a member, [`EditError::Shared`], [`EditError::Unknown`] for the only one.
    pub fn remove(&mut self, at: &Pointer) -> Result<(), EditError> {
        let own = self.node(at)?;
        let (parent, name) = self.above(at)?;
        let siblings = &self.node(&parent)?.children;
        let index = siblings.iter().position(|(key, _)| **key == *name).unwrap_or_default();
        let next = siblings.get(index + 1).map(|(_, node)| node);
        let before = index.checked_sub(1).and_then(|before| siblings.get(before)).map(|(_, node)| node);
        let in_brackets = self.file.format() == Format::Json || self.is_flow(at);
        let start = begin(own);
        let span = match (next, before, in_brackets) {
            (Some(next), _, true) => Span::new(start, begin(next)),
            (Some(next), _, false) => Span::new(start, self.next_line(end(own), begin(next))),
            (None, Some(before), true) => Span::new(end(before), end(own)),
            (None, Some(_), false) => Span::new(
                self.text(Span::new(0, start)).trim_end_matches(' ').trim_end_matches(['\n', '\r']).len(),
                end(own),
            ),
            (None, None, _) => return Err(EditError::Unknown(at.clone())),
        };
        if let Some(map) = self.value.pointer_mut(parent.as_str()).and_then(Value::as_object_mut) {
            map.shift_remove(&name);
        }
        self.last = at.clone();
        self.edits.push(Edit { span, text: String::new() });
        Ok(())
    }

    /// Writes a member of a mapping anew, whatever it held.
    ///
    /// # Errors
    /// [`EditError::NoContainer`] when it is not a member, [`EditError::Shared`].
    pub fn rewrite(&mut self, at: &Pointer, value: &Value) -> Result<(), EditError> {
        let own = self.node(at)?;
        let (_, name) = self.above(at)?;
        let key = own.key.ok_or_else(|| EditError::NoContainer(at.clone()))?;
        let text = self.file.text();
        let edit = if self.file.format() == Format::Json {
            let indent = super::place::line_indent(text, key.start);
            let written = format!("{value:#}").replace('\n', &format!("{}{indent}", self.style.newline));
            Edit { span: own.value, text: written }
        } else if self.is_flow(at) {
            Edit { span: own.value, text: flow::on_one_line(value, &self.style) }
        } else {
            let lines = block::lines(&[(Some(&name), value)], column(text, key.start), &self.style);
            Edit { span: Span::new(key.start, end(own)), text: lines.trim_start().to_owned() }
        };
        let place = self.value.pointer_mut(at.as_str()).ok_or_else(|| EditError::NoContainer(at.clone()))?;
        *place = value.clone();
        self.last = at.clone();
        self.edits.push(edit);
        Ok(())
    }

    /// The mapping of a member, and its name.
    fn above(&self, at: &Pointer) -> Result<(Pointer, String), EditError> {
        let missing = || EditError::NoContainer(at.clone());
        let (parent, name) = (at.parent().ok_or_else(missing)?, at.steps().last().ok_or_else(missing)?);
        let is_mapping = self.value.pointer(parent.as_str()).is_some_and(Value::is_object);
        if is_mapping { Ok((parent, name)) } else { Err(missing()) }
    }

    /// Where the line behind a member begins that belongs to the next one: at the first comment above it.
    fn next_line(&self, from: usize, next: usize) -> usize {
        let gap = self.text(Span::new(from, next));
        let Some(line) = gap.find('\n').map(|at| at + 1) else { return next };
        let rest = gap.get(line..).unwrap_or_default();
        rest.find('#').map_or(next, |comment| from + line + comment)
    }
}

fn begin(node: &SpanNode) -> usize {
    node.key.unwrap_or(node.value).start
}

fn end(node: &SpanNode) -> usize {
    node.value.end.max(node.key.map_or(0, |key| key.end))
}

#[cfg(test)]
mod tests {
    use super::super::apply;
    use super::*;
    use crate::source::{SourceFile, parse};
    use serde_json::json;

    #[track_caller]
    fn check(name: &str, text: &str, change: impl Fn(&mut Draft<'_>) -> Result<(), EditError>, expected: &str) {
        let file = SourceFile::new(name, text);
        let parsed = parse(&file);
        let mut draft = Draft::new(&file, &parsed.value, &parsed.spans);
        change(&mut draft).expect("it can be changed");
        let edits = draft.finish().expect("it means what was meant");
        assert_eq!(apply(text, &edits), expected);
    }

    #[test]
    fn a_member_is_taken_out_with_its_line() {
        let out = |draft: &mut Draft<'_>| draft.remove(&Pointer::parse("/l/0/b"));
        check(
            "a.yaml",
            "l:\n  - a: 1\n    b: 2 # gone\n    # stays\n    c: 3\n",
            out,
            "l:\n  - a: 1\n    # stays\n    c: 3\n",
        );
        check("a.yaml", "l:\n  - b: 2\n    c: 3\n", out, "l:\n  - c: 3\n");
        check("a.yaml", "l:\r\n  - a: 1\r\n    b:\r\n      x: y\r\n", out, "l:\r\n  - a: 1\r\n");
        check("a.yaml", "l: [{a: 1, b: 2}]\n", out, "l: [{a: 1}]\n");
        check("a.json", "{\"l\": [{\"b\": 2, \"c\": 3}]}", out, "{\"l\": [{\"c\": 3}]}");
        let file = SourceFile::new("a.yaml", "l: [{b: 2}]");
        let parsed = parse(&file);
        let only = Draft::new(&file, &parsed.value, &parsed.spans).remove(&Pointer::parse("/l/0/b"));
        assert!(matches!(only, Err(EditError::Unknown(_))), "{only:?}");
    }

    #[test]
    fn a_member_is_written_anew() {
        let value = json!({"x": {"k": "${z}"}});
        let anew = |draft: &mut Draft<'_>| draft.rewrite(&Pointer::parse("/l/0/b"), &value);
        check(
            "a.yaml",
            "l:\n  - b: 2 # stays\n    c: 3\n",
            anew,
            "l:\n  - b:\n      x:\n        k: ${z} # stays\n    c: 3\n",
        );
        check("a.yaml", "l: [{b: [1]}]\n", anew, "l: [{b: {x: {k: \"${z}\"}}}]\n");
        check(
            "a.json",
            "{\"l\": [{\n \"b\": 2}]}",
            anew,
            "{\"l\": [{\n \"b\": {\n   \"x\": {\n     \"k\": \"${z}\"\n   }\n }}]}",
        );
    }
}
