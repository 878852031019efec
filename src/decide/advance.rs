//! Going on: which task comes next, and making its task object.

use super::{Call, Command, Control, Execution, Moment, TaskIndex, prepare};
use crate::plan::{Kind, Node, NodeId};
use crate::resolve::{Resolved, TaskState, TaskStatus};
use serde_json::{Map, Value};
use std::sync::Arc;

impl Execution {
    /// Makes the task object of a node, and starts it. Tasks that need nobody outside end at once, and the flow goes on.
    pub(super) fn schedule(&mut self, node: NodeId, moment: &mut Moment<'_>) {
        let mut next = Some(node);
        // A loop, not a recursion: a list of a thousand such tasks must not need a thousand stack frames.
        while let Some(id) = next.take() {
            let task = self.create(id, 0, None, moment);
            next = self.begin(task, moment);
        }
    }

    /// Goes on after a task that ended well.
    pub(super) fn go_on(&mut self, task: TaskIndex, moment: &mut Moment<'_>) {
        match self.after(self.node_id(task)) {
            Some(next) => self.schedule(next, moment),
            None => self.complete_if_done(moment),
        }
    }

    /// The node after a node: the next of its list, else what comes after the operator around it.
    pub(super) fn after(&self, node: NodeId) -> Option<NodeId> {
        let mut node = self.node_by_id(node);
        loop {
            if node.next.is_some() {
                return node.next;
            }
            node = self.node_by_id(node.parent?);
        }
    }

    /// Makes a task object: its input is resolved now, from what the workflow knows now.
    pub(super) fn create(
        &mut self,
        id: NodeId,
        attempt: u32,
        reason: Option<String>,
        moment: &mut Moment<'_>,
    ) -> TaskIndex {
        let node = Arc::clone(self.node_by_id(id));
        let task_id = (moment.new_id)();
        let prepared = prepare(&node, &self.scope, self.plan.dialect, &task_id);
        let task = TaskIndex(self.control.len());
        let (input, refusal) = match prepared {
            Ok(prepared) => (prepared, None),
            Err(refusal) => (Resolved::plain(Value::Object(Map::new())), Some(refusal)),
        };
        self.scope.push(state(&node, task_id, attempt, reason, input.value, moment.now_ms));
        self.control.push(Control { node: id, secrets: input.secrets });
        self.open += 1;
        if let Some(refusal) = refusal {
            self.refusals.insert(task, refusal);
        }
        task
    }

    /// Starts a task object. Gives the node to go on with when it ended at once.
    pub(super) fn begin(&mut self, task: TaskIndex, moment: &mut Moment<'_>) -> Option<NodeId> {
        if self.refusals.contains_key(&task) {
            self.refuse(task, moment);
            return None;
        }
        let id = self.node_id(task);
        let node = self.node(task);
        match &node.kind {
            Kind::Http | Kind::ByReference | Kind::Worker { .. } => {
                if node.start_delay_ms > 0 && self.task(task).retry_count == 0 {
                    self.start_later(task, moment.now_ms + node.start_delay_ms);
                } else {
                    self.hand_out(task, moment);
                }
                None
            }
            Kind::SetVariable => self.set_variable(task, id, moment),
            Kind::Noop => self.ended_at_once(task, id, Map::new(), moment),
            Kind::Switch(switch) => self.switch(task, id, switch, moment),
            Kind::Terminate => {
                self.terminate(task, moment);
                None
            }
        }
    }

    /// Gives a task to whoever carries it out.
    pub(super) fn hand_out(&mut self, task: TaskIndex, moment: &mut Moment<'_>) {
        let node = self.node(task);
        let address = self.address(task);
        if let Kind::Worker { queue } = &node.kind {
            self.commands.push(Command::Offer { task: address, queue: queue.clone() });
            return;
        }
        match self.request(task, &node) {
            Ok(request) => {
                self.task_mut(task).start_time = moment.now_ms;
                self.watch_call(task, moment);
                self.commands.push(Command::Call(Call { task: address, node, request }));
            }
            Err(refusal) => {
                self.refusals.insert(task, refusal);
                self.refuse(task, moment);
            }
        }
    }

    fn request(&self, task: TaskIndex, node: &Node) -> Result<Resolved, super::Refusal> {
        prepare::request(node, self.input_of(task), self.plan.dialect)
    }

    /// Ends a task that needed nobody, and gives the node to go on with.
    pub(super) fn ended_at_once(
        &mut self,
        task: TaskIndex,
        node: NodeId,
        output: Map<String, Value>,
        moment: &mut Moment<'_>,
    ) -> Option<NodeId> {
        self.close(task, TaskStatus::Completed, Value::Object(output), moment);
        let next = self.after(node);
        if next.is_none() {
            self.complete_if_done(moment);
        }
        next
    }

    /// Writes the end of a task object down.
    pub(super) fn close(&mut self, task: TaskIndex, status: TaskStatus, output: Value, moment: &mut Moment<'_>) {
        let state = self.task_mut(task);
        if state.start_time == 0 {
            state.start_time = moment.now_ms;
        }
        state.status = status;
        state.output = output;
        state.end_time = moment.now_ms;
        self.open -= 1;
        let address = self.address(task);
        self.news.push(address);
    }
}

fn state(
    node: &Node,
    task_id: String,
    attempt: u32,
    reason: Option<String>,
    input: Arc<Value>,
    now_ms: i64,
) -> TaskState {
    TaskState {
        reference_name: Arc::clone(&node.reference_name),
        task_type: Arc::clone(&node.shown_type),
        task_def_name: Arc::clone(&node.shown_name),
        status: TaskStatus::Scheduled,
        input,
        output: Value::Object(Map::new()),
        retry_count: attempt,
        poll_count: 0,
        iteration: 0,
        task_id,
        scheduled_time: now_ms,
        start_time: 0,
        end_time: 0,
        reason_for_incompletion: reason,
        callback_after_seconds: 0,
        worker_id: None,
    }
}
