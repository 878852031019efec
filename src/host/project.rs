//! `legwork.toml`: the environments of a project.

use super::SecretSource;
use super::ledger::Place;
use super::network::{Egress, Network};
use super::project_worker::WorkerSettings;
use super::read::{ReadError, load_source};
use crate::catalogue::Auth;
use crate::diagnostic::{Diagnostic, codes};
use crate::source::{SourceFile, Span};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The name of the file.
const FILE: &str = "legwork.toml";

/// The settings of an environment.
const ENVIRONMENT: &[&str] =
    &["server", "input", "env-file", "sandbox", "rate-plan", "ledger", "network", "secrets", "auth"];

/// The environments of the nearest `legwork.toml`.
#[derive(Debug, Clone, Default)]
pub struct Project {
    /// The file; `None` when there is none.
    pub path: Option<PathBuf>,
    /// `[network]`: what every environment's own comes before.
    pub network: Network,
    /// `[secrets]`: where secrets come from, by name; every environment's own come before.
    pub secrets: BTreeMap<String, SecretSource>,
    /// `[auth.NAME]`: credentials that go before a provider's; every environment's own come before.
    pub auth: BTreeMap<String, Auth>,
    /// `[worker]`: how a worker of a Conductor server works.
    pub worker: WorkerSettings,
    environments: Vec<(String, Environment)>,
}

/// One environment: `[env.NAME]`. Paths stand as they count from the current folder.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Environment {
    /// `server`: what `{{server}}` stands for in a task definition's request.
    pub server: Option<String>,
    /// `input`: values that neither `-i` nor `--input` gives.
    pub input: Option<EnvironmentInput>,
    /// `env-file`.
    pub env_file: Option<PathBuf>,
    /// `sandbox`: every request goes to the sandbox.
    pub sandbox: bool,
    /// `rate-plan`: the plan that the account has of its API, whose rate limits are kept to.
    pub rate_plan: Option<String>,
    /// `ledger`: what remembers what was made for whom.
    pub ledger: Option<Place>,
    /// `[env.NAME.network]`.
    pub network: Network,
    /// `[env.NAME.secrets]`.
    pub secrets: BTreeMap<String, SecretSource>,
    /// Sources given by hand, which go before the env file.
    pub given_secrets: BTreeMap<String, SecretSource>,
    /// `[env.NAME.auth.NAME]`.
    pub auth: BTreeMap<String, Auth>,
}

/// The input of an [`Environment`].
#[derive(Debug, Clone, PartialEq)]
pub enum EnvironmentInput {
    /// A file that holds it.
    File(PathBuf),
    /// Written in place, as a table.
    Values(Map<String, Value>),
}

impl Project {
    /// The project that a workflow file belongs to: the `legwork.toml` beside it or in the nearest folder above it.
    ///
    /// # Errors
    /// `E0601` when the file is there and cannot be read, `E0608` for everything in it that cannot be understood.
    pub fn find(workflow: &Path) -> Result<Self, Vec<Diagnostic>> {
        let start = std::path::absolute(workflow).unwrap_or_else(|_| workflow.to_owned());
        let Some(path) = start.ancestors().skip(1).map(|folder| folder.join(FILE)).find(|path| path.is_file()) else {
            return Ok(Self::default());
        };
        let shown = shorten(&path);
        let file = load_source(&shown).map_err(|err: ReadError| vec![err.into()])?;
        let mut project = Self::parse(&file)?;
        project.path = Some(shown);
        Ok(project)
    }

    /// Reads a `legwork.toml`. Its paths count from its own folder.
    ///
    /// # Errors
    /// `E0608`, one for each thing that cannot be understood.
    pub fn parse(file: &SourceFile) -> Result<Self, Vec<Diagnostic>> {
        let table = DeTable::parse(file.text()).map_err(|err| vec![syntax(file, &err)])?;
        let folder = Path::new(file.name()).parent().unwrap_or(Path::new("")).to_owned();
        let mut reader = Reader { file, folder, problems: Vec::new() };
        let mut project = Self::default();
        reader.project(table.get_ref(), &mut project);
        if reader.problems.is_empty() {
            return Ok(project);
        }
        // The table is sorted by key; people read from top to bottom.
        reader.problems.sort_by_key(|problem| problem.labels.first().map(|label| label.span.start));
        Err(reader.problems)
    }

