//! What every database behind the storage trait must do. One suite; each backend is one more test at the end.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::ops::ControlFlow;

use chrono::{DateTime, Utc};
use lapse::columns::{BATCH_RECORDS_MAX, Batch, Column, ColumnName};
use lapse::conversation::{Customer, Details, NewConversation, NewSnippet, Turn};
use lapse::record::{Actions, Artefacts, Day, Subject};
use lapse::storage::administration::Role;
use lapse::storage::evidence::LedgerRow;
use lapse::storage::intake::IdStatus;
use lapse::storage::reading::{GroupBy, Numbers};
use lapse::storage::sqlite::SqliteStorage;
use lapse::storage::unit::{Pending, PendingWork, Rewritten, SnippetWords};
use lapse::storage::{Scan, Scope, Storage, Transaction};

/// What must hold, each on a database of its own with one tenant.
type Case = fn(&dyn Storage, i64);

const CASES: &[(&str, Case)] = &[
    ("a scan gives every record once, in batches", a_scan_gives_every_record_once_in_batches),
    ("a scan is a snapshot", a_scan_is_a_snapshot),
    ("a scan reads the columns that were named", a_scan_reads_the_columns_that_were_named),
    ("a scan that breaks leaves nothing open", a_scan_that_breaks_leaves_nothing_open),
    ("a dropped transaction changes nothing", a_dropped_transaction_changes_nothing),
    (
        "a scan by keys gives those records of its tenant and no others",
        a_scan_by_keys_gives_those_records_of_its_tenant_and_no_others,
    ),
    ("the due index gives what is due and no more", the_due_index_gives_what_is_due_and_no_more),
    ("a review of another version is not stored", a_review_of_another_version_is_not_stored),
    ("a hold makes its record due and keeps it", a_hold_makes_its_record_due_and_keeps_it),
    ("a snippet's hold is its conversation's", a_snippets_hold_is_its_conversations),
    ("a partial deletion leaves what it should", a_partial_deletion_leaves_what_it_should),
    ("what is deleted stays deleted", what_is_deleted_stays_deleted),
    ("a snippet outlives its conversation", a_snippet_outlives_its_conversation),
    ("counts follow what is stored", counts_follow_what_is_stored),
    ("statistics count what is stored", statistics_count_what_is_stored),
    ("a number is found by its ending", a_number_is_found_by_its_ending),
    ("units under way come in order", units_under_way_come_in_order),
    ("a file is expected until it is adopted", a_file_is_expected_until_it_is_adopted),
    ("ledger rows are as they were written", ledger_rows_are_as_they_were_written),
    ("runs are open until they are closed", runs_are_open_until_they_are_closed),
    ("tenants do not see each other", tenants_do_not_see_each_other),
];

/// Runs every case on a fresh database.
fn suite(make: impl Fn() -> Box<dyn Storage>) {
    for (name, case) in CASES {
        // Printed only where the test fails: the last one named is the one.
        println!("{name}");
        let storage = make();
        let tenant = add_tenant(&*storage, "acme");
        case(&*storage, tenant);
    }
}

#[test]
fn sqlite_conforms() {
    let folder = tempfile::tempdir().expect("a folder");
    let made = Cell::new(0);
    suite(|| {
        made.set(made.get() + 1);
        let path = folder.path().join(format!("{}.db", made.get()));
        Box::new(SqliteStorage::create(&path).expect("a database"))
    });
}

fn add_tenant(storage: &dyn Storage, id: &str) -> i64 {
    change(storage, |transaction| assert!(transaction.add_tenant(id, chrono_tz::UTC).expect("added")));
    storage.tenant(id).expect("read").expect("there").key
}

/// Changes something for good.
#[track_caller]
fn change<T>(storage: &dyn Storage, act: impl FnOnce(&mut dyn Transaction) -> T) -> T {
    let mut transaction = storage.begin().expect("begun");
    let value = act(&mut *transaction);
    transaction.commit().expect("committed");
    value
}

fn instant(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_700_000_000 + second, 0).expect("an instant")
}

fn conversation(id: &str, on: i32) -> NewConversation {
    NewConversation {
        id: id.to_owned(),
        recorded_at: instant(0),
        recorded_on: Day(on),
        ended_at: None,
        ended_on: Day::ABSENT,
        details: Details {
            team: Some("sales".to_owned()),
            language: Some("en".to_owned()),
            tags: vec!["vip".to_owned()],
            metadata: BTreeMap::from([("queue".to_owned(), "north".to_owned())]),
            score: Some(10),
            sentiment_thousandths: Some(500),
            ..Details::default()
        },
        customer: Customer {
            number: Some("+4550035333".to_owned()),
            name: Some("Hassan Falk".to_owned()),
            reference: Some("K-756589".to_owned()),
        },
        transcript: Some(vec![Turn {
            speaker: "customer".to_owned(),
            start_ms: Some(0),
            end_ms: Some(9),
            text: "Hi.".to_owned(),
        }]),
        audio: Some(format!("{id}.wav")),
    }
}

