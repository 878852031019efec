//! Every command of the README, word for word.

use crate::command::{Ran, Scratch};
use std::path::Path;

const README: &str = include_str!("../../README.md");

/// The command lines of the README's shell blocks.
fn commands() -> Vec<&'static str> {
    let blocks = README.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next());
    blocks.flat_map(str::lines).filter(|line| !line.trim().is_empty()).collect()
}

/// Runs a line in the project's folder by a shell that finds this build's `legwork` first.
fn run(line: &str) -> Ran {
    let binary = Path::new(env!("CARGO_BIN_EXE_legwork")).parent().expect("a folder above the binary");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(binary.to_owned()).chain(std::env::split_paths(&path));
    // The environment of the scratch command, without the secrets of whoever runs this.
    let clean = Scratch::new();
    let mut command = std::process::Command::new("sh");
    command.args(["-c", line]).current_dir(env!("CARGO_MANIFEST_DIR"));
    for (name, value) in clean.command().get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command.env("PATH", std::env::join_paths(folders).expect("a path"));
    command.output().expect("a shell").into()
}

#[test]
fn every_command_ends_as_the_readme_says() {
    let mut count = 0;
    for line in commands() {
        let expected = line.split_once("# exit code ").map_or(0, |(_, code)| code.trim().parse().expect("a code"));
        // The build itself is tried from a clean clone by `.ci/run`; here the same arguments go to this build.
        let line = match line.split_once(" -- ") {
            Some((cargo, arguments)) if cargo.starts_with("cargo run") => format!("legwork {arguments}"),
            _ if line == "cargo test" => continue,
            _ => line.to_owned(),
        };
        run(&line).exits(expected);
        count += 1;
    }
    assert!(count >= 6, "only {count} commands");
}

#[test]
fn the_first_two_commands_are_the_ones_that_are_promised() {
    let all = commands();
    assert!(
        all[0].starts_with("cargo run --no-default-features --features command -- test examples/zoom-create-user.yaml")
    );
    assert_eq!(all[1], "cargo test");
    let shown = run(&all[0].replacen("cargo run --no-default-features --features command --", "legwork", 1)).exits(0);
    shown.prints("POST https://api.zoom.us/v2/users").prints("the body follows the schema").prints("201 Created");
}

#[test]
fn every_file_that_is_named_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let quoted = README.split('`').skip(1).step_by(2).filter(|word| !word.contains([' ', '*', '$', '{', '\n']));
    let paths = quoted.filter(|word| {
        word.contains('/') && !word.starts_with("POST") && !word.contains(':') && !word.starts_with('/')
    });
    for path in paths {
        assert!(root.join(path).exists(), "{path} is not there");
    }
}

#[test]
fn its_exit_codes_are_those_of_the_command() {
    let help = Scratch::new().run(&["--help"]).exits(0).stdout;
    let rows = README.lines().filter_map(|line| line.strip_prefix("| ")?.split(" |").next()?.parse::<u16>().ok());
    let told: Vec<_> = rows.collect();
    let listed = help.split("Exit codes:").nth(1).unwrap_or_default();
    let listed: Vec<u16> = listed.lines().filter_map(|line| line.split_whitespace().next()?.parse().ok()).collect();
    assert_eq!(told, listed);
}
