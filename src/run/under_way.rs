//! What has begun in a run and has not ended: calls and scripts; and calls that wait until fewer are under way.

use super::span;
use crate::decide::{Event, TaskAddress};
use crate::task::{Attempt, BoxFuture, Outcome, SystemTask};
use futures_util::future::{AbortHandle, Abortable, abortable};
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt};
use std::collections::{BTreeMap, HashMap};
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tracing::Span;

/// The most calls of one run at once. A fork of ten thousand calls would otherwise open ten thousand connections, which no process
/// is allowed and no server likes.
const MOST_CALLS: usize = 256;

/// What may begin.
pub(super) enum Due<'r> {
    Call(DueCall<'r>),
    Script(BoxFuture<'r, Event>),
}

/// A call that may begin.
pub(super) struct DueCall<'r> {
    pub(super) task: TaskAddress,
    pub(super) with: &'r Arc<dyn SystemTask>,
    pub(super) attempt: Attempt<'r>,
    pub(super) span: Span,
    /// Whether it waits for its turn: a request does. A task of another kind may wait for days, and keeps nobody from anything.
    pub(super) takes_turns: bool,
}

/// A call or a script that has begun.
enum Work<'r> {
    Call {
        task: TaskAddress,
        call: BoxFuture<'r, Outcome>,
        /// The place among [`MOST_CALLS`] that it takes for as long as it is there.
        _turn: Option<Arc<()>>,
    },
    Script(BoxFuture<'r, Event>),
}

/// What comes of it.
pub(super) enum Done {
    Call(TaskAddress, Outcome),
    Script(Event),
}

/// What a task that has ended had under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Abandoned {
    /// A call whose outcome is now unknown.
    Call,
    /// A call that had not begun, or nothing.
    Nothing,
}

/// Everything that is under way. Most runs make one call at a time: it is polled as it is, and a set is made for the second one.
#[derive(Default)]
pub(super) struct UnderWay<'r> {
    alone: Option<Work<'r>>,
    /// Not there before it is needed: a set costs something even when it is empty.
    others: Option<Box<Others<'r>>>,
}

#[derive(Default)]
struct Others<'r> {
    set: FuturesUnordered<Abortable<Work<'r>>>,
    calls: HashMap<TaskAddress, AbortHandle>,
    /// Calls that wait for their turn, in the order in which their tasks were scheduled.
    waiting: BTreeMap<TaskAddress, DueCall<'r>>,
    /// Shared by every call in the set that takes turns.
    turn: Arc<()>,
}

impl<'r> UnderWay<'r> {
    pub(super) fn is_empty(&self) -> bool {
        self.alone.is_none() && self.others.as_ref().is_none_or(|others| others.is_empty())
    }

    pub(super) fn push(&mut self, due: Due<'r>) {
        if self.alone.is_none() && self.others.as_ref().is_none_or(|others| others.waiting.is_empty()) {
            self.alone = Some(due.begin(None));
        } else {
            self.others.get_or_insert_default().push(due);
        }
    }

    /// Drops a task's call, if it has one.
    pub(super) fn abandon(&mut self, task: TaskAddress) -> Abandoned {
        if self.alone.as_ref().and_then(Work::call) == Some(task) {
            self.alone = None;
            return Abandoned::Call;
        }
        self.others.as_mut().map_or(Abandoned::Nothing, |others| others.abandon(task))
    }

    /// The next of it that ends; what was abandoned never does. `None` when nothing is under way.
    ///
    /// # Cancel safety
    /// Dropping the future loses nothing.
    pub(super) async fn next(&mut self) -> Option<Done> {
        poll_fn(|context| self.poll_next(context)).await
    }

    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Done>> {
        if let Some(work) = &mut self.alone
            && let Poll::Ready(done) = work.poll_unpin(context)
        {
            self.alone = None;
            return Poll::Ready(Some(done));
        }
        if let Some(others) = &mut self.others
            && let Poll::Ready(done) = others.poll_next(context)
        {
            return Poll::Ready(Some(done));
        }
        if self.is_empty() { Poll::Ready(None) } else { Poll::Pending }
    }
}

impl<'r> Others<'r> {
    fn is_empty(&self) -> bool {
        self.set.is_empty() && self.waiting.is_empty()
    }

    fn push(&mut self, due: Due<'r>) {
        match due {
            Due::Call(call) if call.takes_turns && !(self.waiting.is_empty() && self.has_room()) => {
                self.waiting.insert(call.task, call);
            }
            due => self.begin(due),
        }
    }

    fn has_room(&self) -> bool {
        Arc::strong_count(&self.turn) <= MOST_CALLS
    }

    fn begin(&mut self, due: Due<'r>) {
        let turn = matches!(&due, Due::Call(call) if call.takes_turns).then(|| Arc::clone(&self.turn));
        let work = due.begin(turn);
        let call = work.call();
        let (work, handle) = abortable(work);
        self.calls.extend(call.map(|task| (task, handle)));
        self.set.push(work);
    }

    fn abandon(&mut self, task: TaskAddress) -> Abandoned {
        if let Some(handle) = self.calls.remove(&task) {
            handle.abort();
            return Abandoned::Call;
        }
        self.waiting.remove(&task);
        Abandoned::Nothing
    }

    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Done> {
        loop {
            while self.has_room()
                && let Some((_, call)) = self.waiting.pop_first()
            {
                self.begin(Due::Call(call));
            }
            match self.set.poll_next_unpin(context) {
                Poll::Ready(Some(Ok(done))) => {
                    if let Done::Call(task, _) = &done {
                        self.calls.remove(task);
                    }
                    return Poll::Ready(done);
                }
                // It was abandoned.
                Poll::Ready(Some(Err(_))) => {}
                Poll::Ready(None) | Poll::Pending => return Poll::Pending,
            }
        }
    }
}

impl<'r> Due<'r> {
    /// The task whose call it is; `None` for a script.
    pub(super) fn call(&self) -> Option<TaskAddress> {
        match self {
            Self::Call(call) => Some(call.task),
            Self::Script(_) => None,
        }
    }

    fn begin(self, turn: Option<Arc<()>>) -> Work<'r> {
        match self {
            Self::Call(DueCall { task, with, attempt, span, .. }) => {
                Work::Call { task, call: span::within(span, with.execute(attempt)), _turn: turn }
            }
            Self::Script(script) => Work::Script(script),
        }
    }
}

impl Work<'_> {
    fn call(&self) -> Option<TaskAddress> {
        match self {
            Self::Call { task, .. } => Some(*task),
            Self::Script(_) => None,
        }
    }
}

impl Future for Work<'_> {
    type Output = Done;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Done> {
        match self.get_mut() {
            Self::Call { task, call, .. } => call.poll_unpin(context).map(|outcome| Done::Call(*task, outcome)),
            Self::Script(script) => script.poll_unpin(context).map(Done::Script),
        }
    }
}
