//! Syntax errors as GraalJS reports them: `inline:1:3 Expected an operand but found eof`, the line, and a caret under the place.

use std::fmt::Write;

/// What QuickJS found, and where: line and column from 1.
pub(super) struct Problem {
    pub(super) message: String,
    pub(super) line: u32,
    pub(super) column: u32,
}

/// More problems of one text than these are not reported.
const MAX_PROBLEMS: usize = 10;

/// GraalJS's report: it goes on after the first problem, and tells of all it finds. `find` parses a text.
pub(super) fn report(text: &str, first: Problem, find: impl Fn(&str) -> Option<Problem>) -> String {
    let mut report = String::new();
    let mut seen = text.to_owned();
    let mut next = Some(first);
    for _ in 0..MAX_PROBLEMS {
        let Some(problem) = next else { break };
        let (line, column) = (problem.line.saturating_sub(1) as usize, problem.column.saturating_sub(1) as usize);
        let source = seen.lines().nth(line).unwrap_or_default().chars().collect();
        let (message, at) = Spot { source, column, text: &seen, line }.explain(&problem.message);
        let shown = text.lines().nth(line).unwrap_or_default();
        let _ = write!(report, "inline:{}:{at} {message}\n{shown}\n{}^\n", line + 1, " ".repeat(at));
        if message.starts_with("Expected eof") {
            break;
        }
        seen = after_recovery(&seen, line, column);
        next = if seen.trim().is_empty() { None } else { find(&seen) };
    }
    report
}

/// The text with everything blank up to where GraalJS's parser goes on after a problem: behind the next end of a statement, block
/// or line.
fn after_recovery(text: &str, line: usize, column: usize) -> String {
    let mut blank = String::with_capacity(text.len());
    let (mut at_line, mut at_column) = (0, 0);
    let mut quote = None;
    let mut recovered = false;
    for ch in text.chars() {
        let reached = (at_line, at_column) >= (line, column);
        blank.push(if recovered || ch == '\n' { ch } else { ' ' });
        if reached && !recovered {
            match quote {
                Some(open) => quote = (ch != open && ch != '\n').then_some(open),
                None if matches!(ch, '"' | '\'') => quote = Some(ch),
                None => {}
            }
            recovered = quote.is_none() && matches!(ch, ';' | '}' | '\n');
        }
        (at_line, at_column) = if ch == '\n' { (at_line + 1, 0) } else { (at_line, at_column + 1) };
    }
    blank
}

/// Where a problem was found.
struct Spot<'t> {
    text: &'t str,
    /// From 0.
    line: usize,
    /// The line.
    source: Vec<char>,
    /// From 0.
    column: usize,
}

