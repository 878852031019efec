//! E06xx: inputs, secrets, environments and what stops a run.

super::codes! {
    /// E06xx: inputs, secrets, environments and what stops a run.
    RUN:
}
