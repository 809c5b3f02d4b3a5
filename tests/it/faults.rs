//! Every operation on the database and on the audio files is made to fail once, in turn: before it has an effect, and after it
//! had one that nobody was told of. Whatever failed, no conversation is ever half purged, and doing the same once more ends
//! where it would have ended without.

pub(crate) mod blobs;
mod storage;

use std::cell::Cell;
use std::rc::Rc;

use lapse::error::Error;
use lapse::host::Host;
use lapse::record::Subject;
use lapse::storage::StorageError;
use lapse::storage::administration::Role;
use serde_json::json;

pub(crate) use self::blobs::FaultyBlobs;
pub(crate) use self::storage::FaultyStorage;
use crate::store::image::Image;
use crate::store::look::{Intent, Look, found};
use crate::store::people::{conversation, conversation_id, person, snippet};
use crate::store::{Scene, TENANT, options, run, set, tenant};

/// On which side of its effect an operation fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// Nothing has happened.
    Before,
    /// It has happened, but the caller hears that it failed.
    After,
}

/// The fault of a run: which operation, counted over database and files together, and on which side. Fires once.
pub(crate) struct Fault {
    nth: u64,
    side: Side,
    seen: Cell<u64>,
    fired: Cell<Option<&'static str>>,
    /// Whether transcripts are handed out too long for anybody to anonymise.
    overlong: bool,
    error: Box<dyn Fn(u64) -> StorageError>,
}

impl Fault {
    pub(crate) fn at(nth: u64, side: Side) -> Rc<Fault> {
        Fault::with(nth, side, StorageError::Injected)
    }

    /// A fault of the database that says something else.
    pub(crate) fn with(nth: u64, side: Side, error: impl Fn(u64) -> StorageError + 'static) -> Rc<Fault> {
        Rc::new(Fault {
            nth,
            side,
            seen: Cell::new(0),
            fired: Cell::new(None),
            overlong: false,
            error: Box::new(error),
        })
    }

    /// No fault but this: transcripts are handed out too long for anybody to anonymise.
    fn overlong() -> Rc<Fault> {
        let mut fault = Fault::at(0, Side::Before);
        Rc::get_mut(&mut fault).expect("nobody else has it").overlong = true;
        fault
    }

    /// Does an operation, or not.
    fn around<T, E>(
        &self,
        name: &'static str,
        error: impl Fn(u64) -> E,
        act: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        self.seen.set(self.seen.get() + 1);
        if self.seen.get() != self.nth {
            return act();
        }
        self.fired.set(Some(name));
        if self.side == Side::After {
            act()?;
        }
        Err(error(self.nth))
    }

    /// The same for an operation on the database.
    fn database<T>(
        &self,
        name: &'static str,
        act: impl FnOnce() -> Result<T, StorageError>,
    ) -> Result<T, StorageError> {
        self.around(name, |nth| (self.error)(nth), act)
    }

    /// The operation that failed; `None` where there were fewer.
    pub(crate) fn fired(&self) -> Option<&'static str> {
        self.fired.get()
    }
}

/// Opens a store whose parts fail as the fault says.
pub(crate) fn faulty_host(scene: &Scene, fault: &Rc<Fault>) -> Host {
    let mut store = scene.parts();
    store.storage = Box::new(FaultyStorage::over(store.storage, fault.clone()));
    store.blobs = Box::new(FaultyBlobs::over(store.blobs, fault.clone()));
    Host::over(store, scene.surroundings())
}

/// A command of a host. It may fail; done again after it has failed, it must succeed.
type Command = dyn Fn(&Scene, &Host) -> Result<(), Error>;

/// What a command has come to.
#[derive(Debug, PartialEq, Eq)]
struct End {
    state: Vec<String>,
    intents: Vec<Intent>,
}

impl End {
    /// Looks at a store that should be at rest, and at its evidence.
    #[track_caller]
    fn of(scene: &Scene) -> End {
        let host = scene.host();
        let (verified, checked) = (host.verify_ledger().expect("verified"), host.check_files().expect("checked"));
        drop(host);
        assert_eq!(verified.faults, [""; 0], "the ledger holds");
        assert_eq!((checked.orphaned, checked.missing), (0, 0), "files and rows agree");
        let look = Look::at(&scene.store());
        look.assert_at_rest();
        End { state: look.state(), intents: look.receipted_intents() }
    }
}

