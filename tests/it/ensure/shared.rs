//! The same with the ledger in a PostgreSQL database, a real one.

use super::kills::{Bed, killed_at_each_stage, random_kills};
use super::{bindings_of, id, login_with, ran, users};
use crate::cli::Served;
use crate::command::Scratch;
use crate::postgres::scratch::Scratch as Database;

/// A database whose sessions are gone for good soon after they are gone.
fn database(scratch: &Scratch) -> Option<Database> {
    let database = Database::new()?;
    // Whoever looks at it first makes its tables.
    scratch.run(&["ledger", "list", &database.url()]).exits(0).prints_nothing();
    database.sql("UPDATE legwork_format SET grace_ms = 3000");
    Some(database)
}

#[test]
fn killed_at_each_write_there_is_one_user_and_one_binding() {
    let scratch = Scratch::new();
    let Some(database) = database(&scratch) else { return };
    let sandbox = Served::start(&scratch, &[]);
    // A statement has no inside.
    killed_at_each_stage(&Bed { scratch: &scratch, sandbox: &sandbox, ledger: &database.url() }, &["before", "after"]);
}

#[test]
fn random_kills_of_eight_callers_leave_one_user_and_one_binding() {
    let scratch = Scratch::new();
    let Some(database) = database(&scratch) else { return };
    let sandbox = Served::start(&scratch, &["--fault", "delay=20; entry=zoom_users_create"]);
    random_kills(&Bed { scratch: &scratch, sandbox: &sandbox, ledger: &database.url() }, 2);
}

#[test]
fn two_processes_race_for_one_key_and_one_creates() {
    let scratch = Scratch::new();
    let Some(database) = database(&scratch) else { return };
    let sandbox = Served::start(&scratch, &["--fault", "delay=200; entry=zoom_users_create"]);
    let url = database.url();
    let logins = [(); 2].map(|()| {
        let mut command = login_with(&url, &scratch, &sandbox, ("user-1", "jill@example.com"));
        command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().expect("it starts")
    });
    let [one, other] =
        logins.map(|child| id(&crate::command::Ran::from(child.wait_with_output().expect("its end")).exits(0)));
    assert_eq!((&one, users(&sandbox).len()), (&other, 1));
    assert_eq!(bindings_of(&url, &scratch), [("user-1".to_owned(), Some(one))]);
    scratch.run(&["ledger", "show", &url, "user-1"]).exits(0).prints("jill@example.com");
    scratch.run(&["ledger", "forget", &url, "user-1"]).exits(0).says("is forgotten");
    assert_eq!(bindings_of(&url, &scratch), []);
}

#[test]
fn a_database_that_does_not_answer_is_told_of_before_anything_is_sent() {
    let scratch = Scratch::new();
    let sandbox = Served::start(&scratch, &[]);
    let url = "postgres://me:the-password-of-all@127.0.0.1:1/db";
    let refused = ran(login_with(url, &scratch, &sandbox, ("user-1", "jill@example.com"))).exits(2);
    let refused = refused.prints("E0636").prints("the database `postgres://me@127.0.0.1:1/db` does not answer");
    let said = format!("{}{}", refused.stdout, refused.stderr);
    assert!(!said.contains("the-password-of-all"), "{said}");
    assert_eq!(users(&sandbox), []);
}
