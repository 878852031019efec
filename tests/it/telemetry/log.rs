//! `--log`, from outside.

use super::{CANARY, server};
use crate::command::{Ran, Scratch};
use serde_json::Value;

/// Runs one call that fails once, with the secret in a field of its request.
fn run(arguments: &[&str]) -> Ran {
    let scratch = Scratch::new();
    let address = server::echo(1);
    scratch.file("dev.env", format!("CONDUCTOR_SECRET_token={CANARY}\n"));
    scratch.file("defs.yaml", format!(
        "name: shop_get\nretryCount: 1\nretryDelaySeconds: 0\nx-legwork:\n  servers: ['http://{address}']\n  request: {{method: GET, uri: '{{{{server}}}}/items/{{{{id}}}}', \
         headers: {{Authorization: 'Bearer ${{workflow.secrets.token}}'}}}}\n"
    ));
    scratch.file("w.yaml", format!(
        "name: shop\nversion: 1\nschemaVersion: 2\ntasks:\n  - name: shop_get\n    taskReferenceName: get\n    type: HTTP\n    inputParameters:\n      \
         uri: http://{address}/items/17\n      method: GET\n      headers: {{Authorization: 'Bearer ${{workflow.secrets.token}}'}}\n"
    ));
    let fixed = ["run", "w.yaml", "--env-file", "dev.env", "--task-definitions", "defs.yaml"];
    let ran = scratch.run(&[&fixed[..], arguments].concat());
    for text in [&ran.stdout, &ran.stderr] {
        assert!(!text.contains(CANARY), "{text}");
    }
    ran
}

#[test]
fn a_run_tells_what_happens_at_every_level_and_no_secret() {
    let ran = run(&["--log", "trace"]).exits(0);
    for words in
        ["retried after:", "exchanged", "http.request.method=\"GET\"", "http.response.status_code=500", "Bearer ***"]
    {
        assert!(ran.stderr.contains(words), "no `{words}` in {}", ran.stderr);
    }
    let ran = run(&["--log", "warn"]).exits(0);
    assert!(!ran.stderr.contains("retried after:"), "{}", ran.stderr);
    let ran = run(&[]).exits(0);
    assert!(!ran.stderr.contains("legwork::"), "{}", ran.stderr);
}

#[test]
fn json_lines_hold_spans_and_fields() {
    let ran = run(&["--log", "debug", "--log-format", "json", "--output", "json"]).exits(0);
    let lines: Vec<Value> = ran.stderr.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let answered: Vec<&Value> = lines.iter().filter(|line| line["fields"]["message"] == "answered").collect();
    let statuses: Vec<&Value> = answered.iter().map(|line| &line["fields"]["http.response.status_code"]).collect();
    assert_eq!(statuses, [500, 200], "{}", ran.stderr);
    let spans: Vec<_> = answered[0]["spans"].as_array().into_iter().flatten().map(|span| &span["name"]).collect();
    assert_eq!(spans, ["run", "task", "request"]);
    assert!(
        lines
            .iter()
            .any(|line| line["fields"]["message"].as_str().is_some_and(|text| text.starts_with("retried after:")))
    );
}

#[test]
fn what_cannot_be_understood_is_refused() {
    let scratch = Scratch::new();
    scratch.run(&["check", "w.yaml", "--log", "verbose"]).exits(2).says("E0623");
}
