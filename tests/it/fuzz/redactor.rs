//! The redactor: a secret in one encoding inside another, between any texts, in every sink. What is left is undone again by readers of
//! our own, and no 8 bytes of the secret may come out.

use super::{Verdict, run};
use base64::Engine;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD, URL_SAFE_NO_PAD};
use legwork::secret::{Redactor, Secret};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, utf8_percent_encode};
use serde_json::{Value, json};
use std::collections::HashSet;

const WINDOW: usize = 8;
/// A character that no secret has.
const NOTHING: &str = "\u{10FFFE}";
const FORM: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'*').remove(b' ');
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
const WORDS: &[&str] = &[
    "\\", "\\u00", "%", "%2", "%25", "&", "&#x", "&amp;", "\"", "'", "\n", "\r\n", "+", " ", "=", "/", "-", "_", "é",
    "中", "😀", "https://", "Bearer ", "0000", "AAAA", "***", "\\\"", "%5C", "\u{1}",
];

#[test]
fn no_window_of_a_secret_leaves_a_sink() {
    run("redactor", WORDS, check);
}

#[test]
fn the_readers_see_what_is_not_masked() {
    let secret = "t0k\"en/A1 b2+C3é4";
    for (inner, block, outer) in
        (0..5).flat_map(|inner| (0..8).flat_map(move |block| (0..64).map(move |outer| (inner, block, outer))))
    {
        let (before, after) = ("a=".to_owned(), "&b".to_owned());
        let plan = Plan { inner, block, outer: [outer % 8, outer / 8], before, secret: secret.to_owned(), after };
        let windows = Windows::of(secret.as_bytes(), &[]);
        let seen = readings(plan.written(secret).as_bytes()).iter().any(|reading| windows.leaked(reading).is_some());
        assert!(seen, "{inner} {block} {outer}: {}", plan.written(secret));
    }
}

/// What an input says: two bytes for the encodings, one for where the parts begin, then the texts.
struct Plan {
    inner: u8,
    block: u8,
    outer: [u8; 2],
    before: String,
    secret: String,
    after: String,
}

impl Plan {
    fn of(input: &[u8]) -> Option<Self> {
        let [first, second, third, cut, length, rest @ ..] = input else { return None };
        // Our own readers put U+FFFD where they cannot read on, so it must mean nothing else.
        let text: Vec<char> = String::from_utf8_lossy(rest).replace('\u{fffd}', "ü").chars().collect();
        let start = usize::from(*cut) % (text.len() / 2 + 1);
        let end = text.len().min(start + 8 + usize::from(*length) % 80);
        let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default().iter().collect::<String>();
        let plan = Self {
            inner: first % 5,
            block: second % 8,
            outer: [third % 8, third / 8 % 8],
            before: part(0, start),
            secret: part(start, end).trim().to_owned(),
            after: part(end, text.len()),
        };
        (plan.secret.len() >= WINDOW).then_some(plan)
    }

    /// The texts with the secret in the middle, or with `other` in its place.
    fn written(&self, middle: &str) -> String {
        let whole = format!("{}{middle}{}", self.before, self.after);
        let mut text = match self.inner {
            0 => whole,
            1 => in_json(&whole),
            2 => utf8_percent_encode(&whole, NON_ALPHANUMERIC).to_string(),
            3 => in_form(&whole),
            _ => unreserved(&whole),
        };
        text = match self.block {
            0 | 1 => text,
            2 => STANDARD.encode(text),
            3 => URL_SAFE_NO_PAD.encode(text),
            4 => format!("Basic {}", STANDARD.encode(format!("user:{text}"))),
            5 => in_lines(&STANDARD.encode(text)),
            6 => in_hex(&text, false),
            _ => in_hex(&text, true),
        };
        for layer in self.outer {
            text = match layer {
                0 | 1 => text,
                2 => in_json(&text),
                3 => text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect::<Vec<_>>().concat(),
                4 => utf8_percent_encode(&text, NON_ALPHANUMERIC).to_string(),
                5 => text.bytes().map(|byte| format!("%{byte:02x}")).collect::<Vec<_>>().concat(),
                6 => in_form(&text),
                _ => in_html(&text),
            };
        }
        text
    }
}

