//! The documents of `../shared/corpus/openapi`, as far as they are there.

use legwork::catalogue::{Auth, Catalogue, Entry, KeyPlace};
use legwork::definition::Dialect;
use legwork::diagnostic::{Diagnostic, Severity, codes};
use legwork::draft::Draft;
use legwork::http::HttpRequest;
use legwork::import::{self, Options};
use legwork::resolve::Resolved;
use legwork::sandbox::{Sandbox, SandboxAnswer, SandboxRequest};
use legwork::schema::{Schema, sample};
use legwork::source::SourceFile;
use serde_json::{Map, Value};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The folder of the documents; `None`, and a word, when it is not there.
#[expect(clippy::print_stderr, reason = "a test that does not run says so")]
pub(crate) fn folder(name: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).parent()?.join("shared/corpus").join(name);
    if !folder.is_dir() {
        eprintln!("skipped: there is no {}", folder.display());
        return None;
    }
    Some(folder)
}

/// The documents of a folder, those of several files by their root.
fn documents(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the corpus").flatten().map(|entry| entry.path());
    let mut paths: Vec<_> =
        entries.filter(|path| path.extension().is_some_and(|ending| ending == "json" || ending == "yaml")).collect();
    paths.push(folder.join("redocly-starter/openapi.yaml"));
    paths.sort();
    paths
}

fn import(path: &Path) -> Result<Draft, Vec<Diagnostic>> {
    let bytes = fs::read(path).expect("a document");
    let file = SourceFile::from_bytes(path.display().to_string(), bytes).expect("a text");
    let folder = path.parent().expect("a folder");
    let mut read = |name: &str| {
        let bytes = fs::read(folder.join(name)).map_err(|err| err.to_string())?;
        SourceFile::from_bytes(name, bytes).map_err(|problem| problem.message)
    };
    import::import(import::read(file)?, &Options::default(), &mut read)
}

/// So many operations of a document are sampled and played.
const MOST: usize = 60;

/// What becomes of the operations of one document.
#[derive(Debug, Default)]
struct Figures {
    found: usize,
    usable: usize,
    sampled: usize,
    valid: usize,
    played: usize,
    told: Vec<String>,
}

impl Figures {
    fn add(&mut self, other: Self) {
        self.found += other.found;
        self.usable += other.usable;
        self.sampled += other.sampled;
        self.valid += other.valid;
        self.played += other.played;
        self.told.extend(other.told);
    }

    /// Plays every so many entries.
    fn play_some(mut self, catalogue: &Catalogue, entries: &[Arc<Entry>], every: usize) -> Self {
        let mut sandbox = Sandbox::new(catalogue, 7);
        for entry in entries.iter().step_by(every) {
            self.sampled += 1;
            let input = match valid(entry) {
                Ok(input) => input,
                Err(why) => {
                    self.told.push(format!("sample {}: {why}", entry.name));
                    continue;
                }
            };
            self.valid += 1;
            match play(entry, &mut sandbox, input) {
                Ok(()) => self.played += 1,
                Err(why) => self.told.push(format!("play {}: {why}", entry.name)),
            }
        }
        self
    }

    fn rate(part: usize, whole: usize) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "counts of operations")]
        if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
    }
}

/// Loads what an import would write, and plays each of its operations.
fn judge(draft: Draft) -> Figures {
    let mut figures = Figures { found: draft.found, usable: draft.operations.len(), ..Figures::default() };
    let mut catalogue = Catalogue::empty();
    for file in draft.files() {
        for diagnostic in catalogue.add(SourceFile::new(file.path.clone(), file.text)) {
            figures.told.push(format!("load {}: {} {}", file.path, diagnostic.code, diagnostic.message));
        }
    }
    let entries: Vec<_> = catalogue.entries().collect();
    // A part of the large ones, spread over all of it: their schemas take long to compile in a test build.
    let every = entries.len().div_ceil(MOST).max(1);
    if every > 1 {
        return figures.play_some(&catalogue, &entries, every);
    }
    figures.told.extend(catalogue.lint().iter().map(|one| {
        let file = one.labels.first().map(|label| label.file.name().to_owned()).unwrap_or_default();
        format!("lint {file}: {} {}", one.code, one.message)
    }));
    figures.play_some(&catalogue, &entries, every)
}

