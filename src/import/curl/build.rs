//! From the arguments of a transfer to its calls.

use super::options::Given;
use super::{Input, ReadText, form};
use crate::import::call::{Body, Call, CallAuth, Part};
use serde_json::json;

/// The calls of a transfer, one for each URL; or why there are none.
pub(super) fn calls(given: &Given, input: &Input, read: &mut ReadText<'_>) -> Result<Vec<Call>, String> {
    let mut call = Call::default();
    fields(given, &mut call);
    let data = Data::of(given, input, read, &mut call)?;
    let query = query(given, &data, read)?;
    let has_data = data.is_given && !given.has("get");
    body(given, data, input, read, &mut call)?;
    method(given, has_data, &mut call);
    credentials(given, &mut call);
    limits(given, &mut call);
    let told = given.options.iter().filter(|(name, _)| name.is_empty()).filter_map(|(_, loss)| loss.clone());
    call.losses.extend(told);
    if given.has("insecure") {
        call.losses.push("`-k`: certificates are always judged; trust your own authority with --ca".to_owned());
    }
    given.urls.iter().map(|url| of_url(url, &query, given, call.clone())).collect()
}

fn of_url(url: &str, query: &[String], given: &Given, mut call: Call) -> Result<Call, String> {
    let url = url.trim();
    let url = url.split('#').next().unwrap_or_default();
    let scheme = url.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
    let mut url = match scheme.as_deref() {
        Some("http" | "https") => url.to_owned(),
        Some(other) => return Err(format!("`{other}://` is no HTTP")),
        None if url.starts_with('\u{f8f0}') => url.to_owned(),
        None => format!("http://{url}"),
    };
    if let Some((user, rest)) = userinfo(&url) {
        let (name, password) = user.split_once(':').unwrap_or((&user, ""));
        call.auth.get_or_insert_with(|| CallAuth::Basic(decoded(name), decoded(password)));
        url = rest;
    }
    if !given.has("path-as-is") {
        url = without_dots(&url);
    }
    if !given.has("globoff") && url.contains(['{', '[']) {
        call.losses.push("curl may make several URLs of `{a,b}` and `[1-3]`: they stay as they are written".to_owned());
    }
    if let Some(path) = given.last("upload-file").filter(|_| url.ends_with('/')) {
        url.push_str(path.rsplit('/').next().unwrap_or_default());
    }
    for part in query {
        url.push(if url.contains('?') { '&' } else { '?' });
        url.push_str(part);
    }
    call.url = url;
    Ok(call)
}

/// User information, and the URL without it.
fn userinfo(url: &str) -> Option<(String, String)> {
    let (scheme, rest) = url.split_once("://")?;
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let (user, host) = authority.rsplit_once('@')?;
    Some((user.to_owned(), format!("{scheme}://{host}{path}")))
}

fn decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// RFC 3986, section 5.2.4, for the path of a URL.
fn without_dots(url: &str) -> String {
    let (start, query) = url.split_once('?').map_or((url, None), |(start, query)| (start, Some(query)));
    let after_scheme = start.find("://").map_or(0, |at| at + 3);
    let Some(path_at) = start.get(after_scheme..).and_then(|rest| rest.find('/')).map(|at| at + after_scheme) else {
        return url.to_owned();
    };
    let (origin, path) = start.split_at(path_at);
    if !path.split('/').any(|segment| matches!(segment, "." | "..")) {
        return url.to_owned();
    }
    let mut kept: Vec<&str> = Vec::new();
    let mut segments = path.split('/').skip(1).peekable();
    while let Some(segment) = segments.next() {
        let is_last = segments.peek().is_none();
        match segment {
            "." => {}
            ".." => drop(kept.pop()),
            other => {
                kept.push(other);
                continue;
            }
        }
        if is_last {
            kept.push("");
        }
    }
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    format!("{origin}/{}{query}", kept.join("/"))
}

/// The fields that the command gives; `Name:` takes one of curl's own away.
fn fields(given: &Given, call: &mut Call) {
    for field in given.all("header") {
        if field.starts_with('@') {
            call.losses.push(format!("the fields in the file `{field}` are left out"));
            continue;
        }
        match (field.split_once(':'), field.strip_suffix(';')) {
            (Some((name, value)), _) if !value.trim().is_empty() => {
                call.headers.push((name.trim().to_owned(), value.trim().to_owned()));
            }
            (None, Some(name)) => call.headers.push((name.trim().to_owned(), String::new())),
            _ => {}
        }
    }
    if let Some(agent) = given.last("user-agent").filter(|agent| !agent.is_empty()) {
        call.default_header("User-Agent", agent);
    }
    if let Some(referer) = given.last("referer") {
        let referer = referer.split(';').next().unwrap_or_default();
        if !referer.is_empty() {
            call.default_header("Referer", referer);
        }
    }
    let cookies: Vec<&str> = given.all("cookie").filter(|cookie| cookie.contains('=')).collect();
    if given.all("cookie").any(|cookie| !cookie.contains('=') && !cookie.is_empty()) {
        call.losses.push("a file of cookies is not read".to_owned());
    }
    if !cookies.is_empty() {
        call.default_header("Cookie", &cookies.join("; "));
    }
    if let Some(range) = given.last("range") {
        call.default_header("Range", &format!("bytes={range}"));
    }
}

