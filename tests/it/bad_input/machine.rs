//! Disks, rights, other processes, other versions.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use lapse::error::Exit;
use lapse::storage::StorageError;
use rusqlite::Connection;
use rusqlite::ffi;

use super::{RUN, done, exit, refused, scene};
use crate::faults::{Fault, Side, faulty_host};
use crate::store::look::Look;
use crate::store::people::snippet;
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

/// A folder with something in it in the place of an audio file: it can be seen, and it will not go.
fn make_stuck(scene: &Scene, conversation: &str) -> PathBuf {
    let name = Look::at(&scene.store()).one(&format!("SELECT audio FROM conversation WHERE id = '{conversation}'"));
    let path = scene.store().join("blobs").join(name);
    fs::remove_file(&path).expect("removed");
    fs::create_dir_all(path.join("inside")).expect("made");
    path
}

#[test]
fn a_file_that_will_not_go_is_said_until_it_goes() {
    let scene = scene();
    done(&scene, &["user", "add", "kim", "--role", "owner"]);
    let stuck = make_stuck(&scene, "conversation-0002");
    let nothing = scene.beside("nothing.ndjson");
    fs::write(&nothing, "").expect("written");
    let nothing = nothing.to_string_lossy();
    let later = ["run", "--date", "2026-03-02", "--approve", "all"];
    let delete = ["delete", "conversation-0001", "--as", "kim", "--reason", "asked for it"];
    for words in [&RUN[..], &later, &later, &["import", &nothing], &delete] {
        let (given, said) = scene.told(&[words, &["--format", "json"]].concat());
        assert_eq!(given, exit::PARTIAL, "{words:?}: {said}");
        let report: serde_json::Value = serde_json::from_str(&said).expect("JSON");
        let report = report.pointer("/runs/0").unwrap_or(&report);
        assert_eq!(report["audio-left"], 1, "{words:?}: {said}");
        assert_ne!(report["complete"], true, "{words:?}: {said}");
    }
    assert!(done(&scene, &["status"]).contains("1 units are unfinished"));
    fs::remove_dir_all(stuck).expect("removed");
    done(&scene, &later);
    Look::at(&scene.store()).assert_at_rest();
}

#[test]
fn one_tenants_unfinished_units_are_not_anothers() {
    let scene = scene();
    scene.add_tenant("other", "UTC");
    make_stuck(&scene, "conversation-0002");
    let (given, said) = scene.told(&[&RUN[..], &["--tenant", "acme"]].concat());
    assert_eq!(given, exit::PARTIAL, "{said}");
    assert!(done(&scene, &["status", "--tenant", "acme"]).contains("unfinished"));
    assert!(!done(&scene, &["status", "--tenant", "other"]).contains("unfinished"));
}

#[test]
fn a_reader_that_stays_makes_a_run_partial_and_stops_nothing() {
    let start = scene().image();
    let busy = |_| StorageError::from(rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_BUSY), None));
    for nth in 1.. {
        let scene = Scene::from(&start);
        let fault = Fault::with(nth, Side::Before, busy);
        let host = faulty_host(&scene, &fault);
        let ran = host.tenant(None).and_then(|tenant| host.run(&tenant, &options("2026-03-01")));
        if fault.fired().expect("a run settles") != "settle" {
            continue;
        }
        let report = ran.expect("the run has done what it could");
        assert_eq!((report.done, report.complete, report.settled), (4, false, false));
        let closed = Look::at(&scene.store()).ledger().pop().expect("an entry");
        assert_eq!((&closed["kind"], &closed["outcome"]), (&"run-closed".into(), &"partial".into()));
        drop(host);
        done(&scene, &["run", "--date", "2026-03-02"]);
        Look::at(&scene.store()).assert_at_rest();
        break;
    }
}

#[test]
fn an_audio_folder_that_is_not_mounted_is_seen_behind_snippets_without_audio() {
    let scene = Scene::new("UTC");
    scene.settings(serde_json::json!({"snippet-days": 30}));
    let texts = (1..20).map(|index| {
        let mut record = snippet(index, "2026-01-10T09:00:00Z");
        record.as_object_mut().expect("an object").remove("audio");
        record
    });
    // More than are looked for come before the one with audio.
    scene.import(&texts.chain([snippet(20, "2026-01-10T09:00:00Z")]).collect::<Vec<_>>());
    let plan = scene.beside("plan");
    done(&scene, &["plan", "--date", "2026-03-01", "--out", &plan.to_string_lossy()]);
    fs::remove_dir_all(scene.store().join("blobs")).expect("removed");
    let approve = ["--approve", "first-run,shortened-policy,blast-radius"];
    for words in [&["run", "--date", "2026-03-01"][..], &["apply", &plan.to_string_lossy()]] {
        let (given, said) = scene.told(&[words, &approve].concat());
        assert_eq!(given, exit::GUARDED, "{words:?}: {said}");
        assert!(said.contains("empty-store"), "{words:?}: {said}");
    }
}

#[test]
fn files_that_nobody_knows_go_when_that_is_asked_for() {
    let scene = scene();
    let stray = scene.store().join("blobs/2026-01-01/stray.wav");
    fs::create_dir_all(stray.parent().expect("a folder")).expect("made");
    fs::write(&stray, "RIFF").expect("written");
    let (given, said) = scene.told(&["check"]);
    assert!(given == Exit::Evidence as i32 && said.contains("1 orphaned"), "{said}");
    // Where the database was set back, it may be the database that knows too little.
    let heads = scene.store().join("ledger.heads");
    let before = fs::read_to_string(&heads).expect("heads");
    fs::write(&heads, format!("{before}999 {}\n", "0".repeat(64))).expect("written");
    refused(&scene, &["check", "--repair"], exit::INPUT, "the ledger does not hold");
    assert!(stray.exists());
    fs::write(&heads, before).expect("written");
    assert!(done(&scene, &["check", "--repair"]).contains("1 orphaned files were deleted"));
    assert!(!stray.exists());
    let look = Look::at(&scene.store());
    look.assert_at_rest();
    assert!(look.ledger().iter().any(|entry| entry["kind"] == "orphans-noted" && entry["files"] == 1));
}

#[test]
fn nobody_else_on_the_machine_reads_a_store() {
    let scene = scene();
    let fresh = scene.beside("fresh");
    let fresh = fresh.to_string_lossy();
    let (lines, audio) = scene.write_records("records", &[snippet(0, "2026-01-10T09:00:00Z")]);
    let (lines, audio) = (lines.to_string_lossy(), audio.to_string_lossy());
    for words in
        [&["init"][..], &["tenant", "add", "new", "--time-zone", "UTC"], &["import", &lines, "--audio", &audio]]
    {
        done(&scene, &[&["--store", &fresh], words].concat());
    }
    let rights = |path: &Path| fs::metadata(path).expect("metadata").mode() & 0o7777;
    assert_eq!(rights(Path::new(&*fresh)), 0o700);
    let open: Vec<_> = files(Path::new(&*fresh)).into_iter().filter(|file| rights(file) != 0o600).collect();
    assert!(open.is_empty(), "{open:?}");
}
