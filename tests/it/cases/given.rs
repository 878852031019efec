//! What a case gives, read into the library's types.

use super::file::Case;
use legwork::catalogue::Catalogue;
use legwork::decide::{Library, Start};
use legwork::definition::{Dialect, Document};
use legwork::diagnostic::Diagnostic;
use legwork::host::{EnvFile, HostSecrets};
use legwork::plan::{self, Options, Planned};
use legwork::run::{Runner, Signals, TestRequest};
use legwork::sandbox::{Fault, Sandbox};
use legwork::secret::{Redactor, Secret, SecretStore};
use legwork::serve::SandboxTransport;
use legwork::source::{self, SourceFile};
use legwork::task::WorkerAnswers;
use legwork::task::script::problem;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::sync::Arc;

/// A case's definition and everything that a run of it needs.
pub(crate) struct Given {
    /// The plan and what is to be said of the definition.
    pub(crate) planned: Planned,
    /// What is wrong with the case's task definitions.
    pub(crate) catalogue_problems: Vec<Diagnostic>,
    catalogue: Catalogue,
    env: EnvFile,
    input: Map<String, Value>,
    mocks: Vec<(String, Value)>,
    task: Option<String>,
    faults: Vec<Fault>,
    workers: WorkerAnswers,
    signals: Signals,
    library: Library,
}

impl Given {
    /// Reads the blocks of a case.
    pub(crate) fn of(case: &Case) -> Self {
        let text = |kind: &str| case.block(kind).map(str::to_owned);
        let mut catalogue = Catalogue::builtin();
        let taskdefs = text("taskdefs").map(|text| SourceFile::new("taskdefs.yaml", text));
        let catalogue_problems = taskdefs.map(|file| catalogue.add(file)).unwrap_or_default();
        let dialect = if text("dialect").is_some() { Dialect::Conductor } else { Dialect::Legwork };
        let workflow = SourceFile::new("workflow", text("workflow").unwrap_or_default());
        let document = Arc::new(Document::parse(workflow));
        let planned = plan::build(&document, &catalogue, Options { dialect, scripts: Some(problem) });
        let library = library(case, &catalogue, dialect);
        let env = text("env").map(|text| EnvFile::parse(&SourceFile::new("env", text)).expect("an env file"));
        let mocks: Map<String, Value> = data(text("mocks"));
        Self {
            planned,
            catalogue_problems,
            catalogue,
            env: env.unwrap_or_default(),
            input: data(text("input")),
            mocks: mocks.into_iter().collect(),
            task: text("task").map(|text| text.trim().to_owned()),
            faults: text("fault")
                .iter()
                .flat_map(|text| text.lines())
                .map(|line| Fault::parse(line).expect("a fault"))
                .collect(),
            workers: data(text("workers")),
            signals: data(text("signals")),
            library,
        }
    }

    /// A runner over a sandbox of its own.
    pub(crate) fn runner(&self) -> Runner {
        let mut sandbox = Sandbox::new(&self.catalogue, 1);
        self.faults.iter().for_each(|fault| sandbox.fail(fault.clone()));
        let secrets = self.secrets();
        Runner::new(Arc::new(SandboxTransport::new(sandbox)), Arc::new(secrets), self.redactor())
            .worker_answers(self.workers.clone())
            .signals(self.signals.clone())
            .library(Arc::new(self.library.clone()))
    }

    /// Masks the case's secrets.
    pub(crate) fn redactor(&self) -> Redactor {
        let secrets = self.secrets();
        Redactor::new(secrets.names().iter().filter_map(|name| secrets.secret(name)))
    }

    fn secrets(&self) -> HostSecrets {
        HostSecrets::new(self.env.clone()).with_stand_in(Secret::new(Sandbox::token()))
    }

    /// What a run is started with.
    pub(crate) fn start(&self) -> Start {
        Start { env: Arc::new(self.env.env_values()), ..Start::with_input(self.input.clone()) }
    }

    /// A dry run of the case's task.
    pub(crate) fn dry_run(&self) -> TestRequest {
        let start = self.start();
        TestRequest {
            reference_name: self.task.clone(),
            start,
            given: self.mocks.clone(),
            use_example: false,
            send: false,
        }
    }
}

/// The definitions of the `child` blocks.
fn library(case: &Case, catalogue: &Catalogue, dialect: Dialect) -> Library {
    let mut library = Library::new(catalogue.clone(), Options { dialect, scripts: Some(problem) });
    for block in case.blocks.iter().filter(|block| block.kind == "child") {
        let document = Arc::new(Document::parse(SourceFile::new("child", block.text.clone())));
        let planned = plan::build(&document, catalogue, Options { dialect, scripts: Some(problem) });
        library.add(planned.plan.unwrap_or_else(|| panic!("a child is refused: {:?}", planned.diagnostics)));
    }
    library
}

/// The value of a block, JSON or YAML; the type's default without one.
fn data<T: DeserializeOwned + Default>(text: Option<String>) -> T {
    let Some(text) = text else { return T::default() };
    let parsed = source::parse(&SourceFile::new("block", text));
    assert!(parsed.problems.is_empty(), "{:?}", parsed.problems);
    serde_json::from_value(parsed.value).expect("a block of the right shape")
}
