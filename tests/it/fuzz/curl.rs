//! `curl` commands.

use super::{Verdict, run, text};
use legwork::catalogue::Catalogue;
use legwork::import::{self, Options};
use legwork::source::SourceFile;

const WORDS: &[&str] = &[
    "curl ",
    "https://h/a",
    "-d ",
    "-H ",
    "'X: y'",
    "--data-urlencode ",
    "-F ",
    "a=@f",
    "\"",
    "'",
    "$'",
    "\\",
    "\\\n",
    "$x",
    "${y}",
    "$(z)",
    "`w`",
    " | ",
    "<<E\n",
    "\nE\n",
    " < ",
    "--json ",
    "{\"a\":1}",
    "{{b}}",
    "${workflow.secrets.x}",
    "-u a:b ",
    "-G ",
    "--next ",
    "-X ",
    "é",
    "%41",
    "&",
    ";type=",
    "\u{0}",
];

#[test]
fn no_command_is_too_odd() {
    run("curl", WORDS, |input| text(input).map_or(Ok(String::new()), check));
}

/// What is imported can be read again; a flaw costs its own command only.
fn check(text: &str) -> Verdict {
    let file = SourceFile::new("c.curl", format!("curl {text}"));
    let Ok(source) = import::read(file) else { return Ok("nothing".to_owned()) };
    let options = Options { name: Some("t".to_owned()), server: None };
    let Ok(draft) = import::import(source, &options, &mut |_| Err("no files".to_owned())) else {
        return Ok("none".to_owned());
    };
    let (usable, losses) = (draft.usable(), draft.diagnostics.len());
    let mut catalogue = Catalogue::empty();
    for file in draft.files() {
        let problems = catalogue.add(SourceFile::new(format!("d/{}", file.path), file.text.as_str()));
        if let Some(problem) = problems.iter().find(|problem| problem.is_error()) {
            return Err(format!("{problem:?} in\n{}", file.text));
        }
    }
    Ok(format!("{} {}", usable.min(3), losses.min(3)))
}
