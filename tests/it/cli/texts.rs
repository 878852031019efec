//! Files that are not what they should be: one clear message each, exit code 2, no panic, no hang.

use super::WORKFLOW;
use crate::command::Scratch;
use std::fmt::Write;

#[track_caller]
fn check(content: impl AsRef<[u8]>, words: &str) {
    let scratch = Scratch::new();
    scratch.file("w.yaml", content);
    let ran = scratch.run(&["check", "w.yaml"]).exits(2).prints_nothing().says(words);
    assert!(ran.stderr.len() < 20_000, "too much to read: {} bytes", ran.stderr.len());
    scratch.run(&["run", "w.yaml", "--sandbox"]).exits(2).prints_nothing();
    scratch.run(&["test", "w.yaml", "--dry-run"]).exits(2).prints_nothing();
}

#[test]
fn an_empty_file_is_named() {
    check("", "empty");
    check("\n# nothing but a comment\n", "empty");
}

#[test]
fn what_is_not_yaml_is_located() {
    check("name: [a\ntasks: }", "w.yaml:");
    check("\"", "w.yaml:1:");
    check("%PDF-1.4\n%\u{e2}\n", "w.yaml:");
}

#[test]
fn yaml_bombs_end_at_a_limit() {
    let mut aliases = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let before = format!("*a{}", level - 1);
        let _ = writeln!(aliases, "a{level}: &a{level} [{}]", vec![before; 10].join(", "));
    }
    check(aliases, "w.yaml:");
    check(format!("name: {}{}", "[".repeat(20_000), "]".repeat(20_000)), "w.yaml:1:");
    check("a: &a [*a]\n", "w.yaml:1:");
}

#[test]
fn duplicate_keys_are_named() {
    check("name: a\nname: b\ntasks: []\n", "`name`");
}

#[test]
fn a_file_of_50_mb_is_not_read() {
    let scratch = Scratch::new();
    let path = scratch.file("w.yaml", "");
    std::fs::File::options().write(true).open(path).and_then(|file| file.set_len(50_000_000)).expect("a large file");
    scratch.run(&["check", "w.yaml"]).exits(2).says("larger than 16 MiB");
}

#[test]
fn line_ends_of_windows_and_a_byte_order_mark_change_nothing() {
    let scratch = Scratch::new();
    scratch.file("crlf.yaml", WORKFLOW.replace('\n', "\r\n"));
    scratch.file("bom.yaml", format!("\u{feff}{WORKFLOW}"));
    scratch.run(&["check", "crlf.yaml", "bom.yaml"]).exits(0).says("nothing is wrong");
    for file in ["crlf.yaml", "bom.yaml"] {
        scratch.run(&["test", file, "--sandbox"]).exits(0);
    }
}

#[test]
fn bytes_that_are_no_text_are_located() {
    check(b"name: a\0b\n", "NUL");
    check(b"name: \xff\n", "UTF-8");
    check(b"\xff\xfen\0a\0", "UTF-16");
    check("name: a\u{1b}[31mb\n", "w.yaml:1:");
}

#[test]
fn a_file_of_another_kind_is_named() {
    check("- 1\n- 2\n", "w.yaml:1:3");
    check("just a sentence\n", "w.yaml:1:1");
    check("openapi: 3.1.0\ninfo: {title: a, version: '1'}\npaths: {}\n", "w.yaml:1:1");
}

#[test]
fn json_is_read_as_json() {
    let scratch = Scratch::new();
    scratch.file("w.json", "{\"name\": \"a\",}\n");
    scratch.run(&["check", "w.json"]).exits(2).says("w.json:1:");
    scratch.file("v.json", "{'name': 'a'}\n");
    scratch.run(&["check", "v.json"]).exits(2).says("v.json:1:");
}

#[test]
fn all_problems_of_a_file_come_at_once() {
    let scratch = Scratch::new();
    scratch.file("w.yaml", "name: ''\nschemaVersion: 3\ntasks:\n  - type: HTTP\n    startDelay: -1\n");
    let ran = scratch.run(&["check", "w.yaml", "--output", "json"]).exits(2);
    let found = ran.json()["diagnostics"].as_array().map_or(0, Vec::len);
    assert!(found >= 4, "{}", ran.stdout);
}
