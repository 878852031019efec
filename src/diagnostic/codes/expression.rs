//! E03xx: expressions and templates.

super::codes! {
    /// E03xx: expressions and templates.
    EXPRESSION:
    E0301 Error "the path of an expression cannot be read"
    E0302 Error "an expression is never closed"
    E0303 Error "an expression is empty"
    E0304 Error "a Handlebars tag in a workflow definition"
    E0305 Error "a value is missing"
    E0306 Error "an expression names an unknown task"
    E0307 Error "a request template cannot be read"
    E0308 Error "a secret is not set"
}
