//! From a definition to its picture.

use super::label::one_line;
use super::{Edge, Frame, Graph, Item, Line, Node, Shape, State, Taken};
use crate::definition::{TaskType, WorkflowDef, WorkflowTask};

impl Graph {
    /// The picture of a definition, and of what an execution has taken of it.
    #[must_use]
    pub fn of(def: &WorkflowDef, taken: Option<&Taken>) -> Self {
        let mut builder = Builder { taken, nodes: Vec::new(), edges: Vec::new(), stops: Vec::new() };
        let start = builder.start();
        let mut top = vec![Item::Node(start)];
        let ends = builder.list(&def.tasks, vec![Way::from(start)], &mut top);
        let end = builder.end();
        top.push(Item::Node(end));
        let stops = std::mem::take(&mut builder.stops);
        builder.connect(ends.into_iter().chain(stops), end);
        if let Some(name) = &def.failure_workflow {
            builder.failure_workflow(name, end, &mut top);
        }
        Self { title: one_line(&def.name), nodes: builder.nodes, edges: builder.edges, top }
    }
}

/// The picture so far.
pub(super) struct Builder<'t> {
    pub(super) taken: Option<&'t Taken>,
    nodes: Vec<Node>,
    edges: Vec<Edge>,
    /// Ways that lead to the end from inside: of TERMINATE, and of branches that nobody waits for.
    pub(super) stops: Vec<Way>,
}

/// A way out of a node that leads nowhere yet.
#[derive(Debug, Clone)]
pub(super) struct Way {
    pub(super) from: usize,
    pub(super) label: Option<String>,
    pub(super) line: Line,
    /// Whether the execution went this way, as far as the node it comes from decides it.
    pub(super) open: bool,
}

impl Way {
    pub(super) fn from(node: usize) -> Self {
        Self { from: node, label: None, line: Line::Solid, open: true }
    }

    pub(super) fn label(mut self, label: &str) -> Self {
        let label = one_line(label);
        // Mermaid has no empty label.
        self.label = Some(if label.is_empty() { "(empty)".to_owned() } else { label });
        self
    }

    pub(super) fn dotted(mut self) -> Self {
        self.line = Line::Dotted;
        self
    }

    pub(super) fn open(mut self, open: bool) -> Self {
        self.open = open;
        self
    }
}

impl Builder<'_> {
    /// A list of tasks, one after the other; gives the ways out of the last.
    pub(super) fn list(&mut self, tasks: &[WorkflowTask], ways: Vec<Way>, into: &mut Vec<Item>) -> Vec<Way> {
        let mut ways = ways;
        let mut rest = tasks.iter().peekable();
        while let Some(task) = rest.next() {
            let is_join = |next: &&WorkflowTask| matches!(next.task_type, TaskType::Join | TaskType::ExclusiveJoin);
            ways = match task.task_type {
                TaskType::Switch | TaskType::Decision => self.choice(task, ways, into),
                TaskType::ForkJoin => self.fork(task, rest.next_if(is_join), ways, into),
                TaskType::ForkJoinDynamic => self.dynamic_fork(task, rest.next_if(is_join), ways, into),
                TaskType::DoWhile => self.looped(task, ways, into),
                TaskType::SubWorkflow => self.sub_workflow(task, ways, into),
                TaskType::Terminate => self.terminate(task, ways, into),
                _ => vec![Way::from(self.task(task, ways, into))],
            };
        }
        ways
    }

    /// The node of a task, with the ways that lead to it.
    pub(super) fn task(&mut self, task: &WorkflowTask, ways: Vec<Way>, into: &mut Vec<Item>) -> usize {
        let mut lines = vec![one_line(&task.task_reference_name), one_line(&kind(task))];
        let visits = self.taken.and_then(|taken| taken.of(&task.task_reference_name));
        let state = match (self.taken, visits) {
            (None, _) => State::Unknown,
            (Some(_), None) => State::Unreached,
            (Some(_), Some(visits)) => {
                lines.push(visits.words());
                visits.state()
            }
        };
        let node = self.node(Node { shape: shape(&task.task_type), lines, state }, into);
        self.connect(ways, node);
        node
    }

    pub(super) fn node(&mut self, node: Node, into: &mut Vec<Item>) -> usize {
        let index = self.nodes.len();
        self.nodes.push(node);
        into.push(Item::Node(index));
        index
    }

    /// Lets all these ways lead to the node.
    pub(super) fn connect(&mut self, ways: impl IntoIterator<Item = Way>, to: usize) {
        for Way { from, label, line, open } in ways {
            let reached = |node: usize| self.nodes.get(node).is_some_and(|node| node.state.is_reached());
            let taken = open && reached(from) && reached(to);
            self.edges.push(Edge { from, to, label, line, taken });
        }
    }

    /// A box whose items the function draws.
    pub(super) fn frame<T>(
        &mut self,
        label: &str,
        into: &mut Vec<Item>,
        draw: impl FnOnce(&mut Self, &mut Vec<Item>) -> T,
    ) -> T {
        let mut items = Vec::new();
        let drawn = draw(self, &mut items);
        into.push(Item::Box(Frame { label: one_line(label), items }));
        drawn
    }

    fn start(&mut self) -> usize {
        let state = if self.taken.is_some() { State::Good } else { State::Unknown };
        self.nodes.push(Node { shape: Shape::Start, lines: vec!["start".to_owned()], state });
        self.nodes.len() - 1
    }

    fn end(&mut self) -> usize {
        let mut lines = vec!["end".to_owned()];
        lines.extend(self.taken.map(|taken| one_line(&taken.status)));
        let state = self.taken.map_or(State::Unknown, Taken::state);
        self.nodes.push(Node { shape: Shape::End, lines, state });
        self.nodes.len() - 1
    }

    fn failure_workflow(&mut self, name: &str, end: usize, into: &mut Vec<Item>) {
        let state = match self.taken.map(Taken::state) {
            None => State::Unknown,
            Some(State::Bad) => State::Passed,
            Some(_) => State::Unreached,
        };
        let lines = vec![one_line(name), "failure workflow".to_owned()];
        let node = self.node(Node { shape: Shape::Workflow, lines, state }, into);
        self.connect([Way::from(end).label("on failure").dotted()], node);
    }
}

/// The second line of a task: its type, its name where that says more, and what its failure means.
fn kind(task: &WorkflowTask) -> String {
    let mut words = task.task_type.as_str().to_owned();
    if !matches!(task.name.as_str(), "") && task.name != task.task_reference_name && task.name != words {
        words = format!("{words} {}", task.name);
    }
    if task.optional {
        words.push_str(" (optional)");
    } else if task.permissive {
        words.push_str(" (permissive)");
    }
    words
}

fn shape(kind: &TaskType) -> Shape {
    match kind {
        TaskType::Switch | TaskType::Decision => Shape::Choice,
        TaskType::ForkJoin | TaskType::ForkJoinDynamic => Shape::Fork,
        TaskType::Join | TaskType::ExclusiveJoin => Shape::Join,
        TaskType::DoWhile => Shape::Loop,
        TaskType::SubWorkflow | TaskType::StartWorkflow => Shape::Workflow,
        TaskType::Wait | TaskType::Human => Shape::Wait,
        TaskType::Terminate => Shape::Stop,
        _ => Shape::Task,
    }
}
