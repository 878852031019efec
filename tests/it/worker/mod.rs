//! `legwork worker`, `push`, `pull` and `start` beside a stub of a Conductor server.

mod deploy;
mod ensured;
mod health;
mod kills;
pub(crate) mod stub;
mod tasks;

use crate::command::Scratch;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;
use stub::Stub;

/// A secret that no server may ever see but the API.
const SECRET: &str = "an-api-token-that-is-secret";

/// Task definitions of the stub's API.
fn definitions(stub: &Stub) -> String {
    let one = |name: &str, method: &str, body: Value| {
        json!({
            "name": name, "retryCount": 3, "retryDelaySeconds": 1, "timeoutSeconds": 600, "responseTimeoutSeconds": 300,
            "x-legwork": {
                "servers": [stub.url()],
                "request": {"method": method, "uri": "{{server}}/api-under-test/things", "auth": {"type": "bearer", "token": "api_token"}, "body": body},
                "body_schema": {"type": "object", "required": ["email"], "properties": {"email": {"type": "string", "minLength": 3}}},
            },
        })
    };
    let create = one("things_create", "POST", json!({"email": "{{email}}"}));
    let replace = one("things_replace", "PUT", json!({"email": "{{email}}"}));
    json!([create, replace]).to_string()
}

/// A worker that runs.
struct Working {
    child: Child,
    said: Arc<(Mutex<String>, Condvar)>,
}

impl Working {
    /// Starts one for the two task definitions, with further arguments.
    fn start(scratch: &Scratch, stub: &Stub, arguments: &[&str]) -> Self {
        Self::spawn(command(scratch, stub).args(["--egress-allow", "127.0.0.1"]).args(arguments))
    }

    fn spawn(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the command starts");
        let errors = BufReader::new(child.stderr.take().expect("a pipe"));
        let said: Arc<(Mutex<String>, Condvar)> = Arc::default();
        let lines = Arc::clone(&said);
        std::thread::spawn(move || {
            for line in errors.lines().map_while(Result::ok) {
                let mut said = lines.0.lock().expect("no panic while it is held");
                said.push_str(&line);
                said.push('\n');
                lines.1.notify_all();
            }
        });
        Self { child, said }
    }

    fn said(&self) -> String {
        self.said.0.lock().expect("no panic while it is held").clone()
    }

    /// Ends it without a word.
    fn kill(mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ended");
    }

    /// Waits until it has said that.
    #[track_caller]
    fn says(&self, text: &str) {
        let said = self.said.0.lock().expect("no panic while it is held");
        let waited = self.said.1.wait_timeout_while(said, Duration::from_mins(1), |said| !said.contains(text));
        let (said, _) = waited.expect("no panic while it is held");
        assert!(said.contains(text), "no `{text}` in\n{said}");
    }

    /// Asks it to end, once it hears that.
    fn terminate(&self) {
        self.says("polls http");
        let id = self.child.id().to_string();
        let status = Command::new("kill").args(["-TERM", &id]).status().expect("kill");
        assert!(status.success());
    }

    /// Asks it to end, and waits until it has.
    #[track_caller]
    fn ends(self, code: i32) {
        self.terminate();
        self.has_ended(code);
    }

    /// Waits until it has ended.
    #[track_caller]
    fn has_ended(mut self, code: i32) {
        let status: ExitStatus = self.child.wait().expect("it ended");
        assert_eq!(status.code(), Some(code), "{}", self.said());
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(scratch: &Scratch, stub: &Stub) -> Command {
    scratch.file("definitions/things.json", definitions(stub));
    let mut command = scratch.command();
    command.args([
        "worker",
        "--server",
        &stub.url(),
        "--task-definitions",
        "definitions/things.json",
        "--log",
        "debug",
    ]);
    command.args(["--task", "things_create", "--task", "things_replace"]).env("CONDUCTOR_SECRET_api_token", SECRET);
    command
}
