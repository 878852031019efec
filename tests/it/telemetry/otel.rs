//! Spans as an OpenTelemetry collector gets them, over a real socket.

use super::{CANARY, server};
use crate::command::Scratch;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::mpsc;
use std::time::Duration;

/// A collector: what it is sent, head and body.
fn collector() -> (String, mpsc::Receiver<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("a bound socket has an address").to_string();
    let (sender, received) = mpsc::channel();
    std::thread::spawn(move || {
        for mut socket in listener.incoming().flatten() {
            let (mut bytes, mut buffer) = (Vec::new(), [0; 4096]);
            loop {
                let text = String::from_utf8_lossy(&bytes).into_owned();
                let length = text.lines().find_map(|line| line.strip_prefix("Content-Length: ")?.parse::<usize>().ok());
                let head = bytes.windows(4).position(|window| window == b"\r\n\r\n");
                if head.zip(length).is_some_and(|(head, length)| bytes.len() >= head + 4 + length) {
                    break;
                }
                let Ok(count @ 1..) = socket.read(&mut buffer) else { break };
                bytes.extend_from_slice(&buffer[..count]);
            }
            let _ = socket.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            let _ = sender.send(bytes);
        }
    });
    (address, received)
}

#[test]
fn spans_are_sent_before_the_command_ends_and_hold_no_secret() {
    let (scratch, address) = (Scratch::new(), server::echo(0));
    let (endpoint, received) = collector();
    scratch.file("dev.env", format!("CONDUCTOR_SECRET_token={CANARY}\n"));
    scratch.file(
        "w.yaml",
        format!(
            "name: shop\nversion: 1\nschemaVersion: 2\ntasks:\n  - name: echo\n    taskReferenceName: echo_it\n    type: HTTP\n    inputParameters:\n      \
             uri: http://{address}/items\n      method: GET\n      headers: {{Authorization: 'Bearer ${{workflow.secrets.token}}'}}\n"
        ),
    );
    let mut command = scratch.command();
    command.args(["run", "w.yaml", "--env-file", "dev.env"]);
    command.env("OTEL_EXPORTER_OTLP_ENDPOINT", format!("http://{endpoint}"));
    let ran: crate::command::Ran = command.output().expect("the command starts").into();
    let _ = ran.exits(0);
    let bytes = received.recv_timeout(Duration::from_secs(10)).expect("spans were sent before the command ended");
    let text = String::from_utf8_lossy(&bytes);
    assert!(text.starts_with("POST /v1/traces HTTP/1.1\r\n") && text.contains("application/x-protobuf"), "{text}");
    for words in ["run shop", "task echo_it", "http.request.method", "service.name", "legwork"] {
        assert!(text.contains(words), "no `{words}` in {text}");
    }
    assert!(!text.contains(CANARY), "{text}");
}
