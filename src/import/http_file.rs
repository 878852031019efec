//! `.http` files, as the REST client of VS Code and the HTTP client of `JetBrains` read them.
//!
//! Requests stand between lines of `###`; before one stand its name, `@variable = value` and comments, behind it scripts (`< {% … %}`,
//! `> {% … %}`), which are left out. A body is a text, or `< ./file`.

use super::call::{Body, Call, CallAuth, Part, with_braces};
use super::curl::{self, ReadText};

const METHODS: &[&str] = &[
    "GET",
    "HEAD",
    "POST",
    "PUT",
    "PATCH",
    "DELETE",
    "OPTIONS",
    "TRACE",
    "CONNECT",
    "GRAPHQL",
    "WEBSOCKET",
    "GRPC",
    "WS",
];

/// The calls of a file, and why some of its requests give none.
pub(super) fn calls(text: &str, read: &mut ReadText<'_>) -> (Vec<Call>, Vec<String>) {
    let (mut calls, mut problems) = (Vec::new(), Vec::new());
    let mut values: Vec<(String, String)> = Vec::new();
    for block in blocks(text) {
        let mut section = Section::of(&block);
        values.append(&mut section.values);
        let Some(line) = section.request.clone() else { continue };
        if line.starts_with("curl ") {
            let (made, problem) = curl::calls(&[line.as_str(), &section.rest.join("\n")].join("\n"), read);
            calls.extend(made.into_iter().map(|call| Call { title: section.title.clone(), ..call }));
            problems.extend(problem);
            continue;
        }
        match section.call(&line, read) {
            Ok(mut call) => {
                call.place = block.place.clone();
                calls.push(call);
            }
            Err(problem) => problems.push(problem),
        }
    }
    for call in &mut calls {
        call.values.clone_from(&values);
    }
    (calls, problems)
}

/// The lines of one request, and where it stands.
struct Block<'t> {
    /// What stands behind `###`.
    title: &'t str,
    lines: Vec<&'t str>,
    place: std::ops::Range<usize>,
}

fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut blocks = vec![Block { title: "", lines: Vec::new(), place: 0..0 }];
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let plain = line.trim_end_matches(['\n', '\r']);
        let end = at + plain.len();
        match plain.strip_prefix("###") {
            Some(title) => {
                let title = title.trim_start_matches('#').trim();
                blocks.push(Block { title, lines: Vec::new(), place: at..end });
            }
            None => {
                if let Some(block) = blocks.last_mut() {
                    let is_first = block.lines.iter().all(|line| line.trim().is_empty()) && block.title.is_empty();
                    block.place = if is_first { at..end } else { block.place.start..end };
                    block.lines.push(plain);
                }
            }
        }
        at += line.len();
    }
    blocks
}

/// A block in its parts.
#[derive(Default)]
struct Section<'t> {
    title: Option<String>,
    description: Option<String>,
    values: Vec<(String, String)>,
    /// The request line, with the lines that go on with its URL.
    request: Option<String>,
    /// What follows it.
    rest: Vec<&'t str>,
    losses: Vec<String>,
}

impl<'t> Section<'t> {
    fn of(block: &Block<'t>) -> Self {
        let mut section =
            Self { title: Some(block.title.to_owned()).filter(|title| !title.is_empty()), ..Self::default() };
        let mut notes = Vec::new();
        let mut lines = block.lines.iter().copied();
        let mut in_script = false;
        for line in lines.by_ref() {
            let plain = line.trim();
            if in_script {
                in_script = !plain.ends_with("%}");
                continue;
            }
            if plain.starts_with("< {%") || plain.starts_with("<{%") {
                in_script = !plain.ends_with("%}");
                section.losses.push("a script before the request is left out".to_owned());
                continue;
            }
            if plain.is_empty() {
                continue;
            }
            if let Some((name, value)) = plain.strip_prefix('@').and_then(|rest| rest.split_once('=')) {
                section.values.push((name.trim().to_owned(), value.trim().to_owned()));
                continue;
            }
            let Some(comment) = plain.strip_prefix('#').or_else(|| plain.strip_prefix("//")) else {
                section.request = Some(plain.to_owned());
                break;
            };
            match comment.trim().strip_prefix("@name") {
                Some(name) => section.title = Some(name.trim_start_matches([' ', '=', ':']).trim().to_owned()),
                None if comment.trim().starts_with('@') => {}
                None => notes.push(comment.trim()),
            }
        }
        section.rest = lines.collect();
        section.description = Some(notes.join(" ")).filter(|text| !text.is_empty());
        section
    }

