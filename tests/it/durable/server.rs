//! A server on this machine that remembers every request.

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// A request as it came.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    /// `POST /a`.
    pub(super) line: String,
    /// The body.
    pub(super) body: String,
}

/// The server. It answers `{"path", "body", "authorization"}` with 200, and the first `n` requests to `/flaky/n/…` with 503.
pub(super) struct Server {
    port: u16,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Server {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let port = listener.local_addr().expect("its address").port();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let shared = Arc::clone(&seen);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let seen = Arc::clone(&shared);
                std::thread::spawn(move || serve(&stream, &seen));
            }
        });
        Self { port, seen }
    }

    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Forgets everything.
    pub(super) fn clear(&self) {
        self.seen.lock().expect("no panic while it is held").clear();
    }

    /// All requests so far.
    pub(super) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().expect("no panic while it is held").clone()
    }

    /// The last request to `POST /a`, when one was carried out.
    pub(super) fn carried_out(&self, line: &str) -> Option<Seen> {
        let path = line.split(' ').nth(1).unwrap_or_default();
        let seen = self.seen().into_iter().filter(|seen| seen.line == line);
        seen.skip(failures(path)).last()
    }

    /// How often `POST /a` came.
    pub(super) fn count(&self, line: &str) -> usize {
        self.seen().iter().filter(|seen| seen.line == line).count()
    }
}

fn serve(stream: &TcpStream, seen: &Mutex<Vec<Seen>>) {
    let mut reader = BufReader::new(stream);
    while let Some((request, authorization)) = read(&mut reader) {
        let (line, body) = (request.line.clone(), request.body.clone());
        let count = {
            let mut seen = seen.lock().expect("no panic while it is held");
            seen.push(request);
            seen.iter().filter(|other| other.line == line).count()
        };
        let path = line.split(' ').nth(1).unwrap_or_default();
        let status = if count <= failures(path) { "503 Service Unavailable\r\nRetry-After: 0" } else { "200 OK" };
        let answer = answer(path, &body, authorization.as_deref()).to_string();
        let head =
            format!("HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n", answer.len());
        let mut stream = stream;
        if stream.write_all((head + &answer).as_bytes()).is_err() {
            return;
        }
    }
}

/// What the server answers: a user who has to find out what became of a call would see it there.
pub(super) fn answer(path: &str, body: &str, authorization: Option<&str>) -> Value {
    json!({"path": path, "body": body, "authorization": authorization})
}

/// How often the server refuses that path before it carries anything out.
fn failures(path: &str) -> usize {
    path.strip_prefix("/flaky/").and_then(|rest| rest.split('/').next()?.parse().ok()).unwrap_or(0)
}

fn read(reader: &mut impl BufRead) -> Option<(Seen, Option<String>)> {
    let mut start = String::new();
    reader.read_line(&mut start).ok().filter(|read| *read > 0)?;
    let line = start.split(' ').take(2).collect::<Vec<_>>().join(" ");
    let (mut length, mut authorization) = (0, None);
    loop {
        let mut field = String::new();
        reader.read_line(&mut field).ok()?;
        let Some((name, value)) = field.trim_end().split_once(": ") else { break };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse().ok()?,
            "authorization" => authorization = Some(value.to_owned()),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some((Seen { line, body: String::from_utf8_lossy(&body).into_owned() }, authorization))
}
