//! The tests file: what is mocked, and what is expected.

use super::read::{Part, Reader};
use crate::decide::Start;
use crate::diagnostic::Diagnostic;
use crate::resolve::TaskStatus;
use crate::source::{self, Pointer, SourceFile, SpanTree};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A tests file, read. It holds a list of tests, or one test request as Conductor's `POST /api/workflow/test` takes it:
///
/// ```yaml
/// tests:
///   - name: a user that is there is kept
///     input: {email: jill@example.com}
///     taskRefToMockOutput:
///       get:                                        # one for each attempt and visit, in order
///         - {status: COMPLETED, output: {response: {statusCode: 200, body: {id: u_1}}}}
///     expect:
///       status: COMPLETED                           # also what is expected without a word
///       output: {user_id: u_1}                      # at least this; `exactOutput`: this and nothing else
///       tasks:
///         get: {status: COMPLETED, attempts: 1}
///         create: {reached: false}
///       path: [get, is_it_there, keep_found]
/// ```
///
/// A test holds `name`, `input`, `version`, `correlationId`, `env`, `taskRefToMockOutput`, `subWorkflowTestRequest` and `expect`.
/// A mock holds `status`, `output`, `reasonForIncompletion`, `executionTime` and `queueWaitTime` (milliseconds); a key of
/// `taskRefToMockOutput` is a reference name, inside a loop also one of a round (`call__2`). `subWorkflowTestRequest` holds the
/// same again for the workflow that a task starts. For `expect` see [`Expect`].
#[derive(Debug, Clone)]
pub struct TestsFile {
    /// The file.
    pub file: SourceFile,
    /// Where each key and value of it stands.
    pub spans: SpanTree,
    /// The tests, in order.
    pub tests: Vec<Test>,
}

/// One test.
#[derive(Debug, Clone)]
pub struct Test {
    /// Its name.
    pub name: String,
    /// Where it stands in the file.
    pub pointer: Pointer,
    /// What the workflow is started with.
    pub start: Start,
    /// What its tasks get.
    pub mocks: Mocks,
    /// What is expected.
    pub expect: Expect,
}

/// What the tasks of one workflow get.
#[derive(Debug, Clone, Default)]
pub struct Mocks {
    /// By reference name: one for each attempt and visit, in order.
    pub tasks: BTreeMap<String, Vec<Mock>>,
    /// By the reference name of the task that starts it: what the tasks of another workflow get.
    pub children: BTreeMap<String, Mocks>,
    /// Where they stand in the file.
    pub pointer: Pointer,
}

/// What one attempt gets.
#[derive(Debug, Clone)]
pub struct Mock {
    /// `status`, COMPLETED when absent.
    pub status: TaskStatus,
    /// `output`.
    pub output: Map<String, Value>,
    /// `reasonForIncompletion`.
    pub reason: Option<String>,
    /// `executionTime`: milliseconds from the start of the attempt to its end.
    pub execution_ms: i64,
    /// `queueWaitTime`: milliseconds before the attempt starts.
    pub queue_wait_ms: i64,
    /// Where it stands in the file.
    pub pointer: Pointer,
}

/// Something that is expected, with its place in the file.
#[derive(Debug, Clone)]
pub struct Placed<T> {
    /// What is expected.
    pub value: T,
    /// Where it stands.
    pub pointer: Pointer,
}

/// A value that is expected.
#[derive(Debug, Clone)]
pub struct Expected {
    /// The value.
    pub value: Value,
    /// Whether there must be nothing else; else objects may have further keys.
    pub exact: bool,
    /// Where it stands.
    pub pointer: Pointer,
}

