//! The client that the settings of the network ask for.

use crate::diagnostic::{Diagnostic, codes};
use crate::host::{self, Egress, Network, ProxyVariables};
use crate::http::{
    Client, ClientOptions, Direct, Guard, Identity, PemError, Proxies, Proxy, ProxyError, Rule, TlsOptions,
    certificates,
};
use crate::secret::Redactor;
use std::path::Path;
use std::sync::Arc;

/// A client for the settings; the redactor learns the proxies' passwords.
///
/// # Errors
/// `E0622` when a setting cannot be used, and what is wrong with a file that it names.
pub fn client(network: &Network, redactor: &Redactor) -> Result<Client, Box<Diagnostic>> {
    let guard = match network.egress {
        Some(Egress::Strict) => Guard::strict(),
        Some(Egress::Open) | None => Guard::open(),
    };
    let guard = guard.allow(rules("allow", &network.allow)?).only(rules("only", &network.only)?);
    let (proxies, tls_options) = (proxies(network, redactor)?, tls_options(network)?);
    Ok(Client::new(ClientOptions { guard, proxies, tls_options, ..ClientOptions::default() }))
}

fn rules(setting: &str, texts: &[String]) -> Result<Vec<Rule>, Box<Diagnostic>> {
    let rule = |text: &String| {
        text.parse().map_err(|err| {
            let message = format!("`{text}` in `{setting}` names neither a host nor a network: {err}");
            unusable(message, "write `crm.example.com`, `*.example.com`, `10.1.2.3` or `10.1.0.0/16`")
        })
    };
    texts.iter().map(rule).collect()
}

fn proxies(network: &Network, redactor: &Redactor) -> Result<Proxies, Box<Diagnostic>> {
    let variables = ProxyVariables::of_process();
    let no_proxy = match &*network.no_proxy {
        [] => variables.no_proxy.unwrap_or_default(),
        listed => listed.join(","),
    };
    let direct = Direct::parse(&no_proxy);
    if let Some(text) = &network.proxy {
        let one = proxy("proxy", text, redactor)?;
        return Ok(Proxies { http: one.clone(), https: one, direct });
    }
    let of = |name: &str, variable: Option<crate::secret::Secret>| match variable {
        Some(text) => proxy(name, text.expose(), redactor),
        None => Ok(None),
    };
    Ok(Proxies { http: of("HTTP_PROXY", variables.http)?, https: of("HTTPS_PROXY", variables.https)?, direct })
}

fn proxy(setting: &str, text: &str, redactor: &Redactor) -> Result<Option<Arc<Proxy>>, Box<Diagnostic>> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    // The text may hold a password: no message repeats it.
    let wrong = |err: ProxyError| {
        let help = "write `http://host:port`; user and password go before the host, `http://user:password@host:port`";
        unusable(format!("`{setting}` is no proxy: {err}"), help)
    };
    let proxy = Proxy::parse(text).map_err(wrong)?;
    for secret in proxy.password().into_iter().chain(proxy.authorization().as_ref()) {
        redactor.add(secret);
    }
    Ok(Some(Arc::new(proxy)))
}

pub(super) fn tls_options(network: &Network) -> Result<TlsOptions, Box<Diagnostic>> {
    let unread = |path: &Path, err: &PemError| {
        let message = format!("`{}` cannot be used: {err}", path.display());
        unusable(message, "a PEM file holds `-----BEGIN CERTIFICATE-----`; one of our own also its `PRIVATE KEY`")
    };
    let mut options = TlsOptions::default();
    if let Some(path) = &network.ca {
        options.authorities = certificates(text(path)?.as_bytes()).map_err(|err| unread(path, &err))?;
    }
    if let Some(path) = &network.client_certificate {
        let text = text(path)?;
        let identity = Identity::from_pem(text.as_bytes(), text.as_bytes()).map_err(|err| unread(path, &err))?;
        options.identity = Some(Arc::new(identity));
    }
    Ok(options)
}

fn unusable(message: String, help: &str) -> Box<Diagnostic> {
    Box::new(Diagnostic::new(codes::E0622, message).help(help))
}

fn text(path: &Path) -> Result<String, Box<Diagnostic>> {
    host::load_text(path).map_err(|err| Box::new(err.into()))
}
