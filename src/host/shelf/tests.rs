//! Shelves of scratch folders.

use super::turn::Turn;
use super::{Folders, Opening, Shelf, Step};
use crate::catalogue::Catalogue;
use crate::catalogue::search::Query;
use crate::source::SourceFile;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;
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

/// What is in the cache, without the locks.
fn cached(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder.join("cache")).expect("the cache").flatten().map(|entry| entry.path());
    files.filter(|path| path.extension().is_none_or(|ending| ending != "lock")).collect()
}

fn index(folder: &Path) -> PathBuf {
    Folders::with_cache(&[folder.join("defs")], &folder.join("cache")).index_path().expect("a place for the index")
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
    check("'openapi': '3.0.0'\n", true);
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
    let path = index(folder.path());
    let whole = fs::read(&path).expect("the index");
    for broken in [b"".to_vec(), b"something else".to_vec(), whole[..whole.len() / 2].to_vec(), whole[..40].to_vec()] {
        fs::write(&path, broken).expect("a damaged index");
        let (shelf, made) = open(folder.path());
        assert!(made > 0);
        assert_eq!(names(&shelf, "label").first().map(String::as_str), Some("crm_labels_create"));
    }
    assert_eq!(cached(folder.path()), [path], "nothing is left beside it");
}

#[test]
fn many_at_once_make_one_index() {
    let folder = folder();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert_eq!(names(&open(folder.path()).0, "label").len(), 1));
        }
    });
    assert_eq!(cached(folder.path()), [index(folder.path())]);
}

#[test]
fn what_cannot_be_used_is_told_and_the_rest_is_found() {
    let folder = folder();
    fs::write(folder.path().join("defs/crm/bad.yaml"), "a: [\n").expect("a file");
    let (shelf, _) = open(folder.path());
    assert!(shelf.problems().iter().any(|problem| problem.contains("bad.yaml")), "{:?}", shelf.problems());
    assert_eq!(names(&shelf, "label").len(), 1);
}

fn document(title: &str, summary: &str) -> String {
    format!(
        "openapi: 3.0.3\ninfo: {{title: {title}, version: '1'}}\nservers: [{{url: 'https://{title}.example.com'}}]\npaths:\n  \
         /things:\n    post:\n      operationId: make\n      summary: {summary}\n      requestBody: {{required: true, content: \
         {{application/json: {{schema: {{$ref: 'parts/thing.yaml'}}}}}}}}\n      responses: {{'201': {{description: Made.}}}}\n"
    )
}

fn allowed(shelf: &Shelf, name: &str, length: usize) -> bool {
    let mut catalogue = Catalogue::builtin();
    let told = shelf.load(name, &mut catalogue);
    assert!(told.is_empty(), "{told:?}");
    let entry = catalogue.get(name).expect("the entry");
    let schema = entry.body_schema.as_ref().expect("its schema");
    schema.validate(&serde_json::json!({"label": "x".repeat(length)})).is_empty()
}

#[test]
fn documents_that_have_not_changed_are_taken_from_the_old_index() {
    let folder = folder();
    let (defs, parts) = (folder.path().join("defs"), folder.path().join("defs/parts"));
    fs::create_dir_all(&parts).expect("folders");
    let thing = |most: usize| format!("type: object\nproperties: {{label: {{type: string, maxLength: {most}}}}}\n");
    fs::write(parts.join("thing.yaml"), thing(3)).expect("a file");
    fs::write(defs.join("one.yaml"), document("one", "Make a thing")).expect("a file");
    fs::write(defs.join("two.yaml"), document("two", "Make a thing")).expect("a file");
    let (shelf, _) = open(folder.path());
    assert!(allowed(&shelf, "one_things_make", 3) && !allowed(&shelf, "one_things_make", 4));
    let (pieces, _) = super::pieces::Pieces::open(&index(folder.path())).expect("the index");
    let kept = |name: &str| pieces.head.documents.iter().filter(|one| one.names[1] == name).count();
    assert_eq!((kept("one"), kept("two")), (1, 1));
    fs::write(defs.join("two.yaml"), document("two", "Build a house")).expect("a file");
    let seen = Folders::with_cache(std::slice::from_ref(&defs), &folder.path().join("cache")).look().expect("folders");
    let is_kept =
        |name: &str| seen.files.iter().any(|file| file.path == defs.join(name) && pieces.document(file).is_some());
    assert!(is_kept("one.yaml") && !is_kept("two.yaml"));
    let (shelf, made) = open(folder.path());
    assert!(made > 0);
    assert_eq!(names(&shelf, "build house").first().map(String::as_str), Some("two_things_make"));
    assert!(allowed(&shelf, "one_things_make", 3) && !allowed(&shelf, "one_things_make", 4));
    // A document is as new as what it refers to.
    fs::write(parts.join("thing.yaml"), thing(40)).expect("a file");
    let (shelf, made) = open(folder.path());
    assert!(made > 0 && allowed(&shelf, "one_things_make", 4) && allowed(&shelf, "two_things_make", 4));
}

