//! Any API, over the OpenAPI documents beside the project: making and opening the index, one operation of the largest document,
//! the questions of `tests/search/queries.tsv` in process, and whole commands. Each line ends with what is asked of it.
//!
//! `cargo bench --bench search [FOLDER]`; without documents there is nothing to measure, which it says.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use legwork::catalogue::Catalogue;
use legwork::catalogue::search::Query;
use legwork::host::shelf::{Folders, Shelf};
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How often each question is asked, and each short thing is done.
const ROUNDS: usize = 200;
const FEW: usize = 20;

const QUESTIONS: &str = include_str!("../tests/search/queries.tsv");

fn main() {
    let named = std::env::args().skip(1).find(|argument| !argument.starts_with('-')).map(PathBuf::from);
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(|parent| parent.join("shared/corpus/openapi"));
    let Some(folder) = named.or_else(beside).filter(|folder| folder.is_dir()) else {
        return println!("skipped: there is no folder of documents");
    };
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let largest = largest(&folder);
    let folders = Folders::with_cache(std::slice::from_ref(&folder), &scratch.path().join("index"));
    let shelf = index(&folders);
    let name = operation(&shelf, &largest);
    open_one(&folders, &name);
    questions(&shelf);
    commands(&folder, scratch.path(), &name);
    import(&largest, scratch.path());
}

fn open(folders: &Folders) -> Shelf {
    Shelf::open(folders, &mut |_, _| {}).expect("a folder that can be listed")
}

fn index(folders: &Folders) -> Shelf {
    let began = Instant::now();
    let shelf = open(folders);
    println!("index of {} operations made: {:?}", shelf.index().len(), began.elapsed());
    shelf
}

/// The index opened, and one operation of the largest document read from it with everything that it refers to.
fn open_one(folders: &Folders, name: &str) {
    let (mut opened, mut read) = (Vec::new(), Vec::new());
    for _ in 0..FEW {
        let began = Instant::now();
        let shelf = open(folders);
        opened.push(began.elapsed());
        let mut catalogue = Catalogue::builtin();
        let told = shelf.load(name, &mut catalogue);
        assert!(told.is_empty(), "{told:?}");
        black_box(catalogue.get(name).expect("the operation").reference());
        read.push(began.elapsed());
    }
    println!("index opened: {:?}", at(&mut opened, 500));
    println!("index opened, and the reference page of {name} made from it: {:?} (30 ms)", at(&mut read, 500));
}

fn questions(shelf: &Shelf) {
    let lines = QUESTIONS.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split('\t').next());
    let queries: Vec<Query> =
        lines.map(|words| Query { words: words.to_owned(), limit: 10, ..Query::default() }).collect();
    let mut times: Vec<Duration> = Vec::with_capacity(ROUNDS * queries.len());
    for _ in 0..ROUNDS {
        for query in &queries {
            let began = Instant::now();
            black_box(shelf.index().search(black_box(query)));
            times.push(began.elapsed());
        }
    }
    let (p50, p99, most) = (at(&mut times, 500), at(&mut times, 990), at(&mut times, 1000));
    println!("{} searches in process: p50 {p50:?}, most {most:?}, p99 {p99:?} (2 ms)", times.len());
}

/// Whole processes, the index being there.
fn commands(folder: &Path, scratch: &Path, name: &str) {
    let legwork = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_legwork"));
        command.args(arguments).arg("--task-definitions").arg(folder).current_dir(scratch);
        command.env("XDG_CACHE_HOME", scratch.join("cache")).env("XDG_DATA_HOME", scratch.join("data"));
        command
    };
    for arguments in [&["search", "create", "user"][..], &["show", name][..]] {
        run(&mut legwork(arguments));
        let mut times: Vec<_> = (0..FEW).map(|_| run(&mut legwork(arguments)).0).collect();
        println!("legwork {}: {:?} (30 ms)", arguments.join(" "), at(&mut times, 500));
    }
}

/// The largest document as files.
fn import(document: &Path, scratch: &Path) {
    let size = fs::metadata(document).map_or(0, |metadata| metadata.len());
    let mut times = Vec::new();
    let mut memory = 0;
    for round in 0..5 {
        let mut command = Command::new(env!("CARGO_BIN_EXE_legwork"));
        command.arg("import").arg(document).arg("--into").arg(scratch.join(format!("into-{round}")));
        let (time, peak) = run(&mut command);
        times.push(time);
        memory = memory.max(peak);
    }
    let name = document.file_name().unwrap_or_default().to_string_lossy();
    println!("legwork import {name}, {:.1} MB: {:?} (1.5 s)", megabytes(size), at(&mut times, 500));
    println!("  at most {:.0} MB in memory ({:.0} MB, 8 times its size)", megabytes(memory), megabytes(8 * size));
}

/// Runs a command; its time, and the most memory that it was seen to hold, in bytes (Linux only, else 0).
fn run(command: &mut Command) -> (Duration, u64) {
    let began = Instant::now();
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
    let status = PathBuf::from(format!("/proc/{}/status", child.id()));
    let mut peak = 0;
    loop {
        peak = peak.max(high_water(&status).unwrap_or(0));
        if let Some(ended) = child.try_wait().expect("it ends") {
            assert!(ended.success(), "{command:?} ended with {ended}");
            return (began.elapsed(), peak);
        }
        std::thread::sleep(Duration::from_micros(200));
    }
}

fn high_water(status: &Path) -> Option<u64> {
    let text = fs::read_to_string(status).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().trim_end_matches(" kB").parse::<u64>().ok()? * 1024)
}

fn largest(folder: &Path) -> PathBuf {
    let files = fs::read_dir(folder).expect("a folder that can be listed").flatten();
    let size = |entry: &fs::DirEntry| entry.metadata().map_or(0, |metadata| metadata.len());
    files.max_by_key(size).expect("a document").path()
}

/// The operation of the largest document whose reference page is the longest: the most is read for it.
fn operation(shelf: &Shelf, document: &Path) -> String {
    let stem = document.file_stem().unwrap_or_default().to_string_lossy().to_lowercase();
    let of_document =
        |provider: &str| stem.split(|ch: char| !ch.is_alphanumeric()).next() == provider.split('_').next();
    let records = shelf.index().records().filter(|record| record.method == "PATCH" && of_document(&record.provider));
    let length = |name: &String| {
        let mut catalogue = Catalogue::builtin();
        shelf.load(name, &mut catalogue);
        let page = catalogue.get(name).map(|entry| entry.reference());
        page.map_or(0, |page| page.fields.len() + page.answer.len())
    };
    records.map(|record| record.name).max_by_key(length).expect("an operation that changes something")
}

/// The time that so many thousandths of all stay below.
fn at(times: &mut [Duration], thousandths: usize) -> Duration {
    times.sort_unstable();
    times.get(times.len() * thousandths / 1000).or(times.last()).copied().unwrap_or_default()
}

#[expect(clippy::cast_precision_loss, reason = "shown with one digit")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
