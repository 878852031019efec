//! Whether a written file is still as it was written: a checksum in the file itself.

/// How a file with a seal begins: a YAML comment, or the first member of a JSON object.
const YAML: &str = "# legwork import ";
const JSON: &str = "{\"$comment\": \"legwork import ";

/// What the seal of a file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seal {
    /// It is as it was written.
    Whole,
    /// It was changed since.
    Broken,
    /// It never had one: a person wrote it.
    None,
}

/// What the seal of a file's text says.
#[must_use]
pub fn seal_of(text: &str) -> Seal {
    let Some(rest) = text.strip_prefix(YAML).or_else(|| text.strip_prefix(JSON)) else { return Seal::None };
    let Some((first, body)) = rest.split_once('\n') else { return Seal::Broken };
    let given = first.trim_end_matches(['\r', '"', ',', ' ']);
    if given == checksum(&body.replace("\r\n", "\n")) { Seal::Whole } else { Seal::Broken }
}

/// A YAML text with its seal.
pub(super) fn yaml(body: &str) -> String {
    format!("{YAML}{}\n{body}", checksum(body))
}

/// The members of a JSON object, each line from the second on, with their seal: `body` ends with the closing brace.
pub(super) fn json(body: &str) -> String {
    format!("{JSON}{}\",\n{body}", checksum(body))
}

/// FNV-1a, 64 bits, in hexadecimal digits.
fn checksum(text: &str) -> String {
    let hash = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_breaks_the_seal() {
        let check = |text: &str, expected: Seal| assert_eq!(seal_of(text), expected, "{text}");
        let whole = yaml("a: 1\n");
        check(&whole, Seal::Whole);
        check(&whole.replace('\n', "\r\n"), Seal::Whole);
        check(&whole.replace('1', "2"), Seal::Broken);
        check(&format!("{whole}b: 1\n"), Seal::Broken);
        check("a: 1\n", Seal::None);
        check("# legwork import", Seal::None);
        let whole = json("\"a\": 1}\n");
        check(&whole, Seal::Whole);
        check(&whole.replace("\"a\"", "\"b\""), Seal::Broken);
        assert!(serde_json::from_str::<serde_json::Value>(&whole).is_ok(), "{whole}");
    }
}
