//! One line on a terminal about work that takes more than a second.

use super::out;
use std::io::{IsTerminal, stderr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

/// Work that is sooner done is not told.
const FIRST: Duration = Duration::from_secs(1);

const PERIOD: Duration = Duration::from_millis(200);

/// A line that is drawn until it is dropped; nothing where standard error is no terminal.
pub(crate) struct Progress {
    count: Arc<AtomicUsize>,
    end: Option<mpsc::Sender<()>>,
    painter: Option<JoinHandle<()>>,
}

impl Progress {
    /// `title`, and behind it how much is done.
    pub(crate) fn start(title: String) -> Self {
        let count = Arc::new(AtomicUsize::new(0));
        if !stderr().is_terminal() {
            return Self { count, end: None, painter: None };
        }
        let (end, ended) = mpsc::channel();
        let counted = Arc::clone(&count);
        let painter = std::thread::spawn(move || paint(&title, &counted, &ended));
        Self { count, end: Some(end), painter: Some(painter) }
    }

    /// One more thing is done.
    pub(crate) fn step(&self) {
        self.count.fetch_add(1, Ordering::Relaxed);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.end.take();
        if let Some(painter) = self.painter.take() {
            // It only draws.
            let _ = painter.join();
        }
    }
}

fn paint(title: &str, count: &AtomicUsize, ended: &mpsc::Receiver<()>) {
    let mut wait = FIRST;
    while ended.recv_timeout(wait) == Err(mpsc::RecvTimeoutError::Timeout) {
        let done = match count.load(Ordering::Relaxed) {
            0 => String::new(),
            count => format!(" {count}"),
        };
        out::write_raw(&format!("\r\u{1b}[K{title} …{done}"));
        wait = PERIOD;
    }
    if wait == PERIOD {
        out::write_raw("\r\u{1b}[K");
    }
}
