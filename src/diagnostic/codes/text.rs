//! E01xx: the text itself: notation, keys, size.

super::codes! {
    /// E01xx: the text itself: notation, keys, size.
    TEXT:
    E0101 Error "the text is not YAML or JSON"
    E0102 Error "a key stands twice"
    E0103 Error "an alias stands for nothing"
    E0104 Error "the file is too large"
    E0105 Error "a control character"
    E0106 Error "the file is empty"
    E0107 Error "more than one document"
    E0108 Warning "a number is not kept as it is written"
    E0109 Warning "a tag without meaning"
    E0110 Error "the file is not UTF-8"
}
