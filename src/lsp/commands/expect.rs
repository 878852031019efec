//! `legwork.expectFromLastResponse`: a workflow test whose mock is what was seen.

use super::{Desk, Given, failed};
use crate::host;
use crate::lsp::outbox::Answer;
use crate::lsp::position::Lines;
use crate::lsp::protocol::{Range, ResponseError};
use crate::lsp::uri;
use crate::source::edit::{Draft, Edit, Script};
use crate::source::{self, Pointer, SourceFile, Span};
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};

impl Desk {
    /// Puts a test into the file `<workflow>.tests.yaml` beside the definition, as `legwork test-workflow --tests` reads it: the
    /// inputs and outputs that were seen, masked, and what is expected of the task. Gives `{"file", "name"}`.
    pub(super) async fn expect(&self, given: &Given) -> Answer {
        let view = given.view().ok_or_else(|| failed("no workflow definition is open"))?;
        let last = self.last(given)?;
        let task = last.answer.get("task").and_then(Value::as_str).unwrap_or_default();
        let output = last.output.as_ref().filter(|_| last.answer.get("outcome") == Some(&json!("sent")));
        let output = output.ok_or_else(|| failed(&format!("{task} has no response yet that completed it")))?;
        let own = uri::path(view.document.uri.as_ref()).ok_or_else(|| failed("the definition is no file yet"))?;
        let mut outputs = self.shared.runs.outputs(&view.document.uri, task);
        outputs.push((task.to_owned(), output.clone()));
        let name = format!("{task} gives {}", last.line);
        let mut test = test(&name, &last.answer, &outputs);
        self.outbox.redactor().redact_value(&mut test);
        let file = beside(&own);
        let there = if file.is_file() { host::load_source(&file).ok() } else { None };
        let edit = match &there {
            Some(there) => appended(there, &test)?,
            None => vec![Edit { span: Span::new(0, 0), text: written(&own, &test) }],
        };
        self.change_file(&file, there.as_ref(), &edit).await?;
        Ok(json!({"file": uri::uri(&file).0, "name": name}))
    }

    /// Has the client edit a file, which it makes when it is not there.
    async fn change_file(&self, file: &Path, there: Option<&SourceFile>, edits: &[Edit]) -> Result<(), ResponseError> {
        if !self.shared.client.creates_files {
            return Err(failed("the editor makes no files for a server"));
        }
        let text = there.map(SourceFile::text).unwrap_or_default();
        let lines = Lines::new(text, self.shared.client.encoding);
        let range = |span: Span| -> Range { lines.range(text, span) };
        let edits: Vec<_> = edits.iter().map(|edit| json!({"range": range(edit.span), "newText": edit.text})).collect();
        let document = json!({"uri": uri::uri(file).0, "version": null});
        let made = there.is_none().then(|| json!({"kind": "create", "uri": uri::uri(file).0}));
        let changes: Vec<_> = made.into_iter().chain([json!({"textDocument": document, "edits": edits})]).collect();
        let params = json!({"label": "Make a test from the last response", "edit": {"documentChanges": changes}});
        match self.outbox.ask("workspace/applyEdit", params).await {
            Ok(Ok(answer)) if answer.get("applied") != Some(&json!(false)) => Ok(()),
            _ => Err(failed("the editor did not take the edit")),
        }
    }
}

/// `add_user.yaml` has its tests in `add_user.tests.yaml`.
fn beside(workflow: &Path) -> PathBuf {
    let name = workflow.file_stem().unwrap_or_default().to_string_lossy();
    workflow.with_file_name(format!("{}.tests.yaml", name.strip_suffix(".legwork").unwrap_or(&name)))
}

/// A test of a task, from the answer of its run and what tasks gave.
fn test(name: &str, answer: &Value, outputs: &[(String, Value)]) -> Value {
    let task = answer.get("task").and_then(Value::as_str).unwrap_or_default();
    let mocks = outputs.iter().map(|(task, output)| (task.clone(), json!([{"status": "COMPLETED", "output": output}])));
    let mocks: Map<String, Value> = mocks.collect();
    let mut tasks = Map::new();
    tasks.insert(task.to_owned(), json!({"status": "COMPLETED", "attempts": 1}));
    json!({"name": name, "input": inputs(answer), "taskRefToMockOutput": mocks, "expect": {"tasks": tasks}})
}

