//! The main loop: one message after the other. It edits documents itself and has everything else answered by others.

use super::capabilities::{capabilities, registrations};
use super::client::Client;
use super::commands::{self, Desk};
use super::document::Document;
use super::documents::Documents;
use super::in_flight::InFlight;
use super::outbox::{LogKind, Outbox};
use super::pool::Pool;
use super::protocol::{Connection, ErrorCode, Message, Notification, Request, RequestId, ResponseError, Uri};
use super::requests::{self, diagnostic};
use super::shelves::Shelves;
use super::view::{Shared, View};
use super::workspace::{self, Workspace};
use super::{Ended, ServeError, uri};
use crate::diagnostic::Diagnostic;
use crate::secret::Redactor;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

/// How long nothing must be typed before diagnostics are sent.
const QUIET: Duration = Duration::from_millis(50);

/// What the main loop hears of.
pub(super) enum Event {
    /// The client sent something.
    Message(Message),
    /// The client is gone.
    Closed,
    /// Something was run, and what is shown about the document has changed.
    Ran(Uri),
    /// The client told its settings.
    Configured(Value),
    /// Settings were changed by a command.
    Moved,
    /// An index of task definitions is made.
    Indexed,
}

/// Answers a client until it says that it is done.
pub(super) fn serve(connection: Connection) -> Result<Ended, ServeError> {
    let (id, params) = connection.initialize_start().map_err(|err| ServeError::NotInitialized(err.to_string()))?;
    let redactor = Redactor::default();
    let (outbox, writer) = Outbox::new(&connection, redactor.clone());
    let client = Arc::new(Client::of(&params));
    outbox.answer(id, Ok(capabilities(&client)));
    let (events, heard) = channel();
    listen(connection, events.clone());
    let shelves = Shelves::new(outbox.clone(), events.clone(), client.shows_progress);
    let workspace = Arc::new(Workspace::of(&params, redactor, shelves));
    let shared = Shared { client: Arc::clone(&client), workspace, runs: Arc::default() };
    let server = Server {
        documents: Documents::new(client.encoding),
        desk: Desk::new(shared.clone(), outbox.clone(), events.clone()),
        shared,
        outbox,
        pool: Pool::new(),
        in_flight: Arc::default(),
        events,
        due: HashMap::new(),
        published: HashSet::new(),
        told: HashSet::new(),
        last_place: None,
        is_shutting_down: false,
    };
    let desk = server.desk.clone();
    let ended = server.run(&heard);
    desk.close();
    drop(desk);
    // What was answered last still has to be written.
    let _ = writer.join();
    Ok(ended)
}

/// Hands everything that the client sends to the main loop, in its order.
fn listen(connection: Connection, events: Sender<Event>) {
    thread::spawn(move || {
        for message in &connection.receiver {
            if events.send(Event::Message(message)).is_err() {
                return;
            }
        }
        // The main loop may have ended first.
        let _ = events.send(Event::Closed);
    });
}

struct Server {
    shared: Shared,
    outbox: Outbox,
    documents: Documents,
    desk: Desk,
    pool: Pool,
    in_flight: Arc<InFlight>,
    events: Sender<Event>,
    /// When the diagnostics of a document are to be sent.
    due: HashMap<Uri, Instant>,
    /// The documents whose diagnostics are shown.
    published: HashSet<Uri>,
    /// Problems around documents that were told.
    told: HashSet<String>,
    /// Where the user was last.
    last_place: Option<(Uri, Value)>,
    is_shutting_down: bool,
}

