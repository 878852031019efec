//! The arguments of `legwork new`.

use clap::Args;
use std::path::PathBuf;

/// Make a workflow definition to begin with.
///
/// It has one task that does nothing; `legwork add` puts real ones behind it.
#[derive(Debug, Args)]
#[command(after_help = NEW_EXAMPLES, after_long_help = NEW_EXAMPLES)]
pub(crate) struct NewArgs {
    /// The file to write, which must not be there yet; .json makes JSON. Without it, YAML to standard output
    pub(crate) file: Option<PathBuf>,
    /// The workflow's name; without it, the file's
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
}

const NEW_EXAMPLES: &str = "\
Examples:
  legwork new create-user.yaml
  legwork add zoom_users_create --to create-user.yaml
  legwork test create-user.yaml --sandbox";
