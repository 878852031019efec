//! `legwork.copyAsCurl`: the command that sends what a task sends; secrets stand in it as variables of the shell.

use super::prepared::Asked;
use super::{Desk, Given, failed, responses};
use crate::diagnostic::Diagnostic;
use crate::lsp::outbox::Answer;
use crate::report::curl;
use crate::run::{self, Runner};
use crate::secret::{Redactor, SecretStore};
use crate::setup::{Target, placeholders, refusals};
use serde_json::json;
use std::sync::Arc;

impl Desk {
    /// Gives `{"text", "notes"}`, and shows the command.
    pub(super) async fn curl(&self, given: &Given) -> Answer {
        let asked = Asked::of(given, self)?;
        let (uri, task) = (&asked.view.document.uri, &asked.task);
        let outputs = self.shared.runs.outputs(uri, task);
        let refused = |told: Vec<Diagnostic>| failed(&in_words(&told));
        let prepared = asked.prepare(Target::Nowhere, outputs).map_err(refused)?;
        let marks = Arc::new(placeholders::of_task(&prepared.plan, prepared.node, &asked.home.secrets));
        let runner = asked.runner(&Target::Nowhere, self.outbox.redactor()).map_err(refused)?;
        let transport = Arc::clone(&runner.services().transport);
        let runner = Runner::new(transport, Arc::clone(&marks) as Arc<dyn SecretStore>, Redactor::revealing());
        let inspected = run::test_request(&runner, &prepared.plan, &prepared.test).await;
        let inspection = inspected.map_err(|err| refused(vec![refusals::unclear(&err, &prepared.plan)]))?;
        let command = curl::command(&runner, &prepared.plan, &inspection, &marks)
            .map_err(|err| failed(&format!("{err}: {}", in_words(&refusals::of_test(&inspection, &prepared.plan)))))?;
        let file = responses::file(&asked.view, "curl", task).map(|file| file.with_extension("sh"));
        let file = self.keep(file.as_ref(), &format!("{}\n", command.text));
        if !self.shared.client.hears_runs {
            self.show(file.as_deref(), "the curl command is written", true).await;
        }
        Ok(json!({"text": command.text, "notes": command.notes}))
    }
}

fn in_words(told: &[Diagnostic]) -> String {
    let errors = told.iter().filter(|one| one.is_error()).map(|one| format!("{} {}", one.code.id(), one.message));
    errors.collect::<Vec<_>>().join("; ")
}
