//! `legwork import`.

use super::WORKFLOW;
use crate::command::Scratch;

#[test]
fn a_source_that_is_none_is_refused() {
    let scratch = Scratch::new();
    scratch.file("w.yaml", WORKFLOW);
    scratch.run(&["import", "w.yaml"]).exits(2).prints_nothing().says("E0801").says("begins with name");
    scratch.run(&["import", "none.yaml"]).exits(2).prints_nothing().says("E0601");
    assert!(!scratch.path().join("task-definitions").exists());
}
