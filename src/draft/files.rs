//! The texts of a draft's folder.

use super::definition::task_definition;
use super::{Draft, Names, OperationDraft, seal, yaml};
use serde_json::{Map, Value};

/// The file of a provider's folder that holds the schemas which its operations share.
pub const SHARED_SCHEMAS: &str = "_shared.schema.json";

/// One file that is about to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftFile {
    /// Its path below the target folder, with `/`: `zoom/users.create.yaml`.
    pub path: String,
    /// Its text, with a [seal](super::Seal).
    pub text: String,
    /// The name of the task definition or workflow that it holds; none for what others share.
    pub name: Option<String>,
}

/// One task definition of a draft.
#[derive(Debug, Clone, PartialEq)]
pub struct DraftDefinition {
    /// Its path below the target folder.
    pub path: String,
    /// Its name.
    pub name: String,
    /// The definition itself.
    pub value: Value,
}

/// A draft as values, for who reads it without writing it.
#[derive(Debug)]
pub struct DraftValues {
    /// The provider's folder, and how every task definition's name begins.
    pub folder: String,
    /// `_provider.yaml`.
    pub provider: Value,
    /// The schemas of [`SHARED_SCHEMAS`], by name.
    pub schemas: Map<String, Value>,
    operations: Vec<OperationDraft>,
}

impl DraftValues {
    /// The task definitions, each made when it is asked for.
    pub fn definitions(self) -> impl Iterator<Item = DraftDefinition> {
        definitions(self.folder, self.operations)
    }
}

impl Draft {
    /// The files of the draft in the order of their making: the provider's, the schemas', one for each operation, one for each
    /// workflow. The draft's operations and schemas are used up one by one, so that a large draft is never there twice.
    pub fn files(self) -> impl Iterator<Item = DraftFile> {
        let Self { provider, schemas, operations, workflows, .. } = self;
        let folder = provider.name.clone();
        let mut first = Vec::new();
        if !operations.is_empty() {
            let text = seal::yaml(&yaml::write(&provider.to_value()));
            first.push(DraftFile { path: format!("{folder}/_provider.yaml"), text, name: None });
        }
        if !operations.is_empty() && !schemas.is_empty() {
            let path = format!("{folder}/{SHARED_SCHEMAS}");
            first.push(DraftFile { path, text: seal::json(&shared_schemas(schemas)), name: None });
        }
        let operations = definitions(folder, operations).map(|definition| {
            let text = seal::yaml(&yaml::write(&definition.value));
            DraftFile { path: definition.path, text, name: Some(definition.name) }
        });
        let workflows = workflows.into_iter().map(|workflow| DraftFile {
            path: format!("{}.yaml", workflow.file),
            text: seal::yaml(&yaml::write(&workflow.definition)),
            name: workflow.definition.get("name").and_then(Value::as_str).map(str::to_owned),
        });
        first.into_iter().chain(operations).chain(workflows)
    }

    /// The same as values, without the workflows: nothing is written as a text to be read again.
    #[must_use]
    pub fn values(self) -> DraftValues {
        let Self { provider, schemas, operations, .. } = self;
        DraftValues { folder: provider.name.clone(), provider: provider.to_value(), schemas, operations }
    }
}

fn definitions(folder: String, operations: Vec<OperationDraft>) -> impl Iterator<Item = DraftDefinition> {
    let mut names = Names::default();
    operations.into_iter().map(move |mut operation| {
        // `a_b.c` and `a.b_c` are two files, and would be one task.
        let own = names.take(&format!("{}_{}", operation.resource, operation.verb));
        own.get(operation.resource.len() + 1..).unwrap_or_default().clone_into(&mut operation.verb);
        let name = format!("{folder}_{own}");
        let path = format!("{folder}/{}.{}.yaml", operation.resource, operation.verb);
        let value = task_definition(&name, operation);
        DraftDefinition { path, name, value }
    })
}

/// The schemas, one on each line, as the members behind the first of an object.
fn shared_schemas(schemas: Map<String, Value>) -> String {
    let mut text = String::from("\"$defs\": {\n");
    let last = schemas.len();
    for (index, (name, schema)) in schemas.into_iter().enumerate() {
        text.push_str(&Value::from(name).to_string());
        text.push_str(": ");
        text.push_str(&schema.to_string());
        text.push_str(if index + 1 == last { "\n" } else { ",\n" });
    }
    text.push_str("}}\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Catalogue;
    use crate::draft::{ProviderDraft, Seal, seal_of, shared};
    use crate::source::SourceFile;
    use serde_json::json;

    #[test]
    fn what_is_written_is_read_again() {
        let contact = json!({"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}});
        let operation = OperationDraft {
            resource: "contacts".into(),
            verb: "create".into(),
            method: "POST".into(),
            uri: "{{server}}/contacts".into(),
            body: Some(json!({"name": "{{name}}"})),
            parameters: Map::from_iter([("name".to_owned(), json!({"type": "string"}))]),
            required: vec!["name".into()],
            body_schema: Some(json!({"$ref": shared("Contact")})),
            answer: Some(json!({"$ref": shared("Contact")})),
            examples: vec![("first".into(), Map::from_iter([("name".to_owned(), json!("Jane"))]))],
            ..OperationDraft::default()
        };
        let draft = Draft {
            provider: ProviderDraft {
                name: "crm".into(),
                servers: vec!["https://crm.example.com".into()],
                ..ProviderDraft::default()
            },
            schemas: Map::from_iter([("Contact".to_owned(), contact)]),
            operations: vec![operation.clone(), operation],
            ..Draft::default()
        };
        let files: Vec<_> = draft.files().collect();
        let paths: Vec<_> = files.iter().map(|file| file.path.as_str()).collect();
        let expected =
            ["crm/_provider.yaml", "crm/_shared.schema.json", "crm/contacts.create.yaml", "crm/contacts.create_2.yaml"];
        assert_eq!(paths, expected);
        assert!(files.iter().all(|file| seal_of(&file.text) == Seal::Whole));
        let mut catalogue = Catalogue::empty();
        for file in files {
            let told = catalogue.add(SourceFile::new(file.path, file.text));
            assert!(told.is_empty(), "{told:?}");
        }
        let told = catalogue.lint();
        assert!(told.is_empty(), "{told:?}");
        let entry = catalogue.get("crm_contacts_create_2").expect("the second one");
        let schema = entry.body_schema.as_ref().expect("a schema");
        assert_eq!(schema.validate(&json!({"name": 1})).len(), 1);
        assert_eq!(schema.validate(&json!({"name": "Jane"})).len(), 0);
    }

    #[test]
    fn every_file_holds_a_task_of_its_own() {
        let operation = |resource: &str, verb: &str| OperationDraft {
            resource: resource.into(),
            verb: verb.into(),
            ..OperationDraft::default()
        };
        let operations = vec![operation("a_b", "c"), operation("a", "b_c"), operation("a", "b_c")];
        let files: Vec<_> = Draft { operations, ..Draft::default() }.files().skip(1).collect();
        let names: Vec<_> = files.iter().filter_map(|file| file.name.as_deref()).collect();
        assert_eq!(names, ["_a_b_c", "_a_b_c_2", "_a_b_c_3"]);
        let paths: Vec<_> = files.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(paths, ["/a_b.c.yaml", "/a.b_c_2.yaml", "/a.b_c_3.yaml"]);
    }
}
