//! Gone is gone: after every command, every byte of the database file that nothing uses is zero, the write-ahead log is empty, and
//! no value that was purged is in any file of the store.

mod pages;

use lapse::host::Host;
use lapse::record::Subject;
use lapse::storage::administration::Role;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::store::look::{Look, found};
use crate::store::people::{conversation, conversation_id, person, snippet, snippet_id};
use crate::store::{Scene, day, options, set, tenant};

/// Looks at every byte. `imported` conversations were stored once; who of their customers is not stored any more must be nowhere.
#[track_caller]
fn assert_gone_is_gone(scene: &Scene, imported: usize, after: &str) {
    let store = scene.store();
    let database = std::fs::read(store.join("lapse.db")).expect("a database");
    assert_eq!(pages::unused_but_not_zero(&database), [""; 0], "bytes that nothing uses, after {after}");
    let log = std::fs::metadata(store.join("lapse.db-wal")).map_or(0, |metadata| metadata.len());
    assert_eq!(log, 0, "the write-ahead log is empty after {after}");
    let look = Look::at(&store);
    let stored = look.rows("SELECT c.id FROM conversation AS c JOIN customer USING (conversation)");
    let is_purged = |index: &usize| !stored.contains(&conversation_id(*index));
    let values: Vec<String> = (0..imported).filter(is_purged).flat_map(|index| person(index).values()).collect();
    assert_eq!(found(&store, &values), [""; 0], "purged values, after {after}");
    look.assert_at_rest();
}

/// Something that a person or a scheduler does.
#[derive(Clone, Debug)]
enum Command {
    /// Import so many conversations, recorded up to so many days ago, with a snippet for every third.
    Import { count: usize, days_ago: u8 },
    /// So many days pass, then the retention runs.
    Run { days: u8 },
    /// Delete one by hand.
    Delete { pick: usize, snippet: bool },
    /// Place a hold on one.
    Hold { pick: usize, snippet: bool },
    /// Release the hold that was placed first.
    Release,
    /// Add a tracker or change its phrases.
    Track { name: u8, word: u8 },
    /// Change how long what is kept.
    Settings { audio: u8, statistics: u8, snippet: u8 },
}

fn any_command() -> impl Strategy<Value = Command> {
    prop_oneof![
        4 => (1..40_usize, any::<u8>()).prop_map(|(count, days_ago)| Command::Import { count, days_ago }),
        5 => (0..60_u8).prop_map(|days| Command::Run { days }),
        3 => any::<(usize, bool)>().prop_map(|(pick, snippet)| Command::Delete { pick, snippet }),
        2 => any::<(usize, bool)>().prop_map(|(pick, snippet)| Command::Hold { pick, snippet }),
        1 => Just(Command::Release),
        1 => (0..3_u8, any::<u8>()).prop_map(|(name, word)| Command::Track { name, word }),
        1 => any::<(u8, u8, u8)>().prop_map(|(audio, statistics, snippet)| Command::Settings { audio, statistics, snippet }),
    ]
}

/// A store and what the test knows of it.
struct Model {
    scene: Scene,
    imported: usize,
    today: i32,
}

impl Model {
    fn new() -> Model {
        let scene = Scene::new("Europe/Copenhagen");
        scene.settings(json!({"audio-days": 30, "statistics-days": 90, "snippet-days": 60}));
        let host = scene.host();
        host.add_user(&tenant(&host), "kim", Role::Owner).expect("a user");
        host.settle().expect("settled");
        drop(host);
        Model { scene, imported: 0, today: day("2026-06-01").0 }
    }

    /// Does it as a process of its own, which ends as the command line ends.
    fn act(&mut self, command: &Command) {
        let host = self.scene.host();
        let tenant = tenant(&host);
        match *command {
            Command::Import { count, days_ago } => self.import(&host, count, days_ago),
            Command::Run { days } => {
                self.today += i32::from(days);
                let today = lapse::record::Day(self.today).to_string();
                host.run(&tenant, &options(&today)).expect("a run");
            }
            Command::Delete { pick, snippet } => {
                // Held or gone is an answer like any other.
                let (subject, id) = self.pick(pick, snippet);
                let _ = host.delete(&tenant, subject, &id, "kim", "asked for it");
            }
            Command::Hold { pick, snippet } => {
                let (subject, id) = self.pick(pick, snippet);
                let _ = host.place_hold(&tenant, subject, &id, "dispute");
            }
            Command::Release => {
                if let Some(hold) = host.holds(&tenant).expect("holds").first() {
                    host.release_hold(&tenant, hold.hold).expect("released");
                }
            }
            Command::Track { name, word } => {
                let word = ["cancel", "opsige", "kroner", "number"][usize::from(word % 4)].to_owned();
                host.add_tracker(&tenant, &format!("tracker-{name}"), &[word]).expect("a tracker");
            }
            Command::Settings { audio, statistics, snippet } => {
                set(
                    &host,
                    &tenant,
                    json!({"audio-days": audio, "statistics-days": statistics, "snippet-days": snippet}),
                );
            }
        }
        host.settle().expect("settled");
    }

