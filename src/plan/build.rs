//! Compiles a document into a plan, with all diagnostics.

use super::faultless::Known;
use super::node::{Cache, Node, NodeId, RetryPolicy, Timeouts};
use super::{Plan, ScriptCheck, body, place};
use crate::catalogue::{Catalogue, Entry};
use crate::definition::{Dialect, Document, HttpInput, TaskDef, TaskType, WorkflowDef, WorkflowTask, check};
use crate::diagnostic::{Diagnostic, Severity, codes, nearest};
use crate::resolve::{RegistrationProblem, Template, TemplateProblem, refusals};
use crate::source::Pointer;
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::sync::Arc;

/// How a plan is built.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// Whose behaviour its runs have.
    pub dialect: Dialect,
    /// Who can tell whether a script can be read; without one, scripts are taken as they are.
    pub scripts: Option<ScriptCheck>,
}

/// The plan, when nothing stands against it, and everything there is to say.
#[derive(Debug)]
pub struct Planned {
    /// The plan; `None` when a diagnostic is an error.
    pub plan: Option<Arc<Plan>>,
    /// All diagnostics, those of the document too, in text order.
    pub diagnostics: Vec<Diagnostic>,
}

/// Compiles a workflow definition with the task definitions of the catalogue.
///
/// In Conductor's dialect only the user's own task definitions count as registered; the catalogue's entries give
/// diagnostics, and never block anything.
#[must_use]
pub fn build(document: &Arc<Document>, catalogue: &Catalogue, options: Options) -> Planned {
    if document.workflow().is_none() {
        let mut diagnostics = document.diagnostics.clone();
        diagnostics.push(not_a_workflow(document));
        return Planned { plan: None, diagnostics };
    }
    let (mut diagnostics, plan) = compile(document, catalogue, options);
    place::in_text_order(&mut diagnostics);
    let refused = diagnostics.iter().any(Diagnostic::is_error);
    Planned { plan: (!refused).then_some(plan), diagnostics }
}

/// The plan of whatever the document holds, and everything that stands against it.
pub(super) fn compile(
    document: &Arc<Document>,
    catalogue: &Catalogue,
    options: Options,
) -> (Vec<Diagnostic>, Arc<Plan>) {
    let nothing = WorkflowDef::default();
    let def = document.workflow().unwrap_or(&nothing);
    let mut builder = Builder::new(document, def, catalogue, options.dialect);
    builder.scripts = options.scripts;
    let mut diagnostics = check(document, options.dialect, &|name| builder.task_def_of(name));
    let first = builder.list(&def.tasks, &Pointer::root().key("tasks"), None);
    let output = builder.output(def);
    diagnostics.append(&mut builder.diagnostics);
    (diagnostics, Arc::new(builder.finish(def, first, output)))
}

/// The entry of an HTTP task whose name is none: the one of its method and URI.
#[must_use]
pub fn entry_of_request(
    catalogue: &Catalogue,
    task_type: &TaskType,
    parameters: &Map<String, Value>,
) -> Option<Arc<Entry>> {
    if *task_type != TaskType::Http {
        return None;
    }
    let input = HttpInput::of(parameters);
    let (method, uri) = (input.method?.as_str()?, input.uri?.as_str()?);
    catalogue.match_request(method, uri)
}

fn not_a_workflow(document: &Document) -> Diagnostic {
    let span = document.spans.root.value;
    Diagnostic::new(codes::E0610, "this file holds task definitions, not a workflow definition")
        .help("give the workflow with FILE, and this file with --task-definitions")
        .label(&document.file, span, "")
}

/// The state of one compilation.
pub(super) struct Builder<'a> {
    pub(super) document: &'a Arc<Document>,
    catalogue: &'a Catalogue,
    pub(super) dialect: Dialect,
    pub(super) scripts: Option<ScriptCheck>,
    /// The id of the first node.
    pub(super) base: usize,
    pub(super) nodes: Vec<Node>,
    by_reference: HashMap<Arc<str>, NodeId>,
    pub(super) references: Vec<&'a str>,
    pub(super) diagnostics: Vec<Diagnostic>,
    /// Which tasks need not be judged; `None` where their nodes are wanted.
    pub(super) known: Option<Known<'a>>,
}

