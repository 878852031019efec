//! First and last name: at most 64 characters, and not more than 5 Chinese words.

use schemars::Schema;
use serde_json::json;

/// The longest name, in characters.
pub const NAME_LIMIT: usize = 64;

/// The most Han characters in one name: Zoom counts each as a word.
pub const HAN_LIMIT: usize = 5;

/// The Han characters, as ranges. **Source**: Unicode 16, `Script=Han`. They stand in the schema as they are: `\p{Han}` is
/// written differently for every regular expression engine.
const HAN: &[(char, char)] = &[
    ('\u{2E80}', '\u{2E99}'),
    ('\u{2E9B}', '\u{2EF3}'),
    ('\u{2F00}', '\u{2FD5}'),
    ('\u{3005}', '\u{3005}'),
    ('\u{3007}', '\u{3007}'),
    ('\u{3021}', '\u{3029}'),
    ('\u{3038}', '\u{303B}'),
    ('\u{3400}', '\u{4DBF}'),
    ('\u{4E00}', '\u{9FFF}'),
    ('\u{F900}', '\u{FA6D}'),
    ('\u{FA70}', '\u{FAD9}'),
    ('\u{16FE2}', '\u{16FE3}'),
    ('\u{16FF0}', '\u{16FF1}'),
    ('\u{20000}', '\u{2A6DF}'),
    ('\u{2A700}', '\u{2B739}'),
    ('\u{2B740}', '\u{2B81D}'),
    ('\u{2B820}', '\u{2CEA1}'),
    ('\u{2CEB0}', '\u{2EBE0}'),
    ('\u{2EBF0}', '\u{2EE5D}'),
    ('\u{2F800}', '\u{2FA1D}'),
    ('\u{30000}', '\u{3134A}'),
    ('\u{31350}', '\u{323AF}'),
];

/// Adds the rules of `user_info.first_name`.
pub(super) fn first_name(schema: &mut Schema) {
    add(schema, "`user_info.first_name`");
}

/// Adds the rules of `user_info.last_name`.
pub(super) fn last_name(schema: &mut Schema) {
    add(schema, "`user_info.last_name`");
}

/// Adds the rules of `first_name` where it stands by itself.
pub(super) fn first_name_alone(schema: &mut Schema) {
    add(schema, "`first_name`");
}

/// Adds the rules of `last_name` where it stands by itself.
pub(super) fn last_name_alone(schema: &mut Schema) {
    add(schema, "`last_name`");
}

fn add(schema: &mut Schema, place: &str) {
    schema.insert("x-rules".into(), json!([format!("at most {HAN_LIMIT} Chinese words")]));
    schema.insert("not".into(), json!({"pattern": too_many_han()}));
    schema.insert(
        "x-message".into(),
        json!({
            "type": format!("{place} must be text"),
            "maxLength": format!("{place} must have at most {NAME_LIMIT} characters: shorten it"),
            "not": format!("{place} must have at most {HAN_LIMIT} Chinese words (each Han character is one): shorten it"),
        }),
    );
}

/// A pattern that finds one Han character more than allowed, whatever stands between them.
fn too_many_han() -> String {
    let ranges: String = HAN
        .iter()
        .map(|(first, last)| if first == last { first.to_string() } else { format!("{first}-{last}") })
        .collect();
    let more = HAN_LIMIT;
    format!(r"[{ranges}](?:[\s\S]*?[{ranges}]){{{more}}}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use regex::Regex;

    #[test]
    fn the_ranges_are_the_han_script() {
        let han = Regex::new(r"^\p{Han}$").expect("a pattern");
        let ours = |ch: char| HAN.iter().any(|(first, last)| (*first..=*last).contains(&ch));
        let differ: Vec<char> =
            ('\0'..=char::MAX).filter(|ch| han.is_match(ch.encode_utf8(&mut [0; 4])) != ours(*ch)).collect();
        assert!(differ.is_empty(), "{differ:?}");
    }
}