    fn call(&mut self, line: &str, read: &mut ReadText<'_>) -> Result<Call, String> {
        let (method, mut url) = request_line(line);
        if matches!(method, "WEBSOCKET" | "GRPC" | "WS" | "CONNECT") {
            return Err(format!("`{method}` is no call that can be made"));
        }
        let is_graphql = method == "GRAPHQL";
        let mut lines = std::mem::take(&mut self.rest).into_iter().peekable();
        // A URL goes on in lines that are set in, or that begin with `?` and `&`.
        while let Some(line) = lines.next_if(|line| {
            let plain = line.trim();
            plain.starts_with(['?', '&']) || (line.starts_with([' ', '\t']) && plain.starts_with('/'))
        }) {
            url.push_str(line.trim());
        }
        let mut call = Call {
            title: self.title.clone(),
            description: self.description.clone(),
            method: if is_graphql { "POST".to_owned() } else { method.to_owned() },
            losses: std::mem::take(&mut self.losses),
            ..Call::default()
        };
        for line in lines.by_ref() {
            let plain = line.trim();
            if plain.is_empty() {
                break;
            }
            if plain.starts_with('#') || plain.starts_with("//") {
                continue;
            }
            if let Some((name, value)) = plain.split_once(':') {
                call.headers.push((name.trim().to_owned(), with_braces(value.trim())));
            }
        }
        let url = without_version(&url).split_whitespace().collect::<Vec<_>>().join("%20");
        call.url = with_braces(url.split('#').next().unwrap_or_default());
        if !call.url.contains("://") && !call.url.starts_with('\u{f8f0}') {
            let host = call.header("Host").map(str::to_owned);
            call.url = match host {
                Some(host) if call.url.starts_with('/') => format!("http://{host}{}", call.url),
                _ => format!("http://{}", call.url),
            };
        }
        basic(&mut call);
        let body: Vec<&str> = lines.collect();
        body_of(&body, is_graphql, &mut call, read)?;
        Ok(call)
    }
}

/// Takes the body from the lines behind the fields.
fn body_of(lines: &[&str], is_graphql: bool, call: &mut Call, read: &mut ReadText<'_>) -> Result<(), String> {
    let lines = without_scripts(lines, &mut call.losses);
    let content_type = call.header("Content-Type").unwrap_or_default().to_owned();
    let lower = content_type.to_ascii_lowercase();
    let text = lines.join("\n");
    let text = text.trim_end();
    if text.trim().is_empty() {
        return Ok(());
    }
    if let Some(boundary) = boundary(&content_type).filter(|_| lower.starts_with("multipart/form-data")) {
        call.body = Body::Parts(parts(&lines, &boundary));
        return Ok(());
    }
    if let Some(path) = file(text) {
        let inlined = if crate::http::is_json(&content_type) || lower.starts_with("application/x-www-form") {
            Some(read(path)?)
        } else {
            None
        };
        call.body = inlined.map_or_else(|| Body::File(path.to_owned()), |text| Body::Text(with_braces(&text)));
        return Ok(());
    }
    let text = if lower.starts_with("application/x-www-form-urlencoded") {
        lines.iter().map(|line| line.trim()).collect::<String>()
    } else {
        text.to_owned()
    };
    if is_graphql {
        let (query, variables) = text.split_once("\n\n").unwrap_or((&text, "{}"));
        let variables: serde_json::Value = serde_json::from_str(variables).unwrap_or_default();
        call.default_header("Content-Type", "application/json");
        call.body = Body::Text(serde_json::json!({"query": query, "variables": variables}).to_string());
        return Ok(());
    }
    if content_type.is_empty() && text.trim_start().starts_with(['{', '[']) {
        call.default_header("Content-Type", "application/json");
    }
    call.body = Body::Text(with_braces(&text));
    Ok(())
}

