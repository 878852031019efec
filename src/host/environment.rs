//! Secrets and values of the environment, from the env file and from the process.

use super::EnvFile;
use crate::secret::{Secret, SecretStore};
use std::collections::BTreeMap;

/// What a name of a secret starts with in the process environment, as a Conductor server reads it.
const SECRET: &str = "CONDUCTOR_SECRET_";
/// What a name of a value starts with.
const ENV: &str = "CONDUCTOR_ENV_";

/// Secrets of the env file, then of the process environment (`CONDUCTOR_SECRET_<NAME>`), then a stand-in for the sandbox.
#[derive(Debug, Default)]
pub struct HostSecrets {
    file: BTreeMap<String, Secret>,
    stand_in: Option<Secret>,
}

impl HostSecrets {
    /// The secrets of an env file, with the process environment behind them.
    #[must_use]
    pub fn new(file: EnvFile) -> Self {
        Self { file: file.secrets, stand_in: None }
    }

    /// With a value for every secret that is not set: the sandbox's own token, never a live one.
    #[must_use]
    pub fn with_stand_in(mut self, secret: Secret) -> Self {
        self.stand_in = Some(secret);
        self
    }

    /// The names of the secrets that are set.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let process =
            std::env::vars_os().filter_map(|(name, _)| name.to_str()?.strip_prefix(SECRET).map(str::to_owned));
        let mut names: Vec<_> = self.file.keys().cloned().chain(process).collect();
        names.sort();
        names.dedup();
        names
    }
}

impl SecretStore for HostSecrets {
    fn secret(&self, name: &str) -> Option<Secret> {
        let process = || std::env::var(format!("{SECRET}{name}")).ok().map(Secret::new);
        self.file.get(name).cloned().or_else(process).or_else(|| self.stand_in.clone())
    }

    fn is_set(&self, name: &str) -> bool {
        self.file.contains_key(name) || std::env::var_os(format!("{SECRET}{name}")).is_some()
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
    fn values_of_the_file_are_seen() {
        let values = file("CONDUCTOR_ENV_REGION=eu").env_values();
        assert_eq!(values.get("REGION").map(String::as_str), Some("eu"));
    }
}
