//! Postman collections, formats 2.0 and 2.1: folders, variables, credentials, bodies, path variables, examples.
//! Source: schema.getpostman.com/json/collection/v2.1.0/collection.json.

use super::call::{Body, Call, CallAuth, Part, with_braces};
use serde_json::{Value, json};

/// How deep folders may stand in each other.
const DEEPEST: usize = 64;

/// The calls of a collection, and why some of its requests give none.
pub(super) fn calls(collection: &Value) -> (Vec<Call>, Vec<String>) {
    let mut walk = Walk { calls: Vec::new(), problems: Vec::new(), values: variables(collection.get("variable")) };
    let auth = collection.get("auth").filter(|auth| !auth.is_null());
    walk.items(collection, None, auth, 0);
    let Walk { mut calls, problems, values } = walk;
    for call in &mut calls {
        call.values.extend(values.iter().cloned());
    }
    (calls, problems)
}

struct Walk {
    calls: Vec<Call>,
    problems: Vec<String>,
    values: Vec<(String, String)>,
}

impl Walk {
    /// The items of a folder; its credential is that of all in it which have none of their own.
    fn items(&mut self, folder: &Value, name: Option<&str>, auth: Option<&Value>, depth: usize) {
        if depth > DEEPEST {
            self.problems.push("its folders stand too deep in each other".to_owned());
            return;
        }
        for item in folder.get("item").and_then(Value::as_array).into_iter().flatten() {
            let title = item.get("name").and_then(Value::as_str);
            if item.get("item").is_some() {
                let own = item.get("auth").filter(|auth| !auth.is_null()).or(auth);
                self.items(item, title.or(name), own, depth + 1);
                continue;
            }
            match item.get("request").map(|request| call(request, item, auth)) {
                Some(Ok(mut call)) => {
                    call.title = title.map(str::to_owned);
                    call.folder = name.map(str::to_owned);
                    self.calls.push(call);
                }
                Some(Err(problem)) => self.problems.push(format!("`{}`: {problem}", title.unwrap_or("a request"))),
                None => self.problems.push(format!("`{}` has no request", title.unwrap_or("an item"))),
            }
        }
    }
}

fn variables(list: Option<&Value>) -> Vec<(String, String)> {
    let list = list.and_then(Value::as_array).into_iter().flatten();
    list.filter_map(|variable| {
        let name = variable.get("key").or(variable.get("id")).and_then(Value::as_str)?;
        Some((name.to_owned(), text_of(variable.get("value")?)))
    })
    .collect()
}

fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

fn call(request: &Value, item: &Value, inherited: Option<&Value>) -> Result<Call, String> {
    let mut call = Call::default();
    if let Value::String(url) = request {
        (call.method, call.url) = ("GET".to_owned(), with_braces(url));
        return Ok(call);
    }
    request.get("method").and_then(Value::as_str).unwrap_or("GET").clone_into(&mut call.method);
    call.url = url(request.get("url").ok_or("it has no URL")?, &mut call.values)?;
    call.description = description(request).or_else(|| description(item));
    for (name, value) in pairs(request.get("header")) {
        call.headers.push((name, value));
    }
    if let Some(text) = request.get("header").and_then(Value::as_str) {
        let lines = text.lines().filter_map(|line| line.split_once(':'));
        call.headers.extend(lines.map(|(name, value)| (name.trim().to_owned(), with_braces(value.trim()))));
    }
    let own = request.get("auth").filter(|auth| !auth.is_null());
    if let Some(auth) = own.or(inherited) {
        authorize(auth, &mut call);
    }
    if let Some(data) = request.get("body").filter(|body| body.get("disabled") != Some(&Value::Bool(true))) {
        body(data, &mut call)?;
    }
    if item.get("event").is_some() {
        call.losses.push("its scripts are left out".to_owned());
    }
    let examples = item.get("response").and_then(Value::as_array);
    call.answer = examples.into_iter().flatten().find_map(|example| {
        let status = example.get("code").and_then(Value::as_u64).and_then(|code| u16::try_from(code).ok())?;
        let body = serde_json::from_str(example.get("body")?.as_str()?).ok()?;
        (200..300).contains(&status).then_some((status, body))
    });
    Ok(call)
}

fn description(of: &Value) -> Option<String> {
    let text = match of.get("description")? {
        Value::String(text) => text,
        other => other.get("content")?.as_str()?,
    };
    let first = text.lines().find(|line| !line.trim().is_empty())?.trim();
    Some(first.to_owned())
}

