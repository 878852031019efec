//! The definitions that a server keeps.

use super::{ApiError, Ask, Server, part};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A workflow definition's name with one of its versions.
pub type WorkflowName = (String, i64);

impl Server {
    /// All task definitions.
    ///
    /// # Errors
    /// When the server does not answer, or refuses.
    pub async fn task_definitions(&self) -> Result<Vec<Value>, ApiError> {
        self.read(&Ask::get("/metadata/taskdefs".to_owned())).await
    }

    /// A task definition; `None` when there is none of that name.
    ///
    /// # Errors
    /// When the server does not answer, or refuses.
    pub async fn task_definition(&self, name: &str) -> Result<Option<Value>, ApiError> {
        self.optional(format!("/metadata/taskdefs/{}", part(name))).await
    }

    /// Registers new task definitions.
    ///
    /// # Errors
    /// When the server does not answer, or refuses.
    pub async fn create_task_definitions(&self, definitions: Vec<Value>) -> Result<(), ApiError> {
        self.ask(&Ask::post("/metadata/taskdefs".to_owned(), Value::Array(definitions))).await.map(drop)
    }

    /// Puts a task definition in the place of the one of its name.
    ///
    /// # Errors
    /// When the server does not answer, or refuses.
    pub async fn replace_task_definition(&self, definition: Value) -> Result<(), ApiError> {
        self.ask(&Ask::put("/metadata/taskdefs".to_owned(), definition)).await.map(drop)
    }

    /// A workflow definition, in its latest version unless one is named; `None` when there is none.
    ///
    /// # Errors
    /// When the server does not answer, or refuses.
    pub async fn workflow_definition(&self, name: &str, version: Option<i64>) -> Result<Option<Value>, ApiError> {
        let version = version.map(|version| format!("?version={version}")).unwrap_or_default();
        self.optional(format!("/metadata/workflow/{}{version}", part(name))).await
    }

    /// The names and versions of all workflow definitions.
    ///
    /// # Errors
    /// When the server does not answer, or refuses.
    pub async fn workflow_names(&self) -> Result<Vec<WorkflowName>, ApiError> {
        let ask = Ask::get("/metadata/workflow/names-and-versions".to_owned());
        let names: BTreeMap<String, Vec<Value>> = self.read(&ask).await?;
        let versions = |(name, all): (String, Vec<Value>)| {
            let versions = all.into_iter().filter_map(|summary| summary.get("version")?.as_i64());
            versions.map(|version| (name.clone(), version)).collect::<Vec<_>>()
        };
        Ok(names.into_iter().flat_map(versions).collect())
    }

    /// Registers workflow definitions, each in the place of the one of its name and version.
    ///
    /// # Errors
    /// When the server does not answer, or refuses: a definition that breaks its rules.
    pub async fn put_workflow_definitions(&self, definitions: Vec<Value>) -> Result<(), ApiError> {
        self.ask(&Ask::put("/metadata/workflow".to_owned(), json!(definitions))).await.map(drop)
    }

    async fn optional(&self, path: String) -> Result<Option<Value>, ApiError> {
        match self.ask(&Ask::get(path.clone())).await {
            // Some versions answer a name they do not know with 200 and nothing.
            Ok(response) if response.body.is_empty() => Ok(None),
            Ok(response) => serde_json::from_slice(&response.body)
                .map(|value: Value| Some(value).filter(|value| !value.is_null()))
                .map_err(|source| ApiError::Unreadable { path: path.into(), source: std::sync::Arc::new(source) }),
            Err(error) if error.is_missing() => Ok(None),
            Err(error) => Err(error),
        }
    }
}