fn in_json(text: &str) -> String {
    json!(text).to_string()
}

fn in_form(text: &str) -> String {
    utf8_percent_encode(text, FORM).to_string().replace(' ', "+")
}

fn unreserved(text: &str) -> String {
    utf8_percent_encode(text, UNRESERVED).to_string()
}

fn in_html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#x27;")
}

fn in_hex(text: &str, upper: bool) -> String {
    text.bytes().map(|byte| if upper { format!("{byte:02X}") } else { format!("{byte:02x}") }).collect()
}

fn in_lines(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    chars.chunks(76).map(|line| line.iter().collect::<String>()).collect::<Vec<_>>().join("\n")
}

fn check(input: &[u8]) -> Verdict {
    let Some(plan) = Plan::of(input) else { return Ok(String::new()) };
    let redactor = Redactor::new([Secret::new(plan.secret.as_str())]);
    let text = plan.written(&plan.secret);
    // What the texts around say by themselves is no leak, and the mask is nobody's secret.
    let innocent = [readings(plan.written("***").as_bytes()), readings(b"{\"key\":\"***\"}")].concat();
    let mut value = json!({"text": text, text.as_str(): [1, {"deep": text}]});
    redactor.redact_value(&mut value);
    let sinks = [
        redactor.redact(&text).into_owned().into_bytes(),
        redactor.redact_bytes(text.as_bytes()).into_owned(),
        strings(&value).join(NOTHING).into_bytes(),
        redactor.redact(&json!({"text": text}).to_string()).into_owned().into_bytes(),
    ];
    let windows = Windows::of(plan.secret.as_bytes(), &innocent);
    for sink in &sinks {
        // A secret may hold the mask itself, and what was put in its place is not it.
        let shown = String::from_utf8_lossy(sink).replace("***", NOTHING);
        for reading in readings(shown.as_bytes()) {
            if let Some(part) = windows.leaked(&reading) {
                return Err(format!("{:?} of {:?} is left in {shown:?}", part.escape_ascii().to_string(), plan.secret));
            }
        }
    }
    Ok(format!("{} {} {:?} {}", plan.inner, plan.block, plan.outer, redactor.find(&text).len()))
}

fn strings(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items.iter().flat_map(strings).collect(),
        Value::Object(map) => map.iter().flat_map(|(key, item)| [vec![key.clone()], strings(item)].concat()).collect(),
        _ => Vec::new(),
    }
}

/// The windows of a secret, but for those that the texts around tell as well.
struct Windows {
    all: HashSet<[u8; WINDOW]>,
    /// By their first two bytes: most places of a text hold none.
    begins: Vec<bool>,
    length: usize,
}

impl Windows {
    fn of(secret: &[u8], innocent: &[Vec<u8>]) -> Self {
        let windows = secret.windows(WINDOW).filter(|window| !is_uniform(window));
        let mut own = Self {
            all: windows.filter_map(|window| window.try_into().ok()).collect(),
            begins: Vec::new(),
            length: secret.len(),
        };
        own.begins = own.beginnings();
        let told: Vec<_> =
            innocent.iter().flat_map(|text| text.windows(WINDOW)).filter(|window| own.has(window)).collect();
        for window in told {
            own.all.remove(window);
        }
        own
    }

    fn beginnings(&self) -> Vec<bool> {
        let mut begins = vec![false; 1 << 16];
        for [first, second, ..] in &self.all {
            begins[usize::from(*first) << 8 | usize::from(*second)] = true;
        }
        begins
    }

    fn has(&self, window: &[u8]) -> bool {
        self.begins[usize::from(window[0]) << 8 | usize::from(window[1])] && self.all.contains(window)
    }

    /// A part of the secret that a text tells.
    fn leaked<'t>(&self, text: &'t [u8]) -> Option<&'t [u8]> {
        let mut at = 0;
        while let Some(window) = text.get(at..at + WINDOW) {
            if !self.has(window) {
                at += 1;
                continue;
            }
            let start = at;
            while text.get(at..at + WINDOW).is_some_and(|window| self.has(window)) {
                at += 1;
            }
            let part = &text[start..at + WINDOW - 1];
            if part.len() >= 16 || part.len() >= self.length || !is_word(part) {
                return Some(part);
            }
        }
        None
    }
}