impl<'a> Builder<'a> {
    pub(super) fn new(
        document: &'a Arc<Document>,
        def: &'a WorkflowDef,
        catalogue: &'a Catalogue,
        dialect: Dialect,
    ) -> Self {
        let mut references = Vec::new();
        collect_references(&def.tasks, &mut references);
        Self {
            document,
            catalogue,
            dialect,
            scripts: None,
            base: 0,
            nodes: Vec::new(),
            by_reference: HashMap::new(),
            references,
            diagnostics: Vec::new(),
            known: None,
        }
    }

    fn finish(self, def: &WorkflowDef, first: Option<NodeId>, output: Option<Template>) -> Plan {
        Plan {
            name: def.name.as_str().into(),
            version: def.version,
            schema_version: def.schema_version,
            dialect: self.dialect,
            document: self.document.clone(),
            input_template: def.input_template.clone(),
            variables: def.variables.clone(),
            output,
            timeout_ms: def.timeout_seconds.max(0).saturating_mul(1000),
            timeout_policy: def.timeout_policy,
            failure_workflow: def
                .failure_workflow
                .as_ref()
                .map(|name| Template::parse(&Value::String(name.clone()), &[]).0),
            failure_workflow_version: def.failure_workflow_version,
            nodes: self.nodes.into_iter().map(Arc::new).collect(),
            first,
            by_reference: self.by_reference,
        }
    }

    /// Compiles a list of tasks; gives its first node.
    pub(super) fn list(&mut self, tasks: &[WorkflowTask], pointer: &Pointer, parent: Option<NodeId>) -> Option<NodeId> {
        let tasks = tasks.iter().enumerate();
        let ids: Vec<_> = tasks.filter_map(|(at, task)| self.listed(task, &pointer.index(at), parent)).collect();
        for pair in ids.windows(2) {
            if let [one, next] = *pair {
                self.node_mut(one).next = Some(next);
            }
        }
        ids.first().copied()
    }

    /// A node that this builder has made.
    pub(super) fn node_mut(&mut self, id: NodeId) -> &mut Node {
        &mut self.nodes[id.0 - self.base]
    }

    pub(super) fn task(&mut self, task: &WorkflowTask, pointer: &Pointer, parent: Option<NodeId>) -> NodeId {
        let entry = self.entry_of(task, pointer);
        // A definition may hold a long schema: it is looked at where it is.
        let registered = self.registered(&task.name).filter(|_| task.task_definition.is_none());
        let definition = task.task_definition.as_ref().or_else(|| Some(&registered.as_ref()?.task_def));
        let (input, input_defaults) = self.input(task, pointer, definition, parent.is_none());
        let kind = self.kind(task, pointer, entry.as_ref());
        if let Some(entry) = &entry {
            self.diagnostics.extend(body::check(self.document, task, pointer, entry, self.dialect));
        }
        self.scripts_can_be_read(task, pointer);
        self.retry_has_effect(task, pointer, definition);
        let id = NodeId(self.base + self.nodes.len());
        let reference_name: Arc<str> = task.task_reference_name.as_str().into();
        self.by_reference.insert(reference_name.clone(), id);
        let (shown_type, shown_name) = shown(task);
        let said = || entry.as_ref().map(|entry| entry.retries()).unwrap_or_default();
        let retries = (self.dialect == Dialect::Legwork).then(said);
        let cache = self.cache(task, pointer, entry.as_ref());
        let lookup = entry.as_ref().and_then(|entry| self.catalogue.get(&entry.ensure()?.lookup));
        self.nodes.push(Node {
            reference_name,
            name: task.name.as_str().into(),
            shown_type,
            shown_name,
            task_type: task.task_type.clone(),
            pointer: pointer.clone(),
            input,
            input_defaults,
            given: Map::new(),
            kind,
            next: None,
            parent,
            optional: task.optional,
            permissive: task.permissive,
            start_delay_ms: task.start_delay.max(0).saturating_mul(1000),
            async_complete: task.async_complete,
            retry: RetryPolicy::of(task, definition, retries.as_ref()),
            timeouts: timeouts(definition),
            entry,
            lookup,
            cache,
        });
        self.lists_inside(task, pointer, id);
        id
    }

