//! The body of `POST /users`.

use super::{Password, name, rules};
use crate::schema::EMAIL_PATTERN;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Adds one user to the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "Create a Zoom user", transform = rules::between_fields)]
pub struct CreateUser {
    /// How the user comes into being.
    #[schemars(extend("x-message" = {
        "required": "`action` is missing: it says how the user comes into being",
        "type": "`action` must be text: create, autoCreate, custCreate or ssoCreate",
        "enum": "`action` must be create, autoCreate, custCreate or ssoCreate, written exactly so"
    }, "x-help" = {"required": "add `action`: create (by mail), autoCreate, custCreate (ISV) or ssoCreate"}))]
    pub action: Action,
    /// Who the user is.
    #[schemars(extend("x-message" = {
        "required": "`user_info` is missing: the user's e-mail address and type stand in it",
        "type": "`user_info` must be an object with at least `email` and `type`"
    }, "x-help" = {"required": "add `user_info` with `email` and `type`"}))]
    pub user_info: UserInfo,
}

/// How the user comes into being. Case matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Action {
    /// Zoom sends a mail with an activation link; the user is pending until it is followed.
    Create,
    /// For an enterprise with a managed domain; off until Zoom enables it. The user logs in with the given password.
    AutoCreate,
    /// For ISV partners: no password and no login; the user may host and join by `start_url` and `join_url`.
    CustCreate,
    /// Needs the option "Pre-provisioning SSO User"; the user logs in by single sign-on.
    SsoCreate,
}

impl JsonSchema for Action {
    fn schema_name() -> Cow<'static, str> {
        "Action".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "enum": ["create", "autoCreate", "custCreate", "ssoCreate"],
            "x-enum-descriptions": {
                "create": "a mail with an activation link; the user sets a password and is pending until then",
                "autoCreate": "an enterprise with a managed domain; off until Zoom enables it",
                "custCreate": "ISV partners: no password and no login; hosts and joins by start_url and join_url",
                "ssoCreate": "needs \"Pre-provisioning SSO User\"; logs in by single sign-on"
            }
        })
    }
}

/// Who the user is. An optional field that is `None` is left out of the body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UserInfo {
    /// The user's e-mail address, the natural key of a user.
    #[schemars(email, length(max = 128), regex(pattern = EMAIL_PATTERN), extend("x-message" = {
        "required": "`user_info.email` is missing",
        "type": "`user_info.email` must be text",
        "format": "`user_info.email` must be one e-mail address in ASCII letters, such as jane@example.com",
        "pattern": "`user_info.email` must be one e-mail address in ASCII letters, such as jane@example.com",
        "maxLength": "`user_info.email` must have at most 128 characters"
    }, "x-help" = {
        "required": "add the user's e-mail address, such as jane@example.com",
        "maxLength": "use a shorter address of the same person"
    }, "examples" = ["jane@example.com"]))]
    pub email: String,
    /// The kind of licence the user gets.
    #[serde(rename = "type")]
    #[schemars(extend("x-message" = {
        "required": "`user_info.type` is missing: it says which licence the user gets",
        "type": "`user_info.type` must be a whole number: 1, 2, 3, or 99 with ssoCreate",
        "enum": "`user_info.type` must be 1 (Basic), 2 (Licensed), 3 (On-prem) or 99 (None, only with ssoCreate)"
    }, "x-help" = {"required": "add `type`: 1 (Basic), 2 (Licensed), 3 (On-prem), or 99 (None) with ssoCreate"}))]
    pub user_type: UserType,
    /// The given name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64), transform = name::first_name, extend("examples" = ["Jane"]))]
    pub first_name: Option<String>,
    /// The family name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64), transform = name::last_name, extend("examples" = ["Doe"]))]
    pub last_name: Option<String>,
    /// The name that others see; first and last name when it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-message" = {"type": "`user_info.display_name` must be text"}))]
    pub display_name: Option<String>,
    /// The password. An account may demand more than stands here: see `security.password_requirement` of Get Account Settings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<Password>,
    /// What the user may use beside meetings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-message" = {"type": "`user_info.feature` must be an object"}))]
    pub feature: Option<Feature>,
    /// The Zoom United plan, a power of two as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-message" = {
        "type": "`user_info.plan_united_type` must be text: a power of two from \"1\" to \"131072\"",
        "enum": "`user_info.plan_united_type` must be a power of two from \"1\" to \"131072\", written as text"
    }))]
    pub plan_united_type: Option<PlanUnitedType>,
}

