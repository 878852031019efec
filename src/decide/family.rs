//! A run with everything that it starts: the root execution and its children.

use super::child::{Effect, StartChild};
use super::{Command, Event, Execution, Library, Moment, Refused, Start, TaskAddress, WorkflowIndex};
use crate::plan::Plan;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Workflows that start one another without end are stopped at that depth.
const MOST_DEPTH: usize = 200;

/// The executions of one run. The root is the one that was started; sub-workflows, started workflows and failure workflows
/// follow in the order they came up.
///
/// It never looks at the clock, never sends, never waits: the shell that drives it does the [`Command`]s and answers with
/// [`Event`]s. The same start and events give the same family.
#[derive(Debug)]
pub struct Family {
    library: Arc<Library>,
    /// In a box: a family is handed on several times in a run, and most have nothing but this.
    root: Box<Execution>,
    children: Vec<Child>,
    /// When something happens by itself in a child, earliest first. The root is asked directly.
    wakes: BTreeSet<(i64, WorkflowIndex)>,
    /// Children that have not ended.
    open: usize,
    news: Vec<TaskAddress>,
}

/// An execution that another one has started.
#[derive(Debug)]
struct Child {
    execution: Execution,
    /// The task object that waits for its end.
    waits_for: Option<TaskAddress>,
    depth: usize,
    /// What stands in the family's list of wakes.
    wake: Option<i64>,
    is_open: bool,
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
        let mut family = Self {
            library: Arc::clone(library),
            root: Execution::start(library, plan, start, moment)?,
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
            Some(child) => self.children.get(child).map(|child| &child.execution),
        }
    }

    /// All executions, the root first.
    pub fn executions(&self) -> impl Iterator<Item = (WorkflowIndex, &Execution)> {
        let all = std::iter::once(&*self.root).chain(self.children.iter().map(|child| &child.execution));
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
            Some(child) => self.children.get_mut(child).map(|child| &mut child.execution),
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
        let mut commands = self.collect(first);
        // A run that starts nothing needs no more.
        if first == WorkflowIndex::ROOT && self.root.has_no_effects() {
            return commands;
        }
        let mut waiting = vec![first];
        while let Some(workflow) = waiting.pop() {
            let Some(execution) = self.execution_mut(workflow) else { continue };
            for effect in execution.take_effects() {
                self.carry_out(workflow, effect, &mut waiting, moment);
            }
            self.end_child(workflow, &mut waiting, moment);
            commands.append(&mut self.collect(workflow));
            self.note_wake(workflow);
        }
        commands
    }

    /// The commands of an execution; what has ended in it becomes news.
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

    fn carry_out(
        &mut self,
        from: WorkflowIndex,
        effect: Effect,
        waiting: &mut Vec<WorkflowIndex>,
        moment: &mut Moment<'_>,
    ) {
        match effect {
            Effect::Start(start) => self.start_child(from, *start, waiting, moment),
            Effect::Cancel { child, reason } => {
                if let Some(execution) = self.execution_mut(child) {
                    execution.terminate_from_outside(Some(reason), moment);
                    waiting.push(child);
                }
            }
        }
    }

    fn start_child(
        &mut self,
        from: WorkflowIndex,
        child: StartChild,
        waiting: &mut Vec<WorkflowIndex>,
        moment: &mut Moment<'_>,
    ) {
        let StartChild { plan, start, task, waits } = child;
        let depth = self.children.get(from.0.wrapping_sub(1)).map_or(0, |parent| parent.depth) + 1;
        if let Some(task) = task.filter(|_| depth > MOST_DEPTH) {
            let why = format!("more than {MOST_DEPTH} workflows start one another");
            return self.tell(from, waiting, moment, |execution, moment| execution.refused_child(task, why, moment));
        }
        let index = WorkflowIndex(self.children.len() + 1);
        let execution = Execution::start_as(index, &self.library, &plan, start, moment);
        let id = execution.scope().workflow.workflow_id.clone();
        let waits_for = task.filter(|_| waits).map(|task| TaskAddress { workflow: from, task });
        self.children.push(Child { execution, waits_for, depth, wake: None, is_open: true });
        self.open += 1;
        waiting.push(index);
        self.tell(from, waiting, moment, |execution, moment| match task {
            Some(task) => execution.started(task, index, &id, waits, moment),
            None => execution.note_failure_workflow(&id),
        });
    }

    /// Tells an execution something; it is looked at again.
    fn tell(
        &mut self,
        workflow: WorkflowIndex,
        waiting: &mut Vec<WorkflowIndex>,
        moment: &mut Moment<'_>,
        what: impl FnOnce(&mut Execution, &mut Moment<'_>),
    ) {
        if let Some(execution) = self.execution_mut(workflow) {
            what(execution, moment);
            execution.drain(moment);
            waiting.push(workflow);
        }
    }

    /// Tells the one that waits for a child that it has ended.
    fn end_child(&mut self, workflow: WorkflowIndex, waiting: &mut Vec<WorkflowIndex>, moment: &mut Moment<'_>) {
        let Some(child) = workflow.0.checked_sub(1).and_then(|at| self.children.get_mut(at)) else { return };
        if !child.is_open || !child.execution.has_ended() {
            return;
        }
        child.is_open = false;
        self.open -= 1;
        let (waits_for, ending) = (child.waits_for, child.execution.ending());
        if let Some(TaskAddress { workflow, task }) = waits_for {
            self.tell(workflow, waiting, moment, |execution, moment| execution.child_ended(task, &ending, moment));
        }
    }

    /// Writes down when something happens by itself in a child.
    fn note_wake(&mut self, workflow: WorkflowIndex) {
        let Some(child) = workflow.0.checked_sub(1).and_then(|at| self.children.get_mut(at)) else { return };
        let wake = child.execution.next_wake_ms();
        if wake == child.wake {
            return;
        }
        if let Some(before) = std::mem::replace(&mut child.wake, wake) {
            self.wakes.remove(&(before, workflow));
        }
        self.wakes.extend(wake.map(|wake| (wake, workflow)));
    }
}
