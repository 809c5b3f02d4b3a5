//! Makes deleted bytes gone from the database file, at every checkpoint.
//!
//! `secure_delete` overwrites what is deleted, but when SQLite splits or merges pages it leaves stale copies of cells that have
//! *moved* in the unused part of the pages they came from, and it never looks there again: of 11,200 deleted numbers in a trial,
//! 9 were still in the file (`docs/decisions/0004-scrub.md`). So a checkpoint here is three steps: list the pages in the
//! write-ahead log, move them into the database, then overwrite the unused bytes of each; only then the log is emptied.
//!
//! Writing to the file behind SQLite's back is safe because only bytes that no cell uses are written: a reader cannot tell, and a
//! crash in the middle leaves a valid database and the log, from which the next checkpoint does it all again. The
//! page layout is that of <https://www.sqlite.org/fileformat2.html>.

use std::collections::BTreeSet;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use crate::storage::StorageError;

/// The write-ahead log of a database.
pub(super) fn log_path(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push("-wal");
    PathBuf::from(name)
}

/// Moves the write-ahead log into the database, scrubs every page that was in it, and empties it.
///
/// In this order: until it is emptied, the log says which pages there are to scrub, also to whoever comes after a crash.
///
/// `database` stays open as long as the connections do. Closing any file handle of the database gives up every POSIX lock that
/// this process has on it, also those of SQLite (<https://www.sqlite.org/howtocorrupt.html>, 2.2).
pub(super) fn checkpoint(connection: &Connection, database: &File, log: &Path) -> Result<(), StorageError> {
    let pages = pages_in_log(log).map_err(file("reading the write-ahead log"))?;
    move_log(connection, "FULL")?;
    scrub(database, &pages).map_err(file("overwriting deleted bytes"))?;
    move_log(connection, "TRUNCATE")
}

fn move_log(connection: &Connection, mode: &str) -> Result<(), StorageError> {
    let busy: bool = connection.query_row(&format!("PRAGMA wal_checkpoint({mode})"), [], |row| row.get(0))?;
    if busy {
        let busy = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_BUSY);
        return Err(rusqlite::Error::SqliteFailure(busy, None).into());
    }
    Ok(())
}

fn file(what: &'static str) -> impl Fn(std::io::Error) -> StorageError {
    move |source| StorageError::File { what, source }
}

const LOG_HEADER_BYTES: u64 = 32;
const FRAME_HEADER_BYTES: u64 = 24;
const DATABASE_HEADER_BYTES: usize = 100;

/// Every page number of every frame, also of frames that an earlier, shorter use of the log left behind: scrubbing a page too
/// many costs a read.
fn pages_in_log(log: &Path) -> std::io::Result<BTreeSet<u32>> {
    let file = match File::open(log) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(BTreeSet::new()),
        opened => opened?,
    };
    let length = file.metadata()?.len();
    let mut header = [0; LOG_HEADER_BYTES as usize];
    if length < LOG_HEADER_BYTES {
        return Ok(BTreeSet::new());
    }
    file.read_exact_at(&mut header, 0)?;
    let frame_bytes = FRAME_HEADER_BYTES + u64::from(be32(&header, 8));
    let mut pages = BTreeSet::new();
    let mut at = LOG_HEADER_BYTES;
    while at + FRAME_HEADER_BYTES <= length {
        let mut number = [0; 4];
        file.read_exact_at(&mut number, at)?;
        pages.insert(u32::from_be_bytes(number));
        at += frame_bytes;
    }
    Ok(pages)
}

fn scrub(file: &File, pages: &BTreeSet<u32>) -> std::io::Result<()> {
    let Some(layout) = Layout::read(file)? else { return Ok(()) };
    let mut changed = false;
    let mut page = vec![0; layout.page_bytes];
    for &number in pages {
        if number == 0 || number > layout.pages || layout.is_pointer_map(number) || !layout.is_tree(file, number)? {
            continue;
        }
        let offset = u64::from(number - 1) * layout.page_bytes as u64;
        file.read_exact_at(&mut page, offset)?;
        for unused in unused_ranges(&page, number == 1, layout.usable_bytes) {
            if page[unused.clone()].iter().any(|byte| *byte != 0) {
                page[unused.clone()].fill(0);
                file.write_all_at(&page[unused.clone()], offset + unused.start as u64)?;
                changed = true;
            }
        }
    }
    if changed { file.sync_data() } else { Ok(()) }
}

/// What the database header says of the pages.
struct Layout {
    page_bytes: usize,
    usable_bytes: usize,
    pages: u32,
}

/// The kinds in the pointer map that are b-tree pages.
const POINTER_ROOT: u8 = 1;
const POINTER_TREE: u8 = 5;
const POINTER_ENTRY_BYTES: usize = 5;

impl Layout {
    fn read(file: &File) -> std::io::Result<Option<Layout>> {
        let length = file.metadata()?.len();
        if length < DATABASE_HEADER_BYTES as u64 {
            return Ok(None);
        }
        let mut header = [0; DATABASE_HEADER_BYTES];
        file.read_exact_at(&mut header, 0)?;
        let page_bytes = match be16(&header, 16) {
            1 => 65_536,
            bytes => bytes,
        };
        assert!(be32(&header, 52) != 0, "a store has a pointer map: it is created with incremental vacuum");
        let pages = u32::try_from(length / page_bytes as u64).unwrap_or(u32::MAX);
        Ok(Some(Layout { page_bytes, usable_bytes: page_bytes - usize::from(header[20]), pages }))
    }

