//! The required cases of `../shared/corpus/json-schema-test-suite`, as far as it is there.

use legwork::diagnostic::Severity;
use legwork::schema::{Draft, Formats, Reading, Schema};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// Where the suite's schemas expect the documents of `remotes`.
const REMOTES: &str = "http://localhost:1234";

#[expect(clippy::print_stderr, reason = "a test that does not run says so")]
fn folder() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).parent()?.join("shared/corpus/json-schema-test-suite");
    if !folder.is_dir() {
        eprintln!("skipped: there is no {}", folder.display());
        return None;
    }
    Some(folder)
}

/// The JSON files of a folder, and of those in it when `deep`.
fn files(folder: &Path, deep: bool) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path());
    let mut found = Vec::new();
    for path in entries {
        match path.is_dir() {
            true if deep => found.extend(files(&path, deep)),
            true => {}
            false => found.extend(Some(path).filter(|path| path.extension().is_some_and(|ending| ending == "json"))),
        }
    }
    found.sort();
    found
}

fn read(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).expect("a file")).expect("JSON")
}

/// The documents for a draft: its own, and those that are for all.
fn remotes(folder: &Path, draft: &str) -> Vec<(String, Value)> {
    let is_of_another = |name: &str| (name.starts_with("draft") && name != draft) || name == "v1";
    let all = files(&folder.join("remotes"), true).into_iter().filter_map(|path| {
        let name = path.strip_prefix(folder.join("remotes")).ok()?.to_str()?.replace('\\', "/");
        let first = name.split('/').next().unwrap_or_default().to_owned();
        (!is_of_another(&first)).then(|| (format!("{REMOTES}/{name}"), read(&path)))
    });
    all.collect()
}

/// The cases of a group that end otherwise.
fn play(place: &str, group: &Value, reading: &Reading<'_>) -> (usize, Vec<String>) {
    let tests = group["tests"].as_array().expect("tests");
    let schema = match Schema::compile_with(&group["schema"], reading) {
        Ok(schema) => schema,
        Err(err) => return (tests.len(), vec![format!("{place} {}: {err}", group["description"])]),
    };
    let mut failed = Vec::new();
    for test in tests {
        let (data, expected) = (&test["data"], test["valid"] == true);
        let has_errors = schema.validate(data).iter().any(|one| one.severity == Severity::Error);
        if schema.is_valid(data) != expected || has_errors == expected {
            failed.push(format!("{place} {}: {}", group["description"], test["description"]));
        }
    }
    (tests.len(), failed)
}

#[test]
#[expect(clippy::print_stderr, reason = "the figures, for who looks at them")]
fn every_required_case_ends_as_the_suite_says() {
    let Some(folder) = folder() else { return };
    let drafts = [("draft4", Draft::V4), ("draft7", Draft::V7), ("draft2020-12", Draft::V2020)];
    let mut failed = Vec::new();
    for (name, draft) in drafts {
        let documents = remotes(&folder, name);
        let reading = Reading { formats: Formats::Annotate, draft, documents: &documents };
        let mut count = 0;
        for path in files(&folder.join("tests").join(name), false) {
            let place = format!("{name}/{}", path.file_stem().unwrap_or_default().display());
            for group in read(&path).as_array().expect("groups") {
                let (cases, mut own) = play(&place, group, &reading);
                count += cases;
                failed.append(&mut own);
            }
        }
        eprintln!("{name}: {count} cases");
        assert!(count > 500, "{name}: {count} cases");
    }
    assert!(failed.is_empty(), "{} cases end otherwise:\n{}", failed.len(), failed.join("\n"));
}
