//! What curl sends for `legwork curl` is what Legwork sends: both really send to a server that keeps every byte.

use super::server::{Request, Server};
use crate::command::Scratch;
use flate2::read::GzDecoder;
use serde_json::{Value, json};
use std::io::Read;
use std::process::Command;

/// A secret with everything in it that a shell, a URL, a form or JSON has its own meaning for.
const SECRET: &str = "p4ss \"w\\ord\"$HOME `id`&='%+/?#~*é";
const USER: &str = "jill:zz";

fn has_curl() -> bool {
    Command::new("curl").arg("--version").output().is_ok()
}

/// The task's fields, `uri` being the path.
fn workflow(server: &Server, fields: &Value) -> String {
    let mut fields = fields.clone();
    let path = fields["uri"].as_str().expect("a path").to_owned();
    fields["uri"] = json!(format!("{}{path}", server.url));
    json!({"name": "w", "version": 1, "schemaVersion": 2,
        "tasks": [{"name": "call", "taskReferenceName": "call", "type": "HTTP", "inputParameters": fields}]})
    .to_string()
}

/// What Legwork sends, and what curl sends for the command that Legwork prints.
fn both(scratch: &Scratch, server: &Server, arguments: &[&str]) -> (Request, Request, String) {
    let with = |arguments: &[&str]| {
        let mut command = scratch.command();
        command.args(arguments).env("CONDUCTOR_SECRET_token", SECRET).env("CONDUCTOR_SECRET_user", USER);
        crate::command::Ran::from(command.output().expect("the command starts"))
    };
    with(&[&["test"], arguments].concat()).exits(0);
    let own = server.next();
    let printed = with(&[&["curl"], arguments].concat()).exits(0).stdout;
    assert!(!printed.contains("p4ss") && !printed.contains(USER), "{printed}");
    let mut shell = Command::new("sh");
    shell.arg(scratch.file("command.sh", &printed)).current_dir(scratch.path());
    shell.env("CONDUCTOR_SECRET_token", SECRET).env("CONDUCTOR_SECRET_user", USER);
    let ran = shell.output().expect("a shell");
    assert!(ran.status.success(), "{printed}\n{}", String::from_utf8_lossy(&ran.stderr));
    (own, server.next(), printed)
}

/// The boundary is each program's own; a packed body is compared unpacked.
fn comparable(mut request: Request) -> Request {
    let fields = request.fields.clone();
    let field = |name: &str| fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
    if let Some(boundary) =
        field("content-type").and_then(|kind| kind.split_once("boundary=").map(|(_, b)| b.to_owned()))
    {
        let body = String::from_utf8_lossy(&request.body).replace(&boundary, "BOUNDARY");
        request.body = body.into_bytes();
        for (name, value) in &mut request.fields {
            *value = value.replace(&boundary, "BOUNDARY");
            if name == "content-length" {
                value.clear();
            }
        }
    }
    if field("content-encoding").as_deref() == Some("gzip") {
        let mut plain = Vec::new();
        GzDecoder::new(&*request.body).read_to_end(&mut plain).expect("a packed body");
        request.body = plain;
        request.fields.retain(|(name, _)| name != "content-length");
    }
    request
}

#[track_caller]
fn check(scratch: &Scratch, server: &Server, fields: &Value) {
    scratch.file("w.yaml", workflow(server, fields));
    let (own, of_curl, printed) = both(scratch, server, &["w.yaml"]);
    assert_eq!(comparable(of_curl), comparable(own), "{printed}");
}

