//! The arguments, as clap reads them.

#[cfg(feature = "author")]
mod author;
#[path = "args/without_author.rs"]
#[cfg(not(feature = "author"))]
mod author;
mod import;
mod ledger;
mod log;
mod lsp;
mod record;
mod sandbox;
mod secrets;
#[cfg(feature = "worker")]
mod server;
#[path = "args/without_server.rs"]
#[cfg(not(feature = "worker"))]
mod server;
mod show;

pub(crate) use author::*;
pub(crate) use import::*;
pub(crate) use ledger::{LedgerAction, LedgerArgs, LedgerOutput};
pub(crate) use log::{LogArgs, LogFormat};
pub(crate) use lsp::LspArgs;
pub(crate) use record::{CurlArgs, DriftArgs, RecordingArgs};
pub(crate) use sandbox::SandboxArgs;
pub(crate) use secrets::{RevealArgs, SecretArgs};
pub(crate) use server::*;
pub(crate) use show::{PageForm, ShowArgs};

use super::exit::Exit;
use clap::builder::styling::{AnsiColor, Styles};
use clap::{Args, Parser, Subcommand, ValueEnum};
use legwork::host::ledger::Place;
use std::path::PathBuf;

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

/// Typed, testable and safe HTTP calls for Conductor workflow definitions.
#[derive(Debug, Parser)]
#[command(name = "legwork", version, styles = STYLES, max_term_width = 110, propagate_version = true, after_help = Exit::table())]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) log: LogArgs,
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// One command, one file in `commands/`.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Run(RunArgs),
    Resume(ResumeArgs),
    Test(TestArgs),
    Check(CheckArgs),
    Explain(ExplainArgs),
    Schema(SchemaArgs),
    Show(ShowArgs),
    Sandbox(SandboxArgs),
    Ledger(LedgerArgs),
    Import(ImportArgs),
    Drift(DriftArgs),
    Curl(CurlArgs),
    Completions(CompletionsArgs),
    Lsp(LspArgs),
    #[command(flatten)]
    Author(AuthorCommand),
    #[command(flatten)]
    Server(ServerCommand),
}

impl Command {
    /// The form that the command's data was asked for in.
    pub(crate) fn output(&self) -> Output {
        match self {
            Self::Run(args) => args.common.output,
            Self::Resume(args) => args.output,
            Self::Test(args) => args.common.output,
            Self::Check(args) => args.common.output,
            Self::Explain(args) => args.common.output,
            Self::Ledger(args) => args.output.into(),
            Self::Import(args) => args.output.into(),
            Self::Author(command) => command.output(),
            Self::Server(command) => command.output(),
            Self::Drift(args) => args.common.output,
            Self::Schema(_)
            | Self::Show(_)
            | Self::Sandbox(_)
            | Self::Curl(_)
            | Self::Completions(_)
            | Self::Lsp(_) => Output::Human,
        }
    }
}

/// The form of what a command prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Output {
    /// For people.
    Human,
    /// One JSON object.
    Json,
    /// The execution as Conductor's GET /api/workflow/{id} gives it.
    Execution,
    /// JUnit XML, for continuous integration: a case for each task (run, test).
    Junit,
    /// HAR 1.2: every request that went out, with its answer and timings (run, test).
    Har,
}

/// Whose behaviour to follow where the two differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Compat {
    /// A Conductor server's, to the letter.
    Conductor,
}

/// How much a test shows, as AWS TestState has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Level {
    /// Status and output.
    Info,
    /// And the request, each value's origin and the validation.
    Debug,
    /// And the whole exchange with timings by phase.
    Trace,
}

/// Flags of every command that reads a workflow.
#[derive(Debug, Args)]
pub(crate) struct Common {
    /// An input: name=text, name:=json or name=@file; may be repeated
    #[arg(short = 'i', value_name = "NAME=VALUE", help_heading = "Input")]
    pub(crate) inputs: Vec<String>,
    /// A file with the whole input, JSON or YAML; -i goes before it
    #[arg(long = "input", value_name = "FILE", help_heading = "Input")]
    pub(crate) input_file: Option<PathBuf>,
    /// The environment [env.NAME] of the legwork.toml beside the workflow or above it
    #[arg(long, value_name = "NAME", help_heading = "Input")]
    pub(crate) env: Option<String>,
    /// Secrets and values: JSON, or lines of CONDUCTOR_SECRET_x=... and CONDUCTOR_ENV_x=...
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    pub(crate) env_file: Option<PathBuf>,
    /// More task definitions, a file or a folder; may be repeated
    #[arg(long, value_name = "PATH")]
    pub(crate) task_definitions: Vec<PathBuf>,
    /// Send every request to the built-in sandbox, or to the one at URL
    #[arg(long, value_name = "URL", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    pub(crate) sandbox: Option<String>,
    /// Make the built-in sandbox fail, as in '429; retry-after=2; once', 500, delay=300 or close; may be repeated
    #[arg(long, value_name = "FAULT", requires = "sandbox")]
    pub(crate) fault: Vec<String>,
    #[command(flatten)]
    pub(crate) network: NetworkArgs,
    #[command(flatten)]
    pub(crate) secrets: SecretArgs,
    /// The form of the output
    #[arg(long, value_enum, default_value = "human", value_name = "FORM")]
    pub(crate) output: Output,
    /// Follow a Conductor server where Legwork would do better
    #[arg(long, value_enum, value_name = "WHOSE")]
    pub(crate) compat: Option<Compat>,
}

