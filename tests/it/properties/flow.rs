//! Random workflow definitions, and what must come of each task in them.

use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A list of steps.
#[derive(Debug, Clone)]
pub(super) struct Flow(Vec<Step>);

/// A step with the reference name of its task.
#[derive(Debug, Clone)]
struct Step {
    name: String,
    what: What,
}

#[derive(Debug, Clone)]
enum What {
    /// A task that somebody carries out: it fails so often, and may be tried again so often.
    Work {
        kind: Work,
        fails: u32,
        retries: u32,
        mercy: Mercy,
    },
    /// A task that nobody needs to do anything for, or somebody once.
    Plain(Plain),
    Switch {
        evaluator: &'static str,
        taken: bool,
        case: Flow,
        default: Flow,
    },
    Fork(Vec<Flow>),
    DynamicFork(usize),
    Loop {
        rounds: u32,
        body: Flow,
    },
    Sub(Flow),
}

#[derive(Debug, Clone, Copy)]
enum Work {
    Call,
    Worker,
    Query,
}

#[derive(Debug, Clone, Copy)]
enum Plain {
    SetVariable,
    Inline,
    Noop,
    Human,
    Wait,
}

/// What keeps the workflow going when a task fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mercy {
    /// There are as many attempts as it takes.
    Retries,
    Optional,
    /// The workflow fails, but only at its end.
    Permissive,
}

/// Flows of a few dozen tasks at most, nested four deep.
pub(super) fn flow() -> impl Strategy<Value = Flow> {
    let step =
        work_or_plain().prop_recursive(4, 24, 3, |inner| {
            let flow = move |least| proptest::collection::vec(inner.clone().prop_map(unnamed), least..4).prop_map(Flow);
            let evaluator = prop_oneof![Just("value-param"), Just("javascript")];
            prop_oneof![
                (evaluator, any::<bool>(), flow(0), flow(0))
                    .prop_map(|(evaluator, taken, case, default)| What::Switch { evaluator, taken, case, default }),
                proptest::collection::vec(flow(1), 1..4).prop_map(What::Fork),
                (1..4_u32, flow(1)).prop_map(|(rounds, body)| What::Loop { rounds, body }),
                flow(1).prop_map(What::Sub),
            ]
        });
    let steps = proptest::collection::vec(step.prop_map(unnamed), 1..5);
    steps.prop_map(|steps| Flow(steps).settled(Place::default(), &mut 0))
}

fn work_or_plain() -> impl Strategy<Value = What> {
    let mercy = prop_oneof![Just(Mercy::Retries), Just(Mercy::Optional), Just(Mercy::Permissive)];
    let kind = prop_oneof![Just(Work::Call), Just(Work::Worker), Just(Work::Query)];
    let work = (kind, 0..3_u32, 0..3_u32, mercy);
    let plain = [Plain::SetVariable, Plain::Inline, Plain::Noop, Plain::Human, Plain::Wait];
    prop_oneof![
        3 => work.prop_map(|(kind, fails, retries, mercy)| What::Work { kind, fails, retries, mercy }),
        2 => proptest::sample::select(plain.to_vec()).prop_map(What::Plain),
        1 => (0..4_usize).prop_map(What::DynamicFork),
    ]
}

fn unnamed(what: What) -> Step {
    Step { name: String::new(), what }
}

/// What a step stands in.
#[derive(Debug, Clone, Copy, Default)]
struct Place {
    in_loop: bool,
    /// Something waits for it: there a permissive task that fails would end the workflow, sooner or later.
    is_waited_for: bool,
}

impl Flow {
    /// With a name for each step, and without what does not work on a server either.
    fn settled(self, place: Place, count: &mut u32) -> Self {
        Self(self.0.into_iter().map(|step| step.settled(place, count)).collect())
    }

    /// The definition.
    pub(super) fn definition(&self) -> Value {
        workflow("flow", &self.tasks())
    }

    /// A definition of one call that never works.
    pub(super) fn hopeless_call(task_definition: &Value) -> Value {
        let mut task = task("call_fails_1000000", "HTTP", &json!({"uri": "http://api.example.com", "method": "GET"}));
        task["taskDefinition"] = task_definition.clone();
        workflow("flow", &[task])
    }