fn snippet(id: &str, of: &str, on: i32) -> NewSnippet {
    NewSnippet {
        id: id.to_owned(),
        conversation: Some(of.to_owned()),
        title: Some("Hassan says hi".to_owned()),
        text: Some("Hi, Hassan.".to_owned()),
        anonymised: false,
        created_at: instant(0),
        created_on: Day(on),
        created_by: None,
        from_ms: Some(0),
        to_ms: Some(4_000),
        audio: Some(format!("{id}.wav")),
    }
}

fn add(storage: &dyn Storage, tenant: i64, records: &[NewConversation]) {
    change(storage, |transaction| {
        for record in records {
            transaction.add_conversation(tenant, record, &[]).expect("added");
        }
    });
}

fn add_snippet(storage: &dyn Storage, tenant: i64, new: &NewSnippet) {
    change(storage, |transaction| transaction.add_snippet(tenant, new).expect("added"));
}

/// Every batch of a scan.
fn batches(storage: &dyn Storage, tenant: i64, subject: Subject, columns: &[ColumnName], scope: Scope) -> Vec<Batch> {
    let mut batches = Vec::new();
    let scan = Scan { tenant, subject, columns, scope };
    let visit = &mut |batch: &mut Batch| {
        batches.push(batch.clone());
        ControlFlow::Continue(())
    };
    storage.scan(&scan, visit).expect("scanned");
    batches
}

/// Ids of the records in scope, sorted.
fn ids(storage: &dyn Storage, tenant: i64, subject: Subject, scope: Scope) -> Vec<String> {
    let batches = batches(storage, tenant, subject, &[], scope);
    let keys = batches.iter().flat_map(|batch| batch.rows.iter().map(|row| row.key));
    let mut ids: Vec<String> = keys.map(|key| storage.record_id(subject, key).expect("read").expect("there")).collect();
    ids.sort();
    ids
}

fn a_scan_gives_every_record_once_in_batches(storage: &dyn Storage, tenant: i64) {
    let count = BATCH_RECORDS_MAX + 3;
    let records: Vec<_> = (0..count).map(|index| conversation(&format!("c{index:05}"), index as i32)).collect();
    add(storage, tenant, &records);
    let batches = batches(storage, tenant, Subject::Conversation, &[ColumnName::RecordedOn], Scope::All);
    assert!(batches.iter().all(|batch| (1..=BATCH_RECORDS_MAX).contains(&batch.rows.len())));
    let mut days: Vec<i32> = Vec::new();
    for batch in &batches {
        assert_eq!(batch.columns.len(), 1);
        assert_eq!(batch.columns[0].rows(), batch.rows.len());
        let Column::Days(column) = &batch.columns[0] else { panic!("days are days") };
        days.extend(column);
    }
    days.sort_unstable();
    assert_eq!(days, (0..count as i32).collect::<Vec<_>>());
    assert_eq!(ids(storage, tenant, Subject::Snippet, Scope::All), [""; 0]);
}

fn a_scan_is_a_snapshot(storage: &dyn Storage, tenant: i64) {
    let count = 2 * BATCH_RECORDS_MAX;
    let records: Vec<_> = (0..count).map(|index| conversation(&format!("c{index:05}"), 1)).collect();
    add(storage, tenant, &records);
    let (seen, versions) = (Cell::new(0), RefCell::new(Vec::new()));
    let scan = Scan { tenant, subject: Subject::Conversation, columns: &[], scope: Scope::All };
    storage
        .scan(&scan, &mut |batch| {
            if seen.replace(seen.get() + batch.rows.len()) == 0 {
                // What is written while a scan is under way is for the next one.
                add(storage, tenant, &[conversation("late", 1)]);
                change(storage, |transaction| {
                    for index in 0..count {
                        transaction
                            .place_hold(tenant, Subject::Conversation, &format!("c{index:05}"), "dispute", instant(0))
                            .expect("placed");
                    }
                });
            }
            versions.borrow_mut().extend(batch.rows.iter().map(|row| (row.version, row.held)));
            ControlFlow::Continue(())
        })
        .expect("scanned");
    assert_eq!(seen.get(), count);
    assert!(versions.borrow().iter().all(|seen| *seen == (1, false)), "rows changed under the scan");
    assert_eq!(ids(storage, tenant, Subject::Conversation, Scope::All).len(), count + 1);
}

