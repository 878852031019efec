//! Inputs and outputs that a real server resolved.
//!
//! Every recorded case of a plain sequence is walked: each task's input is resolved over the recorded outputs of the
//! tasks before it, and so are the output parameters.

use super::shared;
use legwork::definition::Dialect;
use legwork::resolve::{Context, Resolved, Scope, TaskState, TaskStatus, Template, WorkflowState};
use legwork::secret::{Secret, SecretStore};
use serde_json::{Map, Value, json};
use std::path::Path;

const TYPES: &[&str] = &["SET_VARIABLE", "HTTP", "SIMPLE", "INLINE", "JSON_JQ_TRANSFORM"];

struct Store(Value);

impl SecretStore for Store {
    fn secret(&self, name: &str) -> Option<Secret> {
        self.0.get(name)?.as_str().map(Secret::new)
    }
}

#[test]
#[expect(clippy::print_stderr, reason = "a comparison that is skipped says so")]
fn recorded_inputs_resolve_to_what_the_server_made_of_them() {
    let Some(cases) = shared("conformance/cases") else {
        eprintln!("skipped: the recorded cases are not here");
        return;
    };
    let (mut compared, mut wrong) = (0, Vec::new());
    for case in std::fs::read_dir(cases).expect("a folder") {
        let folder = case.expect("an entry").path();
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if let Some(case) = Case::read(&folder) {
            compared += case.compare(&name, &mut wrong);
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(compared > 150, "only {compared} values were compared");
}

struct Case {
    workflow: Value,
    input: Value,
    env: Value,
    expected: Value,
}

fn json_file(path: &Path) -> Option<Value> {
    serde_json::from_str(&std::fs::read_to_string(path).ok()?).ok()
}

impl Case {
    fn read(folder: &Path) -> Option<Self> {
        let workflow = json_file(&folder.join("workflow.json"))?;
        let expected = json_file(&folder.join("expected.json"))?;
        let kinds = workflow["tasks"].as_array()?.iter().map(|task| task["type"].as_str().unwrap_or("SIMPLE"));
        let templates =
            json_file(&folder.join("taskdefs.json")).is_some_and(|defs| defs.to_string().contains("inputTemplate"));
        let known = kinds.clone().all(|kind| TYPES.contains(&kind)) && !templates;
        let recorded = expected["tasks"].is_array() && expected["workflow"].is_object();
        let input = json_file(&folder.join("input.json")).unwrap_or_else(|| json!({}));
        let env = json_file(&folder.join("env.json")).unwrap_or_else(|| json!({}));
        (known && recorded).then_some(Self { workflow, input, env, expected })
    }

    fn compare(&self, name: &str, wrong: &mut Vec<String>) -> usize {
        let mut scope = self.scope();
        let mut compared = 0;
        for recorded in self.expected["tasks"].as_array().into_iter().flatten() {
            let reference = recorded["referenceTaskName"].as_str().unwrap_or_default();
            let tasks = self.workflow["tasks"].as_array().into_iter().flatten();
            let Some(task) = tasks.clone().find(|task| task["taskReferenceName"] == reference) else { return compared };
            let is_set = task["type"] == "SET_VARIABLE";
            let id =
                (!is_set).then(|| format!("<taskId:{reference}#{}>", recorded["retryCount"].as_u64().unwrap_or(0)));
            let written = task.get("inputParameters").cloned().unwrap_or_else(|| json!({}));
            let resolved = resolve(&written, &scope, id.as_deref());
            for (key, value) in resolved.value.as_object().into_iter().flatten() {
                let server = recorded["inputData"].get(key).unwrap_or(&Value::Null);
                compared += compare(&format!("{name} {reference}/{key}"), value, server, wrong);
            }
            if is_set {
                let store = Store(self.env["secrets"].clone());
                let revealed = resolved.reveal(&store, Dialect::Conductor).unwrap_or_default();
                merge(&mut scope.workflow.variables, revealed);
            }
            scope.push(state(task, recorded));
        }
        if let Some(written) = self
            .workflow
            .get("outputParameters")
            .filter(|written| written.as_object().is_some_and(|map| !map.is_empty()))
        {
            let resolved = resolve(written, &scope, None);
            for (key, value) in resolved.value.as_object().into_iter().flatten() {
                let server = self.expected["workflow"]["output"].get(key).unwrap_or(&Value::Null);
                compared += compare(&format!("{name} out/{key}"), value, server, wrong);
            }
        }
        compared
    }

    fn scope(&self) -> Scope {
        let mut input = self.input.clone();
        for (key, value) in self.workflow["inputTemplate"].as_object().into_iter().flatten() {
            if input.get(key).is_none_or(Value::is_null) {
                merge(&mut input, json!({ (key.as_str()): value }));
            }
        }
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let env = self.env["env"].as_object().into_iter().flatten();
        let workflow = WorkflowState {
            input: input.into(),
            output: json!({}).into(),
            variables: self.workflow.get("variables").cloned().unwrap_or_else(|| json!({})),
            workflow_id: "<workflowId>".to_owned(),
            workflow_type: text(&self.workflow["name"]).unwrap_or_default().into(),
            version: self.workflow["version"].as_i64().unwrap_or(1),
            correlation_id: text(&self.expected["workflow"]["correlationId"]),
            schema_version: 2,
            ..WorkflowState::default()
        };
        let env = env.map(|(name, value)| (name.clone(), text(value).unwrap_or_default())).collect();
        let mut scope = Scope::default();
        scope.workflow = workflow;
        scope.env = std::sync::Arc::new(env);
        scope
    }
}

fn resolve(written: &Value, scope: &Scope, task_id: Option<&str>) -> Resolved {
    let (template, _) = Template::parse(written, &[]);
    let context = Context { dialect: Dialect::Conductor, task_id };
    template.resolve(scope, &context).expect("this dialect never errs")
}

fn merge(target: &mut Value, more: Value) {
    if let (Value::Object(target), Value::Object(more)) = (target, more) {
        target.extend::<Map<String, Value>>(more);
    }
}

fn state(task: &Value, recorded: &Value) -> TaskState {
    let text = |name: &str| recorded[name].as_str().unwrap_or_default();
    let status = TaskStatus::parse(text("status")).unwrap_or(TaskStatus::Completed);
    // An optional task that failed last is recorded before the server calls it completed with errors.
    let forgiven = status == TaskStatus::Failed && task["optional"] == true;
    TaskState {
        task_type: text("taskType").into(),
        task_def_name: text("taskDefName").into(),
        status: if forgiven { TaskStatus::CompletedWithErrors } else { status },
        input: recorded["inputData"].clone().into(),
        retry_count: recorded["retryCount"].as_u64().and_then(|count| count.try_into().ok()).unwrap_or(0),
        reason_for_incompletion: recorded["reasonForIncompletion"].as_str().map(str::to_owned),
        ..TaskState::completed(text("referenceTaskName"), recorded["outputData"].clone())
    }
}

/// Compares one value; what the recording masks cannot be compared.
fn compare(place: &str, value: &Value, server: &Value, wrong: &mut Vec<String>) -> usize {
    let text = server.to_string();
    // A recording sorts the keys of an answer, so the text of an object with several members cannot be compared either.
    let is_sorted = server.is_string() && text.contains('=') && text.contains(", ") && place.contains("http_resp");
    if is_sorted || place.ends_with("/asyncComplete") {
        return 0;
    }
    let masked = ["<uuid>", "<date>", "<epoch_ms>", "<ms>", "<length>", "<taskId", "<workflowId>", "@HOST@"];
    if masked.iter().any(|mask| text.contains(mask)) {
        return 0;
    }
    if value != server {
        wrong.push(format!("{place}: {value} instead of {server}"));
    }
    1
}
