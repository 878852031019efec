//! The sandbox on a socket, and metrics on another.

use super::{Health, SharedSandbox, metrics};
use crate::host;
use crate::metrics::Metrics;
use crate::sandbox::{SandboxAnswer, SandboxReply, SandboxRequest};
use bytes::Bytes;
use http::{HeaderValue, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

/// The largest body that is read, in bytes.
const BODY_LIMIT: usize = 10 * 1024 * 1024;
/// How long open connections may take to finish once the server is told to stop.
const GRACE: Duration = Duration::from_secs(5);
/// How long the head of a request may take.
const HEAD_TIME: Duration = Duration::from_secs(30);
/// The most connections at once to `/metrics`.
const READERS: usize = 16;

/// What is answered from.
#[derive(Clone)]
enum Site {
    Sandbox(SharedSandbox, Option<Arc<Metrics>>),
    Metrics { metrics: Arc<Metrics>, health: Option<Arc<Health>>, on_loopback: bool },
}

/// Why the sandbox cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address cannot be listened on.
    #[error("listen on {address}")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

/// A server that runs. Dropping it stops it at once; [`Listening::stop`] lets open requests finish.
#[derive(Debug)]
pub struct Listening {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    server: JoinHandle<()>,
}

impl Listening {
    /// The address, with the real port.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops: no new connection is taken, open requests get five seconds to finish.
    pub async fn stop(mut self) {
        let _ = self.stop.send(true);
        let _ = (&mut self.server).await;
    }

    /// Waits for as long as the server runs.
    pub async fn wait(mut self) {
        let _ = (&mut self.server).await;
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// Serves a sandbox on an address; port 0 takes a free one. A request without an entry is answered 404.
///
/// # Errors
/// [`ServeError::Bind`] when the address is taken or not ours.
pub async fn listen(address: SocketAddr, sandbox: SharedSandbox) -> Result<Listening, ServeError> {
    bind(address, Site::Sandbox(sandbox, None)).await
}

/// Serves a sandbox as [`listen`] does, and counts its answers.
///
/// # Errors
/// As [`listen`].
pub async fn listen_counted(
    address: SocketAddr,
    sandbox: SharedSandbox,
    metrics: Arc<Metrics>,
) -> Result<Listening, ServeError> {
    bind(address, Site::Sandbox(sandbox, Some(metrics))).await
}

/// Serves `GET /metrics`, and nothing else, in Prometheus' text format. On a loopback address only requests are answered whose Host is one.
///
/// # Errors
/// As [`listen`].
pub async fn expose(address: SocketAddr, metrics: Arc<Metrics>) -> Result<Listening, ServeError> {
    bind(address, Site::Metrics { metrics, health: None, on_loopback: address.ip().is_loopback() }).await
}

/// Serves `GET /metrics` as [`expose`] does, and beside it `/health`, which is 200 for as long as the process answers, and `/ready`, which is 503
/// unless it takes work.
///
/// # Errors
/// As [`listen`].
pub async fn expose_health(
    address: SocketAddr,
    metrics: Arc<Metrics>,
    health: Arc<Health>,
) -> Result<Listening, ServeError> {
    bind(address, Site::Metrics { metrics, health: Some(health), on_loopback: address.ip().is_loopback() }).await
}

async fn bind(address: SocketAddr, site: Site) -> Result<Listening, ServeError> {
    let failed = |source| ServeError::Bind { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let (stop, stopped) = watch::channel(false);
    let server = tokio::spawn(accept(listener, site, stopped));
    Ok(Listening { address, stop, server })
}

async fn accept(listener: TcpListener, site: Site, mut stopped: watch::Receiver<bool>) {
    let mut connections = JoinSet::new();
    let most = if matches!(site, Site::Metrics { .. }) { READERS } else { usize::MAX };
    loop {
        tokio::select! {
            accepted = listener.accept(), if connections.len() < most => {
                if let Ok((socket, _)) = accepted {
                    connections.spawn(serve(socket, site.clone(), stopped.clone()));
                }
            }
            _ = connections.join_next(), if !connections.is_empty() => {}
            _ = stopped.changed() => break,
        }
    }
    drop(listener);
    let _ = tokio::time::timeout(GRACE, async { while connections.join_next().await.is_some() {} }).await;
}

async fn serve(socket: TcpStream, site: Site, mut stopped: watch::Receiver<bool>) {
    let _ = socket.set_nodelay(true);
    let service = service_fn(move |request| answer(request, site.clone()));
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).half_close(true).header_read_timeout(HEAD_TIME);
    let connection = builder.serve_connection(TokioIo::new(socket), service);
    tokio::pin!(connection);
    let ended = tokio::select! {
        // A closed connection and a request that is none are the client's affair.
        _ = connection.as_mut() => true,
        _ = stopped.changed() => false,
    };
    if !ended {
        connection.as_mut().graceful_shutdown();
        let _ = connection.await;
    }
}

/// Told to close: an error is how a service says so.
#[derive(Debug, thiserror::Error)]
#[error("close the connection")]
struct Close;

async fn answer(request: http::Request<Incoming>, site: Site) -> Result<http::Response<Full<Bytes>>, Close> {
    let (head, body) = request.into_parts();
    match site {
        Site::Sandbox(sandbox, metrics) => play((head, body), &sandbox, metrics.as_deref()).await,
        Site::Metrics { metrics, health, on_loopback } => {
            let asked = (&head.method, head.uri.path(), &head.headers);
            Ok(metrics::answer(asked, (&metrics, health.as_deref()), on_loopback))
        }
    }
}

async fn play(
    (head, body): (http::request::Parts, Incoming),
    sandbox: &SharedSandbox,
    metrics: Option<&Metrics>,
) -> Result<http::Response<Full<Bytes>>, Close> {
    let started = Instant::now();
    let Ok(body) = Limited::new(body, BODY_LIMIT).collect().await else {
        return Ok(plain(StatusCode::PAYLOAD_TOO_LARGE, "the body is larger than 10 MiB or ends early"));
    };
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers: Vec<(String, String)> =
        head.headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect();
    let host = head.headers.get(http::header::HOST).map(text).unwrap_or_default();
    let body = body.to_bytes();
    let asked = SandboxRequest {
        method: head.method.as_str(),
        host: host.split(':').next().unwrap_or_default(),
        path: head.uri.path(),
        query: head.uri.query().unwrap_or_default(),
        headers: &headers,
        body: &body,
    };
    let (played, entry) = {
        let mut sandbox = sandbox.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = metrics.and_then(|_| sandbox.entry_of(&asked));
        (sandbox.answer(&asked, host::now_ms()), entry)
    };
    let response = perform(played).await;
    if let Some(metrics) = metrics {
        let status = response.as_ref().ok().map(|response| response.status().as_u16());
        metrics.answered(entry.as_deref().unwrap_or_default(), asked.method, status, started.elapsed());
    }
    response
}

/// Does what the sandbox says.
async fn perform(played: SandboxAnswer) -> Result<http::Response<Full<Bytes>>, Close> {
    match played {
        SandboxAnswer::NoEntry { method, path } => {
            Ok(plain(StatusCode::NOT_FOUND, &format!("no task definition answers {method} {path} in the sandbox")))
        }
        SandboxAnswer::Close { delay_ms } => {
            tokio::time::sleep(Duration::from_millis(delay_ms)).await;
            Err(Close)
        }
        SandboxAnswer::Reply(reply) => {
            if reply.delay_ms > 0 {
                tokio::time::sleep(Duration::from_millis(reply.delay_ms)).await;
            }
            Ok(response(reply))
        }
    }
}

fn response(reply: SandboxReply) -> http::Response<Full<Bytes>> {
    let mut response = http::Response::new(Full::new(Bytes::from(reply.body)));
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in reply.headers {
        let (name, value) = (http::HeaderName::try_from(name), HeaderValue::try_from(value));
        if let (Ok(name), Ok(value)) = (name, value) {
            response.headers_mut().append(name, value);
        }
    }
    response
}

fn plain(status: StatusCode, message: &str) -> http::Response<Full<Bytes>> {
    let body = serde_json::json!({"error": message}).to_string().into_bytes();
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    response(SandboxReply { status: status.as_u16(), headers, body, delay_ms: 0 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Catalogue;
    use crate::definition::Dialect;
    use crate::http::{Call, CallResult, Client, HttpRequest, Rules, Transport, execute};
    use crate::sandbox::{Fault, Sandbox};
    use crate::secret::Redactor;
    use crate::serve::SandboxTransport;
    use serde_json::{Value, json};
    use std::sync::{Arc, Mutex};

    fn sandbox() -> SharedSandbox {
        Arc::new(Mutex::new(Sandbox::new(&Catalogue::builtin(), 7)))
    }

    async fn create_user(transport: &dyn Transport, server: &str, time_out: u64) -> CallResult {
        let input = json!({
            "uri": format!("{server}/v2/users"), "method": "POST", "readTimeOut": time_out,
            "headers": {"Authorization": format!("Bearer {}", Sandbox::token())},
            "body": {"action": "create", "user_info": {"email": "jill@example.com", "type": 1}},
        });
        let request = HttpRequest::from_input(&input, None, Dialect::Legwork).expect("the request can be built");
        let (rules, redactor) = (Rules::default(), Redactor::default());
        let call = Call { request: &request, transport, rules: &rules, redactor: &redactor, async_complete: false };
        execute(call).await
    }

    async fn listening(sandbox: &SharedSandbox) -> Listening {
        let free = SocketAddr::from(([127, 0, 0, 1], 0));
        listen(free, sandbox.clone()).await.expect("a free port can be listened on")
    }

    #[tokio::test]
    async fn in_process_and_over_a_socket_give_the_same_answers() {
        let over_socket = sandbox();
        let server = listening(&over_socket).await;
        let in_process = SandboxTransport::shared(sandbox());
        let client = Client::default();
        for expected in [201, 409] {
            let here = create_user(&in_process, "https://api.zoom.us", 5000).await;
            let there = create_user(&client, &format!("http://{}", server.address()), 5000).await;
            assert_eq!((here.status_code, there.status_code), (Some(expected), Some(expected)), "{:?}", there.reason);
            assert_eq!(here.output["response"]["body"], there.output["response"]["body"]);
        }
        drop(client);
        server.stop().await;
    }

    #[tokio::test]
    async fn faults_close_and_delay() {
        let sandbox = sandbox();
        let server = listening(&sandbox).await;
        let transports: [(&dyn Transport, String); 2] = [
            (&SandboxTransport::shared(sandbox.clone()), "https://api.zoom.us".to_owned()),
            (&Client::default(), format!("http://{}", server.address())),
        ];
        for (transport, server) in transports {
            for (fault, kind) in [("close; once", "closed"), ("delay=60000; once", "timeout")] {
                let fault = Fault::parse(fault).expect("a valid fault");
                sandbox.lock().expect("no test panics while it holds the lock").fail(fault);
                let result = create_user(transport, &server, 200).await;
                assert_eq!(result.output["kind"], kind, "{:?}", result.reason);
            }
        }
    }

    #[tokio::test]
    async fn a_request_without_an_entry_is_not_sent() {
        let transport = SandboxTransport::shared(sandbox());
        let input = json!({"uri": "https://example.com/nowhere?q=1", "method": "GET"});
        let request = HttpRequest::from_input(&input, None, Dialect::Legwork).expect("the request can be built");
        let delivery = transport.send(&request, None).await;
        assert!(!delivery.trace.written);
        let failure = delivery.result.expect_err("there is no entry");
        assert_eq!(failure.to_string(), "no task definition answers GET https://example.com/nowhere in the sandbox");
        let server = listening(transport.sandbox()).await;
        let input = json!({"uri": format!("http://{}/nowhere", server.address()), "method": "GET"});
        let request = HttpRequest::from_input(&input, None, Dialect::Legwork).expect("the request can be built");
        let response = Client::default().send(&request, None).await.result.expect("it answers");
        let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
        assert_eq!(
            (response.status, &body["error"]),
            (404, &json!("no task definition answers GET /nowhere in the sandbox"))
        );
    }
}
