//! What an API, an operation and its parameters are called.

use crate::draft::{Names, slug};

/// Words that a template would take for its own, or that a task's input has a meaning for.
const RESERVED: &[&str] = &[
    "this",
    "else",
    "true",
    "false",
    "null",
    "undefined",
    "server",
    "if",
    "each",
    "with",
    "unless",
    "lookup",
    "log",
    "as",
    "ensureKey",
    "len",
    "eq",
    "ne",
    "gt",
    "gte",
    "lt",
    "lte",
    "and",
    "or",
    "not",
];

/// Words of a title that say nothing.
const EMPTY: &[&str] = &[
    "api",
    "apis",
    "rest",
    "openapi",
    "swagger",
    "the",
    "specification",
    "spec",
    "definition",
    "public",
    "v1",
    "v2",
    "v3",
    "http",
];

/// An API's name from its title: `The Zoom REST API` is `Zoom`.
pub(super) fn api(title: &str) -> String {
    let short = title.split(" - ").next().unwrap_or(title);
    let words: Vec<&str> = short.split_whitespace().collect();
    let told: Vec<&str> = words
        .iter()
        .copied()
        .filter(|word| {
            !EMPTY.contains(&word.trim_matches(|ch: char| !ch.is_alphanumeric()).to_ascii_lowercase().as_str())
        })
        .take(4)
        .collect();
    if told.is_empty() { title.to_owned() } else { told.join(" ") }
}

/// Resource and verb of an operation, from its id, its tag, its method and its path.
pub(super) fn operation(id: Option<&str>, tag: Option<&str>, method: &str, path: &str) -> (String, String) {
    // What has no letter of a name, as 操作, says less than method and path.
    let is_word = |text: &&str| slug(text) != "x" || text.eq_ignore_ascii_case("x");
    let (id, tag) = (id.filter(is_word), tag.filter(is_word));
    let split = id
        .and_then(|id| id.split_once(['/', '.', ':']))
        .filter(|(left, right)| !left.is_empty() && right.starts_with(|ch: char| ch.is_ascii_alphabetic()));
    if let Some((left, right)) = split {
        return (slug(left), slug(right));
    }
    let words: Vec<&str> = path.split('/').filter(|part| !part.is_empty() && !part.contains('{')).collect();
    let is_version = |word: &str| {
        word.strip_prefix('v')
            .is_some_and(|rest| !rest.is_empty() && rest.chars().all(|ch| ch.is_ascii_digit() || ch == '.'))
    };
    let last = words.iter().rev().find(|word| !is_version(word) && is_word(word)).copied();
    let resource = slug(tag.or(last).unwrap_or("api"));
    let usual = || {
        let one = path.trim_end_matches('/').ends_with('}');
        let usual = match method {
            "GET" if one => "get",
            "GET" => "list",
            "POST" => "create",
            "PUT" => "replace",
            "PATCH" => "update",
            other => &other.to_ascii_lowercase(),
        };
        let is_told = last.is_none_or(|last| slug(last) == resource);
        if is_told { usual.to_owned() } else { format!("{usual}_{}", slug(last.unwrap_or_default())) }
    };
    let verb = id.map_or_else(usual, slug);
    let short = verb.strip_prefix(&format!("{resource}_")).unwrap_or(&verb).to_owned();
    (resource, short)
}

/// The name of a parameter as templates name it.
pub(super) fn parameter(name: &str, taken: &mut Names) -> String {
    let is_plain = name.starts_with(|ch: char| ch.is_ascii_alphabetic() || ch == '_')
        && name.chars().all(|ch| ch.is_ascii_alphanumeric() || ch == '_');
    let own = if is_plain { name.to_owned() } else { slug(name) };
    let own = if RESERVED.contains(&own.as_str()) { format!("{own}_value") } else { own };
    taken.take(&own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_are_called_after_what_they_are_about() {
        let check = |id: Option<&str>, tag: Option<&str>, call: &str, expected: &str| {
            let (method, path) = call.split_once(' ').unwrap_or_default();
            let (resource, verb) = operation(id, tag, method, path);
            assert_eq!(format!("{resource}.{verb}"), expected);
        };
        check(Some("repos/list-for-org"), Some("repos"), "GET /x", "repos.list_for_org");
        check(Some("addPet"), Some("pet"), "POST /pet", "pet.add_pet");
        check(Some("users_create"), Some("Users"), "POST /users", "users.create");
        check(None, None, "GET /v2/users/{id}", "users.get");
        check(None, None, "GET /users", "users.list");
        check(None, Some("Accounts"), "GET /accounts/{id}/users", "accounts.list_users");
        check(None, None, "DELETE /", "api.delete");
        check(Some("操作"), Some("ツール"), "GET /tools/{id}", "tools.get");
        check(Some("операция"), None, "POST /файлы", "api.create");
    }

    #[test]
    fn parameters_can_stand_in_templates() {
        let mut taken = Names::default();
        let names: Vec<_> =
            ["id", "filter[name]", "X-Id", "this", "id"].iter().map(|name| parameter(name, &mut taken)).collect();
        assert_eq!(names, ["id", "filter_name", "x_id", "this_value", "id_2"]);
        assert_eq!(api("The Zoom REST API"), "Zoom");
        assert_eq!(api("API"), "API");
    }
}
