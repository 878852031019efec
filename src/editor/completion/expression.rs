//! Inside `${…}`: tasks, inputs, secrets, and what tasks give.

use super::{Completion, CompletionKind as Kind, Completions};
use crate::editor::parts::words;
use crate::editor::uses::{NameKind, uses};
use crate::editor::{Snapshot, Task, origin, task_named};
use crate::schema::parts_at;
use crate::source::{Pointer, Span};
use serde_json::{Map, Value};

/// How far back an expression may begin, in bytes.
const LONGEST: usize = 400;

/// The most offers of one kind.
const MOST: usize = 200;

/// What can be written in the expression at a place; `None` when there is none.
pub(super) fn offers(snapshot: &Snapshot, offset: usize) -> Option<Completions> {
    let text = snapshot.source();
    let inside = opened(text, offset)?;
    let path = text.get(inside..offset)?;
    let steps: Vec<&str> = words(path).into_iter().filter_map(|range| path.get(range)).collect();
    let start = path.rfind(['.', '[', '\'', '"']).map_or(inside, |at| inside + at + 1);
    let is_typing = start < offset;
    let above: Vec<&str> =
        steps.iter().take(steps.len() - usize::from(is_typing && !steps.is_empty())).copied().collect();
    let end = text.get(offset..)?.find(|ch: char| !is_name(ch)).map_or(text.len(), |end| offset + end);
    let offers = Offers { snapshot, replace: Span::new(start, end) };
    Some(Completions { items: offers.below(&above, is_closed(text, end)), is_partial: false })
}

/// Where the expression begins that is open at a place, behind its `${`.
fn opened(text: &str, offset: usize) -> Option<usize> {
    let from = offset.saturating_sub(LONGEST);
    let from = (from..=offset).find(|at| text.is_char_boundary(*at))?;
    let before = text.get(from..offset)?;
    let line = before.rfind('\n').map_or(0, |at| at + 1);
    let line_text = before.get(line..)?;
    let at = line_text.rfind("${")?;
    let is_escaped = line_text.get(..at)?.ends_with('$');
    let inner = line_text.get(at + 2..)?;
    (!is_escaped && !inner.contains('}')).then_some(from + line + at + 2)
}

/// Whether the brace that ends it is there already.
fn is_closed(text: &str, end: usize) -> bool {
    let rest = text.get(end..).unwrap_or_default();
    let line = rest.lines().next().unwrap_or_default();
    let close = line.find('}');
    close.is_some_and(|close| line.find("${").is_none_or(|next| close < next))
}

fn is_name(ch: char) -> bool {
    ch.is_alphanumeric() || ch == '_' || ch == '-'
}

struct Offers<'s> {
    snapshot: &'s Snapshot,
    replace: Span,
}

