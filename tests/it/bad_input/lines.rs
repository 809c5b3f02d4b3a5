//! Lines of an import: bad ones are named by number and reason, never by what they say; good ones go in; none goes in by half.

use serde_json::{Value, json};

use super::{done, exit};
use crate::store::Scene;
use crate::store::look::Look;
use crate::store::people::{conversation, snippet, write};

/// A good conversation with some fields replaced; `null` takes one out.
fn with(index: usize, changes: Value) -> String {
    let mut record = conversation(index, "2026-01-10T09:00:00Z");
    for (key, value) in changes.as_object().expect("an object") {
        record[key] = value.clone();
    }
    record.to_string()
}

fn without(index: usize, field: &str) -> String {
    let mut record = conversation(index, "2026-01-10T09:00:00Z");
    record.as_object_mut().expect("an object").remove(field);
    record.to_string()
}

/// Every kind of bad line, and the beginning of its reason.
fn bad_lines() -> Vec<(String, &'static str)> {
    let customer = |number: &str| json!({"customer": {"number": number, "name": "Quilbaba Zratbabasen"}});
    vec![
        ("{".to_owned(), "it is not JSON"),
        ("Quilbaba Zratbabasen".to_owned(), "it is not JSON"),
        ("[]".to_owned(), "a value does not fit"),
        ("{}".to_owned(), "it has no field `kind`"),
        (with(10, json!({"kind": "song"})), "its kind is neither \"conversation\" nor \"snippet\""),
        (without(10, "id"), "it has no field `id`"),
        (without(10, "recorded_at"), "it has no field `recorded_at`"),
        (with(10, json!({"id": 7})), "a value does not fit: expected a string"),
        (with(10, json!({"id": ""})), "its id is not 1 to 128 bytes"),
        (with(10, json!({"id": "i".repeat(129)})), "its id is not 1 to 128 bytes"),
        (with(10, json!({"id": "a\nb"})), "its id is not 1 to 128 bytes"),
        (with(10, json!({"recorded_at": "yesterday"})), "a value does not fit"),
        (with(10, json!({"recorded_at": "2026-01-10T09:00:00"})), "a value does not fit"),
        (with(10, json!({"ended_at": "2026-01-10T08:59:59Z"})), "it ended before it was recorded"),
        (with(10, json!({"colour": "red"})), "it has an unknown field (column"),
        (with(10, json!({"quilbaba": 1})), "it has an unknown field (column"),
        (with(10, json!({"tags": "ring, expected Quilbaba 20000000"})), "a value does not fit: expected a sequence"),
        (with(10, json!({"statistics": {"sentiment": "good"}})), "a value does not fit"),
        (with(10, json!({"statistics": {"sentiment": 1.5}})), "statistics.sentiment is not from -1 to 1"),
        (
            with(10, json!({"employee": "45 2000 0000", "customer": {"number": "+4520000000"}})),
            "its employee holds the customer's number",
        ),
        (with(10, json!({"statistics": {"score": 1e300}})), "statistics.score is out of range"),
        (with(10, json!({"transcript": "hello"})), "a value does not fit"),
        (with(10, json!({"transcript": [{"text": "hello"}]})), "it has no field `speaker`"),
        (with(10, json!({"metadata": {"case": ["a"]}})), "a value in metadata is neither text"),
        (with(10, customer("112")), "customer.number is no phone number"),
        (with(10, customer("call me")), "customer.number is no phone number"),
        (with(10, json!({"customer": {"e-mail": "q@example.org"}})), "it has an unknown field"),
        (
            with(
                10,
                json!({"tags": ["the mighty quilbaboba zratbabobasen"], "customer": {"name": "Quilbaboba Zratbabobasen"}}),
            ),
            "its tags holds the customer's name",
        ),
        (
            with(10, json!({"id": "call-20000000", "customer": {"number": "+4520000000"}})),
            "its id holds the customer's number",
        ),
        (
            with(10, json!({"team": "kx-1234", "customer": {"reference": "KX-1234"}})),
            "its team holds the customer's reference",
        ),
        (with(10, json!({"audio": "nowhere.wav"})), "its audio file is not in the folder"),
        (with(10, json!({"audio": "../records.ndjson"})), "its audio file lies outside the folder"),
        (with(10, json!({"audio": "/etc/passwd"})), "its audio file lies outside the folder"),
        (with(10, json!({"audio": ""})), "its audio file lies outside the folder"),
        (json!({"kind": "snippet", "id": "s"}).to_string(), "it has no field `created_at`"),
        (
            json!({"kind": "snippet", "id": "s", "created_at": "2026-01-10T09:00:00Z", "from_ms": 9, "to_ms": 3})
                .to_string(),
            "it ends before it begins",
        ),
        (
            json!({"kind": "snippet", "id": "s", "created_at": "2026-01-10T09:00:00Z", "from_ms": -1}).to_string(),
            "a value does not fit",
        ),
    ]
}

