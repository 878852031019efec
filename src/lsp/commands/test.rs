//! `legwork.testRequest` and `legwork.dryRun`: one task alone, with the engine of `legwork test`.

use super::page::{self, Head};
use super::permission::{self, Permission};
use super::prepared::{Asked, Prepared};
use super::progress::Progress;
use super::{Desk, Given, failed, responses};
use crate::diagnostic::Diagnostic;
use crate::editor::OutcomeState;
use crate::host;
use crate::http::Exchange;
use crate::lsp::outbox::Answer;
use crate::lsp::runs::Last;
use crate::lsp::server::Event;
use crate::report;
use crate::resolve::TaskStatus;
use crate::run::{self, Inspection};
use crate::setup::{Target, refusals};
use crate::task::CallRecord;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Notify;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The request goes out, when it may.
    Send,
    /// It is shown alone.
    Dry,
}

/// A run, and how it is told apart from others.
struct Under {
    asked: Asked,
    run_id: String,
    file: Option<PathBuf>,
    cancel: Arc<Notify>,
    began: Instant,
}

/// How a run ended.
struct Done {
    prepared: Option<Prepared>,
    inspection: Option<Inspection>,
    said: Vec<Diagnostic>,
}

impl Desk {
    /// Tests a task. The answer is what `legwork test --output json` prints, with `runId`, `durationMs` and `document`.
    pub(super) async fn test(&self, given: &Given, kind: Kind, cancel: Arc<Notify>) -> Answer {
        let asked = Asked::of(given, self)?;
        let (uri, task) = (asked.view.document.uri.clone(), asked.task.clone());
        let run_id = host::new_id();
        let running = self.shared.runs.begin(&uri, &task, &run_id, &cancel);
        running.ok_or_else(|| failed(&format!("{task} is already running: cancel it first")))?;
        self.happened(Event::Ran(uri.clone()));
        let workflow = asked.snapshot.document().workflow().map(|def| def.name.clone()).unwrap_or_default();
        let file = responses::file(&asked.view, &workflow, &task);
        let under = Under { asked, run_id, file, cancel: Arc::clone(&cancel), began: Instant::now() };
        self.tell("legwork/runStarted", &under, json!({"send": kind == Kind::Send}));
        let done = tokio::select! {
            biased;
            () = cancel.notified() => None,
            done = self.run(&under, given, kind) => Some(done),
        };
        let answer = match done {
            Some(done) => self.ended(&under, &done).await,
            None => self.cancelled(&under),
        };
        self.happened(Event::Ran(uri));
        Ok(answer)
    }

    async fn run(&self, under: &Under, given: &Given, kind: Kind) -> Done {
        let asked = &under.asked;
        let target = if kind == Kind::Dry { Target::Nowhere } else { asked.target(given.sandbox) };
        match self.decided(under, target, given.confirm).await {
            Ok(prepared) => self.carry_out_prepared(under, prepared).await,
            Err(said) => Done { prepared: None, inspection: None, said },
        }
    }

    /// Plans it, and asks when it has to be asked. A live request that would be refused is not asked about.
    async fn decided(&self, under: &Under, target: Target, confirm: bool) -> Result<Prepared, Vec<Diagnostic>> {
        let asked = &under.asked;
        let outputs = || self.shared.runs.outputs(&asked.view.document.uri, &asked.task);
        let mut prepared = asked.prepare(target, outputs())?;
        if prepared.target != Target::Live || confirm {
            return Ok(prepared);
        }
        prepared.test.send = false;
        let shown = self.inspect(under, &prepared).await?;
        prepared.test.send = true;
        let request = shown.call.as_ref().and_then(|call| call.exchange.as_deref()).map(Exchange::request);
        let Some(request) = request else { return Ok(prepared) };
        let (method, uri) = (request.method(), request.uri());
        if permission::is_harmless(method, &uri) {
            return Ok(prepared);
        }
        let env = asked.home.env.as_deref();
        match permission::ask(&self.outbox, &self.shared.client, method, &uri, env).await {
            Permission::Send => Ok(prepared),
            Permission::Dry => {
                if !self.shared.client.asks_users {
                    self.message("nothing was sent: give the command `confirm: true` to send it", true);
                }
                asked.prepare(Target::Nowhere, outputs())
            }
            Permission::Cancel => {
                under.cancel.notify_one();
                std::future::pending().await
            }
        }
    }

