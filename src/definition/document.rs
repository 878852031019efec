//! A definition file, read as far as it can be read.

use super::read::{Cursor, Report, read_object};
use super::{TaskDef, WorkflowDef};
use crate::diagnostic::{Diagnostic, codes, nearest};
use crate::source::{self, ProblemKind, SourceFile, SpanTree};
use serde_json::Value;

/// What a file defines.
#[derive(Debug, Clone)]
pub enum Documented {
    /// One workflow definition.
    Workflow(Box<WorkflowDef>),
    /// Task definitions: one object, or a list of them.
    Tasks(Vec<TaskDef>),
}

/// A file with its value, its spans, its typed definition and everything that is wrong with it.
#[derive(Debug, Clone)]
pub struct Document {
    /// The file.
    pub file: SourceFile,
    /// The value as written.
    pub value: Value,
    /// Where each key and value stands.
    pub spans: SpanTree,
    /// The typed definition, as far as it could be read.
    pub definition: Documented,
    /// What is wrong with the text and the types of its fields, in text order. [`check`](super::check()) adds the rules
    /// of a definition as a whole.
    pub diagnostics: Vec<Diagnostic>,
    /// Whether the text could be read only in part: what seems to be missing may stand in the rest.
    pub partial: bool,
}

impl Document {
    /// Reads a file. Its keys decide what it is: `tasks` makes a workflow definition, a list or the keys of a `TaskDef`
    /// make task definitions.
    #[must_use]
    pub fn parse(file: SourceFile) -> Self {
        let parsed = source::parse(&file);
        let partial = parsed.problems.iter().any(source::Problem::breaks_the_value);
        let mut report = Report::new(Some(&file));
        let root = Cursor::root(&parsed.value, Some(&parsed.spans.root));
        let definition = read(&root, partial, &mut report);
        let mut diagnostics: Vec<_> =
            parsed.problems.iter().map(|problem| Diagnostic::of_problem(problem, Some(&file))).collect();
        // What stands around a limit is not as it was meant: the limit is the one thing to say.
        if !parsed.problems.iter().any(|problem| problem.kind == ProblemKind::TooLarge) {
            diagnostics.append(&mut report.diagnostics);
        }
        diagnostics.sort_by_key(place);
        Self { file, value: parsed.value, spans: parsed.spans, definition, diagnostics, partial }
    }

    /// The workflow definition, when it is one.
    #[must_use]
    pub fn workflow(&self) -> Option<&WorkflowDef> {
        match &self.definition {
            Documented::Workflow(def) => Some(def),
            Documented::Tasks(_) => None,
        }
    }

    /// The task definitions; none when it is a workflow definition.
    #[must_use]
    pub fn task_defs(&self) -> &[TaskDef] {
        match &self.definition {
            Documented::Workflow(_) => &[],
            Documented::Tasks(defs) => defs,
        }
    }
}

/// Where a diagnostic stands, to sort by.
pub(super) fn place(diagnostic: &Diagnostic) -> usize {
    diagnostic.labels.first().map_or(usize::MAX, |label| label.span.start)
}

fn read(root: &Cursor<'_>, partial: bool, report: &mut Report<'_>) -> Documented {
    match root.value {
        Value::Object(_) => match kind_of(root.value) {
            Kind::Workflow => Documented::Workflow(Box::new(read_object(root, report))),
            Kind::Task => Documented::Tasks(vec![read_object(root, report)]),
            Kind::Neither => {
                if !partial {
                    let message = "this is neither a workflow definition nor a task definition".to_owned();
                    let help =
                        "a workflow definition has a `name` and `tasks`, a task definition a `name` and `retryCount`";
                    report.at(codes::E0201, root, message, help.to_owned());
                }
                Documented::Workflow(Box::new(WorkflowDef::from_value(root.value)))
            }
        },
        Value::Array(items)
            if items.iter().any(|item| kind_of(item) == Kind::Workflow && item.get("tasks").is_some()) =>
        {
            let message = "this is a list of workflow definitions".to_owned();
            report.at(codes::E0201, root, message, "keep each definition in a file of its own".to_owned());
            Documented::Tasks(Vec::new())
        }
        Value::Array(_) => Documented::Tasks(root.items().filter_map(|item| task(&item, report)).collect()),
        _ => {
            if !partial {
                let message = format!("a definition must be a mapping, not {}", super::read::kind(root.value));
                report.at(codes::E0201, root, message, "start with `name:` and `tasks:`".to_owned());
            }
            Documented::Workflow(Box::default())
        }
    }
}

