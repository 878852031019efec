//! Tasks whose entry names a credential: tokens are asked for, used, renewed once, and never shown.

use super::Runner;
use crate::catalogue::Catalogue;
use crate::decide::Start;
use crate::definition::Document;
use crate::host::{EnvFile, HostSecrets};
use crate::http::{Client, Why};
use crate::plan::{self, Options, Plan};
use crate::sandbox::Sandbox;
use crate::secret::{Redactor, Secret};
use crate::serve::SandboxTransport;
use crate::source::SourceFile;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

const SECRETS: &str = "CONDUCTOR_SECRET_zoom_account_id=the-account-id\nCONDUCTOR_SECRET_zoom_client_id=the-client-id\n\
    CONDUCTOR_SECRET_zoom_client_secret=the-client-secret\n";

fn secrets(text: &str) -> HostSecrets {
    HostSecrets::new(EnvFile::parse(&SourceFile::new("dev.env", text)).expect("an env file"))
}

fn plan(catalogue: &Catalogue) -> Arc<Plan> {
    let task = "{name: zoom_users_get, taskReferenceName: get, type: SIMPLE, inputParameters: {user_id: jill}}";
    let text = format!("name: w\nversion: 1\nschemaVersion: 2\ntasks:\n  - {task}\n");
    let planned = plan::build(&Document::parse(SourceFile::new("w.yaml", text)).into(), catalogue, Options::default());
    planned.plan.unwrap_or_else(|| panic!("{:#?}", planned.diagnostics))
}

/// A server that gives tokens, and answers everything else as told: by the number of tokens given so far.
async fn api(answer: fn(usize) -> &'static str) -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("a bound socket has an address");
    let lines = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&lines);
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let seen = Arc::clone(&seen);
            tokio::spawn(async move {
                let mut buffer = vec![0; 8192];
                while let Ok(count @ 1..) = socket.read(&mut buffer).await {
                    let text = String::from_utf8_lossy(buffer.get(..count).unwrap_or_default()).into_owned();
                    let answer = {
                        let mut seen = seen.lock().expect("no panic while it is held");
                        let field = text.lines().find(|line| line.starts_with("Authorization")).unwrap_or_default();
                        seen.push(format!("{} {field}", text.split(" HTTP").next().unwrap_or_default()));
                        let tokens = seen.iter().filter(|line| line.starts_with("POST /oauth/token")).count();
                        if text.starts_with("POST /oauth/token") {
                            format!("200 OK|{{\"access_token\":\"fresh-token-{tokens}\",\"expires_in\":3600}}")
                        } else {
                            answer(tokens).to_owned()
                        }
                    };
                    let (head, body) = answer.split_once('|').unwrap_or((&answer, ""));
                    let answer = format!(
                        "HTTP/1.1 {head}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
                        body.len()
                    );
                    let _ = socket.write_all(answer.as_bytes()).await;
                }
            });
        }
    });
    (address, lines)
}

/// A catalogue whose Zoom is at that address.
fn zoom_at(address: SocketAddr) -> Catalogue {
    let auth = serde_json::from_value(serde_json::json!({
        "type": "account_credentials", "token_uri": format!("http://{address}/oauth/token"), "token": "zoom_token",
        "account_id": "zoom_account_id", "client_id": "zoom_client_id", "client_secret": "zoom_client_secret",
    }));
    let credentials = [("zoom_s2s".to_owned(), auth.expect("a way to authorize"))];
    Catalogue::builtin().at_server(format!("http://{address}/v2")).with_credentials(credentials.into())
}

struct Ended {
    status: String,
    why: Vec<Why>,
    shown: String,
    lines: Vec<String>,
}

async fn run(secrets: HostSecrets, answer: fn(usize) -> &'static str) -> Ended {
    let (address, lines) = api(answer).await;
    let plan = plan(&zoom_at(address));
    let runner = Runner::new(Arc::new(Client::default()), Arc::new(secrets), Redactor::default());
    let run = runner.run(&plan, Start::default()).await.expect("a run");
    let exchange = run.calls.first().and_then(|(_, call)| call.exchange.as_ref());
    Ended {
        status: run.execution().scope().workflow.status.as_str().to_owned(),
        why: exchange
            .map(|exchange| exchange.attempts().iter().map(crate::http::Attempt::why).collect())
            .unwrap_or_default(),
        shown: format!("{exchange:?}"),
        lines: lines.lock().expect("no panic while it is held").clone(),
    }
}

