//! Everything that goes to the client: masked, and never waiting for a client that does not read.

use super::protocol::{Connection, Message, Notification, Request, RequestId, Response, ResponseError};
use crate::secret::Redactor;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use tokio::sync::oneshot;

/// What a client answered to a question.
pub(super) type Answer = Result<Value, ResponseError>;

/// How much a line of the log, or a message, weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LogKind {
    /// Something failed.
    Error = 1,
    /// Something should be looked at.
    Warning = 2,
}

/// The way to the client. Cloning is cheap.
#[derive(Clone)]
pub(super) struct Outbox {
    queue: Sender<Message>,
    asked: Arc<Mutex<Asked>>,
    redactor: Redactor,
}

/// Questions that are not answered yet.
#[derive(Default)]
struct Asked {
    last: i32,
    waiting: HashMap<RequestId, Box<dyn FnOnce(Answer) + Send>>,
}

impl Outbox {
    /// The way to a client. The thread ends when the last clone is gone, or the client is.
    pub(super) fn new(connection: &Connection, redactor: Redactor) -> (Self, JoinHandle<()>) {
        let (queue, waiting) = channel::<Message>();
        let sender = connection.sender.clone();
        // The sender waits for a client that does not read; nobody else should.
        let thread = thread::spawn(move || {
            for message in waiting {
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        (Self { queue, asked: Arc::default(), redactor }, thread)
    }

    /// What everything is masked with.
    pub(super) fn redactor(&self) -> &Redactor {
        &self.redactor
    }

    /// Sends a notification.
    pub(super) fn notify(&self, method: &str, mut params: Value) {
        self.redactor.redact_value(&mut params);
        self.send(Notification { method: method.to_owned(), params }.into());
    }

    /// Answers a request.
    pub(super) fn answer(&self, id: RequestId, mut outcome: Answer) {
        match &mut outcome {
            Ok(value) => self.redactor.redact_value(value),
            Err(err) => err.message = self.redactor.redact(&err.message).into_owned(),
        }
        self.send(Response { id, response_result: outcome }.into());
    }

    /// Asks the client something, and does something with the answer, which may never come.
    pub(super) fn ask_then(&self, method: &str, mut params: Value, then: impl FnOnce(Answer) + Send + 'static) {
        self.redactor.redact_value(&mut params);
        let id = {
            let mut asked = self.asked();
            asked.last += 1;
            let id = RequestId::from(asked.last);
            asked.waiting.insert(id.clone(), Box::new(then));
            id
        };
        self.send(Request { id, method: method.to_owned(), params }.into());
    }

    /// Asks the client something, to wait for the answer.
    pub(super) fn ask(&self, method: &str, params: Value) -> oneshot::Receiver<Answer> {
        let (answer, answered) = oneshot::channel();
        // Who asked may have given up when the answer comes.
        self.ask_then(method, params, |outcome| drop(answer.send(outcome)));
        answered
    }

    /// Asks the client something whose answer is of no interest.
    pub(super) fn tell(&self, method: &str, params: Value) {
        self.ask_then(method, params, drop);
    }

    /// Writes a line into the client's log.
    pub(super) fn log(&self, kind: LogKind, message: &str) {
        self.notify("window/logMessage", json!({"type": kind as i32, "message": message}));
    }

    /// Hands an answer of the client to who asked.
    pub(super) fn answered(&self, response: Response) {
        let waiting = self.asked().waiting.remove(&response.id);
        if let Some(then) = waiting {
            then(response.response_result);
        }
    }

    fn asked(&self) -> MutexGuard<'_, Asked> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn send(&self, message: Message) {
        // The client may be gone: the main loop hears of that.
        let _ = self.queue.send(message);
    }
}
