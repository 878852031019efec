//! Misspelled words: how many letters are wrong, missing, too many or exchanged.

/// How many slips a word of that many letters may have.
pub(super) fn allowed(letters: usize) -> usize {
    match letters {
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    }
}

/// A word's letters as a set of 32 bits: words that differ in few letters differ in few bits.
pub(super) fn mask(word: &str) -> u32 {
    word.bytes().fold(0, |mask, byte| mask | (1 << (byte & 31)))
}

/// Whether two masks rule out that their words are at most so many slips apart.
pub(super) fn too_far(one: u32, other: u32, limit: usize) -> bool {
    let bits = |mask: u32| usize::try_from(mask.count_ones()).unwrap_or(0);
    bits(one & !other) > limit || bits(other & !one) > limit
}

/// How many slips lie between two words; `None` when they are more than `limit`. Two letters exchanged are one slip.
pub(super) fn slips(one: &[u8], other: &[u8], limit: usize) -> Option<usize> {
    if one.len().abs_diff(other.len()) > limit {
        return None;
    }
    let width = other.len() + 1;
    let mut rows = [vec![0; width], vec![0; width], (0..width).collect::<Vec<_>>()];
    for (at, letter) in one.iter().enumerate() {
        rows.rotate_left(1);
        let [before_last, last, row] = &mut rows;
        let row: &mut Vec<usize> = row;
        let mut lowest = at + 1;
        *row.first_mut()? = at + 1;
        for (column, own) in other.iter().enumerate() {
            let cost = usize::from(letter != own);
            let replaced = last.get(column)? + cost;
            let mut best = replaced.min(last.get(column + 1)? + 1).min(row.get(column)? + 1);
            let is_swapped =
                at > 0 && column > 0 && one.get(at - 1) == Some(own) && other.get(column - 1) == Some(letter);
            if is_swapped {
                best = best.min(before_last.get(column - 1)? + 1);
            }
            *row.get_mut(column + 1)? = best;
            lowest = lowest.min(best);
        }
        if lowest > limit {
            return None;
        }
    }
    rows.last()?.last().copied().filter(|slips| *slips <= limit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn slips_are_counted() {
        let check = |one: &str, other: &str, expected: Option<usize>| {
            assert_eq!(slips(one.as_bytes(), other.as_bytes(), 2), expected, "{one} {other}");
        };
        check("user", "user", Some(0));
        check("usr", "user", Some(1));
        check("suer", "user", Some(1));
        check("repositry", "repository", Some(1));
        check("webhok", "webhook", Some(1));
        check("", "ab", Some(2));
        check("abc", "xyz", None);
        check("a", "abcd", None);
    }

    proptest! {
        #[test]
        fn masks_rule_out_nothing_that_is_near(one in "[a-e0-2]{0,8}", other in "[a-e0-2]{0,8}") {
            prop_assert_eq!(slips(one.as_bytes(), other.as_bytes(), 2), slips(other.as_bytes(), one.as_bytes(), 2));
            if slips(one.as_bytes(), other.as_bytes(), 2).is_some() {
                prop_assert!(!too_far(mask(&one), mask(&other), 2));
            }
        }
    }
}
