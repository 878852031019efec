//! Statements and expressions, evaluated as they are read.

use super::value::{Computed, Python, compare, compute};
use serde_json::Value;
use std::collections::HashMap;
use std::time::Instant;

const MAX_DEPTH: usize = 60;

/// The body of a function: lines with what stands before them.
pub(super) struct Statements {
    lines: Vec<(usize, String)>,
    names: HashMap<String, Python>,
    deadline: Instant,
}

impl Statements {
    pub(super) fn new(text: &str, input: &Value, deadline: Instant) -> Self {
        let mut lines = Vec::new();
        for line in text.lines().filter(|line| !line.trim().is_empty() && !line.trim().starts_with('#')) {
            let indent = line.len() - line.trim_start().len();
            lines.push((indent, line.trim().to_owned()));
        }
        let members = input.as_object().into_iter().flatten();
        let names = members.map(|(name, value)| (name.clone(), Python::from_value(value))).collect();
        Self { lines, names, deadline }
    }

    /// What the body returns.
    pub(super) fn run(mut self) -> Computed {
        let end = self.lines.len();
        Ok(self.block(0, end)?.unwrap_or(Python::None))
    }

    /// Runs the lines from one to another; gives what one of them returns.
    fn block(&mut self, mut at: usize, end: usize) -> Result<Option<Python>, String> {
        while at < end {
            if Instant::now() >= self.deadline {
                return Err("interrupted".to_owned());
            }
            let Some((indent, line)) = self.lines.get(at).cloned() else { break };
            let inside = self.end_of_block(at + 1, end, indent);
            if let Some(condition) = line.strip_prefix("if ").and_then(|rest| rest.strip_suffix(':')) {
                at = match self.branch(at, end, indent, condition)? {
                    Ok(value) => return Ok(Some(value)),
                    Err(next) => next,
                };
                continue;
            }
            if inside != at + 1 {
                return Err(unsupported(&line));
            }
            if line == "return" || line.starts_with("return ") {
                let text = line.strip_prefix("return").unwrap_or_default().trim();
                return Ok(Some(if text.is_empty() { Python::None } else { self.expression(text)? }));
            }
            self.simple(&line)?;
            at += 1;
        }
        Ok(None)
    }

    fn end_of_block(&self, from: usize, end: usize, indent: usize) -> usize {
        let rest = self.lines.get(from..end).unwrap_or_default();
        from + rest.iter().take_while(|(depth, _)| *depth > indent).count()
    }

    /// An `if` with all its `elif` and its `else`: what it returns, or the line behind it.
    fn branch(
        &mut self,
        at: usize,
        end: usize,
        indent: usize,
        condition: &str,
    ) -> Result<Result<Python, usize>, String> {
        let (mut at, mut condition) = (at, Some(condition.to_owned()));
        let mut taken = false;
        loop {
            let inside = self.end_of_block(at + 1, end, indent);
            let holds = match condition {
                _ if taken => false,
                Some(condition) => self.expression(&condition)?.is_true(),
                None => true,
            };
            if holds {
                taken = true;
                if let Some(value) = self.block(at + 1, inside)? {
                    return Ok(Ok(value));
                }
            }
            at = inside;
            let next =
                self.lines.get(at).filter(|(depth, _)| at < end && *depth == indent).map(|(_, line)| line.as_str());
            condition = match next {
                Some("else:") => None,
                Some(line) => match line.strip_prefix("elif ").and_then(|rest| rest.strip_suffix(':')) {
                    Some(condition) => Some(condition.to_owned()),
                    None => return Ok(Err(at)),
                },
                None => return Ok(Err(at)),
            };
        }
    }

