//! `legwork sandbox`.

use crate::cli::args::SandboxArgs;
use crate::cli::exit::{Exit, Outcome, Stop};
use crate::cli::{load, out, session, shelf};
use legwork::diagnostic::{Diagnostic, codes};
use legwork::metrics::Metrics;
use legwork::sandbox::{Fault, Sandbox};
use legwork::serve;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

/// Serves the sandbox until it is interrupted.
pub(crate) fn run(args: &SandboxArgs) -> Outcome {
    let mut catalogue = load::catalogue(&args.task_definitions, None)?;
    shelf::complete_all(&mut catalogue, &args.task_definitions)?;
    let mut sandbox = Sandbox::new(&catalogue, 0);
    for fault in faults(&args.fault)? {
        sandbox.fail(fault);
    }
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, args.port));
    session::block_on(async {
        let sandbox = Arc::new(Mutex::new(sandbox));
        let metrics = Arc::new(Metrics::default());
        let exposed = match args.metrics {
            Some(address) => Some(serve::expose(address, Arc::clone(&metrics)).await.map_err(broken)?),
            None => None,
        };
        let listening = match exposed {
            Some(_) => serve::listen_counted(address, sandbox, metrics).await,
            None => serve::listen(address, sandbox).await,
        };
        let listening = listening.map_err(broken)?;
        let url = format!("http://{}", listening.address());
        out::data(&url)?;
        out::say(&format!(
            "the sandbox plays {} calls; its token is {}",
            catalogue.entries().count(),
            Sandbox::token()
        ));
        out::say(&format!("use it with --sandbox={url}; Ctrl-C ends it"));
        if let Some(exposed) = &exposed {
            out::say(&format!("metrics are at http://{}/metrics", exposed.address()));
        }
        listening.wait().await;
        Ok(Exit::Done)
    })
}

fn broken(err: serve::ServeError) -> Stop {
    Stop::Broken(err.into())
}

/// The faults that `--fault` asks for.
pub(crate) fn faults(texts: &[String]) -> Result<Vec<Fault>, Stop> {
    let read = |text: &String| {
        Fault::parse(text).map_err(|err| {
            let help = "as in 429, '429; retry-after=2; once', 500, delay=300, close, '500; entry=zoom_users_get'";
            Stop::from(Diagnostic::new(codes::E0616, err.to_string()).help(help))
        })
    };
    texts.iter().map(read).collect()
}
