//! The database as others use it.

use super::session::{Known, Open, Settings, State, Tls, TlsSettings, keep, kept, meaning};
use super::{Address, Cell, DatabaseError, Row};
use crate::host::kill::{self, Stage};
use crate::secret::Secret;
use std::fmt;
use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use tokio::runtime::{Builder, Handle};
use tokio::sync::{mpsc, oneshot, watch};
use tokio_postgres::config::SslMode;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Config, Error};

/// How long a statement waits for a session that is lost to be opened again.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long the end of a process waits for what is still to be said.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// A session with a database, opened again when it is lost. Clones are the same session; it ends with the last one.
#[derive(Clone)]
pub struct Database {
    link: Link,
    /// Ends the session when nobody has it any more.
    _keeper: Arc<Keeper>,
}

/// What a statement needs.
#[derive(Clone)]
struct Link {
    name: Box<str>,
    number: i64,
    handle: Handle,
    state: watch::Receiver<State>,
    known: Arc<Known>,
    kill: Arc<Mutex<kill::Point>>,
    /// Held by whoever still has something to say when the process ends.
    saying: mpsc::WeakSender<()>,
}

/// What is wanted of a statement.
#[derive(Clone, Copy)]
enum Wants {
    Rows,
    Change,
}

/// What came of it.
struct Answer {
    rows: Vec<Row>,
    changed: u64,
}

/// The thread that the session lives on: it does not depend on any runtime of those who use it.
struct Keeper {
    stop: Option<oneshot::Sender<()>>,
    saying: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.stop = None;
        self.saying = None;
        // The last one may be dropped by the session's own thread.
        let thread = self.thread.take().filter(|thread| thread.thread().id() != thread::current().id());
        // It says at most its last words.
        let _ = thread.map(JoinHandle::join);
    }
}

impl Database {
    /// Opens a session, and makes the tables where there are none. The password of the URL goes before the other one.
    ///
    /// # Errors
    /// When the URL is wrong or asks for TLS that this build does not have, nobody answers, or the server does not let us in.
    pub fn open(address: &Address, password: Option<&Secret>, tls: impl TlsSettings) -> Result<Self, DatabaseError> {
        let settings = settings(address, password, Tls::new(tls))?;
        let (name, number) = (settings.name.clone(), settings.number);
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|err| DatabaseError::Away { name: name.clone(), why: err.to_string() })?;
        let away = DatabaseError::Away { name: name.clone(), why: "it was not asked yet".to_owned() };
        let (told, mut state) = watch::channel(State::Closed(away));
        state.mark_unchanged();
        let known =
            Arc::new(Known { lived: Mutex::new(Instant::now()), grace: Mutex::default(), epoch: AtomicU64::default() });
        let (stop, stopped) = oneshot::channel::<()>();
        let (saying, mut said) = mpsc::channel::<()>(1);
        let handle = runtime.handle().clone();
        let of_session = Arc::clone(&known);
        let session = async move {
            let stop = async {
                let _ = stopped.await;
                // Whoever has something to say holds a sender.
                let _ = tokio::time::timeout(LAST_WORDS, said.recv()).await;
            };
            keep(settings, of_session, told, stop).await;
        };
        let thread =
            thread::Builder::new().name("legwork-database".to_owned()).spawn(move || runtime.block_on(session));
        let thread = thread.map_err(|err| DatabaseError::Away { name: name.clone(), why: err.to_string() })?;
        let link = Link {
            name,
            number,
            handle,
            state: state.clone(),
            known,
            kill: Arc::new(Mutex::new(kill::Point::from_env("LEGWORK_KILL_LEDGER_AT"))),
            saying: saying.downgrade(),
        };
        let keeper = Keeper { stop: Some(stop), saying: Some(saying), thread: Some(thread) };
        let database = Self { link, _keeper: Arc::new(keeper) };
        let first = database.wait_for(async move {
            // Its thread tells of every try.
            let _ = state.changed().await;
            state.borrow().clone()
        });
        match first {
            State::Open(_) => Ok(database),
            State::Closed(why) => Err(why),
        }
    }

    /// The session's number: that of its advisory lock.
    #[must_use]
    pub fn session(&self) -> i64 {
        self.link.number
    }

    /// How often the session was gone for so long that others may have taken over from it.
    #[must_use]
    pub fn epoch(&self) -> u64 {
        self.link.known.epoch.load(Ordering::Acquire)
    }

    /// How long a session may be gone until others take over from it.
    #[must_use]
    pub fn grace(&self) -> Duration {
        *kept(&self.link.known.grace)
    }

    /// For how long it is not sure that the session lives.
    #[must_use]
    pub fn silent_for(&self) -> Duration {
        kept(&self.link.known.lived).elapsed()
    }

    /// The rows of a statement.
    ///
    /// # Errors
    /// When the server refuses it, or has been away for 20 seconds.
    pub async fn rows(&self, sql: &'static str, cells: &[Cell]) -> Result<Vec<Row>, DatabaseError> {
        self.link.ask(sql, cells, Wants::Rows).await.map(|answer| answer.rows)
    }

    /// Carries out a statement that changes something; gives how many rows.
    ///
    /// # Errors
    /// As [`rows`](Self::rows).
    pub async fn change(&self, sql: &'static str, cells: &[Cell]) -> Result<u64, DatabaseError> {
        self.pass(Stage::Before);
        // One statement is one step: there is nothing between its two ends.
        self.pass(Stage::Within);
        let changed = self.jot(sql, cells).await;
        self.pass(Stage::After);
        changed
    }

    /// The same, for what may be forgotten: no test kills the process here.
    ///
    /// # Errors
    /// As [`rows`](Self::rows).
    pub async fn jot(&self, sql: &'static str, cells: &[Cell]) -> Result<u64, DatabaseError> {
        self.link.ask(sql, cells, Wants::Change).await.map(|answer| answer.changed)
    }

    /// Waits for a future, on the session's own thread: for callers that are not asynchronous.
    ///
    /// # Panics
    /// When the future does.
    pub fn wait_for<T: Send + 'static>(&self, future: impl Future<Output = T> + Send + 'static) -> T {
        let (tell, told) = std::sync::mpsc::sync_channel(1);
        self.link.handle.spawn(async move {
            // Somebody waits.
            let _ = tell.send(future.await);
        });
        told.recv().expect("the session's thread lives as long as this, and the future gives something")
    }

    /// Carries out a statement some time, also when this is dropped meanwhile; nobody waits for it.
    pub fn later(&self, sql: &'static str, cells: Vec<Cell>) {
        let (link, saying) = (self.link.clone(), self.link.saying.upgrade());
        self.link.handle.spawn(async move {
            // Who comes next looks at what is there.
            let _ = link.ask(sql, &cells, Wants::Change).await;
            drop(saying);
        });
    }

    fn pass(&self, stage: Stage) {
        kept(&self.link.kill).pass(stage);
    }
}

