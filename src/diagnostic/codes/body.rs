//! E04xx: values judged by a schema.

super::codes! {
    /// E04xx: values judged by a schema.
    BODY:
}
