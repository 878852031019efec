//! An API to call, the same for both sides: each calls it below a path of its own and is answered the same.

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::TcpListener;

/// `/{side}/echo/…` tells what was sent, `/{side}/status/{code}` answers so, `/{side}/flaky/{n}` fails n times first,
/// `/{side}/list/{n}` gives so many items.
#[derive(Clone, Default)]
pub(crate) struct Mock {
    /// The requests of each side.
    log: Arc<Mutex<HashMap<String, Vec<Value>>>>,
}

impl Mock {
    /// Listens on a free port; gives the address.
    pub(crate) async fn listen(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let mock = self.clone();
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let mock = mock.clone();
                let serve = service_fn(move |request| mock.clone().answer(request));
                tokio::spawn(
                    http1::Builder::new().auto_date_header(false).serve_connection(TokioIo::new(socket), serve),
                );
            }
        });
        format!("http://{address}")
    }

    /// The requests of one side, in an order of their own.
    pub(crate) fn requests(&self, side: &str) -> Vec<Value> {
        let log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        let mut requests = log.get(side).cloned().unwrap_or_default();
        requests.sort_by_key(Value::to_string);
        requests
    }

    async fn answer(self, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
        let (head, body) = request.into_parts();
        let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
        let (side, path) = head.uri.path().trim_start_matches('/').split_once('/').unwrap_or_default();
        let header = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok());
        let seen = json!({
            "method": head.method.as_str(), "path": path, "query": head.uri.query(), "body": read(&body),
            "contentType": header("content-type"), "accept": header("accept"), "authorization": header("authorization"),
        });
        let attempt = self.note(side, path, seen.clone());
        let (what, argument) = path.split_once('/').unwrap_or((path, ""));
        let number = argument.parse::<u16>().unwrap_or_default();
        let (status, answer) = match what {
            "status" => (number, json!({"code": number})),
            "flaky" if attempt <= usize::from(number) => (500, json!({"attempt": attempt})),
            "flaky" => (200, json!({"attempt": attempt})),
            "list" => (200, json!({"items": (0..number).map(|id| json!({"id": id})).collect::<Vec<_>>()})),
            _ => (200, json!({"method": seen["method"], "path": path, "query": seen["query"], "body": seen["body"]})),
        };
        let response = Response::builder().status(status).header("Content-Type", "application/json");
        Ok(response.body(Full::from(answer.to_string())).expect("a response"))
    }

    /// Writes a request down; says the how-manieth it is to that path.
    fn note(&self, side: &str, path: &str, seen: Value) -> usize {
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        let requests = log.entry(side.to_owned()).or_default();
        requests.push(seen);
        requests.iter().filter(|request| request["path"] == path).count()
    }
}

fn read(body: &[u8]) -> Value {
    match body {
        [] => Value::Null,
        body => serde_json::from_slice(body).unwrap_or_else(|_| String::from_utf8_lossy(body).into()),
    }
}
