//! Which addresses may be connected to: decided on the very address, each time one is about to be connected to.
//!
//! A name says nothing about where it leads, so a name is never judged instead of its addresses; only where somebody else looks it up (a
//! proxy) is there nothing but the name. Start with [`Guard::judge`]; `address.rs` holds the ranges.

mod address;
mod rule;
#[cfg(test)]
mod tests;

pub use address::Special;
pub use rule::{Rule, RuleError};

use address::{embedded, is_metadata, literal, special};
use std::net::IpAddr;

/// What may be connected to. The default lets everything pass but the metadata services of clouds.
///
/// Cloning copies its lists; a client holds one for all its connections.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Guard {
    strict: bool,
    exceptions: Vec<Rule>,
    only: Vec<Rule>,
}

/// Why an address or a name must not be connected to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// A cloud's metadata service: it hands out credentials to whoever asks, so no setting lets it pass.
    #[error("the metadata service of a cloud, which is never called")]
    Metadata,
    /// An address that is not on the public internet, in a strict guard.
    #[error("{0}; `--egress-allow`, or `allow` below `[network]`, names what may be called all the same")]
    Special(Special),
    /// There is a list of what may be called, and it is not on it.
    #[error("not on the list of what may be called: `--egress-only`, or `only` below `[network]`")]
    NotListed,
}

impl Guard {
    /// For a command on its user's own machine: everything but metadata services.
    #[must_use]
    pub fn open() -> Self {
        Self::default()
    }

    /// For a server or a worker, which sends what others wrote: public addresses only. Loopback, private, link-local, multicast and every
    /// other special-purpose address of the IANA registries is denied, also inside an IPv6 address that leads to it.
    #[must_use]
    pub fn strict() -> Self {
        Self { strict: true, ..Self::default() }
    }

    /// With something that a strict guard lets pass all the same: a host, whatever its addresses, or a network. Never a metadata service.
    #[must_use]
    pub fn allow(mut self, rules: impl IntoIterator<Item = Rule>) -> Self {
        self.exceptions.extend(rules);
        self
    }

    /// With a list of all that may be called; what else the guard denies stays denied.
    #[must_use]
    pub fn only(mut self, rules: impl IntoIterator<Item = Rule>) -> Self {
        self.only.extend(rules);
        self
    }

    /// Whether that address may be connected to for that host; the host of a URI that holds an address is the address.
    ///
    /// # Errors
    /// [`Denied`] says why not.
    pub fn judge(&self, host: &str, address: IpAddr) -> Result<(), Denied> {
        let listed = |rules: &[Rule]| rules.iter().any(|rule| rule.fits(host, Some(address)));
        if is_metadata(address) || embedded(address).any(is_metadata) {
            return Err(Denied::Metadata);
        }
        if !self.only.is_empty() && !listed(&self.only) {
            return Err(Denied::NotListed);
        }
        if !self.strict || self.exceptions.iter().any(|rule| rule.is_host(host)) {
            return Ok(());
        }
        // What an address carries is judged by itself: an exception for the way does not open where it leads.
        std::iter::once(address).chain(embedded(address)).try_for_each(|address| match special(address) {
            Some(kind) if !self.exceptions.iter().any(|rule| rule.fits("", Some(address))) => {
                Err(Denied::Special(kind))
            }
            _ => Ok(()),
        })
    }

    /// Whether that host may be named to somebody who looks it up himself, a proxy: the names of this machine and of metadata services
    /// may not, and a host that is an address, in any spelling, is judged as one.
    ///
    /// # Errors
    /// [`Denied`] says why not.
    pub fn judge_name(&self, host: &str) -> Result<(), Denied> {
        const METADATA: &[&str] = &["metadata", "metadata.google.internal", "metadata.goog", "instance-data"];
        let name = host.trim_end_matches('.');
        if let Some(address) = literal(name) {
            return self.judge(name, address);
        }
        if METADATA.contains(&name) || name.starts_with("instance-data.") {
            return Err(Denied::Metadata);
        }
        if !self.only.is_empty() && !self.only.iter().any(|rule| rule.is_host(name)) {
            return Err(Denied::NotListed);
        }
        let local = name == "localhost" || name.ends_with(".localhost");
        if self.strict && local && !self.exceptions.iter().any(|rule| rule.is_host(name)) {
            return Err(Denied::Special(Special::Loopback));
        }
        Ok(())
    }
}
