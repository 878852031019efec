//! The body of an operation.

use super::value::{form_fields, holds_odd, type_of_file, without_variables};
use super::{Maker, secrets};
use crate::http::is_json;
use crate::import::call::{Body, Call, Part, has_variable};
use serde_json::{Map, Value, json};

impl Maker<'_> {
    pub(super) fn body(&mut self, call: &Call, example: &mut Map<String, Value>) -> Result<(), String> {
        let content_type = call.header("Content-Type").unwrap_or_default().to_owned();
        let body = match &call.body {
            Body::None => return Ok(()),
            Body::File(path) => {
                if content_type.is_empty() {
                    self.operation.options.insert("contentType".to_owned(), json!("application/octet-stream"));
                }
                json!({"file": self.template(path, "file", call, example)})
            }
            Body::Form(fields) => {
                self.operation.options.insert("contentType".to_owned(), json!("application/x-www-form-urlencoded"));
                self.form(fields, call, example)
            }
            Body::Parts(parts) => self.parts(parts, call, example),
            Body::Text(text) if text.is_empty() => return Ok(()),
            Body::Text(text) if is_json(&content_type) => match without_variables(text) {
                Some(value) => self.json(&value, call, example),
                None => return Err("its body is not the JSON that its content type says".to_owned()),
            },
            Body::Text(text) if content_type.to_ascii_lowercase().starts_with("application/x-www-form-urlencoded") => {
                match form_fields(text) {
                    Some(fields) => self.form(&fields, call, example),
                    None => Value::String(self.template(text, "body", call, example)),
                }
            }
            Body::Text(text) => {
                if content_type.is_empty() {
                    self.operation.options.insert("contentType".to_owned(), json!("text/plain"));
                }
                Value::String(self.template(text, "body", call, example))
            }
        };
        self.operation.body = Some(body);
        Ok(())
    }

    fn form(&mut self, fields: &[(String, String)], call: &Call, example: &mut Map<String, Value>) -> Value {
        let mut form: Map<String, Value> = Map::new();
        for (name, value) in fields {
            let shown = if secrets::is_secret_name(name) && !has_variable(value) {
                self.secret(name, value, &format!("the form field `{name}`"))
            } else {
                self.leaf(name, &json!(value), call, example)
            };
            match form.get_mut(name) {
                Some(Value::Array(values)) => values.push(shown),
                Some(first) => *first = json!([first.clone(), shown]),
                None => drop(form.insert(name.clone(), shown)),
            }
        }
        Value::Object(form)
    }

    fn parts(&mut self, parts: &[Part], call: &Call, example: &mut Map<String, Value>) -> Value {
        let mut form: Map<String, Value> = Map::new();
        for part in parts {
            let mut fields = Map::new();
            let content = if part.is_file || !secrets::is_secret_name(&part.name) || has_variable(&part.content) {
                self.leaf(&part.name, &json!(part.content), call, example)
            } else {
                self.secret(&part.name, &part.content, &format!("the part `{}`", part.name))
            };
            fields.insert(if part.is_file { "file" } else { "value" }.to_owned(), content.clone());
            fields.extend(part.file_name.clone().map(|name| ("filename".to_owned(), json!(name))));
            fields.extend(part.content_type.clone().map(|kind| ("contentType".to_owned(), json!(kind))));
            if part.is_file && part.content_type.is_none() {
                fields.insert("contentType".to_owned(), json!(type_of_file(&part.content)));
            }
            let is_plain = !part.is_file && fields.len() == 1;
            if !is_plain {
                // What stands around the content is no part without it.
                self.require(content.as_str().unwrap_or_default());
            }
            let shown = if is_plain { content } else { Value::Object(fields) };
            match form.get_mut(&part.name) {
                Some(Value::Array(values)) => values.push(shown),
                Some(first) => *first = json!([first.clone(), shown]),
                None => drop(form.insert(part.name.clone(), shown)),
            }
        }
        Value::Object(form)
    }

    /// A JSON body: the members of an object are parameters, secrets in it references.
    fn json(&mut self, value: &Value, call: &Call, example: &mut Map<String, Value>) -> Value {
        // A text would be taken for a finished document.
        let as_text = value.as_str().map(|_| Value::String(value.to_string()));
        let Value::Object(map) = value else {
            return self.leaf("body", as_text.as_ref().unwrap_or(value), call, example);
        };
        let mut body = Map::new();
        for (name, value) in map {
            let shown = match value {
                Value::String(text) if secrets::is_secret_name(name) && !has_variable(text) && !text.is_empty() => {
                    self.secret(name, text, &format!("`{name}` of the body"))
                }
                Value::Object(_) | Value::Array(_) if holds_odd(value) => self.tree(name, value, call, example),
                value => self.leaf(name, value, call, example),
            };
            body.insert(name.clone(), shown);
        }
        Value::Object(body)
    }

    /// A value whose leaves hold variables or secrets.
    fn tree(&mut self, name: &str, value: &Value, call: &Call, example: &mut Map<String, Value>) -> Value {
        match value {
            Value::Object(map) => {
                let mut copied = Map::new();
                for (name, value) in map {
                    let shown = match value {
                        Value::String(text)
                            if secrets::is_secret_name(name) && !has_variable(text) && !text.is_empty() =>
                        {
                            self.secret(name, text, &format!("`{name}` of the body"))
                        }
                        value => self.tree(name, value, call, example),
                    };
                    copied.insert(name.clone(), shown);
                }
                Value::Object(copied)
            }
            Value::Array(items) => items.iter().map(|item| self.tree(name, item, call, example)).collect(),
            Value::String(text) => Value::String(self.template(text, name, call, example)),
            other => other.clone(),
        }
    }
}
