//! Markdown pages on a terminal: headings bold, code dimmed; elsewhere the Markdown itself.

use std::fmt::Write;
use std::io::{IsTerminal, stdout};

const BOLD: &str = "\u{1b}[1m";
const DIM: &str = "\u{1b}[2m";
const RESET: &str = "\u{1b}[0m";

/// The page as it is to be written to standard output.
pub(crate) fn for_stdout(markdown: &str) -> String {
    let plain = !stdout().is_terminal() || std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    if plain { markdown.to_owned() } else { styled(markdown) }
}

fn styled(markdown: &str) -> String {
    let mut text = String::new();
    let mut in_code = false;
    for line in markdown.lines() {
        if line.starts_with("```") {
            in_code = !in_code;
            continue;
        }
        let heading = line.trim_start_matches('#');
        if in_code {
            let _ = writeln!(text, "    {DIM}{line}{RESET}");
        } else if heading.len() < line.len() && heading.starts_with(' ') {
            let _ = writeln!(text, "{BOLD}{}{RESET}", heading.trim_start());
        } else {
            let _ = writeln!(text, "{line}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_bold_and_code_is_set_apart() {
        let text = styled("# Title\n#no heading\n```yaml\na: 1 # note\n```\n");
        assert_eq!(text, format!("{BOLD}Title{RESET}\n#no heading\n    {DIM}a: 1 # note{RESET}\n"));
    }
}
