//! Every code has a page of the one shape, and every page a code.

use super::{report, root};
use legwork::diagnostic::codes;

#[test]
fn every_page_has_the_one_shape() {
    let findings: Vec<_> =
        codes::all().filter_map(|code| fault(code).map(|fault| format!("{code}: {fault}"))).collect();
    report("a page is `# E0000: title`, `## Wrong`, `## Right`, `## Why`", &findings);
}

fn fault(code: codes::Code) -> Option<String> {
    let page = code.page();
    let headings: Vec<_> = page.lines().filter(|line| is_heading(line)).collect();
    let title = format!("# {}: {}", code.id(), code.title());
    let expected = [title.as_str(), "## Wrong", "## Right", "## Why"];
    if headings != expected {
        return Some(format!("headings are {headings:?}"));
    }
    let parts: Vec<_> = page.split("\n## ").collect();
    let empty = parts.iter().skip(1).any(|part| part.lines().skip(1).all(|line| line.trim().is_empty()));
    let has_code = |at: usize| parts.get(at).is_some_and(|part| part.contains("```"));
    match (empty, has_code(1) && has_code(2)) {
        (true, _) => Some("a section is empty".to_owned()),
        (_, false) => Some("`Wrong` and `Right` need a fenced block each".to_owned()),
        _ => None,
    }
}

/// A Markdown heading; `# comment` inside a fenced block is told apart by the two shapes that pages have.
fn is_heading(line: &str) -> bool {
    line.starts_with("# E") || line.starts_with("## ")
}

#[test]
fn every_page_belongs_to_a_code() {
    let files = std::fs::read_dir(root().join("src/diagnostic/codes")).expect("the folder of pages").flatten();
    let names = files.filter_map(|entry| entry.file_name().into_string().ok());
    let pages = names.filter_map(|name| name.strip_suffix(".md").map(str::to_owned));
    let findings: Vec<_> = pages.filter(|page| codes::Code::find(page).is_none()).collect();
    report("a page without a code", &findings);
}

#[test]
fn codes_are_in_order_and_unique() {
    let ids: Vec<_> = codes::all().map(codes::Code::id).collect();
    let sorted = ids.is_sorted_by(|left, right| left < right);
    assert!(sorted, "{ids:?}");
}
