//! The password of `autoCreate`, and its rules.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::borrow::Cow;
use std::fmt;

/// How many letters or digits in a row make a consecutive run.
const RUN: usize = 4;

/// A password to be. Its `Debug` is `***`; in the body it stands as text.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Password(String);

impl Password {
    /// A password from its text; the schema judges it, not this.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl JsonSchema for Password {
    fn schema_name() -> Cow<'static, str> {
        "Password".into()
    }

    fn inline_schema() -> bool {
        true
    }

    /// **Source**: the reference page of `POST /users`. A text without any letter breaks the letter rule alone, not the two
    /// rules about case as well: so their patterns let it pass.
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "format": "password",
            "writeOnly": true,
            "minLength": 8,
            "maxLength": 32,
            "x-when": "only with action autoCreate",
            "x-rules": [
                "a letter, a number, upper and lower case",
                "not one character repeated",
                "no 4 consecutive letters or digits"
            ],
            "x-message": {
                "type": "`user_info.password` must be text",
                "minLength": "`user_info.password` must have at least 8 characters: make it longer",
                "maxLength": "`user_info.password` must have at most 32 characters: make it shorter"
            },
            "allOf": [
                must_have("[A-Za-z]", "at least one letter: add one"),
                must_have("[0-9]", "at least one number: add a digit"),
                must_have("[A-Z]|^[^a-z]*$", "an upper case letter beside the lower case ones: add one"),
                must_have("[a-z]|^[^A-Z]*$", "a lower case letter beside the upper case ones: add one"),
                {
                    "not": {"pattern": r"^([\s\S])\1+$"},
                    "x-message": "`user_info.password` must not be one character repeated: mix different ones"
                },
                {
                    "not": {"pattern": consecutive_run()},
                    "x-message": "`user_info.password` must not hold 4 or more consecutive letters or digits, up or down, such as abcd or 4321: break the run"
                }
            ]
        })
    }
}

fn must_have(pattern: &str, what: &str) -> Value {
    json!({"pattern": pattern, "x-message": format!("`user_info.password` must have {what}")})
}

/// A pattern that finds four letters or digits of which each is one up, or each is one down; case does not matter.
fn consecutive_run() -> String {
    let up = |alphabet: &[u8]| alphabet.windows(RUN).map(<[u8]>::to_vec).collect::<Vec<_>>();
    let letters: Vec<u8> = (b'a'..=b'z').collect();
    let digits: Vec<u8> = (b'0'..=b'9').collect();
    let rising = [up(&letters), up(&digits)].concat();
    let falling = rising.iter().map(|run| run.iter().rev().copied().collect::<Vec<_>>());
    let runs: Vec<String> =
        rising.iter().cloned().chain(falling).map(|run| run.into_iter().map(either_case).collect()).collect();
    runs.join("|")
}

fn either_case(letter: u8) -> String {
    let (lower, upper) = (char::from(letter), char::from(letter.to_ascii_uppercase()));
    if lower == upper { lower.to_string() } else { format!("[{lower}{upper}]") }
}
