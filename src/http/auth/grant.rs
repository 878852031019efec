//! Asking for a token: one POST of a form (RFC 6749, section 4.4.2) over the transport of all other requests.

use super::error::AuthError;
use super::tokens::{Granted, Key};
use super::{Authorizing, FIELD, Means, basic, bearer};
use crate::catalogue::ClientAuth;
use crate::definition::Dialect;
use crate::http::request::HttpRequest;
use crate::http::retry_after::NotBefore;
use crate::http::transport::Response;
use crate::secret::{MASK, Redactor, Secret};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use ring::digest::{Context, SHA256};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What stays as it is in a form; a space becomes `+`.
const FORM: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'*').remove(b' ');
/// How long an answer of the token's URL may take.
const LIMIT: Duration = Duration::from_secs(30);

/// Who asks for a token.
pub(super) struct Client {
    pub(super) id: Secret,
    pub(super) secret: Option<Secret>,
    pub(super) auth: ClientAuth,
}

/// What a token is asked for with.
pub(super) struct Grant {
    uri: String,
    client: Client,
    fields: Vec<(&'static str, Secret)>,
    refresh: Option<Secret>,
}

impl Grant {
    pub(super) fn new(uri: &str, grant_type: &'static str, client: Client) -> Self {
        let fields = vec![("grant_type", Secret::new(grant_type))];
        Self { uri: uri.to_owned(), client, fields, refresh: None }
    }

    /// With a field more, when it has a value.
    pub(super) fn field(mut self, name: &'static str, value: Option<&str>) -> Self {
        self.fields.extend(value.map(|value| (name, Secret::new(value))));
        self
    }

    /// With a refresh token, which an answer may replace.
    pub(super) fn refresh(mut self, token: Secret) -> Self {
        self.refresh = Some(token);
        self
    }

    /// What tells its tokens from all others: a hash over all it is asked with. No secret can be read out of it.
    pub(super) fn key(&self) -> Key {
        let Client { id, secret, auth } = &self.client;
        let mut context = Context::new(&SHA256);
        let mut add = |text: &str| {
            // The length goes first, so that no two lists of texts run into the same bytes.
            context.update(&text.len().to_le_bytes());
            context.update(text.as_bytes());
        };
        add(&self.uri);
        add(match auth {
            ClientAuth::Basic => "basic",
            ClientAuth::Body => "body",
        });
        for secret in [Some(id), secret.as_ref(), self.refresh.as_ref()] {
            add(if secret.is_some() { "+" } else { "-" });
            add(secret.map(Secret::expose).unwrap_or_default());
        }
        for (name, value) in &self.fields {
            add(name);
            add(value.expose());
        }
        Key::from(context.finish())
    }

    /// The request as a dry run shows it, and what would be asked for first.
    pub(super) fn plan(&self, request: &mut HttpRequest) -> Result<Option<String>, AuthError> {
        self.request(None, &Redactor::default())?;
        bearer::put_mask(request)?;
        let grant_type = self.fields.first().map(|(_, value)| value.expose()).unwrap_or_default();
        Ok(Some(format!("a token from POST {} ({grant_type})", self.uri)))
    }

    /// Gives up the token in the request.
    pub(super) fn renew(&self, request: &HttpRequest, means: Means<'_>) -> bool {
        if let Some(token) = bearer::token_of(request) {
            means.tokens.forget(self.key(), &token);
        }
        true
    }

    /// Asks. `rotated` is the refresh token that the last answer gave.
    pub(super) async fn ask(&self, rotated: Option<&Secret>, means: Means<'_>) -> Result<Granted, AuthError> {
        let request = self.request(rotated, means.redactor)?;
        let asked = Instant::now();
        let delivery = means.transport.send(&request, asked.checked_add(LIMIT)).await;
        match delivery.result {
            Ok(response) => self.read(&response, asked, means.redactor),
            Err(failure) => Err(AuthError::NoAnswer { uri: self.uri.as_str().into(), source: Arc::new(failure) }),
        }
    }

