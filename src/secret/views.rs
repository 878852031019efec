//! Undoes the escapes that leave the encoder a choice, and remembers where every byte came from.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;

/// How many layers of escapes are undone: JSON inside JSON, percent signs encoded once more, JSON inside a query inside HTML.
const DEPTH: usize = 4;

/// Where the bytes of a view stand in the text it was made of.
pub(super) struct Origin {
    /// Start of each byte, and the end of the text as last; `None` for the text itself.
    starts: Option<Vec<usize>>,
}

impl Origin {
    /// The bytes of the text that a range of the view came from.
    pub(super) fn range(&self, range: Range<usize>) -> Range<usize> {
        match &self.starts {
            None => range,
            Some(starts) => {
                let at = |index: usize| starts.get(index).or(starts.last()).copied().unwrap_or_default();
                at(range.start)..at(range.end)
            }
        }
    }
}

/// What each kind of escape begins with: percent signs, JSON, HTML, lines.
const KINDS: [&[u8]; 4] = [b"%", b"\\", b"&", b"\n"];
/// All of them.
const ALL: &[u8] = b"%\\&\n";

/// Shows the text as it is, then with its escapes undone layer by layer, in every order in which the kinds may be inside one another.
///
/// One kind is undone at a time: a secret may hold what looks like an escape of another kind. A text without escapes is shown once and
/// nothing is allocated; what two orders come to alike is shown once.
pub(super) fn each_view(text: &[u8], mut show: impl FnMut(&[u8], &Origin)) {
    let origin = Origin { starts: None };
    show(text, &origin);
    below(text, &origin, &mut Below { layers: DEPTH, seen: HashSet::new(), show: &mut show });
}

/// The views below one, so many layers deep.
struct Below<'b> {
    layers: usize,
    /// Hashes of the views so far.
    seen: HashSet<u64>,
    show: &'b mut dyn FnMut(&[u8], &Origin),
}

fn below(view: &[u8], origin: &Origin, rest: &mut Below<'_>) {
    if rest.layers == 0 {
        return;
    }
    for kind in KINDS {
        let Some((next, places)) = undone(view, kind) else { continue };
        let mut hasher = DefaultHasher::new();
        next.hash(&mut hasher);
        if !rest.seen.insert(hasher.finish()) {
            continue;
        }
        let starts = places.into_iter().map(|place| origin.range(place..place).start).collect();
        let origin = Origin { starts: Some(starts) };
        (rest.show)(&next, &origin);
        rest.layers -= 1;
        below(&next, &origin, rest);
        rest.layers += 1;
    }
}

/// The text with one layer of escapes of all kinds undone; `None` when there is none.
pub(super) fn without_escapes(text: &[u8]) -> Option<Vec<u8>> {
    undone(text, ALL).map(|(view, _)| view)
}

/// What an escape stands for (at most four bytes), how many bytes that are, and how many it takes.
type Escape = ([u8; 4], usize, usize);

/// The text without the escapes that begin with one of the marks, and where each byte stood.
fn undone(text: &[u8], marks: &[u8]) -> Option<(Vec<u8>, Vec<usize>)> {
    let mut next = next_escape(text, 0, marks)?;
    let mut out = Vec::with_capacity(text.len());
    let mut starts = Vec::with_capacity(text.len() + 1);
    let mut at = 0;
    loop {
        let (place, (bytes, count, length)) = next;
        out.extend_from_slice(text.get(at..place).unwrap_or_default());
        starts.extend(at..place);
        out.extend(bytes.iter().take(count));
        starts.extend(std::iter::repeat_n(place, count));
        at = place + length;
        match next_escape(text, at, marks) {
            Some(found) => next = found,
            None => break,
        }
    }
    out.extend_from_slice(text.get(at..).unwrap_or_default());
    starts.extend(at..=text.len());
    Some((out, starts))
}

/// The first escape at or after a place that begins with one of the marks.
fn next_escape(text: &[u8], from: usize, marks: &[u8]) -> Option<(usize, Escape)> {
    let mut from = from;
    loop {
        let rest = text.get(from..)?;
        let near = match marks {
            [mark] => memchr::memchr(*mark, rest),
            marks => rest.iter().position(|byte| marks.contains(byte)),
        };
        let at = from + near?;
        let here = text.get(at..).unwrap_or_default();
        let escape = match here.first() {
            Some(b'%') => percent(here),
            Some(b'\\') => json(here),
            Some(b'&') => html(here),
            _ => folded(text, at),
        };
        match escape {
            Some(escape) => return Some((at, escape)),
            None => from = at + 1,
        }
    }
}

