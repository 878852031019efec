//! Answers that come in pages: where the next page is, and all items together.
//!
//! Every page is a call of its own; who sends it is the caller's business. A page that was asked for before ends the whole with a failure,
//! so a server that never ends cannot hold a run.

use super::classify::Kind;
use super::exchange::Exchange;
use super::request::HttpRequest;
use super::result::CallResult;
use super::target::Target;
use crate::resolve::TaskStatus;
use serde_json::{Value, json};

/// The most pages that are asked for unless `maxPages` says otherwise.
pub(super) const MAX_PAGES: u64 = 1000;

/// `paginate` of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paging {
    /// Where a page's body holds its items, a JSON pointer.
    pub(super) items: Box<str>,
    /// How the next page is found.
    pub(super) by: By,
    /// How many pages are wanted; `None` for all, at most [`MAX_PAGES`].
    pub(super) max_pages: Option<u64>,
}

/// How the next page is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum By {
    /// The body holds a token at the pointer, which goes into the query; an empty one or none ends it.
    Token { from: Box<str>, to: Box<str> },
    /// The answer's Link field, `rel="next"`.
    Link,
    /// The query holds a number of the page, the first of which is this; an empty page ends it.
    Page { to: Box<str>, first: u64 },
    /// The query holds how many items were seen; an empty page ends it.
    Offset { to: Box<str> },
}

/// What to do after a page.
#[derive(Debug)]
pub enum Step {
    /// To ask for this.
    Next(Box<HttpRequest>),
    /// All of it is here, or a page failed.
    Done(Box<CallResult>),
}

/// The pages so far.
#[derive(Debug)]
pub struct Pages<'r> {
    request: &'r HttpRequest,
    paging: &'r Paging,
    asked: Vec<Target>,
    items: Vec<Value>,
    exchange: Option<Box<Exchange>>,
}

/// Where the next page is.
enum Next {
    Query(Box<str>, String),
    At(Target),
}

impl<'r> Pages<'r> {
    /// Before the first page's answer; `None` when the request asks for one answer only.
    #[must_use]
    pub fn of(request: &'r HttpRequest) -> Option<Self> {
        let paging = request.paging()?;
        Some(Self { request, paging, asked: vec![request.target().clone()], items: Vec::new(), exchange: None })
    }

    /// Takes the outcome of a page.
    pub fn take(&mut self, mut result: CallResult) -> Step {
        if let Some(later) = result.exchange.take() {
            match &mut self.exchange {
                None => self.exchange = Some(later),
                Some(exchange) => exchange.append(*later),
            }
        }
        if !matches!(result.status, TaskStatus::Completed | TaskStatus::InProgress) {
            return self.done(result);
        }
        let taken = result.output.pointer_mut("/response/body").and_then(|body| body.pointer_mut(&self.paging.items));
        let Some(Value::Array(items)) = taken.map(Value::take) else {
            let what = format!("page {} has no list at `{}`", self.asked.len(), self.paging.items);
            return self.failed(result, &what);
        };
        let is_empty = items.is_empty();
        self.items.extend(items);
        let next = match self.next(&result.output, is_empty) {
            Ok(Some(next)) => next,
            Ok(None) => return self.all(result, false),
            Err(what) => return self.failed(result, &what),
        };
        let pages = self.asked.len() as u64;
        if self.paging.max_pages.is_some_and(|wanted| pages >= wanted) {
            return self.all(result, true);
        }
        if pages >= MAX_PAGES {
            return self
                .failed(result, &format!("there are more than {MAX_PAGES} pages; `maxPages` takes the first ones"));
        }
        let request = self.request.changed(|parts| match &next {
            Next::Query(name, value) => parts.target.set_parameter(name, value),
            Next::At(target) => parts.target = target.clone(),
        });
        if self.asked.contains(request.target()) {
            return self.failed(result, &format!("page {pages} leads to one that was asked for before"));
        }
        self.asked.push(request.target().clone());
        Step::Next(Box::new(request))
    }

