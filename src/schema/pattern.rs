//! A text that a regular expression matches.

use regex_syntax::hir::{Class, Hir, HirKind};

/// The longest text that is made.
const LONGEST: usize = 4096;

/// A text that the whole of the pattern matches, of at least so many characters where the pattern allows it; `None` when the
/// pattern uses what only backtracking engines know, or there is no such text.
pub(super) fn text_of(pattern: &str, least: usize, most: usize) -> Option<String> {
    let hir = regex_syntax::parse(pattern).ok()?;
    let mut best = None;
    for more in 0..=least.min(LONGEST) {
        let mut text = String::new();
        write(&hir, more, &mut text)?;
        let size = text.chars().count();
        if size >= least {
            return (size <= most).then_some(text).or(best);
        }
        if best.as_ref() == Some(&text) {
            // Nothing in it can be repeated: what stands around the pattern may be anything, when nothing forbids it.
            let filled = format!("{text}{}", "x".repeat(least - size));
            return Some(filled);
        }
        best = Some(text);
    }
    best
}

fn write(hir: &Hir, more: usize, text: &mut String) -> Option<()> {
    if text.len() > LONGEST {
        return None;
    }
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => text.push_str(std::str::from_utf8(&literal.0).ok()?),
        HirKind::Class(class) => text.push(char_of(class)?),
        HirKind::Repetition(repetition) => {
            let most = repetition.max.map_or(usize::MAX, |most| most as usize);
            let times = (repetition.min as usize).saturating_add(more).min(most).min(LONGEST);
            for _ in 0..times {
                write(&repetition.sub, 0, text)?;
            }
        }
        HirKind::Capture(capture) => write(&capture.sub, more, text)?,
        HirKind::Concat(parts) => parts.iter().try_for_each(|part| write(part, more, text))?,
        HirKind::Alternation(branches) => {
            let start = text.len();
            branches.iter().find_map(|branch| {
                text.truncate(start);
                write(branch, more, text)
            })?;
        }
    }
    Some(())
}

/// A usual character of a class: a letter or a digit when there is one.
fn char_of(class: &Class) -> Option<char> {
    let Class::Unicode(class) = class else { return None };
    let has = |ch: char| class.ranges().iter().any(|range| (range.start()..=range.end()).contains(&ch));
    "aA1x0-_ ".chars().find(|ch| has(*ch)).or_else(|| {
        let visible = class.ranges().iter().flat_map(|range| range.start()..=range.end()).take(512);
        visible.clone().find(char::is_ascii_graphic).or_else(|| visible.clone().next())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pattern_matches_the_text() {
        let check = |pattern: &str, least: usize| {
            let text = text_of(pattern, least, 4000).expect("a text");
            assert!(regex::Regex::new(pattern).is_ok_and(|regex| regex.is_match(&text)), "{pattern} {text}");
            assert!(text.chars().count() >= least, "{pattern} {text}");
        };
        check("^[a-z]{3,7}$", 5);
        check(r"^\+?[1-9]\d{1,14}$", 0);
        check("^(GET|POST)-[^-]+$", 12);
        check("^AC[0-9a-fA-F]{32}$", 34);
        check(r"\S", 0);
        check("^$", 0);
        assert_eq!(text_of("(?=a)b", 0, 10), None);
    }
}
