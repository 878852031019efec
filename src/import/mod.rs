//! Descriptions of APIs and calls that other programs wrote, as task definitions and workflow definitions.
//!
//! [`read`] tells what a source is, [`import`] gives its [`Draft`]. Importers are tolerant: a flaw costs the operation it is in,
//! never the source, and is told with its place. Nothing here reads or writes files: further files of a source come through a
//! function. Start with [`import`].

mod arazzo;
mod kind;

pub use kind::{Kind, Source, read};

use crate::diagnostic::{Diagnostic, codes};
use crate::draft::Draft;
use crate::openapi;
use crate::source::SourceFile;

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
        other => {
            let diagnostic = Diagnostic::new(codes::E0801, format!("{} cannot be imported yet", other.words()));
            return Err(vec![diagnostic.help("import an OpenAPI document")]);
        }
    };
    draft.diagnostics.splice(0..0, diagnostics);
    Ok(draft)
}

fn openapi_options(options: &Options) -> openapi::Options {
    openapi::Options { name: options.name.clone(), server: options.server.clone() }
}
