//! Where requests go.

use std::path::PathBuf;

/// Where requests go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// To the hosts that they name.
    Live,
    /// To the sandbox in this process.
    Sandbox,
    /// To a sandbox that is running somewhere.
    SandboxAt(String),
    /// A dry run: they are only shown.
    Nowhere,
    /// To the recordings in a folder.
    Replay(PathBuf),
}
