//! Rules about single tasks: retries, time-outs, operations that should not be used any more.

use super::Linter;
use crate::definition::{HttpInput, TaskType};
use crate::diagnostic::codes;
use crate::plan::{Kind, Node};
use serde_json::Value;

impl Linter<'_> {
    pub(super) fn calls(&mut self) {
        let plan = self.plan;
        for (_, node) in plan.nodes() {
            self.retry_without_effect(node);
            self.unsafe_retry(node);
            self.no_time_out(node);
            self.deprecated(node);
        }
        self.endless_wait();
    }

    /// `retryCount` on what is never tried again.
    fn retry_without_effect(&mut self, node: &Node) {
        let never = node.kind.is_operator()
            || matches!(node.kind, Kind::SetVariable | Kind::Terminate | Kind::Noop | Kind::Human | Kind::Wait);
        let at = node.pointer.key("retryCount");
        let count = self.document.value.pointer(at.as_str()).and_then(Value::as_i64).unwrap_or(0);
        if never && count > 0 {
            let kind = node.task_type.as_str();
            let message =
                format!("`retryCount` of `{}` has no effect: a {kind} task is never tried again", node.reference_name);
            self.tell(codes::E0901, message, "take it out, or give it to the task whose failure is meant", &at);
        }
    }

    /// A call that must not be made twice, with retries that are therefore skipped.
    fn unsafe_retry(&mut self, node: &Node) {
        if node.retry.count == 0 || !matches!(node.kind, Kind::Http | Kind::ByReference) {
            return;
        }
        let by_method = || matches!(self.method(node).as_str(), "POST" | "PATCH");
        let repeats = node.entry.as_ref().map_or_else(by_method, |entry| !entry.is_idempotent());
        let is_looked_up = node.entry.as_ref().is_some_and(|entry| entry.ensure().is_some());
        if !repeats || is_looked_up || self.has_key(node) {
            return;
        }
        let message = format!(
            "`{}` is not sent again after a time-out or a 5xx answer: a second sending could do it twice",
            node.reference_name
        );
        let help = "say in its task definition how to look up what became of it (`ensure`) or that it may be repeated \
                    (`idempotent: true`), or send an Idempotency-Key header";
        self.tell(codes::E0903, message, help, &node.pointer.key("taskReferenceName"));
    }

    fn method(&self, node: &Node) -> String {
        let written = self.input(node).and_then(|input| HttpInput::of(input).method.and_then(Value::as_str));
        let own = node.entry.as_ref().and_then(|entry| entry.method.as_deref());
        written.or(own).unwrap_or_default().to_ascii_uppercase()
    }

    fn input(&self, node: &Node) -> Option<&serde_json::Map<String, Value>> {
        self.document.value.pointer(node.pointer.key("inputParameters").as_str())?.as_object()
    }

    /// Whether the request carries a key by which a server knows it again.
    fn has_key(&self, node: &Node) -> bool {
        let is_key = |name: &String| {
            let name = name.to_ascii_lowercase();
            name == "idempotency-key" || name == "x-idempotency-key" || name == "x-request-id" || name == "request-id"
        };
        let written = self.input(node).and_then(|input| HttpInput::of(input).headers.and_then(Value::as_object));
        let own =
            node.entry.as_ref().and_then(|entry| entry.operation.request.as_ref()).map(|request| &request.headers);
        written.into_iter().chain(own).any(|headers| headers.keys().any(is_key))
    }

    /// A call or a worker's task that nothing but a default limits.
    fn no_time_out(&mut self, node: &Node) {
        const OWN: &[&str] = &["connectionTimeOut", "readTimeOut", "timeOuts"];
        if !matches!(node.kind, Kind::Http | Kind::ByReference | Kind::Worker { .. }) {
            return;
        }
        let input = self.input(node);
        let request = input.and_then(|input| input.get("http_request")?.as_object()).or(input);
        let has_own = request.is_some_and(|request| OWN.iter().any(|name| request.contains_key(*name)));
        let options =
            node.entry.as_ref().and_then(|entry| entry.operation.request.as_ref()).map(|request| &request.options);
        let by_entry = options.is_some_and(|options| OWN.iter().any(|name| options.contains_key(*name)));
        let in_place = self.document.value.pointer(node.pointer.key("taskDefinition").as_str());
        let is_defined = in_place.is_some_and(Value::is_object) || self.catalogue.get(&node.name).is_some();
        let is_limited = is_defined && (node.timeouts.total_ms > 0 || node.timeouts.response_ms > 0);
        if has_own || by_entry || is_limited {
            return;
        }
        let reference = &node.reference_name;
        let (message, help) = if node.task_type == TaskType::Http {
            let help = "give it `readTimeOut` (milliseconds), or a task definition with `timeoutSeconds`";
            (format!("`{reference}` has no time-out of its own"), help)
        } else {
            let help = "give it a task definition with `timeoutSeconds` and `responseTimeoutSeconds`";
            (format!("`{reference}` has no time-out: its worker may never answer"), help)
        };
        self.tell(codes::E0904, message, help, &node.pointer.key("taskReferenceName"));
    }

    /// A workflow that waits for somebody and has no end of its own.
    fn endless_wait(&mut self) {
        let waits = self.plan.nodes().find(|(_, node)| matches!(node.kind, Kind::Human));
        let Some((_, node)) = waits.filter(|_| self.plan.timeout_ms == 0) else { return };
        let message = format!("the workflow waits for ever when nobody ends `{}`", node.reference_name);
        let help = "give the workflow `timeoutSeconds` and `timeoutPolicy: TIME_OUT_WF`";
        self.tell(codes::E0904, message, help, &node.pointer.key("taskReferenceName"));
    }

    fn deprecated(&mut self, node: &Node) {
        let Some(entry) = node.entry.as_ref().filter(|entry| entry.docs().deprecated) else { return };
        let message = format!("`{}` calls {}, which its API has deprecated", node.reference_name, entry.name);
        let help = format!("`legwork show {}` tells more; `legwork search` finds what replaces it", entry.name);
        self.tell(codes::E0908, message, help, &node.pointer.key("name"));
    }
}
