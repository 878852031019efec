//! `--output junit` of a run and of a test request.

use super::exit::Stop;
use legwork::plan::Plan;
use legwork::report;
use legwork::run::{Inspection, Run};
use legwork::secret::Redactor;

/// The run as JUnit XML.
#[expect(clippy::unnecessary_wraps, reason = "a build without the feature refuses")]
pub(crate) fn of_run(plan: &Plan, run: &Run, redactor: &Redactor) -> Result<String, Stop> {
    Ok(report::junit::run_junit(plan, run, redactor))
}

/// The test request as JUnit XML.
#[expect(clippy::unnecessary_wraps, reason = "a build without the feature refuses")]
pub(crate) fn of_test(plan: &Plan, inspection: &Inspection, redactor: &Redactor) -> Result<String, Stop> {
    Ok(report::junit::test_junit(plan, inspection, redactor))
}
