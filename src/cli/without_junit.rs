//! What a build without the feature `test-workflow` says when it is asked for JUnit.

use super::exit::Stop;
use legwork::diagnostic::{Diagnostic, codes};
use legwork::plan::Plan;
use legwork::run::{Inspection, Run};
use legwork::secret::Redactor;

/// `run --output junit`.
pub(crate) fn of_run(_: &Plan, _: &Run, _: &Redactor) -> Result<String, Stop> {
    Err(missing())
}

/// `test --output junit`.
pub(crate) fn of_test(_: &Plan, _: &Inspection, _: &Redactor) -> Result<String, Stop> {
    Err(missing())
}

fn missing() -> Stop {
    Diagnostic::new(codes::E0620, "`--output junit` cannot be used: this legwork was built without JUnit")
        .help("build it with the feature `test-workflow`, which the default build has")
        .into()
}
