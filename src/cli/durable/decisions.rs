//! `--answer`, `--resend`, `--fail`: what somebody says became of a call.

use crate::cli::args::ResumeArgs;
use crate::cli::exit::Stop;
use crate::cli::load;
use legwork::decide::TaskAddress;
use legwork::diagnostic::{Diagnostic, codes, nearest};
use legwork::run::{Decision, Resumed};

/// Takes the decisions of the arguments over into the run.
pub(super) fn take(args: &ResumeArgs, resumed: &mut Resumed) -> Result<(), Stop> {
    let mut decisions = Vec::new();
    for (name, output) in load::outputs("--answer", &args.answer)? {
        decisions.push((name, Decision::Answer(output)));
    }
    decisions.extend(args.resend.iter().map(|name| (name.clone(), Decision::Resend)));
    decisions.extend(args.fail.iter().map(|name| (name.clone(), Decision::Fail)));
    let mut decided = Vec::new();
    for (name, decision) in decisions {
        let task = the_one(resumed, &name)?;
        if decision == Decision::Resend && !resumed.was_under_way(task) {
            let message = format!("no call of `{name}` was under way: there is nothing to send again");
            return Err(Diagnostic::new(codes::E0634, message).help("--answer or --fail can end the task").into());
        }
        if decided.contains(&task) {
            let message = format!("there are two decisions about `{name}`");
            return Err(Diagnostic::new(codes::E0634, message).help("give one of them").into());
        }
        decided.push(task);
        resumed.decide(task, decision);
    }
    Ok(())
}

/// The open task of that reference name or task id.
fn the_one(resumed: &Resumed, name: &str) -> Result<TaskAddress, Stop> {
    let open = resumed.open_tasks();
    let found: Vec<_> =
        open.iter().filter(|(_, state)| &*state.reference_name == name || state.task_id == name).collect();
    match found[..] {
        [(task, _)] => Ok(*task),
        [] => {
            let names: Vec<_> = open.iter().map(|(_, state)| &*state.reference_name).collect();
            let near = nearest(name, names.iter().copied()).map(|near| format!("did you mean `{near}`? "));
            let rest = if names.is_empty() {
                "nothing of this run is open: leave the flag out".to_owned()
            } else {
                format!("open are: {}", names.join(", "))
            };
            let message = format!("no task `{name}` of this run is open");
            Err(Diagnostic::new(codes::E0634, message).help(format!("{}{rest}", near.unwrap_or_default())).into())
        }
        _ => {
            let ids: Vec<_> = found.iter().map(|(_, state)| state.task_id.as_str()).collect();
            let message = format!("{} tasks `{name}` of this run are open", ids.len());
            Err(Diagnostic::new(codes::E0634, message).help(format!("give the id of one: {}", ids.join(", "))).into())
        }
    }
}
