//! Disks, rights, other processes, other versions.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use lapse::error::Exit;
use lapse::storage::StorageError;
use rusqlite::Connection;
use rusqlite::ffi;

use super::{RUN, done, exit, refused, scene};
use crate::faults::{Fault, Side, faulty_host};
use crate::store::look::Look;
use crate::store::{Scene, files, options, tenant, told_by};
use crate::support::lapse_binary;

/// Changes the database behind the host's back.
fn change_database(scene: &Scene, sql: &str) {
    let connection = Connection::open(scene.store().join("lapse.db")).expect("a database");
    connection.execute_batch(sql).expect("good SQL");
}

#[test]
fn a_store_of_a_newer_version_is_left_alone() {
    let scene = scene();
    change_database(&scene, "PRAGMA user_version = 3");
    for words in [&RUN[..], &["status"], &["init"], &["settings", "set", "audio-days=1"]] {
        refused(
            &scene,
            words,
            exit::FAILED,
            "this store has format 3, this lapse knows formats up to 2; use the newer lapse",
        );
    }
}

#[test]
fn a_database_of_somebody_else_is_left_alone() {
    let scene = scene();
    change_database(&scene, "PRAGMA application_id = 7");
    refused(&scene, &RUN, exit::FAILED, "a database that is not Lapse's");
    fs::write(
        scene.store().join("lapse.db"),
        "not a database, but long enough to be taken for the header of one ".repeat(30),
    )
    .expect("written");
    let (given, said) = scene.told(&RUN);
    assert_eq!(given, exit::FAILED, "{said}");
    assert!(said.contains("the database is damaged; restore it from a backup"), "{said}");
}

#[test]
fn two_at_once_are_one() {
    let scene = scene();
    let lock = File::options().write(true).open(scene.store().join("lock")).expect("the lock is there");
    lock.try_lock().expect("nobody else has it");
    for words in [&RUN[..], &["settings", "set", "audio-days=1"], &["import", "/dev/null"], &["init"]] {
        refused(&scene, words, exit::IN_USE, "the store is in use by another lapse");
    }
    // Looking is always possible.
    done(&scene, &["status"]);
    done(&scene, &["plan", "--date", "2026-03-01"]);
    drop(lock);
    done(&scene, &RUN);
}

#[test]
fn a_damaged_host_key_trusts_nothing() {
    let scene = scene();
    fs::write(scene.store().join("host.key"), "short").expect("written");
    refused(&scene, &RUN, exit::FAILED, "host.key is damaged");
}

#[test]
fn audio_that_is_gone_already_is_done() {
    let scene = scene();
    let gone = files(&scene.store().join("blobs")).remove(0);
    fs::remove_file(gone).expect("removed");
    let said = done(&scene, &[&RUN[..], &["--format", "json"]].concat());
    let report: serde_json::Value = serde_json::from_str(&said).expect("JSON");
    let report = &report["runs"][0];
    assert_eq!((&report["audio-already-gone"], &report["audio-deleted"]), (&1.into(), &3.into()), "{said}");
    Look::at(&scene.store()).assert_at_rest();
}

#[test]
fn an_audio_folder_that_is_not_mounted_stops_the_run() {
    let scene = scene();
    fs::remove_dir_all(scene.store().join("blobs")).expect("removed");
    refused(&scene, &["run", "--date", "2026-03-01", "--approve", "first-run"], exit::GUARDED, "empty-store");
}

/// Whether this process may do what nobody else may.
fn is_root() -> bool {
    let probe = tempfile::NamedTempFile::new().expect("a file");
    probe.as_file().metadata().expect("metadata").uid() == 0
}

/// Takes the right to write from everybody, for everything in a folder; or gives it back.
fn set_writable(folder: &Path, writable: bool) {
    let (folder_mode, file_mode) = if writable { (0o755, 0o644) } else { (0o555, 0o444) };
    for file in files(folder) {
        fs::set_permissions(file, Permissions::from_mode(file_mode)).expect("changed");
    }
    for part in ["blobs", "modules", "compiled", "plans", ""] {
        fs::set_permissions(folder.join(part), Permissions::from_mode(folder_mode)).expect("changed");
    }
}

