//! Path templates: `/orgs/{org}/repos/{repo}`.

use crate::catalogue::Entry;
use serde_json::{Map, Value};

/// The path of an operation below its server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Path(Vec<Step>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    /// A text; it may hold variables, `{from}...{to}`.
    Text(String),
    Variable(String),
}

impl Path {
    /// The path of an entry; a format as its ending is no part of it.
    pub(super) fn of(entry: &Entry) -> Option<Self> {
        let path = entry.route()?.path();
        let path = [".json", ".xml"].iter().find_map(|ending| path.strip_suffix(ending)).unwrap_or(&path);
        let step = |text: &str| match text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            Some(name) if !name.contains(['{', '}']) => Step::Variable(name.to_owned()),
            _ => Step::Text(text.to_owned()),
        };
        Some(Self(path.split('/').filter(|text| !text.is_empty()).map(step).collect()))
    }

    /// The path with its variables unnamed: operations of one collection may call them otherwise.
    pub(super) fn shape(&self) -> String {
        let step = |step: &Step| match step {
            Step::Text(text) => format!("/{text}"),
            Step::Variable(_) => "/{}".to_owned(),
        };
        self.0.iter().map(step).collect()
    }

    /// The path with the values of its variables.
    pub(super) fn filled(&self, values: &Map<String, Value>) -> String {
        let value = |name: &str| values.get(name).and_then(Value::as_str).unwrap_or_default().replace('/', "%2F");
        let step = |step: &Step| match step {
            Step::Variable(name) => format!("/{}", value(name)),
            Step::Text(text) if text.contains('{') => {
                let filled =
                    values.keys().fold(text.clone(), |text, name| text.replace(&format!("{{{name}}}"), &value(name)));
                format!("/{filled}")
            }
            Step::Text(text) => format!("/{text}"),
        };
        self.0.iter().map(step).collect()
    }

    /// The variable that the path ends with.
    pub(super) fn variable(&self) -> Option<&str> {
        match self.0.last()? {
            Step::Variable(name) => Some(name),
            Step::Text(_) => None,
        }
    }

    /// The names of its variables.
    pub(super) fn variables(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|step| match step {
            Step::Variable(name) => Some(name.as_str()),
            Step::Text(_) => None,
        })
    }

    /// The path without its last step.
    pub(super) fn parent(&self) -> Self {
        Self(self.0.split_last().map(|(_, rest)| rest.to_vec()).unwrap_or_default())
    }

    /// The things above: each path that ends with a variable before the last step, the longest first.
    pub(super) fn above(&self) -> Vec<Self> {
        let ends = (1..self.0.len()).rev().map(|end| Self(self.0.iter().take(end).cloned().collect()));
        ends.filter(|path| path.variable().is_some()).collect()
    }

    /// What its collection is called: the last text.
    pub(super) fn name(&self) -> &str {
        let texts = self.0.iter().rev().filter_map(|step| match step {
            Step::Text(text) => Some(text.as_str()),
            Step::Variable(_) => None,
        });
        texts.into_iter().next().unwrap_or_default()
    }
}
