//! How the network is reached: what the flags, `legwork.toml` and the process environment say. Nothing is judged here.

use crate::secret::Secret;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// The settings of `[network]`, of `[env.NAME.network]`, or of the flags; what is not said is `None` or empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Network {
    /// `egress`: which addresses may be called.
    pub egress: Option<Egress>,
    /// `allow`: hosts and networks that `strict` lets pass all the same.
    pub allow: Vec<String>,
    /// `only`: hosts and networks, the only ones that may be called.
    pub only: Vec<String>,
    /// `proxy`: the proxy for everything; empty for none, whatever the process environment says.
    #[serde(skip)]
    pub proxy: Option<String>,
    /// `no-proxy`: who is called without a proxy.
    pub no_proxy: Vec<String>,
    /// `ca`: a PEM file of authorities that are trusted besides the system's.
    pub ca: Option<PathBuf>,
    /// `client-certificate`: a PEM file with our own certificate, its chain and its key.
    pub client_certificate: Option<PathBuf>,
}

/// Which addresses may be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Egress {
    /// All but metadata services.
    Open,
    /// Public ones only.
    Strict,
}

impl Network {
    /// These settings, and where they say nothing the others.
    #[must_use]
    pub fn or(self, other: &Self) -> Self {
        let list = |own: Vec<String>, other: &Vec<String>| if own.is_empty() { other.clone() } else { own };
        Self {
            egress: self.egress.or(other.egress),
            allow: list(self.allow, &other.allow),
            only: list(self.only, &other.only),
            proxy: self.proxy.or_else(|| other.proxy.clone()),
            no_proxy: list(self.no_proxy, &other.no_proxy),
            ca: self.ca.or_else(|| other.ca.clone()),
            client_certificate: self.client_certificate.or_else(|| other.client_certificate.clone()),
        }
    }
}

/// The proxies that the process environment names.
#[derive(Debug, Clone, Default)]
pub struct ProxyVariables {
    /// `HTTP_PROXY`, else `ALL_PROXY`: for http servers. They may hold a password.
    pub http: Option<Secret>,
    /// `HTTPS_PROXY`, else `ALL_PROXY`.
    pub https: Option<Secret>,
    /// `NO_PROXY`.
    pub no_proxy: Option<String>,
}

impl ProxyVariables {
    /// Reads the variables, in small letters first, as curl does. Under CGI, `HTTP_PROXY` is a header of somebody's request and not read.
    #[must_use]
    pub fn of_process() -> Self {
        Self::of(|name| std::env::var(name).ok())
    }

    fn of(variable: impl Fn(&str) -> Option<String>) -> Self {
        let one = |name: &str| {
            let capital = name.to_ascii_uppercase();
            let theirs = name == "http_proxy" && variable("REQUEST_METHOD").is_some();
            let value = variable(name).or_else(|| variable(&capital).filter(|_| !theirs));
            value.filter(|value| !value.trim().is_empty())
        };
        let all = one("all_proxy");
        let of = |name: &str| one(name).or_else(|| all.clone()).map(Secret::new);
        Self { http: of("http_proxy"), https: of("https_proxy"), no_proxy: one("no_proxy") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(variables: &[(&str, &str)], http: Option<&str>, https: Option<&str>) {
        let found =
            |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        let got = ProxyVariables::of(found);
        let text = |secret: &Option<Secret>| secret.as_ref().map(|secret| secret.expose().to_owned());
        assert_eq!((text(&got.http).as_deref(), text(&got.https).as_deref()), (http, https), "{variables:?}");
    }

    #[test]
    fn the_variables_are_read_as_curl_reads_them() {
        check(&[], None, None);
        check(&[("HTTP_PROXY", "a"), ("https_proxy", "b"), ("HTTPS_PROXY", "c")], Some("a"), Some("b"));
        check(&[("ALL_PROXY", "a"), ("HTTPS_PROXY", "")], Some("a"), Some("a"));
        check(&[("HTTP_PROXY", "a"), ("REQUEST_METHOD", "GET")], None, None);
        check(&[("http_proxy", "a"), ("REQUEST_METHOD", "GET")], Some("a"), None);
    }

    #[test]
    fn the_nearer_setting_wins() {
        let near = Network { egress: Some(Egress::Open), ..Network::default() };
        let far = Network { egress: Some(Egress::Strict), allow: vec!["h".to_owned()], ..Network::default() };
        assert_eq!(
            near.or(&far),
            Network { egress: Some(Egress::Open), allow: vec!["h".to_owned()], ..Network::default() }
        );
    }
}
