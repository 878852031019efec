//! Strings with their escapes, and what stands between values.

use super::super::{Problem, ProblemKind, Span};
use super::reader::Reader;

impl Reader<'_> {
    /// The text of the string that starts here, in double quotes or (reported) in single ones.
    pub(super) fn string(&mut self) -> String {
        let start = self.at;
        let quote = self.text.as_bytes()[start];
        let mut content = String::new();
        self.at += 1;
        loop {
            let rest = &self.text.as_bytes()[self.at..];
            let plain = rest.iter().position(|byte| *byte == quote || *byte == b'\\' || *byte < 0x20);
            let end = self.at + plain.unwrap_or(rest.len());
            content.push_str(&self.text[self.at..end]);
            self.at = end;
            match self.peek() {
                Some(b'\\') => self.escape(&mut content),
                Some(byte) if byte == quote => {
                    self.at += 1;
                    break;
                }
                None | Some(b'\n' | b'\r') => {
                    self.syntax(Span::new(start, end), "this text has no closing quote on its line");
                    return content;
                }
                Some(byte) => self.control(byte, &mut content),
            }
        }
        if quote == b'\'' {
            let problem =
                Problem::new(ProblemKind::Syntax, Span::new(start, self.at), "JSON texts stand in double quotes");
            self.report(problem.help("replace the single quotes by double ones"));
        }
        content
    }

    fn control(&mut self, byte: u8, content: &mut String) {
        let message = format!("the control character U+{byte:04X} stands bare in a text");
        let problem = Problem::new(ProblemKind::ControlCharacter, self.here(), message);
        let escape = if byte == b'\t' { "\\t".to_owned() } else { format!("\\u{byte:04x}") };
        self.report(problem.help(format!("write it as {escape}")));
        content.push(char::from(byte));
        self.at = (self.at + 1).min(self.text.len());
    }

    fn escape(&mut self, content: &mut String) {
        let start = self.at;
        let next = self.text[start + 1..].chars().next();
        self.at += 1 + next.map_or(0, char::len_utf8);
        let plain = match next {
            Some(ch @ ('"' | '\\' | '/')) => ch,
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('u') => self.unicode(start),
            Some(other) => {
                self.syntax(Span::new(start, self.at), "JSON has no such escape");
                other
            }
            None => return,
        };
        content.push(plain);
    }

    /// The character of a `\uXXXX` whose `u` has just been read, or of two that make a surrogate pair.
    fn unicode(&mut self, start: usize) -> char {
        let high = self.hex(self.at);
        if let Some(code) = high {
            self.at += 4;
            if let Some(ch) = char::from_u32(code) {
                return ch;
            }
            let low =
                self.text.get(self.at..).filter(|rest| rest.starts_with("\\u")).and_then(|_| self.hex(self.at + 2));
            if let Some(ch) = low.and_then(|low| from_pair(code, low)) {
                self.at += 6;
                return ch;
            }
            self.syntax(Span::new(start, self.at), "this is one half of a surrogate pair");
        } else {
            self.syntax(Span::new(start, self.at), "four hexadecimal digits must follow `\\u`");
        }
        char::REPLACEMENT_CHARACTER
    }

    fn hex(&self, at: usize) -> Option<u32> {
        let digits = self.text.get(at..at + 4).filter(|text| text.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
        u32::from_str_radix(digits, 16).ok()
    }

    /// Passes over white space, and over comments with a problem each.
    pub(super) fn skip_space(&mut self) {
        loop {
            let rest = &self.text.as_bytes()[self.at..];
            self.at += rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n')).count();
            let Some(comment) = comment(&self.text[self.at..]) else { return };
            let span = Span::new(self.at, self.at + comment);
            self.at = span.end;
            let problem = Problem::new(ProblemKind::Syntax, span, "JSON has no comments");
            self.report(problem.help("remove it, use a `description`, or write the definition in YAML"));
        }
    }
}

/// The length of a comment at the start of a text.
fn comment(rest: &str) -> Option<usize> {
    if rest.starts_with("//") || rest.starts_with('#') {
        return Some(rest.find(['\n', '\r']).unwrap_or(rest.len()));
    }
    let inner = rest.strip_prefix("/*")?;
    Some(inner.find("*/").map_or(rest.len(), |at| at + 4))
}

fn from_pair(high: u32, low: u32) -> Option<char> {
    let pair = (0xd800..0xdc00).contains(&high) && (0xdc00..0xe000).contains(&low);
    pair.then(|| char::from_u32(0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00))).flatten()
}
