//! A shell script cut into commands and words, as `sh` and `bash` read it: all quotes, `$'…'`, line continuations, here-documents, pipes.
//!
//! Nothing is ever run or looked up: a variable stays one, and what a command would print becomes a variable too.

use std::collections::VecDeque;
use std::iter::Peekable;
use std::str::Chars;

/// One command of a script.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Command {
    pub(super) words: Vec<Word>,
    /// The file that is its standard input.
    pub(super) from_file: Option<Word>,
    /// The text that is its standard input: a here-document or a here-string.
    pub(super) from_text: Option<Word>,
    /// Whether the command before is its standard input.
    pub(super) piped: bool,
}

/// One word.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Word(pub(super) Vec<Piece>);

/// A part of a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// Characters that mean themselves.
    Text(String),
    /// `$NAME`.
    Variable(String),
}

impl Word {
    /// A word without variables.
    pub(super) fn text(text: &str) -> Self {
        if text.is_empty() { Self::default() } else { Self(vec![Piece::Text(text.to_owned())]) }
    }

    fn push(&mut self, ch: char) {
        match self.0.last_mut() {
            Some(Piece::Text(text)) => text.push(ch),
            _ => self.0.push(Piece::Text(ch.to_string())),
        }
    }
}

/// The commands of a script, empty ones left out. Quotes that are not closed end with the script.
pub(super) fn commands(script: &str) -> Vec<Command> {
    let script = script.replace("\r\n", "\n");
    let mut reader = Reader { chars: script.chars().peekable(), commands: Vec::new(), heres: VecDeque::new() };
    reader.read();
    reader.commands.retain(|command| !command.words.is_empty());
    reader.commands
}

struct Reader<'s> {
    chars: Peekable<Chars<'s>>,
    commands: Vec<Command>,
    /// Here-documents whose text starts on the next line: the command's index, the last line, whether it is taken literally, and
    /// whether tabs before a line do not count.
    heres: VecDeque<(usize, String, bool, bool)>,
}

