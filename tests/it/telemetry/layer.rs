//! Spans and events as a listener in the same process gets them.

use super::{CANARY, server};
use legwork::catalogue::Catalogue;
use legwork::decide::Start;
use legwork::definition::Document;
use legwork::host::{EnvFile, HostSecrets};
use legwork::http::{Client, Transport};
use legwork::plan::{self, Options};
use legwork::run::Runner;
use legwork::sandbox::Sandbox;
use legwork::secret::Redactor;
use legwork::serve::SandboxTransport;
use legwork::source::SourceFile;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};
use tracing_subscriber::Registry;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

/// A span or an event: its name, and its fields.
type Heard = (String, BTreeMap<String, String>);

/// Every field of every span and event, by the name of the span.
#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<Heard>>>);

#[derive(Default)]
struct Fields(BTreeMap<String, String>);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.to_owned());
    }
}

impl<S: Subscriber + for<'s> tracing_subscriber::registry::LookupSpan<'s>> Layer<S> for Captured {
    fn on_new_span(&self, attributes: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        self.keep(attributes.metadata().name(), fields);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let mut fields = Fields::default();
        values.record(&mut fields);
        self.keep(context.span(id).map_or("", |span| span.name()), fields);
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        self.keep("event", fields);
    }
}

impl Captured {
    fn keep(&self, name: &str, fields: Fields) {
        self.0.lock().expect("no panic while it is held").push((name.to_owned(), fields.0));
    }

    /// All values of a field of the spans of that name.
    fn values(&self, span: &str, field: &str) -> Vec<String> {
        let kept = self.0.lock().expect("no panic while it is held");
        kept.iter().filter(|(name, _)| name == span).filter_map(|(_, fields)| fields.get(field).cloned()).collect()
    }
}

/// What a listener gets of a run of one task.
fn captured(task: &str, transport: Arc<dyn Transport>, secrets: &str) -> Captured {
    let captured = Captured::default();
    let listening = tracing::subscriber::set_default(Registry::default().with(captured.clone()));
    let text = format!("name: w\nversion: 1\nschemaVersion: 2\ntasks:\n  - {task}\n");
    let document = Document::parse(SourceFile::new("w.yaml", text));
    let planned = plan::build(&document.into(), &Catalogue::builtin(), Options::default());
    let plan = planned.plan.unwrap_or_else(|| panic!("{:#?}", planned.diagnostics));
    let secrets = HostSecrets::new(EnvFile::parse(&SourceFile::new("dev.env", secrets)).expect("an env file"));
    let runner = Runner::new(transport, Arc::new(secrets), Redactor::default());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(runner.run(&plan, Start::default())).expect("the run starts");
    drop(listening);
    captured
}

#[test]
fn a_call_of_an_entry_is_told_by_its_template() {
    let task =
        "{name: zoom_users_get, taskReferenceName: get, type: SIMPLE, inputParameters: {user_id: nobody@example.com}}";
    let transport = SandboxTransport::new(Sandbox::new(&Catalogue::builtin(), 7));
    let secrets = format!("CONDUCTOR_SECRET_zoom_token={}\n", Sandbox::token());
    let captured = captured(task, Arc::new(transport), &secrets);
    for (span, field, expected) in [
        ("run", "legwork.workflow.name", "w"),
        ("task", "legwork.task.reference", "get"),
        ("request", "http.request.method", "GET"),
        ("request", "url.template", "/v2/users/{user_id}"),
        ("request", "legwork.entry", "zoom_users_get"),
        ("request", "server.address", "api.zoom.us"),
        ("request", "otel.name", "GET /v2/users/{user_id}"),
        ("request", "http.response.status_code", "404"),
        ("request", "error.type", "404"),
    ] {
        assert!(
            captured.values(span, field).iter().any(|value| value == expected),
            "{span} {field}: {:?}",
            captured.values(span, field)
        );
    }
    assert!(captured.values("request", "url.full").is_empty());
}

#[test]
fn no_span_or_event_holds_a_secret_that_the_server_echoes() {
    let address = server::echo(1);
    let task = format!(
        "{{name: echo, taskReferenceName: echo, type: HTTP, inputParameters: {{uri: 'http://{address}/x?token=${{workflow.secrets.token}}', method: GET, \
         headers: {{Authorization: 'Bearer ${{workflow.secrets.token}}'}}}}}}"
    );
    let captured = captured(&task, Arc::new(Client::default()), &format!("CONDUCTOR_SECRET_token={CANARY}\n"));
    let kept = captured.0.lock().expect("no panic while it is held");
    let all = format!("{kept:?}");
    assert!(all.contains("exchanged") && all.contains("Bearer ***"), "{all}");
    assert!(!all.contains(CANARY), "{all}");
}
