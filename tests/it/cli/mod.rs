//! The command from outside: what it is given, what it says, how it ends.

#[cfg(feature = "author")]
mod any_api;
mod author;
mod graph;
mod import;
mod inputs;
mod lint;
mod network;
mod output;
mod sandbox;
mod search;
mod secrets;
mod test_workflow;
mod tests;
mod texts;
mod usage;

pub(crate) use sandbox::Served;

/// A workflow whose one task sends a request by reference; it needs no secret.
pub(crate) const WORKFLOW: &str = "\
name: add_user
version: 1
schemaVersion: 2
tasks:
  - name: zoom_users_create
    taskReferenceName: create
    type: HTTP
    inputParameters:
      uri: https://api.zoom.us/v2/users
      method: POST
      headers: {Authorization: 'Bearer ${workflow.secrets.zoom_token}'}
      body:
        action: ${workflow.input.action}
        user_info:
          email: ${workflow.input.email}
          type: ${workflow.input.type}
outputParameters:
  id: ${create.output.response.body.id}
";
