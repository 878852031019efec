//! What an editor does in a session, step by step.

use super::editor::{Editor, about, position};
use crate::cli::WORKFLOW;
use serde_json::{Value, json};

const URI: &str = "file:///w/add_user.yaml";

fn codes(params: &Value) -> Vec<&str> {
    params["diagnostics"].as_array().into_iter().flatten().filter_map(|one| one["code"].as_str()).collect()
}

#[test]
fn a_document_is_diagnosed_with_its_version() {
    let mut editor = Editor::start(json!({}), Value::Null);
    editor.open(URI, WORKFLOW);
    let first = editor.told("textDocument/publishDiagnostics", |params| params["version"] == 1);
    assert!(!codes(&first).contains(&"E0403"), "{first}");
    let wrong = WORKFLOW.replace("${workflow.input.action}", "creat");
    editor.change(URI, 2, &wrong);
    let second = editor.told("textDocument/publishDiagnostics", |params| params["version"] == 2);
    let diagnostics = second["diagnostics"].as_array().expect("a list");
    let found = diagnostics.iter().find(|one| one["code"] == "E0403").expect("the action is not allowed");
    assert_eq!(found["range"]["start"], position(&wrong, "creat\n", 0));
    assert_eq!((&found["source"], &found["data"]["pointer"]), (&json!("legwork"), &json!("/action")));
    // A document that was closed has none.
    editor.notify("textDocument/didClose", about(URI, json!({})));
    assert_eq!(codes(&editor.told("textDocument/publishDiagnostics", |_| true)), Vec::<&str>::new());
    editor.end();
}

#[test]
fn quick_typing_is_diagnosed_once_it_rests() {
    let mut editor = Editor::start(json!({}), Value::Null);
    editor.open(URI, WORKFLOW);
    for version in 2..30 {
        editor.change(URI, version, &WORKFLOW.replace("add_user", &format!("add_user_{version}")));
    }
    editor.told("textDocument/publishDiagnostics", |params| params["version"] == 29);
    let heard = editor.end();
    let published = heard.iter().filter(|message| message["method"] == "textDocument/publishDiagnostics").count();
    assert!(published < 28, "every version was diagnosed");
}

#[test]
fn a_client_that_pulls_is_not_pushed_to() {
    let mut editor = Editor::start(json!({"textDocument": {"diagnostic": {}}}), Value::Null);
    editor.open(URI, &WORKFLOW.replace("${workflow.input.action}", "creat"));
    let report = editor.about("textDocument/diagnostic", URI, json!({})).expect("a report");
    let codes: Vec<_> = report["items"].as_array().expect("a list").iter().map(|one| &one["code"]).collect();
    assert!(report["kind"] == "full" && codes.contains(&&json!("E0403")), "{report}");
    let heard = editor.end();
    assert!(heard.iter().all(|message| message["method"] != "textDocument/publishDiagnostics"), "{heard:?}");
}

