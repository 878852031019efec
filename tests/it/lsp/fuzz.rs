//! Random edits and requests: no panic, each request answered once, no place outside the text.
//!
//! `LEGWORK_FUZZ_SECONDS=60` takes new ones for that long.

use super::editor::{Editor, about};
use crate::cli::WORKFLOW;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// How many steps a plain `cargo test` takes.
const FEW: usize = 150;

const URI: &str = "file:///w/fuzz.yaml";

const METHODS: &[&str] = &[
    "textDocument/completion",
    "textDocument/hover",
    "textDocument/definition",
    "textDocument/references",
    "textDocument/codeLens",
    "textDocument/documentSymbol",
    "textDocument/foldingRange",
    "textDocument/diagnostic",
    "textDocument/inlayHint",
    "textDocument/semanticTokens/full",
    "textDocument/codeAction",
    "textDocument/selectionRange",
];

const PIECES: &[&str] = &[
    "",
    "\n",
    "  ",
    "${",
    "}",
    "\"",
    "'",
    ": ",
    "- ",
    "{",
    "[",
    "😀",
    "é",
    "\r\n",
    "workflow.",
    "#",
    "\t",
    "email: x\n",
];

#[test]
fn no_edit_and_no_request_breaks_the_server() {
    let seconds: Option<u64> = std::env::var("LEGWORK_FUZZ_SECONDS").ok().and_then(|text| text.parse().ok());
    let seed = if seconds.is_some() { fastrand::u64(..) } else { 7 };
    let mut random = fastrand::Rng::with_seed(seed);
    let mut editor = Editor::start(json!({}), Value::Null);
    let mut text = WORKFLOW.to_owned();
    editor.open(URI, &text);
    let started = Instant::now();
    let mut step = 0;
    while seconds.map_or(step < FEW, |seconds| started.elapsed() < Duration::from_secs(seconds)) {
        step += 1;
        if random.u8(..) < 8 || text.len() > 4000 {
            WORKFLOW.clone_into(&mut text);
            editor.change(URI, 1, &text);
        }
        edit(&mut text, &mut random, &mut editor);
        let method = METHODS[random.usize(..METHODS.len())];
        let at = place(&text, random.usize(..=text.len()));
        let more = json!({
            "position": at,
            "positions": [at],
            "range": {"start": at, "end": place(&text, text.len())},
            "context": {"diagnostics": [], "includeDeclaration": true, "triggerKind": 1},
        });
        let answer = editor.request(method, about(URI, more));
        let answer = answer.unwrap_or_else(|error| panic!("seed {seed}, step {step}, {method}: {error}\n{text:?}"));
        check(&answer, &text, seed);
        editor.heard.clear();
    }
    editor.end();
}

/// Changes the text, here and at the server.
fn edit(text: &mut String, random: &mut fastrand::Rng, editor: &mut Editor) {
    let mut at = |text: &str| {
        let at = random.usize(..=text.len());
        (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
    };
    let (one, other) = (at(text), at(text));
    // No line end is cut in two: there is no position in it.
    let inside = |at: usize| text[..at].ends_with('\r') && text[at..].starts_with('\n');
    if inside(one) || inside(other) {
        return;
    }
    let end = one.max(other).min(one.min(other) + 40);
    let end = (0..=end).rev().find(|at| text.is_char_boundary(*at) && !inside(*at)).unwrap_or(0).max(one.min(other));
    let piece = PIECES[random.usize(..PIECES.len())];
    let range = json!({"start": place(text, one.min(other)), "end": place(text, end)});
    let changes = json!([{"range": range, "text": piece}]);
    text.replace_range(one.min(other)..end, piece);
    editor.notify(
        "textDocument/didChange",
        json!({"textDocument": {"uri": URI, "version": 2}, "contentChanges": changes}),
    );
}

/// The position of a byte, in UTF-16.
fn place(text: &str, at: usize) -> Value {
    let at = (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let (mut line, mut start) = (0, 0);
    let bytes = text.as_bytes();
    for (index, byte) in bytes.iter().enumerate().take(at) {
        if *byte == b'\n' || *byte == b'\r' && bytes.get(index + 1) != Some(&b'\n') {
            (line, start) = (line + 1, index + 1);
        }
    }
    let units: usize = text[start..at].trim_end_matches(['\r', '\n']).chars().map(char::len_utf16).sum();
    json!({"line": line, "character": units})
}

/// Every position of an answer lies in the text.
fn check(answer: &Value, text: &str, seed: u64) {
    let end = place(text, text.len());
    let key = |position: &Value| (position["line"].as_u64(), position["character"].as_u64());
    match answer {
        Value::Object(members) => {
            if members.contains_key("line") && members.contains_key("character") {
                assert!(key(answer) <= key(&end), "seed {seed}: {answer} lies behind {end}\n{text:?}");
            }
            members.values().for_each(|member| check(member, text, seed));
        }
        Value::Array(items) => items.iter().for_each(|item| check(item, text, seed)),
        _ => {}
    }
}
