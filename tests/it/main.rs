//! The one integration binary: each module tests one side of the program from outside.

mod definitions;
mod resolve;
mod tidy;
