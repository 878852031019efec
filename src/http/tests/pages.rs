//! Answers in pages, from servers that end them and servers that never do.

use super::server::{Server, Then};
use crate::definition::Dialect::Legwork;
use crate::http::{Call, CallResult, Client, HttpRequest, Pages, Rules, Step, execute};
use crate::resolve::TaskStatus;
use crate::secret::Redactor;
use serde_json::{Value, json};

/// All pages of a call, as the HTTP task gathers them.
async fn all(server: &Server, query: &str, paginate: Value) -> CallResult {
    let input = json!({"uri": server.uri(&format!("/users{query}")), "method": "GET", "paginate": paginate});
    let request = HttpRequest::from_input(&input, None, Legwork).expect("the request can be built");
    let (client, rules, redactor) = (Client::default(), Rules::default(), Redactor::default());
    let mut pages = Pages::of(&request).expect("it asks for pages");
    let mut next = request.clone();
    loop {
        let call =
            Call { request: &next, transport: &client, rules: &rules, redactor: &redactor, async_complete: false };
        match pages.take(execute(call).await) {
            Step::Next(request) => next = *request,
            Step::Done(result) => return *result,
        }
    }
}

fn page(body: &Value, field: &str) -> (Vec<u8>, Then) {
    let body = body.to_string();
    let head =
        format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n{field}Content-Length: {}\r\n\r\n", body.len());
    ((head + &body).into_bytes(), Then::Keep)
}

fn lines(server: &Server) -> Vec<String> {
    server.requests().iter().map(|text| text.split(' ').nth(1).unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn a_token_leads_from_page_to_page() {
    let server = Server::start(|_, number| match number {
        0 => page(&json!({"users": [1, 2], "next_page_token": "a=&b"}), ""),
        1 => page(&json!({"users": [3], "next_page_token": "c"}), ""),
        _ => page(&json!({"users": [4], "next_page_token": ""}), ""),
    })
    .await;
    let token = json!({"items": "/users", "token": {"from": "/next_page_token", "to": "next_page_token"}});
    let result = all(&server, "?page_size=2", token).await;
    assert_eq!(result.status, TaskStatus::Completed, "{:?}", result.reason);
    assert_eq!(result.output["response"]["body"], json!({"users": [1, 2, 3, 4], "next_page_token": ""}));
    assert_eq!((&result.output["pages"], &result.output["more"]), (&json!(3), &json!(false)));
    assert_eq!(
        lines(&server),
        ["/users?page_size=2", "/users?page_size=2&next_page_token=a%3D%26b", "/users?page_size=2&next_page_token=c"]
    );
    let why: Vec<_> =
        result.exchange.iter().flat_map(|exchange| exchange.attempts()).map(|one| format!("{:?}", one.why())).collect();
    assert_eq!(why, ["First", "Page", "Page"]);
}

#[tokio::test]
async fn numbers_of_pages_and_items_end_with_an_empty_page() {
    let three = |_: &str, number: usize| page(&if number < 2 { json!([number, number]) } else { json!([]) }, "");
    let server = Server::start(three).await;
    let result = all(&server, "", json!({"page": {"to": "page", "first": 0}})).await;
    assert_eq!(result.output["response"]["body"], json!([0, 0, 1, 1]));
    assert_eq!(lines(&server), ["/users", "/users?page=1", "/users?page=2"]);
    let server = Server::start(three).await;
    let result = all(&server, "?offset=0", json!({"offset": {"to": "offset"}})).await;
    assert_eq!(result.output["response"]["body"], json!([0, 0, 1, 1]));
    assert_eq!(lines(&server), ["/users?offset=0", "/users?offset=2", "/users?offset=4"]);
}

#[tokio::test]
async fn links_are_followed_within_their_origin() {
    let server = Server::start(|_, number| match number {
        0 => page(&json!([1]), "Link: </users?after=1>; rel=\"next\", </users>; rel=\"first\"\r\n"),
        _ => page(&json!([2]), "Link: </users>; rel=\"first\"\r\n"),
    })
    .await;
    assert_eq!(all(&server, "", json!({"link": true})).await.output["response"]["body"], json!([1, 2]));
    assert_eq!(lines(&server), ["/users", "/users?after=1"]);
    let server = Server::start(|_, _| page(&json!([1]), "Link: <http://other.example/>; rel=next\r\n")).await;
    let result = all(&server, "", json!({"link": true})).await;
    assert_eq!(result.output["kind"], "pagination");
    assert!(result.reason.is_some_and(|reason| reason.ends_with("leads to another origin, http://other.example")));
}

#[tokio::test]
async fn pages_that_never_end_do() {
    let token = json!({"items": "/users", "token": {"from": "/next", "to": "token"}});
    let circle = Server::start(|_, number| page(&json!({"users": [1], "next": format!("t{}", number % 2)}), "")).await;
    let result = all(&circle, "", token.clone()).await;
    assert_eq!((&result.output["kind"], circle.requests().len()), (&json!("pagination"), 3));
    assert!(result.reason.is_some_and(|reason| reason.ends_with("page 3 leads to one that was asked for before")));
    let endless = Server::start(|_, number| page(&json!({"users": [number], "next": number + 1}), "")).await;
    let mut first = token.clone();
    first["maxPages"] = json!(3);
    let result = all(&endless, "", first).await;
    assert_eq!((&result.output["more"], endless.requests().len()), (&json!(true), 3));
    assert_eq!(result.output["response"]["body"]["users"], json!([0, 1, 2]));
    let result = all(&endless, "", token).await;
    assert_eq!((&result.output["kind"], endless.requests().len()), (&json!("pagination"), 1003));
}

#[tokio::test]
async fn a_page_that_fails_is_the_outcome() {
    let server = Server::start(|_, number| match number {
        0 => page(&json!({"users": [1], "next": "a"}), ""),
        _ => (b"HTTP/1.1 429 Too Many\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n".to_vec(), Then::Keep),
    })
    .await;
    let token = json!({"items": "/users", "token": {"from": "/next", "to": "token"}});
    let result = all(&server, "", token.clone()).await;
    assert_eq!((result.status, result.status_code), (TaskStatus::Failed, Some(429)));
    let server = Server::start(|_, _| page(&json!({"people": []}), "")).await;
    let result = all(&server, "", token).await;
    assert!(result.reason.is_some_and(|reason| reason.ends_with("page 1 has no list at `/users`")));
}
