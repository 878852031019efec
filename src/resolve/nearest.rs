//! What somebody most likely meant.

use super::expression::{Expression, Kind};
use super::node::Node;
use super::path::Step;
use super::scope::Scope;

/// The expression with its first missing name replaced by the nearest one that exists there.
pub(super) fn expression(expression: &Expression, scope: &Scope) -> Option<String> {
    match expression.kind() {
        Kind::Path(path) => {
            let mut node = Node::Root(scope);
            let mut before = String::new();
            for step in path.steps() {
                let next = match step {
                    Step::Member(name) => {
                        let Some(next) = node.member(name) else {
                            return replaced(expression.text(), &before, name, &node);
                        };
                        push_name(&mut before, name);
                        next
                    }
                    Step::Indexes(indexes) => {
                        let index = *indexes.first().filter(|_| indexes.len() == 1)?;
                        before.push_str(&format!("[{index}]"));
                        node.element(index)?
                    }
                    _ => return None,
                };
                node = next;
            }
            None
        }
        Kind::Env(reference) => {
            let name = name(&reference.name, scope.env.keys().map(String::as_str))?;
            Some(format!("workflow.env.{name}"))
        }
        _ => None,
    }
}

/// The whole expression with `wrong`, which stands behind `before`, replaced.
fn replaced(text: &str, before: &str, wrong: &str, node: &Node<'_>) -> Option<String> {
    let keys = node.keys();
    let right = name(wrong, keys.iter().map(String::as_str))?;
    let mut result = before.to_owned();
    push_name(&mut result, right);
    let mut as_written = before.to_owned();
    push_name(&mut as_written, wrong);
    result.push_str(text.trim_start_matches("$.").strip_prefix(&as_written).unwrap_or_default());
    Some(result)
}

/// Writes `.name`, or `['odd name']`.
pub(super) fn push_name(path: &mut String, name: &str) {
    if name.is_empty() || name.contains(['.', '[', ' ', '(', '\'', '$', '@', '*']) {
        path.push_str(&format!("['{}']", name.replace('\\', "\\\\").replace('\'', "\\'")));
        return;
    }
    if !path.is_empty() {
        path.push('.');
    }
    path.push_str(name);
}

/// The nearest of the names: equal but for case, or a third of its letters away at most.
pub(super) fn name<'n>(wrong: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let wrong = wrong.to_lowercase();
    let limit = (wrong.chars().count() / 3).clamp(1, 3);
    let scored = names.take(1000).map(|name| (distance(&wrong, &name.to_lowercase(), limit), name));
    scored.filter(|(distance, _)| *distance <= limit).min_by_key(|(distance, _)| *distance).map(|(_, name)| name)
}

/// The number of letters to insert, delete, replace or swap; more than the limit is all the same.
fn distance(left: &str, right: &str, limit: usize) -> usize {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    if left.len().abs_diff(right.len()) > limit {
        return limit + 1;
    }
    let mut rows = vec![(0..=right.len()).collect::<Vec<usize>>()];
    for (at, ch) in left.iter().enumerate() {
        let row = next_row(&rows, &left, &right, (at, *ch));
        rows.push(row);
    }
    rows.last().and_then(|row| row.last()).copied().unwrap_or(limit + 1)
}

fn next_row(rows: &[Vec<usize>], left: &[char], right: &[char], (at, ch): (usize, char)) -> Vec<usize> {
    let cell =
        |row: usize, column: usize| rows.get(row).and_then(|row| row.get(column)).copied().unwrap_or(usize::MAX / 2);
    let mut row = vec![at + 1];
    for (column, other) in right.iter().enumerate() {
        let replaced = cell(at, column) + usize::from(ch != *other);
        let mut best = replaced.min(cell(at, column + 1) + 1).min(row.last().map_or(usize::MAX, |last| last + 1));
        let swapped = at > 0 && column > 0 && left.get(at - 1) == Some(other) && right.get(column - 1) == Some(&ch);
        if swapped {
            best = best.min(cell(at - 1, column - 1) + 1);
        }
        row.push(best);
    }
    row
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn a_typo_finds_its_name() {
        let names = ["email", "first_name", "type"];
        let check =
            |wrong: &str, expected: Option<&str>| assert_eq!(name(wrong, names.into_iter()), expected, "{wrong}");
        check("emial", Some("email"));
        check("Email", Some("email"));
        check("firstname", Some("first_name"));
        check("typ", Some("type"));
        check("password", None);
    }
}
