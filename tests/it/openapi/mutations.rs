//! Whatever is wrong with a document, an import ends, and what it gives is loaded without an error.

use legwork::catalogue::Catalogue;
use legwork::openapi::{Options, import};
use legwork::source::SourceFile;
use proptest::prelude::*;
use serde_json::{Value, json};

/// A document with something of everything.
fn document() -> Value {
    json!({
        "openapi": "3.0.3",
        "info": {"title": "Zoo API", "version": "1"},
        "servers": [{"url": "https://{region}.zoo.example.com", "variables": {"region": {"default": "eu"}}}],
        "security": [{"key": []}, {"oauth": ["read"]}],
        "paths": {
            "/animals/{id}.json": {
                "parameters": [{"$ref": "#/components/parameters/Id"}],
                "get": {"operationId": "animals/get", "parameters": [
                    {"name": "fields", "in": "query", "style": "pipeDelimited", "explode": false,
                     "schema": {"type": "array", "items": {"type": "string", "enum": ["name", "kind"]}}},
                    {"name": "X-Trace", "in": "header", "schema": {"type": "string", "pattern": "^[a-z]+$"}}],
                    "responses": {"200": {"description": "OK", "headers": {"X-RateLimit-Limit": {}},
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Animal"}, "example": {"name": "Leo"}}}},
                        "404": {"description": "There is no such animal."}}},
                "put": {"requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Animal"}}}},
                    "responses": {"204": {"description": "Done"}}}},
            "/photos": {"post": {"requestBody": {"content": {"multipart/form-data": {"schema": {"type": "object", "required": ["photo"],
                "properties": {"photo": {"type": "string", "format": "binary"}, "title": {"type": "string", "maxLength": 20}}}}}},
                "responses": {"default": {"description": "Anything"}}}},
        },
        "components": {
            "parameters": {"Id": {"name": "id", "in": "path", "required": true, "schema": {"type": "integer", "minimum": 1, "exclusiveMinimum": true}}},
            "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"},
                "oauth": {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "/token", "scopes": {"read": "Read"}}}}},
            "schemas": {
                "Animal": {"allOf": [{"$ref": "#/components/schemas/Thing"}, {"type": "object", "required": ["name", "id"], "properties": {
                    "id": {"type": "integer", "readOnly": true}, "name": {"type": "string", "minLength": 1, "nullable": true},
                    "kind": {"type": "string", "enum": ["cat", "dog"]}, "mate": {"$ref": "#/components/schemas/Animal"},
                    "food": {"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}}}]},
                "Thing": {"type": "object", "additionalProperties": true, "discriminator": {"propertyName": "kind"},
                    "properties": {"made": {"type": "string", "format": "date-time", "example": "2026-01-01T00:00:00Z"}}},
            },
        },
    })
}

/// Every place of a value.
fn places(value: &Value, at: &str, all: &mut Vec<String>) {
    all.push(at.to_owned());
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                places(value, &format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")), all);
            }
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| places(item, &format!("{at}/{index}"), all));
        }
        _ => {}
    }
}

/// Changes one place: takes it out, or puts something else there.
fn mutate(document: &mut Value, place: usize, how: usize) {
    let mut all = Vec::new();
    places(document, "", &mut all);
    let pointer = all[place % all.len()].clone();
    let new = match how % 9 {
        0 => Value::Null,
        1 => json!(true),
        2 => json!(-1.5),
        3 => json!("{{x}} ${y} {z}"),
        4 => json!([]),
        5 => json!({}),
        6 => json!([null, 1, "a", {"$ref": "#/components/schemas/Animal"}]),
        7 => json!({"$ref": "#/components/schemas/None"}),
        _ => json!({"$ref": pointer.split('/').take(3).fold("#".to_owned(), |path, step| path + step + "/")}),
    };
    match pointer.rsplit_once('/') {
        Some((parent, key)) if how >= 9 => {
            if let Some(Value::Object(map)) = document.pointer_mut(parent) {
                map.shift_remove(&key.replace("~1", "/").replace("~0", "~"));
            }
        }
        _ => {
            if let Some(value) = document.pointer_mut(&pointer) {
                *value = new;
            }
        }
    }
}

fn check(document: Value) -> Result<usize, TestCaseError> {
    let file = SourceFile::new("zoo.json", document.to_string());
    let draft = import(&file, document, &Options::default(), &mut |_| Err("there is none".to_owned()));
    prop_assert!(draft.usable() <= draft.found);
    prop_assert!(draft.usable() == draft.found || !draft.diagnostics.is_empty());
    let usable = draft.usable();
    let mut catalogue = Catalogue::empty();
    for file in draft.files() {
        let errors: Vec<_> = catalogue
            .add(SourceFile::new(file.path, file.text.clone()))
            .into_iter()
            .filter(legwork::diagnostic::Diagnostic::is_error)
            .map(|one| one.message)
            .collect();
        prop_assert!(errors.is_empty(), "{errors:?}\n{}", file.text);
    }
    Ok(usable)
}

#[test]
fn the_whole_document_is_imported() {
    assert_eq!(check(document()).expect("nothing is wrong"), 3);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn a_damaged_document_gives_what_is_left(changes in prop::collection::vec((any::<u16>(), 0_usize..12), 1..6)) {
        let mut document = document();
        for (place, how) in changes {
            mutate(&mut document, usize::from(place), how);
        }
        check(document)?;
    }
}
