//! JSON as json-smart's permissive mode reads it: either quote, bare words, missing values, trailing text ignored.

use serde_json::{Map, Value};
use std::iter::Peekable;
use std::str::Chars;

/// How deep lists and objects may stand in each other.
const DEPTH: usize = 128;

/// The value of a text; `None` when even the permissive reader refuses it.
pub(crate) fn parse(text: &str) -> Option<Value> {
    if text.trim().is_empty() {
        return None;
    }
    serde_json::from_str(text).ok().or_else(|| Reader { chars: text.trim().chars().peekable() }.value(&[], 0))
}

/// Java's escapes in a quoted name or text; an unknown escape is the character itself.
pub(super) fn unescape(text: &str) -> String {
    let mut chars = text.chars();
    let mut result = String::with_capacity(text.len());
    while let Some(ch) = chars.next() {
        let escaped = if ch == '\\' { chars.next() } else { None };
        match escaped {
            None if ch == '\\' => result.push('\\'),
            None => result.push(ch),
            Some('u') => {
                let digits: String = chars.by_ref().take(4).collect();
                let unit = u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32);
                result.push(unit.unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            Some('n') => result.push('\n'),
            Some('r') => result.push('\r'),
            Some('t') => result.push('\t'),
            Some('f') => result.push('\u{c}'),
            Some('b') => result.push('\u{8}'),
            Some(other) => result.push(other),
        }
    }
    result
}

struct Reader<'t> {
    chars: Peekable<Chars<'t>>,
}

impl Reader<'_> {
    fn blanks(&mut self) -> Option<char> {
        while self.chars.next_if(char::is_ascii_whitespace).is_some() {}
        self.chars.peek().copied()
    }

    fn value(&mut self, stops: &[char], depth: usize) -> Option<Value> {
        if depth > DEPTH {
            return None;
        }
        match self.blanks()? {
            '[' => self.list(depth),
            '{' => self.object(depth),
            quote @ ('"' | '\'') => self.quoted(quote).map(Value::String),
            _ => Some(bare(&self.word(stops))),
        }
    }

    fn list(&mut self, depth: usize) -> Option<Value> {
        self.chars.next();
        let mut list = Vec::new();
        loop {
            match self.blanks()? {
                ']' => {
                    self.chars.next();
                    return Some(Value::Array(list));
                }
                ',' => {
                    self.chars.next();
                }
                '}' | ':' => return None,
                _ => list.push(self.value(&[',', ']'], depth + 1)?),
            }
        }
    }

    fn object(&mut self, depth: usize) -> Option<Value> {
        self.chars.next();
        let mut map = Map::new();
        loop {
            let key = match self.blanks()? {
                '}' => {
                    self.chars.next();
                    return Some(Value::Object(map));
                }
                ',' => {
                    self.chars.next();
                    continue;
                }
                quote @ ('"' | '\'') => self.quoted(quote)?,
                _ => self.word(&[':', ',', '}']),
            };
            if self.blanks()? != ':' {
                return None;
            }
            self.chars.next();
            let value = self.value(&[',', '}'], depth + 1)?;
            map.insert(key, value);
        }
    }

    fn quoted(&mut self, quote: char) -> Option<String> {
        self.chars.next();
        let mut text = String::new();
        loop {
            match self.chars.next()? {
                '\\' => {
                    text.push('\\');
                    text.push(self.chars.next()?);
                }
                ch if ch == quote => return Some(unescape(&text)),
                ch => text.push(ch),
            }
        }
    }

    fn word(&mut self, stops: &[char]) -> String {
        let mut word = String::new();
        while let Some(ch) = self.chars.next_if(|ch| !stops.contains(ch)) {
            word.push(ch);
        }
        word.truncate(word.trim_end().len());
        word
    }
}

/// A word without quotes: a number, a constant, else a text.
fn bare(word: &str) -> Value {
    match word {
        "null" | "true" | "false" => serde_json::from_str(word).unwrap_or(Value::Null),
        _ => match serde_json::from_str::<Value>(word) {
            Ok(number @ Value::Number(_)) => number,
            _ => Value::String(word.to_owned()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::parse;
    use serde_json::json;

    #[test]
    fn json_may_be_sloppy() {
        let check = |text: &str, expected: Option<serde_json::Value>| assert_eq!(parse(text), expected, "{text}");
        check(r#"{"a": [1, 2.5, null]}"#, Some(json!({"a": [1, 2.5, null]})));
        check("['x', 'it\\'s', 3, y z]", Some(json!(["x", "it's", 3, "y z"])));
        check("{a: 'b', c: {d: true}}", Some(json!({"a": "b", "c": {"d": true}})));
        check("pv", Some(json!("pv")));
        check("[1,", None);
        check("", None);
    }
}
