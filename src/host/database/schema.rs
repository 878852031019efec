//! The tables, made by whoever comes first.

use super::DatabaseError;
use super::session::{Settings, meaning};
use std::time::Duration;
use tokio_postgres::Client;

/// The format that this version writes and reads.
const FORMAT: i64 = 1;

/// In one transaction under one lock, so that of several processes one makes them.
const MAKE: &str = "BEGIN;
SELECT pg_advisory_xact_lock(1279743810);
CREATE TABLE IF NOT EXISTS legwork_format (
    version bigint NOT NULL, grace_ms bigint NOT NULL DEFAULT 15000 CHECK (grace_ms >= 300)
);
INSERT INTO legwork_format (version) SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM legwork_format);
CREATE TABLE IF NOT EXISTS legwork_binding (
    realm text NOT NULL, task text NOT NULL, key text NOT NULL, natural_key text NOT NULL, lookup text NOT NULL,
    id text, kept text NOT NULL DEFAULT '{}', intended_ms bigint NOT NULL, bound_ms bigint,
    session bigint, hold text, gone_ms bigint,
    PRIMARY KEY (realm, task, key), UNIQUE (realm, task, natural_key), UNIQUE (realm, task, id),
    CHECK ((id IS NULL) = (bound_ms IS NULL))
);
CREATE INDEX IF NOT EXISTS legwork_binding_session ON legwork_binding (session) WHERE session IS NOT NULL;
CREATE TABLE IF NOT EXISTS legwork_rate (label text PRIMARY KEY, state text NOT NULL, turn bigint NOT NULL, used timestamptz NOT NULL);
COMMIT";

/// Makes the tables where there are none; gives how long a session that is gone may come back.
pub(super) async fn make(client: &Client, settings: &Settings) -> Result<Duration, DatabaseError> {
    let failed = |err| meaning(&settings.name, &err);
    // A user who may only read and write them need not be able to make them.
    let made = client.query_one("SELECT to_regclass('legwork_rate') IS NOT NULL", &[]).await.map_err(failed)?;
    if !made.get::<_, bool>(0) {
        client.batch_execute(MAKE).await.map_err(failed)?;
    }
    let known = client.query_one("SELECT version, grace_ms FROM legwork_format", &[]).await.map_err(failed)?;
    let (found, grace_ms): (i64, i64) = (known.get(0), known.get(1));
    if found != FORMAT {
        return Err(DatabaseError::Newer { name: settings.name.clone(), found });
    }
    Ok(Duration::from_millis(u64::try_from(grace_ms).unwrap_or_default()))
}
