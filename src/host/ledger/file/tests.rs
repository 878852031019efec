//! One ledger, asked from several sides.

use super::*;
use tempfile::TempDir;

fn folder() -> TempDir {
    tempfile::tempdir().expect("a scratch folder")
}

fn opened(folder: &TempDir) -> Ledger {
    Ledger::open(&folder.path().join("a.ledger")).expect("a ledger")
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

#[track_caller]
fn held(ledger: &Ledger, names: &Names) -> Hold {
    match ledger.reserve(names, 1).expect("a ledger that works") {
        Reserved::Held(hold) => hold,
        other => panic!("{other:?}"),
    }
}

/// What the ledger says of a key, in a word.
#[track_caller]
fn check(ledger: &Ledger, names: &Names, expected: &str) {
    let word = match ledger.reserve(names, 2).expect("a ledger that works") {
        Reserved::Bound(binding) => format!("bound to {}", binding.id.unwrap_or_default()),
        Reserved::Held(hold) if hold.is_doubtful() => "held, in doubt".to_owned(),
        Reserved::Held(_) => "held".to_owned(),
        Reserved::Busy => "busy".to_owned(),
        Reserved::Taken { key } => format!("taken by {key}"),
    };
    assert_eq!(word, expected, "{names:?}");
}

fn bind(ledger: &Ledger, hold: Hold, id: &str) -> Bound {
    ledger.bind(hold, id, &Map::new(), 3).expect("a ledger that works")
}

#[test]
fn a_key_is_bound_for_good_and_for_every_process() {
    let folder = folder();
    let ledger = opened(&folder);
    let jill = names("u-1", "jill@example.com");
    assert_eq!(bind(&ledger, held(&ledger, &jill), "z1"), Bound::Bound);
    check(&ledger, &jill, "bound to z1");
    check(&opened(&folder), &jill, "bound to z1");
    // Bound is bound, whatever the address is by now.
    check(&ledger, &names("u-1", "jill@new.example.com"), "bound to z1");
}

#[test]
fn both_sides_are_unique() {
    let folder = folder();
    let ledger = opened(&folder);
    bind(&ledger, held(&ledger, &names("u-1", "jill@example.com")), "z1");
    check(&ledger, &names("u-2", "jill@example.com"), "taken by u-1");
    let hold = held(&ledger, &names("u-2", "john@example.com"));
    assert_eq!(bind(&ledger, hold, "z1"), Bound::Clash { key: "u-1".to_owned() });
    assert_eq!(ledger.list().expect("its rows").len(), 1, "an intent that came to nothing is gone");
}

#[test]
fn others_wait_for_a_holder_and_take_over_from_a_dead_one() {
    let folder = folder();
    let (ledger, other) = (opened(&folder), opened(&folder));
    let jill = names("u-1", "jill@example.com");
    let hold = held(&ledger, &jill);
    check(&ledger, &jill, "busy");
    check(&other, &jill, "busy");
    drop(hold);
    check(&other, &jill, "held, in doubt");
    check(&ledger, &jill, "held, in doubt");
}

#[test]
fn what_was_not_made_is_given_up() {
    let folder = folder();
    let ledger = opened(&folder);
    let jill = names("u-1", "jill@example.com");
    ledger.give_up(held(&ledger, &jill)).expect("given up");
    check(&ledger, &jill, "held");
}

#[test]
fn an_intent_keeps_how_to_find_what_it_may_have_made() {
    let folder = folder();
    let ledger = opened(&folder);
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
}

#[test]
fn realms_and_operations_do_not_meet() {
    let folder = folder();
    let ledger = opened(&folder);
    let jill = names("u-1", "jill@example.com");
    bind(&ledger, held(&ledger, &jill), "z1");
    check(&opened(&folder).in_realm("sandbox "), &jill, "held");
    check(&ledger, &Names { task: "rooms_create".to_owned(), ..jill.clone() }, "held");
    check(&ledger, &Names { origin: "https://eu.example.com".to_owned(), ..jill }, "held");
}

#[test]
fn a_key_that_is_forgotten_is_free() {
    let folder = folder();
    let ledger = opened(&folder);
    let jill = names("u-1", "jill@example.com");
    bind(&ledger, held(&ledger, &jill), "z1");
    assert_eq!(ledger.forget("u-1").expect("forgotten"), 1);
    assert_eq!(ledger.forget("u-1").expect("forgotten"), 0);
    check(&ledger, &jill, "held");
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
    let folder = folder();
    let jill = names("u-1", "jill@example.com");
    let holds: Vec<_> = std::thread::scope(|scope| {
        let all: Vec<_> = (0..8).map(|_| scope.spawn(|| opened(&folder).reserve(&jill, 1).expect("asked"))).collect();
        all.into_iter().map(|one| one.join().expect("no panic")).collect()
    });
    let count = |word: fn(&Reserved) -> bool| holds.iter().filter(|reserved| word(reserved)).count();
    assert_eq!(count(|reserved| matches!(reserved, Reserved::Held(_))), 1);
    assert_eq!(count(|reserved| matches!(reserved, Reserved::Busy)), 7);
}
