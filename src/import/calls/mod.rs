//! From calls to task definitions: what differs from call to call becomes a parameter, what is secret a reference.

mod body;
mod credential;
mod url;
mod value;

use super::call::{Body, Call, Piece, has_variable, pieces};
use super::{Options, secrets};
use crate::diagnostic::{Diagnostic, codes};
use crate::draft::{Draft, Names, OperationDraft, ProviderDraft, slug};
use crate::source::{SourceFile, Span};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};
use url::{host, is_id, provider_name, split_origin};
use value::schema_of;

const METHODS: &[&str] = &["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"];
/// Fields that Legwork writes by itself.
const OWN_FIELDS: &[&str] = &["content-length", "connection", "transfer-encoding", "accept-encoding", "host"];

/// The draft of some calls; `title` is what the source calls itself.
pub(super) fn draft(
    calls: Vec<Call>,
    title: Option<&str>,
    problems: Vec<String>,
    options: &Options,
    file: &SourceFile,
) -> Draft {
    let host = calls.iter().find_map(|call| host(&resolved(&call.url, call))).unwrap_or_default();
    let name = options.name.clone().unwrap_or_else(|| title.map_or_else(|| provider_name(&host), slug));
    let mut draft = Draft { found: calls.len() + problems.len(), ..Draft::default() };
    draft.provider = ProviderDraft { name, title: title.map(str::to_owned), ..ProviderDraft::default() };
    let refused = |problem: String| Diagnostic::new(codes::E0802, problem).help("the others are imported");
    draft.diagnostics.extend(problems.into_iter().map(refused));
    let mut names = Names::default();
    for call in calls {
        let place = call.place.clone();
        let mut maker = Maker {
            draft: &mut draft,
            operation: OperationDraft::default(),
            names: Names::default(),
            told: Vec::new(),
        };
        let made = maker.make(call, options);
        let Maker { operation, told, .. } = maker;
        let shown = |diagnostic: Diagnostic| {
            let span = Span::new(place.start, place.end);
            if place.is_empty() { diagnostic } else { diagnostic.label(file, span, "") }
        };
        draft.diagnostics.extend(told.into_iter().map(shown));
        match made {
            Ok(()) => draft.operations.push(named(operation, &mut names)),
            Err(problem) => draft.diagnostics.push(shown(refused(problem))),
        }
    }
    draft
}

/// The operation under a name that no other one has.
fn named(mut operation: OperationDraft, names: &mut Names) -> OperationDraft {
    let whole = names.take(&format!("{}.{}", operation.resource, operation.verb));
    operation.verb = whole.split_once('.').map(|(_, verb)| verb.to_owned()).unwrap_or_default();
    operation
}

/// Makes one operation.
struct Maker<'d> {
    draft: &'d mut Draft,
    operation: OperationDraft,
    /// Parameters that are taken.
    names: Names,
    told: Vec<Diagnostic>,
}

