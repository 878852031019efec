//! The parameters of a task by reference: judged as written, and found again behind a fault of the body.

use super::{ENSURE_KEY, Entry};
use crate::diagnostic::{Severity, codes};
use crate::resolve::Resolved;
use crate::schema::{Violation, unknown_key};
use crate::source::Pointer;
use serde_json::{Map, Value};

impl Entry {
    /// Judges a task's own parameters before a run: unknown names, and every rule of the body that no expression can mend.
    /// Pointers are into the parameters: `/type`, not `/user_info/type`.
    #[must_use]
    pub fn judge_parameters(&self, parameters: &Map<String, Value>) -> Vec<Violation> {
        let mut violations = self.body_faults(parameters);
        let known = self.input_schema().and_then(|schema| schema.get("properties")?.as_object());
        if let Some(known) = known {
            let names: Vec<&str> = known.keys().map(String::as_str).collect();
            let is_known = |name: &str| known.contains_key(name) || (name == ENSURE_KEY && self.ensure().is_some());
            let unknown = parameters.keys().filter(|name| !is_known(name));
            let place = |name: &String| Pointer::root().key(name);
            violations.extend(unknown.map(|name| unknown_key(name, place(name), &names, Severity::Warning)));
        }
        violations
    }

    fn body_faults(&self, parameters: &Map<String, Value>) -> Vec<Violation> {
        let request = match self.render(&Resolved::plain(Value::Object(parameters.clone()))) {
            Ok(request) => request.value,
            Err(missing) => return missing.iter().map(|one| missing_parameter(&one.expression)).collect(),
        };
        let (Some(schema), Some(body)) = (&self.body_schema, request.get("body")) else { return Vec::new() };
        let mut holes = Vec::new();
        expressions(body, &Pointer::root(), &mut holes);
        let mut violations = schema.validate_with_holes(body, &holes);
        for violation in &mut violations {
            if let Some(parameter) = self.parameter_of(&violation.pointer) {
                violation.pointer = parameter;
            }
        }
        violations
    }

    /// The place in the task's own parameters that a place of the body is filled from: `/user_info/email` is `/email`.
    #[must_use]
    pub fn parameter_of(&self, body: &Pointer) -> Option<Pointer> {
        let mut tree = self.operation.request.as_ref()?.body.as_ref()?;
        let mut steps = body.steps();
        let name = loop {
            if let Value::String(text) = tree {
                break whole_tag(text)?;
            }
            let step = steps.next()?;
            tree = match tree {
                Value::Array(items) => items.get(step.parse::<usize>().ok()?)?,
                other => other.get(&step)?,
            };
        };
        let start = name.split('.').fold(Pointer::root(), |pointer, step| pointer.key(step));
        Some(steps.fold(start, |pointer, step| pointer.key(&step)))
    }
}

/// The name in a text that is exactly one tag.
fn whole_tag(text: &str) -> Option<&str> {
    let inner = text.trim().strip_prefix("{{")?.strip_suffix("}}")?;
    Some(inner.trim_matches(['{', '}', ' '])).filter(|name| !name.is_empty() && !name.contains(['{', '}', ' ']))
}

fn missing_parameter(name: &str) -> Violation {
    Violation::new(
        codes::E0401,
        Pointer::root().key(name),
        "required",
        format!("`{name}` is missing: the request cannot be made without it"),
    )
}

fn expressions(value: &Value, at: &Pointer, holes: &mut Vec<Pointer>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| expressions(value, &at.key(key), holes)),
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(index, value)| expressions(value, &at.index(index), holes));
        }
        Value::String(text) if text.contains("${") => holes.push(at.clone()),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use crate::catalogue::Catalogue;
    use serde_json::{Value, json};

    fn check(name: &str, parameters: &Value, expected: &[&str]) {
        let entry = Catalogue::builtin().get(name).expect("a built-in entry");
        let found = entry.judge_parameters(parameters.as_object().expect("an object"));
        let found: Vec<_> = found.iter().map(|one| format!("{} {}", one.code, one.pointer)).collect();
        assert_eq!(found, expected, "{name} {parameters}");
    }

    #[test]
    fn parameters_are_judged_as_they_are_written() {
        let create = "zoom_users_create";
        check(create, &json!({"action": "ssoCreate", "email": "${workflow.input.email}", "type": 2}), &[]);
        check(
            create,
            &json!({"action": "ssoCreate", "email": "${workflow.input.email}", "type": "2"}),
            &["E0402 /type"],
        );
        check(create, &json!({"action": "${workflow.input.action}", "email": "jane@example.com", "type": 99}), &[]);
        check(create, &json!({"action": "autoCreate", "email": "${e}", "type": 99}), &["E0408 /type"]);
        check(create, &json!({"action": "ssoCreate", "email": "a@example.com"}), &["E0401 /type"]);
        check(
            create,
            &json!({"action": "ssoCreate", "email": "a@example.com", "type": 2, "firstname": "Jane"}),
            &["E0413 /firstname"],
        );
        let feature = json!({"zoom_phone": "yes"});
        check(
            create,
            &json!({"action": "ssoCreate", "email": "a@example.com", "type": 2, "feature": feature}),
            &["E0402 /feature/zoom_phone"],
        );
        check("zoom_users_get", &json!({}), &["E0401 /user_id"]);
        check(
            "zoom_users_get",
            &json!({"user_id": "${create.output.response.body.id}", "logintype": 1}),
            &["E0413 /logintype"],
        );
    }
}
