//! The ledger's rows and the list of runs.

use chrono::{DateTime, Utc};

use super::StorageError;
use crate::record::Day;

/// One row of the ledger, as stored: [`crate::ledger`] says what the bytes mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerRow {
    /// 1, 2, 3 … without a gap.
    pub sequence: i64,
    /// The run it belongs to.
    pub run: Option<i64>,
    /// The entry: JSON, and exactly the bytes that were hashed.
    pub body: Vec<u8>,
    /// SHA-256 over the hash before and these bytes.
    pub hash: [u8; 32],
}

/// A run, as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunRow {
    /// Its number.
    pub run: i64,
    /// The tenant's key.
    pub tenant: i64,
    /// The tenant's id.
    pub tenant_id: String,
    /// The day for which it decided.
    pub date: Day,
    /// The digest of its plan.
    pub plan: String,
    /// When it began.
    pub opened_at: DateTime<Utc>,
    /// When it ended; `None` while it is under way, or after a crash.
    pub closed_at: Option<DateTime<Utc>>,
}

/// Writing evidence.
pub trait Evidence {
    /// The last row's number and hash; 0 and zeroes where there is none.
    fn ledger_head(&mut self) -> Result<(i64, [u8; 32]), StorageError>;

    /// Adds a row.
    fn put_ledger_row(&mut self, row: &LedgerRow) -> Result<(), StorageError>;

    /// Notes that a run begins; its number.
    fn open_run(&mut self, tenant: i64, date: Day, plan: &str, at: DateTime<Utc>) -> Result<i64, StorageError>;

    /// Notes that a run has ended.
    fn close_run(&mut self, run: i64, at: DateTime<Utc>) -> Result<(), StorageError>;
}
