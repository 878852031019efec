//! Lists, page by page.

use super::Scene;
use super::reply::Outcome;
use super::store::Record;
use crate::catalogue::{Hide, Page, Play};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

impl Scene<'_> {
    pub(super) fn list(&self, play: &Play) -> Outcome {
        let all = self.sandbox.store.all(&play.collection).filter(|record| self.is_wanted(play, record));
        let things: Vec<Value> = all.map(|record| Value::Object(without_hidden(record, &play.hide))).collect();
        let status = self.status(play);
        let Some(page) = &play.page else { return Outcome::new(status, Some(Value::Array(things))) };
        match self.page(page, &things) {
            Some(body) => Outcome::new(status, Some(body)),
            None => {
                self.invalid(vec![(page.token.clone(), "The next page token is invalid or has expired.".to_owned())])
            }
        }
    }

    fn is_wanted(&self, play: &Play, record: &Record) -> bool {
        play.filter.iter().all(|(field, filter)| {
            let given = self.query.get(&filter.query).and_then(Value::as_str).or(filter.default.as_deref());
            given.is_none_or(|given| record.get(field).is_some_and(|own| plain(own) == given))
        })
    }

    /// One page with its counts; `None` when the token is not one of ours or too old.
    fn page(&self, page: &Page, things: &[Value]) -> Option<Value> {
        let text = |name: &str| self.query.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        let size =
            text(&page.size).and_then(|size| size.parse().ok()).unwrap_or(page.default).clamp(1, page.most.max(1));
        let start = match text(&page.token) {
            Some(token) => self.offset(page, token)?,
            None => 0,
        };
        let end = (start + size).min(things.len());
        let next = if end < things.len() { self.token_of(end) } else { String::new() };
        let mut body = Map::new();
        if let Some(count) = &page.count {
            body.insert(count.clone(), things.len().div_ceil(size).into());
        }
        body.insert(page.size.clone(), size.into());
        if let Some(total) = &page.total {
            body.insert(total.clone(), things.len().into());
        }
        body.insert(page.token.clone(), next.into());
        body.insert(page.items.clone(), things.get(start..end).unwrap_or_default().to_vec().into());
        Some(Value::Object(body))
    }

    fn token_of(&self, offset: usize) -> String {
        URL_SAFE_NO_PAD.encode(format!("{offset}.{}", self.now_ms))
    }

    fn offset(&self, page: &Page, token: &str) -> Option<usize> {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
        let (offset, made_ms) = text.split_once('.')?;
        let age_ms = self.now_ms.saturating_sub(made_ms.parse().ok()?);
        let lives = i64::try_from(page.seconds).unwrap_or(i64::MAX).saturating_mul(1000);
        offset.parse().ok().filter(|_| (0..=lives).contains(&age_ms))
    }
}

fn without_hidden(record: &Record, rules: &[Hide]) -> Record {
    let mut record = record.clone();
    for rule in rules {
        if rule.when.iter().all(|(field, value)| record.get(field) == Some(value)) {
            record.retain(|field, _| !rule.fields.contains(field));
        }
    }
    record
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