impl Maker<'_> {
    fn make(&mut self, mut call: Call, options: &Options) -> Result<(), String> {
        for loss in std::mem::take(&mut call.losses) {
            self.told.push(Diagnostic::new(codes::E0803, loss));
        }
        let method = call.method.to_ascii_uppercase();
        if !METHODS.contains(&method.as_str()) {
            return Err(format!("`{}` is a method that cannot be sent", call.method));
        }
        self.operation.method = method;
        self.operation.title.clone_from(&call.title);
        self.operation.description.clone_from(&call.description);
        let mut example = Map::new();
        self.url(&call, options, &mut example)?;
        self.names_of(&call);
        self.authorization(&mut call);
        self.fields(&call, &mut example);
        self.body(&call, &mut example)?;
        for (name, value) in &call.options {
            self.operation.options.insert((*name).to_owned(), value.clone());
        }
        if let Some((status, body)) = call.answer {
            self.operation.accepted = if (200..300).contains(&status) { vec![status] } else { Vec::new() };
            self.operation.answer = (200..300).contains(&status).then(|| schema_of(&body, 0));
        }
        if !example.is_empty() {
            self.operation.examples.push(("as it was imported".to_owned(), example));
        }
        Ok(())
    }

    fn names_of(&mut self, call: &Call) {
        let path = call.url.split(['?', '#']).next().unwrap_or_default();
        let path = path.split_once("://").map_or(path, |(_, rest)| rest.split_once('/').map_or("", |(_, path)| path));
        let last = path.rsplit('/').find(|segment| !segment.is_empty() && !is_id(segment) && !has_variable(segment));
        let ends_with_id =
            path.rsplit('/').find(|segment| !segment.is_empty()).is_some_and(|end| is_id(end) || has_variable(end));
        let resource = call.folder.as_deref().or(last).unwrap_or("root");
        self.operation.resource = slug(resource);
        self.operation.verb = match (&call.title, self.operation.method.as_str()) {
            (Some(title), _) => slug(title),
            (None, "GET") if ends_with_id => "get".to_owned(),
            (None, "GET") => "list".to_owned(),
            (None, "POST") => "create".to_owned(),
            (None, "PUT") => "replace".to_owned(),
            (None, "PATCH") => "update".to_owned(),
            (None, other) => other.to_ascii_lowercase(),
        };
    }

    /// Server, path and query.
    fn url(&mut self, call: &Call, options: &Options, example: &mut Map<String, Value>) -> Result<(), String> {
        let (origin, rest) = split_origin(&call.url).ok_or_else(|| format!("`{}` is no URL", plain(&call.url)))?;
        let server = options.server.clone().unwrap_or_else(|| resolved(&origin, call));
        let server = server.trim_end_matches('/').to_owned();
        if has_variable(&server) {
            // A base that is not known has to be given with each call.
            let base = self.template(&origin, "server_url", call, example);
            self.operation.uri = base;
        } else {
            let servers = &mut self.draft.provider.servers;
            if servers.is_empty() {
                servers.push(server.clone());
            }
            if servers.first() != Some(&server) {
                self.operation.servers = vec![server];
            }
            "{{server}}".clone_into(&mut self.operation.uri);
        }
        let (path, query) = rest.split_once('?').map_or((rest.as_str(), None), |(path, query)| (path, Some(query)));
        let path: Vec<String> = path.split('/').map(|segment| self.template(segment, "path", call, example)).collect();
        self.operation.uri.push_str(&path.join("/"));
        if let Some(query) = query {
            self.query(query, call, example);
        }
        let uri = self.operation.uri.clone();
        self.require(&uri);
        Ok(())
    }

    /// The parameters of a text that means nothing without them.
    fn require(&mut self, text: &str) {
        for name in tags(text) {
            if name != "server" && !self.operation.required.contains(&name) {
                self.operation.required.push(name);
            }
        }
    }

    /// The query: parameters where they come out the same again, else as it is.
    fn query(&mut self, query: &str, call: &Call, example: &mut Map<String, Value>) {
        let pairs: Vec<(&str, Option<&str>)> = query
            .split('&')
            .map(|pair| pair.split_once('=').map_or((pair, None), |(name, value)| (name, Some(value))))
            .collect();
        let same = |text: &str| has_variable(text) || encoded(&decoded(text)) == text;
        let unique = |name: &str| pairs.iter().filter(|(other, _)| *other == name).count() == 1;
        let fit = pairs
            .iter()
            .all(|(name, value)| unique(name) && !has_variable(name) && same(name) && value.is_some_and(same));
        if !fit {
            let query = self.template(query, "query", call, example);
            self.operation.uri.push('?');
            self.operation.uri.push_str(&query);
            return;
        }
        for (name, value) in pairs {
            let (name, value) = (decoded(name), decoded(value.unwrap_or_default()));
            let shown = if secrets::is_secret_name(&name) && !has_variable(&value) {
                self.secret(&name, &value, &format!("the query parameter `{name}`"))
            } else {
                self.leaf(&name, &json!(value), call, example)
            };
            self.operation.query.insert(name, shown);
        }
    }

    fn fields(&mut self, call: &Call, example: &mut Map<String, Value>) {
        let is_parts = matches!(call.body, Body::Parts(_));
        for (name, value) in &call.headers {
            let is = |other: &str| name.eq_ignore_ascii_case(other);
            if OWN_FIELDS
                .iter()
                .any(|own| is(own) && (*own != "host" || host(&call.url).is_some_and(|host| host == *value)))
                || (is("Content-Type") && is_parts)
            {
                continue;
            }
            let shown = if secrets::is_secret_field(name) && !has_variable(value) {
                self.secret(name, value, &format!("the field `{name}`"))
            } else {
                Value::String(self.template(value, name, call, example))
            };
            match self.operation.headers.get_mut(name) {
                Some(Value::Array(values)) => values.push(shown),
                Some(first) => *first = json!([first.clone(), shown]),
                None => drop(self.operation.headers.insert(name.clone(), shown)),
            }
        }
        if is_parts {
            self.operation.options.insert("contentType".to_owned(), json!("multipart/form-data"));
        }
    }

    /// A value as a parameter of its own; one that holds variables is a template of them.
    fn leaf(&mut self, name: &str, value: &Value, call: &Call, example: &mut Map<String, Value>) -> Value {
        match value {
            Value::String(text) if has_variable(text) => Value::String(self.template(text, name, call, example)),
            value => {
                let parameter = self.names.take(&slug(name));
                self.operation.parameters.insert(parameter.clone(), schema_of(value, 0));
                example.insert(parameter.clone(), value.clone());
                Value::String(format!("{{{{{parameter}}}}}"))
            }
        }
    }

    /// A text with its variables as tags or secrets. What would be read as a tag or an expression becomes a parameter.
    fn template(&mut self, text: &str, name: &str, call: &Call, example: &mut Map<String, Value>) -> String {
        let mut out = String::new();
        let mut pieces = pieces(text).into_iter().peekable();
        while let Some(piece) = pieces.next() {
            // `{` and `$` before a tag would be read together with it.
            let is_before_tag = matches!(pieces.peek(), Some(Piece::Variable(_)));
            match piece {
                Piece::Text(text)
                    if text.contains("{{") || text.contains("${") || (is_before_tag && text.ends_with(['{', '$'])) =>
                {
                    if let Value::String(tag) = self.leaf(name, &json!(text), call, example) {
                        out.push_str(&tag);
                    }
                }
                Piece::Text(text) => out.push_str(text),
                Piece::Variable(name) => out.push_str(&self.variable(name, call, example)),
            }
        }
        out
    }

    /// A variable of the source: a secret by its name, else a parameter.
    fn variable(&mut self, name: &str, call: &Call, example: &mut Map<String, Value>) -> String {
        if let Some(secret) = name.strip_prefix("CONDUCTOR_SECRET_") {
            return reference(secret);
        }
        let known = call.values.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
        if secrets::is_secret_name(name) {
            let secret = format!("{}_{}", self.draft.provider.name, slug(name));
            if known.is_some_and(|value| !value.is_empty()) {
                self.tell_secret(&secret, &format!("the variable `{name}`"));
            }
            return reference(&secret);
        }
        let parameter = slug(name);
        if !self.operation.parameters.contains_key(&parameter) {
            self.names.take(&parameter);
            self.operation.parameters.insert(parameter.clone(), json!({"type": ["string", "number", "boolean"]}));
            example.extend(known.map(|value| (parameter.clone(), json!(value))));
        }
        format!("{{{{{parameter}}}}}")
    }

    /// A secret that stands in the source, as a reference.
    fn secret(&mut self, name: &str, value: &str, place: &str) -> Value {
        if value.is_empty() {
            return json!("");
        }
        let secret = format!("{}_{}", self.draft.provider.name, slug(name));
        self.tell_secret(&secret, place);
        Value::String(reference(&secret))
    }

    fn tell_secret(&mut self, secret: &str, place: &str) {
        let message = format!("{place} holds a secret: it is the reference `{secret}` now");
        let help = format!("set CONDUCTOR_SECRET_{secret} to its value, and take it out of the source");
        self.told.push(Diagnostic::new(codes::E0803, message).help(help));
    }
}

