//! Credentials over real sockets: what is sent, what is shown, and how often a token is asked for.

use super::server::{Server, Then};
use crate::catalogue::Auth;
use crate::definition::Dialect::Legwork;
use crate::http::auth::{AuthError, Means, Tokens, authorizer};
use crate::http::{CallResult, Client, ClientOptions, Exchange, HttpRequest, Resend, Transport};
use crate::secret::{Redactor, Secret, SecretStore};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// Every secret is its name behind `secret of `, but for those given.
struct Store(&'static [(&'static str, &'static str)]);

impl SecretStore for Store {
    fn secret(&self, name: &str) -> Option<Secret> {
        let given = self.0.iter().find(|(own, _)| *own == name).map(|(_, text)| (*text).to_owned());
        (name != "unset").then(|| Secret::new(given.unwrap_or_else(|| format!("secret-of-{name}"))))
    }
}

/// What credentials are made with in a test.
struct Kit {
    store: Store,
    redactor: Redactor,
    client: Client,
    tokens: Tokens,
}

impl Kit {
    fn new(secrets: &'static [(&'static str, &'static str)]) -> Self {
        let (redactor, client, tokens) = (Redactor::default(), Client::default(), Tokens::default());
        Self { store: Store(secrets), redactor, client, tokens }
    }

    fn means(&self) -> Means<'_> {
        // 2015-08-30T12:36:00Z, the moment of AWS's vectors.
        let now_ms = 1_440_938_160_000;
        Means { secrets: &self.store, redactor: &self.redactor, transport: &self.client, tokens: &self.tokens, now_ms }
    }

    async fn authorized(&self, auth: &Auth, request: &mut HttpRequest) -> Result<(), AuthError> {
        authorizer(auth).authorize(request, self.means()).finish().await
    }
}

fn auth(value: Value) -> Auth {
    serde_json::from_value(value).expect("a way to authorize")
}

fn request(uri: &str) -> HttpRequest {
    let input = json!({"uri": uri, "method": "GET", "headers": {"Cookie": "a=b"}});
    HttpRequest::from_input(&input, None, Legwork).expect("a request")
}

/// What is sent, and what is shown of it: the field (or `uri`), masked and in clear.
async fn check(value: Value, field: &str, sent: &str, shown: &str) {
    let kit = Kit::new(&[]);
    let mut request = request("https://api.example.com/x?y=1");
    kit.authorized(&auth(value), &mut request).await.expect("a credential");
    let view = Exchange::planned(&request, &kit.redactor);
    let (got, seen) = if field == "uri" {
        (request.target().to_string(), view.request().uri())
    } else {
        let seen = view.request().headers().into_iter().find(|(name, _)| name == field);
        (request.headers().get(field).unwrap_or_default().into_owned(), seen.unwrap_or_default().1)
    };
    assert_eq!((got.as_str(), seen.as_str()), (sent, shown));
    assert!(!format!("{view:?}").contains("secret-of"), "{view:?}");
}

#[tokio::test]
async fn each_kind_puts_its_credential_where_it_belongs() {
    let field = "Authorization";
    check(json!({"type": "bearer", "token": "t"}), field, "Bearer secret-of-t", "Bearer ***").await;
    // base64("secret-of-u:secret-of-p")
    let basic = "Basic c2VjcmV0LW9mLXU6c2VjcmV0LW9mLXA=";
    check(json!({"type": "basic", "username": "u", "password": "p"}), field, basic, "Basic ***").await;
    let key = |place: &str| json!({"type": "api_key", "in": place, "name": "X-Api-Key", "key": "k"});
    check(key("header"), "X-Api-Key", "secret-of-k", "***").await;
    check(key("cookie"), "Cookie", "a=b; X-Api-Key=secret-of-k", "a=b; X-Api-Key=***").await;
    let uri = "https://api.example.com/x?y=1&X-Api-Key=";
    check(key("query"), "uri", &format!("{uri}secret-of-k"), &format!("{uri}%2A%2A%2A").replace("%2A", "*")).await;
    let okta = json!({"type": "api_key", "name": "Authorization", "key": "k", "prefix": "SSWS "});
    check(okta, field, "SSWS secret-of-k", "SSWS ***").await;
    let scope = "20150830/eu-central-1/execute-api/aws4_request, SignedHeaders=cookie;host;x-amz-date, Signature=";
    let aws = json!({"type": "aws_sigv4", "access_key_id": "i", "secret_access_key": "s", "region": "eu-central-1", "service": "execute-api"});
    let kit = Kit::new(&[]);
    let mut signed = request("https://api.example.com/x?y=1");
    kit.authorized(&auth(aws), &mut signed).await.expect("a signature");
    let view = Exchange::planned(&signed, &kit.redactor);
    let shown = view.request().headers().into_iter().find(|(name, _)| name == field).unwrap_or_default().1;
    assert_eq!(shown, format!("AWS4-HMAC-SHA256 Credential=***/{scope}***"));
    assert_eq!(signed.headers().get("X-Amz-Date").as_deref(), Some("20150830T123600Z"));
}