fn a_scan_reads_the_columns_that_were_named(storage: &dyn Storage, tenant: i64) {
    let mut bare = conversation("bare", 3);
    (bare.details, bare.customer, bare.transcript, bare.audio) = (Details::default(), Customer::default(), None, None);
    add(storage, tenant, &[conversation("full", 2), bare]);
    let columns = ["tag:vip", "metadata:queue", "state", "recorded-on", "score", "tag:other", "ended-on", "team"];
    let columns = columns.map(|name| ColumnName::parse(Subject::Conversation, name).expect("a column"));
    let batches = batches(storage, tenant, Subject::Conversation, &columns, Scope::All);
    let batch = &batches[0];
    let order: Vec<usize> = ["full", "bare"]
        .iter()
        .map(|id| {
            let is_it = |row: &lapse::columns::Row| {
                storage.record_id(Subject::Conversation, row.key).expect("read").as_deref() == Some(id)
            };
            batch.rows.iter().position(is_it).expect("scanned")
        })
        .collect();
    let value = |column: usize, row: usize| match &batch.columns[column] {
        Column::Days(days) => i64::from(days[order[row]]),
        Column::Numbers(numbers) => numbers[order[row]],
        Column::States(states) => i64::from(states[order[row]]),
        Column::Text(text) => match text.values.get(text.codes[order[row]] as usize) {
            Some(value) => value.len() as i64,
            None => -1,
        },
    };
    let whole = Artefacts::AUDIO.with(Artefacts::CUSTOMER).with(Artefacts::TRANSCRIPT).with(Artefacts::STATISTICS);
    let absent = i64::from(Day::ABSENT.0);
    let full: Vec<i64> = (0..columns.len()).map(|column| value(column, 0)).collect();
    assert_eq!(full, [1, 5, i64::from(whole.0), 2, 10, 0, absent, 5]);
    let bare: Vec<i64> = (0..columns.len()).map(|column| value(column, 1)).collect();
    assert_eq!(bare, [0, -1, i64::from(Artefacts::STATISTICS.0), 3, i64::MIN, 0, absent, -1]);

    add_snippet(storage, tenant, &snippet("s1", "full", 4));
    add_snippet(storage, tenant, &snippet("s2", "nowhere", 4));
    let columns = ["created-on", "conversation-exists", "duration-seconds"];
    let columns = columns.map(|name| ColumnName::parse(Subject::Snippet, name).expect("a column"));
    let batches = self::batches(storage, tenant, Subject::Snippet, &columns, Scope::All);
    let Column::States(exists) = &batches[0].columns[1] else { panic!("bits are states") };
    assert_eq!(exists.iter().map(|exists| u32::from(*exists)).sum::<u32>(), 1);
    assert_eq!(batches[0].columns[2], Column::Numbers(vec![4, 4]));
}

fn a_scan_that_breaks_leaves_nothing_open(storage: &dyn Storage, tenant: i64) {
    add(storage, tenant, &[conversation("a", 1), conversation("b", 1)]);
    let scan = Scan { tenant, subject: Subject::Conversation, columns: &[], scope: Scope::All };
    storage.scan(&scan, &mut |_| ControlFlow::Break(())).expect("a break is no failure");
    add(storage, tenant, &[conversation("c", 1)]);
    storage.settle().expect("nobody reads an old snapshot");
    assert_eq!(ids(storage, tenant, Subject::Conversation, Scope::All), ["a", "b", "c"]);
}

fn a_dropped_transaction_changes_nothing(storage: &dyn Storage, tenant: i64) {
    add(storage, tenant, &[conversation("a", 1)]);
    let mut transaction = storage.begin().expect("begun");
    transaction.add_conversation(tenant, &conversation("b", 1), &[]).expect("added");
    transaction.place_hold(tenant, Subject::Conversation, "a", "dispute", instant(0)).expect("placed");
    transaction.put_user(tenant, "kim", Role::Owner).expect("put");
    transaction.expect_blob("b.wav").expect("expected");
    let row = LedgerRow { sequence: 1, run: None, body: b"{}".to_vec(), hash: [1; 32] };
    transaction.put_ledger_row(&row).expect("put");
    // Inside, it is as if it had happened.
    assert!(transaction.locate(tenant, Subject::Conversation, "a").expect("read").expect("there").held);
    drop(transaction);
    assert_eq!(ids(storage, tenant, Subject::Conversation, Scope::All), ["a"]);
    assert!(storage.holds(tenant).expect("read").is_empty() && storage.users(tenant).expect("read").is_empty());
    assert_eq!(storage.pending(0, 9).expect("read"), []);
    assert_eq!(storage.tenant("acme").expect("read").expect("there").conversations, 1);
    assert_eq!(change(storage, |transaction| transaction.ledger_head().expect("read")), (0, [0; 32]));
}

fn a_scan_by_keys_gives_those_records_of_its_tenant_and_no_others(storage: &dyn Storage, tenant: i64) {
    add(storage, tenant, &["a", "b", "c"].map(|id| conversation(id, 1)));
    let key = |id| storage.record_key(tenant, Subject::Conversation, id).expect("read");
    let (a, c) = (key("a").expect("there"), key("c").expect("there"));
    let by_keys = |tenant, keys: &[i64]| ids(storage, tenant, Subject::Conversation, Scope::Keys(keys));
    assert_eq!(by_keys(tenant, &[c, a, i64::MAX]), ["a", "c"]);
    assert_eq!(by_keys(tenant, &[]), [""; 0]);
    assert_eq!(by_keys(tenant + 1, &[a]), [""; 0], "of another tenant");
    assert_eq!((key("nobody"), storage.record_key(tenant, Subject::Snippet, "a").expect("read")), (None, None));
}

