//! Two workers that are killed again and again, each time one of them has ended so and so many tasks, and that begin anew.

use super::{SECRET, TASK, legwork};
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

const NAMES: [&str; 2] = ["one", "other"];

/// What the workers share.
pub(super) struct Bed {
    pub(super) folder: PathBuf,
    pub(super) sandbox: String,
    pub(super) ledger: String,
}

/// The workers, at work.
pub(super) struct Crew {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
    third: Receiver<()>,
}

/// What became of them.
pub(super) struct Ended {
    pub(super) kills: usize,
}

struct Shared {
    bed: Bed,
    count: Mutex<Count>,
    /// The processes that live.
    running: Mutex<Vec<u32>>,
}

/// How many tasks have ended, and what happens then.
struct Count {
    ended: usize,
    kills: usize,
    /// After how many ended tasks whoever ends the next one is killed; the last one first.
    kill_after: Vec<usize>,
    third: (usize, Sender<()>),
}

impl Crew {
    /// Begins work on so many users, with so many kills while the first two thirds are made.
    pub(super) fn begin(bed: Bed, (users, kills): (usize, usize)) -> Self {
        let mut kill_after: Vec<_> = (0..kills).map(|_| fastrand::usize(1..users * 2 / 3)).collect();
        kill_after.sort_unstable_by(|one, other| other.cmp(one));
        let (tell, third) = mpsc::channel();
        let count = Count { ended: 0, kills: 0, kill_after, third: (users / 3, tell) };
        let shared = Arc::new(Shared { bed, count: Mutex::new(count), running: Mutex::default() });
        let threads = NAMES.map(|name| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || shared.work(name))
        });
        Self { shared, threads: threads.into(), third }
    }

    /// Waits until a third of the work is done.
    pub(super) fn has_done_a_third(&self) {
        self.third.recv_timeout(Duration::from_mins(10)).expect("they make no progress");
    }

    /// Has them end what they do, as an operator does.
    pub(super) fn end(mut self) -> Ended {
        self.shared.signal("-TERM");
        for thread in self.threads.drain(..) {
            thread.join().expect("a worker failed");
        }
        Ended { kills: self.shared.count.lock().expect("no panic").kills }
    }
}

impl Drop for Crew {
    fn drop(&mut self) {
        self.shared.signal("-KILL");
    }
}

impl Shared {
    /// Works until somebody tells the worker to end; begins anew after each kill, with what the journal remembers.
    fn work(&self, name: &str) {
        while !self.one_life(name) {}
    }

    /// One process to its end. False when it was killed.
    fn one_life(&self, name: &str) -> bool {
        let mut child = self.command(name).stderr(Stdio::piped()).spawn().expect("the command");
        self.running().push(child.id());
        let said = child.stderr.take().expect("a pipe");
        let (mut is_killed, mut last) = (false, String::new());
        for line in BufReader::new(said).lines().map_while(Result::ok) {
            if line.contains("the task ended") && !is_killed && self.counts() {
                is_killed = true;
                child.kill().expect("it lives");
            }
            last = line;
        }
        let status = child.wait().expect("its end");
        self.running().retain(|id| *id != child.id());
        assert!(is_killed || status.success(), "{name}: {status}: {last}");
        !is_killed
    }

    /// Counts an ended task; whether its worker is to be killed.
    fn counts(&self) -> bool {
        let mut count = self.count.lock().expect("no panic");
        count.ended += 1;
        if count.ended == count.third.0 {
            // It is waited for, or that has failed.
            let _ = count.third.1.send(());
        }
        let is_due = count.kill_after.last().is_some_and(|after| *after <= count.ended);
        if is_due {
            count.kill_after.pop();
            count.kills += 1;
        }
        is_due
    }

    fn command(&self, name: &str) -> Command {
        let Bed { folder, sandbox, ledger } = &self.bed;
        let mut command = legwork(folder);
        command.args(["worker", "--task", TASK, "--task-definitions", "definitions", "--env", "batch"]);
        command.args(["--worker-id", name, "--journal", &format!("{name}.journal"), "--ledger", ledger]);
        command.args([&format!("--sandbox={sandbox}"), "--log", "info"]).stdout(Stdio::null());
        for name in ["zoom_account_id", "zoom_client_id", "zoom_client_secret", "ledger_password"] {
            command.env(format!("CONDUCTOR_SECRET_{name}"), SECRET);
        }
        command
    }

    fn signal(&self, signal: &str) {
        for id in self.running().iter() {
            // It may have ended.
            let _ = Command::new("kill").args([signal, &id.to_string()]).stderr(Stdio::null()).status();
        }
    }

    fn running(&self) -> std::sync::MutexGuard<'_, Vec<u32>> {
        self.running.lock().expect("no panic")
    }
}
