//! The definitions that a run may start beside its own: sub-workflows, started workflows, failure workflows.

use crate::catalogue::Catalogue;
use crate::plan::{Options, Plan};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Plans by name and version, and what definitions that come up during a run are compiled with.
///
/// Make it once and share it: it holds no state of any run.
#[derive(Debug, Clone, Default)]
pub struct Library {
    plans: BTreeMap<String, BTreeMap<i64, Arc<Plan>>>,
    catalogue: Catalogue,
    options: Options,
}

impl Library {
    /// A library without definitions. What comes up during a run is compiled with this catalogue and these options.
    #[must_use]
    pub fn new(catalogue: Catalogue, options: Options) -> Self {
        Self { plans: BTreeMap::new(), catalogue, options }
    }

    /// Adds a plan; it takes the place of one of the same name and version, which it gives back.
    pub fn add(&mut self, plan: Arc<Plan>) -> Option<Arc<Plan>> {
        self.plans.entry(plan.name.to_string()).or_default().insert(plan.version, plan)
    }

    /// The plan of that name and version; without a version the latest.
    #[must_use]
    pub fn find(&self, name: &str, version: Option<i64>) -> Option<&Arc<Plan>> {
        let versions = self.plans.get(name)?;
        match version {
            Some(version) => versions.get(&version),
            None => versions.values().next_back(),
        }
    }

    /// All plans, by name and version.
    pub fn plans(&self) -> impl Iterator<Item = &Arc<Plan>> {
        self.plans.values().flat_map(BTreeMap::values)
    }

    /// The names of all plans, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.plans.keys().map(String::as_str)
    }

    pub(super) fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    pub(super) fn options(&self) -> Options {
        self.options
    }
}
