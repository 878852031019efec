//! `toFile` and `stream`: what becomes of an answer that is not simply read, as it is written beside the request.
//!
//! ```yaml
//! toFile: {folder: downloads, name: report.pdf, overBytes: 0, maxBytes: 1073741824}    # or true
//! stream: {until: {event: done, data: '^\[DONE\]$'}, maxEvents: 100, maxSeconds: 20}   # or true
//! ```

use super::error::{RequestError, refuse};
use super::fields::Fields;
use crate::diagnostic::codes;
use crate::host;
use crate::http::events::Until;
use regex::Regex;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// The folder of answers unless `toFile` says otherwise.
const FOLDER: &str = "answers";
/// The most bytes of a file unless `maxBytes` says otherwise: 1 GiB.
const MAX_FILE_BYTES: u64 = 1024 * 1024 * 1024;
/// The longest name of a file, in bytes.
const LONGEST_NAME: usize = 200;

/// What becomes of an answer that is not simply read.
#[derive(Debug, Clone)]
pub(crate) enum Receive {
    /// It goes into a file.
    File(Arc<ToFile>),
    /// It is a stream of events.
    Events(Arc<Until>),
}

/// `toFile` of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ToFile {
    /// The folder, below the current one.
    pub(crate) folder: PathBuf,
    /// The file's name; `None` for one that no other file has.
    pub(crate) name: Option<Box<str>>,
    /// A body of up to so many bytes is a value all the same.
    pub(crate) over_bytes: u64,
    /// The most bytes.
    pub(crate) max_bytes: u64,
}

/// What becomes of the answer; `None` when it is simply read.
pub(super) fn read(fields: &Fields<'_>) -> Result<Option<Receive>, RequestError> {
    let (file, stream) = (to_file(fields)?, stream(fields)?);
    let has = |other: &str| fields.get(other).is_some_and(|value| *value != Value::Bool(false));
    let other = ["stream", "paginate"].into_iter().find(|other| has(other));
    match (file, stream) {
        (Some(_), _) if other.is_some() => {
            let message = format!("an answer that goes into a file has no `{}`", other.unwrap_or_default());
            Err(refuse(codes::E0707, &fields.pointer("toFile"), message, "take one of the two out"))
        }
        (None, Some(_)) if has("paginate") => {
            let message = "a stream has no pages";
            Err(refuse(codes::E0707, &fields.pointer("stream"), message, "take `stream` or `paginate` out"))
        }
        (file, stream) => {
            let file = file.map(|file| Receive::File(Arc::new(file)));
            Ok(file.or_else(|| stream.map(|until| Receive::Events(Arc::new(until)))))
        }
    }
}

/// How much longer than the default the whole call may take: as long as its stream may.
pub(super) fn lasts(receive: Option<&Receive>) -> Duration {
    match receive {
        Some(Receive::Events(until)) => until.max_time.unwrap_or_default(),
        Some(Receive::File(_)) | None => Duration::ZERO,
    }
}

/// Whether the field is a plain yes or no, or an object.
fn is_on(fields: &Fields<'_>, name: &str) -> Option<bool> {
    fields.get(name).and_then(Value::as_bool)
}

fn to_file(fields: &Fields<'_>) -> Result<Option<ToFile>, RequestError> {
    let plain = ToFile { folder: FOLDER.into(), name: None, over_bytes: 0, max_bytes: MAX_FILE_BYTES };
    if let Some(on) = is_on(fields, "toFile") {
        return Ok(on.then_some(plain));
    }
    let known = ["folder", "name", "overBytes", "maxBytes"];
    let Some(given) = fields.object("toFile", &known)? else { return Ok(None) };
    if fields.holds_secret("toFile") {
        let message = "a secret stands in the name of a file";
        return Err(refuse(codes::E0709, &fields.pointer("toFile"), message, "name the file by something else"));
    }
    let folder = given.text("folder")?.map_or(plain.folder, PathBuf::from);
    if !host::is_below(&folder) {
        let message = format!("the folder `{}` is not in the current folder", folder.display());
        let help = "name a folder below the one that the command runs in: `downloads`";
        return Err(refuse(codes::E0709, &given.pointer("folder"), message, help));
    }
    let name = given.text("name")?.map(|name| safe(name, &given)).transpose()?;
    let over_bytes = given.count("overBytes", "a number of bytes")?.unwrap_or_default();
    let max_bytes = given.count("maxBytes", "a number of bytes")?.unwrap_or(MAX_FILE_BYTES);
    Ok(Some(ToFile { folder, name, over_bytes, max_bytes }))
}

