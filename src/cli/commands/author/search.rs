//! `legwork search WORDS` and `legwork list`.

use crate::cli::args::{Filters, ListArgs, ListOutput, SearchArgs};
use crate::cli::exit::{Exit, Outcome};
use crate::cli::{out, shelf};
use legwork::catalogue::search::{Hit, Query, Record};
use legwork::host::shelf::Folders;
use serde_json::{Value, json};
use std::fmt::Write;
use std::io::IsTerminal;
use std::path::Path;

/// The room for a method.
const METHOD: usize = 6;

/// What stands between columns.
const GAP: &str = "  ";

/// No column gets less than this.
const LEAST: usize = 20;

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
        ListOutput::Human => lines(hits, columns()),
    };
    if !text.is_empty() {
        out::data(&text)?;
    }
    Ok(Exit::Done)
}

/// The width of the terminal that standard output is; `None` where it is none.
fn columns() -> Option<usize> {
    let out = std::io::stdout();
    let size = out.is_terminal().then(|| terminal_size::terminal_size_of(&out)).flatten();
    size.map(|(width, _)| usize::from(width.0))
}

/// `{"name", "title", "method", "path", "provider", "tags", "deprecated"}`.
fn as_json(hit: &Hit) -> Value {
    let Record { name, title, method, path, provider, tags, deprecated, .. } = &hit.record;
    json!({
        "name": name, "title": title, "method": method, "path": path, "provider": provider, "tags": tags,
        "deprecated": deprecated,
    })
}

/// One line for each: name, method, path, a few words. On a terminal, so wide, paths and words are shortened, never a name: one
/// that is too long for its column has a line of its own.
fn lines(hits: &[Hit], columns: Option<usize>) -> String {
    let longest = |of: fn(&Record) -> &str| hits.iter().map(|hit| of(&hit.record).chars().count()).max().unwrap_or(0);
    let (names, paths) = (longest(|record| &record.name), longest(|record| &record.path));
    let (names, paths, words) = match columns {
        None => (names, paths, usize::MAX),
        Some(columns) => {
            let names = names.min((columns * 2 / 5).max(LEAST));
            let rest = columns.saturating_sub(names + METHOD + 3 * GAP.len());
            let paths = paths.min((rest / 2).max(LEAST));
            (names, paths, rest.saturating_sub(paths))
        }
    };
    let mut text = String::new();
    for Hit { record, .. } in hits {
        let old = if record.deprecated { " (deprecated)" } else { "" };
        let told = format!("{}{old}", record.title);
        let (path, told) = (shortened(&record.path, paths), cut(&told, words));
        let name = &record.name;
        let has_own_line = name.chars().count() > names;
        let first = if has_own_line { "" } else { name };
        if has_own_line {
            let _ = writeln!(text, "{name}");
        }
        let line = format!("{first:names$}{GAP}{:METHOD$}{GAP}{path:paths$}{GAP}{told}", record.method);
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

/// A path without its middle where it is too long: its ends say most.
fn shortened(path: &str, most: usize) -> String {
    let letters: Vec<char> = path.chars().collect();
    if letters.len() <= most {
        return path.to_owned();
    }
    let (before, after) = ((most - 1) / 3, most - 1 - (most - 1) / 3);
    let ends = letters.iter().take(before).chain(&['…']).chain(letters.iter().skip(letters.len() - after));
    ends.collect()
}

/// A text without its end where it is too long; nothing where there is hardly any room.
fn cut(text: &str, most: usize) -> String {
    match text.chars().count() {
        count if count <= most => text.to_owned(),
        _ if most < 8 => String::new(),
        _ => text.chars().take(most - 1).chain(['…']).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_even_and_names_are_whole() {
        let hit = |name: &str, path: &str, title: &str| {
            let (name, path, title) = (name.to_owned(), path.to_owned(), title.to_owned());
            Hit {
                number: 0,
                record: Record { name, path, title, method: "GET".to_owned(), ..Record::default() },
                score: 1.0,
            }
        };
        let long = "crm_accounts_list_contacts_of_a_certain_account";
        let hits = [
            hit("crm_get", "/a", "Get it"),
            hit(long, "/accounts/{account_id}/contacts/{contact_id}", "List them all"),
        ];
        let check = |columns: Option<usize>, expected: &str| assert_eq!(lines(&hits, columns), expected);
        let room = " ".repeat(long.len() - "crm_get".len());
        check(
            None,
            &format!(
                "crm_get{room}  GET     /a{}  Get it\n{long}  GET     /accounts/{{account_id}}/contacts/{{contact_id}}  List them all\n",
                " ".repeat(42)
            ),
        );
        check(
            Some(60),
            &format!("crm_get{}GET     /a\n{long}\n{}GET     /accou…/{{contact_id}}\n", " ".repeat(19), " ".repeat(26)),
        );
    }
}
