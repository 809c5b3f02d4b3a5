//! Stores of an older format, which must become stores of this one with everything that was in them.

use std::path::{Path, PathBuf};

use rusqlite::Connection;
use serde_json::json;

use crate::store::look::Look;
use crate::store::people::conversation;
use crate::store::{Scene, TENANT};
use crate::support::repository;

/// The tables and triggers of a database, and their format.
fn shape(store: &Path) -> (Vec<String>, String) {
    let look = Look::at(store);
    (look.rows("SELECT name, sql FROM sqlite_schema"), look.one("PRAGMA user_version"))
}

/// The database of a store as format 1 had it: what there is now, without what came since.
fn of_the_first_format(store: &Path) -> PathBuf {
    let database = store.join("lapse.db");
    let now = Connection::open(&database).expect("a database");
    let old = store.join("old.db");
    let first = Connection::open(&old).expect("a database");
    let schema = repository().join("host/src/storage/sqlite/schema.sql");
    first
        .execute_batch("PRAGMA foreign_keys = OFF; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL")
        .expect("a fresh database");
    first.execute_batch(&std::fs::read_to_string(schema).expect("the schema")).expect("good SQL");
    let tables: Vec<String> = {
        let mut names = first.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").expect("good SQL");
        names.query_map([], |row| row.get(0)).expect("rows").collect::<Result<_, _>>().expect("names")
    };
    first.execute("ATTACH ?1 AS now", [database.display().to_string()]).expect("attached");
    for table in tables.iter().filter(|table| !table.starts_with("sqlite_")) {
        let columns: Vec<String> = {
            let mut names = first.prepare("SELECT name FROM pragma_table_info(?1)").expect("good SQL");
            names.query_map([table], |row| row.get(0)).expect("rows").collect::<Result<_, _>>().expect("names")
        };
        let columns = columns.join(", ");
        // The triggers have counted the tenant's records once more; the tenant's own row comes last.
        first
            .execute_batch(&format!(
                "DELETE FROM {table}; INSERT INTO {table} ({columns}) SELECT {columns} FROM now.{table}"
            ))
            .expect("copied");
    }
    first
        .execute_batch("UPDATE tenant SET conversations = (SELECT count(*) FROM conversation), snippets = 0")
        .expect("counted");
    first
        .execute_batch(
            "DETACH now; PRAGMA application_id = 1279348819; PRAGMA user_version = 1; PRAGMA wal_checkpoint(TRUNCATE)",
        )
        .expect("closed");
    drop((first, now));
    old
}

#[test]
fn a_store_of_the_first_format_becomes_one_of_this() {
    let scene = Scene::new("UTC");
    scene.import(&[conversation(1, "2026-01-01T12:00:00Z"), conversation(2, "2027-05-01T12:00:00Z")]);
    scene.settings(json!({"audio-days": 90}));
    let before = (shape(&scene.store()), Look::at(&scene.store()).state());
    let old = of_the_first_format(&scene.store());
    for name in ["lapse.db", "lapse.db-wal", "lapse.db-shm"] {
        let _ = std::fs::remove_file(scene.store().join(name));
    }
    std::fs::rename(old, scene.store().join("lapse.db")).expect("put in its place");
    assert_eq!(shape(&scene.store()).1, "1");
    assert!(Look::at(&scene.store()).rows("SELECT name FROM sqlite_schema").iter().all(|name| name != "trusted_key"));
    // The first to open it only looks.
    assert_eq!(scene.told(&["status"]).0, 0);
    assert_eq!((shape(&scene.store()), Look::at(&scene.store()).state()), before, "as if made new");
    let host = scene.host();
    assert!(!host.trust(&host.tenant(Some(TENANT)).expect("a tenant")).expect("trust").signatures_required);
    assert_eq!(host.verify_ledger().expect("verified").faults, [""; 0]);
    drop(host);
    assert_eq!(scene.run("2027-06-01").done, 1);
}
