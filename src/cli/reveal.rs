//! `--reveal-secrets`: asks somebody first, and refuses where nobody can be asked.

use super::exit::Stop;
use super::out;
use legwork::diagnostic::{Diagnostic, codes};
use std::io::{self, BufRead, IsTerminal};

/// Asks whether secrets may be shown in clear, on the terminal that shows them.
pub(crate) fn ask() -> Result<(), Stop> {
    let is_terminal = io::stdin().is_terminal() && io::stdout().is_terminal() && io::stderr().is_terminal();
    if !is_terminal {
        let message = "--reveal-secrets shows secrets on a terminal only, and this is none";
        let help =
            "run it in a terminal, without redirecting its input or output: no file and no log should hold a secret";
        return Err(Diagnostic::new(codes::E0643, message).help(help).into());
    }
    out::say("Secrets will be shown in clear on this screen, and stay in its history. Type `yes` to go on:");
    if is_yes(&mut io::stdin().lock()) {
        return Ok(());
    }
    Err(Diagnostic::new(codes::E0643, "nobody said `yes`: no secret is shown")
        .help("leave --reveal-secrets out")
        .into())
}

fn is_yes(input: &mut impl BufRead) -> bool {
    let mut line = String::new();
    input.read_line(&mut line).is_ok() && line.trim() == "yes"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_yes_is_yes() {
        for (text, expected) in
            [("yes\n", true), (" yes \r\n", true), ("y\n", false), ("no\nyes\n", false), ("", false)]
        {
            assert_eq!(is_yes(&mut text.as_bytes()), expected, "{text:?}");
        }
    }
}
