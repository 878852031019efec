//! `legwork import` of calls: what curl sends for a command is what is sent for the task definition that is made of it.

mod curl;
mod others;
