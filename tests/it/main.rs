//! The one integration binary: each module tests one side of the program from outside.

mod cases;
mod cli;
mod command;
mod pages;
mod readme;

mod tidy;
