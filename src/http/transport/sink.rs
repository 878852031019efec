//! Where the decoded body of an answer goes: into memory, into a file, or into a list of events.

use super::Response;
use super::failure::Failure;
use crate::host::{Saved, Saving};
use crate::http::events::{Ended, Events, Form};
use crate::http::headers::Headers;
use crate::http::request::{HttpRequest, Receive, ToFile};
use serde_json::json;
use std::io::{self, Write};
use std::sync::Arc;
use std::time::Instant;

/// The setting that changes the size limit, as error messages name it.
pub(crate) const SIZE_SETTING: &str = "maxResponseBytes";

/// What the body of an answer was made into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Made {
    /// A file: the body is `{"file", "size", "sha256"}`.
    File,
    /// A list of events.
    Events(Ended),
}

/// A body on its way.
#[derive(Default)]
pub(super) struct Sink {
    to: To,
    written: u64,
    limit: u64,
    setting: &'static str,
    pub(super) over: Option<u64>,
    failed: Option<io::Error>,
}

enum To {
    Memory(Vec<u8>),
    File(Box<Spill>),
    Events(Box<Events>),
}

impl Default for To {
    fn default() -> Self {
        Self::Memory(Vec::new())
    }
}

/// A body that goes into a file once it is longer than a limit.
struct Spill {
    file: Arc<ToFile>,
    extension: &'static str,
    kept: Vec<u8>,
    saving: Option<Saving>,
}

/// A body that has come to its end.
pub(super) struct Whole {
    pub(super) body: Vec<u8>,
    pub(super) made: Option<Made>,
}

impl Whole {
    /// Whether the answer goes on behind it.
    pub(super) fn is_cut(&self) -> bool {
        matches!(self.made, Some(Made::Events(ended)) if ended != Ended::Server)
    }
}

impl Sink {
    /// The sink of an answer; only one of 2xx is saved or gathered, an error is read as it is.
    pub(super) fn of(request: &HttpRequest, status: u16, headers: &Headers) -> Self {
        let limit = request.max_response_bytes();
        let plain = Self::memory(limit);
        let Some(wanted) = request.receive().filter(|_| (200..300).contains(&status)) else { return plain };
        let content_type = headers.get("Content-Type");
        match wanted {
            Receive::File(file) => {
                let extension = extension(content_type.as_deref());
                let spill = Spill { file: Arc::clone(file), extension, kept: Vec::new(), saving: None };
                let (to, limit) = (To::File(Box::new(spill)), file.max_bytes);
                Self { to, limit, setting: "toFile.maxBytes", ..plain }
            }
            Receive::Events(until) => match Form::of(content_type.as_deref()) {
                Some(form) => Self { to: To::Events(Box::new(Events::new(Arc::clone(until), form))), ..plain },
                None => plain,
            },
        }
    }

    /// A sink that keeps the body.
    pub(super) fn memory(limit: u64) -> Self {
        Self { limit, setting: SIZE_SETTING, ..Self::default() }
    }

    /// Makes room for so many bytes, where they are kept.
    pub(super) fn expect(&mut self, count: usize) {
        if let To::Memory(bytes) = &mut self.to {
            bytes.reserve_exact(count);
        }
    }

    /// The failure of a body that is announced to be longer than it may be.
    pub(super) fn too_large(&self, seen: u64) -> Option<Failure> {
        let Self { limit, setting, .. } = *self;
        (seen > limit).then_some(Failure::TooLarge { part: "body", seen, limit, setting })
    }

    /// Why something could not be written, when it was not the decoder's fault.
    pub(super) fn failure(&mut self) -> Option<Failure> {
        if let Some(source) = self.failed.take() {
            return Some(self.not_saved(source));
        }
        self.over.and_then(|seen| self.too_large(seen))
    }

    fn not_saved(&self, source: io::Error) -> Failure {
        let folder = match &self.to {
            To::File(spill) => spill.file.folder.display().to_string(),
            To::Memory(_) | To::Events(_) => String::new(),
        };
        Failure::Save { folder: folder.into(), source }
    }

    /// When a stream has lasted long enough, counted from now.
    pub(super) fn ends_at(&self) -> Option<Instant> {
        match &self.to {
            To::Events(events) => Instant::now().checked_add(events.max_time()?),
            To::Memory(_) | To::File(_) => None,
        }
    }

