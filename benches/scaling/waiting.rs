//! Ten thousand workflows that wait, in one process.

use super::{HEAP, approximate, build, runner};
use legwork::decide::Start;
use serde_json::json;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;

const COUNT: usize = 10_000;

/// Starts them, lets each make its call and come to its wait, and tells what they hold.
pub(crate) async fn measure() -> Result<(), Box<dyn Error>> {
    let call =
        json!({"uri": "http://api.example.com/users", "method": "PUT", "body": {"email": "${workflow.input.email}"}});
    let definition = json!({"name": "waiting", "version": 1, "schemaVersion": 2, "tasks": [
        {"name": "call", "taskReferenceName": "call", "type": "HTTP", "inputParameters": call},
        {"name": "wait", "taskReferenceName": "wait", "type": "WAIT", "inputParameters": {"duration": "1 hours"}},
    ]});
    let (plan, runner) = (build(&definition.to_string())?, Arc::new(runner()));
    let (heap, resident) = (HEAP.allocated(), resident_kb());
    let mut tasks = JoinSet::new();
    for index in 0..COUNT {
        let (plan, runner) = (Arc::clone(&plan), Arc::clone(&runner));
        let input = json!({"email": format!("user{index}@example.com"), "first_name": "Jill", "last_name": "Chill"});
        tasks.spawn(async move { runner.run(&plan, Start { input: input.into(), ..Start::default() }).await });
    }
    settle().await;
    assert_eq!(tasks.len(), COUNT);
    assert!(tasks.try_join_next().is_none(), "a workflow has ended, and should wait");
    let held = HEAP.allocated().saturating_sub(heap);
    println!(
        "{COUNT} waiting workflows hold {:.1} MB of heap, {:.0} bytes each; the process grew by {:.1} MB",
        approximate(held) / 1e6,
        approximate(held) / approximate(COUNT),
        approximate(resident_kb().saturating_sub(resident)) * 1024.0 / 1e6,
    );
    Ok(())
}

/// Waits until nothing is allocated any more: all of them have come to their wait.
async fn settle() {
    let mut before = 0;
    while std::mem::replace(&mut before, HEAP.allocated()) != HEAP.allocated() {
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}

/// The memory that the process has now, where the system tells.
fn resident_kb() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|number| number.parse().ok()).unwrap_or_default()
}
