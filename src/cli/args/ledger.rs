//! The arguments of `legwork ledger`.

use super::{Output, SecretArgs};
use clap::{Args, Subcommand, ValueEnum};
use legwork::host::ledger::Place;

/// The form of what `ledger` prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LedgerOutput {
    /// For people.
    Human,
    /// One JSON list.
    Json,
}

impl From<LedgerOutput> for Output {
    fn from(output: LedgerOutput) -> Self {
        match output {
            LedgerOutput::Human => Self::Human,
            LedgerOutput::Json => Self::Json,
        }
    }
}

/// Look into a binding ledger: what was made for whom.
///
/// `legwork run --ledger FILE` binds each key of ours to one id of an API, for good. A row without an id is an intent: a call may have
/// been made, and the next run looks it up before it sends anything.
#[derive(Debug, Args)]
#[command(after_help = LEDGER_EXAMPLES, after_long_help = LEDGER_EXAMPLES)]
pub(crate) struct LedgerArgs {
    /// What to do
    #[command(subcommand)]
    pub(crate) action: LedgerAction,
    /// The form of the output
    #[arg(long, value_enum, default_value = "human", value_name = "FORM", global = true)]
    pub(crate) output: LedgerOutput,
    /// The environment [env.NAME] of the legwork.toml of this folder or above it: its secrets and network, for a database
    #[arg(long, value_name = "NAME", env = "LEGWORK_ENV", global = true)]
    pub(crate) env: Option<String>,
    #[command(flatten)]
    pub(crate) secrets: SecretArgs,
}

/// What `ledger` does.
#[derive(Debug, Subcommand)]
pub(crate) enum LedgerAction {
    /// List all bindings and intents
    List {
        /// The ledger: its file, or postgres://...
        place: Place,
    },
    /// Show what a key is bound to
    Show {
        /// The ledger: its file, or postgres://...
        place: Place,
        /// Our key
        key: String,
    },
    /// Forget a key: whoever asks for it next makes the thing again
    Forget {
        /// The ledger: its file, or postgres://...
        place: Place,
        /// Our key
        key: String,
    },
}

const LEDGER_EXAMPLES: &str = "\
Examples:
  legwork ledger list users.ledger
  legwork ledger show users.ledger user-17 --output json
  legwork ledger forget users.ledger user-17
  legwork ledger list postgres://legwork@db.example.com/legwork";
