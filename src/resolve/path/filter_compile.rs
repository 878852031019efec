//! Reads a filter. Source: Jayway `FilterCompiler`.

use super::cursor::Cursor;
use super::decimal::Decimal;
use super::filter::{Condition, Operand, Operator, literal_text};
use super::lenient;
use super::{Path, PathError};
use fancy_regex::{Regex, RegexBuilder};

/// How many brackets and negations may stand in each other.
const DEPTH: usize = 64;

/// Reads `[?(...)]`.
pub(super) fn compile(text: &str) -> Result<Condition, PathError> {
    let mut filter = Cursor::new(text);
    filter.trim();
    filter.position += 1;
    filter.cut_last();
    filter.trim();
    filter.position += 1;
    filter.trim();
    if !filter.current_is('(')? || !filter.last_is(')') {
        return Err(PathError::new("a filter stands between [?( and )]"));
    }
    let mut reader = Reader { filter, depth: 0 };
    let condition = reader.or()?;
    reader.filter.skip_blanks();
    if reader.filter.inside() {
        return Err(PathError::new("the filter goes on where it should end"));
    }
    Ok(condition)
}

struct Reader {
    filter: Cursor,
    depth: usize,
}

impl Reader {
    fn or(&mut self) -> Result<Condition, PathError> {
        let mut conditions = vec![self.and()?];
        while self.take("||") {
            conditions.push(self.and()?);
        }
        Ok(single(conditions, Condition::Or))
    }

    fn and(&mut self) -> Result<Condition, PathError> {
        let mut conditions = vec![self.operand_of_and()?];
        while self.take("&&") {
            conditions.push(self.operand_of_and()?);
        }
        Ok(single(conditions, Condition::And))
    }

    fn take(&mut self, operator: &str) -> bool {
        let before = self.filter.position;
        let taken = self.filter.take_text(operator);
        if !taken {
            self.filter.position = before;
        }
        taken
    }

    fn operand_of_and(&mut self) -> Result<Condition, PathError> {
        let before = self.filter.skip_blanks().position;
        if self.filter.current_is('!')? {
            self.filter.position += 1;
            if !matches!(self.filter.skip_blanks().current()?, '$' | '@') {
                return Ok(Condition::Not(Box::new(self.deeper(Self::operand_of_and)?)));
            }
            self.filter.position = before;
        }
        if !self.filter.skip_blanks().current_is('(')? {
            return self.comparison();
        }
        self.filter.position += 1;
        let condition = self.deeper(Self::or)?;
        self.filter.expect(')')?;
        Ok(condition)
    }

    fn deeper(&mut self, read: fn(&mut Self) -> Result<Condition, PathError>) -> Result<Condition, PathError> {
        if self.depth == DEPTH {
            return Err(PathError::new("the filter is nested too deeply"));
        }
        self.depth += 1;
        let condition = read(self);
        self.depth -= 1;
        condition
    }

    fn comparison(&mut self) -> Result<Condition, PathError> {
        let (left, negated) = self.value()?;
        let before = self.filter.position;
        match self.operator() {
            Ok(operator) => match self.value() {
                Ok((right, _)) => return Ok(Condition::Compare(left, operator, right)),
                Err(Fault::Refused(_)) => self.filter.position = before,
                Err(Fault::Broken(error)) => return Err(error),
            },
            Err(Fault::Refused(_)) => self.filter.position = before,
            Err(Fault::Broken(error)) => return Err(error),
        }
        match left {
            Operand::Path(path) => Ok(Condition::Exists(path, !negated)),
            _ => Err(PathError::new("a value in a filter is compared with nothing")),
        }
    }

    /// A side, and whether a `!` stands before it.
    fn value(&mut self) -> Result<(Operand, bool), Fault> {
        match self.filter.skip_blanks().current()? {
            '$' | '@' => self.path(),
            '!' => {
                self.filter.position += 1;
                match self.filter.skip_blanks().current()? {
                    '$' | '@' => self.path(),
                    _ => Err(Fault::Refused(PathError::new("a ! stands where a value should"))),
                }
            }
            _ => self.literal().map(|operand| (operand, false)),
        }
    }

