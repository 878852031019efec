//! A case: a workflow definition, what it is started with, and who acts on it from outside.

use legwork::source::{self, SourceFile};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::fs;
use std::path::Path;

/// One file of `tests/conductor`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Case {
    /// The file's name without its ending.
    #[serde(skip)]
    pub(crate) name: String,
    /// The definition that is started.
    pub(crate) workflow: Value,
    /// Further definitions: sub-workflows, failure workflows.
    #[serde(default)]
    pub(crate) workflows: Vec<Value>,
    #[serde(default)]
    pub(crate) task_definitions: Vec<Value>,
    /// The input. `api`, the address of an API to call, is put in for each side.
    #[serde(default)]
    pub(crate) input: Map<String, Value>,
    /// What workers answer, by queue: one answer for each poll, the last one repeated.
    #[serde(default)]
    pub(crate) workers: Map<String, Value>,
    /// What somebody outside does, in order.
    #[serde(default)]
    pub(crate) signals: Vec<Value>,
    /// Tasks whose end depends on which of two things a server notices first.
    #[serde(default)]
    pub(crate) loose: Vec<String>,
}

impl Case {
    /// Reads one file.
    pub(crate) fn read(path: &Path) -> Self {
        let name = path.file_stem().expect("a file").to_string_lossy().into_owned();
        let case: Result<Self, _> = serde_json::from_value(yaml(path));
        Self { name, ..case.unwrap_or_else(|error| panic!("{}: {error}", path.display())) }
    }

    /// All of them, sorted by name.
    pub(crate) fn all() -> Vec<Self> {
        let mut cases: Vec<_> = files("tests/conductor").iter().map(|path| Self::read(path)).collect();
        cases.sort_by(|one, other| one.name.cmp(&other.name));
        cases
    }

    /// The definition and the further ones.
    pub(crate) fn definitions(&self) -> impl Iterator<Item = &Value> {
        [&self.workflow].into_iter().chain(&self.workflows)
    }

    /// The same with an API to call.
    pub(crate) fn at_api(&self, api: &str) -> Self {
        let mut case = self.clone();
        case.input.insert("api".to_owned(), api.into());
        case
    }
}

/// The YAML files of a folder of the project.
pub(crate) fn files(folder: &str) -> Vec<std::path::PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let files = fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path());
    files.filter(|path| path.extension().is_some_and(|ending| ending == "yaml")).collect()
}

/// The value of a YAML file.
pub(crate) fn yaml(path: &Path) -> Value {
    let text = fs::read_to_string(path).expect("a file");
    let parsed = source::parse(&SourceFile::new(path.to_string_lossy(), text));
    assert!(parsed.problems.is_empty(), "{}: {:?}", path.display(), parsed.problems);
    parsed.value
}
