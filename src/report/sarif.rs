//! Diagnostics as SARIF 2.1.0, which code hosts and editors read.
//!
//! Source: OASIS, Static Analysis Results Interchange Format 2.1.0, 2020-03-27.

use super::uri_path::uri_path;
use crate::diagnostic::{Code, Diagnostic, Label, Severity};
use serde_json::{Value, json};

/// One run with all diagnostics. Each code that comes up is a rule, with its page as its help.
#[must_use]
pub fn sarif(diagnostics: &[Diagnostic]) -> Value {
    let mut codes: Vec<Code> = Vec::new();
    for diagnostic in diagnostics {
        if !codes.contains(&diagnostic.code) {
            codes.push(diagnostic.code);
        }
    }
    codes.sort_by_key(|code| code.id());
    let results: Vec<_> = diagnostics.iter().map(|one| result(one, &codes)).collect();
    let rules: Vec<_> = codes.iter().map(|code| rule(*code)).collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {"name": "legwork", "semanticVersion": env!("CARGO_PKG_VERSION"), "rules": rules}},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn rule(code: Code) -> Value {
    let page = code.page();
    let full = page.split("\n## ").next().unwrap_or_default().lines().skip(1).collect::<Vec<_>>().join(" ");
    let full = Some(full.trim()).filter(|full| !full.is_empty()).unwrap_or(code.title());
    json!({
        "id": code.id(),
        "shortDescription": {"text": code.title()},
        "fullDescription": {"text": full},
        "help": {"text": page, "markdown": page},
        "defaultConfiguration": {"level": level(code.severity())},
    })
}

fn result(diagnostic: &Diagnostic, codes: &[Code]) -> Value {
    let help = diagnostic.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
    let mut made = json!({
        "ruleId": diagnostic.code.id(),
        "ruleIndex": codes.iter().position(|code| *code == diagnostic.code),
        "level": level(diagnostic.severity),
        "message": {"text": format!("{}{help}", diagnostic.message)},
    });
    if let Some((first, rest)) = diagnostic.labels.split_first() {
        let mut location = location(first);
        if let Some(pointer) = &diagnostic.pointer {
            location["logicalLocations"] = json!([{"fullyQualifiedName": pointer.as_str(), "kind": "element"}]);
        }
        made["locations"] = json!([location]);
        if !rest.is_empty() {
            made["relatedLocations"] = rest.iter().map(self::location).collect();
        }
        made["partialFingerprints"] = json!({"legwork/v1": fingerprint(diagnostic)});
    }
    made
}

fn location(label: &Label) -> Value {
    let (line, column) = label.file.position(label.span.start);
    let (end_line, end_column) = label.file.position(label.span.end.max(label.span.start));
    let mut location = json!({
        "physicalLocation": {
            "artifactLocation": {"uri": uri_path(label.file.name())},
            "region": {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column},
        },
    });
    if !label.text.is_empty() {
        location["message"] = json!({"text": label.text});
    }
    location
}

/// What stays the same when lines are put before it: the code, and the place in the definition.
fn fingerprint(diagnostic: &Diagnostic) -> String {
    let pointer = diagnostic.pointer.as_ref().map(|pointer| pointer.as_str().to_owned()).unwrap_or_default();
    format!("{}:{pointer}", diagnostic.code.id())
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::codes;
    use crate::source::{Pointer, SourceFile, Span};

    #[test]
    fn a_diagnostic_is_a_result_with_its_rule_and_place() {
        let file = SourceFile::new("a b/é.yaml", "name: é\ntasks: []\n");
        let one =
            Diagnostic::new(codes::E0905, "nothing reads it").help("take it out").pointer(Pointer::parse("/tasks"));
        let one = one.label(&file, Span::new(9, 14), "").label(&file, Span::new(0, 4), "here");
        let log = sarif(&[Diagnostic::new(codes::E0601, "no file"), one]);
        let run = &log["runs"][0];
        let rules: Vec<_> =
            run["tool"]["driver"]["rules"].as_array().into_iter().flatten().map(|rule| &rule["id"]).collect();
        assert_eq!(rules, ["E0601", "E0905"]);
        let found = &run["results"][1];
        assert_eq!(
            (&found["ruleId"], &found["ruleIndex"], &found["level"]),
            (&json!("E0905"), &json!(1), &json!("warning"))
        );
        assert_eq!(found["message"]["text"], "nothing reads it (take it out)");
        let place = &found["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "a%20b/%C3%A9.yaml");
        assert_eq!(place["region"], json!({"startLine": 2, "startColumn": 1, "endLine": 2, "endColumn": 6}));
        assert_eq!(found["relatedLocations"][0]["message"]["text"], "here");
        assert!(run["results"][0].get("locations").is_none());
    }
}
