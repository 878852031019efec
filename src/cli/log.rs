//! `--log`: what happens, on standard error. Values are masked before they are told; the writer masks once more.

#[cfg(feature = "otel")]
mod otel;
#[path = "log/without_otel.rs"]
#[cfg(not(feature = "otel"))]
mod otel;

use super::args::{LogArgs, LogFormat};
use super::exit::Stop;
use super::out;
use legwork::diagnostic::{Diagnostic, codes};
use legwork::http::Transport;
use std::io;
use std::sync::Arc;
use tracing::subscriber::set_global_default;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::{EnvFilter, Registry, fmt};

/// Listens from now on, when somebody asked for it. Dropping what it gives sends what is still to be exported.
pub(crate) fn begin(args: &LogArgs) -> Result<impl Sized, Stop> {
    let mut layers = Vec::new();
    if let Some(asked) = args.asked() {
        let filter = filter(asked)?;
        let lines = fmt::layer().with_writer(|| Masked);
        let lines = match args.log_format {
            LogFormat::Text => lines.with_ansi(false).boxed(),
            LogFormat::Json => lines.json().boxed(),
        };
        layers.push(lines.with_filter(filter).boxed());
    }
    let (exporter, spans) = otel::begin()?.unzip();
    layers.extend(spans);
    if !layers.is_empty() {
        // It can only fail when somebody else listens already: a process runs one command.
        let _ = set_global_default(Registry::default().with(layers));
    }
    Ok(exporter)
}

/// A transport that tells some hosts which trace a request belongs to, when that was asked for.
pub(crate) fn propagating(transport: Arc<dyn Transport>) -> Result<Arc<dyn Transport>, Stop> {
    otel::propagating(transport)
}

/// A level is for this program alone; directives are taken as they are written.
fn filter(asked: &str) -> Result<EnvFilter, Stop> {
    const LEVELS: &[&str] = &["off", "error", "warn", "info", "debug", "trace"];
    let is_level = |text: &str| LEVELS.contains(&text.to_ascii_lowercase().as_str());
    let refused = |what: &str| {
        let help = "write a level (error, warn, info, debug, trace), or `legwork::http=debug,legwork::limit=info`";
        Stop::from(Diagnostic::new(codes::E0623, format!("`{what}` says not what to log")).help(help))
    };
    if is_level(asked) {
        return EnvFilter::try_new(format!("legwork={asked}")).map_err(|_| refused(asked));
    }
    // A bare word would be a target of that name: a misspelt level would log nothing, and not say so.
    if let Some(word) = asked.split(',').map(str::trim).find(|part| !part.contains(['=', '[', ':']) && !is_level(part))
    {
        return Err(refused(word));
    }
    EnvFilter::try_new(asked).map_err(|_| refused(asked))
}

/// Standard error behind the mask.
struct Masked;

impl io::Write for Masked {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        out::say(&String::from_utf8_lossy(line));
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(asked: &str, expected: Option<&str>) {
        assert_eq!(filter(asked).ok().map(|filter| filter.to_string()).as_deref(), expected, "{asked}");
    }

    #[test]
    fn a_level_is_for_this_program_and_a_misspelt_one_is_refused() {
        check("debug", Some("legwork=debug"));
        check("WARN", Some("legwork=warn"));
        check("legwork::http=trace", Some("legwork::http=trace"));
        check("info,h2=off", Some("h2=off,info"));
        check("verbose", None);
        check("debug,verbose", None);
        check("legwork=loud", None);
    }
}
