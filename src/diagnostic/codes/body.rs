//! E04xx: values judged by a schema.

super::codes! {
    /// E04xx: values judged by a schema.
    BODY:
    E0401 Error "a required key is missing"
    E0402 Error "the value has the wrong type"
    E0403 Error "the value is not one of the allowed ones"
    E0404 Error "the text is too short or too long"
    E0405 Error "the number is out of range"
    E0406 Error "the text does not have its format"
    E0407 Error "the text does not have the required form"
    E0408 Error "the value does not go with another one"
    E0409 Error "the list has the wrong length or items"
    E0410 Error "the object has the wrong keys"
    E0411 Error "the value fits none of the alternatives"
    E0412 Error "the value is refused"
    E0413 Warning "the key is unknown"
    E0414 Warning "the API asks for something first"
}
