//! One run of the Zoom task without a network: resolve, validate, decide. The plan is built once, as in a service.

use criterion::{Criterion, criterion_group, criterion_main};
use legwork::catalogue::Catalogue;
use legwork::decide::{Command, Event, Family, Library, Moment, Start, TaskResult};
use legwork::definition::Document;
use legwork::plan::{Options, Plan, build};
use legwork::resolve::TaskStatus;
use legwork::secret::{Secret, SecretStore};
use legwork::source::SourceFile;
use serde_json::{Map, Value, json};
use std::fmt::Write;
use std::hint::black_box;
use std::sync::Arc;

struct NoSecrets;

impl SecretStore for NoSecrets {
    fn secret(&self, _: &str) -> Option<Secret> {
        None
    }
}

/// The definition with `padding` further tasks that the run never reaches: a run must not pay for them.
fn plan(padding: usize) -> Arc<Plan> {
    let mut text = include_str!("../examples/zoom-create-user.yaml").to_owned();
    if padding > 0 {
        let stop =
            "{name: stop, taskReferenceName: stop, type: TERMINATE, inputParameters: {terminationStatus: COMPLETED}}";
        let mut tail = format!("  - {stop}\n");
        for index in 0..padding {
            let _ = writeln!(tail, "  - {{name: pad, taskReferenceName: pad{index}, type: NOOP}}");
        }
        let at = text.find("outputParameters").unwrap_or(text.len());
        text.insert_str(at, &tail);
    }
    let document = Arc::new(Document::parse(SourceFile::new("zoom.yaml", text)));
    let planned = build(&document, &Catalogue::builtin(), Options::default());
    planned.plan.expect("the example is right")
}

fn input() -> Map<String, Value> {
    let input = json!({"action": "custCreate", "email": "ada@isv.example.com", "type": 2, "first_name": "Ada", "last_name": "Lovelace"});
    input.as_object().cloned().unwrap_or_default()
}

fn run(library: &Arc<Library>, plan: &Arc<Plan>, answer: &Value) -> Family {
    let (mut new_id, mut chance) = (|| String::from("id"), || 0.5);
    let mut moment = Moment { now_ms: 0, new_id: &mut new_id, chance: &mut chance, secrets: &NoSecrets };
    let start = Start::with_input(input());
    let (mut family, commands) = Family::start(library, plan, start, &mut moment).expect("the start is accepted");
    for command in commands {
        let Command::Call(call) = command else { continue };
        black_box(&call.request);
        let result = TaskResult::new(TaskStatus::Completed, answer.clone());
        family.step(Event::Answered { task: call.task, result }, &mut moment);
    }
    family
}

fn benches(criterion: &mut Criterion) {
    let answer =
        json!({"response": {"statusCode": 201, "body": {"id": "u_1", "email": "ada@isv.example.com", "type": 2}}});
    let library = Arc::new(Library::default());
    for padding in [0, 1000] {
        let plan = plan(padding);
        let name = format!("resolve, validate, decide: Zoom create user, {padding} further tasks in the definition");
        assert!(run(&library, &plan, &answer).has_ended(), "the run ends");
        criterion.bench_function(&name, |bencher| bencher.iter(|| run(&library, black_box(&plan), black_box(&answer))));
    }
}

criterion_group!(hot_path, benches);
criterion_main!(hot_path);
