//! The language server from outside: over a connection in this process, and over the standard streams of the program.

mod clients;
mod editor;
mod fuzz;
mod indexing;
mod parity;
mod results;
mod scenarios;
mod secrets;
