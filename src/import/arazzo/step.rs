//! One step as tasks.

use super::expression::Scope;
use super::{Importer, task};
use crate::draft::slug;
use crate::openapi::Call;
use crate::source::Pointer;
use serde_json::{Map, Value, json};

impl Importer<'_> {
    /// The tasks of a step: its call, and what judges the answer.
    pub(super) fn step(
        &mut self,
        step: &Value,
        next: Option<&Value>,
        workflow: &Value,
        scope: &Scope,
        at: &Pointer,
    ) -> Vec<Value> {
        let Some(id) = step.get("stepId").and_then(Value::as_str) else {
            self.losses.lost(at, "a step needs a `stepId`", "the step is left out");
            return Vec::new();
        };
        let Some(reference) = scope.steps.get(id).map(|step| step.reference.clone()) else { return Vec::new() };
        let scope = scope.inside(id);
        let text = |key: &str| step.get(key).and_then(Value::as_str);
        let mut made = match (text("operationId"), text("operationPath"), text("workflowId")) {
            (Some(own), _, _) => match self.sources.by_id(own) {
                Some(found) => self.call(&found, &reference, step, workflow, &scope, at),
                None => self.unknown(own, &reference, step, workflow, &scope, at),
            },
            (None, Some(path), _) => match self.sources.by_path(path) {
                Some(found) => self.call(&found, &reference, step, workflow, &scope, at),
                None => self.unknown(path, &reference, step, workflow, &scope, at),
            },
            (None, None, Some(own)) => self.sub_workflow(own, &reference, step, &scope, at),
            (None, None, None) => {
                let message = format!("the step `{id}` calls no operation and no workflow");
                self.losses.lost(at, message, "it is a task of its name, which a worker has to carry out");
                task(&reference, &reference, "SIMPLE", &Map::new())
            }
        };
        if let (Value::Object(map), Some(told)) = (&mut made, text("description")) {
            map.insert("description".into(), told.trim().into());
        }
        if step.get("dependsOn").is_some() {
            self.losses.lost(
                &at.key("dependsOn"),
                "steps run in the order they are written in",
                "check that it is the one that is meant",
            );
        }
        self.retry(step, &mut made, at);
        let judges = self.judge(step, next, &reference, &scope, at, &mut made);
        let mut tasks = vec![made];
        tasks.extend(judges);
        tasks
    }

    /// An HTTP task for a call that is known.
    fn call(
        &mut self,
        found: &(Call, String),
        reference: &str,
        step: &Value,
        workflow: &Value,
        scope: &Scope,
        at: &Pointer,
    ) -> Value {
        let (call, provider) = found;
        let mut uri = format!("{}{}", call.server.trim_end_matches('/'), call.path);
        if call.server.is_empty() {
            let message = "the API's document names no server".to_owned();
            self.losses.lost(at, message, "start the workflow with the input `server`");
            uri = format!("${{workflow.input.server}}{}", call.path);
        }
        let (mut query, mut headers, mut cookies) = (Vec::new(), Map::new(), Vec::new());
        for (own, here) in self.parameters(step, workflow, at) {
            let name = own.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
            let value = self.value(own.get("value").unwrap_or(&Value::Null), scope, &here.key("value"));
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            match own.get("in").and_then(Value::as_str) {
                Some("path") => uri = uri.replace(&format!("{{{name}}}"), &text),
                Some("query") => query.push(format!("{name}={text}")),
                Some("header") => drop(headers.insert(name, value)),
                Some("cookie") => cookies.push(format!("{name}={text}")),
                Some("querystring") => query.push(text),
                _ => self.losses.lost(&here, format!("the parameter `{name}` has no place"), "it is left out"),
            }
        }
        for name in call.path.split('{').skip(1).filter_map(|part| part.split('}').next()) {
            let variable = format!("{{{name}}}");
            if uri.contains(&variable) && !uri.contains(&format!("${variable}")) {
                self.losses.lost(
                    at,
                    format!("no parameter fills `{variable}` of the path"),
                    "it is an input of the workflow now",
                );
                uri = uri.replace(&variable, &format!("${{workflow.input.{}}}", slug(name)));
            }
        }
        if !query.is_empty() {
            uri = format!("{uri}?{}", query.join("&"));
        }
        if !cookies.is_empty() {
            headers.insert("Cookie".into(), cookies.join("; ").into());
        }
        let mut input =
            Map::from_iter([("uri".to_owned(), uri.into()), ("method".to_owned(), call.method.as_str().into())]);
        if !headers.is_empty() {
            input.insert("headers".into(), Value::Object(headers));
        }
        self.body(step, call.content_type.as_deref(), scope, at, &mut input);
        task(&format!("{provider}_{}", call.name), reference, "HTTP", &input)
    }

    fn body(&mut self, step: &Value, usual: Option<&str>, scope: &Scope, at: &Pointer, input: &mut Map<String, Value>) {
        let Some(body) = step.get("requestBody") else { return };
        let here = at.key("requestBody");
        let Some(body) = self.behind(body).cloned() else { return };
        let content_type = body.get("contentType").and_then(Value::as_str).or(usual);
        if let Some(content_type) = content_type.filter(|content_type| *content_type != "application/json") {
            input.insert("contentType".into(), content_type.into());
        }
        let mut payload = body.get("payload").cloned().unwrap_or_default();
        // A text that is JSON is meant as the value.
        if let Value::String(text) = &payload
            && let Ok(parsed) = serde_json::from_str::<Value>(text)
            && parsed.is_object()
        {
            payload = parsed;
        }
        let mut converted = self.value(&payload, scope, &here.key("payload"));
        for (index, replacement) in body.get("replacements").and_then(Value::as_array).into_iter().flatten().enumerate()
        {
            let place = here.key("replacements").index(index);
            let value = self.value(replacement.get("value").unwrap_or(&Value::Null), scope, &place);
            let target = replacement.get("target").and_then(Value::as_str).unwrap_or_default();
            if !target.starts_with('/') || !put(&mut converted, &Pointer::parse(target), value) {
                self.losses.lost(
                    &place,
                    format!("`{target}` is no place of the payload that can be replaced"),
                    "write the value into the body",
                );
            }
        }
        if !converted.is_null() {
            input.insert("body".into(), converted);
        }
    }

    /// A task for an operation of a description that is not there: somebody has to carry it out.
    fn unknown(
        &mut self,
        operation: &str,
        reference: &str,
        step: &Value,
        workflow: &Value,
        scope: &Scope,
        at: &Pointer,
    ) -> Value {
        let message = format!("nothing is known of the operation `{operation}`");
        self.losses.lost(
            at,
            message,
            "it is a task of its name: import its description, or have a worker carry it out",
        );
        let mut input = Map::new();
        for (own, here) in self.parameters(step, workflow, at) {
            let name = own.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
            let value = self.value(own.get("value").unwrap_or(&Value::Null), scope, &here.key("value"));
            input.insert(name, value);
        }
        self.body(step, None, scope, at, &mut input);
        let last = operation.rsplit(['.', '#']).next().unwrap_or(operation);
        task(&slug(last), reference, "SIMPLE", &input)
    }

    fn sub_workflow(&mut self, id: &str, reference: &str, step: &Value, scope: &Scope, at: &Pointer) -> Value {
        let own = id.rsplit_once(".workflows.").map_or(id, |(_, own)| own);
        if own != id {
            let help = "import that description as well, and give its folder to --workflows";
            self.losses.lost(&at.key("workflowId"), format!("`{own}` stands in another description"), help);
        }
        let mut input = Map::new();
        for (parameter, here) in self.parameters(step, &Value::Null, at) {
            let name = parameter.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
            let value = self.value(parameter.get("value").unwrap_or(&Value::Null), scope, &here.key("value"));
            input.insert(name, value);
        }
        let mut made = task(reference, reference, "SUB_WORKFLOW", &input);
        if let Value::Object(map) = &mut made {
            map.insert("subWorkflowParam".into(), json!({"name": slug(own), "version": 1}));
        }
        made
    }

    /// The parameters of a step, and those of the workflow that it does not have itself; each with its place.
    fn parameters(&self, step: &Value, workflow: &Value, at: &Pointer) -> Vec<(Value, Pointer)> {
        let mut all: Vec<(Value, Pointer)> = Vec::new();
        for (list, above) in [(step.get("parameters"), at.key("parameters")), (workflow.get("parameters"), at.clone())]
        {
            for (index, own) in list.and_then(Value::as_array).into_iter().flatten().enumerate() {
                let Some(target) = self.behind(own) else { continue };
                let mut parameter = target.clone();
                if let (Value::Object(map), Some(value)) = (&mut parameter, own.get("value")) {
                    map.insert("value".into(), value.clone());
                }
                let is_known = all.iter().any(|(known, _)| {
                    known.get("name") == parameter.get("name") && known.get("in") == parameter.get("in")
                });
                if !is_known {
                    all.push((parameter, if above == *at { above.clone() } else { above.index(index) }));
                }
            }
        }
        all
    }
}

/// Puts a value to a place of a tree, the last step of which may be new.
fn put(tree: &mut Value, pointer: &Pointer, value: Value) -> bool {
    let Some(parent) = pointer.parent() else { return false };
    let last = pointer.steps().last().unwrap_or_default();
    match tree.pointer_mut(parent.as_str()) {
        Some(Value::Object(map)) => {
            map.insert(last, value);
            true
        }
        Some(Value::Array(items)) => match last.parse::<usize>().ok().and_then(|index| items.get_mut(index)) {
            Some(item) => {
                *item = value;
                true
            }
            None => false,
        },
        _ => false,
    }
}