/// The URL with its variables; `:name` in the path is one too.
fn url(url: &Value, values: &mut Vec<(String, String)>) -> Result<String, String> {
    let raw = match url {
        Value::String(text) => text.clone(),
        parts => match parts.get("raw").and_then(Value::as_str) {
            Some(raw) => raw.to_owned(),
            None => put_together(parts)?,
        },
    };
    let raw = raw.split('#').next().unwrap_or_default();
    let (path, query) = raw.split_once('?').map_or((raw, None), |(path, query)| (path, Some(query)));
    values.extend(variables(url.get("variable")));
    let scheme_end = path.find("://").map_or(0, |at| at + 3);
    let (scheme, rest) = path.split_at(scheme_end);
    let segment = |segment: &str| match segment.strip_prefix(':').filter(|name| !name.is_empty()) {
        Some(name) => super::call::variable(name),
        None => with_braces(segment),
    };
    let rest: Vec<String> = rest.split('/').map(segment).collect();
    let mut whole = format!("{scheme}{}", rest.join("/"));
    if scheme.is_empty() && !whole.starts_with('\u{f8f0}') {
        whole = format!("http://{whole}");
    }
    let query: Vec<String> = match url.get("query").and_then(Value::as_array) {
        Some(_) => pairs(url.get("query")).into_iter().map(|(name, value)| written(&name, &value)).collect(),
        None => query.into_iter().map(with_braces).collect(),
    };
    if !query.is_empty() {
        whole.push('?');
        whole.push_str(&query.join("&"));
    }
    Ok(whole)
}

/// A parameter as Postman writes it into the URL: what cannot stand there is encoded.
fn written(name: &str, value: &str) -> String {
    const ODD: &percent_encoding::AsciiSet =
        &percent_encoding::CONTROLS.add(b' ').add(b'"').add(b'#').add(b'<').add(b'>').add(b'&').add(b'+');
    let encode = |text: &str| {
        super::call::pieces(text)
            .into_iter()
            .map(|piece| match piece {
                super::call::Piece::Text(text) => percent_encoding::utf8_percent_encode(text, ODD).to_string(),
                super::call::Piece::Variable(name) => super::call::variable(name),
            })
            .collect::<String>()
    };
    format!("{}={}", encode(name), encode(value))
}

fn put_together(parts: &Value) -> Result<String, String> {
    let list = |name: &str, between: &str| match parts.get(name) {
        Some(Value::Array(items)) => items.iter().map(text_of).collect::<Vec<_>>().join(between),
        Some(other) => text_of(other),
        None => String::new(),
    };
    let host = list("host", ".");
    if host.is_empty() {
        return Err("its URL has no host".to_owned());
    }
    let port = parts.get("port").map(text_of).filter(|port| !port.is_empty());
    let port = port.map(|port| format!(":{port}")).unwrap_or_default();
    let scheme = parts.get("protocol").map(text_of).filter(|scheme| !scheme.is_empty());
    let scheme = scheme.map(|scheme| format!("{scheme}://")).unwrap_or_default();
    Ok(format!("{scheme}{host}{port}/{}", list("path", "/").trim_start_matches('/')))
}

/// Names and values of a list, without those that are turned off.
fn pairs(list: Option<&Value>) -> Vec<(String, String)> {
    let list = list.and_then(Value::as_array).into_iter().flatten();
    list.filter(|pair| pair.get("disabled") != Some(&Value::Bool(true)))
        .filter_map(|pair| {
            let name = pair.get("key").and_then(Value::as_str)?;
            Some((with_braces(name), with_braces(&pair.get("value").map(text_of).unwrap_or_default())))
        })
        .collect()
}

fn body(data: &Value, call: &mut Call) -> Result<(), String> {
    let mode = data.get("mode").and_then(Value::as_str).unwrap_or_default();
    let content = data.get(mode);
    call.body = match (mode, content) {
        ("raw", Some(text)) => {
            let language = data.pointer("/options/raw/language").and_then(Value::as_str).unwrap_or_default();
            let kind = match language {
                "json" => Some("application/json"),
                "xml" => Some("application/xml"),
                "html" => Some("text/html"),
                "javascript" => Some("application/javascript"),
                "text" => Some("text/plain"),
                _ => None,
            };
            if let Some(kind) = kind {
                call.default_header("Content-Type", kind);
            }
            Body::Text(with_braces(&text_of(text)))
        }
        ("urlencoded", content @ Some(_)) => {
            call.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("Content-Type"));
            Body::Form(pairs(content))
        }
        ("formdata", Some(Value::Array(fields))) => Body::Parts(fields.iter().filter_map(part).collect()),
        ("graphql", Some(query)) => {
            let text = query.get("query").map(text_of).unwrap_or_default();
            let variables = query.get("variables").map(text_of).unwrap_or_default();
            let variables: Value = serde_json::from_str(&variables).unwrap_or_else(|_| json!({}));
            call.default_header("Content-Type", "application/json");
            Body::Text(json!({"query": text, "variables": variables}).to_string())
        }
        ("file", Some(file)) => {
            let path = file.get("src").and_then(Value::as_str).ok_or("its body is a file that is not named")?;
            Body::File(path.to_owned())
        }
        _ => Body::None,
    };
    Ok(())
}

