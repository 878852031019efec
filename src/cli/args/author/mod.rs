//! The arguments of the commands that help to write workflows.

mod add;
mod graph;
mod lint;
mod new;
mod search;
mod test_workflow;

pub(crate) use add::{AddArgs, AddOutput};
pub(crate) use graph::{GraphArgs, Picture};
pub(crate) use lint::{Deny, LintArgs, LintOutput};
pub(crate) use new::NewArgs;
pub(crate) use search::{Filters, ListArgs, ListOutput, SearchArgs};
pub(crate) use test_workflow::{MockRules, TestWorkflowArgs, TestsOutput};

use super::Output;
use clap::Subcommand;

/// One command, one file in `commands/author/`.
#[derive(Debug, Subcommand)]
pub(crate) enum AuthorCommand {
    New(NewArgs),
    Add(AddArgs),
    Search(SearchArgs),
    List(ListArgs),
    Lint(LintArgs),
    TestWorkflow(TestWorkflowArgs),
    Graph(GraphArgs),
}

impl AuthorCommand {
    /// The form that the command's data was asked for in.
    pub(crate) fn output(&self) -> Output {
        match self {
            Self::Add(args) => args.output.into(),
            Self::Lint(args) => args.output.into(),
            Self::Search(args) => args.filters.output.into(),
            Self::List(args) => args.filters.output.into(),
            Self::TestWorkflow(args) => args.output.into(),
            Self::New(_) | Self::Graph(_) => Output::Human,
        }
    }
}
