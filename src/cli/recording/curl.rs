//! `legwork curl FILE`.

use crate::cli::args::CurlArgs;
use crate::cli::commands::test::unclear;
use crate::cli::exit::{Exit, Outcome, Stop};
use crate::cli::load::{self, Loaded};
use crate::cli::session::{self, Target};
use crate::cli::{out, render};
use legwork::decide::Start;
use legwork::diagnostic::Diagnostic;
use legwork::host::Network;
use legwork::report::curl::{self, Command, Error, quoted};
use legwork::run::{self, Runner, TestRequest};
use legwork::secret::{Redactor, SecretStore};
use legwork::setup::{placeholders, refusals};
use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;

/// Prints the command that sends what the task sends.
pub(crate) fn run(args: &CurlArgs) -> Outcome {
    let loaded = load::load(&args.file, &args.common)?;
    let (plan, mut notes) = load::plan(&loaded)?;
    let input = load::input(&args.common, &loaded.environment)?.values;
    let test = TestRequest {
        reference_name: args.task.clone(),
        start: Start { env: Arc::new(loaded.env_file.env_values()), ..Start::with_input(input) },
        given: load::mocks(&args.mock)?,
        use_example: true,
        send: false,
    };
    let task = run::target(&plan, test.reference_name.as_deref()).map_err(|err| unclear(&err, &plan))?;
    let placeholders = Arc::new(placeholders::of_task(&plan, task, &loaded.secrets));
    let transport = Arc::clone(&session::runner(&loaded, &Target::Nowhere, Vec::new())?.services().transport);
    let runner = Runner::new(transport, Arc::clone(&placeholders) as Arc<dyn SecretStore>, Redactor::revealing());
    session::block_on(async {
        let inspection = run::test_request(&runner, &plan, &test).await.map_err(|err| unclear(&err, &plan))?;
        let said = || refusals::of_test(&inspection, &plan);
        let command = match curl::command(&runner, &plan, &inspection, &placeholders) {
            Ok(command) => command,
            Err(Error::Refused) => return Err(Stop::Refused(said())),
            Err(Error::Request(refused)) => return Err(not_built(&refused, said())),
        };
        notes.extend(said().into_iter().filter(|diagnostic| !diagnostic.is_error()));
        render::show(&notes);
        print(&command, &loaded)?;
        Ok(Exit::Done)
    })
}

fn not_built(refused: &legwork::http::RequestError, mut said: Vec<Diagnostic>) -> Stop {
    if said.is_empty() {
        said.push(Diagnostic::new(legwork::diagnostic::codes::E0702, refused.to_string()));
    }
    Stop::Refused(said)
}

/// The command, with what the network's settings add to it. A secret whose value came in by another way is masked.
fn print(command: &Command, loaded: &Loaded) -> Result<(), Stop> {
    for note in &command.notes {
        out::say(&format!("note: {note}"));
    }
    let text = format!("{}{}", command.text, network(&loaded.environment.network));
    Ok(out::data(&loaded.redactor().redact(&text))?)
}

fn network(network: &Network) -> String {
    let path = |path: &Path| quoted(&path.display().to_string());
    let mut text = String::new();
    if let Some(ca) = &network.ca {
        let _ = write!(text, " \\\n  --cacert {}", path(ca));
    }
    if let Some(certificate) = &network.client_certificate {
        let _ = write!(text, " \\\n  --cert {}", path(certificate));
    }
    match network.proxy.as_deref() {
        // A password may stand in it; curl reads the same variables of the environment.
        Some(proxy) if proxy.contains('@') => out::say("note: name the proxy by HTTPS_PROXY: it holds a password"),
        Some(proxy) => {
            let _ = write!(text, " \\\n  --proxy {}", quoted(proxy));
        }
        None => {}
    }
    text
}
