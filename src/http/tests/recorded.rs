//! Every HTTP task of the recorded cases, sent to the cases' own mock server: output and reason have to be what the real server stored.

use crate::definition::Dialect;
use crate::http::{Build, Call, CallResult, Client, HttpRequest, Rules, execute};
use crate::resolve::Resolved;
use crate::secret::{Redactor, Secret, SecretStore};
use serde_json::{Map, Value, json};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tokio::task::JoinSet;

/// The mock server; it ends with the test.
struct Mock {
    process: Child,
    base: String,
}

impl Mock {
    fn start(folder: &Path) -> Option<Self> {
        let mut command = Command::new("python3");
        let mut process =
            command.arg(folder.join("mock.py")).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().ok()?;
        let mut line = String::new();
        BufReader::new(process.stdout.take()?).read_line(&mut line).ok()?;
        let base = line.trim().strip_prefix("MOCK ")?.to_owned();
        Some(Self { process, base })
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        let _ = self.process.kill().and_then(|()| self.process.wait());
    }
}

struct Store(Map<String, Value>);

impl SecretStore for Store {
    fn secret(&self, name: &str) -> Option<Secret> {
        self.0.get(name).and_then(Value::as_str).map(Secret::new)
    }
}

fn folder() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let told = std::env::var_os("LEGWORK_SHARED").map(PathBuf::from);
    told.into_iter().chain([beside]).map(|shared| shared.join("conformance")).find(|folder| folder.is_dir())
}

fn read(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

/// What the recordings leave open: the length of a text that holds ids, and secrets that stand in clear.
fn masked(mut value: Value, base: &str) -> Value {
    if let Some(length) = value.pointer_mut("/response/headers/Content-Length") {
        *length = json!("<length>");
    }
    let host = base.trim_start_matches("http://").split('/').next().unwrap_or_default();
    let text = value.to_string().replace(base, "@MOCK@").replace(host, "@HOST@");
    serde_json::from_str(&text).unwrap_or_default()
}

async fn send(input: &Value, store: &Store, client: &Client) -> CallResult {
    let redactor = Redactor::default();
    let build = Build { dialect: Dialect::Conductor, secrets: store, redactor: &redactor };
    let request = match HttpRequest::build(Resolved::plain(input.clone()), build) {
        Ok(request) => request,
        Err(error) => return CallResult::from(&error),
    };
    let rules = Rules::default();
    execute(Call { request: &request, transport: client, rules: &rules, redactor: &redactor, async_complete: false })
        .await
}

/// Sends the HTTP tasks of one case in order; gives how many were compared, and what differs.
async fn replay(case: PathBuf, base: String, client: Client) -> (usize, Vec<String>) {
    let base = base.as_str();
    let mut compared = 0;
    let expected = read(&case.join("expected.json"));
    let secrets = read(&case.join("env.json")).get("secrets").and_then(Value::as_object).cloned().unwrap_or_default();
    let store = Store(secrets);
    let mut differences = Vec::new();
    let mut replaced = false;
    for task in expected["tasks"].as_array().into_iter().flatten() {
        let ended = matches!(task["status"].as_str(), Some("COMPLETED" | "FAILED" | "COMPLETED_WITH_ERRORS"));
        if task["taskType"] != "HTTP" || !ended {
            continue;
        }
        let input = task["inputData"].to_string();
        if input.contains("<taskId") || input.contains("<workflowId") || input.contains("<uuid>") {
            replaced = true;
        }
        let input = serde_json::from_str(&input.replace("@MOCK@", base)).unwrap_or_default();
        let result = send(&input, &store, &client).await;
        if replaced {
            continue;
        }
        compared += 1;
        let got = masked(result.output, base);
        let name = format!("{} {}", case.display(), task["referenceTaskName"]);
        if got != task["outputData"] {
            differences.push(format!("{name}: got {got}\n  want {}", task["outputData"]));
        }
        let reason = json!(result.reason.map(|reason| reason.replace(base, "@MOCK@")));
        if task["status"] != "COMPLETED" && reason != task["reasonForIncompletion"] {
            differences.push(format!("{name}: reason {reason}\n  want {}", task["reasonForIncompletion"]));
        }
    }
    (compared, differences)
}

#[tokio::test]
#[expect(clippy::print_stderr, reason = "a test that skips says so aloud")]
async fn recorded_calls_give_what_the_server_stored() {
    let Some(folder) = folder() else {
        eprintln!("skipped: the recorded cases are not here; set LEGWORK_SHARED to the folder that holds conformance/");
        return;
    };
    let Some(mock) = Mock::start(&folder) else {
        eprintln!("skipped: the mock server of the recorded cases needs python3");
        return;
    };
    let client = Client::default();
    let cases = std::fs::read_dir(folder.join("cases")).expect("the cases can be listed");
    let mut replays = JoinSet::new();
    for case in cases.filter_map(|entry| Some(entry.ok()?.path())) {
        let token = case.file_name().unwrap_or_default().to_string_lossy();
        let base = format!("{}/c/{token}", mock.base);
        replays.spawn(replay(case, base, client.clone()));
    }
    let (compared, differences): (Vec<_>, Vec<_>) = replays.join_all().await.into_iter().unzip();
    let (compared, differences) = (compared.into_iter().sum::<usize>(), differences.concat());
    eprintln!("{compared} recorded calls compared");
    assert!(compared > 0, "no recorded calls found");
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}
