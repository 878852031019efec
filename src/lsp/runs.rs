//! What was run from the editor, and what is running.

use super::protocol::{DiagnosticSeverity, Uri};
use crate::editor::{Known, Outcome, OutcomeState};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Notify;

/// What was run, by document and task. Nothing of it outlives the process.
#[derive(Default)]
pub(super) struct Runs {
    documents: Mutex<HashMap<Uri, BTreeMap<String, Last>>>,
}

/// What became of a task when it last ran.
#[derive(Debug, Clone)]
pub(super) struct Last {
    /// How it ended.
    pub(super) state: OutcomeState,
    /// A line about it: `201 Created`.
    pub(super) line: String,
    /// How long it took.
    pub(super) took: Option<Duration>,
    /// When it ended, or began when it is still running.
    pub(super) at: Instant,
    /// What it gave, masked.
    pub(super) output: Option<Value>,
    /// The whole answer of the run, masked.
    pub(super) answer: Value,
    /// Where the exchange can be read.
    pub(super) file: Option<PathBuf>,
    /// What is read there, masked.
    pub(super) page: String,
    /// The run before it, to compare with.
    pub(super) before: Option<Box<Last>>,
    /// Whether it is told on the task's line: until the document is edited.
    pub(super) is_told: bool,
    /// Ends it.
    pub(super) cancel: Arc<Notify>,
    /// The run's id.
    pub(super) run_id: String,
}

impl Runs {
    /// Begins a run; `None` when the task is running already.
    pub(super) fn begin(&self, uri: &Uri, task: &str, run_id: &str, cancel: &Arc<Notify>) -> Option<()> {
        let mut documents = self.documents();
        let tasks = documents.entry(uri.clone()).or_default();
        if tasks.get(task).is_some_and(|last| last.state == OutcomeState::Running) {
            return None;
        }
        let before = tasks.remove(task);
        let output = before.as_ref().and_then(|last| last.output.clone());
        let running = Last {
            state: OutcomeState::Running,
            line: "running".to_owned(),
            took: None,
            at: Instant::now(),
            output,
            answer: Value::Null,
            file: None,
            page: String::new(),
            before: before.map(|last| Box::new(Last { before: None, ..last })),
            is_told: false,
            cancel: Arc::clone(cancel),
            run_id: run_id.to_owned(),
        };
        tasks.insert(task.to_owned(), running);
        Some(())
    }

    /// Ends a run.
    pub(super) fn finish(&self, uri: &Uri, task: &str, last: Last) {
        let mut documents = self.documents();
        let tasks = documents.entry(uri.clone()).or_default();
        let before = tasks.remove(task).and_then(|running| running.before);
        tasks.insert(task.to_owned(), Last { before, ..last });
    }

    /// Forgets a run that came to nothing, as it was cancelled: the one before it is the last one again.
    pub(super) fn forget(&self, uri: &Uri, task: &str) {
        if let Some(tasks) = self.documents().get_mut(uri) {
            let before = tasks.remove(task).and_then(|running| running.before);
            tasks.extend(before.map(|last| (task.to_owned(), *last)));
        }
    }

    /// The last run of a task; without a name, the last of all.
    pub(super) fn last(&self, uri: &Uri, task: Option<&str>) -> Option<Last> {
        let documents = self.documents();
        let tasks = documents.get(uri)?;
        match task {
            Some(task) => tasks.get(task).cloned(),
            None => tasks.values().max_by_key(|last| last.at).cloned(),
        }
    }

    /// Ends the runs that fit; gives how many there were.
    pub(super) fn cancel(&self, fits: impl Fn(&Uri, &str, &Last) -> bool) -> usize {
        let documents = self.documents();
        let all = documents.iter().flat_map(|(uri, tasks)| tasks.iter().map(move |(task, last)| (uri, task, last)));
        let running = all.filter(|(uri, task, last)| last.state == OutcomeState::Running && fits(uri, task, last));
        running.map(|(_, _, last)| last.cancel.notify_one()).count()
    }

    /// The document was edited: what was told on its lines is about another text.
    pub(super) fn edited(&self, uri: &Uri) {
        for last in self.documents().get_mut(uri).into_iter().flat_map(BTreeMap::values_mut) {
            last.is_told = false;
        }
    }

