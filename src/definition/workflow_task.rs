//! `WorkflowTask`: one step of a workflow definition.

use super::read::{Cursor, Field, Fields, Report, fields, read_object, write_object};
use super::{TaskDef, TaskType};
use serde_json::{Map, Value};

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
    /// `rateLimited`.
    pub rate_limited: Option<bool>,
    /// `cacheConfig` as written; without effect on a server.
    pub cache_config: Option<Value>,
    /// `onStateChange` as written; without effect.
    pub on_state_change: Option<Value>,
    /// What the fields above do not hold exactly as written: unknown fields, and known ones of another type. Such a
    /// value goes before the typed one when the definition is written.
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

    /// Reads a task, as far as it can be read, without a word about what is wrong with it.
    #[must_use]
    pub fn from_value(value: &Value) -> Self {
        read_object(&Cursor::root(value, None), &mut Report::new(None))
    }

    /// The wire names of the typed fields.
    pub fn field_names() -> impl Iterator<Item = &'static str> {
        Self::FIELDS.iter().map(|field| field.name)
    }

    /// The task as a value: what was read comes out as it was written, key order included.
    #[must_use]
    pub fn to_value(&self) -> Value {
        write_object(self)
    }
}

impl Default for WorkflowTask {
    /// Conductor's defaults of every field, without names.
    fn default() -> Self {
        Self {
            name: String::new(),
            task_reference_name: String::new(),
            task_type: TaskType::Simple,
            description: None,
            input_parameters: Map::new(),
            optional: false,
            permissive: false,
            start_delay: 0,
            retry_count: None,
            async_complete: false,
            task_definition: None,
            evaluator_type: None,
            expression: None,
            case_value_param: None,
            case_expression: None,
            script_expression: None,
            decision_cases: Vec::new(),
            default_case: Vec::new(),
            fork_tasks: Vec::new(),
            join_on: Vec::new(),
            join_mode: None,
            default_exclusive_join_task: Vec::new(),
            dynamic_task_name_param: None,
            dynamic_fork_tasks_param: None,
            dynamic_fork_tasks_input_param_name: None,
            dynamic_fork_join_tasks_param: None,
            sub_workflow_param: None,
            sink: None,
            loop_condition: None,
            loop_over: Vec::new(),
            items: None,
            rate_limited: None,
            cache_config: None,
            on_state_change: None,
            extra: Map::new(),
            keys: Vec::new(),
        }
    }
}

impl Fields for WorkflowTask {
    const FIELDS: &'static [Field<Self>] = fields! {
        "name" => name,
        "taskReferenceName" => task_reference_name,
        "type" => task_type,
        "description" => description,
        "inputParameters" => input_parameters,
        "optional" => optional,
        "permissive" => permissive,
        "startDelay" => start_delay,
        "retryCount" => retry_count,
        "asyncComplete" => async_complete,
        "taskDefinition" => task_definition,
        "evaluatorType" => evaluator_type,
        "expression" => expression,
        "caseValueParam" => case_value_param,
        "caseExpression" => case_expression,
        "scriptExpression" => script_expression,
        "decisionCases" => decision_cases,
        "defaultCase" => default_case,
        "forkTasks" => fork_tasks,
        "joinOn" => join_on,
        "joinMode" => join_mode,
        "defaultExclusiveJoinTask" => default_exclusive_join_task,
        "dynamicTaskNameParam" => dynamic_task_name_param,
        "dynamicForkTasksParam" => dynamic_fork_tasks_param,
        "dynamicForkTasksInputParamName" => dynamic_fork_tasks_input_param_name,
        "dynamicForkJoinTasksParam" => dynamic_fork_join_tasks_param,
        "subWorkflowParam" => sub_workflow_param,
        "sink" => sink,
        "loopCondition" => loop_condition,
        "loopOver" => loop_over,
        "items" => items,
        "rateLimited" => rate_limited,
        "cacheConfig" => cache_config,
        "onStateChange" => on_state_change,
    };
    const KEPT: &'static [&'static str] = &["workflowTaskType", "joinStatus"];

    fn written(&mut self) -> (&mut Map<String, Value>, &mut Vec<Box<str>>) {
        (&mut self.extra, &mut self.keys)
    }

    fn kept(&self) -> (&Map<String, Value>, &[Box<str>]) {
        (&self.extra, &self.keys)
    }
}
