//! A run written down in memory, and taken up again from every point of it.

use super::{Decision, Recorder, Run, Runner, Sink};
use crate::catalogue::Catalogue;
use crate::decide::Start;
use crate::definition::Document;
use crate::host::HostSecrets;
use crate::host::journal::{JournalError, NewRecord, OldRecord};
use crate::plan::{self, Options, Plan};
use crate::sandbox::Sandbox;
use crate::secret::{Named, Redactor, Secret};
use crate::serve::SandboxTransport;
use crate::source::SourceFile;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

/// What was written, batch by batch.
#[derive(Clone, Default)]
struct Memory(Arc<Mutex<Vec<Vec<NewRecord>>>>);

impl Memory {
    fn sink(&self) -> Sink {
        let batches = Arc::clone(&self.0);
        Box::new(move |batch| {
            batches.lock().expect("no panic while it is held").push(batch.to_vec());
            Ok(())
        })
    }

    fn batches(&self) -> Vec<Vec<NewRecord>> {
        self.0.lock().expect("no panic while it is held").clone()
    }

    /// The records of the first batches, as they would be read again.
    fn records(&self, batches: usize) -> Vec<OldRecord> {
        let written = self.batches().into_iter().take(batches).flatten();
        let read = (1..).zip(written).map(|(number, record)| {
            let NewRecord { time_ms, kind, content } = record;
            OldRecord { number, time_ms, kind: kind.to_owned(), content }
        });
        read.collect()
    }
}

fn plan(tasks: &str) -> Arc<Plan> {
    let text = format!("name: w\nversion: 1\nschemaVersion: 2\ntasks:\n{tasks}\n");
    let document = Arc::new(Document::parse(SourceFile::new("w.yaml", text)));
    let planned = plan::build(&document, &Catalogue::builtin(), Options::default());
    planned.plan.unwrap_or_else(|| panic!("{:#?}", planned.diagnostics))
}

fn runner() -> Runner {
    let secrets = Arc::new(HostSecrets::default().with_stand_in(Secret::new(Sandbox::token())));
    let transport = Arc::new(SandboxTransport::new(Sandbox::new(&Catalogue::builtin(), 1)));
    Runner::new(transport, secrets, Redactor::default())
}

async fn recorded(runner: &Runner, plan: &Arc<Plan>, sink: Sink) -> Result<Run, JournalError> {
    let recorder = Recorder::new(sink, Named::default(), Redactor::default());
    let run = runner.run_recorded(plan, Start::default(), &Value::Null, recorder).await;
    run.map_err(|err| match err {
        super::RecordedError::Journal(err) => err,
        super::RecordedError::Refused(refused) => panic!("{refused}"),
    })
}

fn state(run: &Run) -> Value {
    let scope = run.execution().scope();
    let tasks = scope.tasks().iter().map(|task| {
        json!([
            *task.reference_name,
            task.task_id,
            task.status,
            *task.input,
            task.output["response"]["statusCode"],
            task.retry_count
        ])
    });
    json!({"status": scope.workflow.status.as_str(), "id": scope.workflow.workflow_id, "output": scope.workflow.output, "tasks": tasks.collect::<Vec<_>>()})
}

/// Runs the tasks, then goes on from each batch: what was known is the same, and all of it comes to its end.
async fn check(tasks: &str, batches: usize) {
    let (plan, memory) = (plan(tasks), Memory::default());
    let whole = state(&recorded(&runner(), &plan, memory.sink()).await.expect("written"));
    assert_eq!(memory.batches().len(), batches);
    for kept in 1..=batches {
        let runner = runner();
        let records = memory.records(kept);
        let replay = || runner.replay(&plan, &records, Memory::default().sink(), Named::default()).expect("replayed");
        let known = state(&replay().into_run());
        let ended = kept - 1;
        assert_eq!(
            known["tasks"].as_array().map(|tasks| tasks.get(..ended)),
            whole["tasks"].as_array().map(|tasks| tasks.get(..ended))
        );
        assert_eq!(known["id"], whole["id"]);
        let mut resumed = replay();
        let unknown: Vec<_> = resumed.unknown().iter().map(|unknown| unknown.task).collect();
        for task in unknown {
            // The sandbox of this process has not seen it.
            resumed.decide(task, Decision::Resend);
        }
        let run = runner.resume(resumed).await.expect("written");
        assert_eq!(state(&run)["tasks"].as_array().map(Vec::len), whole["tasks"].as_array().map(Vec::len), "{kept}");
        assert!(run.execution().has_ended(), "{kept}");
    }
    let resumed = runner().replay(&plan, &memory.records(batches), Memory::default().sink(), Named::default());
    assert_eq!(state(&resumed.expect("replayed").into_run()), whole);
}

const CREATE: &str = "  - {name: zoom_users_create, taskReferenceName: create, type: SIMPLE, inputParameters: {action: create, email: a@example.com, type: 1}}";
const GET: &str = "  - {name: zoom_users_get, taskReferenceName: get, type: SIMPLE, optional: true, inputParameters: {user_id: a@example.com}}";
const AGAIN: &str = "  - {name: zoom_users_list, taskReferenceName: list, type: SIMPLE, optional: true, inputParameters: {status: active}}";

#[tokio::test]
async fn a_sequence_is_one_batch_a_task_and_one_for_the_start() {
    check(CREATE, 2).await;
    check(&[CREATE, GET, AGAIN].join("\n"), 4).await;
}

#[tokio::test]
async fn a_sink_that_fails_stops_the_run_before_anything_else_is_sent() {
    let mut left = 2;
    let sink: Sink = Box::new(move |_| {
        left -= 1;
        let full = || JournalError::Full { path: "w.journal".into(), said: "full".to_owned() };
        if left == 0 { Err(full()) } else { Ok(()) }
    });
    let failed = recorded(&runner(), &plan(&[GET, CREATE].join("\n")), sink).await;
    assert!(matches!(failed, Err(JournalError::Full { .. })), "{failed:?}");
}

#[tokio::test]
async fn records_that_end_before_the_start_are_no_run() {
    let plan = plan(CREATE);
    let nothing = runner().replay(&plan, &[], Memory::default().sink(), Named::default()).map(|_| ());
    assert!(matches!(nothing, Err(super::ReplayError::NoStart)), "{nothing:?}");
}

#[tokio::test]
async fn a_call_in_doubt_waits_for_a_decision() {
    let (plan, memory) = (plan(CREATE), Memory::default());
    recorded(&runner(), &plan, memory.sink()).await.expect("written");
    let records = memory.records(1);
    let resumed = runner().replay(&plan, &records, Memory::default().sink(), Named::default()).expect("replayed");
    assert_eq!((resumed.unknown().len(), resumed.open_tasks().len()), (1, 1));
    let run = resumed.into_run();
    assert_eq!((run.ending(), run.calls.len()), (super::Ending::Waiting, 0));
}