#[test]
fn every_request_about_a_task_has_its_answer() {
    let mut editor = Editor::start(json!({}), Value::Null);
    editor.open(URI, WORKFLOW);
    let at = |of: &str, behind| json!({"position": position(WORKFLOW, of, behind)});
    let hover = editor.about("textDocument/hover", URI, at("zoom_users_create", 3)).expect("a hover");
    assert!(hover["contents"]["value"].as_str().expect("Markdown").contains("/users"), "{hover}");
    let offers = editor.about("textDocument/completion", URI, at("${workflow.input.email}", 11)).expect("offers");
    let labels: Vec<_> = offers["items"].as_array().expect("a list").iter().map(|one| &one["label"]).collect();
    assert!(labels.contains(&&json!("input")) && labels.contains(&&json!("secrets")), "{labels:?}");
    let lenses = editor.about("textDocument/codeLens", URI, json!({})).expect("lenses");
    assert_eq!(lenses[0]["command"]["command"], "legwork.testRequest");
    assert_eq!(lenses[0]["command"]["arguments"], json!([{"uri": URI, "task": "create"}]));
    let symbols = editor.about("textDocument/documentSymbol", URI, json!({})).expect("symbols");
    assert!(symbols.to_string().contains("\"create\""), "{symbols}");
    let definition = editor.about("textDocument/definition", URI, at("${create.output", 3)).expect("a place");
    assert_eq!(definition["range"]["start"], position(WORKFLOW, "taskReferenceName: create", 19));
    let context =
        json!({"position": position(WORKFLOW, "${create.output", 3), "context": {"includeDeclaration": true}});
    assert_eq!(
        editor.about("textDocument/references", URI, context).expect("places").as_array().map(Vec::len),
        Some(2)
    );
    let renamed = json!({"position": position(WORKFLOW, "${create.output", 3), "newName": "add"});
    let edit = editor.about("textDocument/rename", URI, renamed).expect("an edit");
    assert_eq!(edit["changes"][URI].as_array().map(Vec::len), Some(2), "{edit}");
    let everything = json!({"range": {"start": {"line": 0, "character": 0}, "end": {"line": 99, "character": 0}}});
    let mut action = everything.clone();
    action["context"] = json!({"diagnostics": [], "only": ["source"]});
    action["range"]["start"] = position(WORKFLOW, "uri: https", 0);
    let actions = editor.about("textDocument/codeAction", URI, action).expect("actions");
    assert_eq!(actions[0]["kind"], "source.legwork.testRequest", "{actions}");
    for method in ["inlayHint", "semanticTokens/range"] {
        assert!(editor.about(&format!("textDocument/{method}"), URI, everything.clone()).is_ok(), "{method}");
    }
    for method in ["foldingRange", "documentLink", "semanticTokens/full"] {
        let answer = editor.about(&format!("textDocument/{method}"), URI, json!({})).expect(method);
        assert!(!answer.is_null(), "{method}");
    }
    let grown = editor.about("textDocument/selectionRange", URI, json!({"positions": [position(WORKFLOW, "POST", 1)]}));
    assert!(grown.expect("selections")[0]["parent"].is_object());
    let symbols = editor.request("workspace/symbol", json!({"query": "CREA"})).expect("symbols");
    assert_eq!(symbols[0]["name"], "create");
    editor.end();
}

#[test]
fn an_operation_that_is_picked_brings_its_inputs_with_it() {
    let mut editor = Editor::start(json!({}), Value::Null);
    let text = "name: flow\nversion: 1\nschemaVersion: 2\ntasks:\n  - name: create user";
    let uri = "file:///w/flow.legwork.yaml";
    editor.open(uri, text);
    let at = json!({"position": {"line": 4, "character": 21}});
    let offers = editor.about("textDocument/completion", uri, at).expect("offers");
    let is_wanted = |item: &&Value| item["data"]["key"] == "operation zoom_users_create";
    let offer = offers["items"].as_array().into_iter().flatten().find(is_wanted).expect("the operation").clone();
    let put_in = offer["textEdit"]["newText"].as_str().expect("a text");
    assert!(put_in.starts_with("zoom_users_create") && put_in.contains("method: POST"), "{put_in}");
    let resolved = editor.request("completionItem/resolve", offer).expect("an item");
    assert!(resolved["documentation"]["value"].as_str().is_some_and(|text| text.contains("POST")), "{resolved}");
    let also = resolved["additionalTextEdits"].to_string();
    assert!(also.contains("inputParameters") && also.contains("email"), "{resolved}");
    editor.end();
}

#[test]
fn what_is_not_ours_has_empty_answers() {
    let mut editor = Editor::start(json!({}), Value::Null);
    editor.open("file:///w/compose.yaml", "services:\n  web: {image: nginx}\n");
    let at = json!({"position": {"line": 1, "character": 3}});
    let hover = editor.about("textDocument/hover", "file:///w/compose.yaml", at.clone());
    assert_eq!(hover, Ok(Value::Null));
    let offers = editor.about("textDocument/completion", "file:///w/compose.yaml", at.clone()).expect("offers");
    assert_eq!(offers["items"], json!([]));
    assert_eq!(editor.about("textDocument/hover", "file:///w/never-opened.yaml", at), Ok(Value::Null));
    let unknown = editor.about("textDocument/typeDefinition", URI, json!({})).expect_err("not offered");
    assert_eq!(unknown["code"], -32601);
    let wrong = editor.about("textDocument/hover", "file:///w/compose.yaml", json!({"position": "here"}));
    assert_eq!(wrong.expect_err("no position")["code"], -32602);
    let heard = editor.end();
    assert!(heard.iter().all(|message| message["method"] != "textDocument/publishDiagnostics"), "{heard:?}");
}

