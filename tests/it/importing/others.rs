//! HAR, `.http` and Postman, from outside.

use crate::command::Scratch;
use serde_json::json;
use std::fs;

/// Every file of a folder in one text.
fn texts(scratch: &Scratch, folder: &str) -> String {
    let files = fs::read_dir(scratch.path().join(folder)).expect("a folder").flatten();
    let mut texts: Vec<_> = files.map(|file| fs::read_to_string(file.path()).expect("a text")).collect();
    texts.sort();
    texts.concat()
}

#[test]
fn literal_secrets_become_references_and_that_is_said() {
    let scratch = Scratch::new();
    let command = "curl -u jill:pass-word-17 -H 'X-Api-Key: key-5678' https://api.crm.example/v1/users -d 'client_secret=hush-hush&a=b'";
    let ran = scratch.run(&["import", command]).exits(0);
    ran.says("CONDUCTOR_SECRET_crm_password")
        .says("CONDUCTOR_SECRET_crm_x_api_key")
        .says("CONDUCTOR_SECRET_crm_client_secret");
    let texts = texts(&scratch, "task-definitions/crm");
    for secret in ["pass-word-17", "key-5678", "hush-hush", "jill"] {
        assert!(!texts.contains(secret), "{texts}");
    }
    scratch.run(&["show", "crm_users_create", "--task-definitions", "task-definitions"]).exits(0);
}

#[test]
fn an_archive_a_file_of_requests_and_a_collection_are_imported() {
    let scratch = Scratch::new();
    let har = json!({"log": {"version": "1.2", "entries": [{"request": {"method": "GET", "url": "https://api.shop.example/orders/17?expand=items",
        "headers": [{"name": "Authorization", "value": "Bearer abcdefgh"}]}, "response": {"status": 200, "content": {"mimeType": "application/json", "text": "{\"id\": 17}"}}}]}});
    scratch.file("a.har", har.to_string());
    scratch.file("a.http", "@host = https://api.shop.example\n### Add an order\nPOST {{host}}/orders\nContent-Type: application/json\n\n{\"item\": \"{{item}}\", \"n\": 2}\n");
    let collection = json!({"info": {"name": "Shop", "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},
        "variable": [{"key": "base", "value": "https://api.shop.example"}],
        "item": [{"name": "Orders", "item": [{"name": "Remove", "request": {"method": "DELETE", "url": "{{base}}/orders/:id"}}]}]});
    scratch.file("a.json", collection.to_string());
    for (source, name) in
        [("a.har", "shop_orders_get"), ("a.http", "shop_orders_add_an_order"), ("a.json", "shop_orders_remove")]
    {
        let into = format!("from-{source}");
        let ran = scratch.run(&["import", source, "--into", &into, "--output", "json"]).exits(0).json();
        assert_eq!(ran["names"], json!([name]), "{ran:#}");
        assert!(!texts(&scratch, &format!("{into}/shop")).contains("abcdefgh"));
        scratch.run(&["show", name, "--task-definitions", &into]).exits(0);
    }
}
