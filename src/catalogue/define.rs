//! Task definitions from Rust types: [`define`].

use super::Catalogue;
use crate::diagnostic::Diagnostic;
use crate::schema::generate;
use crate::source::SourceFile;
use schemars::JsonSchema;
use serde_json::{Map, Value, json};

/// A task definition in the making, see [`define`].
#[derive(Debug, Clone)]
pub struct Definition {
    name: String,
    title: Option<String>,
    method: String,
    uri: String,
    servers: Vec<String>,
    secret: Option<String>,
    idempotent: Option<bool>,
    parameters: Value,
    answer: Option<Value>,
    examples: Vec<Value>,
}

/// Defines an operation whose parameters are the fields of a Rust type. Its JSON Schema, made by `schemars`, is one schema for
/// the check of a workflow, the form of an editor, the sandbox and the call itself.
///
/// A field that the URI names with `{{field}}` goes there; with GET, HEAD and DELETE the others go into the query, else into
/// the body. A field without a value leaves its key out. The same in a file: see the [module](crate::catalogue).
///
/// ```
/// use legwork::catalogue::Catalogue;
/// use schemars::JsonSchema;
///
/// /// What a contact is made of.
/// #[derive(JsonSchema)]
/// struct NewContact {
///     /// Where to write to.
///     #[schemars(length(min = 3))]
///     email: String,
///     /// What to call them.
///     name: Option<String>,
/// }
///
/// #[derive(JsonSchema)]
/// struct Contact {
///     id: String,
/// }
///
/// let contacts = legwork::define::<NewContact>("crm_contacts_create")
///     .post("https://crm.example.com/contacts")
///     .title("Create a contact")
///     .bearer("crm_token")
///     .answer::<Contact>()
///     .example(serde_json::json!({"email": "jane@example.com"}));
///
/// let mut catalogue = Catalogue::builtin();
/// assert!(catalogue.define(&contacts).is_empty(), "nothing is wrong with it");
/// assert!(catalogue.lint().is_empty(), "and its example does what it says");
///
/// let entry = catalogue.get("crm_contacts_create").expect("it is there now");
/// let task = entry.prepare("create").expect("it holds a request");
/// assert_eq!(task["inputParameters"]["body"]["email"], "${workflow.input.email}");
/// assert_eq!(task["inputParameters"]["headers"]["Authorization"], "Bearer ${workflow.secrets.crm_token}");
/// ```
#[must_use]
pub fn define<Parameters: JsonSchema>(name: &str) -> Definition {
    Definition {
        name: name.to_owned(),
        title: None,
        method: "POST".to_owned(),
        uri: String::new(),
        servers: Vec::new(),
        secret: None,
        idempotent: None,
        parameters: generate::<Parameters>(),
        answer: None,
        examples: Vec::new(),
    }
}

impl Definition {
    /// The method and the URI: absolute, or `{{server}}` and a path.
    #[must_use]
    pub fn request(mut self, method: &str, uri: &str) -> Self {
        self.method = method.to_ascii_uppercase();
        uri.clone_into(&mut self.uri);
        self
    }

    /// A GET request.
    #[must_use]
    pub fn get(self, uri: &str) -> Self {
        self.request("GET", uri)
    }

    /// A POST request.
    #[must_use]
    pub fn post(self, uri: &str) -> Self {
        self.request("POST", uri)
    }

    /// What `{{server}}` stands for.
    #[must_use]
    pub fn server(mut self, url: &str) -> Self {
        self.servers.push(url.to_owned());
        self
    }

    /// A few words for lists.
    #[must_use]
    pub fn title(mut self, title: &str) -> Self {
        self.title = Some(title.to_owned());
        self
    }

    /// Requests carry the secret of that name as a bearer token, to the hosts of its servers only.
    #[must_use]
    pub fn bearer(mut self, secret: &str) -> Self {
        self.secret = Some(secret.to_owned());
        self
    }

    /// Whether a second sending changes nothing more; by the method when it is not said.
    #[must_use]
    pub fn idempotent(mut self, idempotent: bool) -> Self {
        self.idempotent = Some(idempotent);
        self
    }

    /// The type of an accepted answer's body.
    #[must_use]
    pub fn answer<Answer: JsonSchema>(mut self) -> Self {
        self.answer = Some(generate::<Answer>());
        self
    }

    /// Parameters that work: an object.
    #[must_use]
    pub fn example(mut self, input: Value) -> Self {
        self.examples.push(input);
        self
    }

