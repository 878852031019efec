//! Where responses are kept: one file for each task, below the user's cache, always the same one.

use crate::lsp::protocol::Uri;
use crate::lsp::view::View;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;

/// The file of a task's exchanges: `<document>/<workflow>/<task>.http`; `None` on a machine without a cache folder.
pub(super) fn file(view: &View, workflow: &str, task: &str) -> Option<PathBuf> {
    let uri: &Uri = &view.document.uri;
    let mut hasher = DefaultHasher::new();
    uri.as_ref().hash(&mut hasher);
    let folder = view.document.home.responses.as_ref()?.join(format!("{:016x}", hasher.finish()));
    Some(folder.join(safe(workflow)).join(format!("{}.http", safe(task))))
}

/// A name that no file system takes for anything else.
fn safe(name: &str) -> String {
    let safe: String = name
        .chars()
        .map(|ch| if ch.is_ascii_alphanumeric() || matches!(ch, '-' | '_') { ch } else { '_' })
        .take(80)
        .collect();
    if safe.is_empty() { "_".to_owned() } else { safe }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leads_out_of_the_folder() {
        for (name, expected) in
            [("create", "create"), ("../../etc/passwd", "______etc_passwd"), ("", "_"), ("a b", "a_b")]
        {
            assert_eq!(safe(name), expected);
        }
        assert_eq!(safe(&"x".repeat(300)).len(), 80);
    }
}
