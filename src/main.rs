//! The `legwork` command: arguments, rendering and exit codes. Everything else is in the library.

mod cli;

use std::process::ExitCode;

/// A run makes many small values and gives them back together, which this one does in half the time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cli::main()
}
