//! Metrics of one name with their label sets, and how they are written.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The most label sets of a family.
const MOST: usize = 1000;

/// The longest label value, in bytes.
const LONGEST: usize = 200;

/// The upper ends of the buckets, in seconds.
const BUCKETS: [f64; 13] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0];

type Labels<const N: usize> = [Box<str>; N];

/// A name, what it means, and a value for each label set.
#[derive(Debug)]
struct Family<const N: usize, V> {
    name: &'static str,
    help: &'static str,
    labels: [&'static str; N],
    values: Mutex<BTreeMap<Labels<N>, V>>,
}

/// Numbers that only grow.
#[derive(Debug)]
pub(super) struct Counters<const N: usize>(Family<N, u64>);

/// Numbers that are set.
#[derive(Debug)]
pub(super) struct Gauges<const N: usize>(Family<N, i64>);

/// Durations, counted by how long they are.
#[derive(Debug)]
pub(super) struct Histograms<const N: usize>(Family<N, Histogram>);

#[derive(Debug, Default)]
struct Histogram {
    /// How many fell into each bucket; those beyond the last one are in `count` alone.
    buckets: [u64; BUCKETS.len()],
    count: u64,
    sum: f64,
}

impl<const N: usize, V: Default> Family<N, V> {
    fn new(name: &'static str, help: &'static str, labels: [&'static str; N]) -> Self {
        Self { name, help, labels, values: Mutex::default() }
    }

    fn values(&self) -> MutexGuard<'_, BTreeMap<Labels<N>, V>> {
        self.values.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the value of a label set. One set more than there may be is `other`, and so is a value that is too long.
    fn change(&self, labels: [&str; N], change: impl FnOnce(&mut V)) {
        let labels = labels.map(|label| if label.len() > LONGEST { "other".into() } else { Box::from(label) });
        let mut values = self.values();
        let is_known = values.contains_key(&labels) || values.len() < MOST;
        let labels = if is_known { labels } else { std::array::from_fn(|_| "other".into()) };
        change(values.entry(labels).or_default());
    }

    fn write(&self, text: &mut String, kind: &str, each: impl Fn(&mut String, &[(&str, &str)], &V)) {
        let values = self.values();
        if values.is_empty() {
            return;
        }
        header(text, self.name, self.help, kind);
        for (labels, value) in &*values {
            let labels: Vec<_> = self.labels.into_iter().zip(labels.iter().map(|label| &**label)).collect();
            each(text, &labels, value);
        }
    }
}

impl<const N: usize> Counters<N> {
    pub(super) fn new(name: &'static str, help: &'static str, labels: [&'static str; N]) -> Self {
        Self(Family::new(name, help, labels))
    }

    pub(super) fn add(&self, labels: [&str; N]) {
        self.0.change(labels, |count| *count += 1);
    }

    pub(super) fn write(&self, text: &mut String) {
        self.0.write(text, "counter", |text, labels, count| sample(text, self.0.name, labels, count));
    }
}

impl<const N: usize> Gauges<N> {
    pub(super) fn new(name: &'static str, help: &'static str, labels: [&'static str; N]) -> Self {
        Self(Family::new(name, help, labels))
    }

    pub(super) fn set(&self, labels: [&str; N], value: i64) {
        self.0.change(labels, |kept| *kept = value);
    }

    pub(super) fn write(&self, text: &mut String) {
        self.0.write(text, "gauge", |text, labels, value| sample(text, self.0.name, labels, value));
    }
}

impl<const N: usize> Histograms<N> {
    pub(super) fn new(name: &'static str, help: &'static str, labels: [&'static str; N]) -> Self {
        Self(Family::new(name, help, labels))
    }

    pub(super) fn observe(&self, labels: [&str; N], took: Duration) {
        let seconds = took.as_secs_f64();
        self.0.change(labels, |histogram| {
            if let Some((_, bucket)) = BUCKETS.iter().zip(&mut histogram.buckets).find(|(end, _)| seconds <= **end) {
                *bucket += 1;
            }
            histogram.count += 1;
            histogram.sum += seconds;
        });
    }

    pub(super) fn write(&self, text: &mut String) {
        let name = self.0.name;
        self.0.write(text, "histogram", |text, labels, histogram| {
            let mut below = 0;
            for (end, count) in BUCKETS.iter().zip(&histogram.buckets) {
                below += count;
                let end = end.to_string();
                let labels: Vec<_> = labels.iter().copied().chain([("le", &*end)]).collect();
                sample(text, &format!("{name}_bucket"), &labels, &below);
            }
            let labels_of_all: Vec<_> = labels.iter().copied().chain([("le", "+Inf")]).collect();
            sample(text, &format!("{name}_bucket"), &labels_of_all, &histogram.count);
            sample(text, &format!("{name}_sum"), labels, &histogram.sum);
            sample(text, &format!("{name}_count"), labels, &histogram.count);
        });
    }
}

/// One gauge without labels.
pub(super) fn write_gauge(text: &mut String, name: &str, help: &str, value: i64) {
    header(text, name, help, "gauge");
    sample(text, name, &[], &value);
}

fn header(text: &mut String, name: &str, help: &str, kind: &str) {
    // A String takes everything.
    let _ = write!(text, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
}

fn sample(text: &mut String, name: &str, labels: &[(&str, &str)], value: &impl std::fmt::Display) {
    text.push_str(name);
    for (index, (label, of)) in labels.iter().enumerate() {
        let of = of.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
        let _ = write!(text, "{}{label}=\"{of}\"", if index == 0 { '{' } else { ',' });
    }
    if !labels.is_empty() {
        text.push('}');
    }
    let _ = writeln!(text, " {value}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: &str, expected: &str) {
        let counters = Counters::new("n", "h", ["l"]);
        counters.add([value]);
        let mut text = String::new();
        counters.write(&mut text);
        assert_eq!(text, format!("# HELP n h\n# TYPE n counter\n{expected}\n"));
    }

    #[test]
    fn nothing_breaks_out_of_a_label() {
        check("a", "n{l=\"a\"} 1");
        check("a\"} 7\nm{l=\"\\", "n{l=\"a\\\"} 7\\nm{l=\\\"\\\\\"} 1");
        check(&"x".repeat(201), "n{l=\"other\"} 1");
    }

    #[test]
    fn a_family_does_not_grow_without_end() {
        let counters = Counters::new("n", "h", ["l"]);
        for number in 0..2500 {
            counters.add([&number.to_string()]);
        }
        let mut text = String::new();
        counters.write(&mut text);
        assert_eq!(text.lines().count(), 2 + MOST + 1);
        assert!(text.contains("n{l=\"other\"} 1500\n"), "{text}");
    }

    #[test]
    fn buckets_hold_all_that_is_no_longer() {
        let histograms = Histograms::new("d", "h", ["l"]);
        for seconds in [0.004, 0.2, 0.3, 100.0] {
            histograms.observe(["a"], Duration::from_secs_f64(seconds));
        }
        let mut text = String::new();
        histograms.write(&mut text);
        for line in [
            "d_bucket{l=\"a\",le=\"0.005\"} 1",
            "d_bucket{l=\"a\",le=\"0.25\"} 2",
            "d_bucket{l=\"a\",le=\"60\"} 3",
            "d_bucket{l=\"a\",le=\"+Inf\"} 4",
            "d_sum{l=\"a\"} 100.504",
            "d_count{l=\"a\"} 4",
        ] {
            assert!(text.contains(&format!("{line}\n")), "{line} in {text}");
        }
    }
}