    fn literal(&mut self) -> Result<Operand, Fault> {
        match self.filter.skip_blanks().current()? {
            quote @ ('\'' | '"') => {
                let text = self.quoted(quote)?;
                Ok(Operand::Text(literal_text(&text).into_owned()))
            }
            't' => self.word("true", Operand::Boolean(true)),
            'f' => self.word("false", Operand::Boolean(false)),
            'n' => self.word("null", Operand::Null),
            '{' => self.json(('{', '}')),
            '[' => self.json(('[', ']')),
            '/' => self.pattern(),
            _ => self.number(),
        }
    }

    fn quoted(&mut self, quote: char) -> Result<String, Fault> {
        let start = self.filter.position;
        let Some(end) = self.filter.find_unescaped(start, quote) else {
            return Err(Fault::Refused(PathError::new(format!("a {quote} is never closed"))));
        };
        self.filter.position = end + 1;
        Ok(self.filter.slice(start, end + 1)?)
    }

    fn word(&mut self, word: &str, operand: Operand) -> Result<Operand, Fault> {
        let (start, end) = (self.filter.position, self.filter.position + word.len());
        if !self.filter.in_bounds(end - 1) || self.filter.slice(start, end)? != word {
            return Err(Fault::Refused(PathError::new(format!("{word} is written wrongly"))));
        }
        self.filter.position = end;
        Ok(operand)
    }

    fn json(&mut self, brackets: (char, char)) -> Result<Operand, Fault> {
        let start = self.filter.position;
        let Some(end) = self.filter.find_closing(start, brackets, false)? else {
            return Err(Fault::Refused(PathError::new(format!("a {} is missing", brackets.1))));
        };
        self.filter.position = end + 1;
        Ok(Operand::Json(lenient::parse(&self.filter.slice(start, end + 1)?)))
    }

    /// `/.../i`. The flags go on to the next `=` or `)`, whatever stands between: a pattern is best written last.
    fn pattern(&mut self) -> Result<Operand, Fault> {
        let start = self.filter.position;
        let Some(end) = self.filter.find_unescaped(start, '/') else {
            return Err(Fault::Refused(PathError::new("a pattern is never closed")));
        };
        let pattern = self.filter.slice(start + 1, end)?;
        let mut flags = String::new();
        if self.filter.in_bounds(end + 1) {
            let equals = self.filter.find(start + 1, '=').filter(|equals| *equals > end);
            let close = equals.or_else(|| self.filter.find_unescaped(start, ')')).unwrap_or(0);
            if close < end + 1 {
                return Err(Fault::Broken(PathError::new("a pattern cannot hold a ) unless an = follows it")));
            }
            flags = self.filter.slice(end + 1, close)?;
        }
        self.filter.position = end + 1 + flags.chars().count();
        regex(&pattern, &flags).map(Operand::Pattern).map_err(Fault::Broken)
    }

    fn number(&mut self) -> Result<Operand, Fault> {
        let start = self.filter.position;
        while self.filter.inside() && matches!(self.filter.current()?, '0'..='9' | '-' | '.' | 'e' | 'E') {
            self.filter.position += 1;
        }
        let text = self.filter.slice(start, self.filter.position)?;
        let number = Decimal::parse(&text);
        number.map(Operand::Number).ok_or_else(|| {
            Fault::Broken(PathError::new("a value in a filter is neither a path, a quoted text, a number nor JSON"))
        })
    }

