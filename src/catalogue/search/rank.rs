//! Which operations words are about, the best first.

use super::layout::Index;
use super::record::Record;
use super::typo::{allowed, mask, slips, too_far};
use super::words::{others, words};

/// What is looked for.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// Words, in any order; beginnings of words and small slips count too.
    pub words: String,
    /// Only operations of providers whose name holds this; only letters and digits count.
    pub provider: Option<String>,
    /// Only operations of that method.
    pub method: Option<String>,
    /// Only operations with that tag.
    pub tag: Option<String>,
    /// At most so many; all when 0.
    pub limit: usize,
}

/// An operation that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// Its number in the index.
    pub number: usize,
    /// How good it is; comparable within one search.
    pub score: f32,
    /// What lists show of it.
    pub record: Record,
}

/// How much a word counts that is not the very word.
const OTHER_WORD: f32 = 0.55;
const BEGINNING: f32 = 0.75;
const ONE_SLIP: f32 = 0.6;
const TWO_SLIPS: f32 = 0.35;

/// At most so many words that begin like one of the query are looked at.
const BEGINNINGS: usize = 64;

/// So many of the best are looked at again, by their titles.
const LOOKED_AT_AGAIN: usize = 100;

/// What was found so far.
struct Found {
    scores: Vec<f32>,
    /// How much of the query each operation has, by what its words say.
    covered: Vec<f32>,
    /// The best of the current word; and which operations have one.
    current: Vec<f32>,
    touched: Vec<usize>,
}

impl Index {
    /// The operations that the words are about, the best first; without words, all that pass the filters in their own order.
    #[must_use]
    pub fn search(&self, query: &Query) -> Vec<Hit> {
        let limit = if query.limit == 0 { usize::MAX } else { query.limit };
        let mut asked = words(&query.words);
        asked.dedup();
        if asked.is_empty() {
            let all = (0..self.len()).filter(|number| self.passes(*number, query)).take(limit);
            return all.map(|number| self.hit(number, 0.0)).collect();
        }
        let mut ranked = self.ranked(query, &asked);
        self.look_again(&mut ranked, &asked, query.words.trim());
        ranked.truncate(limit);
        ranked.into_iter().map(|(number, score)| self.hit(number, score)).collect()
    }

    fn hit(&self, number: usize, score: f32) -> Hit {
        Hit { number, score, record: self.record(number) }
    }

    fn ranked(&self, query: &Query, asked: &[String]) -> Vec<(usize, f32)> {
        let count = self.len();
        let empty = || vec![0.0; count];
        let mut found = Found { scores: empty(), covered: empty(), current: empty(), touched: Vec::new() };
        let mut total = 0.0;
        for word in asked {
            let candidates = self.candidates(word);
            // What stands in for a word says no more than the most usual of them: a rare one is rarely meant.
            let usual = candidates.iter().map(|(word, _)| self.says(*word)).fold(f32::INFINITY, f32::min);
            let exact = candidates.iter().find(|(_, share)| *share >= 1.0).map(|(word, _)| self.says(*word));
            let says = exact.unwrap_or(usual).clamp(1.0, 100.0);
            total += says;
            for (word, share) in candidates {
                let own = self.says(word).min(says);
                found.add(self.postings(word), own * share);
            }
            found.next_word(says);
        }
        let scored = found.scores.iter().zip(&found.covered).enumerate().filter(|(_, (score, _))| **score > 0.0);
        let scored = scored.filter(|(number, _)| self.passes(*number, query));
        let mut ranked: Vec<_> = scored
            .map(|(number, (score, covered))| {
                let share = covered / total;
                (number, score * (0.1 + 0.9 * share * share))
            })
            .collect();
        ranked.sort_unstable_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
        ranked
    }

    /// The words of the index that a word of the query may mean, each with how much it counts.
    fn candidates(&self, word: &str) -> Vec<(usize, f32)> {
        let start = self.lower_bound(word.as_bytes());
        let mut found = Vec::new();
        let is_there = self.word(start) == word.as_bytes();
        if is_there {
            found.push((start, 1.0));
        }
        let begins = |number: &usize| self.word(*number).starts_with(word.as_bytes());
        if word.chars().count() >= 2 {
            for number in (start..self.word_count()).take_while(begins).take(BEGINNINGS).skip(usize::from(is_there)) {
                let share = match self.word(number).len() - word.len() {
                    0 | 1 => BEGINNING * 1.2,
                    2 | 3 => BEGINNING,
                    _ => BEGINNING * 0.7,
                };
                found.push((number, share));
            }
        }
        for other in others(word) {
            let number = self.lower_bound(other.as_bytes());
            if self.word(number) == other.as_bytes() && other != word {
                found.push((number, OTHER_WORD));
            }
        }
        if !is_there {
            self.misspelled(word, &mut found);
        }
        found
    }

