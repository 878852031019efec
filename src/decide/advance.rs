//! Going on: which task comes next, and making its task object.

use super::{Call, Command, Control, Execution, Moment, Place, State, TaskIndex, prepare};
use crate::plan::{Kind, Node, NodeId};
use crate::resolve::{Resolved, TaskState, TaskStatus, nothing};
use serde_json::{Map, Value};
use std::collections::VecDeque;
use std::sync::Arc;

/// Something that is left to do within a step.
#[derive(Debug, Clone, Copy)]
pub(super) enum Todo {
    /// The task object of a node is made.
    Schedule(NodeId, Place),
    /// A task object starts.
    Begin(TaskIndex),
    /// Everything that a JOIN waits for has ended.
    Join(TaskIndex),
    /// Something that an `EXCLUSIVE_JOIN` looks for has ended.
    ExclusiveJoin(TaskIndex),
    /// A round of a loop has ended.
    RoundEnd(TaskIndex),
}

/// What is left to do, first come first served. A flow that does one thing after the other needs no memory for it.
#[derive(Debug, Default)]
pub(super) struct Agenda {
    next: Option<Todo>,
    others: VecDeque<Todo>,
}

impl Agenda {
    pub(super) fn push(&mut self, todo: Todo) {
        if self.next.is_none() && self.others.is_empty() {
            self.next = Some(todo);
        } else {
            self.others.push_back(todo);
        }
    }

    fn pop(&mut self) -> Option<Todo> {
        self.next.take().or_else(|| self.others.pop_front())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.next.is_none() && self.others.is_empty()
    }

    pub(super) fn clear(&mut self) {
        self.next = None;
        self.others.clear();
    }
}

/// Where the flow goes after a task.
pub(super) enum After {
    /// On to that one.
    Node(NodeId),
    /// A round of the loop around it is over.
    RoundEnd,
    /// Nowhere: a branch of a fork, or the workflow, is over.
    End,
}

impl Execution {
    /// Does everything that is left to do in this step; ends the workflow when nothing is open any more. A loop, not a recursion:
    /// a list of a thousand tasks must not need a thousand stack frames.
    pub(super) fn drain(&mut self, moment: &mut Moment<'_>) {
        while let Some(todo) = self.agenda.pop() {
            if self.has_ended() {
                return self.agenda.clear();
            }
            match todo {
                Todo::Begin(task) => self.begin(task, moment),
                held if self.is_paused() => self.held.push(held),
                Todo::Schedule(node, place) => self.schedule(node, place, moment),
                Todo::Join(task) => self.join(task, moment),
                Todo::ExclusiveJoin(task) => self.exclusive_join(task, moment),
                Todo::RoundEnd(task) => self.end_round(task, moment),
            }
        }
        self.complete_if_done(moment);
        self.starting &= self.evaluating > 0;
    }

    /// Goes on after a task that ended for good.
    pub(super) fn go_on(&mut self, task: TaskIndex) {
        let place = self.place(task);
        self.tell_joins(task);
        match self.after(self.node_id(task)) {
            // The round around it goes on, though no task object of it may be open at this moment.
            After::Node(next) => return self.agenda.push(Todo::Schedule(next, place)),
            After::RoundEnd => self.reach_end(place),
            After::End => {}
        }
        self.check_round(place);
    }

    /// What comes after a node: the next of its list, else what comes after the operator around it.
    pub(super) fn after(&self, node: NodeId) -> After {
        let mut node = self.node_by_id(node);
        loop {
            if let Some(next) = node.next {
                return After::Node(next);
            }
            let Some(parent) = node.parent else { return After::End };
            node = self.node_by_id(parent);
            match node.kind {
                Kind::Loop(_) => return After::RoundEnd,
                Kind::Fork { .. } | Kind::DynamicFork(_) => return After::End,
                _ => {}
            }
        }
    }

    /// Makes the task object of a node, and those that come up together with it.
    fn schedule(&mut self, id: NodeId, place: Place, moment: &mut Moment<'_>) {
        let node = self.node_by_id(id);
        let several = match &node.kind {
            Kind::Fork { .. } | Kind::DynamicFork(_) | Kind::Dynamic { .. } | Kind::SubWorkflow(_) => true,
            Kind::Switch(_) | Kind::Wait => self.is_conductor(),
            _ => false,
        };
        if several {
            self.schedule_group(id, place, moment);
        } else {
            let task = self.create(id, place, moment);
            self.agenda.push(Todo::Begin(task));
        }
    }

    /// Makes a task object: its input is resolved now, from what the workflow knows now.
    pub(super) fn create(&mut self, id: NodeId, place: Place, moment: &mut Moment<'_>) -> TaskIndex {
        let node = Arc::clone(self.node_by_id(id));
        let task_id = (moment.new_id)();
        let input = prepare(&node, &self.scope, self.plan.dialect, &task_id);
        self.add(Made { id, node, task_id, input, attempt: 0, reason: None }, place, moment)
    }

