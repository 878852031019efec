//! Undoes the escapes that leave the encoder a choice, and remembers where every byte came from.

use std::borrow::Cow;
use std::ops::Range;

/// How often escapes are undone one after the other: JSON inside JSON, a percent-encoded percent sign.
const DEPTH: usize = 2;

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

/// Shows the text as it is, then with its percent encoding undone, then with its JSON escapes undone; each repeated while
/// something is left to undo, twice at most. A text without `%` and `\` is shown once and nothing is allocated.
pub(super) fn each_view(text: &[u8], mut show: impl FnMut(&[u8], &Origin)) {
    show(text, &Origin { starts: None });
    for (mark, undo) in [(b'%', percent as Undo), (b'\\', json as Undo)] {
        let mut view = Cow::Borrowed(text);
        let mut origin = Origin { starts: None };
        for _ in 0..DEPTH {
            if memchr::memchr(mark, &view).is_none() {
                break;
            }
            let (next, places) = undone(&view, undo);
            origin =
                Origin { starts: Some(places.into_iter().map(|place| origin.range(place..place).start).collect()) };
            view = Cow::Owned(next);
            show(&view, &origin);
        }
    }
}

/// Reads one escape at the head of the text: what it stands for (at most four bytes) and how long it is.
type Undo = fn(&[u8]) -> Option<([u8; 4], usize, usize)>;

fn undone(text: &[u8], undo: Undo) -> (Vec<u8>, Vec<usize>) {
    let mut out = Vec::with_capacity(text.len());
    let mut starts = Vec::with_capacity(text.len() + 1);
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        let (bytes, count, length) = undo(text.get(at..).unwrap_or_default()).unwrap_or(([*byte, 0, 0, 0], 1, 1));
        out.extend(bytes.iter().take(count));
        starts.extend(std::iter::repeat_n(at, count));
        at += length;
    }
    starts.push(text.len());
    (out, starts)
}

fn percent(text: &[u8]) -> Option<([u8; 4], usize, usize)> {
    let [b'%', high, low, ..] = text else { return None };
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    let value = u8::try_from(digit(high)? * 16 + digit(low)?).ok()?;
    Some(([value, 0, 0, 0], 1, 3))
}

fn json(text: &[u8]) -> Option<([u8; 4], usize, usize)> {
    let [b'\\', escape, rest @ ..] = text else { return None };
    let one = |byte: u8| Some(([byte, 0, 0, 0], 1, 2));
    match escape {
        b'"' | b'\\' | b'/' => one(*escape),
        b'b' => one(8),
        b'f' => one(12),
        b'n' => one(b'\n'),
        b'r' => one(b'\r'),
        b't' => one(b'\t'),
        b'u' => unicode(rest),
        _ => None,
    }
}

/// The four hex digits after `\u`, and the second half of a surrogate pair.
fn unicode(rest: &[u8]) -> Option<([u8; 4], usize, usize)> {
    let unit = |digits: &[u8]| u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok();
    let first = unit(rest.get(..4)?)?;
    let (code, length) = match rest.get(4..10) {
        Some([b'\\', b'u', low @ ..]) if (0xD800..0xDC00).contains(&first) => {
            (0x1_0000 + ((first - 0xD800) << 10) + unit(low)?.checked_sub(0xDC00)?, 12)
        }
        _ => (first, 6),
    };
    let mut bytes = [0; 4];
    let count = char::from_u32(code)?.encode_utf8(&mut bytes).len();
    Some((bytes, count, length))
}