impl Reader<'_> {
    fn read(&mut self) {
        let mut command = Command::default();
        loop {
            self.skip_blank();
            let Some(&ch) = self.chars.peek() else { break };
            match ch {
                '#' => while self.chars.next_if(|ch| *ch != '\n').is_some() {},
                '\n' => {
                    self.chars.next();
                    self.end(&mut command, false);
                    self.here_documents();
                }
                ';' | '(' | ')' | '&' | '|' => {
                    self.chars.next();
                    let doubled = self.chars.next_if_eq(&ch).is_some();
                    self.end(&mut command, ch == '|' && !doubled);
                }
                '<' | '>' => self.redirection(&mut command),
                _ => {
                    let word = self.word();
                    self.put(&mut command, word);
                }
            }
        }
        self.end(&mut command, false);
    }

    /// A number before `<` or `>` belongs to it.
    fn put(&mut self, command: &mut Command, word: Word) {
        let number = matches!(word.0.as_slice(), [Piece::Text(text)] if text.bytes().all(|byte| byte.is_ascii_digit()));
        if number && matches!(self.chars.peek(), Some('<' | '>')) {
            return;
        }
        command.words.push(word);
    }

    fn end(&mut self, command: &mut Command, pipes: bool) {
        let ended = std::mem::take(command);
        let was_piped = ended.piped && ended.words.is_empty();
        self.commands.push(ended);
        command.piped = pipes || was_piped;
    }

    fn skip_blank(&mut self) {
        loop {
            match self.chars.peek() {
                Some(' ' | '\t' | '\r') => drop(self.chars.next()),
                Some('\\') => {
                    let mut ahead = self.chars.clone();
                    ahead.next();
                    if ahead.peek() != Some(&'\n') {
                        return;
                    }
                    ahead.next();
                    self.chars = ahead;
                }
                _ => return,
            }
        }
    }

    fn redirection(&mut self, command: &mut Command) {
        let mut sign = String::new();
        while let Some(ch) = self.chars.next_if(|ch| matches!(ch, '<' | '>' | '&' | '|')) {
            sign.push(ch);
        }
        let strips = sign == "<<" && self.chars.next_if_eq(&'-').is_some();
        self.skip_blank();
        let is_literal = matches!(self.chars.peek(), Some('\'' | '"' | '\\'));
        let word = self.word();
        match sign.as_str() {
            "<" => command.from_file = Some(word),
            "<<<" => {
                let mut word = word;
                word.push('\n');
                command.from_text = Some(word);
            }
            "<<" => {
                let end: String = word.0.iter().filter_map(Piece::as_text).collect();
                self.heres.push_back((self.commands.len(), end, is_literal, strips));
            }
            _ => {}
        }
    }

    fn here_documents(&mut self) {
        while let Some((index, end, is_literal, strips)) = self.heres.pop_front() {
            let mut text = String::new();
            while self.chars.peek().is_some() {
                let mut line = String::new();
                while let Some(ch) = self.chars.next_if(|ch| *ch != '\n') {
                    line.push(ch);
                }
                self.chars.next();
                let line = if strips { line.trim_start_matches('\t') } else { &line };
                if line == end {
                    break;
                }
                text.push_str(line);
                text.push('\n');
            }
            let word = if is_literal { Word::text(&text) } else { expanded(&text) };
            if let Some(command) = self.commands.get_mut(index) {
                command.from_text = Some(word);
            }
        }
    }

    fn word(&mut self) -> Word {
        let mut word = Word::default();
        while let Some(&ch) = self.chars.peek() {
            if matches!(ch, ' ' | '\t' | '\r' | '\n' | ';' | '(' | ')' | '&' | '|' | '<' | '>') {
                break;
            }
            self.chars.next();
            match ch {
                '\'' => {
                    for ch in self.chars.by_ref().take_while(|ch| *ch != '\'') {
                        word.push(ch);
                    }
                }
                '"' => self.double_quoted(&mut word),
                '\\' => match self.chars.next() {
                    Some('\n') | None => {}
                    Some(ch) => word.push(ch),
                },
                '$' => self.dollar(&mut word, false),
                '`' => {
                    let inner: String = self.chars.by_ref().take_while(|ch| *ch != '`').collect();
                    word.0.push(Piece::Variable(substituted(&inner)));
                }
                ch => word.push(ch),
            }
        }
        word
    }

    fn double_quoted(&mut self, word: &mut Word) {
        while let Some(ch) = self.chars.next() {
            match ch {
                '"' => return,
                '\\' => match self.chars.next() {
                    Some('\n') | None => {}
                    Some(ch @ ('$' | '`' | '"' | '\\')) => word.push(ch),
                    Some(ch) => {
                        word.push('\\');
                        word.push(ch);
                    }
                },
                '$' => self.dollar(word, true),
                '`' => {
                    let inner: String = self.chars.by_ref().take_while(|ch| *ch != '`').collect();
                    word.0.push(Piece::Variable(substituted(&inner)));
                }
                ch => word.push(ch),
            }
        }
    }

    /// What follows a `$`.
    fn dollar(&mut self, word: &mut Word, quoted: bool) {
        match self.chars.peek() {
            Some('\'') if !quoted => {
                self.chars.next();
                self.ansi(word);
            }
            Some('"') if !quoted => {
                self.chars.next();
                self.double_quoted(word);
            }
            Some('(') => {
                self.chars.next();
                let inner = self.balanced('(', ')');
                word.0.push(Piece::Variable(substituted(&inner)));
            }
            Some('{') => {
                self.chars.next();
                let inner = self.balanced('{', '}');
                let name: String = inner.chars().take_while(|ch| ch.is_alphanumeric() || *ch == '_').collect();
                word.0.push(Piece::Variable(if name.is_empty() { "value".to_owned() } else { name }));
            }
            Some(ch) if ch.is_ascii_alphabetic() || *ch == '_' => {
                let mut name = String::new();
                while let Some(ch) = self.chars.next_if(|ch| ch.is_ascii_alphanumeric() || *ch == '_') {
                    name.push(ch);
                }
                word.0.push(Piece::Variable(name));
            }
            Some(ch) if ch.is_ascii_digit() || matches!(ch, '@' | '*' | '?' | '#') && !quoted => {
                let name = format!("argument_{ch}");
                self.chars.next();
                word.0.push(Piece::Variable(name));
            }
            _ => word.push('$'),
        }
    }

    /// The text up to the sign that closes, quotes passed over.
    fn balanced(&mut self, opens: char, closes: char) -> String {
        let (mut inner, mut depth, mut quote) = (String::new(), 1_usize, None);
        for ch in self.chars.by_ref() {
            match quote {
                Some(open) if ch == open => quote = None,
                None if matches!(ch, '\'' | '"') => quote = Some(ch),
                None if ch == opens => depth += 1,
                None if ch == closes => depth -= 1,
                Some(_) | None => {}
            }
            if depth == 0 {
                break;
            }
            inner.push(ch);
        }
        inner
    }

    /// `$'…'`: the escapes of C.
    fn ansi(&mut self, word: &mut Word) {
        let mut bytes: Vec<u8> = Vec::new();
        while let Some(ch) = self.chars.next() {
            let mut push = |ch: char| bytes.extend(ch.encode_utf8(&mut [0; 4]).bytes());
            match ch {
                '\'' => break,
                '\\' => match self.chars.next() {
                    Some('n') => push('\n'),
                    Some('t') => push('\t'),
                    Some('r') => push('\r'),
                    Some('a') => push('\u{7}'),
                    Some('b') => push('\u{8}'),
                    Some('e' | 'E') => push('\u{1b}'),
                    Some('f') => push('\u{c}'),
                    Some('v') => push('\u{b}'),
                    Some('x') => bytes.extend(self.number(16, 2).and_then(|code| u8::try_from(code).ok())),
                    Some('u') => self.number(16, 4).and_then(char::from_u32).into_iter().for_each(push),
                    Some('U') => self.number(16, 8).and_then(char::from_u32).into_iter().for_each(push),
                    Some('c') => {
                        let control = self.chars.next().map(|ch| char::from((ch as u32 & 0x1f) as u8));
                        control.into_iter().for_each(push);
                    }
                    Some(ch @ '0'..='7') => {
                        let first = ch.to_digit(8).unwrap_or_default();
                        let code = self.more_digits(first, 8, 2);
                        bytes.push((code & 0xff) as u8);
                    }
                    Some(ch @ ('\\' | '\'' | '"' | '?')) => push(ch),
                    Some(ch) => {
                        push('\\');
                        push(ch);
                    }
                    None => push('\\'),
                },
                ch => push(ch),
            }
        }
        for ch in String::from_utf8_lossy(&bytes).chars() {
            word.push(ch);
        }
    }

    fn number(&mut self, radix: u32, most: usize) -> Option<u32> {
        let first = self.chars.next_if(|ch| ch.is_digit(radix))?.to_digit(radix)?;
        Some(self.more_digits(first, radix, most - 1))
    }

    fn more_digits(&mut self, first: u32, radix: u32, most: usize) -> u32 {
        let mut code = first;
        for _ in 0..most {
            let Some(digit) = self.chars.next_if(|ch| ch.is_digit(radix)).and_then(|ch| ch.to_digit(radix)) else {
                break;
            };
            code = code.wrapping_mul(radix).wrapping_add(digit);
        }
        code
    }
}

