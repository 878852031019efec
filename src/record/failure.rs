//! A call that got no answer, as a file tells of it: enough to judge it again in the same way.

use super::exchange::Malformed;
use crate::http::{Failure, Phase};
use crate::secret::Redactor;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::io::{self, ErrorKind};
use std::time::Duration;

/// Why there was no answer, and whether any byte of the request had been written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Failed {
    #[serde(flatten)]
    why: Why,
    #[serde(default)]
    pub(super) written: bool,
}

/// What the network said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Said {
    text: String,
    /// `refused`, `reset` or `timedOut`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    how: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
enum Why {
    Dns { host: String, said: Said },
    Connect { origin: String, said: Said },
    Proxy { proxy: String, said: Said },
    Tls { host: String, said: Said },
    TimedOut { phase: String, limit_ms: u64, setting: String },
    Closed { said: Option<Said> },
    Unprocessed { said: Said },
    Truncated { part: String, received: u64, expected: Option<u64> },
    Protocol { what: String },
    TooLarge { part: String, seen: u64, limit: u64, setting: String },
    Decode { encoding: String, said: Said },
}

/// Texts that a failure holds as they stand in the program.
const SETTINGS: &[&str] = &[
    "readTimeOut",
    "connectionTimeOut",
    "timeOuts.dnsMs",
    "timeOuts.tlsMs",
    "timeOuts.firstByteMs",
    "timeOuts.idleMs",
    "maxResponseBytes",
    "fixed",
];
const PARTS: &[&str] = &["body", "head", "trailer"];
const PHASES: &[Phase] = &[Phase::Dns, Phase::Connect, Phase::Tls, Phase::Send, Phase::FirstByte, Phase::Body];
const HOW: &[(&str, ErrorKind)] = &[
    ("refused", ErrorKind::ConnectionRefused),
    ("reset", ErrorKind::ConnectionReset),
    ("timedOut", ErrorKind::TimedOut),
];

impl Failed {
    /// What is written of a failure; `None` for a request that our own side kept back.
    pub(super) fn of(failure: &Failure, written: bool, redactor: &Redactor) -> Option<Self> {
        let mask = |text: &str| redactor.redact(text).into_owned();
        let said = |source: &io::Error| Said {
            text: mask(&source.to_string()),
            how: HOW.iter().find(|(_, kind)| *kind == source.kind()).map(|(name, _)| (*name).to_owned()),
        };
        let why = match failure {
            Failure::Dns { host, source } => Why::Dns { host: mask(host), said: said(source) },
            Failure::Connect { origin, source } => Why::Connect { origin: mask(origin), said: said(source) },
            Failure::Proxy { proxy, source } => Why::Proxy { proxy: mask(proxy), said: said(source) },
            Failure::Tls { host, source } => Why::Tls { host: mask(host), said: said(source) },
            Failure::TimedOut { phase, limit, setting } => Why::TimedOut {
                phase: phase.as_str().to_owned(),
                limit_ms: u64::try_from(limit.as_millis()).unwrap_or(u64::MAX),
                setting: (*setting).to_owned(),
            },
            Failure::Closed { source } => Why::Closed { said: source.as_ref().map(said) },
            Failure::Unprocessed { source } => Why::Unprocessed { said: said(source) },
            Failure::Truncated { part, received, expected } => {
                Why::Truncated { part: (*part).to_owned(), received: *received, expected: *expected }
            }
            Failure::Protocol { what } => Why::Protocol { what: mask(what) },
            Failure::TooLarge { part, seen, limit, setting } => {
                Why::TooLarge { part: (*part).to_owned(), seen: *seen, limit: *limit, setting: (*setting).to_owned() }
            }
            Failure::Decode { encoding, source } => Why::Decode { encoding: mask(encoding), said: said(source) },
            _ => return None,
        };
        Some(Self { why, written })
    }

