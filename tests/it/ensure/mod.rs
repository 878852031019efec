//! Made once, bound for good: the real command, a sandbox in a process of its own, and a ledger that several processes share.

mod calls;
mod commands;
mod kills;
#[cfg(feature = "postgres")]
mod shared;

use crate::cli::Served;
use crate::command::{Ran, Scratch};
use serde_json::Value;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;

/// The ledger of most tests.
const FILE: &str = "users.ledger";

/// The first login of a user of ours.
fn login(scratch: &Scratch, sandbox: &Served, user: &str, email: &str) -> Command {
    login_with(FILE, scratch, sandbox, (user, email))
}

/// The same, with another ledger.
fn login_with(ledger: &str, scratch: &Scratch, sandbox: &Served, (user, email): (&str, &str)) -> Command {
    let mut command = scratch.command();
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/zoom-first-login.yaml");
    command.args(["run", example, "--ledger", ledger, "--output", "json"]);
    command.args([format!("--sandbox={}", sandbox.url()), "-i".into(), format!("user={user}")]);
    command.args(["-i", &format!("email={email}")]);
    command
}

fn ran(mut command: Command) -> Ran {
    command.output().expect("the command").into()
}

/// The id that a login came to.
#[track_caller]
fn id(ran: &Ran) -> String {
    ran.json()["execution"]["output"]["zoom_user_id"].as_str().expect("an id").to_owned()
}

/// What the one call of a run noted.
#[track_caller]
fn notes(ran: &Ran) -> String {
    ran.json()["calls"][0]["notes"].to_string()
}

/// What a GET of the sandbox answers.
fn get(sandbox: &Served, path: &str) -> Value {
    let address = sandbox.url().strip_prefix("http://").expect("an address");
    let mut stream = TcpStream::connect(address).expect("the sandbox");
    let token = legwork::sandbox::Sandbox::token();
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: api.zoom.us\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    serde_json::from_str(body).unwrap_or_else(|err| panic!("{err}: {answer}"))
}

/// The ids of all users of the sandbox, by their address.
pub(crate) fn users(sandbox: &Served) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut token = String::new();
    loop {
        let page = get(sandbox, &format!("/v2/users?page_size=300&next_page_token={token}"));
        for user in page["users"].as_array().expect("users") {
            let text = |name: &str| user[name].as_str().expect("a text").to_owned();
            found.push((text("email"), text("id")));
        }
        page["next_page_token"].as_str().unwrap_or_default().clone_into(&mut token);
        if token.is_empty() {
            return found;
        }
    }
}

/// The bindings of the ledger: key and id.
fn bindings(scratch: &Scratch) -> Vec<(String, Option<String>)> {
    bindings_of(FILE, scratch)
}

/// The bindings of a ledger: key and id.
fn bindings_of(ledger: &str, scratch: &Scratch) -> Vec<(String, Option<String>)> {
    let listed = scratch.run(&["ledger", "list", ledger, "--output", "json"]).exits(0).json();
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let rows = listed.as_array().expect("a list").iter();
    rows.map(|row| (text(&row["key"]).expect("a key"), text(&row["id"]))).collect()
}
