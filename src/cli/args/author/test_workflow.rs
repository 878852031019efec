//! The arguments of `legwork test-workflow`.

use crate::cli::args::{Compat, Output};
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// The form of what `test-workflow` prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TestsOutput {
    /// For people.
    Human,
    /// One JSON object.
    Json,
    /// JUnit XML, for continuous integration.
    Junit,
}

impl From<TestsOutput> for Output {
    fn from(output: TestsOutput) -> Self {
        match output {
            TestsOutput::Human => Self::Human,
            TestsOutput::Json => Self::Json,
            TestsOutput::Junit => Self::Junit,
        }
    }
}

/// How closely mocks are checked, as AWS TestState has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum MockRules {
    /// The whole output schema counts; unknown names and keys are errors.
    Strict,
    /// Only keys that are there are judged; unknown names and keys are warnings.
    Present,
    /// Nothing is checked.
    None,
}

/// Run a whole workflow with mocked tasks, in no time, and compare it with what is expected.
///
/// Nothing is ever sent. Tasks that would leave the process get the mocks of the tests file, in the format of Conductor's
/// POST /api/workflow/test; one without a mock stays as it is, and the workflow RUNNING. Time is virtual: a retry that is due in
/// three days is due at once.
#[derive(Debug, Args)]
#[command(after_help = TEST_WORKFLOW_EXAMPLES, after_long_help = TEST_WORKFLOW_EXAMPLES)]
pub(crate) struct TestWorkflowArgs {
    /// The workflow definition, YAML or JSON; - is standard input
    pub(crate) file: PathBuf,
    /// The tests: a list of them, or one Conductor test request; YAML or JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) tests: PathBuf,
    /// Only tests whose name contains TEXT
    #[arg(long, value_name = "TEXT")]
    pub(crate) only: Option<String>,
    /// How closely mocks are checked against the output schemas of their tasks
    #[arg(long, value_enum, default_value = "present", value_name = "RULES")]
    pub(crate) check_mocks: MockRules,
    /// Fail when the tests reach less of the workflow, tasks and branches together
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    pub(crate) fail_under: Option<f64>,
    /// A folder with further workflow definitions
    #[arg(long, value_name = "DIR")]
    pub(crate) workflows: Option<PathBuf>,
    /// More task definitions, a file or a folder; may be repeated
    #[arg(long, value_name = "PATH")]
    pub(crate) task_definitions: Vec<PathBuf>,
    /// The form of the output
    #[arg(long, value_enum, default_value = "human", value_name = "FORM")]
    pub(crate) output: TestsOutput,
    /// Follow a Conductor server where Legwork would do better
    #[arg(long, value_enum, value_name = "WHOSE")]
    pub(crate) compat: Option<Compat>,
}

const TEST_WORKFLOW_EXAMPLES: &str = "\
Examples:
  legwork test-workflow get-or-create.yaml --tests get-or-create.tests.yaml
  legwork test-workflow get-or-create.yaml --tests tests.yaml --fail-under 90 --output junit > junit.xml
  legwork test-workflow pay.yaml --tests tests.yaml --workflows workflows/ --check-mocks strict

Exit code 0: all tests passed. 1: one did not, or the coverage is too low. 2: the workflow or the tests file is wrong.
`legwork explain E0618` shows what a tests file holds.";

/// A number from 0 to 100.
fn percent(text: &str) -> Result<f64, String> {
    let number: Option<f64> = text.trim_end_matches('%').trim().parse().ok();
    number.filter(|number| (0.0..=100.0).contains(number)).ok_or_else(|| "a number from 0 to 100 is needed".to_owned())
}
