//! How long it takes to resolve the input of a task that creates a user.
//!
//! `cargo bench --bench resolve`

use criterion::{Criterion, criterion_group, criterion_main};
use legwork::resolve::{Context, RequestTemplate, Resolved, Scope, Template};
use legwork::source::Pointer;
use serde_json::{Value, json};
use std::hint::black_box;

fn scope() -> Scope {
    let mut scope = Scope::default();
    scope.workflow.input = input().into();
    scope
}

fn input() -> Value {
    json!({
        "action": "custCreate",
        "email": "jill@example.com",
        "type": 2,
        "first_name": "Jill",
        "last_name": "Chill",
        "display_name": "Jill Chill"
    })
}

fn prepared() -> Value {
    json!({
        "uri": "https://api.zoom.us/v2/users",
        "method": "POST",
        "headers": {"Authorization": "Bearer ${workflow.secrets.zoom_token}", "Content-Type": "application/json"},
        "body": {
            "action": "${workflow.input.action}",
            "user_info": {
                "email": "${workflow.input.email}",
                "type": "${workflow.input.type}",
                "first_name": "${workflow.input.first_name}",
                "last_name": "${workflow.input.last_name}",
                "display_name": "${workflow.input.first_name} ${workflow.input.last_name}",
                "feature": {"zoom_phone": false}
            }
        }
    })
}

fn request() -> Value {
    json!({
        "method": "POST",
        "uri": "{{server}}/users",
        "body": {
            "action": "{{action}}",
            "user_info": {
                "email": "{{email}}",
                "type": "{{type}}",
                "first_name": "{{first_name}}",
                "last_name": "{{last_name}}",
                "display_name": "{{display_name}}",
                "password": "{{password}}"
            }
        }
    })
}

fn resolve(criterion: &mut Criterion) {
    let uri = [Pointer::parse("/uri")];
    let (template, _) = Template::parse(&prepared(), &uri);
    let scope = scope();
    criterion.bench_function("resolve a prepared task", |bencher| {
        bencher.iter(|| template.resolve(black_box(&scope), &Context::default()));
    });
    criterion.bench_function("clone the resolved input, for scale", |bencher| {
        let resolved = template.resolve(&scope, &Context::default()).unwrap_or_default();
        bencher.iter(|| black_box(&resolved).clone());
    });
    let (template, _) = RequestTemplate::parse(&request(), &uri);
    let input = Resolved::plain(input());
    let extra = json!({"server": "https://api.zoom.us/v2"});
    let extra = extra.as_object().cloned().unwrap_or_default();
    criterion.bench_function("render a request by reference", |bencher| {
        bencher.iter(|| template.render(black_box(&input), &extra));
    });
    criterion.bench_function("compile a prepared task", |bencher| {
        let prepared = prepared();
        bencher.iter(|| Template::parse(black_box(&prepared), &uri));
    });
}

criterion_group!(benches, resolve);
criterion_main!(benches);
