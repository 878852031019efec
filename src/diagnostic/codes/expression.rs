//! E03xx: expressions and templates.

super::codes! {
    /// E03xx: expressions and templates.
    EXPRESSION:
}
