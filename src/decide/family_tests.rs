//! Families driven on passed-in time, with events in any order: no deadlock, no lost task, the same result.

use super::{Command, Event, Family, Library, Moment, ScriptKind, Start, TaskAddress, TaskResult};
use crate::catalogue::Catalogue;
use crate::definition::{Dialect, Document};
use crate::plan::{Options, Plan, build};
use crate::resolve::TaskStatus;
use crate::secret::{Secret, SecretStore};
use crate::source::SourceFile;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::sync::Arc;

struct NoSecrets;

impl SecretStore for NoSecrets {
    fn secret(&self, _: &str) -> Option<Secret> {
        None
    }
}

fn plan(def: &Value, dialect: Dialect) -> Arc<Plan> {
    let document = Arc::new(Document::parse(SourceFile::new("t.json", def.to_string())));
    let planned = build(&document, &Catalogue::builtin(), Options { dialect, ..Options::default() });
    planned.plan.unwrap_or_else(|| panic!("refused: {:?}", planned.diagnostics))
}

fn definition(tasks: &[Value]) -> Value {
    json!({"name": "t", "version": 1, "schemaVersion": 2, "tasks": tasks, "outputParameters": {"done": true}})
}

/// Answers that are under way; `pick` chooses the next one. Every call completes, every condition holds for two rounds.
struct Driver<F> {
    pick: F,
    now_ms: i64,
    ids: u32,
    steps: usize,
}

impl<F: FnMut(usize) -> usize> Driver<F> {
    fn new(pick: F) -> Self {
        Self { pick, now_ms: 1_000, ids: 0, steps: 0 }
    }

