//! The secrets that a plan names: whether they are set, and long enough to be masked everywhere.

use super::Target;
use crate::catalogue::Auth;
use crate::definition::Dialect;
use crate::diagnostic::{Diagnostic, Severity, codes};
use crate::host::HostSecrets;
use crate::plan::{self, Kind, Node, NodeId, Plan};
use crate::secret::{Secret, SecretStore};

/// The shortest secret that outputs are searched for, in bytes.
const SEARCHED_BYTES: usize = 8;

/// What is to be said of the secrets that the task, or any task, names.
///
/// A live request without its secret is refused; in the sandbox and in a dry run it is only mentioned, or not needed at all.
///
/// # Errors
/// Everything that is to be said, when something of it stops the request.
pub fn check(
    plan: &Plan,
    task: Option<NodeId>,
    secrets: &HostSecrets,
    target: &Target,
) -> Result<Vec<Diagnostic>, Vec<Diagnostic>> {
    let store = match target {
        Target::Live => secrets.clone(),
        // As the runner has it: no program is started then.
        _ => secrets.clone().with_stand_in(Secret::new("")),
    };
    let nodes = plan.nodes().filter(|(id, _)| task.is_none_or(|task| task == *id));
    let mut found = Vec::new();
    for (_, node) in nodes {
        let mut names = node.input.secrets();
        names.extend(of_credential(plan, node, &store));
        found.extend(names.iter().filter_map(|name| problem(plan, node, name, &store, target)));
    }
    if plan.dialect == Dialect::Conductor {
        found.retain(|diagnostic| diagnostic.code == codes::E0612);
    }
    if found.iter().any(Diagnostic::is_error) { Err(found) } else { Ok(found) }
}

fn problem(plan: &Plan, node: &Node, name: &str, store: &HostSecrets, target: &Target) -> Option<Diagnostic> {
    if let Some(error) = store.problem(name) {
        return Some(located(error.diagnostic(name), plan, node, name));
    }
    match (store.secret(name).filter(|_| store.is_set(name)), target) {
        (Some(secret), _) if secret.expose().len() < SEARCHED_BYTES => {
            let message =
                format!("the secret `{name}` has fewer than {SEARCHED_BYTES} bytes: an echo of it is not masked");
            Some(located(Diagnostic::new(codes::E0612, message), plan, node, name))
        }
        (Some(_), _) | (None, Target::Sandbox | Target::SandboxAt(_) | Target::Replay(_)) => None,
        (None, Target::Nowhere) => {
            let help = format!("a live request needs it: set CONDUCTOR_SECRET_{name}, or name it in --env-file");
            Some(unset(plan, node, name).severity(Severity::Warning).help(help))
        }
        (None, Target::Live) => {
            let help =
                format!("set CONDUCTOR_SECRET_{name}, name it in --env-file, or use --sandbox, which needs none");
            Some(unset(plan, node, name).help(help))
        }
    }
}

/// The secrets that the credential of the task's entry needs, when the task brings none itself.
fn of_credential(plan: &Plan, node: &Node, store: &HostSecrets) -> Vec<String> {
    let auth = node.entry.as_ref().and_then(|entry| entry.authorization());
    let Some(auth) = auth.filter(|_| matches!(node.kind, Kind::ByReference) && plan.dialect == Dialect::Legwork) else {
        return Vec::new();
    };
    match auth {
        Auth::AccountCredentials(own) => match own.token.as_ref().filter(|token| store.is_set(token)) {
            Some(token) => vec![token.clone()],
            None => auth.needed().into_iter().map(str::to_owned).collect(),
        },
        auth => auth.needed().into_iter().map(str::to_owned).collect(),
    }
}

fn unset(plan: &Plan, node: &Node, name: &str) -> Diagnostic {
    located(Diagnostic::new(codes::E0308, format!("the secret `{name}` is not set")), plan, node, name)
}

/// The diagnostic with the place where the task names the secret.
fn located(diagnostic: Diagnostic, plan: &Plan, node: &Node, name: &str) -> Diagnostic {
    let used = node.input.expressions().find(|used| used.expression.secret() == Some(name));
    let Some(used) = used else { return diagnostic };
    let pointer = node.pointer.key("inputParameters").join(&used.pointer);
    let span = plan::place(&plan.document, &pointer, used.range.clone());
    diagnostic.label(&plan.document.file, span, "").pointer(pointer)
}
