//! Many calls at once: they take turns, and none is lost.

use super::{Ending, Run, Runner};
use crate::catalogue::Catalogue;
use crate::decide::Start;
use crate::definition::Document;
use crate::host::HostSecrets;
use crate::http::{Delivery, HttpRequest, Response, Sending, Trace, Transport};
use crate::plan::{self, Options};
use crate::secret::Redactor;
use crate::source::SourceFile;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

/// Answers after others have had their chance to begin, and counts.
#[derive(Default)]
struct Counting {
    now: AtomicUsize,
    most: AtomicUsize,
    sent: AtomicUsize,
}

impl Transport for Counting {
    fn send<'a>(&'a self, request: &'a HttpRequest, _: Option<Instant>) -> Sending<'a> {
        Box::pin(async move {
            self.sent.fetch_add(1, Ordering::SeqCst);
            let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
            self.most.fetch_max(now, Ordering::SeqCst);
            for _ in 0..3 {
                tokio::task::yield_now().await;
            }
            self.now.fetch_sub(1, Ordering::SeqCst);
            let status = if request.target().path() == "/fails" { 400 } else { 200 };
            let response = Response { status, ..Response::default() };
            Delivery { result: Ok(response), trace: Trace { written: true, ..Trace::default() } }
        })
    }
}

/// A fork of a thousand calls, the first one to the path.
async fn run(first: &str) -> (Run, Arc<Counting>) {
    let names: Vec<_> = (0..1_000).map(|index| format!("t{index}")).collect();
    let branches = names.iter().enumerate().map(|(index, name)| {
        let path = if index == 0 { first } else { "works" };
        let input = json!({"uri": format!("http://api.example.com/{path}"), "method": "GET"});
        json!([{"name": name, "taskReferenceName": name, "type": "HTTP", "inputParameters": input}])
    });
    let definition = json!({"name": "w", "version": 1, "schemaVersion": 2, "tasks": [
        {"name": "fork", "taskReferenceName": "fork", "type": "FORK_JOIN", "forkTasks": branches.collect::<Vec<_>>()},
        {"name": "join", "taskReferenceName": "join", "type": "JOIN", "joinOn": names},
    ]});
    let document = Document::parse(SourceFile::new("w.json", definition.to_string()));
    let planned = plan::build(&document.into(), &Catalogue::builtin(), Options::default());
    let transport = Arc::new(Counting::default());
    let runner = Runner::new(transport.clone(), Arc::new(HostSecrets::default()), Redactor::default());
    let plan = planned.plan.expect("a plan");
    (runner.run(&plan, Start::default()).await.expect("a run"), transport)
}

#[tokio::test]
async fn a_thousand_calls_take_turns_and_all_are_made() {
    let (run, transport) = run("works").await;
    assert_eq!(run.ending(), Ending::Completed);
    assert_eq!((transport.sent.load(Ordering::SeqCst), run.calls.len()), (1_000, 1_000));
    // One is polled beside the 256 of the set.
    assert!((2..=257).contains(&transport.most.load(Ordering::SeqCst)), "{:?}", transport.most);
}

#[tokio::test]
async fn calls_that_wait_when_the_workflow_ends_are_never_made() {
    let (run, transport) = run("fails").await;
    assert_eq!(run.ending(), Ending::Failed);
    let sent = transport.sent.load(Ordering::SeqCst);
    assert!((1..=514).contains(&sent), "{sent}");
    assert!(run.calls.len() <= sent, "a call is told of that was never made: {} of {sent}", run.calls.len());
}
