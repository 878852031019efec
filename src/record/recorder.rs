//! Writes down what goes through a transport.

use super::asked::Asked;
use super::exchange::{Answer, Recorded};
use super::folder::FolderError;
use super::name;
use crate::host::recordings;
use crate::http::{Delivery, HttpRequest, Response, Sending, Transport};
use crate::secret::{Redactor, Secret};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// What answers hold that is as good as a password.
const TOKENS: &[&str] = &["access_token", "refresh_token", "id_token", "client_secret"];

/// A transport before another one: each call goes into a file of its own, masked, as soon as its answer is there. Tokens that an answer
/// gives are told to the redactor first.
///
/// Each call of one method and URL gets the next number; [`finish`](Self::finish) takes away what an earlier recording had more of them.
/// A call that our own side keeps back (the egress guard, say) is not written.
pub struct Recorder {
    inner: Arc<dyn Transport>,
    redactor: Redactor,
    /// `None` keeps everything in memory.
    folder: Option<PathBuf>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// How many calls of each stem there were.
    counts: BTreeMap<String, usize>,
    written: Vec<Recorded>,
    failed: Option<FolderError>,
}

impl Recorder {
    /// Writes into a folder, which is made when there is none.
    #[must_use]
    pub fn new(inner: Arc<dyn Transport>, redactor: Redactor, folder: PathBuf) -> Self {
        Self { inner, redactor, folder: Some(folder), state: Mutex::default() }
    }

    /// Writes nothing: for a comparison.
    #[must_use]
    pub fn in_memory(inner: Arc<dyn Transport>, redactor: Redactor) -> Self {
        Self { inner, redactor, folder: None, state: Mutex::default() }
    }

    /// Ends the recording and gives what was recorded, sorted. Secrets that became known later are masked in earlier files too.
    ///
    /// # Errors
    /// [`FolderError`] when anything could not be written.
    pub fn finish(&self) -> Result<Vec<Recorded>, FolderError> {
        let State { counts, written, failed } =
            std::mem::take(&mut *self.state.lock().unwrap_or_else(PoisonError::into_inner));
        if let Some(failed) = failed {
            return Err(failed);
        }
        let mut all = Vec::with_capacity(written.len());
        for recorded in written {
            all.push(self.masked_again(recorded)?);
        }
        self.remove_more_than(&counts)?;
        all.sort_by(|left: &Recorded, right| name::parts(&left.name).cmp(&name::parts(&right.name)));
        Ok(all)
    }

    fn masked_again(&self, recorded: Recorded) -> Result<Recorded, FolderError> {
        let text = recorded.text();
        let mut value: Value = serde_json::from_str(&text).unwrap_or_default();
        self.redactor.redact_value(&mut value);
        match Recorded::parse(&recorded.name, &value.to_string()) {
            Ok(masked) if masked != recorded => {
                self.write(&masked)?;
                Ok(masked)
            }
            _ => Ok(recorded),
        }
    }

    /// Calls that an earlier recording has beyond those of this one.
    fn remove_more_than(&self, counts: &BTreeMap<String, usize>) -> Result<(), FolderError> {
        let Some(folder) = &self.folder else { return Ok(()) };
        for old in recordings::names(folder)? {
            let (stem, number) = name::parts(&old);
            if counts.get(stem).is_some_and(|count| number > *count) {
                let failed = |source| FolderError::Write { folder: folder.clone(), source };
                recordings::remove(folder, &old).map_err(failed)?;
            }
        }
        Ok(())
    }

    fn write(&self, recorded: &Recorded) -> Result<(), FolderError> {
        let Some(folder) = &self.folder else { return Ok(()) };
        let failed = |source| FolderError::Write { folder: folder.clone(), source };
        recordings::write(folder, &recorded.name, &recorded.text()).map_err(failed)
    }

    /// The name of the next call of its kind: in the order in which calls begin.
    fn name(&self, asked: &Asked) -> String {
        let stem = name::stem(&asked.method, asked.path());
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let count = state.counts.entry(stem.clone()).or_default();
        *count += 1;
        name::name(&stem, *count)
    }

    fn keep(&self, name: String, asked: Asked, delivery: &Delivery) {
        if let Ok(response) = &delivery.result {
            learn_tokens(response, &self.redactor);
        }
        let Some(answer) = Answer::of(&delivery.result, delivery.trace.written, &self.redactor) else { return };
        let recorded = Recorded { name, asked, answer };
        let outcome = self.write(&recorded);
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.written.push(recorded);
        if let Err(failed) = outcome {
            state.failed.get_or_insert(failed);
        }
    }
}

impl Transport for Recorder {
    fn send<'a>(&'a self, request: &'a HttpRequest, deadline: Option<Instant>) -> Sending<'a> {
        Box::pin(async move {
            let asked = Asked::of(request, &self.redactor);
            let name = self.name(&asked);
            let delivery = self.inner.send(request, deadline).await;
            self.keep(name, asked, &delivery);
            delivery
        })
    }
}

fn learn_tokens(response: &Response, redactor: &Redactor) {
    let Ok(Value::Object(body)) = serde_json::from_slice::<Value>(&response.body) else { return };
    for token in TOKENS.iter().filter_map(|name| body.get(*name)?.as_str()) {
        redactor.add(&Secret::new(token));
    }
}
