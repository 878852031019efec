//! Secrets and values of the environment: from flags, the env file, the project and the process.

use super::{EnvFile, SecretError, SecretSource};
use crate::secret::{Secret, SecretStore};
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// What a name of a secret starts with in the process environment, as a Conductor server reads it.
const SECRET: &str = "CONDUCTOR_SECRET_";
/// What a name of a value starts with.
const ENV: &str = "CONDUCTOR_ENV_";

/// Secrets, first wins: those given by hand, those of the env file, those that the project has a source for, those of the process
/// environment (`CONDUCTOR_SECRET_<NAME>`), and last a stand-in for the sandbox. Cloning shares what was read.
#[derive(Debug, Clone, Default)]
pub struct HostSecrets {
    given: Arc<BTreeMap<String, Lazy>>,
    file: Arc<BTreeMap<String, Secret>>,
    configured: Arc<BTreeMap<String, Lazy>>,
    stand_in: Option<Secret>,
}

/// A source, and what came of it.
#[derive(Debug)]
struct Lazy {
    source: SecretSource,
    read: OnceLock<Result<Secret, SecretError>>,
}

impl Lazy {
    fn all(sources: impl IntoIterator<Item = (String, SecretSource)>) -> Arc<BTreeMap<String, Self>> {
        let lazy = |source| Self { source, read: OnceLock::new() };
        Arc::new(sources.into_iter().map(|(name, source)| (name, lazy(source))).collect())
    }

    fn read(&self) -> &Result<Secret, SecretError> {
        self.read.get_or_init(|| self.source.read())
    }

    fn is_command(&self) -> bool {
        self.source.is_command()
    }
}

impl HostSecrets {
    /// The secrets of an env file, with the process environment behind them.
    #[must_use]
    pub fn new(file: EnvFile) -> Self {
        Self { file: Arc::new(file.secrets), ..Self::default() }
    }

    /// With sources that go before the env file.
    #[must_use]
    pub fn given(mut self, sources: impl IntoIterator<Item = (String, SecretSource)>) -> Self {
        self.given = Lazy::all(sources);
        self
    }

    /// With sources that go after the env file, and before the process environment.
    #[must_use]
    pub fn configured(mut self, sources: impl IntoIterator<Item = (String, SecretSource)>) -> Self {
        self.configured = Lazy::all(sources);
        self
    }

    /// With a value for every secret that is not set: the sandbox's own token, never a live one. No program is started then.
    #[must_use]
    pub fn with_stand_in(mut self, secret: Secret) -> Self {
        self.stand_in = Some(secret);
        self
    }

    /// The names of the secrets that are set, without starting any program.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let process =
            std::env::vars_os().filter_map(|(name, _)| name.to_str()?.strip_prefix(SECRET).map(str::to_owned));
        let sources = self.given.iter().chain(&*self.configured).filter(|(_, lazy)| !lazy.is_command());
        let mut names: Vec<_> = sources.map(|(name, _)| name).chain(self.file.keys()).cloned().chain(process).collect();
        names.sort();
        names.dedup();
        names
    }

    /// Why the secret of that name cannot be read, though there is a source for it.
    #[must_use]
    pub fn problem(&self, name: &str) -> Option<&SecretError> {
        match self.find(name) {
            Some(Found::Source(lazy)) => lazy.read().as_ref().err(),
            _ => None,
        }
    }

    fn find(&self, name: &str) -> Option<Found<'_>> {
        let usable = |lazy: &&Lazy| self.stand_in.is_none() || !lazy.is_command();
        if let Some(lazy) = self.given.get(name) {
            return Some(lazy).filter(usable).map(Found::Source);
        }
        if let Some(secret) = self.file.get(name) {
            return Some(Found::Value(secret.clone()));
        }
        if let Some(lazy) = self.configured.get(name) {
            return Some(lazy).filter(usable).map(Found::Source);
        }
        std::env::var(format!("{SECRET}{name}")).ok().map(Secret::new).map(Found::Value)
    }
}

