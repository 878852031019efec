//! The nearest of several names to a mistyped one.

/// The candidate that was most likely meant: the same but for case, else the fewest slips (a letter too many, too few,
/// changed, or two swapped), at most one slip for three characters. `None` when nothing is near.
#[must_use]
pub fn nearest<'c>(wanted: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let folded: Vec<char> = fold(wanted);
    let limit = (folded.len() / 3).max(1);
    let scored = candidates.into_iter().filter_map(|candidate| {
        let slips = distance(&folded, &fold(candidate), limit)?;
        Some((slips, candidate))
    });
    scored.min_by_key(|(slips, _)| *slips).map(|(_, candidate)| candidate)
}

/// Lower case, without what people mix up: `-`, `_`, blanks.
fn fold(text: &str) -> Vec<char> {
    text.chars().filter(|ch| !matches!(ch, '-' | '_' | ' ')).flat_map(char::to_lowercase).take(64).collect()
}

/// The number of slips between two texts, when it is not above `limit`.
fn distance(left: &[char], right: &[char], limit: usize) -> Option<usize> {
    if left.len().abs_diff(right.len()) > limit {
        return None;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=right.len()).collect();
    for (row, a) in left.iter().enumerate() {
        let mut line = vec![row + 1];
        for (column, b) in right.iter().enumerate() {
            let cost = usize::from(a != b);
            let mut best = (last[column] + cost).min(last[column + 1] + 1).min(line[column] + 1);
            let swapped = row > 0 && column > 0 && left[row - 1] == *b && right[column - 1] == *a;
            if swapped {
                best = best.min(before[column - 1] + 1);
            }
            line.push(best);
        }
        before = std::mem::replace(&mut last, line);
    }
    last.last().copied().filter(|slips| *slips <= limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_the_one_with_the_fewest_slips() {
        let check = |wanted: &str, expected: Option<&str>| {
            let names = ["create", "autoCreate", "custCreate", "ssoCreate", "first_name", "last_name", "type"];
            assert_eq!(nearest(wanted, names), expected, "{wanted}");
        };
        check("Create", Some("create"));
        check("crate", Some("create"));
        check("craete", Some("create"));
        check("autocreate", Some("autoCreate"));
        check("auto-create", Some("autoCreate"));
        check("custCreat", Some("custCreate"));
        check("firstName", Some("first_name"));
        check("frist_name", Some("first_name"));
        check("tpye", Some("type"));
        check("nothing", None);
        check("", None);
    }
}
