//! Answers that go into a file, and answers that are streams.

use super::server::{Server, Then};
use crate::definition::Dialect::Legwork;
use crate::host;
use crate::http::{CallResult, Client};
use crate::resolve::TaskStatus;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use std::io::Write;
use std::path::PathBuf;

/// A folder below the current one, gone at the end of its test.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        Self(PathBuf::from("target").join(format!("answers-{}", host::new_id())))
    }

    fn to_file(&self, more: &Value) -> Value {
        let mut fields = json!({"folder": self.0.display().to_string()});
        fields.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
        json!({"toFile": fields})
    }

    fn files(&self) -> usize {
        std::fs::read_dir(&self.0).map_or(0, Iterator::count)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn answer(status: &str, fields: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status}\r\n{fields}Content-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

async fn call(server: &Server, fields: Value) -> CallResult {
    server.call("GET", fields, Legwork).await
}

#[tokio::test]
async fn a_body_goes_into_a_file_and_its_checksum_into_the_output() {
    let body: Vec<u8> = (0..400_000_u32).flat_map(u32::to_le_bytes).collect();
    let (packed, plain) = (gzip(&body), body.clone());
    let server = Server::start(move |_, number| match number {
        0 => (answer("200 OK", "Content-Type: application/pdf\r\n", &plain), Then::Keep),
        _ => (answer("200 OK", "Content-Encoding: gzip\r\n", &packed), Then::Keep),
    })
    .await;
    let folder = Folder::new();
    for (name, expected) in [("a.pdf", "a.pdf"), ("a.pdf", "a-2.pdf")] {
        let result = call(&server, folder.to_file(&json!({"name": name}))).await;
        let saved = &result.output["response"]["body"];
        assert_eq!(result.status, TaskStatus::Completed, "{:?}", result.reason);
        assert_eq!(saved["file"], folder.0.join(expected).display().to_string());
        assert_eq!(saved["size"], 1_600_000);
        assert_eq!(saved["sha256"].as_str().map(str::len), Some(64));
        assert_eq!(std::fs::read(folder.0.join(expected)).ok().as_ref(), Some(&body));
        let shown = result.exchange.as_ref().and_then(|exchange| exchange.response()).map(|response| response.body());
        assert_eq!(shown.as_ref(), Some(saved));
    }
    assert_eq!(folder.files(), 2);
}

#[tokio::test]
async fn a_short_body_and_an_error_stay_values() {
    let server = Server::start(|_, number| match number {
        0 => (answer("200 OK", "Content-Type: application/json\r\n", b"{\"a\":1}"), Then::Keep),
        _ => (answer("404 Not Found", "Content-Type: application/json\r\n", b"{\"code\":1}"), Then::Keep),
    })
    .await;
    let folder = Folder::new();
    let result = call(&server, folder.to_file(&json!({"overBytes": 7}))).await;
    assert_eq!(result.output["response"]["body"], json!({"a": 1}));
    let result = call(&server, folder.to_file(&json!({}))).await;
    assert_eq!(result.output["response"]["body"], json!({"code": 1}));
    assert_eq!(folder.files(), 0);
}

#[tokio::test]
async fn what_breaks_off_or_is_too_long_leaves_no_file() {
    let bomb = gzip(&vec![0; 3_000_000]);
    let server = Server::start(move |_, number| match number {
        0 => (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf".to_vec(), Then::Close),
        1 => (answer("200 OK", "Content-Encoding: gzip\r\n", &bomb), Then::Keep),
        2 => (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec(), Then::Repeat(b"4\r\nabcd\r\n")),
        _ => (answer("200 OK", "Content-Encoding: gzip\r\n", b"no gzip"), Then::Keep),
    })
    .await;
    let folder = Folder::new();
    for kind in ["body", "size", "size", "decode"] {
        let result = call(&server, folder.to_file(&json!({"maxBytes": 100_000}))).await;
        assert_eq!(result.output["kind"], kind, "{:?}", result.reason);
        if kind == "size" {
            assert!(result.reason.is_some_and(|reason| reason.contains("100000 allowed (toFile.maxBytes)")));
        }
    }
    assert_eq!(folder.files(), 0);
}

#[tokio::test]
async fn a_folder_that_cannot_be_used_is_told_before_anything_is_sent() {
    let server = Server::always("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", Then::Keep).await;
    let result = call(&server, json!({"toFile": {"folder": "Cargo.toml/below"}})).await;
    assert_eq!((&result.output["kind"], result.sent), (&json!("save"), false), "{:?}", result.reason);
    assert!(server.requests().is_empty());
}

#[cfg(unix)]
#[tokio::test]
async fn a_link_that_leads_out_is_not_followed() {
    let (elsewhere, folder) = (tempfile::tempdir().expect("a scratch folder"), Folder::new());
    std::fs::create_dir_all(&folder.0).expect("a folder");
    std::os::unix::fs::symlink(elsewhere.path(), folder.0.join("out")).expect("a link");
    let server = Server::always("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", Then::Keep).await;
    let inside = Folder(folder.0.join("out/below"));
    let result = call(&server, inside.to_file(&json!({}))).await;
    assert!(result.reason.is_some_and(|reason| reason.ends_with("it lies outside the current folder")));
    assert!(server.requests().is_empty() && !elsewhere.path().join("below").exists());
}

#[tokio::test]
async fn a_file_that_cannot_be_written_any_more_fails_the_call() {
    let folder = Folder::new();
    let gone = folder.0.clone();
    let server = Server::start(move |_, _| {
        // Between the look at the folder and the answer.
        std::fs::remove_dir_all(&gone).expect("the folder was made");
        (answer("200 OK", "", b"x"), Then::Keep)
    })
    .await;
    let result = call(&server, folder.to_file(&json!({}))).await;
    assert_eq!((&result.output["kind"], result.sent), (&json!("save"), true), "{:?}", result.reason);
}

const HEAD: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n";

#[tokio::test]
async fn a_stream_ends_when_its_condition_holds() {
    let chunk = "b\r\ndata: tick\n\r\n1\r\n\n\r\n";
    for (stream, expected, events) in [
        (json!({"maxEvents": 3}), "count", Some(3)),
        (json!({"until": {"data": "^tick$"}}), "data", Some(1)),
        (json!({"until": {"event": "message"}, "maxEvents": 9}), "event", Some(1)),
    ] {
        let head = format!("{HEAD}Transfer-Encoding: chunked\r\n\r\n");
        let server = Server::start(move |_, _| (head.clone().into_bytes(), Then::Repeat(chunk.as_bytes()))).await;
        let result = call(&server, json!({"stream": stream})).await;
        assert_eq!(result.output["ended"], expected, "{:?}", result.reason);
        assert_eq!(result.output["response"]["body"].as_array().map(Vec::len), events);
        assert_eq!(result.output["response"]["body"][0], json!({"event": "message", "data": "tick"}));
        assert!(server.requests().iter().all(|request| request.contains("Accept: text/event-stream")));
    }
}

#[tokio::test]
async fn a_silent_stream_ends_in_its_time_and_its_connection_is_not_used_again() {
    let server =
        Server::start(|_, _| (format!("{HEAD}Content-Length: 1000\r\n\r\ndata: {{\"n\": 1}}\n\n").into(), Then::Hang))
            .await;
    let client = Client::default();
    let fields = json!({"stream": {"maxSeconds": 1}});
    let result = server.call_with(&client, "GET", fields, Legwork).await;
    assert_eq!(result.output["ended"], "time", "{:?}", result.reason);
    assert_eq!(result.output["response"]["body"], json!([{"event": "message", "data": {"n": 1}}]));
    assert_eq!(client.idle_connections(), 0);
}

#[tokio::test]
async fn a_stream_is_read_to_its_end_packed_or_not_and_never_beyond_its_size() {
    let events = b"event: a\ndata: 1\n\ndata: 2\n\n";
    let packed = gzip(events);
    let server = Server::start(move |_, number| match number {
        0 => ([format!("{HEAD}\r\n").as_bytes(), events].concat(), Then::Close),
        1 => (answer("200 OK", "Content-Type: text/event-stream\r\nContent-Encoding: gzip\r\n", &packed), Then::Close),
        2 => (format!("{HEAD}\r\n").into(), Then::Repeat(b"data: more\n\n")),
        3 => (answer("200 OK", "Content-Type: application/json\r\n", b"[1]"), Then::Close),
        _ => (format!("{HEAD}Content-Length: 100\r\n\r\ndata: 1\n\n").into(), Then::Close),
    })
    .await;
    for _ in 0..2 {
        let result = call(&server, json!({"stream": true})).await;
        let expected = json!([{"event": "a", "data": "1"}, {"event": "message", "data": "2"}]);
        assert_eq!((&result.output["ended"], &result.output["response"]["body"]), (&json!("server"), &expected));
    }
    let result = call(&server, json!({"stream": true, "maxResponseBytes": 5000})).await;
    assert_eq!(result.output["kind"], "size", "{:?}", result.reason);
    let result = call(&server, json!({"stream": true})).await;
    assert_eq!((&result.output["ended"], &result.output["response"]["body"]), (&Value::Null, &json!([1])));
    let result = call(&server, json!({"stream": true})).await;
    assert_eq!(result.output["kind"], "body", "{:?}", result.reason);
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("a Vec takes everything");
    encoder.finish().expect("a Vec takes everything")
}
