//! The words of a jq program.

use std::fmt::Write;

/// A word, and where it starts.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) line: usize,
    pub(super) column: usize,
}

/// What a word is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    /// An operator, a bracket, or a word with a meaning of its own.
    Sign(&'static str),
    Name(String),
    Integer(String),
    Float(String),
    /// The start of a text; its parts and [`Kind::EndQuote`] follow.
    Quote,
    Text(String),
    /// `\(` in a text.
    OpenValue,
    EndQuote,
    End,
    /// What is no word; the message tells why.
    Bad(String),
}

/// Words with a meaning of their own, in the order of jackson-jq's grammar.
const KEYWORDS: [&str; 19] = [
    "and", "or", "true", "false", "null", "if", "then", "elif", "else", "end", "as", "def", "reduce", "foreach", "try",
    "catch", "label", "import", "include",
];

const SIGNS: [&str; 35] = [
    "//=", "==", "!=", ">=", "<=", "//", "|=", "+=", "-=", "*=", "/=", "%=", "..", ">", "<", "+", "-", "*", "/", "%",
    "=", "(", ")", ";", ".", "[", "]", "$", "?", "|", "@", "{", "}", ",", ":",
];

/// All words of a text; the last is [`Kind::End`] or [`Kind::Bad`].
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut lexer = Lexer { rest: text, line: 1, column: 1, last: (1, 0), tokens: Vec::new(), open: Vec::new() };
    while lexer.next() {}
    lexer.tokens
}

struct Lexer<'t> {
    rest: &'t str,
    line: usize,
    column: usize,
    /// Where the last character was.
    last: (usize, usize),
    tokens: Vec<Token>,
    /// For each bracket that is still open, whether a text goes on behind it.
    open: Vec<bool>,
}

