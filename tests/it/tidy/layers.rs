//! A module imports only modules declared above it in `src/lib.rs`; the command uses the public library only.

use super::text::blank;
use super::{Source, report, sources};

/// The modules in the order that `src/lib.rs` declares them.
pub(crate) fn modules() -> Vec<String> {
    let lib = sources("src").into_iter().find(|source| source.path == "src/lib.rs").expect("src/lib.rs");
    let lines = blank(&lib.text);
    let names =
        lines.lines().filter_map(|line| line.trim().strip_prefix("pub mod ")?.strip_suffix(';').map(str::to_owned));
    names.collect()
}

#[test]
fn a_module_imports_only_modules_declared_above_it() {
    let order = modules();
    let position = |name: &str| order.iter().position(|module| module == name);
    let mut findings = Vec::new();
    for source in sources("src") {
        let Some(own) = position(source.module()) else { continue };
        for (line, name) in uses(&source) {
            if position(&name).is_some_and(|used| used > own) {
                findings.push(format!("{}:{line} uses `{name}`, which is declared below", source.path));
            }
        }
    }
    report("a module imports only modules declared above it in src/lib.rs", &findings);
}

#[test]
fn the_command_uses_the_public_library_only() {
    let order = modules();
    let mut findings = Vec::new();
    for source in sources("src").iter().filter(|source| matches!(source.module(), "cli" | "main")) {
        let inner = uses(source).into_iter().filter(|(_, name)| order.contains(name));
        findings.extend(inner.map(|(line, name)| format!("{}:{line} uses crate::{name}", source.path)));
    }
    report("the command reaches the library as `legwork::`", &findings);
}

#[test]
fn doors_never_import_one_another() {
    const DOORS: &[&str] = &["import", "batch", "worker", "lsp", "studio"];
    let mut findings = Vec::new();
    for source in sources("src").iter().filter(|source| DOORS.contains(&source.module())) {
        let others =
            uses(source).into_iter().filter(|(_, name)| name != source.module() && DOORS.contains(&name.as_str()));
        findings.extend(others.map(|(line, name)| format!("{}:{line} uses crate::{name}", source.path)));
    }
    report("doors do not import each other", &findings);
}

/// Every `crate::name` of a file with its line, those inside `crate::{a, b::c}` too.
fn uses(source: &Source) -> Vec<(usize, String)> {
    let text = blank(&source.text);
    let mut found = Vec::new();
    for (at, prefix) in text.match_indices("crate::") {
        let line = text[..at].matches('\n').count() + 1;
        let rest = &text[at + prefix.len()..];
        let names = rest.strip_prefix('{').map_or_else(|| vec![first_word(rest)], grouped);
        found.extend(names.into_iter().map(|name| (line, name)));
    }
    found
}

fn first_word(text: &str) -> String {
    text.trim_start().chars().take_while(|ch| ch.is_alphanumeric() || *ch == '_').collect()
}

/// The first word of each part of a braced group.
fn grouped(text: &str) -> Vec<String> {
    let (mut depth, mut part, mut names) = (1, String::new(), Vec::new());
    for ch in text.chars() {
        match ch {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => names.push(first_word(&std::mem::take(&mut part))),
            _ => {}
        }
        if depth == 0 {
            break;
        }
        if ch != ',' || depth > 1 {
            part.push(ch);
        }
    }
    names.push(first_word(&part));
    names
}

#[test]
fn grouped_imports_are_seen() {
    let text = "use crate::source::Span;\nuse crate::{decide::{Event, Command}, plan, run::Runner};\nfn f() { crate::http::x() }";
    let source = Source { path: "src/a.rs".to_owned(), text: text.to_owned() };
    let names: Vec<_> = uses(&source).into_iter().map(|(line, name)| format!("{line} {name}")).collect();
    assert_eq!(names, ["1 source", "2 decide", "2 plan", "2 run", "3 http"]);
}
