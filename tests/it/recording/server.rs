//! A server that keeps what it was sent, byte for byte.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

/// A server on a free port of the loopback address; it lives as long as the test's process.
pub(crate) struct Server {
    pub(crate) url: String,
    received: Receiver<Request>,
}

/// One request as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Request {
    /// `POST /x?y HTTP/1.1`.
    pub(crate) line: String,
    /// The fields, sorted by name; those of one name stay in their order.
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Server {
    /// Answers the requests, one connection each, by these texts in turn; the last one again and again.
    pub(crate) fn start(answers: &[&str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let answers: Vec<String> = answers.iter().map(|answer| (*answer).to_owned()).collect();
        let (sender, received) = channel();
        thread::spawn(move || {
            for (number, socket) in listener.incoming().flatten().enumerate() {
                let answer = answers.get(number).or(answers.last()).cloned().unwrap_or_default();
                let Some(request) = serve(socket, &answer) else { continue };
                if sender.send(request).is_err() {
                    return;
                }
            }
        });
        Self { url, received }
    }

    /// Always 200 with an empty object.
    pub(crate) fn ok() -> Self {
        Self::start(&[&json("200 OK", "{}")])
    }

    /// The next request that came.
    pub(crate) fn next(&self) -> Request {
        self.received.recv_timeout(Duration::from_secs(20)).expect("a request")
    }
}

/// An answer with a JSON body.
pub(crate) fn json(status: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

fn serve(mut socket: TcpStream, answer: &str) -> Option<Request> {
    let mut bytes = Vec::new();
    let mut buffer = vec![0; 65536];
    let head = loop {
        if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break at;
        }
        let count = socket.read(&mut buffer).ok().filter(|count| *count > 0)?;
        bytes.extend_from_slice(&buffer[..count]);
    };
    let text = String::from_utf8_lossy(&bytes[..head]).into_owned();
    let mut lines = text.split("\r\n");
    let line = lines.next()?.to_owned();
    let mut fields: Vec<(String, String)> = lines
        .filter_map(|field| field.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let length = fields.iter().find(|(name, _)| name == "content-length").and_then(|(_, value)| value.parse().ok());
    while bytes.len() < head + 4 + length.unwrap_or(0) {
        let count = socket.read(&mut buffer).ok().filter(|count| *count > 0)?;
        bytes.extend_from_slice(&buffer[..count]);
    }
    fields.sort_by(|left, right| left.0.cmp(&right.0));
    let _ = socket.write_all(answer.as_bytes());
    Some(Request { line, fields, body: bytes[head + 4..].to_vec() })
}