/// Fails each operation of a command in turn, on both sides, and carries on in the same process or in another. `after` looks at
/// the end of each.
#[track_caller]
fn fail_each(start: &Image, command: &Command, after: &dyn Fn(&Scene)) {
    let scene = Scene::from(start);
    command(&scene, &scene.host()).expect("without a fault it succeeds");
    let expected = End::of(&scene);
    after(&scene);
    for side in [Side::Before, Side::After] {
        for nth in 1.. {
            let scene = Scene::from(start);
            let fault = Fault::at(nth, side);
            let host = faulty_host(&scene, &fault);
            let result = command(&scene, &host);
            let Some(operation) = fault.fired() else { break };
            let told = format!("{side:?} {operation}, operation {nth}, which ended in {result:?}");
            // A process that failed may go on, as it does with the next tenant; or it is gone and another is started.
            let host = if nth % 2 == 0 {
                host
            } else {
                drop(host);
                Look::at(&scene.store()).assert_units_are_whole();
                assert_purged_is_gone(&scene, &told);
                scene.host()
            };
            command(&scene, &host).unwrap_or_else(|error| panic!("{told}: once more: {error:?}"));
            drop(host);
            assert_eq!(End::of(&scene), expected, "{told}");
            after(&scene);
        }
    }
}

/// Also where a command has failed: of a customer who is not stored, nothing is.
#[track_caller]
fn assert_purged_is_gone(scene: &Scene, told: &str) {
    let stored = Look::at(&scene.store()).rows("SELECT c.id FROM conversation AS c JOIN customer USING (conversation)");
    let purged = (0..3).filter(|index| !stored.contains(&conversation_id(*index)));
    let values: Vec<String> = purged.flat_map(|index| person(index).values()).collect();
    if !values.is_empty() {
        assert_eq!(found(&scene.store(), &values), [""; 0], "{told}: purged values are in no file");
    }
}

/// The scene of all these tests: conversations of January and of March, one short and one long among each, and their snippets.
fn records() -> Vec<serde_json::Value> {
    vec![
        conversation(0, "2026-01-10T09:00:00Z"),
        conversation(1, "2026-01-10T10:00:00Z"),
        conversation(2, "2026-03-10T09:00:00Z"),
        snippet(0, "2026-01-20T09:00:00Z"),
        snippet(1, "2026-03-20T09:00:00Z"),
    ]
}

fn imported() -> Scene {
    let scene = Scene::new("Europe/Copenhagen");
    let host = scene.host();
    let phrases = ["cancel".to_owned(), "opsige".to_owned()];
    host.add_tracker(&tenant(&host), "churn", &phrases).expect("a tracker");
    set(&host, &tenant(&host), json!({"audio-days": 30, "statistics-days": 90, "snippet-days": 60}));
    drop(host);
    scene.import(&records());
    scene
}

fn run_for(date: &'static str) -> impl Fn(&Scene, &Host) -> Result<(), Error> {
    move |_, host| {
        let report = host.run(&host.tenant(Some(TENANT))?, &options(date))?;
        if report.complete { Ok(()) } else { Err(Error::Input("not everything would go".to_owned())) }
    }
}

/// Looks for everything that tells who the customers of these conversations were.
#[track_caller]
fn assert_gone(scene: &Scene, indexes: &[usize]) {
    let values: Vec<String> = indexes.iter().flat_map(|index| person(*index).values()).collect();
    assert_eq!(found(&scene.store(), &values), [""; 0], "purged values are in no file");
}

#[test]
fn an_import_that_fails_anywhere_ends_as_one_that_does_not() {
    let scene = Scene::new("Europe/Copenhagen");
    let import = |scene: &Scene, host: &Host| {
        let (lines, audio) = scene.write_records("records", &records());
        host.import(&host.tenant(Some(TENANT))?, &lines, Some(&audio)).map(drop)
    };
    fail_each(&scene.image(), &import, &|scene| {
        let ledger = Look::at(&scene.store()).ledger();
        let imported = ledger.iter().filter(|entry| entry["kind"] == "imported");
        let noted: u64 = imported
            .map(|entry| entry["conversations"].as_u64().unwrap_or(0) + entry["snippets"].as_u64().unwrap_or(0))
            .sum();
        assert_eq!(noted, records().len() as u64, "the ledger knows of every record that came in");
    });
}

#[test]
fn a_partial_deletion_that_fails_anywhere_ends_as_one_that_does_not() {
    let start = imported().image();
    fail_each(&start, &run_for("2026-02-20"), &|scene| assert_gone(scene, &[0, 1]));
}

#[test]
fn a_complete_deletion_that_fails_anywhere_ends_as_one_that_does_not() {
    let scene = imported();
    run(&scene.host(), "2026-02-20");
    // Conversations 0 and 1 go as a whole, 2 in part, snippet 0 by its own clock.
    fail_each(&scene.image(), &run_for("2026-04-20"), &|scene| {
        assert_gone(scene, &[0, 1, 2]);
        assert_eq!(Look::at(&scene.store()).rows("SELECT id FROM conversation"), [conversation_id(2)]);
    });
}

