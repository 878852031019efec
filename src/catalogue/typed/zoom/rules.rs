//! The rules between the fields of `POST /users`, and what Zoom asks for first.

use schemars::Schema;
use serde_json::{Value, json};

/// Adds the rules that hold only for some actions, and the warnings.
pub(super) fn between_fields(schema: &mut Schema) {
    schema.insert("allOf".into(), json!([none_only_with_sso(), password_only_with_auto()]));
    schema.insert("x-warnings".into(), warnings());
}

/// Type 99 goes only with ssoCreate.
fn none_only_with_sso() -> Value {
    json!({
        "if": action_is(&["create", "autoCreate", "custCreate"]),
        "then": {"properties": {"user_info": {"properties": {"type": {
            "not": {"const": 99},
            "x-message": "`user_info.type` 99 (None) goes only with the action ssoCreate",
            "x-help": "use 1 (Basic), 2 (Licensed) or 3 (On-prem), or change `action` to ssoCreate"
        }}}}}
    })
}

/// A password goes only with autoCreate.
fn password_only_with_auto() -> Value {
    json!({
        "if": action_is(&["create", "custCreate", "ssoCreate"]),
        "then": {"properties": {"user_info": {"properties": {"password": {
            "not": {},
            "x-message": "`user_info.password` goes only with the action autoCreate",
            "x-help": "leave `password` out, or change `action` to autoCreate"
        }}}}}
    })
}

fn action_is(actions: &[&str]) -> Value {
    json!({"properties": {"action": {"enum": actions}}, "required": ["action"]})
}

/// What Zoom asks for beside a valid body. None of it can be seen in the body for certain, so none of it is an error.
fn warnings() -> Value {
    let custom = |user_info: Value| {
        let mut condition = action_is(&["custCreate"]);
        condition["properties"]["user_info"] = user_info;
        condition["required"] = json!(["action", "user_info"]);
        condition
    };
    json!([
        {
            "if": action_is(&["create"]),
            "at": "/action",
            "message": "the user stays pending, and has no id in lists, until the mail of `create` is answered",
            "help": "bind by e-mail until then; `create` has a limit of its own for each day: 50 on Free, 1,500 on Pro, 10,000 on Business and above"
        },
        {
            "if": action_is(&["autoCreate"]),
            "at": "/user_info/email",
            "message": "`autoCreate` works only for an e-mail address of a managed domain, after Zoom has enabled it for the account",
            "help": "check that the address's domain is in the account's list of managed domains"
        },
        {
            "if": custom(json!({
                "properties": {"email": {"type": "string", "not": {"pattern": "@[Ii][Ss][Vv]\\.[^@]+\\.[^@.]+$"}}},
                "required": ["email"]
            })),
            "at": "/user_info/email",
            "message": "with `custCreate` Zoom wants an address of the form {UniqueIdentifier}@ISV.{aDomainYouOwn}.com",
            "help": "make it from your own user's id, so that it is the same at every login"
        },
        {
            "if": custom(json!({"properties": {"type": {"type": "integer", "not": {"const": 2}}}, "required": ["type"]})),
            "at": "/user_info/type",
            "message": "with `custCreate` the ISV flow wants type 2 (Licensed)",
            "help": "use type 2"
        }
    ])
}
