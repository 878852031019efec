//! `legwork import SOURCE`.

use crate::cli::args::{ImportArgs, ImportOutput};
use crate::cli::exit::{Exit, Outcome, Stop};
use crate::cli::progress::Progress;
use crate::cli::{out, render};
use legwork::diagnostic::{Diagnostic, codes};
use legwork::draft::{Draft, slug};
use legwork::host::draft_folder::{DraftError, DraftFolder, Fate, Overwrite, stale_draft_files};
use legwork::host::{self, ReadError};
use legwork::import::{self, Kind, Options, Source};
use legwork::source::SourceFile;
use serde_json::json;
use std::collections::{BTreeMap, HashSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// So many diagnostics of one code are shown; the others are counted.
const SHOWN: usize = 5;

/// Writes the task definitions of a source below the folder.
pub(crate) fn run(args: &ImportArgs) -> Outcome {
    let progress = Progress::start(format!("importing {}", first_words(&args.source)));
    let file = source_file(&args.source)?;
    let source = import::read(file)?;
    let folder = target(args, &source);
    let mut read = |path: &str| further_file(&args.source, path);
    let mut draft = import::import(source, &options(args), &mut read)?;
    let mut diagnostics = std::mem::take(&mut draft.diagnostics);
    if draft.usable() == 0 {
        drop(progress);
        let message = format!("nothing of `{}` can be imported", first_words(&args.source));
        diagnostics.push(Diagnostic::new(codes::E0801, message).help("what is wrong with each operation stands above"));
        return Err(Stop::Refused(if args.output == ImportOutput::Json {
            diagnostics
        } else {
            summed_up(&diagnostics)
        }));
    }
    let result = write(args, draft, &folder, &progress)?;
    drop(progress);
    diagnostics.extend(result.kept.iter().map(|path| kept(path)));
    say(args, &result, &diagnostics)?;
    Ok(Exit::Done)
}

/// What was written, and what was not.
#[derive(Default)]
struct Written {
    folder: PathBuf,
    provider: String,
    found: usize,
    usable: usize,
    names: Vec<String>,
    paths: Vec<PathBuf>,
    same: usize,
    kept: Vec<PathBuf>,
    stale: Vec<PathBuf>,
}

fn write(args: &ImportArgs, draft: Draft, folder: &Path, progress: &Progress) -> Result<Written, Stop> {
    let overwrite = if args.force { Overwrite::Everything } else { Overwrite::Untouched };
    let mut target = DraftFolder::new(folder, overwrite);
    let provider = draft.provider.name.clone();
    let (found, usable) = (draft.found, draft.usable());
    let mut result = Written { folder: folder.to_owned(), provider, found, usable, ..Written::default() };
    let own_folder = folder.join(&result.provider);
    let mut all = HashSet::new();
    for file in draft.files() {
        progress.step();
        let path = folder.join(&file.path);
        let fate = if args.dry_run { target.fate(&file) } else { target.put(&file) };
        match fate.map_err(|error| refused(&error))? {
            Fate::New | Fate::Replaced => result.paths.push(path.clone()),
            Fate::Same => result.same += 1,
            Fate::Kept => result.kept.push(path.clone()),
        }
        result.names.extend(file.name);
        all.insert(path);
    }
    if !args.dry_run {
        target.commit().map_err(|error| refused(&error))?;
    }
    if !result.provider.is_empty() {
        result.stale = stale_draft_files(&own_folder, &|path| all.contains(path));
    }
    Ok(result)
}

fn refused(error: &DraftError) -> Stop {
    let help = match error.cause().kind() {
        std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
            "you may not write there: give another folder with --into".to_owned()
        }
        _ => format!("the system says: {}", error.cause()),
    };
    Diagnostic::new(codes::E0806, error.to_string()).help(help).into()
}

fn kept(path: &Path) -> Diagnostic {
    let message = format!("`{}` was changed since it was imported, and stays as it is", path.display());
    Diagnostic::new(codes::E0805, message).help("--force overwrites it")
}

/// A curl command in quotes is a source itself.
fn source_file(source: &str) -> Result<SourceFile, ReadError> {
    if source.starts_with("curl ") {
        return Ok(SourceFile::new("<command line>", source));
    }
    host::load_source(Path::new(source))
}

