//! A Markdown file of cases: a heading names a case, fenced blocks hold what is given and what is expected.

use std::fs;
use std::path::{Path, PathBuf};

/// One file.
pub(crate) struct CaseFile {
    path: PathBuf,
    text: String,
}

/// One case: the blocks below one `##` heading.
pub(crate) struct Case {
    /// The heading.
    pub(crate) name: String,
    /// All blocks, in text order.
    pub(crate) blocks: Vec<Block>,
}

/// One fenced block: ` ```yaml workflow `.
#[derive(Debug, Clone)]
pub(crate) struct Block {
    /// What it holds: the second word of the fence.
    pub(crate) kind: String,
    /// The text, each line with its end.
    pub(crate) text: String,
    /// Where the text stands in the file, in bytes.
    range: std::ops::Range<usize>,
}

impl Case {
    /// The text of the block of that kind.
    pub(crate) fn block(&self, kind: &str) -> Option<&str> {
        self.blocks.iter().find(|block| block.kind == kind).map(|block| block.text.as_str())
    }
}

impl CaseFile {
    /// All files of an area, sorted by name.
    pub(crate) fn all(area: &Path) -> Vec<Self> {
        let entries = fs::read_dir(area).unwrap_or_else(|err| panic!("{}: {err}", area.display())).flatten();
        let mut paths: Vec<_> = entries.map(|entry| entry.path()).collect();
        paths.retain(|path| path.extension().is_some_and(|ending| ending == "md"));
        paths.sort();
        paths.into_iter().map(|path| Self { text: fs::read_to_string(&path).expect("a file of cases"), path }).collect()
    }

    /// The name of the file without its folder.
    pub(crate) fn name(&self) -> String {
        self.path.file_name().expect("a file").to_string_lossy().into_owned()
    }

    /// The cases, in text order.
    pub(crate) fn cases(&self) -> Vec<Case> {
        let mut cases: Vec<Case> = Vec::new();
        let mut open: Option<Block> = None;
        let mut at = 0;
        for line in self.text.split_inclusive('\n') {
            let end = at + line.len();
            match &mut open {
                Some(block) if line.trim_end() == "```" => {
                    block.range.end = at;
                    self.text[block.range.clone()].clone_into(&mut block.text);
                    let last =
                        cases.last_mut().unwrap_or_else(|| panic!("{}: a block before the first case", self.name()));
                    last.blocks.extend(open.take());
                }
                Some(_) => {}
                None => {
                    if let Some(name) = line.strip_prefix("## ") {
                        cases.push(Case { name: name.trim().to_owned(), blocks: Vec::new() });
                    }
                    open = line.strip_prefix("```").map(|fence| Block {
                        kind: fence.split_whitespace().nth(1).unwrap_or_default().to_owned(),
                        text: String::new(),
                        range: end..end,
                    });
                }
            }
            at = end;
        }
        assert!(open.is_none(), "{}: a block is not closed", self.name());
        cases
    }

    /// Writes the file again, with these blocks' texts instead of what stands there.
    pub(crate) fn rewrite(&self, mut changes: Vec<(Block, String)>) {
        let mut text = self.text.clone();
        changes.sort_by_key(|(block, _)| std::cmp::Reverse(block.range.start));
        for (block, now) in changes {
            text.replace_range(block.range, &now);
        }
        fs::write(&self.path, text).expect("a file of cases");
    }
}