impl Offers<'_> {
    /// What may follow these steps.
    fn below(&self, above: &[&str], is_closed: bool) -> Vec<Completion> {
        let mut items = match above {
            [] => self.first(),
            ["workflow"] => self.workflow(),
            ["workflow", "input"] => self.inputs(),
            ["workflow", "secrets"] => self.secrets(),
            ["workflow", "env"] => self.env(),
            ["workflow", "variables"] => self.named(NameKind::Variable, Kind::Variable),
            ["workflow", ..] => self.values(above, None),
            [task] => self.parts_of_task(task),
            [task, rest @ ..] => self.values(above, task_named(self.snapshot, task).map(|task| (task, rest))),
        };
        let closes = |item: &mut Completion| {
            if !is_closed && !matches!(item.kind, Kind::Keyword | Kind::Task) {
                item.insert.push('}');
            }
        };
        items.iter_mut().for_each(closes);
        items
    }

    fn offer(&self, label: impl Into<String>, kind: Kind) -> Completion {
        Completion::plain(label, kind, self.replace)
    }

    fn first(&self) -> Vec<Completion> {
        let here = super::super::task_at(self.snapshot, self.replace.start).map(|task| task.reference_name.clone());
        let words = [
            ("workflow.input", "an input"),
            ("workflow.secrets", "a secret"),
            ("workflow.variables", "a variable"),
            ("workflow.env", "an environment value"),
            ("workflow", "the workflow itself"),
        ];
        let words = words.iter().map(|(label, detail)| self.offer(*label, Kind::Keyword).detail(*detail));
        let others = self.snapshot.tasks().iter().filter(|task| Some(&task.reference_name) != here.as_ref());
        let tasks = others.filter(|task| !task.reference_name.is_empty()).take(MOST);
        words.chain(tasks.map(|task| self.offer(&task.reference_name, Kind::Task).detail(about(task)))).collect()
    }

    fn workflow(&self) -> Vec<Completion> {
        let groups = ["input", "secrets", "variables", "env", "output"];
        let groups = groups.iter().map(|name| self.offer(*name, Kind::Keyword));
        let facts = [
            "workflowId",
            "workflowType",
            "version",
            "correlationId",
            "status",
            "parentWorkflowId",
            "parentWorkflowTaskId",
            "reasonForIncompletion",
            "schemaVersion",
        ];
        groups.chain(facts.iter().map(|name| self.offer(*name, Kind::Property))).collect()
    }

    /// Names that are declared or read somewhere in the file.
    fn named(&self, kind: NameKind, shown: Kind) -> Vec<Completion> {
        let mut items: Vec<Completion> = Vec::new();
        for one in uses(self.snapshot).into_iter().filter(|one| one.kind == kind) {
            let is_own = one.span.start <= self.replace.start && self.replace.start <= one.span.end;
            if !is_own && items.len() < MOST && items.iter().all(|item| item.label != one.name) {
                items.push(self.offer(one.name, shown));
            }
        }
        items
    }

    fn inputs(&self) -> Vec<Completion> {
        let mut items = self.named(NameKind::Input, Kind::Input);
        let known = &self.snapshot.known().inputs;
        for item in &mut items {
            item.detail = known.get(&item.label).map(|value| origin::short(value, 40));
        }
        for (name, value) in known {
            if items.iter().all(|item| item.label != *name) {
                items.push(self.offer(name, Kind::Input).detail(origin::short(value, 40)));
            }
        }
        items
    }

    fn secrets(&self) -> Vec<Completion> {
        let mut items: Vec<_> = self
            .snapshot
            .known()
            .secrets
            .iter()
            .map(|secret| self.offer(&secret.name, Kind::Secret).detail(secret.source.clone().unwrap_or_default()))
            .collect();
        for item in self.named(NameKind::Secret, Kind::Secret) {
            if items.iter().all(|known| known.label != item.label) {
                items.push(item);
            }
        }
        items
    }

    fn env(&self) -> Vec<Completion> {
        let mut items: Vec<_> = self
            .snapshot
            .known()
            .env
            .iter()
            .map(|one| self.offer(&one.name, Kind::Variable).detail(one.source.clone().unwrap_or_default()))
            .collect();
        for item in self.named(NameKind::Env, Kind::Variable) {
            if items.iter().all(|known| known.label != item.label) {
                items.push(item);
            }
        }
        items
    }

    fn parts_of_task(&self, name: &str) -> Vec<Completion> {
        if task_named(self.snapshot, name).is_none() {
            return Vec::new();
        }
        let groups = ["output", "input"].iter().map(|name| self.offer(*name, Kind::Keyword));
        let facts = [
            "status",
            "taskId",
            "retryCount",
            "iteration",
            "reasonForIncompletion",
            "taskType",
            "startTime",
            "endTime",
        ];
        groups.chain(facts.iter().map(|name| self.offer(*name, Kind::Property))).collect()
    }

    /// What is known below a path: from the schema of what a task gives, and from its last run.
    fn values(&self, above: &[&str], task: Option<(&Task, &[&str])>) -> Vec<Completion> {
        let mut items = task.and_then(|(task, rest)| self.by_schema(task, rest)).unwrap_or_default();
        if let Some(Value::Object(known)) = origin::value(self.snapshot, &above.join(".")) {
            for (name, value) in known.iter().take(MOST) {
                match items.iter_mut().find(|item| item.label == *name) {
                    Some(item) => item.detail = Some(origin::short(value, 40)),
                    None => items.push(self.offer(name, Kind::Property).detail(origin::short(value, 40))),
                }
            }
        }
        items
    }

    fn by_schema(&self, task: &Task, rest: &[&str]) -> Option<Vec<Completion>> {
        let (first, below) = rest.split_first()?;
        if *first != "output" {
            return None;
        }
        let is_answer = task.is_callable && below.first().is_none_or(|first| *first == "response");
        if is_answer && below.len() < 2 {
            let names: &[&str] =
                if below.is_empty() { &["response"] } else { &["statusCode", "body", "headers", "reasonPhrase"] };
            return Some(names.iter().map(|name| self.offer(*name, Kind::Property)).collect());
        }
        let entry = self.snapshot.entry(task)?;
        let schema = entry.self_contained(entry.output_schema()?).into_owned();
        let pointer = below.iter().fold(Pointer::root(), |pointer, step| pointer.key(step));
        let parts = parts_at(&schema, &pointer);
        let names = parts.iter().filter_map(|part| part.get("properties")?.as_object()).flat_map(Map::keys);
        let mut items: Vec<Completion> = Vec::new();
        for name in names {
            if items.iter().all(|item| item.label != *name) {
                let row = crate::editor::field::row(&parts_at(&schema, &pointer.key(name)), &parts, name.clone());
                items.push(self.offer(name, Kind::Property).detail(format!("{} {}", row.kind, row.description).trim()));
            }
        }
        Some(items)
    }
}