impl Piece {
    pub(super) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Variable(_) => None,
        }
    }
}

/// A text in which only variables have a meaning: of a here-document.
fn expanded(text: &str) -> Word {
    let quoted = format!("{}\"", text.replace('"', "\\\""));
    let mut reader = Reader { chars: quoted.chars().peekable(), commands: Vec::new(), heres: VecDeque::new() };
    let mut word = Word::default();
    reader.double_quoted(&mut word);
    word
}

/// The name for what a command would print: the variable in it, or its own words.
fn substituted(inner: &str) -> String {
    let variable = inner.rsplit_once('$').map(|(_, rest)| rest.trim_start_matches('{'));
    let name = variable.unwrap_or(inner).trim_start();
    let name: String = name.chars().take_while(|ch| ch.is_ascii_alphanumeric() || *ch == '_').collect();
    if name.is_empty() { "value".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(script: &str, expected: &[&[&str]]) {
        let shown: Vec<Vec<String>> = commands(script)
            .iter()
            .map(|command| {
                let shown = |piece: &Piece| match piece {
                    Piece::Text(text) => text.clone(),
                    Piece::Variable(name) => format!("<{name}>"),
                };
                command.words.iter().map(|word| word.0.iter().map(shown).collect()).collect()
            })
            .collect();
        assert_eq!(shown, expected, "{script}");
    }

    #[test]
    fn words_are_cut_as_a_shell_does() {
        check("curl  a\tb", &[&["curl", "a", "b"]]);
        check("curl 'a b' \"c d\" e\\ f", &[&["curl", "a b", "c d", "e f"]]);
        check("a'b'\"c\"d ''", &[&["abcd", ""]]);
        check("'it'\\''s' \"\\\"\\$\\`\\\\\\n\"", &[&["it's", "\"$`\\\\n"]]);
        check("curl \\\n  -H x \\\r\n y", &[&["curl", "-H", "x", "y"]]);
        check("a \\\nb # comment ' \nc", &[&["a", "b"], &["c"]]);
        check("a#b", &[&["a#b"]]);
        check("$'a\\n\\t\\x41\\u00e9\\101\\'\\q'", &[&["a\n\tAéA'\\q"]]);
        check("$'\\xc3\\xa9'", &[&["é"]]);
        check("$A \"${B}x$C\" '$D' \\$E $ \"$\"", &[&["<A>", "<B>x<C>", "$D", "$E", "$", "$"]]);
        check("\"$(json \"$X\")\" `date` $(cat f)", &[&["<X>", "<date>", "<cat>"]]);
        check("a; b && c | d || e &", &[&["a"], &["b"], &["c"], &["d"], &["e"]]);
        check("a > out 2>&1 b", &[&["a", "b"]]);
        check("unclosed 'a b", &[&["unclosed", "a b"]]);
        check("a \u{c} b\u{b}", &[&["a", "\u{c}", "b\u{b}"]]);
        check("", &[]);
    }

    #[test]
    fn standard_input_is_known() {
        let found = commands("curl -d @- <<'E' | cat\na $b\nE\ncat < f | x");
        let text = |word: &Option<Word>| word.clone().unwrap_or_default();
        assert_eq!(text(&found[0].from_text), Word::text("a $b\n"));
        assert!(found[1].piped && !found[2].piped && found[3].piped);
        assert_eq!(text(&found[2].from_file), Word::text("f"));
        let found = commands("curl <<E\na $b \"c\"\nE\n");
        let expected = vec![Piece::Text("a ".into()), Piece::Variable("b".into()), Piece::Text(" \"c\"\n".into())];
        assert_eq!(text(&found[0].from_text).0, expected);
    }
}
