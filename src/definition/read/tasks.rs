//! Fields that hold tasks, task definitions, task types and named constants.

use super::{Cursor, Read, Report, Wire, read_object, write_object};
use crate::definition::{
    RetryLogic, SubWorkflowParam, TaskDef, TaskType, TimeoutPolicy, WorkflowTask, WorkflowTimeoutPolicy,
};
use crate::diagnostic::{codes, nearest};
use serde_json::Value;

impl Wire for Vec<WorkflowTask> {
    fn read(at: &Cursor<'_>, report: &mut Report<'_>) -> Read<Self> {
        list(at, report, "a list of tasks", |item, report| {
            if item.value.is_object() {
                return Read::Exact(read_object(item, report));
            }
            report.wrong_type(item, "a task");
            Read::Refused
        })
    }

    fn write(&self) -> Option<Value> {
        Some(self.iter().map(write_object).collect())
    }
}

impl Wire for Vec<Vec<WorkflowTask>> {
    fn read(at: &Cursor<'_>, report: &mut Report<'_>) -> Read<Self> {
        list(at, report, "a list of branches, each a list of tasks", Wire::read)
    }

    fn write(&self) -> Option<Value> {
        Some(self.iter().filter_map(Wire::write).collect())
    }
}

/// Reads the items of a list; one that is refused is left out.
fn list<T>(
    at: &Cursor<'_>,
    report: &mut Report<'_>,
    expected: &str,
    read: fn(&Cursor<'_>, &mut Report<'_>) -> Read<T>,
) -> Read<Vec<T>> {
    if at.value.is_null() {
        return Read::Converted(Vec::new());
    }
    if !at.value.is_array() {
        report.wrong_type(at, expected);
        return Read::Refused;
    }
    let (mut items, mut exact) = (Vec::new(), true);
    for item in at.items() {
        match read(&item, report) {
            Read::Exact(value) => items.push(value),
            Read::Converted(value) => {
                exact = false;
                items.push(value);
            }
            Read::Refused => exact = false,
        }
    }
    if exact { Read::Exact(items) } else { Read::Converted(items) }
}

impl Wire for Vec<(String, Vec<WorkflowTask>)> {
    fn read(at: &Cursor<'_>, report: &mut Report<'_>) -> Read<Self> {
        if at.value.is_null() {
            return Read::Converted(Self::new());
        }
        if !at.value.is_object() {
            report.wrong_type(at, "a mapping from a case to its list of tasks");
            return Read::Refused;
        }
        let (mut cases, mut exact) = (Self::new(), true);
        for (key, case) in at.entries() {
            match Vec::<WorkflowTask>::read(&case, report) {
                Read::Exact(tasks) => cases.push((key.to_owned(), tasks)),
                Read::Converted(tasks) => {
                    exact = false;
                    cases.push((key.to_owned(), tasks));
                }
                Read::Refused => exact = false,
            }
        }
        if exact { Read::Exact(cases) } else { Read::Converted(cases) }
    }

    fn write(&self) -> Option<Value> {
        let cases = self.iter().filter_map(|(key, tasks)| Some((key.clone(), tasks.write()?)));
        Some(Value::Object(cases.collect()))
    }
}

impl Wire for TaskDef {
    fn read(at: &Cursor<'_>, report: &mut Report<'_>) -> Read<Self> {
        if at.value.is_object() {
            return Read::Exact(read_object(at, report));
        }
        report.wrong_type(at, "a task definition");
        Read::Refused
    }

    fn write(&self) -> Option<Value> {
        Some(write_object(self))
    }
}

impl Wire for SubWorkflowParam {
    fn read(at: &Cursor<'_>, report: &mut Report<'_>) -> Read<Self> {
        let Value::Object(raw) = at.value else {
            report.wrong_type(at, "a mapping with the `name` of a workflow");
            return Read::Refused;
        };
        let name = at.get("name").and_then(|name| match Option::<String>::read(&name, report) {
            Read::Exact(name) | Read::Converted(name) => name,
            Read::Refused => None,
        });
        let present = |key: &str| raw.get(key).filter(|value| !value.is_null()).cloned();
        let (version, workflow_definition) = (present("version"), present("workflowDefinition"));
        Read::Exact(Self { name, version, workflow_definition, raw: raw.clone() })
    }

    fn write(&self) -> Option<Value> {
        Some(Value::Object(self.raw.clone()))
    }
}

impl Wire for TaskType {
    fn read(at: &Cursor<'_>, report: &mut Report<'_>) -> Read<Self> {
        match at.value {
            Value::String(name) => Read::Exact(Self::parse(name)),
            Value::Null => {
                report.wrong_type(at, "the type of a task");
                Read::Refused
            }
            _ => match String::read(at, report) {
                Read::Exact(name) | Read::Converted(name) => Read::Converted(Self::parse(&name)),
                Read::Refused => Read::Refused,
            },
        }
    }

    fn write(&self) -> Option<Value> {
        Some(self.as_str().into())
    }
}

/// Reads one of a few constants. A number is the place in the list, as for a server; null is the default.
fn constant<T: Copy + Default>(at: &Cursor<'_>, report: &mut Report<'_>, names: &[(&str, T)]) -> Read<T> {
    let found = match at.value {
        Value::Null => return Read::Converted(T::default()),
        Value::String(name) => names.iter().find(|(known, _)| known == name),
        Value::Number(number) => {
            let place = number.as_u64().and_then(|place| usize::try_from(place).ok());
            return match place.and_then(|place| names.get(place)) {
                Some((name, value)) => {
                    report.converted(at, "one of its names", &Value::from(*name));
                    Read::Converted(*value)
                }
                None => refuse(at, report, names),
            };
        }
        _ => None,
    };
    found.map_or_else(|| refuse(at, report, names), |(_, value)| Read::Exact(*value))
}

fn refuse<T>(at: &Cursor<'_>, report: &mut Report<'_>, names: &[(&str, T)]) -> Read<T> {
    let known: Vec<&str> = names.iter().map(|(name, _)| *name).collect();
    let message = format!("`{}`{} must be one of {}, not {}", at.name(), at.of_task(), known.join(", "), at.value);
    let meant = at.value.as_str().and_then(|name| nearest(name, known));
    report.at(codes::E0204, at, message, meant.map(|meant| format!("did you mean {meant}?")));
    Read::Refused
}

/// Implements [`Wire`] for a type of a few constants.
macro_rules! constants {
    ($type:ty: $($name:literal = $variant:ident),*) => {
        impl Wire for $type {
            fn read(at: &Cursor<'_>, report: &mut Report<'_>) -> Read<Self> {
                constant(at, report, &[$(($name, Self::$variant)),*])
            }

            fn write(&self) -> Option<Value> {
                Some(match self { $(Self::$variant => $name.into()),* })
            }
        }
    };
}

constants!(RetryLogic: "FIXED" = Fixed, "EXPONENTIAL_BACKOFF" = ExponentialBackoff, "LINEAR_BACKOFF" = LinearBackoff);
constants!(TimeoutPolicy: "RETRY" = Retry, "TIME_OUT_WF" = TimeOutWf, "ALERT_ONLY" = AlertOnly);
constants!(WorkflowTimeoutPolicy: "TIME_OUT_WF" = TimeOutWf, "ALERT_ONLY" = AlertOnly);
