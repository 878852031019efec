//! Executions: started, and looked at.

use super::{ApiError, Ask, Server, part};
use serde::Serialize;
use serde_json::{Map, Value};

/// What an execution is started with.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StartRequest {
    /// The definition's name.
    pub name: String,
    /// Its version; the latest without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
    /// The input.
    pub input: Map<String, Value>,
    /// A name of ours for what it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correlation_id: Option<String>,
    /// Which domain the workers of a task are asked in: `{"*": "eu"}`.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub task_to_domain: Map<String, Value>,
}

impl Server {
    /// Starts an execution; gives its id.
    ///
    /// # Errors
    /// [`ApiError::is_missing`] when there is no such definition; else when the server does not answer, or refuses.
    pub async fn start(&self, request: &StartRequest) -> Result<String, ApiError> {
        let body = serde_json::to_value(request).unwrap_or_default();
        let response = self.ask(&Ask::post("/workflow".to_owned(), body)).await?;
        let text = String::from_utf8_lossy(&response.body);
        Ok(text.trim().trim_matches('"').to_owned())
    }

    /// An execution with its tasks, as the server prints it.
    ///
    /// # Errors
    /// [`ApiError::is_missing`] when there is none of that id; else when the server does not answer, or refuses.
    pub async fn execution(&self, workflow_id: &str) -> Result<Value, ApiError> {
        self.read(&Ask::get(format!("/workflow/{}?includeTasks=true", part(workflow_id)))).await
    }
}