fn percent(text: &[u8]) -> Option<Escape> {
    let [b'%', high, low, ..] = text else { return None };
    Some(([hex(*high, *low)?, 0, 0, 0], 1, 3))
}

fn hex(high: u8, low: u8) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

/// JSON's escapes, and JavaScript's `\x` and `\'`.
fn json(text: &[u8]) -> Option<Escape> {
    let [b'\\', escape, rest @ ..] = text else { return None };
    let one = |byte: u8| Some(([byte, 0, 0, 0], 1, 2));
    match escape {
        b'"' | b'\\' | b'/' | b'\'' => one(*escape),
        b'b' => one(8),
        b'f' => one(12),
        b'n' => one(b'\n'),
        b'r' => one(b'\r'),
        b't' => one(b'\t'),
        b'x' => Some(([hex(*rest.first()?, *rest.get(1)?)?, 0, 0, 0], 1, 4)),
        b'u' => unicode(rest),
        _ => None,
    }
}

/// The four hex digits after `\u`, and the second half of a surrogate pair.
fn unicode(rest: &[u8]) -> Option<Escape> {
    let unit = |digits: &[u8]| {
        digits
            .iter()
            .all(u8::is_ascii_hexdigit)
            .then(|| u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok())?
    };
    let first = unit(rest.get(..4)?)?;
    let low = match rest.get(4..10) {
        Some([b'\\', b'u', low @ ..]) if (0xD800..0xDC00).contains(&first) => unit(low)?.checked_sub(0xDC00),
        _ => None,
    };
    match low.filter(|low| *low < 0x400) {
        Some(low) => character(0x1_0000 + ((first - 0xD800) << 10) + low, 12),
        None => character(first, 6),
    }
}

fn character(code: u32, length: usize) -> Option<Escape> {
    let mut bytes = [0; 4];
    let count = char::from_u32(code)?.encode_utf8(&mut bytes).len();
    Some((bytes, count, length))
}

/// `&quot;`, `&#39;`, `&#x27;`.
fn html(text: &[u8]) -> Option<Escape> {
    let end = text.iter().take(10).position(|byte| *byte == b';')?;
    let name = std::str::from_utf8(text.get(1..end)?).ok()?;
    let code = match name {
        "amp" => u32::from('&'),
        "lt" => u32::from('<'),
        "gt" => u32::from('>'),
        "quot" => u32::from('"'),
        "apos" => u32::from('\''),
        _ => match name.strip_prefix('#')? {
            number if number.starts_with(['x', 'X']) => u32::from_str_radix(number.get(1..)?, 16).ok()?,
            number => number.parse().ok()?,
        },
    };
    character(code, end + 1)
}

/// A line end inside of what may be base64, which is often written in lines: it is taken out, with the `\r` before it left to the view.
fn folded(text: &[u8], at: usize) -> Option<Escape> {
    let fits = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/-_=\r".contains(byte);
    let before = at.checked_sub(1).and_then(|before| text.get(before))?;
    (fits(before) && text.get(at + 1).is_some_and(fits)).then_some(([0; 4], 0, 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let mut views = Vec::new();
        each_view(text.as_bytes(), |view, origin| {
            assert_eq!(origin.range(0..view.len()).end, text.len());
            views.push(String::from_utf8_lossy(view).into_owned());
        });
        assert_eq!(views.get(1..).unwrap_or_default(), expected, "{text}");
    }

    #[test]
    fn each_layer_is_undone_whatever_it_is() {
        check("plain & simple 100 % \\o/", &[]);
        check("a%20b%2520c", &["a b%20c", "a b c"]);
        check("\\\"a\\\\\\\"b", &["\"a\\\"b", "\"a\"b"]);
        check("%5C%22a&amp;b", &["\\\"a&amp;b", "\"a&amp;b", "\"a&b", "\\\"a&b", "%5C%22a&b"]);
        check("\\u0041\\ud83d\\ude00\\x42\\ud83d\\u0041\\u+041", &["A😀B\\ud83dA\\u+041"]);
        check("&lt;&#39;&#x27;&#9999999;&nope;", &["<''&#9999999;&nope;"]);
        check("abc\ndef\n\n ghi", &["abcdef\n\n ghi"]);
    }
}