#[test]
fn a_request_is_answered_once_whether_it_is_cancelled_or_stale() {
    let mut editor = Editor::start(json!({}), Value::Null);
    editor.open(URI, WORKFLOW);
    let at = json!({"position": position(WORKFLOW, "zoom_users_create", 3)});
    let asked: Vec<_> = (0..20)
        .map(|number| {
            let id = editor.ask("textDocument/hover", about(URI, at.clone()));
            if number % 2 == 0 {
                editor.notify("$/cancelRequest", json!({"id": id}));
            } else {
                editor.change(URI, number + 2, &format!("# {number}\n{WORKFLOW}"));
            }
            id
        })
        .collect();
    for id in asked {
        match editor.answer(id) {
            // It was quicker than what came behind it.
            Ok(_) => {}
            Err(error) => assert!([json!(-32800), json!(-32801)].contains(&error["code"]), "{error}"),
        }
    }
    // Whatever was dropped, the newest text is the one that is asked about.
    let line = json!({"position": {"line": 5, "character": 15}});
    let hover = editor.about("textDocument/hover", URI, line).expect("a hover");
    assert_eq!(hover["range"]["start"]["line"], 5, "{hover}");
    editor.notify("$/cancelRequest", json!({"id": "never asked"}));
    editor.end();
}

#[test]
fn a_half_typed_text_is_answered_about() {
    let mut editor = Editor::start(json!({}), Value::Null);
    editor.open(URI, WORKFLOW);
    let half = WORKFLOW.replace("email: ${workflow.input.email}", "email: \"${workflow.");
    editor.change(URI, 2, &half);
    let offers =
        editor.about("textDocument/completion", URI, json!({"position": position(&half, "\"${workflow.", 12)}));
    let offers = offers.expect("offers");
    let labels: Vec<_> = offers["items"].as_array().expect("a list").iter().map(|one| &one["label"]).collect();
    assert!(labels.contains(&&json!("input")), "{labels:?}");
    let lenses = editor.about("textDocument/codeLens", URI, json!({})).expect("lenses");
    assert_eq!(lenses[0]["command"]["arguments"][0]["task"], "create", "{lenses}");
    editor.end();
}

#[test]
fn positions_are_counted_as_the_client_counts() {
    for (offer, encoding) in [
        (json!({"general": {"positionEncodings": ["utf-8", "utf-16"]}}), "utf-8"),
        (json!({}), "utf-16"),
        (json!({"general": {"positionEncodings": ["utf-32"]}}), "utf-32"),
    ] {
        let mut editor = Editor::start(offer, Value::Null);
        let text = "name: w\r\ntasks:\r\n- {name: '😀', taskReferenceName: a, type: NOOP}\r\noutputParameters: {x: '😀${a.output.x}'}\r\n";
        editor.open(URI, text);
        let start = text.lines().nth(3).expect("a line").find("${a").expect("it is there");
        let units = match encoding {
            "utf-8" => start,
            "utf-16" => start - 2,
            _ => start - 3,
        };
        let at = json!({"position": {"line": 3, "character": units + 3}});
        let found = editor.about("textDocument/definition", URI, at).expect("a place");
        let declared = text.lines().nth(2).expect("a line").find("a, type").expect("it is there");
        let expected = match encoding {
            "utf-8" => declared,
            "utf-16" => declared - 2,
            _ => declared - 3,
        };
        assert_eq!(found["range"]["start"], json!({"line": 2, "character": expected}), "{encoding}");
        editor.end();
    }
}

