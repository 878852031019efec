//! From a draft to the task definition as it is written.

use super::{Draft, OperationDraft};
use serde_json::{Map, Value, json};

impl Draft {
    /// The name of an operation's task definition, `zoom_users_create`.
    #[must_use]
    pub fn task_name(&self, operation: &OperationDraft) -> String {
        format!("{}_{}_{}", self.provider.name, operation.resource, operation.verb)
    }
}

/// The task definition of that name.
pub(super) fn task_definition(name: &str, operation: OperationDraft) -> Value {
    let mut def = Map::new();
    let description = operation.description.as_ref().or(operation.title.as_ref());
    let description = description.cloned().unwrap_or_else(|| format!("{} {}", operation.method, operation.uri));
    def.insert("name".into(), name.into());
    def.insert("description".into(), description.into());
    def.insert("ownerEmail".into(), "owner@example.com".into());
    def.insert("retryCount".into(), 3.into());
    def.insert("retryLogic".into(), "EXPONENTIAL_BACKOFF".into());
    def.insert("retryDelaySeconds".into(), 2.into());
    def.insert("timeoutSeconds".into(), 120.into());
    def.insert("timeoutPolicy".into(), "RETRY".into());
    def.insert("responseTimeoutSeconds".into(), 60.into());
    let (own, input, output) = parts(operation);
    def.insert("inputSchema".into(), schema_def(name, "input", &input));
    def.insert("outputSchema".into(), schema_def(name, "output", &output));
    def.insert("x-legwork".into(), Value::Object(own));
    Value::Object(def)
}

/// `x-legwork`, the schema of the input, and that of the output.
fn parts(operation: OperationDraft) -> (Map<String, Value>, Value, Value) {
    let mut own = Map::new();
    let mut put = |key: &str, value: Option<Value>| own.extend(value.map(|value| (key.to_owned(), value)));
    let input = input_schema(operation.required, operation.parameters);
    let output = output_schema(&operation.accepted, operation.answer);
    let mut request = Map::new();
    request.insert("method".into(), operation.method.into());
    request.insert("uri".into(), operation.uri.into());
    let maps = [("query", operation.query), ("query_styles", operation.query_styles), ("headers", operation.headers)];
    for (key, map) in maps {
        request.extend(Some(map).filter(|map| !map.is_empty()).map(|map| (key.to_owned(), Value::Object(map))));
    }
    request.extend(operation.body.map(|body| ("body".to_owned(), body)));
    request.extend(operation.auth.map(|auth| ("auth".to_owned(), auth.into())));
    request.extend(
        Some(operation.options).filter(|map| !map.is_empty()).map(|map| ("options".to_owned(), Value::Object(map))),
    );
    put("title", operation.title.map(Value::from));
    put("servers", Some(operation.servers).filter(|servers| !servers.is_empty()).map(Value::from));
    put("request", Some(Value::Object(request)));
    put("body_schema", operation.body_schema.filter(Value::is_object));
    put("accepted", Some(operation.accepted).filter(|accepted| !accepted.is_empty()).map(Value::from));
    put("idempotent", operation.idempotent.map(Value::from));
    let examples = operation.examples.into_iter();
    let examples: Vec<Value> = examples.map(|(name, input)| json!({"name": name, "input": input})).collect();
    put("examples", Some(examples).filter(|examples| !examples.is_empty()).map(Value::from));
    own.extend(operation.more);
    (own, input, output)
}

fn input_schema(required: Vec<String>, parameters: Map<String, Value>) -> Value {
    let mut schema = Map::from_iter([("type".to_owned(), Value::from("object"))]);
    schema.extend(
        Some(required).filter(|names| !names.is_empty()).map(|names| ("required".to_owned(), Value::from(names))),
    );
    schema.insert("properties".into(), Value::Object(parameters));
    Value::Object(schema)
}

/// The schema of an HTTP task's output.
fn output_schema(accepted: &[u16], answer: Option<Value>) -> Value {
    let status = match accepted {
        [] => json!({"type": "integer", "minimum": 200, "maximum": 299}),
        [one] => json!({"type": "integer", "const": one}),
        many => json!({"type": "integer", "enum": many}),
    };
    let mut response = Map::from_iter([("statusCode".to_owned(), status)]);
    response.extend(answer.map(|answer| ("body".to_owned(), answer)));
    json!({"type": "object", "properties": {"response": {"type": "object", "properties": response}}})
}

/// Conductor's `SchemaDef`.
fn schema_def(name: &str, what: &str, data: &Value) -> Value {
    json!({"name": format!("{name}_{what}"), "version": 1, "type": "JSON", "data": data})
}