    /// How many task objects each reference name gets, in all executions.
    pub(super) fn attempts(&self) -> BTreeMap<String, u32> {
        let mut counts = BTreeMap::new();
        self.count("", &mut |name, attempts| *counts.entry(name).or_default() += attempts);
        counts
    }

    /// Whether a permissive task fails for good.
    pub(super) fn is_forgiven(&self) -> bool {
        self.0.iter().any(|step| match &step.what {
            What::Work { fails, retries, mercy, .. } => *mercy == Mercy::Permissive && fails > retries,
            What::Switch { taken, case, default, .. } => if *taken { case } else { default }.is_forgiven(),
            _ => false,
        })
    }

    fn tasks(&self) -> Vec<Value> {
        self.0.iter().flat_map(Step::tasks).collect()
    }

    fn count(&self, round: &str, note: &mut dyn FnMut(String, u32)) {
        for step in &self.0 {
            step.count(round, note);
        }
    }
}

impl Step {
    fn settled(self, place: Place, count: &mut u32) -> Self {
        *count += 1;
        let name = format!("t{count}");
        let waited_for = Place { is_waited_for: true, ..place };
        let inside_loop = Place { in_loop: true, is_waited_for: true };
        let child = Place { in_loop: false, is_waited_for: true };
        let what = match self.what {
            What::Work { kind, fails, retries, mercy } => {
                let name = format!("{name}_fails_{fails}");
                let mercy = if mercy == Mercy::Permissive && place.is_waited_for { Mercy::Optional } else { mercy };
                let retries = if mercy == Mercy::Retries { retries.max(fails) } else { retries };
                return Self { name, what: What::Work { kind, fails, retries, mercy } };
            }
            // A loop directly inside a loop does not work on a server; in a child of its own it does.
            What::Loop { rounds, body } if place.in_loop => {
                let inner = unnamed(What::Loop { rounds, body }).settled(child, count);
                What::Sub(Flow(vec![inner]))
            }
            What::Loop { rounds, body } => What::Loop { rounds, body: body.settled(inside_loop, count) },
            What::Switch { evaluator, taken, case, default } => {
                let (case, default) = (case.settled(place, count), default.settled(place, count));
                What::Switch { evaluator, taken, case, default }
            }
            What::Fork(branches) => {
                What::Fork(branches.into_iter().map(|branch| branch.settled(waited_for, count)).collect())
            }
            What::Sub(body) => What::Sub(body.settled(child, count)),
            other => other,
        };
        Self { name, what }
    }

    fn tasks(&self) -> Vec<Value> {
        let name = &*self.name;
        match &self.what {
            What::Work { kind, retries, mercy, .. } => vec![work(name, *kind, *retries, *mercy)],
            What::Plain(kind) => vec![plain(name, *kind)],
            What::Switch { evaluator, taken, case, default } => {
                let word = if *taken { "yes" } else { "no" };
                let mut switch = task(name, "SWITCH", &json!({"it": word}));
                switch["evaluatorType"] = (*evaluator).into();
                switch["expression"] =
                    if *evaluator == "javascript" { format!("'{word}'") } else { "it".to_owned() }.into();
                switch["decisionCases"] = json!({"yes": case.tasks()});
                switch["defaultCase"] = default.tasks().into();
                vec![switch]
            }
            What::Fork(branches) => fork(name, branches),
            What::DynamicFork(count) => dynamic_fork(name, *count),
            What::Loop { rounds, body } => {
                let mut task = task(name, "DO_WHILE", &json!({}));
                task["loopCondition"] = format!("$.{name}['iteration'] < {rounds}").into();
                task["loopOver"] = body.tasks().into();
                vec![task]
            }
            What::Sub(body) => {
                let mut task = task(name, "SUB_WORKFLOW", &json!({"a": 1}));
                task["subWorkflowParam"] =
                    json!({"name": name, "version": 1, "workflowDefinition": workflow(name, &body.tasks())});
                vec![task]
            }
        }
    }

