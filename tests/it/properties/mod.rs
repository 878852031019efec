//! The step function under random workflows and random orders of events, on virtual time.

mod drive;
mod flow;

use drive::{Driver, Order};
use flow::{Flow, flow};
use legwork::resolve::WorkflowStatus;
use proptest::prelude::*;
use serde_json::json;

fn orders() -> impl Strategy<Value = Order> {
    proptest::collection::vec(any::<u16>(), 1..32).prop_map(Order::new)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_task_runs_as_often_as_it_should_and_the_workflow_ends(flow in flow(), order in orders()) {
        let run = Driver::run(&flow.definition(), order);
        prop_assert!(run.family.has_ended(), "it stands still:\n{}", run.trail());
        prop_assert_eq!(run.attempts(), flow.attempts(), "{}", run.trail());
        let status = if flow.is_forgiven() { WorkflowStatus::Failed } else { WorkflowStatus::Completed };
        prop_assert_eq!(run.family.root().scope().workflow.status, status, "{}", run.trail());
    }

    #[test]
    fn the_order_of_independent_events_changes_nothing(flow in flow(), one in orders(), other in orders()) {
        let definition = flow.definition();
        let (one, other) = (Driver::run(&definition, one), Driver::run(&definition, other));
        prop_assert_eq!(one.result(), other.result());
    }

    #[test]
    fn the_same_events_give_the_same_executions(flow in flow(), order in orders()) {
        let definition = flow.definition();
        prop_assert_eq!(Driver::run(&definition, order.clone()).report(), Driver::run(&definition, order).report());
    }

    #[test]
    fn whatever_fails_and_whoever_interferes_nothing_is_left_open(flow in flow(), order in orders(), when in 0_usize..40) {
        let run = Driver::disturbed(&flow.definition(), order, when);
        prop_assert!(run.family.has_ended(), "it stands still:\n{}", run.trail());
        prop_assert_eq!(run.open_tasks(), Vec::<String>::new(), "{}", run.trail());
    }
}

#[test]
fn three_days_of_retries_pass_in_no_time() {
    let flow = Flow::hopeless_call(&json!({"name": "call", "retryCount": 72, "retryDelaySeconds": 3600}));
    let run = Driver::run(&flow, Order::new(vec![0]));
    let execution = run.family.root();
    assert_eq!(execution.scope().workflow.status, WorkflowStatus::Failed, "{}", run.trail());
    assert_eq!(execution.scope().tasks().len(), 73);
    assert_eq!(execution.ended_ms(), Some(execution.started_ms() + 72 * 3_600_000));
}
