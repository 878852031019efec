//! What `--journal` and `resume` say of a file that they cannot use, and what they leave alone.

use super::server::Server;
use super::{legwork, workflow};
use crate::command::Scratch;

const ONE: &str = "  - {name: a, taskReferenceName: a, type: HTTP, inputParameters: {uri: SERVER/a, method: GET}}";

fn prepared() -> (Scratch, Server) {
    let (scratch, server) = (Scratch::new(), Server::start());
    workflow(&scratch, &server, ONE);
    (scratch, server)
}

#[test]
fn a_file_that_cannot_be_used_is_refused_in_words() {
    let (scratch, server) = prepared();
    scratch.file("empty.journal", "");
    scratch.file("other.db", "something else");
    for (journal, words) in [
        ("none.journal", "no journal `none.journal`"),
        ("empty.journal", "is empty"),
        ("other.db", "is not a journal"),
        (".", "is a folder"),
    ] {
        legwork(&scratch, &["resume", journal]).exits(2).prints_nothing().says("E0630").says(words);
    }
    for (journal, words) in [
        ("other.db", "is not a journal"),
        ("w.yaml", "is not a journal"),
        (".", "is a folder"),
        ("no/folder/a.journal", "read-only, or not there"),
    ] {
        legwork(&scratch, &["run", "w.yaml", "--journal", journal]).exits(2).prints_nothing().says("E0630").says(words);
    }
    assert_eq!(server.seen().len(), 0, "nothing was sent");
    assert_eq!(std::fs::read_to_string(scratch.path().join("other.db")).expect("it is there"), "something else");
    legwork(&scratch, &["run", "w.yaml", "--journal", "empty.journal"]).exits(0);
}

#[test]
fn a_journal_belongs_to_one_run() {
    let (scratch, server) = prepared();
    let run = ["run", "w.yaml", "--journal", "a.journal"];
    legwork(&scratch, &run).exits(0);
    legwork(&scratch, &run).exits(2).says("holds a run already").says("legwork resume a.journal");
    legwork(&scratch, &["resume", "a.journal"]).exits(0).prints("COMPLETED");
    assert_eq!(server.count("GET /a"), 1);
}

#[test]
fn a_damaged_journal_is_refused() {
    let (scratch, _server) = prepared();
    legwork(&scratch, &["run", "w.yaml", "--journal", "a.journal"]).exits(0);
    let path = scratch.path().join("a.journal");
    let bytes = std::fs::read(&path).expect("it is there");
    let at = bytes.windows(9).rposition(|window| window == b"COMPLETED").expect("the answer");
    let mut altered = bytes.clone();
    altered.splice(at..at + 9, *b"CANCELLED");
    std::fs::write(&path, altered).expect("written");
    legwork(&scratch, &["resume", "a.journal"]).exits(2).prints_nothing().says("E0630").says("was altered");
    std::fs::write(&path, bytes.get(..4096).expect("a page")).expect("written");
    legwork(&scratch, &["resume", "a.journal"]).exits(2).prints_nothing().says("E0630").says("damaged");
}

#[test]
fn a_run_goes_on_with_the_definition_it_began_with() {
    let (scratch, server) = prepared();
    super::killed_at(&scratch, "after:1", &["run", "w.yaml", "--journal", "a.journal"]);
    workflow(&scratch, &server, &ONE.replace("/a", "/changed"));
    legwork(&scratch, &["resume", "a.journal"]).exits(0).prints("COMPLETED").says("E0632").says("w.yaml");
    assert_eq!((server.count("GET /a"), server.count("GET /changed")), (1, 0));
}

#[test]
fn a_disk_without_room_stops_the_run_and_loses_nothing() {
    let (scratch, server) = (Scratch::new(), Server::start());
    let tasks: Vec<_> = (0..40).map(|index| ONE.replace("a, ", &format!("a{index}, "))).collect();
    workflow(&scratch, &server, &tasks.join("\n"));
    let mut command = std::process::Command::new("sh");
    let script = "ulimit -f 60; trap '' XFSZ; exec \"$0\" run w.yaml --journal a.journal";
    command.current_dir(scratch.path()).args(["-c", script, env!("CARGO_BIN_EXE_legwork")]);
    let ran: crate::command::Ran = command.output().expect("the shell").into();
    let ran = ran.exits(1).prints_nothing().says("no room left").says("legwork resume a.journal");
    let sent = server.seen().len();
    assert!((1..40).contains(&sent), "{sent} were sent: {}", ran.stderr);
    legwork(&scratch, &["resume", "a.journal"]).exits(0).prints("COMPLETED");
    assert!((40..=41).contains(&server.seen().len()), "only the call under way was repeated");
}

#[cfg(unix)]
#[test]
fn a_journal_in_use_is_refused_and_an_interrupt_tells_how_to_go_on() {
    use std::process::Stdio;
    let (scratch, server) = (Scratch::new(), Server::start());
    workflow(
        &scratch,
        &server,
        &format!(
            "{ONE}\n  - {{name: w, taskReferenceName: w, type: HTTP, startDelay: 3600, inputParameters: {{uri: SERVER/w, method: GET}}}}"
        ),
    );
    let mut command = scratch.command();
    command.args(["run", "w.yaml", "--journal", "a.journal"]).stderr(Stdio::piped()).stdout(Stdio::piped());
    let child = command.spawn().expect("the command");
    while server.count("GET /a") == 0 {
        std::thread::yield_now();
    }
    legwork(&scratch, &["resume", "a.journal"]).exits(2).prints_nothing().says("in use by another process");
    std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill");
    let ran: crate::command::Ran = child.wait_with_output().expect("its end").into();
    ran.exits(130).says("`legwork resume a.journal` goes on with it");
}
