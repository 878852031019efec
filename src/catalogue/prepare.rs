//! From an entry to a plain HTTP task that any Conductor server carries out.

use super::Entry;
use super::auth::{Auth, KeyPlace};
use crate::resolve::{Encoding, Missing, Resolved, java_text};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// Which optional parameters a task reads that is made from an entry.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Optional {
    /// None of them.
    None,
    /// Those of the first example that works.
    #[default]
    Shown,
    /// These.
    Named(Vec<String>),
    /// All of them.
    All,
}

const FORM: &str = "application/x-www-form-urlencoded";

impl Entry {
    /// The request as a complete task of a workflow definition, which reads its parameters from the workflow's input; `None`
    /// when the entry holds no request.
    ///
    /// It reads the parameters that the input schema requires and those of the first good example: a server sends a missing
    /// value as null, so one that hardly anybody gives does more harm than good. Credentials are references to secrets; for
    /// Basic the secret is named after the way to authorize and holds `base64(username:password)`, which a server cannot make.
    ///
    /// Shape: `{"name": "zoom_users_get", "taskReferenceName": "get", "type": "HTTP", "inputParameters": {"uri":
    /// "https://api.zoom.us/v2/users/${workflow.input.user_id}", "method": "GET", "headers": {"Authorization": "Bearer
    /// ${workflow.secrets.zoom_token}"}}}`.
    #[must_use]
    pub fn prepare(&self, reference_name: &str) -> Option<Value> {
        self.prepare_with(reference_name, &Optional::Shown)
    }

    /// The same with a choice of its optional parameters.
    #[must_use]
    pub fn prepare_with(&self, reference_name: &str, optional: &Optional) -> Option<Value> {
        self.method.as_ref()?;
        let mut names = self.parameters_with(optional);
        let request = self.with_stand_ins(&names).or_else(|missing| {
            // What the URI cannot do without is read too, whatever the schema says.
            names.extend(missing.into_iter().map(|one| one.expression));
            self.with_stand_ins(&names)
        });
        let Value::Object(request) = Arc::unwrap_or_clone(request.ok()?.value) else { return None };
        let mut input = Value::Object(self.as_server_reads(request));
        put_expressions(&mut input, &names);
        let name = &self.name;
        Some(json!({"name": name, "taskReferenceName": reference_name, "type": "HTTP", "inputParameters": input}))
    }

    /// A task by reference, which gives the operation its own parameters: Legwork renders, judges and sends it, also as a
    /// worker beside a server. `None` when the entry holds no request.
    ///
    /// Shape: `{"name": "zoom_users_get", "taskReferenceName": "get", "type": "SIMPLE", "inputParameters": {"user_id":
    /// "${workflow.input.user_id}"}}`.
    #[must_use]
    pub fn refer(&self, reference_name: &str, optional: &Optional) -> Option<Value> {
        self.method.as_ref()?;
        let names = self.parameters_with(optional);
        let input: Map<_, _> = names.iter().map(|name| (name.clone(), expression(name).into())).collect();
        let name = &self.name;
        Some(json!({"name": name, "taskReferenceName": reference_name, "type": "SIMPLE", "inputParameters": input}))
    }

    fn with_stand_ins(&self, names: &[String]) -> Result<Resolved, Vec<Missing>> {
        let stand_ins = names.iter().enumerate().map(|(index, name)| (name.clone(), stand_in(index).into()));
        self.render(&Resolved::plain(Value::Object(stand_ins.collect())))
    }

