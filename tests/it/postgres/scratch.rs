//! A real PostgreSQL server for tests: one for each process of tests, gone with it however it ends. Each test has a database of its own.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// Makes a cluster, serves it on a socket in a folder of its own, and takes it away when its input ends, which is when the process of tests does.
const SCRIPT: &str = r#"
set -eu
folder=$(mktemp -d /tmp/legwork-postgres.XXXXXX)
server=
trap 'if [ -n "$server" ]; then kill -INT "$server" || true; wait "$server" || true; fi; rm -rf "$folder"' EXIT
"$0/initdb" --pgdata="$folder/data" --username=legwork --auth=trust --encoding=UTF8 --no-locale --no-sync > "$folder/log" 2>&1 || { cat "$folder/log" >&2; exit 1; }
"$0/postgres" -D "$folder/data" -k "$folder" -c listen_addresses= -c fsync=off -c max_connections=200 < /dev/null > "$folder/log" 2>&1 &
server=$!
until "$0/pg_isready" -q -h "$folder"; do kill -0 "$server" || { cat "$folder/log" >&2; exit 1; }; sleep 0.1; done
echo "$folder"
cat > /dev/null
"#;

/// The server of this process.
struct Server {
    programs: PathBuf,
    folder: String,
    /// Its input is open for as long as this process lives.
    _watcher: Child,
}

/// A database that is empty at first.
#[derive(Debug, Clone)]
pub(crate) struct Scratch {
    name: String,
}

impl Scratch {
    /// A new one; `None`, said aloud, where no server is installed.
    pub(crate) fn new() -> Option<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("legwork_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        server()?;
        sql("postgres", &format!("CREATE DATABASE {name}"));
        Some(Self { name })
    }

    /// Its URL.
    pub(crate) fn url(&self) -> String {
        let folder = server().map(|server| server.folder.as_str()).unwrap_or_default();
        format!("postgres://legwork@/{}?host={folder}", self.name)
    }

    /// Carries out a statement; gives what it prints.
    pub(crate) fn sql(&self, text: &str) -> String {
        sql(&self.name, text)
    }

    /// Ends all sessions, and lets nobody in until [`let_in`](Self::let_in).
    pub(crate) fn shut_out(&self) {
        sql("postgres", &format!("ALTER DATABASE {} ALLOW_CONNECTIONS false", self.name));
        self.end_sessions();
    }

    /// Lets sessions in again.
    pub(crate) fn let_in(&self) {
        sql("postgres", &format!("ALTER DATABASE {} ALLOW_CONNECTIONS true", self.name));
    }

    /// Ends all sessions, as an administrator or a failing network does.
    pub(crate) fn end_sessions(&self) {
        let all = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'", self.name);
        sql("postgres", &all);
    }
}

fn server() -> Option<&'static Server> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    SERVER.get_or_init(start).as_ref()
}

#[expect(clippy::print_stderr, reason = "a test that skips says so")]
fn start() -> Option<Server> {
    let Some(programs) = programs() else {
        eprintln!("SKIPPED: no PostgreSQL server is installed (apt-get install postgresql)");
        return None;
    };
    let mut command = if is_root() {
        // A server refuses to run as root.
        let mut command = Command::new("setpriv");
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "sh"]);
        command
    } else {
        Command::new("sh")
    };
    command.args(["-c", SCRIPT]).arg(&programs).current_dir("/").stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut watcher = command.spawn().expect("a shell");
    let mut folder = String::new();
    let output = watcher.stdout.take().expect("a pipe");
    BufReader::new(output).read_line(&mut folder).expect("what the shell prints");
    let folder = folder.trim().to_owned();
    assert!(!folder.is_empty(), "the server did not start; what it said is above");
    Some(Server { programs, folder, _watcher: watcher })
}

/// The programs of the newest server, where Debian has them, or in the path.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<_> = versions.map(|version| version.path().join("bin")).collect();
    found.sort();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = found.into_iter().rev().chain(std::env::split_paths(&path).collect::<Vec<_>>());
    found.into_iter().find(|folder| folder.join("initdb").is_file() && folder.join("postgres").is_file())
}

fn is_root() -> bool {
    let ran = Command::new("id").arg("-u").output().expect("id");
    ran.stdout.starts_with(b"0\n")
}

fn sql(database: &str, text: &str) -> String {
    let server = server().expect("a server");
    let psql = if server.programs.join("psql").is_file() {
        server.programs.join("psql")
    } else {
        Path::new("psql").to_owned()
    };
    let mut command = Command::new(psql);
    command.args([
        "-X",
        "-q",
        "-A",
        "-t",
        "-v",
        "ON_ERROR_STOP=1",
        "-h",
        &server.folder,
        "-U",
        "legwork",
        "-d",
        database,
    ]);
    let ran = command.args(["-c", text]).stdin(Stdio::null()).output().expect("psql");
    assert!(ran.status.success(), "{text}: {}", String::from_utf8_lossy(&ran.stderr));
    String::from_utf8_lossy(&ran.stdout).trim().to_owned()
}
