//! `--record DIR` and `--replay DIR`.

use super::server::{Server, json};
use crate::cli::WORKFLOW;
use crate::command::Scratch;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;
use std::fs;

/// What the sandbox takes for a token.
const TOKEN: &str = "legwork-sandbox-token";
const INPUTS: [&str; 6] = ["-i", "action=create", "-i", "email=jill@example.com", "-i", "type:=1"];

/// The files of a folder, by name.
fn files(scratch: &Scratch, folder: &str) -> Vec<(String, String)> {
    let entries = fs::read_dir(scratch.path().join(folder)).expect("a folder").flatten();
    let mut files: Vec<_> = entries
        .map(|entry| {
            (entry.file_name().to_string_lossy().into_owned(), fs::read_to_string(entry.path()).expect("a text"))
        })
        .collect();
    files.sort();
    files
}

/// The same without what is made anew in each run.
fn without_ids(mut run: Value) -> Value {
    fn walk(value: &mut Value) {
        match value {
            Value::Object(map) => {
                map.retain(|key, _| {
                    let key = key.to_ascii_lowercase();
                    !["time", "id", "exchange", "ms", "attempt", "call"].iter().any(|part| key.contains(part))
                });
                map.values_mut().for_each(walk);
            }
            Value::Array(items) => items.iter_mut().for_each(walk),
            _ => {}
        }
    }
    walk(&mut run);
    run
}

#[test]
fn a_replay_gives_what_was_recorded_without_network_or_secrets() {
    let scratch = Scratch::new();
    scratch.file("w.yaml", WORKFLOW);
    scratch.file("dev.env", format!("CONDUCTOR_SECRET_zoom_token={TOKEN}\n"));
    let common = [&["w.yaml"], &INPUTS[..], &["--output", "json"]].concat();
    let run = |more: &[&str]| scratch.run(&[&["run"], &common[..], more].concat());
    let recorded = run(&["--sandbox", "--env-file", "dev.env", "--record", "calls"]).exits(0);
    let recorded = recorded.says("1 call recorded in calls");
    let written = files(&scratch, "calls");
    assert_eq!(
        written.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
        ["post-api.zoom.us-v2-users.1.recording.json"]
    );
    let replayed = run(&["--replay", "calls"]).exits(0);
    assert_eq!(without_ids(recorded.json()), without_ids(replayed.json()));
    assert_eq!(recorded.json()["output"], replayed.json()["output"]);
    let other = ["-i", "email=jack@example.com", "--replay", "calls"];
    let refused = run(&other).exits(2).stdout;
    for words in [
        "no recording answers POST https://api.zoom.us/v2/users",
        "post-api.zoom.us-v2-users.1.recording.json",
        "/user_info/email",
    ] {
        assert!(refused.contains(words), "no `{words}` in {refused}");
    }
}

#[test]
fn no_secret_stands_in_a_recording() {
    let scratch = Scratch::new();
    let basic = BASE64_STANDARD.encode(format!("jill:{TOKEN}"));
    let body = serde_json::json!({"echo": TOKEN, "basic": basic, "access_token": "another-token-entirely", "again": "xanother-token-entirelyx"});
    let answer =
        json("200 OK", &body.to_string()).replace("Connection:", "Set-Cookie: sid=5essi0n-id; Path=/\r\nConnection:");
    let server = Server::start(&[&answer]);
    let fields = serde_json::json!({"uri": format!("{}/x?key=${{workflow.secrets.t}}", server.url), "method": "POST",
        "headers": {"Authorization": "Bearer ${workflow.secrets.t}", "X-Literal": "a"}, "body": {"t": "${workflow.secrets.t}", "short": "${workflow.secrets.pin}"}});
    let workflow = serde_json::json!({"name": "w", "version": 1, "schemaVersion": 2,
        "tasks": [{"name": "a", "taskReferenceName": "a", "type": "HTTP", "inputParameters": fields}]});
    scratch.file("w.yaml", workflow.to_string());
    scratch.file("dev.env", format!("CONDUCTOR_SECRET_t={TOKEN}\nCONDUCTOR_SECRET_pin=4711\n"));
    scratch.run(&["run", "w.yaml", "--env-file", "dev.env", "--record", "calls"]).exits(0);
    server.next();
    for (name, text) in files(&scratch, "calls") {
        for secret in [TOKEN, "another-token-entirely", "5essi0n-id", "4711", &basic] {
            assert!(!text.contains(secret), "{secret} stands in {name}:\n{text}");
        }
        assert!(text.contains("\"short\": \"***\"") && text.contains("sid=***; Path=/"), "{text}");
    }
    scratch.run(&["run", "w.yaml", "--replay", "calls"]).exits(0);
}