    /// The parameters that a task reads: those that are required first.
    fn parameters_with(&self, optional: &Optional) -> Vec<String> {
        let required = self.input_schema().and_then(|schema| schema.get("required")?.as_array());
        let mut names: Vec<String> =
            required.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
        let more: Vec<String> = match optional {
            Optional::None => Vec::new(),
            Optional::Shown => self.first_example().into_iter().flat_map(Map::keys).cloned().collect(),
            Optional::Named(chosen) => chosen.clone(),
            Optional::All => self.parameter_names().map(str::to_owned).collect(),
        };
        for name in more {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// The names of the operation's own parameters, as `inputSchema` declares them.
    pub fn parameter_names(&self) -> impl Iterator<Item = &str> {
        let declared = self.input_schema().and_then(|schema| schema.get("properties")?.as_object());
        declared.into_iter().flat_map(|declared| declared.keys().map(String::as_str))
    }

    /// The request with its credentials, and with content type and form as a server's HTTP task wants them.
    fn as_server_reads(&self, mut request: Map<String, Value>) -> Map<String, Value> {
        let mut headers = Map::new();
        if let Some(auth) = self.authorization() {
            let (field, value) = credentials(auth, self.auth.as_deref().unwrap_or_default());
            headers.extend(value.map(|value| (field.to_owned(), value.into())));
        }
        let mut content_type = None;
        if let Some(Value::Object(written)) = request.shift_remove("headers") {
            for (name, value) in written {
                if name.eq_ignore_ascii_case("content-type") {
                    content_type = Some(value);
                } else {
                    headers.insert(name, value);
                }
            }
        }
        let body = request.shift_remove("body");
        if !headers.is_empty() {
            request.insert("headers".to_owned(), headers.into());
        }
        let is_form = content_type.as_ref().and_then(Value::as_str).is_some_and(|text| text.starts_with(FORM));
        request.extend(content_type.map(|value| ("contentType".to_owned(), value)));
        // A server does not write an object as a form, but sends a text as it is.
        let body = body.map(|body| if is_form { form(&body).into() } else { body });
        request.extend(body.map(|body| ("body".to_owned(), body)));
        request
    }
}

/// The header field that carries the credential; no value when a server's HTTP task cannot carry it.
fn credentials<'a>(auth: &'a Auth, name: &str) -> (&'a str, Option<String>) {
    const FIELD: &str = "Authorization";
    let bearer = |token: &str| Some(format!("Bearer ${{workflow.secrets.{token}}}"));
    match auth {
        Auth::Bearer(own) => (FIELD, bearer(&own.token)),
        Auth::Basic(_) => (FIELD, Some(format!("Basic ${{workflow.secrets.{name}}}"))),
        Auth::AccountCredentials(own) => (FIELD, bearer(own.token.as_deref().unwrap_or(name))),
        // The server's owner has to put a token there, as nothing on a server asks for one.
        Auth::Oauth2ClientCredentials(_) | Auth::Oauth2RefreshToken(_) => (FIELD, bearer(name)),
        Auth::ApiKey(own) => {
            let value = format!("{}${{workflow.secrets.{}}}", own.prefix.as_deref().unwrap_or_default(), own.key);
            match own.place {
                KeyPlace::Header => (&own.name, Some(value)),
                KeyPlace::Cookie => ("Cookie", Some(format!("{}={value}", own.name))),
                KeyPlace::Query => (FIELD, None),
            }
        }
        Auth::AwsSigv4(_) | Auth::Mtls(_) => (FIELD, None),
    }
}

/// The fields of an object as `name=value&…`.
fn form(body: &Value) -> String {
    let fields = body.as_object().into_iter().flatten().map(|(name, value)| {
        let mut field = String::new();
        Encoding::UriComponent.write(name, &mut field);
        field.push('=');
        Encoding::UriComponent.write(&java_text(value), &mut field);
        field
    });
    fields.collect::<Vec<_>>().join("&")
}

/// A text that no encoding changes, in the place of a parameter.
fn stand_in(index: usize) -> String {
    format!("legwork-parameter-{index}-")
}

/// Puts the expression of each parameter where its stand-in is.
fn put_expressions(value: &mut Value, names: &[String]) {
    match value {
        Value::String(text) => {
            for (index, name) in names.iter().enumerate() {
                *text = text.replace(&stand_in(index), &expression(name));
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| put_expressions(item, names)),
        Value::Object(map) => map.values_mut().for_each(|member| put_expressions(member, names)),
        _ => {}
    }
}

fn expression(name: &str) -> String {
    let is_plain = name.chars().all(|ch| ch.is_ascii_alphanumeric() || ch == '_');
    if is_plain { format!("${{workflow.input.{name}}}") } else { format!("${{workflow.input['{name}']}}") }
}

#[cfg(test)]
mod tests {
    use crate::catalogue::Catalogue;
    use serde_json::{Value, json};

    fn check(name: &str, expected: &Value) {
        let entry = Catalogue::builtin().get(name).expect("a built-in entry");
        let task = entry.prepare("it").expect("it holds a request");
        let around = json!({"name": name, "taskReferenceName": "it", "type": "HTTP", "inputParameters": expected});
        assert_eq!(task, around);
    }

    #[test]
    fn a_parameter_of_the_path_is_read_from_the_input() {
        let headers = json!({"Authorization": "Bearer ${workflow.secrets.zoom_token}"});
        let uri = "https://api.zoom.us/v2/users/${workflow.input.user_id}";
        check("zoom_users_get", &json!({"uri": uri, "method": "GET", "headers": headers}));
        check("zoom_users_list", &json!({"uri": "https://api.zoom.us/v2/users", "method": "GET", "headers": headers}));
    }

    #[test]
    fn a_body_holds_what_is_required_or_shown_first() {
        let user = json!({
            "email": "${workflow.input.email}", "type": "${workflow.input.type}",
            "first_name": "${workflow.input.first_name}", "last_name": "${workflow.input.last_name}",
        });
        let expected = json!({
            "uri": "https://api.zoom.us/v2/users", "method": "POST",
            "headers": {"Authorization": "Bearer ${workflow.secrets.zoom_token}"},
            "contentType": "application/json",
            "body": {"action": "${workflow.input.action}", "user_info": user},
        });
        check("zoom_users_create", &expected);
    }

    #[test]
    fn a_form_is_a_text_and_basic_credentials_are_one_secret() {
        let expected = json!({
            "uri": "https://zoom.us/oauth/token", "method": "POST",
            "headers": {"Authorization": "Basic ${workflow.secrets.zoom_app}"},
            "contentType": "application/x-www-form-urlencoded",
            "body": "grant_type=account_credentials&account_id=${workflow.input.account_id}",
        });
        check("zoom_oauth_token", &expected);
    }

    #[test]
    fn every_built_in_entry_can_be_prepared() {
        for entry in Catalogue::builtin().entries() {
            assert!(entry.prepare("it").is_some(), "{}", entry.name);
        }
    }
}