    /// The input template of a task, over its task definition's `inputTemplate`, with the latter as written.
    fn input(
        &mut self,
        task: &WorkflowTask,
        pointer: &Pointer,
        definition: Option<&TaskDef>,
        top_level: bool,
    ) -> (Template, Map<String, Value>) {
        let mut merged = task.input_parameters.clone();
        // A server maps its operators without their definition.
        let takes_template = matches!(task.task_type, TaskType::Http | TaskType::Simple | TaskType::Other(_));
        let definition = definition.filter(|_| takes_template || self.dialect == Dialect::Legwork);
        let defaults = definition.map(|def| def.input_template.clone()).unwrap_or_default();
        for (key, value) in &defaults {
            // The server's putIfAbsent takes a null for absent.
            if merged.get(key).is_none_or(Value::is_null) {
                merged.insert(key.clone(), value.clone());
            }
        }
        if matches!(task.task_type, TaskType::Http) {
            // A server puts it beside what was written.
            merged.insert("asyncComplete".to_owned(), task.async_complete.into());
        }
        let written = Value::Object(task.input_parameters.clone());
        let (template, problems) = Template::parse(&Value::Object(merged), &uri_leaves(task));
        let base = pointer.key("inputParameters");
        self.template_problems(&problems, &base);
        self.registration(&written, &base, if top_level { Severity::Error } else { Severity::Warning });
        (template, defaults)
    }

    pub(super) fn output(&mut self, def: &WorkflowDef) -> Option<Template> {
        if def.output_parameters.is_empty() {
            return None;
        }
        let written = Value::Object(def.output_parameters.clone());
        let (template, problems) = Template::parse(&written, &[]);
        let base = Pointer::root().key("outputParameters");
        self.template_problems(&problems, &base);
        self.registration(&written, &base, Severity::Warning);
        Some(template)
    }

    fn template_problems(&mut self, problems: &[TemplateProblem], base: &Pointer) {
        if self.dialect == Dialect::Conductor {
            return;
        }
        for problem in problems {
            let mut diagnostic = Diagnostic::new(problem.code, problem.message.clone()).severity(problem.severity);
            diagnostic.help.clone_from(&problem.help);
            let span = place::place(self.document, &base.join(&problem.pointer), problem.range.clone());
            self.diagnostics.push(diagnostic.label(&self.document.file, span, "").pointer(base.join(&problem.pointer)));
        }
    }

    /// What a server refuses in the inputs of a top-level task; elsewhere it does not look, and we only warn.
    fn registration(&mut self, value: &Value, base: &Pointer, severity: Severity) {
        let found = refusals(value, &|name| self.references.contains(&name));
        for refusal in found {
            let (code, help) = match &refusal.problem {
                RegistrationProblem::Path(_) => (codes::E0301, None),
                RegistrationProblem::UnknownReference(name) => (codes::E0306, self.nearest_reference(name)),
            };
            let mut diagnostic = Diagnostic::new(code, refusal.problem.to_string()).severity(severity);
            diagnostic.help = help;
            let pointer = base.join(&refusal.pointer);
            let span = place::place(self.document, &pointer, refusal.range);
            self.diagnostics.push(diagnostic.label(&self.document.file, span, "").pointer(pointer));
        }
    }

    fn nearest_reference(&self, name: &str) -> Option<String> {
        let nearest = nearest(name, self.references.iter().copied().chain(["workflow"]))?;
        Some(format!("did you mean `{nearest}`?"))
    }

    fn entry_of(&mut self, task: &WorkflowTask, pointer: &Pointer) -> Option<Arc<Entry>> {
        if let Some(entry) = self.catalogue.get(&task.name).filter(|entry| entry.method.is_some()) {
            self.fits(task, pointer, &entry);
            return Some(entry);
        }
        let entry = entry_of_request(self.catalogue, &task.task_type, &task.input_parameters)?;
        let message = format!("`{}` is judged as {} by its method and URI", task.task_reference_name, entry.name);
        let help = format!("name the task {} to say so", entry.name);
        self.say(Diagnostic::new(codes::E0506, message).help(help), &pointer.key("name"));
        Some(entry)
    }

    /// A task that has an entry's name but another method is probably a mistake.
    fn fits(&mut self, task: &WorkflowTask, pointer: &Pointer, entry: &Entry) {
        if task.task_type != TaskType::Http {
            return;
        }
        let input = HttpInput::of(&task.input_parameters);
        let method = input.method.and_then(Value::as_str).filter(|method| !method.contains("${"));
        let Some(method) =
            method.filter(|method| entry.method.as_deref().is_some_and(|own| !own.eq_ignore_ascii_case(method)))
        else {
            return;
        };
        let own = entry.method.as_deref().unwrap_or_default();
        let message = format!("{} is a {own} request, but this task sends {method}", entry.name);
        let help = format!("write method: {own}, or give the task another name");
        self.say(Diagnostic::new(codes::E0507, message).help(help), &pointer.key("inputParameters"));
    }

