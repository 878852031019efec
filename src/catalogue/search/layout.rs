//! The bytes of an index. All numbers are little endian, 32 bits.
//!
//! A header (magic, checksum, then the counts and the starts of the sections), and the sections: where each word starts and the
//! words, sorted; a mask of letters for each; where its operations start; the operations of each word (`number`, `impact`), and
//! the texts of the operations.

use super::record::Record;

/// The first bytes. Another layout gets another number: an old index is then made anew.
pub(super) const MAGIC: &[u8; 8] = b"LWINDEX1";

/// Where the checked part begins: behind magic and checksum.
pub(super) const CHECKED: usize = 16;

/// The numbers of the header, in their order behind the checksum.
#[derive(Debug, Clone, Copy)]
pub(super) enum Head {
    Operations,
    Words,
    /// Starts of the words in their blob; one more than there are words.
    WordStarts,
    WordBlob,
    Masks,
    /// Starts of the postings; one more than there are words.
    PostingStarts,
    Postings,
    /// Starts of the operations' texts; one more than there are operations.
    TextStarts,
    Texts,
    End,
}

/// The length of the header.
pub(super) const HEADER: usize = CHECKED + 4 * (Head::End as usize + 1);

/// The length of one posting: the operation's number, and its impact in thousandths.
pub(super) const POSTING: usize = 6;

/// Why bytes are no index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IndexError {
    /// They are something else, or an index of another version.
    #[error("the index is of another version")]
    Version,
    /// They were changed or cut off.
    #[error("the index is damaged")]
    Damaged,
}

/// An index, ready to be searched.
#[derive(Debug, Clone)]
pub struct Index {
    bytes: Vec<u8>,
}

impl Index {
    /// Takes bytes that [`as_bytes`](Self::as_bytes) gave.
    ///
    /// # Errors
    /// When they are not what an index of this version holds.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, IndexError> {
        if !bytes.starts_with(MAGIC) {
            return Err(IndexError::Version);
        }
        let checked = bytes.get(CHECKED..).ok_or(IndexError::Damaged)?;
        let sum = bytes.get(MAGIC.len()..CHECKED).and_then(|sum| sum.try_into().ok()).map(u64::from_le_bytes);
        if sum != Some(checksum(checked)) || bytes.len() < HEADER {
            return Err(IndexError::Damaged);
        }
        let index = Self { bytes };
        let is_whole = index.head(Head::End) == index.bytes.len();
        if is_whole { Ok(index) } else { Err(IndexError::Damaged) }
    }

    /// Bytes that were just built.
    pub(super) fn built(bytes: Vec<u8>) -> Self {
        Self { bytes }
    }

    /// The index as it is written to a file.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// How many operations it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.head(Head::Operations)
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What lists show of an operation; what is only searched is left empty.
    #[must_use]
    pub fn record(&self, number: usize) -> Record {
        let mut parts = self.parts(number);
        let mut next = || parts.next().unwrap_or_default().to_owned();
        let (name, title, method, path, provider) = (next(), next(), next(), next(), next());
        let tags = next().split('\u{1}').filter(|tag| !tag.is_empty()).map(str::to_owned).collect();
        let deprecated = next() == "d";
        Record { name, title, method, path, provider, tags, deprecated, ..Record::default() }
    }

    /// All operations, in the order they were given.
    pub fn records(&self) -> impl Iterator<Item = Record> {
        (0..self.len()).map(|number| self.record(number))
    }

    /// The number of the operation of that name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<usize> {
        (0..self.len()).find(|number| self.name(*number) == name)
    }

    /// The name of an operation.
    #[must_use]
    pub fn name(&self, number: usize) -> &str {
        self.parts(number).next().unwrap_or_default()
    }

    /// Name, title, method, path, provider, tags and flags.
    pub(super) fn parts(&self, number: usize) -> impl Iterator<Item = &str> {
        let (start, end) = self.range(Head::TextStarts, number);
        let texts = self.head(Head::Texts);
        let bytes = self.bytes.get(texts + start..texts + end).unwrap_or_default();
        std::str::from_utf8(bytes).unwrap_or_default().split('\0')
    }

    pub(super) fn word_count(&self) -> usize {
        self.head(Head::Words)
    }

    pub(super) fn word(&self, number: usize) -> &[u8] {
        let (start, end) = self.range(Head::WordStarts, number);
        let blob = self.head(Head::WordBlob);
        self.bytes.get(blob + start..blob + end).unwrap_or_default()
    }

    pub(super) fn masks(&self) -> impl Iterator<Item = u32> {
        let start = self.head(Head::Masks);
        let bytes = self.bytes.get(start..start + 4 * self.word_count()).unwrap_or_default();
        bytes.as_chunks::<4>().0.iter().map(|mask| u32::from_le_bytes(*mask))
    }

    /// The operations that have a word, and how much it says of each.
    pub(super) fn postings(&self, word: usize) -> impl ExactSizeIterator<Item = (usize, f32)> {
        let (start, end) = self.range(Head::PostingStarts, word);
        let base = self.head(Head::Postings);
        let bytes = self.bytes.get(base + start..base + end).unwrap_or_default();
        bytes.as_chunks::<POSTING>().0.iter().map(|[a, b, c, d, low, high]| {
            let number = u32::from_le_bytes([*a, *b, *c, *d]);
            (number as usize, f32::from(u16::from_le_bytes([*low, *high])) / 1000.0)
        })
    }

    fn range(&self, table: Head, number: usize) -> (usize, usize) {
        let at = self.head(table) + 4 * number;
        let start = self.number(at);
        (start, self.number(at + 4).max(start))
    }

    pub(super) fn head(&self, head: Head) -> usize {
        self.number(CHECKED + 4 * head as usize)
    }

    fn number(&self, at: usize) -> usize {
        let bytes = self.bytes.get(at..at + 4).and_then(|bytes| bytes.first_chunk::<4>());
        bytes.map_or(0, |bytes| u32::from_le_bytes(*bytes) as usize)
    }
}

/// A checksum against accidents: eight bytes at a time.
pub(super) fn checksum(bytes: &[u8]) -> u64 {
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    let (words, rest) = bytes.as_chunks::<8>();
    let mix = |sum: u64, word: u64| (sum.rotate_left(23) ^ word).wrapping_mul(FACTOR);
    let sum = words.iter().fold(FACTOR, |sum, word| mix(sum, u64::from_le_bytes(*word)));
    let sum = rest.iter().fold(sum, |sum, byte| mix(sum, u64::from(*byte)));
    mix(sum, bytes.len() as u64)
}
