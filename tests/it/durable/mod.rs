//! Runs that survive their process: the real command, killed for real at every write of its journal.

mod files;
mod kills;
mod server;
mod unknown;

use crate::command::{Ran, Scratch};
use server::Server;

/// A secret that must not be found in any file.
const SECRET: &str = "s3cret-of-the-journal-tests";

/// The command with the secret in its environment.
fn legwork(scratch: &Scratch, arguments: &[&str]) -> Ran {
    scratch.command().args(arguments).env("CONDUCTOR_SECRET_token", SECRET).output().expect("the command").into()
}

/// The same, killed at a stage of a write of its journal: `after:3`.
fn killed_at(scratch: &Scratch, at: &str, arguments: &[&str]) -> Ran {
    let mut command = scratch.command();
    command.args(arguments).env("CONDUCTOR_SECRET_token", SECRET).env("LEGWORK_KILL_AT", at);
    command.output().expect("the command").into()
}

/// Writes a workflow whose requests go to the server.
fn workflow(scratch: &Scratch, server: &Server, tasks: &str) {
    let text =
        format!("name: durable\nversion: 1\nschemaVersion: 2\ntasks:\n{}\n", tasks.replace("SERVER", &server.url()));
    scratch.file("w.yaml", text);
}