/// The workflow's inputs that the run has read, from where its values came from.
fn inputs(answer: &Value) -> Value {
    let mut inputs = Map::new();
    for origin in answer.get("values").and_then(Value::as_array).into_iter().flatten() {
        let read =
            origin.get("expression").and_then(Value::as_str).and_then(|text| text.strip_prefix("workflow.input."));
        let is_secret = origin.get("secret") == Some(&Value::Bool(true));
        if let (Some(path), Some(value), false) = (read, origin.get("value"), is_secret) {
            put(&mut inputs, path, value);
        }
    }
    Value::Object(inputs)
}

/// Puts a value at a path of names; one with an index in it is left out.
fn put(inputs: &mut Map<String, Value>, path: &str, value: &Value) {
    match path.split_once('.') {
        _ if path.contains('[') => {}
        None => drop(inputs.insert(path.to_owned(), value.clone())),
        Some((first, rest)) => {
            if let Value::Object(inner) = inputs.entry(first).or_insert_with(|| json!({})) {
                put(inner, rest, value);
            }
        }
    }
}

/// A tests file with one test.
fn written(workflow: &Path, test: &Value) -> String {
    let name = workflow.file_name().unwrap_or_default().to_string_lossy();
    let empty = SourceFile::new("tests.yaml", "");
    let script = Script::of(&empty, &source::parse(&empty).spans);
    format!("# Tests of {name}.\n{}\n", script.lines(&[("tests", &json!([test]))], 0))
}

/// The edits that put a test behind those of a tests file.
fn appended(file: &SourceFile, test: &Value) -> Result<Vec<Edit>, ResponseError> {
    let read = source::parse(file);
    let mut draft = Draft::new(file, &read.value, &read.spans);
    let appended = draft.append(&Pointer::root().key("tests"), None, std::slice::from_ref(test));
    let edits = appended.and_then(|()| draft.finish());
    edits.map_err(|err| failed(&format!("{}: {err}", file.name())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::test_workflow::TestsFile;
    use crate::source::edit;

    fn made(name: &str) -> Value {
        let values = json!([
            {"pointer": "/body/email", "expression": "workflow.input.user.email", "value": "ada@example.com", "secret": false},
            {"pointer": "/headers/a", "expression": "workflow.secrets.token", "value": "***", "secret": true},
        ]);
        let answer = json!({"task": "create", "values": values});
        test(name, &answer, &[("create".to_owned(), json!({"response": {"statusCode": 201, "body": {"id": "u_1"}}}))])
    }

    #[test]
    fn a_new_file_is_a_tests_file() {
        let text = written(Path::new("/w/add user.yaml"), &made("create gives 201 Created"));
        let file = TestsFile::parse(SourceFile::new("a.tests.yaml", text.clone())).expect(&text);
        assert_eq!(file.tests.len(), 1, "{text}");
        assert!(text.contains("ada@example.com") && !text.contains("***"), "{text}");
    }

    #[test]
    fn a_test_stands_behind_those_that_are_there() {
        let before = "# Mine.\ntests:\n  - name: first\n    expect: {status: COMPLETED}\n";
        let file = SourceFile::new("a.tests.yaml", before);
        let edits = appended(&file, &made("second")).expect("a list of tests");
        let after = edit::apply(before, &edits);
        let read = TestsFile::parse(SourceFile::new("a.tests.yaml", after.clone())).expect(&after);
        let names: Vec<_> = read.tests.iter().map(|test| test.name.as_str()).collect();
        assert_eq!(names, ["first", "second"], "{after}");
        assert!(after.starts_with("# Mine."), "{after}");
        assert!(appended(&SourceFile::new("a.tests.yaml", "tests: none\n"), &made("x")).is_err());
    }

    #[test]
    fn the_file_is_named_after_the_workflow() {
        assert_eq!(beside(Path::new("/w/a.yaml")), Path::new("/w/a.tests.yaml"));
        assert_eq!(beside(Path::new("/w/a.legwork.json")), Path::new("/w/a.tests.yaml"));
    }
}