#[test]
fn retries_and_failures_come_back_in_their_order() {
    let scratch = Scratch::new();
    let (busy, done) = (
        json("503 Service Unavailable", "{}").replace("Connection:", "Retry-After: 0\r\nConnection:"),
        json("200 OK", "{\"n\":2}"),
    );
    let server = Server::start(&[&busy, &done, ""]);
    scratch.file(
        "defs/a.yaml",
        "name: a\nretryCount: 2\nretryDelaySeconds: 0\nretryLogic: FIXED\nownerEmail: a@example.com\n",
    );
    let task = |name: &str, method: &str| serde_json::json!({"name": name, "taskReferenceName": format!("{name}_{method}"), "type": "HTTP", "optional": true, "inputParameters": {"uri": format!("{}/x", server.url), "method": method}});
    let workflow = serde_json::json!({"name": "w", "version": 1, "schemaVersion": 2, "tasks": [task("a", "GET"), task("b", "POST")]});
    scratch.file("w.yaml", workflow.to_string());
    let run = |more: &[&str]| {
        scratch.run(&[&["run", "w.yaml", "--task-definitions", "defs", "--output", "json"], more].concat())
    };
    let recorded = run(&["--record", "calls"]).exits(0);
    let names: Vec<_> = files(&scratch, "calls").into_iter().map(|(name, _)| name).collect();
    assert_eq!(names.len(), 3, "{names:?}");
    assert!(names[0].starts_with("get-127.0.0.1-") && names[0].ends_with("-x.1.recording.json"), "{names:?}");
    let replayed = run(&["--replay", "calls"]).exits(0);
    assert_eq!(without_ids(recorded.json()), without_ids(replayed.json()));
    assert!(replayed.stdout.contains("closed"), "{}", replayed.stdout);
}

#[test]
fn a_shorter_recording_takes_the_place_of_a_longer_one() {
    let scratch = Scratch::new();
    scratch.file("w.yaml", WORKFLOW);
    let old = "calls/post-api.zoom.us-v2-users.2.recording.json";
    let other = "calls/get-other.example-x.1.recording.json";
    scratch.file(old, "{}");
    scratch.file(other, "{}");
    scratch.run(&[&["test", "w.yaml", "--sandbox", "--record", "calls"], &INPUTS[..]].concat()).exits(0);
    let names: Vec<_> = files(&scratch, "calls").into_iter().map(|(name, _)| format!("calls/{name}")).collect();
    assert!(!names.contains(&old.to_owned()) && names.contains(&other.to_owned()), "{names:?}");
}

#[test]
fn a_folder_without_recordings_is_refused() {
    let scratch = Scratch::new();
    scratch.file("w.yaml", WORKFLOW);
    let arguments = [&["run", "w.yaml", "--replay", "calls"], &INPUTS[..]].concat();
    scratch.run(&arguments).exits(2).says("E0644").says("there are no recordings in `calls`");
    scratch.file("calls/a.1.recording.json", "{\"recording\": 7}");
    scratch.run(&arguments).exits(2).says("E0644").says("its format 7 is later than this program");
    scratch.run(&[&arguments[..], &["--sandbox"]].concat()).exits(2);
    scratch.run(&[&arguments[..], &["--record", "x"]].concat()).exits(2);
}

#[test]
fn what_could_not_be_recorded_is_not_sent() {
    let scratch = Scratch::new();
    scratch.file("w.yaml", WORKFLOW);
    scratch.file("calls", "a file");
    for command in ["run", "test"] {
        let arguments = [&[command, "w.yaml", "--sandbox", "--record", "calls"], &INPUTS[..]].concat();
        scratch.run(&arguments).exits(2).prints_nothing().says("E0644").says("cannot be written to `calls`");
    }
}
