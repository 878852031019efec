//! Credentials as data: how a request proves who sends it. What is secret is named, never written.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A way to authorize. Unless a field says otherwise its value is the name of a secret, `NAME` of `${workflow.secrets.NAME}`.
///
/// ```yaml
/// zoom_s2s:
///   type: account_credentials
///   token_uri: https://zoom.us/oauth/token
///   account_id: zoom_account_id
///   client_id: zoom_client_id
///   client_secret: zoom_client_secret
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Auth {
    /// `Authorization: Bearer TOKEN`.
    Bearer(Bearer),
    /// `Authorization: Basic base64(USERNAME:PASSWORD)`.
    Basic(Basic),
    /// A key in a header field, the query, or a cookie.
    ApiKey(ApiKey),
    /// OAuth 2.0 client credentials (RFC 6749, section 4.4): a bearer token that is asked for, and used until it expires.
    Oauth2ClientCredentials(ClientCredentials),
    /// OAuth 2.0 refresh token (RFC 6749, section 6).
    Oauth2RefreshToken(RefreshToken),
    /// Zoom's Server-to-Server OAuth: a form with `grant_type=account_credentials`, then a bearer token until it expires.
    AccountCredentials(AccountCredentials),
    /// AWS Signature Version 4, in the Authorization field.
    AwsSigv4(AwsSigV4),
    /// A client certificate: mutual TLS.
    Mtls(Mtls),
}

/// `Authorization: Bearer TOKEN`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Bearer {
    /// The token.
    pub token: String,
}

/// `Authorization: Basic base64(USERNAME:PASSWORD)`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Basic {
    /// The user name.
    pub username: String,
    /// The password.
    pub password: String,
}

/// A key in a header field, the query, or a cookie.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ApiKey {
    /// Where it stands.
    #[serde(rename = "in", default)]
    pub place: KeyPlace,
    /// The name of the field, parameter or cookie; not a secret.
    pub name: String,
    /// The key.
    pub key: String,
    /// What stands before the key, `SSWS `; not a secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
}

/// Where an API key stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum KeyPlace {
    /// In a header field.
    #[default]
    Header,
    /// In the query.
    Query,
    /// In a cookie.
    Cookie,
}

/// How a client says who it is when it asks for a token (RFC 6749, section 2.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClientAuth {
    /// `Authorization: Basic`, id and secret form-encoded.
    #[default]
    Basic,
    /// `client_id` and `client_secret` in the form.
    Body,
}

/// OAuth 2.0 client credentials.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ClientCredentials {
    /// The URL that gives tokens; not a secret.
    pub token_uri: String,
    /// The client's id.
    pub client_id: String,
    /// The client's secret.
    pub client_secret: String,
    /// Where id and secret stand in the request for a token; `basic` unless said.
    #[serde(default)]
    pub client_auth: ClientAuth,
    /// The scopes that are asked for, separated by spaces; not a secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// The API that the token is for, as some servers want it; not a secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audience: Option<String>,
}

/// OAuth 2.0 refresh token. A new refresh token that the server gives is used from then on, by this process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RefreshToken {
    /// The URL that gives tokens; not a secret.
    pub token_uri: String,
    /// The client's id.
    pub client_id: String,
    /// The client's secret; a public client has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<String>,
    /// The refresh token.
    pub refresh_token: String,
    /// Where id and secret stand in the request for a token; `basic` unless said, `body` for a public client.
    #[serde(default)]
    pub client_auth: ClientAuth,
    /// The scopes that are asked for, separated by spaces; not a secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
}

/// Zoom's Server-to-Server OAuth.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AccountCredentials {
    /// The URL that gives tokens; not a secret.
    pub token_uri: String,
    /// The operation that gives tokens; not a secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_operation: Option<String>,
    /// The account's id.
    pub account_id: String,
    /// The client's id.
    pub client_id: String,
    /// The client's secret.
    pub client_secret: String,
    /// A token that is used as it is when it is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

/// AWS Signature Version 4.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AwsSigV4 {
    /// The access key's id.
    pub access_key_id: String,
    /// The secret access key.
    pub secret_access_key: String,
    /// The session token of temporary credentials.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_token: Option<String>,
    /// The region, `eu-central-1`; not a secret.
    pub region: String,
    /// The service, `execute-api`; not a secret.
    pub service: String,
}

/// A client certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Mtls {
    /// The certificate, and those that lead to its authority, as PEM.
    pub certificate: String,
    /// Its private key, as PEM.
    pub key: String,
}

impl Auth {
    /// The names of the secrets that it may read.
    #[must_use]
    pub fn secrets(&self) -> Vec<&str> {
        let mut names = self.needed();
        match self {
            Self::AccountCredentials(own) => names.extend(own.token.as_deref()),
            Self::AwsSigv4(own) => names.extend(own.session_token.as_deref()),
            _ => {}
        }
        names
    }

    /// The names of the secrets without which it cannot work. Of account credentials these are not needed when their token is set.
    #[must_use]
    pub fn needed(&self) -> Vec<&str> {
        match self {
            Self::Bearer(own) => vec![&own.token],
            Self::Basic(own) => vec![&own.username, &own.password],
            Self::ApiKey(own) => vec![&own.key],
            Self::Oauth2ClientCredentials(own) => vec![&own.client_id, &own.client_secret],
            Self::Oauth2RefreshToken(own) => {
                let secret = own.client_secret.as_deref();
                [own.client_id.as_str(), &own.refresh_token].into_iter().chain(secret).collect()
            }
            Self::AccountCredentials(own) => vec![&own.account_id, &own.client_id, &own.client_secret],
            Self::AwsSigv4(own) => vec![&own.access_key_id, &own.secret_access_key],
            Self::Mtls(own) => vec![&own.certificate, &own.key],
        }
    }
}
