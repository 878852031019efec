//! What operations do to the collections of their API, as methods, paths and schemas tell: `POST /users` makes what
//! `GET /users/{id}` gives. Worked out when an operation is first asked for.

use super::identity::IdRule;
use super::kept::NATURAL;
use super::kept::text;
use super::path::Path;
use super::shape::{Shape, singular};
use super::view::View;
use crate::catalogue::{Catalogue, Collection, Entry, LazySchema};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// What an operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    Create,
    Get,
    List,
    /// What is not said is taken away.
    Replace,
    Update,
    Delete,
    /// Nothing that is known of.
    Answer,
}

/// What the things of a collection have in common.
#[derive(Debug)]
pub(super) struct Kind {
    /// The field of the id.
    pub(super) field: String,
    pub(super) id: IdRule,
    /// Fields that no two things share.
    pub(super) keys: Vec<String>,
    /// Whether an operation makes things; without one, replacing what is not there makes it.
    pub(super) has_create: bool,
    /// Fields that a client may send.
    pub(super) sendable: Vec<String>,
    /// What a new thing has when nothing is said.
    pub(super) defaults: Map<String, Value>,
    /// Fields that are never answered.
    pub(super) secret: Vec<String>,
}

/// What one operation does to its collection.
#[derive(Debug)]
pub(super) struct Cast {
    pub(super) act: Act,
    /// The path of the collection, or of the one thing that has no collection.
    pub(super) path: Path,
    /// The variable of the path that names the thing.
    pub(super) variable: Option<String>,
    /// Whether the body names the thing: `PUT /pets`.
    pub(super) is_named_in_body: bool,
    pub(super) kind: Arc<Kind>,
    /// What it answers; `None` when its schema is not known, or is not that of a thing.
    pub(super) view: Option<View>,
    /// The schema of its things, when it is a reference.
    pub(super) reference: Option<String>,
    /// The things above, by the paths of their collections and the variables that name them.
    pub(super) above: Vec<(Path, String)>,
    typical: BTreeMap<String, Vec<String>>,
}

impl Cast {
    /// Whether a value is the typical one of a variable: that thing is there without being made.
    pub(super) fn is_typical(&self, variable: &str, value: &str) -> bool {
        self.typical.get(variable).is_some_and(|own| own.iter().any(|typical| typical == value))
    }

    /// The thing in a body: all of it, or the one object it holds.
    pub(super) fn item<'b>(&self, body: &'b Value) -> Option<&'b Map<String, Value>> {
        let map = body.as_object()?;
        let name = self.path.name();
        let is_envelope =
            |key: &str| key == "data" || key.eq_ignore_ascii_case(name) || key.eq_ignore_ascii_case(&singular(name));
        let inner = map.iter().next().filter(|(key, _)| map.len() == 1 && is_envelope(key));
        inner.and_then(|(_, value)| value.as_object()).or(Some(map))
    }
}

/// The operations of one provider, by the shapes of their paths.
type Paths = HashMap<String, Vec<Arc<Entry>>>;

/// What is worked out of a catalogue.
#[derive(Debug, Default)]
pub(super) struct Resources {
    paths: HashMap<String, Arc<Paths>>,
    kinds: HashMap<String, Arc<Kind>>,
    casts: HashMap<String, Option<Arc<Cast>>>,
    answers: HashMap<String, Option<Arc<Value>>>,
}

impl Resources {
    /// What an entry does; `None` when it has no path.
    pub(super) fn cast(&mut self, entry: &Arc<Entry>, catalogue: &Catalogue) -> Option<Arc<Cast>> {
        if let Some(known) = self.casts.get(&entry.name) {
            return known.clone();
        }
        let api = api(entry);
        let paths = self.paths.entry(api.to_owned()).or_insert_with(|| Arc::new(paths_of(catalogue, api))).clone();
        let cast = Path::of(entry).map(|path| Arc::new(self.make(entry, path, &paths)));
        self.casts.insert(entry.name.clone(), cast.clone());
        cast
    }

