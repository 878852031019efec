//! Rust text without what is not code: comments, texts and characters are blanked, line breaks stay.

/// The same text with every comment, text and character literal turned into spaces; offsets and lines stay as they are.
pub(crate) fn blank(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut blanked = bytes.to_vec();
    let mut at = 0;
    while let Some(length) = bytes.get(at..).filter(|rest| !rest.is_empty()).map(token) {
        if let Token::Hidden(length) = length {
            for byte in blanked.iter_mut().skip(at).take(length).filter(|byte| **byte != b'\n') {
                *byte = b' ';
            }
            at += length;
        } else {
            at += length.bytes();
        }
    }
    String::from_utf8(blanked).expect("blanking whole literals keeps UTF-8")
}

enum Token {
    Hidden(usize),
    Code(usize),
}

impl Token {
    fn bytes(&self) -> usize {
        match self {
            Self::Hidden(length) | Self::Code(length) => *length,
        }
    }
}

fn token(rest: &[u8]) -> Token {
    match rest {
        [b'/', b'/', ..] => Token::Hidden(rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len())),
        [b'/', b'*', ..] => Token::Hidden(block_comment(rest)),
        [b'"', ..] => Token::Hidden(quoted(rest)),
        [b'b' | b'c', b'"', ..] => Token::Hidden(1 + quoted(&rest[1..])),
        [b'r', b'"' | b'#', ..] => raw(rest).map_or(Token::Code(1), Token::Hidden),
        [b'b', b'r', b'"' | b'#', ..] => raw(&rest[1..]).map_or(Token::Code(1), |length| Token::Hidden(length + 1)),
        [b'\'', ..] => character(rest).map_or(Token::Code(1), Token::Hidden),
        [first, ..] if first.is_ascii_alphanumeric() || *first == b'_' => Token::Code(word(rest)),
        _ => Token::Code(1),
    }
}

/// A whole word, so that the `r` of `for"` is not taken as the start of a raw text; a prefix of a literal is a word of its own.
fn word(rest: &[u8]) -> usize {
    rest.iter().position(|byte| !(byte.is_ascii_alphanumeric() || *byte == b'_')).unwrap_or(rest.len())
}

fn block_comment(rest: &[u8]) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        match rest.get(at..at + 2) {
            Some(b"/*") => (depth, at) = (depth + 1, at + 2),
            Some(b"*/") => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at
}

fn quoted(rest: &[u8]) -> usize {
    let mut at = 1;
    while at < rest.len() {
        match rest[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

fn raw(rest: &[u8]) -> Option<usize> {
    let hashes = rest.iter().skip(1).take_while(|byte| **byte == b'#').count();
    if rest.get(1 + hashes) != Some(&b'"') {
        return None;
    }
    let end = format!("\"{}", "#".repeat(hashes)).into_bytes();
    let body = rest.get(2 + hashes..)?;
    body.windows(end.len()).position(|window| window == end).map(|at| 2 + hashes + at + end.len())
}

/// `'a'`, `'\n'`, `'\u{1f}'`; `None` for a lifetime.
fn character(rest: &[u8]) -> Option<usize> {
    if rest.get(1) == Some(&b'\\') {
        return rest.iter().skip(3).position(|byte| *byte == b'\'').map(|at| at + 4);
    }
    let text = std::str::from_utf8(rest.get(1..rest.len().min(6))?)
        .or_else(|err| std::str::from_utf8(&rest[1..=err.valid_up_to()]))
        .ok()?;
    let length = text.chars().next()?.len_utf8();
    (rest.get(1 + length) == Some(&b'\'')).then_some(2 + length)
}

#[test]
fn only_code_is_left() {
    let check = |text: &str, expected: &str| assert_eq!(blank(text), expected, "{text}");
    check("a // b\nc", "a     \nc");
    check("a /* /* b */ */ c", "a               c");
    check(r#"a("b\"c")"#, "a(      )");
    check("r#\"a\"b\"# + for_r", "         + for_r");
    check("x('a', '\\n', '\\u{1f}', 'é', &'a b)", "x(   ,     ,         ,     , &'a b)");
}