    /// The environment of that name.
    ///
    /// # Errors
    /// `E0607` when there is none, with the names that are there.
    pub fn environment(&self, name: &str) -> Result<&Environment, Box<Diagnostic>> {
        let found = self.environments.iter().find(|(known, _)| known == name);
        found.map(|(_, environment)| environment).ok_or_else(|| Box::new(self.unknown(name)))
    }

    /// The names of the environments, in text order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.environments.iter().map(|(name, _)| name.as_str())
    }

    fn unknown(&self, name: &str) -> Diagnostic {
        let diagnostic = Diagnostic::new(codes::E0607, format!("there is no environment `{name}`"));
        let names: Vec<_> = self.environments.iter().map(|(name, _)| format!("`{name}`")).collect();
        match &self.path {
            None => diagnostic.help(format!("write a {FILE} beside the workflow, with a table [env.{name}]")),
            Some(path) if names.is_empty() => {
                diagnostic.help(format!("write a table [env.{name}] in {}", path.display()))
            }
            Some(path) => diagnostic.help(format!("{} has {}", path.display(), names.join(", "))),
        }
    }
}

/// The path as it counts from the current folder, when it lies below it.
fn shorten(path: &Path) -> PathBuf {
    let current = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(&current).map_or_else(|_| path.to_owned(), ToOwned::to_owned)
}

fn syntax(file: &SourceFile, err: &toml::de::Error) -> Diagnostic {
    let span = err.span().unwrap_or_default();
    Diagnostic::new(codes::E0608, format!("{FILE} is not TOML: {}", err.message())).label(
        file,
        Span::new(span.start, span.end),
        "here",
    )
}