/// What is expected of an execution. What is not named is not looked at, but for the status: COMPLETED unless it says otherwise.
#[derive(Debug, Clone, Default)]
pub struct Expect {
    /// `status`.
    pub status: Option<Placed<String>>,
    /// `reason`: a part of the reason for incompletion.
    pub reason: Option<Placed<String>>,
    /// `output`, `exactOutput`, `variables`, `exactVariables`, `input`, `exactInput`: by what they are about.
    pub values: Vec<(&'static str, Expected)>,
    /// `path`: the reference names of all tasks in the order they came up, further attempts left out.
    pub path: Option<Placed<Vec<String>>>,
    /// `pathContains`: some of them, in that order.
    pub path_contains: Option<Placed<Vec<String>>>,
    /// `tasks`, by reference name; inside a loop the last round is meant, `call__2` means the second.
    pub tasks: Vec<(String, ExpectTask)>,
    /// `subWorkflows`, by the reference name of the task that starts them.
    pub children: Vec<(String, Expect)>,
    /// Where it stands.
    pub pointer: Pointer,
}

/// What is expected of a task; of several attempts the last is meant.
#[derive(Debug, Clone, Default)]
pub struct ExpectTask {
    /// `status`.
    pub status: Option<Placed<String>>,
    /// `reason`: a part of the reason for incompletion.
    pub reason: Option<Placed<String>>,
    /// `reached`: whether it came up at all.
    pub reached: Option<Placed<bool>>,
    /// `attempts`: how many the last visit needed.
    pub attempts: Option<Placed<u64>>,
    /// `visits`: how often it came up, further attempts left out.
    pub visits: Option<Placed<u64>>,
    /// `input`, `exactInput`, `output`, `exactOutput`.
    pub values: Vec<(&'static str, Expected)>,
    /// Where it stands.
    pub pointer: Pointer,
}

/// Keys of a start request that a test may hold and that change nothing here.
const START_KEYS: &[&str] = &[
    "name",
    "version",
    "input",
    "correlationId",
    "env",
    "expect",
    "description",
    "taskRefToMockOutput",
    "subWorkflowTestRequest",
    "workflowDef",
    "taskToDomain",
    "priority",
    "createdBy",
    "externalInputPayloadStoragePath",
    "idempotencyKey",
    "idempotencyStrategy",
];

impl TestsFile {
    /// Reads a tests file.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn parse(file: SourceFile) -> Result<Self, Vec<Diagnostic>> {
        let parsed = source::parse(&file);
        let problems = parsed.problems.iter().map(|problem| Diagnostic::of_problem(problem, Some(&file)));
        let mut reader = Reader { file: &file, spans: &parsed.spans, diagnostics: problems.collect() };
        let tests = if reader.diagnostics.iter().any(Diagnostic::is_error) {
            Vec::new()
        } else {
            tests(&Part::new(&parsed.value, Pointer::root()), &mut reader)
        };
        let diagnostics = reader.diagnostics;
        if diagnostics.iter().any(Diagnostic::is_error) {
            return Err(diagnostics);
        }
        Ok(Self { file, spans: parsed.spans, tests })
    }
}

fn tests(root: &Part<'_>, reader: &mut Reader<'_>) -> Vec<Test> {
    let Some(list) = root.get("tests") else {
        let looks_like_one = ["taskRefToMockOutput", "expect", "input", "subWorkflowTestRequest"];
        if root.value.is_object() && looks_like_one.iter().any(|key| root.value.get(key).is_some()) {
            return vec![test(root, "the test request", reader)];
        }
        let help = "write `tests:` and a list, each with a name, taskRefToMockOutput and expect; or one Conductor test request";
        reader.wrong(&root.pointer, "this file holds no tests", help);
        return Vec::new();
    };
    reader.object(root, "a tests file", &["tests"]);
    if !reader.list(&list, "`tests`", "write `- name: ...` for each test") {
        return Vec::new();
    }
    let items: Vec<_> = list.items().collect();
    if items.is_empty() {
        reader.wrong(&list.pointer, "this file holds no tests", "write `- name: ...` for each test");
    }
    items.iter().enumerate().map(|(at, item)| test(item, &format!("test {}", at + 1), reader)).collect()
}

fn test(part: &Part<'_>, unnamed: &str, reader: &mut Reader<'_>) -> Test {
    reader.object(part, "a test", START_KEYS);
    let env = reader.map(part, "env").into_iter().filter_map(|(name, value)| match value {
        Value::String(text) => Some((name, text)),
        _ => None,
    });
    let env = Arc::new(env.collect());
    let version = reader.number(part, "version").and_then(|version| i64::try_from(version).ok());
    let correlation_id = reader.text(part, "correlationId");
    let input = Arc::new(Value::Object(reader.map(part, "input")));
    let start = Start { input, version, correlation_id, env, ..Start::default() };
    Test {
        name: reader.text(part, "name").unwrap_or_else(|| unnamed.to_owned()),
        pointer: part.pointer.clone(),
        start,
        mocks: mocks(part, reader),
        expect: part.get("expect").map_or_else(Expect::default, |expect| self::expect(&expect, reader)),
    }
}

fn mocks(part: &Part<'_>, reader: &mut Reader<'_>) -> Mocks {
    let mut mocks = Mocks { pointer: part.pointer.clone(), ..Mocks::default() };
    if let Some(tasks) = part.get("taskRefToMockOutput") {
        reader.object(&tasks, "`taskRefToMockOutput`", &[]);
        for (reference, list) in tasks.members() {
            // One mock alone may stand without a list around it.
            let items: Vec<_> = if list.value.is_object() { vec![list.clone()] } else { list.items().collect() };
            if !list.value.is_object() {
                reader.list(&list, &format!("the mocks of `{reference}`"), "write a list of {status, output}");
            }
            mocks.tasks.insert(reference.clone(), items.iter().filter_map(|item| mock(item, reader)).collect());
        }
    }
    if let Some(children) = part.get("subWorkflowTestRequest") {
        reader.object(&children, "`subWorkflowTestRequest`", &[]);
        for (reference, child) in children.members() {
            reader.object(&child, "a test request", START_KEYS);
            mocks.children.insert(reference.clone(), self::mocks(&child, reader));
        }
    }
    mocks
}

fn mock(part: &Part<'_>, reader: &mut Reader<'_>) -> Option<Mock> {
    let known = &["status", "output", "reasonForIncompletion", "executionTime", "queueWaitTime"];
    if !reader.object(part, "a mock", known) {
        return None;
    }
    let status = match reader.text(part, "status") {
        None => TaskStatus::Completed,
        Some(name) => status(&name, &part.pointer.key("status"), reader),
    };
    let milliseconds = |number: Option<u64>| number.and_then(|number| i64::try_from(number).ok()).unwrap_or(0);
    Some(Mock {
        status,
        output: reader.map(part, "output"),
        reason: reader.text(part, "reasonForIncompletion"),
        execution_ms: milliseconds(reader.number(part, "executionTime")),
        queue_wait_ms: milliseconds(reader.number(part, "queueWaitTime")),
        pointer: part.pointer.clone(),
    })
}

fn status(name: &str, pointer: &Pointer, reader: &mut Reader<'_>) -> TaskStatus {
    TaskStatus::parse(name).unwrap_or_else(|| {
        let help = "write COMPLETED, FAILED, FAILED_WITH_TERMINAL_ERROR, TIMED_OUT, CANCELED, SKIPPED or IN_PROGRESS";
        reader.wrong(pointer, format!("`{name}` is no status of a task"), help);
        TaskStatus::Completed
    })
}

fn expect(part: &Part<'_>, reader: &mut Reader<'_>) -> Expect {
    let known = &[
        "status",
        "reason",
        "input",
        "exactInput",
        "output",
        "exactOutput",
        "variables",
        "exactVariables",
        "path",
        "pathContains",
        "tasks",
        "subWorkflows",
    ];
    reader.object(part, "`expect`", known);
    let status = text(part, "status", reader);
    if let Some(status) = &status
        && !["COMPLETED", "FAILED", "TIMED_OUT", "TERMINATED", "RUNNING", "PAUSED"].contains(&status.value.as_str())
    {
        let help = "write COMPLETED, FAILED, TIMED_OUT, TERMINATED, RUNNING or PAUSED";
        reader.wrong(&status.pointer, format!("`{}` is no status of a workflow", status.value), help);
    }
    Expect {
        status,
        reason: text(part, "reason", reader),
        values: values(part, &["input", "output", "variables"]),
        path: names(part, "path", reader),
        path_contains: names(part, "pathContains", reader),
        tasks: inner(part, "tasks", expect_task, reader),
        children: inner(part, "subWorkflows", expect, reader),
        pointer: part.pointer.clone(),
    }
}

fn expect_task(part: &Part<'_>, reader: &mut Reader<'_>) -> ExpectTask {
    let known = &["status", "reason", "reached", "attempts", "visits", "input", "exactInput", "output", "exactOutput"];
    reader.object(part, "what is expected of a task", known);
    let status = text(part, "status", reader);
    if let Some(name) = &status {
        self::status(&name.value, &name.pointer, reader);
    }
    let reached = part.get("reached").and_then(|inner| {
        if !inner.value.is_boolean() {
            reader.wrong(&inner.pointer, "`reached` is neither true nor false", "write true or false");
        }
        Some(Placed { value: inner.value.as_bool()?, pointer: inner.pointer })
    });
    ExpectTask {
        status,
        reason: text(part, "reason", reader),
        reached,
        attempts: count(part, "attempts", reader),
        visits: count(part, "visits", reader),
        values: values(part, &["input", "output"]),
        pointer: part.pointer.clone(),
    }
}

fn text(part: &Part<'_>, key: &str, reader: &mut Reader<'_>) -> Option<Placed<String>> {
    Some(Placed { value: reader.text(part, key)?, pointer: part.pointer.key(key) })
}

fn count(part: &Part<'_>, key: &str, reader: &mut Reader<'_>) -> Option<Placed<u64>> {
    Some(Placed { value: reader.number(part, key)?, pointer: part.pointer.key(key) })
}

/// The values that are expected: `output` as a part of what there is, `exactOutput` as all of it.
fn values(part: &Part<'_>, about: &[&'static str]) -> Vec<(&'static str, Expected)> {
    let mut values = Vec::new();
    for about in about {
        let (first, rest) = about.split_at(1);
        let exact = format!("exact{}{rest}", first.to_ascii_uppercase());
        for (key, exact) in [((*about).to_owned(), false), (exact, true)] {
            // A null is a value that can be expected.
            if let Some(value) = part.value.get(&key) {
                values.push((*about, Expected { value: value.clone(), exact, pointer: part.pointer.key(&key) }));
            }
        }
    }
    values
}

fn names(part: &Part<'_>, key: &str, reader: &mut Reader<'_>) -> Option<Placed<Vec<String>>> {
    let list = part.get(key)?;
    if !reader.list(&list, &format!("`{key}`"), "write [first_ref, second_ref]") {
        return None;
    }
    let mut names = Vec::new();
    for item in list.items() {
        match item.value.as_str() {
            Some(name) => names.push(name.to_owned()),
            None => {
                reader.wrong(&item.pointer, "this is not a reference name", "write the taskReferenceName of a task");
            }
        }
    }
    Some(Placed { value: names, pointer: list.pointer })
}

fn inner<T>(
    part: &Part<'_>,
    key: &str,
    read: impl Fn(&Part<'_>, &mut Reader<'_>) -> T,
    reader: &mut Reader<'_>,
) -> Vec<(String, T)> {
    let Some(inner) = part.get(key) else { return Vec::new() };
    reader.object(&inner, &format!("`{key}`"), &[]);
    inner.members().map(|(name, part)| (name.clone(), read(&part, reader))).collect()
}
