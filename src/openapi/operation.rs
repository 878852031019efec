//! One operation of a document as a task definition.

use super::parameter::{Collected, Parameter};
use super::path::Path;
use super::trail::{Place, Trail};
use super::{Importer, Version, names};
use crate::diagnostic::codes;
use crate::draft::{Names, OperationDraft};
use crate::source::Pointer;
use serde_json::{Map, Value};

const METHODS: &[&str] = &["get", "put", "post", "delete", "options", "head", "patch", "trace"];

impl Importer<'_> {
    /// Every operation that can be used, and how many there are.
    pub(super) fn operations(&mut self) -> (Vec<OperationDraft>, usize) {
        let base = Pointer::parse("/paths");
        let shared = self.files.paths_are_shared;
        let paths = self.files.all.first_mut().and_then(|file| file.value.get_mut("paths"));
        let paths = paths.map(|paths| if shared { paths.clone() } else { paths.take() });
        let Some(Value::Object(paths)) = paths else { return (Vec::new(), 0) };
        let mut operations = Vec::new();
        let mut taken = Names::default();
        let mut found = 0;
        for (path, item) in paths {
            if path.starts_with("x-") {
                continue;
            }
            let place = Place { file: 0, pointer: base.key(&path) };
            let (item, place) = match self.path_item(item, place) {
                Ok(item) => item,
                Err((place, why)) => {
                    found += 1;
                    self.flaws.add(
                        codes::E0802,
                        place,
                        format!("`{path}` cannot be imported: {why}"),
                        "the others are imported",
                    );
                    continue;
                }
            };
            found += self.path_operations(&path, item, &place, &mut taken, &mut operations);
        }
        (operations, found)
    }

    /// What a path holds, behind its reference when it is one.
    fn path_item(&self, item: Value, place: Place) -> Result<(Map<String, Value>, Place), (Place, String)> {
        let (mut item, place) = match item.get("$ref") {
            None => (item, place),
            Some(_) => match self.files.behind(&item, &place) {
                Ok((target, at)) => {
                    let mut target = target.clone();
                    // What stands beside the reference is the path's own.
                    if let (Value::Object(target), Value::Object(own)) = (&mut target, item) {
                        target.extend(own.into_iter().filter(|(key, _)| key != "$ref"));
                    }
                    (target, at)
                }
                Err(reference) => return Err((place, format!("`{reference}` is not there"))),
            },
        };
        match item.take() {
            Value::Object(map) => Ok((map, place)),
            Value::Null => Ok((Map::new(), place)),
            _ => Err((place, "it is no object".to_owned())),
        }
    }

    fn path_operations(
        &mut self,
        path: &str,
        mut item: Map<String, Value>,
        place: &Place,
        taken: &mut Names,
        operations: &mut Vec<OperationDraft>,
    ) -> usize {
        let mut found = 0;
        let shared = item.shift_remove("parameters");
        let servers = item.shift_remove("servers");
        let start = Trail::Start(place);
        let above = Trail::Key(&start, "parameters");
        for method in METHODS {
            let Some(operation) = item.shift_remove(*method) else { continue };
            found += 1;
            let here = Trail::Key(&start, method);
            let draft = self.path_item(operation, here.place()).map(|(operation, at)| {
                let call = Call { path, method, shared: shared.as_ref(), above: &above, servers: servers.as_ref() };
                self.operation(&call, operation, &Trail::Start(&at), taken)
            });
            match draft {
                Ok(draft) => operations.push(draft),
                Err((_, why)) => {
                    let message = format!("{} {path} cannot be imported: {why}", method.to_uppercase());
                    self.flaws.at(codes::E0802, &here, message, "the others are imported");
                }
            }
        }
        found
    }

    fn operation(
        &mut self,
        call: &Call<'_>,
        mut own: Map<String, Value>,
        trail: &Trail<'_>,
        taken: &mut Names,
    ) -> OperationDraft {
        let path = self.path(call, trail);
        let text = |key: &str| own.get(key).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
        let tags: Vec<String> = own
            .get("tags")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect();
        let method = call.method.to_ascii_uppercase();
        let (resource, verb) =
            names::operation(text("operationId"), tags.first().map(String::as_str), &method, call.path);
        // The name of the task is what must be new: `a_b.c` and `a.b_c` are the same.
        let own_name = taken.take(&format!("{resource}_{verb}"));
        let verb = own_name.get(resource.len() + 1..).map_or(verb, str::to_owned);
        let mut draft = OperationDraft {
            resource,
            verb,
            title: text("summary").map(|summary| one_line(summary, 120)),
            description: text("summary").or(text("description")).map(|told| one_line(told, 200)),
            method,
            uri: format!("{{{{server}}}}{}", path.uri),
            query: path.fixed.iter().map(|(name, value)| (name.clone(), value.as_str().into())).collect(),
            ..OperationDraft::default()
        };
        draft.servers = self.own_servers(own.get("servers").or(call.servers));
        let mut into = Collected::default();
        let parameters = own.shift_remove("parameters");
        let parameters =
            self.parameters([(call.shared, call.above), (parameters.as_ref(), &Trail::Key(trail, "parameters"))]);
        let (of_body, others): (Vec<_>, Vec<_>) =
            parameters.into_iter().partition(|one| matches!(one.kind.as_str(), "body" | "formData"));
        for one in others {
            self.put_path_or_other(one, &path, &mut draft, &mut into);
        }
        self.undeclared(call, &mut draft, &mut into, trail);
        let (consumes, produces) = (self.media(&own, "consumes"), self.media(&own, "produces"));
        let consumes: Vec<&str> = consumes.iter().map(String::as_str).collect();
        let produces: Vec<&str> = produces.iter().map(String::as_str).collect();
        if self.version == Version::V2 {
            self.swagger_body(of_body, &consumes, &mut draft, &mut into);
        } else if let Some(body) = own.shift_remove("requestBody") {
            self.request_body(&body, &Trail::Key(trail, "requestBody"), &mut draft, &mut into);
        }
        let scopes = self.require(own.get("security"), &mut draft);
        self.answers(own.shift_remove("responses"), &produces, &Trail::Key(trail, "responses"), &mut draft);
        self.catch_up();
        docs(&own, tags, scopes, &mut draft);
        draft.examples.extend(self.example(&draft, into.examples));
        draft
    }

    /// The path as it is sent; one without its slash gets it.
    fn path(&mut self, call: &Call<'_>, trail: &Trail<'_>) -> Path {
        if !call.path.starts_with('/') && !call.path.is_empty() {
            let message = format!("the path `{}` does not start with `/`", call.path);
            self.flaws.at(codes::E0803, trail, message, "it is sent with one");
        }
        Path::of(call.path)
    }

    fn put_path_or_other(&mut self, mut one: Parameter, path: &Path, draft: &mut OperationDraft, into: &mut Collected) {
        if one.kind == "path" && !draft.uri.contains(&format!("{{{}}}", one.name)) {
            let Some((name, _)) = path.variables.iter().find(|(_, variable)| *variable == one.name) else {
                let message = format!("the path has no `{{{}}}`", one.name);
                self.flaws.add(codes::E0803, one.place, message, "the parameter is left out");
                return;
            };
            (one.kind, one.name) = ("query".to_owned(), name.clone());
            one.map.insert("required".into(), true.into());
        }
        self.put_parameter(one, draft, into);
    }

    /// Variables of the path that no parameter declares are texts.
    fn undeclared(&mut self, call: &Call<'_>, draft: &mut OperationDraft, into: &mut Collected, trail: &Trail<'_>) {
        let rest = draft.uri.trim_start_matches("{{server}}").to_owned();
        let names: Vec<String> =
            rest.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(name, _)| name.to_owned()).collect();
        for name in names {
            let message = format!("no parameter declares `{{{name}}}` of {}", call.path);
            self.flaws.at(codes::E0803, trail, message, "it is taken for a text");
            let own = names::parameter(&name, &mut into.taken);
            draft.uri = draft.uri.replace(&format!("{{{name}}}"), &format!("\u{1}{own}\u{2}"));
            draft.parameters.insert(own.clone(), serde_json::json!({"type": "string", "minLength": 1}));
            draft.required.push(own);
        }
        draft.uri = draft.uri.replace('\u{1}', "{{").replace('\u{2}', "}}");
    }

    /// The content types of a Swagger operation; the document's when it has none of its own.
    fn media(&self, own: &Map<String, Value>, key: &str) -> Vec<String> {
        let list = own.get(key).or_else(|| self.root().get(key)).and_then(Value::as_array);
        list.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    }
}