fn the_due_index_gives_what_is_due_and_no_more(storage: &dyn Storage, tenant: i64) {
    add(storage, tenant, &["new", "early", "late", "never"].map(|id| conversation(id, 1)));
    change(storage, |transaction| {
        for (id, on) in [("early", Day(100)), ("late", Day(101)), ("never", Day::ABSENT)] {
            let located = transaction.locate(tenant, Subject::Conversation, id).expect("read").expect("there");
            transaction.put_review(Subject::Conversation, located.key, located.version, on).expect("put");
        }
    });
    let due = |day| ids(storage, tenant, Subject::Conversation, Scope::Due(Day(day)));
    assert_eq!(due(-700_000), ["new"], "what came in is due on any day");
    assert_eq!(due(99), ["new"]);
    assert_eq!(due(100), ["early", "new"]);
    assert_eq!(due(101), ["early", "late", "new"]);
    assert_eq!(due(i32::MAX), ["early", "late", "new"], "what is never due is not due on the last day either");
    assert_eq!(ids(storage, tenant, Subject::Conversation, Scope::All).len(), 4);
    let rows = batches(storage, tenant, Subject::Conversation, &[], Scope::Due(Day(100)));
    assert!(rows[0].rows.iter().any(|row| row.review_on == Day(100)), "a scan says what is stored");
    assert_eq!(storage.census(tenant, Day(100)).expect("read").due, 2);
}

fn a_review_of_another_version_is_not_stored(storage: &dyn Storage, tenant: i64) {
    add(storage, tenant, &[conversation("a", 1)]);
    let key = change(storage, |transaction| {
        let located = transaction.locate(tenant, Subject::Conversation, "a").expect("read").expect("there");
        transaction.place_hold(tenant, Subject::Conversation, "a", "dispute", instant(0)).expect("placed");
        // Decided on before the hold was placed: it is still due.
        transaction.put_review(Subject::Conversation, located.key, located.version, Day(500)).expect("no failure");
        located.key
    });
    assert_eq!(ids(storage, tenant, Subject::Conversation, Scope::Due(Day(0))), ["a"]);
    change(storage, |transaction| {
        transaction.put_review(Subject::Snippet, key, 2, Day(500)).expect("no failure");
        transaction.put_review(Subject::Conversation, key + 1, 2, Day(500)).expect("no failure");
    });
    assert_eq!(ids(storage, tenant, Subject::Conversation, Scope::Due(Day(0))), ["a"]);
}

fn a_hold_makes_its_record_due_and_keeps_it(storage: &dyn Storage, tenant: i64) {
    add(storage, tenant, &[conversation("a", 1)]);
    let locate = |storage: &dyn Storage| {
        change(storage, |transaction| {
            transaction.locate(tenant, Subject::Conversation, "a").expect("read").expect("there")
        })
    };
    let never = |storage: &dyn Storage| {
        let located = locate(storage);
        let (key, version) = (located.key, located.version);
        change(storage, |transaction| {
            transaction.put_review(Subject::Conversation, key, version, Day::ABSENT).expect("put");
        });
    };
    let place = |storage: &dyn Storage| {
        change(storage, |transaction| {
            let placed = transaction.place_hold(tenant, Subject::Conversation, "a", "dispute", instant(7));
            placed.expect("no failure").expect("the record is there")
        })
    };
    never(storage);
    let (first, second) = (place(storage), place(storage));
    assert_ne!(first, second);
    assert!(locate(storage).held && locate(storage).version == 3, "each change counts the version up");
    assert_eq!(ids(storage, tenant, Subject::Conversation, Scope::Due(Day(0))), ["a"], "due at once");
    let held: Vec<i64> = storage.holds(tenant).expect("read").iter().map(|hold| hold.hold).collect();
    assert_eq!(held, [first, second]);
    assert_eq!(storage.holds(tenant).expect("read")[0].placed_at, instant(7));

    let release = |hold| change(storage, |transaction| transaction.release_hold(tenant, hold).expect("no failure"));
    assert_eq!(release(first), Some((Subject::Conversation, "a".to_owned())));
    assert!(locate(storage).held, "the other still holds it");
    assert_eq!(release(first), None, "released once");
    never(storage);
    assert!(release(second).is_some() && !locate(storage).held);
    assert_eq!(ids(storage, tenant, Subject::Conversation, Scope::Due(Day(0))), ["a"], "due at once");
    let nobody =
        change(storage, |transaction| transaction.place_hold(tenant, Subject::Snippet, "a", "dispute", instant(0)));
    assert_eq!(nobody.expect("no failure"), None, "there is no snippet of that id");
}

