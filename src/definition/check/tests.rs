//! The rules as tables, and against the pages of their codes.

use super::*;
use crate::source::SourceFile;

fn none(_: &str) -> Option<TaskDef> {
    None
}

fn run(text: &str, dialect: Dialect) -> Vec<Diagnostic> {
    check(&Document::parse(SourceFile::new("test.yaml", text)), dialect, &none)
}

/// Codes and pointers, a `!` behind those that are errors.
fn summary(diagnostics: &[Diagnostic]) -> Vec<String> {
    let line = |it: &Diagnostic| {
        let mark = if it.is_error() { "!" } else { "" };
        format!("{}{mark} {}", it.code, it.pointer.as_ref().map_or("", |pointer| pointer.as_str()))
    };
    diagnostics.iter().map(line).collect()
}

#[track_caller]
fn expect(text: &str, expected: &[&str]) {
    let found = run(text, Dialect::Conductor);
    assert_eq!(summary(&found), expected, "{text}\n{found:#?}");
}

/// One task, given as the rest of its mapping.
#[track_caller]
fn task(rest: &str, expected: &[&str]) {
    expect(&format!("{{name: w, tasks: [{{name: t, taskReferenceName: t, {rest}}}]}}"), expected);
}

#[test]
fn names_tasks_and_numbers() {
    expect("tasks: []", &["E0206! ", "E0207! "]);
    expect("name: ''\nschemaVersion: 1\ntasks: ~", &["E0206! ", "E0209! /schemaVersion", "E0207! "]);
    expect("name: w\ntasks: [{taskReferenceName: r}, {name: n}]", &["E0206! /tasks/0", "E0206! /tasks/1"]);
    expect(
        "name: a/b:c\nversion: '0'\nownerEmail: nobody\ntimeoutSeconds: -1\nmore: 1\ntasks: [{name: n, taskReferenceName: r}]",
        &["E0205 /version"],
    );
    task("startDelay: -1", &["E0209! /tasks/0/startDelay"]);
    task("inputParameters: ~", &[]);
}

#[test]
fn reference_names_are_unique_at_every_depth() {
    expect(
        "name: w\ntasks: [{name: n, taskReferenceName: r}, {name: n, taskReferenceName: r}]",
        &["E0208! /tasks/1/taskReferenceName"],
    );
    let inner = "[{name: n, taskReferenceName: t}]";
    task(
        &format!("type: FORK_JOIN, forkTasks: [{inner}]"),
        &["E0216 /tasks/0", "E0208! /tasks/0/forkTasks/0/0/taskReferenceName"],
    );
    task(
        &format!("type: DO_WHILE, loopCondition: x, loopOver: {inner}"),
        &["E0208! /tasks/0/loopOver/0/taskReferenceName"],
    );
    task(
        &format!("type: SWITCH, evaluatorType: value-param, expression: x, decisionCases: {{a: {inner}}}"),
        &["E0208! /tasks/0/decisionCases/a/0/taskReferenceName"],
    );
    task(&format!("type: NOOP, loopOver: {inner}"), &[]);
}

#[test]
fn operators_need_their_fields() {
    task("type: SWITCH", &["E0210! /tasks/0", "E0210! /tasks/0"]);
    task("type: SWITCH, evaluatorType: javascript, decisionCases: {a: []}", &["E0210! /tasks/0"]);
    task(
        "type: SWITCH, evaluatorType: javascript, expression: '1', decisionCases: {a: []}, defaultCase: ~",
        &["E0202! /tasks/0/defaultCase"],
    );
    task("type: DECISION, decisionCases: {}", &["E0210! /tasks/0", "E0210! /tasks/0"]);
    task("type: DECISION, caseValueParam: a, decisionCases: {a: []}", &[]);
    task("type: DO_WHILE, items: [1]", &["E0210! /tasks/0", "E0210! /tasks/0"]);
    task("type: FORK_JOIN, forkTasks: []", &["E0210! /tasks/0", "E0216 /tasks/0"]);
    task("type: DYNAMIC", &["E0210! /tasks/0"]);
    task("type: SUB_WORKFLOW", &["E0210! /tasks/0"]);
    task("type: SUB_WORKFLOW, subWorkflowParam: {}", &["E0216 /tasks/0/subWorkflowParam"]);
    task("type: EVENT", &["E0210! /tasks/0"]);
    task("type: JSON_JQ_TRANSFORM", &["E0210! /tasks/0"]);
    task("type: JSON_JQ_TRANSFORM, inputParameters: {queryExpression: ~}", &[]);
    task("type: KAFKA_PUBLISH", &["E0210! /tasks/0"]);
    task(
        "type: FORK_JOIN_DYNAMIC, dynamicForkJoinTasksParam: a, dynamicForkTasksParam: b",
        &["E0216 /tasks/0", "E0215! /tasks/0/dynamicForkJoinTasksParam"],
    );
    task("type: FORK_JOIN_DYNAMIC", &["E0210! /tasks/0", "E0210! /tasks/0", "E0216 /tasks/0"]);
    task("type: FORK_JOIN_DYNAMIC, inputParameters: {forkTaskName: a, forkTaskInputs: []}", &["E0216 /tasks/0"]);
    task("type: INLINE", &["E0216 /tasks/0"]);
}