/// Where a secret was found.
enum Found<'s> {
    Source(&'s Lazy),
    Value(Secret),
}

impl Found<'_> {
    fn secret(self) -> Option<Secret> {
        match self {
            Found::Source(lazy) => lazy.read().as_ref().ok().cloned(),
            Found::Value(secret) => Some(secret),
        }
    }
}

impl SecretStore for HostSecrets {
    fn secret(&self, name: &str) -> Option<Secret> {
        self.find(name).and_then(Found::secret).or_else(|| self.stand_in.clone())
    }

    fn is_set(&self, name: &str) -> bool {
        self.find(name).and_then(Found::secret).is_some()
    }
}

impl EnvFile {
    /// The values that `${workflow.env.NAME}` reads: the file's, then the process environment's (`CONDUCTOR_ENV_<NAME>`).
    #[must_use]
    pub fn env_values(&self) -> BTreeMap<String, String> {
        let process = std::env::vars_os().filter_map(|(name, value)| {
            let name = name.to_str()?.strip_prefix(ENV)?.to_owned();
            Some((name, value.into_string().ok()?))
        });
        let mut values: BTreeMap<_, _> = process.collect();
        values.extend(self.env.clone());
        values
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceFile;

    fn file(text: &str) -> EnvFile {
        EnvFile::parse(&SourceFile::new("dev.env", text)).expect("an env file")
    }

    #[test]
    fn the_file_goes_first_and_the_stand_in_last() {
        let secrets = HostSecrets::new(file("CONDUCTOR_SECRET_a=one"));
        let text = |store: &HostSecrets, name: &str| store.secret(name).map(|secret| secret.expose().to_owned());
        assert_eq!(text(&secrets, "a").as_deref(), Some("one"));
        assert_eq!(text(&secrets, "surely_not_set"), None);
        let secrets = secrets.with_stand_in(Secret::new("sandbox"));
        assert_eq!(text(&secrets, "a").as_deref(), Some("one"));
        assert_eq!(text(&secrets, "surely_not_set").as_deref(), Some("sandbox"));
        assert!(secrets.names().contains(&"a".to_owned()));
    }

    #[test]
    #[cfg(unix)]
    fn sources_have_an_order_and_no_program_runs_for_a_sandbox() {
        let print = |text: &str| SecretSource::command(vec!["printf".to_owned(), text.to_owned()]);
        let failing = SecretSource::command(vec!["false".to_owned()]);
        let all =
            |names: &[&str], text: &str| names.iter().map(|name| ((*name).to_owned(), print(text))).collect::<Vec<_>>();
        let secrets = HostSecrets::new(file("CONDUCTOR_SECRET_a=file\nCONDUCTOR_SECRET_b=file"))
            .given(all(&["a"], "given"))
            .configured([all(&["a", "b", "c"], "configured"), vec![("d".to_owned(), failing)]].concat());
        let text = |store: &HostSecrets, name: &str| store.secret(name).map(|secret| secret.expose().to_owned());
        let got = ["a", "b", "c", "d"].map(|name| text(&secrets, name));
        assert_eq!(got.each_ref().map(Option::as_deref), [Some("given"), Some("file"), Some("configured"), None]);
        let told = secrets.problem("d").map(ToString::to_string);
        assert_eq!(told.as_deref(), Some("`false` ended with exit status: 1"));
        assert!(secrets.names().contains(&"b".to_owned()) && !secrets.names().contains(&"c".to_owned()));
        let secrets = secrets.with_stand_in(Secret::new("sandbox"));
        assert_eq!((text(&secrets, "c").as_deref(), secrets.is_set("c")), (Some("sandbox"), false));
        assert_eq!((text(&secrets, "b").as_deref(), secrets.is_set("b")), (Some("file"), true));
    }

    #[test]
    fn values_of_the_file_are_seen() {
        let values = file("CONDUCTOR_ENV_REGION=eu").env_values();
        assert_eq!(values.get("REGION").map(String::as_str), Some("eu"));
    }
}
