//! Places that lead to other pages and files.

use super::{FileKind, Snapshot, node};
use crate::source::{Span, SpanNode};
use serde_json::Value;

/// Where a link leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkTarget {
    /// A page.
    Url(String),
    /// A file, by its path from the folder of this one.
    File(String),
}

/// A place that leads elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The bytes.
    pub span: Span,
    /// Where it leads.
    pub target: LinkTarget,
    /// What is there.
    pub tooltip: String,
}

/// The links of a file: from a task's name to the API's own page, from a schema's file name to the file.
#[must_use]
pub fn links(snapshot: &Snapshot) -> Vec<Link> {
    match snapshot.kind() {
        FileKind::Other => Vec::new(),
        FileKind::Workflow => snapshot.tasks().iter().filter_map(|task| docs(snapshot, task)).collect(),
        FileKind::TaskDefinition | FileKind::Shared => {
            let mut links = Vec::new();
            files(&snapshot.tree().value, &snapshot.tree().spans.root, &mut links);
            links
        }
    }
}

fn docs(snapshot: &Snapshot, task: &super::Task) -> Option<Link> {
    let name = node::lookup(snapshot.tree(), &task.pointer.key("name"))?;
    let entry = snapshot.entry(task)?;
    let url = entry.docs().url.clone()?;
    let title = entry.operation.title.clone().unwrap_or_else(|| entry.name.clone());
    Some(Link { span: name.node.value, target: LinkTarget::Url(url), tooltip: format!("{title}: the API's own page") })
}

fn files(value: &Value, node: &SpanNode, links: &mut Vec<Link>) {
    let children = node.children.iter().enumerate();
    for (index, (key, child)) in children {
        let member = match value {
            Value::Array(items) => items.get(index),
            other => other.get(&**key),
        };
        match (&**key, member) {
            ("body_schema" | "$ref", Some(Value::String(name))) => links.extend(file(name, child)),
            (_, Some(member @ (Value::Object(_) | Value::Array(_)))) => files(member, child, links),
            _ => {}
        }
    }
}

fn file(name: &str, node: &SpanNode) -> Option<Link> {
    let path = name.split('#').next().filter(|path| !path.is_empty() && !path.contains("://"))?;
    let target = LinkTarget::File(path.to_owned());
    Some(Link { span: node.value, target, tooltip: format!("open {path}") })
}

#[cfg(test)]
mod tests {
    use super::super::snapshot;
    use super::*;

    #[test]
    fn names_lead_to_pages_and_files() {
        let check = |name: &str, text: &str, expected: &[(&str, LinkTarget)]| {
            let links = links(&snapshot(name, text));
            let found: Vec<_> =
                links.iter().map(|link| (&text[link.span.start..link.span.end], link.target.clone())).collect();
            assert_eq!(found, expected, "{text}");
        };
        let entry = crate::catalogue::Catalogue::builtin().get("zoom_users_create").expect("it is built in");
        let url = entry.docs().url.clone().expect("it has a page");
        let text = "tasks: [{name: zoom_users_create, taskReferenceName: a, type: HTTP}]";
        check("a.yaml", text, &[("zoom_users_create", LinkTarget::Url(url))]);
        let text = "name: a\nx-legwork: {body_schema: a.schema.json, docs: {url: 'https://a.example'}}\n";
        check("task-definitions/a.yaml", text, &[("a.schema.json", LinkTarget::File("a.schema.json".into()))]);
    }
}
