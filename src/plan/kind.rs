//! What a task does when its turn comes.

use super::NodeId;
use crate::definition::WorkflowTask;
use crate::resolve::Template;
use std::sync::Arc;

/// What a task does when its turn comes.
#[derive(Debug)]
pub enum Kind {
    /// Sends the request in its input (HTTP).
    Http,
    /// Renders the entry's request over its input and sends it (SIMPLE by reference).
    ByReference,
    /// Waits for a worker of that queue (SIMPLE, and types nobody knows).
    Worker {
        /// The queue's name.
        queue: Arc<str>,
    },
    /// Puts its input into the workflow's variables.
    SetVariable,
    /// Nothing.
    Noop,
    /// Ends the workflow.
    Terminate,
    /// Goes on with one of its lists (SWITCH, DECISION).
    Switch(Switch),
    /// Evaluates the `expression` of its input (INLINE).
    Inline,
    /// Evaluates the `scriptExpression` of its input, the body of a function (LAMBDA).
    Lambda,
    /// Runs the `queryExpression` of its input over the input (`JSON_JQ_TRANSFORM`).
    Jq,
    /// Goes on with all of its branches (`FORK_JOIN`).
    Fork {
        /// The first task of each branch; `None` for an empty one.
        branches: Vec<Option<NodeId>>,
    },
    /// Goes on with tasks that its input names (`FORK_JOIN_DYNAMIC`).
    DynamicFork(DynamicFork),
    /// Waits for all tasks of those names.
    Join {
        /// Reference names.
        on: Vec<Arc<str>>,
    },
    /// Waits for the first task of those names that there is.
    ExclusiveJoin {
        /// Reference names.
        on: Vec<Arc<str>>,
        /// Reference names that are looked for when there is none.
        default: Vec<Arc<str>>,
    },
    /// Repeats its list (`DO_WHILE`).
    Loop(Loop),
    /// Becomes the task that its input names.
    Dynamic {
        /// The input that holds the name.
        param: String,
        /// The task as written.
        task: Box<WorkflowTask>,
    },
    /// Runs another workflow and waits for it.
    SubWorkflow(SubWorkflow),
    /// Starts another workflow.
    StartWorkflow,
    /// Waits for somebody.
    Human,
    /// Waits for a time, or for somebody.
    Wait,
    /// Publishes its input.
    Event {
        /// Where to.
        sink: Template,
    },
}

impl Kind {
    /// Whether it only leads the flow: such a task is never tried again.
    #[must_use]
    pub fn is_operator(&self) -> bool {
        matches!(
            self,
            Self::Switch(_)
                | Self::Fork { .. }
                | Self::DynamicFork(_)
                | Self::Join { .. }
                | Self::ExclusiveJoin { .. }
                | Self::Loop(_)
        )
    }
}

/// The lists of a SWITCH or DECISION and what picks one.
#[derive(Debug)]
pub struct Switch {
    /// What gives the case.
    pub evaluator: Evaluator,
    /// The first task of each case, in order; `None` for an empty list.
    pub cases: Vec<(String, Option<NodeId>)>,
    /// The first task when no case matches.
    pub default: Option<NodeId>,
    /// The older DECISION: another output, and an empty case leads to the default.
    pub is_decision: bool,
}

/// What gives the case of a SWITCH.
#[derive(Debug)]
pub enum Evaluator {
    /// The input of that name.
    Param(String),
    /// A script over the input, by the name of its evaluator.
    Script {
        /// `javascript`, `graaljs` or `python`; any other name fails when it runs.
        language: String,
        /// The script.
        text: Arc<str>,
    },
}

/// The three forms of a dynamic fork.
#[derive(Debug, Default)]
pub struct DynamicFork {
    /// `dynamicForkTasksParam`: the input that holds the list of tasks.
    pub tasks_param: Option<String>,
    /// `dynamicForkTasksInputParamName`: the input that holds their inputs by reference name.
    pub inputs_param: Option<String>,
    /// `dynamicForkJoinTasksParam`: the input that holds both, the old form.
    pub join_tasks_param: Option<String>,
}

/// A `DO_WHILE`.
#[derive(Debug)]
pub struct Loop {
    /// The first task of a round.
    pub first: Option<NodeId>,
    /// The condition for another round, JavaScript.
    pub condition: Arc<str>,
    /// What the condition reads of its input.
    pub reads: Reads,
    /// `items`, which goes before the input `_items`.
    pub items: Option<Template>,
    /// The reference names of all tasks inside, at any depth.
    pub inside: Vec<Arc<str>>,
}

/// What a script reads of `$`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reads {
    /// Nobody can tell: give it everything.
    Everything,
    /// These members, or of a member only that member.
    Members(Vec<(String, Option<String>)>),
}

/// `subWorkflowParam`, compiled.
#[derive(Debug)]
pub struct SubWorkflow {
    /// Everything but the definition: `name`, `version`, `taskToDomain`, ...
    pub params: Template,
    /// The definition in place: an object as written, or an expression that gives one.
    pub definition: Option<InPlace>,
}

/// A definition in the place of a name.
#[derive(Debug)]
pub enum InPlace {
    /// As written; nothing in it is resolved.
    Written(serde_json::Value),
    /// An expression.
    Expression(Template),
}
