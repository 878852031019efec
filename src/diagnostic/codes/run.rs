//! E06xx: inputs, environments and what stops a run.

super::codes! {
    /// E06xx: inputs, environments and what stops a run.
    RUN:
    E0601 Error "a file cannot be read"
    E0602 Error "an input is not written as name=value"
    E0603 Error "an input value is not JSON"
    E0604 Error "the input is not an object"
    E0605 Error "only a server can run the task"
    E0606 Warning "the retries have no policy of their own"
    E0607 Error "the environment is not known"
    E0608 Error "legwork.toml cannot be understood"
    E0609 Error "the env file cannot be understood"
    E0610 Error "the file defines something else"
    E0611 Error "it is not clear which task to test"
    E0612 Warning "a secret is too short to be masked everywhere"
    E0613 Note "an example stands in for the input"
    E0614 Error "a mocked output cannot be used"
    E0615 Error "the start is refused"
    E0616 Error "a fault cannot be understood"
    E0617 Warning "the execution is of another workflow"
    E0618 Error "the tests file cannot be understood"
    E0619 Warning "a mock does not fit its task"
    E0620 Error "the command has no output of that form"
    E0621 Error "the script cannot be read"
    E0630 Error "the journal cannot be used"
    E0631 Error "the outcome of a call is not known"
    E0632 Note "a definition has changed since the run began"
    E0633 Error "the run cannot be taken up again"
    E0634 Error "the decision is about no open call"
    E0635 Note "what became of a call was looked up"
    E0640 Error "two definitions of one workflow and version"
}
