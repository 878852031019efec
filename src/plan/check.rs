//! What is wrong with a file, whatever it holds.

use super::{Options, build};
use crate::catalogue::{Catalogue, holds_shared_parts};
use crate::definition::{Document, Documented};
use crate::diagnostic::Diagnostic;
use std::sync::Arc;

/// Everything that is wrong with a definition file, in text order. Task definitions are added to the catalogue, so that the
/// files behind them are judged with them; so is what they share.
pub fn check(document: &Arc<Document>, catalogue: &mut Catalogue, options: Options) -> Vec<Diagnostic> {
    match document.definition {
        _ if holds_shared_parts(document.file.name()) => catalogue.add(document.file.clone()),
        Documented::Workflow(_) => build(document, catalogue, options).diagnostics,
        Documented::Tasks(_) => catalogue.add(document.file.clone()),
    }
}
