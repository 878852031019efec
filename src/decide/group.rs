//! Task objects that come up together: a server makes them all before any of them starts, so that their inputs know nothing of each
//! other.

use super::advance::{Made, Todo};
use super::{Execution, Moment, Place, Refused, TaskIndex, prepare};
use crate::plan::{DynamicFork, Kind, Node, NodeId};
use crate::resolve::Resolved;
use serde_json::{Map, Value, json};
use std::collections::HashSet;
use std::sync::Arc;

/// Why no task object can be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unmade {
    /// The workflow fails with that reason.
    Fails(String),
    /// A server fails over it: a start is refused, and a workflow that has started never goes on.
    Faults(String),
}

/// A node whose task object is still to be made.
enum Waiting {
    Node(NodeId),
    /// The JOIN of a dynamic fork, with the names it waits for.
    Join(NodeId, Vec<String>),
}

impl Execution {
    /// Makes the task objects of a node and of what belongs to it: the branches and the JOIN of a fork, the first task of a case.
    pub(super) fn schedule_group(&mut self, id: NodeId, place: Place, moment: &mut Moment<'_>) {
        match self.make_group(id, moment) {
            Ok(group) => {
                let mut names = HashSet::new();
                // Two of one name run once.
                let group = group.into_iter().filter(|made| names.insert(Arc::clone(&made.node.reference_name)));
                for made in group {
                    let task = self.add(made, place, moment);
                    self.agenda.push(Todo::Begin(task));
                }
            }
            Err(unmade) => self.cannot_go_on(unmade, moment),
        }
    }

    fn make_group(&mut self, id: NodeId, moment: &mut Moment<'_>) -> Result<Vec<Made>, Unmade> {
        let mut group = Vec::new();
        let mut waiting = vec![Waiting::Node(id)];
        while let Some(next) = waiting.pop() {
            match next {
                Waiting::Join(id, on) => group.push(self.make_join(id, &on, moment)),
                Waiting::Node(id) => {
                    let node = Arc::clone(self.node_by_id(id));
                    let made = self.make(id, &node, &mut waiting, moment)?;
                    group.push(made);
                }
            }
        }
        Ok(group)
    }

    /// Makes one task object, and puts what comes up with it on the pile, last first.
    fn make(
        &mut self,
        id: NodeId,
        node: &Arc<Node>,
        waiting: &mut Vec<Waiting>,
        moment: &mut Moment<'_>,
    ) -> Result<Made, Unmade> {
        match &node.kind {
            Kind::Fork { branches } => {
                waiting.extend(self.branches(node, branches)?);
                Ok(self.prepared(id, node, moment))
            }
            Kind::DynamicFork(fork) => {
                let made = self.prepared(id, node, moment);
                self.make_dynamic_fork(made, fork, waiting)
            }
            Kind::Dynamic { param, task } => {
                let input = object(&self.prepared(id, node, moment));
                let became = self.become_named(id, node, param, task, &input)?;
                let node = Arc::clone(self.node_by_id(became));
                let mut made = self.prepared(became, &node, moment);
                if self.is_conductor() && !input.contains_key("asyncComplete") {
                    remove_input(&mut made, "asyncComplete");
                }
                Ok(made)
            }
            Kind::SubWorkflow(sub) => {
                let made = self.prepared(id, node, moment);
                self.with_parameters(made, sub)
            }
            Kind::Switch(switch) if self.is_conductor() => {
                switch.known_evaluator().map_err(Unmade::Fails)?;
                let mut made = self.prepared(id, node, moment);
                if let Some((case, first)) = Self::decided_by_param(switch, &object(&made)) {
                    if switch.is_decision {
                        clear_input(&mut made);
                    }
                    waiting.extend(first.map(Waiting::Node));
                    add_input(&mut made, case);
                }
                Ok(made)
            }
            Kind::Wait => {
                let made = self.prepared(id, node, moment);
                super::wait::until(&object(&made), moment.now_ms).map_err(Unmade::Faults)?;
                Ok(made)
            }
            _ => Ok(self.prepared(id, node, moment)),
        }
    }

