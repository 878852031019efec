//! Spans for an OpenTelemetry collector: OTLP over HTTP, in protobuf, by the standard variables (`OTEL_EXPORTER_OTLP_ENDPOINT` and its like).
//!
//! What goes there is what every listener gets: masked fields of this crate's own spans and events, and of no other crate's. Start with [`Exporter::begin`];
//! [`Propagating`] sends the context of a trace along with requests to hosts that may know it.

mod propagate;
mod sender;

pub use propagate::Propagating;

use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{SpanExporter, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use sender::Sender;
use std::io;
use tracing_subscriber::Registry;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::Layer;

/// Why nothing is exported.
#[derive(Debug, thiserror::Error)]
pub enum OtelError {
    /// A variable cannot be understood.
    #[error("set up the export of spans")]
    Build(#[source] opentelemetry_otlp::ExporterBuildError),
    /// The system gives no thread for it.
    #[error("start the thread that exports spans")]
    Thread(#[source] io::Error),
}

/// An export that is under way. Dropping it sends what is left, for as long as `OTEL_EXPORTER_OTLP_TIMEOUT` says.
#[derive(Debug)]
pub struct Exporter {
    provider: SdkTracerProvider,
    /// Sends; it has to live until the last spans are out.
    runtime: Option<tokio::runtime::Runtime>,
}

/// Hands spans to an [`Exporter`].
pub type SpanLayer = Box<dyn Layer<Registry> + Send + Sync>;

impl Exporter {
    /// Begins to export. `service` is the name of the service where `OTEL_SERVICE_NAME` gives none.
    ///
    /// # Errors
    /// [`OtelError`] when a variable cannot be understood.
    pub fn begin(service: Option<&str>) -> Result<(Self, SpanLayer), OtelError> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.map_err(OtelError::Thread)?;
        let sender = Sender::new(runtime.handle().clone());
        let exporter =
            SpanExporter::builder().with_http().with_http_client(sender).build().map_err(OtelError::Build)?;
        let resource = Resource::builder();
        let resource = match service {
            Some(service) => resource.with_service_name(service.to_owned()),
            None => resource,
        };
        let provider =
            SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource.build()).build();
        let spans = tracing_opentelemetry::layer().with_tracer(provider.tracer("legwork"));
        let own = Targets::new().with_target("legwork", LevelFilter::DEBUG);
        Ok((Self { provider, runtime: Some(runtime) }, spans.with_filter(own).boxed()))
    }
}

impl Drop for Exporter {
    fn drop(&mut self) {
        // A collector that is not there is no failure of what was run.
        let _ = self.provider.shutdown();
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
