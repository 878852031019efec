//! What a run says while it runs: on a terminal a picture that moves and is gone at the end, elsewhere plain lines.

mod lines;
mod screen;
mod view;

use super::args::Output;
use legwork::run::{Observer, Runner};
use legwork::secret::Redactor;
use lines::Lines;
use screen::Screen;
use std::io::{IsTerminal, stderr};
use std::sync::Arc;

/// Keeps the live view on the terminal. Dropped, also by Ctrl-C, it leaves the screen as it was.
pub(crate) struct Live {
    screen: Option<Arc<Screen>>,
}

impl Live {
    /// Lets the runner tell what it does, in the way that fits standard error.
    pub(crate) fn watch(runner: Runner, output: Output, title: &str, redactor: Redactor) -> (Runner, Self) {
        let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        if stderr().is_terminal() && !is_dumb {
            let screen = Screen::open(title, redactor);
            let observer: Arc<dyn Observer> = screen.clone();
            return (runner.observer(observer), Self { screen: Some(screen) });
        }
        let plain = output == Output::Human;
        (if plain { runner.observer(Arc::new(Lines::new(redactor))) } else { runner }, Self { screen: None })
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        if let Some(screen) = &self.screen {
            screen.close();
        }
    }
}
