//! Security schemes as ways to authorize. A secret is named after the API and its scheme.

use super::trail::{Place, Trail};
use super::{Importer, Version};
use crate::catalogue::{ApiKey, Auth, Basic, Bearer, ClientAuth, ClientCredentials, KeyPlace, Mtls, RefreshToken};
use crate::diagnostic::codes;
use crate::draft::{OperationDraft, slug};
use crate::source::Pointer;
use serde_json::{Map, Value};
use std::collections::HashMap;

/// The schemes of a document, by their own names: what each is called in the provider's file.
pub(super) type Schemes = HashMap<String, String>;

impl Importer<'_> {
    /// Reads the document's schemes.
    pub(super) fn schemes(&mut self) {
        let base = match self.version {
            Version::V2 => Pointer::parse("/securityDefinitions"),
            Version::V3_0 | Version::V3_1 => Pointer::parse("/components/securitySchemes"),
        };
        let Some(named) = self.root().pointer(base.as_str()).and_then(Value::as_object).cloned() else { return };
        for (name, scheme) in named {
            let place = Place { file: 0, pointer: base.key(&name) };
            let scheme = self.files.behind(&scheme, &place).map(|(scheme, _)| scheme.clone()).unwrap_or_default();
            let own = slug(&name);
            match self.auth(&own, &scheme) {
                Ok(auth) => {
                    self.provider.auth.insert(own.clone(), auth);
                    self.schemes.insert(name, own);
                }
                Err(why) => {
                    let message = format!("the security scheme `{name}` cannot be used: {why}");
                    let help = "calls are made without it; add a way to authorize to `_provider.yaml`";
                    self.flaws.at(codes::E0803, &Trail::Start(&place), message, help);
                }
            }
        }
    }

    fn auth(&self, own: &str, scheme: &Value) -> Result<Auth, String> {
        let text = |key: &str| scheme.get(key).and_then(Value::as_str).unwrap_or_default();
        let secret = |what: &str| format!("{}_{own}_{what}", self.provider.name);
        let bearer = || Auth::Bearer(Bearer { token: secret("token") });
        let basic = || Auth::Basic(Basic { username: secret("username"), password: secret("password") });
        match text("type").to_ascii_lowercase().as_str() {
            "basic" => Ok(basic()),
            "http" => match text("scheme").to_ascii_lowercase().as_str() {
                "bearer" => Ok(bearer()),
                "basic" => Ok(basic()),
                other => Err(format!("nothing is known of `{other}`")),
            },
            "apikey" if text("name").is_empty() => Err("it has no `name`".to_owned()),
            "apikey" => {
                let place = match text("in") {
                    "query" => KeyPlace::Query,
                    "cookie" => KeyPlace::Cookie,
                    _ => KeyPlace::Header,
                };
                Ok(Auth::ApiKey(ApiKey { place, name: text("name").to_owned(), key: secret("key"), prefix: None }))
            }
            "oauth2" => Ok(self.oauth2(own, scheme).unwrap_or_else(bearer)),
            "openidconnect" => Ok(bearer()),
            "mutualtls" => Ok(Auth::Mtls(Mtls { certificate: secret("certificate"), key: secret("private_key") })),
            other => Err(format!("nothing is known of `{other}`")),
        }
    }

    /// The flow that a program can go: client credentials, else a refresh token; a token that is given for the others.
    fn oauth2(&self, own: &str, scheme: &Value) -> Option<Auth> {
        let secret = |what: &str| format!("{}_{own}_{what}", self.provider.name);
        let (flows, v2) = (scheme.get("flows"), scheme.get("flow").and_then(Value::as_str));
        let flow = |name: &str, older: &str| match v2 {
            Some(flow) if flow == older => Some(scheme),
            _ => flows?.get(name),
        };
        let token_uri = |flow: &Value, key: &str| {
            let uri = flow.get(key).and_then(Value::as_str)?.trim();
            let server = self.provider.servers.first()?;
            let end = server
                .find("://")
                .and_then(|at| Some(at + 3 + server.get(at + 3..)?.find('/')?))
                .unwrap_or(server.len());
            let host = server.get(..end).unwrap_or(server);
            Some(if uri.contains("://") { uri.to_owned() } else { format!("{host}/{}", uri.trim_start_matches('/')) })
        };
        let (client_id, client_secret) = (secret("client_id"), secret("client_secret"));
        if let Some(flow) = flow("clientCredentials", "application") {
            let token_uri = token_uri(flow, "tokenUrl")?;
            let client_auth = ClientAuth::default();
            let auth =
                ClientCredentials { token_uri, client_id, client_secret, client_auth, scope: None, audience: None };
            return Some(Auth::Oauth2ClientCredentials(auth));
        }
        let flow = flow("authorizationCode", "accessCode")?;
        let token_uri = token_uri(flow, "refreshUrl").filter(|_| flow.get("refreshUrl").is_some())?;
        Some(Auth::Oauth2RefreshToken(RefreshToken {
            token_uri,
            client_id,
            client_secret: Some(client_secret),
            refresh_token: secret("refresh_token"),
            client_auth: ClientAuth::default(),
            scope: None,
        }))
    }

    /// Chooses an operation's way to authorize among its requirements, which are alternatives: the first that can be met. What
    /// it asks for beside goes into the request. Gives the scopes.
    pub(super) fn require(&self, requirements: Option<&Value>, operation: &mut OperationDraft) -> Vec<String> {
        let root = self.root().get("security");
        let list = requirements.or(root).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let meets = |one: &&Map<String, Value>| one.keys().all(|name| self.schemes.contains_key(name));
        let maps: Vec<&Map<String, Value>> = list.iter().filter_map(Value::as_object).collect();
        let with_any = maps.iter().copied().find(|one| one.keys().any(|name| self.schemes.contains_key(name)));
        let Some(chosen) = maps.iter().copied().find(meets).filter(|one| !one.is_empty()).or(with_any) else {
            return Vec::new();
        };
        if maps.first().is_some_and(|first| first.is_empty()) {
            // Nobody has to say who they are.
            return Vec::new();
        }
        let names = chosen.keys().filter_map(|name| self.schemes.get(name));
        for own in names {
            match (&operation.auth, self.provider.auth.get(own)) {
                (None, _) => operation.auth = Some(own.clone()),
                (Some(_), Some(Auth::ApiKey(key))) => {
                    let value = Value::from(format!("${{workflow.secrets.{}}}", key.key));
                    match key.place {
                        KeyPlace::Header => drop(operation.headers.insert(key.name.clone(), value)),
                        KeyPlace::Query => drop(operation.query.insert(key.name.clone(), value)),
                        KeyPlace::Cookie => {}
                    }
                }
                _ => {}
            }
        }
        let scopes = chosen.values().filter_map(Value::as_array).flatten().filter_map(Value::as_str);
        scopes.map(str::to_owned).collect()
    }
}
