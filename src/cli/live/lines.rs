//! Plain lines: one for each task that somebody carried out, and for each wait.

use crate::cli::out;
use legwork::decide::TaskAddress;
use legwork::host;
use legwork::report::{self, Paint};
use legwork::run::{Observer, Progress};
use legwork::secret::Redactor;
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// Says on standard error what happens, line by line.
pub(super) struct Lines {
    redactor: Redactor,
    started: Mutex<BTreeSet<TaskAddress>>,
}

impl Lines {
    pub(super) fn new(redactor: Redactor) -> Self {
        Self { redactor, started: Mutex::new(BTreeSet::new()) }
    }
}

impl Observer for Lines {
    fn progress(&self, progress: &Progress<'_>) {
        let mut started = self.started.lock().unwrap_or_else(PoisonError::into_inner);
        match progress {
            Progress::Started { task, .. } => {
                started.insert(*task);
            }
            // Operators end in no time: only the end of what was handed out is worth a line.
            Progress::Ended { task, state } if started.remove(task) => {
                let line = report::progress_line(state, Paint::Plain);
                out::say(&self.redactor.redact(&line));
            }
            Progress::Waiting { until_ms } => {
                let left = until_ms - host::now_ms();
                if left >= 500 {
                    out::say(&format!("waiting for {} s", (left + 500) / 1000));
                }
            }
            _ => {}
        }
    }
}