    /// A pointer map page describes this many pages, which follow it.
    fn described(&self) -> u32 {
        u32::try_from(self.usable_bytes / POINTER_ENTRY_BYTES).unwrap_or(u32::MAX)
    }

    fn map_of(&self, number: u32) -> u32 {
        let span = self.described() + 1;
        (number - 2) / span * span + 2
    }

    fn is_pointer_map(&self, number: u32) -> bool {
        number >= 2 && self.map_of(number) == number
    }

    fn is_tree(&self, file: &File, number: u32) -> std::io::Result<bool> {
        if number == 1 {
            return Ok(true);
        }
        let map = self.map_of(number);
        let entry = (number - map - 1) as usize * POINTER_ENTRY_BYTES;
        let mut kind = [0];
        file.read_exact_at(&mut kind, u64::from(map - 1) * self.page_bytes as u64 + entry as u64)?;
        Ok(matches!(kind[0], POINTER_ROOT | POINTER_TREE))
    }
}

/// The bytes of a b-tree page that no cell uses: the gap between the cell pointers and the cells, and the inside of each free
/// block (whose first four bytes chain it to the next). Nothing, where the page is not what it should be.
fn unused_ranges(page: &[u8], is_first: bool, usable_bytes: usize) -> Vec<std::ops::Range<usize>> {
    let header = if is_first { DATABASE_HEADER_BYTES } else { 0 };
    let header_bytes = match page[header] {
        2 | 5 => 12,
        10 | 13 => 8,
        _ => return Vec::new(),
    };
    let cells = be16(page, header + 3);
    let content = match be16(page, header + 5) {
        0 => 65_536,
        start => start,
    };
    let gap = header + header_bytes + 2 * cells..content;
    if gap.start > gap.end || gap.end > usable_bytes {
        return Vec::new();
    }
    let mut ranges = vec![gap];
    let mut block = be16(page, header + 1);
    while block != 0 {
        let bytes = if block + 4 <= usable_bytes { be16(page, block + 2) } else { 0 };
        if bytes < 4 || block < content || block + bytes > usable_bytes {
            return ranges;
        }
        ranges.push(block + 4..block + bytes);
        let next = be16(page, block);
        if next != 0 && next <= block {
            return ranges;
        }
        block = next;
    }
    ranges
}

fn be16(bytes: &[u8], at: usize) -> usize {
    usize::from(u16::from_be_bytes([bytes[at], bytes[at + 1]]))
}

fn be32(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

#[cfg(test)]
mod tests {
    use std::fs::OpenOptions;

    use rusqlite::OpenFlags;

    use super::super::connect;
    use super::*;

    const ROWS: u64 = 20_000;

    /// Neighbouring numbers in places that have nothing to do with each other, so that pages split and merge.
    fn value(row: u64) -> String {
        format!("secret-{:016x}", (row + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29))
    }

    /// A table of which most rows were deleted, all of it in the log.
    fn fill(connection: &Connection) {
        let create = "PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; VACUUM;
            CREATE TABLE record (record INTEGER PRIMARY KEY, value TEXT); CREATE INDEX record_value ON record (value);";
        connection.execute_batch(create).expect("good SQL");
        for statement in ["INSERT INTO record VALUES (?1, ?2)", "DELETE FROM record WHERE record = ?1 AND value = ?2"] {
            connection.execute_batch("BEGIN").expect("begun");
            for row in (0..ROWS).filter(|row| statement.starts_with("INSERT") || row % 10 != 0) {
                connection.prepare_cached(statement).and_then(|mut act| act.execute((row, value(row)))).expect("done");
            }
            connection.execute_batch("COMMIT").expect("committed");
        }
    }

    fn deleted_values_in(database: &Path) -> usize {
        let bytes = std::fs::read(database).expect("a database");
        let kept: BTreeSet<String> = (0..ROWS).step_by(10).map(value).collect();
        let found = bytes.windows(23).filter(|bytes| bytes.starts_with(b"secret-"));
        found.filter(|bytes| !str::from_utf8(bytes).is_ok_and(|value| kept.contains(value))).count()
    }

    #[test]
    fn a_crash_before_the_scrubbing_leaves_it_to_the_next_checkpoint() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("lapse.db");
        let connection = connect(&path, OpenFlags::SQLITE_OPEN_CREATE).expect("a database");
        fill(&connection);
        // A handle that cannot write ends the checkpoint where a crash would.
        let cannot_write = File::open(&path).expect("the database");
        checkpoint(&connection, &cannot_write, &log_path(&path)).expect_err("there is something to scrub");
        drop((connection, cannot_write));
        assert!(deleted_values_in(&path) > 0, "SQLite alone leaves stale copies, or this test shows nothing");

        let connection = connect(&path, OpenFlags::empty()).expect("a database");
        let file = OpenOptions::new().read(true).write(true).open(&path).expect("the database");
        checkpoint(&connection, &file, &log_path(&path)).expect("checkpointed");
        assert_eq!(deleted_values_in(&path), 0);
        assert_eq!(std::fs::metadata(log_path(&path)).expect("the log").len(), 0);
        let intact: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("checked");
        assert_eq!(intact, "ok");
    }
}
