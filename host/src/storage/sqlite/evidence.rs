//! The ledger's rows and the list of runs, in SQLite.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, params};

use super::{SqliteTransaction, day_from, instant_from};
use crate::record::Day;
use crate::storage::StorageError;
use crate::storage::evidence::{Evidence, LedgerRow, RunRow};

impl Evidence for SqliteTransaction<'_> {
    fn ledger_head(&mut self) -> Result<(i64, [u8; 32]), StorageError> {
        let mut head =
            self.connection.prepare_cached("SELECT sequence, hash FROM ledger ORDER BY sequence DESC LIMIT 1")?;
        Ok(head.query_row([], |row| Ok((row.get(0)?, row.get(1)?))).optional()?.unwrap_or((0, [0; 32])))
    }

    fn put_ledger_row(&mut self, row: &LedgerRow) -> Result<(), StorageError> {
        self.connection
            .prepare_cached("INSERT INTO ledger (sequence, run, body, hash) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![row.sequence, row.run, row.body, row.hash])?;
        Ok(())
    }

    fn open_run(&mut self, tenant: i64, date: Day, plan: &str, at: DateTime<Utc>) -> Result<i64, StorageError> {
        self.connection.execute(
            "INSERT INTO run (tenant, date, plan, opened_at) VALUES (?1, ?2, ?3, ?4)",
            params![tenant, date.0, plan, at.timestamp_millis()],
        )?;
        Ok(self.connection.last_insert_rowid())
    }

    fn close_run(&mut self, run: i64, at: DateTime<Utc>) -> Result<(), StorageError> {
        self.connection.execute("UPDATE run SET closed_at = ?2 WHERE run = ?1", params![run, at.timestamp_millis()])?;
        Ok(())
    }
}

/// Selects what [`run_from`] reads; a condition follows.
pub(super) const SELECT_RUN: &str = "SELECT r.run, r.tenant, t.id, r.date, r.plan, r.opened_at, r.closed_at FROM run AS r JOIN tenant AS t USING (tenant)";

pub(super) fn run_from(row: &rusqlite::Row<'_>) -> rusqlite::Result<Result<RunRow, StorageError>> {
    let (run, tenant, tenant_id, date) = (row.get(0)?, row.get(1)?, row.get(2)?, day_from(row.get(3)?));
    let (plan, opened, closed): (String, i64, Option<i64>) = (row.get(4)?, row.get(5)?, row.get(6)?);
    Ok((|| {
        let opened_at = instant_from(opened)?;
        Ok(RunRow { run, tenant, tenant_id, date, plan, opened_at, closed_at: closed.map(instant_from).transpose()? })
    })())
}

pub(super) fn ledger_row_from(row: &rusqlite::Row<'_>) -> rusqlite::Result<LedgerRow> {
    Ok(LedgerRow { sequence: row.get(0)?, run: row.get(1)?, body: row.get(2)?, hash: row.get(3)? })
}