fn is_token_request(line: &str) -> bool {
    // base64("the-client-id:the-client-secret")
    line == "POST /oauth/token Authorization: Basic dGhlLWNsaWVudC1pZDp0aGUtY2xpZW50LXNlY3JldA=="
}

#[tokio::test]
async fn an_expired_token_is_renewed_once_and_the_call_sent_again() {
    let expired = |tokens| {
        if tokens < 2 {
            "401 No|{\"code\":124,\"message\":\"Access token is expired.\"}"
        } else {
            "200 OK|{\"id\":\"z\"}"
        }
    };
    let ended = run(secrets(SECRETS), expired).await;
    assert_eq!((ended.status.as_str(), ended.why), ("COMPLETED", vec![Why::First, Why::Renewed]));
    let kinds: Vec<_> = ended.lines.iter().map(|line| is_token_request(line)).collect();
    assert_eq!(kinds, [true, false, true, false], "{:?}", ended.lines);
    assert_eq!(ended.lines.last().map(String::as_str), Some("GET /v2/users/jill Authorization: Bearer fresh-token-2"));
    assert!(!ended.shown.contains("fresh-token") && ended.shown.contains("Bearer ***"), "{}", ended.shown);
}

#[tokio::test]
async fn an_api_that_refuses_every_token_is_asked_twice() {
    let ended = run(secrets(SECRETS), |_| "401 No|{\"code\":124,\"message\":\"Invalid access token.\"}").await;
    assert_eq!((ended.status.as_str(), ended.lines.len()), ("FAILED", 4));
}

#[tokio::test]
async fn a_challenge_renews_a_token_that_was_given() {
    let text = format!("{SECRETS}CONDUCTOR_SECRET_zoom_token=a-given-token\n");
    let ended = run(secrets(&text), |tokens| match tokens {
        0 => "401 No\r\nWWW-Authenticate: Bearer error=\"invalid_token\"|{}",
        _ => "200 OK|{\"id\":\"z\"}",
    });
    let ended = ended.await;
    let lines: Vec<_> =
        ended.lines.iter().map(|line| line.split("Authorization: ").nth(1).unwrap_or_default()).collect();
    let basic = "Basic dGhlLWNsaWVudC1pZDp0aGUtY2xpZW50LXNlY3JldA==";
    assert_eq!(lines, ["Bearer a-given-token", basic, "Bearer fresh-token-1"]);
    assert_eq!(ended.status, "COMPLETED");
}

#[tokio::test]
async fn the_sandbox_gives_its_token_to_client_credentials() {
    for (text, requests) in [(SECRETS, 2), ("", 1)] {
        let sandbox = SandboxTransport::new(Sandbox::new(&Catalogue::builtin(), 1));
        let secrets = secrets(text).with_stand_in(Secret::new(Sandbox::token()));
        let recording = Recording { sandbox, sent: Mutex::default() };
        let recording = Arc::new(recording);
        let runner = Runner::new(recording.clone(), Arc::new(secrets), Redactor::default());
        let run = runner.run(&plan(&Catalogue::builtin()), Start::default()).await.expect("a run");
        // Nobody created the user: the API was reached, with a token that it knows.
        let call = run.calls.first().and_then(|(_, call)| call.exchange.as_ref()?.response());
        assert_eq!(call.map(|response| response.status()), Some(404));
        assert_eq!(recording.sent.lock().expect("no panic while it is held").len(), requests);
    }
}

/// The sandbox, with the URIs it was asked for.
struct Recording {
    sandbox: SandboxTransport,
    sent: Mutex<Vec<String>>,
}

impl crate::http::Transport for Recording {
    fn send<'a>(
        &'a self,
        request: &'a crate::http::HttpRequest,
        deadline: Option<std::time::Instant>,
    ) -> crate::http::Sending<'a> {
        self.sent.lock().expect("no panic while it is held").push(request.shown_uri());
        self.sandbox.send(request, deadline)
    }
}
