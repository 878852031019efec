//! The live view on a terminal: drawn over itself some times a second, erased at the end.

use super::view::View;
use crate::cli::{out, render};
use legwork::run::{Observer, Progress};
use legwork::secret::Redactor;
use std::fmt::Write;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// How often it is drawn.
const PERIOD: Duration = Duration::from_millis(100);

/// A run that is over sooner is never drawn: the eye would only see a flash.
const FIRST: Duration = Duration::from_millis(250);

/// A view and the thread that draws it.
pub(super) struct Screen {
    redactor: Redactor,
    state: Mutex<State>,
}

struct State {
    view: View,
    /// How many lines stand on the terminal.
    drawn: usize,
    closed: bool,
    painter: Option<JoinHandle<()>>,
}

impl Screen {
    /// A screen that draws itself until it is closed.
    pub(super) fn open(title: &str, redactor: Redactor) -> Arc<Self> {
        let state = State { view: View::new(title), drawn: 0, closed: false, painter: None };
        let screen = Arc::new(Self { redactor, state: Mutex::new(state) });
        let painting = Arc::clone(&screen);
        let painter = std::thread::spawn(move || painting.paint());
        screen.state.lock().unwrap_or_else(PoisonError::into_inner).painter = Some(painter);
        screen
    }

    /// Erases what was drawn. Nothing is drawn any more.
    pub(super) fn close(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.closed = true;
        out::write_raw(&erased(std::mem::take(&mut state.drawn)));
        let painter = state.painter.take();
        drop(state);
        if let Some(painter) = painter {
            painter.thread().unpark();
        }
    }

    fn paint(&self) {
        std::thread::park_timeout(FIRST);
        while self.draw() {
            std::thread::park_timeout(PERIOD);
        }
    }

    /// Draws once; `false` when it is closed.
    fn draw(&self) -> bool {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.closed {
            return false;
        }
        let (width, height) = size();
        let lines = state.view.lines(width, height, render::stderr_paint());
        let text = over(state.drawn, &lines);
        state.drawn = lines.len();
        // One write for the whole picture, so that no half of it is ever seen.
        out::write_raw(&self.redactor.redact(&text));
        true
    }
}

impl Observer for Screen {
    fn progress(&self, progress: &Progress<'_>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match progress {
            Progress::Stopped { .. } => {
                drop(state);
                self.close();
            }
            progress => state.view.take_in(progress),
        }
    }
}

fn size() -> (usize, usize) {
    let size = terminal_size::terminal_size_of(std::io::stderr());
    size.map_or((80, 24), |(width, height)| (usize::from(width.0).max(1), usize::from(height.0).max(2)))
}

/// The lines drawn over those that stand there: each is overwritten and its rest erased, so that nothing flickers.
fn over(drawn: usize, lines: &[String]) -> String {
    let mut text = up(drawn);
    for line in lines {
        let _ = writeln!(text, "{line}\u{1b}[K");
    }
    text.push_str("\u{1b}[J");
    text
}

/// Everything from the first line that was drawn to the end of the screen, so the echo of Ctrl-C too.
fn erased(drawn: usize) -> String {
    if drawn == 0 { String::new() } else { format!("{}\u{1b}[J", up(drawn)) }
}

fn up(lines: usize) -> String {
    if lines == 0 { "\r".to_owned() } else { format!("\r\u{1b}[{lines}A") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_drawn_over_the_one_before_and_erased_without_a_trace() {
        let lines = ["a".to_owned(), "b".to_owned()];
        assert_eq!(over(0, &lines), "\ra\u{1b}[K\nb\u{1b}[K\n\u{1b}[J");
        assert_eq!(over(2, &lines[..1]), "\r\u{1b}[2Aa\u{1b}[K\n\u{1b}[J");
        assert_eq!(erased(2), "\r\u{1b}[2A\u{1b}[J");
        assert_eq!(erased(0), "");
    }
}
