//! A task is put into every definition there is: each byte that was there stays, and the new text says what it should.

use legwork::catalogue::Catalogue;
use legwork::definition::{Document, Documented};
use legwork::editor::{Inserted, Place, insert_task};
use legwork::source::SourceFile;
use legwork::source::edit::apply;
use std::fs;
use std::path::{Path, PathBuf};

/// The workflow definitions of the examples and, when it is there, of the recorded cases.
#[expect(clippy::print_stderr, reason = "a test that skips says so")]
fn definitions() -> Vec<SourceFile> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![root.join("examples")];
    let recorded = root.join("../shared/conformance/cases");
    match fs::read_dir(&recorded) {
        Ok(cases) => folders.extend(cases.flatten().map(|case| case.path())),
        Err(err) => eprintln!("skipped {}: {err}", recorded.display()),
    }
    let files = |folder: &PathBuf| {
        fs::read_dir(folder).into_iter().flatten().flatten().map(|file| file.path()).collect::<Vec<_>>()
    };
    let is_text = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "yaml" || ending == "json");
    let paths = folders.iter().flat_map(files).filter(is_text);
    paths.map(|path| SourceFile::new(path.display().to_string(), fs::read_to_string(&path).expect("a file"))).collect()
}

#[test]
fn every_other_byte_stays_as_it_was() {
    let catalogue = Catalogue::builtin();
    let task = catalogue.get("zoom_users_create").and_then(|entry| entry.prepare("create")).expect("a task");
    let mut count = 0;
    for file in definitions() {
        let document = Document::parse(file.clone());
        let Documented::Workflow(def) = &document.definition else { continue };
        if document.partial || document.value.get("tasks").is_none() {
            continue;
        }
        let names = def.all_tasks().into_iter().map(|task| task.task_reference_name.clone());
        let places = names.filter(|name| !name.is_empty()).map(Place::After).chain([Place::End]);
        for place in places.collect::<Vec<_>>() {
            match insert_task(&document, &task, &place) {
                Ok(inserted) => judge(&document, &inserted, &place),
                Err(err) => panic!("{} {place:?}: {err:?}", file.name()),
            }
            count += 1;
        }
    }
    assert!(count >= 10, "{count}");
}

fn judge(document: &Document, inserted: &Inserted, place: &Place) {
    let before = document.file.text();
    let after = apply(before, &inserted.edits);
    let shown = || format!("{} {place:?}\n{after}", document.file.name());
    // What is taken away is an empty list, a null, or the name that a JOIN waited for.
    let taken: Vec<_> = inserted.edits.iter().map(|edit| before[edit.span.start..edit.span.end].trim()).collect();
    let is_small = |text: &&str| matches!(*text, "" | "[]" | "null" | "~") || text.trim_matches('"').len() < 40;
    assert!(taken.iter().all(is_small), "{taken:?} {}", shown());
    let added = inserted.edits.iter().map(|edit| edit.text.len()).sum::<usize>();
    let removed = inserted.edits.iter().map(|edit| edit.span.end - edit.span.start).sum::<usize>();
    assert_eq!(after.len() + removed, before.len() + added, "{}", shown());
    let edited = Document::parse(SourceFile::new(document.file.name(), after.as_str()));
    let (Documented::Workflow(old), Documented::Workflow(new)) = (&document.definition, &edited.definition) else {
        panic!("no workflow any more: {}", shown());
    };
    assert_eq!(new.all_tasks().len(), old.all_tasks().len() + 1, "{}", shown());
    let has = new.all_tasks().iter().any(|task| task.task_reference_name == inserted.reference_name);
    assert!(has, "{}", shown());
    assert_eq!(after.contains("\r\n"), before.contains("\r\n"), "{}", shown());
}
