//! JSON, beside another reader of it.

use super::{Verdict, run, text};
use legwork::definition::Document;
use legwork::source::{self, SourceFile};
use serde_json::Value;

const WORDS: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "\"",
    "\\u00e9",
    "\\ud83d",
    "\\n",
    "null",
    "true",
    "-0",
    "1e400",
    "0.1",
    "123456789012345678901234567890",
    "\"name\"",
    "\"tasks\"",
    "\"type\"",
    "// x\n",
    "/* x */",
    "\u{feff}",
    "é",
];

#[test]
fn json_is_read_as_others_read_it() {
    run("json", WORDS, |input| text(input).map_or(Ok(String::new()), |text| check("a.json", text)));
}

/// Spans lie in the text, what has no problem is what another reader reads, and nothing that is made of it falls over.
pub(super) fn check(name: &str, text: &str) -> Verdict {
    let file = SourceFile::new(name, text);
    let parsed = source::parse(&file);
    for problem in &parsed.problems {
        if text.get(problem.span.start..problem.span.end).is_none() {
            return Err(format!("{:?} is no place", problem.span));
        }
    }
    let root = parsed.spans.root.value;
    if text.get(root.start..root.end).is_none() {
        return Err(format!("{root:?} is no place"));
    }
    if parsed.problems.is_empty() && name == "a.json" {
        // The other one does not pass over a byte order mark.
        match serde_json::from_str::<Value>(text.strip_prefix('\u{feff}').unwrap_or(text)) {
            Ok(other) if other == parsed.value => {}
            Ok(other) => return Err(format!("{} is {other} elsewhere", parsed.value)),
            Err(err) => return Err(format!("it is no JSON elsewhere: {err}")),
        }
    }
    let document = Document::parse(file);
    let codes: Vec<_> = document.diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
    Ok(format!("{codes:?} {}", parsed.problems.len()))
}
