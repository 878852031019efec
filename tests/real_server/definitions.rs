//! Every definition of `tests/conductor` ends there as here.

use super::case::Case;
use super::compare::differences;
use super::mock::Mock;
use super::ours;
use super::outside::Outside;
use super::server::Server;
use futures_util::{StreamExt, stream};
use serde_json::Value;
use std::time::{Duration, Instant};

/// How long a server may take for a workflow that it does not find finished at once: it looks again every half minute.
const PATIENCE: Duration = Duration::from_mins(1);
/// How long an execution must stay as it is to be taken as one in which nothing happens any more.
const REST: Duration = Duration::from_secs(2);
/// How long after one look at an execution the next one follows.
const BETWEEN_LOOKS: Duration = Duration::from_millis(100);

#[expect(clippy::print_stdout, reason = "what differs, for who looks at it")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_definition_ends_as_on_the_server() {
    let (server, mock) = (Server::running(), Mock::default());
    let api = mock.listen().await;
    let only = std::env::var("LEGWORK_CASE").unwrap_or_default();
    let cases = Case::all().into_iter().filter(|case| case.name.contains(&only));
    let compared = cases.map(|case| compare(case, &server, &mock, &api));
    let findings: Vec<(String, Vec<String>)> = stream::iter(compared).buffered(4).collect().await;
    let failed: Vec<_> = findings.iter().filter(|(_, found)| !found.is_empty()).collect();
    for (name, found) in &failed {
        println!("{name}:\n  {}", found.join("\n  "));
    }
    println!("{} definitions, {} end otherwise", findings.len(), failed.len());
    assert!(failed.is_empty() && !findings.is_empty());
}

/// Runs a case on both sides; gives what differs.
pub(crate) async fn compare(case: Case, server: &Server, mock: &Mock, api: &str) -> (String, Vec<String>) {
    let [there, here] = ["there", "here"].map(|side| format!("{}-{side}", case.name));
    let [their_api, our_api] = [&there, &here].map(|side| format!("{api}/{side}"));
    let own = ours::execution(case.at_api(&our_api)).await;
    let mut found = on_server(&case.at_api(&their_api), server, |execution| {
        differences((execution, &their_api), (&own, &our_api), &case.loose)
    })
    .await;
    if found.is_empty() && case.loose.is_empty() {
        found.extend(other_requests(mock, &there, &here).await);
    }
    (case.name, found)
}

/// The requests, when they differ. What a failure starts may still be sending its own.
async fn other_requests(mock: &Mock, there: &str, here: &str) -> Option<String> {
    let (began, mut looks) = (Instant::now(), tokio::time::interval(BETWEEN_LOOKS));
    while mock.requests(there) != mock.requests(here) {
        if began.elapsed() > 5 * REST {
            return Some(format!("requests: {:#?} there, {:#?} here", mock.requests(there), mock.requests(here)));
        }
        looks.tick().await;
    }
    None
}

/// Runs a case on the server until it does not differ and nothing happens any more, or it has had its time.
pub(crate) async fn on_server(case: &Case, server: &Server, differ: impl Fn(&Value) -> Vec<String>) -> Vec<String> {
    server.define(case.definitions()).await;
    if !case.task_definitions.is_empty() {
        server.define_tasks(&case.task_definitions).await;
    }
    let id = server.start(&case.workflow, &case.input).await;
    let (began, mut outside) = (Instant::now(), Outside::new(case));
    let (mut last, mut since) = (Value::Null, Instant::now());
    let mut looks = tokio::time::interval(BETWEEN_LOOKS);
    loop {
        looks.tick().await;
        let execution = server.execution(&id).await;
        let is_acting = outside.act(server, &execution).await;
        if execution != last {
            (last, since) = (execution, Instant::now());
        }
        let found = differ(&last);
        let has_ended = !matches!(last["status"].as_str(), Some("RUNNING" | "PAUSED"));
        let rests = !is_acting && since.elapsed() > REST;
        if (found.is_empty() && !is_acting && has_ended)
            || (rests && (has_ended || found.is_empty()))
            || began.elapsed() > PATIENCE
        {
            return found;
        }
    }
}
