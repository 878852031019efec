//! Clock and random ids.

use std::time::{SystemTime, UNIX_EPOCH};

/// The time of the wall clock, milliseconds since 1970.
#[must_use]
pub fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// A random id for an execution or a task: a version 4 UUID in its usual lower-case form.
///
/// It is unique, and no secret: it comes from this thread's generator, without asking the system each time.
#[must_use]
pub fn new_id() -> String {
    let random = fastrand::u128(..).to_le_bytes();
    uuid::Builder::from_random_bytes(random).into_uuid().to_string()
}

/// A number that no other run has, for all ids of a run that must come out the same again.
#[must_use]
pub fn new_seed() -> u128 {
    fastrand::u128(..)
}

/// A random number in 0..1, for jitter; never for anything that must not be guessed.
#[must_use]
pub fn chance() -> f64 {
    fastrand::f64()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_uuids_and_never_the_same() {
        let (first, second) = (new_id(), new_id());
        assert_ne!(first, second);
        assert_eq!([first.len(), second.len()], [36, 36]);
    }

    #[test]
    fn the_clock_is_past_2025() {
        assert!(now_ms() > 1_735_689_600_000);
    }
}
