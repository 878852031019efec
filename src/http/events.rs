//! An answer that is a stream: server-sent events, or JSON lines, gathered until a condition holds.
//!
//! Source: WHATWG HTML, section 9.2.6 (interpreting an event stream).

use super::numbers;
use super::output::body_value;
use regex::Regex;
use serde_json::{Map, Value};
use std::sync::Arc;
use std::time::Duration;

/// `stream` of a request: when enough has come. What is `None` ends nothing.
#[derive(Debug, Clone, Default)]
pub(crate) struct Until {
    /// An event of that name.
    pub(crate) event: Option<Box<str>>,
    /// An event whose data this is found in.
    pub(crate) data: Option<Regex>,
    /// So many events.
    pub(crate) max_events: Option<u64>,
    /// So long after the answer began.
    pub(crate) max_time: Option<Duration>,
}

/// What ended a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The server.
    Server,
    /// The event that was waited for.
    Event,
    /// Data that was waited for.
    Data,
    /// The number of events.
    Count,
    /// The time.
    Time,
}

impl Ended {
    /// The word in the task's output.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Event => "event",
            Self::Data => "data",
            Self::Count => "count",
            Self::Time => "time",
        }
    }
}

/// How events are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// `text/event-stream`.
    ServerSent,
    /// One JSON value a line.
    Lines,
}

impl Form {
    /// The form of an answer of that type; `None` when it is no stream.
    pub(super) fn of(content_type: Option<&str>) -> Option<Self> {
        let media = content_type?.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match media.as_str() {
            "text/event-stream" => Some(Self::ServerSent),
            "application/x-ndjson"
            | "application/ndjson"
            | "application/jsonl"
            | "application/x-jsonlines"
            | "application/jsonlines"
            | "application/stream+json" => Some(Self::Lines),
            _ => None,
        }
    }
}

/// The events so far.
#[derive(Debug)]
pub(super) struct Events {
    until: Arc<Until>,
    form: Form,
    list: Vec<Value>,
    ended: Option<Ended>,
    line: Vec<u8>,
    /// The last byte was a carriage return: a line feed after it belongs to it.
    after_return: bool,
    is_first_line: bool,
    name: String,
    id: Option<String>,
    data: Option<String>,
}

impl Events {
    pub(super) fn new(until: Arc<Until>, form: Form) -> Self {
        Self {
            until,
            form,
            list: Vec::new(),
            ended: None,
            line: Vec::new(),
            after_return: false,
            is_first_line: true,
            name: String::new(),
            id: None,
            data: None,
        }
    }

    /// How long it may last.
    pub(super) fn max_time(&self) -> Option<Duration> {
        self.until.max_time
    }

    /// Whether enough has come.
    pub(super) fn is_done(&self) -> bool {
        self.ended.is_some()
    }

    /// Its time is over.
    pub(super) fn time_is_over(&mut self) {
        self.ended.get_or_insert(Ended::Time);
    }

    /// Takes more of the stream; nothing any more once enough has come.
    pub(super) fn take(&mut self, bytes: &[u8]) {
        for byte in bytes {
            if self.is_done() {
                return;
            }
            match byte {
                b'\n' if self.after_return => self.after_return = false,
                b'\n' | b'\r' => {
                    self.after_return = *byte == b'\r';
                    self.end_line();
                }
                other => {
                    self.after_return = false;
                    self.line.push(*other);
                }
            }
        }
    }

    /// The list of events, as JSON, and what ended it.
    pub(super) fn finish(mut self) -> (Vec<u8>, Ended) {
        // The last JSON line may lack its end; an event that lacks its empty line never came.
        if self.form == Form::Lines && !self.line.is_empty() && !self.is_done() {
            self.end_line();
        }
        let list = serde_json::to_vec(&self.list).unwrap_or_default();
        (list, self.ended.unwrap_or(Ended::Server))
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        let line = String::from_utf8_lossy(&line);
        let first = std::mem::take(&mut self.is_first_line);
        let line = if first { line.trim_start_matches('\u{feff}') } else { &line };
        match self.form {
            Form::Lines if line.trim().is_empty() => {}
            Form::Lines => {
                let value = numbers::parse(line.as_bytes()).unwrap_or_else(|_| Value::String(line.to_owned()));
                self.push(Map::new(), "", (line, value));
            }
            Form::ServerSent if line.is_empty() => self.dispatch(),
            Form::ServerSent => self.field(line),
        }
    }

