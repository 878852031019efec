//! `legwork.insertApi`: puts a prepared request into the document.

use super::{Desk, Given, failed};
use crate::editor::{Place, Snapshot, insert_task, task_at};
use crate::lsp::convert;
use crate::lsp::outbox::Answer;
use serde_json::json;

impl Desk {
    /// Puts the task definition `name` behind the task where the user is, else behind the last one. Gives the new task's
    /// `{"task", "inputs"}`.
    pub(super) async fn insert(&self, given: &Given) -> Answer {
        let view = given.view().ok_or_else(|| failed("no workflow definition is open"))?;
        let name = given.name.as_deref().ok_or_else(|| failed("`name` says which call to insert"))?;
        let snapshot = view.snapshot();
        let entry = snapshot.library().entry(name).or_else(|| view.document.home.whole_library().entry(name));
        let entry = entry.ok_or_else(|| failed(&format!("there is no task definition `{name}`")))?;
        let task = entry.prepare(entry.short_name()).ok_or_else(|| failed(&format!("`{name}` holds no request")))?;
        let place = place(given, view, &snapshot);
        let inserted = insert_task(snapshot.document(), &task, &place).map_err(|err| failed(&err.to_string()))?;
        let edit = convert::workspace_edit(view, &inserted.edits);
        let params = json!({"label": format!("Insert {name}"), "edit": edit});
        match self.outbox.ask("workspace/applyEdit", params).await {
            Ok(Ok(answer)) if answer.get("applied") != Some(&json!(false)) => {
                Ok(json!({"task": inserted.reference_name, "inputs": inserted.inputs}))
            }
            _ => Err(failed("the editor did not take the edit")),
        }
    }
}

fn place(given: &Given, view: &crate::lsp::view::View, snapshot: &Snapshot) -> Place {
    let named = given.task.clone();
    let around =
        || given.offset(view).and_then(|offset| task_at(snapshot, offset)).map(|task| task.reference_name.clone());
    named.or_else(around).filter(|name| !name.is_empty()).map_or(Place::End, Place::After)
}
