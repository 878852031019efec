//! Where secrets come from, and whether they are shown.

use clap::Args;
use legwork::diagnostic::{Diagnostic, codes};
use legwork::host::SecretSource;
use std::path::Path;

const SECRET: &str = "\
A secret from a file, NAME=@FILE, or from standard input, NAME=-; may be repeated

As in --secret zoom_client_secret=@client-secret.txt, or pass show zoom | legwork run w.yaml --secret zoom_token=-

The line end at its end does not count. A value itself is refused here: other users and the shell's history would see it.";

const SECRET_COMMAND: &str = "\
A secret that a program prints, NAME=PROGRAM ARGUMENT...; may be repeated

As in --secret-command 'zoom_client_secret=op read op://vault/zoom/secret'

No shell is started; the program's input is empty, and it has 30 seconds. It runs when the secret is needed, and never for the \
sandbox or a dry run. In legwork.toml: [env.dev.secrets] zoom_client_secret = { command = [\"op\", \"read\", \
\"op://vault/zoom/secret\"] }, or { file = \"secret.txt\" }, or { env = \"ZOOM_SECRET\" }.";

/// Sources of secrets; each goes before the env file, `legwork.toml` and the process environment.
#[derive(Debug, Args)]
#[command(next_help_heading = "Secrets")]
pub(crate) struct SecretArgs {
    /// A secret from a file, NAME=@FILE, or from standard input, NAME=-; may be repeated
    #[arg(long, value_name = "NAME=SOURCE", long_help = SECRET)]
    pub(crate) secret: Vec<String>,
    /// A secret that a program prints, NAME=PROGRAM ARGUMENT...; may be repeated
    #[arg(long, value_name = "NAME=COMMAND", long_help = SECRET_COMMAND)]
    pub(crate) secret_command: Vec<String>,
}

/// Whether secrets are shown.
#[derive(Debug, Args)]
pub(crate) struct RevealArgs {
    /// Show secrets in clear: asks first, and refuses where input or output is no terminal
    #[arg(long, help_heading = "Secrets", conflicts_with = "record")]
    pub(crate) reveal_secrets: bool,
}

impl SecretArgs {
    /// The sources by name. `file` is what the command reads: two things cannot both be standard input.
    pub(crate) fn sources(&self, file: &Path) -> Result<Vec<(String, SecretSource)>, Vec<Diagnostic>> {
        let parsed = self.secret.iter().map(|text| SecretSource::parse(text));
        let parsed = parsed.chain(self.secret_command.iter().map(|text| SecretSource::parse_command(text)));
        let mut sources: Vec<(String, SecretSource)> = Vec::new();
        let mut problems = Vec::new();
        for source in parsed {
            match source {
                Ok((name, _)) if sources.iter().any(|(known, _)| *known == name) => {
                    let message = format!("there are two sources of the secret `{name}`");
                    problems.push(Diagnostic::new(codes::E0641, message).help("give one of them"));
                }
                Ok(source) => sources.push(source),
                Err(problem) => problems.push(*problem),
            }
        }
        let readers = sources.iter().filter(|(_, source)| *source == SecretSource::StandardInput).count();
        if readers + usize::from(file == Path::new("-")) > 1 {
            let message = "standard input can be only one thing: one secret, or the definition";
            problems.push(Diagnostic::new(codes::E0641, message).help("read the others from files: NAME=@FILE"));
        }
        if problems.is_empty() { Ok(sources) } else { Err(problems) }
    }
}
