//! The catalogue: task definitions that hold a request, by name.
