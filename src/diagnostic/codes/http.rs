//! E07xx: requests and answers.

super::codes! {
    /// E07xx: requests and answers.
    HTTP:
}
