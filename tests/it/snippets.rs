//! Snippets outlive their conversation, and its customer must not live on in them: whenever they come in, whoever holds them, and
//! whatever is deleted by hand.

use serde_json::{Value, json};

use crate::store::look::{Look, found};
use crate::store::people::{Person, conversation, conversation_id, person, snippet, snippet_id};
use crate::store::{Scene, tenant};

/// Conversations of January; their customers go after 30 days.
fn scene(conversations: usize) -> Scene {
    let scene = Scene::new("Europe/Copenhagen");
    scene.settings(json!({"audio-days": 30, "statistics-days": 90}));
    scene.import(&(0..conversations).map(|index| conversation(index, "2026-01-10T09:00:00Z")).collect::<Vec<_>>());
    scene
}

/// The reasons for which lines were refused.
fn refused(scene: &Scene, records: &[Value]) -> Vec<String> {
    let (lines, audio) = scene.write_records("more", records);
    let host = scene.host();
    let imported = host.import(&tenant(&host), &lines, Some(&audio)).expect("imported");
    imported.bad_lines.into_iter().map(|bad| bad.reason).collect()
}

#[track_caller]
fn assert_gone(scene: &Scene, index: usize) {
    assert_eq!(found(&scene.store(), &person(index).values()), [""; 0], "purged values are in no file");
}

/// Title and words, and whether they are stored as anonymised.
fn words(scene: &Scene, id: &str) -> String {
    Look::at(&scene.store()).one(&format!("SELECT title, text, state & 12 FROM snippet WHERE id = '{id}'"))
}

#[test]
fn a_snippet_that_comes_late_does_not_bring_the_customer_back() {
    let scene = scene(3);
    scene.run("2026-02-20");
    scene.import(&[snippet(0, "2026-02-21T09:00:00Z")]);
    assert_gone(&scene, 0);
    assert!(words(&scene, &snippet_id(0)).ends_with("|8"), "{}", words(&scene, &snippet_id(0)));
    scene.run("2026-06-20");
    scene.import(&[snippet(1, "2026-06-21T09:00:00Z")]);
    assert_gone(&scene, 1);
    // Nor does one that belongs to no conversation.
    let mut alone = snippet(2, "2026-06-21T09:00:00Z");
    alone["conversation"] = Value::Null;
    scene.import(&[alone]);
    assert_gone(&scene, 2);
}

#[test]
fn a_snippet_is_as_it_came_until_its_customer_goes() {
    let scene = scene(1);
    // One before its conversation, one after.
    scene.import(&[snippet(0, "2026-01-11T09:00:00Z"), snippet(1, "2026-01-11T09:00:00Z")]);
    scene.import(&[conversation(1, "2026-01-10T09:00:00Z")]);
    for index in 0..2 {
        let Person { first_name, .. } = person(index);
        let words = words(&scene, &snippet_id(index));
        assert!(words.contains(&first_name) && words.ends_with("|4"), "{words}");
    }
    scene.run("2026-02-20");
    for index in 0..2 {
        assert_gone(&scene, index);
        assert!(words(&scene, &snippet_id(index)).ends_with("|8"), "{}", words(&scene, &snippet_id(index)));
    }
    // Each is looked at again, since a policy may read that.
    let due = "SELECT id FROM snippet WHERE review_on < 0";
    assert_eq!(Look::at(&scene.store()).rows(due), [snippet_id(0), snippet_id(1)]);
}

#[test]
fn a_number_hides_in_no_snippet() {
    let scene = scene(1);
    let number = person(0).number;
    let with = |field: &str, value: &str| {
        let mut record = snippet(0, "2026-01-11T09:00:00Z");
        record[field] = json!(value);
        record
    };
    let reasons = refused(&scene, &[with("id", &format!("s-45{number}")), with("created_by", &number)]);
    assert_eq!(reasons, ["its id or created_by holds the number of its conversation's customer"; 2]);
    // A colleague may bear the customer's name.
    let Person { first_name, last_name, .. } = person(0);
    assert_eq!(refused(&scene, &[with("created_by", &format!("{first_name} {last_name}"))]), [""; 0]);
    // One that comes before its conversation keeps that out, until it is gone.
    let mut early = snippet(1, "2026-01-11T09:00:00Z");
    early["id"] = json!(format!("s-45{}", person(1).number));
    scene.import(&[early]);
    let reasons = refused(&scene, &[conversation(1, "2026-01-10T09:00:00Z")]);
    assert!(
        reasons.len() == 1 && reasons[0].starts_with("a snippet that names it holds the customer's number"),
        "{reasons:?}"
    );
    Look::at(&scene.store()).assert_at_rest();
}

