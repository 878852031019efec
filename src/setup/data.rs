//! Values in files, JSON or YAML.

use crate::diagnostic::{Diagnostic, codes};
use crate::host;
use crate::source::{self, kind_in_words};
use serde_json::{Map, Value};
use std::path::Path;

/// A file that holds an object.
///
/// # Errors
/// What is wrong with the file; `E0604` when it holds something else.
pub fn object(path: &Path) -> Result<Map<String, Value>, Vec<Diagnostic>> {
    match data(path)? {
        Value::Object(object) => Ok(object),
        other => {
            let message = format!("{} holds {}, not an object", path.display(), kind_in_words(&other));
            Err(vec![Diagnostic::new(codes::E0604, message).help("write {\"name\": value, ...}")])
        }
    }
}

/// A file that holds any value.
///
/// # Errors
/// What is wrong with the file.
pub fn data(path: &Path) -> Result<Value, Vec<Diagnostic>> {
    let file = host::load_source(path).map_err(|err| vec![err.into()])?;
    let parsed = source::parse(&file);
    let problems: Vec<_> = parsed.problems.iter().map(|problem| Diagnostic::of_problem(problem, Some(&file))).collect();
    if problems.iter().any(Diagnostic::is_error) { Err(problems) } else { Ok(parsed.value) }
}