fn a_snippets_hold_is_its_conversations(storage: &dyn Storage, tenant: i64) {
    add(storage, tenant, &[conversation("a", 1), conversation("b", 1)]);
    add_snippet(storage, tenant, &snippet("s", "a", 1));
    let is_held = |id: &str| {
        change(storage, |transaction| {
            transaction.locate(tenant, Subject::Conversation, id).expect("read").expect("there").held
        })
    };
    let never = |id: &str| {
        change(storage, |transaction| {
            let located = transaction.locate(tenant, Subject::Conversation, id).expect("read").expect("there");
            transaction.put_review(Subject::Conversation, located.key, located.version, Day::ABSENT).expect("put");
        });
    };
    never("a");
    never("b");
    let hold =
        change(storage, |transaction| transaction.place_hold(tenant, Subject::Snippet, "s", "dispute", instant(0)));
    let hold = hold.expect("no failure").expect("the snippet is there");
    assert!(is_held("a") && !is_held("b"));
    // A policy and the plan are told what carrying out will find.
    let held = [ColumnName::Held];
    let scanned = batches(storage, tenant, Subject::Conversation, &held, Scope::All);
    let mut rows: Vec<bool> = scanned[0].rows.iter().map(|row| row.held).collect();
    rows.sort_unstable();
    assert_eq!(rows, [false, true]);
    let Column::States(column) = &scanned[0].columns[0] else { panic!("bits are states") };
    assert_eq!(column.iter().map(|held| usize::from(*held)).sum::<usize>(), 1);
    never("a");
    change(storage, |transaction| transaction.release_hold(tenant, hold).expect("no failure"));
    assert!(!is_held("a"));
    assert_eq!(
        ids(storage, tenant, Subject::Conversation, Scope::Due(Day(0))),
        ["a"],
        "what the hold kept is due at once"
    );
}

/// Carries out actions on a record; the name of its file.
fn act(
    storage: &dyn Storage,
    tenant: i64,
    subject: Subject,
    id: &str,
    actions: Actions,
    rewritten: &Rewritten,
) -> Option<String> {
    change(storage, |transaction| {
        let located = transaction.locate(tenant, subject, id).expect("read").expect("there");
        assert!(!transaction.is_gone(tenant, subject, id, actions).expect("read"), "it is still there");
        let blob = transaction.change(tenant, subject, located.key, actions, rewritten).expect("changed");
        assert!(transaction.is_gone(tenant, subject, id, actions).expect("read"), "it is gone");
        blob
    })
}

const PARTIAL: Actions = Actions::PURGE_AUDIO.with(Actions::PURGE_CUSTOMER).with(Actions::ANONYMISE_TRANSCRIPT);
const COMPLETE: Actions =
    Actions::PURGE_AUDIO.with(Actions::PURGE_CUSTOMER).with(Actions::PURGE_TRANSCRIPT).with(Actions::PURGE_STATISTICS);

fn a_partial_deletion_leaves_what_it_should(storage: &dyn Storage, tenant: i64) {
    add(storage, tenant, &[conversation("a", 1), conversation("b", 1)]);
    add_snippet(storage, tenant, &snippet("s", "a", 1));
    let personal = change(storage, |transaction| {
        let key = transaction.locate(tenant, Subject::Conversation, "a").expect("read").expect("there").key;
        transaction.personal(key).expect("read")
    });
    assert_eq!(personal.customer.name.as_deref(), Some("Hassan Falk"));
    assert_eq!(personal.transcript.as_ref().map(Vec::len), Some(1));
    assert_eq!((personal.tags.as_slice(), personal.snippets.len()), (&["vip".to_owned()][..], 1));

    let anonymous = Turn { speaker: "customer".to_owned(), start_ms: None, end_ms: None, text: "[other 1]".to_owned() };
    let rewritten = Rewritten {
        transcript: Some(vec![anonymous.clone()]),
        tags_removed: vec!["vip".to_owned()],
        metadata: BTreeMap::from([("queue".to_owned(), "[other 1]".to_owned())]),
        snippets: vec![SnippetWords {
            key: personal.snippets[0].key,
            title: None,
            text: Some("[other 2]".to_owned()),
            anonymised: true,
        }],
    };
    assert_eq!(act(storage, tenant, Subject::Conversation, "a", PARTIAL, &rewritten).as_deref(), Some("a.wav"));
    let shown = storage.show(tenant, Subject::Conversation, "a").expect("read").expect("there");
    assert_eq!(shown.state, Artefacts::ANONYMISED_TRANSCRIPT.with(Artefacts::STATISTICS));
    assert_eq!((shown.version, shown.customer.clone(), shown.transcript.clone()), (2, Customer::default(), None));
    assert_eq!(shown.details.team.as_deref(), Some("sales"));
    assert_eq!((shown.details.tags.len(), shown.details.metadata["queue"].as_str()), (0, "[other 1]"));
    let snippet = storage.show(tenant, Subject::Snippet, "s").expect("read").expect("there");
    assert_eq!((snippet.title, snippet.text.as_deref(), snippet.version), (None, Some("[other 2]"), 2));
    assert_eq!(snippet.state, Artefacts::AUDIO.with(Artefacts::ANONYMISED_TRANSCRIPT));
    // For trackers, the words are still there; nobody else's have changed.
    let mut transcripts = Vec::new();
    storage
        .transcripts(tenant, &mut |_, turns| {
            transcripts.push(turns[0].text.clone());
            Ok(())
        })
        .expect("read");
    transcripts.sort();
    assert_eq!(transcripts, ["Hi.", "[other 1]"]);
    let other = storage.show(tenant, Subject::Conversation, "b").expect("read").expect("there");
    assert_eq!((other.customer.name.as_deref(), other.version), (Some("Hassan Falk"), 1));
    let mut referred = Vec::new();
    storage.blobs(&mut |name| referred.push(name.to_owned())).expect("read");
    referred.sort();
    assert_eq!(referred, ["b.wav", "s.wav"]);
}

