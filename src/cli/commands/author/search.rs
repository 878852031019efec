//! `legwork search WORDS` and `legwork list`.

use crate::cli::args::{Filters, ListArgs, ListOutput, SearchArgs};
use crate::cli::exit::{Exit, Outcome};
use crate::cli::{out, shelf};
use legwork::catalogue::search::{Hit, Query, Record};
use legwork::host::shelf::Folders;
use serde_json::{Value, json};
use std::fmt::Write;
use std::path::Path;

/// Prints the operations that the words are about, the best first.
pub(crate) fn run(args: &SearchArgs) -> Outcome {
    let hits = hits(&args.filters, &args.words.join(" "), args.limit)?;
    if hits.is_empty() {
        out::say(
            "nothing is found: `legwork list` shows what there is, `legwork import` and --task-definitions add to it",
        );
    }
    print(&hits, args.filters.output)
}

/// Prints all operations.
pub(crate) fn list(args: &ListArgs) -> Outcome {
    let hits = hits(&args.filters, "", 0)?;
    print(&hits, args.filters.output)
}

fn hits(filters: &Filters, words: &str, limit: usize) -> Result<Vec<Hit>, crate::cli::exit::Stop> {
    let folders = Folders::of(&filters.task_definitions, Path::new("."));
    let shelf = shelf::open(&folders)?;
    shelf::tell(&shelf);
    let (provider, method, tag) = (filters.provider.clone(), filters.method.clone(), filters.tag.clone());
    let query = Query { words: words.to_owned(), provider, method, tag, limit };
    Ok(shelf.index().search(&query))
}

fn print(hits: &[Hit], output: ListOutput) -> Outcome {
    let text = match output {
        ListOutput::Json => format!("{:#}", hits.iter().map(as_json).collect::<Value>()),
        ListOutput::Human => lines(hits),
    };
    if !text.is_empty() {
        out::data(&text)?;
    }
    Ok(Exit::Done)
}

/// `{"name", "title", "method", "path", "provider", "tags", "deprecated"}`.
fn as_json(hit: &Hit) -> Value {
    let Record { name, title, method, path, provider, tags, deprecated, .. } = &hit.record;
    json!({
        "name": name, "title": title, "method": method, "path": path, "provider": provider, "tags": tags,
        "deprecated": deprecated,
    })
}

/// One line for each: name, method, path, a few words.
fn lines(hits: &[Hit]) -> String {
    let width = |of: fn(&Record) -> &str, most: usize| {
        hits.iter().map(|hit| of(&hit.record).chars().count()).max().unwrap_or(0).min(most)
    };
    let (names, paths) = (width(|record| &record.name, 60), width(|record| &record.path, 44));
    let mut text = String::new();
    for Hit { record, .. } in hits {
        let old = if record.deprecated { " (deprecated)" } else { "" };
        let (name, method, path) = (&record.name, &record.method, &record.path);
        let line = format!("{name:names$}  {method:6}  {path:paths$}  {}{old}", record.title);
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}