/// Method and URL; the version of HTTP is left out.
fn request_line(line: &str) -> (&'static str, String) {
    let (first, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let known = METHODS.iter().find(|method| method.eq_ignore_ascii_case(first)).filter(|_| !rest.is_empty());
    let (method, url) = known.map_or(("GET", line), |method| (*method, rest.trim()));
    (method, without_version(url).to_owned())
}

/// The URL before ` HTTP/1.1`.
fn without_version(url: &str) -> &str {
    match url.rsplit_once(char::is_whitespace) {
        Some((url, version)) if version.starts_with("HTTP/") => url.trim(),
        _ => url,
    }
}

/// `Authorization: Basic user password` and `Basic user:password` are encoded by the editors.
fn basic(call: &mut Call) {
    let Some(value) = call.header("Authorization").and_then(|value| value.strip_prefix("Basic ")) else { return };
    let value = value.trim();
    let pair = value.split_once(':').or_else(|| value.split_once(char::is_whitespace));
    if let Some((user, password)) = pair {
        call.auth = Some(CallAuth::Basic(user.to_owned(), password.trim().to_owned()));
        call.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("Authorization"));
    }
}

/// The lines without `> {% … %}`, `> file`, `>> file` and `<> file`.
fn without_scripts<'l>(lines: &[&'l str], losses: &mut Vec<String>) -> Vec<&'l str> {
    let mut kept = Vec::new();
    let mut in_script = false;
    for line in lines {
        let plain = line.trim();
        if in_script {
            in_script = !plain.ends_with("%}");
            continue;
        }
        let begins = plain.starts_with("> {%") || plain.starts_with(">{%");
        if begins
            || plain.starts_with(">> ")
            || plain.starts_with(">>! ")
            || plain.starts_with("<> ")
            || is_handler(plain)
        {
            in_script = begins && !plain.ends_with("%}");
            if begins || is_handler(plain) {
                losses.push("a script behind the request is left out".to_owned());
            }
            continue;
        }
        kept.push(*line);
    }
    kept
}

fn is_handler(line: &str) -> bool {
    line.strip_prefix("> ").is_some_and(|path| path.to_ascii_lowercase().ends_with(".js"))
}

/// `< ./file` alone.
fn file(text: &str) -> Option<&str> {
    let rest = text.trim().strip_prefix('<').filter(|rest| !rest.contains('\n'))?;
    // `<@utf8 file` has variables in it.
    let path = rest.strip_prefix('@').map_or(rest, |rest| rest.split_once(' ').map_or("", |(_, path)| path));
    (rest.starts_with([' ', '@'])).then(|| path.trim()).filter(|path| !path.is_empty())
}

fn boundary(content_type: &str) -> Option<String> {
    let (_, rest) = content_type.split_once("boundary=")?;
    Some(rest.split(';').next().unwrap_or_default().trim().trim_matches('"').to_owned())
}

