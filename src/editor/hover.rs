//! What is said of the thing under the pointer.

use super::field::{self, Field, Owner};
use super::origin::{self, DOTS};
use super::{FileKind, Snapshot, expression, node, task_type_in_words};
use crate::catalogue::{Entry, FieldRow};
use crate::source::{Pointer, Span};
use std::fmt::Write;

/// The longest value that is shown, in characters.
const MOST: usize = 600;

/// What is said of a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hover {
    /// What it is said of.
    pub span: Span,
    /// Markdown.
    pub markdown: String,
}

/// What is said of the thing at a place: of an expression where its value comes from, of a field its docs, of a task's name the
/// operation that it calls.
#[must_use]
pub fn hover(snapshot: &Snapshot, offset: usize) -> Option<Hover> {
    if snapshot.kind() == FileKind::Other {
        return None;
    }
    if let Some(found) = expression::at(snapshot, offset) {
        return Some(Hover { span: found.span, markdown: of_expression(snapshot, found.text(snapshot)) });
    }
    let found = node::at(snapshot.tree(), offset);
    let here = found.innermost()?;
    let span = if found.on_key { here.node.key? } else { here.node.value };
    let is_leaf = here.node.children.is_empty();
    if !found.on_key && !is_leaf {
        return None;
    }
    let markdown = of_task(snapshot, &found.pointer, found.on_key)
        .or_else(|| of_type(snapshot, &found.pointer, found.on_key))
        .or_else(|| of_header(snapshot, &found.pointer))
        .or_else(|| of_field(snapshot, &found.pointer))?;
    Some(Hover { span, markdown })
}

fn of_expression(snapshot: &Snapshot, text: &str) -> String {
    let origin = origin::origin(snapshot, text);
    let mut markdown = format!("`${{{text}}}`\n\n{}", origin.words);
    match origin.value {
        _ if origin.is_secret => {
            let _ = write!(markdown, "\n\nValue: `{DOTS}`");
        }
        Some(value) => {
            let _ = write!(markdown, "\n\nValue: {}", code(&origin::short(&value, MOST)));
        }
        None => {}
    }
    markdown
}

/// The operation behind a task's `name`, also from its reference name and type.
fn of_task(snapshot: &Snapshot, pointer: &Pointer, on_key: bool) -> Option<String> {
    let task = field::task_around(snapshot, pointer).filter(|_| !on_key)?;
    let below = pointer.below(&task.pointer)?;
    let is_line = ["/name", "/taskReferenceName", "/inputParameters/uri", "/inputParameters/http_request/uri"];
    if !is_line.contains(&below.as_str()) {
        return None;
    }
    snapshot.entry(task).map(|entry| of_entry(&entry))
}

/// The first lines of an operation's reference page.
pub(super) fn of_entry(entry: &Entry) -> String {
    let title = entry.operation.title.as_deref().unwrap_or(&entry.name);
    let mut markdown = format!("### {title}\n\n");
    let reference = entry.reference();
    let _ = writeln!(markdown, "`{} {}`\n", reference.method, reference.url);
    for text in [&reference.description, &reference.text].into_iter().filter(|text| !text.is_empty()) {
        let _ = writeln!(markdown, "{}\n", text.trim());
    }
    for line in &reference.prerequisites {
        let _ = writeln!(markdown, "- Needs: {line}");
    }
    if let Some(label) = &reference.rate_label {
        let _ = writeln!(markdown, "- Rate limit: {label}");
    }
    if !reference.scopes.is_empty() {
        let scopes: Vec<_> = reference.scopes.iter().map(|scope| format!("`{scope}`")).collect();
        let _ = writeln!(markdown, "- Any of the scopes {}", scopes.join(", "));
    }
    if entry.docs().deprecated {
        markdown.push_str("- **Deprecated by its API**\n");
    }
    if let Some(url) = &reference.docs_url {
        let _ = write!(markdown, "\n[The API's own page]({url})");
    }
    markdown.trim_end().to_owned()
}

/// What a task of its type does.
fn of_type(snapshot: &Snapshot, pointer: &Pointer, on_key: bool) -> Option<String> {
    let task = field::task_around(snapshot, pointer).filter(|task| !on_key && *pointer == task.pointer.key("type"))?;
    let about = Some(task_type_in_words(&task.task_type)).filter(|about| !about.is_empty())?;
    Some(format!("**{}** · {about}", task.task_type.as_str()))
}

/// A header of the operation's reference page.
fn of_header(snapshot: &Snapshot, pointer: &Pointer) -> Option<String> {
    let (headers, name) = (pointer.parent()?, pointer.steps().last()?);
    if !headers.as_str().ends_with("/headers") {
        return None;
    }
    let entry = snapshot.entry(field::task_around(snapshot, pointer)?)?;
    let header = entry.docs().headers.iter().find(|header| header.name.eq_ignore_ascii_case(&name))?;
    let need = if header.required { "required" } else { "optional" };
    let default = header.default.as_ref().map_or(String::new(), |default| format!("\n\nWhen absent: `{default}`"));
    Some(format!("**{}** · {} · {need}\n\n{}{default}", header.name, header.kind, header.text))
}

