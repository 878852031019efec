//! Expressions that read a field which the answer does not have.

use super::Linter;
use super::shapes::{Shape, steps};
use crate::diagnostic::{codes, nearest};
use crate::plan::Kind;
use crate::resolve::{ExpressionUse, Template};

/// What a call's output holds, and what its `response` does.
const RESPONSE: &[&str] = &["statusCode", "reasonPhrase", "headers", "body"];

impl Linter<'_> {
    pub(super) fn fields(&mut self, texts: &Template) {
        for used in texts.expressions() {
            let text = used.expression.text().to_owned();
            if let Some((Shape::Unknown { name, known }, whose)) = self.judged(&text) {
                self.unknown(&used, &name, &known, &whose);
            }
        }
    }

    /// What is known of a path into the output of a call, and whose it is.
    fn judged(&self, text: &str) -> Option<(Shape, String)> {
        let path = steps(text)?;
        let [reference, output, response, rest @ ..] = path.as_slice() else { return None };
        let node = self.plan.node(self.plan.find(reference)?);
        let is_call = matches!(node.kind, Kind::Http | Kind::ByReference);
        if !is_call || output != "output" || response != "response" {
            return None;
        }
        let first = rest.first()?;
        if !RESPONSE.contains(&first.as_str()) {
            let known = RESPONSE.iter().map(|name| (*name).to_owned()).collect();
            return Some((Shape::Unknown { name: first.clone(), known }, format!("the response of `{reference}`")));
        }
        let (_, shape) = self.schema_of(text)?;
        let name = node.entry.as_ref().map_or("its API", |entry| entry.name.as_str());
        Some((shape, format!("the answer of {name}")))
    }

    fn unknown(&mut self, used: &ExpressionUse<'_>, name: &str, known: &[String], whose: &str) {
        let message = format!("{whose} has no field `{name}`");
        let help = nearest(name, known.iter().map(String::as_str)).map_or_else(
            || {
                format!(
                    "it has {}",
                    known.iter().take(12).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
                )
            },
            |near| format!("did you mean `{near}`?"),
        );
        self.tell_part(codes::E0907, message, help, (&used.pointer, used.range.clone()));
    }
}