impl Spot<'_> {
    /// The message and the column, from 0.
    fn explain(&self, problem: &str) -> (String, usize) {
        if let Some(token) = problem.strip_prefix("unexpected token in expression: '") {
            return (self.unexpected(token.trim_end_matches('\'')), self.column);
        }
        if problem == "expecting ';'" && self.opens_a_quote() {
            return ("Missing close quote".to_owned(), self.source.len());
        }
        if let Some(wanted) = problem.strip_prefix("expecting '") {
            // A text's place is behind its quote.
            let column = self.column + usize::from(matches!(self.source.get(self.column), Some('"' | '\'')));
            return (format!("Expected {} but found {}", wanted.trim_end_matches('\''), self.token()), column);
        }
        if problem.starts_with("Unexpected identifier") || problem.starts_with("Unexpected token") {
            return (format!("Expected {} but found {}", self.wanted(), self.token()), self.column);
        }
        self.named(problem)
    }

    fn named(&self, problem: &str) -> (String, usize) {
        let column = self.column;
        let expected = |wanted: &str| format!("Expected {wanted} but found {}", self.token());
        match problem {
            "Unexpected end of input" => (format!("Expected {} but found eof", self.wanted()), column),
            "return not in a function" => ("Invalid return statement".to_owned(), column),
            "unexpected end of string" => ("Missing close quote".to_owned(), self.source.len()),
            "unexpected end of regexp" => (expected("an operand"), column),
            "expecting field name"
            | "function name expected"
            | "class statement requires a name"
            | "invalid property name" => (expected("ident"), column),
            "variable name expected" => ("expected BindingIdentifier or BindingPattern".to_owned(), column),
            "invalid switch statement" => (expected("case"), column),
            "expecting catch or finally" => ("Missing catch or finally after try".to_owned(), self.word_start("try")),
            "break must be inside loop or switch" => ("Illegal break statement".to_owned(), self.word_start("break")),
            "continue must be inside loop" => ("Illegal continue statement".to_owned(), self.word_start("continue")),
            "invalid assignment left-hand side" | "invalid increment/decrement operand" => {
                ("Invalid left hand side for assignment".to_owned(), self.operand_start())
            }
            "invalid redefinition of lexical identifier" | "invalid redefinition of global identifier" => {
                let (name, start) = self.name_before();
                (format!("Variable \"{name}\" has already been declared"), start)
            }
            "missing initializer for variable" => {
                let (name, _) = self.name_before();
                (format!("Missing assignment to constant \"{name}\""), column)
            }
            "expecting property name" => (expected("property id"), column),
            "invalid number literal" => ("Missing space after numeric literal".to_owned(), self.after_digits()),
            _ if problem.starts_with("unsupported keyword: ") => (expected("an operand"), column),
            _ => (problem.to_owned(), column),
        }
    }

    /// A token that starts no expression: where a block could end, or a statement could start, more is known.
    fn unexpected(&self, token: &str) -> String {
        let before = self.text_before();
        let starts_statement = before.trim_end().is_empty() || before.trim_end().ends_with([';', '{', '}']);
        match token {
            "" if self.is_open('{') && (starts_statement || self.ends_a_statement()) => {
                "Expected } but found eof".to_owned()
            }
            "" => "Expected an operand but found eof".to_owned(),
            "}" if starts_statement || self.ends_a_statement() => "Expected eof but found }".to_owned(),
            ")" if starts_statement => "Expected ; but found )".to_owned(),
            "@" | "#" | "\\" => "Expected an operand but found error".to_owned(),
            _ => format!("Expected an operand but found {token}"),
        }
    }

    /// The script up to the place.
    fn text_before(&self) -> String {
        let lines = self.text.lines().take(self.line);
        let mut before: String = lines.flat_map(|line| [line, "\n"]).collect();
        before.extend(self.source.iter().take(self.column));
        before
    }

    /// Whether what stands before the place is a whole expression, so that a statement ends there.
    fn ends_a_statement(&self) -> bool {
        let before = self.text_before();
        let last = before.trim_end().chars().next_back();
        last.is_some_and(|ch| ch.is_alphanumeric() || matches!(ch, '_' | '$' | ')' | ']' | '"' | '\'' | '`'))
            && !before.trim_end().ends_with("return")
    }

    fn is_open(&self, bracket: char) -> bool {
        self.innermost().is_some_and(|(open, _)| open == bracket)
    }

    /// The innermost bracket that is still open at the place, and what stands before it.
    fn innermost(&self) -> Option<(char, String)> {
        let before = self.text_before();
        let mut open = Vec::new();
        for (at, ch) in before.char_indices() {
            match ch {
                '(' | '[' | '{' => open.push((ch, at)),
                ')' | ']' | '}' => drop(open.pop()),
                _ => {}
            }
        }
        let (bracket, at) = open.pop()?;
        Some((bracket, before.get(..at)?.trim_end().to_owned()))
    }

    /// What an unfinished text lacks.
    fn wanted(&self) -> &'static str {
        let before = self.text_before();
        let last_word = before.trim_end().rsplit(|ch: char| !ch.is_alphanumeric()).next().unwrap_or_default();
        if matches!(last_word, "if" | "for" | "while" | "with" | "switch") {
            return "(";
        }
        match self.innermost() {
            Some(('[', _)) => "comma",
            Some(('{', head)) if head.ends_with(['(', '=', ',', ':', '[', '?']) || head.ends_with("return") => "comma",
            Some(('(', head)) => wanted_in_brackets(&head, &before),
            _ if before.contains('?') && !before.contains(':') => ":",
            _ if before.trim_end().ends_with("if") => "(",
            _ => ";",
        }
    }

    /// The token at the place, as GraalJS names it.
    fn token(&self) -> String {
        let rest = self.source.get(self.column..).unwrap_or_default();
        match rest.first() {
            None => "eof".to_owned(),
            Some(quote @ ('"' | '\'')) => rest.iter().skip(1).take_while(|ch| *ch != quote).collect(),
            Some(ch) if is_name(*ch) && *ch != '$' => {
                rest.iter().take_while(|ch| is_name(**ch) && **ch != '$').collect()
            }
            Some('.') => rest
                .iter()
                .enumerate()
                .take_while(|(at, ch)| *at == 0 || ch.is_ascii_digit())
                .map(|(_, ch)| ch)
                .collect(),
            Some(_) => operator(rest),
        }
    }

    /// Whether a quote is opened after the word at the place, and never closed: what was meant as a text ended early.
    fn opens_a_quote(&self) -> bool {
        let rest = self.source.get(self.column..).unwrap_or_default();
        let is_word = rest.first().is_some_and(|ch| is_name(*ch));
        let after: Vec<char> = rest.iter().skip_while(|ch| is_name(**ch)).copied().collect();
        is_word
            && matches!(after.first(), Some('"' | '\''))
            && after.iter().filter(|ch| Some(*ch) == after.first()).count() == 1
    }

    fn word_start(&self, word: &str) -> usize {
        let before: String = self.source.iter().take(self.column).collect();
        before.rfind(word).map_or(self.column, |at| before.get(..at).unwrap_or_default().chars().count())
    }

    /// Where the operand before the place starts.
    fn operand_start(&self) -> usize {
        let before = self.source.get(..self.column).unwrap_or_default();
        let end = before.iter().rposition(|ch| is_name(*ch)).map_or(0, |at| at + 1);
        before.get(..end).and_then(|text| text.iter().rposition(|ch| !is_name(*ch))).map_or(0, |at| at + 1)
    }

    /// The name that ends at the place, and where it starts.
    fn name_before(&self) -> (String, usize) {
        let before = self.source.get(..self.column).unwrap_or_default();
        let end = before.iter().rposition(|ch| is_name(*ch)).map_or(0, |at| at + 1);
        let named = before.get(..end).unwrap_or_default();
        // `let x = …` is told at the sign after the name; a value may stand between.
        let start = named.iter().rposition(|ch| !is_name(*ch)).map_or(0, |at| at + 1);
        (named.get(start..).unwrap_or_default().iter().collect(), start)
    }

    fn after_digits(&self) -> usize {
        let digits = self.source.iter().skip(self.column).take_while(|ch| ch.is_ascii_digit()).count();
        self.column + digits
    }
}

