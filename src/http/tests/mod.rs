//! Calls over real sockets.

mod answers;
mod auth;
mod connections;
mod egress;
mod failures;
mod kept;
mod pages;
mod proxies;
mod recorded;
mod redirects;
mod requests;
mod server;