fn what_is_deleted_stays_deleted(storage: &dyn Storage, tenant: i64) {
    let status =
        |subject, id: &str| change(storage, |transaction| transaction.id_status(tenant, subject, id).expect("read"));
    add(storage, tenant, &[conversation("a", 1)]);
    add_snippet(storage, tenant, &snippet("s", "a", 1));
    assert_eq!(status(Subject::Conversation, "a"), IdStatus::Stored);
    assert_eq!(status(Subject::Snippet, "a"), IdStatus::Free);
    let none = Rewritten::default();
    assert_eq!(act(storage, tenant, Subject::Conversation, "a", COMPLETE, &none).as_deref(), Some("a.wav"));
    assert_eq!(act(storage, tenant, Subject::Snippet, "s", Actions::PURGE_SNIPPET, &none).as_deref(), Some("s.wav"));
    assert_eq!(status(Subject::Conversation, "a"), IdStatus::Deleted);
    assert_eq!(status(Subject::Snippet, "s"), IdStatus::Deleted);
    assert!(storage.show(tenant, Subject::Conversation, "a").expect("read").is_none());
    assert!(change(storage, |transaction| transaction.locate(tenant, Subject::Snippet, "s").expect("read")).is_none());
    let census = storage.census(tenant, Day(0)).expect("read");
    assert_eq!((census.deleted, census.conversations_full, census.snippets), (2, 0, 0));
}

fn a_snippet_outlives_its_conversation(storage: &dyn Storage, tenant: i64) {
    add(storage, tenant, &[conversation("a", 1)]);
    add_snippet(storage, tenant, &snippet("s", "a", 1));
    act(storage, tenant, Subject::Conversation, "a", COMPLETE, &Rewritten::default());
    let snippet = storage.show(tenant, Subject::Snippet, "s").expect("read").expect("there");
    assert_eq!((snippet.conversation, snippet.version), (None, 2), "the conversation is nowhere");
    assert_eq!(ids(storage, tenant, Subject::Snippet, Scope::Due(Day(0))), ["s"], "what changed is due at once");
}

