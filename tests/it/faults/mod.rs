//! The table of faults: what a call comes to, how often it was sent, and how long it took at most.
//!
//! Every row is carried out twice by the runner, over real sockets, with two retries: a POST, which must never be sent again when it may
//! have been carried out, and a GET, which may. A row names the fault; how long it took is printed, and none may hang.

mod server;

use legwork::catalogue::Catalogue;
use legwork::decide::Start;
use legwork::definition::Document;
use legwork::host::HostSecrets;
use legwork::http::{Client, ClientOptions, Resolver, TlsOptions};
use legwork::plan::{self, Options, Plan};
use legwork::run::{Run, Runner};
use legwork::secret::{Redactor, Secret};
use legwork::source::SourceFile;
use serde_json::{Map, Value, json};
use server::{Certificate, Manner, Server, Then, bomb, ok, status};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A time-out in milliseconds that no row reaches: where one is the fault, the row sets that one alone.
const LONG: u32 = 60_000;

/// How long all attempts together may take, on a machine that has other things to do.
const AT_MOST: Duration = Duration::from_secs(30);

/// How a call is expected to end.
#[derive(Clone, Copy)]
struct Ends {
    /// `COMPLETED`, or the kind of the failure with its phase, `timeout/body`.
    as_: &'static str,
    /// Requests that reached the server.
    requests: usize,
    /// Attempts that the report tells of.
    attempts: usize,
}

const fn ends(as_: &'static str, requests: usize, attempts: usize) -> Ends {
    Ends { as_, requests, attempts }
}

/// Where a call goes.
enum To {
    /// To a server of that manner; the host by which it is called over TLS is `localhost`.
    Server(Manner),
    /// To a port that nobody listens on.
    Nobody,
    /// To a socket whose queue is full.
    FullQueue,
    /// To a name that is not known, or whose look-up never ends.
    Name { is_known_never: bool },
}

struct Row {
    fault: &'static str,
    to: To,
    /// Fields of the request besides uri, method and short time-outs.
    fields: Value,
    post: Ends,
    get: Ends,
    /// Whether its credential is a token that the same server gives.
    asks_for_token: bool,
}

fn row(fault: &'static str, to: To, post: Ends, get: Ends) -> Row {
    Row { fault, to, fields: json!({}), post, get, asks_for_token: false }
}

fn http(fault: &'static str, answer: fn(usize) -> (Vec<u8>, Then), post: Ends, get: Ends) -> Row {
    row(fault, To::Server(Manner::Http(answer)), post, get)
}

impl Row {
    fn with(mut self, fields: Value) -> Self {
        self.fields = fields;
        self
    }

    /// With a token that the server gives when it is asked.
    fn with_token(mut self) -> Self {
        self.asks_for_token = true;
        self
    }
}

/// No connection: nothing was sent, so both are tried again.
fn connections() -> Vec<Row> {
    let never = |kind| (ends(kind, 0, 1), ends(kind, 0, 1));
    let both = |kind| (ends(kind, 0, 3), ends(kind, 0, 3));
    let tls = |fault, certificate| {
        let (post, get) = never("tls");
        row(fault, To::Server(Manner::Tls(certificate)), post, get)
    };
    let (refused, dns, dns_hangs) = (both("connect"), both("dns"), both("timeout/dns"));
    let (connect_hangs, tls_hangs) = (both("timeout/connect"), both("timeout/tls"));
    vec![
        row("refused", To::Nobody, refused.0, refused.1),
        row("DNS failure", To::Name { is_known_never: false }, dns.0, dns.1),
        row("DNS hangs", To::Name { is_known_never: true }, dns_hangs.0, dns_hangs.1)
            .with(json!({"timeOuts": {"dnsMs": 100}})),
        row("connect hangs", To::FullQueue, connect_hangs.0, connect_hangs.1).with(json!({"connectionTimeOut": 300})),
        row("TLS hangs", To::Server(Manner::Silent), tls_hangs.0, tls_hangs.1)
            .with(json!({"timeOuts": {"tlsMs": 150}})),
        row("TLS", To::Server(Manner::Tls(Certificate::Good)), ends("COMPLETED", 1, 1), ends("COMPLETED", 1, 1)),
        tls("self-signed certificate", Certificate::SelfSigned),
        tls("certificate for another name", Certificate::OtherName),
        tls("expired certificate", Certificate::Expired),
    ]
}

