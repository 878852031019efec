//! `legwork explain CODE` and `legwork explain FILE EXPRESSION`.

use crate::cli::args::{ExplainArgs, Output};
use crate::cli::exit::{Exit, Outcome, Stop};
use crate::cli::load::{self, Given, Loaded};
use crate::cli::{out, page};
use legwork::definition::Document;
use legwork::diagnostic::codes::{self, Code};
use legwork::diagnostic::{Diagnostic, nearest};
use legwork::resolve::{self, Context, Explanation, Scope, TaskState, Template, WorkflowState, WorkflowStatus};
use serde_json::{Value, json};
use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;

/// At most so many characters of a value stand on a line.
const VALUE_CHARACTERS: usize = 80;

/// Prints the page of a code, or where a value comes from.
pub(crate) fn run(args: &ExplainArgs) -> Outcome {
    match &args.expression {
        Some(expression) => explain_expression(args, expression),
        None => explain_code(&args.subject),
    }
}

fn explain_code(subject: &str) -> Outcome {
    let code = Code::find(subject).ok_or_else(|| no_such_code(subject))?;
    out::data(&page::for_stdout(code.page()))?;
    Ok(Exit::Done)
}

fn no_such_code(subject: &str) -> Stop {
    let diagnostic = Diagnostic::new(codes::E0610, format!("`{subject}` is not a code"));
    if Path::new(subject).is_file() {
        return diagnostic
            .help(format!("give an expression too: legwork explain {subject} '${{workflow.input}}'"))
            .into();
    }
    let all: Vec<_> = codes::all().map(Code::id).collect();
    let near = nearest(subject, all.iter().copied()).map(|near| format!("did you mean {near}? "));
    let ends = all.first().zip(all.last()).map(|(first, last)| format!("codes go from {first} to {last}"));
    diagnostic.help(near.unwrap_or_default() + &ends.unwrap_or_default()).into()
}

/// What is known about one expression of a definition.
struct Found<'a> {
    expression: &'a str,
    explanation: Explanation,
    given_by: Option<String>,
    uses: Vec<Use>,
}

/// A place where the definition uses the expression.
struct Use {
    file: String,
    line: usize,
    column: usize,
    pointer: String,
}

fn explain_expression(args: &ExplainArgs, expression: &str) -> Outcome {
    let loaded = load::load(Path::new(&args.subject), &args.common)?;
    let given = load::input(&args.common, &loaded.environment)?;
    let scope = scope(&loaded, &given, load::mocks(&args.mock)?);
    let context = Context { dialect: loaded.dialect, task_id: None };
    let explanation = resolve::explain(expression, &scope, &context).map_err(|err| {
        Diagnostic::new(codes::E0301, format!("`{expression}` cannot be read: {err}"))
            .help("write it as '${workflow.input.name}'")
    })?;
    let given_by = given_by(&loaded, &given, &explanation.source);
    let found = Found { expression, explanation, given_by, uses: uses(&loaded.document, expression) };
    let text = match args.common.output {
        Output::Json => format!("{:#}", found.json()),
        Output::Human | Output::Execution | Output::Junit | Output::Har => found.human(),
    };
    out::data(&loaded.redactor().redact(&text))?;
    Ok(Exit::Done)
}

/// What an expression of the definition can see, with the given input and outputs.
fn scope(loaded: &Loaded, given: &Given, mocks: Vec<(String, Value)>) -> Scope {
    let workflow = loaded.document.workflow();
    let mut input = workflow.map(|def| def.input_template.clone()).unwrap_or_default();
    input.extend(given.values.clone());
    let mut scope = Scope::default();
    scope.env = Arc::new(loaded.env_file.env_values());
    scope.workflow = WorkflowState {
        input: Value::Object(input).into(),
        variables: Value::Object(workflow.map(|def| def.variables.clone()).unwrap_or_default()),
        status: WorkflowStatus::Running,
        workflow_type: workflow.map(|def| def.name.as_str()).unwrap_or_default().into(),
        version: workflow.map_or(1, |def| def.version),
        ..WorkflowState::default()
    };
    for (name, output) in mocks {
        scope.push(TaskState::completed(&name, output));
    }
    scope
}

