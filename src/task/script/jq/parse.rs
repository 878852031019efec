//! From text to tree, by jackson-jq's grammar.

use super::expected::{Suffix, TERM, after_term, unexpected};
use super::filter::{Assignment, By, Filter, Function, Operator, Part};
use super::json::Json;
use super::token::{Kind, Token, tokens};

pub(super) type Parsed<T> = Result<T, String>;

/// Programs nested deeper than this are refused: they would not fit on the stack.
const MAX_DEPTH: usize = 200;

/// The tree of a program.
pub(super) fn parse(text: &str) -> Parsed<Filter> {
    let mut parser = Parser::new(text);
    parser.inside(&["<EOF>"], Parser::pipe)
}

pub(super) struct Parser {
    tokens: Vec<Token>,
    at: usize,
    /// What ends the places that the parser is in, innermost last.
    closers: Vec<&'static [&'static str]>,
    suffix: Suffix,
    depth: usize,
}

impl Parser {
    fn new(text: &str) -> Self {
        Self { tokens: tokens(text), at: 0, closers: Vec::new(), suffix: Suffix::Other, depth: 0 }
    }

    fn token(&self) -> &Token {
        // The last word is an end, which is never taken.
        self.tokens.get(self.at).or_else(|| self.tokens.last()).expect("a text has at least its end")
    }

    pub(super) fn peek(&self) -> &Kind {
        &self.token().kind
    }

    pub(super) fn is(&self, sign: &str) -> bool {
        matches!(self.peek(), Kind::Sign(found) if *found == sign)
    }

    pub(super) fn take(&mut self) -> Kind {
        let kind = self.peek().clone();
        if !matches!(kind, Kind::End | Kind::Bad(_)) {
            self.at += 1;
        }
        kind
    }

    pub(super) fn take_if(&mut self, sign: &str) -> bool {
        let found = self.is(sign);
        self.at += usize::from(found);
        found
    }

    pub(super) fn fail(&self, expected: &[&str]) -> String {
        match self.peek() {
            Kind::Bad(message) => message.clone(),
            _ => unexpected(self.token(), expected),
        }
    }

    fn unexpected_after_term(&self) -> String {
        let closers = self.closers.last().copied().unwrap_or_default();
        self.fail(&after_term(self.suffix, closers))
    }

    /// A sign that must stand here, behind a term.
    pub(super) fn close(&mut self, sign: &'static str) -> Parsed<()> {
        if self.take_if(sign) { Ok(()) } else { Err(self.unexpected_after_term()) }
    }

    /// A sign that must stand here, and nothing else can.
    pub(super) fn expect(&mut self, sign: &'static str) -> Parsed<()> {
        if self.take_if(sign) { Ok(()) } else { Err(self.fail(&[sign])) }
    }

