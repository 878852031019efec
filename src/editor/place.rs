//! Where in a workflow a task is put.

use super::InsertError;
use crate::definition::TaskType;
use crate::diagnostic::nearest;
use crate::source::Pointer;
use serde_json::Value;

/// Where a task is put.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Place {
    /// Behind the last task of the workflow; before a TERMINATE, behind which nothing is reached.
    #[default]
    End,
    /// Behind the task of that reference name, in the same list. Behind a fork means behind its JOIN.
    After(String),
    /// Into an operator: at the end of a loop's body, of a switch's case (`default` is the default case), of a fork's branch
    /// by its number from 1. A fork without a branch gets a new one; so does a switch with a case that is not there.
    Into {
        /// The operator's reference name.
        operator: String,
        /// The case, or the number of the branch.
        branch: Option<String>,
    },
}

/// The list, and what else changes with it.
#[derive(Debug)]
pub(super) struct Spot {
    /// The list, or the mapping or list that gets a new list.
    pub(super) at: Pointer,
    pub(super) how: How,
    /// The `joinOn` that waits for what is put there.
    pub(super) join: Option<Join>,
}

#[derive(Debug)]
pub(super) enum How {
    /// Behind that item; at the end without one.
    Item(Option<usize>),
    /// In a new list under that key of a mapping.
    Member(String),
    /// In a new mapping under the first key, in a new list under the second.
    Members(String, String),
    /// As a new list in a list of lists.
    Branch,
}

/// A JOIN that has to wait for the new task.
#[derive(Debug)]
pub(super) enum Join {
    /// In the place of the one before it.
    Instead(Pointer),
    /// As well.
    Also(Pointer),
}

/// A task of the workflow with the list it stands in.
struct Found<'v> {
    task: &'v Value,
    list: Pointer,
    index: usize,
    next: Option<&'v Value>,
}

/// Finds the place in a workflow definition's value.
pub(super) fn spot(workflow: &Value, place: &Place) -> Result<Spot, InsertError> {
    match place {
        Place::End => Ok(end(workflow)),
        Place::After(name) => {
            let found = find(workflow, name)?;
            let has_join = is(found.task, &["FORK_JOIN", "FORK_JOIN_DYNAMIC"]) && found.next.is_some_and(is_join);
            let index = found.index + usize::from(has_join);
            let join = waiting(workflow, &found.list, index);
            Ok(Spot { at: found.list, how: How::Item(Some(index)), join })
        }
        Place::Into { operator, branch } => {
            let found = find(workflow, operator)?;
            into(workflow, &found, branch.as_deref())
        }
    }
}

fn end(workflow: &Value) -> Spot {
    let tasks = workflow.get("tasks").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let reached = tasks.iter().rposition(|task| !is(task, &["TERMINATE"]));
    let before_the_end = reached.filter(|at| at + 1 < tasks.len());
    Spot { at: Pointer::root().key("tasks"), how: How::Item(before_the_end), join: None }
}

fn into(workflow: &Value, found: &Found<'_>, branch: Option<&str>) -> Result<Spot, InsertError> {
    let at = found.list.index(found.index);
    let name = || text(found.task, "taskReferenceName").to_owned();
    match TaskType::parse(text(found.task, "type")) {
        TaskType::DoWhile => Ok(list_or_new(found.task, &at, "loopOver")),
        TaskType::Switch | TaskType::Decision => {
            let branch = branch.ok_or_else(|| InsertError::NoBranch { name: name(), known: cases(found.task) })?;
            if branch == "default" {
                return Ok(list_or_new(found.task, &at, "defaultCase"));
            }
            let cases = at.key("decisionCases");
            let how = match found.task.get("decisionCases").filter(|cases| cases.is_object()) {
                None => return Ok(member(at, How::Members("decisionCases".to_owned(), branch.to_owned()))),
                Some(own) if own.get(branch).is_some_and(|case| case.is_array() || case.is_null()) => {
                    return Ok(item(cases.key(branch), None));
                }
                Some(_) => How::Member(branch.to_owned()),
            };
            Ok(member(cases, how))
        }
        TaskType::ForkJoin => fork(workflow, found, branch),
        _ => Err(InsertError::NoOperator { name: name() }),
    }
}

