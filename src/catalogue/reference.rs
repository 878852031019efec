//! The reference page of an entry, as plain data: what `legwork show NAME` tells.

use super::{Entry, RateLimit};
use serde::Serialize;
use serde_json::{Map, Value};

/// The reference page of an entry.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Reference {
    /// The task definition's name.
    pub name: String,
    /// A few words.
    pub title: String,
    /// One sentence.
    pub description: String,
    /// The method.
    pub method: String,
    /// The URL with the path's variables in braces.
    pub url: String,
    /// What it does, Markdown.
    pub text: String,
    /// What must be there first.
    pub prerequisites: Vec<String>,
    /// Permissions, any one of which is enough.
    pub scopes: Vec<String>,
    /// The name of the rate limit.
    pub rate_label: Option<String>,
    /// The limits of that name: plan and limit.
    pub rate_limits: Vec<(String, RateLimit)>,
    /// How requests are authorized.
    pub auth: Option<String>,
    /// Headers.
    pub headers: Vec<HeaderRow>,
    /// The operation's own parameters that stand in the path or the query.
    pub parameters: Vec<FieldRow>,
    /// The fields of the body.
    pub fields: Vec<FieldRow>,
    /// The fields of the answer.
    pub answer: Vec<FieldRow>,
    /// The accepted statuses.
    pub accepted: Vec<u16>,
    /// Answers that are not accepted, and what to do.
    pub errors: Vec<ErrorRow>,
    /// The input of the first example that works.
    pub example: Option<Map<String, Value>>,
    /// The API's own page.
    pub docs_url: Option<String>,
    /// Where all of this was taken from.
    pub sources: Vec<String>,
}

/// A header.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HeaderRow {
    /// Its name.
    pub name: String,
    /// Its type.
    pub kind: String,
    /// Whether it must be there.
    pub required: bool,
    /// What is sent when nothing is said.
    pub default: Option<String>,
    /// A sentence.
    pub text: String,
}

/// A field of a body or a parameter.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct FieldRow {
    /// The dotted path, `user_info.email`; `[]` stands for the items of a list.
    pub path: String,
    /// Its type.
    pub kind: String,
    /// Whether it must be there (where the object it stands in is there).
    pub required: bool,
    /// When it may be there, if not always.
    pub when: Option<String>,
    /// The allowed values, and what each means.
    pub allowed: Vec<(String, Option<String>)>,
    /// Limits and forms in words: `at most 128 characters`.
    pub rules: Vec<String>,
    /// What holds when it is absent.
    pub default: Option<String>,
    /// What it is.
    pub description: String,
}

/// An answer that is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ErrorRow {
    /// The HTTP status.
    pub status: Option<u16>,
    /// The API's code.
    pub code: Option<String>,
    /// A part of the API's message.
    pub message: Option<String>,
    /// What it means.
    pub kind: &'static str,
    /// What to do.
    pub say: String,
}

impl Entry {
    /// The reference page.
    #[must_use]
    pub fn reference(&self) -> Reference {
        let docs = self.docs();
        let body = self.body_schema.as_ref().map(super::LazySchema::document);
        let path = self.route.as_ref().map(super::Route::path).unwrap_or_default();
        let server = self.servers.first().map(|server| server.trim_end_matches('/')).unwrap_or_default();
        Reference {
            name: self.name.clone(),
            title: self.operation.title.clone().unwrap_or_else(|| self.name.clone()),
            description: self.task_def.description.clone().unwrap_or_default(),
            method: self.method.clone().unwrap_or_default(),
            url: format!("{server}{path}"),
            text: docs.text.clone().unwrap_or_default(),
            prerequisites: docs.prerequisites.clone(),
            scopes: docs.scopes.clone(),
            rate_label: self.operation.rate_label.clone(),
            rate_limits: self.rate_limits().into_iter().flatten().map(|(plan, limit)| (plan.clone(), *limit)).collect(),
            auth: self.auth.clone(),
            headers: self.header_rows(),
            parameters: self.parameter_rows(),
            fields: body.as_ref().map(field_rows).unwrap_or_default(),
            answer: self.answer_schema().map(|own| field_rows(&self.self_contained(own))).unwrap_or_default(),
            accepted: self.operation.accepted.clone(),
            errors: self.error_rows(),
            example: self.first_example().cloned(),
            docs_url: docs.url.clone(),
            sources: docs.sources.clone(),
        }
    }

