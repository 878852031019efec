//! Tokens that were asked for, kept until they expire: one for each set of fields, asked for once however many calls wait for it.

use super::Means;
use super::certificate::ClientCertificate;
use super::error::AuthError;
use super::grant::Grant;
use crate::secret::Secret;
use ring::digest::{Context, Digest, SHA256};
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A hash over everything a token is asked for with.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Key([u8; 32]);

impl From<Digest> for Key {
    fn from(digest: Digest) -> Self {
        Self(digest.as_ref().try_into().unwrap_or_default())
    }
}

/// What an answer gave.
#[derive(Clone)]
pub(super) struct Granted {
    pub(super) token: Secret,
    /// A refresh token that replaces the one before.
    pub(super) refresh: Option<Secret>,
    /// When it was asked for: its life began then, at the earliest.
    pub(super) asked: Instant,
    /// How long it lives; `None` when the server does not say.
    pub(super) lifetime: Option<Duration>,
}

/// How old a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Age {
    /// It is used.
    Fresh,
    /// It is used, and whoever sees it first asks for the next one.
    Ageing,
    /// It is not used any more.
    Old,
}

/// The tokens of a process. Cloning shares them.
#[derive(Clone, Default)]
pub struct Tokens {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    slots: Mutex<HashMap<Key, Arc<Slot>>>,
    /// Hashes of given tokens that an API has refused.
    refused: Mutex<HashSet<Key>>,
    /// Client certificates that were read, by the hash of their texts.
    certificates: Mutex<HashMap<Key, ClientCertificate>>,
}

#[derive(Default)]
struct Slot {
    kept: Mutex<Kept>,
    /// Held by the one who asks.
    asking: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Kept {
    granted: Option<Granted>,
    refresh: Option<Secret>,
    /// How often asking has failed, and how the last time.
    failures: u64,
    failed: Option<AuthError>,
}

impl Granted {
    /// The last tenth of its life, one minute at most, is left for getting the next one; the last twentieth, five seconds at most,
    /// for the request's way to the server.
    fn age(&self, now: Instant) -> Age {
        let Some(lifetime) = self.lifetime else { return Age::Fresh };
        let left = lifetime.saturating_sub(now.saturating_duration_since(self.asked));
        if left > (lifetime / 10).min(Duration::from_mins(1)) {
            Age::Fresh
        } else if left > (lifetime / 20).min(Duration::from_secs(5)) {
            Age::Ageing
        } else {
            Age::Old
        }
    }
}

impl Tokens {
    /// The token of the key, when nobody has to be asked and none is about to expire.
    pub(super) fn fresh(&self, key: Key, now: Instant) -> Option<Secret> {
        let slots = lock(&self.shared.slots);
        let kept = lock(&slots.get(&key)?.kept);
        kept.granted.as_ref().filter(|granted| granted.age(now) == Age::Fresh).map(|granted| granted.token.clone())
    }

    /// The token of the grant: the one that is kept, or one that is asked for now. Of several callers one asks and all get its answer,
    /// be it a token or a refusal; while the old token still lives, the others go on with it.
    pub(super) async fn get(&self, grant: &Grant, means: Means<'_>) -> Result<Secret, AuthError> {
        let slot = Arc::clone(lock(&self.shared.slots).entry(grant.key()).or_default());
        let (living, failures) = slot.living(Instant::now());
        let asking = match &living {
            Some((token, Age::Fresh)) => return Ok(token.clone()),
            Some((token, _)) => match slot.asking.try_lock() {
                Ok(asking) => asking,
                Err(_) => return Ok(token.clone()),
            },
            None => slot.asking.lock().await,
        };
        // Somebody else may have asked while this one waited.
        let (now_living, now_failures) = slot.living(Instant::now());
        if let Some((token, Age::Fresh)) = now_living {
            return Ok(token);
        }
        if now_failures > failures
            && let Some(failed) = &lock(&slot.kept).failed
        {
            return Err(failed.clone());
        }
        let rotated = lock(&slot.kept).refresh.clone();
        let asked = grant.ask(rotated.as_ref(), means).await;
        tell(asked.as_ref().err(), living.is_some());
        let answer = slot.keep(asked);
        drop(asking);
        match (answer, living) {
            (Err(_), Some((token, _))) => Ok(token),
            (answer, _) => answer,
        }
    }

