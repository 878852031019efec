//! What there is to write with: the catalogue, and how to find in it.

use crate::catalogue::search::{Index, Record};
use crate::catalogue::{Catalogue, Entry};
use crate::plan::Options;
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// Reads task definitions of these names, which a catalogue does not have, into it: from folders that nobody named.
pub type Complete = dyn Fn(&mut Catalogue, &[&str]) + Send + Sync;

/// What there is to write with. Shared by all files of a workspace; cloning is cheap.
#[derive(Clone)]
pub struct Library {
    /// Task definitions by name.
    pub catalogue: Catalogue,
    /// All operations that can be searched, also those that the catalogue has not read.
    pub index: Arc<Index>,
    /// How the catalogue gets what it does not have.
    pub complete: Option<Arc<Complete>>,
    /// How definitions are judged.
    pub options: Options,
    /// Whether more operations may come: what a name stands for that is not known yet nobody can say.
    pub is_partial: bool,
}

impl Library {
    /// The operations of a catalogue, all of them searchable.
    #[must_use]
    pub fn new(catalogue: Catalogue) -> Self {
        let records: Vec<Record> = catalogue.entries().map(|entry| Record::of(&entry)).collect();
        Self {
            catalogue,
            index: Arc::new(Index::build(&records)),
            complete: None,
            options: Options::default(),
            is_partial: false,
        }
    }

    /// The catalogue with the definitions of these names, as far as there are any.
    #[must_use]
    pub(super) fn with(&self, names: &[&str]) -> Cow<'_, Catalogue> {
        let missing: Vec<&str> = names.iter().copied().filter(|name| self.catalogue.get(name).is_none()).collect();
        match &self.complete {
            Some(complete) if !missing.is_empty() => {
                let mut catalogue = self.catalogue.clone();
                complete(&mut catalogue, &missing);
                Cow::Owned(catalogue)
            }
            _ => Cow::Borrowed(&self.catalogue),
        }
    }

    /// Those of these names that [`with`](Self::with) reads: for the same of them it gives the same catalogue.
    pub(super) fn read_for(&self, names: &[&str]) -> Vec<String> {
        let is_read = |name: &&str| self.catalogue.get(name).is_none() && self.index.find(name).is_some();
        let names = names.iter().copied().filter(|_| self.complete.is_some());
        names.filter(is_read).map(str::to_owned).collect()
    }

    /// The operation of that name.
    #[must_use]
    pub fn entry(&self, name: &str) -> Option<Arc<Entry>> {
        self.with(&[name]).get(name).filter(|entry| entry.method.is_some())
    }
}

impl Default for Library {
    fn default() -> Self {
        Self::new(Catalogue::builtin())
    }
}

impl fmt::Debug for Library {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Library").field("operations", &self.index.len()).finish_non_exhaustive()
    }
}
