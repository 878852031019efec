//! Reads a path. Source: Jayway `PathCompiler`, `ArrayIndexOperation`, `ArraySliceOperation`.

use super::cursor::Cursor;
use super::filter_compile;
use super::function::{Function, Parameter};
use super::lenient;
use super::{Path, PathError, Step};

/// How many `?` and `(` a path may hold: each may stand inside the one before, and is read by recursion.
const BRACKETS: usize = 200;

impl Path {
    /// Reads a path; `$.` is put in front when it starts with neither `$` nor `@`.
    ///
    /// # Errors
    /// When the server could not read it either.
    pub(crate) fn compile(text: &str) -> Result<Self, PathError> {
        if text.is_empty() {
            return Err(PathError::new("it is empty"));
        }
        if text.bytes().filter(|byte| matches!(byte, b'?' | b'(')).count() > BRACKETS {
            return Err(PathError::new("it holds too many filters and brackets"));
        }
        // The server looks at the very first character, so a path with a leading blank becomes `$. path`.
        let mut cursor =
            if text.starts_with(['$', '@']) { Cursor::new(text) } else { Cursor::new(&format!("$.{text}")) };
        cursor.trim();
        if cursor.last_is('.') {
            return Err(PathError::new("it ends with a dot"));
        }
        Reader { cursor, steps: Vec::new() }.path()
    }
}

struct Reader {
    cursor: Cursor,
    steps: Vec<Step>,
}

/// Whether a reader found what it looks for; it has moved on then.
type Taken = Result<bool, PathError>;

impl Reader {
    fn path(mut self) -> Result<Path, PathError> {
        while self.cursor.inside() && matches!(self.cursor.current()?, ' ' | '\t' | '\r' | '\n') {
            self.cursor.position += 1;
        }
        let from_root = match self.cursor.current()? {
            '$' => true,
            '@' => false,
            _ => return Err(PathError::new("it starts with neither $ nor @")),
        };
        if !self.cursor.is_tail() {
            self.cursor.position += 1;
            if !matches!(self.cursor.current()?, '.' | '[') {
                return Err(PathError::new("after the root comes neither a dot nor a bracket"));
            }
            self.step()?;
        }
        Ok(invert_scan(Path::new(self.steps, from_root)))
    }

    /// Reads steps up to the end. A single character after a complete step is never looked at: `a[` is `a`.
    fn step(&mut self) -> Result<(), PathError> {
        loop {
            let taken = match self.cursor.current()? {
                '[' => self.bracket_members()? || self.indexes()? || self.wildcard()? || self.filter()?,
                '.' => {
                    self.dot()?;
                    continue;
                }
                '*' => self.wildcard()?,
                _ => self.member_or_function()?,
            };
            if !taken {
                return Err(PathError::new(format!("what stands at character {} is no step", self.cursor.position)));
            }
            if self.cursor.is_tail() {
                return Ok(());
            }
        }
    }

    fn dot(&mut self) -> Result<(), PathError> {
        let next = self.cursor.position + 1;
        if !self.cursor.in_bounds(next) {
            return Err(PathError::new("it ends with a dot"));
        }
        self.cursor.position = next;
        if self.cursor.current_is('.')? {
            self.steps.push(Step::Scan);
            self.cursor.position += 1;
        }
        if self.cursor.current_is('.')? {
            return Err(PathError::new("there is a dot too many"));
        }
        Ok(())
    }

    fn member_or_function(&mut self) -> Taken {
        let start = self.cursor.position;
        if matches!(self.cursor.current()?, '[' | '*' | '.' | ' ') {
            return Ok(false);
        }
        let mut end = start;
        while self.cursor.in_bounds(end) {
            match self.cursor.at(end)? {
                ' ' => return Err(PathError::new("a name with a blank needs brackets and quotes: ['my name']")),
                '.' | '[' => break,
                '(' => return self.function(start, end),
                _ => end += 1,
            }
        }
        self.cursor.position = end;
        self.steps.push(Step::Member(self.cursor.slice(start, end)?.into()));
        Ok(true)
    }

