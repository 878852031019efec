//! Marks in the place of secrets, for a request that is shown as a command.

use crate::catalogue::Auth;
use crate::host::HostSecrets;
use crate::plan::{NodeId, Plan};
use crate::report::curl::Placeholders;
use crate::secret::SecretStore;

/// Marks for the secrets that are set, and for those that the request of a task cannot do without.
#[must_use]
pub fn of_task(plan: &Plan, task: NodeId, secrets: &HostSecrets) -> Placeholders {
    let node = plan.node(task);
    let auth = node.entry.as_ref().and_then(|entry| entry.authorization().cloned());
    let mut names = secrets.names();
    names.extend(node.input.secrets());
    let optional = auth.iter().flat_map(Auth::secrets).filter(|name| secrets.is_set(name));
    names.extend(optional.chain(auth.iter().flat_map(Auth::needed)).map(str::to_owned));
    Placeholders::new(names)
}
