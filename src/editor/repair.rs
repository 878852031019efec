//! A tree for a text that is being typed: nearly always one line is not finished.

use super::moved::moved;
use crate::definition::Document;
use crate::source::{Format, MAX_BYTES, ProblemKind, SourceFile, parse};
use std::sync::Arc;

/// So many times a line is taken out, before the text is given up.
const ROUNDS: usize = 6;

/// A longer text is not read again so often, in bytes.
const LONG: usize = 100_000;

/// The tree that answers are about. It is the document itself, as long as its notation is right. Else the lines that cannot be
/// read are taken as blank; and where that does not help either, the last tree that could be read stands in, its places moved
/// with the text. Places are always those of the document's own text.
pub(super) fn tree(document: &Arc<Document>, before: Option<&Document>) -> Arc<Document> {
    let text = document.file.text();
    if !document.partial || text.len() > MAX_BYTES || document.file.format() == Format::Json && holds_tasks(document) {
        return Arc::clone(document);
    }
    if document.file.format() == Format::Yaml
        && let Some(mended) = without_broken_lines(&document.file, before)
    {
        return Arc::new(Document { file: document.file.clone(), ..Document::parse(mended) });
    }
    match before.filter(|before| !before.value.is_null()) {
        Some(before) => Arc::new(moved(before, &document.file)),
        None => Arc::clone(document),
    }
}

/// The reader of JSON goes on behind what is wrong.
fn holds_tasks(document: &Document) -> bool {
    document.value.get("tasks").is_some_and(serde_json::Value::is_array) || document.value.get("name").is_some()
}

/// The text with blanks where lines cannot be read, of the same length.
fn without_broken_lines(file: &SourceFile, before: Option<&Document>) -> Option<SourceFile> {
    let mut text = file.text().to_owned();
    let mut broken = first_problem(file)?;
    let touched = before.and_then(|before| changed_line(before.file.text(), &text));
    let rounds = if text.len() > LONG { 2 } else { ROUNDS };
    for _ in 0..rounds {
        let mut best: Option<(usize, String)> = None;
        for line in suspects(&text, broken, touched) {
            let tried = blanked(&text, line);
            let next = first_problem(&SourceFile::new(file.name(), tried.as_str()));
            let Some(next) = next else { return Some(SourceFile::new(file.name(), tried)) };
            if best.as_ref().is_none_or(|(far, _)| next > *far) {
                best = Some((next, tried));
            }
        }
        let (next, tried) = best?;
        if next <= broken {
            return None;
        }
        (broken, text) = (next, tried);
    }
    None
}

/// Where the first thing stands that the reader stumbles over.
fn first_problem(file: &SourceFile) -> Option<usize> {
    let problems = parse(file).problems;
    let first = problems.iter().filter(|problem| problem.breaks_the_value() && problem.kind != ProblemKind::Empty);
    first.map(|problem| problem.span.start).min()
}

/// The lines that may be to blame: the one that was typed in, the one the reader stumbled over, and the one before that.
fn suspects(text: &str, at: usize, touched: Option<usize>) -> Vec<(usize, usize)> {
    let own = line_around(text, at);
    let before = text.get(..own.0).unwrap_or_default().trim_end().len();
    let mut lines: Vec<_> = touched.map(|touched| line_around(text, touched)).into_iter().collect();
    lines.push(own);
    if before > 0 {
        lines.push(line_around(text, before));
    }
    lines.dedup();
    lines.retain(|(start, end)| text.get(*start..*end).is_some_and(|line| !line.trim().is_empty()));
    lines
}

/// The bytes of the line around a place, without its end.
fn line_around(text: &str, at: usize) -> (usize, usize) {
    let at = (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let start = text[..at].rfind('\n').map_or(0, |at| at + 1);
    let end = text[at..].find('\n').map_or(text.len(), |end| at + end);
    (start, end)
}

/// The text with spaces in the place of a line; a dash that begins an item stays, so that the items behind keep their numbers.
fn blanked(text: &str, (start, end): (usize, usize)) -> String {
    let line = text.get(start..end).unwrap_or_default();
    let indent = line.len() - line.trim_start().len();
    let keeps_dash = line.trim_start().starts_with("- ") || line.trim() == "-";
    let kept = if keeps_dash { indent + 1 } else { 0 };
    let mut blanked = String::with_capacity(text.len());
    blanked.push_str(text.get(..start + kept).unwrap_or_default());
    blanked.extend(std::iter::repeat_n(' ', end - start - kept));
    blanked.push_str(text.get(end..).unwrap_or_default());
    blanked
}

/// The place of the first difference between two texts.
fn changed_line(before: &str, after: &str) -> Option<usize> {
    let same = before.bytes().zip(after.bytes()).take_while(|(one, other)| one == other).count();
    (same < after.len()).then_some(same)
}

#[cfg(test)]
mod tests {
    use super::super::snapshot;

    const GOOD: &str = "\
name: a
tasks:
  - name: one
    taskReferenceName: a
    type: HTTP
    inputParameters:
      uri: https://a.example/x
      method: GET
  - name: two
    taskReferenceName: b
    type: NOOP
";

    fn references(name: &str, text: &str) -> Vec<String> {
        snapshot(name, text).tasks().iter().map(|task| task.reference_name.clone()).collect()
    }

    #[test]
    fn a_line_that_is_half_typed_does_not_hide_the_others() {
        let check = |from: &str, to: &str| {
            let text = GOOD.replace(from, to);
            assert_ne!(text, GOOD, "{from}");
            assert_eq!(references("a.yaml", &text), ["a", "b"], "{text}");
        };
        check("    type: HTTP\n", "    ty\n    type: HTTP\n");
        check("    type: HTTP\n", "    type: HTTP\n    op\n");
        check("uri: https://a.example/x", "uri: \"https://a.example/x");
        check("uri: https://a.example/x", "uri: 'https://a.example/x");
        check("method: GET", "method: [GET");
        check("method: GET", "method: {GET: ");
        check("method: GET", "method: a: b");
        check("method: GET", "method: *");
        check("method: GET", "\tmethod: GET");
        check("method: GET", "@");
    }

    #[test]
    fn json_is_read_on_behind_what_is_wrong() {
        let text = "{\"tasks\": [{\"taskReferenceName\": \"a\", \"ty}, {\"taskReferenceName\": \"b\"\n}]}";
        assert_eq!(references("a.json", text).first().map(String::as_str), Some("a"));
    }
}
