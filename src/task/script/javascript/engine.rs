//! One QuickJS with its limits.

use super::super::{MEMORY_LIMIT, ScriptError};
use super::failure::{Thrown, failure, find_problem};
use super::result::Reader;
use super::short::is_short;
use super::syntax::report;
use crate::definition::Dialect;
use rquickjs::context::{EvalOptions, intrinsic};
use rquickjs::{Context, Ctx, Function, Object, Persistent, Runtime};
use serde_json::Value;
use std::cell::Cell;
use std::rc::Rc;
use std::time::Instant;

/// What a script can use: the language, and nothing of the machine.
type Intrinsics = (
    intrinsic::Date,
    intrinsic::Eval,
    intrinsic::RegExpCompiler,
    intrinsic::RegExp,
    intrinsic::Json,
    intrinsic::Proxy,
    intrinsic::MapSet,
    intrinsic::TypedArrays,
    intrinsic::Promise,
);

/// Well under the stack of any thread that evaluates scripts.
const STACK_LIMIT: usize = 512 << 10;

const HOST_OBJECTS: &str = include_str!("host_objects.js");

/// Evaluated before the host objects, in both dialects: what GraalJS does not have, and what results are read by.
const INSPECT: &str = include_str!("inspect.js");

/// A global scope, ready for scripts.
struct Realm {
    tools: Persistent<Object<'static>>,
    context: Context,
}

/// One QuickJS: not to be shared between threads.
pub(super) struct Engine {
    plain: Option<Realm>,
    conductor: Option<Realm>,
    deadline: Rc<Cell<Option<Instant>>>,
    runtime: Runtime,
}

impl Engine {
    pub(super) fn new() -> Result<Self, ScriptError> {
        let runtime = Runtime::new().map_err(|_| ScriptError::OutOfMemory)?;
        runtime.set_memory_limit(MEMORY_LIMIT);
        runtime.set_max_stack_size(STACK_LIMIT);
        let deadline = Rc::new(Cell::new(None::<Instant>));
        let limit = Rc::clone(&deadline);
        runtime.set_interrupt_handler(Some(Box::new(move || limit.get().is_some_and(|limit| Instant::now() >= limit))));
        Ok(Self { plain: None, conductor: None, deadline, runtime })
    }

    /// Evaluates a script over its input, `$`.
    pub(super) fn evaluate(
        &mut self,
        text: &str,
        input: &Value,
        dialect: Dialect,
        deadline: Instant,
    ) -> Result<Value, ScriptError> {
        self.deadline.set(Some(deadline));
        if is_short(text) {
            let realm = self.shared(dialect)?;
            return realm.run(|ctx, tools| evaluate_in(ctx, tools, text, input, dialect, deadline));
        }
        let realm = Realm::new(&self.runtime, dialect)?;
        realm.run(|ctx, tools| evaluate_in(ctx, tools, text, input, dialect, deadline))
    }

    /// GraalJS's report of what is wrong with a text, none of which is run.
    pub(super) fn check(&mut self, text: &str, deadline: Instant) -> Result<Option<String>, ScriptError> {
        self.deadline.set(Some(deadline));
        let realm = Realm::new(&self.runtime, Dialect::Legwork)?;
        realm.run(|ctx, _| match find_problem(ctx, text, deadline)? {
            Some(first) => Ok(Some(report(text, first, |text| find_problem(ctx, text, deadline).ok().flatten()))),
            None => Ok(None),
        })
    }

    /// The scope of scripts that cannot change it.
    fn shared(&mut self, dialect: Dialect) -> Result<&Realm, ScriptError> {
        let slot = match dialect {
            Dialect::Legwork => &mut self.plain,
            Dialect::Conductor => &mut self.conductor,
        };
        match slot {
            Some(realm) => Ok(realm),
            None => Ok(slot.insert(Realm::new(&self.runtime, dialect)?)),
        }
    }
}

impl Realm {
    fn new(runtime: &Runtime, dialect: Dialect) -> Result<Self, ScriptError> {
        let context = Context::custom::<Intrinsics>(runtime).map_err(|_| ScriptError::OutOfMemory)?;
        let tools = context.with(|ctx| tools(&ctx, dialect).map(|tools| Persistent::save(&ctx, tools)));
        Ok(Self { tools: tools.map_err(|_| ScriptError::OutOfMemory)?, context })
    }

    fn run<T>(
        &self,
        step: impl for<'js> FnOnce(&Ctx<'js>, &Object<'js>) -> Result<T, ScriptError>,
    ) -> Result<T, ScriptError> {
        self.context.with(|ctx| {
            let tools = self.tools.clone().restore(&ctx).map_err(|_| ScriptError::OutOfMemory)?;
            step(&ctx, &tools)
        })
    }
}

/// The functions that Rust uses, out of reach of any script.
fn tools<'js>(ctx: &Ctx<'js>, dialect: Dialect) -> rquickjs::Result<Object<'js>> {
    let tools: Object<'js> = eval_as(ctx, INSPECT, "host")?;
    if dialect == Dialect::Conductor {
        let host: Object<'js> = eval_as(ctx, HOST_OBJECTS, "host")?;
        for name in ["show", "plain", "javaClass", "isHostError"] {
            tools.set(name, host.get::<_, Function<'js>>(name)?)?;
        }
    }
    Ok(tools)
}

fn evaluate_in<'js>(
    ctx: &Ctx<'js>,
    tools: &Object<'js>,
    text: &str,
    input: &Value,
    dialect: Dialect,
    deadline: Instant,
) -> Result<Value, ScriptError> {
    let reader = Reader::new(tools, input, dialect, deadline);
    let value = show(ctx, tools, input).and_then(|()| eval::<rquickjs::Value<'js>>(ctx, text));
    let result = match value {
        Ok(value) => reader.read(&value),
        Err(error) => Err(error.into()),
    };
    result.map_err(|stop| stop.explain(|| failure(&Thrown::catch(ctx, deadline), ctx, tools, text, deadline)))
}

/// Puts the input where the script finds it.
fn show<'js>(ctx: &Ctx<'js>, tools: &Object<'js>, input: &Value) -> rquickjs::Result<()> {
    let mut shown = ctx.json_parse(input.to_string())?;
    if let Ok(show) = tools.get::<_, Function<'js>>("show") {
        shown = show.call((shown,))?;
    }
    ctx.globals().set("$", shown)
}

/// Evaluates a script under the name that the server gives it.
pub(super) fn eval<'js, V: rquickjs::FromJs<'js>>(ctx: &Ctx<'js>, text: &str) -> rquickjs::Result<V> {
    eval_as(ctx, text, "inline")
}

fn eval_as<'js, V: rquickjs::FromJs<'js>>(ctx: &Ctx<'js>, text: &str, name: &str) -> rquickjs::Result<V> {
    let mut options = EvalOptions::default();
    options.strict = false;
    options.filename = Some(name.to_owned());
    ctx.eval_with_options(text, options)
}
