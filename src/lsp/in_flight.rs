//! The requests that are not answered yet: each is answered once, also when it is cancelled.

use super::protocol::RequestId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// The requests that are not answered yet.
#[derive(Default)]
pub(super) struct InFlight(Mutex<HashMap<RequestId, Option<Arc<Notify>>>>);

impl InFlight {
    /// Takes a request. One that runs for long is told when it is cancelled, and answers then by itself.
    pub(super) fn begin(&self, id: RequestId, told: Option<Arc<Notify>>) {
        self.waiting().insert(id, told);
    }

    /// Whether it still waits for its answer.
    pub(super) fn is_waiting(&self, id: &RequestId) -> bool {
        self.waiting().contains_key(id)
    }

    /// Whether the answer is still wanted. It is asked once, before the answer is sent.
    pub(super) fn end(&self, id: &RequestId) -> bool {
        self.waiting().remove(id).is_some()
    }

    /// Cancels a request. Gives whether it has to be answered at once.
    pub(super) fn cancel(&self, id: &RequestId) -> bool {
        let mut waiting = self.waiting();
        match waiting.get(id) {
            Some(Some(told)) => {
                told.notify_one();
                false
            }
            Some(None) => waiting.remove(id).is_some(),
            None => false,
        }
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<RequestId, Option<Arc<Notify>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_answered_once() {
        let in_flight = InFlight::default();
        let id = RequestId::from(1);
        in_flight.begin(id.clone(), None);
        assert!(in_flight.is_waiting(&id) && in_flight.end(&id) && !in_flight.end(&id));
        in_flight.begin(id.clone(), None);
        assert!(in_flight.cancel(&id) && !in_flight.end(&id) && !in_flight.cancel(&id));
        in_flight.begin(id.clone(), Some(Arc::default()));
        assert!(!in_flight.cancel(&id) && in_flight.end(&id));
    }
}
