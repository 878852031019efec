//! Fifty questions to the search over all operations of the shared documents, written down before anything was tuned.

use legwork::catalogue::search::{Index, Query, Record};
use legwork::source::{SourceFile, parse};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

const QUESTIONS: &str = include_str!("../search/queries.tsv");

/// The documents, when they are there.
#[expect(clippy::print_stderr, reason = "a test that skips says so")]
fn documents() -> Option<Vec<PathBuf>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/openapi");
    let files = match fs::read_dir(&folder) {
        Ok(files) => files.flatten().map(|file| file.path()),
        Err(err) => {
            eprintln!("skipped {}: {err}", folder.display());
            return None;
        }
    };
    let mut paths: Vec<_> =
        files.filter(|path| path.extension().is_some_and(|ending| ending == "json" || ending == "yaml")).collect();
    paths.sort();
    Some(paths)
}

/// The operations of a document; each stands under `document METHOD path`.
fn operations(path: &Path) -> Vec<(String, Record)> {
    let text = fs::read_to_string(path).expect("a document");
    let is_json = path.extension().is_some_and(|ending| ending == "json");
    let value: Value = match is_json.then(|| serde_json::from_str(&text).ok()).flatten() {
        Some(value) => value,
        None => parse(&SourceFile::new(path.display().to_string(), text)).value,
    };
    let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let title = value.pointer("/info/title").and_then(Value::as_str).unwrap_or_default();
    let provider: String = title.to_lowercase().chars().map(|ch| if ch.is_alphanumeric() { ch } else { '_' }).collect();
    let mut found = Vec::new();
    for (path, item) in value.get("paths").and_then(Value::as_object).into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            if !["get", "put", "post", "delete", "patch", "head", "options"].contains(&method.as_str()) {
                continue;
            }
            let record = record(&provider, title, &method.to_uppercase(), path, operation);
            found.push((format!("{file} {} {path}", record.method), record));
        }
    }
    found
}

fn record(provider: &str, title: &str, method: &str, path: &str, operation: &Value) -> Record {
    let text = |key: &str| operation.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let list = |key: &str| operation.get(key).and_then(Value::as_array).into_iter().flatten();
    let id = operation.get("operationId").and_then(Value::as_str).unwrap_or(path);
    Record {
        name: format!("{provider}_{id}"),
        title: text("summary"),
        method: method.to_owned(),
        path: path.to_owned(),
        provider: provider.to_owned(),
        tags: list("tags").filter_map(Value::as_str).map(str::to_owned).collect(),
        deprecated: operation.get("deprecated") == Some(&Value::Bool(true)),
        description: text("description").chars().take(400).collect(),
        fields: list("parameters").filter_map(|one| one.get("name")?.as_str()).map(str::to_owned).collect(),
        provider_title: title.to_owned(),
    }
}

#[test]
#[expect(clippy::print_stderr, reason = "what it finds is a figure")]
fn nine_of_ten_are_answered_in_the_first_three() {
    let Some(paths) = documents() else { return };
    let all: Vec<_> = paths.iter().flat_map(|path| operations(path)).collect();
    let (keys, records): (Vec<_>, Vec<_>) = all.into_iter().unzip();
    let index = Index::build(&records);
    let (mut right, mut asked, mut times) = (0, 0, Vec::new());
    for line in QUESTIONS.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let parts: Vec<_> = line.split('\t').collect();
        let [words, document, answers] = parts[..] else { panic!("{line}") };
        let start = Instant::now();
        let hits = index.search(&Query { words: words.to_owned(), limit: 10, ..Query::default() });
        times.push(start.elapsed().as_micros());
        let found: Vec<_> = hits.iter().take(3).filter_map(|hit| keys.get(hit.number)).collect();
        let is_right =
            answers.split(" || ").any(|answer| found.iter().any(|key| **key == format!("{document} {answer}")));
        asked += 1;
        right += usize::from(is_right);
        if !is_right {
            eprintln!("{words}: {document} {answers} is not among {found:#?}");
        }
    }
    times.sort_unstable();
    let (middle, most) = (times.get(times.len() / 2), times.last());
    eprintln!("{right} of {asked} over {} operations; {middle:?} us, at most {most:?} in this build", records.len());
    assert!(asked == 50 && right * 10 >= asked * 9, "{right} of {asked}");
}
