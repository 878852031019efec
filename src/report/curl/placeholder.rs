//! Marks in the place of secrets: they go through every encoding unchanged.

use crate::secret::{Secret, SecretStore};
use std::sync::{Mutex, PoisonError};

const START: &str = "lgwkSecret";
const END: &str = "zq";

/// A store that gives marks for secrets and notes which ones were asked for.
#[derive(Default)]
pub struct Placeholders {
    /// The secrets that are there; a mark is given for these alone.
    known: Vec<String>,
    asked: Mutex<Vec<String>>,
}

/// A part of a text.
pub(super) enum Piece<'t> {
    /// As it is.
    Text(&'t str),
    /// The secret of that name.
    Secret(String),
}

impl Placeholders {
    /// Marks for the secrets of these names; any other one is not set.
    #[must_use]
    pub fn new(known: impl IntoIterator<Item = String>) -> Self {
        Self { known: known.into_iter().collect(), asked: Mutex::default() }
    }

    /// The mark of a secret.
    pub(super) fn mark(&self, name: &str) -> String {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let index = asked.iter().position(|known| known == name).unwrap_or_else(|| {
            asked.push(name.to_owned());
            asked.len() - 1
        });
        format!("{START}{index:04}{END}")
    }

    /// Whether a secret stands in the text.
    pub(super) fn has_mark(&self, text: &str) -> bool {
        self.pieces(text).iter().any(|piece| matches!(piece, Piece::Secret(_)))
    }

    /// The text cut at its marks.
    pub(super) fn pieces<'t>(&self, text: &'t str) -> Vec<Piece<'t>> {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut pieces, mut rest) = (Vec::new(), text);
        let mut from = 0;
        while let Some(at) = rest.get(from..).and_then(|text| text.find(START)).map(|at| at + from) {
            let after = rest.get(at + START.len()..).unwrap_or_default();
            let number = after.get(..4).and_then(|number| number.parse::<usize>().ok());
            let name = number.filter(|_| after.get(4..).is_some_and(|end| end.starts_with(END)));
            let Some(name) = name.and_then(|number| asked.get(number)) else {
                from = at + START.len();
                continue;
            };
            if at > 0 {
                pieces.push(Piece::Text(rest.get(..at).unwrap_or_default()));
            }
            pieces.push(Piece::Secret(name.clone()));
            rest = after.get(4 + END.len()..).unwrap_or_default();
            from = 0;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest));
        }
        pieces
    }
}

impl SecretStore for Placeholders {
    fn secret(&self, name: &str) -> Option<Secret> {
        self.is_set(name).then(|| Secret::new(self.mark(name)))
    }

    fn is_set(&self, name: &str) -> bool {
        self.known.iter().any(|known| known == name)
    }
}
