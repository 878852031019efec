//! `/metrics`, over a real socket.

use crate::command::Scratch;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::Stdio;

/// The answer to a request, head and body.
fn ask(address: &str, path: &str) -> String {
    let mut socket = TcpStream::connect(address).expect("it listens");
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    socket.write_all(request.as_bytes()).expect("it reads");
    let mut text = String::new();
    socket.read_to_string(&mut text).expect("it answers");
    text
}

#[test]
fn a_served_sandbox_counts_what_it_answers() {
    let scratch = Scratch::new();
    let mut command = scratch.command();
    command.args(["sandbox", "--metrics", "0"]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut served = command.spawn().expect("the command starts");
    let said = BufReader::new(served.stderr.take().expect("it is piped"));
    let exposed = said
        .lines()
        .map_while(Result::ok)
        .find_map(|line| Some(line.strip_prefix("metrics are at http://")?.strip_suffix("/metrics")?.to_owned()));
    let exposed = exposed.expect("it says where its metrics are");
    let mut url = String::new();
    BufReader::new(served.stdout.take().expect("it is piped")).read_line(&mut url).expect("it prints its URL");
    let sandbox = url.trim().trim_start_matches("http://").to_owned();
    assert!(ask(&sandbox, "/v2/users/canary-user").starts_with("HTTP/1.1 401"));
    assert!(ask(&sandbox, "/nowhere").starts_with("HTTP/1.1 404"));
    assert!(ask(&sandbox, "/metrics").starts_with("HTTP/1.1 404"));
    let text = ask(&exposed, "/metrics");
    for line in [
        "legwork_sandbox_answers_total{entry=\"zoom_users_get\",method=\"GET\",status=\"4xx\"} 1",
        "legwork_sandbox_answers_total{entry=\"\",method=\"GET\",status=\"4xx\"} 2",
    ] {
        assert!(text.contains(line), "no {line} in {text}");
    }
    assert!(!text.contains("canary-user") && !text.contains("nowhere"), "{text}");
    assert!(ask(&exposed, "/").starts_with("HTTP/1.1 404"));
    served.kill().and_then(|()| served.wait().map(drop)).expect("it ends");
}
