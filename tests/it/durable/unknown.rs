//! Calls whose outcome is not known: reported, decided about, looked up.

use super::server::Server;
use super::{killed_at, legwork, workflow};
use crate::cli::Served;
use crate::command::Scratch;

const POST: &str = "
  - {name: create, taskReferenceName: create, type: HTTP, inputParameters: {uri: SERVER/a, method: POST, body: {n: 1}}}
  - {name: b, taskReferenceName: b, type: HTTP, inputParameters: {uri: SERVER/b, method: GET}}
outputParameters: {a: '${create.output.id}'}";

/// A run that was killed when the POST may have been sent.
fn in_doubt() -> (Scratch, Server) {
    let (scratch, server) = (Scratch::new(), Server::start());
    workflow(&scratch, &server, POST);
    let ran = killed_at(&scratch, "before:2", &["run", "w.yaml", "--journal", "a.journal"]);
    assert_eq!((ran.code, server.count("POST /a")), (None, 1));
    (scratch, server)
}

#[test]
fn a_call_in_doubt_is_reported_and_nothing_is_sent() {
    let (scratch, server) = in_doubt();
    for _ in 0..2 {
        let ran = legwork(&scratch, &["resume", "a.journal"]).exits(5).prints("RUNNING");
        ran.says("E0631")
            .says("`create` (POST http://127.0.0.1")
            .says("--answer")
            .says("--resend create")
            .says("--fail create");
    }
    let ran = legwork(&scratch, &["resume", "a.journal", "--output", "json"]).exits(5).json();
    assert_eq!(ran["diagnostics"][0]["code"], "E0631", "{ran:#}");
    assert_eq!(server.seen().len(), 1);
}

