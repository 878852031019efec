//! The core does no I/O, nothing below the command prints or exits, and features stand on `mod` lines only.

use super::layers::modules;
use super::text::blank;
use super::{Source, report, sources};

/// What the core must not name: it would touch files, the environment, a clock, the network, threads or a runtime.
const OUTSIDE: &[&str] = &[
    "std::fs",
    "std::env",
    "std::net",
    "std::process",
    "std::thread",
    "std::io",
    "SystemTime",
    "Instant",
    "tokio::",
    "hyper::",
    "fastrand::",
];

/// What is not written anywhere. The words are put together here so that this file does not find itself.
fn banned() -> Vec<String> {
    vec![
        format!("{}!(", "todo"),
        format!(".{}()", "unwrap"),
        format!("#[{}", "allow"),
        format!("#![{}", "allow"),
        format!("#[{}]", "ignore"),
    ]
}

/// What only the command may do.
const COMMAND_ONLY: &[&str] =
    &["println!", "eprintln!", "print!(", "eprint!(", "process::exit", "stdout()", "stderr()"];

#[test]
fn the_core_touches_nothing_outside() {
    let lib = sources("src").into_iter().find(|source| source.path == "src/lib.rs").expect("src/lib.rs");
    let core: Vec<_> = modules().into_iter().filter(|module| !behind_a_feature(&lib.text, module)).collect();
    assert!(core.iter().any(|module| module == "decide") && !core.iter().any(|module| module == "host"), "{core:?}");
    let mut findings = Vec::new();
    for source in sources("src").iter().filter(|source| core.iter().any(|module| module == source.module())) {
        findings.extend(named(&source.code(), OUTSIDE));
    }
    report("core modules do no I/O and know no clock", &findings);
}

fn behind_a_feature(lib: &str, module: &str) -> bool {
    lib.contains(&format!("\")]\npub mod {module};"))
}

#[test]
fn only_the_host_reads_files_environment_and_clock() {
    let mut findings = Vec::new();
    let free = ["host", "cli", "main"];
    for source in sources("src").iter().filter(|source| !free.contains(&source.module())) {
        // A test may use a scratch folder.
        findings.extend(named(&source.code(), &["std::fs", "std::env", "SystemTime"]));
    }
    report("only `host` reads files, the environment and the wall clock", &findings);
}

#[test]
fn nothing_below_the_command_prints_or_exits() {
    let mut findings = Vec::new();
    for source in sources("src").iter().filter(|source| !matches!(source.module(), "cli" | "main")) {
        findings.extend(named(&source.code(), COMMAND_ONLY));
    }
    report("nothing below the command prints or exits", &findings);
}

#[test]
fn shortcuts_are_not_taken() {
    let banned = banned();
    let banned: Vec<_> = banned.iter().map(String::as_str).collect();
    let mut findings = Vec::new();
    for source in
        ["src", "tests", "benches"].into_iter().filter(|folder| super::root().join(folder).is_dir()).flat_map(sources)
    {
        findings.extend(named(&source, &banned));
    }
    report("no todo, unwrap, allow or ignored test", &findings);
}

#[test]
fn features_stand_on_mod_lines_only() {
    let mut findings = Vec::new();
    for source in sources("src") {
        let lines: Vec<_> = source.text.lines().collect();
        for (at, line) in lines.iter().enumerate().filter(|(_, line)| line.contains("cfg(") && line.contains("feature"))
        {
            let next = lines.get(at + 1).copied().unwrap_or_default();
            let is_mod = next.starts_with("mod ") || next.starts_with("pub mod ");
            let stands = ["#[cfg(feature = \"", "#[cfg(not(feature = \""].iter().any(|start| line.starts_with(start));
            if !stands || !is_mod {
                findings.push(format!("{}:{}", source.path, at + 1));
            }
        }
    }
    report("cfg(feature) stands on `mod` lines", &findings);
}

fn named(source: &Source, words: &[&str]) -> Vec<String> {
    let text = blank(&source.text);
    let mut findings = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let found = words.iter().filter(|word| names(line, word));
        findings.extend(found.map(|word| format!("{}:{} {word}", source.path, at + 1)));
    }
    findings
}

/// Whether the line names it as a word of its own: `Instant` is not in `Instantiate`, and `print!(` not in `eprint!(`.
fn names(line: &str, word: &str) -> bool {
    let is_word = |ch: char| ch.is_alphanumeric() || ch == '_';
    line.match_indices(word).any(|(at, _)| {
        let starts = !word.starts_with(is_word) || !line[..at].ends_with(is_word);
        let ends = !word.ends_with(is_word) || !line[at + word.len()..].starts_with(is_word);
        starts && ends
    })
}
