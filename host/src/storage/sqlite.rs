//! The store in one SQLite file: write-ahead log, `secure_delete`, and a scrubber for what `secure_delete` leaves.
//!
//! Two connections: one writes, one reads snapshots. Neither ever checkpoints by itself, since a checkpoint must be followed by
//! the scrubber, `sqlite/scrub.rs`.

mod administration;
mod evidence;
mod intake;
mod reading;
mod scan;
mod scrub;
mod unit;

use std::cell::OnceCell;
use std::fs::{File, OpenOptions};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::{Scan, Storage, StorageError, Transaction};
use crate::columns::Batch;

/// The format that this version writes: `PRAGMA user_version`.
const FORMAT: i64 = 1;

/// "LAPS": tells a store from any other SQLite file.
const APPLICATION_ID: i64 = 0x4c41_5053;

/// How long to wait for another process that reads.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// How large the write-ahead log may grow before a long command settles in between.
const LOG_BYTES_MAX: u64 = 64 << 20;

/// How many free pages are given back to the file system at the end of a run.
const PAGES_FREED_MAX: u32 = 1 << 16;

/// A store in an SQLite file.
pub struct SqliteStorage {
    path: PathBuf,
    writer: Connection,
    reader: Connection,
    /// The scrubber's own handle, opened when it is first needed. Dropped after the connections: see [`scrub::checkpoint`].
    file: OnceCell<File>,
}

impl SqliteStorage {
    /// Creates the database, or opens it where it exists.
    pub fn create(path: &Path) -> Result<SqliteStorage, StorageError> {
        let writer = connect(path, OpenFlags::SQLITE_OPEN_CREATE)?;
        let (application, format) = identity(&writer)?;
        if application == 0 && format == 0 {
            writer.execute_batch("PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; VACUUM;")?;
            writer.execute_batch(&format!(
                "BEGIN IMMEDIATE; PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {FORMAT}; {} COMMIT;",
                include_str!("sqlite/schema.sql")
            ))?;
        }
        drop(writer);
        SqliteStorage::open(path)
    }

    /// Opens the database of a store.
    pub fn open(path: &Path) -> Result<SqliteStorage, StorageError> {
        if !path.is_file() {
            let folder = path.parent().unwrap_or(path).display().to_string();
            return Err(StorageError::NoStore { folder });
        }
        let writer = connect(path, OpenFlags::empty())?;
        let (application, format) = identity(&writer)?;
        if application != APPLICATION_ID {
            return Err(StorageError::Unreadable { what: "a database that is not Lapse's" });
        }
        if format > FORMAT {
            return Err(StorageError::Newer { found: format, known: FORMAT });
        }
        let reader = connect(path, OpenFlags::empty())?;
        reader.pragma_update(None, "query_only", true)?;
        // A scan reads each page once: keeping them would only take memory.
        reader.pragma_update(None, "cache_size", -4096)?;
        Ok(SqliteStorage { path: path.to_owned(), writer, reader, file: OnceCell::new() })
    }

    fn checkpoint(&self) -> Result<(), StorageError> {
        if self.file.get().is_none() {
            let opened = OpenOptions::new().read(true).write(true).open(&self.path);
            let _ =
                self.file.set(opened.map_err(|source| StorageError::File { what: "opening the database", source })?);
        }
        let file = self.file.get().expect("the file was just opened");
        scrub::checkpoint(&self.writer, file, &scrub::log_path(&self.path))
    }
}

fn identity(connection: &Connection) -> Result<(i64, i64), StorageError> {
    let read = |pragma| connection.pragma_query_value(None, pragma, |row| row.get(0));
    Ok((read("application_id")?, read("user_version")?))
}

fn connect(path: &Path, flags: OpenFlags) -> Result<Connection, StorageError> {
    let flags = flags | OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.set_prepared_statement_cache_capacity(128);
    connection.execute_batch(
        "PRAGMA wal_autocheckpoint = 0;
         PRAGMA synchronous = FULL;
         PRAGMA secure_delete = ON;
         PRAGMA temp_store = MEMORY;
         PRAGMA cache_size = -32768;",
    )?;
    Ok(connection)
}

impl From<rusqlite::Error> for StorageError {
    fn from(error: rusqlite::Error) -> StorageError {
        use rusqlite::ErrorCode;
        let kind = match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StorageError::Busy,
            Some(ErrorCode::DiskFull) => StorageError::Full,
            Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => StorageError::ReadOnly,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => StorageError::Corrupt,
            _ => StorageError::Database,
        };
        kind(error.into())
    }
}

impl Storage for SqliteStorage {
    fn scan(&self, scan: &Scan<'_>, visit: &mut dyn FnMut(&mut Batch) -> ControlFlow<()>) -> Result<(), StorageError> {
        scan::scan(&self.reader, scan, visit)
    }

    fn begin(&self) -> Result<Box<dyn Transaction + '_>, StorageError> {
        self.writer.execute_batch("BEGIN IMMEDIATE")?;
        Ok(Box::new(SqliteTransaction { connection: &self.writer, open: true }))
    }

    fn settle(&self) -> Result<(), StorageError> {
        let mut freed = self.writer.prepare(&format!("PRAGMA incremental_vacuum({PAGES_FREED_MAX})"))?;
        let mut rows = freed.query([])?;
        while rows.next()?.is_some() {}
        self.checkpoint()
    }

    fn settle_if_large(&self) -> Result<(), StorageError> {
        let log = std::fs::metadata(scrub::log_path(&self.path)).map_or(0, |metadata| metadata.len());
        if log > LOG_BYTES_MAX { self.checkpoint() } else { Ok(()) }
    }
}

/// Changes that happen together or not at all.
struct SqliteTransaction<'a> {
    connection: &'a Connection,
    open: bool,
}

impl Transaction for SqliteTransaction<'_> {
    fn commit(mut self: Box<Self>) -> Result<(), StorageError> {
        self.connection.execute_batch("COMMIT")?;
        self.open = false;
        Ok(())
    }
}

impl Drop for SqliteTransaction<'_> {
    fn drop(&mut self) {
        if self.open && !self.connection.is_autocommit() {
            // Failing to undo leaves the transaction uncommitted; SQLite undoes it when the connection closes.
            let _ = self.connection.execute_batch("ROLLBACK");
        }
    }
}

/// How an optional day is stored: `NULL` where absent.
fn day_value(day: crate::record::Day) -> Option<i32> {
    (day != crate::record::Day::ABSENT).then_some(day.0)
}

fn day_from(value: Option<i32>) -> crate::record::Day {
    value.map_or(crate::record::Day::ABSENT, crate::record::Day)
}

fn instant_from(milliseconds: i64) -> Result<chrono::DateTime<chrono::Utc>, StorageError> {
    chrono::DateTime::from_timestamp_millis(milliseconds).ok_or(StorageError::Unreadable { what: "an instant" })
}

fn subject_from(word: &str) -> Result<crate::record::Subject, StorageError> {
    match word {
        "conversation" => Ok(crate::record::Subject::Conversation),
        "snippet" => Ok(crate::record::Subject::Snippet),
        _ => Err(StorageError::Unreadable { what: "a subject" }),
    }
}

fn json<T: serde::de::DeserializeOwned>(text: &str, what: &'static str) -> Result<T, StorageError> {
    serde_json::from_str(text).map_err(|_| StorageError::Unreadable { what })
}

fn to_json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("strings, numbers and maps with string keys always serialise")
}
