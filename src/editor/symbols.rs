//! The outline of a file.

use super::{FileKind, Snapshot, Task, node};
use crate::plan::is_secret_text;
use crate::source::{Span, SpanNode};
use serde_json::Value;

/// The most symbols of one outline: editors grow slow with more.
const MOST: usize = 5_000;

/// What a symbol is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SymbolKind {
    /// A definition.
    Definition,
    /// A task that sends a request.
    Request,
    /// A task that leads the flow.
    Operator,
    /// Another task.
    Task,
    /// A part of a task or a definition.
    Field,
}

/// A line of the outline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Symbol {
    /// Its name.
    pub name: String,
    /// A few words more.
    pub detail: Option<String>,
    /// What it is.
    pub kind: SymbolKind,
    /// All of it.
    pub span: Span,
    /// What is shown when it is chosen; inside `span`.
    pub name_span: Span,
    /// What is inside it.
    pub children: Vec<Symbol>,
}

/// The outline: definition, tasks, parts of requests; at most 5,000 lines.
#[must_use]
pub fn symbols(snapshot: &Snapshot) -> Vec<Symbol> {
    let tree = snapshot.tree();
    let mut room = MOST;
    match (snapshot.kind(), &tree.value) {
        (FileKind::Other, _) => Vec::new(),
        (FileKind::Workflow, _) => vec![workflow(snapshot, &mut room)],
        (_, Value::Array(items)) => {
            let defs = items.iter().zip(&tree.spans.root.children);
            defs.filter_map(|(value, (_, node))| members(value, node, &mut room)).collect()
        }
        (_, value) => members(value, &tree.spans.root, &mut room).into_iter().collect(),
    }
}

fn workflow(snapshot: &Snapshot, room: &mut usize) -> Symbol {
    let (tree, top) = (snapshot.tree(), &snapshot.tree().spans.root);
    let name = tree.value.get("name").and_then(Value::as_str).filter(|name| !name.is_empty()).unwrap_or("workflow");
    let name_span = top.child("name").map_or(Span::new(top.value.start, top.value.start), |node| node.value);
    *room -= 1;
    let mut tasks = snapshot.tasks().iter().peekable();
    let mut children = Vec::new();
    while let Some(task) = tasks.next() {
        children.extend(task_symbol(snapshot, task, &mut tasks, room));
    }
    let detail = tree.value.get("description").and_then(Value::as_str).map(str::to_owned);
    Symbol { name: name.to_owned(), detail, kind: SymbolKind::Definition, span: top.value, name_span, children }
}

/// A task with the tasks inside it, which stand behind it in the list.
fn task_symbol<'s>(
    snapshot: &Snapshot,
    task: &Task,
    rest: &mut std::iter::Peekable<impl Iterator<Item = &'s Task>>,
    room: &mut usize,
) -> Option<Symbol> {
    *room = room.checked_sub(1)?;
    let mut children = parts(snapshot, task, room);
    while let Some(inner) = rest.next_if(|next| next.pointer.below(&task.pointer).is_some()) {
        children.extend(task_symbol(snapshot, inner, rest, room));
    }
    let kind = match task.is_callable {
        true => SymbolKind::Request,
        false if children.iter().any(|child| child.kind != SymbolKind::Field) => SymbolKind::Operator,
        false => SymbolKind::Task,
    };
    let name = if task.reference_name.is_empty() { &task.name } else { &task.reference_name };
    let name = if name.is_empty() { task.task_type.as_str() } else { name };
    let name_span = task.reference_span.unwrap_or(Span::new(task.span.start, task.span.start));
    let detail = Some(detail(snapshot, task));
    Some(Symbol { name: name.to_owned(), detail, kind, span: task.span, name_span, children })
}

fn detail(snapshot: &Snapshot, task: &Task) -> String {
    let input = node::lookup(snapshot.tree(), &task.pointer.key("inputParameters"));
    let request = input.and_then(|input| input.value.as_object()).map(crate::definition::HttpInput::of);
    let text = |value: Option<&Value>| {
        value.and_then(Value::as_str).filter(|text| !is_secret_text("uri", text)).map(str::to_owned)
    };
    match request.and_then(|request| Some((text(request.method)?, text(request.uri)?))) {
        Some((method, uri)) if task.is_callable => format!("{method} {uri}"),
        _ if task.name == task.reference_name => task.task_type.as_str().to_owned(),
        _ => format!("{} {}", task.task_type.as_str(), task.name),
    }
}

