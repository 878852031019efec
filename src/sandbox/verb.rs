//! What an operation does to its collection.

use super::reply::{Outcome, filled};
use super::store::Record;
use super::{Scene, TOKEN};
use crate::catalogue::{Collection, Play, Verb};
use crate::schema::{Schema, sample};
use serde_json::{Map, Value, json};

impl Scene<'_> {
    /// Plays the operation for a body that breaks no rule.
    pub(super) fn verb(&mut self, play: &Play, body: &Value) -> Outcome {
        let wanted = play.id.as_ref().and_then(|id| self.path.get(id)?.as_str()).unwrap_or_default().to_owned();
        if matches!(play.operation, Verb::Get | Verb::Update | Verb::Delete)
            && self.sandbox.store.get(&play.collection, &wanted).is_none()
        {
            return self.missing(&wanted);
        }
        if let Some(refused) = self.refusal(play, &wanted, body) {
            return refused;
        }
        let status = self.status(play);
        match play.operation {
            Verb::Inferred => self.inferred(play, body),
            Verb::Create => self.create(play, body),
            Verb::Get => {
                let record = self.sandbox.store.get(&play.collection, &wanted).map(|record| shown(play, record));
                Outcome::new(status, record)
            }
            Verb::List => self.list(play),
            Verb::Update => {
                self.update(play, &wanted, body);
                Outcome::new(status, play.reply.body.clone())
            }
            Verb::Delete => {
                self.sandbox.store.remove(&play.collection, &wanted);
                Outcome::new(status, play.reply.body.clone())
            }
            Verb::Token | Verb::Answer => self.fixed(play, status),
        }
    }

    fn create(&mut self, play: &Play, body: &Value) -> Outcome {
        let collection = self.collection(play);
        let mut record = match body.pointer(&play.item) {
            Some(Value::Object(item)) => item.clone(),
            _ => Map::new(),
        };
        if let Some(key) = self.sandbox.store.clash(&play.collection, &collection, &record) {
            return self.conflict(&key);
        }
        for (field, rule) in &play.set {
            record.insert(field.clone(), self.made(rule, body));
        }
        record.retain(|field, _| !collection.secret.contains(field));
        let record = self.sandbox.store.insert(&play.collection, &collection, record);
        Outcome::new(self.status(play), Some(shown(play, &record)))
    }

    fn update(&mut self, play: &Play, wanted: &str, body: &Value) {
        let collection = self.collection(play);
        let Some(Value::Object(changes)) = body.pointer(&play.item) else { return };
        let Some(record) = self.sandbox.store.get_mut(&play.collection, wanted) else { return };
        for (field, value) in changes {
            let is_fixed = *field == collection.id.field || collection.keys.contains(field);
            if !is_fixed && !collection.secret.contains(field) {
                merge(record.entry(field).or_insert(Value::Null), value);
            }
        }
    }

    /// An answer that depends on no state: the one that is written, else a typical one.
    pub(super) fn fixed(&self, play: &Play, status: u16) -> Outcome {
        let written = play.reply.body.as_ref().map(|body| self.values().with("token", TOKEN.into()).fill(body));
        let typical = || self.entry.answer_schema().map(|own| sample(&self.entry.self_contained(own)));
        let body = written.or_else(typical);
        Outcome::new(status, body)
    }

    /// The first refusal whose condition fits `{path, query, body, record}`.
    fn refusal(&mut self, play: &Play, wanted: &str, body: &Value) -> Option<Outcome> {
        if play.refuse.is_empty() {
            return None;
        }
        let record = self.sandbox.store.get(&play.collection, wanted).cloned().map_or(Value::Null, Value::Object);
        let seen = json!({"path": self.path, "query": self.query, "body": body, "record": record});
        let name = self.entry.name.clone();
        let conditions = &mut self.sandbox.conditions;
        let found = play.refuse.iter().enumerate().find(|(index, refusal)| {
            let compiled =
                conditions.entry(format!("{name} {index}")).or_insert_with(|| Schema::compile(&refusal.condition).ok());
            compiled.as_ref().is_some_and(|schema| schema.is_valid(&seen))
        });
        found.map(|(_, refusal)| filled(&refusal.answer, &self.values().with("key", wanted.into())))
    }

    pub(super) fn collection(&self, play: &Play) -> Collection {
        self.stage().collections.get(&play.collection).cloned().unwrap_or_default()
    }

    pub(super) fn status(&self, play: &Play) -> u16 {
        let accepted = self.entry.operation.accepted.first().copied().unwrap_or(200);
        if play.reply.status == 0 { accepted } else { play.reply.status }
    }

    /// The value of a `set` rule: `{from, values, otherwise}` chooses by a value of the body.
    pub(super) fn made(&self, rule: &Value, body: &Value) -> Value {
        let Some(from) = rule.get("from").and_then(Value::as_str) else { return self.values().fill(rule) };
        let given = body.pointer(from).and_then(Value::as_str).unwrap_or_default();
        let chosen = rule.get("values").and_then(|values| values.get(given)).or_else(|| rule.get("otherwise"));
        chosen.map_or(Value::Null, |chosen| self.values().fill(chosen))
    }
}

/// The fields of a thing that an operation answers.
fn shown(play: &Play, record: &Record) -> Value {
    if play.reply.fields.is_empty() {
        return Value::Object(record.clone());
    }
    let fields = play.reply.fields.iter();
    Value::Object(fields.filter_map(|field| Some((field.clone(), record.get(field)?.clone()))).collect())
}

/// Changes what is given and leaves the rest.
pub(super) fn merge(old: &mut Value, new: &Value) {
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            for (key, value) in new {
                merge(old.entry(key).or_insert(Value::Null), value);
            }
        }
        (old, new) => *old = new.clone(),
    }
}
