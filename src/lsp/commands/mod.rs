//! Commands that the server carries out itself, so that no editor needs an extension. One file each.
//!
//! A command has one argument, an object: `{"uri", "task", "position", "env", "confirm", "ask", "sandbox", "name", "query"}`. Without a
//! `uri` it is about the place where the user was last, or the only open document.

mod compare;
mod curl;
mod environment;
mod expect;
mod given;
mod insert;
mod page;
mod permission;
mod prepared;
mod progress;
mod responses;
mod search;
mod show;
mod test;

pub(super) use given::Given;

use super::in_flight::InFlight;
use super::outbox::{Answer, LogKind, Outbox};
use super::protocol::{ErrorCode, RequestId, ResponseError};
use super::server::{Event, error};
use super::view::Shared;
use serde_json::{Value, json};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Notify;

/// The commands, by name.
pub(super) const NAMES: &[&str] = &[
    "legwork.testRequest",
    "legwork.dryRun",
    "legwork.cancel",
    "legwork.showLastResponse",
    "legwork.compareRuns",
    "legwork.expectFromLastResponse",
    "legwork.selectEnv",
    "legwork.searchApi",
    "legwork.insertApi",
    "legwork.copyAsCurl",
    "legwork.openDocs",
    "legwork.reloadCatalogue",
];

/// What commands work with. Cloning is cheap.
#[derive(Clone)]
pub(super) struct Desk {
    shared: Shared,
    outbox: Outbox,
    events: Sender<Event>,
    runtime: Arc<Mutex<Option<Runtime>>>,
}

impl Desk {
    /// A desk; its runtime is made for the first command that waits for something.
    pub(super) fn new(shared: Shared, outbox: Outbox, events: Sender<Event>) -> Self {
        Self { shared, outbox, events, runtime: Arc::default() }
    }

    /// Carries out a command, and answers the request.
    pub(super) fn execute(&self, id: RequestId, given: Given, in_flight: &Arc<InFlight>) {
        let told = Arc::new(Notify::new());
        in_flight.begin(id.clone(), Some(Arc::clone(&told)));
        let (desk, in_flight) = (self.clone(), Arc::clone(in_flight));
        let answer = async move {
            let outcome = desk.carry_out(given, told).await;
            if in_flight.end(&id) {
                desk.outbox.answer(id, outcome);
            }
        };
        let mut runtime = self.runtime.lock().unwrap_or_else(PoisonError::into_inner);
        if runtime.is_none() {
            *runtime = made();
        }
        match &*runtime {
            Some(runtime) => drop(runtime.spawn(answer)),
            None => self.outbox.log(LogKind::Error, "the system gives no thread: no command can be carried out"),
        }
    }

    async fn carry_out(&self, given: Given, told: Arc<Notify>) -> Answer {
        match given.command.as_str() {
            "legwork.testRequest" => self.test(&given, test::Kind::Send, told).await,
            "legwork.dryRun" => self.test(&given, test::Kind::Dry, told).await,
            "legwork.cancel" => Ok(json!({"cancelled": self.cancel(&given)})),
            "legwork.showLastResponse" => self.show_last(&given).await,
            "legwork.compareRuns" => self.compare(&given).await,
            "legwork.expectFromLastResponse" => self.expect(&given).await,
            "legwork.selectEnv" => self.select_env(&given).await,
            "legwork.searchApi" => self.search(&given),
            "legwork.insertApi" => self.insert(&given).await,
            "legwork.copyAsCurl" => self.curl(&given).await,
            "legwork.openDocs" => self.open_docs(&given).await,
            "legwork.reloadCatalogue" => {
                self.shared.workspace.reload();
                self.happened(Event::Moved);
                Ok(Value::Null)
            }
            other => Err(error(ErrorCode::InvalidParams, &format!("there is no command `{other}`"))),
        }
    }

    fn cancel(&self, given: &Given) -> usize {
        let (uri, task) = (given.uri(), given.task.as_deref());
        let fits_uri = |of: &str| given.uri.is_none() || uri.as_ref().is_some_and(|uri| uri.as_ref() == of);
        self.shared.runs.cancel(|of, name, _| fits_uri(of.as_ref()) && task.is_none_or(|task| task == name))
    }

    /// Ends everything that runs.
    pub(super) fn cancel_all(&self) {
        self.shared.runs.cancel(|_, _, _| true);
    }

    /// Ends everything, also what waits for the client: it is gone.
    pub(super) fn close(&self) {
        let runtime = self.runtime.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(runtime) = runtime {
            runtime.shutdown_background();
        }
    }

    /// Ends the run whose progress has that token.
    pub(super) fn cancel_by_token(&self, token: Option<&Value>) {
        let token = token.and_then(Value::as_str).unwrap_or_default();
        self.shared.runs.cancel(|_, _, last| progress::token(&last.run_id) == token);
    }

    /// Tells the main loop; it may have ended.
    fn happened(&self, event: Event) {
        let _ = self.events.send(event);
    }
}

fn made() -> Option<Runtime> {
    Builder::new_multi_thread().worker_threads(2).thread_name("run").enable_all().build().ok()
}

/// A failure that the user can do something about.
fn failed(message: &str) -> ResponseError {
    error(ErrorCode::RequestFailed, message)
}