/// Reads the table and collects what is wrong with it.
pub(super) struct Reader<'f> {
    file: &'f SourceFile,
    pub(super) folder: PathBuf,
    problems: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn project(&mut self, table: &DeTable<'_>, project: &mut Project) {
        for (key, value) in table {
            match (key.get_ref().as_ref(), value.get_ref()) {
                ("env", DeValue::Table(table)) => {
                    project.environments =
                        table.iter().filter_map(|(name, value)| self.environment(name, value)).collect();
                }
                ("env", _) => self.problem(value.span(), "`env` holds one table for each environment: [env.dev]"),
                ("network", DeValue::Table(table)) => project.network = self.network(table),
                ("network", _) => self.problem(value.span(), "`network` is a table: [network]"),
                ("secrets", DeValue::Table(table)) => project.secrets = self.secrets(table),
                ("auth", DeValue::Table(table)) => project.auth = self.credentials(table),
                ("worker", DeValue::Table(table)) => project.worker = self.worker(table),
                ("worker", _) => self.problem(value.span(), "`worker` is a table: [worker]"),
                (key @ ("secrets" | "auth"), _) => self.problem(value.span(), &format!("`{key}` is a table: [{key}]")),
                (other, _) => self.unknown(key.span(), other, &["env", "network", "secrets", "auth", "worker"]),
            }
        }
    }

    fn network(&mut self, table: &DeTable<'_>) -> Network {
        let mut network = Network::default();
        for (key, value) in table {
            let span = value.span();
            match (key.get_ref().as_ref(), value.get_ref()) {
                ("egress", DeValue::String(text)) if text == "open" => network.egress = Some(Egress::Open),
                ("egress", DeValue::String(text)) if text == "strict" => network.egress = Some(Egress::Strict),
                ("egress", _) => self.problem(span, "this must be \"open\" or \"strict\""),
                ("proxy", DeValue::String(text)) => network.proxy = Some(text.to_string()),
                ("ca", DeValue::String(path)) => network.ca = Some(self.folder.join(path.as_ref())),
                ("client-certificate", DeValue::String(path)) => {
                    network.client_certificate = Some(self.folder.join(path.as_ref()));
                }
                ("allow", value) => network.allow = self.texts(value, span),
                ("only", value) => network.only = self.texts(value, span),
                ("no-proxy", value) => network.no_proxy = self.texts(value, span),
                ("proxy" | "ca" | "client-certificate", _) => self.problem(span, "this must be a text in quotes"),
                (other, _) => {
                    let known = ["egress", "allow", "only", "proxy", "no-proxy", "ca", "client-certificate"];
                    self.unknown(key.span(), other, &known);
                }
            }
        }
        network
    }

    pub(super) fn texts(&mut self, value: &DeValue<'_>, span: Range<usize>) -> Vec<String> {
        let items = value.as_array().map(|items| items.iter().map(|item| item.get_ref().as_str().map(str::to_owned)));
        let texts: Option<Vec<String>> = items.and_then(Iterator::collect);
        texts.unwrap_or_else(|| {
            self.problem(span, "this must be a list of texts");
            Vec::new()
        })
    }

    fn environment(
        &mut self,
        name: &Spanned<impl AsRef<str>>,
        value: &Spanned<DeValue<'_>>,
    ) -> Option<(String, Environment)> {
        let name_text = name.get_ref().as_ref();
        let DeValue::Table(table) = value.get_ref() else {
            self.problem(name.span(), &format!("`{name_text}` must be a table: [env.{name_text}]"));
            return None;
        };
        let mut environment = Environment::default();
        for (key, value) in table {
            match (key.get_ref().as_ref(), value.get_ref()) {
                ("server", DeValue::String(text)) => environment.server = Some(text.to_string()),
                ("input", DeValue::String(path)) => {
                    environment.input = Some(EnvironmentInput::File(self.folder.join(path.as_ref())));
                }
                ("input", DeValue::Table(table)) => {
                    environment.input = Some(EnvironmentInput::Values(json_object(table)));
                }
                ("env-file", DeValue::String(path)) => environment.env_file = Some(self.folder.join(path.as_ref())),
                ("sandbox", DeValue::Boolean(on)) => environment.sandbox = *on,
                ("rate-plan", DeValue::String(text)) => environment.rate_plan = Some(text.to_string()),
                ("ledger", DeValue::String(text)) => environment.ledger = Some(Place::within(&self.folder, text)),
                ("network", DeValue::Table(table)) => environment.network = self.network(table),
                ("server" | "env-file" | "rate-plan" | "ledger", _) => {
                    self.problem(value.span(), "this must be a text in quotes");
                }
                ("input", _) => self.problem(value.span(), "this must be a file name in quotes, or a table of values"),
                ("sandbox", _) => self.problem(value.span(), "this must be true or false"),
                ("secrets", DeValue::Table(table)) => environment.secrets = self.secrets(table),
                ("auth", DeValue::Table(table)) => environment.auth = self.credentials(table),
                (key @ ("network" | "secrets" | "auth"), _) => {
                    self.problem(value.span(), &format!("`{key}` is a table"));
                }
                (other, _) => self.unknown(key.span(), other, ENVIRONMENT),
            }
        }
        Some((name_text.to_owned(), environment))
    }

    pub(super) fn unknown(&mut self, span: Range<usize>, key: &str, known: &[&str]) {
        self.problem(span, &format!("`{key}` is not a setting"));
        let help = format!("settings here: {}", known.join(", "));
        if let Some(last) = self.problems.last_mut() {
            last.help = Some(help);
        }
    }

    pub(super) fn problem(&mut self, span: Range<usize>, message: &str) {
        let span = Span::new(span.start, span.end);
        self.problems.push(Diagnostic::new(codes::E0608, message).label(self.file, span, "here"));
    }
}

fn json_object(table: &DeTable<'_>) -> Map<String, Value> {
    table.iter().map(|(key, value)| (key.get_ref().to_string(), json(value.get_ref()))).collect()
}

