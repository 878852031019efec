//! The credential of an operation.

use super::{Maker, slug};
use crate::catalogue::{ApiKey, Auth, AwsSigV4, Basic, Bearer, KeyPlace};
use crate::draft::Names;
use crate::import::call::{Call, CallAuth, Piece, pieces};
use std::collections::BTreeMap;

impl Maker<'_> {
    /// The name of the secret that a credential's text is.
    fn secret_of(&mut self, text: &str, usual: &str, place: &str) -> String {
        if let [Piece::Variable(name)] = pieces(text)[..] {
            let own = name.strip_prefix("CONDUCTOR_SECRET_");
            return own.map_or_else(|| format!("{}_{}", self.draft.provider.name, slug(name)), str::to_owned);
        }
        let secret = format!("{}_{usual}", self.draft.provider.name);
        self.tell_secret(&secret, place);
        secret
    }

    pub(super) fn authorization(&mut self, call: &mut Call) {
        let field = call.header("Authorization").map(str::to_owned);
        let given = call.auth.clone().or_else(|| of_field(field.as_deref()?));
        let Some(given) = given else { return };
        if field.is_none() || call.auth.is_none() {
            call.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("Authorization"));
        } else {
            // A field of its own goes before what `-u` says.
            return;
        }
        let (name, auth) = match &given {
            CallAuth::Bearer(token) => {
                ("bearer", Auth::Bearer(Bearer { token: self.secret_of(token, "token", "the token") }))
            }
            CallAuth::Basic(user, password) => {
                let username = self.secret_of(user, "username", "the user name");
                let password = self.secret_of(password, "password", "the password");
                ("basic", Auth::Basic(Basic { username, password }))
            }
            CallAuth::Header(field, key) | CallAuth::Query(field, key) => {
                let place = if matches!(given, CallAuth::Query(..)) { KeyPlace::Query } else { KeyPlace::Header };
                let secret = self.secret_of(key, &slug(field), "the API key");
                ("api_key", Auth::ApiKey(ApiKey { place, name: field.clone(), key: secret, prefix: None }))
            }
            CallAuth::Aws([id, key, token, region, service]) => {
                let session_token =
                    (!token.is_empty()).then(|| self.secret_of(token, "session_token", "the session token"));
                let access_key_id = self.secret_of(id, "access_key_id", "the access key's id");
                let secret_access_key = self.secret_of(key, "secret_access_key", "the secret access key");
                let (region, service) = (region.clone(), service.clone());
                ("aws", Auth::AwsSigv4(AwsSigV4 { access_key_id, secret_access_key, session_token, region, service }))
            }
        };
        self.operation.auth = Some(shared_auth(&mut self.draft.provider.auth, name, auth));
    }
}

/// The credential's name at the provider: the same one has one name.
fn shared_auth(known: &mut BTreeMap<String, Auth>, name: &str, auth: Auth) -> String {
    if let Some((name, _)) = known.iter().find(|(_, own)| **own == auth) {
        return name.clone();
    }
    let mut names = Names::default();
    for name in known.keys() {
        names.take(name);
    }
    let name = names.take(name);
    known.insert(name.clone(), auth);
    name
}

/// The credential in an Authorization field, when it is Bearer or Basic.
fn of_field(field: &str) -> Option<CallAuth> {
    use base64::Engine;
    let (scheme, rest) = field.split_once(' ')?;
    let rest = rest.trim();
    match scheme.to_ascii_lowercase().as_str() {
        "bearer" if scheme == "Bearer" && !rest.contains(' ') && pieces(rest).len() == 1 => {
            Some(CallAuth::Bearer(rest.to_owned()))
        }
        "basic" => {
            let pair = base64::prelude::BASE64_STANDARD.decode(rest).ok()?;
            let pair = String::from_utf8(pair).ok()?;
            let (user, password) = pair.split_once(':')?;
            Some(CallAuth::Basic(user.to_owned(), password.to_owned()))
        }
        _ => None,
    }
}
