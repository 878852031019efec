//! The sandbox in the place of the network.

use super::SharedSandbox;
use crate::host;
use crate::http::{
    Delivery, Failure, Headers, HttpRequest, Phase, Response, Sending, Timings, Trace, Transport, received,
};
use crate::sandbox::{Sandbox, SandboxAnswer, SandboxReply, SandboxRequest};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Answers every request from a sandbox, whatever its host. Nothing leaves the process.
#[derive(Debug, Clone)]
pub struct SandboxTransport {
    sandbox: SharedSandbox,
}

impl SandboxTransport {
    /// A transport over a sandbox of its own.
    #[must_use]
    pub fn new(sandbox: Sandbox) -> Self {
        Self::shared(Arc::new(Mutex::new(sandbox)))
    }

    /// A transport over a sandbox that others use too.
    #[must_use]
    pub fn shared(sandbox: SharedSandbox) -> Self {
        Self { sandbox }
    }

    /// The sandbox, to make it fail or to forget its state.
    #[must_use]
    pub fn sandbox(&self) -> &SharedSandbox {
        &self.sandbox
    }

    async fn deliver(&self, request: &HttpRequest, deadline: Option<Instant>) -> Delivery {
        let started = Instant::now();
        let (result, written) = self.answer(request, deadline).await;
        let total = started.elapsed();
        let timings = Timings { first_byte: Some(total), total, ..Timings::default() };
        Delivery { result, trace: Trace { timings, written, ..Trace::default() } }
    }

    /// The answer, and whether the request counts as sent.
    async fn answer(&self, request: &HttpRequest, deadline: Option<Instant>) -> (Result<Response, Failure>, bool) {
        match self.play(request) {
            SandboxAnswer::NoEntry { method, .. } => {
                let uri = request.shown_uri();
                let uri = uri.split('?').next().unwrap_or_default().into();
                (Err(Failure::NoEntry { method: method.into(), uri }), false)
            }
            SandboxAnswer::Close { delay_ms } => {
                let waited = wait(delay_ms, request, deadline).await;
                (waited.and(Err(Failure::Closed { source: None })), true)
            }
            SandboxAnswer::Reply(reply) => {
                let waited = wait(reply.delay_ms, request, deadline).await;
                (waited.and_then(|()| received(request, response(reply))), true)
            }
        }
    }

    fn play(&self, request: &HttpRequest) -> SandboxAnswer {
        let target = request.target();
        let headers: Vec<(String, String)> =
            request.headers().iter().map(|header| (header.name.to_string(), header.text().into_owned())).collect();
        let asked = SandboxRequest {
            method: request.method(),
            host: &target.origin.host,
            path: target.path(),
            query: target.query().unwrap_or_default(),
            headers: &headers,
            body: request.body(),
        };
        let mut sandbox = self.sandbox.lock().unwrap_or_else(PoisonError::into_inner);
        sandbox.answer(&asked, host::now_ms())
    }
}

impl Transport for SandboxTransport {
    fn send<'a>(&'a self, request: &'a HttpRequest, deadline: Option<Instant>) -> Sending<'a> {
        Box::pin(self.deliver(request, deadline))
    }
}

/// Waits as the sandbox says, and no longer than the call may take.
async fn wait(delay_ms: u64, request: &HttpRequest, deadline: Option<Instant>) -> Result<(), Failure> {
    let delay = Duration::from_millis(delay_ms);
    let limits = request.time_outs();
    let left = deadline.map(|end| end.saturating_duration_since(Instant::now()));
    let limit = [left, limits.read].into_iter().flatten().min();
    match limit.filter(|limit| *limit < delay) {
        None if delay.is_zero() => Ok(()),
        None => {
            tokio::time::sleep(delay).await;
            Ok(())
        }
        Some(limit) => {
            tokio::time::sleep(limit).await;
            let limit = limits.read.or(limits.total).unwrap_or(limit);
            Err(Failure::TimedOut { phase: Phase::FirstByte, limit, setting: "readTimeOut" })
        }
    }
}

fn response(reply: SandboxReply) -> Response {
    let mut headers = Headers::default();
    for (name, value) in reply.headers {
        headers.add(&name, value);
    }
    let reason = http::StatusCode::from_u16(reply.status).ok().and_then(|status| status.canonical_reason());
    Response {
        status: reply.status,
        reason: reason.unwrap_or_default().into(),
        headers,
        body: reply.body.into(),
        made: None,
    }
}
