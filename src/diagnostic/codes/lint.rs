//! E09xx: what can be improved in a definition.

super::codes! {
    /// E09xx: what can be improved in a definition.
    LINT:
    E0901 Warning "a retry that has no effect"
    E0902 Warning "a secret in clear"
    E0903 Warning "retries of a call that must not be made twice"
    E0904 Warning "no time-out"
    E0905 Warning "an input that nothing reads"
    E0906 Warning "a task or case that is never reached"
    E0907 Warning "a field that the answer does not have"
    E0908 Warning "a deprecated operation"
}
