//! Looks up what a call was to make.

use super::super::build;
use super::super::limits::Sent;
use super::Ensured;
use crate::catalogue::Entry;
use crate::definition::HttpInput;
use crate::host;
use crate::http::{HttpRequest, NotBefore};
use crate::resolve::{Resolved, SecretSlot, TaskStatus};
use crate::source::Pointer;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// What a look-up found.
pub(super) enum Found {
    /// It is there, and ours: its id, and the look-up's output.
    There(String, Value),
    /// It is not there.
    Nowhere,
    /// It is there, and not what was to be made: the place that differs.
    Other(String),
    /// The look-up did not tell.
    Unknown(String),
}

impl Ensured<'_> {
    /// Sends the look-up, and judges what it finds.
    pub(super) async fn look_up(&mut self, input: &Map<String, Value>) -> Found {
        let Some(entry) = &self.attempt.node.lookup else {
            return Found::Unknown(format!("there is no task definition `{}` to look it up with", self.ensure.lookup));
        };
        let request = match self.look_up_request(entry, input) {
            Ok(request) => request,
            Err(why) => return Found::Unknown(format!("{} cannot be sent: {why}", entry.name)),
        };
        let Sent { result, notes, .. } = self.task.send(&request, Some(entry), self.attempt).await;
        self.notes.extend(notes);
        if let Some(exchange) = result.exchange {
            self.exchange.add_look_up(*exchange);
        }
        self.sent |= result.sent;
        let says_so = result.kind.as_ref().is_none_or(|kind| ["status", "not_found"].contains(&kind.as_str()));
        if result.status_code == Some(404) && says_so {
            return Found::Nowhere;
        }
        let now_ms = host::now_ms();
        let later = |moment: NotBefore| i64::try_from(moment.delay(now_ms).as_millis()).ok()?.checked_add(now_ms);
        self.not_before_ms = result.not_before.and_then(later);
        if result.status != TaskStatus::Completed {
            return Found::Unknown(result.reason.unwrap_or_else(|| "the look-up did not tell".to_owned()));
        }
        let body = result.output.pointer("/response/body").unwrap_or(&Value::Null);
        if self.ensure.is_empty(body) {
            return Found::Nowhere;
        }
        if let Some(place) = self.ensure.differs(body, &self.parameters) {
            return Found::Other(place.to_owned());
        }
        match body.pointer(self.ensure.id_pointer()).and_then(super::id_of) {
            Some(id) => Found::There(id, result.output),
            None => Found::Unknown(format!("the answer of {} holds no id", entry.name)),
        }
    }

    /// The look-up's request, with the credential that the call was written with.
    fn look_up_request(&self, entry: &Arc<Entry>, input: &Map<String, Value>) -> Result<HttpRequest, String> {
        let rendered = entry.render(&Resolved::plain(Value::Object(input.clone())));
        let rendered = rendered.map_err(|_| "its parameters are not all known".to_owned())?;
        let input = with_authorization(rendered, self.input);
        build(input, self.attempt).map_err(|refused| refused.to_string())
    }
}

/// Copies the Authorization field of a call, with its secrets, to another request that has none.
fn with_authorization(mut request: Resolved, of: &Resolved) -> Resolved {
    let Some(input) = of.value.as_object().map(HttpInput::of) else { return request };
    let headers = input.headers.and_then(Value::as_object).into_iter().flatten();
    let Some((name, value)) = headers.into_iter().find(|(name, _)| name.eq_ignore_ascii_case("Authorization")) else {
        return request;
    };
    let to = Pointer::root().key("headers").key(name);
    let from = input.pointer("headers").key(name);
    let slots = of.secrets.iter().filter(|slot| slot.pointer == from);
    let slots: Vec<_> = slots.map(|slot| SecretSlot { pointer: to.clone(), ..slot.clone() }).collect();
    if let Some(request) = Arc::make_mut(&mut request.value).as_object_mut()
        && let Some(headers) = request.entry("headers").or_insert_with(|| json!({})).as_object_mut()
    {
        headers.insert(name.clone(), value.clone());
    }
    request.secrets = request.secrets.iter().cloned().chain(slots).collect();
    request
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_up_has_the_credential_of_its_call() {
        let slot = |pointer: &str| SecretSlot {
            pointer: Pointer::parse(pointer),
            range: 7..32,
            name: "token".into(),
            path: None,
            whole: false,
            encoding: crate::resolve::Encoding::Raw,
        };
        let written = json!({"http_request": {"headers": {"authorization": "Bearer ${workflow.secrets.token}"}}});
        let of = Resolved::new(written, vec![slot("/http_request/headers/authorization"), slot("/http_request/body")]);
        let made = with_authorization(Resolved::plain(json!({"uri": "u"})), &of);
        let value = json!({"uri": "u", "headers": {"authorization": "Bearer ${workflow.secrets.token}"}});
        assert_eq!(*made.value, value);
        assert_eq!(made.secrets.to_vec(), [slot("/headers/authorization")]);
    }
}
