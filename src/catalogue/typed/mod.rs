//! Entries whose schema comes from Rust types: the types, for embedders too, and the rules that types cannot say.

pub mod zoom;

#[cfg(test)]
mod tests {
    use super::zoom;
    use serde_json::Value;
    use std::path::Path;

    /// The schemas that are generated from Rust types, and their files.
    fn generated() -> [(&'static str, Value); 2] {
        [
            ("task-definitions/zoom/users.create.schema.json", zoom::create_user_schema()),
            ("task-definitions/zoom/users.update.schema.json", zoom::update_user_schema()),
        ]
    }

    #[test]
    fn the_generated_schemas_are_fresh() {
        for (path, schema) in generated() {
            let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
            let expected = format!("{}\n", serde_json::to_string_pretty(&schema).expect("a schema is JSON"));
            if std::env::var_os("UPDATE_GENERATED").is_some() {
                std::fs::write(&file, &expected).expect("the schema file can be written");
            }
            let found = std::fs::read_to_string(&file).expect("the schema file is there");
            assert!(found == expected, "{path} is stale: UPDATE_GENERATED=1 cargo test --lib generated");
        }
    }
}
