//! A workflow definition to begin with.

use crate::source::Format;

/// The text of a new workflow definition. Its one task does nothing: a definition without a task is refused by servers.
///
/// Characters that servers do not take in a name become `_`.
#[must_use]
pub fn new_workflow(name: &str, format: Format) -> String {
    let is_plain = |ch: char| ch.is_ascii_alphanumeric() || ch == '_' || ch == '-';
    let name: String = name.chars().map(|ch| if is_plain(ch) { ch } else { '_' }).collect();
    let starts_as_word = name.starts_with(|ch: char| ch.is_ascii_alphabetic());
    let name = if starts_as_word { name } else { format!("workflow_{name}") };
    let template = match format {
        Format::Yaml => YAML,
        Format::Json => JSON,
    };
    template.replace("NAME", &name)
}

const YAML: &str = "\
name: NAME
description: What it is for.
version: 1
schemaVersion: 2
ownerEmail: owner@example.com # a server asks for one: put your own
inputParameters: []
tasks:
  - name: start
    taskReferenceName: start
    type: NOOP
";

const JSON: &str = r#"{
  "name": "NAME",
  "description": "What it is for.",
  "version": 1,
  "schemaVersion": 2,
  "ownerEmail": "owner@example.com",
  "inputParameters": [],
  "tasks": [
    {
      "name": "start",
      "taskReferenceName": "start",
      "type": "NOOP"
    }
  ]
}
"#;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::{Dialect, Document, check};
    use crate::source::SourceFile;

    #[test]
    fn it_is_a_definition_without_a_fault() {
        for (file, format) in [("a.yaml", Format::Yaml), ("a.json", Format::Json)] {
            for (name, expected) in [("on-board", "on-board"), ("2 é", "workflow_2__"), ("", "workflow_")] {
                let document = Document::parse(SourceFile::new(file, new_workflow(name, format)));
                let found = check(&document, Dialect::Conductor, &|_| None);
                assert!(found.is_empty(), "{found:?}");
                assert_eq!(document.workflow().map(|def| def.name.as_str()), Some(expected));
            }
        }
    }
}
