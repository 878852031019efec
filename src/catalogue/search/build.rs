//! Builds the bytes of an index.

use super::layout::{CHECKED, HEADER, Head, Index, MAGIC, checksum};
use super::rank::count;
use super::record::Record;
use super::typo::mask;
use super::words::{of_method, words};
use std::collections::BTreeMap;

/// How much a word weighs by where it stands, and how much a long text makes each of its words weigh less.
#[derive(Debug, Clone, Copy)]
struct Field {
    weight: f32,
    length: f32,
}

/// Title, name, path, tags, provider, what the method says, description, fields.
const FIELDS: [Field; 8] = [
    Field { weight: 4.0, length: 0.5 },
    Field { weight: 2.5, length: 0.3 },
    Field { weight: 2.5, length: 0.4 },
    Field { weight: 1.0, length: 0.3 },
    Field { weight: 2.0, length: 0.0 },
    Field { weight: 1.0, length: 0.0 },
    Field { weight: 0.7, length: 0.7 },
    Field { weight: 0.4, length: 0.7 },
];

/// How fast a word that stands often says no more.
const SATURATION: f32 = 1.2;

impl Index {
    /// The index of these operations; their numbers are their places in the list.
    #[must_use]
    pub fn build(records: &[Record]) -> Self {
        let texts: Vec<[Vec<String>; 8]> = records.iter().map(fields).collect();
        let mut averages = [0.0_f32; 8];
        for (field, average) in averages.iter_mut().enumerate() {
            let total: usize = texts.iter().map(|texts| texts.get(field).map_or(0, Vec::len)).sum();
            *average = (count(total) / count(records.len().max(1))).max(1.0);
        }
        let mut postings: BTreeMap<&str, Vec<(u32, f32)>> = BTreeMap::new();
        for (number, own) in texts.iter().enumerate() {
            let number = u32::try_from(number).unwrap_or(u32::MAX);
            for (word, weight) in weights(own, &averages) {
                let impact = weight * (SATURATION + 1.0) / (weight + SATURATION);
                postings.entry(word).or_default().push((number, impact));
            }
        }
        Self::built(bytes(records, &postings))
    }
}

/// The words of each field.
fn fields(record: &Record) -> [Vec<String>; 8] {
    let own_name = record.name.strip_prefix(&record.provider).unwrap_or(&record.name);
    let provider = format!("{} {}", record.provider, record.provider_title);
    // A variable of the path names what is passed, not what the operation is about.
    let (variables, path): (Vec<_>, Vec<_>) = record.path.split('/').partition(|segment| segment.starts_with('{'));
    let (variables, path) = (variables.join(" "), path.join(" "));
    let implied = of_method(&record.method, &record.path).iter().map(|word| (*word).to_owned());
    [
        words(&record.title),
        words(own_name),
        words(&path),
        words(&record.tags.join(" ")),
        words(&provider),
        implied.chain([record.method.to_lowercase()]).collect(),
        words(&record.description),
        words(&format!("{variables} {}", record.fields.join(" "))),
    ]
}

/// The weight of each word of an operation, over all of its fields.
fn weights<'t>(texts: &'t [Vec<String>; 8], averages: &[f32; 8]) -> BTreeMap<&'t str, f32> {
    let mut weights: BTreeMap<&str, f32> = BTreeMap::new();
    for ((words, field), average) in texts.iter().zip(FIELDS).zip(averages) {
        let longer = 1.0 - field.length + field.length * count(words.len()) / average;
        let mut seen = BTreeMap::<&str, f32>::new();
        for word in words {
            *seen.entry(word).or_default() += 1.0;
        }
        for (word, times) in seen {
            // A word that a title repeats is not twice as true.
            *weights.entry(word).or_default() += field.weight * times.min(2.0) / longer;
        }
    }
    weights
}

/// A section in the making: parts of different lengths, and where each starts.
#[derive(Default)]
struct Table {
    starts: Vec<u8>,
    blob: Vec<u8>,
}

impl Table {
    fn push(&mut self, part: &[u8]) {
        self.start();
        self.blob.extend_from_slice(part);
    }

    fn start(&mut self) {
        self.starts.extend_from_slice(&number(self.blob.len()));
    }
}

fn number(value: usize) -> [u8; 4] {
    u32::try_from(value).unwrap_or(u32::MAX).to_le_bytes()
}

fn bytes(records: &[Record], postings: &BTreeMap<&str, Vec<(u32, f32)>>) -> Vec<u8> {
    let (mut words, mut lists, mut texts, mut masks) =
        (Table::default(), Table::default(), Table::default(), Vec::new());
    for (word, list) in postings {
        words.push(word.as_bytes());
        masks.extend_from_slice(&mask(word).to_le_bytes());
        lists.start();
        for (operation, impact) in list {
            lists.blob.extend_from_slice(&operation.to_le_bytes());
            lists.blob.extend_from_slice(&thousandths(*impact).to_le_bytes());
        }
    }
    for record in records {
        texts.push(text(record).as_bytes());
    }
    [&mut words, &mut lists, &mut texts].into_iter().for_each(Table::start);
    let counts = [(Head::Operations, records.len()), (Head::Words, postings.len())];
    let sections = [
        (Head::WordStarts, words.starts),
        (Head::WordBlob, words.blob),
        (Head::Masks, masks),
        (Head::PostingStarts, lists.starts),
        (Head::Postings, lists.blob),
        (Head::TextStarts, texts.starts),
        (Head::Texts, texts.blob),
    ];
    assemble(&counts, sections)
}

fn assemble(counts: &[(Head, usize)], sections: [(Head, Vec<u8>); 7]) -> Vec<u8> {
    let mut bytes = vec![0; HEADER];
    let put = |bytes: &mut Vec<u8>, head: Head, value: usize| {
        let at = CHECKED + 4 * head as usize;
        if let Some(place) = bytes.get_mut(at..at + 4) {
            place.copy_from_slice(&number(value));
        }
    };
    for (head, count) in counts {
        put(&mut bytes, *head, *count);
    }
    for (head, section) in sections {
        let start = bytes.len();
        put(&mut bytes, head, start);
        bytes.extend_from_slice(&section);
    }
    let end = bytes.len();
    put(&mut bytes, Head::End, end);
    let sum = checksum(bytes.get(CHECKED..).unwrap_or_default());
    bytes.splice(..CHECKED, MAGIC.iter().copied().chain(sum.to_le_bytes()));
    bytes
}

fn thousandths(impact: f32) -> u16 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an impact is below 3 and not negative"
    )]
    let rounded = (impact * 1000.0) as u16;
    rounded
}

fn text(record: &Record) -> String {
    let clean = |text: &str| text.replace(['\0', '\u{1}', '\n'], " ");
    let tags: Vec<_> = record.tags.iter().map(|tag| clean(tag)).collect();
    let flags = if record.deprecated { "d" } else { "" };
    let parts = [&record.name, &record.title, &record.method, &record.path, &record.provider];
    let mut parts: Vec<_> = parts.iter().map(|part| clean(part)).collect();
    parts.extend([tags.join("\u{1}"), flags.to_owned()]);
    parts.join("\0")
}
