//! What can be written at a place.

use super::{Outcome, written};
use crate::editor::{self, Completion, CompletionKind};
use crate::lsp::convert;
use crate::lsp::protocol::{
    CompletionItem, CompletionItemKind, CompletionItemTextEdit, CompletionList, CompletionParams, CompletionResponse,
    Documentation, ErrorCode, InsertTextFormat, TextEdit,
};
use crate::lsp::server::error;
use crate::lsp::view::{Shared, View};
use serde_json::{Value, json};

/// `textDocument/completion`.
pub(super) fn completion(view: &View, params: &CompletionParams) -> CompletionResponse {
    let offset = view.document.offset(params.text_document_position_params.position);
    let found = editor::completion(&view.snapshot(), offset);
    let items = found.items.into_iter().map(|item| converted(item, view)).collect();
    CompletionList { is_incomplete: found.is_partial, items, ..CompletionList::default() }.into()
}

/// `completionItem/resolve`.
pub(super) fn resolve(_: &Shared, views: &[View], params: Value) -> Outcome {
    let mut item: CompletionItem =
        serde_json::from_value(params).map_err(|err| error(ErrorCode::InvalidParams, &err.to_string()))?;
    let offered = item.data.as_ref().and_then(|data| {
        let (uri, key) = (data.get("uri")?.as_str()?, data.get("key")?.as_str()?.to_owned());
        Some((views.iter().find(|view| view.document.uri.as_ref() == uri)?, key))
    });
    if let Some((view, key)) = offered {
        let snapshot = view.snapshot();
        item.documentation =
            editor::resolve(&snapshot, &key).map(|text| Documentation::MarkupContent(convert::markdown(text)));
        let also = convert::edits(&view.document, &editor::resolve_edits(&snapshot, &key));
        item.additional_text_edits.get_or_insert_default().extend(also);
    }
    written(&item)
}

fn converted(item: Completion, view: &View) -> CompletionItem {
    let has_snippets = view.shared.client.has_snippets;
    let is_snippet = item.is_snippet && has_snippets;
    let new_text = if item.is_snippet && !has_snippets { plain(&item.insert) } else { item.insert };
    let also = convert::edits(&view.document, &item.also);
    CompletionItem {
        label: item.label,
        kind: Some(kind(item.kind)),
        detail: item.detail,
        sort_text: Some(item.sort),
        filter_text: item.filter,
        insert_text_format: is_snippet.then_some(InsertTextFormat::Snippet),
        text_edit: Some(CompletionItemTextEdit::TextEdit(TextEdit {
            range: view.document.range(item.replace),
            new_text,
        })),
        additional_text_edits: Some(also).filter(|also| !also.is_empty()),
        data: item.key.map(|key| json!({"uri": view.document.uri.0, "key": key})),
        ..CompletionItem::default()
    }
}

fn kind(kind: CompletionKind) -> CompletionItemKind {
    match kind {
        CompletionKind::Field => CompletionItemKind::Field,
        CompletionKind::Value => CompletionItemKind::EnumMember,
        CompletionKind::TaskType => CompletionItemKind::Class,
        CompletionKind::Operation => CompletionItemKind::Function,
        CompletionKind::Keyword => CompletionItemKind::Keyword,
        CompletionKind::Input | CompletionKind::Variable => CompletionItemKind::Variable,
        CompletionKind::Task => CompletionItemKind::Module,
        CompletionKind::Property => CompletionItemKind::Property,
        CompletionKind::Secret => CompletionItemKind::Constant,
    }
}

/// A snippet as it stands before anything is filled in: `${1:name}` is `name`, `$1` is nothing, `\$` is `$`.
fn plain(snippet: &str) -> String {
    let (mut text, mut rest, mut open) = (String::new(), snippet, 0_usize);
    while let Some(ch) = rest.chars().next() {
        let after = rest.get(ch.len_utf8()..).unwrap_or_default();
        rest = match ch {
            '\\' => {
                text.extend(after.chars().next());
                after.get(after.chars().next().map_or(0, char::len_utf8)..).unwrap_or_default()
            }
            '$' => {
                let is_named = after.starts_with('{');
                let digits = after.trim_start_matches('{').trim_start_matches(|ch: char| ch.is_ascii_digit());
                match (is_named, digits.strip_prefix(':')) {
                    (true, Some(inside)) => {
                        open += 1;
                        inside
                    }
                    (true, None) => digits.strip_prefix('}').unwrap_or(digits),
                    (false, _) => digits,
                }
            }
            '}' if open > 0 => {
                open -= 1;
                after
            }
            other => {
                text.push(other);
                after
            }
        };
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snippet_without_places_is_the_text_itself() {
        let check = |snippet: &str, expected: &str| assert_eq!(plain(snippet), expected, "{snippet}");
        check("email: ${1:jill@example.com}$0", "email: jill@example.com");
        check("${1}a$2", "a");
        check("\\${workflow.input.${1:name}\\}", "${workflow.input.name}");
        check("a {b} \\\\", "a {b} \\");
    }
}