/// A TOML value as JSON; dates become their text.
pub(super) fn json(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::String(text.to_string()),
        DeValue::Boolean(on) => Value::Bool(*on),
        DeValue::Integer(number) => {
            i64::from_str_radix(number.as_str(), number.radix()).map_or_else(|_| number.as_str().into(), Value::from)
        }
        DeValue::Float(number) => number.as_str().parse::<f64>().map_or_else(|_| number.as_str().into(), Value::from),
        DeValue::Datetime(time) => Value::String(time.to_string()),
        DeValue::Array(items) => items.iter().map(|item| json(item.get_ref())).collect(),
        DeValue::Table(table) => Value::Object(json_object(table)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(text: &str, expected: &[(&str, &str, Option<&str>)]) {
        let problems = Project::parse(&SourceFile::new("a/legwork.toml", text)).err().unwrap_or_default();
        let got: Vec<_> = problems
            .iter()
            .map(|problem| {
                let span = problem.labels.first().map(|label| label.span).unwrap_or_default();
                (problem.message.as_str(), text.get(span.start..span.end).unwrap_or(""), problem.help.as_deref())
            })
            .collect();
        assert_eq!(got, expected, "{text}");
    }

    #[test]
    fn an_environment_has_its_settings() {
        let text = "[env.dev]\nserver = 'https://h/v2'\ninput = 'in.json'\nenv-file = 'dev.env'\nsandbox = true\nrate-plan = 'pro'\nledger = 'users.ledger'\n";
        let project = Project::parse(&SourceFile::new("a/legwork.toml", text)).expect("a project");
        let expected = Environment {
            server: Some("https://h/v2".to_owned()),
            input: Some(EnvironmentInput::File(PathBuf::from("a/in.json"))),
            env_file: Some(PathBuf::from("a/dev.env")),
            sandbox: true,
            rate_plan: Some("pro".to_owned()),
            ledger: Some(Place::File(PathBuf::from("a/users.ledger"))),
            ..Environment::default()
        };
        assert_eq!(project.environment("dev").ok(), Some(&expected));
        let unknown = project.environment("prod").expect_err("no such environment");
        assert_eq!(unknown.code.id(), "E0607");
    }

    #[test]
    fn the_network_has_settings_of_its_own() {
        let text = "[network]\negress = 'strict'\nallow = ['a', '10.0.0.0/8']\nca = 'ca.pem'\n[env.dev.network]\negress = 'open'\n";
        let project = Project::parse(&SourceFile::new("a/legwork.toml", text)).expect("a project");
        let expected = Network {
            egress: Some(Egress::Strict),
            allow: vec!["a".to_owned(), "10.0.0.0/8".to_owned()],
            ca: Some(PathBuf::from("a/ca.pem")),
            ..Network::default()
        };
        assert_eq!(project.network, expected);
        let environment = project.environment("dev").expect("the environment");
        assert_eq!(environment.network.egress, Some(Egress::Open));
        check("[network]\nonly = 'h'\n", &[("this must be a list of texts", "'h'", None)]);
        check("[network]\negress = 'none'\n", &[("this must be \"open\" or \"strict\"", "'none'", None)]);
    }

    #[test]
    fn input_may_be_a_table() {
        let text = "[env.dev.input]\nemail = 'a@b.cd'\ntype = 1\nhalf = 0.5\nlist = [true]\nhex = 0x10\n";
        let project = Project::parse(&SourceFile::new("legwork.toml", text)).expect("a project");
        let values = json!({"email": "a@b.cd", "type": 1, "half": 0.5, "list": [true], "hex": 16});
        let environment = project.environment("dev").expect("the environment");
        let got = environment.input.clone();
        assert!(matches!(got, Some(EnvironmentInput::Values(got)) if Value::Object(got.clone()) == values));
    }

    #[test]
    fn every_unknown_setting_is_named_with_its_place() {
        let settings =
            Some("settings here: server, input, env-file, sandbox, rate-plan, ledger, network, secrets, auth");
        check(
            "[env.dev]\nsever = ''\nsandbox = 'yes'\n",
            &[("`sever` is not a setting", "sever", settings), ("this must be true or false", "'yes'", None)],
        );
        check(
            "[dev]\n",
            &[("`dev` is not a setting", "dev", Some("settings here: env, network, secrets, auth, worker"))],
        );
        check("env = 1\n", &[("`env` holds one table for each environment: [env.dev]", "1", None)]);
        check("[env]\ndev = 1\n", &[("`dev` must be a table: [env.dev]", "dev", None)]);
        check("", &[]);
    }

    #[test]
    fn a_text_that_is_not_toml_is_located() {
        let problems = Project::parse(&SourceFile::new("legwork.toml", "[env.dev\n")).expect_err("not TOML");
        assert_eq!(problems.len(), 1);
        assert!(problems.iter().all(|problem| problem.code.id() == "E0608" && !problem.labels.is_empty()));
    }

    #[test]
    fn the_nearest_file_above_the_workflow_counts() {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let deep = folder.path().join("a/b");
        std::fs::create_dir_all(&deep).expect("folders");
        std::fs::write(folder.path().join(FILE), "[env.far]\n").expect("a scratch file");
        let project = Project::find(&deep.join("w.yaml")).expect("a project");
        assert!(project.environment("far").is_ok());
        std::fs::write(folder.path().join("a").join(FILE), "[env.near]\n").expect("a scratch file");
        let project = Project::find(&deep.join("w.yaml")).expect("a project");
        assert!(project.environment("near").is_ok() && project.environment("far").is_err());
    }
}
