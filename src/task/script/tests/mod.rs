mod hostile;
mod python;
mod recorded;

use super::*;

fn run(kind: ScriptKind, text: &str, input: Value, dialect: Dialect) -> Result<Value, ScriptError> {
    Job { kind, text: text.into(), input, dialect }.run(Instant::now() + TIME_LIMIT)
}
