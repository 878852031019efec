//! One ledger, asked from several sides, in a file and in a database.

use super::*;
use crate::host::database::scratch::Scratch;
use crate::host::database::{Address, Database};
use crate::secret::Secret;
use rusqlite::Connection;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Where a ledger is kept.
enum Bed {
    File(TempDir),
    Server(Scratch),
}

impl Bed {
    /// A ledger in another process, as far as it can tell.
    fn opened(&self) -> Ledger {
        match self {
            Self::File(folder) => Ledger::open(&folder.path().join("a.ledger")).expect("a ledger"),
            Self::Server(scratch) => Ledger::of(database(scratch)),
        }
    }
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a scratch folder")
}

fn database(scratch: &Scratch) -> Database {
    let address = Address::of(&scratch.url()).expect("a URL");
    Database::open(&address, Some(&Secret::new("nobody asks")), no_tls).expect("a database")
}

/// A socket of this machine needs none.
fn no_tls() -> Result<Arc<rustls::ClientConfig>, rustls::Error> {
    Err(rustls::Error::General("nobody asks".to_owned()))
}

/// Carries out a test for each way to keep a ledger.
fn everywhere(test: impl Fn(&Bed)) {
    test(&Bed::File(folder()));
    if let Some(scratch) = Scratch::new() {
        test(&Bed::Server(scratch));
    }
}

fn names(key: &str, natural_key: &str) -> Names {
    Names {
        task: "users_create".to_owned(),
        origin: "https://api.example.com".to_owned(),
        key: key.to_owned(),
        natural_key: natural_key.to_owned(),
        lookup: Map::from_iter([("user_id".to_owned(), natural_key.into())]),
    }
}

/// The hold of a key that is free, or is let go at this moment.
#[track_caller]
fn held(ledger: &Ledger, names: &Names) -> Hold {
    let start = Instant::now();
    loop {
        match ledger.reserve(names, 1).expect("a ledger that works") {
            Reserved::Held(hold) => return hold,
            Reserved::Busy if start.elapsed() < Duration::from_mins(1) => std::thread::yield_now(),
            other => panic!("{other:?}"),
        }
    }
}

/// What the ledger says of a key, in a word. That a hold was let go reaches others of a database some time later.
#[track_caller]
fn check(ledger: &Ledger, names: &Names, expected: &str) {
    let start = Instant::now();
    let word = loop {
        let word = word(ledger, names);
        if word != "busy" || expected == "busy" || start.elapsed() > Duration::from_mins(1) {
            break word;
        }
        std::thread::yield_now();
    };
    assert_eq!(word, expected, "{names:?}");
}

#[track_caller]
fn word(ledger: &Ledger, names: &Names) -> String {
    match ledger.reserve(names, 2).expect("a ledger that works") {
        Reserved::Bound(binding) => format!("bound to {}", binding.id.unwrap_or_default()),
        Reserved::Held(hold) if hold.is_doubtful() => "held, in doubt".to_owned(),
        Reserved::Held(_) => "held".to_owned(),
        Reserved::Busy => "busy".to_owned(),
        Reserved::Taken { key } => format!("taken by {key}"),
    }
}

fn bind(ledger: &Ledger, hold: Hold, id: &str) -> Bound {
    ledger.bind(hold, id, &Map::new(), 3).expect("a ledger that works")
}

#[test]
fn a_key_is_bound_for_good_and_for_every_process() {
    everywhere(|bed| {
        let ledger = bed.opened();
        let jill = names("u-1", "jill@example.com");
        assert_eq!(bind(&ledger, held(&ledger, &jill), "z1"), Bound::Bound);
        check(&ledger, &jill, "bound to z1");
        check(&bed.opened(), &jill, "bound to z1");
        // Bound is bound, whatever the address is by now.
        check(&ledger, &names("u-1", "jill@new.example.com"), "bound to z1");
    });
}

#[test]
fn both_sides_are_unique() {
    everywhere(|bed| {
        let ledger = bed.opened();
        bind(&ledger, held(&ledger, &names("u-1", "jill@example.com")), "z1");
        check(&ledger, &names("u-2", "jill@example.com"), "taken by u-1");
        let hold = held(&ledger, &names("u-2", "john@example.com"));
        assert_eq!(bind(&ledger, hold, "z1"), Bound::Clash { key: "u-1".to_owned() });
        assert_eq!(ledger.list().expect("its rows").len(), 1, "an intent that came to nothing is gone");
    });
}

#[test]
fn others_wait_for_a_holder_and_take_over_from_a_dead_one() {
    everywhere(|bed| {
        let (ledger, other) = (bed.opened(), bed.opened());
        let jill = names("u-1", "jill@example.com");
        let hold = held(&ledger, &jill);
        check(&ledger, &jill, "busy");
        check(&other, &jill, "busy");
        drop(hold);
        check(&other, &jill, "held, in doubt");
        check(&ledger, &jill, "held, in doubt");
    });
}

#[test]
fn what_was_not_made_is_given_up() {
    everywhere(|bed| {
        let ledger = bed.opened();
        let jill = names("u-1", "jill@example.com");
        ledger.give_up(held(&ledger, &jill)).expect("given up");
        check(&ledger, &jill, "held");
    });
}

#[test]
fn an_intent_keeps_how_to_find_what_it_may_have_made() {
    everywhere(|bed| {
        let ledger = bed.opened();
        drop(held(&ledger, &names("u-1", "jill@old.example.com")));
        let new = names("u-1", "jill@new.example.com");
        let mut hold = held(&ledger, &new);
        assert!(hold.is_renamed(&new));
        assert_eq!(hold.lookup().get("user_id"), Some(&"jill@old.example.com".into()));
        ledger.renamed(&mut hold, &new).expect("renamed");
        assert!(!hold.is_doubtful());
        drop(hold);
        let hold = held(&ledger, &new);
        assert!(!hold.is_renamed(&new) && hold.is_doubtful());
    });
}

