//! `legwork.toml`: sources of secrets, and credentials.

use super::SecretSource;
use super::project::Reader;
use crate::catalogue::Auth;
use std::collections::BTreeMap;
use std::time::Duration;
use toml::de::{DeTable, DeValue};

const SOURCES: &[&str] = &["command", "file", "env", "time-out"];
/// The longest time that a program may be given, in seconds.
const LONGEST: u64 = 3600;

impl Reader<'_> {
    /// `[secrets]`: `zoom_token = { command = ["op", "read", "op://vault/zoom/token"] }`, `{ file = "token.txt" }` or `{ env = "ZOOM_TOKEN" }`.
    pub(super) fn secrets(&mut self, table: &DeTable<'_>) -> BTreeMap<String, SecretSource> {
        let mut secrets = BTreeMap::new();
        for (name, value) in table {
            match value.get_ref() {
                DeValue::Table(table) => {
                    let source = self.source(table, value.span());
                    secrets.extend(source.map(|source| (name.get_ref().to_string(), source)));
                }
                _ => self.problem(
                    value.span(),
                    "a secret does not stand here: name its source, { command = [\"op\", \"read\", \"…\"] }, { file = \"…\" } or { env = \"…\" }",
                ),
            }
        }
        secrets
    }

    fn source(&mut self, table: &DeTable<'_>, span: std::ops::Range<usize>) -> Option<SecretSource> {
        let mut sources = Vec::new();
        let mut limit = None;
        for (key, value) in table {
            match (key.get_ref().as_ref(), value.get_ref()) {
                ("file", DeValue::String(path)) => sources.push(SecretSource::File(self.folder.join(path.as_ref()))),
                ("env", DeValue::String(name)) => sources.push(SecretSource::Variable(name.to_string())),
                ("command", words) => {
                    sources.push(SecretSource::command(self.texts(words, value.span())));
                }
                ("time-out", DeValue::Integer(number)) => {
                    limit = number.as_str().parse().ok().filter(|seconds| (1..=LONGEST).contains(seconds));
                    if limit.is_none() {
                        self.problem(value.span(), "this must be a number of seconds, 1 to 3600");
                    }
                }
                ("time-out", _) => self.problem(value.span(), "this must be a number of seconds, 1 to 3600"),
                ("file" | "env", _) => self.problem(value.span(), "this must be a text in quotes"),
                (other, _) => self.unknown(key.span(), other, SOURCES),
            }
        }
        let one = sources.pop().filter(|_| sources.is_empty());
        if one.is_none() {
            self.problem(span, "a secret has one source: command, file or env");
        }
        one.map(|source| with_limit(source, limit))
    }

    /// `[auth.NAME]`: a way to authorize, with the fields that `_provider.yaml` has.
    pub(super) fn credentials(&mut self, table: &DeTable<'_>) -> BTreeMap<String, Auth> {
        let mut credentials = BTreeMap::new();
        for (name, value) in table {
            match serde_json::from_value(super::project::json(value.get_ref())) {
                Ok(auth) => {
                    credentials.insert(name.get_ref().to_string(), auth);
                }
                Err(err) => self.problem(name.span(), &format!("`{}` is no way to authorize: {err}", name.get_ref())),
            }
        }
        credentials
    }
}

fn with_limit(source: SecretSource, limit: Option<u64>) -> SecretSource {
    match (source, limit) {
        (SecretSource::Command { words, .. }, Some(seconds)) => {
            SecretSource::Command { words, time_out: Duration::from_secs(seconds) }
        }
        (source, _) => source,
    }
}

#[cfg(test)]
mod tests {
    use crate::host::{Project, SecretSource};
    use crate::source::SourceFile;
    use std::time::Duration;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let problems = Project::parse(&SourceFile::new("a/legwork.toml", text)).err().unwrap_or_default();
        let got: Vec<_> = problems.iter().map(|problem| problem.message.as_str()).collect();
        assert_eq!(got, expected, "{text}");
    }

    #[test]
    fn a_secret_has_a_source_and_a_credential_its_fields() {
        let text = "[env.dev.secrets]\na = { command = ['op', 'read', 'x'], time-out = 5 }\nb = { file = 's.txt' }\nc = { env = 'C' }\n\
            [auth.crm]\ntype = 'api_key'\nname = 'X-Key'\nkey = 'crm_key'\n[env.dev.auth.zoom_s2s]\ntype = 'bearer'\ntoken = 'a'\n";
        let project = Project::parse(&SourceFile::new("a/legwork.toml", text)).expect("a project");
        let environment = project.environment("dev").expect("the environment");
        let words = ["op", "read", "x"].map(str::to_owned).to_vec();
        let command = SecretSource::Command { words, time_out: Duration::from_secs(5) };
        let expected = [command, SecretSource::File("a/s.txt".into()), SecretSource::Variable("C".to_owned())];
        assert!(environment.secrets.values().eq(&expected), "{:?}", environment.secrets);
        assert_eq!(project.auth.keys().chain(environment.auth.keys()).collect::<Vec<_>>(), ["crm", "zoom_s2s"]);
    }

    #[test]
    fn what_is_no_source_is_told_and_never_repeated() {
        let value = "a secret does not stand here: name its source, { command = [\"op\", \"read\", \"…\"] }, { file = \"…\" } or { env = \"…\" }";
        check("[secrets]\na = 'hunter2!'\n", &[value]);
        check("[secrets]\na = { file = 'a', env = 'b' }\n", &["a secret has one source: command, file or env"]);
        check(
            "[secrets]\na = { value = 'a' }\n",
            &["a secret has one source: command, file or env", "`value` is not a setting"],
        );
        check("[secrets]\na = { command = 'op read' }\n", &["this must be a list of texts"]);
        check("[auth.x]\ntype = 'bearer'\n", &["`x` is no way to authorize: missing field `token`"]);
    }
}
