//! Whatever is typed: no answer panics, and no place is outside the text.

use super::*;
use crate::diagnostic::Diagnostic;
use crate::source::{SourceFile, Span};
use proptest::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

static LIBRARY: LazyLock<Arc<Library>> = LazyLock::new(|| Arc::new(Library::default()));

fn read(name: &str, text: &str, before: Option<&Snapshot>) -> Snapshot {
    Snapshot::new(SourceFile::new(name, text), &LIBRARY, &Arc::default(), before)
}

/// Asks everything that an editor asks while somebody types at a place.
#[track_caller]
fn ask(snapshot: &Snapshot, offset: usize) {
    let text = snapshot.file().text();
    let inside = |span: Span, what: &str| {
        assert!(
            text.get(span.start..span.end).is_some(),
            "{what} at {span:?} is outside of {} bytes: {text}",
            text.len()
        );
    };
    for found in diagnostics(snapshot).iter().flat_map(|found| &found.labels) {
        if found.file.name() == snapshot.file().name() {
            inside(found.span, "a diagnostic");
        }
    }
    for item in completion(snapshot, offset).items {
        inside(item.replace, &item.label);
        assert!(item.replace.start <= offset && offset <= item.replace.end, "{} is elsewhere: {text}", item.label);
        for edit in &item.also {
            inside(edit.span, "an edit");
        }
    }
    if let Some(hover) = hover(snapshot, offset) {
        inside(hover.span, "a hover");
    }
}

/// Asks for everything else.
#[track_caller]
fn ask_for_the_rest(snapshot: &Snapshot, offset: usize) {
    let text = snapshot.file().text();
    let all = Span::new(0, text.len());
    let mut spans: Vec<Span> = lenses(snapshot).iter().map(|lens| lens.span).collect();
    spans.extend(links(snapshot).iter().map(|link| link.span));
    spans.extend(folding(snapshot).iter().map(|fold| fold.span));
    spans.extend(selection(snapshot, offset));
    spans.extend(tokens(snapshot).iter().map(|token| token.span));
    spans.extend(inlays(snapshot, all).iter().map(|inlay| Span::new(inlay.offset, inlay.offset)));
    spans.extend(references(snapshot, offset).iter().map(|one| one.span));
    spans.extend(definition(snapshot, offset).iter().map(|one| one.span));
    spans.extend(fixes(snapshot, Span::new(offset, offset)).iter().flat_map(|fix| &fix.edits).map(|edit| edit.span));
    spans.extend(symbols(snapshot).iter().map(|symbol| symbol.span));
    for span in spans {
        assert!(text.get(span.start..span.end).is_some(), "{span:?} of {text}");
    }
}

/// What is wrong, in words.
fn said(snapshot: &Snapshot) -> Vec<String> {
    let one = |found: &Diagnostic| {
        let places: Vec<_> = found.labels.iter().map(|label| label.span).collect();
        format!("{} {} {:?} {:?} {places:?}", found.code.id(), found.message, found.help, found.pointer)
    };
    diagnostics(snapshot).iter().map(one).collect()
}

/// Every prefix of a text whose length is a multiple of the step.
fn prefixes(name: &str, text: &str, step: usize) {
    let mut before: Option<Snapshot> = None;
    for end in (0..=text.len()).step_by(step.max(1)).filter(|end| text.is_char_boundary(*end)) {
        let snapshot = read(name, &text[..end], before.as_ref());
        ask(&snapshot, end);
        if end % 10 == 0 {
            ask_for_the_rest(&snapshot, end);
        }
        before = Some(snapshot);
    }
}

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.to_string_lossy().ends_with(ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[test]
fn every_prefix_of_an_example_is_answered() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let examples = files(&root.join("examples"), ".yaml");
    assert!(!examples.is_empty());
    for path in examples {
        let text = fs::read_to_string(&path).expect("an example");
        prefixes("a.legwork.yaml", &text, 7);
        let json = crate::source::parse(&SourceFile::new("a.yaml", text.as_str())).value;
        prefixes("a.legwork.json", &format!("{json:#}"), 23);
        prefixes("a.legwork.yaml", &text.replace('\n', "\r\n").replace("user", "üser€😀"), 41);
    }
    let definition = fs::read_to_string(root.join("task-definitions/zoom/users.create.yaml")).expect("a definition");
    prefixes("task-definitions/a.yaml", &definition, 97);
}

#[test]
#[expect(clippy::print_stderr, reason = "a test that skips says so aloud")]
fn prefixes_of_recorded_definitions_are_answered() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/conformance/cases");
    let mut all = files(&cases, ".json");
    all.retain(|path| fs::metadata(path).is_ok_and(|file| file.len() < 8_000));
    if all.is_empty() {
        eprintln!("skipped: there are no recorded definitions beside the project");
        return;
    }
    for path in all.iter().step_by((all.len() / 40).max(1)) {
        let text = fs::read_to_string(path).expect("a definition");
        prefixes("a.legwork.json", &text, (text.len() / 8).max(1));
    }
}

const TEXT: &str = "\
name: w
inputParameters: [email]
tasks:
  - name: zoom_users_create
    taskReferenceName: create
    type: HTTP
    inputParameters:
      uri: https://api.zoom.us/v2/users
      method: POST
      headers: {Accept: 'application/json'}
      body:
        action: create
        user_info: {email: \"${workflow.input.email}\", type: 1}
  - name: j
    taskReferenceName: j
    type: JOIN
    joinOn: [create]
outputParameters:
  id: ${create.output.response.body.id}
";

const PIECES: &[&str] = &[
    "",
    " ",
    "\n",
    "\r\n",
    "\t",
    "- ",
    ":",
    ": ",
    "{",
    "}",
    "[",
    "]",
    "\"",
    "'",
    "${",
    "}",
    ".",
    ",",
    "|",
    ">",
    "#",
    "&a ",
    "*a",
    "é",
    "😀",
    "\u{feff}",
    "name",
    "body:",
    "${workflow.",
    "${create.output.",
    "\n  - ",
    "\n      ",
    "\\",
    "$",
    "@",
    "!x ",
    "<<: *a",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn random_edits_are_answered(edits in prop::collection::vec((0_usize..600, 0_usize..30, 0..PIECES.len()), 1..6), json in any::<bool>()) {
        let mut text = TEXT.to_owned();
        let mut name = "a.legwork.yaml";
        if json {
            text = format!("{:#}", crate::source::parse(&SourceFile::new("a.yaml", TEXT)).value);
            name = "a.legwork.json";
        }
        let mut before = read(name, &text, None);
        for (at, length, piece) in edits {
            let boundary = |at: usize| (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
            let (start, end) = (boundary(at), boundary(at + length));
            let piece = PIECES.get(piece).copied().unwrap_or_default();
            text.replace_range(start..end, piece);
            let snapshot = read(name, &text, Some(&before));
            ask(&snapshot, start + piece.len());
            ask_for_the_rest(&snapshot, start + piece.len());
            prop_assert_eq!(said(&snapshot), said(&read(name, &text, None)), "{}", text);
            before = snapshot;
        }
    }
}
