//! `--ledger`, `legwork.toml` and `legwork ledger`.

use super::{bindings, id, login, ran};
use crate::cli::Served;
use crate::command::Scratch;

#[test]
fn a_file_that_is_no_ledger_is_refused() {
    let scratch = Scratch::new();
    scratch.file("README.md", "# no ledger\n".repeat(100));
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/zoom-first-login.yaml");
    let run = ["run", example, "--sandbox", "--ledger", "README.md", "-i", "user=u", "-i", "email=a@example.com"];
    scratch.run(&run).exits(2).prints_nothing().says("E0636").says("is not a ledger");
    scratch.run(&["ledger", "list", "README.md"]).exits(2).says("E0636");
    scratch.run(&["ledger", "list", "none.ledger"]).exits(2).says("no ledger `none.ledger`");
}

#[test]
fn a_ledger_is_looked_into_and_a_key_is_forgotten() {
    let scratch = Scratch::new();
    let sandbox = Served::start(&scratch, &[]);
    let made = id(&ran(login(&scratch, &sandbox, "user-17", "jill@example.com")).exits(0));
    scratch.run(&["ledger", "list", "users.ledger"]).exits(0).prints("user-17").prints(&made);
    scratch.run(&["ledger", "show", "users.ledger", "user-17"]).exits(0).prints("jill@example.com");
    scratch.run(&["ledger", "show", "users.ledger", "user-18"]).exits(1).prints_nothing();
    scratch.run(&["ledger", "forget", "users.ledger", "user-17"]).exits(0).says("is forgotten");
    scratch.run(&["ledger", "forget", "users.ledger", "user-17"]).exits(1).says("no key `user-17`");
    assert_eq!(bindings(&scratch), []);
}

#[test]
fn an_environment_names_its_ledger() {
    let scratch = Scratch::new();
    let example = include_str!("../../../examples/zoom-first-login.yaml");
    scratch.file("login.yaml", example);
    scratch.file("legwork.toml", "[env.dev]\nsandbox = true\nledger = \"users.ledger\"\n");
    let run = ["run", "login.yaml", "--env", "dev", "-i", "user=user-17", "-i", "email=jill@example.com"];
    scratch.run(&run).exits(0).prints("created, and bound");
    scratch.run(&run).exits(0).prints("nothing was sent");
    let dry = ["test", "login.yaml", "--env", "dev", "--dry-run", "-i", "user=user-18", "-i", "email=john@example.com"];
    scratch.run(&dry).exits(0).prints("POST https://api.zoom.us/v2/users");
    assert_eq!(bindings(&scratch).len(), 1, "a dry run writes nothing down");
}
