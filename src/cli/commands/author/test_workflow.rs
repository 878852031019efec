//! `legwork test-workflow FILE --tests TESTS`.

use crate::cli::args::{MockRules, TestWorkflowArgs, TestsOutput};
use crate::cli::exit::{Exit, Outcome, Stop};
use crate::cli::{load, out, render, session};
use legwork::definition::{Document, Documented};
use legwork::diagnostic::{Diagnostic, codes};
use legwork::host;
use legwork::plan;
use legwork::report;
use legwork::run::test_workflow::{CheckMocks, Tested, TestsFile, UnderTest, check_mocks, test_workflow};
use std::path::Path;
use std::sync::Arc;

/// Runs the tests, and prints what came of them.
pub(crate) fn run(args: &TestWorkflowArgs) -> Outcome {
    let under_test = under_test(args)?;
    let planned = plan::build(&under_test.document, &under_test.catalogue, under_test.options);
    let mut said = planned.diagnostics;
    let mut file = TestsFile::parse(host::load_source(&args.tests)?)?;
    said.extend(check_mocks(&under_test, &file, rules(args.check_mocks)));
    if said.iter().any(Diagnostic::is_error) {
        return Err(said.into());
    }
    if let Some(text) = &args.only {
        file.tests.retain(|test| test.name.contains(text.as_str()));
        if file.tests.is_empty() {
            let message = format!("no test has a name with `{text}`");
            return Err(Diagnostic::new(codes::E0618, message).help("--only takes a part of a test's name").into());
        }
    }
    session::block_on(async {
        let tested = test_workflow(&under_test, &file).await?;
        render::show(&said);
        print(args.output, &tested, &file)?;
        Ok(exit(args, &tested))
    })
}

fn under_test(args: &TestWorkflowArgs) -> Result<UnderTest, Stop> {
    let document = Arc::new(Document::parse(host::load_source(&args.file)?));
    let workflows = match &args.workflows {
        Some(folder) => workflows(folder)?,
        None => Vec::new(),
    };
    let catalogue = load::catalogue(&args.task_definitions, None)?;
    let options = load::options(load::dialect_of(args.compat));
    Ok(UnderTest { document, workflows, catalogue, options })
}

/// The workflow definitions of a folder; files that define something else are left out.
fn workflows(folder: &Path) -> Result<Vec<Arc<Document>>, Stop> {
    let mut documents = Vec::new();
    for path in host::yaml_and_json_files(folder)? {
        let document = Document::parse(host::load_source(&path)?);
        if matches!(document.definition, Documented::Workflow(_)) && document.value.get("tasks").is_some() {
            documents.push(Arc::new(document));
        }
    }
    Ok(documents)
}

fn rules(rules: MockRules) -> CheckMocks {
    match rules {
        MockRules::Strict => CheckMocks::Strict,
        MockRules::Present => CheckMocks::Present,
        MockRules::None => CheckMocks::None,
    }
}

fn print(output: TestsOutput, tested: &Tested, file: &TestsFile) -> Result<(), Stop> {
    let text = match output {
        TestsOutput::Human => report::workflow_tests::tests_summary(tested, file, render::paint()),
        TestsOutput::Json => format!("{:#}", report::workflow_tests::tests_json(tested, file)),
        TestsOutput::Junit => report::junit::tests_junit(tested, file),
    };
    Ok(out::data(&text)?)
}

fn exit(args: &TestWorkflowArgs, tested: &Tested) -> Exit {
    let percent = tested.coverage.percent();
    let limit = args.fail_under.filter(|limit| percent < *limit);
    if let Some(limit) = limit {
        out::say(&format!("the tests reach {percent} % of the workflow; --fail-under asks for {limit} %"));
    }
    if tested.failed() > 0 || limit.is_some() { Exit::Failed } else { Exit::Done }
}
