//! `NO_PROXY`: who is called without a proxy.

use crate::http::guard::Rule;
use crate::http::target::Origin;

/// Hosts that are called directly.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Direct {
    all: bool,
    rules: Vec<(Rule, Option<u16>)>,
}

impl Direct {
    /// Reads a list with commas, as `NO_PROXY` has it: `example.com` and `.example.com` are the host and all below it, `10.0.0.0/8` a
    /// network, `host:8080` one port of it, `*` everybody. What cannot be understood is nobody, as with other programs.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut direct = Self::default();
        for item in text.split([',', ' ']).map(str::trim).filter(|item| !item.is_empty()) {
            if item == "*" {
                direct.all = true;
                continue;
            }
            let (host, port) = split_port(item);
            let name = host.trim_start_matches("*.").trim_start_matches('.');
            if let Ok(rule) = name.parse::<Rule>() {
                if matches!(rule, Rule::Host(_)) {
                    direct.rules.extend(format!("*.{name}").parse().ok().map(|below| (below, port)));
                }
                direct.rules.push((rule, port));
            }
        }
        direct
    }

    pub(super) fn holds(&self, origin: &Origin) -> bool {
        let address = origin.host.parse().ok();
        let fits = |(rule, port): &(Rule, Option<u16>)| {
            port.is_none_or(|port| port == origin.port) && rule.fits(&origin.host, address)
        };
        self.all || self.rules.iter().any(fits)
    }
}

/// A port behind a name or a bracket; an IPv6 address without brackets has none.
fn split_port(item: &str) -> (&str, Option<u16>) {
    match item.rsplit_once(':') {
        Some((host, port)) if !host.contains(':') || host.ends_with(']') => match port.parse() {
            Ok(port) => (host, Some(port)),
            Err(_) => (item, None),
        },
        _ => (item, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::target::Target;

    #[track_caller]
    fn check(list: &str, uri: &str, expected: bool) {
        let target = Target::parse(uri).expect("a URI");
        assert_eq!(Direct::parse(list).holds(&target.origin), expected, "{list}: {uri}");
    }

    #[test]
    fn the_list_is_read_as_other_programs_read_it() {
        for list in ["example.com", ".example.com", "*.example.com", "a.b, Example.COM"] {
            check(list, "http://example.com/", true);
            check(list, "http://api.example.com/", true);
            check(list, "http://badexample.com/", false);
        }
        check("example.com:8080", "http://example.com:8080/", true);
        check("example.com:8080", "http://example.com/", false);
        check("10.0.0.0/8,::1", "http://10.2.3.4/", true);
        check("10.0.0.0/8,::1", "http://[::1]/", true);
        check("[::1]:81", "http://[::1]:80/", false);
        check("10.0.0.1", "http://10.0.0.2/", false);
        check("*", "http://anybody/", true);
        check("", "http://anybody/", false);
    }
}