    /// Takes up a task object.
    pub(super) fn add(&mut self, made: Made, place: Place, moment: &Moment<'_>) -> TaskIndex {
        let task = TaskIndex(self.control.len());
        let (input, refusal) = match made.input {
            Ok(prepared) => (prepared, None),
            Err(refusal) => (Resolved::plain(Value::Object(Map::new())), Some(refusal)),
        };
        let (name, iteration) = self.name_at(&made.node, place);
        let state = TaskState {
            reference_name: name,
            task_type: Arc::clone(&made.node.shown_type),
            task_def_name: Arc::clone(&made.node.shown_name),
            status: TaskStatus::Scheduled,
            input: input.value,
            output: nothing(),
            retry_count: made.attempt,
            poll_count: 0,
            iteration,
            task_id: made.task_id,
            scheduled_time: moment.now_ms,
            start_time: 0,
            end_time: 0,
            reason_for_incompletion: made.reason,
            callback_after_seconds: 0,
            worker_id: None,
        };
        match place {
            None => self.scope.push(state),
            Some(_) => self.scope.push_as(&made.node.reference_name, state),
        };
        if self.control.len() == self.control.capacity() {
            self.control.reserve_exact(self.control.len().max(1));
        }
        self.control.push(Control { node: made.id, place, secrets: input.secrets, state: State::None, removed: false });
        self.open += 1;
        self.enter_round(task, place);
        if let Some(refusal) = refusal {
            self.refusals.insert(task, refusal);
        }
        task
    }

    /// Starts a task object.
    fn begin(&mut self, task: TaskIndex, moment: &mut Moment<'_>) {
        if self.refusals.contains_key(&task) {
            return self.refuse(task, moment);
        }
        if self.task(task).status.is_terminal() {
            return;
        }
        let node = self.node(task);
        match &node.kind {
            Kind::Http | Kind::ByReference | Kind::Worker { .. } | Kind::SubWorkflow(_) | Kind::StartWorkflow
                if node.start_delay_ms > 0 && self.task(task).retry_count == 0 =>
            {
                self.start_later(task, moment.now_ms + node.start_delay_ms);
            }
            _ => self.hand_out(task, moment),
        }
    }

    /// Gives a task to whoever carries it out; most need nobody outside and end at once.
    pub(super) fn hand_out(&mut self, task: TaskIndex, moment: &mut Moment<'_>) {
        let node = self.node(task);
        let address = self.address(task);
        match &node.kind {
            Kind::Http | Kind::ByReference => self.call(task, node, moment),
            Kind::Worker { queue } => self.commands.push(Command::Offer { task: address, queue: queue.clone() }),
            Kind::SetVariable => self.set_variable(task, moment),
            // The task objects of DYNAMIC nodes belong to the nodes that they became.
            Kind::Noop | Kind::Dynamic { .. } => self.ended_at_once(task, Map::new(), moment),
            // Its branches and its JOIN are there already.
            Kind::Fork { .. } | Kind::DynamicFork(_) => {
                self.close(task, TaskStatus::Completed, Value::Object(Map::new()), moment);
                self.tell_joins(task);
            }
            Kind::Switch(switch) => self.switch(task, switch, moment),
            Kind::Terminate => self.terminate(task, moment),
            Kind::Inline => self.inline(task, moment),
            Kind::Lambda => self.lambda(task, moment),
            Kind::Jq => self.jq(task, moment),
            Kind::Join { .. } => self.begin_join(task, moment),
            Kind::ExclusiveJoin { .. } => self.begin_exclusive_join(task, moment),
            Kind::Loop(repeated) => self.begin_loop(task, repeated, moment),
            Kind::SubWorkflow(_) => self.start_child(task, moment),
            Kind::StartWorkflow => self.start_workflow(task, moment),
            Kind::Human => self.in_progress_from(task, moment),
            Kind::Wait => self.begin_wait(task, moment),
            Kind::Event { .. } => self.publish(task, moment),
        }
    }

    fn call(&mut self, task: TaskIndex, node: Arc<Node>, moment: &mut Moment<'_>) {
        let input = Resolved { value: self.task(task).input.clone(), secrets: self.control[task.0].secrets.clone() };
        match prepare::request(&node, input, self.plan.dialect) {
            Ok(request) => {
                self.task_mut(task).start_time = moment.now_ms;
                self.watch_call(task, moment);
                let task = self.address(task);
                self.commands.push(Command::Call(Call { task, node, request }));
            }
            Err(refusal) => {
                self.refusals.insert(task, refusal);
                self.refuse(task, moment);
            }
        }
    }

    /// The task goes on until somebody says otherwise.
    pub(super) fn in_progress_from(&mut self, task: TaskIndex, moment: &Moment<'_>) {
        let state = self.task_mut(task);
        state.status = TaskStatus::InProgress;
        state.start_time = moment.now_ms;
    }

    /// Ends a task that needed nobody.
    pub(super) fn ended_at_once(&mut self, task: TaskIndex, output: Map<String, Value>, moment: &mut Moment<'_>) {
        self.close(task, TaskStatus::Completed, Value::Object(output), moment);
        self.pass(task);
    }

    /// Writes the end of a task object down.
    pub(super) fn close(
        &mut self,
        task: TaskIndex,
        status: TaskStatus,
        output: impl Into<Arc<Value>>,
        moment: &mut Moment<'_>,
    ) {
        let state = self.task_mut(task);
        if state.start_time == 0 {
            state.start_time = moment.now_ms;
        }
        state.status = status;
        state.output = output.into();
        state.end_time = moment.now_ms;
        self.leave(task);
    }

    /// A task object is open no more.
    pub(super) fn leave(&mut self, task: TaskIndex) {
        self.open -= 1;
        self.leave_round(task);
        let address = self.address(task);
        self.news.push(address);
    }
}

/// What a task object is made of.
pub(super) struct Made {
    pub(super) id: NodeId,
    pub(super) node: Arc<Node>,
    pub(super) task_id: String,
    pub(super) input: Result<Resolved, super::Refusal>,
    pub(super) attempt: u32,
    pub(super) reason: Option<String>,
}