fn part(field: &Value) -> Option<Part> {
    if field.get("disabled") == Some(&Value::Bool(true)) {
        return None;
    }
    let text = |name: &str| field.get(name).and_then(Value::as_str).map(str::to_owned);
    let is_file = field.get("type").and_then(Value::as_str) == Some("file");
    let file = match field.get("src") {
        Some(Value::Array(files)) => files.first().and_then(Value::as_str).map(str::to_owned),
        _ => text("src"),
    };
    let content = if is_file { file.unwrap_or_else(|| "file".to_owned()) } else { text("value").unwrap_or_default() };
    Some(Part {
        name: text("key")?,
        content: with_braces(&content),
        is_file,
        file_name: None,
        content_type: text("contentType").filter(|kind| !kind.is_empty()),
    })
}

/// The credential of a request. `noauth` is one too: none.
fn authorize(auth: &Value, call: &mut Call) {
    let Some(kind) = auth.get("type").and_then(Value::as_str) else { return };
    let field = |name: &str| -> String {
        let own = auth.get(kind);
        let found = match own {
            Some(Value::Array(list)) => list.iter().find(|pair| pair.get("key").and_then(Value::as_str) == Some(name)),
            _ => None,
        };
        let value = found.and_then(|pair| pair.get("value")).or_else(|| own?.get(name));
        with_braces(&value.map(text_of).unwrap_or_default())
    };
    call.auth = match kind {
        "noauth" => None,
        "basic" => Some(CallAuth::Basic(field("username"), field("password"))),
        "bearer" => Some(CallAuth::Bearer(field("token"))),
        "oauth2" => {
            call.losses
                .push("OAuth 2: the token is asked for by hand; name the credential in `_provider.yaml`".to_owned());
            Some(CallAuth::Bearer(field("accessToken")))
        }
        "apikey" if field("in") == "query" => Some(CallAuth::Query(field("key"), field("value"))),
        "apikey" => Some(CallAuth::Header(field("key"), field("value"))),
        "awsv4" => Some(CallAuth::Aws([
            field("accessKey"),
            field("secretKey"),
            field("sessionToken"),
            Some(field("region")).filter(|region| !region.is_empty()).unwrap_or_else(|| "us-east-1".to_owned()),
            field("service"),
        ])),
        other => {
            call.losses.push(format!("`{other}` is a way to authorize that is not there"));
            None
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::call::variable;

    #[test]
    fn folders_variables_credentials_and_bodies_are_read() {
        let collection = json!({
            "info": {"name": "CRM"}, "variable": [{"key": "base", "value": "https://crm.example"}],
            "auth": {"type": "bearer", "bearer": [{"key": "token", "value": "{{token}}"}]},
            "item": [
                {"name": "People", "item": [
                    {"name": "Get one", "request": {"method": "GET", "url": {"raw": "{{base}}/people/:id?x=1&y=2", "query": [{"key": "x", "value": "1"}, {"key": "y", "value": "2", "disabled": true}],
                        "variable": [{"key": "id", "value": "17"}]}, "header": [{"key": "X-A", "value": "b"}]},
                     "response": [{"code": 200, "body": "{\"id\": 17}"}]},
                    {"name": "Add", "request": {"method": "POST", "auth": {"type": "noauth"}, "url": "{{base}}/people",
                        "body": {"mode": "raw", "raw": "{\"name\": \"{{name}}\"}", "options": {"raw": {"language": "json"}}}}},
                ]},
                {"name": "Upload", "request": {"method": "POST", "url": {"protocol": "https", "host": ["h", "example"], "path": ["up"]},
                    "body": {"mode": "formdata", "formdata": [{"key": "f", "type": "file", "src": ["a.png"]}, {"key": "t", "value": "x", "type": "text"}]}}},
                {"name": "Odd", "request": {"method": "GET"}},
            ],
        });
        let (calls, problems) = calls(&collection);
        assert_eq!(problems, ["`Odd`: it has no URL"]);
        let [get, add, upload] = &calls[..] else { panic!("{calls:#?}") };
        assert_eq!(get.url, format!("{}/people/{}?x=1", variable("base"), variable("id")));
        assert_eq!(
            (get.folder.as_deref(), get.auth.clone()),
            (Some("People"), Some(CallAuth::Bearer(variable("token"))))
        );
        assert_eq!(get.answer, Some((200, json!({"id": 17}))));
        assert_eq!((add.auth.clone(), add.header("Content-Type")), (None, Some("application/json")));
        assert_eq!(upload.url, "https://h.example/up");
        let Body::Parts(parts) = &upload.body else { panic!("{upload:?}") };
        assert_eq!((parts.len(), parts[0].is_file, parts[0].content.as_str()), (2, true, "a.png"));
    }
}
