//! `legwork show [NAME]`.

use crate::cli::args::{PageForm, ShowArgs};
use crate::cli::exit::{Exit, Outcome, Stop};
use crate::cli::{html, load, out, page, shelf};
use legwork::catalogue::{Catalogue, Entry, ErrorRow, FieldRow, HeaderRow, RateLimit, Reference};
use legwork::diagnostic::{Diagnostic, codes};
use std::fmt::Write;
use std::path::Path;

/// Prints the reference page of a task definition, or all names.
pub(crate) fn run(args: &ShowArgs) -> Outcome {
    let mut catalogue = load::catalogue(&args.task_definitions, None)?;
    if let Some(name) = &args.name {
        shelf::complete(&mut catalogue, &[name], &args.task_definitions, Path::new("."))?;
    }
    let text = match &args.name {
        Some(name) if args.task => {
            let entry = load::entry(&catalogue, name)?;
            prepared(&entry)?
        }
        Some(name) => reference(&load::entry(&catalogue, name)?.reference(), args.output),
        None => names(&catalogue),
    };
    out::data(&text)?;
    Ok(Exit::Done)
}

/// The page in the form that was asked for.
fn reference(reference: &Reference, form: PageForm) -> String {
    match form {
        PageForm::Human => page::for_stdout(&markdown(reference)),
        PageForm::Markdown => markdown(reference),
        PageForm::Html => html::page(&reference.title, &markdown(reference)),
        PageForm::Json => format!("{:#}", serde_json::to_value(reference).unwrap_or_default()),
    }
}

/// The call as a task of a workflow definition; its reference name is the operation's last word.
fn prepared(entry: &Entry) -> Result<String, Stop> {
    let message = || format!("the task definition `{}` holds no request", entry.name);
    let task = entry.prepare(entry.short_name()).ok_or_else(|| Diagnostic::new(codes::E0610, message()))?;
    Ok(format!("{task:#}"))
}

/// One line for each name: method and a few words.
fn names(catalogue: &Catalogue) -> String {
    let entries: Vec<_> = catalogue.names().filter_map(|name| catalogue.get(name)).collect();
    let width = entries.iter().map(|entry| entry.name.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for entry in entries {
        let words = entry.operation.title.as_deref().or(entry.task_def.description.as_deref()).unwrap_or_default();
        let line = format!("{:width$}  {:6}  {words}", entry.name, entry.method.as_deref().unwrap_or("-"));
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

/// The page as Markdown.
fn markdown(page: &Reference) -> String {
    let mut text = format!("# {}: {}\n\n{}\n", page.name, page.title, page.description);
    if !page.method.is_empty() {
        let _ = writeln!(text, "\n```http\n{} {}\n```", page.method, page.url);
    }
    if !page.text.is_empty() {
        let _ = writeln!(text, "\n{}", page.text.trim_end());
    }
    section(&mut text, "Before you start", &preconditions(page));
    section(&mut text, "Headers", &page.headers.iter().map(header).collect::<String>());
    section(&mut text, "Parameters", &page.parameters.iter().map(field).collect::<String>());
    section(&mut text, "Body", &page.fields.iter().map(field).collect::<String>());
    section(&mut text, "Example", &example(page));
    section(&mut text, "Answer", &answer(page));
    section(&mut text, "Errors", &errors(&page.errors));
    let sources = page.docs_url.iter().chain(&page.sources);
    section(&mut text, "Sources", &bullets(sources));
    text
}

fn section(text: &mut String, title: &str, body: &str) {
    if !body.is_empty() {
        let _ = write!(text, "\n## {title}\n\n{body}");
    }
}

fn bullets<'t>(lines: impl IntoIterator<Item = &'t String>) -> String {
    lines.into_iter().fold(String::new(), |text, line| text + "- " + line + "\n")
}

fn preconditions(page: &Reference) -> String {
    let mut text = bullets(&page.prerequisites);
    if !page.scopes.is_empty() {
        let _ = writeln!(text, "- One of these scopes: {}.", page.scopes.join(", "));
    }
    if let Some(auth) = &page.auth {
        let _ = writeln!(text, "- Credentials: {auth}.");
    }
    if let Some(label) = &page.rate_label {
        let limits: Vec<_> = page.rate_limits.iter().map(|(plan, limit)| format!("{plan} {}", rate(*limit))).collect();
        let limits = if limits.is_empty() { String::new() } else { format!(" ({})", limits.join("; ")) };
        let _ = writeln!(text, "- Rate limit: {label}{limits}.");
    }
    text
}

fn rate(limit: RateLimit) -> String {
    let spans = [(limit.per_second, "s"), (limit.per_minute, "min"), (limit.per_day, "day")];
    let known = spans.into_iter().filter_map(|(count, span)| Some(format!("{}/{span}", count?)));
    known.collect::<Vec<_>>().join(" and ")
}

fn header(row: &HeaderRow) -> String {
    let required = if row.required { ", required" } else { "" };
    let default = row.default.as_ref().map_or_else(String::new, |value| format!(", default {value}"));
    format!("- `{}` {}{required}{default}. {}\n", row.name, row.kind, row.text)
}

/// ``- `user_info.type` integer, required. Which kind of user.``, then each allowed value with its meaning.
fn field(row: &FieldRow) -> String {
    let mut facts = vec![row.kind.clone()];
    facts.extend(row.required.then(|| "required".to_owned()));
    facts.extend(row.when.clone());
    facts.extend(row.rules.iter().cloned());
    facts.extend(row.default.as_ref().map(|value| format!("default {value}")));
    let mut text = format!("- `{}` {}. {}", row.path, facts.join(", "), row.description);
    text.truncate(text.trim_end().len());
    text.push('\n');
    for (value, meaning) in &row.allowed {
        let meaning = meaning.as_ref().map_or_else(String::new, |meaning| format!(": {meaning}"));
        let _ = writeln!(text, "  - `{value}`{meaning}");
    }
    text
}

fn example(page: &Reference) -> String {
    let Some(example) = &page.example else { return String::new() };
    format!("```json\n{}\n```\n", serde_json::to_string_pretty(example).unwrap_or_default())
}

fn answer(page: &Reference) -> String {
    let statuses: Vec<_> = page.accepted.iter().map(ToString::to_string).collect();
    let accepted = if statuses.is_empty() { "200 to 299".to_owned() } else { statuses.join(", ") };
    let rows: String = page.answer.iter().map(field).collect();
    if rows.is_empty() {
        format!("Accepted: {accepted}.\n")
    } else {
        format!("Accepted: {accepted}, with the body\n\n{rows}")
    }
}

fn errors(rows: &[ErrorRow]) -> String {
    let line = |row: &ErrorRow| {
        let status = row.status.map_or_else(String::new, |status| status.to_string());
        let code = row.code.as_deref().or(row.message.as_deref()).unwrap_or_default();
        format!("- {} `{}` {}\n", format!("{status} {code}").trim(), row.kind, row.say)
    };
    rows.iter().map(line).collect()
}