/// The parts of a request: `uri`, `method`, `headers`, `body`, or the parameters of a task by reference.
fn parts(snapshot: &Snapshot, task: &Task, room: &mut usize) -> Vec<Symbol> {
    let input = node::lookup(snapshot.tree(), &task.pointer.key("inputParameters")).filter(|_| task.is_callable);
    let Some(input) = input else { return Vec::new() };
    let request = input.node.child("http_request").unwrap_or(input.node);
    request.children.iter().filter_map(|(key, node)| field(key, node, room)).collect()
}

fn field(key: &str, node: &SpanNode, room: &mut usize) -> Option<Symbol> {
    let name_span = node.key?;
    *room = room.checked_sub(1)?;
    let span = Span::new(name_span.start.min(node.value.start), node.value.end.max(name_span.end));
    Some(Symbol { name: key.to_owned(), detail: None, kind: SymbolKind::Field, span, name_span, children: Vec::new() })
}

/// A task definition, or a file beside it, with its keys.
fn members(value: &Value, node: &SpanNode, room: &mut usize) -> Option<Symbol> {
    let name = ["name", "provider", "title"].iter().find_map(|key| Some((*key, value.get(*key)?.as_str()?)));
    let (key, name) = name.unwrap_or(("", "definition"));
    *room = room.checked_sub(1)?;
    let name_span = node.child(key).map_or(Span::new(node.value.start, node.value.start), |child| child.value);
    let children = node.children.iter().filter_map(|(key, node)| field(key, node, room)).collect();
    let kind = SymbolKind::Definition;
    Some(Symbol { name: name.to_owned(), detail: None, kind, span: node.value, name_span, children })
}

#[cfg(test)]
mod tests {
    use super::super::snapshot;
    use super::*;
    use std::fmt::Write;

    fn lines(symbols: &[Symbol], depth: usize, text: &mut String) {
        for symbol in symbols {
            let detail = symbol.detail.as_deref().unwrap_or_default();
            let _ = writeln!(text, "{}{:?} {} {detail}", "  ".repeat(depth), symbol.kind, symbol.name);
            assert!(
                symbol.span.start <= symbol.name_span.start && symbol.name_span.end <= symbol.span.end,
                "{symbol:?}"
            );
            lines(&symbol.children, depth + 1, text);
        }
    }

    #[track_caller]
    fn check(name: &str, text: &str, expected: &str) {
        let mut found = String::new();
        lines(&symbols(&snapshot(name, text)), 0, &mut found);
        assert_eq!(found, expected);
    }

    #[test]
    fn definition_tasks_and_parts_are_the_outline() {
        let text = "\
name: w
tasks:
- name: call
  taskReferenceName: a
  type: HTTP
  inputParameters: {uri: 'https://a.example', method: GET, body: {x: 1}}
- name: l
  taskReferenceName: l
  type: DO_WHILE
  loopOver: [{name: n, taskReferenceName: b, type: NOOP}]
";
        let expected = "\
Definition w 
  Request a GET https://a.example
    Field uri 
    Field method 
    Field body 
  Operator l DO_WHILE
    Task b NOOP n
";
        check("a.yaml", text, expected);
        check(
            "task-definitions/a.yaml",
            "- name: d\n  retryCount: 1\n",
            "Definition d \n  Field name \n  Field retryCount \n",
        );
        check("a.yaml", "services: {}", "");
    }

    #[test]
    fn a_huge_file_has_a_short_outline() {
        let mut text = "tasks:\n".to_owned();
        (0..MOST).for_each(|n| writeln!(text, "- {{taskReferenceName: a{n}, inputParameters: {{}}}}").expect("a text"));
        let symbols = symbols(&snapshot("a.yaml", &text));
        assert_eq!(symbols.first().map(|one| one.children.len()), Some(MOST - 1));
    }
}
