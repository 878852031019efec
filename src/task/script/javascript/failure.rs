//! What a script threw, in the words of GraalJS and of the server around it.

use super::super::ScriptError;
use super::callee::{callee, first_argument};
use super::engine::eval;
use super::syntax::{self, Problem};
use rquickjs::{Ctx, Function, Object, Value};
use std::time::Instant;

/// What came out of a script instead of a result.
pub(super) enum Thrown<'js> {
    /// An error, made by the engine or by the script.
    Error(Object<'js>),
    /// Anything else.
    Value(Value<'js>),
    /// The time was up.
    TimedOut,
    /// The memory was used up.
    OutOfMemory,
}

impl<'js> Thrown<'js> {
    /// Takes what was thrown.
    pub(super) fn catch(ctx: &Ctx<'js>, deadline: Instant) -> Self {
        let thrown = ctx.catch();
        let Some(object) = thrown.as_object().filter(|object| object.is_error()) else {
            return if Instant::now() >= deadline { Self::TimedOut } else { Self::Value(thrown) };
        };
        match text_of(object, "message").as_str() {
            "interrupted" if Instant::now() >= deadline => Self::TimedOut,
            "out of memory" | "string too long" => Self::OutOfMemory,
            _ => Self::Error(object.clone()),
        }
    }
}

/// Parses a text without running any of it; gives the first problem.
///
/// # Errors
/// When it could not be parsed within the limits.
pub(super) fn find_problem(ctx: &Ctx<'_>, text: &str, deadline: Instant) -> Result<Option<Problem>, ScriptError> {
    // Parsed as a whole, the text ends at its first statement.
    let Err(_) = eval::<Value<'_>>(ctx, &format!("throw null;\n{text}")) else { return Ok(None) };
    match Thrown::catch(ctx, deadline) {
        Thrown::TimedOut => Err(ScriptError::TimedOut),
        Thrown::OutOfMemory => Err(ScriptError::OutOfMemory),
        Thrown::Value(_) => Ok(None),
        Thrown::Error(error) => {
            let place = Place::of(&text_of(&error, "stack")).map(|place| (place.line.saturating_sub(1), place.column));
            let (line, column) = place.unwrap_or((1, 1));
            Ok(Some(Problem { message: text_of(&error, "message"), line, column }))
        }
    }
}

/// The error that a server reports.
pub(super) fn failure<'js>(
    thrown: &Thrown<'js>,
    ctx: &Ctx<'js>,
    tools: &Object<'js>,
    text: &str,
    deadline: Instant,
) -> ScriptError {
    match thrown {
        Thrown::TimedOut => ScriptError::TimedOut,
        Thrown::OutOfMemory => ScriptError::OutOfMemory,
        Thrown::Value(value) => ScriptError::Threw { message: shown(value), line: line_of_throw(text) },
        Thrown::Error(error) => {
            let script = Script { ctx, tools, text, deadline };
            script.error(error)
        }
    }
}

/// A property as text; empty when it is none.
fn text_of(object: &Object<'_>, key: &str) -> String {
    object.get::<_, Option<String>>(key).ok().flatten().unwrap_or_default()
}

/// A thrown value that is no error.
fn shown(value: &Value<'_>) -> String {
    if let Some(text) = value.as_string() {
        return text.to_string().unwrap_or_default();
    }
    if value.is_array() {
        return "Array".to_owned();
    }
    if value.is_function() {
        return "Function".to_owned();
    }
    if let Some(object) = value.as_object() {
        let name = text_of(object, "name");
        return named(if name.is_empty() { "Error" } else { &name }, &text_of(object, "message"));
    }
    match (value.as_number(), value.as_bool()) {
        (Some(number), _) => format!("{number}"),
        (None, Some(boolean)) => boolean.to_string(),
        (None, None) if value.is_null() => "null".to_owned(),
        (None, None) => "undefined".to_owned(),
    }
}

fn named(name: &str, message: &str) -> String {
    if message.is_empty() { name.to_owned() } else { format!("{name}: {message}") }
}