    fn make(&mut self, entry: &Entry, path: Path, paths: &Paths) -> Cast {
        let act = self.act(entry, &path, paths);
        let own = path.variable().map(str::to_owned);
        let above = path.above().into_iter().filter_map(|above| Some((above.parent(), above.variable()?.to_owned())));
        let above = above.collect();
        let typical = typical(entry, &path);
        let collection = if own.is_some() { path.parent() } else { path };
        let items = format!("{}/{{}}", collection.shape());
        let is_named_in_body = own.is_none() && of_thing_by_body(act) && paths.contains_key(&items);
        let is_in_collection = own.is_some() || is_named_in_body || matches!(act, Act::Create | Act::List);
        let named = || paths.get(&items)?.iter().find_map(|entry| Path::of(entry)?.variable().map(str::to_owned));
        let variable = own.clone().or_else(|| if is_in_collection { named() } else { None });
        let kind = self.kind(entry, &collection, variable.as_deref(), paths);
        let view = self.answer(entry).and_then(|document| match act {
            Act::List => View::of_list(document, collection.name(), variable.as_deref()),
            _ => Some(View::of_thing(document, collection.name(), variable.as_deref())),
        });
        let reference = |schema: &Value| {
            schema.get("$ref").or_else(|| schema.get("items")?.get("$ref"))?.as_str().map(str::to_owned)
        };
        let reference = entry.answer_schema().and_then(reference);
        Cast { act, path: collection, variable: own, is_named_in_body, kind, view, reference, above, typical }
    }

    fn act(&mut self, entry: &Entry, path: &Path, paths: &Paths) -> Act {
        let method = entry.method.as_deref().unwrap_or_default();
        if path.variable().is_some() {
            return of_thing(method);
        }
        let shape = path.shape();
        let has_items = paths.contains_key(&format!("{shape}/{{}}"));
        let own = paths.get(&shape).map(Vec::as_slice).unwrap_or_default();
        let has = |wanted: &str| own.iter().find(|entry| entry.method.as_deref() == Some(wanted));
        let is_listed = has("GET").is_some_and(|entry| self.is_list(entry, path));
        let makes = |entry: &Arc<Entry>| entry.operation.accepted.contains(&201);
        let creates = has("POST").is_some_and(|entry| has_items || is_listed || makes(entry) && has("GET").is_none());
        let is_alone = !has_items && !creates && has("GET").is_some();
        match method {
            "POST" if creates => Act::Create,
            "GET" if is_listed && (has_items || creates || (has("PUT").is_none() && has("PATCH").is_none())) => {
                Act::List
            }
            "PUT" | "PATCH" if creates && has_items => of_thing(method),
            method if is_alone && own.len() > 1 => of_thing(method),
            _ => Act::Answer,
        }
    }

    fn is_list(&mut self, entry: &Entry, path: &Path) -> bool {
        self.answer(entry).is_some_and(|document| Shape(&document).list(&document, path.name()).is_some())
    }

    /// The schema of an entry's answer, on its own.
    fn answer(&mut self, entry: &Entry) -> Option<Arc<Value>> {
        let make = || Some(Arc::new(entry.self_contained(entry.answer_schema()?).into_owned()));
        self.answers.entry(entry.name.clone()).or_insert_with(make).clone()
    }

    fn kind(&mut self, entry: &Entry, collection: &Path, variable: Option<&str>, paths: &Paths) -> Arc<Kind> {
        let (shape, provider) = (collection.shape(), &entry.provider);
        let key = format!("{} {shape}", api(entry));
        if let Some(known) = self.kinds.get(&key) {
            return known.clone();
        }
        let all = |shape: &str| paths.get(shape).cloned().unwrap_or_default();
        let (mut items, own) = (all(&format!("{shape}/{{}}")), all(&shape));
        items.sort_by_key(|entry| entry.method.as_deref() != Some("GET"));
        let create = own.iter().find(|entry| entry.method.as_deref() == Some("POST"));
        let stage = &provider.sandbox.collections;
        let named = create.and_then(|entry| stage.get(&entry.operation.sandbox.as_ref()?.collection));
        let told = named.or_else(|| stage.get(&collection.shape()));
        let view = self.telling(&items, &own, collection, variable);
        let bodies: Vec<Value> = create
            .into_iter()
            .chain(&items)
            .filter_map(|entry| entry.body_schema.as_ref())
            .map(LazySchema::document)
            .collect();
        let kind = Arc::new(kind_of(told, view.as_ref(), variable, &items, create, &bodies));
        self.kinds.insert(key, kind.clone());
        kind
    }

    /// The answer that tells most of a collection's things: that of a thing, else that of making one, else a list.
    fn telling(
        &mut self,
        items: &[Arc<Entry>],
        own: &[Arc<Entry>],
        collection: &Path,
        variable: Option<&str>,
    ) -> Option<View> {
        let name = collection.name();
        let creates = own.iter().filter(|entry| entry.method.as_deref() == Some("POST"));
        for entry in items.iter().chain(creates) {
            let view = self.answer(entry).map(|document| View::of_thing(document, name, variable));
            if let Some(view) = view.filter(|view| view.id().is_some()) {
                return Some(view);
            }
        }
        let lists = own.iter().filter(|entry| entry.method.as_deref() == Some("GET"));
        lists.into_iter().find_map(|entry| View::of_list(self.answer(entry)?, name, variable))
    }
}

