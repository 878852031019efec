//! `WorkflowTask`: one step of a workflow definition.

use super::TaskDef;
use serde_json::{Map, Value};

/// The type of a task. A type that is not known keeps its name: on a server it is a worker queue.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each variant is Conductor's constant of that name")]
pub enum TaskType {
    Simple,
    Http,
    Inline,
    Lambda,
    JsonJqTransform,
    Switch,
    Decision,
    ForkJoin,
    ForkJoinDynamic,
    Join,
    ExclusiveJoin,
    DoWhile,
    Dynamic,
    SetVariable,
    Terminate,
    SubWorkflow,
    StartWorkflow,
    Human,
    Wait,
    Event,
    Noop,
    /// Any other type, by its name.
    Other(Box<str>),
}

impl TaskType {
    /// The known types and their names.
    const NAMES: &[(TaskType, &str)] = &[
        (TaskType::Simple, "SIMPLE"),
        (TaskType::Http, "HTTP"),
        (TaskType::Inline, "INLINE"),
        (TaskType::Lambda, "LAMBDA"),
        (TaskType::JsonJqTransform, "JSON_JQ_TRANSFORM"),
        (TaskType::Switch, "SWITCH"),
        (TaskType::Decision, "DECISION"),
        (TaskType::ForkJoin, "FORK_JOIN"),
        (TaskType::ForkJoinDynamic, "FORK_JOIN_DYNAMIC"),
        (TaskType::Join, "JOIN"),
        (TaskType::ExclusiveJoin, "EXCLUSIVE_JOIN"),
        (TaskType::DoWhile, "DO_WHILE"),
        (TaskType::Dynamic, "DYNAMIC"),
        (TaskType::SetVariable, "SET_VARIABLE"),
        (TaskType::Terminate, "TERMINATE"),
        (TaskType::SubWorkflow, "SUB_WORKFLOW"),
        (TaskType::StartWorkflow, "START_WORKFLOW"),
        (TaskType::Human, "HUMAN"),
        (TaskType::Wait, "WAIT"),
        (TaskType::Event, "EVENT"),
        (TaskType::Noop, "NOOP"),
    ];

    /// The type of that wire name (case matters); an unknown one is [`TaskType::Other`].
    #[must_use]
    pub fn parse(name: &str) -> Self {
        let known = Self::NAMES.iter().find(|(_, wire)| *wire == name);
        known.map_or_else(|| Self::Other(name.into()), |(kind, _)| kind.clone())
    }

    /// The wire name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Other(name) => name,
            known => Self::NAMES.iter().find(|(kind, _)| kind == known).map_or("", |(_, wire)| wire),
        }
    }

    /// The wire names of the known types.
    pub fn names() -> impl Iterator<Item = &'static str> {
        Self::NAMES.iter().map(|(_, wire)| *wire)
    }
}

/// `subWorkflowParam`.
#[derive(Debug, Clone, Default)]
pub struct SubWorkflowParam {
    /// `name`, may hold an expression.
    pub name: Option<String>,
    /// `version`; absent, null or 0 is the latest.
    pub version: Option<Value>,
    /// `workflowDefinition` as written: a definition, or an expression that gives one.
    pub workflow_definition: Option<Value>,
    /// Everything that was written, in order (the three fields above too).
    pub raw: Map<String, Value>,
}

/// One step. Source: conductor-common `WorkflowTask.java`, 3.32.3.
#[derive(Debug, Clone)]
pub struct WorkflowTask {
    /// `name`: the task definition's name.
    pub name: String,
    /// `taskReferenceName`, unique in the definition.
    pub task_reference_name: String,
    /// `type`, SIMPLE when absent.
    pub task_type: TaskType,
    /// `description`.
    pub description: Option<String>,
    /// `inputParameters`, unresolved; empty when absent or null.
    pub input_parameters: Map<String, Value>,
    /// `optional`.
    pub optional: bool,
    /// `permissive`.
    pub permissive: bool,
    /// `startDelay` in seconds.
    pub start_delay: i64,
    /// `retryCount`: goes before the task definition's.
    pub retry_count: Option<i64>,
    /// `asyncComplete`.
    pub async_complete: bool,
    /// `taskDefinition` given in place.
    pub task_definition: Option<TaskDef>,
    /// `evaluatorType`.
    pub evaluator_type: Option<String>,
    /// `expression`.
    pub expression: Option<String>,
    /// `caseValueParam` (DECISION).
    pub case_value_param: Option<String>,
    /// `caseExpression` (DECISION).
    pub case_expression: Option<String>,
    /// `scriptExpression` (old LAMBDA).
    pub script_expression: Option<String>,
    /// `decisionCases`, in order.
    pub decision_cases: Vec<(String, Vec<WorkflowTask>)>,
    /// `defaultCase`.
    pub default_case: Vec<WorkflowTask>,
    /// `forkTasks`.
    pub fork_tasks: Vec<Vec<WorkflowTask>>,
    /// `joinOn`.
    pub join_on: Vec<String>,
    /// `joinMode` as written.
    pub join_mode: Option<String>,
    /// `defaultExclusiveJoinTask`.
    pub default_exclusive_join_task: Vec<String>,
    /// `dynamicTaskNameParam`.
    pub dynamic_task_name_param: Option<String>,
    /// `dynamicForkTasksParam`.
    pub dynamic_fork_tasks_param: Option<String>,
    /// `dynamicForkTasksInputParamName`.
    pub dynamic_fork_tasks_input_param_name: Option<String>,
    /// `dynamicForkJoinTasksParam`.
    pub dynamic_fork_join_tasks_param: Option<String>,
    /// `subWorkflowParam`.
    pub sub_workflow_param: Option<SubWorkflowParam>,
    /// `sink`.
    pub sink: Option<String>,
    /// `loopCondition`.
    pub loop_condition: Option<String>,
    /// `loopOver`.
    pub loop_over: Vec<WorkflowTask>,
    /// `items` as written.
    pub items: Option<Value>,
    /// Everything else that was written, in order.
    pub extra: Map<String, Value>,
    /// The keys in the order they were written.
    pub keys: Vec<Box<str>>,
}

impl WorkflowTask {
    /// The tasks directly inside this one: cases, branches, loop body, in text order of the groups.
    pub fn children(&self) -> impl Iterator<Item = &WorkflowTask> {
        let cases = self.decision_cases.iter().flat_map(|(_, tasks)| tasks);
        let forks = self.fork_tasks.iter().flatten();
        cases.chain(&self.default_case).chain(forks).chain(&self.loop_over)
    }
}
