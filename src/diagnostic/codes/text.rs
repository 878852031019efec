//! E01xx: the text itself: notation, keys, size.

super::codes! {
    /// E01xx: the text itself: notation, keys, size.
    TEXT:
}
