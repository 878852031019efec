//! What has begun in a run and has not ended: calls and scripts.

use crate::decide::{Event, TaskAddress};
use crate::task::{BoxFuture, Outcome};
use futures_util::future::{AbortHandle, Abortable, abortable};
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt};
use std::collections::HashMap;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

/// A call or a script.
pub(super) enum Work<'r> {
    Call(TaskAddress, BoxFuture<'r, Outcome>),
    Script(BoxFuture<'r, Event>),
}

/// What comes of it.
pub(super) enum Done {
    Call(TaskAddress, Outcome),
    Script(Event),
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
}

impl<'r> UnderWay<'r> {
    pub(super) fn is_empty(&self) -> bool {
        self.alone.is_none() && self.others.as_ref().is_none_or(|others| others.set.is_empty())
    }

    pub(super) fn push(&mut self, work: Work<'r>) {
        if self.alone.is_none() {
            self.alone = Some(work);
            return;
        }
        let others = self.others.get_or_insert_default();
        let call = work.call();
        let (work, handle) = abortable(work);
        others.calls.extend(call.map(|task| (task, handle)));
        others.set.push(work);
    }

    /// Drops a task's call, if it is under way. Says whether it was.
    pub(super) fn abandon(&mut self, task: TaskAddress) -> bool {
        if self.alone.as_ref().and_then(Work::call) == Some(task) {
            self.alone = None;
            return true;
        }
        let handle = self.others.as_mut().and_then(|others| others.calls.remove(&task));
        handle.inspect(AbortHandle::abort).is_some()
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
        while let Some(others) = &mut self.others {
            match others.set.poll_next_unpin(context) {
                Poll::Ready(Some(Ok(done))) => {
                    if let Done::Call(task, _) = &done {
                        others.calls.remove(task);
                    }
                    return Poll::Ready(Some(done));
                }
                // It was abandoned.
                Poll::Ready(Some(Err(_))) => {}
                Poll::Ready(None) | Poll::Pending => break,
            }
        }
        if self.is_empty() { Poll::Ready(None) } else { Poll::Pending }
    }
}

impl Work<'_> {
    /// The task whose call it is; `None` for a script.
    pub(super) fn call(&self) -> Option<TaskAddress> {
        match self {
            Self::Call(task, _) => Some(*task),
            Self::Script(_) => None,
        }
    }
}

impl Future for Work<'_> {
    type Output = Done;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Done> {
        match self.get_mut() {
            Self::Call(task, call) => call.poll_unpin(context).map(|outcome| Done::Call(*task, outcome)),
            Self::Script(script) => script.poll_unpin(context).map(Done::Script),
        }
    }
}
