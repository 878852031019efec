//! E02xx: workflow and task definitions.

super::codes! {
    /// E02xx: workflow and task definitions.
    DEFINITION:
}