/// An operation's surroundings.
struct Call<'c> {
    path: &'c str,
    method: &'c str,
    /// The parameters of its path, and where they stand.
    shared: Option<&'c Value>,
    above: &'c Trail<'c>,
    servers: Option<&'c Value>,
}

/// What a reader wants to know.
fn docs(own: &Map<String, Value>, tags: Vec<String>, scopes: Vec<String>, draft: &mut OperationDraft) {
    let mut docs = Map::new();
    let url = own.get("externalDocs").and_then(|docs| docs.get("url")).and_then(Value::as_str);
    docs.extend(url.map(|url| ("url".to_owned(), Value::from(url))));
    let text = own.get("description").and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
    docs.extend(text.map(|text| ("text".to_owned(), Value::from(text))));
    docs.extend(Some(scopes).filter(|scopes| !scopes.is_empty()).map(|scopes| ("scopes".to_owned(), scopes.into())));
    docs.extend(Some(tags).filter(|tags| !tags.is_empty()).map(|tags| ("tags".to_owned(), tags.into())));
    if own.get("deprecated") == Some(&Value::Bool(true)) {
        docs.insert("deprecated".into(), true.into());
    }
    if !docs.is_empty() {
        draft.more.insert("docs".into(), Value::Object(docs));
    }
}

/// The first line of a text, or its first sentence where it is long.
fn one_line(text: &str, most: usize) -> String {
    let line = text.lines().next().unwrap_or_default().trim();
    if line.chars().count() <= most {
        return line.to_owned();
    }
    let sentence = line.split_inclusive(". ").next().unwrap_or(line).trim();
    let cut: String = sentence.chars().take(most).collect();
    if cut.len() < sentence.len() { format!("{}…", cut.trim_end()) } else { cut }
}
