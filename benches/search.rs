//! Search in process: the questions of `tests/search/queries.tsv` over every operation of the documents beside the project.
//!
//! `cargo bench --bench search [FOLDER]`; without documents there is nothing to measure, which it says.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use legwork::catalogue::search::Query;
use legwork::host::shelf::{Folders, Shelf};
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How often each question is asked.
const ROUNDS: usize = 200;

const QUESTIONS: &str = include_str!("../tests/search/queries.tsv");

fn main() {
    let named = std::env::args().skip(1).find(|argument| !argument.starts_with('-')).map(PathBuf::from);
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(|parent| parent.join("shared/corpus/openapi"));
    let Some(folder) = named.or_else(beside).filter(|folder| folder.is_dir()) else {
        return println!("skipped: there is no folder of documents");
    };
    let cache = tempfile::tempdir().expect("a scratch folder");
    let open = || Shelf::open(&Folders::with_cache(std::slice::from_ref(&folder), cache.path()), &mut |_, _| {});
    let began = Instant::now();
    drop(open().expect("a folder that can be listed"));
    let made = began.elapsed();
    let began = Instant::now();
    let shelf = open().expect("a folder that can be listed");
    println!("{} operations: the index is made in {made:?}, opened in {:?}", shelf.index().len(), began.elapsed());
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
    times.sort_unstable();
    let at = |share: usize| times.get(times.len() * share / 1000).or(times.last()).copied().unwrap_or_default();
    println!("{} searches: p50 {:?}, p99 {:?}, most {:?}", times.len(), at(500), at(990), at(1000));
}