fn fork(workflow: &Value, found: &Found<'_>, branch: Option<&str>) -> Result<Spot, InsertError> {
    let branches = found.list.index(found.index).key("forkTasks");
    let count = found.task.get("forkTasks").and_then(Value::as_array).map_or(0, Vec::len);
    let Some(branch) = branch else {
        let join = join_on(found).map(Join::Also);
        return Ok(Spot { at: branches, how: How::Branch, join });
    };
    let index = branch.parse::<usize>().ok().and_then(|number| number.checked_sub(1)).filter(|index| *index < count);
    let index = index.ok_or_else(|| InsertError::NoBranch {
        name: text(found.task, "taskReferenceName").to_owned(),
        known: (1..=count).map(|number| number.to_string()).collect(),
    })?;
    let list = branches.index(index);
    let end = workflow.pointer(list.as_str()).and_then(Value::as_array).map_or(0, Vec::len).checked_sub(1);
    let join = end.and_then(|end| waiting(workflow, &list, end));
    Ok(Spot { at: list, how: How::Item(None), join })
}

fn item(at: Pointer, after: Option<usize>) -> Spot {
    Spot { at, how: How::Item(after), join: None }
}

fn member(at: Pointer, how: How) -> Spot {
    Spot { at, how, join: None }
}

fn list_or_new(task: &Value, at: &Pointer, key: &str) -> Spot {
    match task.get(key) {
        Some(_) => item(at.key(key), None),
        None => member(at.clone(), How::Member(key.to_owned())),
    }
}

fn cases(task: &Value) -> Vec<String> {
    let own = task.get("decisionCases").and_then(Value::as_object);
    own.into_iter().flat_map(|cases| cases.keys().cloned()).chain(["default".to_owned()]).collect()
}

/// The place in a JOIN that names the task at that index, when it is the last of a fork's branch.
fn waiting(workflow: &Value, list: &Pointer, index: usize) -> Option<Join> {
    let tasks = workflow.pointer(list.as_str())?.as_array()?;
    if index + 1 != tasks.len() {
        return None;
    }
    let branches = list.parent()?;
    let fork_at = branches.parent().filter(|_| branches.as_str().ends_with("/forkTasks"))?;
    let (around, position) = (fork_at.parent()?, fork_at.steps().last()?.parse::<usize>().ok()?);
    let join_at = around.index(position + 1);
    let join = workflow.pointer(join_at.as_str()).filter(|task| is_join(task))?;
    let own = text(tasks.get(index)?, "taskReferenceName");
    let at = join.get("joinOn")?.as_array()?.iter().position(|name| name == own)?;
    Some(Join::Instead(join_at.key("joinOn").index(at)))
}

/// The `joinOn` of the JOIN behind a fork, when it names tasks; an empty one waits for whatever there is.
fn join_on(fork: &Found<'_>) -> Option<Pointer> {
    let join = fork.next.filter(|next| is_join(next))?;
    let names = join.get("joinOn")?.as_array()?;
    (!names.is_empty()).then(|| fork.list.index(fork.index + 1).key("joinOn"))
}

fn find<'v>(workflow: &'v Value, name: &str) -> Result<Found<'v>, InsertError> {
    let mut waiting = vec![Pointer::root().key("tasks")];
    let mut known = Vec::new();
    while let Some(list) = waiting.pop() {
        let tasks = workflow.pointer(list.as_str()).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        for (index, task) in tasks.iter().enumerate() {
            let own = text(task, "taskReferenceName");
            if own == name {
                return Ok(Found { task, list, index, next: tasks.get(index + 1) });
            }
            known.push(own);
            waiting.extend(lists(task, &list.index(index)));
        }
    }
    let near = nearest(name, known.iter().copied()).map(str::to_owned);
    Err(InsertError::UnknownReference { name: name.to_owned(), near })
}

/// The lists of tasks that stand inside a task.
fn lists(task: &Value, at: &Pointer) -> Vec<Pointer> {
    let cases = task.get("decisionCases").and_then(Value::as_object).into_iter().flat_map(|cases| cases.keys());
    let cases = cases.map(|case| at.key("decisionCases").key(case));
    let branches = task.get("forkTasks").and_then(Value::as_array).map_or(0, Vec::len);
    let branches = (0..branches).map(|branch| at.key("forkTasks").index(branch));
    cases.chain(branches).chain([at.key("defaultCase"), at.key("loopOver")]).collect()
}

fn text<'v>(task: &'v Value, key: &str) -> &'v str {
    task.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn is(task: &Value, types: &[&str]) -> bool {
    types.contains(&text(task, "type"))
}

fn is_join(task: &Value) -> bool {
    is(task, &["JOIN", "EXCLUSIVE_JOIN"])
}
