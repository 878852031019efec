//! Success criteria as a `SWITCH`: what does not hold ends the workflow as failed.

use super::Importer;
use super::expression::Scope;
use crate::source::Pointer;
use serde_json::{Map, Value, json};

/// A condition as a script: its text, and the values that it reads by name.
#[derive(Debug, Default, PartialEq)]
struct Script {
    text: String,
    inputs: Map<String, Value>,
}

impl Importer<'_> {
    /// The tasks behind a call that judge its answer. A status that is a failure for an HTTP task and a success here makes the call optional.
    pub(super) fn judge(
        &mut self,
        step: &Value,
        next: Option<&Value>,
        reference: &str,
        scope: &Scope,
        at: &Pointer,
        call: &mut Value,
    ) -> Vec<Value> {
        let mut script = Script::default();
        for (index, criterion) in
            step.get("successCriteria").and_then(Value::as_array).into_iter().flatten().enumerate()
        {
            let here = at.key("successCriteria").index(index);
            let condition = criterion.get("condition").and_then(Value::as_str).unwrap_or_default();
            if wants_failure(condition)
                && let Value::Object(map) = call
            {
                map.insert("optional".into(), true.into());
            }
            match criterion_text(criterion, scope, &mut script.inputs) {
                Ok(text) if script.text.is_empty() => script.text = format!("({text})"),
                Ok(text) => script.text = format!("{} && ({text})", script.text),
                Err(why) => {
                    let help = "the answer is not judged by it; add a SWITCH behind the task";
                    self.losses.lost(&here, format!("the criterion `{condition}` is left out: {why}"), help);
                }
            }
        }
        let on_failure = self.on_failure(step, reference, at);
        let mut tasks = Vec::new();
        if !script.text.is_empty() && !is_usual(&script) {
            tasks.push(switch(reference, script, on_failure));
        }
        tasks.extend(self.on_success(step, next, reference, at));
        tasks
    }
}

/// A criterion as a part of a script.
fn criterion_text(criterion: &Value, scope: &Scope, inputs: &mut Map<String, Value>) -> Result<String, String> {
    let condition = criterion.get("condition").and_then(Value::as_str).unwrap_or_default();
    let kind = criterion.get("type").map(|kind| kind.get("type").unwrap_or(kind));
    match kind.and_then(Value::as_str).unwrap_or("simple") {
        "simple" => simple(condition, scope, inputs),
        "regex" => {
            let context = criterion.get("context").and_then(Value::as_str).ok_or("it has no `context`")?;
            let name = input(context, scope, inputs)?;
            Ok(format!("new RegExp({}).test(String($.{name}))", Value::from(condition)))
        }
        other => Err(format!("a condition of the type {other} has no counterpart")),
    }
}

/// A name for the value of an expression, which the script reads.
fn input(expression: &str, scope: &Scope, inputs: &mut Map<String, Value>) -> Result<String, String> {
    let text = format!("${{{}}}", scope.path(expression)?);
    if let Some((name, _)) = inputs.iter().find(|(_, known)| **known == text) {
        return Ok(name.clone());
    }
    let name = format!("value{}", inputs.len() + 1);
    inputs.insert(name.clone(), text.into());
    Ok(name)
}

/// A simple condition: expressions, literals, `== != < <= > >= && || ! ( )`.
fn simple(condition: &str, scope: &Scope, inputs: &mut Map<String, Value>) -> Result<String, String> {
    let mut script = String::new();
    let mut rest = condition.trim();
    if rest.is_empty() {
        return Err("it is empty".to_owned());
    }
    while let Some(ch) = rest.chars().next() {
        let end = match ch {
            '\'' | '"' => {
                rest.get(1..).and_then(|inside| inside.find(ch)).map(|at| at + 2).ok_or("a text is not closed")?
            }
            '$' => rest.find(|ch: char| ch.is_whitespace() || "=!<>&|()".contains(ch)).unwrap_or(rest.len()),
            _ => ch.len_utf8(),
        };
        let (token, behind) = rest.split_at(end);
        match ch {
            '$' => {
                script.push_str("$.");
                script.push_str(&input(token, scope, inputs)?);
            }
            '\'' | '"' => script.push_str(&Value::from(token.trim_matches(ch)).to_string()),
            ch if ch.is_alphanumeric() || ch.is_whitespace() || "=!<>&|().-_+".contains(ch) => script.push(ch),
            other => return Err(format!("`{other}` is not known there")),
        }
        rest = behind;
    }
    Ok(script)
}

/// Whether a condition asks for a status that an HTTP task takes for a failure.
fn wants_failure(condition: &str) -> bool {
    let Some((_, status)) = condition.split_once("$statusCode == ") else { return false };
    let digits: String = status.chars().take_while(char::is_ascii_digit).collect();
    digits.parse::<u16>().is_ok_and(|status| !(200..300).contains(&status))
}

/// Whether a script says no more than what an HTTP task does itself: the status is a success.
fn is_usual(script: &Script) -> bool {
    script.text == "($.value1 == 200)"
        && script.inputs.values().any(|value| value.as_str().is_some_and(|text| text.ends_with(".statusCode}")))
}

fn switch(reference: &str, script: Script, on_failure: Vec<Value>) -> Value {
    let inputs = script.inputs;
    let ends = json!({"name": "failed", "taskReferenceName": format!("{reference}_failed"), "type": "TERMINATE", "inputParameters": {
        "terminationStatus": "FAILED", "terminationReason": format!("the answer of {reference} is not what is expected")}});
    let otherwise = if on_failure.is_empty() { vec![ends] } else { on_failure };
    json!({
        "name": format!("{reference}_succeeded"),
        "taskReferenceName": format!("{reference}_succeeded"),
        "type": "SWITCH",
        "evaluatorType": "graaljs",
        "expression": format!("({}) ? 'yes' : 'no'", script.text),
        "inputParameters": inputs,
        "decisionCases": {"no": otherwise},
    })
}
