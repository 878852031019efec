//! Where redirects lead, and what goes along.

use super::server::{Server, Then, call};
use crate::definition::Dialect::{self, Conductor, Legwork};
use crate::http::{Build, Call, CallResult, Client, HttpRequest, Resend, Rules, execute};
use crate::resolve::{Context, Scope, TaskStatus, Template};
use crate::secret::{Redactor, Secret, SecretStore};
use serde_json::{Value, json};

fn redirect(status: u16, location: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status} See\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n").into_bytes()
}

fn ok() -> Vec<u8> {
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}".to_vec()
}

/// Redirects `/x` to `location`, answers anything else.
async fn redirects(status: u16, location: &'static str) -> Server {
    Server::start(move |request, _| {
        let first = request.split(' ').nth(1) == Some("/x");
        (if first { redirect(status, location) } else { ok() }, Then::Keep)
    })
    .await
}

async fn lines(status: u16, method: &str, dialect: Dialect) -> (CallResult, Vec<String>) {
    let server = redirects(status, "/y").await;
    let result =
        server.call(method, json!({"body": {"a": 1}, "headers": {"Authorization": "Bearer t"}}), dialect).await;
    let summary = |request: &String| {
        let line = request.split(" HTTP").next().unwrap_or_default();
        let marks = [("{\"a\":1}", " body"), ("Bearer t", " auth"), ("Content-Type", " type")];
        marks.iter().filter(|(mark, _)| request.contains(mark)).fold(line.to_owned(), |line, (_, word)| line + word)
    };
    let lines = server.requests().iter().map(summary).collect();
    (result, lines)
}

#[tokio::test]
async fn legwork_follows_what_cannot_be_carried_out_twice() {
    let all = " body auth type";
    for (status, method) in [(301, "GET"), (302, "GET"), (303, "GET"), (307, "POST"), (308, "PUT")] {
        let (result, lines) = lines(status, method, Legwork).await;
        assert_eq!(lines, [format!("{method} /x{all}"), format!("{method} /y{all}")]);
        assert_eq!(result.status, TaskStatus::Completed);
    }
    for status in [301, 302, 303] {
        let (result, lines) = lines(status, "POST", Legwork).await;
        assert_eq!(lines, [format!("POST /x{all}")]);
        assert_eq!(result.output["kind"], "redirect");
        assert_eq!(result.resend, Resend::Never);
        assert!(result.reason.is_some_and(|reason| reason.ends_with("a POST is not redirected to /y")));
    }
}

#[tokio::test]
async fn conductor_makes_get_of_a_post() {
    for status in [301, 302, 303] {
        let (_, lines) = lines(status, "POST", Conductor).await;
        assert_eq!(lines, ["POST /x body auth type", "GET /y"]);
    }
    for (status, method) in [(301, "PUT"), (307, "POST"), (308, "DELETE")] {
        let (_, lines) = lines(status, method, Conductor).await;
        assert_eq!(lines, [format!("{method} /x body auth type"), format!("{method} /y body auth type")]);
    }
    let (_, lines) = lines(303, "PUT", Conductor).await;
    assert_eq!(lines, ["PUT /x body auth type", "GET /y"]);
}

#[tokio::test]
async fn circles_and_long_chains_end() {
    let circle = redirects(302, "/x").await;
    let result = circle.call("GET", json!({}), Legwork).await;
    assert_eq!((&result.output["kind"], circle.requests().len()), (&json!("redirect"), 1));
    let chain = Server::start(|_, number| (redirect(302, &format!("/{number}")), Then::Keep)).await;
    let result = chain.call("GET", json!({}), Legwork).await;
    assert!(result.reason.is_some_and(|reason| reason.ends_with("not followed: more than 10 redirects")));
    assert_eq!(chain.requests().len(), 11);
    let attempts = result.exchange.map(|exchange| exchange.attempts().len());
    assert_eq!(attempts, Some(11));
}

#[tokio::test]
async fn a_redirect_to_nowhere_is_told() {
    for (location, why) in [("file:///etc/passwd", "only http and https can be called"), ("http://", "no valid host")] {
        let server = redirects(302, location).await;
        let result = server.call("GET", json!({}), Legwork).await;
        assert!(result.reason.as_deref().is_some_and(|reason| reason.contains(why)), "{:?}", result.reason);
    }
}

struct Token;

impl SecretStore for Token {
    fn secret(&self, _: &str) -> Option<Secret> {
        Some(Secret::new("long-secret-token"))
    }
}

/// A call whose input holds secrets, from one server to another.
async fn across_origins(fields: Value) -> (CallResult, Vec<String>) {
    let other = Server::start(|_, _| (ok(), Then::Keep)).await;
    let location = other.uri("/y");
    let server = Server::start(move |_, _| (redirect(307, &location), Then::Keep)).await;
    let mut input = json!({"uri": server.uri("/x"), "method": "POST"});
    if let (Some(input), Value::Object(fields)) = (input.as_object_mut(), fields) {
        input.extend(fields);
    }
    let (template, problems) = Template::parse(&input, &[]);
    assert!(problems.is_empty());
    let context = Context { dialect: Legwork, task_id: None };
    let resolved = template.resolve(&Scope::default(), &context).expect("nothing is missing");
    let redactor = Redactor::default();
    let request = HttpRequest::build(resolved, Build { dialect: Legwork, secrets: &Token, redactor: &redactor });
    let request = request.expect("the request can be built");
    let (client, rules) = (Client::default(), Rules::default());
    let call =
        Call { request: &request, transport: &client, rules: &rules, redactor: &redactor, async_complete: false };
    (execute(call).await, other.requests())
}

#[tokio::test]
async fn credentials_stay_with_their_origin() {
    let secret = "Key ${workflow.secrets.token}";
    let headers = json!({"Authorization": "Basic eA==", "X-Api-Key": secret, "X-Plain": "p", "Cookie": "a=b"});
    let (result, requests) = across_origins(json!({"headers": headers, "body": {"a": 1}})).await;
    assert_eq!(result.status, TaskStatus::Completed);
    let request = requests.first().cloned().unwrap_or_default();
    assert!(request.contains("X-Plain: p") && request.ends_with("{\"a\":1}"), "{request}");
    for gone in ["Authorization", "X-Api-Key", "Cookie"] {
        assert!(!request.contains(gone), "{request}");
    }
}

#[tokio::test]
async fn a_body_with_a_secret_stays_with_its_origin() {
    let (result, requests) = across_origins(json!({"body": {"password": "${workflow.secrets.token}"}})).await;
    assert_eq!((result.output["kind"].as_str(), requests.len()), (Some("redirect"), 0));
}

#[tokio::test]
async fn no_view_shows_a_secret() {
    let body = json!({"password": "${workflow.secrets.token}", "in": "a ${workflow.secrets.token} b"});
    let (result, _) =
        across_origins(json!({"body": body, "headers": {"X-Api-Key": "${workflow.secrets.token}"}})).await;
    let shown = format!("{:?}", result.exchange);
    assert!(shown.contains("***") && !shown.contains("long-secret-token"), "{shown}");
}

#[tokio::test]
async fn a_redirect_of_one_origin_keeps_the_connection() {
    let server = redirects(302, "/y").await;
    let client = Client::default();
    let result = call(&client, &server.uri("/x"), "GET", json!({}), Legwork).await;
    let exchange = result.exchange.expect("a call that was sent has an exchange");
    let reused: Vec<bool> = exchange.attempts().iter().map(|attempt| attempt.trace().reused).collect();
    assert_eq!(reused, [false, true]);
}
