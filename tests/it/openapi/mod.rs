//! OpenAPI documents of the world: each is imported, loaded again, and played.

mod arazzo;
mod corpus;
mod mutations;