    /// Parses something in a place that ends with one of `closers`.
    pub(super) fn inside<T>(
        &mut self,
        closers: &'static [&'static str],
        parse: impl FnOnce(&mut Self) -> Parsed<T>,
    ) -> Parsed<T> {
        self.closers.push(closers);
        let parsed = self.deeper(parse).and_then(|parsed| {
            let is_end = closers.contains(&"<EOF>") && *self.peek() == Kind::End;
            if is_end || closers.iter().any(|closer| self.is(closer)) {
                return Ok(parsed);
            }
            Err(self.unexpected_after_term())
        });
        self.closers.pop();
        parsed
    }

    fn deeper<T>(&mut self, parse: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth >= MAX_DEPTH {
            return Err("The query is nested too deeply.".to_owned());
        }
        self.depth += 1;
        let parsed = parse(self);
        self.depth -= 1;
        parsed
    }

    /// Behind a term that takes no `?`.
    pub(super) fn term_ended(&mut self) {
        self.suffix = Suffix::Other;
    }

    pub(super) fn pipe(&mut self) -> Parsed<Filter> {
        if self.take_if("def") {
            let function = self.function()?;
            let rest = Box::new(self.pipe()?);
            return Ok(Filter::Define { function, rest });
        }
        let left = self.comma()?;
        if !self.take_if("|") {
            return Ok(left);
        }
        let right = self.deeper(Self::pipe)?;
        Ok(Filter::Pipe(Box::new(left), Box::new(right)))
    }

    fn function(&mut self) -> Parsed<Function> {
        let name = self.name()?;
        let mut parameters = Vec::new();
        if self.take_if("(") {
            loop {
                let is_value = self.take_if("$");
                let parameter = self.name()?;
                parameters.push(if is_value { format!("${parameter}") } else { parameter });
                if !self.take_if(";") {
                    break;
                }
            }
            self.expect(")")?;
        } else if !self.is(":") {
            return Err(self.fail(&["(", ":"]));
        }
        self.expect(":")?;
        let body = Box::new(self.inside(&[";"], Self::pipe)?);
        self.close(";")?;
        Ok(Function { name, parameters, body })
    }

    pub(super) fn name(&mut self) -> Parsed<String> {
        match self.peek() {
            Kind::Name(_) => match self.take() {
                Kind::Name(name) => Ok(name),
                _ => Ok(String::new()),
            },
            _ => Err(self.fail(&["<IDENTIFIER>"])),
        }
    }

    fn comma(&mut self) -> Parsed<Filter> {
        let mut all = vec![self.alternative()?];
        while self.take_if(",") {
            all.push(self.alternative()?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Filter::Comma(all) })
    }

    /// Without commas, which end the value of an object's member.
    pub(super) fn member_value(&mut self) -> Parsed<Filter> {
        let left = self.alternative()?;
        if self.take_if("|") { Ok(Filter::Pipe(Box::new(left), Box::new(self.member_value()?))) } else { Ok(left) }
    }

    fn alternative(&mut self) -> Parsed<Filter> {
        let left = self.assignment()?;
        if !self.take_if("//") {
            return Ok(left);
        }
        Ok(Filter::Binary(Operator::Alternative, Box::new(left), Box::new(self.alternative()?)))
    }

    fn assignment(&mut self) -> Parsed<Filter> {
        let left = self.binary(0)?;
        let Kind::Sign(sign) = self.peek() else { return Ok(left) };
        let by = match *sign {
            "=" => Assignment::Set,
            "|=" => Assignment::Update,
            "+=" => Assignment::By(Operator::Add),
            "-=" => Assignment::By(Operator::Subtract),
            "*=" => Assignment::By(Operator::Multiply),
            "/=" => Assignment::By(Operator::Divide),
            "%=" => Assignment::By(Operator::Remainder),
            "//=" => Assignment::By(Operator::Alternative),
            _ => return Ok(left),
        };
        self.at += 1;
        Ok(Filter::Assign(by, Box::new(left), Box::new(self.alternative()?)))
    }

    /// Operators from the loosest to the tightest.
    fn binary(&mut self, level: usize) -> Parsed<Filter> {
        const LEVELS: [&[(&str, Operator)]; 5] = [
            &[("or", Operator::Or)],
            &[("and", Operator::And)],
            &[
                ("==", Operator::Equal),
                ("!=", Operator::NotEqual),
                ("<", Operator::Less),
                ("<=", Operator::LessOrEqual),
                (">", Operator::Greater),
                (">=", Operator::GreaterOrEqual),
            ],
            &[("+", Operator::Add), ("-", Operator::Subtract)],
            &[("*", Operator::Multiply), ("/", Operator::Divide), ("%", Operator::Remainder)],
        ];
        let Some(operators) = LEVELS.get(level) else { return self.negation() };
        let mut left = self.binary(level + 1)?;
        while let Some((_, operator)) = operators.iter().find(|(sign, _)| self.is(sign)) {
            self.at += 1;
            let right = self.binary(level + 1)?;
            left = Filter::Binary(*operator, Box::new(left), Box::new(right));
        }
        Ok(left)
    }

    fn negation(&mut self) -> Parsed<Filter> {
        if self.take_if("-") {
            return self.deeper(|parser| Ok(Filter::Negate(Box::new(parser.negation()?))));
        }
        let term = self.term()?;
        if !self.take_if("as") {
            return Ok(term);
        }
        let pattern = self.pattern()?;
        self.expect("|")?;
        let body = Box::new(self.pipe()?);
        Ok(Filter::Bind { source: Box::new(term), pattern, body })
    }

    /// A term with all its accesses.
    pub(super) fn term(&mut self) -> Parsed<Filter> {
        let mut term = self.primary()?;
        loop {
            if self.suffix == Suffix::Nothing {
                return Ok(term);
            }
            let by = if self.suffix != Suffix::Dot && self.is(".") {
                self.at += 1;
                By::Name(Box::new(self.member_name()?))
            } else if self.is("[") {
                self.brackets()?
            } else {
                return Ok(term);
            };
            let optional = self.optional();
            term = Filter::Access { target: Box::new(term), by, optional };
        }
    }

    fn optional(&mut self) -> bool {
        let optional = self.take_if("?");
        self.suffix = if optional { Suffix::Other } else { Suffix::Access };
        optional
    }

    fn primary(&mut self) -> Parsed<Filter> {
        let kind = self.take();
        self.suffix = Suffix::Other;
        match kind {
            Kind::Sign(sign) => self.signed(sign),
            Kind::Name(name) => self.call(name),
            Kind::Integer(digits) => {
                let parsed = digits.parse::<i64>().map_err(|_| format!("For input string: \"{digits}\""))?;
                Ok(Filter::Literal(Json::Int(parsed)))
            }
            Kind::Float(digits) => Ok(Filter::Literal(Json::Double(digits.parse().unwrap_or(f64::INFINITY)))),
            Kind::Quote => self.template(None),
            _ => Err(self.fail(&TERM)),
        }
    }

    fn signed(&mut self, sign: &'static str) -> Parsed<Filter> {
        match sign {
            "." => self.dot(),
            ".." => {
                self.suffix = Suffix::Nothing;
                Ok(Filter::Recurse)
            }
            "(" => {
                let body = self.inside(&[")"], Self::pipe)?;
                self.close(")")?;
                let caught = self.optional();
                self.suffix = Suffix::Other;
                Ok(if caught { Filter::Try { body: Box::new(body), catch: None } } else { body })
            }
            "[" => self.list(),
            "{" => self.object(),
            "$" => Ok(Filter::Variable(self.name()?)),
            "@" => self.format(),
            "null" => Ok(Filter::Literal(Json::Null)),
            "true" => Ok(Filter::Literal(Json::Bool(true))),
            "false" => Ok(Filter::Literal(Json::Bool(false))),
            "if" => self.condition(),
            "reduce" => self.reduce(),
            "foreach" => self.foreach(),
            "try" => self.attempt(),
            _ => {
                self.at -= 1;
                Err(self.fail(&TERM))
            }
        }
    }

    /// `.`, `.name`, `."name"`
    fn dot(&mut self) -> Parsed<Filter> {
        if matches!(self.peek(), Kind::Name(_) | Kind::Quote) || self.is("@") {
            let by = By::Name(Box::new(self.member_name()?));
            let optional = self.optional();
            return Ok(Filter::Access { target: Box::new(Filter::Identity), by, optional });
        }
        self.suffix = Suffix::Dot;
        Ok(Filter::Identity)
    }

    fn member_name(&mut self) -> Parsed<Filter> {
        match self.peek() {
            Kind::Name(name) => {
                let name = literal(name)?;
                self.at += 1;
                Ok(name)
            }
            Kind::Quote => {
                self.at += 1;
                self.template(None)
            }
            Kind::Sign("@") => {
                self.at += 1;
                self.format()
            }
            _ => Err(self.fail(&["<IDENTIFIER_AFTER_DOT>", "@", "\\\""])),
        }
    }

    /// `[]`, `[i]`, `[i:j]`
    fn brackets(&mut self) -> Parsed<By> {
        self.at += 1;
        if self.take_if("]") {
            return Ok(By::All);
        }
        if self.take_if(":") {
            let to = self.inside(&["]"], Self::pipe)?;
            self.close("]")?;
            return Ok(By::Slice(None, Some(Box::new(to))));
        }
        if !self.starts_term() {
            let mut expected = TERM.to_vec();
            expected.extend(["]", ":"]);
            return Err(self.fail(&expected));
        }
        let from = Box::new(self.inside(&["]", ":"], Self::pipe)?);
        if self.take_if(":") {
            if self.take_if("]") {
                return Ok(By::Slice(Some(from), None));
            }
            let to = self.inside(&["]"], Self::pipe)?;
            self.close("]")?;
            return Ok(By::Slice(Some(from), Some(Box::new(to))));
        }
        self.close("]")?;
        Ok(By::Index(from))
    }

    fn starts_term(&self) -> bool {
        match self.peek() {
            Kind::Sign(sign) => TERM.contains(sign),
            Kind::Name(_) | Kind::Integer(_) | Kind::Float(_) | Kind::Quote => true,
            _ => false,
        }
    }

    fn call(&mut self, name: String) -> Parsed<Filter> {
        let mut arguments = Vec::new();
        if !self.take_if("(") {
            self.suffix = Suffix::Name;
            return Ok(Filter::Call { name, arguments });
        }
        if !self.is(")") {
            if !self.starts_term() {
                let mut expected = TERM.to_vec();
                expected.push(")");
                return Err(self.fail(&expected));
            }
            loop {
                arguments.push(self.inside(&[")", ";"], Self::pipe)?);
                if !self.take_if(";") {
                    break;
                }
            }
        }
        self.close(")")?;
        self.suffix = Suffix::Other;
        Ok(Filter::Call { name, arguments })
    }

    fn list(&mut self) -> Parsed<Filter> {
        if self.take_if("]") {
            return Ok(Filter::List(None));
        }
        let body = self.inside(&["]"], Self::pipe)?;
        self.close("]")?;
        self.suffix = Suffix::Other;
        Ok(Filter::List(Some(Box::new(body))))
    }

    pub(super) fn format(&mut self) -> Parsed<Filter> {
        let name = self.name()?;
        if matches!(self.peek(), Kind::Quote) {
            self.at += 1;
            return self.template(Some(name));
        }
        Ok(Filter::Format(name))
    }

    /// A text, its opening quote taken.
    pub(super) fn template(&mut self, format: Option<String>) -> Parsed<Filter> {
        let mut parts = Vec::new();
        loop {
            match self.take() {
                Kind::Text(text) => parts.push(Part::Text(text)),
                Kind::OpenValue => {
                    parts.push(Part::Value(self.inside(&[")"], Self::pipe)?));
                    self.close(")")?;
                }
                Kind::EndQuote => break,
                _ => return Err(self.fail(&[])),
            }
        }
        self.suffix = Suffix::Other;
        match parts.as_slice() {
            [Part::Text(text)] => literal(text),
            _ => Ok(Filter::Template { format, parts }),
        }
    }
}

/// A literal text.
pub(super) fn literal(text: &str) -> Parsed<Filter> {
    Json::text(text.to_owned()).map(Filter::Literal).map_err(|_| "The query is too long.".to_owned())
}