/// A file that the source refers to, from the source's folder.
fn further_file(source: &str, path: &str) -> Result<SourceFile, String> {
    if Path::new(path).is_absolute() {
        return Err("a path has to start at the source's folder".to_owned());
    }
    let folder = Path::new(source).parent().unwrap_or(Path::new(""));
    host::load_source(&folder.join(path)).map_err(|error| error.to_string())
}

fn options(args: &ImportArgs) -> Options {
    Options { name: args.name.as_deref().map(slug), server: args.server.clone() }
}

fn target(args: &ImportArgs, source: &Source) -> PathBuf {
    let usual = if source.kind == Kind::Arazzo { "workflows" } else { "task-definitions" };
    args.into.clone().unwrap_or_else(|| PathBuf::from(usual))
}

fn first_words(source: &str) -> String {
    let short: String = source.chars().take(60).collect();
    if short.len() < source.len() { format!("{short}…") } else { short }
}

/// The first of each code, and how many more there are.
fn summed_up(diagnostics: &[Diagnostic]) -> Vec<Diagnostic> {
    let mut counts: BTreeMap<&str, (usize, &Diagnostic)> = BTreeMap::new();
    let mut shown = Vec::new();
    for diagnostic in diagnostics {
        let (count, _) = counts.entry(diagnostic.code.id()).or_insert((0, diagnostic));
        *count += 1;
        if *count <= SHOWN {
            shown.push(diagnostic.clone());
        }
    }
    let more = counts.into_values().filter(|(count, _)| *count > SHOWN);
    shown.extend(more.map(|(count, first)| {
        let message = format!("{} more of {}: {}", count - SHOWN, first.code, first.code.title());
        Diagnostic::new(first.code, message).severity(first.severity).help("--output json lists all of them")
    }));
    shown
}

fn say(args: &ImportArgs, result: &Written, diagnostics: &[Diagnostic]) -> Result<(), Stop> {
    if args.output == ImportOutput::Json {
        out::data(&format!("{:#}", json(args, result, diagnostics)))?;
        return Ok(());
    }
    render::show(&summed_up(diagnostics));
    out::data(&human(args, result))?;
    if !args.dry_run && !result.provider.is_empty() {
        out::say(&format!("use them with --task-definitions {}", result.folder.display()));
    }
    Ok(())
}

/// `19 of 19 operations: 20 files written below task-definitions`, and what was not written; each path of a dry run.
fn human(args: &ImportArgs, result: &Written) -> String {
    let verb = if args.dry_run { "would be written" } else { "written" };
    let what = if result.provider.is_empty() { "workflows" } else { "operations" };
    let mut text = format!(
        "{} of {} {what}: {} {verb} below {}",
        result.usable,
        result.found,
        counted(result.paths.len(), "file"),
        result.folder.display()
    );
    let others =
        [(result.same, "already there"), (result.kept.len(), "kept"), (result.stale.len(), "no longer in the source")];
    for (count, words) in others.into_iter().filter(|(count, _)| *count > 0) {
        let _ = write!(text, ", {count} {words}");
    }
    let listed = if args.dry_run { result.paths.as_slice() } else { &[] };
    for path in listed.iter().chain(&result.stale) {
        let is_stale = result.stale.contains(path);
        let _ = write!(text, "\n  {}{}", path.display(), if is_stale { " (no longer in the source)" } else { "" });
    }
    text
}

fn counted(count: usize, word: &str) -> String {
    if count == 1 { format!("1 {word}") } else { format!("{count} {word}s") }
}

fn json(args: &ImportArgs, result: &Written, diagnostics: &[Diagnostic]) -> serde_json::Value {
    let shown = |paths: &[PathBuf]| paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>();
    json!({
        "folder": result.folder.display().to_string(),
        "provider": result.provider,
        "dryRun": args.dry_run,
        "found": result.found,
        "usable": result.usable,
        "names": result.names,
        "written": shown(&result.paths),
        "same": result.same,
        "kept": shown(&result.kept),
        "stale": shown(&result.stale),
        "diagnostics": render::as_json(diagnostics)["diagnostics"],
    })
}