    fn header_rows(&self) -> Vec<HeaderRow> {
        let documented = self.docs().headers.iter().map(|header| HeaderRow {
            name: header.name.clone(),
            kind: header.kind.clone(),
            required: header.required,
            default: header.default.clone(),
            text: header.text.clone(),
        });
        documented.collect()
    }

    /// The parameters of the path and the query, described by the input schema.
    fn parameter_rows(&self) -> Vec<FieldRow> {
        let Some(request) = &self.operation.request else { return Vec::new() };
        let used = |name: &str| {
            let holds =
                |text: &str| text.contains(&format!("{{{{{name}}}}}")) || text.contains(&format!("{{{{{{{name}}}}}}}"));
            holds(&request.uri) || request.query.values().any(|value| value.as_str().is_some_and(holds))
        };
        let rows = self.input_schema().map(|own| field_rows(&self.self_contained(own))).unwrap_or_default();
        rows.into_iter().filter(|row| used(&row.path)).collect()
    }

    fn error_rows(&self) -> Vec<ErrorRow> {
        let plain = |code: &Value| code.as_str().map_or_else(|| code.to_string(), str::to_owned);
        let rows = self.error_rules().map(|rule| ErrorRow {
            status: rule.status,
            code: rule.code.as_ref().map(plain),
            message: rule.message.clone(),
            kind: rule.kind.as_str(),
            say: rule.say.clone(),
        });
        let mut seen = Vec::new();
        rows.filter(|row| {
            let key = (row.status, row.code.clone(), row.message.clone());
            let is_new = !seen.contains(&key);
            seen.push(key);
            is_new
        })
        .collect()
    }
}

/// The fields of a JSON Schema, from the outside in.
fn field_rows(schema: &Value) -> Vec<FieldRow> {
    let mut rows = Vec::new();
    walk(schema, "", &mut rows);
    rows
}

fn walk(schema: &Value, path: &str, rows: &mut Vec<FieldRow>) {
    let required = schema.get("required").and_then(Value::as_array);
    for (name, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        let dot = if path.is_empty() { "" } else { "." };
        let inner = format!("{path}{dot}{name}");
        let is_required = required.is_some_and(|all| all.iter().any(|one| one == name.as_str()));
        rows.push(FieldRow::of(property, inner.clone(), is_required));
        walk(property, &inner, rows);
    }
    if let Some(items) = schema.get("items") {
        walk(items, &format!("{path}[]"), rows);
    }
}

impl FieldRow {
    /// What a schema says of one field.
    #[must_use]
    pub fn of(schema: &Value, path: String, required: bool) -> Self {
        let text = |key: &str| schema.get(key).and_then(Value::as_str).map(str::to_owned);
        let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let meaning = |value: &str| schema.get("x-enum-descriptions")?.get(value)?.as_str().map(str::to_owned);
        let options = schema.get("enum").and_then(Value::as_array).into_iter().flatten().chain(schema.get("const"));
        let allowed = options.map(plain).map(|value| (value.clone(), meaning(&value))).collect();
        Self {
            kind: text("type").unwrap_or_else(|| "any".to_owned()),
            when: text("x-when"),
            allowed,
            rules: rules(schema),
            default: schema.get("default").map(plain),
            description: text("description").unwrap_or_default().replace('\n', " "),
            path,
            required,
        }
    }
}

/// Limits and forms in words.
fn rules(schema: &Value) -> Vec<String> {
    const WORDS: &[(&str, &str, &str)] = &[
        ("minLength", "at least ", " characters"),
        ("maxLength", "at most ", " characters"),
        ("minimum", "", " or more"),
        ("maximum", "", " or less"),
        ("minItems", "at least ", " items"),
        ("maxItems", "at most ", " items"),
    ];
    let limit = |(key, before, after): &(&str, &str, &str)| {
        schema.get(*key).filter(|limit| limit.is_number()).map(|limit| format!("{before}{limit}{after}"))
    };
    let own = schema.get("x-rules").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    WORDS.iter().filter_map(limit).chain(own.map(str::to_owned)).collect()
}
