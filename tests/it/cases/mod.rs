//! The language, case by case: `tests/cases/<area>/*.md`.
//!
//! Given blocks: `workflow` (the definition), `input`, `taskdefs`, `child` (further definitions), `env`, `workers`, `signals`, `mocks`, `task` (the one to test),
//! `fault` (how the sandbox fails), `dialect` (`conductor`). Expected blocks: `diagnostics`, `resolved` (each task's input after a run),
//! `request` (what a dry run shows), `report` (how a run ended). `UPDATE_CASES=1 cargo test cases` writes what came out into the files.

mod expect;
mod file;
mod given;

use file::CaseFile;
use given::Given;
use std::path::{Path, PathBuf};

fn area(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(name)
}

#[test]
fn diagnostics() {
    check("diagnostics");
}

#[test]
fn expressions() {
    check("expressions");
}

#[test]
fn body() {
    check("body");
}

#[test]
fn run() {
    check("run");
}

#[test]
fn test_request() {
    check("test-request");
}

#[test]
fn every_area_has_a_test() {
    let known = ["diagnostics", "expressions", "body", "run", "test-request"];
    let folders = std::fs::read_dir(area("")).expect("the folder of cases").flatten();
    for folder in folders.filter(|entry| entry.path().is_dir()) {
        let name = folder.file_name().to_string_lossy().into_owned();
        assert!(known.contains(&name.as_str()), "no test runs the area {name}");
    }
}

/// Runs all cases of an area, and fails with every difference at once.
fn check(name: &str) {
    let update = std::env::var_os("UPDATE_CASES").is_some_and(|value| value == "1");
    let (mut differences, mut count) = (Vec::new(), 0);
    for file in CaseFile::all(&area(name)) {
        let mut changes = Vec::new();
        for case in file.cases() {
            let given = Given::of(&case);
            let mut expectations = 0;
            for block in case.blocks.iter().filter(|block| expect::is_expected(&block.kind)) {
                expectations += 1;
                let found = expect::found(&block.kind, &given);
                if found.trim_end() != block.text.trim_end() {
                    differences.push(format!(
                        "{} / {} / {}:\n--- expected\n{}--- found\n{found}",
                        file.name(),
                        case.name,
                        block.kind,
                        block.text
                    ));
                    changes.push((block.clone(), found));
                }
            }
            assert!(expectations > 0, "{} / {} expects nothing", file.name(), case.name);
            count += 1;
        }
        if update {
            file.rewrite(changes);
        }
    }
    assert!(count > 0, "no cases in {name}");
    assert!(update || differences.is_empty(), "{}", differences.join("\n"));
}
