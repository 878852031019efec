//! From a host's name to its addresses.

use super::failure::{Failure, Phase};
use super::watch::Watch;
use std::fmt;
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Instant;

/// What a look-up gives in the end.
pub type Looking = Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send>>;

type LookUp = dyn Fn(&str, u16) -> Looking + Send + Sync;

/// Looks names up: as the system does, or by a function of the caller's.
#[derive(Clone, Default)]
pub struct Resolver {
    look_up: Option<Arc<LookUp>>,
}

impl Resolver {
    /// A resolver that asks the function for the addresses of a host and a port. A host that is an address is never asked for.
    #[must_use]
    pub fn new(look_up: impl Fn(&str, u16) -> Looking + Send + Sync + 'static) -> Self {
        Self { look_up: Some(Arc::new(look_up)) }
    }

    /// The addresses of a host: never none.
    pub(super) async fn look_up(&self, host: &str, port: u16, watch: &mut Watch) -> Result<Vec<SocketAddr>, Failure> {
        if let Ok(address) = host.parse::<IpAddr>() {
            return Ok(vec![SocketAddr::new(address, port)]);
        }
        let started = Instant::now();
        let failed = |source| Failure::Dns { host: host.into(), source };
        let found = if let Some(look_up) = &self.look_up {
            watch.within(Phase::Dns, look_up(host, port)).await?
        } else {
            watch.within(Phase::Dns, tokio::net::lookup_host((host, port))).await?.map(Iterator::collect)
        };
        let addresses = found.map_err(failed)?;
        watch.timings.dns = Some(started.elapsed());
        if addresses.is_empty() { Err(failed(io::Error::other("the name has no address"))) } else { Ok(addresses) }
    }
}

impl fmt::Debug for Resolver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.look_up.is_some() { "Resolver(a function)" } else { "Resolver(the system)" })
    }
}