#[test]
fn a_folder_that_cannot_be_written_is_said_to_be_so() {
    let scene = scene();
    let before = Look::at(&scene.store()).state();
    set_writable(&scene.store(), false);
    // Root writes whatever the rights are, so root becomes nobody, who must be able to reach the binary.
    let binary = scene.beside("lapse");
    fs::copy(lapse_binary(), &binary).expect("copied");
    fs::set_permissions(scene.beside(""), Permissions::from_mode(0o755)).expect("changed");
    for (words, part) in [
        (&RUN[..], "in the store's folder; check that it exists, may be written and has space"),
        (&["init"], "check that it exists, may be written and has space"),
    ] {
        let (given, said) = told_by(|| {
            let mut command = Command::new(&binary);
            command.args(words).env("LAPSE_STORE", scene.store());
            if is_root() {
                command.uid(65_534).gid(65_534);
            }
            command
        });
        assert_eq!(given, exit::FAILED, "{said}");
        assert!(said.contains(part), "{said}");
    }
    set_writable(&scene.store(), true);
    assert_eq!(Look::at(&scene.store()).state(), before);
    done(&scene, &RUN);
}

#[test]
fn a_file_where_a_folder_should_be_is_said_to_be_so() {
    let scene = scene();
    let (given, said) = scene.told(&["--store", "/dev/null/store", "init"]);
    assert_eq!(given, exit::FAILED, "{said}");
    assert!(said.contains("creating a folder failed in the store's folder"), "{said}");
}

/// SQLite's codes, and what the person who runs Lapse is told.
const TOLD: [(i32, &str); 6] = [
    (ffi::SQLITE_FULL, "the disk is full; nothing is lost, free some space and run again"),
    (ffi::SQLITE_READONLY, "the database cannot be written; check the rights on the store's folder"),
    (ffi::SQLITE_CANTOPEN, "the database cannot be written; check the rights on the store's folder"),
    (ffi::SQLITE_BUSY, "the database is in use by another process; wait for it to end and run again"),
    (ffi::SQLITE_CORRUPT, "the database is damaged; restore it from a backup, then run `lapse ledger verify`"),
    (ffi::SQLITE_IOERR, "the database failed"),
];

#[test]
fn what_the_database_says_reaches_the_operator_and_the_next_run_goes_on() {
    let start = scene().image();
    for (code, told) in TOLD {
        // Somewhere in the middle: the rows of some records are changed, but not committed.
        let scene = Scene::from(&start);
        let error = move |_| StorageError::from(rusqlite::Error::SqliteFailure(ffi::Error::new(code), None));
        let fault = Fault::with(30, Side::Before, error);
        let host = faulty_host(&scene, &fault);
        let failed =
            host.run(&tenant(&host), &options("2026-03-01")).expect_err("the fault is in the middle of the run");
        drop(host);
        assert_eq!((failed.to_string().as_str(), failed.exit()), (told, Exit::Failed), "{:?}", fault.fired());
        done(&scene, &RUN);
        assert_eq!(Look::at(&scene.store()).receipted_intents().len(), 4);
    }
}

#[test]
fn a_disk_that_fills_up_loses_nothing() {
    let scene = Scene::new("UTC");
    scene.settings(serde_json::json!({"audio-days": 30}));
    let conversation = |index| crate::store::people::conversation(index, "2026-01-10T09:00:00Z");
    scene.import(&(0..60).map(conversation).collect::<Vec<_>>());
    // No file may grow beyond 64 KiB, which the write-ahead log of such a run does; without the signal, writing fails.
    let limited = || {
        let mut command = Command::new("sh");
        command.args(["-c", "trap '' XFSZ; ulimit -f 128; exec \"$0\" \"$@\""]).arg(lapse_binary()).args(RUN);
        command.env("LAPSE_STORE", scene.store());
        command
    };
    let (given, said) = told_by(limited);
    assert_eq!(given, exit::FAILED, "{said}");
    assert!(said.contains("the database failed") || said.contains("the disk is full"), "{said}");
    let look = Look::at(&scene.store());
    look.assert_units_are_whole();
    assert_eq!(look.rows("SELECT id FROM conversation WHERE audio IS NOT NULL").len(), 60);
    done(&scene, &RUN);
    let look = Look::at(&scene.store());
    look.assert_at_rest();
    assert_eq!(look.rows("SELECT id FROM conversation WHERE audio IS NULL").len(), 60);
    assert_eq!(look.receipted_intents().len(), 60);
}
