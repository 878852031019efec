//! The plans of one test: mocked system tasks wait for an answer, as workers do.

use super::Mocks;
use crate::catalogue::Catalogue;
use crate::decide::Library;
use crate::definition::{Document, Documented, TaskType, WorkflowDef, WorkflowTask};
use crate::diagnostic::Diagnostic;
use crate::plan::{self, Options, Plan};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The definition that is tested, and what it is planned with.
#[derive(Debug, Clone)]
pub struct UnderTest {
    /// The workflow definition.
    pub document: Arc<Document>,
    /// Definitions that it may start by name.
    pub workflows: Vec<Arc<Document>>,
    /// Task definitions.
    pub catalogue: Catalogue,
    /// How plans are built.
    pub options: Options,
}

/// What a test runs.
pub(super) struct World {
    pub(super) plan: Arc<Plan>,
    pub(super) library: Arc<Library>,
}

/// The reference names of mocked system tasks, by the name of their workflow.
type Replaced = BTreeMap<String, BTreeSet<String>>;

impl UnderTest {
    /// The plans for these mocks.
    pub(super) fn plans(&self, mocks: &Mocks) -> Result<World, Vec<Diagnostic>> {
        let mut replaced = Replaced::new();
        if let Some(def) = self.document.workflow() {
            self.collect(def, mocks, &mut replaced);
        }
        let mut library = Library::new(self.catalogue.clone(), self.options);
        for document in &self.workflows {
            if let Ok(plan) = self.plan(document, &replaced) {
                library.add(plan);
            }
        }
        let plan = self.plan(&self.document, &replaced)?;
        library.add(Arc::clone(&plan));
        Ok(World { plan, library: Arc::new(library) })
    }

    /// The definition of that name.
    pub(super) fn workflow(&self, name: &str) -> Option<&WorkflowDef> {
        let all = std::iter::once(&self.document).chain(&self.workflows);
        all.filter_map(|document| document.workflow()).find(|def| def.name == name)
    }

    fn collect(&self, def: &WorkflowDef, mocks: &Mocks, replaced: &mut Replaced) {
        for task in def.all_tasks() {
            let reference = &task.task_reference_name;
            if mocks.tasks.contains_key(reference) && is_replaceable(&task.task_type) {
                replaced.entry(def.name.clone()).or_default().insert(reference.clone());
            }
            let child =
                mocks.children.get(reference).zip(started_by(task)).map(|(mocks, name)| (mocks, self.workflow(name)));
            if let Some((mocks, Some(child))) = child {
                self.collect(child, mocks, replaced);
            }
        }
    }

    fn plan(&self, document: &Arc<Document>, replaced: &Replaced) -> Result<Arc<Plan>, Vec<Diagnostic>> {
        let names = document.workflow().and_then(|def| replaced.get(&def.name));
        let document = match names {
            Some(names) => Arc::new(with_workers(document, names)),
            None => Arc::clone(document),
        };
        let planned = plan::build(&document, &self.catalogue, self.options);
        planned.plan.ok_or(planned.diagnostics)
    }
}

/// The name of the workflow that a task starts, when it is written in the definition.
pub(super) fn started_by(task: &WorkflowTask) -> Option<&str> {
    task.sub_workflow_param.as_ref()?.name.as_deref()
}

/// Whether the engine itself does the task and nothing stands inside it, so that a mock can take its place. Operators run as
/// they are; requests and workers ask for an answer anyway.
fn is_replaceable(kind: &TaskType) -> bool {
    use TaskType::{
        Dynamic, Event, Human, Inline, JsonJqTransform, Lambda, Noop, SetVariable, StartWorkflow, SubWorkflow, Wait,
    };
    matches!(
        kind,
        Inline
            | Lambda
            | JsonJqTransform
            | Dynamic
            | Event
            | Human
            | Noop
            | SetVariable
            | StartWorkflow
            | SubWorkflow
            | Wait
    )
}

/// The document, in which these tasks are of a type of the same name that nobody knows: such a task waits for a worker.
fn with_workers(document: &Document, names: &BTreeSet<String>) -> Document {
    let mut document = document.clone();
    if let Documented::Workflow(def) = &mut document.definition {
        replace(&mut def.tasks, names);
    }
    document
}

fn replace(tasks: &mut [WorkflowTask], names: &BTreeSet<String>) {
    for task in tasks {
        if names.contains(&task.task_reference_name) && is_replaceable(&task.task_type) {
            task.task_type = TaskType::Other(task.task_type.as_str().into());
        }
        task.decision_cases.iter_mut().for_each(|(_, tasks)| replace(tasks, names));
        task.fork_tasks.iter_mut().for_each(|tasks| replace(tasks, names));
        replace(&mut task.default_case, names);
        replace(&mut task.loop_over, names);
    }
}