fn task(item: &Cursor<'_>, report: &mut Report<'_>) -> Option<TaskDef> {
    if item.value.is_object() {
        return Some(read_object(item, report));
    }
    report.wrong_type(item, "a task definition");
    None
}

#[derive(Debug, PartialEq, Eq)]
enum Kind {
    Workflow,
    Task,
    Neither,
}

/// Keys that only a task definition has.
const TASK_KEYS: &[&str] = &[
    "x-legwork",
    "retryCount",
    "retryLogic",
    "retryDelaySeconds",
    "backoffScaleFactor",
    "responseTimeoutSeconds",
    "pollTimeoutSeconds",
    "totalTimeoutSeconds",
    "concurrentExecLimit",
    "rateLimitPerFrequency",
    "rateLimitFrequencyInSeconds",
    "inputKeys",
    "outputKeys",
    "isolationGroupId",
    "executionNameSpace",
];

/// Keys that only a workflow definition has.
const WORKFLOW_KEYS: &[&str] =
    &["schemaVersion", "outputParameters", "inputParameters", "variables", "failureWorkflow", "restartable", "version"];

fn kind_of(value: &Value) -> Kind {
    let has = |keys: &[&str]| keys.iter().any(|key| value.get(*key).is_some());
    let keys = || value.as_object().into_iter().flat_map(|map| map.keys().map(String::as_str));
    if has(&["tasks"]) {
        Kind::Workflow
    } else if has(TASK_KEYS) {
        Kind::Task
    } else if has(WORKFLOW_KEYS) || keys().any(|key| nearest(key, ["tasks"]).is_some()) || keys().next().is_none() {
        Kind::Workflow
    } else if has(&["name"])
        && has(&["description", "inputTemplate", "inputSchema", "outputSchema", "timeoutSeconds", "timeoutPolicy"])
    {
        Kind::Task
    } else if has(&["name"]) {
        Kind::Workflow
    } else {
        Kind::Neither
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Dialect, check};
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn parse(text: &str) -> Document {
        Document::parse(SourceFile::new("test.yaml", text))
    }

    fn codes_of(document: &Document) -> Vec<(&'static str, String)> {
        document
            .diagnostics
            .iter()
            .map(|it| (it.code.id(), it.pointer.clone().unwrap_or_default().to_string()))
            .collect()
    }

    #[track_caller]
    fn expect(text: &str, expected: &[(&str, &str)]) {
        let document = parse(text);
        let found = codes_of(&document);
        let found: Vec<_> = found.iter().map(|(code, pointer)| (*code, pointer.as_str())).collect();
        assert_eq!(found, expected, "{text}\n{:?}", document.diagnostics);
        assert_eq!(written(&document), document.value, "{text}");
    }

    fn written(document: &Document) -> Value {
        match (&document.definition, &document.value) {
            (Documented::Workflow(def), Value::Object(_)) => def.to_value(),
            (Documented::Tasks(defs), Value::Object(_)) => defs.first().map_or(Value::Null, TaskDef::to_value),
            (Documented::Tasks(defs), Value::Array(_)) => defs.iter().map(TaskDef::to_value).collect(),
            (_, other) => other.clone(),
        }
    }

    #[test]
    fn the_keys_decide_what_a_file_is() {
        let is_workflow = |text: &str| matches!(parse(text).definition, Documented::Workflow(_));
        assert!(is_workflow("name: a\ntasks: []"));
        assert!(is_workflow("name: a\ntask: []"));
        assert!(is_workflow("name: a\nversion: 1"));
        assert!(!is_workflow("name: a\nretryCount: 1"));
        assert!(!is_workflow("name: a\nx-legwork: {}"));
        assert!(!is_workflow("- name: a\n- name: b"));
        expect("openapi: 3.1.0\ninfo: {}", &[("E0201", "")]);
        assert_eq!(codes_of(&parse("- {name: a, tasks: []}")), [("E0201", String::new())]);
        expect("just words", &[("E0201", "")]);
        expect("", &[("E0106", "")]);
        assert_eq!(codes_of(&parse(&"[".repeat(1000))), [("E0104", String::new())]);
        assert_eq!(codes_of(&parse(&"- 1\n".repeat(2000))).len(), 1000);
    }

    #[test]
    fn every_field_is_read_with_its_problems() {
        expect(
            "name: [a]\nversion: '2'\nretsartable: true\ntimeoutPolicy: ALERT\ntasks:\n- nam: x\n  type: HTTP\n  optional: maybe\n  joinOn: b\n- 3\n",
            &[
                ("E0202", "/name"),
                ("E0205", "/version"),
                ("E0203", "/retsartable"),
                ("E0204", "/timeoutPolicy"),
                ("E0203", "/tasks/0/nam"),
                ("E0202", "/tasks/0/optional"),
                ("E0202", "/tasks/0/joinOn"),
                ("E0202", "/tasks/1"),
            ],
        );
        expect(
            "- name: 5\n  retryCount: 1.5\n  retryLogic: EXPONENTIAL\n  timeoutSeconds: 99999999999\n  retryDelaySeconds: 99999999999\n  description: ~\n",
            &[
                ("E0205", "/0/name"),
                ("E0205", "/0/retryCount"),
                ("E0204", "/0/retryLogic"),
                ("E0202", "/0/retryDelaySeconds"),
            ],
        );
        expect(
            "name: a\nanything: else\ntasks: [{name: a, owner: me, inputParameters: ~, decisionCases: {1: [], b: ~}}]",
            &[],
        );
    }

    #[test]
    fn a_message_names_field_and_task_and_says_what_to_do() {
        let document = parse(
            "name: w\ntasks:\n- name: n\n  taskReferenceName: create\n  type: HTTP\n  inputParamters: {}\n  startDelay: x\n",
        );
        let texts: Vec<_> = document.diagnostics.iter().map(|it| (it.message.as_str(), it.help.as_deref())).collect();
        assert_eq!(
            texts,
            [
                (
                    "there is no field `inputParamters` of task `create`; a server ignores it",
                    Some("did you mean `inputParameters`?")
                ),
                ("`startDelay` of task `create` must be a whole number, not a text", Some("write a whole number")),
            ]
        );
    }

    #[test]
    fn what_is_set_later_is_written_behind_what_was_read() {
        let mut task = TaskDef::named("a");
        assert_eq!(task.to_value(), json!({"name": "a"}));
        task.retry_count = 0;
        assert_eq!(task.to_value(), json!({"name": "a", "retryCount": 0}));
        let mut task = TaskDef::from_value(&json!({"z": 1, "retryCount": 1, "name": "a"}));
        task.retry_count = 2;
        assert_eq!(task.to_value().to_string(), r#"{"z":1,"retryCount":2,"name":"a"}"#);
    }

    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            Just(json!(1.5)),
            "[a-z1$]{0,4}".prop_map(Value::from),
            Just(json!("HTTP")),
        ];
        let key = prop_oneof![
            Just("name".to_owned()),
            Just("tasks".to_owned()),
            Just("type".to_owned()),
            Just("decisionCases".to_owned()),
            Just("forkTasks".to_owned()),
            Just("loopOver".to_owned()),
            Just("taskDefinition".to_owned()),
            Just("subWorkflowParam".to_owned()),
            Just("retryCount".to_owned()),
            Just("retryLogic".to_owned()),
            Just("inputParameters".to_owned()),
            "[a-z]{1,3}",
        ];
        leaf.prop_recursive(5, 64, 6, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::vec((key.clone(), inner), 0..6)
                    .prop_map(|entries| Value::Object(entries.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_value_comes_out_as_it_was_written(value in any_value()) {
            let document = parse(&value.to_string());
            prop_assert_eq!(&document.value, &value);
            for dialect in [Dialect::Legwork, Dialect::Conductor] {
                prop_assert!(check(&document, dialect, &|_| None).len() >= document.diagnostics.len());
            }
            let refused_items = matches!(&document.definition, Documented::Tasks(defs) if value.as_array().is_some_and(|items| items.len() != defs.len()));
            if !refused_items {
                prop_assert_eq!(written(&document).to_string(), value.to_string());
            }
        }

        #[test]
        fn any_cut_of_a_definition_is_read(cut in 0_usize..400, junk in "\\PC{0,3}") {
            let text = "{\"name\": \"w\", \"tasks\": [{\"name\": \"n\", \"taskReferenceName\": \"é\", \"type\": \"SWITCH\", \"decisionCases\": {\"a\": [{\"name\": 1}]}}]}";
            let cut = (0..=cut.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
            let broken = format!("{}{junk}{}", &text[..cut], &text[cut..]);
            for name in ["a.json", "a.yaml"] {
                let document = Document::parse(SourceFile::new(name, broken.as_str()));
                for label in document.diagnostics.iter().flat_map(|it| &it.labels) {
                    prop_assert!(broken.get(label.span.start..label.span.end).is_some());
                }
            }
        }
    }
}
