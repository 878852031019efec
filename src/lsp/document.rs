//! One open document in one version.

use super::home::Home;
use super::position::Lines;
use super::protocol::{Location, Position, Range, Uri};
use crate::editor::{Known, Snapshot};
use crate::source::{SourceFile, Span};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};

/// One version of an open document. It never changes: requests may work on it while the next version is typed.
pub(super) struct Document {
    /// Its name at the client.
    pub(super) uri: Uri,
    /// The client's number of this version.
    pub(super) version: i32,
    /// The text, with the name that diagnostics show.
    pub(super) file: SourceFile,
    /// Where its lines start.
    pub(super) lines: Lines,
    /// The project that it stands in.
    pub(super) home: Arc<Home>,
    /// The last version that was read, whose tree stands in where this one cannot be read.
    before: Option<Snapshot>,
    snapshot: OnceLock<Snapshot>,
    /// Counts the changes of the document; this version is the newest while the count is its own.
    latest: Arc<AtomicI64>,
    number: i64,
}

impl Document {
    /// A document that was just opened.
    pub(super) fn opened(uri: Uri, version: i32, file: SourceFile, lines: Lines, home: Arc<Home>) -> Self {
        let latest = Arc::new(AtomicI64::new(0));
        Self { uri, version, file, lines, home, before: None, snapshot: OnceLock::new(), latest, number: 0 }
    }

    /// The next version, which makes this one stale.
    pub(super) fn next(&self, version: i32, file: SourceFile, lines: Lines, home: Arc<Home>) -> Self {
        let before = self.snapshot.get().or(self.before.as_ref()).cloned();
        let latest = Arc::clone(&self.latest);
        let number = latest.fetch_add(1, Ordering::SeqCst) + 1;
        Self { uri: self.uri.clone(), version, file, lines, home, before, snapshot: OnceLock::new(), latest, number }
    }

    /// Says that there is no such document any more.
    pub(super) fn close(&self) {
        self.latest.fetch_add(1, Ordering::SeqCst);
    }

    /// Whether nothing was typed since.
    pub(super) fn is_current(&self) -> bool {
        self.latest.load(Ordering::SeqCst) == self.number
    }

    /// What the editor knows of this version, with these facts around it. Read once, when it is first asked for.
    pub(super) fn snapshot(&self, known: &Arc<Known>) -> Snapshot {
        let read = || Snapshot::new(self.file.clone(), self.home.library(), known, self.before.as_ref());
        self.snapshot.get_or_init(read).with_known(known)
    }

    /// The text.
    pub(super) fn text(&self) -> &str {
        self.file.text()
    }

    /// The range of some bytes.
    pub(super) fn range(&self, span: Span) -> Range {
        self.lines.range(self.text(), span)
    }

    /// The bytes of a range.
    pub(super) fn span(&self, range: Range) -> Span {
        self.lines.span(self.text(), range)
    }

    /// The byte of a position.
    pub(super) fn offset(&self, position: Position) -> usize {
        self.lines.offset(self.text(), position)
    }

    /// The place of some bytes, for the client.
    pub(super) fn location(&self, span: Span) -> Location {
        Location { uri: self.uri.clone(), range: self.range(span) }
    }
}