#[test]
fn a_file_outside_of_the_folders_makes_an_index_stale_as_well() {
    let folder = folder();
    fs::create_dir_all(folder.path().join("parts")).expect("folders");
    let outside = folder.path().join("parts/thing.yaml");
    fs::write(&outside, "type: object\nproperties: {label: {type: string, maxLength: 3}}\n").expect("a file");
    let text = document("one", "Make a thing").replace("parts/thing.yaml", "../parts/thing.yaml");
    fs::write(folder.path().join("defs/one.yaml"), text).expect("a file");
    assert!(!allowed(&open(folder.path()).0, "one_things_make", 4));
    assert_eq!(open(folder.path()).1, 0, "it is fresh");
    fs::write(&outside, "type: object\nproperties: {label: {type: string, maxLength: 40}}\n").expect("a file");
    assert!(allowed(&open(folder.path()).0, "one_things_make", 4));
}

#[test]
fn what_an_ended_process_left_is_removed_and_its_lock_is_free() {
    let folder = folder();
    let path = index(folder.path());
    let half = path.with_file_name(format!(".{}.7-7", path.file_name().expect("a name").to_string_lossy()));
    fs::create_dir_all(folder.path().join("cache")).expect("a folder");
    fs::write(&half, "half").expect("a file");
    fs::write(path.with_extension("lock"), "").expect("a file");
    assert_eq!(names(&open(folder.path()).0, "label").len(), 1);
    assert_eq!(cached(folder.path()), [path]);
}

#[test]
fn a_cache_that_cannot_be_written_to_costs_time_alone() {
    let folder = folder();
    fs::write(folder.path().join("cache"), "a file where the folder should be").expect("a file");
    for _ in 0..2 {
        let (shelf, made) = open(folder.path());
        assert!(made > 0, "nothing is kept");
        assert_eq!(names(&shelf, "label").first().map(String::as_str), Some("crm_labels_create"));
    }
}

#[test]
fn one_process_makes_an_index_and_the_others_take_it() {
    let folder = folder();
    let folders = Folders::with_cache(&[folder.path().join("defs")], &folder.path().join("cache"));
    let path = index(folder.path());
    let turn = Turn::wait(&path, &mut || {}).expect("the turn");
    let (tell, told) = mpsc::channel();
    let opening = Opening::begin(&folders, move |step| {
        let _ = tell.send(step);
    })
    .expect("folders that can be listed");
    assert_eq!(told.recv(), Ok(Step::Read(0, 3)), "it waits for its turn");
    let (shelf, is_whole) = opening.within(Duration::ZERO);
    assert!(!is_whole);
    assert!(
        names(&shelf, "user").iter().any(|name| name == "zoom_users_create"),
        "what is in the program is known at once"
    );
    drop(turn);
    assert_eq!(names(&opening.whole(), "label").len(), 1);
    assert!(told.iter().any(|step| step == Step::Made));
    assert!(opening.within(Duration::ZERO).1);
}

#[test]
fn a_name_is_known_before_what_stands_behind_it_is_read() {
    let folder = folder();
    for number in 0..20 {
        fs::write(folder.path().join(format!("defs/z{number}.yaml")), document(&format!("z{number}"), "Make"))
            .expect("a file");
    }
    let folders = Folders::with_cache(&[folder.path().join("defs")], &folder.path().join("cache"));
    let opening = Opening::begin(&folders, |_| {}).expect("folders that can be listed");
    let name = "crm_labels_create".to_owned();
    for shelf in [opening.knowing(std::slice::from_ref(&name)), opening.whole(), opening.knowing(&[name])] {
        let mut catalogue = Catalogue::builtin();
        assert!(shelf.load("crm_labels_create", &mut catalogue).is_empty());
        assert!(catalogue.get("crm_labels_create").is_some());
    }
    let nothing = opening.knowing(&["nobody_has_it".to_owned()]);
    assert!(nothing.load("nobody_has_it", &mut Catalogue::builtin()).is_empty());
    assert_eq!(names(&opening.whole(), "z7").first().map(String::as_str), Some("z7_things_make"));
}

#[test]
fn an_old_index_answers_while_a_new_one_is_made() {
    let folder = folder();
    open(folder.path());
    fs::write(folder.path().join("defs/other.yaml"), document("other", "Make")).expect("a file");
    let folders = Folders::with_cache(&[folder.path().join("defs")], &folder.path().join("cache"));
    let turn = Turn::wait(&index(folder.path()), &mut || {}).expect("the turn");
    let opening = Opening::begin(&folders, |_| {}).expect("folders that can be listed");
    let (shelf, is_whole) = opening.within(Duration::ZERO);
    assert_eq!((names(&shelf, "label").len(), is_whole), (1, false));
    drop(turn);
    assert_eq!(names(&opening.whole(), "other").first().map(String::as_str), Some("other_things_make"));
}
