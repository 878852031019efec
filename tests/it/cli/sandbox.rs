//! `--sandbox`, `--sandbox=URL` and `legwork sandbox`.

use super::WORKFLOW;
use crate::command::{Ran, Scratch};
use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

const GIVEN: [&str; 6] = ["-i", "action=create", "-i", "email=jill@example.com", "-i", "type:=1"];

/// A sandbox that is served; it ends with the value.
pub(crate) struct Served {
    child: Child,
    url: String,
}

impl Served {
    /// Its address.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn start(scratch: &Scratch, arguments: &[&str]) -> Self {
        let mut command = scratch.command();
        let mut child = command.arg("sandbox").args(arguments).stdout(Stdio::piped()).spawn().expect("the sandbox");
        let mut url = String::new();
        BufReader::new(child.stdout.take().expect("its output")).read_line(&mut url).expect("its first line");
        Self { child, url: url.trim().to_owned() }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn test(scratch: &Scratch, arguments: &[&str]) -> Ran {
    scratch.run(&[&["test", "w.yaml"], &GIVEN[..], arguments].concat())
}

#[test]
fn the_embedded_sandbox_answers_as_the_api_does() {
    let scratch = Scratch::new();
    scratch.file("w.yaml", WORKFLOW);
    test(&scratch, &["--sandbox"]).exits(0).prints("201 Created").prints("jill@example.com");
    scratch.file("wrong.env", "CONDUCTOR_SECRET_zoom_token=not-a-token-of-it\n");
    let ran = test(&scratch, &["--sandbox", "--env-file", "wrong.env"]).exits(1).prints("401");
    assert!(!ran.stdout.contains("not-a-token"), "{}", ran.stdout);
}

#[test]
fn it_fails_when_it_is_told_to() {
    let scratch = Scratch::new();
    scratch.file("w.yaml", WORKFLOW);
    test(&scratch, &["--sandbox", "--fault", "429; retry-after=7", "--level", "trace"])
        .exits(1)
        .prints("429")
        .prints("Retry-After: 7");
    test(&scratch, &["--sandbox", "--fault", "500"]).exits(1).prints("500");
    test(&scratch, &["--sandbox", "--fault", "close"]).exits(3).prints("no answer");
    test(&scratch, &["--fault", "500"]).exits(2).says("--sandbox");
}

#[test]
fn a_fault_that_cannot_be_understood_is_refused() {
    let scratch = Scratch::new();
    scratch.file("w.yaml", WORKFLOW);
    test(&scratch, &["--sandbox", "--fault", "429-retry"]).exits(2).prints_nothing().says("E0616").says("429-retry");
    scratch.run(&["sandbox", "--fault", "delay=long"]).exits(2).prints_nothing().says("E0616");
}

#[test]
fn a_served_sandbox_keeps_its_state_between_commands() {
    let scratch = Scratch::new();
    scratch.file("w.yaml", WORKFLOW);
    let served = Served::start(&scratch, &[]);
    let sandbox = format!("--sandbox={}", served.url);
    test(&scratch, &[&sandbox]).exits(0).prints("201 Created");
    test(&scratch, &[&sandbox]).exits(1).prints("409").prints("1005");
}

#[test]
fn a_sandbox_that_is_not_there_gives_no_answer() {
    let scratch = Scratch::new();
    scratch.file("w.yaml", WORKFLOW);
    let served = Served::start(&scratch, &[]);
    let sandbox = format!("--sandbox={}", served.url);
    drop(served);
    test(&scratch, &[&sandbox]).exits(3).prints("no answer");
    test(&scratch, &["--sandbox=nonsense"]).exits(2).prints_nothing().says("--sandbox=nonsense");
    let refused = test(&scratch, &["--sandbox=http://jill:s3cret-words@h"]).exits(2).prints_nothing();
    refused.says("--sandbox=http://***@h is not the URL");
}

#[test]
fn a_request_that_no_task_definition_answers_is_not_sent() {
    let scratch = Scratch::new();
    scratch.file(
        "w.yaml",
        WORKFLOW
            .replace("https://api.zoom.us/v2/users", "https://example.com/elsewhere")
            .replace("zoom_users_create", "other"),
    );
    for command in ["run", "test"] {
        let ran =
            scratch.run(&[command, "w.yaml", "--sandbox", "-i", "action=a", "-i", "email=b", "-i", "type=c"]).exits(2);
        ran.prints("no task definition answers POST https://example.com/elsewhere in the sandbox");
    }
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_it_with_130() {
    let scratch = Scratch::new();
    let mut served = Served::start(&scratch, &[]);
    let pid = served.child.id().to_string();
    std::process::Command::new("kill").args(["-INT", &pid]).status().expect("kill");
    assert_eq!(served.child.wait().expect("its end").code(), Some(130));
}