impl Lexer<'_> {
    /// Takes in the next word; whether there may be more.
    fn next(&mut self) -> bool {
        self.skip_space();
        let Some(first) = self.rest.chars().next() else {
            let (line, column) = self.last;
            self.tokens.push(Token { kind: Kind::End, line, column });
            return false;
        };
        match first {
            '"' => {
                self.push(Kind::Quote, 1);
                self.text()
            }
            '0'..='9' => self.number(),
            'a'..='z' | 'A'..='Z' | '_' => self.word(),
            _ => self.sign(first),
        }
    }

    fn skip_space(&mut self) {
        loop {
            match self.rest.chars().next() {
                Some(ch) if ch.is_whitespace() => self.advance(ch.len_utf8()),
                Some('#') => self.advance(self.rest.find('\n').unwrap_or(self.rest.len())),
                _ => return,
            }
        }
    }

    fn advance(&mut self, bytes: usize) {
        let (taken, rest) = self.rest.split_at_checked(bytes).unwrap_or((self.rest, ""));
        for ch in taken.chars() {
            self.last = (self.line, self.column);
            (self.line, self.column) = if ch == '\n' { (self.line + 1, 1) } else { (self.line, self.column + 1) };
        }
        self.rest = rest;
    }

    fn push(&mut self, kind: Kind, bytes: usize) {
        self.tokens.push(Token { kind, line: self.line, column: self.column });
        self.advance(bytes);
    }

    fn bad(&mut self, kind: String) -> bool {
        self.push(Kind::Bad(kind), 0);
        false
    }

    /// A character that starts no word, or does not go on with one.
    fn lexical(&mut self, found: Option<char>, after: &str, column: usize) -> bool {
        let shown = match found {
            Some('\'') => "\"\\'\" (39)".to_owned(),
            Some('"') => "\"\\\"\" (34)".to_owned(),
            Some(ch) => format!("\"{ch}\" ({})", u32::from(ch)),
            None => "<EOF>".to_owned(),
        };
        self.bad(
            format!("Lexical error at line {}, column {column}.  Encountered: {shown}, after : \"{after}\"", self.line)
                .replace("<EOF>,", "<EOF>"),
        )
    }

    fn number(&mut self) -> bool {
        let digits = |text: &str| text.find(|ch: char| !ch.is_ascii_digit()).unwrap_or(text.len());
        let mut length = digits(self.rest);
        let mut is_float = false;
        if let Some(fraction) = self.rest.get(length..).and_then(|rest| rest.strip_prefix('.'))
            && digits(fraction) > 0
        {
            length += 1 + digits(fraction);
            is_float = true;
        }
        let exponent = self.rest.get(length..).and_then(|rest| rest.strip_prefix(['e', 'E']));
        if let Some(exponent) = exponent {
            let signless = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            if digits(signless) > 0 {
                length += 1 + (exponent.len() - signless.len()) + digits(signless);
                is_float = true;
            }
        }
        let text = self.rest.get(..length).unwrap_or_default().to_owned();
        self.push(if is_float { Kind::Float(text) } else { Kind::Integer(text) }, length);
        true
    }

    fn word(&mut self) -> bool {
        let length = self.rest.find(|ch: char| !ch.is_ascii_alphanumeric() && ch != '_').unwrap_or(self.rest.len());
        let word = self.rest.get(..length).unwrap_or_default();
        let behind_dot = matches!(self.tokens.last(), Some(Token { kind: Kind::Sign("."), line, column })
            if (*line, *column + 1) == (self.line, self.column));
        let keyword = KEYWORDS.iter().find(|keyword| **keyword == word && !behind_dot);
        let kind = keyword.map_or_else(|| Kind::Name(word.to_owned()), |keyword| Kind::Sign(keyword));
        self.push(kind, length);
        true
    }

    fn sign(&mut self, first: char) -> bool {
        let Some(sign) = SIGNS.iter().find(|sign| self.rest.starts_with(**sign)) else {
            let next = self.rest.chars().nth(1);
            return if first == '!' {
                self.lexical(next, "!", self.column + 1)
            } else {
                self.lexical(Some(first), "", self.column)
            };
        };
        match *sign {
            "(" => self.open.push(false),
            ")" => match self.open.pop() {
                None => return self.bad(format!("Unexpected ')' at line {}, column {}.", self.line, self.column)),
                Some(true) => {
                    self.push(Kind::Sign(")"), 1);
                    return self.text();
                }
                Some(false) => {}
            },
            _ => {}
        }
        self.push(Kind::Sign(sign), sign.len());
        true
    }

    /// A text up to its end, or to a value in it.
    fn text(&mut self) -> bool {
        let mut text = String::new();
        let (line, column) = (self.line, self.column);
        loop {
            let mut chars = self.rest.chars();
            match (chars.next(), chars.next()) {
                (None, _) => {
                    let (line, column) = self.last;
                    self.tokens.push(Token { kind: Kind::Bad(unfinished(line, column)), line, column });
                    return false;
                }
                (Some('"'), _) => {
                    self.tokens.push(Token { kind: Kind::Text(text), line, column });
                    self.push(Kind::EndQuote, 1);
                    return true;
                }
                (Some('\\'), Some('(')) => {
                    self.tokens.push(Token { kind: Kind::Text(text), line, column });
                    self.push(Kind::OpenValue, 2);
                    self.open.push(true);
                    return true;
                }
                (Some('\\'), escaped) => match self.escape(escaped) {
                    Some(ch) => text.push(ch),
                    None => return self.lexical(escaped, "", self.column + 1),
                },
                (Some(ch), _) => {
                    text.push(ch);
                    self.advance(ch.len_utf8());
                }
            }
        }
    }

    /// What an escape stands for; `None` when it is none.
    fn escape(&mut self, escaped: Option<char>) -> Option<char> {
        let simple = match escaped? {
            '"' => '"',
            '\\' => '\\',
            '/' => '/',
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => return self.code_point(),
            _ => return None,
        };
        self.advance(2);
        Some(simple)
    }

    fn code_point(&mut self) -> Option<char> {
        let unit = |text: &str| u32::from_str_radix(text.get(2..6)?, 16).ok().filter(|_| text.starts_with("\\u"));
        let high = unit(self.rest)?;
        let low = self.rest.get(6..).and_then(unit).filter(|low| (0xdc00..0xe000).contains(low));
        let Some(low) = low.filter(|_| (0xd800..0xdc00).contains(&high)) else {
            self.advance(6);
            return Some(char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER));
        };
        self.advance(12);
        char::from_u32(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00))
    }
}

fn unfinished(line: usize, column: usize) -> String {
    let mut message = format!("Encountered \"<EOF>\" at line {line}, column {column}.\nWas expecting one of:\n");
    for part in ["<ENDQUOTE>", "<VISIBLE_CHAR>", "<ESCAPE_CHAR>", "<OPEN_INTERP>", "<CODEPOINT_CHAR>"] {
        let _ = writeln!(message, "    {part} ...");
    }
    message + "    "
}
