//! Where records, evidence and settings are kept: the traits that a database implements, and the one that implements them.
//!
//! One writer at a time. Everything that changes anything happens in a [`Transaction`]; dropping one undoes it. What is read
//! outside a transaction is a consistent snapshot. A file of audio is never touched from here: see [`crate::blobs`].

pub mod administration;
pub mod evidence;
pub mod intake;
pub mod reading;
pub mod sqlite;
pub mod unit;

use std::ops::ControlFlow;

use chrono_tz::Tz;

pub use self::administration::Administration;
pub use self::evidence::Evidence;
pub use self::intake::Intake;
pub use self::reading::Reading;
pub use self::unit::Unit;
use crate::columns::{Batch, ColumnName};
use crate::policy::ModuleDigest;
use crate::record::{Day, Subject};

/// A tenant, as stored.
#[derive(Clone, Debug)]
pub struct Tenant {
    /// The row's key.
    pub key: i64,
    /// The tenant's id: lower-case letters, digits and hyphens.
    pub id: String,
    /// The time zone in which its days begin.
    pub time_zone: Tz,
    /// Its settings: a JSON object, canonical.
    pub settings: String,
    /// The active policy module.
    pub module: Option<ModuleDigest>,
    /// The day on which settings or module last changed so that more may be deleted; absent: never.
    pub shortened_on: Day,
    /// Whether only a module signed by a trusted key may decide.
    pub signatures_required: bool,
    /// Its own rules of anonymising: a JSON object.
    pub anonymiser_rules: String,
    /// Whether the next run reads every record, since settings or module have changed.
    pub sweep_due: bool,
    /// Whether a run of this tenant has deleted anything yet.
    pub has_deleted: bool,
    /// How many conversations are stored.
    pub conversations: u64,
    /// How many snippets are stored.
    pub snippets: u64,
}

impl Tenant {
    /// How many records of a kind are stored.
    pub fn stored(&self, subject: Subject) -> u64 {
        match subject {
            Subject::Conversation => self.conversations,
            Subject::Snippet => self.snippets,
        }
    }
}

/// Which records a scan reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope<'a> {
    /// Those whose review day has come by this day.
    Due(Day),
    /// Every one.
    All,
    /// Those with these keys.
    Keys(&'a [i64]),
}

/// A reading of records as columns.
#[derive(Clone, Copy, Debug)]
pub struct Scan<'a> {
    /// Whose records.
    pub tenant: i64,
    /// Conversations or snippets.
    pub subject: Subject,
    /// The columns to read, and no others.
    pub columns: &'a [ColumnName],
    /// Which records.
    pub scope: Scope<'a>,
}

/// A database.
pub trait Storage: Reading {
    /// Reads records in batches, each under the same snapshot, until there are no more or `visit` breaks.
    fn scan(&self, scan: &Scan<'_>, visit: &mut dyn FnMut(&mut Batch) -> ControlFlow<()>) -> Result<(), StorageError>;

    /// Begins a transaction; the only way to change anything.
    fn begin(&self) -> Result<Box<dyn Transaction + '_>, StorageError>;

    /// Makes what was deleted gone: no byte of it stays in free pages, in unused parts of pages, or in a journal.
    fn settle(&self) -> Result<(), StorageError>;

    /// Settles if so much has been written since the last time that waiting for the end would fill the disk. Nothing is lost
    /// where another process reads and it cannot be: settling at the end is what counts.
    fn settle_if_large(&self) -> Result<(), StorageError>;
}

/// A scan whose visitor may fail: ends with the first batch that does, and with its error.
pub fn try_scan<E: From<StorageError>>(
    storage: &dyn Storage,
    scan: &Scan<'_>,
    mut visit: impl FnMut(&mut Batch) -> Result<(), E>,
) -> Result<(), E> {
    let mut failed = None;
    storage.scan(scan, &mut |batch| match visit(batch) {
        Ok(()) => ControlFlow::Continue(()),
        Err(error) => {
            failed = Some(error);
            ControlFlow::Break(())
        }
    })?;
    failed.map_or(Ok(()), Err)
}

/// Changes that happen together or not at all. Dropped without `commit`, it changes nothing.
pub trait Transaction: Administration + Intake + Unit + Evidence {
    /// Makes the changes durable; they survive a power cut from here on.
    fn commit(self: Box<Self>) -> Result<(), StorageError>;
}

/// What a database itself said.
pub type DatabaseError = Box<dyn std::error::Error + Send + Sync>;

/// What can go wrong with a database.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The store was written by a later version of Lapse.
    #[error("this store has format {found}, this lapse knows formats up to {known}; use the newer lapse")]
    Newer {
        /// The store's format.
        found: i64,
        /// The newest format known here.
        known: i64,
    },
    /// Not a store.
    #[error("{folder} is not a store; create one with `lapse init`")]
    NoStore {
        /// The folder.
        folder: String,
    },
    /// Another process holds the database.
    #[error("the database is in use by another process; wait for it to end and run again")]
    Busy(#[source] DatabaseError),
    /// No space is left.
    #[error("the disk is full; nothing is lost, free some space and run again")]
    Full(#[source] DatabaseError),
    /// The folder or file cannot be written.
    #[error("the database cannot be written; check the rights on the store's folder")]
    ReadOnly(#[source] DatabaseError),
    /// The database is damaged.
    #[error("the database is damaged; restore it from a backup, then run `lapse ledger verify`")]
    Corrupt(#[source] DatabaseError),
    /// Anything else that the database says.
    #[error("the database failed")]
    Database(#[source] DatabaseError),
    /// The file system failed beside the database.
    #[error("{what} failed")]
    File {
        /// What was attempted.
        what: &'static str,
        /// Why it failed.
        #[source]
        source: std::io::Error,
    },
    /// A stored value is not what was written.
    #[error("the store holds {what} that cannot be read; run `lapse ledger verify`")]
    Unreadable {
        /// What kind of value.
        what: &'static str,
    },
    /// For tests: a fault that was put in on purpose.
    #[error("an injected fault at operation {0}")]
    Injected(u64),
}