fn counts_follow_what_is_stored(storage: &dyn Storage, tenant: i64) {
    let counts = || {
        let tenant = storage.tenant("acme").expect("read").expect("there");
        (tenant.conversations, tenant.snippets, tenant.sweep_due, tenant.has_deleted)
    };
    assert_eq!(counts(), (0, 0, true, false));
    add(storage, tenant, &[conversation("a", 1), conversation("b", 1)]);
    add_snippet(storage, tenant, &snippet("s", "a", 1));
    assert_eq!(counts(), (2, 1, true, false));
    change(storage, |transaction| {
        transaction.sweep_done(tenant).expect("noted");
        transaction.has_deleted(tenant).expect("noted");
    });
    act(storage, tenant, Subject::Conversation, "a", PARTIAL, &Rewritten::default());
    assert_eq!(counts(), (2, 1, false, true));
    act(storage, tenant, Subject::Conversation, "a", COMPLETE.without(Actions::PURGE_AUDIO), &Rewritten::default());
    act(storage, tenant, Subject::Snippet, "s", Actions::PURGE_SNIPPET, &Rewritten::default());
    assert_eq!(counts(), (1, 0, false, true));
    change(storage, |transaction| transaction.put_settings(tenant, r#"{"audio-days":1}"#, Day(9)).expect("put"));
    let stored = storage.tenant("acme").expect("read").expect("there");
    assert_eq!(
        (stored.sweep_due, stored.shortened_on, stored.settings.as_str()),
        (true, Day(9), r#"{"audio-days":1}"#)
    );
}

fn statistics_count_what_is_stored(storage: &dyn Storage, tenant: i64) {
    let mut records = ["a", "b", "c"].map(|id| conversation(id, 20_000));
    records[1].details.team = Some("service".to_owned());
    records[1].details.score = Some(20);
    (records[2].recorded_on, records[2].details.score) = (Day(20_040), None);
    let tracker = change(storage, |transaction| {
        let tracker = transaction.put_tracker(tenant, "churn", &["cancel".to_owned()]).expect("put");
        assert_eq!(transaction.put_tracker(tenant, "churn", &["leave".to_owned()]).expect("put"), tracker, "replaced");
        for (record, hits) in records.iter().zip([3, 4, 0]) {
            transaction.add_conversation(tenant, record, &[(tracker, hits)]).expect("added");
        }
        tracker
    });
    assert_eq!(storage.trackers(tenant).expect("read")[0].phrases, ["leave"]);
    act(storage, tenant, Subject::Conversation, "a", PARTIAL, &Rewritten::default());
    let all = storage.statistics(tenant, None).expect("read");
    assert_eq!((all.len(), all[0].group.as_str(), all[0].conversations, all[0].partial), (1, "all", 3, 1));
    assert_eq!((all[0].score, all[0].sentiment, all[0].hits["churn"]), (Some(15.0), Some(0.5), 7));
    let by =
        |by| storage.statistics(tenant, Some(by)).expect("read").into_iter().map(|row| (row.group, row.conversations));
    assert_eq!(by(GroupBy::Month).collect::<Vec<_>>(), [("2024-10".to_owned(), 2), ("2024-11".to_owned(), 1)]);
    assert_eq!(by(GroupBy::Team).collect::<Vec<_>>(), [("sales".to_owned(), 2), ("service".to_owned(), 1)]);

    act(storage, tenant, Subject::Conversation, "b", COMPLETE, &Rewritten::default());
    let all = storage.statistics(tenant, None).expect("read");
    assert_eq!(
        (all[0].conversations, all[0].hits["churn"], all[0].score),
        (2, 3, Some(10.0)),
        "what is deleted counts no more"
    );
    // Counted again, hits are replaced and not added.
    change(storage, |transaction| {
        let key = transaction.locate(tenant, Subject::Conversation, "a").expect("read").expect("there").key;
        transaction.put_hits(key, &[(tracker, 9)]).expect("put");
    });
    assert_eq!(storage.statistics(tenant, None).expect("read")[0].hits["churn"], 9);
}

fn a_number_is_found_by_its_ending(storage: &dyn Storage, tenant: i64) {
    let mut records = ["a", "b", "c"].map(|id| conversation(id, 30));
    records[0].recorded_on = Day(20);
    records[1].customer.number = Some("20 7946 0018".to_owned());
    records[2].customer.number = None;
    add(storage, tenant, &records);
    let found = |ending| storage.by_number_ending(tenant, ending).expect("read");
    assert_eq!(found("50035333"), [("a".to_owned(), "+4550035333".to_owned())]);
    assert_eq!(found("79460018"), [("b".to_owned(), "2079460018".to_owned())]);
    assert_eq!(found("00000000"), []);
    assert_eq!(storage.numbers(tenant).expect("read"), Numbers { since: Day(20), count: 2 });
    act(storage, tenant, Subject::Conversation, "a", PARTIAL, &Rewritten::default());
    assert_eq!(found("50035333"), [], "a purged number finds nothing");
    assert_eq!(storage.numbers(tenant).expect("read"), Numbers { since: Day(30), count: 1 });
    act(storage, tenant, Subject::Conversation, "b", PARTIAL, &Rewritten::default());
    assert_eq!(storage.numbers(tenant).expect("read"), Numbers { since: Day::ABSENT, count: 0 });
    // Of a number shorter than an ending, the ending is all of it, with a country or without.
    let mut short = ["d", "e"].map(|id| conversation(id, 30));
    short[0].customer.number = Some("+298 12".to_owned());
    short[1].customer.number = Some("29812".to_owned());
    add(storage, tenant, &short);
    assert_eq!(found("29812"), [("d".to_owned(), "+29812".to_owned()), ("e".to_owned(), "29812".to_owned())]);
}

fn units_under_way_come_in_order(storage: &dyn Storage, tenant: i64) {
    let unit = |id: &str| Pending {
        unit: 0,
        work: Some(PendingWork {
            run: 3,
            intent: 7,
            tenant,
            tenant_id: "acme".to_owned(),
            subject: Subject::Snippet,
            id: id.to_owned(),
            actions: Actions::PURGE_SNIPPET,
        }),
        blob: Some(format!("{id}.wav")),
    };
    let keys: Vec<i64> = change(storage, |transaction| {
        ["x", "y", "z"].iter().map(|id| transaction.add_pending(&unit(id)).expect("noted")).collect()
    });
    assert!(keys.is_sorted());
    let pending = storage.pending(0, 2).expect("read");
    assert_eq!(pending, [Pending { unit: keys[0], ..unit("x") }, Pending { unit: keys[1], ..unit("y") }]);
    assert_eq!(storage.pending(keys[1], 9).expect("read"), [Pending { unit: keys[2], ..unit("z") }]);
    let mut referred = 0;
    storage.blobs(&mut |_| referred += 1).expect("read");
    assert_eq!(referred, 3, "a file under way is nobody's orphan");
    change(storage, |transaction| transaction.remove_pending(&keys[..2]).expect("removed"));
    assert_eq!(storage.pending(0, 9).expect("read").len(), 1);
    // A key is not given twice: whoever goes on after one would miss the unit.
    change(storage, |transaction| transaction.remove_pending(&keys[2..]).expect("removed"));
    assert!(change(storage, |transaction| transaction.add_pending(&unit("w")).expect("noted")) > keys[2]);
}

fn a_file_is_expected_until_it_is_adopted(storage: &dyn Storage, tenant: i64) {
    change(storage, |transaction| {
        transaction.expect_blob("a.wav").expect("expected");
        transaction.expect_blob("b.wav").expect("expected");
    });
    let blobs =
        || storage.pending(0, 9).expect("read").into_iter().map(|unit| (unit.blob, unit.work)).collect::<Vec<_>>();
    assert_eq!(blobs(), [(Some("a.wav".to_owned()), None), (Some("b.wav".to_owned()), None)]);
    add(storage, tenant, &[conversation("a", 1)]);
    assert_eq!(blobs(), [(Some("b.wav".to_owned()), None)], "adopted by the record that has it");
    let audio = storage.audio_of(tenant, Subject::Conversation, "a").expect("read");
    assert_eq!(audio.as_deref(), Some("a.wav"));
}

fn ledger_rows_are_as_they_were_written(storage: &dyn Storage, _tenant: i64) {
    let rows: Vec<LedgerRow> = (1..=5_u8)
        .map(|number| LedgerRow {
            sequence: i64::from(number),
            run: (number % 2 == 0).then_some(8),
            body: vec![0, number, 255, b'\n'],
            hash: [number; 32],
        })
        .collect();
    change(storage, |transaction| rows.iter().for_each(|row| transaction.put_ledger_row(row).expect("put")));
    let read = |after, run, limit: usize| {
        let mut read = Vec::new();
        storage
            .ledger(after, run, &mut |row| {
                read.push(row);
                read.len() < limit
            })
            .expect("read");
        read
    };
    assert_eq!(read(0, None, 9), rows);
    assert_eq!(read(3, None, 9), rows[3..]);
    assert_eq!(read(0, None, 2), rows[..2]);
    assert_eq!(read(0, Some(8), 9), [rows[1].clone(), rows[3].clone()]);
    assert_eq!(read(2, Some(8), 9), [rows[3].clone()]);
    assert_eq!(change(storage, |transaction| transaction.ledger_head().expect("read")), (5, [5; 32]));
    let mut transaction = storage.begin().expect("begun");
    assert!(transaction.put_ledger_row(&rows[2]).is_err(), "a row is written once");
}

fn runs_are_open_until_they_are_closed(storage: &dyn Storage, tenant: i64) {
    let open = |plan: &str| {
        change(storage, |transaction| transaction.open_run(tenant, Day(5), plan, instant(1)).expect("opened"))
    };
    let (first, second) = (open("p1"), open("p2"));
    assert!(first < second);
    change(storage, |transaction| transaction.close_run(first, instant(2)).expect("closed"));
    let opened: Vec<i64> = storage.open_runs().expect("read").iter().map(|run| run.run).collect();
    assert_eq!(opened, [second]);
    let run = storage.run_of_plan("p1").expect("read").expect("there");
    assert_eq!((run.run, run.date, run.opened_at, run.closed_at), (first, Day(5), instant(1), Some(instant(2))));
    assert_eq!(run.tenant_id, "acme");
    assert_eq!(storage.run_of_plan("p3").expect("read"), None);
    let runs: Vec<i64> = storage.runs(tenant, 9).expect("read").iter().map(|run| run.run).collect();
    assert_eq!(runs, [second, first]);
}

fn tenants_do_not_see_each_other(storage: &dyn Storage, tenant: i64) {
    let other = add_tenant(storage, "other");
    assert!(
        !change(storage, |transaction| transaction.add_tenant("other", chrono_tz::UTC).expect("no failure")),
        "taken"
    );
    add(storage, tenant, &[conversation("a", 1)]);
    let mut theirs = conversation("a", 2);
    (theirs.audio, theirs.customer.name) = (Some("theirs.wav".to_owned()), Some("Bo Khan".to_owned()));
    add(storage, other, &[theirs]);
    let hold =
        change(storage, |transaction| transaction.place_hold(other, Subject::Conversation, "a", "dispute", instant(0)));
    let hold = hold.expect("no failure").expect("there");
    let shown = |tenant| storage.show(tenant, Subject::Conversation, "a").expect("read").expect("there");
    assert_eq!((shown(tenant).held, shown(other).held), (false, true));
    assert_eq!(shown(other).customer.name.as_deref(), Some("Bo Khan"));
    let released = change(storage, |transaction| transaction.release_hold(tenant, hold).expect("no failure"));
    assert_eq!(released, None, "another tenant's hold");
    act(storage, tenant, Subject::Conversation, "a", COMPLETE, &Rewritten::default());
    assert_eq!(ids(storage, other, Subject::Conversation, Scope::All), ["a"]);
    assert_eq!(storage.by_number_ending(tenant, "50035333").expect("read"), []);
    assert_eq!(storage.by_number_ending(other, "50035333").expect("read").len(), 1);
    let status = change(storage, |transaction| transaction.id_status(other, Subject::Conversation, "a").expect("read"));
    assert_eq!(status, IdStatus::Stored);
    assert_eq!(storage.census(other, Day(0)).expect("read").deleted, 0);
}