/// A typical input, when it keeps to the input's schema, and its body to the body's.
fn valid(entry: &Entry) -> Result<Map<String, Value>, String> {
    let input = entry.input_schema().ok_or("no input schema")?;
    let input = entry.self_contained(input);
    let sampled = sample(&input);
    broken(&input, &sampled)?;
    let Value::Object(sampled) = sampled else { return Err("no object".into()) };
    if let Some(schema) = &entry.body_schema {
        let document = schema.document();
        broken(&document, &sample(&document)).map_err(|why| format!("the body's own: {why}"))?;
        let rendered =
            entry.render(&Resolved::plain(Value::Object(sampled.clone()))).map_err(|err| format!("{err:?}"))?;
        if let Some(body) = rendered.value.get("body") {
            broken(&document, body)?;
        }
    }
    Ok(sampled)
}

/// Sends it to the sandbox, and judges the answer.
fn play(entry: &Entry, sandbox: &mut Sandbox, input: Map<String, Value>) -> Result<(), String> {
    let rendered = entry.render(&Resolved::plain(Value::Object(input))).map_err(|err| format!("{err:?}"))?;
    let request = HttpRequest::from_input(&rendered.value, None, Dialect::Legwork).map_err(|err| format!("{err:?}"))?;
    let mut headers: Vec<(String, String)> =
        request.headers().iter().map(|header| (header.name.to_string(), header.text().into_owned())).collect();
    let target = request.target();
    let mut query = target.query().unwrap_or_default().to_owned();
    authorize(entry, &mut headers, &mut query);
    let asked = SandboxRequest {
        method: request.method(),
        host: &target.origin.host,
        path: target.path(),
        query: &query,
        headers: &headers,
        body: request.body(),
    };
    let reply = match sandbox.answer(&asked, 0) {
        SandboxAnswer::Reply(reply) => reply,
        other => return Err(format!("{other:?}")),
    };
    if !entry.accepts(reply.status) {
        return Err(format!("{} {}", reply.status, String::from_utf8_lossy(&reply.body)));
    }
    let Some(schema) = entry.answer_schema() else { return Ok(()) };
    let body: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    broken(&entry.self_contained(schema), &body).map_err(|why| format!("the answer: {why}"))
}

/// Credentials as the sandbox asks for them.
fn authorize(entry: &Entry, headers: &mut Vec<(String, String)>, query: &mut String) {
    let token = Sandbox::token();
    let mut put = |name: &str, value: String| headers.push((name.to_owned(), value));
    match entry.authorization() {
        None | Some(Auth::Mtls(_)) => {}
        Some(Auth::Basic(_)) => put("Authorization", "Basic amFuZTpzZWNyZXQ=".to_owned()),
        Some(Auth::ApiKey(key)) => match key.place {
            KeyPlace::Header => put(&key.name, token.to_owned()),
            KeyPlace::Query => query.extend(["&", key.name.as_str(), "=", token]),
            KeyPlace::Cookie => put("Cookie", format!("{}={token}", key.name)),
        },
        Some(_) => put("Authorization", format!("Bearer {token}")),
    }
}

/// The first rule of a schema that a value breaks.
fn broken(schema: &Value, value: &Value) -> Result<(), String> {
    let compiled = Schema::compile(schema).map_err(|err| err.to_string())?;
    let violations = compiled.validate(value);
    let error = violations.iter().find(|one| one.severity == Severity::Error);
    let shown: String = value.to_string().chars().take(300).collect();
    error.map_or(Ok(()), |one| Err(format!("{} {}: {} in {shown}", one.code, one.pointer, one.message)))
}

