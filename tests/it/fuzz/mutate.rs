//! New inputs from old ones.

/// Makes inputs.
pub(super) struct Mutator<'m> {
    /// What the target's language is made of.
    pub(super) words: &'m [&'m str],
    /// What is there; never empty.
    pub(super) corpus: &'m [Vec<u8>],
    /// Chance.
    pub(super) random: &'m mut fastrand::Rng,
}

/// The longest input.
const LONGEST: usize = 4096;

impl Mutator<'_> {
    /// An input of the corpus with one to six changes.
    pub(super) fn next(&mut self) -> Vec<u8> {
        let mut input = self.some();
        for _ in 0..self.random.usize(1..=6) {
            self.change(&mut input);
        }
        input.truncate(LONGEST);
        input
    }

    fn some(&mut self) -> Vec<u8> {
        let index = self.random.usize(..self.corpus.len());
        self.corpus.get(index).cloned().unwrap_or_default()
    }

    fn change(&mut self, input: &mut Vec<u8>) {
        let at = self.random.usize(..=input.len());
        let length = self.random.usize(..=16).min(input.len() - at);
        match self.random.u8(..8) {
            0 => drop(input.drain(at..at + length)),
            1 => {
                let part: Vec<u8> = input.get(at..at + length).unwrap_or_default().to_vec();
                let to = self.random.usize(..=input.len());
                input.splice(to..to, part);
            }
            2 => {
                if let Some(byte) = input.get_mut(at) {
                    *byte ^= 1 << self.random.u8(..8);
                }
            }
            3 => input.insert(at, self.random.u8(..)),
            4 => input.insert(at, self.random.u8(b' '..=b'~')),
            5 => {
                let other = self.some();
                let from = self.random.usize(..=other.len());
                input.splice(at.., other.get(from..).unwrap_or_default().to_vec());
            }
            _ => {
                let word = self.random.usize(..self.words.len().max(1));
                let word = self.words.get(word).copied().unwrap_or_default();
                input.splice(at..at + length.min(self.random.usize(..=2)), word.bytes());
            }
        }
    }
}
