//! Compares values, and tells each difference by itself.

use super::Expected;
use crate::source::Pointer;
use serde_json::Value;

/// At most so many differences of one value are told.
const MOST: usize = 10;

/// The longest value that is shown in full, in characters.
const LONGEST: usize = 200;

/// One thing that is not as expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// Where it is expected, in the tests file.
    pub pointer: Pointer,
    /// What it is about, `output.user_id`.
    pub what: String,
    /// What is expected, as text.
    pub expected: String,
    /// What there is, as text.
    pub found: String,
}

impl Mismatch {
    pub(super) fn new(
        pointer: &Pointer,
        what: impl Into<String>,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) -> Self {
        Self { pointer: pointer.clone(), what: what.into(), expected: expected.into(), found: found.into() }
    }
}

/// The differences between what is expected and what there is.
pub(super) fn compare(what: &str, expected: &Expected, found: &Value, into: &mut Vec<Mismatch>) {
    let mut differences = Vec::new();
    let walk = Walk { exact: expected.exact, differences: &mut differences };
    walk.value(what, &expected.pointer, &expected.value, Some(found));
    let more = differences.len().saturating_sub(MOST);
    into.extend(differences.into_iter().take(MOST));
    if more > 0 {
        into.push(Mismatch::new(&expected.pointer, what, "no more differences", format!("{more} more")));
    }
}

struct Walk<'w> {
    exact: bool,
    differences: &'w mut Vec<Mismatch>,
}

impl Walk<'_> {
    fn value(self, what: &str, pointer: &Pointer, expected: &Value, found: Option<&Value>) -> Self {
        match (expected, found) {
            (Value::Object(members), Some(Value::Object(there))) => {
                let mut walk = self;
                for (key, value) in members {
                    walk = walk.value(&format!("{what}.{key}"), &pointer.key(key), value, there.get(key));
                }
                let further = there.iter().filter(|(key, _)| walk.exact && !members.contains_key(*key));
                for (key, value) in further {
                    walk.differences.push(Mismatch::new(
                        pointer,
                        format!("{what}.{key}"),
                        "nothing",
                        shown(Some(value)),
                    ));
                }
                walk
            }
            (Value::Array(items), Some(Value::Array(there))) if items.len() == there.len() => {
                let pairs = items.iter().zip(there).enumerate();
                pairs.fold(self, |walk, (index, (value, found))| {
                    walk.value(&format!("{what}[{index}]"), &pointer.index(index), value, Some(found))
                })
            }
            (expected, Some(found)) if equal(expected, found) => self,
            (expected, found) => {
                self.differences.push(Mismatch::new(pointer, what, shown(Some(expected)), shown(found)));
                self
            }
        }
    }
}

/// Numbers are equal by what they are worth: `1` and `1.0`.
fn equal(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => {
            one == other || (one.as_f64() == other.as_f64() && (one.is_f64() || other.is_f64()))
        }
        (one, other) => one == other,
    }
}

/// A value as text, cut where it grows too long.
pub(super) fn shown(value: Option<&Value>) -> String {
    let Some(value) = value else { return "nothing".to_owned() };
    let text = value.to_string();
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(expected: Value, exact: bool, found: &Value, differences: &[&str]) {
        let mut mismatches = Vec::new();
        let expected = Expected { value: expected, exact, pointer: Pointer::parse("/e") };
        compare("output", &expected, found, &mut mismatches);
        let line = |is: &Mismatch| format!("{} {}: {} / {}", is.pointer, is.what, is.expected, is.found);
        assert_eq!(mismatches.iter().map(line).collect::<Vec<_>>(), differences);
    }

    #[test]
    fn a_part_may_have_more_around_it() {
        check(json!({"a": {"b": 1}}), false, &json!({"a": {"b": 1.0, "c": 2}, "d": 3}), &[]);
        check(json!({"a": {"b": 1}}), true, &json!({"a": {"b": 1, "c": 2}}), &["/e/a output.a.c: nothing / 2"]);
        check(json!({}), false, &json!({"a": 1}), &[]);
    }

    #[test]
    fn each_difference_has_its_own_place() {
        check(
            json!({"a": [1, {"b": "x"}], "c": null}),
            false,
            &json!({"a": [1, {"b": "y"}]}),
            &["/e/a/1/b output.a[1].b: \"x\" / \"y\"", "/e/c output.c: null / nothing"],
        );
        check(json!([1]), false, &json!([1, 2]), &["/e output: [1] / [1,2]"]);
        check(
            json!(9_007_199_254_740_993_u64),
            false,
            &json!(9_007_199_254_740_992_u64),
            &["/e output: 9007199254740993 / 9007199254740992"],
        );
    }

    #[test]
    fn a_flood_of_differences_is_cut() {
        let many = |value: u64| Value::Array((0..20).map(|_| value.into()).collect());
        let mut mismatches = Vec::new();
        let expected = Expected { value: many(1), exact: false, pointer: Pointer::root() };
        compare("output", &expected, &many(2), &mut mismatches);
        assert_eq!(mismatches.len(), 11);
        assert_eq!(mismatches.last().map(|last| last.found.as_str()), Some("10 more"));
    }
}
