//! The rules that keep the sources readable, held by tests: layers, a pure core, small files and functions, code pages.

mod layers;
mod pages;
mod purity;
mod size;
mod text;

use std::fs;
use std::path::{Path, PathBuf};

/// One source file: its path from the project root, and its text.
struct Source {
    path: String,
    text: String,
}

impl Source {
    /// The top module it belongs to: `host` for `src/host/read.rs`.
    fn module(&self) -> &str {
        let inside = self.path.strip_prefix("src/").unwrap_or(&self.path);
        inside.split(['/', '.']).next().unwrap_or(inside)
    }

    /// The file up to its tests, which stand at its end or in files of their own.
    fn code(&self) -> Self {
        let is_test = self.path.ends_with("/tests.rs") || self.path.contains("/tests/");
        let end = if is_test { 0 } else { self.text.find("#[cfg(test)]\nmod ").unwrap_or(self.text.len()) };
        Self { path: self.path.clone(), text: self.text[..end].to_owned() }
    }
}

/// The project's root.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All Rust files below a folder of the project, sorted by path.
fn sources(folder: &str) -> Vec<Source> {
    let mut paths = Vec::new();
    walk(&root().join(folder), &mut paths);
    paths.sort();
    let rust = paths.into_iter().filter(|path| path.extension().is_some_and(|ending| ending == "rs"));
    rust.map(|path| Source { path: shown(&path), text: fs::read_to_string(&path).expect("a source file") }).collect()
}

fn shown(path: &Path) -> String {
    path.strip_prefix(root()).expect("below the root").to_string_lossy().replace('\\', "/")
}

fn walk(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        if entry.path().is_dir() {
            walk(&entry.path(), paths);
        } else {
            paths.push(entry.path());
        }
    }
}

/// Fails with all findings at once.
fn report(rule: &str, findings: &[String]) {
    assert!(findings.is_empty(), "{rule}:\n  {}", findings.join("\n  "));
}