#[test]
fn each_decision_is_kept_and_obeyed() {
    for (arguments, code, words, posts) in [
        (&["--answer", r#"create={"id": 7}"#][..], 0, "\"a\": 7", 1),
        (&["--resend", "create"], 0, "COMPLETED", 2),
        (&["--fail", "create"], 3, "FAILED", 1),
    ] {
        let (scratch, server) = in_doubt();
        legwork(&scratch, &[&["resume", "a.journal"], arguments].concat()).exits(code).prints(words);
        assert_eq!(server.count("POST /a"), posts, "{arguments:?}");
        legwork(&scratch, &["resume", "a.journal"]).exits(code).prints(words);
        assert_eq!(server.count("POST /a"), posts, "{arguments:?}");
    }
}

#[test]
fn a_decision_about_nothing_is_refused() {
    let (scratch, server) = in_doubt();
    for (arguments, words) in [
        (&["--resend", "craete"][..], "did you mean `create`"),
        (&["--resend", "b"], "no task `b` of this run is open"),
        (&["--resend", "create", "--fail", "create"], "two decisions about `create`"),
    ] {
        let ran = legwork(&scratch, &[&["resume", "a.journal"], arguments].concat()).exits(2);
        ran.prints_nothing().says("E0634").says(words);
    }
    legwork(&scratch, &["resume", "a.journal", "--answer", "create=7"])
        .exits(2)
        .prints_nothing()
        .says("E0614")
        .says("not an object");
    assert_eq!(server.seen().len(), 1);
}

#[test]
fn a_task_that_waits_for_somebody_is_answered_later() {
    let (scratch, server) = (Scratch::new(), Server::start());
    let ask = "\n  - {name: ask, taskReferenceName: ask, type: HUMAN}";
    workflow(&scratch, &server, &format!("{ask}{}", POST.replace("${create.output.id}", "${ask.output.name}")));
    let ran = legwork(&scratch, &["run", "w.yaml", "--journal", "a.journal"]).exits(5);
    ran.says("`legwork resume a.journal --answer REF=OUTPUT`");
    let ran = legwork(&scratch, &["resume", "a.journal", "--resend", "ask"]).exits(2).prints_nothing();
    ran.says("E0634").says("nothing to send again");
    legwork(&scratch, &["resume", "a.journal", "--answer", r#"ask={"name": "jill"}"#])
        .exits(0)
        .prints("\"a\": \"jill\"");
    assert_eq!((server.count("POST /a"), server.count("GET /b")), (1, 1));
}

#[test]
fn a_call_with_an_idempotency_key_is_sent_again() {
    let (scratch, server) = (Scratch::new(), Server::start());
    workflow(&scratch, &server, &POST.replace("method: POST", "method: POST, headers: {Idempotency-Key: k1}"));
    killed_at(&scratch, "before:2", &["run", "w.yaml", "--journal", "a.journal"]);
    legwork(&scratch, &["resume", "a.journal"]).exits(0).prints("COMPLETED");
    assert_eq!(server.count("POST /a"), 2);
}

#[test]
fn a_journal_that_leads_elsewhere_is_refused() {
    let (scratch, server) = (Scratch::new(), Server::start());
    let tasks = "
  - {name: v, taskReferenceName: v, type: SET_VARIABLE, inputParameters: {mode: '${workflow.secrets.mode}'}}
  - name: s
    taskReferenceName: s
    type: SWITCH
    evaluatorType: value-param
    expression: mode
    inputParameters: {mode: '${workflow.variables.mode}'}
    decisionCases:
      left: [{name: here, taskReferenceName: here, type: HTTP, inputParameters: {uri: SERVER/here, method: GET}}]
    defaultCase: [{name: there, taskReferenceName: there, type: HTTP, inputParameters: {uri: SERVER/there, method: GET}}]";
    workflow(&scratch, &server, tasks);
    scratch.file("a.env", "CONDUCTOR_SECRET_mode=left\n");
    killed_at(&scratch, "after:1", &["run", "w.yaml", "--journal", "a.journal", "--env-file", "a.env"]);
    scratch.file("other.env", "CONDUCTOR_SECRET_mode=right\n");
    let ran = legwork(&scratch, &["resume", "a.journal", "--env-file", "other.env"]).exits(2);
    ran.prints_nothing().says("E0633").says("`here`");
    assert_eq!(server.seen().len(), 0);
    legwork(&scratch, &["resume", "a.journal"]).exits(0).prints("COMPLETED");
    assert_eq!((server.count("GET /here"), server.count("GET /there")), (1, 0));
}

/// The two ways to write the same call.
const CREATE: [&str; 2] = [
    "
  - name: zoom_users_create
    taskReferenceName: create
    type: HTTP
    inputParameters:
      uri: https://api.zoom.us/v2/users
      method: POST
      headers: {Authorization: 'Bearer ${workflow.secrets.of_mine}'}
      body: {action: create, user_info: {email: jill@example.com, type: 1}}
outputParameters: {email: '${create.output.response.body.email}', id: '${create.output.response.body.id}'}",
    "
  - name: zoom_users_create
    taskReferenceName: create
    type: SIMPLE
    inputParameters: {action: create, email: jill@example.com, type: 1}
outputParameters: {email: '${create.output.response.body.email}', id: '${create.output.response.body.id}'}",
];

#[test]
fn a_call_that_can_be_looked_up_is() {
    for tasks in CREATE {
        for (at, found) in [("before:2", "it was carried out"), ("after:1", "it was not carried out")] {
            let (scratch, server) = (Scratch::new(), Server::start());
            let sandbox_server = Served::start(&scratch, &[]);
            workflow(&scratch, &server, tasks);
            let sandbox = format!("--sandbox={}", sandbox_server.url());
            killed_at(&scratch, at, &["run", "w.yaml", "--journal", "a.journal", &sandbox]);
            let ran = legwork(&scratch, &["resume", "a.journal", "--output", "json"]).exits(0);
            let ran = ran.json();
            assert_eq!(ran["execution"]["output"]["email"], "jill@example.com", "{ran:#}");
            assert!(ran["execution"]["output"]["id"].is_string(), "{ran:#}");
            let said = ran["diagnostics"][0].to_string();
            assert!(said.contains("E0635") && said.contains(found), "{said}");
            // The user is there once: another run finds it taken.
            legwork(&scratch, &["run", "w.yaml", &sandbox]).exits(1).prints("1005");
        }
    }
}

#[test]
fn a_look_up_that_does_not_tell_leaves_the_call_in_doubt() {
    let (scratch, server) = (Scratch::new(), Server::start());
    let sandbox_server = Served::start(&scratch, &["--fault", "500; entry=zoom_users_get"]);
    workflow(&scratch, &server, CREATE[1]);
    let sandbox = format!("--sandbox={}", sandbox_server.url());
    killed_at(&scratch, "before:2", &["run", "w.yaml", "--journal", "a.journal", &sandbox]);
    let ran = legwork(&scratch, &["resume", "a.journal"]).exits(5).prints("RUNNING");
    ran.says("E0635").says("did not tell").says("E0631");
}
