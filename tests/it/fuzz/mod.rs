//! Parsers and the redactor under inputs that nobody wrote.
//!
//! `cargo test` gives each target a small number of inputs, the same ones every time. A longer run takes new ones:
//! `LEGWORK_FUZZ_SECONDS=60 cargo test --test it fuzz:: -- --test-threads=2 --nocapture`. What starts a target off stands in
//! `fuzz/corpus/TARGET/`; a finding is made small, written to `target/fuzz/`, and belongs into the corpus once it is mended.

#[cfg(feature = "import")]
mod curl;
mod expression;
mod json;
mod mutate;
mod redactor;
mod retry_after;
mod template;
mod yaml;

use mutate::Mutator;
use std::collections::HashSet;
use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// How many inputs a target gets in a plain `cargo test`.
const FEW: u64 = 500;
/// An input that takes longer is a finding.
const LONGEST: Duration = Duration::from_secs(10);

/// What came of an input: what it did, in words of which new ones make it worth keeping; or what is wrong.
type Verdict = Result<String, String>;

/// Runs a target over its corpus and what is made of it.
#[expect(clippy::print_stderr, reason = "a long run tells how many inputs it took")]
fn run(name: &str, words: &[&str], check: impl Fn(&[u8]) -> Verdict) {
    let seconds: Option<u64> = std::env::var("LEGWORK_FUZZ_SECONDS").ok().and_then(|text| text.parse().ok());
    let mut random = match seconds {
        Some(_) => fastrand::Rng::new(),
        None => fastrand::Rng::with_seed(1),
    };
    let mut corpus = corpus(name);
    assert!(!corpus.is_empty(), "there is no fuzz/corpus/{name}");
    let (started, mut inputs, mut seen) = (Instant::now(), 0_u64, HashSet::new());
    let seeds = corpus.len();
    loop {
        let input = match corpus.get(usize::try_from(inputs).unwrap_or(usize::MAX)).filter(|_| inputs < seeds as u64) {
            Some(first) => first.clone(),
            None => Mutator { words, corpus: &corpus, random: &mut random }.next(),
        };
        inputs += 1;
        match judged(&check, &input) {
            Ok(behaviour) => {
                if seen.insert(hash(behaviour.as_bytes())) && inputs > seeds as u64 && corpus.len() < 4096 {
                    corpus.push(input);
                }
            }
            Err(what) => fail(name, &small(&check, input), &what),
        }
        let is_over = match seconds {
            Some(seconds) => started.elapsed() >= Duration::from_secs(seconds),
            None => inputs >= FEW,
        };
        if is_over {
            break;
        }
    }
    eprintln!(
        "fuzz {name}: {inputs} inputs in {:.0} s, {} behaviours, no finding",
        started.elapsed().as_secs_f64(),
        seen.len()
    );
}

fn corpus(name: &str) -> Vec<Vec<u8>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(name);
    let mut paths: Vec<_> = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths.iter().map(|path| fs::read(path).expect("a file of the corpus")).collect()
}

fn judged(check: &impl Fn(&[u8]) -> Verdict, input: &[u8]) -> Verdict {
    let started = Instant::now();
    let verdict = catch_unwind(AssertUnwindSafe(|| check(input))).unwrap_or_else(|_| Err("it panicked".to_owned()));
    match started.elapsed() {
        long if long > LONGEST => Err(format!("it took {} s", long.as_secs())),
        _ => verdict,
    }
}

/// The input with everything taken out that is not needed for the finding.
fn small(check: &impl Fn(&[u8]) -> Verdict, mut input: Vec<u8>) -> Vec<u8> {
    let mut size = input.len() / 2;
    while size > 0 {
        let mut at = 0;
        while at < input.len() {
            let mut less = input.clone();
            less.drain(at..(at + size).min(input.len()));
            if judged(check, &less).is_err() {
                input = less;
            } else {
                at += size;
            }
        }
        size /= 2;
    }
    input
}

fn fail(name: &str, input: &[u8], what: &str) -> ! {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).with_file_name("fuzz");
    let path = folder.join(format!("{name}-{:016x}", hash(input)));
    let written = fs::create_dir_all(&folder).and_then(|()| fs::write(&path, input));
    panic!("{name}: {what}\n  input: {}\n  {}: {written:?}", input.escape_ascii(), path.display());
}

fn hash(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    hasher.finish()
}

/// The input as text; a target of texts has nothing to do with another one.
fn text(input: &[u8]) -> Option<&str> {
    std::str::from_utf8(input).ok()
}
