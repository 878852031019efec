//! Expressions beside a recorded server and beside another implementation.

mod conformance;
mod peer;

use std::path::PathBuf;

/// A folder of recorded material: beside the project, or where `LEGWORK_SHARED` says.
pub(crate) fn shared(below: &str) -> Option<PathBuf> {
    let root = std::env::var_os("LEGWORK_SHARED")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared")), PathBuf::from);
    Some(root.join(below)).filter(|path| path.exists())
}
