//! The Arazzo descriptions of `../shared/corpus/arazzo`, as far as they are there.

use super::corpus::folder;
use legwork::catalogue::Catalogue;
use legwork::definition::Document;
use legwork::import::{self, Kind, Options};
use legwork::plan;
use legwork::source::SourceFile;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn descriptions(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the corpus").flatten() {
        let path = entry.path();
        if path.is_dir() && !path.ends_with("fail") && !path.ends_with("src") {
            descriptions(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "yaml") {
            found.push(path);
        }
    }
    found.sort();
}

#[test]
#[expect(clippy::print_stderr, reason = "the figures, for who looks at them")]
fn every_description_becomes_definitions_or_says_what_cannot() {
    let Some(folder) = folder("arazzo") else { return };
    let mut paths = Vec::new();
    descriptions(&folder, &mut paths);
    let (mut all, mut made, mut losses) = (0, 0, 0);
    for path in paths {
        let file = SourceFile::new(path.display().to_string(), fs::read_to_string(&path).expect("a text"));
        let Ok(source) = import::read(file) else { continue };
        if source.kind != Kind::Arazzo {
            continue;
        }
        let beside = path.parent().expect("a folder").to_owned();
        let mut read = |name: &str| {
            let text = fs::read_to_string(beside.join(name)).map_err(|err| err.to_string())?;
            Ok(SourceFile::new(name, text))
        };
        let draft = import::import(source, &Options::default(), &mut read).expect("it can be read");
        all += draft.found;
        made += draft.workflows.len();
        losses += draft.diagnostics.len();
        let lost = draft.diagnostics.iter().map(|one| one.message.clone()).collect::<Vec<_>>();
        assert!(draft.workflows.len() == draft.found || !lost.is_empty(), "{}", path.display());
        assert!(draft.diagnostics.iter().all(|one| !one.labels.is_empty()), "{}", path.display());
        for file in draft.files() {
            let document = Arc::new(Document::parse(SourceFile::new(file.path, file.text.clone())));
            assert!(
                document.diagnostics.iter().all(|one| !one.is_error()),
                "{}\n{:?}\n{}",
                path.display(),
                document.diagnostics,
                file.text
            );
            let planned = plan::build(&document, &Catalogue::builtin(), plan::Options::default());
            let errors: Vec<_> =
                planned.diagnostics.iter().filter(|one| one.is_error()).map(|one| &one.message).collect();
            assert!(errors.is_empty(), "{}\n{errors:?}\n{}", path.display(), file.text);
        }
    }
    eprintln!("{made} of {all} workflows, {losses} losses told");
    assert!(all > 40 && made == all, "{made} of {all}");
}