    /// The task definition, as a file of `task-definitions/` would hold it.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let title = self.title.clone().unwrap_or_else(|| self.name.clone());
        let mut own = json!({"title": title, "request": self.request_value()});
        let numbered = self.examples.iter().enumerate();
        let examples: Vec<_> =
            numbered.map(|(at, input)| json!({"name": format!("example {}", at + 1), "input": input})).collect();
        let body = own["request"].get("body").is_some().then(|| self.body_schema());
        let servers = (!self.servers.is_empty()).then(|| json!(self.servers));
        let more = [
            ("servers", servers),
            ("body_schema", body),
            ("idempotent", self.idempotent.map(Value::from)),
            ("examples", Some(Value::from(examples))),
        ];
        for (key, value) in more {
            if let (Some(own), Some(value)) = (own.as_object_mut(), value) {
                own.insert(key.to_owned(), value);
            }
        }
        let schema = |what: &str, data: Value| json!({"name": format!("{}_{what}", self.name), "version": 1, "type": "JSON", "data": data});
        let mut def = json!({
            "name": self.name, "description": title, "ownerEmail": "owner@example.com", "retryCount": 3,
            "retryLogic": "EXPONENTIAL_BACKOFF", "retryDelaySeconds": 2, "timeoutSeconds": 120, "timeoutPolicy": "RETRY",
            "responseTimeoutSeconds": 60, "inputSchema": schema("input", self.parameters.clone()), "x-legwork": own,
        });
        if let Some(answer) = &self.answer {
            def["outputSchema"] = schema("output", output(answer));
        }
        def
    }

    fn request_value(&self) -> Value {
        let mut request = json!({"method": self.method, "uri": self.uri});
        let rest: Map<_, _> = self.rest().map(|name| (name.clone(), format!("{{{{{name}}}}}").into())).collect();
        if !rest.is_empty() {
            let place = if matches!(self.method.as_str(), "GET" | "HEAD" | "DELETE") { "query" } else { "body" };
            request[place] = Value::Object(rest);
        }
        if let Some(secret) = &self.secret {
            request["auth"] = json!({"type": "bearer", "token": secret});
        }
        request
    }

    /// The parameters that the URI does not name.
    fn rest(&self) -> impl Iterator<Item = &String> {
        let all = self.parameters.get("properties").and_then(Value::as_object).into_iter().flat_map(Map::keys);
        all.filter(|name| !self.uri.contains(&format!("{{{{{name}}}}}")))
    }

    /// The schema of the parameters without those of the URI.
    fn body_schema(&self) -> Value {
        let mut schema = self.parameters.clone();
        let rest: Vec<_> = self.rest().cloned().collect();
        if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
            properties.retain(|name, _| rest.contains(name));
        }
        if let Some(required) = schema.get_mut("required").and_then(Value::as_array_mut) {
            required.retain(|name| rest.iter().any(|own| name == own));
        }
        schema
    }
}

/// The schema of an HTTP task's output. What the answer's own schema defines moves to the root, where references lead to.
fn output(answer: &Value) -> Value {
    let mut answer = answer.clone();
    let definitions = answer.as_object_mut().and_then(|answer| answer.shift_remove("$defs"));
    let mut schema =
        json!({"type": "object", "properties": {"response": {"type": "object", "properties": {"body": answer}}}});
    if let Some(definitions) = definitions {
        schema["$defs"] = definitions;
    }
    schema
}

impl Catalogue {
    /// Adds an operation that is defined by Rust types. Gives what is wrong with it.
    pub fn define(&mut self, definition: &Definition) -> Vec<Diagnostic> {
        let text = format!("{:#}", definition.to_value());
        self.add(SourceFile::new(format!("{}.json", definition.name), text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "only its schema is used")]
    struct Move {
        contact_id: String,
        list: String,
        position: Option<u32>,
    }

    #[test]
    fn fields_go_where_the_request_has_them() {
        let check = |method: &str, place: &str| {
            let definition = define::<Move>("crm_move").request(method, "{{server}}/contacts/{{contact_id}}");
            let definition =
                definition.server("https://crm.example.com").example(json!({"contact_id": "7", "list": "a"}));
            let mut catalogue = Catalogue::empty();
            let told = catalogue.define(&definition);
            assert!(told.is_empty(), "{told:?}");
            let told = catalogue.lint();
            assert!(told.is_empty(), "{told:?}");
            let value = definition.to_value();
            assert_eq!(value["x-legwork"]["request"][place], json!({"list": "{{list}}", "position": "{{position}}"}));
        };
        check("PATCH", "body");
        check("GET", "query");
    }
}
