//! The ledger of an environment, and the database that it may be kept in.

use super::Target;
use super::network::tls_options;
use crate::diagnostic::{Diagnostic, codes};
use crate::host::Network;
use crate::host::database::{Address, Database};
use crate::host::ledger::{Ledger, LedgerError, Place};
use crate::http;
use crate::run::Runner;
use crate::secret::{Learning, Redactor, Secret, SecretStore};

/// The secret that is the database's password, unless its URL holds one.
const PASSWORD: &str = "ledger_password";

/// The runner with the ledger in a place, if one is asked for; in a database, its calls also keep to their rate limits together with those of
/// everybody else who uses it. A sandbox's bindings and limits are its own: no call to the real API ever finds them.
///
/// # Errors
/// `E0636` when the place is no ledger, or cannot be used; `E0622` when the network's certificates cannot.
pub fn with_ledger(
    runner: Runner,
    place: Option<&Place>,
    target: &Target,
    network: &Network,
) -> Result<Runner, Box<Diagnostic>> {
    let Some(place) = place.filter(|_| *target != Target::Nowhere) else { return Ok(runner) };
    let realm = match target {
        Target::Live | Target::Nowhere => String::new(),
        Target::Sandbox => "sandbox ".to_owned(),
        Target::Replay(_) => "replay ".to_owned(),
        Target::SandboxAt(url) => format!("sandbox {url} "),
    };
    let ledger = match place {
        Place::File(path) => Ledger::open(path).map_err(|err| Box::new(ledger_unusable(&err)))?,
        Place::Server(address) => {
            let services = runner.services();
            let database = database(address, network, (&*services.secrets, &services.redactor))?;
            services.limits.share(database.clone(), &realm);
            Ledger::of(database)
        }
    };
    Ok(runner.ledger(ledger.in_realm(&realm)))
}

/// A ledger to look into.
///
/// # Errors
/// As [`with_ledger`]; also when a file is not there.
pub fn ledger(
    place: &Place,
    network: &Network,
    secrets: (&dyn SecretStore, &Redactor),
) -> Result<Ledger, Box<Diagnostic>> {
    match place {
        Place::File(path) => Ledger::open_existing(path).map_err(|err| Box::new(ledger_unusable(&err))),
        Place::Server(address) => database(address, network, secrets).map(Ledger::of),
    }
}

/// A database; the redactor learns its password. TLS is that of the calls.
fn database(
    address: &Address,
    network: &Network,
    (store, redactor): (&dyn SecretStore, &Redactor),
) -> Result<Database, Box<Diagnostic>> {
    if let Some(password) = address.password() {
        redactor.add(password);
    }
    let learning = Learning { store, redactor };
    let password: Option<Secret> = if store.is_set(PASSWORD) { learning.secret(PASSWORD) } else { None };
    let options = tls_options(network)?;
    let tls = move || http::tls_settings(options.clone());
    let opened = Database::open(address, password.as_ref(), tls);
    opened.map_err(|err| Box::new(ledger_unusable(&LedgerError::Database(err))))
}

/// A ledger that cannot be used, before anything was sent.
#[must_use]
pub fn ledger_unusable(err: &LedgerError) -> Diagnostic {
    Diagnostic::new(codes::E0636, err.to_string()).help(err.help())
}