impl Link {
    /// Asks until there is an answer, in one session after the other.
    async fn ask(&self, sql: &'static str, cells: &[Cell], wants: Wants) -> Result<Answer, DatabaseError> {
        let start = Instant::now();
        let mut state = self.state.clone();
        loop {
            let now = state.borrow_and_update().clone();
            let why = match now {
                State::Closed(why) => why,
                State::Open(open) => match asked(&open, sql, cells, wants).await {
                    Ok(answer) => return Ok(answer),
                    Err(err) => match meaning(&self.name, &err) {
                        away @ DatabaseError::Away { .. } => away,
                        refused => return Err(refused),
                    },
                },
            };
            let left = PATIENCE.saturating_sub(start.elapsed());
            if !matches!(tokio::time::timeout(left, state.changed()).await, Ok(Ok(()))) {
                return Err(why);
            }
        }
    }
}

async fn asked(open: &Open, sql: &'static str, cells: &[Cell], wants: Wants) -> Result<Answer, Error> {
    let statement = open.statement(sql).await?;
    let cells: Vec<&(dyn ToSql + Sync)> = cells.iter().map(cell).collect();
    match wants {
        Wants::Rows => {
            let rows = open.client.query(&statement, &cells).await?;
            Ok(Answer { rows: rows.iter().map(row).collect(), changed: 0 })
        }
        Wants::Change => Ok(Answer { rows: Vec::new(), changed: open.client.execute(&statement, &cells).await? }),
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Database({})", self.link.name)
    }
}

fn settings(address: &Address, password: Option<&Secret>, tls: Tls) -> Result<Settings, DatabaseError> {
    let name: Box<str> = address.url().into();
    let mut config: Config = address.url().parse().map_err(|err: Error| {
        let why = std::error::Error::source(&err).map_or_else(|| err.to_string(), ToString::to_string);
        DatabaseError::Address { name: name.clone(), why }
    })?;
    if config.get_ssl_mode() == SslMode::Require && !Tls::is_there() {
        return Err(DatabaseError::NoTls { name });
    }
    if let Some(password) = address.password().or(password) {
        config.password(password.expose());
    }
    if config.get_application_name().is_none() {
        config.application_name("legwork");
    }
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(Duration::from_secs(5));
    }
    // This side finds out that the other one is gone before the server does.
    config.keepalives_idle(Duration::from_secs(10)).keepalives_interval(Duration::from_secs(5)).keepalives_retries(3);
    // Above zero: it is shifted.
    let number = fastrand::i64(1..i64::MAX);
    Ok(Settings { name, config, tls, number })
}

fn cell(cell: &Cell) -> &(dyn ToSql + Sync) {
    match cell {
        Cell::Null => &None::<&str>,
        Cell::Text(text) => text,
        Cell::Number(number) => number,
    }
}

fn row(row: &tokio_postgres::Row) -> Row {
    let cells = row.columns().iter().enumerate().map(|(at, column)| match *column.type_() {
        Type::INT8 => row.try_get::<_, Option<i64>>(at).ok().flatten().map_or(Cell::Null, Cell::Number),
        Type::BOOL => row.try_get::<_, bool>(at).map_or(Cell::Null, |yes| Cell::Number(i64::from(yes))),
        _ => row.try_get::<_, Option<String>>(at).ok().flatten().map_or(Cell::Null, Cell::Text),
    });
    Row(cells.collect())
}
