//! A process that is killed at a chosen write, for the tests that prove what a kill leaves behind.
//!
//! Only in builds with debug assertions: `LEGWORK_KILL_AT=after:3` kills after the third write of this process to its journal,
//! `LEGWORK_KILL_LEDGER_AT` in the same way to its ledger.

use std::process::Command;

/// Where in a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// Before anything is written.
    Before,
    /// Everything is written, and not yet acknowledged.
    Within,
    /// It is on disk.
    After,
}

/// When the process is killed; never, unless it was asked for.
#[derive(Debug, Default)]
pub(super) struct Point {
    at: Option<(Stage, u64)>,
    passed: u64,
}

impl Point {
    /// What the variable of that name asks for.
    pub(super) fn from_env(variable: &str) -> Self {
        if !cfg!(debug_assertions) {
            return Self::default();
        }
        let text = std::env::var(variable).unwrap_or_default();
        let at = text.split_once(':').and_then(|(stage, number)| {
            let stage = match stage {
                "before" => Stage::Before,
                "within" => Stage::Within,
                _ => Stage::After,
            };
            Some((stage, number.parse().ok()?))
        });
        Self { at, passed: 0 }
    }

    /// Passes a stage of a write, or does not come back.
    pub(super) fn pass(&mut self, stage: Stage) {
        if stage == Stage::Before {
            self.passed += 1;
        }
        if self.at == Some((stage, self.passed)) {
            // The real signal, which nothing can catch; this process ends while it waits.
            let _ = Command::new("kill").args(["-KILL", &std::process::id().to_string()]).status();
        }
    }
}
