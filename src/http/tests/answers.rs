//! Answers of every shape, and what they mean.

use super::server::{Server, Then};
use crate::definition::Dialect::{Conductor, Legwork};
use crate::http::{Call, CallResult, Client, ErrorRule, Exchange, HttpRequest, NotBefore, Resend, Rules, execute};
use crate::resolve::TaskStatus;
use crate::secret::{Redactor, Secret};
use serde_json::{Value, json};
use std::time::Duration;

async fn answer(head_and_body: &str, method: &str, then: Then) -> CallResult {
    let server = Server::always(&format!("HTTP/1.1 {head_and_body}"), then).await;
    server.call(method, json!({"readTimeOut": 2000}), Legwork).await
}

#[tokio::test]
async fn answers_without_body_have_none() {
    for (text, method) in [
        ("204 No Content\r\n\r\n", "POST"),
        ("200 OK\r\nContent-Length: 0\r\n\r\n", "POST"),
        ("200 OK\r\nContent-Length: 999\r\n\r\n", "HEAD"),
        ("200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n", "HEAD"),
    ] {
        let result = answer(text, method, Then::Keep).await;
        assert_eq!(result.status, TaskStatus::Completed, "{text}");
        assert_eq!(result.output["response"]["body"], Value::Null, "{text}");
    }
    let result = answer("304 Not Modified\r\nContent-Length: 5\r\nETag: \"x\"\r\n\r\n", "GET", Then::Keep).await;
    assert_eq!(result.status, TaskStatus::Failed);
    assert_eq!(result.output["response"]["headers"]["ETag"], json!(["\"x\""]));
}

#[tokio::test]
async fn bodies_of_every_framing_are_read() {
    let kind = "Content-Type: application/json\r\n";
    for (text, then) in [
        (format!("200 OK\r\n{kind}Content-Length: 7\r\n\r\n{{\"a\":1}}"), Then::Keep),
        (format!("200 OK\r\n{kind}Content-Length: 7, 7\r\n\r\n{{\"a\":1}}"), Then::Keep),
        (format!("200 OK\r\n{kind}\r\n{{\"a\":1}}"), Then::Close),
        (
            format!(
                "200 OK\r\n{kind}Transfer-Encoding: chunked\r\n\r\n3;x=y\r\n{{\"a\r\n4\r\n\":1}}\r\n0\r\nX: y\r\n\r\n"
            ),
            Then::Keep,
        ),
        (
            format!(
                "100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\n{kind}Content-Length: 7\r\n\r\n{{\"a\":1}}"
            ),
            Then::Keep,
        ),
    ] {
        let result = answer(&text, "GET", then).await;
        assert_eq!(result.output["response"]["body"], json!({"a": 1}), "{text}");
    }
}

