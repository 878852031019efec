//! The parts of the grammar that have words: `if`, `reduce`, `foreach`, `try`, and what values are taken apart into.

use super::filter::{Filter, Pattern};
use super::parse::{Parsed, Parser, literal};
use super::token::Kind;

impl Parser {
    /// `if` was taken.
    pub(super) fn condition(&mut self) -> Parsed<Filter> {
        let mut arms = Vec::new();
        loop {
            let condition = self.inside(&["then"], Self::pipe)?;
            self.close("then")?;
            let body = self.inside(&["elif", "else"], Self::pipe)?;
            arms.push((condition, body));
            if !self.take_if("elif") {
                break;
            }
        }
        self.close("else")?;
        let otherwise = Box::new(self.inside(&["end"], Self::pipe)?);
        self.close("end")?;
        self.term_ended();
        Ok(Filter::If { arms, otherwise })
    }

    /// `reduce` was taken.
    pub(super) fn reduce(&mut self) -> Parsed<Filter> {
        let (source, pattern) = self.source()?;
        self.expect("(")?;
        let init = Box::new(self.inside(&[";"], Self::pipe)?);
        self.close(";")?;
        let update = Box::new(self.inside(&[")"], Self::pipe)?);
        self.close(")")?;
        self.term_ended();
        Ok(Filter::Reduce { source, pattern, init, update })
    }

    /// `foreach` was taken.
    pub(super) fn foreach(&mut self) -> Parsed<Filter> {
        let (source, pattern) = self.source()?;
        self.expect("(")?;
        let init = Box::new(self.inside(&[";"], Self::pipe)?);
        self.close(";")?;
        let update = Box::new(self.inside(&[")", ";"], Self::pipe)?);
        let extract = if self.take_if(";") { Some(Box::new(self.inside(&[")"], Self::pipe)?)) } else { None };
        self.close(")")?;
        self.term_ended();
        Ok(Filter::Foreach { source, pattern, init, update, extract })
    }

    fn source(&mut self) -> Parsed<(Box<Filter>, Pattern)> {
        let source = Box::new(self.term()?);
        self.close("as")?;
        Ok((source, self.pattern()?))
    }

    /// `try` was taken.
    pub(super) fn attempt(&mut self) -> Parsed<Filter> {
        let body = Box::new(self.term()?);
        let catch = if self.take_if("catch") { Some(Box::new(self.term()?)) } else { None };
        Ok(Filter::Try { body, catch })
    }

    pub(super) fn pattern(&mut self) -> Parsed<Pattern> {
        match self.peek() {
            Kind::Sign("$") => {
                self.take();
                Ok(Pattern::Name(self.name()?))
            }
            Kind::Sign("[") => {
                self.take();
                let mut parts = vec![self.pattern()?];
                while self.take_if(",") {
                    parts.push(self.pattern()?);
                }
                self.expect("]")?;
                Ok(Pattern::List(parts))
            }
            Kind::Sign("{") => {
                self.take();
                let mut parts = vec![self.member_pattern()?];
                while self.take_if(",") {
                    parts.push(self.member_pattern()?);
                }
                self.expect("}")?;
                Ok(Pattern::Object(parts))
            }
            _ => Err(self.fail(&["[", "$", "{"])),
        }
    }

    fn member_pattern(&mut self) -> Parsed<(Filter, Pattern)> {
        if self.take_if("$") {
            let name = self.name()?;
            return Ok((literal(&name)?, Pattern::Name(name)));
        }
        let key = self.key()?;
        self.expect(":")?;
        Ok((key, self.pattern()?))
    }
}
