//! Outputs that are used again for a while: Conductor's `cacheConfig`. Time is passed in.

use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;

/// How many outputs are kept.
const ROOM: usize = 1000;

/// Outputs by key.
#[derive(Debug, Default)]
pub(super) struct Cache {
    kept: HashMap<String, Kept>,
}

#[derive(Debug)]
struct Kept {
    output: Arc<Value>,
    since_ms: i64,
    until_ms: i64,
}

impl Cache {
    /// The output of a key, and how many milliseconds old it is.
    pub(super) fn get(&self, key: &str, now_ms: i64) -> Option<(Arc<Value>, i64)> {
        let kept = self.kept.get(key).filter(|kept| now_ms < kept.until_ms)?;
        Some((Arc::clone(&kept.output), now_ms - kept.since_ms))
    }

    /// Keeps an output. When there is no room, what is over goes first, then what is over soonest.
    pub(super) fn put(&mut self, key: String, output: Arc<Value>, now_ms: i64, ttl_ms: i64) {
        if self.kept.len() >= ROOM && !self.kept.contains_key(&key) {
            self.kept.retain(|_, kept| now_ms < kept.until_ms);
        }
        if self.kept.len() >= ROOM && !self.kept.contains_key(&key) {
            let soonest = self.kept.iter().min_by_key(|(_, kept)| kept.until_ms).map(|(key, _)| key.clone());
            soonest.map(|key| self.kept.remove(&key));
        }
        self.kept.insert(key, Kept { output, since_ms: now_ms, until_ms: now_ms.saturating_add(ttl_ms) });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_output_is_used_until_its_time_is_over() {
        let mut cache = Cache::default();
        cache.put("a".to_owned(), Arc::new(Value::from(1)), 100, 50);
        let check = |now, expected: Option<(i64, i64)>| {
            let got = cache.get("a", now).map(|(output, age)| (output.as_i64().unwrap_or_default(), age));
            assert_eq!(got, expected, "at {now}");
        };
        check(100, Some((1, 0)));
        check(149, Some((1, 49)));
        check(150, None);
    }

    #[test]
    fn there_is_room_for_a_thousand() {
        let mut cache = Cache::default();
        for number in 0..2000_i64 {
            cache.put(number.to_string(), Arc::new(Value::Null), 0, 10_000 + number);
        }
        assert_eq!(cache.kept.len(), ROOM);
        assert!(cache.get("1999", 0).is_some() && cache.get("0", 0).is_none());
    }
}