    /// An assignment, or an expression whose value is dropped.
    fn simple(&mut self, line: &str) -> Result<(), String> {
        let length = line.find(|ch: char| !ch.is_ascii_alphanumeric() && ch != '_').unwrap_or(line.len());
        let (name, rest) = line.split_at_checked(length).unwrap_or((line, ""));
        let rest = rest.trim_start();
        if name == "pass" && rest.is_empty() {
            return Ok(());
        }
        let assigned = rest.strip_prefix('=').filter(|value| !value.starts_with('='));
        if let Some(value) = assigned {
            let value = self.expression(value)?;
            self.names.insert(name.to_owned(), value);
            return Ok(());
        }
        let changed = ["+", "-", "*", "/", "%"].iter().find_map(|operator| {
            rest.strip_prefix(operator).and_then(|rest| rest.strip_prefix('=')).map(|value| (*operator, value))
        });
        let Some((operator, value)) = changed else { return self.expression(line).map(|_| ()) };
        let value = compute(operator, &self.name(name)?, &self.expression(value)?)?;
        self.names.insert(name.to_owned(), value);
        Ok(())
    }

    fn name(&self, name: &str) -> Computed {
        self.names.get(name).cloned().ok_or_else(|| format!("NameError: name '{name}' is not defined"))
    }

    fn expression(&self, text: &str) -> Computed {
        let mut reader = Reader { rest: text.trim(), names: self, depth: 0 };
        let value = reader.choice()?;
        if reader.rest.is_empty() || reader.rest.starts_with('#') { Ok(value) } else { Err(unsupported(text.trim())) }
    }
}

fn unsupported(text: &str) -> String {
    format!("`{text}` is more of Python than can be evaluated here; write the task with evaluatorType `javascript`.")
}

/// Reads one expression.
struct Reader<'t> {
    rest: &'t str,
    names: &'t Statements,
    depth: usize,
}