impl UserInfo {
    /// A user with what is required, and nothing else.
    #[must_use]
    pub fn new(email: impl Into<String>, user_type: UserType) -> Self {
        Self {
            email: email.into(),
            user_type,
            first_name: None,
            last_name: None,
            display_name: None,
            password: None,
            feature: None,
            plan_united_type: None,
        }
    }
}

/// What the user may use beside meetings.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Feature {
    /// Whether the user has Zoom Phone; the account needs a licence for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-message" = {"type": "`user_info.feature.zoom_phone` must be true or false"}))]
    pub zoom_phone: Option<bool>,
    /// The Zoom One plan: 16 (US/CA), 32 (UK/IR), 64 (AU/NZ) or 128 (JP).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-message" = {
        "type": "`user_info.feature.zoom_one_type` must be a whole number: 16, 32, 64 or 128",
        "enum": "`user_info.feature.zoom_one_type` must be 16 (US/CA), 32 (UK/IR), 64 (AU/NZ) or 128 (JP)"
    }))]
    pub zoom_one_type: Option<ZoomOneType>,
}

/// Declares an enumeration that stands as a number in JSON.
macro_rules! numbered {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $number:literal $text:literal,)* } $($more:tt)*) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(try_from = "u64", into = "u64")]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
        }

        impl From<$name> for u64 {
            fn from(value: $name) -> u64 {
                match value {
                    $($name::$variant => $number,)*
                }
            }
        }

        impl TryFrom<u64> for $name {
            type Error = &'static str;

            fn try_from(number: u64) -> Result<Self, Self::Error> {
                match number {
                    $($number => Ok(Self::$variant),)*
                    _ => Err("the number is not one that Zoom knows here"),
                }
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn inline_schema() -> bool {
                true
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({
                    "type": "integer",
                    "enum": [$($number),*],
                    "x-enum-descriptions": {$(stringify!($number): $text),*}
                    $($more)*
                })
            }
        }
    };
}

numbered! {
    /// The kind of licence, a number in JSON.
    UserType {
        /// 1.
        Basic = 1 "Basic",
        /// 2.
        Licensed = 2 "Licensed",
        /// 3.
        OnPrem = 3 "On-prem",
        /// 99, only with [`Action::SsoCreate`].
        None = 99 "None, only with ssoCreate",
    }
    , "x-refused": {
        "4": "`user_info.type` 4 (Unassigned without Meetings Basic) cannot be given to a new user: create the user with 1, 2 or 3, and change the type afterwards"
    }
}

numbered! {
    /// The Zoom One plan, a number in JSON.
    ZoomOneType {
        /// 16.
        UsCa = 16 "United States and Canada",
        /// 32.
        UkIr = 32 "United Kingdom and Ireland",
        /// 64.
        AuNz = 64 "Australia and New Zealand",
        /// 128.
        Jp = 128 "Japan",
    }
}

/// The Zoom United plan: 2 to the power of 0 to 17, as text in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PlanUnitedType(u32);

impl PlanUnitedType {
    /// How many plans there are: the exponents 0 to 17.
    const EXPONENTS: u32 = 18;

    /// The plan of that number; `None` when it is not a power of two up to 131072.
    #[must_use]
    pub fn new(number: u32) -> Option<Self> {
        (number.is_power_of_two() && number < 1 << Self::EXPONENTS).then_some(Self(number))
    }
}

impl From<PlanUnitedType> for String {
    fn from(plan: PlanUnitedType) -> String {
        plan.0.to_string()
    }
}

impl TryFrom<String> for PlanUnitedType {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let plan = text.parse().ok().and_then(Self::new).filter(|plan| plan.0.to_string() == text);
        plan.ok_or("the text is not a power of two from 1 to 131072")
    }
}

impl JsonSchema for PlanUnitedType {
    fn schema_name() -> Cow<'static, str> {
        "PlanUnitedType".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let plans: Vec<String> = (0..Self::EXPONENTS).map(|exponent| (1_u32 << exponent).to_string()).collect();
        json_schema!({"type": "string", "enum": plans})
    }
}
