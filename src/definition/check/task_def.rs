//! Task definitions: names, ranges and time-outs; and the schemas of either kind of definition.

use super::super::read::Cursor;
use super::super::{Dialect, TaskDef};
use super::{Checker, head, present, text};
use crate::diagnostic::{Severity, codes};

impl Checker<'_> {
    /// Checks a task definition.
    pub(super) fn task_def(&mut self, def: &Cursor<'_>) {
        if !def.value.is_object() {
            return;
        }
        self.name(def, "name", "the task definition");
        for (key, least) in
            [("retryCount", 0), ("responseTimeoutSeconds", 1), ("pollTimeoutSeconds", 0), ("backoffScaleFactor", 1)]
        {
            self.at_least(def, key, least);
        }
        self.schemas(def);
        let typed = TaskDef::from_value(def.value);
        if typed.timeout_seconds <= 0 || typed.response_timeout_seconds <= typed.timeout_seconds {
            return;
        }
        let (response, timeout) = (typed.response_timeout_seconds, typed.timeout_seconds);
        let written = def.get("responseTimeoutSeconds");
        let (said, help) = match written {
            Some(_) => ("", "lower `responseTimeoutSeconds`, or raise `timeoutSeconds`"),
            None => (" (the default)", "set `responseTimeoutSeconds` as well"),
        };
        let message =
            format!("`responseTimeoutSeconds` is {response}{said}, longer than `timeoutSeconds`, which is {timeout}");
        let at = written.or_else(|| def.get("timeoutSeconds"));
        let span = at.and_then(|at| at.span()).or_else(|| head(def));
        self.refuse(codes::E0214, def, span, message, help);
    }

    /// `inputSchema` and `outputSchema`: a server wants a `SchemaDef` around the JSON Schema.
    pub(super) fn schemas(&mut self, def: &Cursor<'_>) {
        for key in ["inputSchema", "outputSchema"] {
            let Some(schema) = present(def, key) else { continue };
            if !schema.value.is_object() {
                self.report.wrong_type(&schema, "a mapping with `name`, `type` and `data`");
                continue;
            }
            let Some(kind) = present(&schema, "type") else { continue };
            if matches!(text(&schema, "type"), Some("JSON" | "AVRO" | "PROTOBUF")) {
                continue;
            }
            let message = format!("the `type` of `{key}` must be JSON, AVRO or PROTOBUF, not {}", kind.value);
            let help = "put the JSON Schema under `data`, beside `name`, `version` and `type: JSON`".to_owned();
            self.report.at(codes::E0204, &kind, message, help);
            if self.dialect == Dialect::Legwork {
                self.report.severity(Severity::Warning);
            }
        }
    }
}
