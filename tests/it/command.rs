//! The real command in a scratch folder of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// A scratch folder, gone at the end of its test.
pub(crate) struct Scratch {
    folder: TempDir,
}

/// What a command left behind.
#[derive(Debug)]
pub(crate) struct Ran {
    /// The exit code; `None` when a signal ended it.
    pub(crate) code: Option<i32>,
    /// Standard output.
    pub(crate) stdout: String,
    /// Standard error.
    pub(crate) stderr: String,
}

impl Scratch {
    /// An empty folder.
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a scratch folder") }
    }

    /// The folder.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file, with the folders above it.
    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder above")).expect("folders");
        fs::write(&path, content).expect("a scratch file");
        path
    }

    /// The command in this folder, with nothing of the surrounding environment that it would read.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_legwork"));
        command.current_dir(self.path()).stdin(Stdio::null()).env("COLUMNS", "120");
        // What the user's own folders hold must not show in a test.
        command.env("XDG_DATA_HOME", self.path().join(".data")).env("XDG_CACHE_HOME", self.path().join(".cache"));
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("CONDUCTOR_")
                || matches!(&*text, "NO_COLOR" | "NO_GRAPHICS" | "CLICOLOR_FORCE" | "FORCE_COLOR")
            {
                command.env_remove(&name);
            }
        }
        command
    }

    /// Runs it with these arguments.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        self.command().args(arguments).output().expect("the command starts").into()
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("the command writes UTF-8");
        Self { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }
}

impl Ran {
    /// Fails unless it ended with this code.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        assert!(!self.stderr.contains("panicked"), "{}", self.stderr);
        self
    }

    /// Fails unless standard error has these words.
    #[track_caller]
    pub(crate) fn says(self, words: &str) -> Self {
        // Long sentences are broken into lines that start with a bar.
        let flat =
            |text: &str| text.replace(['|', '│', '\u{b7}'], " ").split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat(&self.stderr).contains(&flat(words)), "no `{words}` in:\n{}", self.stderr);
        self
    }

    /// Fails unless standard output has these words.
    #[track_caller]
    pub(crate) fn prints(self, words: &str) -> Self {
        assert!(self.stdout.contains(words), "no `{words}` in:\n{}\n{}", self.stdout, self.stderr);
        self
    }

    /// Fails unless standard output is empty.
    #[track_caller]
    pub(crate) fn prints_nothing(self) -> Self {
        assert_eq!(self.stdout, "", "{}", self.stderr);
        self
    }

    /// Standard output as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|err| panic!("{err}: {}\n{}", self.stdout, self.stderr))
    }
}