#[tokio::test]
async fn a_credential_that_cannot_be_used_is_refused() {
    let check = async |secrets, value: Value, expected: &str| {
        let error = Kit::new(secrets).authorized(&auth(value), &mut request("https://h/")).await.expect_err(expected);
        assert!(error.to_string().contains(expected), "{error}");
    };
    check(&[], json!({"type": "bearer", "token": "unset"}), "secret unset is not set").await;
    check(&[("t", "a\r\nX-Admin: true")], json!({"type": "bearer", "token": "t"}), "control character").await;
    let mtls = json!({"type": "mtls", "certificate": "c", "key": "k"});
    check(&[], mtls.clone(), "the client certificate is not PEM").await;
    check(&[("c", CLIENT), ("k", SERVER_KEY)], mtls, "the key is not that of the client certificate").await;
}

/// A server that gives numbered tokens, each for so many seconds.
async fn token_server(expires_in: u64) -> Server {
    Server::start(move |_, number| {
        let body = format!(
            "{{\"access_token\":\"token-number-{number}\",\"token_type\":\"bearer\",\"refresh_token\":\"refresh-number-{number}\",\"expires_in\":{expires_in}}}"
        );
        (answer("200 OK", &body), Then::Keep)
    })
    .await
}

fn answer(status: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}", body.len())
        .into()
}

async fn token(kit: &Kit, auth: &Auth) -> Result<String, AuthError> {
    let mut request = request("https://api.example.com/");
    kit.authorized(auth, &mut request).await?;
    Ok(request.headers().get("Authorization").unwrap_or_default().into_owned())
}

/// The fields of the body, and the Authorization field, of the first request for a token.
fn first(server: &Server) -> (String, String) {
    let request = server.requests().first().cloned().unwrap_or_default();
    let field = request.lines().find_map(|line| line.strip_prefix("Authorization: ")).unwrap_or_default().to_owned();
    (request.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default(), field)
}

#[tokio::test]
async fn the_form_of_each_grant_is_the_one_that_is_wanted() {
    let check = async |fields: Value, body: &str, field: &str| {
        let server = token_server(3600).await;
        let mut fields = fields;
        fields["token_uri"] = server.uri("/oauth/token").into();
        let kit = Kit::new(&[("odd", "a b+c:d"), ("id", "a.client_id-1")]);
        let got = token(&kit, &auth(fields)).await;
        assert_eq!((got.ok().as_deref(), first(&server)), (Some("Bearer token-number-0"), (body.into(), field.into())));
        assert_eq!(kit.redactor.redact("token-number-0 refresh-number-0"), "*** ***");
    };
    let zoom = json!({"type": "account_credentials", "account_id": "acc", "client_id": "id", "client_secret": "sec"});
    // base64("a.client_id-1:secret-of-sec"), base64("a.client_id-1:a+b%2Bc%3Ad")
    let plain = "Basic YS5jbGllbnRfaWQtMTpzZWNyZXQtb2Ytc2Vj";
    let odd = "Basic YS5jbGllbnRfaWQtMTphK2IlMkJjJTNBZA==";
    check(zoom, "grant_type=account_credentials&account_id=secret-of-acc", plain).await;
    let client = json!({"type": "oauth2_client_credentials", "client_id": "id", "client_secret": "odd", "scope": "a b", "audience": "https://x/"});
    check(client.clone(), "grant_type=client_credentials&scope=a+b&audience=https%3A%2F%2Fx%2F", odd).await;
    let mut in_body = client;
    in_body["client_auth"] = "body".into();
    let body = "grant_type=client_credentials&scope=a+b&audience=https%3A%2F%2Fx%2F&client_id=a.client_id-1&client_secret=a+b%2Bc%3Ad";
    check(in_body, body, "").await;
    let public = json!({"type": "oauth2_refresh_token", "client_id": "id", "refresh_token": "r"});
    check(public, "grant_type=refresh_token&refresh_token=secret-of-r&client_id=a.client_id-1", "").await;
}

