//! Searches over a small catalogue.

use super::{Index, IndexError, Query, Record};
use crate::catalogue::Catalogue;
use crate::source::SourceFile;
use serde_json::json;

fn record(name: &str, title: &str, method: &str, path: &str) -> Record {
    let provider = name.split('_').next().unwrap_or_default().to_owned();
    let tags = vec![path.split('/').nth(1).unwrap_or_default().to_owned()];
    let (name, title, method, path) = (name.into(), title.into(), method.into(), path.into());
    Record { name, title, method, path, provider, tags, ..Record::default() }
}

fn index() -> Index {
    Index::build(&[
        record("zoom_users_create", "Create a user", "POST", "/users"),
        record("zoom_users_list", "List users", "GET", "/users"),
        record("zoom_users_delete", "Delete a user", "DELETE", "/users/{userId}"),
        record("zoom_meetings_create", "Create a meeting", "POST", "/users/{userId}/meetings"),
        record("hub_repos_create", "Create a repository", "POST", "/user/repos"),
        record("hub_issues_create", "Create an issue", "POST", "/repos/{owner}/{repo}/issues"),
        Record { deprecated: true, ..record("hub_issues_old", "Create an issue (old)", "POST", "/old/issues") },
    ])
}

#[track_caller]
fn check(query: &Query, expected: &[&str]) {
    let hits = index().search(query);
    let names: Vec<_> = hits.iter().map(|hit| hit.record.name.as_str()).take(expected.len().max(1)).collect();
    assert_eq!(names, expected, "{query:?}");
}

fn of(words: &str) -> Query {
    Query { words: words.to_owned(), ..Query::default() }
}

#[test]
fn words_beginnings_slips_and_other_words_are_found() {
    check(&of("create user zoom"), &["zoom_users_create"]);
    check(&of("add a user"), &["zoom_users_create"]);
    check(&of("remove user"), &["zoom_users_delete"]);
    check(&of("meet"), &["zoom_meetings_create"]);
    check(&of("creat repositry"), &["hub_repos_create"]);
    check(&of("isseu"), &["hub_issues_create", "hub_issues_old"]);
    check(&of("zoom_users_list"), &["zoom_users_list"]);
    check(&of("POST /users"), &["zoom_users_create"]);
    check(&of("xyzzy"), &[]);
}

#[test]
fn filters_leave_out_the_rest() {
    check(
        &Query { provider: Some("HUB".into()), ..of("create") },
        &["hub_repos_create", "hub_issues_create", "hub_issues_old"],
    );
    check(&Query { method: Some("delete".into()), ..of("") }, &["zoom_users_delete"]);
    check(&Query { tag: Some("users".into()), limit: 2, ..of("") }, &["zoom_users_create", "zoom_users_list"]);
}

#[test]
fn the_bytes_are_the_index_and_damage_is_seen() {
    let index = index();
    let again = Index::from_bytes(index.as_bytes().to_vec()).expect("the same bytes");
    assert_eq!(again.search(&of("user")), index.search(&of("user")));
    assert_eq!(again.record(6).tags, ["old"]);
    assert!(again.record(6).deprecated && again.find("hub_issues_old") == Some(6));
    for at in (0..index.as_bytes().len()).step_by(7) {
        let mut bytes = index.as_bytes().to_vec();
        bytes[at] ^= 4;
        assert!(Index::from_bytes(bytes).is_err(), "{at}");
        let cut = index.as_bytes().get(..at).unwrap_or_default().to_vec();
        assert!(Index::from_bytes(cut).is_err(), "{at}");
    }
    assert_eq!(Index::from_bytes(b"something else".to_vec()).err(), Some(IndexError::Version));
    assert!(Index::build(&[]).search(&of("user")).is_empty());
}

#[test]
fn a_definition_is_found_by_what_its_entry_says() {
    let provider = json!({"provider": "crm", "title": "CRM", "servers": ["https://crm.example.com"]});
    let schema = json!({"name": "i", "version": 1, "type": "JSON", "data": {"type": "object", "properties": {"id": {"type": "string"}}}});
    let definition = json!({"name": "crm_contacts_get", "description": "Gives a contact.", "retryCount": 1, "inputSchema": schema,
        "x-legwork": {"title": "Get a contact", "request": {"method": "GET", "uri": "{{server}}/contacts/{{id}}?x=1"},
            "docs": {"text": "It must be there.", "tags": ["people"], "deprecated": true}}});
    let mut catalogue = Catalogue::empty();
    catalogue.add(SourceFile::new("crm/_provider.json", provider.to_string()));
    catalogue.add(SourceFile::new("crm/contacts.get.json", definition.to_string()));
    let entry = catalogue.get("crm_contacts_get").expect("the entry");
    assert_eq!(Record::of(&entry), Record::of_definition(&definition, &provider));
}
