//! E07xx: requests and answers.

super::codes! {
    /// E07xx: requests and answers.
    HTTP:
    E0701 Error "a request without address or method"
    E0702 Error "a URI that cannot be called"
    E0703 Error "credentials in a URI"
    E0704 Error "a header or URI that breaks the request apart"
    E0705 Error "an unknown method"
    E0706 Error "a body that does not fit its content type"
    E0707 Error "a field of the wrong kind"
    E0708 Error "a credential that cannot be used"
    E0709 Error "a file that no answer can be saved in"
}
