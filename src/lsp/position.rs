//! Positions: bytes inside, lines and characters in the client's encoding outside.

use super::protocol::{Position, Range};
use crate::source::Span;

/// How a client counts the characters of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Encoding {
    /// In bytes.
    Utf8,
    /// In UTF-16 code units: what every client can.
    #[default]
    Utf16,
    /// In characters.
    Utf32,
}

impl Encoding {
    /// The best of those that a client offers, by their names; UTF-16 when it offers none.
    pub(super) fn of_offer<'o>(offered: &(impl Iterator<Item = &'o str> + Clone)) -> Self {
        let has = |name: &str| offered.clone().any(|offer| offer == name);
        match (has("utf-8"), has("utf-16"), has("utf-32")) {
            (true, _, _) => Self::Utf8,
            (false, false, true) => Self::Utf32,
            _ => Self::Utf16,
        }
    }

    /// Its name in the protocol.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Utf16 => "utf-16",
            Self::Utf32 => "utf-32",
        }
    }

    fn units(self, text: &str) -> usize {
        match self {
            Self::Utf8 => text.len(),
            Self::Utf16 => text.chars().map(char::len_utf16).sum(),
            Self::Utf32 => text.chars().count(),
        }
    }

    /// The byte behind so many units; the end of the line when it is shorter, the start of a character that is cut.
    fn bytes(self, line: &str, units: usize) -> usize {
        if line.is_ascii() {
            return units.min(line.len());
        }
        let mut passed = 0;
        for (at, ch) in line.char_indices() {
            let width = match self {
                Self::Utf8 => ch.len_utf8(),
                Self::Utf16 => ch.len_utf16(),
                Self::Utf32 => 1,
            };
            if passed + width > units {
                return at;
            }
            passed += width;
        }
        line.len()
    }
}

/// Where the lines of a text start. A line ends with `\n`, `\r\n` or `\r`.
#[derive(Debug, Clone)]
pub(super) struct Lines {
    starts: Vec<usize>,
    encoding: Encoding,
}

impl Lines {
    /// The lines of a text.
    pub(super) fn new(text: &str, encoding: Encoding) -> Self {
        let bytes = text.as_bytes();
        let ends = memchr::memchr2_iter(b'\n', b'\r', bytes)
            .filter(|at| bytes.get(*at) == Some(&b'\n') || bytes.get(at + 1) != Some(&b'\n'));
        let starts = std::iter::once(0).chain(ends.map(|at| at + 1)).collect();
        Self { starts, encoding }
    }

    /// The byte offset of a position. What lies behind the end of a line or of the text is its end.
    pub(super) fn offset(&self, text: &str, position: Position) -> usize {
        let line = usize::try_from(position.line).unwrap_or(usize::MAX);
        let Some(start) = self.starts.get(line).copied() else { return text.len() };
        let units = usize::try_from(position.character).unwrap_or(usize::MAX);
        start + self.encoding.bytes(self.line(text, line), units)
    }

    /// The position of a byte offset.
    pub(super) fn position(&self, text: &str, offset: usize) -> Position {
        let offset = floor(text, offset.min(text.len()));
        let line = self.starts.partition_point(|start| *start <= offset).saturating_sub(1);
        let start = self.starts.get(line).copied().unwrap_or_default();
        let before = text.get(start..offset).unwrap_or_default();
        Position { line: number(line), character: number(self.encoding.units(before)) }
    }

    /// The bytes of a range.
    pub(super) fn span(&self, text: &str, range: Range) -> Span {
        let (start, end) = (self.offset(text, range.start), self.offset(text, range.end));
        Span::new(start.min(end), start.max(end))
    }

    /// The range of some bytes.
    pub(super) fn range(&self, text: &str, span: Span) -> Range {
        Range { start: self.position(text, span.start), end: self.position(text, span.end) }
    }

    /// A line without its end.
    fn line<'t>(&self, text: &'t str, line: usize) -> &'t str {
        let start = self.starts.get(line).copied().unwrap_or(text.len());
        let end = self.starts.get(line + 1).copied().unwrap_or(text.len());
        text.get(start..end).unwrap_or_default().trim_end_matches(['\n', '\r'])
    }
}

/// How many units of an encoding a text has.
pub(super) fn units(text: &str, encoding: Encoding) -> u32 {
    number(encoding.units(text))
}

fn floor(text: &str, offset: usize) -> usize {
    (0..=offset).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TEXT: &str = "a: é\r\nb: \"😀x\"\rc\n";

    #[track_caller]
    fn check(encoding: Encoding, offset: usize, expected: (u32, u32)) {
        let lines = Lines::new(TEXT, encoding);
        let position = lines.position(TEXT, offset);
        assert_eq!((position.line, position.character), expected, "{encoding:?} {offset}");
        assert_eq!(lines.offset(TEXT, position), offset, "{encoding:?}");
    }

    #[test]
    fn characters_count_as_the_client_counts_them() {
        let [e, face, x] = ["é", "😀", "x"].map(|text| TEXT.find(text).expect("it is there"));
        check(Encoding::Utf8, e + 2, (0, 5));
        check(Encoding::Utf16, e + 2, (0, 4));
        check(Encoding::Utf32, e + 2, (0, 4));
        check(Encoding::Utf16, face, (1, 4));
        check(Encoding::Utf8, x, (1, 8));
        check(Encoding::Utf16, x, (1, 6));
        check(Encoding::Utf32, x, (1, 5));
        check(Encoding::Utf16, TEXT.len(), (3, 0));
    }

    #[test]
    fn what_lies_outside_is_the_nearest_end() {
        let lines = Lines::new(TEXT, Encoding::Utf16);
        let offset = |line, character| lines.offset(TEXT, Position { line, character });
        assert_eq!(offset(0, 99), "a: é".len());
        assert_eq!(offset(99, 0), TEXT.len());
        // In the middle of a surrogate pair.
        assert_eq!(offset(1, 5), TEXT.find('😀').expect("it is there"));
    }

    #[test]
    fn the_best_offer_is_taken() {
        let check = |offer: &[&str], expected| assert_eq!(Encoding::of_offer(&offer.iter().copied()), expected);
        check(&[], Encoding::Utf16);
        check(&["utf-16", "utf-8"], Encoding::Utf8);
        check(&["utf-32"], Encoding::Utf32);
        check(&["utf-32", "utf-16"], Encoding::Utf16);
    }

    proptest! {
        #[test]
        fn every_offset_comes_back(text in "[aé😀\r\n漢]{0,30}", at in 0_usize..60) {
            let offset = floor(&text, at.min(text.len()));
            for encoding in [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32] {
                let lines = Lines::new(&text, encoding);
                let back = lines.offset(&text, lines.position(&text, offset));
                // Between the two characters of a line end there is no position.
                prop_assert!(back == offset || back + 1 == offset && text.as_bytes().get(back) == Some(&b'\r'));
            }
        }
    }
}
