//! Where secrets come from, and that nothing shows them.

use super::WORKFLOW;
use crate::command::{Ran, Scratch};
use std::io::Write;
use std::process::Stdio;

/// By reference, with a credential of its own.
const GET: &str = "\
name: get_user
version: 1
schemaVersion: 2
tasks:
  - {name: zoom_users_get, taskReferenceName: get, type: SIMPLE, inputParameters: {user_id: jill}}
";

const SECRET: &str = "s3cret-client-secret";

#[test]
fn a_source_that_cannot_be_understood_is_refused_without_its_words() {
    let scratch = Scratch::new();
    scratch.file("w.yaml", WORKFLOW);
    let flag = format!("zoom_token={SECRET}");
    let ran = scratch.run(&["test", "w.yaml", "--secret", &flag]).exits(2).says("E0641").says("neither @FILE nor -");
    assert!(!ran.stderr.contains(SECRET), "{}", ran.stderr);
    scratch.run(&["test", "w.yaml", "--secret-command", "zoom_token=op 'a"]).exits(2).says("a quote is not closed");
    let twice = ["test", "w.yaml", "--secret", "a=@x", "--secret", "a=@y"];
    scratch.run(&twice).exits(2).says("there are two sources of the secret `a`");
    scratch.run(&["test", "-", "--secret", "a=-"]).exits(2).says("standard input can be only one thing");
}

#[cfg(unix)]
#[test]
fn a_source_that_gives_nothing_is_refused_before_anything_is_sent() {
    let scratch = Scratch::new();
    scratch.file("w.yaml", WORKFLOW);
    let run = |arguments: &[&str]| scratch.run(&[&["test", "w.yaml", "-i", "type:=1"], arguments].concat());
    run(&["--secret", "zoom_token=@nowhere.txt"]).exits(2).says("E0642").says("no file `nowhere.txt`");
    run(&["--secret-command", "zoom_token=false"]).exits(2).says("`false` ended with exit status: 1");
    let said = "zoom_token=sh -c 'echo s3cret-client-secret >&2; exit 3'";
    let ran = run(&["--secret-command", said]).exits(2).says("`sh` ended with exit status: 3");
    assert!(!ran.stderr.contains(SECRET), "{}", ran.stderr);
    scratch.file("legwork.toml", "[env.dev.secrets]\nzoom_token = { env = \"LEGWORK_SURELY_NOT_SET\" }\n");
    run(&["--env", "dev"]).exits(2).says("the variable LEGWORK_SURELY_NOT_SET is not set");
}

#[cfg(unix)]
#[test]
fn every_source_gives_a_secret_and_none_is_shown() {
    let scratch = Scratch::new();
    scratch.file("w.yaml", GET);
    scratch.file("id.txt", "the-client-id\n");
    let toml =
        "[env.dev.secrets]\nzoom_account_id = { env = \"MY_ACCOUNT\" }\nzoom_client_id = { file = \"id.txt\" }\n";
    scratch.file("legwork.toml", toml);
    let mut command = scratch.command();
    command.args([
        "test",
        "w.yaml",
        "--env",
        "dev",
        "--sandbox",
        "--secret",
        "zoom_client_secret=-",
        "--level",
        "trace",
    ]);
    let command = command.env("MY_ACCOUNT", "the-account-id").stdin(Stdio::piped());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the command starts");
    writeln!(child.stdin.take().expect("its input"), "{SECRET}").expect("it reads");
    let ran = Ran::from(child.wait_with_output().expect("it ends"));
    // The sandbox gave a token for the three, and does not know the user.
    let ran = ran.exits(1).prints("404");
    for secret in [SECRET, "the-client-id", "the-account-id", "legwork-sandbox-token"] {
        assert!(!format!("{}{}", ran.stdout, ran.stderr).contains(secret), "{ran:?}");
    }
}

#[test]
fn a_dry_run_says_what_would_be_asked_for_and_starts_nothing() {
    let scratch = Scratch::new();
    scratch.file("w.yaml", GET);
    for name in ["zoom_account_id", "zoom_client_id", "zoom_client_secret"] {
        scratch.file(name, "a-long-value");
    }
    let flags = [
        "zoom_account_id=@zoom_account_id",
        "zoom_client_id=@zoom_client_id",
        "zoom_client_secret=@zoom_client_secret",
    ];
    let mut arguments = vec!["test", "w.yaml", "--dry-run", "--secret-command", "zoom_token=touch started"];
    for flag in flags {
        arguments.extend(["--secret", flag]);
    }
    let ran = scratch.run(&arguments).exits(0);
    let ran = ran.prints(
        "credential zoom_s2s: asks first for a token from POST https://zoom.us/oauth/token (account_credentials)",
    );
    assert!(ran.stdout.contains("Authorization: Bearer ***"), "{}", ran.stdout);
    assert!(!scratch.path().join("started").exists());
}

#[test]
fn a_live_call_without_its_credentials_secrets_is_refused() {
    let scratch = Scratch::new();
    scratch.file("w.yaml", GET);
    scratch.run(&["run", "w.yaml"]).exits(2).says("the secret `zoom_account_id` is not set");
}

#[test]
fn a_certificate_that_is_none_is_refused() {
    let scratch = Scratch::new();
    scratch.file("w.yaml", GET);
    scratch.file("id.txt", "client.pem");
    scratch.file("legwork.toml", "[auth.zoom_s2s]\ntype = \"mtls\"\ncertificate = \"mine\"\nkey = \"mine\"\n");
    let ran = scratch.run(&["test", "w.yaml", "--dry-run", "--secret", "mine=@id.txt"]).exits(2).says("E0708");
    assert!(!ran.stderr.contains("client.pem\""), "{}", ran.stderr);
}

#[test]
fn secrets_are_revealed_to_nobody_who_cannot_be_asked() {
    let scratch = Scratch::new();
    scratch.file("w.yaml", WORKFLOW);
    scratch.file("token.txt", SECRET);
    let arguments = ["test", "w.yaml", "--dry-run", "--reveal-secrets", "--secret", "zoom_token=@token.txt"];
    let ran = scratch.run(&arguments).exits(2).says("E0643");
    assert!(!format!("{}{}", ran.stdout, ran.stderr).contains(SECRET), "{ran:?}");
}