#[test]
fn the_environment_is_chosen_and_its_files_are_watched() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let toml = |email: &str| format!("[env.dev]\nsandbox = true\ninput = {{email = \"{email}\"}}\n");
    std::fs::write(folder.path().join("legwork.toml"), toml("ada@example.com")).expect("a scratch file");
    let uri = format!("file://{}/w.yaml", folder.path().display());
    let mut editor = Editor::start(json!({}), json!({"env": "dev"}));
    editor.open(&uri, WORKFLOW);
    let everything = json!({"range": {"start": {"line": 0, "character": 0}, "end": {"line": 99, "character": 0}}});
    let hints = editor.about("textDocument/inlayHint", &uri, everything.clone()).expect("hints");
    assert!(hints.to_string().contains("ada@example.com"), "{hints}");
    std::fs::write(folder.path().join("legwork.toml"), toml("bea@example.com")).expect("a scratch file");
    let changed = json!({"changes": [{"uri": format!("file://{}/legwork.toml", folder.path().display()), "type": 2}]});
    editor.notify("workspace/didChangeWatchedFiles", changed);
    let hints = editor.about("textDocument/inlayHint", &uri, everything.clone()).expect("hints");
    assert!(hints.to_string().contains("bea@example.com"), "{hints}");
    let chosen = editor.command("legwork.selectEnv", json!({"uri": uri, "env": ""})).expect("a choice");
    assert_eq!(chosen, json!({"env": null, "environments": ["dev"]}));
    assert!(editor.command("legwork.selectEnv", json!({"uri": uri, "env": "prod"})).is_err());
    editor.end();
}

#[test]
fn an_api_is_found_and_its_prepared_request_inserted() {
    let mut editor = Editor::start(json!({}), Value::Null);
    editor.open(URI, "name: w\nversion: 1\nschemaVersion: 2\ntasks: []\n# taskReferenceName\n");
    let found = editor.command("legwork.searchApi", json!({"query": "create user"})).expect("hits");
    assert_eq!(found[0]["name"], "zoom_users_create");
    let inserted = editor.command("legwork.insertApi", json!({"uri": URI, "name": "zoom_users_create"}));
    assert_eq!(inserted.expect("a task")["task"], "create");
    let edit = editor.told("workspace/applyEdit", |_| true);
    assert!(edit.to_string().contains("https://api.zoom.us/v2/users"), "{edit}");
    editor.end();
}

#[test]
fn beside_a_schema_server_only_what_it_cannot_give_is_given() {
    let wrong = format!("{WORKFLOW}broken: [\n");
    let asked = |options: Value, uri: &str| {
        let mut editor = Editor::start(json!({"textDocument": {"diagnostic": {}}}), options);
        editor.open(uri, WORKFLOW);
        let at = |of: &str, behind: usize| json!({"position": position(WORKFLOW, of, behind)});
        let hover = editor.about("textDocument/hover", uri, at("inputParameters:", 2)).expect("a hover");
        let body = editor.about("textDocument/hover", uri, at("action:", 2)).expect("a hover");
        let offers = editor.about("textDocument/completion", uri, at("${workflow.input", 11)).expect("offers");
        let symbols = editor.about("textDocument/documentSymbol", uri, json!({})).expect("symbols");
        editor.change(uri, 2, &wrong);
        let report = editor.about("textDocument/diagnostic", uri, json!({})).expect("a report");
        editor.end();
        assert!(!body.is_null() && offers["items"] != json!([]), "the body and expressions are ours everywhere");
        (hover.is_null(), symbols == json!([]), !report.to_string().contains("E0101"))
    };
    let beside = || json!({"coexist": "always"});
    assert_eq!(asked(beside(), "file:///w/add_user.yaml"), (true, true, true));
    assert_eq!(asked(beside(), "file:///w/add_user.legwork.yaml"), (false, false, false));
    assert_eq!(asked(json!({"coexist": "auto"}), "file:///w/add_user.yaml"), (false, false, false));
}

#[test]
fn operations_of_the_folder_are_symbols_of_the_workspace() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let definitions = folder.path().join("task-definitions/crm");
    std::fs::create_dir_all(&definitions).expect("a scratch folder");
    let text = "name: crm_contacts_merge\ndescription: Merge two contacts.\nx-legwork:\n  request: {method: POST, uri: 'https://crm.example.com/merge'}\n";
    std::fs::write(definitions.join("contacts.merge.yaml"), text).expect("a scratch file");
    let uri = format!("file://{}", folder.path().display());
    let mut editor = Editor::start_in(&json!([{"uri": uri, "name": "w"}]));
    let found = editor.request("workspace/symbol", json!({"query": "merge contacts"})).expect("symbols");
    assert_eq!(found[0]["name"], "crm_contacts_merge", "{found}");
    assert!(found[0]["location"]["uri"].as_str().is_some_and(|uri| uri.ends_with("/contacts.merge.yaml")), "{found}");
    assert_eq!(found[0]["location"]["range"]["start"], json!({"line": 0, "character": 6}));
    editor.end();
}
