//! Between brackets: JSON, and the flow style of YAML.

use super::{Cursor, Quote, Role};
use crate::source::{Pointer, Span};

/// A list or mapping that is open at the place.
struct Frame {
    at: Pointer,
    is_mapping: bool,
    key: Option<String>,
    has_colon: bool,
    /// Whether the value of the key is there already: what comes next is another key, even without a comma.
    has_value: bool,
    index: usize,
}

impl Frame {
    /// Where the next value of it stands.
    fn next(&self) -> Pointer {
        match (&self.key, self.is_mapping) {
            (Some(key), _) => self.at.key(key),
            (None, true) => self.at.clone(),
            (None, false) => self.at.index(self.index),
        }
    }

    /// Something begins: behind a value that is the next member.
    fn begin(&mut self) {
        if self.is_mapping && self.has_value {
            (self.key, self.has_colon, self.has_value) = (None, false, false);
        }
    }

    /// Whether a key comes next.
    fn wants_key(&self) -> bool {
        self.is_mapping && !self.has_colon
    }
}

/// A word: its bytes without quotes.
struct Word {
    inner: Span,
    end: usize,
    quote: Option<char>,
    is_open: bool,
}

/// Reads from the bracket at `start` to the place. When the outermost bracket closes before it: the byte behind that.
pub(super) fn find(text: &str, start: usize, offset: usize, base: Pointer, is_json: bool) -> Result<Cursor, usize> {
    if offset <= start {
        return Err(start);
    }
    let (mut open, mut base, mut at) = (Vec::<Frame>::new(), Some(base), start);
    loop {
        let rest = text.get(at..).unwrap_or_default();
        let Some(ch) = rest.chars().next().filter(|_| at < offset) else {
            return open.last_mut().map(|frame| spot(text, frame, &blank(offset))).ok_or(at);
        };
        match ch {
            '{' | '[' => {
                let pointer = base.take().or_else(|| open.last().map(Frame::next)).unwrap_or_default();
                open.push(Frame {
                    at: pointer,
                    is_mapping: ch == '{',
                    key: None,
                    has_colon: false,
                    has_value: false,
                    index: 0,
                });
                at += 1;
            }
            '}' | ']' => {
                open.pop();
                at += 1;
                open.last_mut().ok_or(at)?.has_value = true;
            }
            ',' | ':' => {
                if let Some(frame) = open.last_mut() {
                    frame.has_colon = ch == ':';
                    frame.key = frame.key.take().filter(|_| ch == ':');
                    frame.index += usize::from(ch == ',');
                    frame.has_value = false;
                }
                at += 1;
            }
            '#' if !is_json => at += rest.find('\n').unwrap_or(rest.len()),
            ch if ch.is_whitespace() => at += ch.len_utf8(),
            ch => {
                let word = if matches!(ch, '"' | '\'') { quoted(text, at, ch) } else { plain(text, at, is_json) };
                let frame = open.last_mut().ok_or(at)?;
                frame.begin();
                if offset <= word.inner.end || word.is_open && offset <= word.end {
                    return Ok(spot(text, frame, &word));
                }
                if frame.wants_key() {
                    frame.key = text.get(word.inner.start..word.inner.end).map(str::to_owned);
                } else {
                    frame.has_value = true;
                }
                at = word.end.max(at + ch.len_utf8());
            }
        }
    }
}

fn blank(offset: usize) -> Word {
    Word { inner: Span::new(offset, offset), end: offset, quote: None, is_open: false }
}

/// What stands in quotes; one that is not closed ends with its line.
fn quoted(text: &str, at: usize, quote: char) -> Word {
    let rest = text.get(at + 1..).unwrap_or_default();
    let mut is_escaped = false;
    for (index, ch) in rest.char_indices() {
        if ch == '\n' || ch == '\r' {
            let inner = Span::new(at + 1, at + 1 + index);
            return Word { inner, end: inner.end, quote: Some(quote), is_open: true };
        }
        if ch == quote && !is_escaped {
            let inner = Span::new(at + 1, at + 1 + index);
            return Word { inner, end: inner.end + 1, quote: Some(quote), is_open: false };
        }
        is_escaped = ch == '\\' && !is_escaped && quote == '"';
    }
    Word { inner: Span::new(at + 1, text.len()), end: text.len(), quote: Some(quote), is_open: true }
}

fn plain(text: &str, at: usize, is_json: bool) -> Word {
    let rest = text.get(at..).unwrap_or_default();
    let ends = |(index, ch): (usize, char)| {
        let follows_blank =
            || rest.get(index + 1..).is_none_or(|next| next.starts_with([' ', '\n', '\r']) || next.is_empty());
        matches!(ch, ',' | '{' | '}' | '[' | ']' | '\n' | '\r') || ch == ':' && (is_json || follows_blank())
    };
    let length = rest.char_indices().find(|found| ends(*found)).map_or(rest.len(), |(index, _)| index);
    let length = rest.get(..length).unwrap_or_default().trim_end().len();
    let inner = Span::new(at, at + length);
    Word { inner, end: inner.end, quote: None, is_open: false }
}

fn spot(text: &str, frame: &mut Frame, word: &Word) -> Cursor {
    frame.begin();
    let is_key = frame.wants_key();
    let behind = text.get(word.end..).unwrap_or_default().trim_start_matches([' ', '\t']);
    Cursor {
        at: if is_key { frame.at.clone() } else { frame.next() },
        role: if is_key { Role::Key } else { Role::Value },
        replace: word.inner,
        quote: word.quote.map(|mark| Quote { mark, is_open: word.is_open }),
        has_colon: is_key && behind.starts_with(':'),
        is_flow: true,
        column: 0,
        needs_space: false,
    }
}
