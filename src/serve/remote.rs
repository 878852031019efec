//! A sandbox that runs somewhere else, in the place of the network.

use crate::http::{Client, ClientOptions, HttpRequest, Origin, Sending, Target, TargetError, Transport};
use std::time::Instant;

/// Sends every request to the sandbox at one URL, whatever its host. The `Host` field stays: it tells the sandbox which API is meant.
#[derive(Clone)]
pub struct RemoteSandbox {
    client: Client,
    origin: Origin,
}

impl RemoteSandbox {
    /// A transport to the sandbox at `http://host:port`; a path in the URL is left out.
    ///
    /// # Errors
    /// When the text is no URL that can be called.
    pub fn new(url: &str) -> Result<Self, TargetError> {
        let origin = Target::parse(url)?.origin;
        Ok(Self { client: Client::new(ClientOptions::default()), origin })
    }
}

impl Transport for RemoteSandbox {
    fn send<'a>(&'a self, request: &'a HttpRequest, deadline: Option<Instant>) -> Sending<'a> {
        let request = request.changed(|parts| parts.target.origin = self.origin.clone());
        Box::pin(async move { self.client.send(&request, deadline).await })
    }
}
