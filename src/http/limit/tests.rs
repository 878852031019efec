//! Calls that keep to limits together.

use super::*;
use crate::definition::Dialect;
use crate::host::database::Address;
use crate::host::database::scratch::Scratch;
use crate::http::transport::{Delivery, Response, Sending, TlsOptions, Trace, Transport, tls_settings};
use serde_json::json;
use std::sync::atomic::{AtomicU32, Ordering};

fn policy() -> Policy {
    Policy { label: "Light".into(), ..Policy::default() }
}

fn request(method: &str, token: &str) -> HttpRequest {
    let input = json!({"uri": "https://api.example.com/users", "method": method, "headers": {"Authorization": token}});
    HttpRequest::from_input(&input, None, Dialect::Legwork).expect("a request")
}

/// What becomes of one more call: its kind when it is withheld.
async fn check(limits: &Limits, policy: &Policy, lock: Option<&str>, expected: &str) {
    let got = limits.enter(policy, &request("GET", "a"), lock).await;
    assert_eq!(got.map_or_else(|withheld| withheld.kind, |_| "goes"), expected, "{policy:?}");
}

#[tokio::test]
async fn a_call_without_limits_goes() {
    check(&Limits::default(), &policy(), None, "goes").await;
}

#[tokio::test]
async fn no_two_calls_hold_one_lock() {
    let limits = Limits::default();
    let (policy, asks) = (policy(), request("POST", "a"));
    let first = limits.enter(&policy, &asks, Some("user a")).await.expect("it goes");
    check(&limits, &policy, Some("user a"), "busy").await;
    check(&limits, &policy, Some("user b"), "goes").await;
    drop(first);
    check(&limits, &policy, Some("user a"), "goes").await;
    assert!(kept(&limits.locks).is_empty(), "a lock that nobody holds is forgotten");
}

#[tokio::test]
async fn a_call_waits_for_its_lock_and_says_so() {
    let limits = Limits::default();
    let (policy, asks) = (Policy { patience: Duration::from_secs(10), ..policy() }, request("POST", "a"));
    let first = limits.enter(&policy, &asks, Some("user a")).await.expect("it goes");
    let (second, ()) = tokio::join!(limits.enter(&policy, &asks, Some("user a")), async {
        // Long enough to be told of.
        tokio::time::sleep(Duration::from_millis(5)).await;
        drop(first);
    });
    let notes = second.expect("it goes").notes.clone();
    assert!(notes.iter().any(|note| note.contains("for another call on `user a`")), "{notes:?}");
}

#[tokio::test]
async fn so_many_calls_are_under_way_at_once() {
    let limits = Limits::default();
    let (policy, asks) = (Policy { concurrency: Some(2), ..policy() }, request("GET", "a"));
    let first = limits.enter(&policy, &asks, None).await.expect("it goes");
    let _second = limits.enter(&policy, &asks, None).await.expect("it goes");
    check(&limits, &policy, None, "busy").await;
    drop(first);
    check(&limits, &policy, None, "goes").await;
}

#[tokio::test]
async fn a_rate_limit_is_one_account_s() {
    let limits = Limits::default();
    let quota = Quota { per_day: Some(1), ..Quota::default() };
    let policy = Policy { quota, ..policy() };
    check(&limits, &policy, None, "goes").await;
    check(&limits, &policy, None, "rate_limit").await;
    assert!(limits.enter(&policy, &request("GET", "b"), None).await.is_ok(), "another account has its own");
}

#[tokio::test]
async fn what_answers_tell_holds_all_calls_of_the_label_back() {
    let limits = Limits::default();
    let policy = Policy { learn: true, ..policy() };
    let mut headers = Headers::default();
    headers.add("Retry-After", "3600");
    limits.learn(&policy, &Account::of(&request("GET", "a")), 429, &headers);
    check(&limits, &policy, None, "rate_limit").await;
    check(&limits, &Policy { label: "Heavy".into(), ..policy.clone() }, None, "goes").await;
    assert!(limits.enter(&policy, &request("GET", "b"), None).await.is_ok(), "another account is not meant");
}

#[tokio::test]
async fn a_host_that_fails_is_left_alone() {
    let limits = Limits::default();
    let policy = Policy { breaker: Some(BreakerPolicy { failures: 2, open_ms: 3_600_000 }), ..policy() };
    for _ in 0..2 {
        limits.enter(&policy, &request("GET", "a"), None).await.expect("it goes").settle(Became::Failed);
    }
    check(&limits, &policy, None, "breaker_open").await;
}

#[tokio::test]
async fn a_budget_that_is_used_up_says_so() {
    let limits = Limits::default();
    let policy = Policy { budget: Some(BudgetPolicy { tokens: 4.0, per_success: 1.0 }), ..policy() };
    let mut said = Vec::new();
    for became in [Became::Failed, Became::Refused, Became::Good, Became::Throttled, Became::Failed] {
        let mut permit = limits.enter(&policy, &request("GET", "a"), None).await.expect("it goes");
        said.push(permit.settle(became).is_some());
    }
    assert_eq!(said, [false, false, false, false, true]);
}

