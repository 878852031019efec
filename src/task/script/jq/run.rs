//! Evaluates a tree over a value.

use super::access::{at, descend, elements};
use super::builtin;
use super::filter::{By, Filter, Function, Operator, Part, Pattern};
use super::format::format;
use super::json::{Json, Members};
use super::limit::{Limits, Stop};
use super::operate::operate;
use super::{regexp, scalar, update};
use std::rc::Rc;

pub(super) type Results = Result<Vec<Json>, Stop>;

/// All results of a program.
pub(super) fn run(program: &Filter, input: &Json, limits: &Limits) -> Results {
    Run { limits, patterns: regexp::Patterns::default() }.all(program, &Scope::default(), input)
}

/// One run of a program.
pub(super) struct Run<'r> {
    pub(super) limits: &'r Limits,
    pub(super) patterns: regexp::Patterns,
}

/// The names that a filter sees, innermost first.
#[derive(Clone, Default)]
pub(super) struct Scope<'q>(Option<Rc<Binding<'q>>>);

struct Binding<'q> {
    what: What<'q>,
    outer: Scope<'q>,
}

enum What<'q> {
    Value(&'q str, Json),
    /// A parameter: a filter in the scope of its caller.
    Closure(&'q str, &'q Filter, Scope<'q>),
    Function(&'q Function),
}

impl<'q> Scope<'q> {
    fn with(&self, what: What<'q>) -> Self {
        Self(Some(Rc::new(Binding { what, outer: self.clone() })))
    }

    fn bindings(&self) -> impl Iterator<Item = (&What<'q>, &Scope<'q>)> {
        std::iter::successors(Some(self), |scope| scope.0.as_ref().map(|binding| &binding.outer))
            .filter_map(|scope| scope.0.as_ref().map(|binding| (&binding.what, scope)))
    }
}

impl Run<'_> {
    /// All results of a filter.
    pub(super) fn all<'q>(&self, filter: &'q Filter, scope: &Scope<'q>, input: &Json) -> Results {
        self.limits.step()?;
        self.limits.deeper(|| self.eval(filter, scope, input))
    }

    fn eval<'q>(&self, filter: &'q Filter, scope: &Scope<'q>, input: &Json) -> Results {
        match filter {
            Filter::Identity => Ok(vec![input.clone()]),
            Filter::Recurse => descend(self, input, |_| true),
            Filter::Literal(value) => Ok(vec![value.clone()]),
            Filter::Template { format, parts } => self.template(format.as_deref(), parts, scope, input),
            Filter::Access { target, by, optional } => self.access(target, by, *optional, scope, input),
            Filter::Try { body, catch } => self.attempt(body, catch.as_deref(), scope, input),
            Filter::List(None) => Ok(vec![Json::list(Vec::new())?]),
            Filter::List(Some(body)) => Ok(vec![Json::list(self.all(body, scope, input)?)?]),
            Filter::Object(members) => self.object(members, scope, input),
            Filter::Negate(body) => self.all(body, scope, input)?.iter().map(scalar::negate).collect(),
            Filter::Pipe(left, right) => {
                self.each(&self.all(left, scope, input)?, |value| self.all(right, scope, value))
            }
            Filter::Comma(all) => self.each(&all.iter().collect::<Vec<_>>(), |filter| self.all(filter, scope, input)),
            Filter::Binary(operator, left, right) => self.binary(*operator, left, right, scope, input),
            Filter::Assign(by, left, right) => update::assign(self, *by, left, right, scope, input),
            Filter::If { arms, otherwise } => self.choose(arms, otherwise, scope, input),
            Filter::Variable(name) => variable(scope, name),
            Filter::Format(name) => Ok(vec![format(name, input)?]),
            Filter::Call { name, arguments } => self.call(name, arguments, scope, input),
            _ => self.binding(filter, scope, input),
        }
    }

    /// The filters that give names.
    fn binding<'q>(&self, filter: &'q Filter, scope: &Scope<'q>, input: &Json) -> Results {
        match filter {
            Filter::Bind { source, pattern, body } => self.each(&self.all(source, scope, input)?, |value| {
                let scopes = self.take_apart(pattern, scope, value)?;
                self.each(&scopes, |scope| self.all(body, scope, input))
            }),
            Filter::Reduce { source, pattern, init, update } => {
                let values = self.all(source, scope, input)?;
                self.each(&self.all(init, scope, input)?, |start| self.fold(pattern, update, scope, &values, start))
            }
            Filter::Foreach { source, pattern, init, update, extract } => {
                let values = self.all(source, scope, input)?;
                self.each(&self.all(init, scope, input)?, |start| {
                    self.walk(pattern, (update, extract.as_deref()), scope, &values, start)
                })
            }
            Filter::Define { function, rest } => self.all(rest, &scope.with(What::Function(function)), input),
            _ => Ok(Vec::new()),
        }
    }

    /// The results of a step for each of some things, one after the other.
    pub(super) fn each<T>(&self, things: &[T], mut step: impl FnMut(&T) -> Results) -> Results {
        if let [only] = things {
            return step(only);
        }
        let mut results = Vec::new();
        for thing in things {
            results.append(&mut step(thing)?);
            self.limits.results(results.len())?;
        }
        Ok(results)
    }

    fn template<'q>(&self, by: Option<&str>, parts: &'q [Part], scope: &Scope<'q>, input: &Json) -> Results {
        let mut texts = vec![String::new()];
        for part in parts {
            let shown = match part {
                Part::Text(text) => vec![text.clone()],
                Part::Value(filter) => {
                    let values = self.all(filter, scope, input)?;
                    let shown = values.iter().map(|value| match by {
                        Some(name) => Ok(format(name, value)?.shown()),
                        None => Ok(value.shown()),
                    });
                    shown.collect::<Result<Vec<_>, Stop>>()?
                }
            };
            texts = texts.iter().flat_map(|text| shown.iter().map(move |more| format!("{text}{more}"))).collect();
            self.limits.results(texts.len())?;
        }
        texts.into_iter().map(Json::text).collect()
    }

    fn access<'q>(&self, target: &'q Filter, by: &'q By, optional: bool, scope: &Scope<'q>, input: &Json) -> Results {
        let targets = self.all(target, scope, input)?;
        self.each(&targets, |value| {
            let found = self.keys(by, scope, input).and_then(|keys| {
                self.each(&keys, |key| match key {
                    Key::All => elements(value),
                    key => Ok(vec![at(value, key, input)?]),
                })
            });
            match found {
                Err(Stop::Error(_)) if optional => Ok(Vec::new()),
                found => found,
            }
        })
    }

    /// What an access looks for: computed over the input, not the target.
    pub(super) fn keys<'q>(&self, by: &'q By, scope: &Scope<'q>, input: &Json) -> Result<Vec<Key>, Stop> {
        Ok(match by {
            By::All => vec![Key::All],
            By::Name(filter) | By::Index(filter) => self.all(filter, scope, input)?.into_iter().map(Key::One).collect(),
            By::Slice(from, to) => {
                let bound = |filter: &'q Option<Box<Filter>>| match filter {
                    Some(filter) => self.all(filter, scope, input),
                    None => Ok(vec![Json::Null]),
                };
                let (from, to) = (bound(from)?, bound(to)?);
                from.iter().flat_map(|from| to.iter().map(move |to| Key::Slice(from.clone(), to.clone()))).collect()
            }
        })
    }

    fn attempt<'q>(&self, body: &'q Filter, catch: Option<&'q Filter>, scope: &Scope<'q>, input: &Json) -> Results {
        match (self.all(body, scope, input), catch) {
            (Err(Stop::Error(_)), None) => Ok(Vec::new()),
            (Err(Stop::Error(message)), Some(catch)) => self.all(catch, scope, &Json::text(message)?),
            (Err(Stop::Break), Some(catch)) => self.all(catch, scope, &Json::text("break".to_owned())?),
            (results, _) => results,
        }
    }

    fn object<'q>(&self, members: &'q [(Filter, Filter)], scope: &Scope<'q>, input: &Json) -> Results {
        let mut objects = vec![Members::default()];
        for (key, value) in members {
            let keys = self.all(key, scope, input)?;
            let values = self.all(value, scope, input)?;
            let mut next = Vec::with_capacity(objects.len());
            for object in objects {
                for key in &keys {
                    let Some(name) = key.as_text() else {
                        return Stop::error(format!(
                            "Cannot use {} ({}) as object key",
                            key.type_name(),
                            key.to_json()
                        ));
                    };
                    for value in &values {
                        let mut object = object.clone();
                        object.insert(name.to_owned(), value.clone());
                        next.push(object);
                        self.limits.results(next.len())?;
                    }
                }
            }
            objects = next;
        }
        objects.into_iter().map(Json::object).collect()
    }

    fn binary<'q>(
        &self,
        operator: Operator,
        left: &'q Filter,
        right: &'q Filter,
        scope: &Scope<'q>,
        input: &Json,
    ) -> Results {
        if operator == Operator::Alternative {
            let mut found = match self.all(left, scope, input) {
                Err(Stop::Error(_)) => Vec::new(),
                found => found?,
            };
            found.retain(Json::is_true);
            return if found.is_empty() { self.all(right, scope, input) } else { Ok(found) };
        }
        self.each(&self.all(left, scope, input)?, |first| match (operator, first.is_true()) {
            (Operator::And, false) => Ok(vec![Json::Bool(false)]),
            (Operator::Or, true) => Ok(vec![Json::Bool(true)]),
            _ => self.all(right, scope, input)?.iter().map(|second| operate(operator, first, second)).collect(),
        })
    }

    fn choose<'q>(
        &self,
        arms: &'q [(Filter, Filter)],
        otherwise: &'q Filter,
        scope: &Scope<'q>,
        input: &Json,
    ) -> Results {
        let Some(((condition, body), rest)) = arms.split_first() else { return self.all(otherwise, scope, input) };
        self.each(&self.all(condition, scope, input)?, |holds| {
            if holds.is_true() { self.all(body, scope, input) } else { self.choose(rest, otherwise, scope, input) }
        })
    }

    fn fold<'q>(
        &self,
        pattern: &'q Pattern,
        update: &'q Filter,
        scope: &Scope<'q>,
        values: &[Json],
        start: &Json,
    ) -> Results {
        let mut state = start.clone();
        for value in values {
            for scope in self.take_apart(pattern, scope, value)? {
                match self.all(update, &scope, &state) {
                    Ok(results) => state = results.into_iter().next_back().unwrap_or(Json::Null),
                    Err(Stop::Break) => return Ok(vec![state]),
                    Err(stop) => return Err(stop),
                }
            }
        }
        Ok(vec![state])
    }

    fn walk<'q>(
        &self,
        pattern: &'q Pattern,
        (update, extract): (&'q Filter, Option<&'q Filter>),
        scope: &Scope<'q>,
        values: &[Json],
        start: &Json,
    ) -> Results {
        let mut state = start.clone();
        let mut results = Vec::new();
        for value in values {
            for scope in self.take_apart(pattern, scope, value)? {
                let states = match self.all(update, &scope, &state) {
                    Err(Stop::Break) => return Ok(results),
                    states => states?,
                };
                for next in states {
                    state = next;
                    match extract {
                        Some(extract) => results.append(&mut self.all(extract, &scope, &state)?),
                        None => results.push(state.clone()),
                    }
                    self.limits.results(results.len())?;
                }
            }
        }
        Ok(results)
    }

    /// The scopes that a pattern makes of a value.
    fn take_apart<'q>(&self, pattern: &'q Pattern, scope: &Scope<'q>, value: &Json) -> Result<Vec<Scope<'q>>, Stop> {
        match pattern {
            Pattern::Name(name) => Ok(vec![scope.with(What::Value(name, value.clone()))]),
            Pattern::List(parts) => {
                let mut scopes = vec![scope.clone()];
                for (index, part) in parts.iter().enumerate() {
                    let key = Key::One(Json::Int(i64::try_from(index).unwrap_or(i64::MAX)));
                    let element = at(value, &key, value)?;
                    scopes = self.spread(scopes, part, &element)?;
                }
                Ok(scopes)
            }
            Pattern::Object(parts) => {
                let mut scopes = vec![scope.clone()];
                for (key, part) in parts {
                    let mut next = Vec::new();
                    for scope in scopes {
                        for key in self.all(key, &scope, value)? {
                            let element = at(value, &Key::One(key), value)?;
                            next.append(&mut self.take_apart(part, &scope, &element)?);
                        }
                    }
                    scopes = next;
                }
                Ok(scopes)
            }
        }
    }

    fn spread<'q>(&self, scopes: Vec<Scope<'q>>, part: &'q Pattern, value: &Json) -> Result<Vec<Scope<'q>>, Stop> {
        let mut next = Vec::new();
        for scope in scopes {
            next.append(&mut self.take_apart(part, &scope, value)?);
        }
        Ok(next)
    }

    fn call<'q>(&self, name: &'q str, arguments: &'q [Filter], scope: &Scope<'q>, input: &Json) -> Results {
        for (what, known) in scope.bindings() {
            match what {
                What::Closure(parameter, body, outer) if *parameter == name && arguments.is_empty() => {
                    return self.all(body, outer, input);
                }
                What::Function(function) if function.name == name && function.parameters.len() == arguments.len() => {
                    return self.apply(function, known, arguments, scope, input);
                }
                _ => {}
            }
        }
        builtin::call(self, name, arguments, scope, input)
    }

    /// Calls a function of the program; `at` is the scope that it was defined in, itself included.
    fn apply<'q>(
        &self,
        function: &'q Function,
        at: &Scope<'q>,
        arguments: &'q [Filter],
        scope: &Scope<'q>,
        input: &Json,
    ) -> Results {
        let mut scopes = vec![at.clone()];
        for (parameter, argument) in function.parameters.iter().zip(arguments) {
            let Some(name) = parameter.strip_prefix('$') else {
                let bound = |known: &Scope<'q>| known.with(What::Closure(parameter, argument, scope.clone()));
                scopes = scopes.iter().map(bound).collect();
                continue;
            };
            let values = self.all(argument, scope, input)?;
            let bound = |known: &Scope<'q>| {
                let bind = |value: &Json| {
                    known.with(What::Closure(name, argument, scope.clone())).with(What::Value(name, value.clone()))
                };
                values.iter().map(bind).collect::<Vec<_>>()
            };
            scopes = scopes.iter().flat_map(bound).collect();
        }
        self.each(&scopes, |inner| self.all(&function.body, inner, input))
    }
}

/// What an access looks for.
pub(super) enum Key {
    One(Json),
    Slice(Json, Json),
    All,
}

fn variable(scope: &Scope<'_>, name: &str) -> Results {
    let found = scope.bindings().find_map(|(what, _)| match what {
        What::Value(known, value) if *known == name => Some(value.clone()),
        _ => None,
    });
    found.map_or_else(|| Stop::error(format!("Undefined variable: ${name}")), |value| Ok(vec![value]))
}
