//! Tasks and cases that are never reached.

use super::Linter;
use super::shapes::Shape;
use crate::diagnostic::codes;
use crate::plan::{Evaluator, Kind, Node, Switch};
use serde_json::Value;

impl Linter<'_> {
    pub(super) fn flow(&mut self) {
        let plan = self.plan;
        for (_, node) in plan.nodes() {
            match &node.kind {
                Kind::Terminate => self.behind(node, "ends the workflow"),
                Kind::Loop(own) if matches!(own.condition.trim().trim_end_matches(';'), "true" | "1") => {
                    self.behind(node, "never ends");
                }
                Kind::Switch(switch) => self.cases(node, switch),
                _ => {}
            }
        }
    }

    /// The task behind one that nothing comes after.
    fn behind(&mut self, node: &Node, why: &str) {
        let Some(next) = node.next.map(|next| self.plan.node(next)) else { return };
        let message = format!("`{}` is never reached: `{}` before it {why}", next.reference_name, node.reference_name);
        self.tell(codes::E0906, message, "take it out, or put it before", &next.pointer.key("taskReferenceName"));
    }

    /// Cases that the value of a switch cannot have.
    fn cases(&mut self, node: &Node, switch: &Switch) {
        let Evaluator::Param(param) = &switch.evaluator else { return };
        let at = node.pointer.key("inputParameters").key(param);
        let Some(value) = self.document.value.pointer(at.as_str()) else { return };
        let Some(possible) = self.possible(value) else { return };
        for (case, _) in switch.cases.iter().filter(|(case, _)| !possible.allows(case)) {
            let message =
                format!("the case `{case}` of `{}` is never taken: its value is {possible}", node.reference_name);
            let at = node.pointer.key("decisionCases").key(case);
            self.tell(codes::E0906, message, "take the case out, or mend its name", &at);
        }
    }

    /// What a written value can come to; `None` when nobody knows.
    fn possible(&self, value: &Value) -> Option<Possible> {
        let text = match value {
            Value::String(text) => text,
            Value::Bool(_) | Value::Number(_) => return Some(Possible::Values(vec![value.to_string()])),
            _ => return None,
        };
        if !text.contains("${") {
            return Some(Possible::Values(vec![text.clone()]));
        }
        let expression = text.strip_prefix("${")?.strip_suffix('}').filter(|inner| !inner.contains("${"))?;
        if expression.ends_with(".output.response.statusCode") {
            return Some(Possible::Status);
        }
        let (schema, shape) = self.schema_of(expression)?;
        let Shape::Known(found) = shape else { return None };
        let values = found.enumeration(&schema)?;
        Some(Possible::Values(values))
    }
}

/// What a value can be.
#[derive(Debug)]
enum Possible {
    Values(Vec<String>),
    /// The status of an HTTP answer.
    Status,
}

impl Possible {
    fn allows(&self, case: &str) -> bool {
        match self {
            Self::Values(values) => values.iter().any(|value| value == case),
            Self::Status => case.parse::<u16>().is_ok_and(|status| (100..600).contains(&status)),
        }
    }
}

impl std::fmt::Display for Possible {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Values(values) => {
                let quoted: Vec<_> = values.iter().take(8).map(|value| format!("`{value}`")).collect();
                f.write_str(&quoted.join(" or "))
            }
            Self::Status => f.write_str("the status of an answer, 100 to 599"),
        }
    }
}
