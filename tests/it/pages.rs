//! Every code's page is a test: what stands under `Wrong` raises the code, what stands under `Right` does not.

use legwork::catalogue::Catalogue;
use legwork::decide::Start;
use legwork::definition::{Document, Documented};
use legwork::diagnostic::codes::{self, Code};
use legwork::host::{EnvFile, HostSecrets, Project};
use legwork::http::{Client, ClientOptions, RequestError};
use legwork::plan::{self, Options, Plan};
use legwork::run::{Runner, TestRequest, test_request};
use legwork::schema::Schema;
use legwork::secret::Redactor;
use legwork::source::SourceFile;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// Codes whose page shows a command line or a file that cannot stand in a page, and the test that raises them.
const ELSEWHERE: &[(&str, &str)] = &[
    ("E0104", "cli::texts::a_file_of_50_mb_is_not_read"),
    ("E0105", "cli::texts::bytes_that_are_no_text_are_located"),
    ("E0110", "cli::texts::bytes_that_are_no_text_are_located"),
    ("E0308", "cli::inputs::an_unset_secret_is_named_and_nothing_is_sent"),
    ("E0601", "cli::usage::a_missing_file_names_its_neighbour"),
    ("E0602", "cli::inputs::inputs_that_cannot_be_read_are_refused"),
    ("E0603", "cli::inputs::inputs_that_cannot_be_read_are_refused"),
    ("E0604", "cli::inputs::inputs_that_cannot_be_read_are_refused"),
    ("E0607", "cli::inputs::an_environment_that_is_not_there_is_refused"),
    ("E0610", "cli::usage::a_file_that_defines_something_else_is_named"),
    ("E0611", "cli::tests::several_tasks_need_a_name"),
    ("E0612", "cli::inputs::a_short_secret_is_warned_of"),
    ("E0613", "cli::tests::an_example_stands_in_and_says_so"),
    ("E0614", "cli::tests::a_mock_that_cannot_be_used_is_refused"),
    ("E0616", "cli::sandbox::a_fault_that_cannot_be_understood_is_refused"),
    ("E0617", "cli::graph::an_execution_of_another_workflow_is_warned_of"),
    ("E0618", "cli::test_workflow::a_wrong_tests_file_is_refused_at_its_place"),
    ("E0619", "cli::test_workflow::mocks_are_checked_as_closely_as_asked_for"),
    ("E0620", "cli::output::junit_and_har_are_refused_where_nothing_runs"),
    ("E0622", "cli::network::settings_that_cannot_be_used_are_refused"),
    ("E0623", "telemetry::log::what_cannot_be_understood_is_refused"),
    ("E0630", "durable::files::a_file_that_cannot_be_used_is_refused_in_words"),
    ("E0631", "durable::unknown::a_call_in_doubt_is_reported_and_nothing_is_sent"),
    ("E0632", "durable::files::a_run_goes_on_with_the_definition_it_began_with"),
    ("E0633", "durable::unknown::a_journal_that_leads_elsewhere_is_refused"),
    ("E0634", "durable::unknown::a_decision_about_nothing_is_refused"),
    ("E0635", "durable::unknown::a_call_that_can_be_looked_up_is"),
    ("E0636", "ensure::commands::a_file_that_is_no_ledger_is_refused"),
    ("E0640", "cli::usage::two_definitions_of_one_version_are_refused"),
    ("E0641", "cli::secrets::a_source_that_cannot_be_understood_is_refused_without_its_words"),
    ("E0642", "cli::secrets::a_source_that_gives_nothing_is_refused_before_anything_is_sent"),
    ("E0643", "cli::secrets::secrets_are_revealed_to_nobody_who_cannot_be_asked"),
    ("E0801", "cli::import::a_source_that_is_none_is_refused"),
    ("E0802", "cli::import::a_flaw_costs_its_operation"),
    ("E0803", "cli::import::what_is_left_out_is_told"),
    ("E0804", "cli::import::a_reference_that_leads_nowhere_is_told_at_its_place"),
    ("E0805", "cli::import::a_changed_file_is_kept"),
    ("E0806", "cli::import::a_folder_that_cannot_be_written_to_is_told"),
    ("E0650", "cli::author::a_place_that_is_not_there_is_refused"),
    ("E0651", "cli::author::a_file_in_the_way_is_not_written_over"),
    ("E0908", "cli::lint::a_deprecated_operation_is_warned_of"),
    ("E0644", "recording::replay::a_folder_without_recordings_is_refused"),
    ("E0645", "recording::drift::nothing_to_compare_with_is_refused"),
    ("E0708", "cli::secrets::a_certificate_that_is_none_is_refused"),
    ("E0660", "worker::tasks::a_server_is_named_or_the_command_refuses"),
    ("E0662", "worker::deploy::a_push_shows_the_difference_and_is_made_once"),
    ("E0661", "worker::deploy::a_server_that_refuses_is_told_of"),
    ("E0615", "cli::usage::a_version_that_is_not_there_is_refused"),
];