fn of_thing_by_body(act: Act) -> bool {
    matches!(act, Act::Replace | Act::Update)
}

/// What a method does to one thing.
fn of_thing(method: &str) -> Act {
    match method {
        "GET" => Act::Get,
        "PUT" => Act::Replace,
        "PATCH" | "POST" => Act::Update,
        "DELETE" => Act::Delete,
        _ => Act::Answer,
    }
}

/// What the operations of one API have in common: their provider, else their server.
pub(super) fn api(entry: &Entry) -> &str {
    match entry.provider.name.as_str() {
        "" => entry.servers.first().map_or("", String::as_str),
        name => name,
    }
}

fn paths_of(catalogue: &Catalogue, wanted: &str) -> Paths {
    let mut paths = Paths::new();
    for entry in catalogue.entries().filter(|entry| api(entry) == wanted) {
        if let Some(path) = Path::of(&entry) {
            paths.entry(path.shape()).or_default().push(entry);
        }
    }
    paths
}

fn kind_of(
    told: Option<&Collection>,
    view: Option<&View>,
    variable: Option<&str>,
    items: &[Arc<Entry>],
    create: Option<&Arc<Entry>>,
    bodies: &[Value],
) -> Kind {
    let body = bodies.first().map(|document| (Shape(document), document));
    let fields = body.map(|(shape, document)| shape.properties(document)).unwrap_or_default();
    let told_field = told.map(|told| told.id.field.clone());
    let of_view = view.and_then(View::id);
    let field = told_field.or_else(|| of_view.map(|(name, _)| name.to_owned())).unwrap_or_else(|| "id".to_owned());
    let id_schema = view.and_then(|view| Some((view.document().clone(), view.id()?.1.clone())));
    let in_path = variable.and_then(|variable| schema_of_variable(items, variable));
    let typical = id_schema.as_ref().or(in_path.as_ref());
    let typical = typical.map(|(document, schema)| Shape(document).sample(schema)).unwrap_or_default();
    // A number of an answer is a text in a path as well.
    let in_path = in_path.filter(|(document, schema)| Shape(document).fits(schema, &typical));
    let length = told.map_or(22, |told| told.id.length);
    let id = IdRule { schemas: id_schema.into_iter().chain(in_path).collect(), typical, length };
    let has_conflict = create.is_some_and(|entry| {
        let answers = entry.operation.sandbox.as_ref().map(|play| &play.answers);
        answers.is_some_and(|answers| answers.conflict.is_some())
            || entry.operation.errors.iter().any(|rule| rule.status == Some(409))
    });
    let natural = || {
        let usual = [field.as_str()].into_iter().chain(NATURAL.iter().copied());
        let found = usual.filter(|key| has_conflict && fields.iter().any(|(name, _)| name == key));
        found.take(2).map(str::to_owned).collect::<Vec<_>>()
    };
    let secret = |(name, schema): &(&str, &Value)| {
        let write_only = body.is_some_and(|(shape, _)| shape.says(schema, "writeOnly", &Value::Bool(true)));
        (write_only || name.eq_ignore_ascii_case("password")).then(|| (*name).to_owned())
    };
    let sendable =
        bodies.iter().flat_map(|document| Shape(document).properties(document)).map(|(name, _)| name.to_owned());
    Kind {
        keys: told.map_or_else(natural, |told| told.keys.clone()),
        secret: fields.iter().filter_map(secret).chain(told.into_iter().flat_map(|told| told.secret.clone())).collect(),
        defaults: fields
            .iter()
            .filter_map(|(name, own)| Some(((*name).to_owned(), own.get("default")?.clone())))
            .collect(),
        sendable: sendable.collect(),
        has_create: create.is_some(),
        field,
        id,
    }
}

/// The schema of the variable that names a thing.
fn schema_of_variable(items: &[Arc<Entry>], variable: &str) -> Option<(Arc<Value>, Value)> {
    items.iter().find_map(|entry| {
        let input = entry.self_contained(entry.input_schema()?).into_owned();
        let own = input.get("properties")?.get(variable)?.clone();
        Some((Arc::new(input), own))
    })
}

/// The values of the variables of a path in the entry's example, and typical ones.
fn typical(entry: &Entry, path: &Path) -> BTreeMap<String, Vec<String>> {
    let input = entry.input_schema().map(|schema| entry.self_contained(schema));
    let of = |name: &str| {
        let given = entry.good_examples().filter_map(|example| example.input.get(name)).map(text);
        let schema = input.as_ref().and_then(|input| input.get("properties")?.get(name));
        let sampled = schema.zip(input.as_ref()).map(|(schema, input)| text(&Shape(input).sample(schema)));
        given.chain(sampled).collect()
    };
    path.variables().map(|name| (name.to_owned(), of(name))).collect()
}