    fn count(&self, round: &str, note: &mut dyn FnMut(String, u32)) {
        let mut once = |name: &str| note(format!("{name}{round}"), 1);
        match &self.what {
            What::Work { fails, retries, .. } => note(format!("{}{round}", self.name), 1 + fails.min(retries)),
            What::Plain(_) => once(&self.name),
            What::Switch { taken, case, default, .. } => {
                once(&self.name);
                if *taken { case } else { default }.count(round, note);
            }
            What::Fork(branches) => {
                once(&self.name);
                once(&format!("{}_join", self.name));
                for branch in branches {
                    branch.count(round, note);
                }
            }
            What::DynamicFork(count) => {
                once(&self.name);
                once(&format!("{}_join", self.name));
                for index in 0..*count {
                    once(&format!("{}_{index}_fails_0", self.name));
                }
            }
            What::Loop { rounds, body } => {
                once(&self.name);
                for round in 1..=*rounds {
                    body.count(&format!("__{round}"), note);
                }
            }
            What::Sub(body) => {
                once(&self.name);
                body.count("", note);
            }
        }
    }
}

fn workflow(name: &str, tasks: &[Value]) -> Value {
    // Without them the output is that of the task object that came up last, which the order of answers decides.
    let output = json!({"done": true});
    json!({"name": name, "version": 1, "schemaVersion": 2, "tasks": tasks, "outputParameters": output})
}

fn task(name: &str, kind: &str, input: &Value) -> Value {
    json!({"name": name, "taskReferenceName": name, "type": kind, "inputParameters": input})
}

fn work(name: &str, kind: Work, retries: u32, mercy: Mercy) -> Value {
    let mut task = match kind {
        Work::Call => task(name, "HTTP", &json!({"uri": "http://api.example.com", "method": "GET"})),
        Work::Worker => task(name, "SIMPLE", &json!({})),
        Work::Query => task(name, "JSON_JQ_TRANSFORM", &json!({"queryExpression": name})),
    };
    task["taskDefinition"] = json!({"name": name, "retryCount": retries, "retryDelaySeconds": 1 + retries,
        "responseTimeoutSeconds": 3600, "timeoutSeconds": 0});
    task["optional"] = (mercy == Mercy::Optional).into();
    task["permissive"] = (mercy == Mercy::Permissive).into();
    task
}

fn plain(name: &str, kind: Plain) -> Value {
    match kind {
        Plain::SetVariable => task(name, "SET_VARIABLE", &json!({name: "set"})),
        Plain::Inline => {
            task(name, "INLINE", &json!({"evaluatorType": "javascript", "expression": format!("'{name}'")}))
        }
        Plain::Noop => task(name, "NOOP", &json!({})),
        Plain::Human => task(name, "HUMAN", &json!({})),
        Plain::Wait => task(name, "WAIT", &json!({"duration": "5 s"})),
    }
}

fn fork(name: &str, branches: &[Flow]) -> Vec<Value> {
    let branches: Vec<_> = branches.iter().map(Flow::tasks).collect();
    let on = branches.iter().filter_map(|branch| Some(branch.last()?["taskReferenceName"].clone()));
    let mut join = task(&format!("{name}_join"), "JOIN", &json!({}));
    join["joinOn"] = on.collect();
    let mut fork = task(name, "FORK_JOIN", &json!({}));
    fork["forkTasks"] = branches.into();
    vec![fork, join]
}

fn dynamic_fork(name: &str, count: usize) -> Vec<Value> {
    let names: Vec<_> = (0..count).map(|index| format!("{name}_{index}_fails_0")).collect();
    let tasks: Vec<_> = names.iter().map(|name| work(name, Work::Call, 0, Mercy::Retries)).collect();
    let inputs: Value =
        names.iter().map(|name| (name.clone(), json!({"a": 1}))).collect::<serde_json::Map<_, _>>().into();
    let mut fork = task(name, "FORK_JOIN_DYNAMIC", &json!({"tasks": tasks, "inputs": inputs}));
    fork["dynamicForkTasksParam"] = "tasks".into();
    fork["dynamicForkTasksInputParamName"] = "inputs".into();
    vec![fork, task(&format!("{name}_join"), "JOIN", &json!({}))]
}
