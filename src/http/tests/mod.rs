//! Calls over real sockets.

mod recorded;