/// How the network is reached; each goes before what `legwork.toml` says.
#[derive(Debug, Args)]
#[command(next_help_heading = "Network")]
pub(crate) struct NetworkArgs {
    /// Which addresses may be called: all but the metadata services of clouds, or public ones only
    #[arg(long, value_enum, value_name = "WHICH")]
    pub(crate) egress: Option<EgressArg>,
    /// A host, *.domain or network (10.1.0.0/16) that may be called although egress is strict; may be repeated
    #[arg(long, value_name = "WHO")]
    pub(crate) egress_allow: Vec<String>,
    /// Nothing may be called but this host, *.domain or network; may be repeated
    #[arg(long, value_name = "WHO")]
    pub(crate) egress_only: Vec<String>,
    /// The proxy: http://, https://, socks5:// or socks5h://; empty for none. Without it the variables that curl reads count
    #[arg(long, value_name = "URL")]
    pub(crate) proxy: Option<String>,
    /// Certificates of authorities to trust besides the system's, PEM
    #[arg(long, value_name = "FILE")]
    pub(crate) ca: Option<PathBuf>,
    /// Our own certificate with its chain and key, PEM, for servers that ask for one
    #[arg(long, value_name = "FILE")]
    pub(crate) client_certificate: Option<PathBuf>,
}

/// Which addresses may be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum EgressArg {
    /// All but metadata services.
    Open,
    /// Public ones only.
    Strict,
}

/// Run a workflow definition from its first task to its end.
#[derive(Debug, Args)]
#[command(after_help = RUN_EXAMPLES, after_long_help = RUN_EXAMPLES)]
pub(crate) struct RunArgs {
    /// The workflow definition, YAML or JSON; - is standard input
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) common: Common,
    /// A folder with further workflow definitions
    #[arg(long, value_name = "DIR", help_heading = "From outside")]
    pub(crate) workflows: Option<PathBuf>,
    /// Answers of workers: {"name": [{"status", "output"}, ...]}
    #[arg(long, value_name = "FILE", help_heading = "From outside")]
    pub(crate) worker_answers: Option<PathBuf>,
    /// Updates from outside, in order
    #[arg(long, value_name = "FILE", help_heading = "From outside")]
    pub(crate) signals: Option<PathBuf>,
    /// Further fields of the start request: version, correlationId
    #[arg(long, value_name = "FILE", help_heading = "From outside")]
    pub(crate) start: Option<PathBuf>,
    /// Write the run down in FILE: `legwork resume FILE` goes on after a crash
    #[arg(long, value_name = "FILE", conflicts_with_all = ["record", "replay"])]
    pub(crate) journal: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) recording: RecordingArgs,
    /// Remember in FILE, or in the database postgres://..., what was made for whom: a task definition's `ensure` makes it once, for good
    #[arg(long, value_name = "FILE")]
    pub(crate) ledger: Option<Place>,
}

const RUN_EXAMPLES: &str = "\
Examples:
  legwork run create-user.yaml --sandbox -i email=jill@example.com -i type:=1
  legwork run create-user.yaml --input input.json --env-file dev.env
  legwork run create-user.yaml --input input.json --compat conductor --output execution
  legwork run create-user.yaml --input input.json --journal jill.journal";

/// Go on with a run that was written down, from where its process ended.
///
/// What was acknowledged is not sent again, and what may be sent twice is. A call that may have been carried out, and must not be
/// twice, is looked up where its task definition says how, and otherwise left to you: then nothing is sent, the exit code is 5, and
/// --answer, --resend or --fail says what became of it. --answer also ends a task that waits for somebody outside. REF is the task's reference name, or the id of the task.
#[derive(Debug, Args)]
#[command(after_help = RESUME_EXAMPLES, after_long_help = RESUME_EXAMPLES)]
pub(crate) struct ResumeArgs {
    /// The journal that `legwork run --journal` wrote
    pub(crate) journal: PathBuf,
    /// The task is done, and this is its output: REF=json or REF=@file; may be repeated
    #[arg(long, value_name = "REF=OUTPUT", help_heading = "Decisions")]
    pub(crate) answer: Vec<String>,
    /// It was not carried out: send it again; may be repeated
    #[arg(long, value_name = "REF", help_heading = "Decisions")]
    pub(crate) resend: Vec<String>,
    /// Give it up: the task fails and is not sent again; may be repeated
    #[arg(long, value_name = "REF", help_heading = "Decisions")]
    pub(crate) fail: Vec<String>,
    /// Secrets, when they are no longer where they were: no secret stands in the journal
    #[arg(long, value_name = "FILE")]
    pub(crate) env_file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) secrets: SecretArgs,
    /// The form of the output
    #[arg(long, value_enum, default_value = "human", value_name = "FORM")]
    pub(crate) output: Output,
}

