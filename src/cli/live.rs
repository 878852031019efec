//! What a run says while it runs.

use super::out;
use legwork::host;
use legwork::run::{Observer, Progress};

/// Says on standard error that the run waits, when it waits for a second or more.
pub(crate) struct Waits;

impl Observer for Waits {
    fn progress(&self, progress: &Progress<'_>) {
        if let Progress::Waiting { until_ms } = progress {
            let left = until_ms - host::now_ms();
            if left >= 1000 {
                out::say(&format!("waiting for {} s", (left + 500) / 1000));
            }
        }
    }
}
