//! A build without the feature `author` knows the task definitions inside the program and those that are named.

use super::exit::Stop;
use legwork::catalogue::Catalogue;
use legwork::source::SourceFile;
use std::path::{Path, PathBuf};

/// Nothing is found in folders.
#[expect(clippy::unnecessary_wraps, reason = "the build with folders can fail")]
pub(crate) fn complete(_: &mut Catalogue, _: &[&str], _: &[PathBuf], _: &Path) -> Result<(), Stop> {
    Ok(())
}

/// Nothing is found in folders.
#[expect(clippy::unnecessary_wraps, reason = "the build with folders can fail")]
pub(crate) fn complete_all(_: &mut Catalogue, _: &[PathBuf]) -> Result<(), Stop> {
    Ok(())
}

/// No index is made.
pub(crate) fn finish() {}

/// No document is used in place.
pub(crate) fn begins_as_document(_: &Path) -> bool {
    false
}

/// No document is used in place.
pub(crate) fn is_document(_: &SourceFile) -> bool {
    false
}