#[test]
fn realms_and_operations_do_not_meet() {
    everywhere(|bed| {
        let ledger = bed.opened();
        let jill = names("u-1", "jill@example.com");
        bind(&ledger, held(&ledger, &jill), "z1");
        check(&bed.opened().in_realm("sandbox "), &jill, "held");
        check(&ledger, &Names { task: "rooms_create".to_owned(), ..jill.clone() }, "held");
        check(&ledger, &Names { origin: "https://eu.example.com".to_owned(), ..jill }, "held");
    });
}

#[test]
fn a_key_that_is_forgotten_is_free() {
    everywhere(|bed| {
        let ledger = bed.opened();
        let jill = names("u-1", "jill@example.com");
        bind(&ledger, held(&ledger, &jill), "z1");
        assert_eq!(ledger.forget("u-1").expect("forgotten"), 1);
        assert_eq!(ledger.forget("u-1").expect("forgotten"), 0);
        check(&ledger, &jill, "held");
    });
}

#[test]
fn a_file_that_is_no_ledger_is_refused_and_kept() {
    let folder = folder();
    let path = folder.path().join("a.txt");
    std::fs::write(&path, "name: a workflow, and some more text that is no database at all\n").expect("written");
    assert!(matches!(Ledger::open(&path), Err(LedgerError::NotALedger { .. })));
    assert!(matches!(Ledger::open_existing(&folder.path().join("none")), Err(LedgerError::Missing { .. })));
    let other = folder.path().join("other.db");
    Connection::open(&other).and_then(|other| other.execute_batch("CREATE TABLE t (x)")).expect("a database");
    assert!(matches!(Ledger::open(&other), Err(LedgerError::NotALedger { .. })));
}

#[test]
fn many_threads_get_one_hold() {
    everywhere(|bed| {
        let jill = names("u-1", "jill@example.com");
        let holds: Vec<_> = std::thread::scope(|scope| {
            let all: Vec<_> = (0..8).map(|_| scope.spawn(|| bed.opened().reserve(&jill, 1).expect("asked"))).collect();
            all.into_iter().map(|one| one.join().expect("no panic")).collect()
        });
        let count = |word: fn(&Reserved) -> bool| holds.iter().filter(|reserved| word(reserved)).count();
        assert_eq!(count(|reserved| matches!(reserved, Reserved::Held(_))), 1);
        assert_eq!(count(|reserved| matches!(reserved, Reserved::Busy)), 7);
    });
}

#[test]
fn a_session_that_is_lost_comes_back_with_its_holds() {
    let Some(scratch) = Scratch::new() else { return };
    let (ledger, other) = (Ledger::of(database(&scratch)), Ledger::of(database(&scratch)));
    let jill = names("u-1", "jill@example.com");
    let hold = held(&ledger, &jill);
    scratch.end_sessions();
    check(&other, &jill, "busy");
    scratch.shut_out();
    let binding = std::thread::spawn({
        let ledger = ledger.clone();
        move || bind(&ledger, hold, "z1")
    });
    scratch.let_in();
    assert_eq!(binding.join().expect("no panic"), Bound::Bound);
    check(&other, &jill, "bound to z1");
    check(&ledger, &jill, "bound to z1");
}

#[test]
fn who_is_gone_for_too_long_is_taken_over_from_and_knows_it() {
    let Some(scratch) = Scratch::new() else { return };
    drop(database(&scratch));
    scratch.sql("UPDATE legwork_format SET grace_ms = 1500");
    let (gone, other) = (database(&scratch), Ledger::of(database(&scratch)));
    let jill = names("u-1", "jill@example.com");
    let hold = held(&Ledger::of(gone), &jill);
    // Its session is somebody else's now, as far as the table says: nobody holds that lock.
    scratch.sql("UPDATE legwork_binding SET session = 1");
    check(&other, &jill, "busy");
    check(&other, &jill, "held, in doubt");
    // What it made is bound all the same: nobody else has done so.
    let ledger = Ledger::of(database(&scratch));
    assert_eq!(bind(&ledger, hold, "z1"), Bound::Bound);
    check(&other, &jill, "bound to z1");
}

#[test]
fn a_hold_is_lost_when_its_database_is_gone_for_too_long() {
    let Some(scratch) = Scratch::new() else { return };
    drop(database(&scratch));
    scratch.sql("UPDATE legwork_format SET grace_ms = 900");
    let ledger = Ledger::of(database(&scratch));
    let hold = held(&ledger, &names("u-1", "jill@example.com"));
    scratch.shut_out();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    let waited = runtime.block_on(async { tokio::time::timeout(Duration::from_mins(1), hold.lost()).await });
    assert!(waited.is_ok());
    scratch.let_in();
}

#[test]
fn a_database_that_cannot_be_used_says_why() {
    let check = |url: &str, expected: &str| {
        let address = Address::of(url).expect("a URL");
        let err = Database::open(&address, None, no_tls).expect_err("it cannot be opened").to_string();
        assert!(err.contains(expected) && !err.contains("secret-word"), "{err}");
    };
    check("postgres://me:secret-word@127.0.0.1:1/db", "`postgres://me@127.0.0.1:1/db` does not answer: ");
    check("postgres://me@h/db?colour=blue", "is not the URL of a PostgreSQL database: ");
    let Some(scratch) = Scratch::new() else { return };
    check(&scratch.url().replace("/legwork_", "/nobody_s_"), "does not exist");
    drop(database(&scratch));
    scratch.sql("UPDATE legwork_format SET version = 7");
    check(&scratch.url(), "have format 7, which this version does not read");
}
