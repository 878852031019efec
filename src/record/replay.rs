//! Answers from recordings, in the place of the network.

use super::asked::Asked;
use super::exchange::Recorded;
use super::folder::{FolderError, load};
use crate::http::{Delivery, Failure, HttpRequest, Sending, Trace, Transport};
use crate::secret::Redactor;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// How many differences a sentence names.
const NAMED: usize = 3;

/// A transport that opens no connection and needs no secret: it answers each request by the recording that asked for the same - method,
/// URL, fields and body, secrets masked - and does so at once, also where the recording is of a time-out.
///
/// The same request again gets the next recording of it; a GET or HEAD that is asked more often gets the last one again. What was not
/// recorded fails with `Failure::NoRecording`, which names the nearest recording and what differs.
pub struct Replay {
    recordings: Vec<Recorded>,
    /// Which ones were given.
    given: Mutex<Vec<bool>>,
    redactor: Redactor,
}

impl Replay {
    /// Answers from these recordings, calls of one kind in their order.
    #[must_use]
    pub fn new(recordings: Vec<Recorded>, redactor: Redactor) -> Self {
        let given = Mutex::new(vec![false; recordings.len()]);
        Self { recordings, given, redactor }
    }

    /// Answers from the recordings of a folder.
    ///
    /// # Errors
    /// As [`load`].
    pub fn open(folder: &Path, redactor: Redactor) -> Result<Self, FolderError> {
        Ok(Self::new(load(folder)?, redactor))
    }

    /// The recordings that nobody has asked for so far, by the names of their files.
    #[must_use]
    pub fn unused(&self) -> Vec<&str> {
        let given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        let left = self.recordings.iter().zip(given.iter()).filter(|(_, given)| !**given);
        left.map(|(recorded, _)| recorded.name()).collect()
    }

    fn answer(&self, request: &HttpRequest) -> Delivery {
        let now = Asked::of(request, &self.redactor);
        let found = self.find(&now, request.is_safe());
        let (result, written) = match found {
            Ok(recorded) => recorded.answer.result(),
            Err(told) => (Err(Failure::NoRecording { told: told.into() }), false),
        };
        Delivery { result, trace: Trace { written, ..Trace::default() } }
    }

    fn find(&self, now: &Asked, is_safe: bool) -> Result<&Recorded, String> {
        let mut given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        let mut last = None;
        let mut count = 0;
        for (recorded, given) in self.recordings.iter().zip(given.iter_mut()) {
            if !recorded.asked.is(now) {
                continue;
            }
            if !*given {
                *given = true;
                return Ok(recorded);
            }
            (last, count) = (Some(recorded), count + 1);
        }
        match last {
            Some(recorded) if is_safe => Ok(recorded),
            Some(_) if count == 1 => Err(format!("{} was recorded once, and is asked for again", named(now))),
            Some(_) => Err(format!("{} was recorded {count} times, and is asked for once more", named(now))),
            None => Err(self.nearest(now)),
        }
    }

    /// What is nearest to a request that nobody recorded.
    fn nearest(&self, now: &Asked) -> String {
        let judged = self.recordings.iter().map(|recorded| (recorded, recorded.asked.differences(now)));
        let nearest = judged.min_by_key(|(_, found)| found.iter().map(|difference| difference.weight).sum::<usize>());
        let Some((recorded, found)) = nearest else { return format!("no recording answers {}", named(now)) };
        let mut told: Vec<_> = found.iter().take(NAMED).map(super::compare::Difference::sentence).collect();
        if found.len() > NAMED {
            told.push(format!("and {} more differ", found.len() - NAMED));
        }
        format!("no recording answers {}; the nearest is {}: {}", named(now), recorded.name, told.join(", "))
    }
}

impl Transport for Replay {
    fn send<'a>(&'a self, request: &'a HttpRequest, _: Option<Instant>) -> Sending<'a> {
        Box::pin(std::future::ready(self.answer(request)))
    }
}

fn named(asked: &Asked) -> String {
    format!("{} {}", asked.method, asked.path())
}
