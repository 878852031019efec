//! E02xx: workflow and task definitions.

super::codes! {
    /// E02xx: workflow and task definitions.
    DEFINITION:
    E0201 Error "not a definition"
    E0202 Error "a field has the wrong type"
    E0203 Warning "an unknown field, close to a known one"
    E0204 Error "a value that is not one of the allowed ones"
    E0205 Warning "a value of another type is converted"
    E0206 Error "a name is missing"
    E0207 Error "the workflow has no tasks"
    E0208 Error "two tasks have the same reference name"
    E0209 Error "a number is out of its range"
    E0210 Error "a task lacks a field that its type needs"
    E0211 Error "TERMINATE needs a fixed status"
    E0212 Error "WAIT cannot tell how long"
    E0213 Error "an HTTP task without a request"
    E0214 Error "the response time-out is longer than the time-out"
    E0215 Error "two fields exclude each other"
    E0216 Warning "accepted, but it fails when it runs"
    E0217 Warning "an unknown task type"
}
