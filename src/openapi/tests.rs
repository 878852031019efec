//! Documents as task definitions.
