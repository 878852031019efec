//! Playing an operation whose definition does not say what it does: as methods, paths and schemas tell.
//!
//! What nobody has made is answered by the documented example, or a typical value. Once something is made in a collection, what is not
//! there is missing; apart from the thing that the operation's own example names, which is always there.

use super::Scene;
use super::kept::{At, Thing, text};
use super::path::Path;
use super::reply::Outcome;
use super::resource::{Act, Cast, api};
use super::store::Record;
use super::verb::merge;
use crate::catalogue::Play;
use serde_json::{Map, Value};

/// What is known of a thing that is asked for.
enum Found {
    Kept(At),
    /// Nobody has made it, and it may be there.
    Typical,
    Missing,
}

impl Scene<'_> {
    /// Plays an operation for a body that breaks no rule.
    pub(super) fn inferred(&mut self, play: &Play, body: &Value) -> Outcome {
        let sandbox = &mut *self.sandbox;
        let Some(cast) = sandbox.resources.cast(&self.entry, &sandbox.catalogue) else {
            return self.fixed(play, self.status(play));
        };
        if let Some(missing) = self.missing_above(&cast) {
            return self.missing(&missing);
        }
        match cast.act {
            Act::Create => self.make(play, &cast, body),
            Act::List => self.list_things(play, &cast),
            Act::Answer => self.fixed(play, self.status(play)),
            Act::Get | Act::Replace | Act::Update | Act::Delete => self.on_thing(play, &cast, body),
        }
    }

    /// The path of the operation's collection, with the provider's name.
    pub(super) fn collection_of(&self, path: &Path) -> String {
        format!("{}{}", api(&self.entry), path.filled(&self.path))
    }

    fn value(&self, variable: &str) -> &str {
        self.path.get(variable).and_then(Value::as_str).unwrap_or_default()
    }

    /// The id of a thing above the collection that is not there.
    fn missing_above(&self, cast: &Cast) -> Option<String> {
        cast.above.iter().find_map(|(path, variable)| {
            let (collection, wanted) = (self.collection_of(path), self.value(variable));
            let is_missing = matches!(self.look(cast, &collection, variable, wanted, true), Found::Missing);
            is_missing.then(|| wanted.to_owned())
        })
    }

    fn look(&self, cast: &Cast, collection: &str, variable: &str, wanted: &str, can_miss: bool) -> Found {
        let kept = &self.sandbox.kept;
        if let Some(at) = kept.find(collection, wanted) {
            return Found::Kept(at);
        }
        let Some(things) = kept.collection(collection) else { return Found::Typical };
        let is_typical = cast.is_typical(variable, wanted) && !things.is_gone(wanted);
        let is_missing = things.is_gone(wanted) || (can_miss && things.made > 0);
        if is_missing && !is_typical { Found::Missing } else { Found::Typical }
    }

    /// The thing that the path names: in its collection, or made by another path of the same API.
    fn find(&self, cast: &Cast, collection: &str, wanted: &str) -> Found {
        let Some(variable) = &cast.variable else { return self.look(cast, collection, "", wanted, false) };
        let found = self.look(cast, collection, variable, wanted, cast.kind.has_create);
        if matches!(found, Found::Kept(_)) {
            return found;
        }
        let others: Vec<String> = cast.path.variables().map(|name| self.value(name).to_owned()).collect();
        let elsewhere = cast
            .reference
            .as_ref()
            .filter(|_| !others.is_empty())
            .and_then(|kind| self.sandbox.kept.elsewhere(kind, &cast.kind.field, wanted, &others));
        elsewhere.map_or(found, Found::Kept)
    }

    fn make(&mut self, play: &Play, cast: &Cast, body: &Value) -> Outcome {
        let collection = self.collection_of(&cast.path);
        let item = match play.item.as_str() {
            "" => cast.item(body),
            pointer => body.pointer(pointer).and_then(Value::as_object),
        };
        let Some(item) = item.cloned() else { return self.fixed(play, self.status(play)) };
        if let Some(key) = self.sandbox.kept.collection_mut(&collection).clash(&cast.kind.keys, &item) {
            return self.conflict(&key);
        }
        let thing = self.new_thing(play, cast, &collection, item, body);
        let location = format!("{}/{}", self.request.path.trim_end_matches('/'), text(&thing.id));
        let status = self.status(play);
        let mut outcome = self.shown(play, cast, &thing);
        outcome.status = if play.reply.status == 0 && self.entry.operation.accepted.is_empty() { 201 } else { status };
        outcome.headers.push(("Location".to_owned(), location));
        outcome
    }

    /// A thing of a body, with its id and what the operation answers beside.
    fn new_thing(&mut self, play: &Play, cast: &Cast, collection: &str, item: Record, body: &Value) -> Thing {
        let kind = &cast.kind;
        let mut record: Record = kind.defaults.clone();
        record.extend(item);
        for (field, rule) in &play.set {
            record.insert(field.clone(), self.made(rule, body));
        }
        let seed = self.sandbox.store.seed();
        let things = self.sandbox.kept.collection_mut(collection);
        let given = record.get(&kind.field).filter(|id| kind.id.fits(id) && !id.is_null()).cloned();
        let is_taken = |id: &Value| things.all.iter().any(|own| own.id == *id) || things.is_gone(&text(id));
        let id = given.unwrap_or_else(|| kind.id.next(seed, &format!("{collection}/{}", things.made), is_taken));
        record.insert(kind.field.clone(), id.clone());
        let mut thing = Thing { id, record, is_new: true };
        if let Some(view) = &cast.view {
            let answer = view.with(&thing, &kind.sendable);
            let told = view.thing_of(&answer).cloned().unwrap_or_default();
            for (name, value) in told {
                thing.record.entry(name).or_insert(value);
            }
        }
        thing.record.retain(|field, _| !kind.secret.contains(field));
        things.kinds.extend(cast.reference.clone());
        things.scope =
            cast.path.variables().filter_map(|name| self.path.get(name)?.as_str()).map(str::to_owned).collect();
        things.put(thing.clone());
        thing
    }

    fn on_thing(&mut self, play: &Play, cast: &Cast, body: &Value) -> Outcome {
        let collection = self.collection_of(&cast.path);
        if cast.is_named_in_body {
            let Some(id) = cast.item(body).and_then(|item| item.get(&cast.kind.field)).filter(|id| !id.is_null())
            else {
                return self.fixed(play, self.status(play));
            };
            let wanted = text(id);
            let found = self.look(cast, &collection, "", &wanted, *id != cast.kind.id.typical);
            return match found {
                Found::Missing => self.missing(&wanted),
                found => self.change(play, cast, body, &collection, (wanted, found)),
            };
        }
        let wanted = cast.variable.as_ref().map(|name| self.value(name).to_owned()).unwrap_or_default();
        let found = self.find(cast, &collection, &wanted);
        match (cast.act, found) {
            (_, Found::Missing) => self.missing(&wanted),
            (Act::Delete, Found::Kept(at)) => {
                let thing = self.sandbox.kept.thing(&at).cloned();
                self.sandbox.kept.remove(&at);
                thing.map_or_else(|| self.missing(&wanted), |thing| self.shown(play, cast, &thing))
            }
            (Act::Delete, Found::Typical) => {
                let is_typical = cast.variable.as_ref().is_none_or(|name| cast.is_typical(name, &wanted));
                if !is_typical {
                    self.sandbox.kept.collection_mut(&collection).forget(&wanted);
                }
                self.fixed(play, self.status(play))
            }
            (Act::Replace | Act::Update, found) => self.change(play, cast, body, &collection, (wanted, found)),
            (_, Found::Kept(at)) => {
                let thing = self.sandbox.kept.thing(&at).cloned();
                thing.map_or_else(|| self.missing(&wanted), |thing| self.shown(play, cast, &thing))
            }
            (_, Found::Typical) => self.typical(play, cast, &wanted),
        }
    }

    /// Changes a thing; one that nobody has made is typical apart from that.
    fn change(
        &mut self,
        play: &Play,
        cast: &Cast,
        body: &Value,
        collection: &str,
        (wanted, found): (String, Found),
    ) -> Outcome {
        let Some(item) = cast.item(body) else { return self.fixed(play, self.status(play)) };
        let at = match found {
            Found::Kept(at) => at,
            Found::Typical | Found::Missing => {
                let is_new = !cast.kind.has_create && cast.act == Act::Replace;
                let thing = self.assumed(play, cast, &wanted, is_new);
                let things = self.sandbox.kept.collection_mut(collection);
                things.put(thing);
                (collection.to_owned(), things.all.len() - 1)
            }
        };
        let Some(thing) = self.sandbox.kept.thing_mut(&at) else { return self.missing(&wanted) };
        let kind = &cast.kind;
        if cast.act == Act::Replace {
            let is_left_out =
                |name: &String| kind.sendable.contains(name) && !item.contains_key(name) && *name != kind.field;
            thing.record.retain(|name, _| !is_left_out(name));
        }
        let is_open = |name: &String| *name != kind.field && !kind.secret.contains(name);
        for (name, value) in item.iter().filter(|(name, _)| is_open(name)) {
            merge(thing.record.entry(name).or_insert(Value::Null), value);
        }
        let thing = thing.clone();
        self.shown(play, cast, &thing)
    }

    /// What a thing is taken for that nobody has made.
    fn assumed(&self, play: &Play, cast: &Cast, wanted: &str, is_new: bool) -> Thing {
        let answer = self.fixed(play, 200).body.unwrap_or_default();
        let known = cast.view.as_ref().and_then(|view| view.thing_of(&answer)).cloned();
        let mut record: Map<_, _> = known.filter(|_| !is_new).unwrap_or_default();
        if cast.variable.is_none() && !cast.is_named_in_body {
            return Thing { id: "".into(), record, is_new };
        }
        let id = id_of(cast, wanted);
        record.insert(cast.kind.field.clone(), id.clone());
        Thing { id, record, is_new }
    }

    /// The documented answer; else a typical one with the id that was asked for.
    fn typical(&self, play: &Play, cast: &Cast, wanted: &str) -> Outcome {
        let fixed = self.fixed(play, self.status(play));
        let Some(view) = cast.view.as_ref().filter(|_| play.reply.body.is_none() && cast.variable.is_some()) else {
            return fixed;
        };
        let known = fixed.body.as_ref().and_then(|answer| view.thing_of(answer)).cloned().unwrap_or_default();
        let thing = Thing { id: id_of(cast, wanted), record: known, is_new: false };
        Outcome { body: Some(view.with(&thing, &[])), ..fixed }
    }

    /// What the operation answers of a thing.
    fn shown(&self, play: &Play, cast: &Cast, thing: &Thing) -> Outcome {
        let body = match &cast.view {
            Some(view) => Some(view.with(thing, &cast.kind.sendable)),
            None if self.entry.output_schema().is_none() => Some(Value::Object(thing.record.clone())),
            None => play.reply.body.clone(),
        };
        Outcome::new(self.status(play), body)
    }
}

/// The id of a path as its schema has it: a number where it is one.
fn id_of(cast: &Cast, wanted: &str) -> Value {
    let number = serde_json::from_str::<Value>(wanted).ok().filter(Value::is_number);
    number.filter(|_| cast.kind.id.typical.is_number()).unwrap_or_else(|| wanted.into())
}
