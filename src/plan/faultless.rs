//! Tasks that were found without fault, so that an editor judges again only what was edited.

use super::build::Builder;
use super::{NodeId, Options, place};
use crate::catalogue::Catalogue;
use crate::definition::{Document, WorkflowDef, WorkflowTask, check};
use crate::diagnostic::Diagnostic;
use crate::source::Pointer;
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

/// The tasks of a definition that nothing is to be said of, each by its words.
///
/// What is said of a task without tasks inside depends on its own words, on the reference names of the definition, and on
/// catalogue and options; so it holds for every version of the text while these are the same. Words are kept as 64 bits: that two
/// differ and look the same happens once in more edits than anybody makes.
#[derive(Debug, Clone, Default)]
pub struct Faultless {
    references: u64,
    tasks: HashSet<u64>,
}

/// What was known before, and what is known now.
pub(super) struct Known<'k> {
    before: Option<&'k Faultless>,
    now: Faultless,
}

/// Everything that [`check`](super::check()) says of a workflow definition, and what need not be judged again in its next
/// version. `before` is what was given for a version before, with the same catalogue and options.
#[must_use]
pub fn check_again(
    document: &Arc<Document>,
    catalogue: &Catalogue,
    options: Options,
    before: Option<&Faultless>,
) -> (Vec<Diagnostic>, Faultless) {
    let nothing = WorkflowDef::default();
    let def = document.workflow().unwrap_or(&nothing);
    let mut builder = Builder::new(document, def, catalogue, options.dialect);
    builder.scripts = options.scripts;
    let references = hash(&builder.references);
    let before = before.filter(|before| before.references == references);
    builder.known = Some(Known { before, now: Faultless { references, tasks: HashSet::new() } });
    let mut diagnostics = check(document, options.dialect, &|name| builder.task_def_of(name));
    builder.list(&def.tasks, &Pointer::root().key("tasks"), None);
    builder.output(def);
    diagnostics.append(&mut builder.diagnostics);
    place::in_text_order(&mut diagnostics);
    (diagnostics, builder.known.map(|known| known.now).unwrap_or_default())
}

impl Builder<'_> {
    /// Compiles a task of a list; `None` for one that is known to be without fault, where nobody wants its node.
    pub(super) fn listed(&mut self, task: &WorkflowTask, pointer: &Pointer, parent: Option<NodeId>) -> Option<NodeId> {
        if self.known.is_none() || task.children().next().is_some() {
            return Some(self.task(task, pointer, parent));
        }
        let words = hash(&self.document.value.pointer(pointer.as_str()));
        if self.keep(words, |known| known.before.is_some_and(|before| before.tasks.contains(&words))) {
            return None;
        }
        let told = self.diagnostics.len();
        let id = self.task(task, pointer, parent);
        let is_faultless = self.diagnostics.len() == told;
        self.keep(words, |_| is_faultless);
        Some(id)
    }

    /// Keeps that a task is without fault, when it is.
    fn keep(&mut self, words: u64, is_faultless: impl FnOnce(&Known<'_>) -> bool) -> bool {
        let Some(known) = self.known.as_mut().filter(|known| is_faultless(known)) else { return false };
        known.now.tasks.insert(words);
        true
    }
}

fn hash(words: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    words.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::*;
    use crate::source::SourceFile;
    use std::cell::Cell;

    thread_local! {
        static SCRIPTS: Cell<usize> = const { Cell::new(0) };
    }

    const OPTIONS: Options = Options { dialect: crate::definition::Dialect::Legwork, scripts: Some(counted) };

    fn counted(_: &str, text: &str) -> Option<String> {
        SCRIPTS.set(SCRIPTS.get() + 1);
        text.contains("wrong").then(|| "wrong".to_owned())
    }

    /// Judges the versions one after the other, and each from nothing; gives how many scripts of the last were looked at.
    #[track_caller]
    fn looked_at(versions: &[&str]) -> usize {
        let (mut before, mut looked_at) = (None, 0);
        for text in versions {
            let document = Arc::new(Document::parse(SourceFile::new("a.yaml", *text)));
            let mut catalogue = Catalogue::builtin();
            SCRIPTS.set(0);
            let (found, now) = check_again(&document, &catalogue, OPTIONS, before.as_ref());
            looked_at = SCRIPTS.get();
            let whole = check(&document, &mut catalogue, OPTIONS);
            assert_eq!(format!("{found:?}"), format!("{whole:?}"), "{text}");
            before = Some(now);
        }
        looked_at
    }

    const TEXT: &str = "\
name: w
tasks:
- {name: zoom_users_get, taskReferenceName: a, type: SIMPLE, inputParameters: {userId: me}}
- {name: n, taskReferenceName: b, type: INLINE, inputParameters: {expression: '1', x: '${a.output.id}'}}
- name: s
  taskReferenceName: c
  type: SWITCH
  evaluatorType: value-param
  expression: x
  inputParameters: {x: '${a.output.id}'}
  decisionCases: {y: [{name: n, taskReferenceName: d, type: INLINE, inputParameters: {expression: '2'}}]}
";

    #[test]
    fn what_was_without_fault_is_not_judged_again() {
        let check = |from: &str, to: &str, expected: usize| {
            let edited = TEXT.replace(from, to);
            assert_eq!(looked_at(&[TEXT, &edited]), expected, "{edited}");
            assert_eq!(looked_at(&[&edited, TEXT, &edited]), expected, "{edited}");
        };
        check("name: w", "# a line\n\nname: w", 0);
        check("userId: me", "userid: me", 0);
        check("'1'", "'3'", 1);
        check("a.output.id}'}}", "a.output.id'}}", 1);
        check("decisionCases", "# inside\n  decisionCases", 0);
    }

    #[test]
    fn what_has_faults_is_judged_each_time() {
        let wrong = TEXT.replace("'2'", "'wrong'");
        assert_eq!(looked_at(&[&wrong, &wrong.replace("name: w", "name: v")]), 1);
    }

    #[test]
    fn with_another_reference_name_everything_is_judged_again() {
        assert_eq!(looked_at(&[TEXT, &TEXT.replace("taskReferenceName: a", "taskReferenceName: e")]), 2);
    }
}
