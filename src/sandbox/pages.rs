//! Lists of inferred collections: which things, and which page of them.

use super::Scene;
use super::kept::{Thing, Things, text};
use super::path::Path;
use super::reply::Outcome;
use super::resource::Cast;
use crate::catalogue::Play;
use serde_json::Value;

/// Parameters that tell how many things a page has.
const SIZES: &[&str] = &[
    "limit",
    "per_page",
    "perPage",
    "page_size",
    "pageSize",
    "size",
    "count",
    "max_results",
    "maxResults",
    "first",
    "top",
    "$top",
];

/// Parameters that tell how many things come before the page.
const OFFSETS: &[&str] = &["offset", "skip", "start", "startIndex", "start_index", "$skip"];

/// Parameters that tell which page is wanted.
const PAGES: &[&str] = &["page", "pageNumber", "page_number"];

/// The size of a page that is asked for by its number alone.
const USUAL: usize = 30;

impl Scene<'_> {
    /// The things of a collection; the documented answer, or a typical one, while nothing was made.
    pub(super) fn list_things(&self, play: &Play, cast: &Cast) -> Outcome {
        let status = self.status(play);
        let Some(things) = self.listed(cast) else { return self.fixed(play, status) };
        let wanted: Vec<&Thing> = things.all.iter().filter(|thing| self.is_asked_for(thing)).collect();
        let (start, size) = self.page_asked_for();
        let page = wanted.iter().copied().skip(start).take(size);
        let body = match &cast.view {
            Some(view) => Some(view.with_list(page, wanted.len(), &cast.kind.sendable)),
            None if self.entry.output_schema().is_none() => {
                Some(page.map(|thing| Value::Object(thing.record.clone())).collect())
            }
            None => play.reply.body.clone(),
        };
        Outcome::new(status, body)
    }

    /// The collection that a list is of: its own, else the one above that holds the same things, as `/pets` of `/pets/by-status`.
    fn listed(&self, cast: &Cast) -> Option<&Things> {
        let has_things = |things: &&Things| things.made > 0 || !things.all.is_empty();
        let of = |path: &Path| self.sandbox.kept.collection(&self.collection_of(path)).filter(has_things);
        let above = || {
            let reference = cast.reference.as_ref()?;
            of(&cast.path.parent()).filter(|things| things.kinds.contains(reference))
        };
        of(&cast.path).or_else(above)
    }

    /// Whether a thing has the values that the query asks for in parameters called like its fields; `all` asks for nothing.
    fn is_asked_for(&self, thing: &Thing) -> bool {
        let is_page = |name: &str| [SIZES, OFFSETS, PAGES].iter().any(|names| names.contains(&name));
        self.query.iter().filter(|(name, _)| !is_page(name)).all(|(name, asked)| {
            let own = thing.record.get(name).filter(|own| !own.is_object() && !own.is_array() && !own.is_null());
            let Some(own) = own.map(text) else { return true };
            match asked {
                Value::Array(several) => several.iter().any(|one| text(one) == own),
                one => matches!(text(one).as_str(), "all" | "") || text(one).split(',').any(|one| one == own),
            }
        })
    }

    /// How many things are passed over, and how many are given.
    fn page_asked_for(&self) -> (usize, usize) {
        let number =
            |names: &[&str]| names.iter().find_map(|name| self.query.get(*name)?.as_str()?.parse::<usize>().ok());
        let (size, page) = (number(SIZES), number(PAGES));
        let usual = page.map_or(usize::MAX, |_| USUAL);
        let size = size.filter(|size| *size > 0).unwrap_or(usual);
        let before = page.map_or(0, |page| page.saturating_sub(1).saturating_mul(size));
        (number(OFFSETS).unwrap_or(before), size)
    }
}