    /// What comes up with a fork: its JOIN, and the first task of each branch; last first.
    fn branches(&self, node: &Node, branches: &[Option<NodeId>]) -> Result<Vec<Waiting>, Unmade> {
        if self.is_conductor() && branches.contains(&None) {
            return Err(Unmade::Faults("Index 0 out of bounds for length 0".to_owned()));
        }
        let why = "Fork task definition is not followed by a join task.  Check the blueprint";
        let join = self.join_behind(node).ok_or_else(|| Unmade::Fails(why.to_owned()))?;
        let firsts = branches.iter().rev().flatten().copied();
        Ok(std::iter::once(join).chain(firsts).map(Waiting::Node).collect())
    }

    fn make_dynamic_fork(
        &mut self,
        mut made: Made,
        fork: &DynamicFork,
        waiting: &mut Vec<Waiting>,
    ) -> Result<Made, Unmade> {
        let (id, node) = (made.id, Arc::clone(&made.node));
        let forked = self.forked(&node, fork, &object(&made))?;
        let why = "Dynamic join definition is not followed by a join task.  Check the workflow definition.";
        let join = self.join_behind(&node).ok_or_else(|| Unmade::Fails(why.to_owned()))?;
        let ids = self.compile_forked(id, &node, &forked);
        add_input(&mut made, forked.shown(self.plan.dialect));
        waiting.push(Waiting::Join(join, forked.names()));
        waiting.extend(ids.into_iter().rev().map(Waiting::Node));
        Ok(made)
    }

    fn prepared(&self, id: NodeId, node: &Arc<Node>, moment: &mut Moment<'_>) -> Made {
        let task_id = (moment.new_id)();
        let input = prepare(node, &self.scope, self.plan.dialect, &task_id);
        Made { id, node: Arc::clone(node), task_id, input, attempt: 0, reason: None }
    }

    fn make_join(&self, id: NodeId, on: &[String], moment: &mut Moment<'_>) -> Made {
        let mut made = self.prepared(id, self.node_by_id(id), moment);
        add_input(&mut made, Map::from_iter([("joinOn".to_owned(), json!(on))]));
        made
    }

    /// The JOIN that has to follow a fork.
    fn join_behind(&self, fork: &Node) -> Option<NodeId> {
        let next = fork.next?;
        let is_join = match self.node_by_id(next).kind {
            Kind::Join { .. } => true,
            Kind::ExclusiveJoin { .. } => !self.is_conductor(),
            _ => false,
        };
        is_join.then_some(next)
    }

    /// What happens when a task object cannot be made.
    pub(super) fn cannot_go_on(&mut self, unmade: Unmade, moment: &mut Moment<'_>) {
        match unmade {
            Unmade::Faults(reason) if self.is_conductor() => self.fault(Refused::FirstTasks { reason }, moment),
            Unmade::Fails(reason) | Unmade::Faults(reason) => {
                self.set_output(self.last());
                self.end(crate::resolve::WorkflowStatus::Failed, Some(reason), moment);
            }
        }
    }

    /// Where the flow stands that a task object belongs to.
    pub(super) fn place(&self, task: TaskIndex) -> Place {
        self.control.get(task.0).and_then(|control| control.place)
    }
}

/// The input that was made, without what is missing in it.
fn object(made: &Made) -> Map<String, Value> {
    let input = made.input.as_ref().ok().and_then(|input| input.value.as_object());
    input.cloned().unwrap_or_default()
}

/// A server keeps nothing of a DECISION's inputs.
fn clear_input(made: &mut Made) {
    if let Ok(input) = &mut made.input {
        input.value = Arc::new(Value::Object(Map::new()));
    }
}

/// A server does not map the input of a task that came from a DYNAMIC one: what it puts in elsewhere is absent.
fn remove_input(made: &mut Made, name: &str) {
    if let Ok(Resolved { value, .. }) = &mut made.input
        && let Value::Object(input) = Arc::make_mut(value)
    {
        input.shift_remove(name);
    }
}

/// Adds to the input that was made.
pub(super) fn add_input(made: &mut Made, more: Map<String, Value>) {
    if let Ok(Resolved { value, .. }) = &mut made.input
        && let Value::Object(input) = Arc::make_mut(value)
    {
        input.extend(more);
    }
}
