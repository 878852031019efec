//! The parts of an expression: what each word in it stands for.

use std::ops::Range;

/// What a word of an expression stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PartKind {
    /// `workflow`, and what stands directly below it: `input`, `secrets`.
    Keyword,
    /// The name of an input of the workflow.
    Input,
    /// The name of a secret.
    Secret,
    /// The name of a value of `workflow.env`.
    Env,
    /// The name of a variable of the workflow.
    Variable,
    /// A task's reference name.
    Task,
    /// A step of a path.
    Step,
}

/// A word of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) kind: PartKind,
    /// Its bytes in the expression.
    pub(super) range: Range<usize>,
}

impl Part {
    /// The word itself.
    pub(super) fn name<'t>(&self, text: &'t str) -> &'t str {
        text.get(self.range.clone()).unwrap_or_default()
    }
}

/// The words of an expression without its braces; those of expressions inside it too.
pub(super) fn parts(text: &str) -> Vec<Part> {
    let inner = crate::resolve::holes(text);
    let mut parts = Vec::new();
    let outer = inner.first().map_or(text.len(), |hole| hole.start);
    plain(text.get(..outer).unwrap_or_default(), 0, &mut parts);
    for hole in inner {
        let (start, end) = (hole.start + 2, hole.end - 1);
        let below = self::parts(text.get(start..end).unwrap_or_default());
        parts.extend(
            below.into_iter().map(|part| Part { range: part.range.start + start..part.range.end + start, ..part }),
        );
    }
    parts
}

/// The words of a path.
pub(super) fn words(text: &str) -> Vec<Range<usize>> {
    let (mut words, mut start, mut quote) = (Vec::new(), None, None);
    for (at, ch) in text.char_indices() {
        let ends = match quote {
            Some(open) => ch == open,
            None => {
                matches!(ch, '.' | '[' | ']' | '\'' | '"' | '(' | ')' | '?' | '@' | '*' | ',') || ch.is_whitespace()
            }
        };
        if matches!(ch, '\'' | '"') && (quote.is_none() || ends) {
            quote = if quote.is_none() { Some(ch) } else { None };
        }
        if ends {
            words.extend(start.take().map(|start| start..at));
        } else {
            start.get_or_insert(at);
        }
    }
    words.extend(start.map(|start| start..text.len()));
    words
}

fn plain(text: &str, offset: usize, parts: &mut Vec<Part>) {
    let words = words(text);
    let word =
        |index: usize| words.get(index).and_then(|range: &Range<usize>| text.get(range.clone())).unwrap_or_default();
    let is_workflow = word(0) == "workflow";
    for (index, range) in words.iter().enumerate() {
        let kind = match (index, is_workflow) {
            (0, true) => PartKind::Keyword,
            (1, true) if GROUPS.contains(&word(1)) => PartKind::Keyword,
            (0, false) => PartKind::Task,
            (2, true) => below_workflow(word(1)),
            _ => PartKind::Step,
        };
        parts.push(Part { kind, range: range.start + offset..range.end + offset });
    }
}

/// What stands directly below `workflow` and holds names.
const GROUPS: &[&str] = &["input", "output", "secrets", "env", "variables"];

fn below_workflow(word: &str) -> PartKind {
    match word {
        "input" => PartKind::Input,
        "secrets" => PartKind::Secret,
        "env" => PartKind::Env,
        "variables" => PartKind::Variable,
        _ => PartKind::Step,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_has_a_kind() {
        let check = |text: &str, expected: &[&str]| {
            let found: Vec<_> = parts(text).iter().map(|part| format!("{:?} {}", part.kind, part.name(text))).collect();
            assert_eq!(found, expected, "{text}");
        };
        check("workflow.input.email", &["Keyword workflow", "Keyword input", "Input email"]);
        check("workflow.secrets.a.b", &["Keyword workflow", "Keyword secrets", "Secret a", "Step b"]);
        check("workflow.version", &["Keyword workflow", "Step version"]);
        check("workflow.env.A", &["Keyword workflow", "Keyword env", "Env A"]);
        check("a.output['b.c'][0]", &["Task a", "Step output", "Step b.c", "Step 0"]);
        check("workflow.input.", &["Keyword workflow", "Keyword input"]);
        check("", &[]);
        check("workflow.input.${a.b}", &["Keyword workflow", "Keyword input", "Task a", "Step b"]);
    }
}
