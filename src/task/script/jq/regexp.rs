//! `test`, `match`, `sub` and their kin.

use super::json::{Json, Members};
use super::limit::Stop;
use fancy_regex::{Captures, Regex, RegexBuilder};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// How much work a search may be, in steps back.
const BACKTRACK_LIMIT: usize = 1_000_000;

/// The patterns that a run has compiled.
#[derive(Default)]
pub(super) struct Patterns {
    compiled: RefCell<HashMap<(String, String), Rc<Pattern>>>,
}

/// A pattern with its flags.
pub(super) struct Pattern {
    regex: Regex,
    is_global: bool,
    skips_empty: bool,
}

impl Patterns {
    pub(super) fn get(&self, text: &str, flags: &str) -> Result<Rc<Pattern>, Stop> {
        let key = (text.to_owned(), flags.to_owned());
        if let Some(known) = self.compiled.borrow().get(&key) {
            return Ok(Rc::clone(known));
        }
        let pattern = Rc::new(Pattern::compile(text, flags)?);
        self.compiled.borrow_mut().insert(key, Rc::clone(&pattern));
        Ok(pattern)
    }
}

impl Pattern {
    fn compile(text: &str, flags: &str) -> Result<Self, Stop> {
        let mut builder = RegexBuilder::new(text);
        builder.backtrack_limit(BACKTRACK_LIMIT);
        let (mut is_global, mut skips_empty) = (false, false);
        for flag in flags.chars() {
            match flag {
                'g' => is_global = true,
                'n' => skips_empty = true,
                'i' => drop(builder.case_insensitive(true)),
                'x' => drop(builder.ignore_whitespace(true)),
                's' | 'p' => drop(builder.dot_matches_new_line(true)),
                'l' => {}
                _ => return Stop::error(format!("Unsupported regex modifier: {flag}")),
            }
        }
        let regex = builder.build().or_else(|error| Stop::error(words(&error.to_string())))?;
        Ok(Self { regex, is_global, skips_empty })
    }

    pub(super) fn is_match(&self, text: &str) -> Result<bool, Stop> {
        self.regex.is_match(text).or_else(|error| Stop::error(error.to_string()))
    }

    /// All matches, or the first when the pattern is not global.
    fn captures<'t>(&self, text: &'t str) -> Result<Vec<Captures<'t, str>>, Stop> {
        let most = if self.is_global { usize::MAX } else { 1 };
        let mut found = Vec::new();
        for captures in self.regex.captures_iter(text).take(most) {
            let captures = captures.or_else(|error| Stop::error(error.to_string()))?;
            if !self.skips_empty || captures.get(0).is_some_and(|whole| !whole.as_str().is_empty()) {
                found.push(captures);
            }
        }
        Ok(found)
    }

    /// `{offset, length, string, captures: [{offset, length, string, name}]}` of each match.
    pub(super) fn matches(&self, text: &str) -> Result<Vec<Json>, Stop> {
        self.captures(text)?.iter().map(|captures| self.describe(text, captures)).collect()
    }

    fn describe(&self, text: &str, captures: &Captures<'_, str>) -> Result<Json, Stop> {
        let mut whole = place(text, captures, 0)?;
        let mut parts = Vec::new();
        for (index, name) in self.regex.capture_names().enumerate().skip(1) {
            let mut part = place(text, captures, index)?;
            let name = name.map_or(Ok(Json::Null), |name| Json::text(name.to_owned()))?;
            part.insert("name".to_owned(), name);
            parts.push(Json::object(part)?);
        }
        whole.insert("captures".to_owned(), Json::list(parts)?);
        Json::object(whole)
    }

    /// The text with every match replaced; `with` is given the named parts of each.
    pub(super) fn replace(
        &self,
        text: &str,
        mut with: impl FnMut(Json) -> Result<String, Stop>,
    ) -> Result<String, Stop> {
        let mut replaced = String::new();
        let mut end = 0;
        for captures in self.captures(text)? {
            let Some(whole) = captures.get(0) else { continue };
            let mut parts = Members::default();
            for name in self.regex.capture_names().flatten() {
                let part = captures.name(name).map_or(Ok(Json::Null), |part| Json::text(part.as_str().to_owned()))?;
                parts.insert(name.to_owned(), part);
            }
            replaced.push_str(text.get(end..whole.start()).unwrap_or_default());
            replaced.push_str(&with(Json::object(parts)?)?);
            super::limit::room_for(replaced.len())?;
            end = whole.end();
        }
        replaced.push_str(text.get(end..).unwrap_or_default());
        Ok(replaced)
    }

    /// The parts of a text between all matches.
    pub(super) fn split(&self, text: &str) -> Result<Vec<Json>, Stop> {
        let mut parts = Vec::new();
        let mut end = 0;
        for captures in self.captures(text)? {
            let Some(whole) = captures.get(0) else { continue };
            parts.push(Json::text(text.get(end..whole.start()).unwrap_or_default().to_owned())?);
            end = whole.end();
        }
        parts.push(Json::text(text.get(end..).unwrap_or_default().to_owned())?);
        Ok(parts)
    }
}

/// Where a group matched, counted in characters.
fn place(text: &str, captures: &Captures<'_, str>, index: usize) -> Result<Members, Stop> {
    let mut members = Members::default();
    let found = captures.get(index);
    let offset = found.map_or(-1, |found| count(text.get(..found.start()).unwrap_or_default()));
    members.insert("offset".to_owned(), Json::Int(offset));
    members.insert("length".to_owned(), Json::Int(found.map_or(0, |found| count(found.as_str()))));
    let string = found.map_or(Ok(Json::Null), |found| Json::text(found.as_str().to_owned()))?;
    members.insert("string".to_owned(), string);
    Ok(members)
}

fn count(text: &str) -> i64 {
    i64::try_from(text.chars().count()).unwrap_or(i64::MAX)
}

/// The words of the server's engine for the commonest mistakes.
fn words(problem: &str) -> String {
    let lower = problem.to_lowercase();
    if lower.contains("opening parenthesis without closing")
        || lower.contains("unclosed group")
        || lower.contains("parenthes")
    {
        "end pattern with unmatched parenthesis".to_owned()
    } else if lower.contains("character class") || lower.contains("unclosed") {
        "premature end of char-class".to_owned()
    } else {
        problem.to_owned()
    }
}
