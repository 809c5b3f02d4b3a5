//! The binary is killed, with the signal that no process can catch, at moments spread over its work; then the same command is
//! given once more. What is stored, what is in the files and what the ledger says is then as if nothing had happened.
//!
//! The moment is chosen by what can be seen from outside: files that grow, folders that change; each change counts.

use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::Stdio;
use std::sync::LazyLock;

use crate::store::image::Image;
use crate::store::look::{Intent, Look, found};
use crate::store::people::{conversation, person, snippet};
use crate::store::{Scene, mixed};

/// Conversations in a run: more than fit in one group (`execute::GROUP_RECORDS`), so that there is a moment between two.
const CONVERSATIONS: usize = 560;
/// Snippets in a run.
const SNIPPETS: usize = 40;
/// How often each command is killed.
const KILLS: u64 = 6;

/// The day of every recording, which is the name of the folder with its audio.
const DAY: &str = "2026-01-10";

/// What can be seen of a command from outside: how long files are, and when something was last put into a folder or taken out.
fn progress(store: &Path) -> [i128; 5] {
    let look = |name: &str| std::fs::metadata(store.join(name));
    let bytes = |name: &str| look(name).map_or(0, |metadata| metadata.len().into());
    let changed = |name: &str| {
        look(name).map_or(0, |metadata| i128::from(metadata.mtime()) << 32 | i128::from(metadata.mtime_nsec()))
    };
    let audio = changed("blobs").max(changed(&format!("blobs/{DAY}")));
    [bytes("lapse.db-wal"), bytes("ledger.heads"), changed("lapse.db"), changed("plans"), audio]
}

/// Starts a command and kills it as soon as so many changes were seen; how many were seen, and whether it was killed.
fn killed_after(scene: &Scene, words: &[&str], changes: u64) -> (u64, bool) {
    let mut command = scene.lapse(words);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the binary starts");
    let (mut seen, mut before) = (0, progress(&scene.store()));
    loop {
        if seen == changes {
            child.kill().expect("killed");
            let status = child.wait().expect("waited for");
            // It may have ended by itself in the last moment.
            return (seen, status.code().is_none());
        }
        if child.try_wait().expect("waited for").is_some() {
            return (seen, false);
        }
        let now = progress(&scene.store());
        seen += u64::from(now != before);
        before = now;
    }
}

/// What a store has come to.
#[derive(Debug, PartialEq, Eq)]
struct End {
    state: Vec<String>,
    intents: Vec<Intent>,
}

#[track_caller]
fn end(scene: &Scene, gone: &[String]) -> End {
    let (exit, said) = scene.told(&["check"]);
    assert_eq!(exit, 0, "{said}");
    let look = Look::at(&scene.store());
    look.assert_at_rest();
    assert_eq!(found(&scene.store(), gone), [""; 0], "purged values are in no file");
    End { state: look.state(), intents: look.receipted_intents() }
}

/// A store as it was at the start, and a command killed on it at its work: after so many changes or, where a busy machine lets
/// fewer be seen, after half as many, and so on.
#[track_caller]
fn killed_at_work(start: &Image, words: &[&str], mut changes: u64) -> Scene {
    loop {
        let scene = Scene::from(start);
        if killed_after(&scene, words, changes).1 {
            return scene;
        }
        assert!(changes > 1, "the command ended before anything was seen of it");
        changes /= 2;
    }
}

/// Kills a command again and again, each time on a store as it was at the start, every third time twice in a row.
#[track_caller]
fn kill_often(start: &Image, words: &[&str], gone: &[String]) {
    let scene = Scene::from(start);
    let (changes, _) = killed_after(&scene, words, u64::MAX);
    assert!(changes > 3, "{changes} changes were seen: too few to choose from");
    let expected = end(&scene, gone);
    for seed in 0..KILLS {
        let moment = |time: u64| mixed(seed * 2 + time) % changes + 1;
        let scene = killed_at_work(start, words, moment(0));
        Look::at(&scene.store()).assert_units_are_whole();
        if seed % 3 == 2 {
            // What is left may be too little to be killed at.
            killed_after(&scene, words, moment(1));
            Look::at(&scene.store()).assert_units_are_whole();
        }
        let (exit, said) = scene.told(words);
        assert_eq!(exit, 0, "seed {seed}: {said}");
        assert_eq!(end(&scene, gone), expected, "seed {seed}");
    }
}

fn records() -> Vec<serde_json::Value> {
    let mut records: Vec<_> =
        (0..CONVERSATIONS).map(|index| conversation(index, &format!("{DAY}T09:00:00Z"))).collect();
    records.extend((0..SNIPPETS).map(|index| snippet(index, &format!("{DAY}T11:00:00Z"))));
    records
}

fn values(indexes: std::ops::Range<usize>) -> Vec<String> {
    indexes.flat_map(|index| person(index).values()).collect()
}

/// A store with all of them.
static IMPORTED: LazyLock<Image> = LazyLock::new(|| {
    let scene = Scene::new("Europe/Copenhagen");
    scene.settings(serde_json::json!({"audio-days": 30, "statistics-days": 90, "snippet-days": 90}));
    scene.import(&records());
    scene.image()
});

#[test]
fn a_killed_run_of_partial_deletions_is_ended_by_the_next() {
    let words = ["run", "--tenant", "acme", "--date", "2026-02-20", "--approve", "all"];
    kill_often(&IMPORTED, &words, &values(0..CONVERSATIONS));
}

#[test]
fn a_killed_run_of_complete_deletions_is_ended_by_the_next() {
    let words = ["run", "--tenant", "acme", "--date", "2026-06-20", "--approve", "all"];
    kill_often(&IMPORTED, &words, &values(0..CONVERSATIONS));
}

#[test]
fn a_killed_import_is_ended_by_the_next() {
    let scene = Scene::new("Europe/Copenhagen");
    let folder = tempfile::tempdir().expect("a folder");
    let (lines, audio) = (folder.path().join("records.ndjson"), folder.path().join("wav"));
    crate::store::people::write(&records(), &lines, &audio);
    let (lines, audio) = (lines.to_string_lossy(), audio.to_string_lossy());
    kill_often(&scene.image(), &["import", &lines, "--audio", &audio], &[]);
}