fn about(task: &Task) -> String {
    format!("{} {}", task.task_type.as_str(), task.name)
}

#[cfg(test)]
mod tests {
    use super::super::completion;
    use crate::editor::{Known, SecretName, snapshot};
    use serde_json::json;
    use std::sync::Arc;

    /// The labels offered at `|`; the text after the first offer is put in.
    #[track_caller]
    fn check(value: &str, expected: &[&str], after: Option<&str>) {
        let text = format!(
            "\
name: w
inputParameters: [email, type]
tasks:
  - name: zoom_users_create
    taskReferenceName: create
    type: HTTP
    inputParameters:
      method: POST
      uri: https://api.zoom.us/v2/users
  - name: n
    taskReferenceName: own
    type: NOOP
    inputParameters:
      x: {value}
"
        );
        let offset = text.find('|').expect("a place");
        let text = text.replacen('|', "", 1);
        let known = Known {
            secrets: vec![SecretName { name: "zoom_token".into(), source: None }],
            outputs: [("create".to_owned(), json!({"response": {"body": {"id": 7, "extra": "é"}}}))].into(),
            ..Known::default()
        };
        let snapshot = snapshot("a.yaml", &text).with_known(&Arc::new(known));
        let found = completion(&snapshot, offset);
        let labels: Vec<_> = found.items.iter().map(|item| item.label.as_str()).take(expected.len().max(1)).collect();
        assert_eq!(labels, expected, "{value}");
        if let (Some(after), Some(first)) = (after, found.items.first()) {
            let mut edited = text.clone();
            edited.replace_range(first.replace.start..first.replace.end, &first.insert);
            assert!(edited.contains(after), "{edited}");
        }
    }

    #[test]
    fn an_expression_is_completed_word_by_word() {
        check("${|", &["workflow.input", "workflow.secrets"], Some("x: ${workflow.input\n"));
        check("${workflow.input.|", &["email", "type"], Some("x: ${workflow.input.email}\n"));
        check("${workflow.input.ty|pe}", &["email", "type"], Some("x: ${workflow.input.email}\n"));
        check("a ${workflow.secrets.|} b", &["zoom_token"], Some("x: a ${workflow.secrets.zoom_token} b\n"));
        check("'${create.output.response.|}'", &["statusCode", "body"], None);
        check("${create.output.response.body.|", &["id", "email", "first_name", "last_name", "type", "extra"], None);
        check("${create.|", &["output", "input", "status"], None);
        check("${a} |", &[], None);
        check("$${|", &[], None);
        check("${unknown.|", &[], None);
    }
}
