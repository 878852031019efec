//! E05xx: the catalogue's entries.

super::codes! {
    /// E05xx: the catalogue's entries.
    CATALOGUE:
}