fn client_credentials(server: &Server) -> Auth {
    auth(
        json!({"type": "oauth2_client_credentials", "token_uri": server.uri("/t"), "client_id": "id", "client_secret": "sec"}),
    )
}

#[tokio::test]
async fn many_calls_ask_for_one_token() {
    let server = token_server(3600).await;
    let (kit, auth) = (Kit::new(&[]), client_credentials(&server));
    let got = futures_util::future::join_all((0..64).map(|_| token(&kit, &auth))).await;
    assert!(got.iter().all(|token| token.as_deref().is_ok_and(|token| token == "Bearer token-number-0")), "{got:?}");
    assert_eq!(server.requests().len(), 1);
    // Another secret is another token.
    let other = Kit { store: Store(&[("sec", "another-secret")]), tokens: kit.tokens.clone(), ..Kit::new(&[]) };
    assert_eq!(token(&other, &auth).await.ok().as_deref(), Some("Bearer token-number-1"));
    assert_eq!(token(&kit, &auth).await.ok().as_deref(), Some("Bearer token-number-0"));
}

#[tokio::test]
async fn a_token_that_is_given_up_is_asked_for_again_once() {
    let server = token_server(3600).await;
    let (kit, auth) = (Kit::new(&[]), client_credentials(&server));
    let mut old = request("https://api.example.com/");
    kit.authorized(&auth, &mut old).await.expect("a token");
    // Two calls hear that the same token has expired; the second one finds the new token there.
    for _ in 0..2 {
        assert!(authorizer(&auth).renew(&old, kit.means()));
        assert_eq!(token(&kit, &auth).await.ok().as_deref(), Some("Bearer token-number-1"));
    }
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_new_refresh_token_takes_the_place_of_the_old_one() {
    let server = token_server(0).await;
    let value =
        json!({"type": "oauth2_refresh_token", "token_uri": server.uri("/t"), "client_id": "id", "refresh_token": "r"});
    let (kit, auth) = (Kit::new(&[]), auth(value));
    for number in 0..3 {
        assert_eq!(token(&kit, &auth).await.ok(), Some(format!("Bearer token-number-{number}")));
    }
    let used: Vec<_> = server.requests().iter().map(|request| request.contains("refresh_token=secret-of-r&")).collect();
    assert_eq!(used, [true, false, false]);
    assert!(server.requests().get(2).is_some_and(|request| request.contains("refresh_token=refresh-number-1&")));
}

#[tokio::test]
async fn a_refusal_is_told_to_all_who_wait() {
    let body = "{\"error\":\"invalid_client\",\"reason\":\"Invalid client_id or client_secret secret-of-sec\"}";
    let server = Server::start(move |_, _| (answer("401 Unauthorized", body), Then::Keep)).await;
    let (kit, auth) = (Kit::new(&[]), client_credentials(&server));
    let got = futures_util::future::join_all((0..16).map(|_| token(&kit, &auth))).await;
    assert_eq!(server.requests().len(), 1);
    let error = got.into_iter().next().expect("an outcome").expect_err("a refusal");
    let result = CallResult::from(error);
    let told = "it answered 401: invalid_client: Invalid client_id or client_secret ***";
    assert_eq!(result.reason, Some(format!("no token from {}: {told}", server.uri("/t"))));
    assert_eq!((result.resend, result.output["kind"].as_str()), (Resend::Never, Some("credentials")));
    // Nobody remembers a refusal: the next call asks again.
    assert!(token(&kit, &auth).await.is_err());
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn what_is_no_token_is_told() {
    let check = async |status: &'static str, body: &'static str, resend, told: &str| {
        let server = Server::start(move |_, _| (answer(status, body), Then::Keep)).await;
        let error = token(&Kit::new(&[]), &client_credentials(&server)).await.expect_err("no token");
        let result = CallResult::from(error);
        assert!(result.reason.as_deref().is_some_and(|reason| reason.ends_with(told)), "{:?}", result.reason);
        assert_eq!((result.resend, result.sent, result.is_answered()), (resend, false, true));
    };
    check("200 OK", "{}", Resend::Never, "it answered 200, and no access_token").await;
    let mac = "{\"access_token\":\"a-long-token\",\"token_type\":\"mac\"}";
    check("200 OK", mac, Resend::Never, "it answered 200, and a token that is no bearer token").await;
    check("302 Found", "", Resend::Never, "it answered 302").await;
    check("503 Busy", "", Resend::Safe, "it answered 503").await;
    let closed = Server::always("", Then::Close).await;
    let error = token(&Kit::new(&[]), &client_credentials(&closed)).await.expect_err("no answer");
    assert_eq!((CallResult::from(error.clone()).resend, CallResult::from(error).is_answered()), (Resend::Safe, false));
}

#[tokio::test]
async fn a_plan_asks_nobody() {
    let server = token_server(3600).await;
    let (kit, mut request) = (Kit::new(&[]), request("https://api.example.com/"));
    let asked = authorizer(&client_credentials(&server)).plan(&mut request, kit.means()).expect("a plan");
    assert_eq!(asked, Some(format!("a token from POST {} (client_credentials)", server.uri("/t"))));
    assert_eq!(request.headers().get("Authorization").as_deref(), Some("Bearer ***"));
    assert!(server.requests().is_empty());
}

const AUTHORITY: &str = include_str!("tls/ca.pem");
const SERVER: &str = include_str!("tls/server.pem");
const SERVER_KEY: &str = include_str!("tls/server.key");
const CLIENT: &str = include_str!("tls/client.pem");
const CLIENT_KEY: &str = include_str!("tls/client.key");

fn certificate(pem: &str) -> CertificateDer<'static> {
    CertificateDer::from_pem_slice(pem.as_bytes()).expect("a certificate")
}

fn authorities() -> RootCertStore {
    let mut store = RootCertStore::empty();
    store.add(certificate(AUTHORITY)).expect("an authority");
    store
}

/// A server that takes clients with a certificate as well as those without, and answers with the number of certificates it saw.
async fn tls_server() -> u16 {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier =
        rustls::server::WebPkiClientVerifier::builder_with_provider(Arc::new(authorities()), provider.clone());
    let verifier = verifier.allow_unauthenticated().build().expect("a verifier");
    let key = PrivateKeyDer::from_pem_slice(SERVER_KEY.as_bytes()).expect("a key");
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().expect("versions");
    let config = config.with_client_cert_verifier(verifier).with_single_cert(vec![certificate(SERVER)], key);
    let acceptor = TlsAcceptor::from(Arc::new(config.expect("a configuration")));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("a bound socket has an address").port();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(mut stream) = acceptor.accept(socket).await else { return };
                let seen = stream.get_ref().1.peer_certificates().map_or(0, <[_]>::len);
                let mut buffer = [0; 4096];
                while stream.read(&mut buffer).await.is_ok_and(|count| count > 0) {
                    let _ = stream.write_all(&answer("200 OK", &seen.to_string())).await;
                }
            });
        }
    });
    port
}

#[tokio::test]
async fn a_client_certificate_is_shown_on_its_own_connections_only() {
    let uri = format!("https://localhost:{}/", tls_server().await);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().expect("versions");
    let config = config.with_root_certificates(authorities()).with_no_client_auth();
    let client = Client::new(ClientOptions { tls: Some(Arc::new(config)), ..ClientOptions::default() });
    let kit = Kit::new(&[("c", CLIENT), ("k", CLIENT_KEY)]);
    let (plain, mut own) = (request(&uri), request(&uri));
    kit.authorized(&auth(json!({"type": "mtls", "certificate": "c", "key": "k"})), &mut own)
        .await
        .expect("a certificate");
    let mut seen = Vec::new();
    for request in [&plain, &own, &plain, &own, &own] {
        let delivery = client.send(request, Instant::now().checked_add(Duration::from_secs(10))).await;
        let response = delivery.result.expect("an answer");
        seen.push((String::from_utf8_lossy(&response.body).into_owned(), delivery.trace.reused));
    }
    let expected = [("0", false), ("1", false), ("0", true), ("1", true), ("1", true)];
    assert_eq!(seen, expected.map(|(count, reused)| (count.to_owned(), reused)));
}