    fn request(&self, rotated: Option<&Secret>, redactor: &Redactor) -> Result<HttpRequest, AuthError> {
        let Client { id, secret, auth } = &self.client;
        let mut body: Vec<(&str, &str)> = self.fields.iter().map(|(name, value)| (*name, value.expose())).collect();
        body.extend(rotated.or(self.refresh.as_ref()).map(|token| ("refresh_token", token.expose())));
        if *auth == ClientAuth::Body {
            body.push(("client_id", id.expose()));
            body.extend(secret.as_ref().map(|secret| ("client_secret", secret.expose())));
        }
        let written = |shown: bool| {
            let pairs = body.iter().map(|(name, value)| {
                let is_open = matches!(*name, "grant_type" | "scope" | "audience");
                format!("{name}={}", if shown && !is_open { MASK.to_owned() } else { form(value) })
            });
            Secret::new(pairs.collect::<Vec<_>>().join("&"))
        };
        let input = |body: Secret| json!({"uri": self.uri, "method": "POST", "contentType": "application/x-www-form-urlencoded", "body": body.expose()});
        let mut request =
            HttpRequest::from_input(&input(written(false)), Some(&input(written(true))), Dialect::Legwork)?;
        if let (ClientAuth::Basic, Some(secret)) = (auth, secret) {
            // Section 2.3.1: both are form-encoded first. Base64 alphabets and plain ids stay as they are.
            let value = basic::value(&form(id.expose()), &form(secret.expose()), redactor);
            request.authorize(FIELD, &value, &format!("Basic {MASK}"))?;
        }
        Ok(request)
    }

    /// The token in the answer.
    fn read(&self, response: &Response, asked: Instant, redactor: &Redactor) -> Result<Granted, AuthError> {
        let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
        let text = |name: &str| body.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        let secret = |name: &str| {
            let secret = Secret::new(text(name)?);
            redactor.add(&secret);
            Some(secret)
        };
        let (token, refresh) = (secret("access_token"), secret("refresh_token"));
        let is_bearer = text("token_type").is_none_or(|kind| kind.eq_ignore_ascii_case("bearer"));
        match token.filter(|_| (200..300).contains(&response.status) && is_bearer) {
            Some(token) => Ok(Granted { token, refresh, asked, lifetime: lifetime(body.get("expires_in")) }),
            None => Err(self.refused(response, &body, is_bearer, redactor)),
        }
    }

    fn refused(&self, response: &Response, body: &Value, is_bearer: bool, redactor: &Redactor) -> AuthError {
        let told = ["error", "error_description", "reason", "message"]
            .iter()
            .filter_map(|name| body.get(name).and_then(Value::as_str))
            .fold(String::new(), |told, text| if told.contains(text) { told } else { format!("{told}: {text}") });
        let told = match told.is_empty() && (200..300).contains(&response.status) {
            true if is_bearer => ", and no access_token".to_owned(),
            true => ", and a token that is no bearer token".to_owned(),
            false => told,
        };
        AuthError::Refused {
            uri: self.uri.as_str().into(),
            status: response.status,
            told: redactor.redact(&told).into(),
            not_before: response.headers.get("Retry-After").and_then(|value| NotBefore::parse(&value)),
        }
    }
}

/// Puts the grant's token into the request, and asks for one first when none is kept.
pub(super) fn authorize<'a>(
    grant: Result<Grant, AuthError>,
    request: &'a mut HttpRequest,
    means: Means<'a>,
) -> Authorizing<'a> {
    let grant = match grant {
        Ok(grant) => grant,
        Err(error) => return Authorizing::Done(Err(error)),
    };
    match means.tokens.fresh(grant.key(), Instant::now()) {
        Some(token) => Authorizing::Done(bearer::put(request, &token)),
        None => Authorizing::Asking(Box::pin(async move {
            let token = means.tokens.get(&grant, means).await?;
            bearer::put(request, &token)
        })),
    }
}

/// Seconds, which some servers write as a text.
fn lifetime(value: Option<&Value>) -> Option<Duration> {
    let seconds = value.and_then(|value| value.as_f64().or_else(|| value.as_str()?.parse().ok()))?;
    Duration::try_from_secs_f64(seconds).ok()
}

fn form(text: &str) -> String {
    utf8_percent_encode(text, FORM).to_string().replace(' ', "+")
}
