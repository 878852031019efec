//! A resolved value, with the places where secrets will stand.

use super::expression::{Kind, Reference};
use super::uri::Encoding;
use crate::definition::Dialect;
use crate::secret::SecretStore;
use crate::source::{Pointer, first_step, member, member_mut};
use serde_json::Value;
use std::ops::Range;
use std::sync::Arc;

/// A value in which secrets still stand as `${workflow.secrets.NAME}`. Cloning shares it: the task object that keeps an input and
/// the request that is made of it hold the same tree.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Resolved {
    /// The value.
    pub value: Arc<Value>,
    /// Where each secret goes. Text that merely looks like a reference has no slot.
    pub secrets: Arc<[SecretSlot]>,
}

/// One place where a secret goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretSlot {
    /// The text that holds the reference.
    pub pointer: Pointer,
    /// The bytes of the reference in that text, `${` and `}` included.
    pub range: Range<usize>,
    /// The secret's name.
    pub name: Arc<str>,
    /// The path into the JSON that the secret is.
    pub path: Option<Arc<str>>,
    /// Whether the reference is the whole text: the secret's own type is kept then.
    pub whole: bool,
    /// How the secret is written.
    pub encoding: Encoding,
}

/// A secret that is not set, or holds nothing at the path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("secret {name} is not set{}", path.as_ref().map_or_else(String::new, |path| format!(" at {path}")))]
pub struct UnsetSecret {
    /// The secret's name.
    pub name: String,
    /// The path into it that led to nothing.
    pub path: Option<String>,
    /// The text that needs it.
    pub pointer: Pointer,
}

impl Resolved {
    /// A value without secrets.
    #[must_use]
    pub fn plain(value: Value) -> Self {
        Self::new(value, Vec::new())
    }

    /// A value with the places of its secrets.
    #[must_use]
    pub fn new(value: Value, secrets: Vec<SecretSlot>) -> Self {
        Self { value: Arc::new(value), secrets: secrets.into() }
    }

    /// The value alone, with its references.
    #[must_use]
    pub fn into_value(self) -> Value {
        Arc::unwrap_or_clone(self.value)
    }

    /// The value with every secret in its place. Legwork fills the slots and nothing else; Conductor replaces whatever
    /// looks like a reference, and what is not set by null, or by nothing inside a longer text.
    ///
    /// # Errors
    /// In the Legwork dialect, when a secret is not set.
    pub fn reveal(&self, store: &dyn SecretStore, dialect: Dialect) -> Result<Value, UnsetSecret> {
        let mut value = Value::clone(&self.value);
        match dialect {
            Dialect::Conductor => reveal_everywhere(&mut value, store),
            Dialect::Legwork => {
                self.last_first().try_for_each(|slot| slot.reveal(&mut value, slot.pointer.as_str(), store))?;
            }
        }
        Ok(value)
    }

    /// Copies of those members of the object at `base` that hold secrets, with every secret in its place: what a request must copy
    /// of its input, and no more. Secrets that stand elsewhere are asked for as well, so that one that is not set never goes unnoticed.
    ///
    /// # Errors
    /// When a secret is not set.
    pub fn revealed_members(
        &self,
        base: &Pointer,
        store: &dyn SecretStore,
    ) -> Result<Vec<(String, Value)>, UnsetSecret> {
        let mut members: Vec<(String, Value)> = Vec::new();
        for slot in self.last_first() {
            let Some((name, below)) = slot.pointer.first_below(base) else {
                slot.find(store)?;
                continue;
            };
            let known = members.iter_mut().find(|(known, _)| *known == name);
            if let Some((_, member)) = known {
                slot.reveal(member, below, store)?;
                continue;
            }
            let object = self.value.pointer(base.as_str());
            let Some(mut member) = object.and_then(|object| member(object.as_object()?, &name)).cloned() else {
                continue;
            };
            slot.reveal(&mut member, below, store)?;
            members.push((name.into_owned(), member));
        }
        Ok(members)
    }

    /// The slots, the last of a text first: filling one leaves the ranges before it right.
    fn last_first(&self) -> impl Iterator<Item = &SecretSlot> {
        let mut slots: Vec<&SecretSlot> = self.secrets.iter().collect();
        slots.sort_by_key(|slot| std::cmp::Reverse(slot.range.start));
        slots.into_iter()
    }

    /// The whole value with `mask` in the place of every secret.
    #[must_use]
    pub fn masked(&self, mask: &str) -> Value {
        let mut value = Value::clone(&self.value);
        for (pointer, text) in self.masked_texts(mask) {
            if let Some(place) = value.pointer_mut(pointer.as_str()) {
                *place = Value::String(text);
            }
        }
        value
    }