impl Server {
    fn run(mut self, heard: &Receiver<Event>) -> Ended {
        loop {
            let event = match self.due.values().min() {
                Some(at) => heard.recv_timeout(at.saturating_duration_since(Instant::now())),
                None => heard.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            match event {
                Ok(Event::Message(Message::Request(request))) => self.request(request),
                Ok(Event::Message(Message::Response(response))) => self.outbox.answered(response),
                Ok(Event::Message(Message::Notification(exit))) if exit.method == "exit" => {
                    return if self.is_shutting_down { Ended::Well } else { Ended::WithoutShutdown };
                }
                Ok(Event::Message(Message::Notification(notification))) => self.notification(notification),
                Ok(Event::Ran(uri)) => self.ran(uri),
                Ok(Event::Configured(settings)) => {
                    if self.shared.workspace.configure(&settings) {
                        self.moved();
                    }
                }
                Ok(Event::Moved) => self.moved(),
                Ok(Event::Indexed) => self.indexed(),
                Ok(Event::Closed) | Err(RecvTimeoutError::Disconnected) => return Ended::WithoutShutdown,
                Err(RecvTimeoutError::Timeout) => {}
            }
            self.diagnose_due();
        }
    }

    fn request(&mut self, request: Request) {
        let Request { id, method, params } = request;
        if self.is_shutting_down {
            return self.outbox.answer(id, Err(error(ErrorCode::InvalidRequest, "the server is shutting down")));
        }
        self.note_place(&params);
        match method.as_str() {
            "shutdown" => {
                self.is_shutting_down = true;
                self.desk.cancel_all();
                self.outbox.answer(id, Ok(Value::Null));
            }
            "workspace/executeCommand" => self.command(id, params),
            _ => match (requests::of_document(&method), requests::of_workspace(&method)) {
                (Some(handler), _) => self.about_document(id, handler, params),
                (None, Some(handler)) => {
                    let (shared, documents) = (self.shared.clone(), self.views());
                    self.in_pool(id, None, move || handler(&shared, &documents, params));
                }
                (None, None) => {
                    let message = format!("there is no method `{method}`");
                    self.outbox.answer(id, Err(error(ErrorCode::MethodNotFound, &message)));
                }
            },
        }
    }

    fn about_document(&mut self, id: RequestId, handler: requests::OfDocument, params: Value) {
        let Some(view) = uri_in(&params).and_then(|uri| self.view(&uri)) else {
            // Nobody opened it: there is nothing to say about it.
            return self.outbox.answer(id, Ok(requests::nothing(handler.1)));
        };
        let document = Arc::clone(&view.document);
        self.in_pool(id, Some(document), move || (handler.0)(&view, params));
    }

    /// Has a request answered by a thread of the pool. An answer about a version that was edited meanwhile is dropped.
    fn in_pool(
        &self,
        id: RequestId,
        document: Option<Arc<Document>>,
        answer: impl FnOnce() -> Result<Value, ResponseError> + Send + 'static,
    ) {
        self.in_flight.begin(id.clone(), None);
        let (outbox, in_flight) = (self.outbox.clone(), Arc::clone(&self.in_flight));
        self.pool.give(move || {
            if !in_flight.is_waiting(&id) {
                return;
            }
            let is_stale = || document.as_ref().is_some_and(|document| !document.is_current());
            let stale = || Err(error(ErrorCode::ContentModified, "the document was edited"));
            let outcome = if is_stale() { stale() } else { caught(&outbox, answer) };
            let outcome = if is_stale() { stale() } else { outcome };
            if in_flight.end(&id) {
                outbox.answer(id, outcome);
            }
        });
    }

    fn command(&mut self, id: RequestId, params: Value) {
        match serde_json::from_value(params) {
            Ok(params) => {
                let given = commands::Given::new(params, self.last_place.clone(), self.views());
                self.desk.execute(id, given, &self.in_flight);
            }
            Err(err) => self.outbox.answer(id, Err(error(ErrorCode::InvalidParams, &err.to_string()))),
        }
    }

    fn notification(&mut self, notification: Notification) {
        let Notification { method, params } = notification;
        match method.as_str() {
            "initialized" => self.initialized(),
            "textDocument/didOpen" => {
                let Some(params) = self.read(&method, params) else { return };
                let document = self.documents.open(params, &self.shared.workspace);
                self.tell_problems(&document);
                self.due.insert(document.uri.clone(), Instant::now());
            }
            "textDocument/didChange" => {
                let Some(params) = self.read(&method, params) else { return };
                let Some(document) = self.documents.change(params) else { return };
                self.shared.runs.edited(&document.uri);
                self.due.insert(document.uri.clone(), Instant::now() + QUIET);
            }
            "textDocument/didClose" => {
                let Some(uri) = uri_in(&params) else { return };
                self.documents.close(&uri);
                self.due.remove(&uri);
                if self.published.remove(&uri) {
                    diagnostic::publish_none(&self.outbox, &uri);
                }
            }
            "textDocument/didSave" => {
                let path = uri_in(&params).and_then(|uri| uri::path(uri.as_ref()));
                // A client that watches no files tells at least of those that it writes itself.
                if path.is_some_and(|path| workspace::is_watched(&path)) && !self.shared.client.watches_files {
                    self.shared.workspace.reload();
                    self.moved();
                }
            }
            "$/cancelRequest" => {
                let id = params.get("id").cloned().and_then(|id| serde_json::from_value::<RequestId>(id).ok());
                if let Some(id) = id.filter(|id| self.in_flight.cancel(id)) {
                    self.outbox.answer(id, Err(error(ErrorCode::RequestCanceled, "cancelled")));
                }
            }
            "window/workDoneProgress/cancel" => self.desk.cancel_by_token(params.get("token")),
            _ => self.around(&method, &params),
        }
    }

    /// What is around the documents has changed.
    fn around(&mut self, method: &str, params: &Value) {
        match method {
            "workspace/didChangeConfiguration" if self.shared.client.gives_configuration => self.ask_configuration(),
            "workspace/didChangeConfiguration" => {
                let settings = params.get("settings").cloned().unwrap_or_default();
                if settings.get("legwork").is_some() && self.shared.workspace.configure(&settings) {
                    self.moved();
                }
            }
            "workspace/didChangeWatchedFiles" => {
                let changes = params.get("changes").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
                let mut paths = changes.iter().filter_map(|change| uri::path(change.get("uri")?.as_str()?));
                if paths.any(|path| workspace::is_watched(&path)) {
                    self.shared.workspace.reload();
                    self.moved();
                }
            }
            "workspace/didChangeWorkspaceFolders" => {
                let folders = |key: &str| -> Vec<PathBuf> {
                    let listed = params.pointer(&format!("/event/{key}")).and_then(Value::as_array);
                    listed.into_iter().flatten().filter_map(|folder| uri::path(folder.get("uri")?.as_str()?)).collect()
                };
                self.shared.workspace.change_folders(&folders("added"), &folders("removed"));
                self.moved();
            }
            _ => {}
        }
    }

    fn initialized(&self) {
        if self.shared.client.watches_files {
            self.outbox.tell("client/registerCapability", registrations());
        }
        if self.shared.client.gives_configuration {
            self.ask_configuration();
        }
    }

    fn ask_configuration(&self) {
        let events = self.events.clone();
        let items = json!({"items": [{"section": "legwork"}]});
        self.outbox.ask_then("workspace/configuration", items, move |answer| {
            let settings = answer.ok().and_then(|all| all.get(0).cloned()).filter(Value::is_object);
            if let Some(settings) = settings {
                // The main loop may have ended.
                let _ = events.send(Event::Configured(settings));
            }
        });
    }

    /// Everything is looked at again.
    fn moved(&mut self) {
        self.documents.move_home(&self.shared.workspace);
        let documents: Vec<_> = self.documents.all().cloned().collect();
        for document in documents {
            self.tell_problems(&document);
            self.due.insert(document.uri.clone(), Instant::now());
        }
        self.refresh();
    }

    /// Documents that were read with a part of the task definitions are read with all of them.
    fn indexed(&mut self) {
        self.shared.workspace.look_again();
        if self.documents.all().any(|document| document.home.is_partial()) {
            self.moved();
        }
    }

    fn ran(&mut self, uri: Uri) {
        if self.documents.get(&uri).is_some() {
            self.due.insert(uri, Instant::now());
        }
        self.refresh();
    }

    /// Has the client ask again for what it asks for itself.
    fn refresh(&self) {
        let client = &self.shared.client;
        let asked_again = [
            (client.pulls_diagnostics && client.refreshes_diagnostics, "workspace/diagnostic/refresh"),
            (client.refreshes_lenses, "workspace/codeLens/refresh"),
            (client.refreshes_inlays, "workspace/inlayHint/refresh"),
        ];
        for (_, method) in asked_again.iter().filter(|(can, _)| *can) {
            self.outbox.tell(method, Value::Null);
        }
    }

    fn diagnose_due(&mut self) {
        if self.due.is_empty() {
            return;
        }
        let now = Instant::now();
        let ready: Vec<_> = self.due.iter().filter(|(_, at)| **at <= now).map(|(uri, _)| uri.clone()).collect();
        for uri in ready {
            self.due.remove(&uri);
            let Some(view) = self.view(&uri) else { continue };
            if self.shared.client.pulls_diagnostics {
                continue;
            }
            let was_shown = !self.published.insert(uri);
            let outbox = self.outbox.clone();
            self.pool.give(move || {
                let published = catch_unwind(AssertUnwindSafe(|| diagnostic::publish(&view, &outbox, was_shown)));
                if published.is_err() {
                    outbox.log(LogKind::Error, "looking for what is wrong with a document failed: this is a bug");
                }
            });
        }
    }

    /// Says once what is wrong with the files around a document.
    fn tell_problems(&mut self, document: &Document) {
        for problem in document.home.problems.iter().filter(|problem| Diagnostic::is_error(problem)) {
            let help = problem.help.as_deref().map(|help| format!("; {help}")).unwrap_or_default();
            let text = format!("{}: {}{help}", problem.code.id(), problem.message);
            if self.told.insert(text.clone()) {
                self.outbox.log(LogKind::Warning, &text);
            }
        }
    }

    fn view(&self, uri: &Uri) -> Option<View> {
        let document = Arc::clone(self.documents.get(uri)?);
        Some(View { document, shared: self.shared.clone() })
    }

    fn views(&self) -> Vec<View> {
        let view = |document: &Arc<Document>| View { document: Arc::clone(document), shared: self.shared.clone() };
        self.documents.all().map(view).collect()
    }

    fn note_place(&mut self, params: &Value) {
        let position = params.get("position").or_else(|| params.pointer("/range/start"));
        if let Some((uri, position)) = uri_in(params).zip(position) {
            self.last_place = Some((uri, position.clone()));
        }
    }

    fn read<P: DeserializeOwned>(&self, method: &str, params: Value) -> Option<P> {
        let read = serde_json::from_value(params);
        let told =
            |err: serde_json::Error| self.outbox.log(LogKind::Error, &format!("{method} is not understood: {err}"));
        read.map_err(told).ok()
    }
}

/// Runs a handler; a panic of it is logged, and an error for the client.
fn caught(outbox: &Outbox, answer: impl FnOnce() -> Result<Value, ResponseError>) -> Result<Value, ResponseError> {
    catch_unwind(AssertUnwindSafe(answer)).unwrap_or_else(|_| {
        let message = "the request failed inside the server: this is a bug";
        outbox.log(LogKind::Error, message);
        Err(error(ErrorCode::InternalError, message))
    })
}

/// An error for the client.
pub(super) fn error(code: ErrorCode, message: &str) -> ResponseError {
    ResponseError { code: code as i32, message: message.to_owned(), data: None }
}

fn uri_in(params: &Value) -> Option<Uri> {
    params.pointer("/textDocument/uri").and_then(Value::as_str).map(Uri::from)
}