    fn misspelled(&self, word: &str, found: &mut Vec<(usize, f32)>) {
        let limit = allowed(word.chars().count());
        if limit == 0 {
            return;
        }
        let own = mask(word);
        for (number, _) in self.masks().enumerate().filter(|(_, mask)| !too_far(own, *mask, limit)) {
            match slips(word.as_bytes(), self.word(number), limit) {
                Some(0 | 1) => found.push((number, ONE_SLIP)),
                Some(_) => found.push((number, TWO_SLIPS)),
                None => {}
            }
        }
    }

    /// The number of the first word that is not before this one.
    fn lower_bound(&self, word: &[u8]) -> usize {
        let (mut low, mut high) = (0, self.word_count());
        while low < high {
            let middle = usize::midpoint(low, high);
            if self.word(middle) < word { low = middle + 1 } else { high = middle }
        }
        low
    }

    /// How much a word says: the fewer operations have it, the more.
    fn says(&self, word: usize) -> f32 {
        let have = count(self.postings(word).len());
        let all = count(self.len());
        ((all - have + 0.5) / (have + 0.5)).ln_1p()
    }

    fn passes(&self, number: usize, query: &Query) -> bool {
        if query.provider.is_none() && query.method.is_none() && query.tag.is_none() {
            return true;
        }
        let record = self.record(number);
        let same =
            |wanted: &Option<String>, own: &str| wanted.as_ref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(own));
        let letters = |text: &str| text.to_lowercase().replace(|ch: char| !ch.is_alphanumeric(), "");
        let provider =
            query.provider.as_ref().is_none_or(|wanted| letters(&record.provider).contains(&letters(wanted)));
        let tag = query.tag.is_none() || record.tags.iter().any(|tag| same(&query.tag, tag));
        provider && tag && same(&query.method, &record.method)
    }

    /// Puts those of the best first whose title says what was asked for and little else, or that have the very name.
    fn look_again(&self, ranked: &mut [(usize, f32)], asked: &[String], text: &str) {
        let best = ranked.len().min(LOOKED_AT_AGAIN);
        let Some(ranked) = ranked.get_mut(..best) else { return };
        let asked: Vec<Asked<'_>> = asked.iter().map(|word| Asked { word, others: others(word).collect() }).collect();
        for (number, score) in ranked.iter_mut() {
            let mut parts = self.parts(*number);
            let (name, title) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
            let (path, flags) = (parts.nth(1).unwrap_or_default(), parts.nth(2).unwrap_or_default());
            let words = words(title);
            let known = words.iter().filter(|word| asked.iter().any(|own| own.means(word))).count();
            let share = count(known) / count(words.len().max(1));
            let depth = count(path.matches('/').count());
            *score *= (1.0 + 0.35 * share) / (1.0 + 0.03 * depth);
            if flags == "d" {
                *score *= 0.8;
            }
            if name.eq_ignore_ascii_case(text) {
                *score += 1000.0;
            }
        }
        ranked.sort_unstable_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
    }
}

/// A word of the query, with the other words for it.
struct Asked<'q> {
    word: &'q str,
    others: Vec<&'static str>,
}

impl Asked<'_> {
    /// Whether a word of a title is this one, or another word for it.
    fn means(&self, word: &str) -> bool {
        word.starts_with(self.word) || self.others.contains(&word)
    }
}

/// A count, to be reckoned with.
#[expect(clippy::cast_precision_loss, reason = "a count of operations is far below what a float keeps exactly")]
pub(super) fn count(number: usize) -> f32 {
    number as f32
}

impl Found {
    fn add(&mut self, postings: impl Iterator<Item = (usize, f32)>, weight: f32) {
        for (number, impact) in postings {
            let Some(current) = self.current.get_mut(number) else { continue };
            if *current == 0.0 {
                self.touched.push(number);
            }
            *current = current.max(weight * impact);
        }
    }

    /// Takes what the current word found into the whole.
    fn next_word(&mut self, says: f32) {
        for number in self.touched.drain(..) {
            let (Some(current), Some(score), Some(covered)) =
                (self.current.get_mut(number), self.scores.get_mut(number), self.covered.get_mut(number))
            else {
                continue;
            };
            *score += *current;
            *covered += says.min(*current);
            *current = 0.0;
        }
    }
}
