//! What a journal's records hold, beside their time.
//!
//! A run begins with texts and one `start`; then come events, each before what it leads to is done, and between them the calls
//! that are about to be made. Where a secret stood in a record is a mask, and `hidden` says which one.

use crate::decide::{Event, Start, TaskAddress};
use crate::http::{Kind, RequestError};
use crate::secret::{Hidden, SecretStore, reveal};
use crate::task::CallRecord;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Names of records.
pub(super) mod kind {
    pub(in crate::run) const START: &str = "start";
    pub(in crate::run) const EVENT: &str = "event";
    pub(in crate::run) const CALL: &str = "call";
    pub(in crate::run) const CALLED: &str = "called";
    pub(in crate::run) const RESUMED: &str = "resumed";
}

/// What a run was started with.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Started {
    /// The version of Legwork that began it.
    pub(super) legwork: String,
    pub(super) seed: String,
    pub(super) workflow: String,
    pub(super) input: Arc<Value>,
    pub(super) version: Option<i64>,
    pub(super) correlation_id: Option<String>,
    pub(super) env: BTreeMap<String, String>,
    /// Whatever the program needs to make the same plan and runner again.
    pub(super) settings: Value,
}

impl Started {
    pub(super) fn start(&self) -> Start {
        Start {
            input: self.input.clone(),
            version: self.version,
            correlation_id: self.correlation_id.clone(),
            env: Arc::new(self.env.clone()),
            parent: None,
        }
    }
}

/// Something that happened.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Happened {
    pub(super) event: Event,
    #[serde(default, skip_serializing_if = "By::is_run")]
    pub(super) by: By,
}

/// Who brought an event about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum By {
    /// The run itself: an answer, a script, time.
    #[default]
    Run,
    /// A signal that was given beforehand.
    Signal,
    /// A user who decided what became of a call.
    User,
    /// A look-up that found out what became of a call.
    LookUp,
}

impl By {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    fn is_run(&self) -> bool {
        *self == Self::Run
    }
}

/// A call that is about to be made.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Announced {
    pub(super) task: TaskAddress,
    #[serde(rename = "ref")]
    pub(super) reference_name: String,
    pub(super) task_id: String,
}

/// What a report tells of a call that was made.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Called {
    pub(super) task: TaskAddress,
    pub(super) sent: bool,
    pub(super) answered: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) kind: Option<String>,
    /// Why no request could be built.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) refused: Option<String>,
    /// Whether it was decided not to send it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) withheld: bool,
    /// What was decided about the call beside sending it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) notes: Vec<Box<str>>,
}

impl Called {
    pub(super) fn of(task: TaskAddress, call: &CallRecord) -> Self {
        Self {
            task,
            sent: call.sent,
            answered: call.answered,
            kind: call.kind.as_ref().map(ToString::to_string),
            refused: call.refused.as_ref().map(ToString::to_string),
            withheld: call.withheld,
            notes: call.notes.clone(),
        }
    }

    pub(super) fn into_record(self) -> (TaskAddress, CallRecord) {
        let kind =
            self.kind.map(|kind| if kind == Kind::NoEntry.as_str() { Kind::NoEntry } else { Kind::Named(kind.into()) });
        let refused = self.refused.map(|reason| RequestError::Failed { reason: reason.into(), response: None });
        let Self { task, sent, answered, withheld, notes, .. } = self;
        let record = CallRecord { sent, answered, kind, refused, withheld, notes, ..CallRecord::default() };
        (task, record)
    }
}

/// A record's content with its secrets back in their places.
pub(super) fn read<T: DeserializeOwned>(content: &str, secrets: &dyn SecretStore) -> Result<T, serde_json::Error> {
    #[derive(Deserialize)]
    struct Kept {
        #[serde(default)]
        hidden: Vec<Hidden>,
        record: Value,
    }
    let mut kept: Kept = serde_json::from_str(content)?;
    reveal(&mut kept.record, &kept.hidden, secrets);
    serde_json::from_value(kept.record)
}

/// A record's content, as text.
pub(super) fn written(record: &Value, hidden: &[Hidden]) -> String {
    #[derive(Serialize)]
    struct Kept<'k> {
        #[serde(skip_serializing_if = "<[Hidden]>::is_empty")]
        hidden: &'k [Hidden],
        record: &'k Value,
    }
    serde_json::to_string(&Kept { hidden, record }).unwrap_or_default()
}