    fn import(&mut self, host: &Host, count: usize, days_ago: u8) {
        let mut records = Vec::new();
        for index in self.imported..self.imported + count {
            let on = lapse::record::Day(self.today - i32::from(days_ago) % (1 + index as i32));
            records.push(conversation(index, &format!("{on}T10:00:00Z")));
            if index.is_multiple_of(3) {
                records.push(snippet(index, &format!("{on}T11:00:00Z")));
            }
        }
        let (lines, audio) = self.scene.write_records("records", &records);
        host.import(&tenant(host), &lines, Some(&audio)).expect("imported");
        self.imported += count;
    }

    fn pick(&self, pick: usize, snippet: bool) -> (Subject, String) {
        let index = pick % self.imported.max(1);
        if snippet {
            (Subject::Snippet, snippet_id(index - index % 3))
        } else {
            (Subject::Conversation, conversation_id(index))
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_done_nothing_stays_behind(commands in proptest::collection::vec(any_command(), 1..16)) {
        let mut model = Model::new();
        for command in &commands {
            model.act(command);
            assert_gone_is_gone(&model.scene, model.imported, &format!("{command:?}"));
        }
    }
}

/// How many conversations of each month.
const A_MONTH: usize = 60;

#[test]
fn three_dates_over_a_winter_leave_nothing_of_what_was_purged() {
    let scene = Scene::new("Europe/Copenhagen");
    scene.settings(json!({"audio-days": 30, "statistics-days": 60, "snippet-days": 90}));
    let mut records: Vec<Value> = Vec::new();
    for index in 0..3 * A_MONTH {
        let (month, day) = (1 + index / A_MONTH, 1 + index % 10);
        records.push(conversation(index, &format!("2026-{month:02}-{day:02}T08:30:00+01:00")));
        if index.is_multiple_of(10) {
            records.push(snippet(index, &format!("2026-{month:02}-{day:02}T18:00:00+01:00")));
        }
    }
    scene.import(&records);
    assert_gone_is_gone(&scene, records.len(), "import");
    let all: Vec<String> = (0..3 * A_MONTH).flat_map(|index| person(index).values()).collect();
    assert_eq!(found(&scene.store(), &all).len(), all.len(), "before, every value is in the store, in one file");

    // The first ten days of January, February and March: full, then partial, then gone.
    for (date, full, partial) in [("2026-02-15", 2, 1), ("2026-03-20", 1, 1), ("2026-04-20", 0, 1)] {
        scene.run(date);
        assert_gone_is_gone(&scene, 3 * A_MONTH, date);
        let look = Look::at(&scene.store());
        let counted = |state: &str| look.rows(&format!("SELECT id FROM conversation WHERE {state}")).len() / A_MONTH;
        assert_eq!((counted("state & 1"), counted("NOT state & 1")), (full, partial), "{date}");
    }
    scene.run("2026-06-29");
    assert_eq!(Look::at(&scene.store()).audio_files().len(), 0);
}

#[cfg(target_os = "linux")]
#[test]
fn looking_at_the_file_gives_up_none_of_the_databases_locks() {
    use std::os::unix::fs::MetadataExt;
    // Closing a handle of a file gives up every lock that the process has on it; the database would go on without its own.
    let scene = Scene::new("UTC");
    let host = scene.host();
    let file = std::fs::metadata(scene.store().join("lapse.db")).expect("metadata").ino();
    let (process, file) = (std::process::id().to_string(), format!(":{file}"));
    let is_locked = || {
        let locks = std::fs::read_to_string("/proc/locks").expect("the system's locks");
        let mut words = locks.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
        words.any(|words| words.contains(&process.as_str()) && words.iter().any(|word| word.ends_with(&file)))
    };
    assert!(host.tenants().is_ok() && is_locked(), "who reads has a lock");
    set(&host, &tenant(&host), json!({"audio-days": 30}));
    host.settle().expect("settled");
    assert!(is_locked(), "and keeps it when deleted bytes are overwritten");
}
