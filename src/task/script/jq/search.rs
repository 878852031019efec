//! Functions that take a regular expression.

use super::access::elements;
use super::builtin::Call;
use super::collect::text_of;
use super::filter::Filter;
use super::json::{Json, Members};
use super::limit::Stop;
use super::run::Results;

impl<'q> Call<'_, '_, 'q> {
    /// The pattern and flags of each pair of values; a list is both.
    fn patterns(&self, first: &'q Filter, flags: Option<&'q Filter>) -> Result<Vec<(String, String)>, Stop> {
        let mut all = Vec::new();
        for pattern in self.all(first, self.input)? {
            let flags = match flags {
                Some(flags) => self.all(flags, self.input)?,
                None => vec![Json::Null],
            };
            for flags in flags {
                let part =
                    |list: &[Json], at: usize| list.get(at).and_then(Json::as_text).unwrap_or_default().to_owned();
                match &pattern {
                    Json::Text(text) => all.push((text.get().clone(), flags.as_text().unwrap_or_default().to_owned())),
                    Json::List(list) if !list.get().is_empty() => all.push((part(list.get(), 0), part(list.get(), 1))),
                    other => return Stop::error(format!("{} not a string or array", other.type_name())),
                }
            }
        }
        Ok(all)
    }

    pub(super) fn search(&self, first: &'q Filter, flags: Option<&'q Filter>) -> Results {
        let patterns = self.patterns(first, flags)?;
        let text = text_of("_match_impl/3", self.input)?;
        self.run.each(&patterns, |(pattern, flags)| {
            let flags =
                if matches!(self.name, "scan" | "splits" | "split") { format!("{flags}g") } else { flags.clone() };
            let pattern = self.run.patterns.get(pattern, &flags)?;
            match self.name {
                "test" => Ok(vec![Json::Bool(pattern.is_match(text)?)]),
                "splits" => pattern.split(text),
                "split" => Ok(vec![Json::list(pattern.split(text)?)?]),
                "match" => pattern.matches(text),
                "capture" => pattern.matches(text)?.iter().map(captured).collect(),
                _ => pattern.matches(text)?.iter().map(scanned).collect(),
            }
        })
    }

    pub(super) fn replace(
        &self,
        first: &'q Filter,
        with: &'q Filter,
        flags: Option<&'q Filter>,
        more: &str,
    ) -> Results {
        let text = text_of("_sub_impl/3", self.input)?;
        self.run.each(&self.patterns(first, flags)?, |(pattern, flags)| {
            let pattern = self.run.patterns.get(pattern, &format!("{flags}{more}"))?;
            let replaced = pattern.replace(text, |parts| {
                let new = self.all(with, &parts)?;
                Ok(new.first().map(Json::shown).unwrap_or_default())
            })?;
            Ok(vec![Json::text(replaced)?])
        })
    }
}

/// The named groups of a match.
fn captured(found: &Json) -> Result<Json, Stop> {
    let mut named = Members::default();
    for group in elements(&member(found, "captures"))? {
        if let Some(name) = member(&group, "name").as_text() {
            named.insert(name.to_owned(), member(&group, "string"));
        }
    }
    Json::object(named)
}

/// The groups of a match, or all of it when there are none.
fn scanned(found: &Json) -> Result<Json, Stop> {
    let groups = elements(&member(found, "captures"))?;
    if groups.is_empty() {
        return Ok(member(found, "string"));
    }
    Json::list(groups.iter().map(|group| member(group, "string")).collect())
}

fn member(value: &Json, name: &str) -> Json {
    let Json::Object(members) = value else { return Json::Null };
    members.get().get(name).cloned().unwrap_or(Json::Null)
}