/// The line of the only `throw`, as far as the text alone tells.
fn line_of_throw(text: &str) -> Option<u32> {
    let at = text.find("throw").unwrap_or(0);
    let lines = text.get(..at)?.matches('\n').count();
    u32::try_from(lines + 1).ok()
}

/// Where an error happened, as its stack tells: `    at f (inline:2:9)`.
struct Place {
    line: u32,
    column: u32,
    /// In a built-in function that the script called.
    is_native: bool,
    /// The function that was called last.
    function: String,
}

impl Place {
    fn of(stack: &str) -> Option<Self> {
        let first = stack.lines().next().unwrap_or_default().trim();
        let function = first.strip_prefix("at ")?.split(' ').next().unwrap_or_default().to_owned();
        let (_, rest) = stack.split_once("inline:")?;
        let mut numbers = rest.split(|ch: char| !ch.is_ascii_digit());
        let line = numbers.next()?.parse().ok()?;
        let column = numbers.next()?.parse().ok()?;
        Some(Self { line, column, is_native: !first.contains("inline:"), function })
    }
}

/// An error's message in GraalJS's words, and whether GraalJS knows where it happened.
struct Words {
    message: String,
    located: bool,
}

struct Script<'a, 'js> {
    ctx: &'a Ctx<'js>,
    tools: &'a Object<'js>,
    text: &'a str,
    deadline: Instant,
}

impl<'js> Script<'_, 'js> {
    fn error(&self, error: &Object<'js>) -> ScriptError {
        let (name, message, stack) = (name_of(error), text_of(error, "message"), text_of(error, "stack"));
        if self.is_host_error(error) {
            return ScriptError::Threw { message, line: None };
        }
        let place = Place::of(&stack);
        if name == "SyntaxError" && stack.trim_start().starts_with("at inline:") {
            let (line, column) = place.map_or((1, 1), |place| (place.line, place.column));
            return self.syntax_error(Problem { message, line, column });
        }
        let words = place.as_ref().map_or_else(|| own_words(&message), |place| self.words(&message, place));
        let line = place.filter(|_| words.located).map(|place| place.line);
        ScriptError::Threw { message: named(&name, &words.message), line }
    }

    fn syntax_error(&self, problem: Problem) -> ScriptError {
        let line = Some(problem.line);
        let find = |text: &str| find_problem(self.ctx, text, self.deadline).ok().flatten();
        let report = syntax::report(self.text, problem, find);
        ScriptError::Threw { message: format!("SyntaxError: {report}"), line }
    }

    /// Whether it stands for an exception of the server's own objects.
    fn is_host_error(&self, error: &Object<'js>) -> bool {
        let Ok(tool) = self.tools.get::<_, Function<'js>>("isHostError") else { return false };
        tool.call((error.clone(),)).unwrap_or(false)
    }

    fn words(&self, message: &str, place: &Place) -> Words {
        match message {
            "not a function" => self.not_a_function(place),
            "Cannot convert undefined or null to object" => self.no_object(place),
            "class constructors must be invoked with 'new'" => {
                located(format!("Class constructor {} cannot be invoked without 'new'", place.function))
            }
            _ => own_words(message),
        }
    }

    fn not_a_function(&self, place: &Place) -> Words {
        let (line, column) = (place.line, place.column);
        if place.is_native {
            let argument = first_argument(self.text, line, column).unwrap_or_else(|| "undefined".to_owned());
            return located(format!("{argument} is not a function"));
        }
        let Some(callee) = callee(self.text, line, column) else { return located("not a function".to_owned()) };
        if callee.is_new {
            return located(format!("{} is not a constructor", callee.shown));
        }
        if let (Some(receiver), Some(member)) = (&callee.receiver, &callee.member)
            && let Some(class) = self.java_class(receiver)
        {
            let known = self.ctx.eval::<bool, _>(format!("{receiver}.{member} !== undefined")).unwrap_or(false);
            let why = if known { "Message not supported.".to_owned() } else { format!("Unknown identifier: {member}") };
            return located(format!("invokeMember ({member}) on {class} failed due to: {why}"));
        }
        located(format!("{} is not a function", callee.shown))
    }

    /// The Java class of what a plain path into the input leads to.
    fn java_class(&self, path: &str) -> Option<String> {
        let tool: Function<'js> = self.tools.get("javaClass").ok()?;
        let is_path = path.starts_with('$') && path.chars().all(|ch| ch.is_alphanumeric() || "$_.[]'\"".contains(ch));
        if !is_path {
            return None;
        }
        let value: Value<'js> = self.ctx.eval(path).ok()?;
        tool.call::<_, Option<String>>((value,)).ok().flatten()
    }

    /// Taking apart what is no object, or asking for its keys.
    fn no_object(&self, place: &Place) -> Words {
        if place.is_native {
            let argument = first_argument(self.text, place.line, place.column);
            let shown = if argument.as_deref() == Some("null") { "null" } else { "undefined" };
            return located(format!("Cannot convert undefined or null to object: {shown}"));
        }
        let pattern = self.text.lines().nth(place.line as usize - 1).and_then(|line| line.split_once('{'));
        let name: String = pattern
            .map(|(_, names)| names.trim_start().chars().take_while(|ch| ch.is_alphanumeric() || *ch == '_').collect())
            .unwrap_or_default();
        located(format!("Cannot read property '{name}' of undefined"))
    }
}

