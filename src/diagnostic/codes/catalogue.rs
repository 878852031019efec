//! E05xx: the catalogue's entries.

super::codes! {
    /// E05xx: the catalogue's entries.
    CATALOGUE:
    E0501 Error "the file holds no task definition"
    E0502 Error "x-legwork is not as it should be"
    E0503 Error "a schema of the task definition cannot be used"
    E0505 Error "an example does not do what it says"
    E0506 Note "the task is judged by its method and URI"
    E0507 Warning "the request differs from its task definition"
    E0508 Warning "two task definitions have the same name"
    E0509 Error "the provider is not known"
    E0510 Error "a reference leads nowhere"
    E0511 Warning "a parameter is not declared or not used"
    E0512 Warning "a limit or a cache cannot act"
}