/// What `-d` and its like give.
#[derive(Default)]
struct Data {
    text: String,
    is_given: bool,
    is_json: bool,
    /// A file alone, that is sent as it is.
    file: Option<String>,
    packed: bool,
}

impl Data {
    fn of(given: &Given, input: &Input, read: &mut ReadText<'_>, call: &mut Call) -> Result<Self, String> {
        let mut data = Self::default();
        let mut count = 0;
        for (name, value) in &given.options {
            let (name, Some(value)) = (*name, value) else { continue };
            if !["data", "data-raw", "data-binary", "data-urlencode", "json"].contains(&name) {
                continue;
            }
            if data.is_given && name != "json" {
                data.text.push('&');
            }
            data.is_given = true;
            data.is_json |= name == "json";
            count += 1;
            let file = value.strip_prefix('@').filter(|_| matches!(name, "data" | "data-binary" | "json"));
            match (name, file) {
                (_, Some("-")) => data.input(input, name == "data", read)?,
                ("data-binary", Some(path)) => match read(path) {
                    Ok(text) => {
                        data.text.push_str(&text);
                        data.file = Some(path.to_owned());
                    }
                    Err(_) => data.file = Some(path.to_owned()),
                },
                (_, Some(path)) => {
                    let text = read(path)?;
                    data.text.push_str(&if name == "data" { text.replace(['\r', '\n', '\0'], "") } else { text });
                }
                ("data-urlencode", None) => data.text.push_str(&urlencoded(value, read)?),
                _ => data.text.push_str(value),
            }
        }
        if count > 1 {
            data.file = None;
        }
        if data.is_json {
            call.default_header("Content-Type", "application/json");
            call.default_header("Accept", "application/json");
        }
        Ok(data)
    }

    fn input(&mut self, input: &Input, is_stripped: bool, read: &mut ReadText<'_>) -> Result<(), String> {
        let text = match input {
            Input::Nothing => return Err("what it reads from its standard input is not known".to_owned()),
            Input::Text(text) => text.clone(),
            Input::Packed(text) => {
                self.packed = true;
                text.clone()
            }
            Input::File(path, packed) => {
                self.packed = *packed;
                if !is_stripped {
                    self.file = Some(path.clone());
                }
                match read(path) {
                    Ok(text) => text,
                    Err(_) if !is_stripped => return Ok(()),
                    Err(problem) => return Err(problem),
                }
            }
        };
        self.text.push_str(&if is_stripped { text.replace(['\r', '\n', '\0'], "") } else { text });
        Ok(())
    }
}

/// `content`, `=content`, `name=content`, `@file`, `name@file`.
fn urlencoded(value: &str, read: &mut ReadText<'_>) -> Result<String, String> {
    let (name, content) = match value.find(['=', '@']) {
        Some(at) if value.get(at..).is_some_and(|rest| rest.starts_with('=')) => {
            (value.get(..at).unwrap_or_default(), value.get(at + 1..).unwrap_or_default().to_owned())
        }
        Some(at) => (value.get(..at).unwrap_or_default(), read(value.get(at + 1..).unwrap_or_default())?),
        None => ("", value.to_owned()),
    };
    let encoded = encoded(&content);
    Ok(if name.is_empty() { encoded } else { format!("{name}={encoded}") })
}

/// As curl encodes: all but unreserved characters, a space as a plus; variables stay what they are.
fn encoded(text: &str) -> String {
    use crate::import::call::{Piece, pieces, variable};
    const UNRESERVED: &percent_encoding::AsciiSet =
        &percent_encoding::NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
    let shown = |piece: Piece<'_>| match piece {
        Piece::Text(text) => percent_encoding::utf8_percent_encode(text, UNRESERVED).to_string().replace("%20", "+"),
        Piece::Variable(name) => variable(name),
    };
    pieces(text).into_iter().map(shown).collect()
}

/// What goes behind the URL.
fn query(given: &Given, data: &Data, read: &mut ReadText<'_>) -> Result<Vec<String>, String> {
    let mut query = Vec::new();
    for part in given.all("url-query") {
        query.push(match part.strip_prefix('+') {
            Some(raw) => raw.to_owned(),
            None => urlencoded(part, read)?,
        });
    }
    if given.has("get") && data.is_given && !data.text.is_empty() {
        query.push(data.text.clone());
    }
    Ok(query)
}

