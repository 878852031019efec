//! A run with everything that it starts: the root execution and its children.

use super::{Command, Event, Execution, Library, Moment, Refused, Start, TaskAddress, WorkflowIndex};
use crate::plan::Plan;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The executions of one run. The root is the one that was started; sub-workflows, started workflows and failure workflows
/// follow in the order they came up.
///
/// It never looks at the clock, never sends, never waits: the shell that drives it does the [`Command`]s and answers with
/// [`Event`]s. The same start and events give the same family.
#[derive(Debug)]
pub struct Family {
    library: Arc<Library>,
    root: Execution,
    children: Vec<Execution>,
    /// When something happens by itself in a child, earliest first. The root is asked directly.
    wakes: BTreeSet<(i64, WorkflowIndex)>,
    /// Children that have not ended.
    open: usize,
    news: Vec<TaskAddress>,
}

impl Family {
    /// Starts a run, and gives what is to be done first.
    ///
    /// # Errors
    /// [`Refused`] when the start itself is refused: nothing has happened then.
    pub fn start(
        library: &Arc<Library>,
        plan: &Arc<Plan>,
        start: Start,
        moment: &mut Moment<'_>,
    ) -> Result<(Self, Vec<Command>), Refused> {
        let root = Execution::start(library, plan, start, moment)?;
        let mut family = Self {
            library: Arc::clone(library),
            root,
            children: Vec::new(),
            wakes: BTreeSet::new(),
            open: 0,
            news: Vec::new(),
        };
        let commands = family.settle(WorkflowIndex::ROOT, moment);
        Ok((family, commands))
    }

    /// Takes in one event and gives what is to be done now. An event that comes too late, or is about nothing, changes
    /// nothing.
    pub fn step(&mut self, event: Event, moment: &mut Moment<'_>) -> Vec<Command> {
        let Some(workflow) = event.workflow() else { return self.tick(moment) };
        match self.execution_mut(workflow) {
            Some(execution) => execution.take_in(event, moment),
            None => return Vec::new(),
        }
        self.settle(workflow, moment)
    }

    /// The execution that the family was started with.
    #[must_use]
    pub fn root(&self) -> &Execution {
        &self.root
    }

    /// An execution.
    #[must_use]
    pub fn execution(&self, workflow: WorkflowIndex) -> Option<&Execution> {
        match workflow.0.checked_sub(1) {
            None => Some(&self.root),
            Some(child) => self.children.get(child),
        }
    }

    /// All executions, the root first.
    pub fn executions(&self) -> impl Iterator<Item = (WorkflowIndex, &Execution)> {
        let all = std::iter::once(&self.root).chain(&self.children);
        all.enumerate().map(|(index, execution)| (WorkflowIndex(index), execution))
    }

    /// What a run may start.
    #[must_use]
    pub fn library(&self) -> &Arc<Library> {
        &self.library
    }

    /// When something happens by itself next, milliseconds since 1970: call [`step`](Self::step) with [`Event::Tick`] then.
    #[must_use]
    pub fn next_wake_ms(&self) -> Option<i64> {
        let child = self.wakes.first().map(|(due, _)| *due);
        match (self.root.next_wake_ms(), child) {
            (Some(root), Some(child)) => Some(root.min(child)),
            (root, child) => root.or(child),
        }
    }

    /// Whether every execution has ended.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.open == 0 && self.root.has_ended()
    }

    /// The task objects that have ended since this was called last, in the order they ended.
    pub fn take_news(&mut self) -> Vec<TaskAddress> {
        std::mem::take(&mut self.news)
    }

    fn execution_mut(&mut self, workflow: WorkflowIndex) -> Option<&mut Execution> {
        match workflow.0.checked_sub(1) {
            None => Some(&mut self.root),
            Some(child) => self.children.get_mut(child),
        }
    }

    /// Time has passed: everything that is due happens, in the root first.
    fn tick(&mut self, moment: &mut Moment<'_>) -> Vec<Command> {
        self.root.tick(moment);
        let mut commands = self.settle(WorkflowIndex::ROOT, moment);
        while let Some((_, workflow)) = self.wakes.first().copied().filter(|(due, _)| *due <= moment.now_ms) {
            if let Some(child) = self.execution_mut(workflow) {
                child.tick(moment);
            }
            commands.append(&mut self.settle(workflow, moment));
        }
        commands
    }

    /// Takes up what a step of an execution left to do for the others, until nothing is left.
    fn settle(&mut self, first: WorkflowIndex, moment: &mut Moment<'_>) -> Vec<Command> {
        let _ = moment;
        let mut commands = Vec::new();
        let mut waiting = vec![first];
        while let Some(workflow) = waiting.pop() {
            commands.append(&mut self.collect(workflow));
        }
        commands
    }

    fn collect(&mut self, workflow: WorkflowIndex) -> Vec<Command> {
        let Some(execution) = self.execution_mut(workflow) else { return Vec::new() };
        let (commands, mut news) = execution.take_out();
        if self.news.is_empty() {
            self.news = news;
        } else {
            self.news.append(&mut news);
        }
        commands
    }
}
