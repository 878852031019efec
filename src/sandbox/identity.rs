//! New ids: in the shape that the schemas want, and the same for the same seed.

use super::shape::Shape;
use serde_json::Value;
use std::sync::Arc;

/// So many ids are tried before one that fits is taken for new.
const TRIES: u64 = 64;

/// What an id must be.
#[derive(Debug, Clone, Default)]
pub(super) struct IdRule {
    /// Schemas that it keeps to, each with the document it stands in.
    pub(super) schemas: Vec<(Arc<Value>, Value)>,
    /// A typical one.
    pub(super) typical: Value,
    /// The length of one that nothing is known of.
    pub(super) length: usize,
}

impl IdRule {
    /// An id that fits and is not taken.
    pub(super) fn next(&self, seed: u64, origin: &str, is_taken: impl Fn(&Value) -> bool) -> Value {
        for attempt in 0..TRIES {
            let numbers = Numbers::new(seed, &format!("{origin}/{attempt}"));
            let fitting = self.candidates(numbers, attempt).into_iter().find(|id| self.fits(id));
            if let Some(id) = fitting.filter(|id| !is_taken(id)) {
                return id;
            }
        }
        self.typical.clone()
    }

    pub(super) fn fits(&self, id: &Value) -> bool {
        self.schemas.iter().all(|(document, schema)| Shape(document).fits(schema, id))
    }

    fn candidates(&self, mut numbers: Numbers, attempt: u64) -> Vec<Value> {
        match &self.typical {
            Value::Number(typical) => {
                let after = typical.as_i64().unwrap_or(1).saturating_add_unsigned(attempt + 1);
                vec![(1000 + numbers.below(9_000_000)).into(), (1 + numbers.below(100)).into(), after.into()]
            }
            Value::String(typical) => {
                let free = |length: usize, numbers: &mut Numbers| letters(length, numbers).into();
                let mut texts: Vec<Value> = Vec::new();
                if is_uuid(typical) {
                    texts.push(uuid(&mut numbers).into());
                }
                if typical.starts_with("text") {
                    texts.push(free(self.length, &mut numbers));
                    texts.push(free(typical.len(), &mut numbers));
                }
                let prefix = typical.rfind(['_', '-']).map_or(0, |at| at + 1);
                texts.extend([prefix, 0, 1, 2, 3, 4].map(|from| varied(typical, from, &mut numbers).into()));
                texts.push((1000 + numbers.below(9_000_000)).to_string().into());
                texts.push(format!("{typical}{}", attempt + 2).into());
                texts.push(free(self.length, &mut numbers));
                texts
            }
            _ => vec![letters(self.length, &mut numbers).into(), (1000 + numbers.below(9_000_000)).into()],
        }
    }
}

/// A text of the same kind: each letter and digit behind a prefix is another one.
fn varied(text: &str, from: usize, numbers: &mut Numbers) -> String {
    let is_hex = text.bytes().skip(from).all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    let other = |(at, ch): (usize, char)| match ch {
        ch if at < from => ch,
        '0'..='9' => numbers.one_of("0123456789"),
        'a'..='z' if is_hex => numbers.one_of("abcdef"),
        'A'..='Z' if is_hex => numbers.one_of("ABCDEF"),
        'a'..='z' => numbers.one_of("abcdefghijklmnopqrstuvwxyz"),
        'A'..='Z' => numbers.one_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
        ch => ch,
    };
    text.char_indices().map(other).collect()
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// A UUID of version 4 (RFC 9562, section 5.4).
fn uuid(numbers: &mut Numbers) -> String {
    let digits: Vec<char> = (0..36).map(|_| numbers.one_of("0123456789abcdef")).collect();
    let digit = |(at, digit)| match at {
        8 | 13 | 18 | 23 => '-',
        14 => '4',
        19 => 'a',
        _ => digit,
    };
    digits.into_iter().enumerate().map(digit).collect()
}

/// Letters and digits.
pub(super) fn letters(length: usize, numbers: &mut Numbers) -> String {
    const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    (0..length).map(|_| numbers.one_of(LETTERS)).collect()
}

/// Numbers that follow from a seed and an origin. **Source**: FNV-1a, then `SplitMix64`.
#[derive(Debug)]
pub(super) struct Numbers(u64);

impl Numbers {
    pub(super) fn new(seed: u64, origin: &str) -> Self {
        let start = seed ^ 0xcbf2_9ce4_8422_2325;
        Self(origin.bytes().fold(start, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)))
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }

    /// One of the ASCII letters of a text.
    fn one_of(&mut self, letters: &str) -> char {
        let index = usize::try_from(self.below(letters.len() as u64)).unwrap_or_default();
        letters.as_bytes().get(index).map_or('A', |byte| char::from(*byte))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::sample;
    use serde_json::json;

    #[test]
    fn an_id_is_of_the_shape_that_is_asked_for() {
        let check = |schema: Value, expected: &str| {
            let rule =
                IdRule { typical: sample(&schema), schemas: vec![(Arc::new(Value::Null), schema.clone())], length: 22 };
            let first = rule.next(7, "things/0", |_| false);
            let second = rule.next(7, "things/1", |id| *id == first);
            assert!(rule.fits(&first) && rule.fits(&second) && first != second, "{schema} {first} {second}");
            assert_eq!(first, rule.next(7, "things/0", |_| false));
            let text = first.as_str().map_or_else(|| first.to_string(), str::to_owned);
            assert!(regex::Regex::new(expected).is_ok_and(|regex| regex.is_match(&text)), "{schema} {text}");
        };
        check(json!({"type": "integer"}), "^[0-9]{4,}$");
        check(json!({"type": "integer", "maximum": 10}), "^([0-9]|10)$");
        check(json!({"type": "string"}), "^[A-Za-z0-9]{22}$");
        check(json!({"type": "string", "maxLength": 8}), "^[A-Za-z0-9]{4,8}$");
        check(json!({"type": "string", "format": "uuid"}), "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a");
        check(json!({"type": "string", "pattern": "^AC[0-9a-f]{32}$"}), "^AC[0-9a-f]{32}$");
        check(json!({"type": "string", "pattern": "^VA[0-9a-fA-F]{32}$"}), "^VA[0-9a-fA-F]{32}$");
        check(json!({"type": "string", "example": "cus_NffrFeUfNV2Hib"}), "^cus_[A-Za-z]{6}");
        check(json!({}), "^[A-Za-z0-9]{22}$");
    }
}
