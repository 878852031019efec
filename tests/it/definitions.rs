//! Definitions against recorded answers of a real server, when the recordings stand beside the project.

use legwork::definition::{Dialect, Document, Documented, TaskDef, check};
use legwork::diagnostic::Diagnostic;
use legwork::source::SourceFile;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// The folders of the recorded cases; none, said aloud, when they are not there.
#[expect(clippy::print_stderr, reason = "a test that skips says so")]
fn recorded() -> Vec<PathBuf> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared");
    let root = std::env::var_os("LEGWORK_SHARED").map_or_else(|| PathBuf::from(beside), PathBuf::from);
    let mut cases: Vec<_> = fs::read_dir(root.join("conformance/cases"))
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.is_dir())
        .collect();
    cases.sort();
    if cases.is_empty() {
        eprintln!("skipped: no recorded cases beside the project");
    }
    cases
}

fn read(path: &Path) -> Option<SourceFile> {
    fs::read_to_string(path).ok().map(|text| SourceFile::new(path.to_string_lossy(), text))
}

fn written(document: &Document) -> String {
    let value = match &document.definition {
        Documented::Workflow(def) => def.to_value(),
        Documented::Tasks(defs) => defs.iter().map(TaskDef::to_value).collect(),
    };
    value.to_string()
}

#[test]
fn recorded_definitions_come_out_as_they_were_written() {
    for path in recorded().iter().flat_map(|case| ["workflow.json", "taskdefs.json"].map(|name| case.join(name))) {
        let text = fs::read_to_string(&path).unwrap_or_default();
        let Ok(expected) = serde_json::from_str::<Value>(&text) else { continue };
        for name in ["a.json", "a.yaml"] {
            let document = Document::parse(SourceFile::new(name, text.as_str()));
            assert_eq!(written(&document), expected.to_string(), "{} as {name}", path.display());
        }
    }
}

#[test]
fn registration_is_refused_exactly_where_a_server_refused_it() {
    let mut wrong = Vec::new();
    for case in recorded() {
        let text = fs::read_to_string(case.join("expected.json")).expect("expected.json");
        let expected: Value = serde_json::from_str(&text).expect("JSON");
        let registration = &expected["registration"];
        if refused_for_an_expression(registration) {
            continue;
        }
        let errors = errors(&case);
        if errors.is_empty() != registration["ok"].as_bool().unwrap_or_default() {
            wrong.push(format!("{}: {errors:?}", case.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Expressions are the plan's to judge, not the definition's.
fn refused_for_an_expression(registration: &Value) -> bool {
    let errors = registration["error"]["validationErrors"].as_array().map_or(&[][..], Vec::as_slice);
    errors.iter().any(|error| error["message"].as_str().is_some_and(|message| message.contains("input parameter")))
}

fn errors(case: &Path) -> Vec<String> {
    let task_defs = read(&case.join("taskdefs.json")).map(Document::parse);
    let workflow = read(&case.join("workflow.json")).map(Document::parse);
    let lookup = |name: &str| {
        let defs = task_defs.as_ref().map_or(&[][..], Document::task_defs);
        defs.iter().find(|def| def.name == name).cloned()
    };
    let documents = task_defs.iter().chain(&workflow);
    let found = documents.flat_map(|document| check(document, Dialect::Conductor, &lookup));
    found.filter(Diagnostic::is_error).map(|error| format!("{} {}", error.code, error.message)).collect()
}