    /// What is told on the lines of tasks: reference name, weight and words.
    pub(super) fn told(&self, uri: &Uri) -> Vec<(String, DiagnosticSeverity, String)> {
        let documents = self.documents();
        let tasks = documents.get(uri).into_iter().flatten();
        let told = tasks.filter(|(_, last)| last.is_told).map(|(task, last)| {
            let severity = match last.state {
                OutcomeState::Failed => DiagnosticSeverity::Error,
                _ => DiagnosticSeverity::Information,
            };
            (task.clone(), severity, last.title())
        });
        told.collect()
    }

    /// The facts with what runs of this document gave.
    pub(super) fn known(&self, uri: &Uri, base: &Arc<Known>) -> Arc<Known> {
        let documents = self.documents();
        let Some(tasks) = documents.get(uri).filter(|tasks| !tasks.is_empty()) else { return Arc::clone(base) };
        let mut known = Known::clone(base);
        for (task, last) in tasks {
            known.outcomes.insert(task.clone(), Outcome { title: last.title_with_age(), state: last.state });
            if let Some(output) = &last.output {
                known.outputs.insert(task.clone(), output.clone());
            }
        }
        Arc::new(known)
    }

    /// What completed tasks of a document gave, but for one.
    pub(super) fn outputs(&self, uri: &Uri, but: &str) -> Vec<(String, Value)> {
        let documents = self.documents();
        let tasks = documents.get(uri).into_iter().flatten().filter(|(task, _)| *task != but);
        tasks.filter_map(|(task, last)| Some((task.clone(), last.output.clone()?))).collect()
    }

    fn documents(&self) -> MutexGuard<'_, HashMap<Uri, BTreeMap<String, Last>>> {
        self.documents.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Last {
    /// `201 Created · 42 ms`.
    pub(super) fn title(&self) -> String {
        match self.took {
            Some(took) => format!("{} · {}", self.line, duration(took)),
            None => self.line.clone(),
        }
    }

    fn title_with_age(&self) -> String {
        if self.state == OutcomeState::Running {
            self.title()
        } else {
            format!("{} · {}", self.title(), age(self.at.elapsed()))
        }
    }
}

/// A time in words for people: `42 ms`, `1.5 s`.
pub(super) fn duration(time: Duration) -> String {
    match time.as_millis() {
        0 => "under 1 ms".to_owned(),
        small if small < 1000 => format!("{small} ms"),
        _ => format!("{:.1} s", time.as_secs_f64()),
    }
}

fn age(age: Duration) -> String {
    match age.as_secs() {
        0..60 => "just now".to_owned(),
        seconds @ 60..3600 => format!("{} min ago", seconds / 60),
        seconds => format!("{} h ago", seconds / 3600),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_runs_once_at_a_time() {
        let (runs, uri, cancel) = (Runs::default(), Uri::from("file:///a.yaml"), Arc::default());
        assert!(
            runs.begin(&uri, "create", "1", &cancel).is_some() && runs.begin(&uri, "create", "2", &cancel).is_none()
        );
        assert_eq!(runs.cancel(|_, task, _| task == "create"), 1);
        runs.forget(&uri, "create");
        assert!(runs.begin(&uri, "create", "3", &cancel).is_some());
        let ended = runs.last(&uri, Some("create")).map(|last| Last { state: OutcomeState::Completed, ..last });
        runs.finish(&uri, "create", ended.expect("it runs"));
        assert!(runs.begin(&uri, "create", "4", &cancel).is_some());
        runs.forget(&uri, "create");
        assert_eq!(runs.last(&uri, None).map(|last| last.run_id).as_deref(), Some("3"));
    }

    #[test]
    fn times_are_told_in_words() {
        let check = |millis: u64, expected: &str| assert_eq!(duration(Duration::from_millis(millis)), expected);
        check(0, "under 1 ms");
        check(42, "42 ms");
        check(1500, "1.5 s");
        assert_eq!(age(Duration::from_secs(5)), "just now");
        assert_eq!(age(Duration::from_secs(190)), "3 min ago");
        assert_eq!(age(Duration::from_secs(7300)), "2 h ago");
    }
}