fn body(given: &Given, data: Data, input: &Input, read: &mut ReadText<'_>, call: &mut Call) -> Result<(), String> {
    let parts: Vec<(&str, bool)> = given
        .options
        .iter()
        .filter(|(name, _)| matches!(*name, "form" | "form-string"))
        .filter_map(|(name, value)| Some((value.as_deref()?, *name == "form-string")))
        .collect();
    if !parts.is_empty() {
        let parts: Result<Vec<Part>, String> =
            parts.into_iter().map(|(text, literal)| form::part(text, literal, read)).collect();
        call.body = Body::Parts(parts?);
        call.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("Content-Type"));
        return Ok(());
    }
    if let Some(path) = given.last("upload-file") {
        call.body = match (path, input) {
            ("-" | ".", Input::Text(text)) => Body::Text(text.clone()),
            ("-" | ".", Input::File(path, _)) => Body::File(path.clone()),
            ("-" | ".", _) => return Err("what it uploads from its standard input is not known".to_owned()),
            (path, _) => Body::File(path.to_owned()),
        };
        return Ok(());
    }
    if !data.is_given || given.has("get") {
        return Ok(());
    }
    if data.packed {
        call.options.push(("contentEncoding", json!("gzip")));
        call.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("Content-Encoding"));
    }
    let had_type = call.header("Content-Type").is_some();
    call.default_header("Content-Type", "application/x-www-form-urlencoded");
    let is_form = call
        .header("Content-Type")
        .is_some_and(|kind| kind.to_ascii_lowercase().starts_with("application/x-www-form-urlencoded"));
    let is_json = call.header("Content-Type").is_some_and(crate::http::is_json);
    call.body = match data.file {
        Some(path) if had_type && !is_form && !is_json => Body::File(path),
        Some(path) if data.text.is_empty() => return Err(format!("the file `{path}` cannot be read")),
        _ => Body::Text(data.text),
    };
    Ok(())
}

fn method(given: &Given, has_data: bool, call: &mut Call) {
    let usual = match &call.body {
        _ if given.has("head") => "HEAD",
        Body::Parts(_) => "POST",
        _ if given.has("upload-file") => "PUT",
        _ if has_data => "POST",
        _ => "GET",
    };
    given.last("request").unwrap_or(usual).clone_into(&mut call.method);
    call.default_header("Accept", "*/*");
}

fn credentials(given: &Given, call: &mut Call) {
    let pair = given.last("user").map(|user| user.split_once(':').unwrap_or((user, "")));
    if let Some(named) = ["digest", "ntlm", "negotiate"].into_iter().find(|name| given.has(name)) {
        call.losses.push(format!("`--{named}` is a way to authorize that is not there: basic is used"));
    }
    if let Some(scope) = given.last("aws-sigv4") {
        // provider1[:provider2[:region[:service]]]
        let mut parts = scope.split(':').skip(2);
        let host = given.urls.first().map(String::as_str).unwrap_or_default();
        let labels: Vec<&str> = host
            .split("://")
            .last()
            .unwrap_or_default()
            .split(['/', ':'])
            .next()
            .unwrap_or_default()
            .split('.')
            .collect();
        let region = parts.next().or(labels.get(1).copied()).unwrap_or("us-east-1").to_owned();
        let service = parts.next().or(labels.first().copied()).unwrap_or("execute-api").to_owned();
        let (id, key) = pair.unwrap_or_default();
        let token = call.header("X-Amz-Security-Token").unwrap_or_default().to_owned();
        call.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("X-Amz-Security-Token"));
        call.auth = Some(CallAuth::Aws([id.to_owned(), key.to_owned(), token, region, service]));
    } else if let Some(token) = given.last("oauth2-bearer") {
        call.auth = Some(CallAuth::Bearer(token.to_owned()));
    } else if let Some((name, password)) = pair {
        call.auth = Some(CallAuth::Basic(name.to_owned(), password.to_owned()));
    }
    if given.has("netrc") {
        call.losses.push("`--netrc`: name the credential in legwork.toml".to_owned());
    }
}

fn limits(given: &Given, call: &mut Call) {
    for (name, option) in [("connect-timeout", "connectionTimeOut"), ("max-time", "readTimeOut")] {
        if let Some(seconds) = given.last(name).and_then(|text| text.parse::<f64>().ok()) {
            let milliseconds = (seconds * 1000.0).round();
            if (1.0..1e12).contains(&milliseconds) {
                #[expect(clippy::cast_possible_truncation, reason = "the range was looked at")]
                call.options.push((option, json!(milliseconds as i64)));
            }
        }
    }
}