impl Reader<'_> {
    fn sign(&mut self, sign: &str) -> bool {
        let Some(rest) = self.rest.strip_prefix(sign) else { return false };
        let is_word = sign.chars().all(|ch| ch.is_ascii_alphabetic());
        if is_word && rest.starts_with(|ch: char| ch.is_ascii_alphanumeric() || ch == '_') {
            return false;
        }
        self.rest = rest.trim_start();
        true
    }

    /// `a if c else b`
    fn choice(&mut self) -> Computed {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err("RecursionError: maximum recursion depth exceeded".to_owned());
        }
        let value = self.either();
        if value.is_ok() && !self.sign("if") {
            self.depth -= 1;
            return value;
        }
        let value = value?;
        let condition = self.either()?;
        if !self.sign("else") {
            return Err(unsupported(self.rest));
        }
        let other = self.choice()?;
        self.depth -= 1;
        Ok(if condition.is_true() { value } else { other })
    }

    fn either(&mut self) -> Computed {
        let mut left = self.both()?;
        while self.sign("or") {
            let right = self.both()?;
            left = if left.is_true() { left } else { right };
        }
        Ok(left)
    }

    fn both(&mut self) -> Computed {
        let mut left = self.inverted()?;
        while self.sign("and") {
            let right = self.inverted()?;
            left = if left.is_true() { right } else { left };
        }
        Ok(left)
    }

    fn inverted(&mut self) -> Computed {
        let mut turns = 0;
        while self.sign("not") {
            turns += 1;
        }
        let value = self.comparison()?;
        Ok(if turns == 0 { value } else { Python::Bool(value.is_true() == (turns % 2 == 0)) })
    }

    fn comparison(&mut self) -> Computed {
        let left = self.arithmetic(0)?;
        for operator in ["==", "!=", "<=", ">=", "<", ">"] {
            if self.sign(operator) {
                let right = self.arithmetic(0)?;
                return compare(operator, &left, &right);
            }
        }
        if self.sign("in") {
            return match (&left, &self.arithmetic(0)?) {
                (Python::Text(part), Python::Text(text)) => Ok(Python::Bool(text.contains(part.as_str()))),
                _ => Err(unsupported("in")),
            };
        }
        Ok(left)
    }

    fn arithmetic(&mut self, level: usize) -> Computed {
        const LEVELS: [&[&str]; 2] = [&["+", "-"], &["//", "*", "/", "%"]];
        let Some(operators) = LEVELS.get(level) else { return self.power() };
        let mut left = self.arithmetic(level + 1)?;
        while let Some(operator) = operators.iter().find(|operator| self.sign(operator)) {
            let right = self.arithmetic(level + 1)?;
            left = compute(operator, &left, &right)?;
        }
        Ok(left)
    }

    fn power(&mut self) -> Computed {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err("RecursionError: maximum recursion depth exceeded".to_owned());
        }
        let value = if self.sign("-") {
            compute("-", &Python::Int(0), &self.power()?)
        } else {
            let left = self.operand()?;
            if self.sign("**") { compute("**", &left, &self.power()?) } else { Ok(left) }
        };
        self.depth -= 1;
        value
    }

    fn operand(&mut self) -> Computed {
        let first = self.rest.chars().next().unwrap_or_default();
        match first {
            '(' => {
                self.sign("(");
                let value = self.choice()?;
                if self.sign(")") { Ok(value) } else { Err("SyntaxError: invalid syntax".to_owned()) }
            }
            '"' | '\'' => self.text(first),
            '0'..='9' => self.number(),
            'a'..='z' | 'A'..='Z' | '_' => self.word(),
            _ => Err("SyntaxError: invalid syntax".to_owned()),
        }
    }

    fn text(&mut self, quote: char) -> Computed {
        let inside = self.rest.get(1..).unwrap_or_default();
        let Some(end) = inside.find([quote, '\\']) else {
            return Err("SyntaxError: unterminated string literal".to_owned());
        };
        let (text, rest) = inside.split_at_checked(end).unwrap_or((inside, ""));
        if rest.starts_with('\\') || (text.is_empty() && rest.get(1..).is_some_and(|rest| rest.starts_with(quote))) {
            return Err(unsupported(self.rest));
        }
        self.rest = rest.get(1..).unwrap_or_default().trim_start();
        Ok(Python::Text(text.to_owned()))
    }

    fn number(&mut self) -> Computed {
        let length = self.rest.find(|ch: char| !ch.is_ascii_digit() && ch != '.').unwrap_or(self.rest.len());
        let (digits, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, ""));
        self.rest = rest.trim_start();
        let parsed = digits.parse().map(Python::Int).or_else(|_| digits.parse().map(Python::Float));
        parsed.map_err(|_| "SyntaxError: invalid decimal literal".to_owned())
    }

    fn word(&mut self) -> Computed {
        let length = self.rest.find(|ch: char| !ch.is_ascii_alphanumeric() && ch != '_').unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, ""));
        self.rest = rest.trim_start();
        let value = match name {
            "True" => Python::Bool(true),
            "False" => Python::Bool(false),
            "None" => Python::None,
            "import" | "from" | "for" | "while" | "def" | "class" | "lambda" | "try" | "raise" | "with" | "global" => {
                return Err(unsupported(&format!("{name} {}", self.rest)));
            }
            _ if self.sign("(") => return self.call(name),
            _ => self.names.name(name)?,
        };
        if self.rest.starts_with(['.', '[', '(']) {
            Err(unsupported(&format!("{name}{}", self.rest)))
        } else {
            Ok(value)
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "the range is looked at first")]
    fn call(&mut self, name: &str) -> Computed {
        let argument = self.choice()?;
        if !self.sign(")") {
            return Err(unsupported(name));
        }
        match (name, argument.as_float()) {
            ("len", _) => argument.length(),
            ("str", _) => Ok(Python::Text(argument.shown())),
            ("bool", _) => Ok(Python::Bool(argument.is_true())),
            ("int", Some(number)) if number.abs() < 9.2e18 => Ok(Python::Int(number.trunc() as i64)),
            ("float", Some(number)) => Ok(Python::Float(number)),
            ("abs", Some(_)) => {
                let negative = compare("<", &argument, &Python::Int(0))?.is_true();
                if negative { compute("-", &Python::Int(0), &argument) } else { Ok(argument) }
            }
            ("int", None) => argument
                .shown()
                .trim()
                .parse()
                .map(Python::Int)
                .map_err(|_| format!("ValueError: invalid literal for int() with base 10: '{}'", argument.shown())),
            _ => Err(unsupported(&format!("{name}()"))),
        }
    }
}
