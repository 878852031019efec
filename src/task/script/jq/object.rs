//! Objects of a program: `{a, "b": 1, $c, (d): 2}`.

use super::expected::KEY;
use super::filter::{By, Filter};
use super::json::Json;
use super::parse::{Parsed, Parser, literal};
use super::token::Kind;

impl Parser {
    pub(super) fn object(&mut self) -> Parsed<Filter> {
        let mut members = Vec::new();
        if self.take_if("}") {
            return Ok(Filter::Object(members));
        }
        loop {
            if !self.starts_key() {
                let mut expected = KEY.to_vec();
                expected.extend(members.is_empty().then_some("}"));
                return Err(self.fail(&expected));
            }
            members.push(self.member()?);
            if !self.take_if(",") {
                break;
            }
        }
        self.close("}")?;
        self.term_ended();
        Ok(Filter::Object(members))
    }

    pub(super) fn starts_key(&self) -> bool {
        match self.peek() {
            Kind::Sign(sign) => KEY.contains(sign),
            Kind::Name(_) | Kind::Quote => true,
            _ => false,
        }
    }

    fn member(&mut self) -> Parsed<(Filter, Filter)> {
        if self.take_if("$") {
            let name = self.name()?;
            let value = if name == "__loc__" { Filter::Literal(Json::Null) } else { Filter::Variable(name.clone()) };
            return Ok((literal(&name)?, value));
        }
        let key = self.key()?;
        if self.take_if(":") {
            return Ok((key, self.inside(&["}", ","], Self::member_value)?));
        }
        // A key alone is read from the input.
        let again = match &key {
            Filter::Literal(name) => Filter::Literal(name.clone()),
            _ => return Err(self.fail(&[":"])),
        };
        let value =
            Filter::Access { target: Box::new(Filter::Identity), by: By::Name(Box::new(again)), optional: false };
        self.term_ended();
        Ok((key, value))
    }

    pub(super) fn key(&mut self) -> Parsed<Filter> {
        match self.take() {
            Kind::Name(name) => literal(&name),
            Kind::Sign("(") => {
                let key = self.inside(&[")"], Self::pipe)?;
                self.close(")")?;
                Ok(key)
            }
            Kind::Sign("@") => self.format(),
            Kind::Sign(word) => literal(word),
            Kind::Quote => self.template(None),
            _ => Err(self.fail(&KEY)),
        }
    }
}