/// An error's name; a class of the script's own goes before the `Error` that it inherits.
fn name_of(error: &Object<'_>) -> String {
    let name = text_of(error, "name");
    if name != "Error" {
        return name;
    }
    let constructor = error.get::<_, Option<Object<'_>>>("constructor").ok().flatten();
    constructor.map(|constructor| text_of(&constructor, "name")).filter(|own| !own.is_empty()).unwrap_or(name)
}

fn located(message: String) -> Words {
    Words { message, located: true }
}

/// QuickJS's messages whose words GraalJS has otherwise.
fn own_words(message: &str) -> Words {
    const LOCATED: [(&str, &str); 7] = [
        ("invalid array length", "Invalid array length"),
        ("value is not iterable", "value is not iterable"),
        ("invalid 'instanceof' right operand", "Right-hand-side of instanceof is not an object"),
        ("cannot convert symbol to string", "Cannot convert a Symbol value to a string"),
        ("cannot convert BigInt to number", "Cannot convert a BigInt value to a number"),
        ("Maximum call stack size exceeded", "Maximum call stack size exceeded"),
        ("not a function", "not a function"),
    ];
    const ELSEWHERE: [(&str, &str); 4] = [
        ("invalid repeat count", "illegal repeat count"),
        ("invalid number of digits", "toFixed() fraction digits need to be in range 0-100"),
        ("empty array", "Reduce of empty array with no initial value"),
        ("expecting hex digit", "illegal escape sequence"),
    ];
    if let Some((_, words)) = LOCATED.iter().find(|(own, _)| *own == message) {
        return located((*words).to_owned());
    }
    if let Some((_, words)) = ELSEWHERE.iter().find(|(own, _)| *own == message) {
        return Words { message: (*words).to_owned(), located: false };
    }
    if let Some(rest) = message.strip_prefix("cannot read property ").or(message.strip_prefix("cannot set property ")) {
        let verb = if message.starts_with("cannot read") { "read" } else { "set" };
        let rest = rest.replace("'Symbol.iterator'", "'Symbol(Symbol.iterator)'");
        return located(format!("Cannot {verb} property {rest}"));
    }
    if let Some(name) = message.strip_prefix('\'').and_then(|rest| rest.strip_suffix("' is read-only")) {
        return located(format!("Assignment to constant \"{name}\""));
    }
    if let Some(token) = message.strip_prefix("unexpected token: '") {
        let first = token.chars().next().unwrap_or_default();
        return Words { message: format!("Unexpected token {first} in JSON at position 0"), located: false };
    }
    let from_java = message.starts_with("invokeMember ");
    Words { message: message.to_owned(), located: from_java || message.ends_with(" is not defined") }
}
