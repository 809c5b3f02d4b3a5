//! What somebody would write by hand instead: the same partial deletions in raw SQL, in one transaction, and `unlink`.
//! No ledger, no second look, no holds, no receipts, nothing anonymised, and what is deleted stays readable in free
//! pages.

use std::fs;
use std::path::Path;

use rusqlite::{Connection, params};

use crate::Result;
use crate::fill::FIRST_DUE_ON;

/// Anonymised transcript, statistics: the bits of `conversation.state`.
const PARTIAL: u8 = 0b1_1000;

/// Carries out what is due in a store; how many.
pub(crate) fn run(store: &Path, transcript: &str) -> Result<usize> {
    let mut connection = Connection::open(store.join("lapse.db"))?;
    let transaction = connection.transaction()?;
    let due = due(&transaction)?;
    let row = "UPDATE conversation SET state = ?2, audio = NULL, version = version + 1, review_on = ?3
               WHERE conversation = ?1";
    for (key, _) in &due {
        transaction.prepare_cached(row)?.execute(params![key, PARTIAL, FIRST_DUE_ON.0 + 90])?;
        transaction.prepare_cached("DELETE FROM customer WHERE conversation = ?1")?.execute([key])?;
        let text = "UPDATE transcript SET turns = ?2 WHERE conversation = ?1";
        transaction.prepare_cached(text)?.execute(params![key, transcript])?;
    }
    transaction.commit()?;
    for (_, audio) in &due {
        fs::remove_file(store.join("blobs").join(audio))?;
    }
    connection.close().map_err(|(_, error)| error)?;
    Ok(due.len())
}

/// Keys and files of what is due.
fn due(connection: &Connection) -> rusqlite::Result<Vec<(i64, String)>> {
    let mut due = connection.prepare("SELECT conversation, audio FROM conversation WHERE review_on <= ?1")?;
    due.query_map([FIRST_DUE_ON.0], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}
