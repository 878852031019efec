//! Who acts on a workflow of the server from outside: workers and signals, as a case says.

use super::case::Case;
use super::server::Server;
use serde_json::{Value, json};
use std::collections::HashMap;

/// The world around one workflow of the server.
pub(crate) struct Outside<'c> {
    case: &'c Case,
    polls: HashMap<&'c str, usize>,
    next_signal: usize,
}

impl<'c> Outside<'c> {
    pub(crate) fn new(case: &'c Case) -> Self {
        Self { case, polls: HashMap::new(), next_signal: 0 }
    }

    /// Does what can be done now. Gives whether anything is still to be done.
    pub(crate) async fn act(&mut self, server: &Server, execution: &Value) -> bool {
        for (queue, answers) in &self.case.workers {
            if let Some(task) = server.poll(queue).await {
                let poll = self.polls.entry(queue).or_default();
                let answers = answers.as_array().expect("a list of answers");
                let answer = answers.get(*poll).or(answers.last()).expect("an answer");
                *poll += 1;
                server.answer(&result(&task, answer)).await;
            }
        }
        let Some(signal) = self.case.signals.get(self.next_signal) else { return false };
        if self.signal(server, execution, signal).await {
            self.next_signal += 1;
        }
        true
    }

    async fn signal(&self, server: &Server, execution: &Value, signal: &Value) -> bool {
        let text = |key: &str| signal[key].as_str();
        let reference_name = text("ref").or(text("whenRef")).expect("a signal names a task");
        let mut tasks = execution["tasks"].as_array().into_iter().flatten();
        let Some(task) = tasks.rfind(|task| task["referenceTaskName"] == reference_name) else {
            return false;
        };
        let has_output = task["outputData"].as_object().is_some_and(|output| !output.is_empty());
        if task["status"] != text("whenStatus").unwrap_or("IN_PROGRESS") || signal["afterOutput"] == true && !has_output
        {
            return false;
        }
        let workflow = execution["workflowId"].as_str().expect("an id");
        match text("op") {
            Some(operation) => server.operate(workflow, operation, text("reason")).await,
            None => server.answer(&result(task, signal)).await,
        }
        true
    }
}

fn result(task: &Value, answer: &Value) -> Value {
    json!({
        "taskId": task["taskId"], "workflowInstanceId": task["workflowInstanceId"], "status": answer["status"],
        "outputData": answer.get("output").cloned().unwrap_or_else(|| json!({})), "reasonForIncompletion": answer["reason"],
        "callbackAfterSeconds": answer["callbackAfterSeconds"].as_u64().unwrap_or_default(),
    })
}
