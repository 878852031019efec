//! The HTTP call: a request built in one place, sent once, and its answer judged.
//!
//! [`HttpRequest`] is built from a task's resolved input, [`execute`] sends it over a [`Transport`] ([`Client`] is the network), follows
//! redirects and gives a [`CallResult`]: the task's outcome, what the failure means, whether it may be sent again, and the masked
//! [`Exchange`] of everything that went over the wire. Nothing here loops over attempts: retries are decided elsewhere.

pub mod auth;
mod call;
mod classify;
mod events;
mod exchange;
mod guard;
mod headers;
pub mod limit;
pub(crate) mod moment;
mod numbers;
mod output;
mod paging;
mod proxy;
mod redirect;
mod request;
mod result;
mod retry_after;
mod span;
mod target;
mod transport;

#[cfg(test)]
mod tests;

pub use call::{Call, execute};
pub use classify::{ErrorRule, Kind, Resend, Rules, Wait};
pub use events::Ended;
pub use exchange::{Attempt, Exchange, RequestView, ResponseView, Why};
pub use guard::{Denied, Guard, Rule, RuleError, Special};
pub use headers::{Header, Headers};
pub use paging::{Pages, Paging, Step};
pub use proxy::{Direct, Protocol, Proxies, Proxy, ProxyError};
pub use request::{Build, HttpRequest, MAX_RESPONSE_BYTES, Refusal, RequestError, is_json};
pub use result::CallResult;
pub use retry_after::NotBefore;
pub use target::{Origin, Scheme, Target, TargetError};
pub use transport::{
    Client, ClientOptions, Delivery, Failure, Identity, Looking, Made, PemError, Phase, RedirectProblem, Resolver,
    Response, Sending, TimeOuts, Timings, TlsConfig, TlsOptions, Trace, Transport, certificates, tls_settings,
};

pub(crate) use transport::received;
