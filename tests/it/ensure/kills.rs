//! `kill -9` at every step, eight callers of one key at once: one user, one binding, and the same id for everybody.
//!
//! `LEGWORK_ENSURE_ROUNDS` says how many random rounds there are (1,000 took minutes; the usual number is small), `LEGWORK_ENSURE_SEED`
//! repeats one that failed.

use super::{FILE, bindings_of, id, login_with, ran, users};
use crate::cli::Served;
use crate::command::{Ran, Scratch};
use std::collections::BTreeMap;
use std::process::Stdio;
use std::sync::mpsc;
use std::time::{Duration, SystemTime};

const STAGES: [&str; 3] = ["before", "within", "after"];

/// Random numbers that can be had again.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        // xorshift64
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

/// When a caller is killed.
#[derive(Debug, Clone, Copy)]
enum Kill {
    Never,
    /// At a stage of a write of its ledger.
    At(&'static str, u64),
    /// So many milliseconds after it started, wherever it is then.
    After(u64),
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

/// What the callers share.
pub(super) struct Bed<'b> {
    pub(super) scratch: &'b Scratch,
    pub(super) sandbox: &'b Served,
    pub(super) ledger: &'b str,
}

/// One caller, killed or not; its answer when it came to one.
fn call(bed: &Bed<'_>, of: (&str, &str), kill: Kill) -> Ran {
    let mut command = login_with(bed.ledger, bed.scratch, bed.sandbox, of);
    let Kill::After(milliseconds) = kill else {
        if let Kill::At(stage, write) = kill {
            command.env("LEGWORK_KILL_LEDGER_AT", format!("{stage}:{write}"));
        }
        return ran(command);
    };
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the command");
    let (_never, waits) = mpsc::channel::<()>();
    let _ = waits.recv_timeout(Duration::from_millis(milliseconds));
    let _ = child.kill();
    child.wait_with_output().expect("its end").into()
}

/// Every caller that came to an end has the same id, and the last one, whom nobody kills, has it too.
fn round(bed: &Bed<'_>, (user, email): (&str, &str), kills: &[Kill]) -> String {
    let ended: Vec<_> = std::thread::scope(|scope| {
        let callers: Vec<_> = kills.iter().map(|kill| scope.spawn(|| call(bed, (user, email), *kill))).collect();
        callers.into_iter().map(|caller| caller.join().expect("no panic")).collect()
    });
    let last = call(bed, (user, email), Kill::Never).exits(0);
    for ran in ended.iter().filter(|ran| ran.code.is_some()) {
        assert_eq!((ran.code, id(ran)), (Some(0), id(&last)), "{user}: {kills:?} {}", ran.stderr);
    }
    id(&last)
}

#[test]
fn killed_at_each_stage_of_each_write_there_is_one_user_and_one_binding() {
    let scratch = Scratch::new();
    let sandbox = Served::start(&scratch, &[]);
    killed_at_each_stage(&Bed { scratch: &scratch, sandbox: &sandbox, ledger: FILE }, &STAGES);
}

/// The first write is the intent, the second one the binding; a third one is never made.
pub(super) fn killed_at_each_stage(bed: &Bed<'_>, stages: &[&'static str]) {
    let mut made = BTreeMap::new();
    for (write, stage) in (1..=3).flat_map(|write| stages.iter().map(move |stage| (write, *stage))) {
        let (user, email) = (format!("{stage}-{write}"), format!("{stage}{write}@example.com"));
        let killed = call(bed, (&user, &email), Kill::At(stage, write));
        assert_eq!(killed.code.is_none(), write <= 2, "{stage}:{write} {}", killed.stderr);
        // Whoever takes over may be killed as well.
        call(bed, (&user, &email), Kill::At(stage, 1));
        made.insert(email.clone(), round(bed, (&user, &email), &[Kill::At(stage, write)]));
    }
    assert_eq!(users(bed.sandbox).into_iter().collect::<BTreeMap<_, _>>(), made);
    assert_eq!(users(bed.sandbox).len(), made.len());
}

#[test]
fn random_kills_of_eight_callers_leave_one_user_and_one_binding() {
    let scratch = Scratch::new();
    // Time passes between the creation and its answer, so that some are killed in between.
    let sandbox = Served::start(&scratch, &["--fault", "delay=20; entry=zoom_users_create"]);
    random_kills(
        &Bed { scratch: &scratch, sandbox: &sandbox, ledger: FILE },
        number("LEGWORK_ENSURE_ROUNDS").unwrap_or(4),
    );
}

pub(super) fn random_kills(bed: &Bed<'_>, rounds: u64) {
    let clock = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().subsec_nanos();
    let seed = number("LEGWORK_ENSURE_SEED").unwrap_or_else(|| u64::from(clock) + 1);
    let mut chance = Chance(seed);
    let mut made = BTreeMap::new();
    for number in 0..rounds {
        let (user, email) = (format!("user-{number}"), format!("user{number}@example.com"));
        let kills = [(); 8].map(|()| match chance.below(8) {
            0 => Kill::Never,
            1..=4 => Kill::At(STAGES[usize::try_from(chance.below(3)).expect("small")], 1 + chance.below(2)),
            _ => Kill::After(chance.below(150)),
        });
        made.insert(email.clone(), round(bed, (&user, &email), &kills));
    }
    let found = users(bed.sandbox);
    assert_eq!(found.len(), made.len(), "seed {seed}: one user for each key");
    assert_eq!(found.into_iter().collect::<BTreeMap<_, _>>(), made, "seed {seed}: each has the id of its user");
    let bound: Vec<_> = bindings_of(bed.ledger, bed.scratch).into_iter().filter_map(|(_, id)| id).collect();
    assert_eq!(bound.len(), made.len(), "seed {seed}: one binding for each key");
}
