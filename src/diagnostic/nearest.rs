//! The known name that a wrong one was probably meant to be.

/// The candidate nearest to `name`, when it is near enough to be meant: a typing error or two, another case, or
/// `snake_case` for `camelCase`. The name itself is never an answer.
#[must_use]
pub fn nearest<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let folded = fold(name);
    let allowed = match folded.len() {
        0 => return None,
        1..=2 => 0,
        3..=5 => 1,
        6..=10 => 2,
        _ => 3,
    };
    let near = candidates.into_iter().filter(|candidate| *candidate != name);
    let ranked = near.filter_map(|candidate| Some((distance(&folded, &fold(candidate), allowed)?, candidate)));
    ranked.min_by_key(|(distance, _)| *distance).map(|(_, candidate)| candidate)
}

/// Lower case, without `_`, `-` and spaces.
fn fold(name: &str) -> Vec<char> {
    name.chars().filter(|ch| !matches!(ch, '_' | '-' | ' ')).flat_map(char::to_lowercase).collect()
}

/// Insertions, deletions, replacements and swaps of neighbours from one to the other; `None` beyond `allowed`.
fn distance(left: &[char], right: &[char], allowed: usize) -> Option<usize> {
    if left.len().abs_diff(right.len()) > allowed || left.len() > 128 {
        return None;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, ch) in left.iter().enumerate() {
        let mut next = Vec::with_capacity(row.len());
        next.push(i + 1);
        for (j, other) in right.iter().enumerate() {
            let swapped = i > 0 && j > 0 && ch == right.get(j - 1)? && left.get(i - 1)? == other;
            let replaced = row.get(j)? + usize::from(ch != other);
            let mut best = replaced.min(row.get(j + 1)? + 1).min(next.get(j)? + 1);
            if swapped {
                best = best.min(before.get(j - 1)? + 1);
            }
            next.push(best);
        }
        before = std::mem::replace(&mut row, next);
    }
    row.last().copied().filter(|found| *found <= allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, expected: Option<&str>) {
        let known = ["taskReferenceName", "name", "type", "tasks", "uri", "HTTP", "inputParameters"];
        assert_eq!(nearest(name, known), expected, "{name}");
    }

    #[test]
    fn a_slip_finds_the_name_that_was_meant() {
        check("task_reference_name", Some("taskReferenceName"));
        check("inputParamters", Some("inputParameters"));
        check("nmae", Some("name"));
        check("url", Some("uri"));
        check("http", Some("HTTP"));
        check("TASKS", Some("tasks"));
        check("task", Some("tasks"));
    }

    #[test]
    fn another_name_finds_none() {
        check("name", None);
        check("owner", None);
        check("x", None);
        check("", None);
    }
}
