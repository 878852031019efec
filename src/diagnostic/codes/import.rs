//! E08xx: what is imported.

super::codes! {
    /// E08xx: what is imported.
    IMPORT:
    E0801 Error "the source is nothing that can be imported"
    E0802 Error "an operation cannot be imported"
    E0803 Warning "a part of the source is left out or put another way"
    E0804 Warning "a reference of the source leads nowhere"
    E0805 Warning "a changed file is left as it is"
    E0806 Error "the folder cannot be written to"
}
