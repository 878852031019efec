//! The functions that jackson-jq has, by name and number of arguments.

use super::access::{descend, elements, paths};
use super::collect::{self, contains, extreme, groups, has, indices, list_of, not_applicable, sorted, text_of};
use super::filter::{Filter, Operator};
use super::json::{Json, Members};
use super::limit::Stop;
use super::operate::{named, operate, split};
use super::run::{Results, Run, Scope};
use super::scalar::{from_json, implode, no_argument, to_number};
use super::update;
use std::cmp::Ordering;

/// Calls a function that the program does not define itself.
pub(super) fn call<'q>(run: &Run<'_>, name: &str, arguments: &'q [Filter], scope: &Scope<'q>, input: &Json) -> Results {
    let call = Call { run, name, scope, input };
    let known = match arguments {
        [] => call.plain(),
        [first] => call.one(first),
        [first, second] => call.two(first, second),
        [first, second, third] => call.three(first, second, third),
        _ => None,
    };
    known.unwrap_or_else(|| Stop::error(format!("Function {name}/{} does not exist", arguments.len())))
}

/// One call: `None` stands for a function that does not exist.
pub(super) struct Call<'c, 'r, 'q> {
    pub(super) run: &'c Run<'r>,
    pub(super) name: &'c str,
    pub(super) scope: &'c Scope<'q>,
    pub(super) input: &'c Json,
}

type Known = Option<Results>;

impl<'q> Call<'_, '_, 'q> {
    fn plain(&self) -> Known {
        if let Some(kept) = self.kept() {
            return Some(Ok(if kept { vec![self.input.clone()] } else { Vec::new() }));
        }
        let input = self.input;
        Some(match self.name {
            "empty" => Ok(Vec::new()),
            "break" => Err(Stop::Break),
            "values" if matches!(input, Json::Null) => Ok(Vec::new()),
            "recurse" | "recurse_down" => descend(self.run, input, |value| !matches!(value, Json::Null)),
            "paths" => self.paths(|value| Ok(value.is_true())),
            "leaf_paths" => self.paths(|value| Ok(!matches!(value, Json::List(_) | Json::Object(_)))),
            "combinations" => self.combinations(input),
            _ => return self.value().map(|value| Ok(vec![value?])),
        })
    }

    /// The filters by type.
    fn kept(&self) -> Option<bool> {
        let kind = self.input.type_name();
        Some(match self.name {
            "arrays" => kind == "array",
            "booleans" => kind == "boolean",
            "nulls" => kind == "null",
            "objects" => kind == "object",
            "numbers" => kind == "number",
            "strings" => kind == "string",
            "values" => kind != "null",
            "iterables" => matches!(kind, "array" | "object"),
            "scalars" => !matches!(kind, "array" | "object"),
            _ => return None,
        })
    }

    /// The functions that give one value for one.
    fn value(&self) -> Option<Result<Json, Stop>> {
        let input = self.input;
        Some(match self.name {
            "not" => Ok(Json::Bool(!input.is_true())),
            "type" => Json::text(input.type_name().to_owned()),
            "length" => collect::length(input),
            "keys" | "keys_unsorted" => collect::keys(self.name, input),
            "to_entries" => collect::to_entries(input),
            "from_entries" => collect::from_entries(input),
            "add" => elements(input)
                .and_then(|all| all.iter().try_fold(Json::Null, |sum, element| operate(Operator::Add, &sum, element))),
            "any" => elements(input).map(|all| Json::Bool(all.iter().any(Json::is_true))),
            "all" => elements(input).map(|all| Json::Bool(all.iter().all(Json::is_true))),
            "first" => super::access::at(input, &super::run::Key::One(Json::Int(0)), input),
            "last" => super::access::at(input, &super::run::Key::One(Json::Int(-1)), input),
            "flatten" => self.flatten(-1),
            "reverse" => list_of("reverse", input).and_then(|list| Json::list(list.iter().rev().cloned().collect())),
            "transpose" => collect::transpose(input),
            "sort" | "group" | "unique" | "min" | "max" => {
                list_of(self.over(), input).and_then(|list| self.ordered(pairs(list)))
            }
            _ => return self.scalar(),
        })
    }

