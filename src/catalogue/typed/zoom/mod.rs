//! Zoom's user calls as Rust types.
//!
//! [`CreateUser`] is the body of `POST /users`; [`create_user_schema`] is the JSON Schema that everything in Legwork judges it
//! by: the checked-in `task-definitions/zoom/users.create.schema.json`.
//!
//! ```
//! use legwork::catalogue::zoom::{Action, CreateUser, UserInfo, UserType, create_user_schema};
//! use legwork::schema::Schema;
//!
//! let user = UserInfo { first_name: Some("Jane".into()), ..UserInfo::new("jane@example.com", UserType::Licensed) };
//! let body = serde_json::to_value(CreateUser { action: Action::Create, user_info: user })?;
//! let violations = Schema::compile(&create_user_schema())?.validate(&body);
//! assert!(violations.iter().all(|violation| violation.severity != legwork::diagnostic::Severity::Error));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod name;
mod params;
mod password;
mod rules;
mod user;

pub use name::{HAN_LIMIT, NAME_LIMIT};
pub use params::{UpdateFeature, UpdateUser};
pub use password::Password;
pub use user::{Action, CreateUser, Feature, PlanUnitedType, UserInfo, UserType, ZoomOneType};

use crate::schema::generate;
use serde_json::Value;

/// The JSON Schema of [`CreateUser`], with every rule between its fields and a sentence for each.
#[must_use]
pub fn create_user_schema() -> Value {
    generate::<CreateUser>()
}

/// The JSON Schema of [`UpdateUser`].
#[must_use]
pub fn update_user_schema() -> Value {
    generate::<UpdateUser>()
}

#[cfg(test)]
mod tests;
