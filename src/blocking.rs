//! The same for programs without a runtime of their own: each call waits on this thread until it has ended.

use crate::decide::{Refused, Start};
use crate::plan::Plan;
use crate::run::{Inspection, Run, Runner, TestError, TestRequest, test_request};
use std::future::Future;
use std::io;
use std::sync::Arc;
use tokio::runtime::{Builder, Runtime};

/// A runtime on the calling thread. Make one and use it again; it is not for use inside another runtime.
#[derive(Debug)]
pub struct Blocking {
    runtime: Runtime,
}

impl Blocking {
    /// A runtime.
    ///
    /// # Errors
    /// When the system gives no sockets.
    pub fn new() -> io::Result<Self> {
        Ok(Self { runtime: Builder::new_current_thread().enable_all().build()? })
    }

    /// Runs a plan as [`Runner::run`] does.
    ///
    /// # Errors
    /// As of [`Runner::run`].
    ///
    /// # Panics
    /// Inside another runtime.
    pub fn run(&self, runner: &Runner, plan: &Arc<Plan>, start: Start) -> Result<Run, Refused> {
        self.wait(runner.run(plan, start))
    }

    /// Runs one task alone as [`test_request`] does.
    ///
    /// # Errors
    /// As of [`test_request`].
    ///
    /// # Panics
    /// Inside another runtime.
    pub fn test_request(&self, runner: &Runner, plan: &Arc<Plan>, test: &TestRequest) -> Result<Inspection, TestError> {
        self.wait(test_request(runner, plan, test))
    }

    /// Waits for anything else of this crate.
    ///
    /// # Panics
    /// Inside another runtime.
    pub fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Catalogue;
    use crate::definition::Document;
    use crate::plan::{self, Options};
    use crate::run::Ending;
    use crate::sandbox::Sandbox;
    use crate::secret::{Redactor, Secret, SecretStore};
    use crate::serve::SandboxTransport;
    use crate::source::SourceFile;

    struct Token;

    impl SecretStore for Token {
        fn secret(&self, _: &str) -> Option<Secret> {
            Some(Secret::new(Sandbox::token()))
        }
    }

    #[test]
    fn a_run_is_waited_for() {
        let text = "{name: w, version: 1, schemaVersion: 2, tasks: [{name: zoom_users_list, taskReferenceName: list, type: SIMPLE}]}";
        let catalogue = Catalogue::builtin();
        let document = Arc::new(Document::parse(SourceFile::new("w.yaml", text)));
        let plan = plan::build(&document, &catalogue, Options::default()).plan.expect("nothing is wrong with it");
        let sandbox = Arc::new(SandboxTransport::new(Sandbox::new(&catalogue, 0)));
        let runner = Runner::new(sandbox, Arc::new(Token), Redactor::default());
        let blocking = Blocking::new().expect("a runtime");
        for _ in 0..2 {
            let run = blocking.run(&runner, &plan, Start::default()).expect("the start is not refused");
            assert_eq!(run.ending(), Ending::Completed);
        }
    }
}
