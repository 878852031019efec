//! Shelves of scratch folders.

use super::{Folders, Shelf};
use crate::catalogue::Catalogue;
use crate::catalogue::search::Query;
use crate::source::SourceFile;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const PROVIDER: &str = "provider: crm\ntitle: CRM\nservers: [https://crm.example.com]\n";

fn definition(name: &str, title: &str, schema: &str) -> String {
    format!(
        "name: crm_{name}\ndescription: {title}.\nownerEmail: owner@example.com\nretryCount: 1\ninputSchema: {{name: i, version: 1, type: JSON, data: {{type: object, properties: {{label: {{type: string}}}}}}}}\nx-legwork:\n  title: {title}\n  request: {{method: POST, uri: '{{{{server}}}}/{name}', body: {{label: '{{{{label}}}}'}}}}\n  body_schema: {schema}\n"
    )
}

fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let crm = folder.path().join("defs/crm");
    fs::create_dir_all(&crm).expect("folders");
    fs::write(crm.join("_provider.yaml"), PROVIDER).expect("a file");
    let parts =
        (0..9).map(|at| format!("\"D{at}\": {{\"type\": \"string\", \"maxLength\": {at}}}")).collect::<Vec<_>>();
    let label = "\"Label\": {\"type\": \"object\", \"properties\": {\"label\": {\"$ref\": \"#/$defs/D3\"}}}";
    fs::write(crm.join("_shared.schema.json"), format!("{{\"$defs\": {{{label}, {}}}}}", parts.join(", ")))
        .expect("a file");
    let labels = definition("labels_create", "Create a label", "{$ref: '_shared.schema.json#/$defs/Label'}");
    fs::write(crm.join("labels.create.yaml"), labels).expect("a file");
    folder
}

fn open(folder: &Path) -> (Shelf, usize) {
    let mut made = 0;
    let folders = Folders::with_cache(&[folder.join("defs")], &folder.join("cache"));
    let shelf = Shelf::open(&folders, &mut |_, _| made += 1).expect("folders that can be listed");
    (shelf, made)
}

fn names(shelf: &Shelf, words: &str) -> Vec<String> {
    let hits = shelf.index().search(&Query { words: words.to_owned(), ..Query::default() });
    hits.into_iter().map(|hit| hit.record.name).collect()
}

#[test]
fn what_is_in_folders_is_found_and_read_alone() {
    let folder = folder();
    let (shelf, made) = open(folder.path());
    assert!(made > 0 && shelf.problems().is_empty(), "{:?}", shelf.problems());
    for shelf in [shelf, open(folder.path()).0] {
        assert_eq!(names(&shelf, "label").first().map(String::as_str), Some("crm_labels_create"));
        assert!(names(&shelf, "user").iter().any(|name| name == "zoom_users_create"));
        let mut catalogue = Catalogue::builtin();
        let told = shelf.load("crm_labels_create", &mut catalogue);
        assert!(told.is_empty(), "{told:?}");
        let entry = catalogue.get("crm_labels_create").expect("the entry");
        let schema = entry.body_schema.as_ref().expect("its schema");
        assert_eq!(schema.validate(&serde_json::json!({"label": "long"})).len(), 1);
        assert_eq!(schema.validate(&serde_json::json!({"label": "ok"})).len(), 0);
        assert_eq!(entry.servers, ["https://crm.example.com"]);
        assert!(!catalogue.is_registered_by_user("crm_labels_create"), "nobody named it");
    }
}

#[test]
fn a_document_is_known_wherever_its_version_stands() {
    let check = |text: &str, expected: bool| {
        assert_eq!(super::is_document(&SourceFile::new("a", text)), expected, "{text}");
    };
    check("openapi: 3.1.0\n", true);
    check("info: {}\nswagger: '2.0'\n", true);
    check("{\"paths\": {}, \"swagger\": \"2.0\"}", true);
    check("{\"openapi\":\"3.0.0\"}", true);
    check("name: w\ndescription: made of openapi 3\ntasks: []\n", false);
    check("name: w\ntasks:\n  - {name: openapi, openapi: yes}\n", false);
}

#[test]
fn an_index_is_used_again_until_something_changes() {
    let folder = folder();
    open(folder.path());
    assert_eq!(open(folder.path()).1, 0, "it is fresh");
    let other = definition("notes_create", "Write a note", "{type: object}");
    fs::write(folder.path().join("defs/crm/notes.create.yaml"), other).expect("a file");
    let (shelf, made) = open(folder.path());
    assert!(made > 0);
    assert_eq!(names(&shelf, "note").first().map(String::as_str), Some("crm_notes_create"));
}

#[test]
fn a_damaged_or_foreign_index_is_made_anew() {
    let folder = folder();
    open(folder.path());
    let cache = folder.path().join("cache");
    let path = fs::read_dir(&cache).expect("the cache").flatten().next().expect("an index").path();
    let whole = fs::read(&path).expect("the index");
    for broken in [b"".to_vec(), b"something else".to_vec(), whole[..whole.len() / 2].to_vec(), whole[..40].to_vec()] {
        fs::write(&path, broken).expect("a damaged index");
        let (shelf, made) = open(folder.path());
        assert!(made > 0);
        assert_eq!(names(&shelf, "label").first().map(String::as_str), Some("crm_labels_create"));
    }
    assert_eq!(fs::read_dir(&cache).expect("the cache").count(), 1, "nothing is left beside it");
}

#[test]
fn many_at_once_make_one_index() {
    let folder = folder();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert_eq!(names(&open(folder.path()).0, "label").len(), 1));
        }
    });
    assert_eq!(fs::read_dir(folder.path().join("cache")).expect("the cache").count(), 1);
}

#[test]
fn what_cannot_be_used_is_told_and_the_rest_is_found() {
    let folder = folder();
    fs::write(folder.path().join("defs/crm/bad.yaml"), "a: [\n").expect("a file");
    let (shelf, _) = open(folder.path());
    assert!(shelf.problems().iter().any(|problem| problem.contains("bad.yaml")), "{:?}", shelf.problems());
    assert_eq!(names(&shelf, "label").len(), 1);
}
