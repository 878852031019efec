//! A position in the text of a path, with the look-ahead that the server's reader has.
//!
//! The rules of what is looked at, and where the reader stops short, are those of Jayway's `CharacterIndex`; reading
//! beyond the end is an error there too, which is why nothing here panics.

use super::PathError;

/// Characters with a position and a movable end.
#[derive(Debug, Clone)]
pub(super) struct Cursor {
    chars: Vec<char>,
    pub(super) position: usize,
    end: usize,
}

impl Cursor {
    pub(super) fn new(text: &str) -> Self {
        let chars: Vec<char> = text.chars().collect();
        let end = chars.len();
        Self { chars, position: 0, end }
    }

    /// One past the last character.
    pub(super) fn len(&self) -> usize {
        self.end
    }

    pub(super) fn at(&self, index: usize) -> Result<char, PathError> {
        self.chars.get(index).copied().ok_or_else(|| PathError::new("it ends too early"))
    }

    pub(super) fn current(&self) -> Result<char, PathError> {
        self.at(self.position)
    }

    pub(super) fn current_is(&self, wanted: char) -> Result<bool, PathError> {
        Ok(self.current()? == wanted)
    }

    pub(super) fn in_bounds(&self, index: usize) -> bool {
        index < self.end
    }

    pub(super) fn inside(&self) -> bool {
        self.in_bounds(self.position)
    }

    /// Whether the current character is the last one, or the position is beyond it.
    pub(super) fn is_tail(&self) -> bool {
        !self.in_bounds(self.position + 1)
    }

    pub(super) fn last_is(&self, wanted: char) -> bool {
        self.end > 0 && self.chars.get(self.end - 1) == Some(&wanted)
    }

    pub(super) fn slice(&self, start: usize, end: usize) -> Result<String, PathError> {
        let chars = self.chars.get(start..end).ok_or_else(|| PathError::new("it ends too early"))?;
        Ok(chars.iter().collect())
    }

    pub(super) fn skip_blanks(&mut self) -> &mut Self {
        while self.inside() && self.position + 1 < self.end && self.chars.get(self.position) == Some(&' ') {
            self.position += 1;
        }
        self
    }

    /// Takes blanks off both ends.
    pub(super) fn trim(&mut self) {
        self.skip_blanks();
        while self.end > self.position + 1 && self.chars.get(self.end - 1) == Some(&' ') {
            self.end -= 1;
        }
    }

    pub(super) fn cut_last(&mut self) {
        self.end = self.end.saturating_sub(1);
    }

    /// The place of the next character after `start` that is no blank.
    fn next_significant(&self, start: usize) -> usize {
        let mut index = start + 1;
        while self.in_bounds(index) && self.chars.get(index) == Some(&' ') {
            index += 1;
        }
        index
    }

    /// The next character after `start` that is no blank; a blank at the end.
    pub(super) fn significant_after(&self, start: usize) -> char {
        let index = self.next_significant(start);
        if self.in_bounds(index) { self.chars.get(index).copied().unwrap_or(' ') } else { ' ' }
    }

    /// The place of the next character that is no blank, when it is `wanted`.
    pub(super) fn find_significant(&self, start: usize, wanted: char) -> Result<Option<usize>, PathError> {
        let index = self.next_significant(start);
        Ok((self.at(index)? == wanted).then_some(index))
    }

    /// The character before the position that is no blank.
    pub(super) fn previous_significant(&self) -> Option<(usize, char)> {
        let before = self.chars.get(..self.position)?;
        before.iter().enumerate().rev().find(|(_, ch)| **ch != ' ').map(|(index, ch)| (index, *ch))
    }

    /// The first `wanted` at or after `start`.
    pub(super) fn find(&self, start: usize, wanted: char) -> Option<usize> {
        (start..self.end).find(|index| self.chars.get(*index) == Some(&wanted))
    }

    /// The first `wanted` after `start` without a backslash before it.
    pub(super) fn find_unescaped(&self, start: usize, wanted: char) -> Option<usize> {
        let mut escaped = false;
        for index in start + 1..self.end {
            let ch = *self.chars.get(index)?;
            match (escaped, ch) {
                (true, _) => escaped = false,
                (false, '\\') => escaped = true,
                (false, ch) if ch == wanted => return Some(index),
                (false, _) => {}
            }
        }
        None
    }

    /// The bracket that closes the one at `start`; quoted texts and, when asked for, patterns are stepped over.
    pub(super) fn find_closing(
        &self,
        start: usize,
        (open, close): (char, char),
        skip_patterns: bool,
    ) -> Result<Option<usize>, PathError> {
        let mut depth = 1;
        let mut index = start + 1;
        while self.in_bounds(index) {
            for quotes in [['\'', '"'].as_slice(), if skip_patterns { &['/'] } else { &[] }] {
                let ch = self.at(index)?;
                if quotes.contains(&ch) {
                    let end = self.find_unescaped(index, ch);
                    index = end.ok_or_else(|| PathError::new(format!("a {ch} is never closed")))? + 1;
                }
            }
            let ch = self.at(index)?;
            depth += i32::from(ch == open) - i32::from(ch == close);
            if ch == close && depth == 0 {
                return Ok(Some(index));
            }
            index += 1;
        }
        Ok(None)
    }

    /// Steps over `wanted` when it comes next, blanks aside.
    pub(super) fn take_text(&mut self, wanted: &str) -> bool {
        self.skip_blanks();
        let end = self.position + wanted.chars().count();
        if !self.in_bounds(end - 1) || !self.slice(self.position, end).is_ok_and(|text| text == wanted) {
            return false;
        }
        self.position = end;
        true
    }

    /// Steps over one character that has to come next, blanks aside.
    pub(super) fn expect(&mut self, wanted: char) -> Result<(), PathError> {
        if self.skip_blanks().current()? != wanted {
            return Err(PathError::new(format!("a {wanted} is missing")));
        }
        self.position += 1;
        Ok(())
    }
}