    /// The functions over texts and numbers.
    fn scalar(&self) -> Option<Result<Json, Stop>> {
        let input = self.input;
        Some(match self.name {
            "tojson" => Json::text(input.to_json()),
            "tostring" => Json::text(input.shown()),
            "tonumber" => to_number(input),
            "fromjson" => text_of("fromjson", input).and_then(from_json),
            "utf8bytelength" => match input {
                Json::Text(text) => Ok(Json::Int(i64::try_from(text.get().len()).unwrap_or(i64::MAX))),
                _ => Stop::error(format!("{} only strings have UTF-8 byte length", named(input))),
            },
            "explode" => text_of("explode", input)
                .and_then(|text| Json::list(text.chars().map(|ch| Json::Int(i64::from(u32::from(ch)))).collect())),
            "implode" => list_of("implode", input).and_then(implode),
            "ascii_downcase" => text_of("explode", input).and_then(|text| Json::text(text.to_ascii_lowercase())),
            "ascii_upcase" => text_of("explode", input).and_then(|text| Json::text(text.to_ascii_uppercase())),
            "nan" => Ok(Json::Double(f64::NAN)),
            "infinite" => Ok(Json::Double(f64::INFINITY)),
            "isnan" => Ok(Json::Bool(input.as_f64().is_some_and(f64::is_nan))),
            "isinfinite" => Ok(Json::Bool(input.as_f64().is_some_and(f64::is_infinite))),
            "floor" => self.math(f64::floor),
            "sqrt" => self.math(f64::sqrt),
            "log2" => self.math(f64::log2),
            "sin" => self.math(f64::sin),
            "cos" => self.math(f64::cos),
            "atan" => self.math(f64::atan),
            _ => return None,
        })
    }

    fn math(&self, function: fn(f64) -> f64) -> Result<Json, Stop> {
        match self.input.as_f64() {
            Some(number) => Ok(Json::Double(function(number))),
            None => not_applicable("mathfunc", self.input, "[NUMBER]"),
        }
    }

    pub(super) fn all(&self, filter: &'q Filter, input: &Json) -> Results {
        self.run.all(filter, self.scope, input)
    }

    /// For each value of an argument one result.
    fn with(&self, argument: &'q Filter, step: impl Fn(&Json) -> Result<Json, Stop>) -> Results {
        self.all(argument, self.input)?.iter().map(step).collect()
    }

    fn holds(&self, filter: &'q Filter, input: &Json) -> Result<bool, Stop> {
        Ok(self.all(filter, input)?.iter().any(Json::is_true))
    }

    fn one(&self, first: &'q Filter) -> Known {
        let input = self.input;
        Some(match self.name {
            "select" => self.select(first),
            "map" => self.map(first).and_then(|list| Ok(vec![Json::list(list)?])),
            "map_values" => self.map_values(first).map(|value| vec![value]),
            "with_entries" => self.with_entries(first).map(|value| vec![value]),
            "recurse" => self.recurse(first, None),
            "range" => self.with_range(None, first, None),
            "error" => self.with(first, |message| {
                Stop::error(if is_container(message) { String::new() } else { message.shown() })
            }),
            "first" => self.all(first, input).map(|results| results.into_iter().take(1).collect()),
            "last" => self.all(first, input).map(|results| vec![results.into_iter().next_back().unwrap_or(Json::Null)]),
            "nth" => self.with(first, |index| super::access::at(input, &super::run::Key::One(index.clone()), input)),
            "any" => elements(input).and_then(|all| self.quantify(first, &all, true)),
            "all" => elements(input).and_then(|all| self.quantify(first, &all, false)),
            "flatten" => self.with(first, |depth| match depth.as_long().unwrap_or(0) {
                depth if depth < 0 => Stop::error("flatten depth must not be negative"),
                depth => self.flatten(depth),
            }),
            "paths" => self.paths(|value| self.holds(first, value)),
            "del" => update::delete(self.run, first, self.scope, input).map(|rest| vec![rest]),
            "walk" => self.walk(first, input),
            "combinations" => self.all(first, input).and_then(|counts| {
                self.run.each(&counts, |count| {
                    let rows = usize::try_from(count.as_long().unwrap_or(0)).unwrap_or(0).min(1000);
                    self.combinations(&Json::list(vec![input.clone(); rows])?)
                })
            }),
            "sort" | "sort_by" | "group" | "group_by" | "unique" | "unique_by" | "min" | "min_by" | "max"
            | "max_by" => self.by(first).and_then(|pairs| Ok(vec![self.ordered(pairs)?])),
            _ => return self.one_value(first),
        })
    }

