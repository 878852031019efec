//! `legwork.toml`: how a worker of a Conductor server works.

use super::ledger::Place;
use super::project::Reader;
use std::collections::BTreeMap;
use std::path::PathBuf;
use toml::de::{DeTable, DeValue};

const SETTINGS: &[&str] = &[
    "server",
    "auth-key",
    "tasks",
    "domain",
    "domains",
    "concurrency",
    "drain-seconds",
    "journal",
    "ledger",
    "metrics",
    "register",
];

/// The settings of `[worker]`; what is not said is `None` or empty. Flags and environment variables go before them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WorkerSettings {
    /// `server`: the Conductor server's URL.
    pub server: Option<String>,
    /// `auth-key`: the id of the access key.
    pub auth_key: Option<String>,
    /// `tasks`: the task definitions that are polled for.
    pub tasks: Vec<String>,
    /// `domain`: the domain of all tasks.
    pub domain: Option<String>,
    /// `domains`: the domain of a task, by its name.
    pub domains: BTreeMap<String, String>,
    /// `concurrency`: the most tasks at once.
    pub concurrency: Option<u32>,
    /// `drain-seconds`: how long what is under way may take once it is told to stop.
    pub drain_seconds: Option<u32>,
    /// `journal`: the file that remembers what was begun.
    pub journal: Option<PathBuf>,
    /// `ledger`: what remembers what was made for whom.
    pub ledger: Option<Place>,
    /// `metrics`: the address of `/metrics`, `/health` and `/ready`, or its port.
    pub metrics: Option<String>,
    /// `register`: whether task definitions that the server does not have are registered.
    pub register: Option<bool>,
}

impl Reader<'_> {
    /// `[worker]`.
    pub(super) fn worker(&mut self, table: &DeTable<'_>) -> WorkerSettings {
        let mut worker = WorkerSettings::default();
        for (key, value) in table {
            let span = value.span();
            match (key.get_ref().as_ref(), value.get_ref()) {
                ("server", DeValue::String(text)) => worker.server = Some(text.to_string()),
                ("auth-key", DeValue::String(text)) => worker.auth_key = Some(text.to_string()),
                ("domain", DeValue::String(text)) => worker.domain = Some(text.to_string()),
                ("journal", DeValue::String(path)) => worker.journal = Some(self.folder.join(path.as_ref())),
                ("ledger", DeValue::String(text)) => worker.ledger = Some(Place::within(&self.folder, text)),
                ("metrics", DeValue::String(text)) => worker.metrics = Some(text.to_string()),
                ("metrics", DeValue::Integer(port)) => worker.metrics = Some(port.as_str().to_owned()),
                ("tasks", value) => worker.tasks = self.texts(value, span),
                ("register", DeValue::Boolean(on)) => worker.register = Some(*on),
                ("register", _) => self.problem(span, "this must be true or false"),
                (key @ ("concurrency" | "drain-seconds"), value) => {
                    let number = value.as_integer().and_then(|number| number.as_str().parse::<u32>().ok());
                    match (key, number.filter(|number| *number > 0)) {
                        (_, None) => self.problem(span, "this must be a number above 0"),
                        ("concurrency", number) => worker.concurrency = number,
                        (_, number) => worker.drain_seconds = number,
                    }
                }
                ("domains", DeValue::Table(table)) => {
                    for (task, domain) in table {
                        match domain.get_ref() {
                            DeValue::String(domain) => {
                                worker.domains.insert(task.get_ref().to_string(), domain.to_string());
                            }
                            _ => self.problem(domain.span(), "this must be a text in quotes"),
                        }
                    }
                }
                ("domains", _) => self.problem(span, "`domains` is a table: the domain of each task"),
                ("server" | "auth-key" | "domain" | "journal" | "ledger" | "metrics", _) => {
                    self.problem(span, "this must be a text in quotes");
                }
                (other, _) => self.unknown(key.span(), other, SETTINGS),
            }
        }
        worker
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Project;
    use crate::source::SourceFile;

    fn parse(text: &str) -> Result<WorkerSettings, Vec<String>> {
        let project = Project::parse(&SourceFile::new("a/legwork.toml", text));
        let messages =
            |problems: Vec<crate::diagnostic::Diagnostic>| problems.into_iter().map(|one| one.message).collect();
        project.map(|project| project.worker).map_err(messages)
    }

    #[test]
    fn the_settings_of_a_worker_are_read() {
        let text = "[worker]\nserver = 'http://c:8080'\ntasks = ['a']\nconcurrency = 8\njournal = 'w.journal'\n\
                    metrics = 9100\nledger = 'postgres://h/db'\ndomains = { a = 'eu' }\nregister = false\n";
        let expected = WorkerSettings {
            server: Some("http://c:8080".into()),
            tasks: vec!["a".into()],
            concurrency: Some(8),
            journal: Some("a/w.journal".into()),
            ledger: Some(Place::from("postgres://h/db".to_owned())),
            metrics: Some("9100".into()),
            domains: [("a".to_owned(), "eu".to_owned())].into(),
            register: Some(false),
            ..WorkerSettings::default()
        };
        assert_eq!(parse(text), Ok(expected));
    }

    #[test]
    fn what_cannot_be_understood_is_named() {
        let check = |text: &str, expected: &str| assert_eq!(parse(text), Err(vec![expected.to_owned()]), "{text}");
        check("[worker]\nconcurency = 8\n", "`concurency` is not a setting");
        check("[worker]\nconcurrency = 0\n", "this must be a number above 0");
        check("[worker]\nserver = 7\n", "this must be a text in quotes");
        check("worker = 7\n", "`worker` is a table: [worker]");
    }
}
