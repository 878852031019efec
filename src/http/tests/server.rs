//! A server that does what it is told, wrong things above all.

use crate::definition::Dialect;
use crate::http::{Call, CallResult, Client, HttpRequest, Rules, execute};
use crate::secret::Redactor;
use serde_json::{Map, Value, json};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What the server does after it wrote its answer.
#[derive(Clone, Copy)]
pub(super) enum Then {
    /// Waits for the next request.
    Keep,
    /// Closes the connection.
    Close,
    /// Says no more, and stays.
    Hang,
    /// Goes on with these bytes for ever.
    Repeat(&'static [u8]),
    /// Goes on with one byte every now and then, for ever.
    Drip,
}

/// What a server answers to a request's text and its number, from 0.
type Answer = dyn Fn(&str, usize) -> (Vec<u8>, Then) + Send + Sync;

/// A server on a free port of the loopback address; it ends with the test's runtime.
pub(super) struct Server {
    pub(super) address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Answers every request by what `answer` gives for its text and its number, from 0.
    pub(super) async fn start(answer: impl Fn(&str, usize) -> (Vec<u8>, Then) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        Self::on(listener, answer)
    }

    /// The same on a socket of the caller's.
    pub(super) fn on(
        listener: TcpListener,
        answer: impl Fn(&str, usize) -> (Vec<u8>, Then) + Send + Sync + 'static,
    ) -> Self {
        let address = listener.local_addr().expect("a bound socket has an address");
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (seen, answer) = (Arc::clone(&requests), Arc::new(answer));
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let (seen, answer) = (Arc::clone(&seen), Arc::clone(&answer));
                tokio::spawn(async move { serve(socket, &seen, &*answer).await });
            }
        });
        Self { address, requests }
    }

    /// Always the same answer.
    pub(super) async fn always(answer: &str, then: Then) -> Self {
        let answer = answer.as_bytes().to_vec();
        Self::start(move |_, _| (answer.clone(), then)).await
    }

    /// The requests received so far.
    pub(super) fn requests(&self) -> Vec<String> {
        self.requests.lock().expect("no test panics while it holds the lock").clone()
    }

    /// A URI of this server.
    pub(super) fn uri(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The outcome of a call to this server: `fields` besides uri and method.
    pub(super) async fn call(&self, method: &str, fields: Value, dialect: Dialect) -> CallResult {
        self.call_with(&Client::default(), method, fields, dialect).await
    }

    /// The same with a client of the caller's.
    pub(super) async fn call_with(&self, client: &Client, method: &str, fields: Value, dialect: Dialect) -> CallResult {
        call(client, &self.uri("/x"), method, fields, dialect).await
    }
}

/// The outcome of a call to a URI.
pub(super) async fn call(client: &Client, uri: &str, method: &str, fields: Value, dialect: Dialect) -> CallResult {
    let mut input = Map::from_iter([("uri".to_owned(), json!(uri)), ("method".to_owned(), json!(method))]);
    if let Value::Object(fields) = fields {
        input.extend(fields);
    }
    let request = HttpRequest::from_input(&Value::Object(input), None, dialect).expect("the request can be built");
    let (rules, redactor) = (Rules::default(), Redactor::default());
    execute(Call { request: &request, transport: client, rules: &rules, redactor: &redactor, async_complete: false })
        .await
}

async fn serve(mut socket: TcpStream, seen: &Mutex<Vec<String>>, answer: &Answer) {
    while let Some(request) = receive(&mut socket).await {
        let number = {
            let mut seen = seen.lock().expect("no test panics while it holds the lock");
            seen.push(request.clone());
            seen.len() - 1
        };
        let (bytes, then) = answer(&request, number);
        if socket.write_all(&bytes).await.is_err() {
            return;
        }
        match then {
            Then::Keep => {}
            Then::Close => return,
            Then::Hang => std::future::pending().await,
            Then::Drip => {
                let mut ticks = tokio::time::interval(std::time::Duration::from_millis(20));
                while socket.write_all(b"x").await.is_ok() {
                    ticks.tick().await;
                }
            }
            Then::Repeat(bytes) => while socket.write_all(bytes).await.is_ok() {},
        }
    }
}

/// One request, head and body.
async fn receive(socket: &mut TcpStream) -> Option<String> {
    let mut text = String::new();
    let mut buffer = [0; 4096];
    loop {
        let count = socket.read(&mut buffer).await.ok().filter(|count| *count > 0)?;
        text.push_str(&String::from_utf8_lossy(buffer.get(..count)?));
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: ")?.parse::<usize>().ok());
        if body.len() >= length.unwrap_or_default() {
            return Some(text);
        }
    }
}
