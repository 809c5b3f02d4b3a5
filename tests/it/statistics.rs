//! What a partial deletion must leave as it was: tracker hits, sentiment, score, and the tenant's own values that name nobody.

use serde_json::{Value, json};

use crate::store::look::Look;
use crate::store::people::{conversation, person};
use crate::store::{Scene, tenant};

/// A Danish conversation whose speakers are called so.
fn with_speakers(index: usize, customer: &str, employee: &str) -> Value {
    let mut record = conversation(index, "2026-01-10T09:00:00Z");
    for turn in record["transcript"].as_array_mut().expect("turns") {
        turn["speaker"] = json!(if turn["speaker"] == "customer" { customer } else { employee });
    }
    let last = json!({"speaker": employee, "text": "Som kunde taler du med en agent, og en medarbejder i kundeservice ringer i 2026."});
    record["transcript"].as_array_mut().expect("turns").push(last);
    record["employee"] = json!("Eva Juul");
    record["metadata"] = json!({
        "year": 2026, "campaign": "2026-07", "started": "2026-01-10T09:00:00", "floor": 12, "share": 0.85123, "queue": "north",
        "case": person(index).case,
    });
    record
}

#[test]
fn partial_deletion_changes_no_statistic() {
    let scene = Scene::new("Europe/Copenhagen");
    scene.settings(json!({"audio-days": 30}));
    let host = scene.host();
    let words = ["kunde", "agent", "medarbejder", "kundeservice", "2026"];
    for word in words {
        host.add_tracker(&tenant(&host), word, &[word.to_owned()]).expect("a tracker");
    }
    drop(host);
    let speakers =
        [("kunde", "medarbejder"), ("Kunde", "Agent"), ("customer", "employee"), ("KUNDE 1", "Kundeservice")];
    let records = speakers
        .iter()
        .enumerate()
        .map(|(index, (customer, employee))| with_speakers(2 * index + 1, customer, employee));
    scene.import(&records.collect::<Vec<_>>());
    let metadata = "SELECT conversation, name, value FROM metadata WHERE name <> 'case'";
    let hits = "SELECT h.conversation, t.name, h.hits FROM tracker_hit AS h JOIN tracker AS t USING (tracker)";
    let look = |sql| Look::at(&scene.store()).rows(sql);
    let before = (look(metadata), look(hits));
    assert!(
        words.iter().all(|word| before.1.iter().any(|row| row.contains(word))),
        "every tracker hits: {:?}",
        before.1
    );

    assert_eq!(scene.run("2026-02-20").done, 4);
    assert_eq!((look(metadata), look(hits)), before);
    let host = scene.host();
    host.recompute_trackers(&tenant(&host)).expect("counted again");
    drop(host);
    assert_eq!((look(metadata), look(hits)), before, "counted again in anonymised transcripts");
    let speakers = "SELECT turns FROM transcript WHERE turns LIKE '%speaker 1%'";
    assert_eq!(look(speakers), [""; 0], "a role stays a role");
    let cases = "SELECT value FROM metadata WHERE name = 'case' AND value NOT LIKE '[%'";
    assert_eq!(look(cases), [""; 0], "a case is one customer's, and goes");
}

#[test]
fn who_never_had_a_number_has_not_lost_it() {
    let scene = Scene::new("UTC");
    scene.settings(json!({"audio-days": 30, "anonymise-transcript": false}));
    let bare = json!({"kind": "conversation", "id": "bare", "recorded_at": "2026-03-10T09:00:00Z"});
    let two = [0, 1].map(|index| conversation(index, "2026-01-10T09:00:00Z"));
    scene.import(&[&two[..], &[bare, conversation(2, "2026-03-10T09:00:00Z")]].concat());
    scene.run("2026-02-20");
    let (_, said) = scene.told(&["find", "--customer", &person(0).number]);
    assert!(said.contains("3 conversations have no number"), "{said}");
    let (_, said) = scene.told(&["status"]);
    assert!(said.contains("1 full, 3 without audio and customer"), "{said}");
}
