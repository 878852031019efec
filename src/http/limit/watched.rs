//! A transport that reads what answers say of limits, and sends a safe request a second time when the first one takes long.

use super::Permit;
use crate::http::request::HttpRequest;
use crate::http::transport::{Delivery, Sending, Transport};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// A transport under the eyes of the limits.
pub struct Watched<'w> {
    inner: &'w dyn Transport,
    permit: &'w Permit<'w>,
    hedged: AtomicU32,
}

impl<'w> Watched<'w> {
    /// A transport for the calls of a permit.
    #[must_use]
    pub fn new(inner: &'w dyn Transport, permit: &'w Permit<'w>) -> Self {
        Self { inner, permit, hedged: AtomicU32::new(0) }
    }

    /// What it did beside sending once, in a sentence.
    #[must_use]
    pub fn note(&self) -> Option<Box<str>> {
        let hedged = self.hedged.load(Ordering::Relaxed);
        let after = self.permit.policy.hedge.unwrap_or_default().as_millis();
        (hedged > 0)
            .then(|| format!("sent a second time after {after} ms without an answer; the first answer counts").into())
    }

    async fn deliver(&self, request: &HttpRequest, deadline: Option<Instant>) -> Delivery {
        let delivery = match self.permit.policy.hedge.filter(|_| request.is_safe()) {
            Some(after) => self.hedge(request, deadline, after).await,
            None => self.inner.send(request, deadline).await,
        };
        let is_own = || *request.target().origin.authority() == *self.permit.account.host;
        if let Ok(response) = &delivery.result
            && self.permit.policy.learn
            && is_own()
        {
            let Permit { limits, policy, account, .. } = self.permit;
            limits.learn(policy, account, response.status, &response.headers);
        }
        delivery
    }

    /// The first answer of two; a failure only counts when the other one fails too, or was never sent.
    async fn hedge(&self, request: &HttpRequest, deadline: Option<Instant>, after: Duration) -> Delivery {
        let mut first = self.inner.send(request, deadline);
        tokio::select! {
            biased;
            delivery = &mut first => return delivery,
            () = tokio::time::sleep(after) => {}
        }
        self.hedged.fetch_add(1, Ordering::Relaxed);
        let mut second = self.inner.send(request, deadline);
        tokio::select! {
            delivery = &mut first => if delivery.result.is_ok() { delivery } else { second.await },
            delivery = &mut second => if delivery.result.is_ok() { delivery } else { first.await },
        }
    }
}

impl Transport for Watched<'_> {
    fn send<'a>(&'a self, request: &'a HttpRequest, deadline: Option<Instant>) -> Sending<'a> {
        Box::pin(self.deliver(request, deadline))
    }
}
