//! `paginate`: how the pages of an answer follow each other, as it is written beside the request.
//!
//! ```yaml
//! paginate:
//!   items: /users                                             # where a page holds its items
//!   token: {from: /next_page_token, to: next_page_token}      # or link: true, page: {to: page}, offset: {to: offset}
//!   maxPages: 10
//! ```

use super::error::{RequestError, refuse};
use super::fields::Fields;
use crate::diagnostic::codes;
use crate::http::paging::{By, Paging};
use serde_json::Value;
use std::sync::Arc;

/// The pages of a request; `None` when it has one answer only.
pub(super) fn read(fields: &Fields<'_>, method: &str) -> Result<Option<Arc<Paging>>, RequestError> {
    let known = ["items", "token", "link", "page", "offset", "maxPages"];
    let Some(paginate) = fields.object("paginate", &known)? else { return Ok(None) };
    if method != "GET" {
        let message = format!("a {method} has no pages");
        return Err(refuse(codes::E0707, &fields.pointer("paginate"), message, "take `paginate` out, or use GET"));
    }
    let by = by(&paginate, fields)?;
    let items = pointer(&paginate, "items")?.unwrap_or_default();
    let max_pages = paginate.count("maxPages", "a number of pages")?.filter(|pages| *pages > 0);
    Ok(Some(Arc::new(Paging { items, by, max_pages })))
}

/// The one way to the next page that is written.
fn by(paginate: &Fields<'_>, fields: &Fields<'_>) -> Result<By, RequestError> {
    let link = match paginate.get("link") {
        None | Some(Value::Bool(false)) => None,
        Some(Value::Bool(true)) => Some(By::Link),
        Some(other) => return Err(paginate.wrong_kind("link", "true or false", other)),
    };
    let token = paginate.object("token", &["from", "to"])?;
    let token = token.map(|token| {
        let from = pointer(&token, "from")?.filter(|from| !from.is_empty());
        let from = from.ok_or_else(|| missing(&token, "from", "where the body holds the token, `/next_page_token`"))?;
        Ok(By::Token { from, to: parameter(&token)? })
    });
    let page = paginate.object("page", &["to", "first"])?;
    let page = page.map(|page| {
        let first = page.count("first", "the number of the first page")?.unwrap_or(1);
        Ok(By::Page { to: parameter(&page)?, first })
    });
    let offset = paginate.object("offset", &["to"])?;
    let offset = offset.map(|offset| Ok(By::Offset { to: parameter(&offset)? }));
    let mut ways: Vec<By> =
        link.map(Ok).into_iter().chain(token).chain(page).chain(offset).collect::<Result<_, RequestError>>()?;
    if let (Some(by), true) = (ways.pop(), ways.is_empty()) {
        return Ok(by);
    }
    let message = "`paginate` has to say in one way where the next page is";
    let help = "write one of `token: {from: /next_page_token, to: page_token}`, `link: true`, `page: {to: page}`, `offset: {to: offset}`";
    Err(refuse(codes::E0707, &fields.pointer("paginate"), message, help))
}

/// The query parameter that asks for the next page.
fn parameter(way: &Fields<'_>) -> Result<Box<str>, RequestError> {
    let name = way.text("to")?.filter(|name| !name.is_empty());
    name.map(Into::into).ok_or_else(|| missing(way, "to", "the query parameter that asks for the next page"))
}

/// A JSON pointer: empty, or starting with a slash.
fn pointer(way: &Fields<'_>, name: &str) -> Result<Option<Box<str>>, RequestError> {
    let Some(text) = way.text(name)? else { return Ok(None) };
    if text.is_empty() || text.starts_with('/') {
        return Ok(Some(text.into()));
    }
    let message = format!("`{text}` is not a place in the body");
    Err(refuse(codes::E0707, &way.pointer(name), message, format!("write it with a slash before each name: `/{text}`")))
}

fn missing(way: &Fields<'_>, name: &str, what: &str) -> RequestError {
    let message = format!("`{name}` is missing");
    refuse(codes::E0707, &way.pointer(name), message, format!("write {what}"))
}
