//! One line of a list: a host, its subdomains, or a network.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// A host (`crm.example.com`), all hosts below one (`*.example.com`), an address, or a network (`10.1.0.0/16`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {
    /// Exactly that host.
    Host(Box<str>),
    /// Every host that ends so; with the dot, `.example.com`.
    Below(Box<str>),
    /// The addresses that begin with so many bits of that one.
    Network(IpAddr, u8),
}

/// Why a text is no [`Rule`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// Neither a host nor an address.
    #[error("it is neither a host name nor an address")]
    Host,
    /// The number after the slash.
    #[error("a network is an address, a slash and a number of bits: 10.0.0.0/8")]
    Bits,
    /// Bits are set behind the network's own, so it is not clear which addresses are meant.
    #[error("the address has bits set behind the network's")]
    Tail,
}

impl Rule {
    /// Whether it names that host.
    pub(crate) fn is_host(&self, host: &str) -> bool {
        let host = host.trim_end_matches('.');
        match self {
            Self::Host(name) => name.eq_ignore_ascii_case(host),
            Self::Below(end) => {
                let tail = host.len().checked_sub(end.len()).filter(|at| *at > 0).and_then(|at| host.get(at..));
                tail.is_some_and(|tail| tail.eq_ignore_ascii_case(end))
            }
            Self::Network(..) => false,
        }
    }

    /// Whether it names that host, or holds the address.
    pub(in crate::http) fn fits(&self, host: &str, address: Option<IpAddr>) -> bool {
        match (self, address) {
            (Self::Network(base, bits), Some(address)) => holds(*base, *bits, address),
            _ => self.is_host(host),
        }
    }
}

/// Whether the address begins with so many bits of the base.
pub(super) fn holds(base: IpAddr, bits: u8, address: IpAddr) -> bool {
    let (base, address, width) = match (base, address) {
        (IpAddr::V4(base), IpAddr::V4(address)) => (u128::from(base.to_bits()), u128::from(address.to_bits()), 32),
        (IpAddr::V6(base), IpAddr::V6(address)) => (base.to_bits(), address.to_bits(), 128),
        _ => return false,
    };
    let tail = u32::from(width - bits.min(width));
    tail == 128 || (base ^ address) >> tail == 0
}

impl FromStr for Rule {
    type Err = RuleError;

    fn from_str(text: &str) -> Result<Self, RuleError> {
        let text = text.trim();
        if let Some((address, bits)) = text.split_once('/') {
            let base: IpAddr = address.parse().map_err(|_| RuleError::Host)?;
            let width = if base.is_ipv4() { 32 } else { 128 };
            let bits = bits.parse().ok().filter(|bits| *bits <= width).ok_or(RuleError::Bits)?;
            let own = match base {
                IpAddr::V4(base) => base.to_bits().checked_shl(u32::from(bits)).unwrap_or_default() == 0,
                IpAddr::V6(base) => base.to_bits().checked_shl(u32::from(bits)).unwrap_or_default() == 0,
            };
            return if own { Ok(Self::Network(base, bits)) } else { Err(RuleError::Tail) };
        }
        let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
        if let Ok(address) = bare.parse::<IpAddr>() {
            return Ok(Self::Network(address, if address.is_ipv4() { 32 } else { 128 }));
        }
        let (name, below) = text.strip_prefix("*.").map_or((text, false), |name| (name, true));
        let fits = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'));
        match name.trim_end_matches('.') {
            "" => Err(RuleError::Host),
            _ if !fits => Err(RuleError::Host),
            name if below => Ok(Self::Below(format!(".{name}").to_ascii_lowercase().into())),
            name => Ok(Self::Host(name.to_ascii_lowercase().into())),
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host(name) => f.write_str(name),
            Self::Below(end) => write!(f, "*{end}"),
            Self::Network(base, bits) => write!(f, "{base}/{bits}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<&str, RuleError>) {
        let got = text.parse::<Rule>().map(|rule| rule.to_string());
        assert_eq!(got, expected.map(str::to_owned), "{text}");
    }

    #[test]
    fn hosts_and_networks_are_read() {
        check("CRM.example.com.", Ok("crm.example.com"));
        check("*.example.com", Ok("*.example.com"));
        check("10.1.2.3", Ok("10.1.2.3/32"));
        check("[::1]", Ok("::1/128"));
        check("fd00::/8", Ok("fd00::/8"));
        check("0.0.0.0/0", Ok("0.0.0.0/0"));
        check("", Err(RuleError::Host));
        check("http://h", Err(RuleError::Host));
        check("h:80", Err(RuleError::Host));
        check("10.0.0.0/33", Err(RuleError::Bits));
        check("10.0.0.1/8", Err(RuleError::Tail));
    }

    #[test]
    fn a_rule_fits_what_it_names() {
        let fits = |rule: &str, host: &str, address: &str| {
            rule.parse::<Rule>().is_ok_and(|rule| rule.fits(host, address.parse().ok()))
        };
        assert!(fits("*.example.com", "a.b.Example.com", "10.0.0.1"));
        assert!(!fits("*.example.com", "example.com", "10.0.0.1"));
        assert!(!fits("*.example.com", "badexample.com", "10.0.0.1"));
        assert!(fits("h", "h.", "10.0.0.1"));
        assert!(fits("10.0.0.0/8", "x", "10.255.0.1") && !fits("10.0.0.0/8", "x", "11.0.0.1"));
        assert!(fits("::/0", "x", "2606::1") && !fits("::/0", "x", "10.0.0.1"));
    }
}
