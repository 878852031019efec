//! Whole processes, from start to exit: `legwork test` beside `curl` sending the same request, and `legwork check` of a long file.
//!
//! `cargo bench --bench whole_process` prints medians; the two commands take turns, so that a busy machine is busy for both.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::fmt::Write as _;
use std::io::{Read, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const ROUNDS: usize = 60;
const ANSWER: &str = r#"{"id":"u_1","email":"ada@example.com","first_name":"Ada","last_name":"Lovelace","type":1}"#;

fn main() {
    let folder = std::env::temp_dir().join(format!("legwork-whole-process-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a scratch folder");
    one_request(&folder);
    long_definition(&folder);
    std::fs::remove_dir_all(&folder).expect("the scratch folder goes away");
}

fn one_request(folder: &Path) {
    let address = serve();
    let file = folder.join("one.yaml");
    let text =
        include_str!("../examples/zoom-create-user.yaml").replace("https://api.zoom.us", &format!("http://{address}"));
    std::fs::write(&file, text).expect("the scratch folder is writable");
    let body = r#"{"action":"create","user_info":{"email":"ada@example.com","type":1,"first_name":"Ada","last_name":"Lovelace"}}"#;
    let mut legwork = Command::new(env!("CARGO_BIN_EXE_legwork"));
    legwork.arg("test").arg(&file).env("CONDUCTOR_SECRET_zoom_token", "a-token-of-some-length");
    for input in ["action=create", "email=ada@example.com", "type:=1", "first_name=Ada", "last_name=Lovelace"] {
        legwork.args(["-i", input]);
    }
    let mut curl = Command::new("curl");
    curl.args(["-s", "-S", "-X", "POST", "-H", "Content-Type: application/json", "-H", "Accept: application/json"]);
    curl.args(["-H", "Authorization: Bearer a-token-of-some-length", "-d", body])
        .arg(format!("http://{address}/v2/users"));
    let (ours, theirs) = take_turns(&mut legwork, &mut curl);
    println!(
        "legwork test, one request: {ours:?}; curl: {theirs:?}; ratio {:.2}",
        ours.as_secs_f64() / theirs.as_secs_f64()
    );
}

fn long_definition(folder: &Path) {
    let file: PathBuf = folder.join("long.yaml");
    let mut text = "name: long\nversion: 1\nschemaVersion: 2\ntasks:\n".to_owned();
    let mut lines = 4;
    let mut index = 0;
    while lines < 5000 {
        let task = format!(
            "  - name: call_{index}\n    taskReferenceName: call_{index}\n    type: HTTP\n    inputParameters:\n      uri: https://example.com/users/${{workflow.input.id}}\n      method: POST\n      body:\n        email: ${{workflow.input.email}}\n        type: ${{workflow.input.type}}\n        note: written by hand\n"
        );
        lines += task.lines().count();
        index += 1;
        let _ = write!(text, "{task}");
    }
    std::fs::write(&file, text).expect("the scratch folder is writable");
    let mut check = Command::new(env!("CARGO_BIN_EXE_legwork"));
    check.arg("check").arg(&file);
    let mut nothing = Command::new("true");
    let (ours, floor) = take_turns(&mut check, &mut nothing);
    println!("legwork check, {lines} lines: {ours:?} (a process that does nothing: {floor:?})");
}

/// Runs two commands in turn; gives the median wall time of each.
fn take_turns(one: &mut Command, other: &mut Command) -> (Duration, Duration) {
    let (mut first, mut second) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        first.push(timed(one));
        second.push(timed(other));
    }
    (median(first), median(second))
}

fn timed(command: &mut Command) -> Duration {
    let start = Instant::now();
    let status =
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().expect("the command starts");
    let took = start.elapsed();
    assert!(status.success(), "{command:?} ended with {status}");
    took
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// A server that answers every request with the same user; gives its address.
fn serve() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("a bound address").to_string();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || answer(stream));
        }
    });
    address
}

fn answer(mut stream: TcpStream) {
    let mut seen = Vec::new();
    let mut buffer = [0; 4096];
    while let Ok(read @ 1..) = stream.read(&mut buffer) {
        seen.extend_from_slice(&buffer[..read]);
        if is_whole(&seen) {
            seen.clear();
            let head = "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length";
            let _ = write!(stream, "{head}: {}\r\n\r\n{ANSWER}", ANSWER.len());
        }
    }
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request).to_ascii_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.trim().parse::<usize>().ok());
    body.len() >= length.unwrap_or(0)
}
