//! Ids and chance that come out the same again: of a run that is replayed from its journal.
//!
//! Each step has a generator of its own, keyed by the run's seed and the step's number. The numbers are part of the journal's
//! format: SplitMix64, which fits in a few lines and never changes under us.

use crate::decide::Moment;
use crate::host;
use crate::secret::SecretStore;
use std::cell::RefCell;

/// What all ids and chance of one run come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seed(u128);

impl Seed {
    /// A new one.
    #[must_use]
    pub fn new() -> Self {
        Self(host::new_seed())
    }

    /// The seed that this text was made of; `None` when none was.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        u128::from_str_radix(text, 16).ok().map(Self)
    }

    /// The generator of a step: 0 is the start.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "each half is taken")]
    pub fn step(self, number: u64) -> Generator {
        let [high, low] = [(self.0 >> 64) as u64, self.0 as u64];
        Generator { high: mix(high ^ mix(number)), low: mix(low.wrapping_add(mix(number.wrapping_add(GOLDEN)))) }
    }
}

impl Default for Seed {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Display for Seed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

/// Ids and chance of one step.
#[derive(Debug, Clone)]
pub struct Generator {
    high: u64,
    low: u64,
}

/// Calls a step of the run with its own ids and chance: 0 is the start.
pub(super) fn seeded<T>(
    (seed, step): (Seed, u64),
    now_ms: i64,
    secrets: &dyn SecretStore,
    take: impl FnOnce(&mut Moment<'_>) -> T,
) -> T {
    let generator = RefCell::new(seed.step(step));
    take(&mut Moment {
        now_ms,
        new_id: &mut || generator.borrow_mut().id(),
        chance: &mut || generator.borrow_mut().chance(),
        secrets,
    })
}

/// The step of SplitMix64: 2⁶⁴ divided by the golden ratio.
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

impl Generator {
    /// A new id, a version 4 UUID in its usual lower-case form.
    pub fn id(&mut self) -> String {
        let number = (u128::from(next(&mut self.high)) << 64) | u128::from(next(&mut self.low));
        uuid::Builder::from_random_bytes(number.to_be_bytes()).into_uuid().to_string()
    }

    /// A number in 0..1.
    #[expect(clippy::cast_precision_loss, reason = "53 bits are kept, and a double holds as many")]
    pub fn chance(&mut self) -> f64 {
        (next(&mut self.low) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(GOLDEN);
    mix(*state)
}

/// SplitMix64's mixing. Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014.
fn mix(mut number: u64) -> u64 {
    number = (number ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    number = (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    number ^ (number >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    /// The first two ids and the chance after them. A change here breaks every journal on disk.
    fn check(step: u64, ids: [&str; 2], chance: f64) {
        let seed = Seed::parse("0123456789abcdef0123456789abcdef").expect("a seed");
        let mut generator = seed.step(step);
        assert_eq!([generator.id(), generator.id()], ids, "step {step}");
        assert!((generator.chance() - chance).abs() < 1e-9, "step {step}: {}", seed.step(step).chance());
    }

    #[test]
    fn a_step_gives_the_same_for_ever() {
        check(0, ["df8c00a5-f885-4a31-8c19-8deeba6914a6", "a3e663ed-be36-40a6-8931-1ccacd7076bb"], 0.897_638_638_979);
        check(7, ["70018b92-5a70-425d-a7c5-e4b0ae002180", "87da4b52-c81d-46e6-a964-1b97d81845bc"], 0.851_664_811_920);
    }

    #[test]
    fn ids_differ_between_steps_and_seeds() {
        let mut ids = HashSet::new();
        for seed in [Seed(1), Seed(2), Seed(1 << 64), Seed::new(), Seed::new()] {
            for step in 0..100 {
                let mut generator = seed.step(step);
                ids.extend([generator.id(), generator.id()]);
            }
        }
        assert_eq!(ids.len(), 1000);
    }

    #[test]
    fn chance_is_spread_over_its_range() {
        let chances: Vec<f64> = (0..1000).map(|step| Seed(5).step(step).chance()).collect();
        let mean = chances.iter().sum::<f64>() / 1000.0;
        assert!(chances.iter().all(|chance| (0.0..1.0).contains(chance)) && (0.45..0.55).contains(&mean), "{mean}");
    }

    #[test]
    fn a_seed_is_read_from_its_text() {
        let seed = Seed::new();
        assert_eq!(Seed::parse(&seed.to_string()), Some(seed));
        assert_eq!(Seed::parse("no seed"), None);
    }
}
