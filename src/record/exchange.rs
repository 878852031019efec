//! One exchange, as a file holds it.
//!
//! ```json
//! {
//!   "recording": 1,
//!   "request": {"method": "GET", "url": "https://api.zoom.us/v2/users/a", "headers": {"Authorization": "Bearer ***"}, "body": null},
//!   "response": {"status": 200, "reason": "OK", "headers": {"Content-Type": "application/json"}, "body": {"json": {"id": "a"}}}
//! }
//! ```
//!
//! A call without an answer has `failure` in the place of `response`. Nothing in it depends on the time it took.

use super::asked::Asked;
use super::body;
use super::failure::Failed;
use crate::http::{Failure, Headers, Response, is_json};
use crate::secret::{MASK, Redactor};
use serde_json::{Map, Value, json};

/// The version of the format: a program refuses a later one.
const VERSION: u64 = 1;

/// One exchange of a recording: what was asked, and what came of it; masked.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// The name of its file.
    pub(super) name: String,
    pub(super) asked: Asked,
    pub(super) answer: Answer,
}

/// What came of a request.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Answer {
    Response { status: u16, reason: String, headers: Fields, body: Value },
    Failure(Failed),
}

/// Why a text is no recording.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Malformed(pub(super) String);

/// Header fields: names as they were written, in order; a name may have several values.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Fields(Vec<(String, Vec<String>)>);

impl Recorded {
    /// The name of its file.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The method and the URL, masked.
    #[must_use]
    pub fn request(&self) -> (&str, &str) {
        (&self.asked.method, &self.asked.url)
    }

    /// The status and the body; `None` when there was no answer. The body is null when it is no JSON.
    #[must_use]
    pub fn response(&self) -> Option<(u16, Value)> {
        match &self.answer {
            Answer::Response { status, body, .. } => Some((*status, json_of(body))),
            Answer::Failure(_) => None,
        }
    }

    /// The file's text.
    #[must_use]
    pub fn text(&self) -> String {
        let (key, answer) = match &self.answer {
            Answer::Failure(failed) => ("failure", failed.to_value()),
            Answer::Response { status, reason, headers, body } => {
                let response = json!({"status": status, "reason": reason, "headers": headers.to_value(), "body": body});
                ("response", response)
            }
        };
        format!("{:#}\n", json!({"recording": VERSION, "request": self.asked.to_value(), key: answer}))
    }

    /// The exchange of a file.
    ///
    /// # Errors
    /// [`Malformed`] says what is wrong with it.
    pub fn parse(name: &str, text: &str) -> Result<Self, Malformed> {
        let value: Value = serde_json::from_str(text).map_err(|err| Malformed(format!("it is not JSON: {err}")))?;
        match value.get("recording").and_then(Value::as_u64) {
            Some(VERSION) => {}
            Some(later) => return Err(Malformed(format!("its format {later} is later than this program"))),
            None => return Err(Malformed("it has no `recording: 1`".to_owned())),
        }
        let part = |name: &str| value.get(name).and_then(Value::as_object);
        let asked = part("request").ok_or_else(|| Malformed("it has no `request`".to_owned()))?;
        let answer = match (part("response"), part("failure")) {
            (Some(response), None) => answer(response)?,
            (None, Some(failure)) => Answer::Failure(Failed::from_value(failure)?),
            _ => return Err(Malformed("it has neither `response` nor `failure`, or both".to_owned())),
        };
        Ok(Self { name: name.to_owned(), asked: Asked::from_value(asked)?, answer })
    }
}

fn answer(response: &Map<String, Value>) -> Result<Answer, Malformed> {
    let status = response.get("status").and_then(Value::as_u64).and_then(|status| u16::try_from(status).ok());
    let status = status.ok_or_else(|| Malformed("`response.status` has to be a number".to_owned()))?;
    let reason = response.get("reason").and_then(Value::as_str).unwrap_or_default().to_owned();
    let body = response.get("body").cloned().unwrap_or_default();
    body::bytes(&body)?;
    Ok(Answer::Response { status, reason, headers: Fields::from_value(response.get("headers"))?, body })
}

/// The value of a JSON body, whichever way it was written.
pub(super) fn json_of(body: &Value) -> Value {
    match body.get("json") {
        Some(value) => value.clone(),
        None => body::bytes(body).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default(),
    }
}

impl Answer {
    /// What a delivery brought, masked; `None` for a request that was kept back before it could go anywhere.
    pub(super) fn of(result: &Result<Response, Failure>, written: bool, redactor: &Redactor) -> Option<Self> {
        match result {
            Err(failure) => Failed::of(failure, written, redactor).map(Self::Failure),
            Ok(response) => {
                let mut headers = Fields::default();
                for header in response.headers.iter() {
                    let value = redactor.redact(&header.text()).into_owned();
                    let is_cookie = header.name.eq_ignore_ascii_case("Set-Cookie");
                    headers.add(header.name.to_owned(), if is_cookie { cookie(&value) } else { value });
                }
                let is_json = response.headers.get("Content-Type").is_some_and(|kind| is_json(&kind));
                Some(Self::Response {
                    status: response.status,
                    reason: redactor.redact(&response.reason).into_owned(),
                    headers,
                    body: body::shown(&redactor.redact_bytes(&response.body), is_json),
                })
            }
        }
    }