    /// The texts that hold secrets, with `mask` in the place of each.
    #[must_use]
    pub fn masked_texts(&self, mask: &str) -> Vec<(Pointer, String)> {
        let mut texts: Vec<(Pointer, String)> = Vec::new();
        for slot in self.last_first() {
            let known = texts.iter().position(|(pointer, _)| *pointer == slot.pointer);
            let index = known.unwrap_or_else(|| {
                let text = self.value.pointer(slot.pointer.as_str()).and_then(Value::as_str).unwrap_or_default();
                texts.push((slot.pointer.clone(), text.to_owned()));
                texts.len() - 1
            });
            if let Some((_, text)) = texts.get_mut(index).filter(|(_, text)| text.get(slot.range.clone()).is_some()) {
                text.replace_range(slot.range.clone(), mask);
            }
        }
        texts
    }
}

impl SecretSlot {
    /// The secret itself, of its own type.
    fn find(&self, store: &dyn SecretStore) -> Result<Value, UnsetSecret> {
        let unset = || UnsetSecret {
            name: self.name.to_string(),
            path: self.path.as_deref().map(str::to_owned),
            pointer: self.pointer.clone(),
        };
        let secret = store.secret(&self.name).ok_or_else(unset)?;
        Reference::pick_at(self.path.as_deref(), secret.expose()).ok_or_else(unset)
    }

    fn reveal(&self, value: &mut Value, at: &str, store: &dyn SecretStore) -> Result<(), UnsetSecret> {
        let secret = self.find(store)?;
        let Some(place) = place_mut(value, at) else { return Ok(()) };
        if self.whole {
            *place = secret;
        } else if let Value::String(text) = place
            && text.get(self.range.clone()).is_some()
        {
            let printed = match secret {
                Value::String(text) => text,
                other => printed(&other),
            };
            match self.encoding {
                Encoding::Raw => text.replace_range(self.range.clone(), &printed),
                encoding => {
                    let mut written = String::new();
                    encoding.write(&printed, &mut written);
                    text.replace_range(self.range.clone(), &written);
                }
            }
        }
        Ok(())
    }

    /// The reference as it stands in the text.
    pub(crate) fn literal(&self) -> String {
        reference_text(&self.name, self.path.as_deref())
    }
}

/// `${workflow.secrets.NAME.path}`.
pub(crate) fn reference_text(name: &str, path: Option<&str>) -> String {
    let dot = if path.is_some() { "." } else { "" };
    ["${workflow.secrets.", name, dot, path.unwrap_or_default(), "}"].concat()
}

/// The value at a pointer's text, to change it.
fn place_mut<'v>(mut value: &'v mut Value, mut at: &str) -> Option<&'v mut Value> {
    while let Some((step, below)) = first_step(at) {
        value = match value {
            Value::Object(map) => member_mut(map, &step)?,
            Value::Array(list) => list.get_mut(step.parse::<usize>().ok()?)?,
            _ => return None,
        };
        at = below;
    }
    Some(value)
}

fn printed(value: &Value) -> String {
    let mut text = String::new();
    super::java_text::write_smart(value, &mut text);
    text
}

/// Source: `ParametersUtils.substituteSecrets`, Conductor 3.32.3.
fn reveal_everywhere(value: &mut Value, store: &dyn SecretStore) {
    match value {
        Value::String(text) if text.contains("${workflow.secrets.") => *value = revealed_text(text, store),
        Value::Array(list) => list.iter_mut().for_each(|element| reveal_everywhere(element, store)),
        Value::Object(map) => map.values_mut().for_each(|member| reveal_everywhere(member, store)),
        _ => {}
    }
}

/// A reference ends at the first `}`, whatever it holds.
fn revealed_text(text: &str, store: &dyn SecretStore) -> Value {
    const START: &str = "${workflow.secrets.";
    let look_up = |name: &str| match Kind::of(&format!("workflow.secrets.{name}")) {
        Kind::Secret(reference) => store.secret(&reference.name).and_then(|secret| reference.pick(secret.expose())),
        _ => None,
    };
    if let Some(name) = text.strip_prefix(START).and_then(|rest| rest.strip_suffix('}'))
        && !name.is_empty()
        && !name.contains('}')
    {
        return look_up(name).unwrap_or(Value::Null);
    }
    let (mut result, mut rest) = (String::new(), text);
    while let Some(start) = rest.find(START) {
        let (before, reference) = rest.split_at(start);
        let Some((name, after)) = reference.get(START.len()..).and_then(|name| name.split_once('}')) else { break };
        result.push_str(before);
        if name.is_empty() {
            result.push_str(START);
            result.push('}');
        } else if let Some(secret) = look_up(name).filter(|secret| !secret.is_null()) {
            result.push_str(&printed(&secret));
        }
        rest = after;
    }
    result.push_str(rest);
    Value::String(result)
}
