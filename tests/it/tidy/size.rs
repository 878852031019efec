//! Files of at most 500 lines, functions of at most 60.

use super::text::blank;
use super::{Source, report, sources};

const FILE_LINES: usize = 500;
const FUNCTION_LINES: usize = 60;

#[test]
fn files_are_short() {
    let all = sources("src").into_iter().chain(sources("tests"));
    let long = all.map(|source| (source.text.lines().count(), source.path)).filter(|(lines, _)| *lines > FILE_LINES);
    let findings: Vec<_> = long.map(|(lines, path)| format!("{path}: {lines} lines")).collect();
    report("a file has at most 500 lines", &findings);
}

#[test]
fn functions_are_short() {
    // A table of cases in a test may be as long as it needs to be.
    let long = sources("src")
        .into_iter()
        .flat_map(|source| functions(&source.code()))
        .filter(|(_, lines)| *lines > FUNCTION_LINES);
    let findings: Vec<_> = long.map(|(name, lines)| format!("{name}: {lines} lines")).collect();
    report("a function has at most 60 lines", &findings);
}

/// Every function with its place and its number of lines, from `fn` to the closing brace.
fn functions(source: &Source) -> Vec<(String, usize)> {
    let text = blank(&source.text);
    let mut found = Vec::new();
    for (at, _) in text.match_indices("fn ") {
        let is_word = text[..at].ends_with(|ch: char| ch.is_alphanumeric() || ch == '_');
        let name: String = text[at + 3..].chars().take_while(|ch| ch.is_alphanumeric() || *ch == '_').collect();
        if is_word || name.is_empty() {
            continue;
        }
        if let Some(body) = body(&text[at..]) {
            let line = text[..at].matches('\n').count() + 1;
            found.push((format!("{}:{line} {name}", source.path), body.matches('\n').count() + 1));
        }
    }
    found
}

/// From `fn` to the brace that closes its body; `None` for a declaration without one.
fn body(text: &str) -> Option<&str> {
    let open = text.find(['{', ';']).filter(|at| text[*at..].starts_with('{'))?;
    let mut depth = 0;
    for (at, ch) in text[open..].char_indices() {
        match ch {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(&text[..=open + at]);
        }
    }
    None
}

#[test]
fn a_function_ends_at_its_own_brace() {
    let text = "trait A { fn a(); }\nfn b() {\n  let x = \"}\";\n  if x {}\n}\nfn c() {}";
    let source = Source { path: "a.rs".to_owned(), text: text.to_owned() };
    assert_eq!(functions(&source), [("a.rs:2 b".to_owned(), 4), ("a.rs:6 c".to_owned(), 1)]);
}
