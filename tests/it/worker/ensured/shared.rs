//! The same with the ledger in a database.

use super::each_is_made_once;
use crate::postgres::scratch::Scratch;

#[test]
fn two_workers_of_two_machines_make_one_user_for_a_key() {
    if let Some(database) = Scratch::new() {
        each_is_made_once(&database.url());
    }
}
