//! The folders that are open, the settings, and what is around each document.

use super::home::Home;
use super::protocol::Uri;
use super::settings::Settings;
use super::shelves::Shelves;
use super::uri;
use crate::secret::Redactor;
use serde_json::Value;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The files around documents that answers depend on, as globs.
pub(super) const WATCHED: &[&str] =
    &["**/legwork.toml", "**/task-definitions/**", "**/*.env", "**/.env*", "**/*-input.json"];

/// The folders and settings of a client.
pub(super) struct Workspace {
    redactor: Redactor,
    shelves: Arc<Shelves>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    folders: Vec<PathBuf>,
    settings: Settings,
    /// By folder of the documents.
    homes: HashMap<PathBuf, Arc<Home>>,
}

impl Workspace {
    /// What `initialize` says.
    pub(super) fn of(initialize: &Value, redactor: Redactor, shelves: Arc<Shelves>) -> Self {
        let listed = initialize.get("workspaceFolders").and_then(Value::as_array);
        let listed = listed.into_iter().flatten().filter_map(|folder| folder.get("uri")?.as_str());
        let mut folders: Vec<_> = listed.filter_map(uri::path).collect();
        if folders.is_empty() {
            folders.extend(initialize.get("rootUri").and_then(Value::as_str).and_then(uri::path));
        }
        let settings = Settings::of(initialize.get("initializationOptions").unwrap_or(&Value::Null));
        Self { redactor, shelves, state: Mutex::new(State { folders, settings, homes: HashMap::new() }) }
    }

    /// What is around a document; of one without a path, what is around the first folder.
    pub(super) fn home(&self, path: Option<&Path>) -> Arc<Home> {
        let mut state = self.state();
        let near = match path {
            Some(path) => path.to_owned(),
            None => state.folders.first().cloned().unwrap_or_default().join("untitled"),
        };
        let folder = near.parent().unwrap_or(Path::new("")).to_owned();
        if let Some(home) = state.homes.get(&folder) {
            return Arc::clone(home);
        }
        let home = Arc::new(Home::load(&near, &state.settings, &self.redactor, &self.shelves));
        state.homes.insert(folder, Arc::clone(&home));
        home
    }

    /// What is around a document in another environment than the chosen one.
    pub(super) fn home_in(&self, uri: &Uri, env: &str) -> Arc<Home> {
        let path = uri::path(uri.as_ref());
        let settings = Settings { env: Some(env.to_owned()), ..self.state().settings.clone() };
        let near = path.unwrap_or_else(|| PathBuf::from("untitled"));
        Arc::new(Home::load(&near, &settings, &self.redactor, &self.shelves))
    }

    /// Adds and removes folders.
    pub(super) fn change_folders(&self, added: &[PathBuf], removed: &[PathBuf]) {
        let mut state = self.state();
        state.folders.retain(|folder| !removed.contains(folder));
        state.folders.extend(added.iter().cloned());
        state.homes.clear();
    }

    /// Takes other settings; `false` when they are the same.
    pub(super) fn configure(&self, settings: &Value) -> bool {
        let settings = Settings::of(settings);
        let mut state = self.state();
        if state.settings == settings {
            return false;
        }
        state.settings = settings;
        state.homes.clear();
        true
    }

    /// Chooses the environment.
    pub(super) fn select(&self, env: Option<String>) {
        let mut state = self.state();
        state.settings.env = env;
        state.homes.clear();
    }

    /// Has everything read again.
    pub(super) fn reload(&self) {
        self.shelves.forget();
        self.state().homes.clear();
    }

    /// Has everything looked at again; the indexes of the folders stay.
    pub(super) fn look_again(&self) {
        self.state().homes.clear();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether answers depend on a file of that name.
pub(super) fn is_watched(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let below = path.parent().into_iter().flat_map(Path::components).any(|part| part.as_os_str() == "task-definitions");
    below
        || name == "legwork.toml"
        || path.extension().is_some_and(|ending| ending == "env")
        || name.starts_with(".env")
        || name.ends_with("-input.json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_files_are_watched() {
        let check = |path: &str, expected| assert_eq!(is_watched(Path::new(path)), expected, "{path}");
        check("/w/legwork.toml", true);
        check("/w/task-definitions/crm/a.yaml", true);
        check("/w/dev.env", true);
        check("/w/.env.local", true);
        check("/w/src/main.rs", false);
        check("/w/task-definitions.yaml", false);
    }
}
