//! What a command is given: its argument, and where the user was.

use crate::editor::{FileKind, Task, task_at, task_named};
use crate::lsp::protocol::{ExecuteCommandParams, Position, Uri};
use crate::lsp::view::View;
use serde::Deserialize;
use serde_json::Value;

/// What a command is given.
pub(in crate::lsp) struct Given {
    /// The command's name.
    pub(super) command: String,
    /// `uri`: the document.
    pub(super) uri: Option<String>,
    /// `task`: the task's reference name.
    pub(super) task: Option<String>,
    /// `env`: an environment, for this command alone.
    pub(super) env: Option<String>,
    /// `confirm`: the user has said yes already.
    pub(super) confirm: bool,
    /// `ask`: whether the user may be asked for what is not given.
    pub(super) ask: bool,
    /// `sandbox`: send to the sandbox, whatever the environment says.
    pub(super) sandbox: bool,
    /// `name`: a task definition.
    pub(super) name: Option<String>,
    /// `query`: words to search for.
    pub(super) query: Option<String>,
    /// `url`: a page.
    pub(super) url: Option<String>,
    position: Option<Position>,
    last_place: Option<(Uri, Position)>,
    views: Vec<View>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Argument {
    uri: Option<String>,
    task: Option<String>,
    position: Option<Position>,
    env: Option<String>,
    confirm: bool,
    ask: Option<bool>,
    sandbox: bool,
    name: Option<String>,
    query: Option<String>,
    url: Option<String>,
}

impl Given {
    /// Reads the argument; a text alone is the `uri`. What cannot be understood counts as not given.
    pub(in crate::lsp) fn new(params: ExecuteCommandParams, last: Option<(Uri, Value)>, views: Vec<View>) -> Self {
        let argument = match params.arguments.and_then(|arguments| arguments.into_iter().next()) {
            Some(Value::String(uri)) => Argument { uri: Some(uri), ..Argument::default() },
            Some(value) => serde_json::from_value(value).unwrap_or_default(),
            None => Argument::default(),
        };
        let last_place = last.and_then(|(uri, position)| Some((uri, serde_json::from_value(position).ok()?)));
        Self {
            command: params.command,
            uri: argument.uri,
            task: argument.task,
            env: argument.env,
            confirm: argument.confirm,
            ask: argument.ask.unwrap_or(true),
            sandbox: argument.sandbox,
            name: argument.name,
            query: argument.query,
            url: argument.url,
            position: argument.position,
            last_place,
            views,
        }
    }

    /// The document that is meant.
    pub(super) fn uri(&self) -> Option<Uri> {
        self.uri.as_deref().map(Uri::from).or_else(|| self.view().map(|view| view.document.uri.clone()))
    }

    /// The document that is named, where the user was last, or the only one of ours.
    pub(super) fn view(&self) -> Option<&View> {
        let named = self.uri.as_deref().or(self.last_place.as_ref().map(|(uri, _)| uri.as_ref()));
        let named = named.map(|uri| self.views.iter().find(|view| view.document.uri.as_ref() == uri));
        named.unwrap_or_else(|| {
            let ours = |view: &&View| view.snapshot().kind() == FileKind::Workflow;
            let mut ours = self.views.iter().filter(ours);
            ours.next().filter(|_| ours.next().is_none())
        })
    }

    /// Any document, for what is the same for all of them.
    pub(super) fn any_view(&self) -> Option<&View> {
        self.view().or_else(|| self.views.first())
    }

    /// The place that is meant in a document, in bytes.
    pub(super) fn offset(&self, view: &View) -> Option<usize> {
        let last = self.last_place.as_ref().filter(|(uri, _)| *uri == view.document.uri).map(|(_, position)| *position);
        self.position.or(last).map(|position| view.document.offset(position))
    }

    /// The reference name of the task that is meant: the one that is named, the one around the place, or the only one that sends
    /// a request.
    pub(super) fn task(&self, view: &View) -> Option<String> {
        let snapshot = view.snapshot();
        if let Some(name) = &self.task {
            return task_named(&snapshot, name).map(|task| task.reference_name.clone());
        }
        let at = self.offset(view).and_then(|offset| task_at(&snapshot, offset)).filter(|task| task.is_callable);
        let only = || {
            let mut callable = snapshot.tasks().iter().filter(|task| task.is_callable);
            callable.next().filter(|_| callable.next().is_none())
        };
        at.or_else(only).map(|task: &Task| task.reference_name.clone())
    }
}
