//! Lines of YAML: the indentation tells what a line belongs to.

use super::{Cursor, Quote, Role, flow};
use crate::source::{Pointer, Span};

/// A key or a dash that later lines may belong to.
#[derive(Debug)]
struct Level {
    column: usize,
    step: Step,
    /// Whether its value stands on its own line: nothing can belong to it.
    is_done: bool,
}

#[derive(Debug)]
enum Step {
    Key(String),
    Item(usize),
}

/// What a line leaves behind for those below it.
enum Rest {
    Nothing,
    /// A text of several lines: those deeper than the column belong to it.
    Text(usize),
    /// Brackets that close behind that byte.
    Brackets(usize),
}

/// Goes from line to line down to the place.
pub(super) fn find(text: &str, offset: usize) -> Option<Cursor> {
    let mut lines = Lines { text, offset, levels: Vec::new() };
    let (mut start, mut rest) = (if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 }, Rest::Nothing);
    loop {
        let end = text.get(start..)?.find('\n').map_or(text.len(), |at| start + at);
        let line = text.get(start..end)?.trim_end_matches('\r');
        let indent = line.len() - line.trim_start_matches(' ').len();
        let is_blank = line.trim().is_empty();
        let is_last = offset <= end;
        match rest {
            Rest::Text(column) if indent > column || is_blank && !is_last => {
                if is_last {
                    return None;
                }
            }
            Rest::Brackets(close) if close > start => {}
            _ if is_last => return lines.last(start, line),
            _ if is_blank || line.trim_start().starts_with('#') => rest = Rest::Nothing,
            _ => match lines.line(start, line) {
                Ok(found) => rest = found,
                Err(found) => return Some(*found),
            },
        }
        if is_last {
            return None;
        }
        start = end + 1;
    }
}

struct Lines<'t> {
    text: &'t str,
    offset: usize,
    levels: Vec<Level>,
}

impl Lines<'_> {
    fn pointer(&self) -> Pointer {
        self.levels.iter().fold(Pointer::root(), |pointer, level| match &level.step {
            Step::Key(key) => pointer.key(key),
            Step::Item(index) => pointer.index(*index),
        })
    }

    /// Leaves what a line at that column does not belong to.
    fn leave(&mut self, column: usize, is_dash: bool) {
        let stays = |level: &Level| match level.step {
            Step::Key(_) => {
                level.column < column && !level.is_done || is_dash && level.column == column && !level.is_done
            }
            Step::Item(_) => level.column < column || is_dash && level.column == column,
        };
        while self.levels.last().is_some_and(|level| !stays(level)) {
            self.levels.pop();
        }
    }

    /// A dash: the next item of the list at its column.
    fn dash(&mut self, column: usize) {
        self.leave(column, true);
        match self.levels.last_mut() {
            Some(Level { column: own, step: Step::Item(index), .. }) if *own == column => *index += 1,
            _ => self.levels.push(Level { column, step: Step::Item(0), is_done: false }),
        }
    }

    /// Goes over the dashes that a line begins with; gives the column behind them.
    fn dashes(&mut self, line: &str, until: usize) -> usize {
        let mut column = line.len() - line.trim_start_matches(' ').len();
        while let Some(rest) = line.get(column..).and_then(|rest| rest.strip_prefix('-')) {
            let is_dash = rest.is_empty() || rest.starts_with(' ');
            if !is_dash || column >= until {
                break;
            }
            self.dash(column);
            column += 1 + (rest.len() - rest.trim_start_matches(' ').len());
        }
        column
    }

    /// A line before the place: what it opens. The cursor, when it opens brackets that the place is in.
    fn line(&mut self, start: usize, line: &str) -> Result<Rest, Box<Cursor>> {
        let column = self.dashes(line, usize::MAX);
        let content = line.get(column..).unwrap_or_default();
        let (value_column, key_column) = match key(content) {
            Some((key, behind)) => {
                self.leave(column, false);
                let value = content.get(behind..).unwrap_or_default();
                let skipped = behind + before_value(value);
                let value = content.get(skipped..).unwrap_or_default();
                let is_done = !value.is_empty() && !value.starts_with('#');
                self.levels.push(Level { column, step: Step::Key(key), is_done });
                (column + skipped, column)
            }
            None => (column, column.saturating_sub(1)),
        };
        let value = line.get(value_column..).unwrap_or_default();
        match value.chars().next() {
            Some('|' | '>') => Ok(Rest::Text(key_column)),
            Some('{' | '[') => match flow::find(self.text, start + value_column, self.offset, self.pointer(), false) {
                Ok(cursor) => Err(Box::new(cursor)),
                Err(end) => Ok(Rest::Brackets(end)),
            },
            _ => Ok(Rest::Nothing),
        }
    }

    /// The line of the place.
    fn last(&mut self, start: usize, line: &str) -> Option<Cursor> {
        let place = self.offset - start;
        if comment(line).is_some_and(|at| place > at) {
            return None;
        }
        let column = self.dashes(line, place);
        let content = line.get(column..).unwrap_or_default();
        let has_dash = line.get(..column).is_some_and(|before| before.contains('-'));
        if place < column || content.is_empty() {
            let at = if has_dash { place.max(column) } else { place };
            self.leave(if has_dash { at.max(1) } else { at }, false);
            let role = if has_dash { Role::Either } else { Role::Key };
            return Some(self.spot(role, Span::new(self.offset, self.offset), at));
        }
        self.leave(column, false);
        let Some((key, behind)) = key(content) else { return self.word(start, line, column, has_dash) };
        let name_end = content.get(..behind)?.trim_end_matches(':').trim_end().len();
        if place <= column + name_end {
            let mut found = self.spot(Role::Key, Span::new(start + column, start + column + name_end), column);
            found.has_colon = true;
            return Some(unquoted(self.text, found));
        }
        let skipped = column + behind + before_value(content.get(behind..)?);
        self.levels.push(Level { column, step: Step::Key(key), is_done: false });
        self.value(start, line, skipped, column)
    }

    /// The value behind a key.
    fn value(&self, start: usize, line: &str, from: usize, column: usize) -> Option<Cursor> {
        let place = self.offset - start;
        let value = line.get(from..)?;
        if value.starts_with(['{', '[']) && place > from {
            return flow::find(self.text, start + from, self.offset, self.pointer(), false).ok();
        }
        if value.starts_with(['|', '>']) && place > from {
            return None;
        }
        if place < from || value.is_empty() {
            let mut found = self.spot(Role::Value, Span::new(self.offset, self.offset), column);
            found.needs_space = line.get(..place)?.ends_with(':');
            return Some(found);
        }
        let end = comment(line).unwrap_or(line.len()).max(from);
        let length = line.get(from..end)?.trim_end().len();
        let span = Span::new(start + from, start + (from + length).max(place));
        Some(unquoted(self.text, self.spot(Role::Value, span, column)))
    }

    /// A word without a colon: an item of a list, or a key that is not finished.
    fn word(&self, start: usize, line: &str, column: usize, has_dash: bool) -> Option<Cursor> {
        let content = line.get(column..)?;
        if content.starts_with(['{', '[']) {
            return flow::find(self.text, start + column, self.offset, self.pointer(), false).ok();
        }
        let end = comment(line).unwrap_or(line.len()).max(column);
        let length = line.get(column..end)?.trim_end().len();
        let role = if has_dash { Role::Either } else { Role::Key };
        let span = Span::new(start + column, (start + column + length).max(self.offset));
        Some(unquoted(self.text, self.spot(role, span, column)))
    }

    fn spot(&self, role: Role, replace: Span, column: usize) -> Cursor {
        Cursor {
            at: self.pointer(),
            role,
            replace,
            quote: None,
            has_colon: false,
            is_flow: false,
            column,
            needs_space: false,
        }
    }
}