#[test]
fn what_is_wrong_raises_the_code_and_what_is_right_does_not() {
    let mut findings = Vec::new();
    for code in codes::all().filter(|code| !ELSEWHERE.iter().any(|(id, _)| *id == code.id())) {
        for (section, expected) in [("Wrong", true), ("Right", false)] {
            let blocks = blocks(code, section);
            let raised: Vec<_> = blocks.iter().map(|(fence, text)| raised(code, fence, text)).collect();
            let has = raised.iter().flatten().any(|id| id == code.id());
            if has != expected || blocks.is_empty() {
                findings.push(format!("{code} {section}: raised {raised:?}"));
            }
        }
    }
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

#[test]
fn the_tests_that_raise_the_other_codes_exist() {
    for (code, path) in ELSEWHERE {
        let (module, name) = path.rsplit_once("::").expect("a path");
        let file = format!("{}/tests/it/{}.rs", env!("CARGO_MANIFEST_DIR"), module.replace("::", "/"));
        let text = std::fs::read_to_string(&file).unwrap_or_else(|err| panic!("{file}: {err}"));
        assert!(text.contains(&format!("fn {name}()")), "{code}: no {path}");
        assert!(Code::find(code).is_some(), "{code} is no code");
    }
}

/// The fenced blocks of a section: language and text.
fn blocks(code: Code, section: &str) -> Vec<(String, String)> {
    let body = code.page().split(&format!("## {section}\n")).nth(1).unwrap_or_default();
    let body = body.split("\n## ").next().unwrap_or_default();
    let fenced = body.split("```").skip(1).step_by(2);
    fenced
        .filter_map(|block| block.split_once('\n').map(|(fence, text)| (fence.trim().to_owned(), text.to_owned())))
        .collect()
}

/// The codes that a text raises.
fn raised(code: Code, fence: &str, text: &str) -> Vec<String> {
    let found = match fence {
        "toml" => Project::parse(&SourceFile::new("legwork.toml", text)).err().unwrap_or_default(),
        "text" => EnvFile::parse(&SourceFile::new("dev.env", text)).err().unwrap_or_default(),
        "json" if code.id().starts_with("E04") => return body(code, text),
        "json" if code.id() == "E0609" => EnvFile::parse(&SourceFile::new("dev.json", text)).err().unwrap_or_default(),
        _ => return definition(code, &format!("page.{fence}"), text),
    };
    found.iter().map(|diagnostic| diagnostic.code.id().to_owned()).collect()
}

/// Schemas of the bodies on pages whose rule Zoom's `POST /users` does not have.
fn schema_of(code: Code) -> Option<Value> {
    Some(match code.id() {
        "E0405" => json!({"properties": {"page_size": {"maximum": 300}}}),
        "E0409" => json!({"properties": {"user_ids": {"minItems": 1}}}),
        "E0410" => json!({"properties": {"settings": {"minProperties": 1}}}),
        "E0411" => json!({"properties": {"recipient": {"anyOf": [{"required": ["email"]}, {"required": ["phone"]}]}}}),
        "E0412" => Catalogue::builtin().get("zoom_users_update")?.body_schema.as_ref()?.document(),
        _ => Catalogue::builtin().get("zoom_users_create")?.body_schema.as_ref()?.document(),
    })
}

/// The codes of a body.
fn body(code: Code, text: &str) -> Vec<String> {
    let value: Value = serde_json::from_str(text).expect("a page's body is JSON");
    let schema = Schema::compile(&schema_of(code).expect("a schema")).expect("a schema that compiles");
    schema.validate(&value).iter().map(|violation| violation.code.id().to_owned()).collect()
}

/// The codes of a definition, checked; and of its one call, when it can be planned.
fn definition(code: Code, name: &str, text: &str) -> Vec<String> {
    let file = whole(name, text);
    let document = Arc::new(Document::parse(file.clone()));
    let mut catalogue = Catalogue::builtin();
    catalogue.add(SourceFile::new("_provider.yaml", "provider: crm\nservers: [https://crm.example.com]\n"));
    let diagnostics = match document.definition {
        Documented::Workflow(_) if code.id().starts_with("E09") => {
            plan::lint(&document, &catalogue, Options::default())
        }
        Documented::Workflow(_) if code.id() != "E0501" => {
            let planned = plan::build(
                &document,
                &catalogue,
                Options { scripts: Some(legwork::task::script::problem), ..Options::default() },
            );
            let mut found = planned.diagnostics;
            found.extend(planned.plan.iter().flat_map(|plan| refusals(plan, text)));
            found
        }
        _ => {
            let mut found = catalogue.add(file);
            found.extend(catalogue.lint());
            found
        }
    };
    diagnostics.iter().map(|diagnostic| diagnostic.code.id().to_owned()).collect()
}

/// The file of a page's text. A page may show a part: one task, its `inputParameters`, or fields of the request alone.
fn whole(name: &str, text: &str) -> SourceFile {
    let file = SourceFile::new(name, text);
    let value = legwork::source::parse(&file).value;
    let has = |key: &str| value.get(key).is_some();
    let is_part = ["inputParameters", "uri", "method", "headers", "contentType", "body"].into_iter().any(has);
    if has("tasks") || has("x-legwork") || !is_part {
        return file;
    }
    let mut task = json!({"name": "page", "taskReferenceName": "page", "type": "HTTP"});
    let mut part = if has("inputParameters") { value } else { json!({"inputParameters": value}) };
    if !has_request(&part) {
        let request = json!({"uri": "https://api.example.com/v2/users", "method": "POST"});
        let given = part["inputParameters"].take();
        part["inputParameters"] = request;
        merge(&mut part["inputParameters"], given);
    }
    merge(&mut task, part);
    let workflow = json!({"name": "page", "version": 1, "schemaVersion": 2, "tasks": [task]});
    SourceFile::new("page.json", workflow.to_string())
}

/// Whether a page says itself what is missing: a part with `inputParameters` and a method is the whole request.
fn has_request(part: &Value) -> bool {
    part.pointer("/inputParameters/method").is_some()
}

fn merge(into: &mut Value, from: Value) {
    if let (Value::Object(into), Value::Object(from)) = (into, from) {
        into.extend(from);
    }
}

/// Why the one call of a plan is refused, in a dry run.
fn refusals(plan: &Arc<Plan>, text: &str) -> Vec<legwork::diagnostic::Diagnostic> {
    let transport = Arc::new(Client::new(ClientOptions::default()));
    let runner = Runner::new(transport, Arc::new(HostSecrets::default()), Redactor::default());
    // A page tells of an input beside the expression that reads it.
    let name = if text.contains(r#""a\r\nX-Admin: true""#) { "a\r\nX-Admin: true" } else { "one line" };
    let input = Map::from_iter([("name".to_owned(), json!(name))]);
    let request = TestRequest { start: Start::with_input(input), ..TestRequest::default() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let Ok(inspection) = runtime.block_on(test_request(&runner, plan, &request)) else { return Vec::new() };
    let node = plan.node(inspection.node);
    let mut found = inspection.refusal.map(|refusal| refusal.diagnostics(plan, node)).unwrap_or_default();
    if let Some(RequestError::Refused(refusal)) = inspection.call.and_then(|call| call.refused) {
        found.push(refusal.diagnostic());
    }
    found
}