/// One or two characters over and over tell nothing.
fn is_uniform(window: &[u8]) -> bool {
    let first = window[0];
    let other = window.iter().find(|byte| **byte != first).copied().unwrap_or(first);
    window.iter().all(|byte| *byte == first || *byte == other)
}

fn is_word(part: &[u8]) -> bool {
    part.iter().all(|byte| byte.is_ascii_lowercase() || b" :/.,@_-".contains(byte))
}

/// Everything that somebody may read out of a text: its escapes undone, base64 and hex at every place where they may begin.
fn readings(text: &[u8]) -> Vec<Vec<u8>> {
    let mut all = vec![text.to_vec()];
    for _ in 0..4 {
        let last = all.last().cloned().unwrap_or_default();
        all.push(without_json(&percent_decode(&without_html(&last)).collect::<Vec<u8>>()));
    }
    all.dedup();
    let blocks: Vec<Vec<u8>> = all.iter().flat_map(|text| decoded(text)).collect();
    all.extend(blocks.iter().map(|block| without_json(block)));
    all.extend(blocks.iter().map(|block| percent_decode(block).collect()));
    all.extend(blocks.iter().map(|block| percent_decode(&block.replace_plus()).collect()));
    all.extend(blocks);
    all
}

/// A form's `+` as a space.
trait ReplacePlus {
    fn replace_plus(&self) -> Vec<u8>;
}

impl ReplacePlus for Vec<u8> {
    fn replace_plus(&self) -> Vec<u8> {
        self.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect()
    }
}

fn decoded(text: &[u8]) -> Vec<Vec<u8>> {
    let lenient = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let base64 = GeneralPurpose::new(&alphabet::STANDARD, lenient);
    let joined: Vec<u8> = text.iter().copied().filter(|byte| !matches!(byte, b'\n' | b'\r')).collect();
    let mut found = Vec::new();
    let runs = joined.split(|byte| !byte.is_ascii_alphanumeric() && !b"+/-_".contains(byte));
    for run in runs.filter(|run| run.len() >= 11) {
        let run: Vec<u8> = run
            .iter()
            .map(|byte| match byte {
                b'-' => b'+',
                b'_' => b'/',
                other => *other,
            })
            .collect();
        for start in 0..4 {
            let part = run.get(start..).unwrap_or_default();
            let whole = part.get(..part.len() / 4 * 4).unwrap_or_default();
            found.extend(base64.decode(whole));
        }
        for start in 0..2 {
            let pairs = run.get(start..).unwrap_or_default().chunks_exact(2);
            let digit = |byte: &u8| char::from(*byte).to_digit(16);
            let pair = |pair: &[u8]| u8::try_from(digit(pair.first()?)? * 16 + digit(pair.last()?)?).ok();
            found.push(pairs.map(|both| pair(both).unwrap_or(0)).collect());
        }
    }
    found
}

fn without_html(text: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(text);
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#x27;", "'");
    text.replace("&amp;", "&").into_bytes()
}

fn without_json(text: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(text).into_owned();
    let mut units: Vec<u16> = Vec::new();
    let mut rest = text.as_str();
    while let Some(ch) = rest.chars().next() {
        let escape = rest.get(1..2).filter(|_| ch == '\\');
        let unit = rest.get(2..6).and_then(|digits| u16::from_str_radix(digits, 16).ok());
        let (own, length) = match (escape, unit) {
            (Some("u"), Some(unit)) => (Some(unit), 6),
            (Some("n"), _) => (Some(10), 2),
            (Some("r"), _) => (Some(13), 2),
            (Some("t"), _) => (Some(9), 2),
            (Some("b"), _) => (Some(8), 2),
            (Some("f"), _) => (Some(12), 2),
            (Some("\\"), _) => (Some(92), 2),
            (Some("\""), _) => (Some(34), 2),
            _ => (None, ch.len_utf8()),
        };
        match own {
            Some(unit) => units.push(unit),
            None => units.extend(ch.encode_utf16(&mut [0; 2]).iter()),
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    String::from_utf16_lossy(&units).into_bytes()
}
