//! Parts of a secret: what is left when a text was cut, or an escape at its edge was torn.

use std::collections::HashSet;
use std::ops::Range;

/// The length of a window, in bytes: no more of a secret may be seen.
pub(super) const WINDOW: usize = 8;
/// A part this long is masked even when it could be a word.
const LONG: usize = 16;

/// All windows of all forms of some secrets.
#[derive(Clone, Default)]
pub(super) struct Windows {
    exact: HashSet<u64>,
    /// One bit for many windows: most places of a text are passed over by it.
    filter: Vec<u64>,
}

impl Windows {
    pub(super) fn of<'f>(forms: impl Iterator<Item = &'f [u8]>) -> Self {
        let mut exact = HashSet::new();
        for form in forms {
            exact.extend(form.windows(WINDOW).filter(|window| is_mixed(window)).map(window));
        }
        let words = (exact.len() / 4).next_power_of_two().max(16);
        let mut all = Self { exact, filter: vec![0; words] };
        for window in &all.exact {
            let (word, bit) = all.place(*window);
            if let Some(word) = all.filter.get_mut(word) {
                *word |= bit;
            }
        }
        all
    }

    /// Shows every part of a secret that stands in the text and tells something.
    pub(super) fn parts(&self, text: &[u8], mut show: impl FnMut(Range<usize>)) {
        if self.exact.is_empty() {
            return;
        }
        let mut part: Option<Range<usize>> = None;
        let mut here = 0_u64;
        for (index, byte) in text.iter().enumerate() {
            here = here << 8 | u64::from(plain(*byte));
            if index + 1 < WINDOW || !self.holds(here) {
                continue;
            }
            let found = index + 1 - WINDOW..index + 1;
            match &mut part {
                Some(part) if found.start <= part.end => part.end = found.end,
                _ => flush(text, part.replace(found), &mut show),
            }
        }
        flush(text, part, &mut show);
    }

    fn holds(&self, window: u64) -> bool {
        let (word, bit) = self.place(window);
        self.filter.get(word).is_some_and(|word| word & bit != 0) && self.exact.contains(&window)
    }

    /// Where the filter has a window's bit.
    fn place(&self, window: u64) -> (usize, u64) {
        let hash = window.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
        let word = usize::try_from(hash >> 6).unwrap_or_default() & (self.filter.len().saturating_sub(1));
        (word, 1 << (hash & 63))
    }
}

/// Whether all windows of a form, when it stands there as a whole, are found and shown.
pub(super) fn are_enough_for(form: &[u8]) -> bool {
    (form.len() >= LONG || !is_word(form)) && form.windows(WINDOW).all(is_mixed)
}

fn flush(text: &[u8], part: Option<Range<usize>>, show: &mut impl FnMut(Range<usize>)) {
    if let Some(part) = part
        && text.get(part.clone()).is_some_and(|part| part.len() >= LONG || !is_word(part))
    {
        show(part);
    }
}

/// What anybody writes, `https://` or `localhost`: a secret may begin so, and yet it tells nothing of it.
fn is_word(part: &[u8]) -> bool {
    part.iter().all(|byte| byte.is_ascii_lowercase() || b" :/.,@_-".contains(byte))
}

/// Whether there is more in it than one or two characters over and over.
fn is_mixed(window: &[u8]) -> bool {
    let first = window.first();
    let other = window.iter().find(|byte| Some(*byte) != first);
    window.iter().any(|byte| Some(byte) != first && Some(byte) != other)
}

fn window(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |window, byte| window << 8 | u64::from(plain(*byte)))
}

/// Both alphabets of base64 are one, and a `+` is a space as in a form.
fn plain(byte: u8) -> u8 {
    match byte {
        b'-' | b'+' => b' ',
        b'_' => b'/',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(secret: &str, text: &str, expected: &[&str]) {
        let windows = Windows::of([secret.as_bytes()].into_iter());
        let mut found = Vec::new();
        windows.parts(text.as_bytes(), |part| found.push(text.get(part).unwrap_or_default()));
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn a_part_is_found_when_it_tells_something() {
        check("tok_A1b2C3d4E5f6", "x tok_A1b2C… y 3d4E5f6", &["tok_A1b2C"]);
        check("tok_A1b2C3d4E5f6", "tok/A1b2 and C3d4E5f6!", &["tok/A1b2", "C3d4E5f6"]);
        check("tok_A1b2C3d4E5f6", "A1b2C3d", &[]);
        check("https://hooks.example.com/T0/B1", "https://api.example.org/T0", &[]);
        check("https://hooks.example.com/T0/B1", "https://hooks.example.co", &["https://hooks.example.co"]);
        check("0000000000000000", "0000000000", &[]);
        check("", "anything at all", &[]);
    }
}