    /// Whether what comes has to be looked at without delay.
    pub(super) fn is_stream(&self) -> bool {
        matches!(self.to, To::Events(_))
    }

    /// Whether enough has come.
    pub(super) fn is_done(&self) -> bool {
        matches!(&self.to, To::Events(events) if events.is_done())
    }

    /// Its time is over.
    pub(super) fn time_is_over(&mut self) {
        if let To::Events(events) = &mut self.to {
            events.time_is_over();
        }
    }

    /// The whole body, or what was made of it.
    pub(super) fn finish(mut self) -> Result<Whole, Failure> {
        match std::mem::take(&mut self.to) {
            To::Memory(body) => Ok(Whole { body, made: None }),
            To::Events(events) => {
                let (body, ended) = events.finish();
                Ok(Whole { body, made: Some(Made::Events(ended)) })
            }
            To::File(spill) => {
                let folder = spill.file.folder.display().to_string();
                spill.finish().map_err(|source| Failure::Save { folder: folder.into(), source })
            }
        }
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.written += bytes.len() as u64;
        if self.written > self.limit {
            self.over = Some(self.written);
            return Err(io::Error::other("over the limit"));
        }
        match &mut self.to {
            To::Memory(kept) => kept.extend_from_slice(bytes),
            To::Events(events) => events.take(bytes),
            // Into the system's cache, piece by piece: a task of its own for each would take longer.
            To::File(spill) => {
                if let Err(error) = spill.write(bytes) {
                    self.failed = Some(error);
                    return Err(io::Error::other("not written"));
                }
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Spill {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if let Some(saving) = &mut self.saving {
            return saving.write(bytes);
        }
        if (self.kept.len() + bytes.len()) as u64 <= self.file.over_bytes {
            self.kept.extend_from_slice(bytes);
            return Ok(());
        }
        let saving = self.saving.insert(Saving::begin(&self.file.folder)?);
        saving.write(&std::mem::take(&mut self.kept))?;
        saving.write(bytes)
    }

    fn finish(mut self) -> io::Result<Whole> {
        let Some(saving) = self.saving.take() else { return Ok(Whole { body: self.kept, made: None }) };
        let own = || format!("answer-{}.{}", crate::host::new_id(), self.extension);
        let Saved { path, size, sha256 } = saving.finish(&self.file.name.as_deref().map_or_else(own, str::to_owned))?;
        let body = json!({"file": path.display().to_string(), "size": size, "sha256": sha256});
        Ok(Whole { body: body.to_string().into_bytes(), made: Some(Made::File) })
    }
}

/// What an answer that came whole becomes: the same as if it had come over the network.
///
/// # Errors
/// As of an answer over the network: [`Failure::TooLarge`], [`Failure::Save`].
pub(crate) fn received(request: &HttpRequest, mut response: Response) -> Result<Response, Failure> {
    let Some(wanted) = request.receive() else { return Ok(response) };
    prepare(wanted)?;
    let mut sink = Sink::of(request, response.status, &response.headers);
    if sink.write_all(&response.body).is_err()
        && let Some(failure) = sink.failure()
    {
        return Err(failure);
    }
    let Whole { body, made } = sink.finish()?;
    (response.body, response.made) = (body.into(), made);
    Ok(response)
}

/// Sees that an answer can be saved, before anything is sent.
pub(crate) fn prepare(wanted: &Receive) -> Result<(), Failure> {
    let Receive::File(file) = wanted else { return Ok(()) };
    let failed = |source| Failure::Save { folder: file.folder.display().to_string().into(), source };
    crate::host::make_folder(&file.folder).map_err(failed)
}

/// What the name of a file of that type ends with.
fn extension(content_type: Option<&str>) -> &'static str {
    let media = content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match media.as_str() {
        "application/pdf" => "pdf",
        "application/zip" => "zip",
        "application/gzip" | "application/x-gzip" => "gz",
        "application/xml" | "text/xml" => "xml",
        "text/csv" => "csv",
        "text/html" => "html",
        "text/plain" => "txt",
        "image/png" => "png",
        "image/jpeg" => "jpg",
        "image/gif" => "gif",
        "image/svg+xml" => "svg",
        "audio/mpeg" => "mp3",
        "video/mp4" => "mp4",
        json if json == "application/json" || json.ends_with("+json") => "json",
        _ => "bin",
    }
}