#[test]
#[expect(clippy::print_stderr, reason = "a test that skips says so")]
fn curl_sends_the_same_bytes() {
    if !has_curl() {
        eprintln!("skipped: there is no curl on this machine");
        return;
    }
    let (scratch, server) = (Scratch::new(), Server::ok());
    scratch.file("me.txt", "a file; with \"quotes\"\n");
    scratch.file("it's here/b.bin", [0, 159, 146, 150, b'\n']);
    let text = "it's \"here\" $PATH `pwd` \\ back\nline\té @x";
    let secret = "${workflow.secrets.token}";
    let cases = [
        json!({"uri": "/plain", "method": "GET"}),
        json!({"uri": "/q?a=1&b=x%20y&c[]=2&d={e}", "method": "GET"}),
        json!({"uri": "/a/./b/../c/", "method": "GET"}),
        json!({"uri": "/head", "method": "HEAD"}),
        json!({"uri": "/gone", "method": "DELETE"}),
        json!({"uri": "/options", "method": "OPTIONS"}),
        json!({"uri": "/none", "method": "POST"}),
        json!({"uri": "/none", "method": "PUT"}),
        json!({"uri": "/json", "method": "POST", "body": {"a": text, "n": 1, "l": [true, null]}}),
        json!({"uri": "/json", "method": "PATCH", "body": {"a": "@not-a-file"}}),
        json!({"uri": "/get", "method": "GET", "body": {"query": "x"}}),
        json!({"uri": "/gone", "method": "DELETE", "body": ["a"]}),
        json!({"uri": "/text", "method": "POST", "contentType": "text/plain; charset=utf-8", "body": text}),
        json!({"uri": "/text", "method": "POST", "contentType": "text/plain; charset=iso-8859-1", "body": "é"}),
        json!({"uri": "/text", "method": "POST", "contentType": "text/plain", "body": "a\u{0}b"}),
        json!({"uri": "/form", "method": "POST", "contentType": "application/x-www-form-urlencoded", "body": {"a": text, "b": ["1", "2"], "c*": "~"}}),
        json!({"uri": "/file", "method": "PUT", "contentType": "application/octet-stream", "body": {"file": "it's here/b.bin"}}),
        json!({"uri": "/file", "method": "PUT", "contentType": "text/plain", "contentEncoding": "gzip", "body": {"file": "me.txt"}}),
        json!({"uri": "/packed", "method": "POST", "contentEncoding": "gzip", "body": {"a": text}}),
        json!({"uri": "/parts", "method": "POST", "contentType": "multipart/form-data", "body": {
            "a": text, "n": 1, "l": ["x", "y"], "me": {"file": "me.txt"}, "bin": {"file": "it's here/b.bin", "contentType": "image/png", "filename": "a \"b\"; c.png"},
            "j": {"value": {"k": "v;\"w\""}}, "t": {"value": "<a>", "contentType": "text/html", "filename": "t.html"}}}),
        json!({"uri": "/fields", "method": "GET", "headers": {"X-A": ["1", "2"], "X-Empty": "", "X-Quote": "it's \"$x\"", "Accept": "text/*", "User-Agent": "me", "Host": "other.example"}}),
        json!({"uri": "/secret", "method": "GET", "headers": {"Authorization": "Bearer ${workflow.secrets.token}", "Cookie": "a=${workflow.secrets.token}"}}),
        json!({"uri": "/secret/${workflow.secrets.token}?k=${workflow.secrets.token}", "method": "GET"}),
        json!({"uri": "/secret", "method": "POST", "body": {"a": secret, "b": "x${workflow.secrets.token}y"}}),
        json!({"uri": "/secret", "method": "POST", "contentType": "text/plain", "body": "x${workflow.secrets.token}y"}),
        json!({"uri": "/secret", "method": "POST", "contentEncoding": "gzip", "body": {"a": secret}}),
        json!({"uri": "/secret", "method": "POST", "contentType": "application/x-www-form-urlencoded", "body": {"a": secret}}),
        json!({"uri": "/secret", "method": "POST", "contentType": "multipart/form-data", "body": {"a": secret}}),
        json!({"uri": "/large", "method": "POST", "contentType": "text/plain", "body": "0123456789".repeat(20_000)}),
    ];
    for case in &cases {
        check(&scratch, &server, case);
    }
}

#[test]
#[expect(clippy::print_stderr, reason = "a test that skips says so")]
fn credentials_of_a_task_definition_are_options_of_curl() {
    if !has_curl() {
        eprintln!("skipped: there is no curl on this machine");
        return;
    }
    let auths = [
        json!({"type": "bearer", "token": "token"}),
        json!({"type": "basic", "username": "user", "password": "token"}),
        json!({"type": "api_key", "in": "header", "name": "X-Key", "key": "token", "prefix": "Key "}),
        json!({"type": "api_key", "in": "query", "name": "key", "key": "token"}),
        json!({"type": "api_key", "in": "cookie", "name": "sid", "key": "token"}),
    ];
    for auth in auths {
        let (scratch, server) = (Scratch::new(), Server::ok());
        let definition = json!({"name": "things_get", "x-legwork": {"request": {"method": "GET", "uri": format!("{}/things/{{{{id}}}}", server.url), "auth": auth}}});
        scratch.file("task-definitions/things.get.yaml", definition.to_string());
        scratch.file(
            "w.yaml",
            json!({"name": "w", "version": 1, "schemaVersion": 2, "tasks": [{"name": "things_get", "taskReferenceName": "get", "type": "SIMPLE",
                "inputParameters": {"id": "a b"}}]})
            .to_string(),
        );
        let (own, of_curl, printed) = both(&scratch, &server, &["w.yaml", "--task-definitions", "task-definitions"]);
        assert_eq!(of_curl, own, "{printed}");
    }
}

#[test]
fn what_cannot_be_sent_is_refused_and_nothing_is_printed() {
    let scratch = Scratch::new();
    scratch.file("w.yaml", "{name: w, version: 1, schemaVersion: 2, tasks: [{name: a, taskReferenceName: a, type: HTTP, inputParameters: {uri: '${workflow.input.x}/y', method: GET}}]}");
    scratch.run(&["curl", "w.yaml"]).exits(2).prints_nothing();
    scratch.run(&["curl", "w.yaml", "-i", "x=ftp://h"]).exits(2).prints_nothing();
}
