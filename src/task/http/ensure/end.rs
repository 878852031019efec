//! How a call that is made sure of ends.

use super::super::super::{CallRecord, Outcome};
use super::Ensured;
use crate::decide::{Resend, RetryAdvice, TaskResult};
use crate::host::ledger::{Binding, LedgerError};
use crate::http::Kind;
use crate::resolve::TaskStatus;
use crate::source::Pointer;
use serde_json::{Value, json};

impl Ensured<'_> {
    /// The output of a binding: what was kept, in its places of an answer.
    pub(super) fn already_bound(mut self, binding: &Binding) -> Outcome {
        let id = binding.id.as_deref().unwrap_or_default();
        self.note(&format!("the key `{}` is bound to {id}: nothing was sent", self.names.key));
        let mut body = json!({});
        put_at(&mut body, self.ensure.created_pointer(), id.into());
        for (pointer, value) in &binding.kept {
            put_at(&mut body, pointer, value.clone());
        }
        let response = json!({"statusCode": 200, "reasonPhrase": "bound", "headers": {}, "body": body});
        self.completed(json!({"response": response, "ensuredBy": "ledger"}))
    }

    pub(super) fn no_ledger(self, err: &LedgerError) -> Outcome {
        let why = format!("{err}; {}", err.help());
        self.failed("ledger", &why, Resend::Safe)
    }

    pub(super) fn never(self, kind: &str, why: &str) -> Outcome {
        self.failed(kind, why, Resend::Never("only somebody who knows whose it is can mend that".to_owned()))
    }

    pub(super) fn failed(self, kind: &str, why: &str, resend: Resend) -> Outcome {
        let status = match resend {
            Resend::Never(_) => TaskStatus::FailedWithTerminalError,
            _ => TaskStatus::Failed,
        };
        let output = json!({"error": why, "kind": kind});
        let reason = Some(format!("{} {}: {why}", self.request.method(), self.request.shown_uri()));
        let advice = Some(RetryAdvice { resend, not_before_ms: self.not_before_ms });
        let result = TaskResult { reason, advice, ..TaskResult::new(status, output) };
        self.ended(result, Some(Kind::Named(kind.into())))
    }

    pub(super) fn completed(self, output: Value) -> Outcome {
        let ends = !self.attempt.node.async_complete;
        let status = if ends { TaskStatus::Completed } else { TaskStatus::InProgress };
        let advice = Some(RetryAdvice { resend: Resend::Safe, not_before_ms: None });
        self.ended(TaskResult { advice, ..TaskResult::new(status, output) }, None)
    }

    pub(super) fn ended(self, result: TaskResult, kind: Option<Kind>) -> Outcome {
        let answered = self.exchange.response().is_some();
        let exchange = Some(Box::new(self.exchange));
        let withheld = !self.sent;
        let call = CallRecord {
            exchange,
            sent: self.sent,
            answered,
            kind,
            withheld,
            notes: self.notes,
            ..CallRecord::default()
        };
        Outcome { result: Some(result), call: Some(call) }
    }

    pub(super) fn with_notes(self, mut outcome: Outcome) -> Outcome {
        if let Some(call) = &mut outcome.call {
            call.exchange = Some(Box::new(self.exchange));
            call.sent |= self.sent;
            call.notes = self.notes;
        }
        outcome
    }

    pub(super) fn note(&mut self, sentence: &str) {
        self.notes.push(self.attempt.services.redactor.redact(sentence).into());
    }
}

pub(super) fn put(output: &mut Value, key: &str, value: &str) {
    if let Value::Object(output) = output {
        output.insert(key.to_owned(), value.into());
    }
}

/// Puts a value at a pointer, with the objects on the way.
pub(super) fn put_at(into: &mut Value, pointer: &str, value: Value) {
    let pointer = Pointer::parse(pointer);
    let mut at = into;
    for step in pointer.steps() {
        if !at.is_object() {
            *at = json!({});
        }
        let Value::Object(object) = at else { return };
        at = object.entry(step).or_insert(Value::Null);
    }
    *at = value;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_put_in_their_places() {
        let check = |pointer: &str, expected: Value| {
            let mut body = json!({"id": 1});
            put_at(&mut body, pointer, json!("x"));
            assert_eq!(body, expected, "{pointer}");
        };
        check("/email", json!({"id": 1, "email": "x"}));
        check("/a/b", json!({"id": 1, "a": {"b": "x"}}));
        check("/id", json!({"id": "x"}));
        check("", json!("x"));
    }
}