/// A name that means the same on every system, and nothing but a file of the folder.
fn safe(name: &str, given: &Fields<'_>) -> Result<Box<str>, RequestError> {
    const DEVICES: &[&str] = &["con", "prn", "aux", "nul"];
    let stem = name.split('.').next().unwrap_or_default().to_ascii_lowercase();
    let is_device = DEVICES.contains(&&*stem)
        || (stem.len() == 4
            && (stem.starts_with("com") || stem.starts_with("lpt"))
            && stem.ends_with(char::is_numeric));
    let is_one = Path::new(name).file_name().is_some_and(|last| last == name);
    let is_safe = is_one
        && !is_device
        && name.len() <= LONGEST_NAME
        && !name.starts_with(['.', ' ', '-'])
        && !name.ends_with(['.', ' '])
        && !name.chars().any(|ch| ch.is_control() || r#"/\:*?"<>|"#.contains(ch));
    if is_safe {
        return Ok(name.into());
    }
    let message = format!("`{}` cannot be the name of a file", name.escape_default());
    let help = "a name is up to 200 letters, digits, spaces, dots, hyphens and the like, and begins with a letter or digit; without `name` one is made";
    Err(refuse(codes::E0709, &given.pointer("name"), message, help))
}

fn stream(fields: &Fields<'_>) -> Result<Option<Until>, RequestError> {
    if let Some(on) = is_on(fields, "stream") {
        return Ok(on.then(Until::default));
    }
    let Some(given) = fields.object("stream", &["until", "maxEvents", "maxSeconds"])? else { return Ok(None) };
    let until = given.object("until", &["event", "data"])?;
    let (mut event, mut data) = (None, None);
    if let Some(until) = &until {
        event = until.text("event")?.map(Into::into);
        data = until.text("data")?.map(|pattern| compiled(pattern, until)).transpose()?;
    }
    let max_events = given.count("maxEvents", "a number of events")?.filter(|most| *most > 0);
    let max_time = given.count("maxSeconds", "a number of seconds")?.filter(|most| *most > 0);
    Ok(Some(Until { event, data, max_events, max_time: max_time.map(Duration::from_secs) }))
}

fn compiled(pattern: &str, until: &Fields<'_>) -> Result<Regex, RequestError> {
    Regex::new(pattern).map_err(|error| {
        let what = error.to_string();
        let what = what.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
        let message = format!("`{pattern}` is not a regular expression: {what}");
        refuse(codes::E0707, &until.pointer("data"), message, r"a text itself has its signs escaped: `\[DONE\]`")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(fields: &Value, expected: Result<(), &str>) {
        let read = Fields::of(fields).map(|fields| read(&fields)).expect("an object");
        let message = read.map(drop).map_err(|error| error.to_string());
        assert_eq!(message, expected.map_err(str::to_owned), "{fields}");
    }

    #[test]
    fn names_that_lead_elsewhere_are_refused() {
        for name in ["report.pdf", "Größe 1.pdf", "a-b_c.tar.gz", "COMMON.txt"] {
            check(&json!({"toFile": {"name": name}}), Ok(()));
        }
        for name in
            ["", ".", "..", "a/b", "/etc/passwd", "a\\b", ".bashrc", "con.txt", "LPT1", "a:b", "a\nb", "-rf", "a."]
        {
            let message = format!("`{}` cannot be the name of a file", name.escape_default());
            check(&json!({"toFile": {"name": name}}), Err(&message));
        }
        check(&json!({"toFile": {"folder": "../x"}}), Err("the folder `../x` is not in the current folder"));
        check(&json!({"toFile": {"folder": "/tmp"}}), Err("the folder `/tmp` is not in the current folder"));
    }

    #[test]
    fn what_cannot_be_together_is_refused() {
        check(&json!({"toFile": false, "stream": false}), Ok(()));
        check(&json!({"toFile": true, "stream": true}), Err("an answer that goes into a file has no `stream`"));
        check(&json!({"stream": {}, "paginate": {}}), Err("a stream has no pages"));
        check(&json!({"stream": {"until": {"data": "("}}}), Err("`(` is not a regular expression: unclosed group"));
        check(&json!({"stream": {"count": 1}}), Err("there is no `count` in `stream`"));
    }
}
