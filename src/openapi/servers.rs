//! Where an API is.

use super::trail::Place;
use super::{Importer, Version};
use crate::diagnostic::codes;
use serde_json::Value;

impl Importer<'_> {
    /// The base URLs of the document.
    pub(super) fn servers(&mut self) -> Vec<String> {
        if let Some(server) = &self.options.server {
            return vec![server.clone()];
        }
        let found = match self.version {
            Version::V2 => of_host(self.root()),
            Version::V3_0 | Version::V3_1 => of_list(self.root().get("servers")),
        };
        let absolute: Vec<String> = found.iter().filter(|url| url.contains("://")).cloned().collect();
        if !absolute.is_empty() {
            return absolute;
        }
        let path = found.first().map(|path| format!("/{}", path.trim_matches('/'))).unwrap_or_default();
        let server =
            format!("https://{}.example.com{}", self.provider.name.replace('_', "-"), path.trim_end_matches('/'));
        let message = format!("the source names no server: `{server}` stands for it");
        self.flaws.add(codes::E0803, Place::default(), message, "name the server with --server URL");
        vec![server]
    }

    /// The base URLs of a path or an operation, when it names its own: absolute ones only.
    pub(super) fn own_servers(&self, value: Option<&Value>) -> Vec<String> {
        if self.options.server.is_some() {
            return Vec::new();
        }
        let found = of_list(value).into_iter().filter(|url| url.contains("://")).collect::<Vec<_>>();
        if found == self.provider.servers { Vec::new() } else { found }
    }
}

/// `schemes`, `host` and `basePath` of a Swagger document.
pub(super) fn of_host(root: &Value) -> Vec<String> {
    let text = |key: &str| root.get(key).and_then(Value::as_str).map(str::trim).unwrap_or_default();
    let schemes = root.get("schemes").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let schemes: Vec<&str> = schemes.filter(|scheme| matches!(*scheme, "https" | "http")).collect();
    let scheme = if schemes.contains(&"https") || schemes.is_empty() { "https" } else { "http" };
    let base = text("basePath").trim_end_matches('/');
    let base = if base.is_empty() || base.starts_with('/') { base.to_owned() } else { format!("/{base}") };
    match text("host").trim_start_matches("https://").trim_start_matches("http://").trim_end_matches('/') {
        "" => vec![base],
        host => vec![format!("{scheme}://{host}{base}")],
    }
}

/// The URLs of a list of servers, their variables filled in.
pub(super) fn of_list(servers: Option<&Value>) -> Vec<String> {
    let mut urls: Vec<String> = Vec::new();
    for server in servers.and_then(Value::as_array).into_iter().flatten() {
        let Some(url) = server.get("url").and_then(Value::as_str) else { continue };
        let mut url = url.trim().to_owned();
        for (name, variable) in server.get("variables").and_then(Value::as_object).into_iter().flatten() {
            let first = variable.get("enum").and_then(|values| values.get(0));
            let value = variable.get("default").or(first);
            let text =
                value.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned)).unwrap_or_default();
            url = url.replace(&format!("{{{name}}}"), &text);
        }
        let url =
            url.replace(['{', '}'], "").split(['?', '#']).next().unwrap_or_default().trim_end_matches('/').to_owned();
        if !urls.contains(&url) {
            urls.push(url);
        }
    }
    urls
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn servers_are_base_urls() {
        let check = |root: Value, expected: &[&str]| {
            let found = if root.get("servers").is_some() { of_list(root.get("servers")) } else { of_host(&root) };
            assert_eq!(found, expected, "{root}");
        };
        check(json!({"host": "a.com", "basePath": "/v1/", "schemes": ["http", "https"]}), &["https://a.com/v1"]);
        check(json!({"host": "a.com:8080", "schemes": ["http"]}), &["http://a.com:8080"]);
        check(
            json!({"servers": [{"url": "https://{region}.a.com/{v}/", "variables": {"region": {"default": "eu"}, "v": {"enum": [2]}}}]}),
            &["https://eu.a.com/2"],
        );
        check(json!({"servers": [{"url": "/api"}, {"nothing": 1}]}), &["/api"]);
    }
}