/// A call takes more arguments, a condition or group is to be closed, a `for` has two more parts.
fn wanted_in_brackets(head: &str, before: &str) -> &'static str {
    let word = head.rsplit(|ch: char| !is_name(ch)).next().unwrap_or_default();
    let inside = before.get(head.len()..).unwrap_or_default();
    match word {
        "for" if inside.matches(';').count() < 2 && !inside.contains(" in ") && !inside.contains(" of ") => ";",
        "" if head.ends_with([')', ']']) => ",",
        "" | "for" | "if" | "while" | "switch" | "with" | "catch" => ")",
        _ => ",",
    }
}

/// The longest operator or bracket that a text starts with.
fn operator(rest: &[char]) -> String {
    const LONG: [&str; 20] = [
        ">>>=", "===", "!==", "**=", "<<=", ">>=", "...", "==", "!=", "<=", ">=", "&&", "||", "??", "=>", "++", "--",
        "+=", "-=", "*=",
    ];
    let start: String = rest.iter().take(4).collect();
    let found = LONG.iter().find(|operator| start.starts_with(**operator));
    found.map_or_else(|| start.chars().take(1).collect(), |found| (*found).to_owned())
}

fn is_name(ch: char) -> bool {
    ch.is_alphanumeric() || ch == '_' || ch == '$'
}