    async fn inspect(&self, under: &Under, prepared: &Prepared) -> Result<Inspection, Vec<Diagnostic>> {
        let runner = under.asked.runner(&prepared.target, self.outbox.redactor())?;
        let inspected = run::test_request(&runner, &prepared.plan, &prepared.test).await;
        inspected.map_err(|err| vec![refusals::unclear(&err, &prepared.plan)])
    }

    async fn carry_out_prepared(&self, under: &Under, prepared: Prepared) -> Done {
        let title = title(&prepared, under);
        let progress = if self.shared.client.shows_progress {
            Progress::begin(&self.outbox, &under.run_id, &title).await
        } else {
            Progress::hidden()
        };
        if prepared.test.send {
            let outcome = format!("RUNNING since {}", page::time(host::now_ms()));
            self.keep(under.file.as_ref(), &page::running(&under.head(&outcome)));
        }
        let step = if prepared.test.send { "sent" } else { "resolved" };
        progress.report(step);
        self.tell("legwork/runEvent", under, json!({"step": step, "title": title}));
        let done = match self.inspect(under, &prepared).await {
            Ok(inspection) => {
                let mut said = prepared.notes.clone();
                said.extend(refusals::said(&inspection, &prepared.plan));
                Done { prepared: Some(prepared), inspection: Some(inspection), said }
            }
            Err(said) => Done { prepared: Some(prepared), inspection: None, said },
        };
        progress.end(&done.line());
        done
    }

    /// Keeps what came of a run, and shows it.
    async fn ended(&self, under: &Under, done: &Done) -> Value {
        let took = done.took();
        let line = done.line();
        let outcome =
            took.map_or_else(|| line.clone(), |took| format!("{line} · {}", crate::lsp::runs::duration(took)));
        let page = page::page(&under.head(&outcome), done.inspection.as_ref(), &done.said);
        let file = self.keep(under.file.as_ref(), &page);
        let mut answer = self.answer(under, done);
        if let (Some(file), Some(answer)) = (&file, answer.as_object_mut()) {
            answer.insert("document".to_owned(), crate::lsp::uri::uri(file).0.into());
        }
        let is_good = done.is_good();
        let last = Last {
            state: if is_good { OutcomeState::Completed } else { OutcomeState::Failed },
            line,
            took,
            at: Instant::now(),
            output: done.output(self),
            answer: answer.clone(),
            file: file.clone(),
            page: self.outbox.redactor().redact(&page).into_owned(),
            before: None,
            is_told: true,
            cancel: Arc::clone(&under.cancel),
            run_id: under.run_id.clone(),
        };
        let shown = last.title();
        self.shared.runs.finish(&under.asked.view.document.uri, &under.asked.task, last);
        if self.shared.client.hears_runs {
            self.tell("legwork/runFinished", under, json!({"answer": answer, "page": page}));
        } else {
            self.show(file.as_deref(), &shown, is_good).await;
        }
        answer
    }

    fn cancelled(&self, under: &Under) -> Value {
        self.shared.runs.forget(&under.asked.view.document.uri, &under.asked.task);
        self.keep(under.file.as_ref(), &page::running(&under.head("cancelled")));
        let answer =
            json!({"outcome": "cancelled", "task": under.asked.task, "runId": under.run_id, "diagnostics": []});
        if self.shared.client.shows_progress {
            let token = super::progress::token(&under.run_id);
            self.outbox.notify("$/progress", json!({"token": token, "value": {"kind": "end", "message": "cancelled"}}));
        }
        self.tell("legwork/runFinished", under, json!({"answer": answer}));
        answer
    }