    /// The same failure again.
    pub(super) fn failure(&self) -> Failure {
        match self.why.clone() {
            Why::Dns { host, said } => Failure::Dns { host: host.into(), source: said.error() },
            Why::Connect { origin, said } => Failure::Connect { origin: origin.into(), source: said.error() },
            Why::Proxy { proxy, said } => Failure::Proxy { proxy: proxy.into(), source: said.error() },
            Why::Tls { host, said } => Failure::Tls { host: host.into(), source: said.error() },
            Why::TimedOut { phase, limit_ms, setting } => Failure::TimedOut {
                phase: PHASES.iter().find(|known| known.as_str() == phase).copied().unwrap_or(Phase::FirstByte),
                limit: Duration::from_millis(limit_ms),
                setting: known(SETTINGS, &setting),
            },
            Why::Closed { said } => Failure::Closed { source: said.map(Said::error) },
            Why::Unprocessed { said } => Failure::Unprocessed { source: said.error() },
            Why::Truncated { part, received, expected } => {
                Failure::Truncated { part: known(PARTS, &part), received, expected }
            }
            Why::Protocol { what } => Failure::Protocol { what: what.into() },
            Why::TooLarge { part, seen, limit, setting } => {
                Failure::TooLarge { part: known(PARTS, &part), seen, limit, setting: known(SETTINGS, &setting) }
            }
            Why::Decode { encoding, said } => Failure::Decode { encoding: encoding.into(), source: said.error() },
        }
    }

    pub(super) fn to_value(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    pub(super) fn from_value(value: &Map<String, Value>) -> Result<Self, Malformed> {
        serde_json::from_value(Value::Object(value.clone())).map_err(|err| Malformed(format!("`failure`: {err}")))
    }
}

impl Said {
    fn error(self) -> io::Error {
        let how = HOW.iter().find(|(name, _)| Some(*name) == self.how.as_deref());
        io::Error::new(how.map_or(ErrorKind::Other, |(_, kind)| *kind), self.text)
    }
}

/// The text of the program that is the same; the first one when there is none.
fn known(texts: &'static [&'static str], text: &str) -> &'static str {
    texts.iter().find(|known| **known == text).or(texts.first()).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(failure: &Failure) {
        let failed = Failed::of(failure, true, &Redactor::default()).expect("it is written");
        let Value::Object(value) = failed.to_value() else { panic!("an object") };
        let back = Failed::from_value(&value).expect("it can be read");
        assert_eq!(back, failed);
        assert_eq!(back.failure().sentence(), failure.sentence());
        assert_eq!(back.failure().is_before_sending(), failure.is_before_sending());
        assert_eq!(back.failure().is_timeout(), failure.is_timeout());
    }

    #[test]
    fn every_failure_comes_back_as_it_was() {
        let error = || io::Error::new(ErrorKind::ConnectionRefused, "Connection refused");
        check(&Failure::Dns { host: "h".into(), source: error() });
        check(&Failure::Connect { origin: "http://h".into(), source: error() });
        check(&Failure::Tls { host: "h".into(), source: io::Error::other("expired") });
        for phase in PHASES {
            check(&Failure::TimedOut { phase: *phase, limit: Duration::from_secs(2), setting: "timeOuts.idleMs" });
        }
        check(&Failure::Closed { source: None });
        check(&Failure::Closed { source: Some(error()) });
        check(&Failure::Unprocessed { source: error() });
        check(&Failure::Truncated { part: "head", received: 3, expected: Some(9) });
        check(&Failure::Protocol { what: "no status".into() });
        check(&Failure::TooLarge { part: "body", seen: 9, limit: 3, setting: "maxResponseBytes" });
        check(&Failure::Decode { encoding: "gzip".into(), source: io::Error::other("bad") });
    }

    #[test]
    fn what_our_own_side_kept_back_is_not_written() {
        let kept = Failure::NoRecording { told: "none".into() };
        assert_eq!(Failed::of(&kept, false, &Redactor::default()), None);
    }
}
