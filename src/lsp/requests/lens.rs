//! The lines above tasks.

use crate::editor::{self, Action, Lens};
use crate::lsp::convert;
use crate::lsp::protocol::{CodeLens, CodeLensParams, Command};
use crate::lsp::view::View;
use serde_json::json;

/// `textDocument/codeLens`. Each names a command of the server itself.
pub(super) fn lenses(view: &View, _: &CodeLensParams) -> Vec<CodeLens> {
    let found = editor::lenses(&view.snapshot());
    found.into_iter().map(|lens| converted(lens, view)).collect()
}

fn converted(lens: Lens, view: &View) -> CodeLens {
    let range = view.document.range(lens.span);
    CodeLens { range, command: Some(command(lens, view)), data: None }
}

fn command(lens: Lens, view: &View) -> Command {
    let (name, url) = match lens.action {
        Action::TestRequest => ("legwork.testRequest", None),
        Action::DryRun => ("legwork.dryRun", None),
        Action::ShowResponse => ("legwork.showLastResponse", None),
        Action::OpenDocs(url) => ("legwork.openDocs", Some(url)),
    };
    let mut argument = json!({"uri": view.document.uri.0, "task": lens.task});
    if let (Some(url), Some(argument)) = (url, argument.as_object_mut()) {
        argument.insert("url".to_owned(), url.into());
    }
    convert::command(lens.title, name, argument)
}
