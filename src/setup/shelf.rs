//! Task definitions that nobody named: those of the project's folder and the user's, and documents that are used in place.

use crate::catalogue::Catalogue;
use crate::diagnostic::Diagnostic;
use crate::host::shelf::{Folders, Shelf};
use std::borrow::Borrow;

/// Reads the task definitions of these names into a catalogue that does not have them, with the operations that they look
/// things up with. The shelf is opened only when there is something to look for.
///
/// # Errors
/// What is wrong with a definition, and what opening the shelf gives.
pub fn complete<S: Borrow<Shelf>, E: From<Vec<Diagnostic>>>(
    catalogue: &mut Catalogue,
    names: &[&str],
    open: impl FnOnce() -> Option<Result<S, E>>,
) -> Result<(), E> {
    let mut waiting: Vec<String> =
        names.iter().filter(|name| catalogue.get(name).is_none()).map(|name| (*name).to_owned()).collect();
    if waiting.is_empty() {
        return Ok(());
    }
    let Some(shelf) = open() else { return Ok(()) };
    let shelf = shelf?;
    while let Some(name) = waiting.pop() {
        let told = shelf.borrow().load(&name, catalogue);
        if told.iter().any(Diagnostic::is_error) {
            return Err(told.into());
        }
        let lookup = catalogue.get(&name).and_then(|entry| Some(entry.ensure()?.lookup.clone()));
        waiting.extend(lookup.filter(|lookup| catalogue.get(lookup).is_none()));
    }
    Ok(())
}

/// Opens the index of some folders without telling how far it is.
///
/// # Errors
/// When a folder that was named cannot be listed.
pub fn open(folders: &Folders) -> Result<Shelf, Vec<Diagnostic>> {
    Shelf::open(folders, &mut |_, _| {}).map_err(|err| vec![err.into()])
}