    /// Forgets the key's token when it is this one: somebody else may have got another one meanwhile.
    pub(super) fn forget(&self, key: Key, token: &Secret) {
        let slots = lock(&self.shared.slots);
        let Some(slot) = slots.get(&key) else { return };
        let mut kept = lock(&slot.kept);
        if kept.granted.as_ref().is_some_and(|granted| granted.token.expose() == token.expose()) {
            kept.granted = None;
        }
    }

    /// A client certificate, read once.
    pub(super) fn certificate(&self, certificate: &Secret, key: &Secret) -> Result<ClientCertificate, &'static str> {
        let hash = hash(&[certificate, key]);
        if let Some(known) = lock(&self.shared.certificates).get(&hash) {
            return Ok(known.clone());
        }
        let read = ClientCertificate::from_pem(certificate, key, hash)?;
        lock(&self.shared.certificates).insert(hash, read.clone());
        Ok(read)
    }

    /// Remembers that an API has refused a token that somebody gave.
    pub(super) fn refuse(&self, token: &Secret) {
        lock(&self.shared.refused).insert(hash(&[token]));
    }

    /// Whether an API has refused the token.
    pub(super) fn is_refused(&self, token: &Secret) -> bool {
        let refused = lock(&self.shared.refused);
        !refused.is_empty() && refused.contains(&hash(&[token]))
    }
}

impl Slot {
    /// The token that can be used, and how often asking has failed.
    fn living(&self, now: Instant) -> (Option<(Secret, Age)>, u64) {
        let kept = lock(&self.kept);
        let granted = kept.granted.as_ref().map(|granted| (granted.token.clone(), granted.age(now)));
        (granted.filter(|(_, age)| *age != Age::Old), kept.failures)
    }

    fn keep(&self, answer: Result<Granted, AuthError>) -> Result<Secret, AuthError> {
        let mut kept = lock(&self.kept);
        match answer {
            Ok(granted) => {
                let token = granted.token.clone();
                if granted.refresh.is_some() {
                    kept.refresh.clone_from(&granted.refresh);
                }
                (kept.granted, kept.failed) = (Some(granted), None);
                Ok(token)
            }
            Err(error) => {
                kept.failures += 1;
                kept.failed = Some(error.clone());
                Err(error)
            }
        }
    }
}

/// Tells listeners what became of asking for a token; neither the token nor what the server said about it.
fn tell(failed: Option<&AuthError>, still_lives: bool) {
    match failed {
        None => tracing::info!(target: "legwork::auth", "got a new token"),
        Some(error) => tracing::warn!(
            target: "legwork::auth",
            { error.type = error.as_str(), legwork.token.still_lives = still_lives },
            "got no new token"
        ),
    }
}

fn hash(secrets: &[&Secret]) -> Key {
    let mut context = Context::new(&SHA256);
    for secret in secrets {
        context.update(&secret.expose().len().to_le_bytes());
        context.update(secret.expose().as_bytes());
    }
    Key::from(context.finish())
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tokens(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(lifetime: Option<u64>, after_ms: u64, expected: Age) {
        let asked = Instant::now();
        let lifetime = lifetime.map(Duration::from_secs);
        let granted = Granted { token: Secret::new("t"), refresh: None, asked, lifetime };
        assert_eq!(granted.age(asked + Duration::from_millis(after_ms)), expected, "{lifetime:?} after {after_ms} ms");
    }

    #[test]
    fn a_token_is_renewed_before_it_expires() {
        check(Some(3600), 0, Age::Fresh);
        check(Some(3600), 3_539_999, Age::Fresh);
        check(Some(3600), 3_540_000, Age::Ageing);
        check(Some(3600), 3_594_999, Age::Ageing);
        check(Some(3600), 3_595_000, Age::Old);
        check(Some(10), 8_999, Age::Fresh);
        check(Some(10), 9_000, Age::Ageing);
        check(Some(10), 9_500, Age::Old);
        check(Some(0), 0, Age::Old);
        check(None, 1_000_000_000, Age::Fresh);
    }
}