    /// The functions of one evaluated argument.
    fn one_value(&self, first: &'q Filter) -> Known {
        let input = self.input;
        Some(match self.name {
            "has" => self.with(first, |key| has(input, key)),
            "in" => self.with(first, |container| has(container, input)),
            "contains" => self.with(first, |part| contains(input, part)),
            "inside" => self.with(first, |whole| contains(whole, input)),
            "index" => self.with(first, |part| Ok(indices(input, part)?.into_iter().next().unwrap_or(Json::Null))),
            "rindex" => self.with(first, |part| Ok(indices(input, part)?.pop().unwrap_or(Json::Null))),
            "indices" => self.with(first, |part| match input {
                Json::Text(_) if part.as_text().is_none() => Stop::error("indices() is not applicable to STRING"),
                Json::Text(_) | Json::List(_) => Json::list(indices(input, part)?),
                _ => not_applicable("indices", input, "[STRING, ARRAY]"),
            }),
            "join" => self.with(first, |separator| collect::join(input, separator)),
            "split" => text_of("split", input).and_then(|text| {
                self.with(first, |separator| match separator.as_text() {
                    Some(separator) => split(text, separator),
                    None => Stop::error("1st argument of split() must evaluate to string"),
                })
            }),
            "startswith" | "endswith" | "ltrimstr" | "rtrimstr" => {
                text_of(self.name, input).and_then(|text| self.with(first, |part| self.affix(text, part)))
            }
            "test" | "match" | "capture" | "scan" | "splits" => self.search(first, None),
            _ => return None,
        })
    }

    fn two(&self, first: &'q Filter, second: &'q Filter) -> Known {
        let input = self.input;
        Some(match self.name {
            "range" => self.with_range(Some(first), second, None),
            "recurse" => self.recurse(first, Some(second)),
            "limit" => self.all(first, input).and_then(|counts| {
                self.run.each(&counts, |count| {
                    let mut results = self.all(second, input)?;
                    if let Ok(most) = usize::try_from(count.as_long().unwrap_or(0)) {
                        results.truncate(most);
                    }
                    Ok(results)
                })
            }),
            "nth" => self.with(first, |index| match usize::try_from(index.as_long().unwrap_or(0)) {
                Ok(index) => Ok(self.all(second, input)?.into_iter().take(index + 1).next_back().unwrap_or(Json::Null)),
                Err(_) => Stop::error("nth doesn't support negative indices"),
            }),
            "any" => self.all(first, input).and_then(|all| self.quantify(second, &all, true)),
            "all" => self.all(first, input).and_then(|all| self.quantify(second, &all, false)),
            "until" => self.until(first, second),
            "while" => self.while_true(first, second),
            "pow" => self.all(first, input).and_then(|bases| {
                self.run.each(&bases, |base| {
                    self.with(second, |exponent| match (base.as_f64(), exponent.as_f64()) {
                        (Some(base), Some(exponent)) => Ok(Json::number(base.powf(exponent))),
                        (None, _) => no_argument("0th", base),
                        (Some(_), None) => no_argument("1st", exponent),
                    })
                })
            }),
            "test" | "match" | "capture" | "scan" | "splits" | "split" => self.search(first, Some(second)),
            "sub" => self.replace(first, second, None, ""),
            "gsub" => self.replace(first, second, None, "g"),
            _ => return None,
        })
    }

    fn three(&self, first: &'q Filter, second: &'q Filter, third: &'q Filter) -> Known {
        Some(match self.name {
            "range" => self.with_range(Some(first), second, Some(third)),
            "sub" => self.replace(first, second, Some(third), ""),
            "gsub" => self.replace(first, second, Some(third), "g"),
            _ => return None,
        })
    }

