//! Task definitions that nobody named: those of the project's folder and the user's, and documents that are used in place.

use crate::catalogue::Catalogue;
use crate::diagnostic::Diagnostic;
use crate::host::shelf::Shelf;
use std::borrow::Borrow;

/// Reads the task definitions of these names into a catalogue that does not have them, with the operations that they look
/// things up with. `open` gives a shelf that knows what it is given; it is asked only when there is something to look for.
///
/// # Errors
/// What is wrong with a definition, and what opening the shelf gives.
pub fn complete<S: Borrow<Shelf>, E: From<Vec<Diagnostic>>>(
    catalogue: &mut Catalogue,
    names: &[&str],
    mut open: impl FnMut(&[String]) -> Option<Result<S, E>>,
) -> Result<(), E> {
    let mut waiting: Vec<String> =
        names.iter().filter(|name| catalogue.get(name).is_none()).map(|name| (*name).to_owned()).collect();
    while !waiting.is_empty() {
        let Some(shelf) = open(&waiting) else { return Ok(()) };
        let shelf = shelf?;
        let mut lookups = Vec::new();
        for name in waiting {
            let told = shelf.borrow().load(&name, catalogue);
            if told.iter().any(Diagnostic::is_error) {
                return Err(told.into());
            }
            lookups.extend(catalogue.get(&name).and_then(|entry| Some(entry.ensure()?.lookup.clone())));
        }
        lookups.retain(|lookup| catalogue.get(lookup).is_none());
        waiting = lookups;
    }
    Ok(())
}
