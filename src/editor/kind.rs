//! Which files are ours.

use crate::catalogue::holds_shared_parts;
use crate::source::SourceFile;

/// What a file is for an editor. It decides which answers there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FileKind {
    /// A workflow definition.
    Workflow,
    /// One or more task definitions.
    TaskDefinition,
    /// What task definitions share: a `_provider.yaml`, or a schema that they name.
    Shared,
    /// Nothing of ours: every answer is empty, and the text is not even parsed.
    #[default]
    Other,
}

/// Tells a file by its name (`*.legwork.yaml`, `.yml`, `.json`, or below `task-definitions/`), else by the words in it.
///
/// The name may be a path or a URL. Costs one scan of the text at most.
#[must_use]
pub fn kind_of(file: &SourceFile) -> FileKind {
    let (name, text) = (file.name(), file.text());
    let below = is_below_task_definitions(name);
    if below && holds_shared_parts(name) {
        return FileKind::Shared;
    }
    let is_task = || text.contains("x-legwork");
    let is_workflow = text.contains("tasks") && text.contains("taskReferenceName");
    match (below, is_workflow) {
        (false, true) => FileKind::Workflow,
        (true, _) => FileKind::TaskDefinition,
        _ if is_task() => FileKind::TaskDefinition,
        _ if has_own_ending(name) => FileKind::Workflow,
        _ => FileKind::Other,
    }
}

/// Whether a file is ours by its name alone, so that no server for YAML or JSON in general speaks about it.
#[must_use]
pub fn has_own_name(name: &str) -> bool {
    has_own_ending(name) || is_below_task_definitions(name)
}

fn has_own_ending(name: &str) -> bool {
    [".legwork.yaml", ".legwork.yml", ".legwork.json"].iter().any(|ending| name.ends_with(ending))
}

fn is_below_task_definitions(name: &str) -> bool {
    name.split(['/', '\\']).rev().skip(1).any(|folder| folder == "task-definitions")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_or_words_tell_what_a_file_is() {
        let check = |name: &str, text: &str, expected: FileKind| {
            assert_eq!(kind_of(&SourceFile::new(name, text)), expected, "{name}: {text}");
        };
        check("a.yaml", "name: a\ntasks:\n  - taskReferenceName: b", FileKind::Workflow);
        check("a.json", "{\"tasks\": [{\"taskReferenceName\": \"b\"}]}", FileKind::Workflow);
        check("/w/a.legwork.yml", "", FileKind::Workflow);
        check("/w/a.legwork.yml", "name: a\nx-legwork: {}", FileKind::TaskDefinition);
        check("/w/task-definitions/crm/a.yaml", "", FileKind::TaskDefinition);
        check("/w/task-definitions/crm/_provider.yaml", "", FileKind::Shared);
        check("/w/task-definitions/crm/a.schema.json", "{}", FileKind::Shared);
        check("a.yaml", "services: {web: {image: nginx}}", FileKind::Other);
        check("task-definitions.yaml", "", FileKind::Other);
    }
}
