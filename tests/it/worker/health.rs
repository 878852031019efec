//! `/metrics`, `/health` and `/ready` of a worker.

use super::Working;
use super::stub::Stub;
use crate::command::Scratch;
use serde_json::json;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// What a path answers: the status, and the text.
fn get(address: &str, path: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).expect("the worker listens");
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    let status = answer.get(9..12).and_then(|status| status.parse().ok()).expect("a status");
    (status, answer.split_once("\r\n\r\n").map_or("", |(_, text)| text).to_owned())
}

/// Asks until it is answered so.
#[track_caller]
fn becomes(address: &str, path: &str, expected: (u16, &str)) {
    let start = Instant::now();
    loop {
        let (status, text) = get(address, path);
        if status == expected.0 && text.contains(expected.1) {
            return;
        }
        assert!(start.elapsed() < Duration::from_mins(1), "{path}: {status} {text}, not {expected:?}");
        std::thread::yield_now();
    }
}

#[test]
fn a_worker_tells_how_it_is_and_what_it_did() {
    let (scratch, stub) = (Scratch::new(), Stub::start());
    stub.change(|state| state.is_away = true);
    let worker = Working::start(&scratch, &stub, &["--metrics", "0"]);
    worker.says("/metrics, beside /health and /ready");
    let said = worker.said();
    let address = said.split_once("metrics are at http://").and_then(|(_, rest)| rest.split_once('/'));
    let (address, _) = address.expect("where the metrics are");
    becomes(address, "/ready", (503, "server away"));
    assert_eq!(get(address, "/health").0, 200);
    stub.change(|state| state.is_away = false);
    becomes(address, "/ready", (200, "ready"));

    let id = stub.put("things_create", json!({"email": "jill@example.com"}));
    stub.task_when(&id, "COMPLETED");
    let refused = stub.put("things_create", json!({"email": "a"}));
    stub.task_when(&refused, "FAILED_WITH_TERMINAL_ERROR");
    let of_create = |family: &str, rest: &str| format!("{family}{{task=\"things_create\",{rest}");
    for line in [
        of_create("legwork_worker_tasks_total", "status=\"COMPLETED\"} 1\n"),
        of_create("legwork_worker_tasks_total", "status=\"FAILED_WITH_TERMINAL_ERROR\"} 1\n"),
        of_create("legwork_worker_polls_total", "result=\"tasks\"} "),
        "legwork_worker_task_duration_seconds_count{task=\"things_create\"} 2\n".to_owned(),
        "legwork_worker_tasks_in_flight 0\n".to_owned(),
    ] {
        becomes(address, "/metrics", (200, &line));
    }
    let (_, metrics) = get(address, "/metrics");
    assert!(!metrics.contains("example.com") && !metrics.contains("127.0.0.1"), "names alone are labels: {metrics}");

    stub.change(|state| state.is_held = true);
    stub.put("things_create", json!({"email": "joe@example.com"}));
    stub.until("it is under way", |state| state.calls.len() == 2);
    becomes(address, "/metrics", (200, "legwork_worker_tasks_in_flight 1\n"));
    worker.terminate();
    becomes(address, "/ready", (503, "draining"));
    assert_eq!(get(address, "/health").0, 200);
    stub.change(|state| state.is_held = false);
    worker.has_ended(0);
}
