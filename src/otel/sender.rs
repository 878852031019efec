//! Sends spans with our own client: the same TLS and the same guard against metadata services as every other request.

use crate::definition::Dialect;
use crate::http::{Client, HttpRequest, Transport};
use async_trait::async_trait;
use bytes::Bytes;
use opentelemetry_http::{HttpClient, HttpError};
use serde_json::{Map, Value, json};
use std::fmt;
use tokio::runtime::Handle;

/// A client on a runtime of its own: it is asked from a thread that has none.
pub(super) struct Sender {
    client: Client,
    runtime: Handle,
}

impl Sender {
    pub(super) fn new(runtime: Handle) -> Self {
        Self { client: Client::default(), runtime }
    }
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sender")
    }
}

#[async_trait]
impl HttpClient for Sender {
    async fn send_bytes(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, HttpError> {
        let request = ours(request)?;
        let client = self.client.clone();
        let delivery = self.runtime.spawn(async move { client.send(&request, None).await.result }).await?;
        let response = delivery?;
        let answer = http::Response::builder().status(response.status);
        let retry_after = response.headers.get("Retry-After").map(std::borrow::Cow::into_owned);
        let answer = retry_after.into_iter().fold(answer, |answer, value| answer.header("Retry-After", value));
        Ok(answer.body(response.body)?)
    }
}

/// The request in our own words, its body byte for byte.
fn ours(request: http::Request<Bytes>) -> Result<HttpRequest, HttpError> {
    let (head, body) = request.into_parts();
    let fields = head.headers.iter().filter(|(name, _)| !matches!(name.as_str(), "host" | "content-length"));
    let fields = fields.filter_map(|(name, value)| Some((name.as_str().to_owned(), json!(value.to_str().ok()?))));
    let fields: Map<String, Value> = fields.collect();
    let input = json!({"uri": head.uri.to_string(), "method": head.method.as_str(), "headers": fields});
    let request = HttpRequest::from_input(&input, None, Dialect::Legwork)?;
    Ok(request.changed(|parts| {
        parts.headers.set("Content-Length", body.len().to_string().as_bytes());
        parts.body = body.clone();
    }))
}
