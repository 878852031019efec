//! `new` and `add`: what they write passes the check, runs at once, and touches nothing else.

use crate::command::Scratch;

fn read(scratch: &Scratch, name: &str) -> String {
    std::fs::read_to_string(scratch.path().join(name)).expect("the file")
}

#[test]
fn an_added_task_passes_the_check_and_runs_in_the_sandbox() {
    for name in ["w.yaml", "w.json"] {
        let scratch = Scratch::new();
        scratch.run(&["new", name]).exits(0).prints_nothing().says("legwork add NAME --to");
        let add = ["add", "zoom_users_create", "--to", name];
        scratch
            .run(&add)
            .exits(0)
            .prints_nothing()
            .says("`create` calls zoom_users_create")
            .says("action, email, type");
        scratch.run(&["add", "zoom_users_get", "--to", name, "--after", "create"]).exits(0);
        scratch.run(&["add", "zoom_users_create", "--to", name, "--with", "first_name"]).exits(0).says("`create_2`");
        let by_reference = ["add", "zoom_users_list", "--to", name, "--by-reference", "--ref", "all_users", "--all"];
        scratch.run(&by_reference).exits(0);
        scratch.run(&["check", name]).exits(0).says("nothing is wrong");
        for task in ["create", "create_2", "all_users"] {
            scratch.run(&["test", name, "--task", task, "--sandbox"]).exits(0);
        }
        let inputs =
            ["-i", "action=create", "-i", "email=jill@example.com", "-i", "type:=1", "-i", "user_id=jill@example.com"];
        let ran = scratch.run(&[&["run", name, "--sandbox"], inputs.as_slice()].concat());
        assert!(matches!(ran.code, Some(0 | 1)), "{ran:?}");
    }
}

#[test]
fn comments_and_order_stay_and_a_dry_run_writes_nothing() {
    let scratch = Scratch::new();
    let before = "# Ours.\nname: w # the name\ntasks:\n- name: a\n  taskReferenceName: a\n  type: NOOP # nothing\n\n# The end.\noutputParameters: {}\n";
    scratch.file("w.yaml", before);
    let dry = scratch.run(&["add", "zoom_users_get", "--to", "w.yaml", "--dry-run"]).exits(0);
    let task = "- name: zoom_users_get\n  taskReferenceName: get\n  type: HTTP\n  inputParameters:\n";
    let dry = dry.prints(task).prints("  type: NOOP # nothing\n- name: zoom_users_get");
    let dry =
        dry.prints("\n\n# The end.\noutputParameters: {}\n").prints("name: w # the name\ninputParameters: [user_id]\n");
    assert_eq!(read(&scratch, "w.yaml"), before);
    let edits = scratch.run(&["add", "zoom_users_get", "--to", "w.yaml", "--output", "json"]).exits(0).json();
    assert_eq!((&edits["reference"], &edits["inputs"]), (&"get".into(), &serde_json::json!(["user_id"])));
    assert_eq!(read(&scratch, "w.yaml"), before);
    scratch.run(&["add", "zoom_users_get", "--to", "w.yaml"]).exits(0);
    assert_eq!(read(&scratch, "w.yaml"), dry.stdout);
}

#[test]
fn without_a_file_the_task_is_printed() {
    let scratch = Scratch::new();
    scratch.run(&["add", "zoom_users_get"]).exits(0).prints("tasks:\n  - name: zoom_users_get\n");
    scratch.run(&["new"]).exits(0).prints("name: my_workflow\n");
}

#[test]
fn a_place_that_is_not_there_is_refused() {
    let scratch = Scratch::new();
    scratch.run(&["new", "w.yaml"]).exits(0);
    let refused = |arguments: &[&str], words: &str| {
        let all = [&["add", "zoom_users_get", "--to", "w.yaml"], arguments].concat();
        scratch.run(&all).exits(2).prints_nothing().says("E0650").says(words);
    };
    refused(&["--after", "strat"], "did you mean `start`?");
    refused(&["--into", "start"], "no loop, switch or fork");
    refused(&["--with", "user"], "its parameters: user_id");
    scratch.run(&["add", "zoom_users_gte", "--to", "w.yaml"]).exits(2).says("`zoom_users_get`");
    scratch.run(&["add", "zoom_users_get", "--to", "v.yaml"]).exits(2).says("E0601");
}

#[test]
fn a_file_in_the_way_is_not_written_over() {
    let scratch = Scratch::new();
    scratch.file("w.yaml", "mine");
    scratch.run(&["new", "w.yaml"]).exits(2).says("E0651").says("`w.yaml` is there already");
    assert_eq!(read(&scratch, "w.yaml"), "mine");
}