    /// The same as a delivery; the flag says whether any byte of the request was written.
    pub(super) fn result(&self) -> (Result<Response, Failure>, bool) {
        match self {
            Self::Failure(failed) => (Err(failed.failure()), failed.written),
            Self::Response { status, reason, headers, body } => {
                let body = body::bytes(body).unwrap_or_default();
                let headers = headers.headers();
                let reason = reason.as_str().into();
                (Ok(Response { status: *status, reason, headers, body: body.into(), made: None }), true)
            }
        }
    }
}

/// A session is a credential: its name and attributes stay.
fn cookie(value: &str) -> String {
    let (pair, attributes) = value.split_at(value.find(';').unwrap_or(value.len()));
    let name = pair.split('=').next().unwrap_or_default();
    format!("{name}={MASK}{attributes}")
}

impl Fields {
    pub(super) fn add(&mut self, name: String, value: String) {
        match self.0.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(&name)) {
            Some((_, values)) => values.push(value),
            None => self.0.push((name, vec![value])),
        }
    }

    fn get(&self, name: &str) -> &[String] {
        let found = self.0.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, values)| values.as_slice()).unwrap_or_default()
    }

    /// All values of a name in one text.
    pub(super) fn joined(&self, name: &str) -> String {
        self.get(name).join(", ")
    }

    /// Whether both have the same fields, in whatever order.
    pub(super) fn same(&self, other: &Self) -> bool {
        self.0.len() == other.0.len() && self.0.iter().all(|(name, values)| other.get(name) == values)
    }

    /// The names of both.
    pub(super) fn names_with(&self, other: &Self) -> Vec<String> {
        let own = self.0.iter().map(|(name, _)| name.clone());
        let others = other.0.iter().filter(|(name, _)| self.get(name).is_empty()).map(|(name, _)| name.clone());
        own.chain(others).collect()
    }

    fn headers(&self) -> Headers {
        let mut headers = Headers::default();
        for (name, value) in self.0.iter().flat_map(|(name, values)| values.iter().map(move |value| (name, value))) {
            headers.add(name, value);
        }
        headers
    }

    pub(super) fn to_value(&self) -> Value {
        let fields = self.0.iter().map(|(name, values)| match values.as_slice() {
            [only] => (name.clone(), json!(only)),
            several => (name.clone(), json!(several)),
        });
        Value::Object(fields.collect())
    }

    pub(super) fn from_value(value: Option<&Value>) -> Result<Self, Malformed> {
        let wrong = || Malformed("`headers` holds a text, or a list of texts, for each name".to_owned());
        let mut fields = Self::default();
        let Some(value) = value.filter(|value| !value.is_null()) else { return Ok(fields) };
        for (name, value) in value.as_object().ok_or_else(wrong)? {
            let values = match value {
                Value::Array(items) => items.as_slice(),
                one => std::slice::from_ref(one),
            };
            for value in values {
                fields.add(name.clone(), value.as_str().ok_or_else(wrong)?.to_owned());
            }
        }
        Ok(fields)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<(), &str>) {
        let parsed = Recorded::parse("a.recording.json", text);
        match (parsed, expected) {
            (Ok(recorded), Ok(())) => {
                assert_eq!(Recorded::parse("a.recording.json", &recorded.text()).as_ref(), Ok(&recorded));
            }
            (Err(malformed), Err(words)) => assert!(malformed.to_string().contains(words), "{malformed}"),
            (parsed, _) => panic!("{parsed:?}"),
        }
    }

    #[test]
    fn a_file_is_read_as_it_was_written() {
        let request = r#""request": {"method": "GET", "url": "https://h/", "headers": {"A": ["1", "2"], "B": "3"}, "body": null}"#;
        check(
            &format!(
                r#"{{"recording": 1, {request}, "response": {{"status": 200, "reason": "OK", "headers": {{}}, "body": {{"text": "x"}}}}}}"#
            ),
            Ok(()),
        );
        check(&format!(r#"{{"recording": 1, {request}, "failure": {{"kind": "closed", "written": true}}}}"#), Ok(()));
        check(&format!(r#"{{"recording": 2, {request}}}"#), Err("later than this program"));
        check(&format!(r#"{{"recording": 1, {request}}}"#), Err("neither"));
        check(
            &format!(r#"{{"recording": 1, {request}, "failure": {{"kind": "sulks", "written": true}}}}"#),
            Err("sulks"),
        );
        check("{\"recording\": 1}", Err("no `request`"));
        check("[]", Err("no `recording: 1`"));
        check("x", Err("not JSON"));
    }

    #[test]
    fn a_session_is_covered() {
        assert_eq!(cookie("sid=abc; Path=/; HttpOnly"), "sid=***; Path=/; HttpOnly");
        assert_eq!(cookie("sid"), "sid=***");
    }
}
