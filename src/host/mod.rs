//! The only module that touches the machine: files, the environment of the process, clock and random ids.
//!
//! Everything else takes texts, values and times as arguments. Start with [`load_source`] and [`Project`].

mod attachment;
mod command;
pub mod database;
#[cfg(feature = "import")]
pub mod draft_folder;
mod env_file;
mod environment;
mod input;
pub mod journal;
#[cfg(feature = "journal")]
mod kill;
pub mod ledger;
mod machine;
mod network;
#[cfg(feature = "journal")]
pub mod outbox;
mod private_file;
mod project;
mod project_secrets;
mod project_worker;
mod read;
pub mod recordings;
mod saving;
mod secret_source;
#[cfg(feature = "author")]
pub mod shelf;
mod write;

pub use attachment::{AttachmentError, read_attachment};
pub use command::CommandError;
pub use env_file::EnvFile;
pub use environment::HostSecrets;
pub use input::{Input, InputValue};
pub use machine::{chance, new_id, new_seed, now_ms};
pub use network::{Egress, Network, ProxyVariables};
pub use private_file::{cache_folder, write_private};
pub use project::{Environment, EnvironmentInput, Project};
pub use project_worker::WorkerSettings;
pub use read::{ReadError, beside_definitions, load_source, load_text, yaml_and_json_files};
pub use saving::{Saved, Saving, is_below, make_folder};
pub use secret_source::{SecretError, SecretSource};
pub use write::{WriteError, replace_text, write_new_text};