/// Who gave the value that the path starts at, in words.
fn given_by(loaded: &Loaded, given: &Given, source: &str) -> Option<String> {
    let path = source.strip_prefix("$.").unwrap_or(source);
    let mut names = path.split(['.', '[']);
    match (names.next()?, names.next(), names.next()) {
        ("workflow", Some("input"), Some(name)) => {
            let template = loaded.document.workflow().is_some_and(|def| def.input_template.contains_key(name));
            let by = given.by(name).map(str::to_owned);
            by.or_else(|| template.then(|| "inputTemplate of the definition".to_owned()))
        }
        ("workflow", Some("variables"), _) => {
            Some("variables of the definition, until a SET_VARIABLE sets it".to_owned())
        }
        ("workflow", Some("secrets"), Some(name)) => Some(format!("--env-file, or CONDUCTOR_SECRET_{name}")),
        ("workflow", Some("env"), Some(name)) => Some(format!("--env-file, or CONDUCTOR_ENV_{name}")),
        ("workflow", ..) => None,
        (task, ..) => Some(format!("task `{task}`, when it has run; give its output with --mock {task}=JSON")),
    }
}

fn uses(document: &Document, expression: &str) -> Vec<Use> {
    let inside = expression.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')).unwrap_or(expression);
    let (template, _) = Template::parse(&document.value, &[]);
    let same = template.expressions().filter(|used| used.expression.text().trim() == inside.trim());
    same.map(|used| {
        let (line, column) = document.file.position(document.spans.locate(&used.pointer).value.start);
        Use { file: document.file.name().to_owned(), line, column, pointer: used.pointer.to_string() }
    })
    .collect()
}

impl Found<'_> {
    fn json(&self) -> Value {
        let steps = self
            .explanation
            .steps
            .iter()
            .map(|step| json!({"path": step.path, "value": step.found, "nearest": step.nearest}));
        let uses = self.uses.iter().map(
            |place| json!({"file": place.file, "line": place.line, "column": place.column, "pointer": place.pointer}),
        );
        json!({
            "expression": self.expression,
            "source": self.explanation.source,
            "isSecret": self.explanation.is_secret,
            "value": self.explanation.value,
            "givenBy": self.given_by,
            "steps": steps.collect::<Vec<_>>(),
            "uses": uses.collect::<Vec<_>>(),
        })
    }

    fn human(&self) -> String {
        let mut text = format!("{}\n", self.expression);
        let width = self.explanation.steps.iter().map(|step| step.path.chars().count()).max().unwrap_or(0);
        for (at, step) in self.explanation.steps.iter().enumerate() {
            let is_last = at + 1 == self.explanation.steps.len();
            let value = step.found.as_ref().map_or_else(|| "nothing".to_owned(), |value| glance(value, is_last));
            let _ = writeln!(text, "  {:width$}  {value}", step.path);
            // The names at the top are those of tasks: what gives their values stands below.
            if step.found.is_none() && at > 0 {
                text.push_str(&missing(step));
            }
        }
        let value = match &self.explanation.value {
            _ if self.explanation.is_secret => "a secret: it is put in when the request is built".to_owned(),
            Some(value) => short(value),
            None => "none".to_owned(),
        };
        let _ = writeln!(text, "value     {value}");
        let _ = writeln!(text, "given by  {}", self.given_by.as_deref().unwrap_or("nobody"));
        for (at, place) in self.uses.iter().enumerate() {
            let head = if at == 0 { "used in" } else { "" };
            let _ = writeln!(text, "{head:9} {}:{}:{}  {}", place.file, place.line, place.column, place.pointer);
        }
        text
    }
}

fn missing(step: &resolve::ExplainedStep) -> String {
    match (&step.nearest, step.names.is_empty()) {
        (Some(nearest), _) => format!("    did you mean `{nearest}`?\n"),
        (None, false) => format!("    there is {}\n", step.names.join(", ")),
        (None, true) => String::new(),
    }
}

/// A value on the way is told by its names, the last one in full.
fn glance(value: &Value, is_last: bool) -> String {
    match value {
        Value::Object(object) if !is_last => {
            let names: Vec<_> = object.keys().map(String::as_str).collect();
            cut(&format!("an object: {}", names.join(", ")))
        }
        _ => short(value),
    }
}

/// The value on one line, cut when it is long.
fn short(value: &Value) -> String {
    cut(&value.to_string())
}

fn cut(text: &str) -> String {
    if text.chars().count() <= VALUE_CHARACTERS {
        return text.to_owned();
    }
    text.chars().take(VALUE_CHARACTERS).chain(['…']).collect()
}
