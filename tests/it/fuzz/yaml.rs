//! YAML.

use super::{Verdict, run, text};
use legwork::source::{self, SourceFile};

const WORDS: &[&str] = &[
    ": ",
    "- ",
    "\n",
    "  ",
    "&a ",
    "*a",
    "<<: ",
    "!!str ",
    "|",
    ">-",
    "---\n",
    "...\n",
    "? ",
    "{",
    "}",
    "[",
    "]",
    "\"",
    "'",
    "# x",
    "null",
    "~",
    "0x1f",
    "1e3",
    ".inf",
    "name: ",
    "tasks:",
    "type: HTTP",
    "\t",
    "%YAML 1.2\n",
    "é",
    "\u{feff}",
    "\r\n",
];

#[test]
fn no_yaml_is_too_odd() {
    run("yaml", WORDS, |input| text(input).map_or(Ok(String::new()), check));
}

fn check(text: &str) -> Verdict {
    let behaviour = super::json::check("a.yaml", text)?;
    let parsed = source::parse(&SourceFile::new("a.yaml", text));
    if parsed.problems.is_empty() {
        // What was read can be written as JSON, which is YAML as well, and comes back the same.
        let written = serde_json::to_string(&parsed.value).map_err(|err| err.to_string())?;
        let again = source::parse(&SourceFile::new("b.json", written.as_str()));
        if again.value != parsed.value {
            return Err(format!("{} comes back as {}", parsed.value, again.value));
        }
    }
    Ok(behaviour)
}