#[test]
#[expect(clippy::print_stderr, reason = "the figures, for who looks at them")]
fn every_document_is_imported_and_played() {
    let Some(folder) = folder("openapi") else { return };
    let wanted = std::env::var("LEGWORK_DOCUMENT").unwrap_or_default();
    let mut all = Figures::default();
    for path in documents(&folder).iter().filter(|path| path.display().to_string().contains(&wanted)) {
        let draft = import(path).unwrap_or_else(|told| panic!("{}: {told:?}", path.display()));
        let lost: Vec<String> = draft
            .diagnostics
            .iter()
            .filter(|one| one.code == codes::E0802)
            .map(|one| format!("{} {}", one.pointer.clone().unwrap_or_default(), one.message))
            .collect();
        let told = draft.diagnostics.len();
        let figures = judge(draft);
        eprintln!(
            "{}: {} found, {} usable, {told} told, {} sampled, {} valid, {} played",
            path.file_name().unwrap_or_default().display(),
            figures.found,
            figures.usable,
            figures.sampled,
            figures.valid,
            figures.played
        );
        lost.iter().chain(&figures.told).take(12).for_each(|line| eprintln!("    {line}"));
        assert!(
            figures.told.iter().all(|line| !line.starts_with("load") && !line.contains("E0503")),
            "{:?}",
            figures.told
        );
        all.add(figures);
    }
    eprintln!("all: {} found, {} usable, {} valid, {} played", all.found, all.usable, all.valid, all.played);
    assert!(Figures::rate(all.usable, all.found) >= 0.99);
    assert!(Figures::rate(all.valid, all.sampled) >= 0.95);
    assert!(Figures::rate(all.played, all.sampled) >= 0.95);
}

/// The documents in a folder and in those below it.
fn below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            found.extend(below(&path));
        } else if path.extension().is_some_and(|ending| ["json", "yaml", "yml"].iter().any(|own| ending == *own)) {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[test]
#[expect(clippy::print_stderr, reason = "the figures, for who looks at them")]
fn every_wrong_document_is_imported_or_told() {
    let Some(folder) = folder("openapi/mermade-fail") else { return };
    let (mut imported, mut refused) = (0, 0);
    for path in below(&folder) {
        let bytes = fs::read(&path).expect("a document");
        let Ok(file) = SourceFile::from_bytes(path.display().to_string(), bytes) else {
            refused += 1;
            continue;
        };
        let mut nothing = |name: &str| Err(format!("no {name}"));
        let draft = import::read(file).and_then(|source| import::import(source, &Options::default(), &mut nothing));
        match draft {
            Ok(draft) => {
                assert!(draft.usable() > 0 || draft.found == 0 || !draft.diagnostics.is_empty(), "{}", path.display());
                imported += 1;
                let mut catalogue = Catalogue::empty();
                for file in draft.files() {
                    let told = catalogue.add(SourceFile::new(file.path, file.text));
                    assert!(told.iter().all(|one| !one.is_error()), "{}: {told:?}", path.display());
                }
            }
            Err(told) => {
                assert!(told.iter().any(Diagnostic::is_error), "{}", path.display());
                refused += 1;
            }
        }
    }
    eprintln!("{imported} documents are imported, {refused} refused");
    assert!(imported + refused > 90);
}

#[test]
#[expect(clippy::print_stderr, reason = "a test that does not run says so, and the figures")]
fn a_description_in_thousands_of_files_is_imported() {
    let Some(folder) = folder("openapi") else { return };
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let mut tar = std::process::Command::new("tar");
    let unpacked = tar.arg("-xzf").arg(folder.join("digitalocean.tar.gz")).arg("-C").arg(scratch.path()).status();
    if !unpacked.is_ok_and(|status| status.success()) {
        eprintln!("skipped: `tar` cannot unpack digitalocean.tar.gz");
        return;
    }
    let draft = import(&scratch.path().join("digitalocean/DigitalOcean-public.v2.yaml")).expect("a draft");
    let figures = judge(draft);
    eprintln!(
        "{} found, {} usable, {} sampled, {} valid, {} played",
        figures.found, figures.usable, figures.sampled, figures.valid, figures.played
    );
    figures.told.iter().take(12).for_each(|line| eprintln!("    {line}"));
    assert!(figures.found > 100 && Figures::rate(figures.usable, figures.found) >= 0.99);
    assert!(Figures::rate(figures.valid, figures.sampled) >= 0.95);
    assert!(Figures::rate(figures.played, figures.sampled) >= 0.95);
}