    fn select(&self, condition: &'q Filter) -> Results {
        let holds = self.all(condition, self.input)?;
        Ok(holds.iter().filter(|value| value.is_true()).map(|_| self.input.clone()).collect())
    }

    fn map(&self, filter: &'q Filter) -> Results {
        self.run.each(&elements(self.input)?, |element| self.all(filter, element))
    }

    fn map_values(&self, filter: &'q Filter) -> Result<Json, Stop> {
        let first = |value: &Json| Ok(self.all(filter, value)?.into_iter().next().unwrap_or(Json::Null));
        update::change_all(self.input, &first)
    }

    fn with_entries(&self, filter: &'q Filter) -> Result<Json, Stop> {
        let entries = elements(&collect::to_entries(self.input)?)?;
        collect::from_entries(&Json::list(self.run.each(&entries, |entry| self.all(filter, entry))?)?)
    }

    fn flatten(&self, depth: i64) -> Result<Json, Stop> {
        let mut flat = Vec::new();
        collect::flatten(self.input, depth, &mut flat)?;
        Json::list(flat)
    }

    fn quantify(&self, condition: &'q Filter, values: &[Json], wanted: bool) -> Results {
        for value in values {
            if self.holds(condition, value)? == wanted {
                return Ok(vec![Json::Bool(wanted)]);
            }
        }
        Ok(vec![Json::Bool(!wanted)])
    }

    fn paths(&self, is_wanted: impl Fn(&Json) -> Result<bool, Stop>) -> Results {
        let mut found = Vec::new();
        for (path, value) in paths(self.input)? {
            if is_wanted(&value)? {
                found.push(Json::list(path)?);
            }
        }
        Ok(found)
    }