#[test]
fn a_held_snippet_keeps_its_conversation_and_no_run_complains() {
    let scene = scene(2);
    scene.import(&[snippet(0, "2026-01-11T09:00:00Z")]);
    let told = |words: &[&str]| scene.told(words);
    assert_eq!(told(&["hold", "place", "snippet-0000", "--snippet", "--reason", "dispute"]).0, 0);
    for date in ["2026-02-20", "2026-02-21", "2026-06-01"] {
        let (exit, said) = told(&["run", "--date", date, "--approve", "all"]);
        assert_eq!(exit, 0, "{date}: {said}");
        assert!(!said.contains("kept"), "{date}: {said}");
    }
    assert_eq!(Look::at(&scene.store()).rows("SELECT id FROM conversation"), [conversation_id(0)]);
    told(&["user", "add", "kim", "--role", "owner"]);
    let (exit, said) = told(&["delete", "conversation-0000", "--as", "kim", "--reason", "asked for it"]);
    assert!(exit == 7 && said.contains("is under legal hold and is kept (hold 1 on snippet snippet-0000)"), "{said}");
    assert_eq!(told(&["hold", "release", "1"]).0, 0);
    let (exit, said) = told(&["run", "--date", "2026-06-02", "--approve", "all"]);
    assert_eq!(exit, 0, "{said}");
    assert_gone(&scene, 0);
}

#[test]
fn the_reason_of_a_hold_names_nobody() {
    let scene = scene(2);
    scene.import(&[snippet(0, "2026-01-11T09:00:00Z")]);
    // In lower case and out of a sentence, nothing but what is known tells that these are names.
    for (index, words) in [(0, &["snippet-0000", "--snippet"][..]), (1, &["conversation-0001"])] {
        let Person { first_name, last_name, reference, .. } = person(index);
        let reason = format!("dispute {} {} {reference}", first_name.to_lowercase(), last_name.to_lowercase());
        let (exit, said) = scene.told(&[&["hold", "place", "--reason", &reason][..], words].concat());
        assert_eq!(exit, 0, "{said}");
        let ledger = Look::at(&scene.store()).ledger().pop().expect("an entry")["reason"].to_string();
        for value in [first_name, last_name, reference] {
            assert!(!ledger.to_lowercase().contains(&value.to_lowercase()), "{ledger}");
        }
    }
}

#[test]
fn whoever_asks_to_be_deleted_is_found_in_snippets_too() {
    let scene = scene(3);
    let mut second = snippet(0, "2026-01-11T09:00:00Z");
    second["id"] = json!("snippet-second");
    second["audio"] = json!("second.wav");
    scene.import(&[snippet(0, "2026-01-11T09:00:00Z"), second, snippet(1, "2026-01-11T09:00:00Z")]);
    let told = |words: &[&str]| scene.told(&[words, &["--format", "json"]].concat());
    let json = |said: &str| serde_json::from_str::<Value>(said).expect("JSON");
    told(&["user", "add", "kim", "--role", "owner"]);
    let (_, said) = told(&["find", "--customer", &person(0).number]);
    assert_eq!(json(&said)["snippets"], json!(["snippet-0000", "snippet-second"]), "{said}");
    let (exit, said) = told(&["delete", "conversation-0001", "--as", "kim", "--reason", "asked for it"]);
    assert_eq!((exit, &json(&said)["snippets-kept"]), (0, &json!(["snippet-0001"])), "{said}");
    let all = ["delete", "conversation-0000", "--with-snippets", "--as", "kim", "--reason", "asked for it"];
    let (exit, said) = told(&all);
    assert_eq!((exit, &json(&said)["snippets-deleted"]), (0, &json!(["snippet-0000", "snippet-second"])), "{said}");
    let look = Look::at(&scene.store());
    assert_eq!(look.rows("SELECT id FROM snippet"), ["snippet-0001"]);
    assert_eq!(look.receipted_intents().len(), 4);
    look.assert_at_rest();
    assert_gone(&scene, 0);
    // Asking again is answered by what is left.
    let (exit, said) = told(&all);
    assert_eq!(exit, 10, "{said}");
    let (_, said) = told(&["find", "--customer", &person(0).number]);
    assert_eq!((&json(&said)["conversations"], &json(&said)["without-number"]), (&json!([]), &json!(0)), "{said}");
}

#[test]
fn one_held_snippet_keeps_all_that_would_go_with_it() {
    let scene = scene(1);
    scene.import(&[snippet(0, "2026-01-11T09:00:00Z")]);
    scene.told(&["user", "add", "kim", "--role", "owner"]);
    scene.told(&["hold", "place", "snippet-0000", "--snippet", "--reason", "dispute"]);
    let before = Look::at(&scene.store()).state();
    let (exit, said) =
        scene.told(&["delete", "conversation-0000", "--with-snippets", "--as", "kim", "--reason", "asked for it"]);
    assert!(exit == 7 && said.contains("hold 1 on snippet snippet-0000"), "{said}");
    assert_eq!(Look::at(&scene.store()).state(), before);
}