const RESUME_EXAMPLES: &str = "\
Examples:
  legwork resume jill.journal
  legwork resume jill.journal --env-file dev.env
  legwork resume jill.journal --answer 'create={\"response\": {\"statusCode\": 201, \"body\": {\"id\": \"z8yAAx\"}}}'
  legwork resume jill.journal --resend create";

/// Send one task of a workflow alone, and show what was sent and what came back.
#[derive(Debug, Args)]
#[command(after_help = TEST_EXAMPLES, after_long_help = TEST_EXAMPLES)]
pub(crate) struct TestArgs {
    /// The workflow definition, YAML or JSON; - is standard input
    pub(crate) file: PathBuf,
    /// The task's reference name; not needed when only one task can be sent
    #[arg(long, value_name = "REF")]
    pub(crate) task: Option<String>,
    /// Show the exact request and send nothing: no name look-up, no connection
    #[arg(long, conflicts_with_all = ["record", "replay"])]
    pub(crate) dry_run: bool,
    /// How much to show
    #[arg(long, value_enum, default_value = "info")]
    pub(crate) level: Level,
    /// The output of an earlier task: REF=json or REF=@file; may be repeated
    #[arg(long, value_name = "REF=OUTPUT")]
    pub(crate) mock: Vec<String>,
    /// Remember in FILE, or in the database postgres://..., what was made for whom: a task definition's `ensure` makes it once, for good
    #[arg(long, value_name = "FILE")]
    pub(crate) ledger: Option<Place>,
    #[command(flatten)]
    pub(crate) recording: RecordingArgs,
    #[command(flatten)]
    pub(crate) reveal: RevealArgs,
    #[command(flatten)]
    pub(crate) common: Common,
}

const TEST_EXAMPLES: &str = "\
Examples:
  legwork test create-user.yaml --sandbox --level trace
  legwork test create-user.yaml --dry-run -i email=jill@example.com -i type:=1
  legwork test get-or-create.yaml --task create --sandbox --mock 'get={\"response\": {\"statusCode\": 404}}'";

/// Report everything that is wrong with a definition, and send nothing.
#[derive(Debug, Args)]
#[command(after_help = CHECK_EXAMPLES, after_long_help = CHECK_EXAMPLES)]
pub(crate) struct CheckArgs {
    /// Workflow or task definitions, YAML or JSON; - is standard input
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) common: Common,
}

const CHECK_EXAMPLES: &str = "\
Examples:
  legwork check create-user.yaml
  legwork check workflows/*.yaml --task-definitions task-definitions/ --output json";

/// Explain a code, or show where a value comes from.
#[derive(Debug, Args)]
#[command(after_help = EXPLAIN_EXAMPLES, after_long_help = EXPLAIN_EXAMPLES)]
pub(crate) struct ExplainArgs {
    /// A code such as E0203, or a workflow definition
    #[arg(value_name = "CODE|FILE")]
    pub(crate) subject: String,
    /// An expression such as '${workflow.input.email}', when a definition is given
    pub(crate) expression: Option<String>,
    /// The output of a task: REF=json or REF=@file; may be repeated
    #[arg(long, value_name = "REF=OUTPUT")]
    pub(crate) mock: Vec<String>,
    #[command(flatten)]
    pub(crate) common: Common,
}

const EXPLAIN_EXAMPLES: &str = "\
Examples:
  legwork explain E0203
  legwork explain create-user.yaml '${workflow.input.email}' -i email=jill@example.com";

/// Print a JSON Schema: of a task definition's body, or of the definition files themselves.
#[derive(Debug, Args)]
#[command(after_help = SCHEMA_EXAMPLES, after_long_help = SCHEMA_EXAMPLES)]
pub(crate) struct SchemaArgs {
    /// A task definition's name, or `workflow`, or `task-definition`
    pub(crate) name: String,
    /// More task definitions, a file or a folder; may be repeated
    #[arg(long, value_name = "PATH")]
    pub(crate) task_definitions: Vec<PathBuf>,
}

const SCHEMA_EXAMPLES: &str = "\
Examples:
  legwork schema zoom_users_create
  legwork schema workflow > workflow.schema.json";

/// Print a script that completes `legwork` commands in a shell.
#[derive(Debug, Args)]
#[command(after_help = COMPLETIONS_EXAMPLES, after_long_help = COMPLETIONS_EXAMPLES)]
pub(crate) struct CompletionsArgs {
    /// The shell
    pub(crate) shell: clap_complete::Shell,
}

const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  legwork completions bash > ~/.local/share/bash-completion/completions/legwork
  legwork completions zsh > \"${fpath[1]}/_legwork\"";

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_arguments_are_sound() {
        Arguments::command().debug_assert();
    }
}