/// Never answers its first request, and answers each later one.
#[derive(Default)]
struct SlowFirst(AtomicU32);

impl Transport for SlowFirst {
    fn send<'a>(&'a self, _: &'a HttpRequest, _: Option<Instant>) -> Sending<'a> {
        let number = self.0.fetch_add(1, Ordering::Relaxed);
        Box::pin(async move {
            if number == 0 {
                std::future::pending::<()>().await;
            }
            Delivery { result: Ok(Response { status: 200, ..Response::default() }), trace: Trace::default() }
        })
    }
}

#[tokio::test]
async fn a_safe_request_is_sent_a_second_time_and_no_other() {
    let limits = Limits::default();
    let policy = Policy { hedge: Some(Duration::from_millis(1)), ..policy() };
    for (method, sent, patience) in [("GET", 2, Duration::from_secs(30)), ("POST", 1, Duration::from_millis(50))] {
        let permit = limits.enter(&policy, &request(method, "a"), None).await.expect("it goes");
        let slow = SlowFirst::default();
        let watched = Watched::new(&slow, &permit);
        let asks = request(method, "a");
        let answer = tokio::time::timeout(patience, watched.send(&asks, None)).await;
        assert_eq!((answer.is_ok(), slow.0.load(Ordering::Relaxed)), (sent == 2, sent), "{method}");
        assert_eq!(watched.note().is_some(), sent == 2, "{method}");
    }
}

/// Limits of another process, as far as they can tell.
fn sharing(scratch: &Scratch, realm: &str) -> Limits {
    let address = Address::of(&scratch.url()).expect("a URL");
    let database = Database::open(&address, None, || tls_settings(TlsOptions::default())).expect("a database");
    let limits = Limits::default();
    limits.share(database, realm);
    limits
}

#[tokio::test]
async fn two_processes_keep_one_rate_together() {
    let Some(scratch) = Scratch::new() else { return };
    let (here, there) = (sharing(&scratch, ""), sharing(&scratch, ""));
    let quota = Quota { per_second: Some(5), ..Quota::default() };
    let policy = Policy { quota, patience: Duration::from_mins(1), ..policy() };
    let (asks, start) = (request("GET", "a"), Instant::now());
    // Five at once, five a second later, and two more: neither would need more than a second alone.
    let each = async |limits: &Limits| {
        for _ in 0..6 {
            limits.enter(&policy, &asks, None).await.expect("it goes");
        }
    };
    tokio::join!(each(&here), each(&there));
    // The clock counts whole milliseconds.
    assert!(start.elapsed() >= Duration::from_millis(1998), "{:?}", start.elapsed());
    let hasty =
        Policy { patience: Duration::ZERO, quota: Quota { per_day: Some(1), ..Quota::default() }, ..policy.clone() };
    let daily = Policy { label: "Daily".into(), ..hasty };
    check(&here, &daily, None, "goes").await;
    check(&there, &daily, None, "rate_limit").await;
    check(&sharing(&scratch, "sandbox "), &daily, None, "goes").await;
    assert!(there.enter(&daily, &request("GET", "b"), None).await.is_ok(), "another account has its own");
}

#[tokio::test]
async fn what_an_answer_tells_one_process_holds_the_other_back() {
    let Some(scratch) = Scratch::new() else { return };
    let (here, there) = (sharing(&scratch, ""), sharing(&scratch, ""));
    let policy = Policy { learn: true, ..policy() };
    check(&there, &policy, None, "goes").await;
    let mut headers = Headers::default();
    headers.add("Retry-After", "3600");
    here.learn(&policy, &Account::of(&request("GET", "a")), 429, &headers);
    let start = Instant::now();
    while there.enter(&policy, &request("GET", "a"), None).await.is_ok() {
        assert!(start.elapsed() < Duration::from_mins(1), "it is never told");
    }
    check(&there, &policy, None, "rate_limit").await;
}

#[tokio::test]
async fn nothing_goes_while_nobody_can_tell_what_others_do() {
    let Some(scratch) = Scratch::new() else { return };
    let limits = sharing(&scratch, "");
    let quota = Quota { per_second: Some(5), ..Quota::default() };
    let policy = Policy { quota, ..policy() };
    check(&limits, &policy, None, "goes").await;
    scratch.sql("DROP TABLE legwork_rate");
    let withheld = limits.enter(&policy, &request("GET", "a"), None).await.expect_err("it is withheld");
    assert!(
        withheld.why.starts_with("the rate limit Light of api.example.com is shared, and the database"),
        "{withheld:?}"
    );
}
