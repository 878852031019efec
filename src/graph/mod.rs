//! A workflow definition as a picture: nodes, edges and boxes, written as Mermaid or DOT for people to paste.
//!
//! [`Graph::of`] draws what is written, also where a check would find errors: an operator with tasks inside becomes a box, a case
//! the label of an edge, a loop an edge back. With what an execution has [`Taken`], each task carries its status and the way that
//! was gone stands out. Start with [`Graph::of`], then [`mermaid`] or [`dot`].

mod build;
mod dot;
mod label;
mod mermaid;
mod operators;
mod taken;
#[cfg(test)]
mod tests;

pub use dot::dot;
pub use mermaid::mermaid;
pub use taken::{NoExecution, Taken};

/// A picture of a workflow.
#[derive(Debug, Clone)]
pub struct Graph {
    title: String,
    nodes: Vec<Node>,
    edges: Vec<Edge>,
    top: Vec<Item>,
}

/// What stands in the picture or in a box: nodes and boxes, in text order.
#[derive(Debug, Clone)]
enum Item {
    /// The node of that index.
    Node(usize),
    /// A box.
    Box(Frame),
}

/// A box around an operator and the tasks inside it.
#[derive(Debug, Clone)]
struct Frame {
    label: String,
    items: Vec<Item>,
}

/// One task, or the start or end of the flow.
#[derive(Debug, Clone)]
struct Node {
    shape: Shape,
    /// What stands in it, line by line: the reference name, the type, what became of it.
    lines: Vec<String>,
    state: State,
}

/// What kind of thing a node is, to be told apart at a glance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// Where the flow starts.
    Start,
    /// Where it ends.
    End,
    /// A task that is done here or by a worker.
    Task,
    /// One of several ways is taken.
    Choice,
    /// Several ways start.
    Fork,
    /// Several ways come together.
    Join,
    /// The head of a loop.
    Loop,
    /// A workflow of its own.
    Workflow,
    /// Somebody or something outside goes on.
    Wait,
    /// The workflow ends here.
    Stop,
    /// Stands for tasks that only a run knows.
    Many,
}

/// What became of a node in the execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// There is no execution.
    Unknown,
    /// The execution never came here.
    Unreached,
    /// It has ended well.
    Good,
    /// It has failed, and the flow went on.
    Passed,
    /// It has failed, was cancelled or timed out.
    Bad,
    /// It has not ended.
    Open,
}

impl State {
    fn is_reached(self) -> bool {
        !matches!(self, Self::Unknown | Self::Unreached)
    }
}

/// A way from one node to another.
#[derive(Debug, Clone)]
struct Edge {
    from: usize,
    to: usize,
    label: Option<String>,
    line: Line,
    taken: bool,
}

/// How an edge is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    /// The flow goes on.
    Solid,
    /// The flow does not wait for it, or only in a failure.
    Dotted,
    /// The flow goes back to the head of a loop.
    Back,
}