/// What is said of the field at a place.
pub(super) fn of_field(snapshot: &Snapshot, pointer: &Pointer) -> Option<String> {
    let field = field::field_at(snapshot, pointer)?;
    let row = field.row()?;
    Some(of_row(&row, &field))
}

/// What is said of a field: type, whether it is required, what it is, what is allowed.
pub(super) fn of_row(row: &FieldRow, field: &Field) -> String {
    let need = match (&row.when, row.required) {
        (Some(when), _) => when.as_str(),
        (None, true) => "required",
        (None, false) => "optional",
    };
    let kind = if row.kind == "any" { String::new() } else { format!("{} · ", row.kind) };
    let mut markdown = format!("**{}** · {kind}{need}\n", row.path);
    if !row.description.is_empty() {
        let _ = write!(markdown, "\n{}\n", row.description);
    }
    if !row.allowed.is_empty() {
        markdown.push('\n');
    }
    for (value, meaning) in &row.allowed {
        let meaning = meaning.as_deref().map_or(String::new(), |meaning| format!(": {meaning}"));
        let _ = writeln!(markdown, "- `{value}`{meaning}");
    }
    for rule in &row.rules {
        let _ = write!(markdown, "\n{rule}\n");
    }
    if let Some(default) = &row.default {
        let _ = write!(markdown, "\nWhen absent: `{default}`\n");
    }
    if let Some(url) = link(field) {
        let _ = write!(markdown, "\n[The API's own page]({url})\n");
    }
    markdown.trim_end().to_owned()
}

fn link(field: &Field) -> Option<String> {
    match &field.owner {
        Owner::Body(entry) | Owner::Parameters(entry) => entry.docs().url.clone(),
        _ => None,
    }
}

/// A text as code, whatever it holds.
fn code(text: &str) -> String {
    let fence = if text.contains('`') { "``" } else { "`" };
    format!("{fence}{text}{fence}")
}

#[cfg(test)]
mod tests {
    use super::super::{Known, snapshot};
    use super::*;
    use serde_json::json;
    use std::sync::Arc;

    const TEXT: &str = "\
name: w
tasks:
  - name: zoom_users_create
    taskReferenceName: create
    type: HTTP
    retryCount: 1
    inputParameters:
      uri: https://api.zoom.us/v2/users
      method: POST
      body:
        action: custCreate
        user_info: {email: '${workflow.input.email}', type: 1, password: '${workflow.secrets.first}'}
";

    #[track_caller]
    fn check(part: &str, add: usize, on: &str, expected: &[&str]) {
        let inputs = json!({"email": "jane@example.com"}).as_object().cloned().unwrap_or_default();
        let snapshot = snapshot("a.yaml", TEXT).with_known(&Arc::new(Known { inputs, ..Known::default() }));
        let found = hover(&snapshot, TEXT.find(part).expect("it is there") + add).expect("something is said");
        assert_eq!(&TEXT[found.span.start..found.span.end], on);
        for words in expected {
            assert!(found.markdown.contains(words), "no {words} in {}", found.markdown);
        }
    }

    #[test]
    fn a_field_tells_what_it_is() {
        check("action", 1, "action", &["**action** · string · required", "`custCreate`: ISV partners"]);
        check("custCreate", 1, "custCreate", &["How the user comes into being"]);
        check("password", 1, "password", &["only with action autoCreate"]);
        check("retryCount", 1, "retryCount", &["Attempts after the first"]);
        check("method", 1, "method", &["The method, upper case"]);
        check("body", 1, "body", &["any JSON, or a text"]);
        check("HTTP", 1, "HTTP", &["sends a request"]);
    }

    #[test]
    fn an_expression_tells_its_value_and_a_secret_none() {
        check("workflow.input", 3, "${workflow.input.email}", &["The input `email`", "Value: `jane@example.com`"]);
        check("workflow.secrets", 3, "${workflow.secrets.first}", &["The secret `first`", "Value: `••••`"]);
    }

    #[test]
    fn a_task_tells_what_it_calls() {
        check(
            "zoom_users_create",
            3,
            "zoom_users_create",
            &["### Create a user", "`POST https://api.zoom.us/v2/users`", "Rate limit: Light"],
        );
        check("https://", 3, "https://api.zoom.us/v2/users", &["### Create a user"]);
    }

    #[test]
    fn of_other_places_nothing_is_said() {
        let snapshot = snapshot("a.yaml", TEXT);
        assert_eq!(hover(&snapshot, TEXT.find("  - name").expect("it is there")), None);
        assert_eq!(hover(&super::super::snapshot("b.yaml", "services: {}"), 2), None);
    }
}
