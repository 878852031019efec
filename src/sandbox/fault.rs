//! Failures on demand.

use super::{FAULT_HEADER, SandboxRequest};
use serde_json::Value;
use std::collections::HashMap;

/// A failure, and how often it happens.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// What happens.
    pub kind: FaultKind,
    /// How many milliseconds pass first.
    pub delay_ms: u64,
    /// How often; always when `None`.
    pub times: Option<u32>,
    /// The entry it is for; every one when `None`.
    pub entry: Option<String>,
}

/// What happens to a request.
#[derive(Debug, Clone, PartialEq)]
pub enum FaultKind {
    /// Nothing but the delay: the request is answered as usual.
    None,
    /// A status, without the operation taking place.
    Status {
        /// The status.
        status: u16,
        /// The API's own code, as its error table has it.
        code: Option<Value>,
        /// `Retry-After` as it is: seconds, an HTTP date, or whatever the API sends. 1 when a 429 names none.
        retry_after: Option<String>,
    },
    /// The connection is closed without an answer.
    Close,
}

/// Why a text is not a fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("read the fault `{part}`: {why}")]
pub struct FaultError {
    /// The part that is wrong.
    pub part: String,
    /// What is expected there.
    pub why: &'static str,
}

impl Fault {
    /// Reads a fault: parts separated by `;` or `,`.
    ///
    /// | part | meaning |
    /// |---|---|
    /// | `429`, `500`, ... | that status |
    /// | `close` | no answer |
    /// | `delay=500` | milliseconds first |
    /// | `retry-after=2` | the header, as it is |
    /// | `code=1009` | with that code of the API |
    /// | `times=2`, `once`, `always` | how often; always when nothing is said |
    /// | `entry=zoom_users_create` | only for that task definition |
    ///
    /// ```
    /// use legwork::sandbox::{Fault, FaultKind};
    ///
    /// let fault = Fault::parse("429; retry-after=2; once")?;
    /// assert_eq!(fault.times, Some(1));
    /// assert!(matches!(fault.kind, FaultKind::Status { status: 429, .. }));
    /// # Ok::<(), legwork::sandbox::FaultError>(())
    /// ```
    ///
    /// # Errors
    /// [`FaultError`] with the part that says nothing.
    pub fn parse(text: &str) -> Result<Self, FaultError> {
        let mut fault = Self { kind: FaultKind::None, delay_ms: 0, times: None, entry: None };
        let (mut api_code, mut after) = (None, None);
        for part in text.split([';', ',']).map(str::trim).filter(|part| !part.is_empty()) {
            let wrong = |why: &'static str| FaultError { part: part.to_owned(), why };
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            match name.trim().to_ascii_lowercase().as_str() {
                "close" => fault.kind = FaultKind::Close,
                "once" => fault.times = Some(1),
                "always" => fault.times = None,
                "times" => fault.times = Some(value.trim().parse().map_err(|_| wrong("a number is expected"))?),
                "delay" => fault.delay_ms = value.trim().parse().map_err(|_| wrong("milliseconds are expected"))?,
                "retry-after" => after = Some(value.trim().to_owned()),
                "code" => api_code = Some(code(value.trim())),
                "entry" => fault.entry = Some(value.trim().to_owned()),
                status => {
                    let status = status.parse().ok().filter(|status| (100..600).contains(status));
                    let status = status.ok_or_else(|| {
                        wrong("a status, close, delay, retry-after, code, times or entry is expected")
                    })?;
                    fault.kind = FaultKind::Status { status, code: None, retry_after: None };
                }
            }
        }
        if let FaultKind::Status { code, retry_after, .. } = &mut fault.kind {
            (*code, *retry_after) = (api_code, after);
        }
        Ok(fault)
    }
}

fn code(text: &str) -> Value {
    text.parse::<i64>().map_or_else(|_| text.into(), Value::from)
}

/// The faults that are still to come.
#[derive(Debug, Default)]
pub(super) struct Faults {
    planned: Vec<Fault>,
    asked: HashMap<String, u32>,
}

impl Faults {
    pub(super) fn add(&mut self, fault: Fault) {
        self.planned.push(fault);
    }

    /// The fault that this request meets: its own header's, else the first planned one of its entry.
    pub(super) fn next(&mut self, entry: &str, request: &SandboxRequest<'_>) -> Option<Fault> {
        let fits = |fault: &Fault| fault.entry.as_ref().is_none_or(|own| own == entry);
        if let Some(text) = request.header(FAULT_HEADER) {
            let fault = Fault::parse(text).ok().filter(fits)?;
            // A client that sends the same again after a failure sends the header again: so it counts by what is asked.
            let asked = self.asked.entry(format!("{text} {} {}", request.method, request.path)).or_default();
            *asked += 1;
            return fault.times.is_none_or(|times| *asked <= times).then_some(fault);
        }
        let index = self.planned.iter().position(|fault| fits(fault) && fault.times != Some(0))?;
        let fault = self.planned.get_mut(index)?;
        fault.times = fault.times.map(|times| times - 1);
        Some(fault.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_reads_from_its_parts() {
        let check = |text: &str, expected: Option<Fault>| assert_eq!(Fault::parse(text).ok(), expected, "{text}");
        let status = |status, code: Option<Value>, retry_after: Option<&str>| FaultKind::Status {
            status,
            code,
            retry_after: retry_after.map(str::to_owned),
        };
        let fault = |kind, delay_ms, times, entry: Option<&str>| {
            Some(Fault { kind, delay_ms, times, entry: entry.map(str::to_owned) })
        };
        check("500", fault(status(500, None, None), 0, None, None));
        check(
            "429; retry-after=2026-11-22T00:00:00Z; times=3",
            fault(status(429, None, Some("2026-11-22T00:00:00Z")), 0, Some(3), None),
        );
        check(
            "400,code=1009,once,entry=zoom_users_create",
            fault(status(400, Some(1009.into()), None), 0, Some(1), Some("zoom_users_create")),
        );
        check("close; delay=20", fault(FaultKind::Close, 20, None, None));
        check("delay=500; always", fault(FaultKind::None, 500, None, None));
        check("", fault(FaultKind::None, 0, None, None));
        check("boom", None);
        check("42", None);
        check("delay=soon", None);
        check("500; times=-1", None);
    }
}