    fn answer(&self, under: &Under, done: &Done) -> Value {
        let redactor = self.outbox.redactor();
        let known = done.prepared.as_ref().zip(done.inspection.as_ref());
        let shown = known.map(|(prepared, found)| report::test_json(&prepared.plan, found, &done.said, redactor));
        let mut answer = shown.unwrap_or_else(|| {
            let said: Vec<_> = done.said.iter().map(report::diagnostic).collect();
            json!({"outcome": "blocked", "task": under.asked.task, "diagnostics": said})
        });
        if let Some(answer) = answer.as_object_mut() {
            answer.insert("runId".to_owned(), under.run_id.as_str().into());
            answer.insert("durationMs".to_owned(), json!(under.began.elapsed().as_secs_f64() * 1000.0));
        }
        redactor.redact_value(&mut answer);
        answer
    }

    /// Tells a client that listens to runs.
    fn tell(&self, method: &str, under: &Under, more: Value) {
        if !self.shared.client.hears_runs {
            return;
        }
        let mut told = json!({"runId": under.run_id, "uri": under.asked.view.document.uri.0, "task": under.asked.task});
        if let (Some(told), Value::Object(more)) = (told.as_object_mut(), more) {
            told.extend(more);
        }
        self.outbox.notify(method, told);
    }
}

impl Under {
    fn head<'h>(&'h self, outcome: &'h str) -> Head<'h> {
        Head {
            outcome,
            task: &self.asked.task,
            env: self.asked.home.env.as_deref(),
            at_ms: host::now_ms(),
            run_id: &self.run_id,
        }
    }
}

impl Done {
    /// `201 Created`, or why there is no status.
    fn line(&self) -> String {
        let Some(inspection) = &self.inspection else { return "blocked: nothing was sent".to_owned() };
        let call = inspection.call.as_ref();
        let response = call.and_then(|call| call.exchange.as_deref()?.response());
        match (response, &inspection.result) {
            _ if self.is_refused() => "blocked: nothing was sent".to_owned(),
            (Some(response), _) => format!("{} {}", response.status(), response.reason()).trim_end().to_owned(),
            (None, None) => "dry run: nothing was sent".to_owned(),
            (None, Some(_)) if call.is_some_and(|call| call.sent) => "no answer".to_owned(),
            (None, Some(result)) => format!("{}: nothing was sent", result.status.as_str()),
        }
    }

    fn is_refused(&self) -> bool {
        let refused = |inspection: &Inspection| {
            inspection.refusal.is_some() || inspection.call.as_ref().is_some_and(CallRecord::is_refused)
        };
        self.inspection.as_ref().is_none_or(refused)
    }

    fn is_good(&self) -> bool {
        let result = self.inspection.as_ref().and_then(|inspection| inspection.result.as_ref());
        let is_accepted =
            result.is_none_or(|result| matches!(result.status, TaskStatus::Completed | TaskStatus::InProgress));
        !self.is_refused() && is_accepted
    }

    /// Time on the wire.
    fn took(&self) -> Option<Duration> {
        let inspection = self.inspection.as_ref().filter(|inspection| inspection.result.is_some())?;
        Some(inspection.call.as_ref()?.exchange.as_deref()?.total())
    }

    /// What the task gave, masked, when it completed.
    fn output(&self, desk: &Desk) -> Option<Value> {
        let result = self.inspection.as_ref()?.result.as_ref()?;
        let mut output = serde_json::to_value(&result.output).ok()?;
        desk.outbox.redactor().redact_value(&mut output);
        Some(output).filter(|_| result.status == TaskStatus::Completed)
    }
}

/// `POST create (environment dev)`.
fn title(prepared: &Prepared, under: &Under) -> String {
    let node = prepared.plan.node(prepared.node);
    let method = node.entry.as_ref().and_then(|entry| entry.method.clone()).unwrap_or_else(|| "request".to_owned());
    let env = under.asked.home.env.as_ref().map(|env| format!(" (environment {env})")).unwrap_or_default();
    format!("{method} {}{env}", under.asked.task)
}
