//! What a URL tells.

use crate::draft::slug;
use crate::import::call::has_variable;

/// Scheme, host and port; and what follows.
pub(super) fn split_origin(url: &str) -> Option<(String, String)> {
    if let Some((scheme, rest)) = url.split_once("://") {
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (host, path) = rest.split_at(end);
        return (!host.is_empty()).then(|| (format!("{scheme}://{host}"), path.to_owned()));
    }
    let end = url.find(['/', '?']).unwrap_or(url.len());
    let (base, path) = url.split_at(end);
    has_variable(base).then(|| (base.to_owned(), path.to_owned()))
}

pub(super) fn host(url: &str) -> Option<String> {
    let (origin, _) = split_origin(url)?;
    let host = origin.split_once("://").map_or(origin.as_str(), |(_, host)| host);
    Some(host.to_owned()).filter(|host| !has_variable(host))
}

/// `api.zoom.us` is `zoom`, `127.0.0.1:8080` is `n127_0_0_1`.
pub(super) fn provider_name(host: &str) -> String {
    let name = host.split(':').next().unwrap_or_default();
    if name.is_empty() {
        return "api".to_owned();
    }
    let labels: Vec<&str> = name.split('.').filter(|label| !["www", "api", "app"].contains(label)).collect();
    if name.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') || labels.len() < 2 {
        return slug(labels.first().filter(|_| labels.len() == 1).unwrap_or(&name));
    }
    // `example.co.uk` has a short label before its last one.
    let index = labels.len() - 2;
    let is_short = labels.get(index).is_some_and(|label| label.len() <= 3) && index > 0;
    slug(labels.get(index - usize::from(is_short)).copied().unwrap_or(name))
}

/// Whether a segment looks like the id of something.
pub(super) fn is_id(segment: &str) -> bool {
    let is_version =
        segment.strip_prefix('v').is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'));
    (segment.bytes().any(|byte| byte.is_ascii_digit()) && !is_version) || segment.contains(['@', '%'])
}