#[test]
fn a_deletion_by_hand_that_fails_anywhere_ends_as_one_that_does_not() {
    let scene = imported();
    let host = scene.host();
    host.add_user(&tenant(&host), "kim", Role::Owner).expect("a user");
    drop(host);
    let delete = |_: &Scene, host: &Host| {
        let tenant = host.tenant(Some(TENANT))?;
        match host.delete(&tenant, Subject::Conversation, &conversation_id(1), "kim", "asked for it") {
            // Done before the process was told: the run that ends what was left is what is wanted then.
            Err(Error::NotFound(_)) => host.recover().map(drop),
            Ok(deletion) if !deletion.deleted => Err(Error::Input("its audio would not go".to_owned())),
            other => other.map(drop),
        }
    };
    fail_each(&scene.image(), &delete, &|scene| assert_gone(scene, &[1]));
}

#[test]
fn a_change_and_its_evidence_happen_together_or_not_at_all() {
    let scene = imported();
    let start = scene.image();
    drop(scene);
    let change = |host: &Host| -> Result<(), Error> {
        let tenant = host.tenant(Some(TENANT))?;
        host.set_settings(&tenant, &[("audio-days".to_owned(), Some(json!(45)))])?;
        let first = host.place_hold(&tenant, Subject::Conversation, &conversation_id(0), "dispute")?;
        host.place_hold(&tenant, Subject::Snippet, "snippet-0001", "dispute")?;
        host.release_hold(&tenant, first)?;
        host.add_user(&tenant, "kim", Role::Admin)?;
        host.settle()
    };
    for side in [Side::Before, Side::After] {
        for nth in 1.. {
            let scene = Scene::from(&start);
            let fault = Fault::at(nth, side);
            let _ = change(&faulty_host(&scene, &fault));
            assert_evidence_matches(&Look::at(&scene.store()));
            if fault.fired().is_none() {
                break;
            }
        }
    }
}

/// Rows and ledger say the same of settings, holds and users.
#[track_caller]
fn assert_evidence_matches(look: &Look) {
    let ledger = look.ledger();
    let count = |kind: &str| ledger.iter().filter(|entry| entry["kind"] == kind).count();
    let holds = look.rows("SELECT hold FROM hold").len();
    assert_eq!(count("hold-placed") - count("hold-released"), holds, "holds in force");
    assert_eq!(count("user-added"), look.rows("SELECT id FROM user").len(), "users");
    let settings = ledger.iter().rfind(|entry| entry["kind"] == "settings-changed").expect("settings");
    assert_eq!(settings["settings"].to_string(), look.one("SELECT settings FROM tenant"), "settings");
    let held = look.rows("SELECT id FROM conversation WHERE held UNION ALL SELECT id FROM snippet WHERE held").len();
    assert_eq!(held, holds, "what is held says so");
}

#[test]
fn what_could_not_be_anonymised_is_whole_and_is_tried_again() {
    let scene = imported();
    run(&scene.host(), "2026-02-01");
    // A sweep, before the day on which these records were to be looked at again.
    let host = faulty_host(&scene, &Fault::overlong());
    set(&host, &tenant(&host), json!({"audio-days": 10}));
    let report = run(&host, "2026-02-02");
    assert_eq!((report.done, report.complete), (0, false));
    assert_eq!(report.kept.values().sum::<u64>(), 2, "both conversations of January are kept");
    drop(host);
    Look::at(&scene.store()).assert_at_rest();
    let report = scene.run("2026-02-03");
    assert_eq!((report.done, report.complete), (2, true), "they are still due");
    assert_gone(&scene, &[0, 1]);
}

#[test]
fn what_a_crash_left_of_a_head_breaks_no_evidence() {
    for left in ["1", "17 ", "17 00ff", "17 00ff\n"] {
        let scene = imported();
        let heads = scene.store().join("ledger.heads");
        let before = std::fs::read_to_string(&heads).expect("heads");
        std::fs::write(&heads, format!("{before}{left}")).expect("written");
        assert_gone_and_evident(&scene);
        // A head that is whole still counts: an entry that it names and the ledger lacks is a database that was set back.
        let heads_after = std::fs::read_to_string(&heads).expect("heads");
        assert!(
            heads_after.starts_with(&before) && heads_after.len() > before.len() + left.len(),
            "only ever added to"
        );
        std::fs::write(&heads, format!("{heads_after}999 {}\n", "0".repeat(64))).expect("written");
        let verified = scene.host().verify_ledger().expect("verified");
        assert_eq!(verified.faults.len(), 1);
    }
}

#[track_caller]
fn assert_gone_and_evident(scene: &Scene) {
    scene.run("2026-02-20");
    End::of(scene);
    assert_gone(scene, &[0, 1]);
}
