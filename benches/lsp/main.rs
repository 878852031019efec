//! How fast an editor is answered: the built program over its standard streams, beside other servers on the same file.
//!
//! `cargo bench --bench lsp`; `cargo bench --bench lsp -- 500 60` is the lines of the file and the number of rounds. Each round types a character and asks. Times
//! are milliseconds; p50 is the middle one, and p95 the one that 95 of 100 are below, which is what is asked for. A folder with 1,000 task definitions lies beside
//! the file. The other servers are `yaml-language-server` and `vscode-json-language-server`, where they are on `PATH` or named by `LEGWORK_BENCH_YAML` and
//! `LEGWORK_BENCH_JSON`; they are given the published schema of workflow definitions.

mod program;
mod texts;

use program::{Program, Server};
use serde_json::json;
use std::time::Instant;

/// A step: its name, what is asked of a file of 500 lines and of one of 5,000.
const STEPS: &[(&str, f64, f64)] = &[
    ("spawn to initialize", 30.0, 30.0),
    ("open to diagnostics", 40.0, 50.0),
    ("completion", 10.0, 50.0),
    ("hover", 10.0, 50.0),
    ("codeLens", 20.0, 50.0),
    ("inlayHint", 20.0, 50.0),
    ("semanticTokens/full", 20.0, 50.0),
    ("documentSymbol", 20.0, 50.0),
    ("foldingRange", 20.0, 50.0),
    ("diagnostic", 40.0, 50.0),
    ("click to running", 50.0, 50.0),
    ("test request, our part", 5.0, 50.0),
    ("memory, megabytes", 40.0, 80.0),
];

/// Times of each step, in the order of [`STEPS`]; a step that a server does not offer has none.
type Times = Vec<Vec<f64>>;

#[expect(clippy::print_stdout, reason = "a bench prints its table")]
fn main() {
    let given: Vec<usize> = std::env::args().filter_map(|text| text.parse().ok()).collect();
    let rounds = given.get(1).copied().unwrap_or(60);
    let sizes = given.first().map_or_else(|| vec![500, 5000], |lines| vec![*lines]);
    let folder = texts::folder();
    println!(
        "| lines | file | step | asked | legwork p50 | legwork p95 | met | other p50 | other p95 | times slower |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|");
    for (lines, kind) in sizes.iter().flat_map(|lines| [(*lines, "yaml"), (*lines, "json")]) {
        let file = texts::File::new(folder.path(), kind, lines);
        let own = measured(&Server::legwork(), &file, rounds);
        let other = Server::other(kind).map(|server| measured(&server, &file, rounds));
        let no_times = Times::new();
        let other = other.as_ref().unwrap_or(&no_times);
        for (number, (step, asked_of_500, asked_of_5000)) in STEPS.iter().enumerate() {
            let asked = if lines > 1000 { asked_of_5000 } else { asked_of_500 };
            let (Some(p50), Some(p95)) = (at(&own, number, 50), at(&own, number, 95)) else { continue };
            let met = if p95 <= *asked { "yes" } else { "NO" };
            let theirs = |part| at(other, number, part);
            let cell = |time: Option<f64>| time.map_or_else(String::new, |time| format!("{time:.2}"));
            let ratio = theirs(95).map(|time| time / p95);
            println!(
                "| {lines} | {kind} | {step} | {asked} | {p50:.2} | {p95:.2} | {met} | {} | {} | {} |",
                cell(theirs(50)),
                cell(theirs(95)),
                cell(ratio)
            );
        }
    }
    for kind in ["yaml", "json"].into_iter().filter(|kind| Server::other(kind).is_none()) {
        println!("\nno other server for {kind}: {}", Server::wanted(kind));
    }
}

/// The time of a step that so many of 100 are below.
fn at(times: &Times, step: usize, part: usize) -> Option<f64> {
    let mut times = times.get(step)?.clone();
    times.sort_by(f64::total_cmp);
    times.get((times.len() * part / 100).min(times.len().checked_sub(1)?)).copied()
}

fn measured(server: &Server, file: &texts::File, rounds: usize) -> Times {
    let mut times: Times = STEPS.iter().map(|_| Vec::new()).collect();
    let of = |name: &str| STEPS.iter().position(|(step, ..)| *step == name).expect("a step");
    for _ in 0..10 {
        let begin = Instant::now();
        let mut program = Program::start(server, file);
        times[of("spawn to initialize")].push(millis(begin));
        let begin = Instant::now();
        program.open();
        program.diagnostics();
        times[of("open to diagnostics")].push(millis(begin));
        program.end();
    }
    let mut program = Program::start(server, file);
    program.open();
    program.diagnostics();
    let start = json!({"line": 0, "character": 0});
    let asked = json!({"position": file.position, "range": {"start": start, "end": {"line": 60, "character": 0}}});
    let steps = of("completion")..=of("diagnostic");
    for round in 0..rounds {
        for step in steps.clone() {
            program.type_one(round * STEPS.len() + step);
            let begin = Instant::now();
            let answered = program.about(STEPS[step].0, &asked);
            times[step].extend(answered.then(|| millis(begin)));
        }
    }
    if server.is_ours {
        let (clicks, requests) = program.test_requests(rounds);
        times[of("click to running")] = clicks;
        times[of("test request, our part")] = requests;
    }
    times[of("memory, megabytes")].push(program.memory_megabytes());
    program.end();
    times
}

fn millis(begin: Instant) -> f64 {
    begin.elapsed().as_secs_f64() * 1000.0
}
