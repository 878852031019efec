//! Names that are made from a source's own words: the same source gives the same names.

use std::collections::HashSet;

/// The longest name that is made.
const LONGEST: usize = 64;

/// Names that Windows keeps for devices, whatever ending a file of that name has.
const DEVICES: &[&str] = &["con", "prn", "aux", "nul"];

/// A text as a name: lower-case letters, digits and `_`, words cut where their case changes; never empty, and it starts with a
/// letter. `listUserIDs` is `list_user_ids`, `repos/list-for-org` is `repos_list_for_org`, `Größe` is `grose`. It can be the name
/// of a file everywhere: `aux` is `aux_api`.
#[must_use]
pub fn slug(text: &str) -> String {
    let chars: Vec<char> = text.chars().map(plain).collect();
    let mut name = String::new();
    for (index, ch) in chars.iter().enumerate() {
        if !ch.is_ascii_alphanumeric() {
            name.push('_');
            continue;
        }
        let before = index.checked_sub(1).and_then(|before| chars.get(before));
        let starts_word = ch.is_ascii_uppercase()
            && before.is_some_and(|before| {
                let next_is_small = chars.get(index + 1).is_some_and(char::is_ascii_lowercase);
                let many = chars.get(index + 2).is_some_and(char::is_ascii_lowercase);
                before.is_ascii_lowercase()
                    || before.is_ascii_digit()
                    || (before.is_ascii_uppercase() && next_is_small && many)
            });
        if starts_word {
            name.push('_');
        }
        name.push(ch.to_ascii_lowercase());
    }
    let words: Vec<&str> = name.split('_').filter(|word| !word.is_empty()).collect();
    let mut name = words.join("_");
    name.truncate(LONGEST);
    let name = name.trim_end_matches('_');
    match name.chars().next() {
        None => "x".to_owned(),
        Some(first) if first.is_ascii_digit() => format!("n{name}"),
        Some(_) if is_device(name) => format!("{name}_api"),
        Some(_) => name.to_owned(),
    }
}

fn is_device(name: &str) -> bool {
    let numbered = name.strip_prefix("com").or_else(|| name.strip_prefix("lpt"));
    DEVICES.contains(&name)
        || numbered.is_some_and(|rest| rest.len() == 1 && rest.starts_with(|ch: char| ch.is_ascii_digit()))
}

/// A letter of a Latin alphabet without its marks.
fn plain(ch: char) -> char {
    const MARKED: &[(char, &str)] = &[
        ('a', "àáâãäåāăą"),
        ('c', "çćĉċč"),
        ('d', "ďđ"),
        ('e', "èéêëēĕėęě"),
        ('g', "ĝğġģ"),
        ('h', "ĥħ"),
        ('i', "ìíîïĩīĭįı"),
        ('l', "ĺļľł"),
        ('n', "ñńņňŋ"),
        ('o', "òóôõöøōŏő"),
        ('r', "ŕŗř"),
        ('s', "śŝşšß"),
        ('t', "ţťŧ"),
        ('u', "ùúûüũūŭůűų"),
        ('y', "ýÿŷ"),
        ('z', "źżž"),
    ];
    if ch.is_ascii() {
        return ch;
    }
    let small = ch.to_lowercase().next().unwrap_or(ch);
    let found = MARKED.iter().find(|(_, marked)| marked.contains(small)).map(|(letter, _)| *letter);
    match found {
        Some(letter) if ch.is_uppercase() => letter.to_ascii_uppercase(),
        Some(letter) => letter,
        None => ch,
    }
}

/// Names that are taken.
#[derive(Debug, Clone, Default)]
pub struct Names(HashSet<String>);

impl Names {
    /// Whether a name is taken.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.contains(name)
    }

    /// The name, or the name with the first number that makes it a new one: `create`, `create_2`, `create_3`.
    pub fn take(&mut self, name: &str) -> String {
        let mut taken = name.to_owned();
        let mut number = 1;
        while !self.0.insert(taken.clone()) {
            number += 1;
            taken = format!("{name}_{number}");
        }
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_words_in_lower_case() {
        let check = |text: &str, expected: &str| assert_eq!(slug(text), expected, "{text}");
        check("listUserIDs", "list_user_ids");
        check("repos/list-for-org", "repos_list_for_org");
        check("HTTPServerError", "http_server_error");
        check("Pet Store (v2.0)", "pet_store_v2_0");
        check("2fa", "n2fa");
        check("", "x");
        check("日本", "x");
        check("getV2Users", "get_v2_users");
        check("größeÄndern", "grose_andern");
        check("Catégorie", "categorie");
    }

    #[test]
    fn names_can_be_files_everywhere() {
        let check = |text: &str, expected: &str| assert_eq!(slug(text), expected, "{text}");
        check("CON", "con_api");
        check("aux", "aux_api");
        check("com1", "com1_api");
        check("com10", "com10");
        check("console", "console");
    }

    #[test]
    fn a_taken_name_gets_a_number() {
        let mut names = Names::default();
        let given: Vec<_> = ["a", "a", "b", "a_2", "a"].iter().map(|name| names.take(name)).collect();
        assert_eq!(given, ["a", "a_2", "b", "a_2_2", "a_3"]);
    }
}
