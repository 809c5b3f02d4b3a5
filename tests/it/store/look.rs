//! What is in a store, read without the host: SQL of the tests' own on a copy of the database, and the files as they lie.
//!
//! A copy, because whoever opens the database last folds its write-ahead log back, and these tests are about what is in there.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use aho_corasick::AhoCorasick;
use rusqlite::Connection;
use rusqlite::types::Value as Sql;
use serde_json::Value;
use tempfile::TempDir;

use super::files;

/// A copy of a store's database, open.
pub(crate) struct Look {
    connection: Connection,
    store: PathBuf,
    _copy: TempDir,
}

/// One record's intent: conversation or snippet, its id, what is done.
pub(crate) type Intent = (String, String, String);

/// Everything that two runs with the same outcome agree on, as lines. Random names, times, run numbers are not in it, nor is the
/// day of review, which says only how much of the work is still to be looked at.
const STATE: &[&str] = &[
    "SELECT 'tenant', t.id, settings, sweep_due, has_deleted, conversations, snippets FROM tenant AS t",
    "SELECT 'conversation', id, version, state, held, recorded_on, ended_on, duration_seconds, score,
        sentiment_thousandths, language, team, channel, employee, purpose, audio IS NOT NULL FROM conversation",
    "SELECT 'customer', c.id, p.number, p.name, p.reference FROM customer AS p LEFT JOIN conversation AS c USING (conversation)",
    "SELECT 'transcript', c.id, t.turns FROM transcript AS t LEFT JOIN conversation AS c USING (conversation)",
    "SELECT 'tag', c.id, t.tag FROM tag AS t LEFT JOIN conversation AS c USING (conversation)",
    "SELECT 'metadata', c.id, m.name, m.value FROM metadata AS m LEFT JOIN conversation AS c USING (conversation)",
    "SELECT 'hit', c.id, t.name, h.hits FROM tracker_hit AS h LEFT JOIN conversation AS c USING (conversation)
        LEFT JOIN tracker AS t USING (tracker)",
    "SELECT 'snippet', id, version, state, held, created_on, duration_seconds, created_by, conversation, title, text,
        audio IS NOT NULL FROM snippet",
    "SELECT 'deleted', subject, id FROM deleted",
    "SELECT 'hold', subject, id, reason FROM hold",
    "SELECT 'pending', count(*) FROM pending",
    "SELECT 'open runs', count(*) FROM run WHERE closed_at IS NULL",
];

impl Look {
    pub(crate) fn at(store: &Path) -> Look {
        let copy = tempfile::tempdir().expect("a folder");
        for name in ["lapse.db", "lapse.db-wal"] {
            if store.join(name).exists() {
                std::fs::copy(store.join(name), copy.path().join(name)).expect("copied");
            }
        }
        let connection = Connection::open(copy.path().join("lapse.db")).expect("a database");
        Look { connection, store: store.to_owned(), _copy: copy }
    }

