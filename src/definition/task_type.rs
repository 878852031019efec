//! `TaskType`: the types of tasks and operators.

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

    /// System tasks that servers have beside the known types: they need something that is only there.
    pub const SERVER_ONLY: &[&str] = &[
        "KAFKA_PUBLISH",
        "PULL_WORKFLOW_MESSAGES",
        "JDBC",
        "HTTP_POLL",
        "BUSINESS_RULE",
        "WAIT_FOR_WEBHOOK",
        "GET_SIGNED_JWT",
        "UPDATE_TASK",
        "UPDATE_SECRET",
        "QUERY_PROCESSOR",
        "OPS_GENIE",
        "SENDGRID",
        "YIELD",
        "AGENT",
        "MCP",
    ];

    /// Whether it is a system task of servers that cannot run anywhere else.
    #[must_use]
    pub fn runs_on_servers_only(&self) -> bool {
        matches!(self, Self::Other(name) if Self::SERVER_ONLY.contains(&&**name) || name.starts_with("LLM_"))
    }

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
