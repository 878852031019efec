//! What happens after a step succeeded or failed.

use super::Importer;
use crate::source::Pointer;
use serde_json::{Value, json};

impl Importer<'_> {
    /// A retry of a failed step, as the retry of its task.
    pub(super) fn retry(&mut self, step: &Value, made: &mut Value, at: &Pointer) {
        let actions = self.actions(step, "onFailure", at);
        let Some((retry, here)) = actions.into_iter().find(|(action, _)| kind(action) == "retry") else { return };
        let seconds = retry.get("retryAfter").and_then(Value::as_f64).unwrap_or(0.0);
        let times = retry.get("retryLimit").and_then(Value::as_u64).unwrap_or(1);
        if retry.get("stepId").is_some() || retry.get("workflowId").is_some() {
            self.losses.lost(&here, "another step cannot be run before a retry", "the task alone is sent again");
        }
        if retry.get("criteria").is_some() {
            self.losses.lost(&here.key("criteria"), "a retry does not ask for criteria", "every failure is sent again");
        }
        #[expect(clippy::cast_possible_truncation, reason = "seconds of a delay")]
        let seconds = seconds.ceil() as i64;
        if let Value::Object(map) = made {
            let name = map.get("name").cloned().unwrap_or_default();
            let def = json!({"name": name, "retryCount": times, "retryLogic": "FIXED", "retryDelaySeconds": seconds, "timeoutSeconds": 0});
            map.insert("taskDefinition".into(), def);
        }
    }

    /// The tasks of a failure beyond a retry: none when the workflow simply ends.
    pub(super) fn on_failure(&mut self, step: &Value, _reference: &str, at: &Pointer) -> Vec<Value> {
        for (action, here) in self.actions(step, "onFailure", at) {
            if kind(&action) == "goto" {
                let help = "the workflow ends there; put the tasks into the case `no` of the SWITCH";
                self.losses.lost(&here, "a workflow cannot go to another step", help);
            }
        }
        Vec::new()
    }

    /// The tasks of a success: an end, or nothing where the next step is meant anyhow.
    pub(super) fn on_success(
        &mut self,
        step: &Value,
        next: Option<&Value>,
        reference: &str,
        at: &Pointer,
    ) -> Vec<Value> {
        let mut tasks = Vec::new();
        for (action, here) in self.actions(step, "onSuccess", at) {
            let has_criteria = action.get("criteria").is_some();
            let target = action.get("stepId").and_then(Value::as_str);
            let is_next = target.is_some() && target == next.and_then(|next| next.get("stepId")?.as_str());
            match kind(&action) {
                "end" if !has_criteria => tasks.push(json!({
                    "name": "end", "taskReferenceName": format!("{reference}_end"), "type": "TERMINATE",
                    "inputParameters": {"terminationStatus": "COMPLETED"},
                })),
                "goto" if is_next => {}
                other => {
                    let help = "the next step follows; write a SWITCH or a DO_WHILE where the way branches";
                    let message = format!(
                        "the action `{other}`{} is left out",
                        if has_criteria { " under criteria" } else { "" }
                    );
                    self.losses.lost(&here, message, help);
                }
            }
        }
        tasks
    }

    /// The actions of a step, behind their references, each with its place.
    fn actions(&self, step: &Value, key: &str, at: &Pointer) -> Vec<(Value, Pointer)> {
        let list = step.get(key).and_then(Value::as_array).into_iter().flatten().enumerate();
        list.filter_map(|(index, action)| Some((self.behind(action)?.clone(), at.key(key).index(index)))).collect()
    }
}

fn kind(action: &Value) -> &str {
    action.get("type").and_then(Value::as_str).unwrap_or_default()
}