    fn field(&mut self, line: &str) {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match name {
            "event" => value.clone_into(&mut self.name),
            "id" if !value.contains('\0') => self.id = Some(value.to_owned()),
            "data" => match &mut self.data {
                Some(data) => {
                    data.push('\n');
                    data.push_str(value);
                }
                None => self.data = Some(value.to_owned()),
            },
            // A comment, or something that means nothing to us: `retry` is about connections.
            _ => {}
        }
    }

    fn dispatch(&mut self) {
        let (name, id) = (std::mem::take(&mut self.name), self.id.take());
        let Some(data) = self.data.take() else { return };
        let name = if name.is_empty() { "message" } else { &name };
        let mut event = Map::new();
        event.insert("event".to_owned(), name.into());
        event.extend(id.map(|id| ("id".to_owned(), id.into())));
        let value = if data.is_empty() { Value::String(String::new()) } else { body_value(data.as_bytes(), None) };
        self.push(event, name, (&data, value));
    }

    fn push(&mut self, mut event: Map<String, Value>, name: &str, (data, value): (&str, Value)) {
        event.insert("data".to_owned(), value);
        self.list.push(Value::Object(event));
        let Until { event: wanted, data: pattern, max_events, .. } = &*self.until;
        if wanted.as_deref().is_some_and(|wanted| wanted == name) {
            self.ended = Some(Ended::Event);
        } else if pattern.as_ref().is_some_and(|pattern| pattern.is_match(data)) {
            self.ended = Some(Ended::Data);
        } else if max_events.is_some_and(|most| self.list.len() as u64 >= most) {
            self.ended = Some(Ended::Count);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// Whatever the pieces that it comes in.
    #[track_caller]
    fn check(until: Until, form: Form, stream: &str, expected: &(Value, Ended)) {
        let until = Arc::new(until);
        for size in [1, 2, 3, 1000] {
            let mut events = Events::new(Arc::clone(&until), form);
            stream.as_bytes().chunks(size).for_each(|piece| events.take(piece));
            let (list, ended) = events.finish();
            let list: Value = serde_json::from_slice(&list).expect("a list");
            assert_eq!((list, ended), *expected, "in pieces of {size}: {stream}");
        }
    }

    #[test]
    fn events_are_read_as_browsers_read_them() {
        let stream = "\u{feff}: hello\nevent: add\ndata: 73857293\n\ndata: a\r\ndata:b\rid: 7\r\n\r\ndata\n\nretry: 10\n\ndata: {\"n\": 1}\n\ndata: cut";
        let expected = json!([
            {"event": "add", "data": "73857293"}, {"event": "message", "id": "7", "data": "a\nb"},
            {"event": "message", "data": ""}, {"event": "message", "data": {"n": 1}},
        ]);
        check(Until::default(), Form::ServerSent, stream, &(expected, Ended::Server));
    }

    #[test]
    fn each_condition_ends_it_and_its_event_counts() {
        let stream = "data: 1\n\nevent: done\ndata: 2\n\ndata: [DONE]\n\n";
        let one = json!({"event": "message", "data": "1"});
        let two = json!({"event": "done", "data": "2"});
        let by_event = Until { event: Some("done".into()), ..Until::default() };
        check(by_event, Form::ServerSent, stream, &(json!([one, two]), Ended::Event));
        let by_data = Until { data: Regex::new("^2$").ok(), ..Until::default() };
        check(by_data, Form::ServerSent, stream, &(json!([one, two]), Ended::Data));
        let by_count = Until { max_events: Some(1), ..Until::default() };
        check(by_count, Form::ServerSent, stream, &(json!([one]), Ended::Count));
    }

    #[test]
    fn json_lines_are_events_without_names() {
        let stream = "{\"n\": 12345678901234567890}\n\n7\r\n\"x\"";
        let expected = json!([{"data": {"n": 12_345_678_901_234_567_890_u64}}, {"data": 7}, {"data": "x"}]);
        check(Until::default(), Form::Lines, stream, &(expected, Ended::Server));
    }
}
