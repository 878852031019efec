//! What a script reads of its input, as far as its text shows.
//!
//! A loop's condition runs once a round, and its input holds the outputs of all rounds: to copy only what is read keeps the cost of
//! a round flat.

use super::Reads;

impl Reads {
    /// What a JavaScript text reads of `$`: every `$` must be followed by a fixed member, or nobody can tell.
    #[must_use]
    pub fn of(script: &str) -> Self {
        let mut members = Vec::new();
        let mut rest = script;
        while let Some((before, after)) = rest.split_once('$') {
            let part_of_a_name = before.ends_with(is_name);
            match member(after) {
                Some((name, behind)) if !part_of_a_name => {
                    rest = behind;
                    let inner = member(behind).map(|(inner, _)| inner);
                    // What is done with the member itself reads all of it.
                    members.push((name, inner));
                }
                _ => return Self::Everything,
            }
        }
        members.sort();
        members.dedup();
        Self::Members(members)
    }
}

/// The member that a text accesses at its start, and what follows.
fn member(text: &str) -> Option<(String, &str)> {
    let text = text.trim_start();
    if let Some(rest) = text.strip_prefix('.') {
        let rest = rest.trim_start();
        let end = rest.find(|ch: char| !is_name(ch)).unwrap_or(rest.len());
        let (name, behind) = rest.split_at(end);
        // A method is no member.
        let is_called = behind.trim_start().starts_with('(');
        return (!name.is_empty() && !is_called).then(|| (name.to_owned(), behind));
    }
    let rest = text.strip_prefix('[')?.trim_start();
    let quote = rest.chars().next().filter(|ch| matches!(ch, '\'' | '"'))?;
    let (name, behind) = rest.get(1..)?.split_once(quote)?;
    let behind = behind.trim_start().strip_prefix(']')?;
    (!name.contains('\\')).then(|| (name.to_owned(), behind))
}

fn is_name(ch: char) -> bool {
    ch.is_alphanumeric() || ch == '_' || ch == '$'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(script: &str, expected: Option<&[(&str, Option<&str>)]>) {
        let expected = expected.map_or(Reads::Everything, |members| {
            let owned = members.iter().map(|(name, inner)| ((*name).to_owned(), inner.map(str::to_owned)));
            Reads::Members(owned.collect())
        });
        assert_eq!(Reads::of(script), expected, "{script}");
    }

    #[test]
    fn fixed_members_are_known() {
        check("true", Some(&[]));
        check("$.loop['iteration'] < 3", Some(&[("loop", Some("iteration"))]));
        check("if ($.a.b < $.n) { true; } else { false; }", Some(&[("a", Some("b")), ("n", None)]));
        check("$['a'][\"b\"].c == $.a", Some(&[("a", None), ("a", Some("b"))]));
        check("$.list.includes('x')", Some(&[("list", None)]));
    }

    #[test]
    fn anything_else_reads_everything() {
        check("$[x] > 1", None);
        check("JSON.stringify($)", None);
        check("var a = $; a.b", None);
        check("x$.a", None);
        check("$.keys()", None);
    }
}