/// The request was written and no whole answer came: only the GET is tried again.
fn broken_answers() -> Vec<Row> {
    let once = |kind| (ends(kind, 1, 1), ends(kind, 3, 3));
    let cut = |fault, answer, kind| {
        let (post, get) = once(kind);
        http(fault, answer, post, get)
    };
    vec![
        cut("first byte hangs", |_| (Vec::new(), Then::Hang), "timeout/first byte")
            .with(json!({"timeOuts": {"firstByteMs": 500}})),
        cut(
            "idle inside the body",
            |_| (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf".to_vec(), Then::Hang),
            "timeout/body",
        )
        .with(json!({"timeOuts": {"idleMs": 500}})),
        cut("slow drip", |_| (b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), Then::Drip), "timeout/body")
            .with(json!({"readTimeOut": 1000})),
        cut("half a header", |_| (b"HTTP/1.1 200 OK\r\nContent-".to_vec(), Then::Close), "body"),
        cut(
            "half a header, then silence",
            |_| (b"HTTP/1.1 200 OK\r\nContent-".to_vec(), Then::Hang),
            "timeout/first byte",
        )
        .with(json!({"timeOuts": {"firstByteMs": 500}})),
        cut("half a body", |_| (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf".to_vec(), Then::Close), "body"),
        cut(
            "half a chunk",
            |_| (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhalf".to_vec(), Then::Close),
            "body",
        ),
        cut("closed without an answer", |_| (Vec::new(), Then::Close), "closed"),
        cut("reset", |_| (Vec::new(), Then::Reset), "closed"),
        cut("garbage", |_| (b"220 mail.example.com ESMTP\r\n".to_vec(), Then::Close), "protocol"),
        cut(
            "lengths that disagree",
            |_| (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{} ".to_vec(), Then::Close),
            "protocol",
        ),
    ]
}

/// Answers that would be the same again.
fn hopeless_answers() -> Vec<Row> {
    let never = |fault, answer, kind| http(fault, answer, ends(kind, 1, 1), ends(kind, 1, 1));
    let size = json!({"maxResponseBytes": 10_000});
    let circle: fn(usize) -> (Vec<u8>, Then) = |number| {
        let location = if number.is_multiple_of(2) { "/y" } else { "/x" };
        (status("307 See", &format!("Location: {location}\r\n"), ""), Then::Keep)
    };
    vec![
        never("endless body", |_| (b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), Then::Endless(&[b'x'; 1000])), "size")
            .with(size.clone()),
        never("gzip bomb", |_| (bomb(), Then::Keep), "size").with(size),
        never("no gzip", |_| (status("200 OK", "Content-Encoding: gzip\r\n", "plain"), Then::Keep), "decode"),
        http("redirect loop", circle, ends("redirect", 2, 1), ends("redirect", 2, 1)),
        never("bad request", |_| (status("400 Bad Request", "", "{}"), Then::Keep), "status"),
    ]
}

/// Answers that say when, or whether, another attempt makes sense.
fn telling_answers() -> Vec<Row> {
    vec![
        http(
            "429: too many in a second, twice",
            |number| match number {
                0 | 1 => {
                    let body = "{\"code\": 429, \"message\": \"You have reached the maximum per-second rate limit for this API.\"}";
                    (status("429 Too Many", "Retry-After: 0\r\n", body), Then::Keep)
                }
                _ => (ok("{}"), Then::Keep),
            },
            ends("COMPLETED", 3, 3),
            ends("COMPLETED", 3, 3),
        ),
        http(
            "429: too many in a day",
            |_| {
                let body =
                    "{\"code\": 429, \"message\": \"You have reached the maximum daily rate limit for this API.\"}";
                (status("429 Too Many", "", body), Then::Keep)
            },
            ends("daily_limit", 1, 1),
            ends("daily_limit", 1, 1),
        ),
        http(
            "429: another call on the user is under way",
            |_| {
                let body = "{\"code\": 429, \"message\": \"Too many concurrent requests. A request to this user is under way.\"}";
                (status("429 Too Many", "", body), Then::Keep)
            },
            ends("busy", 3, 3),
            ends("busy", 3, 3),
        ),
        http(
            "500 once",
            |number| if number == 0 { (status("500 Error", "", "{}"), Then::Keep) } else { (ok("{}"), Then::Keep) },
            ends("status", 1, 1),
            ends("COMPLETED", 2, 2),
        ),
        http(
            "500 for ever",
            |_| (status("500 Error", "", "{}"), Then::Keep),
            ends("status", 1, 1),
            ends("status", 3, 3),
        ),
        http(
            "503 with Retry-After",
            |number| match number {
                0 => (status("503 Busy", "Retry-After: 0\r\n", "{}"), Then::Keep),
                _ => (ok("{}"), Then::Keep),
            },
            ends("COMPLETED", 2, 2),
            ends("COMPLETED", 2, 2),
        ),
        http(
            "more bytes than announced",
            |_| (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{} and more".to_vec(), Then::Keep),
            ends("COMPLETED", 1, 1),
            ends("COMPLETED", 1, 1),
        ),
        // The server said that it took none of them up: sending it again is no second time.
        row("HTTP/2 GOAWAY", To::Server(Manner::GoAway), ends("COMPLETED", 2, 2), ends("COMPLETED", 2, 2)),
    ]
}

/// A token that the API no longer takes: a new one is asked for once. Requests for tokens count as well.
fn tokens() -> Vec<Row> {
    const EXPIRED: &str = "WWW-Authenticate: Bearer error=\"invalid_token\"\r\n";
    const TOKEN: &str =
        "{\"access_token\": \"a-token-that-is-long\", \"token_type\": \"Bearer\", \"expires_in\": 3600}";
    let once: fn(usize) -> (Vec<u8>, Then) = |number| match number {
        0 | 2 => (ok(TOKEN), Then::Keep),
        1 => (status("401 Unauthorized", EXPIRED, "{}"), Then::Keep),
        _ => (ok("{}"), Then::Keep),
    };
    vec![
        http("401 once: the token has expired", once, ends("COMPLETED", 4, 1), ends("COMPLETED", 4, 1)).with_token(),
        http(
            "401 with a new token as well",
            |number| match number {
                0 | 2 => (ok(TOKEN), Then::Keep),
                _ => (status("401 Unauthorized", EXPIRED, "{}"), Then::Keep),
            },
            ends("status", 4, 1),
            ends("status", 4, 1),
        )
        .with_token(),
        http(
            "401 without a word about tokens",
            |number| match number {
                0 => (ok(TOKEN), Then::Keep),
                _ => (status("401 Unauthorized", "", "{}"), Then::Keep),
            },
            ends("status", 2, 1),
            ends("status", 2, 1),
        )
        .with_token(),
        http(
            "no token is given",
            |_| (status("400 Bad Request", "", "{\"error\": \"invalid_client\"}"), Then::Keep),
            ends("credentials", 1, 1),
            ends("credentials", 1, 1),
        )
        .with_token(),
    ]
}

#[expect(clippy::print_stderr, reason = "the table is there to be read, and a skipped row is told")]
#[tokio::test]
async fn every_fault_ends_as_the_table_says() {
    let mut findings = Vec::new();
    let rows = [connections(), broken_answers(), hopeless_answers(), telling_answers(), tokens()];
    for row in rows.into_iter().flatten() {
        if matches!(row.to, To::Server(Manner::GoAway)) && !cfg!(feature = "http2") {
            eprintln!("skipped: {}, this build has no HTTP/2", row.fault);
            continue;
        }
        for (method, expected) in [("POST", row.post), ("GET", row.get)] {
            let started = Instant::now();
            let Ok((as_, requests, attempts)) = tokio::time::timeout(AT_MOST, carry_out(&row, method)).await else {
                findings.push(format!("{method} {}: took more than {AT_MOST:?}", row.fault));
                continue;
            };
            let took = started.elapsed();
            eprintln!("{method:4} {:45} {as_:20} requests {requests} attempts {attempts} {took:?}", row.fault);
            if (as_.as_str(), requests, attempts) != (expected.as_, expected.requests, expected.attempts) {
                findings.push(format!("{method} {}: {as_}, {requests} requests, {attempts} attempts", row.fault));
            }
        }
    }
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

/// One call with two retries: how it ended, how many requests reached the server, and how many attempts were made.
async fn carry_out(row: &Row, method: &str) -> (String, usize, usize) {
    let place = Place::of(&row.to).await;
    let mut input = json!({"uri": place.uri, "method": method, "readTimeOut": LONG, "connectionTimeOut": LONG});
    if let (Some(input), Value::Object(fields)) = (input.as_object_mut(), row.fields.clone()) {
        input.extend(fields);
    }
    let secrets = HostSecrets::default().with_stand_in(Secret::new("a-secret-of-the-client"));
    let runner = Runner::new(Arc::new(place.client()), Arc::new(secrets), Redactor::default());
    let server = place.uri.trim_end_matches("/x");
    let auth = format!(
        ", auth: {{type: oauth2_client_credentials, token_uri: '{server}/token', client_id: id, client_secret: secret}}"
    );
    let request =
        format!("{{method: {method}, uri: '{{{{server}}}}/x'{}}}", if row.asks_for_token { &auth } else { "" });
    let run = runner.run(&plan(&input, server, &request), Start::with_input(Map::new())).await.expect("it starts");
    (end(&run), place.server.as_ref().map_or(0, Server::requests), run.execution().scope().tasks().len())
}

fn end(run: &Run) -> String {
    let scope = run.execution().scope();
    let task = scope.tasks().last().expect("a task");
    let text = |key: &str| task.output.get(key).and_then(Value::as_str).map(str::to_owned);
    match (text("kind"), text("phase")) {
        (Some(kind), Some(phase)) => format!("{kind}/{phase}"),
        (Some(kind), None) => kind,
        (None, _) => task.status.as_str().to_owned(),
    }
}

fn plan(input: &Value, server: &str, request: &str) -> Arc<Plan> {
    let mut catalogue = Catalogue::builtin();
    let definition = format!(
        "name: faulty_call\nretryCount: 2\nretryDelaySeconds: 0\nx-legwork:\n  servers: ['{server}']\n  request: {request}\n  errors:\n    \
         - {{status: 429, message: daily, kind: daily_limit, resend: never, say: A limit for the day is reached.}}\n    \
         - {{status: 429, message: concurrent, kind: busy, resend: safe, say: Another call is under way.}}\n    \
         - {{status: 429, kind: rate_limit, resend: safe, wait: header, say: The rate limit is reached.}}\n"
    );
    let problems = catalogue.add(SourceFile::new("faulty_call.yaml", definition));
    assert!(problems.iter().all(|problem| !problem.is_error()), "{problems:?}");
    let task = json!({"name": "faulty_call", "taskReferenceName": "call", "type": "HTTP", "inputParameters": input});
    let workflow = json!({"name": "w", "version": 1, "schemaVersion": 2, "tasks": [task]});
    let document = Arc::new(Document::parse(SourceFile::new("w.json", workflow.to_string())));
    let planned = plan::build(&document, &catalogue, Options::default());
    planned.plan.unwrap_or_else(|| panic!("{:#?}", planned.diagnostics))
}

/// Somewhere to call.
struct Place {
    uri: String,
    server: Option<Server>,
    options: ClientOptions,
    /// Connections that wait in a full queue, and the socket that never takes them.
    #[expect(dead_code, reason = "it is held, not read")]
    queue: Vec<socket2::Socket>,
}

impl Place {
    async fn of(to: &To) -> Self {
        let at = |uri: String| Self { uri, server: None, options: ClientOptions::default(), queue: Vec::new() };
        match to {
            To::Server(manner) => {
                let server = Server::start(manner.clone()).await;
                let scheme = if matches!(manner, Manner::Http(_)) { "http" } else { "https" };
                let tls_options = TlsOptions { authorities: vec![server.authority.clone()], ..TlsOptions::default() };
                let uri = format!("{scheme}://localhost:{}/x", server.address.port());
                let options = ClientOptions { resolver: only(server.address), tls_options, ..ClientOptions::default() };
                Self { server: Some(server), options, ..at(uri) }
            }
            To::Nobody => {
                let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
                at(format!("http://{}/x", listener.local_addr().expect("an address")))
            }
            To::FullQueue => {
                let (queue, address) = full_queue();
                Self { queue, ..at(format!("http://{address}/x")) }
            }
            To::Name { is_known_never: true } => {
                let options = ClientOptions {
                    resolver: Resolver::new(|_, _| Box::pin(std::future::pending())),
                    ..ClientOptions::default()
                };
                Self { options, ..at("http://slow.example/x".to_owned()) }
            }
            To::Name { is_known_never: false } => at("http://no-such-host.invalid/x".to_owned()),
        }
    }

    fn client(&self) -> Client {
        Client::new(self.options.clone())
    }
}

/// Every name is at that address.
fn only(address: SocketAddr) -> Resolver {
    Resolver::new(move |_, _| Box::pin(std::future::ready(Ok(vec![address]))))
}

fn full_queue() -> (Vec<socket2::Socket>, SocketAddr) {
    let new = || {
        let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).expect("a socket");
        socket.set_nonblocking(true).expect("a socket that does not wait");
        socket
    };
    let listener = new();
    let free: SocketAddr = "127.0.0.1:0".parse().expect("an address");
    listener.bind(&free.into()).and_then(|()| listener.listen(0)).expect("a free port");
    let address = listener.local_addr().ok().and_then(|address| address.as_socket()).expect("it is bound");
    let mut queue: Vec<_> = (0..8).map(|_| new()).collect();
    for socket in &queue {
        // It is under way, and stays so.
        let _ = socket.connect(&address.into());
    }
    queue.push(listener);
    (queue, address)
}