/// The text with variables whose value is known replaced.
fn resolved(text: &str, call: &Call) -> String {
    pieces(text)
        .into_iter()
        .map(|piece| match piece {
            Piece::Text(text) => text.to_owned(),
            Piece::Variable(name) => {
                let known = call.values.iter().find(|(known, value)| known == name && !value.is_empty());
                known.map_or_else(|| super::call::variable(name), |(_, value)| value.clone())
            }
        })
        .collect()
}

fn reference(secret: &str) -> String {
    format!("${{workflow.secrets.{secret}}}")
}

/// The names of the tags of a template.
fn tags(template: &str) -> Vec<String> {
    let tags = template.split("{{").skip(1).filter_map(|rest| rest.split_once("}}"));
    tags.map(|(name, _)| name.to_owned()).collect()
}

/// A text for eyes: variables by their names.
fn plain(text: &str) -> String {
    let shown = |piece: Piece<'_>| match piece {
        Piece::Text(text) => text.to_owned(),
        Piece::Variable(name) => format!("{{{{{name}}}}}"),
    };
    pieces(text).into_iter().map(shown).collect()
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// As a query parameter is written.
fn encoded(text: &str) -> String {
    let mut out = String::new();
    crate::resolve::Encoding::UriComponent.write(text, &mut out);
    out
}