    fn moment<T>(&mut self, step: impl FnOnce(&mut Moment<'_>) -> T) -> T {
        let ids = &mut self.ids;
        let mut new_id = || {
            *ids += 1;
            format!("id{ids}")
        };
        let now_ms = self.now_ms;
        step(&mut Moment { now_ms, new_id: &mut new_id, chance: &mut || 0.5, secrets: &NoSecrets })
    }

    fn drive(&mut self, library: &Arc<Library>, plan: &Arc<Plan>) -> Family {
        let started = self.moment(|moment| Family::start(library, plan, Start::default(), moment));
        let (mut family, commands) = started.expect("the start is accepted");
        let mut waiting: Vec<Event> = commands.into_iter().map(answer).collect();
        loop {
            let event = match waiting.len() {
                0 => match family.next_wake_ms() {
                    Some(due) => {
                        self.now_ms = self.now_ms.max(due);
                        Event::Tick
                    }
                    None => return family,
                },
                many => waiting.swap_remove((self.pick)(many) % many),
            };
            self.steps += 1;
            assert!(self.steps < 100_000, "it goes on for ever");
            let commands = self.moment(|moment| family.step(event, moment));
            waiting.extend(commands.into_iter().map(answer));
        }
    }
}

fn answer(command: Command) -> Event {
    match command {
        Command::Call(call) => answered(call.task),
        Command::Offer { task, .. } => answered(task),
        Command::Evaluate(script) => {
            let iteration = script.input.pointer("/loop/iteration").and_then(Value::as_i64).unwrap_or(9);
            let result = match script.kind {
                ScriptKind::Jq => json!([1]),
                _ => json!(iteration < 3),
            };
            Event::Evaluated { task: script.task, result: Ok(result) }
        }
    }
}

fn answered(task: TaskAddress) -> Event {
    Event::Answered { task, result: TaskResult::new(TaskStatus::Completed, json!({"ok": true})) }
}

/// The names and statuses of all task objects, sorted: what does not depend on the order of independent events.
fn result(family: &Family) -> Vec<String> {
    let mut lines: Vec<_> = family
        .executions()
        .flat_map(|(_, execution)| execution.tasks().map(move |(_, state)| (execution, state)))
        .map(|(execution, state)| {
            let workflow = execution.scope().workflow.status.as_str();
            format!("{workflow} {} {} {}", state.reference_name, state.status.as_str(), state.output)
        })
        .map(|line| without_numbers(&line))
        .collect();
    lines.sort();
    lines
}

/// Numbers tell the order in which names and ids were given, whatever their length.
fn without_numbers(line: &str) -> String {
    let mut text = line.replace(|ch: char| ch.is_ascii_digit(), "#");
    while text.contains("##") {
        text = text.replace("##", "#");
    }
    text
}

/// A random list of tasks; names are numbered later, so that no two are equal.
fn tasks(depth: u32) -> BoxedStrategy<Vec<Value>> {
    let leaf = prop_oneof![
        Just(json!({"type": "NOOP"})),
        Just(json!({"type": "SIMPLE"})),
        Just(json!({"type": "INLINE", "inputParameters": {"expression": "1"}})),
        Just(json!({"type": "SET_VARIABLE", "inputParameters": {"a": 1}})),
        Just(json!({"type": "WAIT", "inputParameters": {"duration": "2 days"}})),
        Just(json!({"type": "HTTP", "inputParameters": {"uri": "http://h/", "method": "GET"}})),
    ];
    if depth == 0 {
        return prop::collection::vec(leaf, 1..3).boxed();
    }
    let inner = || tasks(depth - 1);
    let operator = prop_oneof![
        inner().prop_map(|body| json!({"type": "SWITCH", "evaluatorType": "value-param", "expression": "v",
            "inputParameters": {"v": "a"}, "decisionCases": {"a": body}})),
        inner().prop_map(|body| json!({"type": "DO_WHILE", "loopCondition": "true", "loopOver": body})),
        prop::collection::vec(inner(), 1..4).prop_map(|branches| json!({"type": "FORK_JOIN", "forkTasks": branches})),
        inner().prop_map(|body| json!({"type": "SUB_WORKFLOW", "subWorkflowParam": {"name": "c", "workflowDefinition":
            {"name": "c", "version": 1, "outputParameters": {"done": true}, "tasks": body}}})),
    ];
    prop::collection::vec(prop_oneof![2 => leaf, 3 => operator], 1..4).boxed()
}

/// Names every task, turns a loop's condition to its own name, and puts a JOIN behind every fork.
fn named(list: &[Value], count: &mut usize) -> Vec<Value> {
    let mut named_list = Vec::new();
    for task in list {
        *count += 1;
        let mut task = task.clone();
        let name = format!("t{count}");
        (task["name"], task["taskReferenceName"]) = (json!(name), json!(name));
        if task["type"] == "DO_WHILE" {
            task["loopCondition"] = json!("true");
            task["items"] = json!([1, 2]);
        }
        for pointer in ["/decisionCases/a", "/loopOver", "/subWorkflowParam/workflowDefinition/tasks"] {
            if let Some(Value::Array(body)) = task.pointer_mut(pointer) {
                *body = named(body, count);
            }
        }
        let mut ends = Vec::new();
        for branch in task.get_mut("forkTasks").and_then(Value::as_array_mut).into_iter().flatten() {
            if let Value::Array(body) = branch {
                *body = named(body, count);
                ends.extend(body.last().map(|task| task["taskReferenceName"].clone()));
            }
        }
        named_list.push(task);
        if !ends.is_empty() {
            *count += 1;
            let name = format!("t{count}");
            named_list.push(json!({"name": name, "taskReferenceName": name, "type": "JOIN", "joinOn": ends}));
        }
    }
    named_list
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_plan_ends_and_the_order_of_answers_does_not_matter(list in tasks(3), picks in prop::collection::vec(any::<usize>(), 1..40)) {
        let def = definition(&named(&list, &mut 0));
        let library = Arc::new(Library::default());
        let plan = plan(&def, Dialect::Legwork);
        let first = Driver::new(|_| 0).drive(&library, &plan);
        prop_assert!(first.has_ended(), "{def}: {:?}", result(&first));
        prop_assert_eq!(first.root().scope().workflow.status.as_str(), "COMPLETED", "{}", def);
        let mut at = 0;
        let other = Driver::new(|many| {
            at += 1;
            picks[at % picks.len()] % many
        })
        .drive(&library, &plan);
        prop_assert_eq!(result(&first), result(&other), "{}", def);
    }
}

#[test]
fn a_round_ends_after_a_branch_that_no_join_waits_for() {
    let noop = json!({"type": "NOOP"});
    let switch = json!({"type": "SWITCH", "evaluatorType": "value-param", "expression": "v", "inputParameters": {"v": "a"},
        "decisionCases": {"a": [noop, noop]}});
    let fork = json!({"type": "FORK_JOIN", "forkTasks": [[{"type": "SIMPLE"}], [{"type": "SIMPLE"}, switch]]});
    let repeated = json!({"type": "DO_WHILE", "loopCondition": "true", "loopOver": [fork]});
    let plan = plan(&definition(&named(&[repeated], &mut 0)), Dialect::Legwork);
    let results = [|_| 0, |many| many - 1].map(|pick: fn(usize) -> usize| {
        let family = Driver::new(pick).drive(&Arc::default(), &plan);
        assert!(family.has_ended());
        result(&family)
    });
    assert_eq!(results[0], results[1]);
    let inside = results[0].iter().find(|line| line.contains("loopIndex")).expect("the loop");
    assert_eq!(inside.matches("\"t#\":").count(), 7, "fork, two tasks, SWITCH, its two, and JOIN: {inside}");
}

/// How many steps a workflow takes for each of its tasks.
#[track_caller]
fn check_tasks(def: &[Value], expected: usize) {
    let plan = plan(&definition(def), Dialect::Conductor);
    let family = Driver::new(|_| 0).drive(&Arc::default(), &plan);
    assert!(family.has_ended());
    assert_eq!(family.root().scope().tasks().len(), expected);
}

#[test]
fn a_wide_fork_and_a_long_loop_need_no_deep_stack() {
    let branch = |at: usize| json!([{"name": "b", "taskReferenceName": format!("b{at}"), "type": "NOOP"}]);
    let names: Vec<_> = (0..2_000).map(|at| format!("b{at}")).collect();
    let fork = json!({"name": "f", "taskReferenceName": "f", "type": "FORK_JOIN", "forkTasks": (0..2_000).map(branch).collect::<Vec<_>>()});
    check_tasks(&[fork, json!({"name": "j", "taskReferenceName": "j", "type": "JOIN", "joinOn": names})], 2_002);
    let body = json!([{"name": "n", "taskReferenceName": "n", "type": "NOOP"}]);
    let items: Vec<_> = (0..2_000).collect();
    let repeated = json!({"name": "w", "taskReferenceName": "w", "type": "DO_WHILE", "loopCondition": "true", "items": items, "loopOver": body});
    // The condition is never true for as long as that: it is asked only while there are more items, and says no at once.
    check_tasks(&[repeated], 2);
}

#[test]
fn a_workflow_that_starts_itself_is_stopped() {
    let this = json!({"name": "t", "version": 1, "schemaVersion": 2, "tasks": [
        {"name": "s", "taskReferenceName": "s", "type": "SUB_WORKFLOW", "subWorkflowParam": {"name": "t"}}]});
    let plan = plan(&this, Dialect::Legwork);
    let mut library = Library::default();
    library.add(Arc::clone(&plan));
    let family = Driver::new(|_| 0).drive(&Arc::new(library), &plan);
    assert!(family.has_ended());
    assert_eq!(family.root().scope().workflow.status.as_str(), "FAILED");
    assert_eq!(family.executions().count(), 201);
}