#[tokio::test]
async fn a_failed_call_keeps_its_answer() {
    let body = "{\"code\":1005,\"message\":\"User already in the account.\"}";
    let text = format!(
        "409 Conflict\r\nContent-Type: application/json\r\nX-Id: 7\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let result = answer(&text, "POST", Then::Keep).await;
    let response = &result.output["response"];
    assert_eq!((&response["statusCode"], &response["reasonPhrase"]), (&json!(409), &json!("Conflict")));
    assert_eq!((&response["headers"]["X-Id"], &response["body"]["code"]), (&json!(["7"]), &json!(1005)));
    assert_eq!((&result.output["kind"], result.resend), (&json!("status"), Resend::Never));
    let reason = result.reason.unwrap_or_default();
    assert!(reason.ends_with("/x answered 409 Conflict: User already in the account. (code 1005)"), "{reason}");
}

#[tokio::test]
async fn what_may_be_sent_again_depends_on_status_and_method() {
    let seconds = Some(NotBefore::After(Duration::from_secs(7)));
    for (text, method, resend, not_before) in [
        ("429 Too Many\r\nRetry-After: 7\r\n", "POST", Resend::Safe, seconds),
        ("429 Too Many\r\n", "POST", Resend::Safe, None),
        ("503 Unavailable\r\nRetry-After: 7\r\n", "POST", Resend::Safe, seconds),
        ("503 Unavailable\r\n", "POST", Resend::Unsafe, None),
        ("500 Error\r\n", "POST", Resend::Unsafe, None),
        ("500 Error\r\n", "PUT", Resend::Safe, None),
        ("408 Timeout\r\n", "GET", Resend::Safe, None),
        ("501 Not Implemented\r\n", "GET", Resend::Never, None),
        ("400 Bad Request\r\nRetry-After: 7\r\n", "GET", Resend::Never, None),
        ("404 Not Found\r\n", "GET", Resend::Never, None),
    ] {
        let result = answer(&format!("{text}Content-Length: 0\r\n\r\n"), method, Then::Keep).await;
        assert_eq!((result.resend, result.not_before), (resend, not_before), "{method} {text}");
    }
}

async fn judged(head_and_body: &str, rules: &Rules) -> CallResult {
    let server = Server::always(&format!("HTTP/1.1 {head_and_body}"), Then::Keep).await;
    let input = json!({"uri": server.uri("/x"), "method": "POST"});
    let request = HttpRequest::from_input(&input, None, Legwork).expect("the request can be built");
    let (client, redactor) = (Client::default(), Redactor::default());
    execute(Call { request: &request, transport: &client, rules, redactor: &redactor, async_complete: true }).await
}

#[tokio::test]
async fn the_error_table_names_kind_and_sentence() {
    let rule = ErrorRule {
        status: Some(429),
        code: Some("3000".into()),
        message: Some("DAILY".into()),
        kind: Some("rate_limit_daily".into()),
        resend: Some(Resend::Never),
        sentence: Some("the daily limit is used up; it starts anew at 00:00 GMT".into()),
        ..ErrorRule::default()
    };
    let rules = Rules { errors: vec![rule], ..Rules::default() };
    let body = "{\"code\":3000,\"message\":\"Daily limit reached\"}";
    let text = format!("429 Too Many\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    let result = judged(&text, &rules).await;
    assert_eq!((&result.output["kind"], result.resend), (&json!("rate_limit_daily"), Resend::Never));
    let reason = result.reason.unwrap_or_default();
    assert!(reason.ends_with("the daily limit is used up; it starts anew at 00:00 GMT (code 3000)"), "{reason}");
    let other = judged("429 Too Many\r\nContent-Length: 0\r\n\r\n", &rules).await;
    assert_eq!((&other.output["kind"], other.resend), (&json!("status"), Resend::Safe));
}

#[tokio::test]
async fn accepted_statuses_are_the_definitions() {
    let rules = Rules { accepted: vec![200, 404], ..Rules::default() };
    let result = judged("404 Not Found\r\nContent-Length: 0\r\n\r\n", &rules).await;
    assert_eq!((result.status, result.kind), (TaskStatus::InProgress, None));
    assert_eq!(judged("204 No Content\r\n\r\n", &rules).await.status, TaskStatus::Failed);
}

#[tokio::test]
async fn an_idempotent_call_may_be_sent_again() {
    let rules = Rules { idempotent: true, ..Rules::default() };
    assert_eq!(judged("500 Error\r\nContent-Length: 0\r\n\r\n", &rules).await.resend, Resend::Safe);
}

#[tokio::test]
async fn conductor_loses_what_it_loses() {
    for (text, output) in [
        ("299 \r\nContent-Length: 0", json!("java.lang.IllegalArgumentException: No matching constant for [299]")),
        ("304 Not Modified", json!({"statusCode": 304, "reasonPhrase": "Not Modified", "headers": {}, "body": null})),
    ] {
        let server = Server::always(&format!("HTTP/1.1 {text}\r\n\r\n"), Then::Keep).await;
        let result = server.call("GET", json!({}), Conductor).await;
        assert_eq!((result.status, &result.output["response"]), (TaskStatus::Failed, &output));
    }
}

#[tokio::test]
async fn an_echoed_secret_is_masked_in_every_view() {
    let body = "{\"echo\":\"Bearer hush-hush-hush\",\"b64\":\"aHVzaC1odXNoLWh1c2g=\"}";
    let text = format!("HTTP/1.1 200 OK\r\nX-Echo: hush-hush-hush\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    let server = Server::always(&text, Then::Keep).await;
    let input = json!({"uri": server.uri("/x?t=hush-hush-hush"), "method": "POST", "body": {"k": "hush-hush-hush"}});
    let request = HttpRequest::from_input(&input, None, Legwork).expect("the request can be built");
    let (client, rules, redactor) =
        (Client::default(), Rules::default(), Redactor::new([Secret::new("hush-hush-hush")]));
    let call =
        Call { request: &request, transport: &client, rules: &rules, redactor: &redactor, async_complete: false };
    let exchange = execute(call).await.exchange.expect("a call that was sent has an exchange");
    let shown = serde_json::to_string(&exchange).unwrap_or_default();
    assert!(!shown.contains("hush") && !shown.contains("aHVz") && shown.contains("***"), "{shown}");
}

#[test]
fn a_planned_exchange_shows_the_exact_request() {
    let input = json!({"http_request": {
        "uri": "https://api.example.com/v2/users?x=y z", "method": "POST", "body": {"a": 1}, "headers": {"X-A": [1, "b"]},
    }});
    let request = HttpRequest::from_input(&input, None, Legwork).expect("the request can be built");
    let planned = serde_json::to_value(Exchange::planned(&request, &Redactor::default())).unwrap_or_default();
    let names: Vec<_> =
        planned["request"]["headers"].as_array().into_iter().flatten().map(|field| &field["name"]).collect();
    assert_eq!(planned["request"]["uri"], "https://api.example.com/v2/users?x=y%20z");
    assert_eq!(planned["request"]["body"], json!({"a": 1}));
    assert_eq!(
        json!(names),
        json!(["Host", "X-A", "X-A", "Content-Type", "Content-Length", "Accept", "Accept-Encoding", "User-Agent"])
    );
    assert_eq!(
        planned["timeOuts"],
        json!({"connectMs": 5000.0, "dnsMs": null, "tlsMs": null, "firstByteMs": null, "idleMs": null, "totalMs": 30000.0})
    );
    assert_eq!(planned["attempts"], json!([]));
}