    /// `name(...)` whose bracket stands at `open`.
    fn function(&mut self, start: usize, open: usize) -> Taken {
        let mut depth = 1;
        for index in open + 1..self.cursor.len() {
            match self.cursor.at(index)? {
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
        if depth != 0 {
            return Err(PathError::new("the arguments of a function are never closed"));
        }
        let name = self.cursor.slice(start, open)?;
        self.cursor.position = open + 1;
        let arguments = if self.cursor.current_is(')')? { Vec::new() } else { self.arguments()? };
        self.steps.push(Step::Function(Function::named(&name), arguments));
        Ok(true)
    }

    /// The arguments up to and with the closing bracket. What starts neither as JSON nor as a path is dropped.
    fn arguments(&mut self) -> Result<Vec<Parameter>, PathError> {
        let mut reader = Arguments::default();
        while self.cursor.inside() && reader.parens > 0 {
            let ch = self.cursor.current()?;
            self.cursor.position += 1;
            if ch == '\\' && reader.quotes == 1 && matches!(self.cursor.current()?, ',' | '"') {
                reader.text.push(self.cursor.current()?);
                self.cursor.position += 1;
                reader.prior = '\0';
                continue;
            }
            reader.take(ch)?;
        }
        if reader.braces != 0 || reader.parens != 0 || reader.brackets != 0 {
            return Err(PathError::new("the arguments of a function are never closed"));
        }
        Ok(reader.parameters)
    }

    fn wildcard(&mut self) -> Taken {
        let mut end = self.cursor.position;
        if self.cursor.current_is('[')? {
            let Some(star) = self.cursor.find_significant(end, '*')? else { return Ok(false) };
            let close = self.cursor.find_significant(star, ']')?;
            end = close.ok_or_else(|| PathError::new("after [* a ] is missing"))?;
        }
        self.cursor.position = end + 1;
        self.steps.push(Step::Wildcard);
        Ok(true)
    }

    fn filter(&mut self) -> Taken {
        let start = self.cursor.position;
        let Some(mark) = self.cursor.find_significant(start, '?')? else { return Ok(false) };
        let Some(open) = self.cursor.find_significant(mark, '(')? else { return Ok(false) };
        let Some(close) = self.cursor.find_closing(open, ('(', ')'), true)? else { return Ok(false) };
        if self.cursor.significant_after(close) != ']' {
            return Ok(false);
        }
        let Some(end) = self.cursor.find_significant(close, ']')? else { return Ok(false) };
        let condition = filter_compile::compile(&self.cursor.slice(start, end + 1)?)?;
        self.steps.push(Step::Filter(Box::new(condition)));
        self.cursor.position = end + 1;
        Ok(true)
    }

    fn indexes(&mut self) -> Taken {
        let start = self.cursor.position;
        let first = self.cursor.significant_after(start);
        if !(first.is_ascii_digit() || matches!(first, '-' | ':')) {
            return Ok(false);
        }
        let Some(end) = self.cursor.find(start + 1, ']') else { return Ok(false) };
        let text = self.cursor.slice(start + 1, end)?;
        let text = text.trim();
        if text.chars().any(|ch| !(ch.is_ascii_digit() || matches!(ch, ',' | '-' | ':' | ' '))) {
            return Ok(false);
        }
        self.steps.push(if text.contains(':') { slice(text)? } else { indexes(text)? });
        self.cursor.position = end + 1;
        Ok(true)
    }

    /// `['a']`, `["a", 'b']`; the first quote decides which one closes.
    fn bracket_members(&mut self) -> Taken {
        let start = self.cursor.position;
        let quote = self.cursor.significant_after(start);
        if !matches!(quote, '\'' | '"') {
            return Ok(false);
        }
        let (mut names, mut open, mut escaped, mut comma, mut closed) = (Vec::new(), None, false, false, 0);
        let mut index = start + 1;
        while self.cursor.in_bounds(index) {
            let ch = self.cursor.at(index)?;
            match (ch, open) {
                _ if escaped => escaped = false,
                ('\\', _) => escaped = true,
                (']', None) if comma => return Err(PathError::new("a name is missing after a comma")),
                (']', None) => break,
                (ch, Some(from)) if ch == quote => {
                    if !matches!(self.cursor.significant_after(index), ']' | ',') {
                        return Err(PathError::new("names in brackets are separated by commas"));
                    }
                    names.push(lenient::unescape(&self.cursor.slice(from, index)?).into());
                    (open, closed) = (None, index);
                }
                (ch, None) if ch == quote => (open, comma) = (Some(index + 1), false),
                (',', None) if comma => return Err(PathError::new("a name is missing after a comma")),
                (',', None) => comma = true,
                _ => {}
            }
            index += 1;
        }
        if open.is_some() {
            return Err(PathError::new(format!("a {quote} is never closed")));
        }
        let Some(end) = self.cursor.find_significant(closed, ']')? else {
            return Err(PathError::new("a ] is missing"));
        };
        self.cursor.position = end + 1;
        self.steps.push(members(names)?);
        Ok(true)
    }
}

fn members(mut names: Vec<Box<str>>) -> Result<Step, PathError> {
    match (names.len(), names.pop()) {
        (1, Some(name)) => Ok(Step::Member(name)),
        (_, Some(last)) => {
            names.push(last);
            Ok(Step::Members(names))
        }
        (_, None) => Err(PathError::new("the brackets hold no name")),
    }
}

fn indexes(text: &str) -> Result<Step, PathError> {
    text.split(',').map(|token| integer(token.trim())).collect::<Result<_, _>>().map(Step::Indexes)
}

/// `from:to`; a third part, the step of other dialects, is ignored.
fn slice(text: &str) -> Result<Step, PathError> {
    if text.contains([',', ' ']) {
        return Err(PathError::new("a slice holds a blank or a comma"));
    }
    let mut tokens = text.split(':').map(|token| (!token.is_empty()).then(|| integer(token)).transpose());
    let from = tokens.next().transpose()?.flatten();
    let to = tokens.next().transpose()?.flatten();
    if from.is_none() && to.is_none() {
        return Err(PathError::new("a slice needs a start or an end"));
    }
    Ok(Step::Slice(from, to))
}

fn integer(text: &str) -> Result<i64, PathError> {
    text.parse::<i32>().map(i64::from).map_err(|_| PathError::new(format!("{text:?} is no index")))
}

/// `$..a.sum()` means `$.sum($..a)`.
fn invert_scan(path: Path) -> Path {
    if !path.is_function() || !matches!(path.steps.first(), Some(Step::Scan)) {
        return path;
    }
    let Path { mut steps, from_root, .. } = path;
    let Some(at) = steps.iter().position(|step| matches!(step, Step::Function(..))) else {
        return Path::new(steps, from_root);
    };
    let mut tail = steps.split_off(at);
    if let Some(Step::Function(_, parameters)) = tail.first_mut() {
        *parameters = vec![Parameter::Path(Path::new(steps, true))];
    }
    Path::new(tail, true)
}

/// What stands open while arguments are read.
struct Arguments {
    parameters: Vec<Parameter>,
    text: String,
    /// `Some(true)` for a path, `Some(false)` for JSON.
    path: Option<bool>,
    parens: u32,
    brackets: u32,
    braces: u32,
    quotes: u32,
    prior: char,
}

impl Default for Arguments {
    fn default() -> Self {
        Self {
            parameters: Vec::new(),
            text: String::new(),
            path: None,
            parens: 1,
            brackets: 0,
            braces: 0,
            quotes: 0,
            prior: '\0',
        }
    }
}

impl Arguments {
    fn take(&mut self, ch: char) -> Result<(), PathError> {
        if self.path.is_none() {
            match ch {
                ' ' | '\t' | '\r' | '\n' => return Ok(()),
                '{' | '"' | '-' | '0'..='9' => self.path = Some(false),
                '$' | '@' => self.path = Some(true),
                _ => {}
            }
        }
        self.count(ch)?;
        if ch == ')' && self.prior == '(' {
            self.text.push(ch);
        }
        if matches!(ch, ')' | ',') && self.at_boundary(ch) {
            self.finish()?;
        }
        if self.path.is_some() && !(ch == ',' && self.braces == 0 && self.brackets == 0 && self.parens == 1) {
            self.text.push(ch);
        }
        self.prior = ch;
        Ok(())
    }

    fn count(&mut self, ch: char) -> Result<(), PathError> {
        let unexpected = || PathError::new(format!("a {ch} closes nothing"));
        match ch {
            '"' if self.prior != '\\' && self.quotes > 0 => self.quotes -= 1,
            '"' => self.quotes += 1,
            '(' => self.parens += 1,
            '{' => self.braces += 1,
            '[' => self.brackets += 1,
            '}' => self.braces = self.braces.checked_sub(1).ok_or_else(unexpected)?,
            ']' => self.brackets = self.brackets.checked_sub(1).ok_or_else(unexpected)?,
            ')' => self.parens = self.parens.checked_sub(1).ok_or_else(unexpected)?,
            _ => {}
        }
        Ok(())
    }

    fn at_boundary(&self, ch: char) -> bool {
        let flat = self.quotes == 0 && self.braces == 0 && self.brackets == 0;
        flat && ((self.parens == 0 && ch == ')') || self.parens == 1)
    }

    fn finish(&mut self) -> Result<(), PathError> {
        let text = std::mem::take(&mut self.text);
        match self.path.take() {
            Some(true) => {
                let reader = Reader { cursor: Cursor::new(&text), steps: Vec::new() };
                self.parameters.push(Parameter::Path(reader.path()?));
            }
            Some(false) => self.parameters.push(Parameter::Json(lenient::parse(&text))),
            None => {}
        }
        Ok(())
    }
}
