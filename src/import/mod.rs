//! Descriptions of APIs and calls that other programs wrote, as task definitions and workflow definitions.
//!
//! [`read`] tells what a source is, [`import`] gives its [`Draft`]. Importers are tolerant: a flaw costs the operation it is in,
//! never the source, and is told with its place. Nothing here reads or writes files: further files of a source come through a
//! function. Start with [`import`].

mod arazzo;
mod call;
mod calls;
mod curl;
mod har;
mod http_file;
mod kind;
mod postman;
mod secrets;
mod shell;

pub use kind::{Kind, Source, read};

use crate::diagnostic::Diagnostic;
use crate::draft::Draft;
use crate::openapi;
use crate::source::SourceFile;
use serde_json::Value;

/// What an import is told beside its source.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The provider's name; the source's own title when absent.
    pub name: Option<String>,
    /// The base URL; the source's own servers when absent.
    pub server: Option<String>,
}

/// Gives a further file of the source, by its path from the source's own folder.
pub type ReadFile<'r> = dyn FnMut(&str) -> Result<SourceFile, String> + 'r;

/// The task definitions and workflow definitions of a source.
///
/// # Errors
/// Why nothing at all can be imported.
pub fn import(source: Source, options: &Options, files: &mut ReadFile<'_>) -> Result<Draft, Vec<Diagnostic>> {
    let Source { file, kind, value, diagnostics } = source;
    let mut draft = match kind {
        Kind::OpenApi => openapi::import(&file, value, &openapi_options(options), files),
        Kind::Arazzo => arazzo::import(&file, &value, files),
        Kind::Curl => {
            let (made, problems) = curl::calls(file.text(), &mut text_of(files));
            calls::draft(made, None, problems, options, &file)
        }
        Kind::HttpFile => {
            let (made, problems) = http_file::calls(file.text(), &mut text_of(files));
            calls::draft(made, None, problems, options, &file)
        }
        Kind::Har => {
            let (made, problems) = har::calls(&value);
            calls::draft(made, None, problems, options, &file)
        }
        Kind::Postman => {
            let (made, problems) = postman::calls(&value);
            let title = value.pointer("/info/name").and_then(Value::as_str);
            calls::draft(made, title, problems, options, &file)
        }
    };
    draft.diagnostics.splice(0..0, diagnostics);
    Ok(draft)
}

/// The text of a further file.
fn text_of<'f>(files: &'f mut ReadFile<'_>) -> impl FnMut(&str) -> Result<String, String> + 'f {
    |path| match files(path) {
        Ok(file) => Ok(file.text().to_owned()),
        Err(problem) => Err(format!("the file `{path}` cannot be read: {problem}")),
    }
}

fn openapi_options(options: &Options) -> openapi::Options {
    openapi::Options { name: options.name.clone(), server: options.server.clone() }
}