    fn operator(&mut self) -> Result<Operator, Fault> {
        let start = self.filter.skip_blanks().position;
        let is_sign = |ch: char| matches!(ch, '<' | '>' | '=' | '~' | '!');
        let signs = is_sign(self.filter.current()?);
        while self.filter.inside() {
            let ch = self.filter.current()?;
            if (signs && !is_sign(ch)) || (!signs && ch == ' ') {
                break;
            }
            self.filter.position += 1;
        }
        let text = self.filter.slice(start, self.filter.position)?;
        operator(&text).ok_or_else(|| Fault::Refused(PathError::new(format!("{text:?} is no operator"))))
    }

    fn path(&mut self) -> Result<(Operand, bool), Fault> {
        let negated = self.filter.previous_significant().is_some_and(|(_, ch)| ch == '!');
        let start = self.filter.position;
        self.filter.position += 1;
        while self.filter.inside() {
            if self.filter.current_is('[')? {
                let close = self.filter.find_closing(self.filter.position, ('[', ']'), false)?;
                let Some(close) = close else {
                    return Err(Fault::Refused(PathError::new("a ] is missing in a filter")));
                };
                self.filter.position = close + 1;
            }
            let ch = self.filter.current()?;
            let ends =
                matches!(ch, '<' | '>' | '=' | '~' | '!' | ' ') || (ch == ')' && !self.closes_function(start)?);
            if !self.filter.inside() || ends {
                break;
            }
            self.filter.position += 1;
        }
        let text = self.filter.slice(start, self.filter.position)?;
        Ok((Operand::Path(Path::compile(&text).map_err(Fault::Refused)?), negated))
    }

    /// Whether the `)` here ends an empty argument list such as `.length()`.
    fn closes_function(&self, start: usize) -> Result<bool, PathError> {
        let Some((open, '(')) = self.filter.previous_significant() else { return Ok(false) };
        Ok(self.filter.slice(start + 1, open.max(start + 1))?.contains('.'))
    }
}

/// A refusal that the server steps back from, or one that it does not.
enum Fault {
    Refused(PathError),
    Broken(PathError),
}

impl From<PathError> for Fault {
    fn from(error: PathError) -> Self {
        Self::Broken(error)
    }
}

impl From<Fault> for PathError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Refused(error) | Fault::Broken(error) => error,
        }
    }
}

fn single(mut conditions: Vec<Condition>, many: fn(Vec<Condition>) -> Condition) -> Condition {
    match (conditions.len(), conditions.pop()) {
        (1, Some(only)) => only,
        (_, last) => {
            conditions.extend(last);
            many(conditions)
        }
    }
}

fn operator(text: &str) -> Option<Operator> {
    Some(match text.to_uppercase().as_str() {
        "==" => Operator::Equal,
        "!=" => Operator::NotEqual,
        "===" => Operator::SameTypeEqual,
        "!==" => Operator::SameTypeNotEqual,
        "<" => Operator::Less,
        "<=" => Operator::LessOrEqual,
        ">" => Operator::Greater,
        ">=" => Operator::GreaterOrEqual,
        "=~" => Operator::Matches,
        "IN" => Operator::In,
        "NIN" => Operator::NotIn,
        "SUBSETOF" => Operator::SubsetOf,
        "ANYOF" => Operator::AnyOf,
        "NONEOF" => Operator::NoneOf,
        "SIZE" => Operator::Size,
        "EMPTY" => Operator::Empty,
        "CONTAINS" => Operator::Contains,
        "ALL" | "TYPE" | "MATCHES" | "EXISTS" => Operator::Never,
        _ => return None,
    })
}

/// A Java pattern that has to match the whole text; letters that are no flag mean nothing.
fn regex(pattern: &str, flags: &str) -> Result<Regex, PathError> {
    let inline: String = ['i', 'x', 'm', 's'].into_iter().filter(|flag| flags.contains(*flag)).collect();
    let inline = if inline.is_empty() { String::new() } else { format!("(?{inline})") };
    RegexBuilder::new(&format!(r"\A(?:{inline}{pattern})\z"))
        .backtrack_limit(100_000)
        .build()
        .map_err(|error| PathError::new(format!("the pattern /{pattern}/ cannot be read: {error}")))
}