#[test]
fn each_bad_line_is_named_and_every_good_line_goes_in() {
    let scene = Scene::new("Europe/Copenhagen");
    let bad = bad_lines();
    // A good line before each bad one, and an empty line after.
    let mut good = Vec::new();
    let mut text = String::new();
    for (index, (line, _)) in bad.iter().enumerate() {
        let record = if index.is_multiple_of(5) {
            snippet(index, "2026-01-11T09:00:00Z")
        } else {
            conversation(100 + index, "2026-01-10T09:00:00Z")
        };
        text.push_str(&format!("{record}\n{line}\n\n"));
        good.push(record);
    }
    let (lines, audio) = scene.write_records("records", &good);
    std::fs::write(&lines, text).expect("written");
    let import = ["import", &lines.to_string_lossy(), "--audio", &audio.to_string_lossy(), "--format", "json"];
    let (given, said) = scene.told(&import);
    assert_eq!(given, exit::INPUT, "{said}");
    let report: Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!(report["bad"], bad.len());
    let named: Vec<(u64, &str)> = report["bad-lines"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|line| (line["line"].as_u64().expect("a number"), line["reason"].as_str().expect("a reason")))
        .collect();
    for (index, (line, reason)) in bad.iter().enumerate() {
        let at = 3 * index as u64 + 2;
        let (_, given) = named.iter().find(|(number, _)| *number == at).expect("the line is named");
        assert!(given.starts_with(reason), "line {at}: {given}\n{line}");
        assert!(!given.to_lowercase().contains("quil") && !given.contains("2000"), "a reason repeats a value: {given}");
    }
    let look = Look::at(&scene.store());
    look.assert_at_rest();
    let stored = look.rows("SELECT id FROM conversation UNION ALL SELECT id FROM snippet");
    let mut expected: Vec<&str> = good.iter().map(|record| record["id"].as_str().expect("an id")).collect();
    expected.sort_unstable();
    assert_eq!(stored, expected);
    assert_eq!(look.audio_files().len(), good.len(), "each good line has its file, and no bad line left one");
}

#[test]
fn what_is_no_text_and_what_is_too_long_is_refused_by_line() {
    let scene = Scene::new("UTC");
    let (lines, audio) = scene.write_records("records", &[conversation(0, "2026-01-10T09:00:00Z")]);
    let good = std::fs::read(&lines).expect("a line");
    let long = vec![b' '; (16 << 20) + 1];
    let parts: [&[u8]; 6] = [b"\xff\xfe{}\n", &long, b"\n", &good, b"{\"kind\": \"conv", b""];
    std::fs::write(&lines, parts.concat()).expect("written");
    let (given, said) = scene.told(&["import", &lines.to_string_lossy(), "--audio", &audio.to_string_lossy()]);
    assert_eq!(given, exit::INPUT, "{said}");
    for part in [
        "1 conversations",
        "line 1: the line is not UTF-8",
        "line 2: the line is longer than",
        "line 4: it is not JSON",
    ] {
        assert!(said.contains(part), "{said}");
    }
}

#[test]
fn importing_again_changes_nothing_and_brings_nothing_back() {
    let scene = Scene::new("UTC");
    let records: Vec<Value> = (0..5).map(|index| conversation(index, "2026-01-10T09:00:00Z")).collect();
    let (lines, audio) = scene.write_records("records", &records);
    let (lines, audio) = (lines.to_string_lossy(), audio.to_string_lossy());
    let import = ["import", &lines, "--audio", &audio];
    done(&scene, &import);
    let before = Look::at(&scene.store()).state();
    assert!(done(&scene, &import).contains("5 were stored already"));
    assert_eq!(Look::at(&scene.store()).state(), before);

    done(&scene, &["user", "add", "kim", "--role", "admin"]);
    done(&scene, &["delete", "conversation-0003", "--as", "kim", "--reason", "asked for it"]);
    let before = Look::at(&scene.store()).state();
    assert!(done(&scene, &import).contains("1 were deleted before and stay deleted"));
    assert_eq!(Look::at(&scene.store()).state(), before);
    // Nor by the door of a snippet that names it.
    let mut again = snippet(3, "2026-01-12T09:00:00Z");
    again["title"] = Value::Null;
    again["text"] = Value::Null;
    let late = scene.beside("late.ndjson");
    write(&[again], &late, &scene.beside("wav"));
    done(&scene, &["import", &late.to_string_lossy(), "--audio", &audio]);
    assert_eq!(Look::at(&scene.store()).rows("SELECT id FROM snippet WHERE conversation IS NOT NULL"), [""; 0]);
}

#[test]
fn a_line_that_names_a_file_wants_a_folder() {
    let scene = Scene::new("UTC");
    let (lines, _) = scene.write_records("records", &[conversation(0, "2026-01-10T09:00:00Z")]);
    let (given, said) = scene.told(&["import", &lines.to_string_lossy()]);
    assert_eq!(given, exit::INPUT, "{said}");
    assert!(said.contains("line 1: it names an audio file; say where the files are with --audio DIR"), "{said}");
    let (given, said) = scene.told(&["import", "/nowhere/records.ndjson"]);
    assert_eq!(given, exit::FAILED, "{said}");
    assert!(said.contains("reading /nowhere/records.ndjson failed"), "{said}");
}