    /// The task's own `cacheConfig`, else what its entry says.
    fn cache(&mut self, task: &WorkflowTask, pointer: &Pointer, entry: Option<&Arc<Entry>>) -> Option<Cache> {
        if self.dialect == Dialect::Conductor {
            return None;
        }
        let Some(written) = task.cache_config.as_ref().filter(|written| !written.is_null()) else {
            let cache = entry?.limits().cache?;
            return Some(Cache { key: cache.key.into(), ttl_seconds: cache.ttl_seconds });
        };
        let cache = Cache::of(written);
        if cache.is_none() {
            let message = format!("the `cacheConfig` of `{}` cannot act", task.task_reference_name);
            let help =
                "write {\"key\": \"${uri}\", \"ttlInSecond\": 60}; ${name} stands for a value of the task's input";
            self.say(Diagnostic::new(codes::E0512, message).help(help), &pointer.key("cacheConfig"));
        }
        cache
    }

    fn retry_has_effect(&mut self, task: &WorkflowTask, pointer: &Pointer, definition: Option<&TaskDef>) {
        let set = task.retry_count.is_some_and(|count| count > 0);
        if !set || definition.is_some() || task.task_type != TaskType::Http || self.dialect == Dialect::Conductor {
            return;
        }
        let message =
            format!("`{}` is retried after 60 seconds: no task definition says otherwise", task.task_reference_name);
        let help = format!("give a task definition named {} with retryDelaySeconds by --task-definitions", task.name);
        self.say(Diagnostic::new(codes::E0606, message).help(help), &pointer.key("retryCount"));
    }

    /// The task definition that counts for a name.
    pub(super) fn task_def_of(&self, name: &str) -> Option<TaskDef> {
        Some(self.registered(name)?.task_def.clone())
    }

    /// The entry whose task definition counts for a name.
    fn registered(&self, name: &str) -> Option<Arc<Entry>> {
        let is_registered = || self.dialect == Dialect::Legwork || self.catalogue.is_registered_by_user(name);
        self.catalogue.get(name).filter(|_| is_registered())
    }

    pub(super) fn say(&mut self, diagnostic: Diagnostic, pointer: &Pointer) {
        let located = self.document.spans.locate(pointer);
        let diagnostic = diagnostic.label(&self.document.file, located.value, "").pointer(pointer.clone());
        self.diagnostics.push(diagnostic);
    }
}

fn collect_references<'a>(tasks: &'a [WorkflowTask], into: &mut Vec<&'a str>) {
    for task in tasks {
        into.push(&task.task_reference_name);
        for child in task.children() {
            collect_references(std::slice::from_ref(child), into);
        }
    }
}

fn uri_leaves(task: &WorkflowTask) -> Vec<Pointer> {
    match task.task_type {
        TaskType::Http => vec![Pointer::parse("/uri"), Pointer::parse("/http_request/uri")],
        _ => Vec::new(),
    }
}

/// The type and definition name that an execution shows.
fn shown(task: &WorkflowTask) -> (Arc<str>, Arc<str>) {
    match &task.task_type {
        TaskType::Simple => (task.name.as_str().into(), task.name.as_str().into()),
        TaskType::ForkJoin | TaskType::ForkJoinDynamic => ("FORK".into(), "FORK".into()),
        TaskType::Switch | TaskType::Decision | TaskType::Join | TaskType::ExclusiveJoin => {
            (task.task_type.as_str().into(), task.task_type.as_str().into())
        }
        other => (other.as_str().into(), task.name.as_str().into()),
    }
}

fn timeouts(definition: Option<&TaskDef>) -> Timeouts {
    let made_up = TaskDef::named("");
    let def = definition.unwrap_or(&made_up);
    Timeouts {
        total_ms: def.timeout_seconds.max(0).saturating_mul(1000),
        response_ms: def.response_timeout_seconds.max(0).saturating_mul(1000),
        policy: def.timeout_policy,
    }
}
