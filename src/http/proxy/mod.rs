//! Which proxy a request goes through, if any.

mod direct;

pub use direct::Direct;

use super::target::{Origin, Scheme, Target, TargetError};
use crate::secret::Secret;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

/// How a proxy is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// HTTP: requests in absolute form to http servers, CONNECT to https servers.
    Http,
    /// The same over TLS.
    Https,
    /// SOCKS 5; names are looked up here.
    Socks5,
    /// SOCKS 5; names are looked up by the proxy.
    Socks5h,
}

/// One proxy.
#[derive(Clone)]
pub struct Proxy {
    /// How it is spoken to.
    pub protocol: Protocol,
    /// Where it is.
    pub origin: Origin,
    credentials: Option<Credentials>,
}

#[derive(Clone)]
struct Credentials {
    name: String,
    password: Secret,
}

/// Why a text is no [`Proxy`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProxyError {
    /// A scheme that no proxy has.
    #[error("a proxy is `http://`, `https://`, `socks5://` or `socks5h://`")]
    Scheme,
    /// What follows the scheme.
    #[error(transparent)]
    Target(#[from] TargetError),
}

/// The proxies of a client: by the scheme of what is called, and who is called directly.
#[derive(Debug, Clone, Default)]
pub struct Proxies {
    /// For http servers.
    pub http: Option<Arc<Proxy>>,
    /// For https servers.
    pub https: Option<Arc<Proxy>>,
    /// Who is called directly. This machine always is.
    pub direct: Direct,
}

impl Proxy {
    /// Reads `scheme://user:password@host:port`; without a scheme it is http. Ports that are not written: 80, 443, 1080.
    ///
    /// # Errors
    /// [`ProxyError`] says what is wrong; it never holds the credentials.
    pub fn parse(text: &str) -> Result<Self, ProxyError> {
        let (scheme, rest) = text.trim().split_once("://").unwrap_or(("http", text.trim()));
        let (protocol, port) = match scheme.to_ascii_lowercase().as_str() {
            "http" => (Protocol::Http, 80),
            "https" => (Protocol::Https, 443),
            "socks5" => (Protocol::Socks5, 1080),
            "socks5h" | "socks" => (Protocol::Socks5h, 1080),
            _ => return Err(ProxyError::Scheme),
        };
        let rest = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let (credentials, authority) = rest.rsplit_once('@').map_or((None, rest), |(user, host)| (Some(user), host));
        let mut origin = Target::parse(&format!("http://{authority}"))?.origin;
        let after_host = authority.rsplit_once(']').map_or(authority, |(_, tail)| tail);
        if !after_host.contains(':') {
            origin.port = port;
        }
        if protocol == Protocol::Https {
            origin.scheme = Scheme::Https;
        }
        let credentials = credentials.map(|text| {
            let (name, password) = text.split_once(':').unwrap_or((text, ""));
            let plain = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
            Credentials { name: plain(name), password: Secret::new(plain(password)) }
        });
        Ok(Self { protocol, origin, credentials })
    }

    /// The password, for a redactor.
    #[must_use]
    pub fn password(&self) -> Option<&Secret> {
        self.credentials.as_ref().map(|credentials| &credentials.password)
    }

    /// The value of Proxy-Authorization.
    #[must_use]
    pub fn authorization(&self) -> Option<Secret> {
        let Credentials { name, password } = self.credentials.as_ref()?;
        let pair = Secret::new(format!("{name}:{}", password.expose()));
        Some(Secret::new(format!("Basic {}", BASE64_STANDARD.encode(pair.expose()))))
    }

    /// Name and password.
    pub(super) fn credentials(&self) -> Option<(&str, &Secret)> {
        self.credentials.as_ref().map(|credentials| (credentials.name.as_str(), &credentials.password))
    }
}

impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.protocol {
            Protocol::Http => "http",
            Protocol::Https => "https",
            Protocol::Socks5 => "socks5",
            Protocol::Socks5h => "socks5h",
        };
        let host = &self.origin.host;
        let host = if host.contains(':') { format!("[{host}]") } else { host.to_string() };
        write!(f, "{scheme}://{host}:{}", self.origin.port)
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proxy({self})")
    }
}

impl Proxies {
    /// The proxy for an origin; `None` when it is called directly.
    #[must_use]
    pub fn of(&self, origin: &Origin) -> Option<&Arc<Proxy>> {
        let proxy = match origin.scheme {
            Scheme::Http => self.http.as_ref(),
            Scheme::Https => self.https.as_ref(),
        }?;
        let is_own =
            origin.host.parse::<IpAddr>().map_or(&*origin.host == "localhost", |address| address.is_loopback());
        if is_own || self.direct.holds(origin) { None } else { Some(proxy) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<(&str, Option<&str>), ProxyError>) {
        let got = Proxy::parse(text);
        let shown =
            got.map(|proxy| (proxy.to_string(), proxy.authorization().map(|secret| secret.expose().to_owned())));
        let expected = expected.map(|(proxy, field)| (proxy.to_owned(), field.map(str::to_owned)));
        assert_eq!(shown, expected, "{text}");
    }

    #[test]
    fn proxies_are_read() {
        check("proxy.example.com", Ok(("http://proxy.example.com:80", None)));
        check("http://[::1]:3128/", Ok(("http://[::1]:3128", None)));
        check("https://proxy", Ok(("https://proxy:443", None)));
        check("socks5h://proxy", Ok(("socks5h://proxy:1080", None)));
        check("socks5://[::1]", Ok(("socks5://[::1]:1080", None)));
        check("http://u:p%40ss@proxy:8080", Ok(("http://proxy:8080", Some("Basic dTpwQHNz"))));
        check("ftp://proxy", Err(ProxyError::Scheme));
        check("http://u:p@", Err(ProxyError::Target(TargetError::Host)));
    }

    #[test]
    fn no_view_of_a_proxy_shows_its_password() {
        let proxy = Proxy::parse("http://user:long-password@proxy:8080").expect("a proxy");
        assert!(!format!("{proxy} {proxy:?}").contains("long-password"));
    }

    #[test]
    fn the_scheme_chooses_and_this_machine_is_called_directly() {
        let proxy = |text: &str| Proxy::parse(text).ok().map(Arc::new);
        let direct = Direct::parse(".internal, 10.0.0.0/8");
        let proxies = Proxies { http: proxy("http://a"), https: proxy("http://b"), direct };
        let of = |uri: &str| {
            let target = Target::parse(uri).expect("a URI");
            proxies.of(&target.origin).map(|proxy| proxy.origin.host.to_string())
        };
        assert_eq!(of("http://example.com/").as_deref(), Some("a"));
        assert_eq!(of("https://example.com/").as_deref(), Some("b"));
        for direct in
            ["http://localhost/", "https://127.9.9.9/", "http://[::1]/", "https://x.internal/", "http://10.1.1.1/"]
        {
            assert_eq!(of(direct), None, "{direct}");
        }
    }
}