/// Without the quotes around the word.
fn unquoted(text: &str, mut cursor: Cursor) -> Cursor {
    let word = text.get(cursor.replace.start..cursor.replace.end).unwrap_or_default();
    let Some(quote) = word.chars().next().filter(|ch| matches!(ch, '"' | '\'')) else { return cursor };
    let is_closed = word.len() > 1 && word.ends_with(quote);
    cursor.quote = Some(Quote { mark: quote, is_open: !is_closed });
    cursor.replace.start += 1;
    cursor.replace.end -= usize::from(is_closed);
    cursor
}

/// The key at the start of a text, and how far it goes with its colon.
fn key(content: &str) -> Option<(String, usize)> {
    if let Some(quote) = content.chars().next().filter(|ch| matches!(ch, '"' | '\'')) {
        let inner = content.get(1..)?;
        let close = inner.find(quote)?;
        let rest = inner.get(close + 1..)?;
        let colon = rest.len() - rest.trim_start().len();
        let behind = rest.get(colon..)?.strip_prefix(':')?;
        let is_key = behind.is_empty() || behind.starts_with(' ');
        return is_key.then(|| (inner.get(..close).unwrap_or_default().to_owned(), close + 3 + colon));
    }
    if content.starts_with(['{', '[', '#', '&', '*', '!', '|', '>']) {
        return None;
    }
    let mut from = 0;
    while let Some(at) = content.get(from..)?.find(':').map(|at| from + at) {
        let behind = content.get(at + 1..)?;
        if behind.is_empty() || behind.starts_with([' ', '\t']) {
            let name = content.get(..at)?.trim_end();
            return (!name.contains(" #")).then(|| (name.to_owned(), at + 1));
        }
        from = at + 1;
    }
    None
}

/// The bytes before a value: blanks, an anchor, a tag.
fn before_value(text: &str) -> usize {
    let mut at = text.len() - text.trim_start_matches([' ', '\t']).len();
    while let Some(rest) = text.get(at..).filter(|rest| rest.starts_with(['&', '!'])) {
        let word = rest.find(' ').unwrap_or(rest.len());
        let blanks = rest.get(word..).map_or(0, |rest| rest.len() - rest.trim_start_matches(' ').len());
        at += word + blanks;
        if word == rest.len() {
            break;
        }
    }
    at
}

/// Where a comment begins on a line, outside quotes.
fn comment(line: &str) -> Option<usize> {
    let mut quote = None;
    let mut before = ' ';
    for (at, ch) in line.char_indices() {
        match (quote, ch) {
            (None, '#') if before == ' ' || before == '\t' => return Some(at),
            (None, '"' | '\'') if matches!(before, ' ' | '\t' | '[' | '{' | ',' | ':') => quote = Some(ch),
            (Some(open), ch) if ch == open => quote = None,
            _ => {}
        }
        before = ch;
    }
    None
}
