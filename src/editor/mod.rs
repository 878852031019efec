//! What an editor does with a definition, as plain data without a protocol: the command, the language server and the page
//! call the same functions.
//!
//! A [`Snapshot`] is one version of one file with what is around it: a [`Library`] to write with, and what is [`Known`] from
//! outside. Every answer is a pure function of it: places are bytes of its text, and a change is a list of
//! [`Edit`](crate::source::edit::Edit)s, which a caller carries out as one step that can be undone. Nothing here reads or
//! writes a file, and no secret's value ever comes in: secrets are names.
//!
//! Start with [`Snapshot::new`], then [`diagnostics`], [`completion`], [`hover`].

mod completion;
mod cursor;
mod diagnostics;
mod expression;
mod field;
mod fix;
mod folding;
mod hover;
mod inlay;
mod insert_task;
mod kind;
mod known;
mod lens;
mod library;
mod links;
mod moved;
mod node;
mod origin;
mod parts;
mod place;
mod references;
mod repair;
mod scope;
mod snapshot;
mod symbols;
mod task;
mod token;
mod uses;
mod workflow;

use completion::task_type_in_words;
pub use completion::{Completion, CompletionKind, Completions, completion, resolve, resolve_edits};
pub use diagnostics::{diagnostics, is_premature};
pub use fix::{Fix, FixKind, fixes};
pub use folding::{Fold, FoldKind, folding, selection};
pub use hover::{Hover, hover};
pub use inlay::{Inlay, inlays};
pub use insert_task::{InsertError, Inserted, insert_task};
pub use kind::{FileKind, has_own_name, kind_of};
pub use known::{EnvValue, Known, Outcome, OutcomeState, SecretName};
pub use lens::{Action, Lens, lenses};
pub use library::{Complete, Library};
pub use links::{Link, LinkTarget, links};
pub use place::Place;
pub use references::{Declaration, RenameError, definition, prepare_rename, references, rename};
pub use snapshot::Snapshot;
pub use symbols::{Symbol, SymbolKind, symbols};
pub use task::{Task, task_at, task_named};
pub use token::{Token, TokenKind, tokens};
pub use uses::{NameKind, Use};
pub use workflow::new_workflow;

/// A snapshot of a text with the built-in operations, for tests.
#[cfg(test)]
fn snapshot(name: &str, text: &str) -> Snapshot {
    use std::sync::Arc;
    let (library, known) = (Arc::new(Library::default()), Arc::default());
    Snapshot::new(crate::source::SourceFile::new(name, text), &library, &known, None)
}

#[cfg(test)]
mod tests;