#[test]
fn terminate_and_wait() {
    task("type: TERMINATE, inputParameters: {terminationStatus: TERMINATED}", &[]);
    task(
        "type: TERMINATE, inputParameters: {terminationStatus: '${workflow.input.s}'}",
        &["E0211! /tasks/0/inputParameters/terminationStatus"],
    );
    task("type: TERMINATE, optional: true", &["E0211! /tasks/0", "E0211! /tasks/0/optional"]);
    task("type: WAIT", &[]);
    task("type: WAIT, inputParameters: ~", &["E0212! /tasks/0/inputParameters"]);
    task("type: WAIT, inputParameters: {duration: 5}", &["E0212! /tasks/0/inputParameters/duration"]);
    task("type: WAIT, inputParameters: {duration: '${workflow.input.d}'}", &[]);
    task(
        "type: WAIT, inputParameters: {duration: 1s, until: 2030-01-01}",
        &["E0212! /tasks/0/inputParameters/duration"],
    );
    task("type: WAIT, inputParameters: {until: soon}", &["E0212! /tasks/0/inputParameters/until"]);
}

#[test]
fn http_needs_a_request() {
    task("type: HTTP", &["E0213! /tasks/0"]);
    task("type: HTTP, inputParameters: {uri: x, method: get}", &["E0216 /tasks/0/inputParameters/method"]);
    task(
        "type: HTTP, inputParameters: {url: x, method: GET}",
        &["E0216 /tasks/0/inputParameters", "E0203 /tasks/0/inputParameters/url"],
    );
    task("type: HTTP, inputParameters: {http_request: ~, uri: x, method: GET}", &[]);
    task("type: HTTP, inputParameters: {http_request: text}", &["E0216 /tasks/0/inputParameters/http_request"]);
    task("type: HTTP, inputParameters: {http_request: '${workflow.input.r}'}", &[]);
    task("type: HTTP, taskDefinition: {name: d, inputTemplate: {uri: x, method: GET}}", &[]);
    task("type: HTPP", &["E0217 /tasks/0/type"]);
    let document =
        Document::parse(SourceFile::new("a.yaml", "name: w\ntasks: [{name: call, taskReferenceName: t, type: HTTP}]"));
    let template = serde_json::json!({"name": "call", "inputTemplate": {"http_request": {}}});
    let known = |name: &str| (name == "call").then(|| TaskDef::from_value(&template));
    assert!(check(&document, Dialect::Conductor, &known).is_empty());
}

#[test]
fn task_definitions() {
    expect(
        "name: a\nretryCount: -1\nresponseTimeoutSeconds: 0",
        &["E0209! /retryCount", "E0209! /responseTimeoutSeconds"],
    );
    expect("- {name: '', retryCount: ~}\n- {name: b, timeoutSeconds: 60, retryCount: 1}", &["E0206! /0", "E0214! /1"]);
    expect("name: a\nretryCount: 1\ninputSchema: {type: object}", &["E0204! /inputSchema/type"]);
    expect(
        "name: a\nretryCount: 1\nbackoffScaleFactor: 0\npollTimeoutSeconds: -1",
        &["E0209! /backoffScaleFactor", "E0209! /pollTimeoutSeconds"],
    );
}

#[test]
fn where_a_server_does_not_look_the_dialect_decides() {
    let texts = [
        "name: w\nname: w\ntasks: [{name: n, taskReferenceName: r}]",
        "name: w\ntasks: [{name: n, taskReferenceName: r}]\n---\n",
        "name: w\ntasks: [{name: n, taskReferenceName: r, type: DO_WHILE, loopCondition: x, loopOver: [{name: n, taskReferenceName: q, type: DYNAMIC}]}]",
        "name: w\ntasks: [{name: n, taskReferenceName: r, taskDefinition: {name: d, retryCount: -1}}]",
        "name: w\ntasks: [{name: n, taskReferenceName: r, type: SUB_WORKFLOW, subWorkflowParam: {workflowDefinition: {name: v}}}]",
    ];
    for text in texts {
        let errors = |dialect| run(text, dialect).iter().filter(|it| it.is_error()).count();
        assert_eq!((errors(Dialect::Legwork), errors(Dialect::Conductor)), (1, 0), "{text}");
    }
}

#[test]
fn a_text_that_is_cut_short_gives_its_own_problem_alone() {
    let diagnostics = check(&Document::parse(SourceFile::new("a.json", "{\"name\": ")), Dialect::Legwork, &none);
    assert_eq!(summary(&diagnostics), ["E0101! "]);
}

/// The first `yaml` or `json` block behind a heading of a page, as a file.
fn example(page: &str, heading: &str) -> Option<SourceFile> {
    let section = page.split_once(&format!("\n## {heading}\n"))?.1.split("\n## ").next()?;
    ["yaml", "json"].into_iter().find_map(|language| {
        let (_, block) = section.split_once(&format!("```{language}\n"))?;
        Some(SourceFile::new(format!("example.{language}"), block.split_once("```")?.0))
    })
}

#[test]
fn every_page_shows_its_code_and_how_to_mend_it() {
    for code in codes::TEXT.iter().chain(codes::DEFINITION) {
        let has = |heading| {
            let file = example(code.page(), heading)?;
            Some(check(&Document::parse(file), Dialect::Legwork, &none))
        };
        // Bytes that are no text cannot stand in a page.
        let shown = *code != codes::E0105 && *code != codes::E0110;
        let wrong = has("Wrong").map(|found| found.iter().any(|it| it.code == *code));
        let right = has("Right").map(|found| found.iter().map(|it| it.code.id()).collect::<Vec<_>>());
        assert_eq!(wrong, shown.then_some(true), "{code}: Wrong");
        assert_eq!(right, shown.then(Vec::new), "{code}: Right");
    }
}
