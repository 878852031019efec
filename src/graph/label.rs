//! Texts inside a picture: one line each, not too long, without characters that would move or hide anything.

/// The longest line of a node or an edge, in characters.
const LONGEST: usize = 60;

/// The text on one line, cut where it grows too long.
pub(super) fn one_line(text: &str) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let seen: String = words.chars().filter(|ch| !is_hidden(*ch)).collect();
    match seen.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &seen[..end]),
        None => seen,
    }
}

/// Control characters, and those that turn the direction of writing round or have no width.
fn is_hidden(ch: char) -> bool {
    ch.is_control()
        || matches!(ch, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::one_line;

    #[test]
    fn a_label_is_one_short_line_of_seen_characters() {
        let check = |text: &str, expected: &str| assert_eq!(one_line(text), expected);
        check("a\n\tb  c", "a b c");
        check("a\u{202e}b\u{7}\u{feff}c", "abc");
        check(&"ä".repeat(61), &format!("{}…", "ä".repeat(60)));
        check("", "");
    }
}
