//! One session: opened, watched, and opened again when it is lost.

#[cfg(feature = "tls")]
mod tls;
#[path = "session/without_tls.rs"]
#[cfg(not(feature = "tls"))]
mod tls;

pub(super) use tls::{Tls, TlsSettings};

use super::{DatabaseError, schema};
use std::collections::HashMap;
use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinHandle};
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, Config, Error, Statement};

/// How long opening a session may take.
const OPENING: Duration = Duration::from_secs(10);
/// The pauses between tries: the first, and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(1));

/// The server finds out within a minute that this machine is gone.
const NOTICES: &str = "SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3";

/// Moves the bytes of a connection until it ends.
type Driver = JoinHandle<Result<(), Error>>;

/// What a session is opened with.
pub(super) struct Settings {
    /// The URL, without the password.
    pub(super) name: Box<str>,
    pub(super) config: Config,
    pub(super) tls: Tls,
    /// The number that others know it by.
    pub(super) number: i64,
}

/// A session that is open.
pub(super) struct Open {
    pub(super) client: Client,
    statements: Mutex<HashMap<&'static str, Statement>>,
    driver: AbortHandle,
}

/// Whether it is open.
#[derive(Clone)]
pub(super) enum State {
    Open(Arc<Open>),
    Closed(DatabaseError),
}

/// What is known of a session that is opened again and again.
pub(super) struct Known {
    /// The last moment at which it surely lived.
    pub(super) lived: Mutex<Instant>,
    /// How long it may be gone until others take over from it.
    pub(super) grace: Mutex<Duration>,
    /// How often it was gone for longer than a hold lasts.
    pub(super) epoch: AtomicU64,
}

impl Open {
    /// The statement, which the server parses once.
    pub(super) async fn statement(&self, sql: &'static str) -> Result<Statement, Error> {
        let known = kept(&self.statements).get(sql).cloned();
        if let Some(statement) = known {
            return Ok(statement);
        }
        let statement = self.client.prepare(sql).await?;
        kept(&self.statements).insert(sql, statement.clone());
        Ok(statement)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

/// Keeps a session open until nobody wants it any more.
pub(super) async fn keep(
    settings: Settings,
    known: Arc<Known>,
    told: watch::Sender<State>,
    stop: impl Future<Output = ()>,
) {
    let watching = async {
        let mut pause = PAUSES.0;
        loop {
            match tokio::time::timeout(OPENING, open(&settings, &known)).await {
                Ok(Ok((open, mut driver))) => {
                    pause = PAUSES.0;
                    let open = Arc::new(open);
                    told.send_replace(State::Open(Arc::clone(&open)));
                    let why = tokio::select! {
                        ended = &mut driver => lost(&settings.name, ended.ok()),
                        why = watch_over(&open, &known, &settings) => why,
                    };
                    told.send_replace(State::Closed(why));
                }
                Ok(Err(why)) => drop(told.send_replace(State::Closed(why))),
                Err(_) => {
                    let why = format!("no answer within {} s", OPENING.as_secs());
                    let name = settings.name.clone();
                    told.send_replace(State::Closed(DatabaseError::Away { name, why }));
                }
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(PAUSES.1);
        }
    };
    tokio::select! {
        () = watching => {}
        () = stop => {}
    }
}

/// Opens it, with the lock that tells others that it lives. What is left of it at the server from before is ended: the lock has one holder.
async fn open(settings: &Settings, known: &Known) -> Result<(Open, Driver), DatabaseError> {
    let failed = |err| meaning(&settings.name, &err);
    let (client, connection) = settings.config.connect(settings.tls.clone()).await.map_err(failed)?;
    let driver = tokio::spawn(connection);
    let open = Open { client, statements: Mutex::default(), driver: driver.abort_handle() };
    open.client.batch_execute(NOTICES).await.map_err(failed)?;
    let grace = schema::make(&open.client, settings).await?;
    let number = settings.number;
    let old = format!(
        "SELECT pg_terminate_backend(pid) FROM pg_locks, (SELECT {number}::bigint AS session) AS own
         WHERE locktype = 'advisory' AND granted AND objsubid = 1
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
         AND classid::bigint = session >> 32 AND objid::bigint = (session & 4294967295)"
    );
    open.client.batch_execute(&old).await.map_err(failed)?;
    let since = Instant::now();
    open.client.batch_execute(&format!("SELECT pg_advisory_lock({number})")).await.map_err(failed)?;
    open.client
        .batch_execute(&format!("UPDATE legwork_binding SET gone_ms = NULL WHERE session = {number}"))
        .await
        .map_err(failed)?;
    if kept(&known.lived).elapsed() > grace * 2 / 3 {
        known.epoch.fetch_add(1, Ordering::AcqRel);
    }
    *kept(&known.grace) = grace;
    *kept(&known.lived) = since;
    Ok((open, driver))
}

/// Why a connection has ended.
fn lost(name: &str, ended: Option<Result<(), Error>>) -> DatabaseError {
    match ended {
        Some(Err(err)) => meaning(name, &err),
        _ => DatabaseError::Away { name: name.into(), why: "the connection was closed".to_owned() },
    }
}

/// Asks it again and again whether it lives; gives why it does not.
async fn watch_over(open: &Open, known: &Known, settings: &Settings) -> DatabaseError {
    let grace = *kept(&known.grace);
    loop {
        tokio::time::sleep(grace / 15).await;
        let since = Instant::now();
        match tokio::time::timeout(grace / 3, open.client.batch_execute("")).await {
            Ok(Ok(())) => *kept(&known.lived) = since,
            Ok(Err(err)) => return meaning(&settings.name, &err),
            Err(_) => {
                let why = format!("no answer within {} ms", (grace / 3).as_millis());
                return DatabaseError::Away { name: settings.name.clone(), why };
            }
        }
    }
}

/// What an error of the client means here.
pub(super) fn meaning(name: &str, err: &Error) -> DatabaseError {
    let name = name.into();
    let Some(answer) = err.as_db_error() else {
        let cause = std::error::Error::source(err).map(ToString::to_string);
        let why = cause.map_or_else(|| err.to_string(), |cause| format!("{err}: {cause}"));
        return DatabaseError::Away { name, why };
    };
    let said = answer.message().to_owned();
    match answer.code() {
        code if *code == SqlState::UNIQUE_VIOLATION => DatabaseError::Taken { name, said },
        // It starts, stops, or has ended this session.
        code if matches!(code.code().get(..3), Some("57P" | "080" | "533")) => DatabaseError::Away { name, why: said },
        code if matches!(code.code().get(..2), Some("28" | "3D")) => DatabaseError::Refused { name, said },
        _ => DatabaseError::Failed { name, said },
    }
}

/// What stands behind a mutex; a panic elsewhere leaves it usable.
pub(super) fn kept<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
