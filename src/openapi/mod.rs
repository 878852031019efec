//! OpenAPI 2.0, 3.0 and 3.1 documents as task definitions.
//!
//! The walk is tolerant: a flaw costs the operation it is in, never the document. It goes over the value once and moves out of it
//! what it needs, so that a document of many megabytes is never there twice. Nothing here reads files: further files of a
//! description come through a function. Start with [`import`].

use crate::diagnostic::{Diagnostic, codes};
use crate::draft::{Draft, ProviderDraft, slug};
use crate::source::SourceFile;
use serde_json::Value;

/// What an import is told beside its document.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The provider's name; the document's title when absent.
    pub name: Option<String>,
    /// The base URL; the document's own servers when absent.
    pub server: Option<String>,
}

/// Gives a further file of the description, by its path from the document's own folder.
pub type ReadFile<'r> = dyn FnMut(&str) -> Result<SourceFile, String> + 'r;

/// The task definitions of a document.
#[must_use]
pub fn import(_file: &SourceFile, value: Value, options: &Options, _files: &mut ReadFile<'_>) -> Draft {
    let title = value.pointer("/info/title").and_then(Value::as_str).unwrap_or("api");
    let name = slug(options.name.as_deref().unwrap_or(title));
    Draft {
        provider: ProviderDraft { name, title: Some(title.to_owned()), ..ProviderDraft::default() },
        diagnostics: vec![Diagnostic::new(codes::E0801, "not yet")],
        ..Draft::default()
    }
}
