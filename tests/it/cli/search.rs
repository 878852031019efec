//! `search`, `list` and `show` over folders that nobody named.

use crate::command::Scratch;

const DEFINITION: &str = "\
name: crm_contacts_create
description: Add a contact.
retryCount: 1
timeoutSeconds: 10
responseTimeoutSeconds: 5
inputSchema: {name: i, version: 1, type: JSON, data: {type: object, required: [label], properties: {label: {type: string}}}}
x-legwork:
  title: Create a contact
  servers: [https://crm.example.com]
  request: {method: POST, uri: '{{server}}/contacts', body: {label: '{{label}}'}}
  body_schema: {type: object, required: [label], properties: {label: {type: string, description: What it is called.}}}
  docs: {tags: [people]}
  examples: [{name: one, input: {label: Jane}}]
";

#[test]
fn what_is_asked_for_is_found_and_shown() {
    let scratch = Scratch::new();
    scratch.run(&["search", "create", "user"]).exits(0).prints("zoom_users_create  POST");
    scratch.run(&["search", "creat usr", "--limit", "1"]).exits(0).prints("zoom_users_create");
    scratch.run(&["search", "qqqqqq"]).exits(0).prints_nothing().says("nothing is found");
    scratch.run(&["list", "--method", "delete"]).exits(0).prints("zoom_users_delete");
    let found = scratch.run(&["search", "create user", "--provider", "zoom", "--output", "json"]).exits(0).json();
    assert_eq!(found[0]["name"], "zoom_users_create");
}

#[test]
fn the_projects_and_the_users_folders_are_used_everywhere() {
    for place in
        ["task-definitions/crm/contacts.create.yaml", ".data/legwork/task-definitions/crm/contacts.create.yaml"]
    {
        let scratch = Scratch::new();
        scratch.file(place, DEFINITION);
        scratch.run(&["search", "contact"]).exits(0).prints("crm_contacts_create");
        scratch.run(&["search", "add", "--tag", "people"]).exits(0).prints("crm_contacts_create");
        scratch
            .run(&["show", "crm_contacts_create"])
            .exits(0)
            .prints("`label` string, required")
            .prints("What it is called.");
        scratch.run(&["new", "w.yaml"]).exits(0);
        scratch.run(&["add", "crm_contacts_create", "--to", "w.yaml"]).exits(0);
        scratch.run(&["add", "crm_contacts_create", "--to", "w.yaml", "--by-reference"]).exits(0);
        scratch.run(&["check", "w.yaml"]).exits(0).says("nothing is wrong");
        scratch.run(&["test", "w.yaml", "--task", "create_2", "--sandbox"]).exits(0);
    }
}

#[test]
fn a_page_has_several_forms() {
    let scratch = Scratch::new();
    let show = |form: &str| scratch.run(&["show", "zoom_users_create", "--output", form]).exits(0);
    show("markdown").prints("# zoom_users_create: Create a user").prints("## Errors");
    show("html")
        .prints("<!doctype html>")
        .prints("<h1>zoom_users_create: Create a user</h1>")
        .prints("<code>user_info.email</code>");
    let page = show("json").json();
    assert_eq!((&page["method"], &page["rate_label"]), (&"POST".into(), &"Light".into()));
    scratch.run(&["show", "zoom_users_craete"]).exits(2).says("`zoom_users_create`");
}

#[test]
fn a_broken_definition_is_told_and_the_rest_is_found() {
    let scratch = Scratch::new();
    scratch.file("task-definitions/bad.yaml", "a: [\n");
    scratch.run(&["search", "create user"]).exits(0).prints("zoom_users_create").says("bad.yaml");
}

#[test]
fn any_number_of_commands_make_one_index() {
    let scratch = Scratch::new();
    scratch.file("task-definitions/crm/contacts.create.yaml", DEFINITION);
    let begun: Vec<_> = (0..4)
        .map(|_| scratch.command().args(["search", "contact"]).stdout(std::process::Stdio::piped()).spawn())
        .collect();
    for child in begun {
        let ended = child.and_then(std::process::Child::wait_with_output).expect("the command starts");
        assert!(String::from_utf8_lossy(&ended.stdout).contains("crm_contacts_create"));
    }
    assert_eq!(indexes(&scratch), 1);
}

#[test]
fn the_index_is_there_after_any_command_that_began_it() {
    let scratch = Scratch::new();
    scratch.file("task-definitions/crm/contacts.create.yaml", DEFINITION);
    scratch.run(&["show", "crm_contacts_create"]).exits(0).prints("What it is called.");
    assert_eq!(indexes(&scratch), 1);
}

fn indexes(scratch: &Scratch) -> usize {
    let cache = std::fs::read_dir(scratch.path().join(".cache/legwork")).expect("the cache").flatten();
    cache.filter(|entry| entry.path().extension().is_some_and(|ending| ending == "index")).count()
}