    /// The rows of a query, values joined by bars, sorted.
    pub(crate) fn rows(&self, sql: &str) -> Vec<String> {
        let mut statement = self.connection.prepare(sql).expect("good SQL");
        let columns = statement.column_count();
        let row = |row: &rusqlite::Row<'_>| {
            let values =
                (0..columns).map(|column| row.get::<_, Sql>(column).map(plain)).collect::<Result<Vec<_>, _>>()?;
            Ok(values.join("|"))
        };
        let rows = statement.query_map([], row).expect("rows");
        let mut rows: Vec<String> = rows.collect::<Result<_, _>>().expect("readable rows");
        rows.sort();
        rows
    }

    /// The one value of a query.
    pub(crate) fn one(&self, sql: &str) -> String {
        self.rows(sql).pop().expect("a row")
    }

    /// Rows and files, as two stores with the same outcome have them.
    pub(crate) fn state(&self) -> Vec<String> {
        let mut state: Vec<String> = STATE.iter().flat_map(|sql| self.rows(sql)).collect();
        let intact = self.one("PRAGMA integrity_check");
        state.push(format!("integrity|{intact}"));
        state.push(format!("files|{}", self.audio_files().len()));
        state
    }

    /// Names of the audio files that there are.
    pub(crate) fn audio_files(&self) -> BTreeSet<String> {
        let blobs = self.store.join("blobs");
        let name = |path: PathBuf| path.strip_prefix(&blobs).expect("inside").to_string_lossy().into_owned();
        files(&blobs).into_iter().map(name).collect()
    }

    /// Names of the audio files that records refer to.
    fn referred(&self) -> BTreeSet<String> {
        let sql = "SELECT audio FROM conversation WHERE audio IS NOT NULL UNION ALL SELECT audio FROM snippet WHERE audio IS NOT NULL";
        self.rows(sql).into_iter().collect()
    }

    /// At any moment, whatever happened: each conversation has audio, customer and raw transcript, or none of the three; what it
    /// refers to is there; and a file to which no record refers is noted as under way.
    #[track_caller]
    pub(crate) fn assert_units_are_whole(&self) {
        let sql = "SELECT c.id, (c.state & 1 <> 0) + (c.audio IS NOT NULL), (c.state & 2 <> 0) + (p.conversation IS NOT NULL),
                2 * (c.state & 4 <> 0), (c.state & 8 <> 0), t.conversation IS NOT NULL
            FROM conversation AS c LEFT JOIN customer AS p USING (conversation) LEFT JOIN transcript AS t USING (conversation)";
        for row in self.rows(sql) {
            let (_, parts) = row.split_once('|').expect("columns");
            assert!(["2|2|2|0|1", "0|0|0|1|1"].contains(&parts), "half purged: {row}");
        }
        let (files, referred) = (self.audio_files(), self.referred());
        let missing: Vec<_> = referred.difference(&files).collect();
        assert!(missing.is_empty(), "records refer to files that are not there: {missing:?}");
        let pending: BTreeSet<String> =
            self.rows("SELECT blob FROM pending WHERE blob IS NOT NULL").into_iter().collect();
        let orphaned: Vec<_> = files.difference(&referred).filter(|name| !pending.contains(*name)).collect();
        assert!(orphaned.is_empty(), "files that nobody refers to and nobody will delete: {orphaned:?}");
    }

    /// Once all is done: files and rows agree one to one, and nothing is under way.
    #[track_caller]
    pub(crate) fn assert_at_rest(&self) {
        self.assert_units_are_whole();
        assert_eq!(self.audio_files(), self.referred(), "files and rows agree");
        assert_eq!(self.one("SELECT count(*) FROM pending"), "0", "nothing is under way");
        assert_eq!(self.one("SELECT count(*) FROM run WHERE closed_at IS NULL"), "0", "no run is open");
    }

    /// The ledger's entries, oldest first.
    pub(crate) fn ledger(&self) -> Vec<Value> {
        let mut statement = self.connection.prepare("SELECT body FROM ledger ORDER BY sequence").expect("good SQL");
        let rows = statement.query_map([], |row| row.get::<_, Vec<u8>>(0)).expect("rows");
        rows.map(|body| serde_json::from_slice(&body.expect("a row")).expect("JSON")).collect()
    }

    /// What was meant to be done, sorted. Each intent has exactly one receipt, which comes after it and names the same record.
    #[track_caller]
    pub(crate) fn receipted_intents(&self) -> Vec<Intent> {
        let mut waiting: BTreeMap<i64, Intent> = BTreeMap::new();
        let mut done = Vec::new();
        for entry in self.ledger() {
            let text = |name: &str| entry[name].as_str().unwrap_or_default().to_owned();
            match entry["kind"].as_str() {
                Some("intent") => {
                    let intent = (text("subject"), text("id"), entry["actions"].to_string());
                    waiting.insert(entry["sequence"].as_i64().expect("a number"), intent);
                }
                Some("receipt") => {
                    let intent = waiting.remove(&entry["intent"].as_i64().expect("a number"));
                    let intent = intent.unwrap_or_else(|| panic!("a receipt without an open intent: {entry}"));
                    assert_eq!((&intent.0, &intent.1), (&text("subject"), &text("id")), "the receipt names the record");
                    done.push(intent);
                }
                _ => {}
            }
        }
        assert!(waiting.is_empty(), "intents without receipts: {waiting:?}");
        done.sort();
        done
    }
}

fn plain(value: Sql) -> String {
    match value {
        Sql::Null => "-".to_owned(),
        Sql::Integer(number) => number.to_string(),
        Sql::Real(number) => number.to_string(),
        Sql::Text(text) => text,
        Sql::Blob(bytes) => format!("{} bytes", bytes.len()),
    }
}

/// The values that are still in some file of a store, in its bytes or in its name, and where. In either case of letters.
pub(crate) fn found(store: &Path, values: &[String]) -> Vec<String> {
    let search = AhoCorasick::builder().ascii_case_insensitive(true).build(values).expect("values to look for");
    let mut found = BTreeSet::new();
    for path in files(store) {
        let name = path.strip_prefix(store).expect("inside").to_string_lossy().into_owned();
        let bytes = std::fs::read(&path).expect("a file of the store");
        for matched in search.find_iter(&bytes).chain(search.find_iter(&name)) {
            found.insert(format!("{} in {name}", values[matched.pattern()]));
        }
    }
    found.into_iter().collect()
}