fn parts(lines: &[&str], boundary: &str) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut in_head = false;
    let mut content: Vec<&str> = Vec::new();
    let line_of = format!("--{boundary}");
    let mut open: Option<Part> = None;
    for line in lines.iter().chain([&line_of.as_str()]) {
        if line.starts_with(&line_of) {
            if let Some(mut part) = open.take() {
                let text = content.join("\n");
                match file(&text) {
                    Some(path) => (part.content, part.is_file) = (with_braces(path), true),
                    None => part.content = with_braces(text.trim_end_matches('\n')),
                }
                parts.push(part);
            }
            content.clear();
            in_head = true;
            open = (!line.ends_with("--")).then(Part::default);
        } else if in_head && line.trim().is_empty() {
            in_head = false;
        } else if in_head {
            let Some(part) = &mut open else { continue };
            let (name, value) = line.split_once(':').unwrap_or_default();
            if name.eq_ignore_ascii_case("Content-Disposition") {
                part.name = parameter(value, "name").unwrap_or_default();
                part.file_name = parameter(value, "filename");
            } else if name.eq_ignore_ascii_case("Content-Type") {
                part.content_type = Some(value.trim().to_owned());
            }
        } else {
            content.push(line);
        }
    }
    parts
}

fn parameter(value: &str, name: &str) -> Option<String> {
    value.split(';').map(str::trim).find_map(|part| {
        let (own, value) = part.split_once('=')?;
        (own.trim() == name).then(|| with_braces(value.trim().trim_matches('"')))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::call::variable;

    const FILE: &str = "\
@host = api.example.com
@token = abc

### List the users
GET https://{{host}}/users
    ?page=1
    &size=2 HTTP/1.1
Accept: application/json
Authorization: Bearer {{token}}

###
# @name create
// A new one.
< {% request.variables.set(\"x\", 1) %}
POST https://{{host}}/users
Content-Type: application/json

{\"name\": \"{{name}}\", \"n\": {{count}}}

> {%
 client.test()
%}

### upload
POST https://h/upload
Content-Type: multipart/form-data; boundary=XX

--XX
Content-Disposition: form-data; name=\"a\"

text
--XX
Content-Disposition: form-data; name=\"f\"; filename=\"x.png\"
Content-Type: image/png

< ./x.png
--XX--

###
https://h/plain
Authorization: Basic me pass
";

    #[test]
    fn both_dialects_are_read() {
        let (calls, problems) = calls(FILE, &mut |path| Err(format!("no {path}")));
        assert!(problems.is_empty(), "{problems:?}");
        let [list, create, upload, plain] = &calls[..] else { panic!("{calls:#?}") };
        assert_eq!(list.url, format!("https://{}/users?page=1&size=2", variable("host")));
        assert_eq!((list.title.as_deref(), list.header("Accept")), (Some("List the users"), Some("application/json")));
        assert_eq!(
            list.values,
            [("host".to_owned(), "api.example.com".to_owned()), ("token".to_owned(), "abc".to_owned())]
        );
        assert_eq!((create.title.as_deref(), create.description.as_deref()), (Some("create"), Some("A new one.")));
        assert_eq!(create.losses.len(), 2, "{:?}", create.losses);
        assert_eq!(
            create.body,
            Body::Text(format!("{{\"name\": \"{}\", \"n\": {}}}", variable("name"), variable("count")))
        );
        let Body::Parts(parts) = &upload.body else { panic!("{upload:?}") };
        assert_eq!(
            (parts.len(), parts[0].content.as_str(), parts[1].content.as_str(), parts[1].is_file),
            (2, "text", "./x.png", true)
        );
        assert_eq!(
            (plain.method.as_str(), plain.auth.clone()),
            ("GET", Some(CallAuth::Basic("me".into(), "pass".into())))
        );
    }

    #[test]
    fn a_request_begins_with_its_method_in_any_case_or_its_url() {
        let check = |line: &str, method: &str, url: &str| {
            assert_eq!(request_line(line), (method, url.to_owned()), "{line}");
        };
        check("GET https://a.example.com/x HTTP/1.1", "GET", "https://a.example.com/x");
        check("patch https://a.example.com/x", "PATCH", "https://a.example.com/x");
        check("https://a.example.com/x y", "GET", "https://a.example.com/x y");
        check("https://a.example.com HTTP/2", "GET", "https://a.example.com");
    }
}
