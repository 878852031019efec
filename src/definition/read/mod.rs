//! The tolerant reader: a value with its spans becomes typed fields and diagnostics.
//!
//! It converts what Conductor's server converts (Jackson with unknown fields ignored and null accepted for numbers) and
//! reports what the server refuses. Nothing stops it. Start with [`Fields`].

mod cursor;
mod fields;
mod scalars;
mod tasks;

pub(super) use cursor::{Cursor, Report, kind};
pub(super) use fields::{Field, Fields, fields, read_object, write_object};

use serde_json::Value;

/// What came of reading one field.
pub(super) enum Read<T> {
    /// Writing it again gives what was written.
    Exact(T),
    /// It was converted; what was written is kept beside it.
    Converted(T),
    /// It is reported and cannot be used.
    Refused,
}

/// A type of a field: how it is read from a definition and written to one.
pub(super) trait Wire: Sized {
    /// Reads the value at the cursor; what is wrong goes into the report.
    fn read(at: &Cursor<'_>, report: &mut Report<'_>) -> Read<Self>;

    /// The value that stands for it; `None` when it is absent.
    fn write(&self) -> Option<Value>;
}