    /// Where the next page is; `None` after the last one.
    fn next(&self, output: &Value, is_empty: bool) -> Result<Option<Next>, String> {
        let query = |to: &str, value: String| Ok(Some(Next::Query(to.into(), value)));
        match &self.paging.by {
            By::Token { from, to } => {
                let body = output.pointer("/response/body").unwrap_or(&Value::Null);
                match body.pointer(from) {
                    Some(Value::String(token)) if !token.is_empty() => query(to, token.clone()),
                    Some(Value::Number(token)) => query(to, token.to_string()),
                    _ => Ok(None),
                }
            }
            By::Page { to, first } if !is_empty => query(to, (first + self.asked.len() as u64).to_string()),
            By::Offset { to } if !is_empty => query(to, self.items.len().to_string()),
            By::Page { .. } | By::Offset { .. } => Ok(None),
            By::Link => match links(output).as_deref().and_then(next_link) {
                None => Ok(None),
                Some(link) => self.linked(link).map(Some),
            },
        }
    }

    /// A link leads on only within its origin: the credentials belong there.
    fn linked(&self, link: &str) -> Result<Next, String> {
        let last = self.asked.last().unwrap_or(self.request.target());
        let target = last.join(link).map_err(|err| format!("the link to the next page cannot be called: {err}"))?;
        if target.origin == last.origin {
            Ok(Next::At(target))
        } else {
            Err(format!("the link to the next page leads to another origin, {}", target.origin))
        }
    }

    fn all(&mut self, mut result: CallResult, more: bool) -> Step {
        let items = Value::Array(std::mem::take(&mut self.items));
        let place = result.output.pointer_mut("/response/body").and_then(|body| body.pointer_mut(&self.paging.items));
        if let Some(place) = place {
            *place = items;
        }
        if let Some(output) = result.output.as_object_mut() {
            output.insert("pages".into(), self.asked.len().into());
            output.insert("more".into(), more.into());
        }
        self.done(result)
    }

    fn failed(&mut self, result: CallResult, what: &str) -> Step {
        let reason = format!("{} {}: {what}", self.request.method(), self.request.shown_uri());
        let kind = Kind::Named("pagination".into());
        let output = json!({"error": what, "kind": kind.as_str()});
        self.done(CallResult { status: TaskStatus::Failed, output, reason: Some(reason), kind: Some(kind), ..result })
    }

    fn done(&mut self, mut result: CallResult) -> Step {
        result.exchange = self.exchange.take();
        Step::Done(Box::new(result))
    }
}

/// All Link fields of an answer.
fn links(output: &Value) -> Option<String> {
    let headers = output.pointer("/response/headers")?.as_object()?;
    let (_, values) = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("Link"))?;
    Some(values.as_array()?.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "))
}

/// The target of the link whose relation is `next` (RFC 8288).
fn next_link(field: &str) -> Option<&str> {
    let mut rest = field;
    loop {
        let (_, link) = rest.split_once('<')?;
        let (target, parameters) = link.split_once('>')?;
        // Up to the comma that begins the next link: one between quotes does not count.
        let mut quoted = false;
        let end = parameters.find(|ch: char| {
            quoted ^= ch == '"';
            ch == ',' && !quoted
        });
        let own = parameters.get(..end.unwrap_or(parameters.len())).unwrap_or_default();
        let is_next = own.split(';').filter_map(|parameter| parameter.split_once('=')).any(|(name, value)| {
            let relations = value.trim().trim_matches('"');
            name.trim().eq_ignore_ascii_case("rel")
                && relations.split_ascii_whitespace().any(|relation| relation.eq_ignore_ascii_case("next"))
        });
        if is_next {
            return Some(target.trim());
        }
        rest = parameters.get(end?..).unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(field: &str, expected: Option<&str>) {
        assert_eq!(next_link(field), expected, "{field}");
    }

    #[test]
    fn the_next_link_is_found_among_others() {
        check("<https://h/x?page=2>; rel=\"next\"", Some("https://h/x?page=2"));
        check("<a>; rel=prev, </b?x=1,2>; title=\"a, <c>; rel=next\"; REL=\"last Next\"", Some("/b?x=1,2"));
        check("<a>; rel=\"prev\"", None);
        check("rel=next", None);
        check("", None);
    }
}