    /// The name that errors have for the functions that order.
    fn over(&self) -> &'static str {
        match self.name {
            "sort" | "sort_by" => "sort",
            "min" | "min_by" => "min",
            "max" | "max_by" => "max",
            _ => "group",
        }
    }

    fn by(&self, filter: &'q Filter) -> Result<Vec<(Json, Json)>, Stop> {
        let list = list_of(self.over(), self.input)?;
        list.iter().map(|element| Ok((Json::list(self.all(filter, element)?)?, element.clone()))).collect()
    }

    fn ordered(&self, pairs: Vec<(Json, Json)>) -> Result<Json, Stop> {
        match self.over() {
            "sort" => Json::list(sorted(pairs).into_iter().map(|(_, element)| element).collect()),
            "min" => Ok(extreme(pairs, Ordering::Less)),
            "max" => Ok(extreme(pairs, Ordering::Greater)),
            _ => {
                let groups = groups(pairs).into_iter();
                if self.name.starts_with("unique") {
                    Json::list(groups.filter_map(|group| group.into_iter().next()).collect())
                } else {
                    Json::list(groups.map(Json::list).collect::<Result<_, _>>()?)
                }
            }
        }
    }

    fn recurse(&self, filter: &'q Filter, condition: Option<&'q Filter>) -> Results {
        let mut all = Vec::new();
        let mut open = vec![self.input.clone()];
        while let Some(value) = open.pop() {
            let mut next = Vec::new();
            for inner in self.all(filter, &value)? {
                let goes_on = match condition {
                    Some(condition) => self.holds(condition, &inner)?,
                    None => !matches!(inner, Json::Null),
                };
                if goes_on {
                    next.push(inner);
                }
            }
            open.extend(next.into_iter().rev());
            all.push(value);
            self.run.limits.results(all.len())?;
        }
        Ok(all)
    }

    fn with_range(&self, from: Option<&'q Filter>, to: &'q Filter, by: Option<&'q Filter>) -> Results {
        let values = |filter: Option<&'q Filter>, absent: i64| match filter {
            Some(filter) => self.all(filter, self.input),
            None => Ok(vec![Json::Int(absent)]),
        };
        let (from, to, by) = (values(from, 0)?, self.all(to, self.input)?, values(by, 1)?);
        let mut results = Vec::new();
        for (from, to, by) in from.iter().flat_map(|from| {
            let by = &by;
            to.iter().flat_map(move |to| by.iter().map(move |by| (from, to, by)))
        }) {
            let (Some(mut at), Some(end), Some(step)) = (from.as_f64(), to.as_f64(), by.as_f64()) else {
                return Stop::error("arguments of range() must be NUMBER");
            };
            while (step > 0.0 && at < end) || (step < 0.0 && at > end) {
                results.push(Json::number(at));
                self.run.limits.results(results.len())?;
                at += step;
            }
        }
        Ok(results)
    }

    fn until(&self, condition: &'q Filter, next: &'q Filter) -> Results {
        let mut results = Vec::new();
        let mut open = vec![self.input.clone()];
        while let Some(value) = open.pop() {
            if self.holds(condition, &value)? {
                results.push(value);
            } else {
                open.extend(self.all(next, &value)?.into_iter().rev());
            }
            self.run.limits.results(results.len() + open.len())?;
        }
        Ok(results)
    }

    fn while_true(&self, condition: &'q Filter, next: &'q Filter) -> Results {
        let mut results = Vec::new();
        let mut open = vec![self.input.clone()];
        while let Some(value) = open.pop() {
            if self.holds(condition, &value)? {
                open.extend(self.all(next, &value)?.into_iter().rev());
                results.push(value);
            }
            self.run.limits.results(results.len() + open.len())?;
        }
        Ok(results)
    }

    /// Every object with its keys in order and every list, from the inside out.
    fn walk(&self, filter: &'q Filter, value: &Json) -> Results {
        let inner = match value {
            Json::Object(_) => {
                let mut walked = Members::default();
                for key in elements(&collect::keys("keys", value)?)? {
                    let member = super::access::at(value, &super::run::Key::One(key.clone()), value)?;
                    if let Some(last) = self.run.limits.deeper(|| self.walk(filter, &member))?.into_iter().next_back() {
                        walked.insert(key.shown(), last);
                    }
                }
                Json::object(walked)?
            }
            Json::List(list) => {
                let walked =
                    self.run.each(list.get(), |element| self.run.limits.deeper(|| self.walk(filter, element)))?;
                Json::list(walked)?
            }
            scalar => scalar.clone(),
        };
        self.all(filter, &inner)
    }

    fn combinations(&self, rows: &Json) -> Results {
        let mut all = vec![Vec::new()];
        if collect::length(rows)?.as_long() == Some(0) {
            return Ok(vec![Json::list(Vec::new())?]);
        }
        super::access::at(rows, &super::run::Key::One(Json::Int(0)), rows)?;
        for row in elements(rows)? {
            let choices = elements(&row)?;
            let longer = |chosen: &Vec<Json>| {
                choices
                    .iter()
                    .map(|choice| chosen.iter().chain([choice]).cloned().collect::<Vec<_>>())
                    .collect::<Vec<_>>()
            };
            all = all.iter().flat_map(longer).collect();
            self.run.limits.results(all.len())?;
        }
        all.into_iter().map(Json::list).collect()
    }

    fn affix(&self, text: &str, part: &Json) -> Result<Json, Stop> {
        let Some(part) = part.as_text() else {
            return match self.name {
                "startswith" | "endswith" => {
                    Stop::error(format!("1st argument of {}() must evaluate to string", self.name))
                }
                name => Stop::error(format!("1st argument to {name}() must be string, got {}", collect::kind(part))),
            };
        };
        match self.name {
            "startswith" => Ok(Json::Bool(text.starts_with(part))),
            "endswith" => Ok(Json::Bool(text.ends_with(part))),
            "ltrimstr" => Json::text(text.strip_prefix(part).unwrap_or(text).to_owned()),
            _ => Json::text(text.strip_suffix(part).unwrap_or(text).to_owned()),
        }
    }
}

fn is_container(value: &Json) -> bool {
    matches!(value, Json::List(_) | Json::Object(_))
}

fn pairs(list: &[Json]) -> Vec<(Json, Json)> {
    list.iter().map(|element| (element.clone(), element.clone())).collect()
}
