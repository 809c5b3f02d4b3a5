//! `lapse anonymise`: lines in, lines out, in their order, whatever stands in them.

use std::io::Write;
use std::process::{Command, Stdio};

use lapse::error::Exit;
use serde_json::{Value, json};

use crate::store::Scene;
use crate::store::look::Look;
use crate::support::lapse_binary;

struct Told {
    exit: i32,
    out: Vec<u8>,
    errors: String,
}

fn anonymise(words: &[&str], input: &[u8]) -> Told {
    let mut command = Command::new(lapse_binary());
    command.arg("anonymise").args(words).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the binary starts");
    let mut stdin = child.stdin.take().expect("piped");
    let input = input.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().expect("it ends");
    writer.join().expect("written").expect("all of it was read");
    let errors = String::from_utf8(output.stderr).expect("words are UTF-8");
    Told { exit: output.status.code().unwrap_or(-1), out: output.stdout, errors }
}

fn answers(told: &Told) -> Vec<Value> {
    let lines = std::str::from_utf8(&told.out).expect("UTF-8").lines();
    lines.map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
}

#[test]
fn every_line_is_answered_in_its_place() {
    let call = |id: usize| json!({ "id": id, "lang": "en", "text": format!("my number is 2030{id:04}") }).to_string();
    let lines: Vec<_> = (1000..2000).map(call).collect();
    let told = anonymise(&["--jsonl"], lines.join("\n").as_bytes());
    assert_eq!(told.exit, Exit::Done as i32, "{}", told.errors);
    let answers = answers(&told);
    assert_eq!(answers.len(), 1000);
    for (answer, id) in answers.iter().zip(1000..) {
        assert_eq!((&answer["id"], &answer["text"]), (&json!(id), &json!("my number is [phone 1]")));
        let finding = &answer["findings"][0];
        assert_eq!((&finding["start"], &finding["end"], &finding["type"]), (&json!(13), &json!(21), &json!("phone")));
    }
}

#[test]
fn a_bad_line_spoils_no_other_and_is_not_repeated() {
    let mut input = b"{\"id\": 1, \"text\": \"hej\"}\nHassan 20304050 {\n".to_vec();
    input.extend(b"{\"id\": 3, \"text\": \"\xff\xfe\"}\n\n[]\n{\"id\": 5, \"text\": \"ring 20 30 40 50\"}");
    let told = anonymise(&["--jsonl", "--language", "da"], &input);
    assert_eq!(told.exit, Exit::Input as i32);
    let answers = answers(&told);
    assert_eq!(answers.len(), 5, "an empty line is none");
    let errors = ["the line is no JSON from column 1 on", "the line is not UTF-8", "the line is no JSON object"];
    for (answer, error) in answers[1..4].iter().zip(errors) {
        assert_eq!(answer, &json!({ "id": null, "error": error }));
    }
    assert_eq!(answers[4]["text"], "ring [phone 1]");
    assert_eq!(told.errors.lines().last(), Some("3 of 5 lines were refused"));
    assert!(!told.errors.contains("Hassan") && !told.errors.contains("2030"));
}

#[test]
fn offsets_are_characters_of_the_turns_joined() {
    let turns =
        json!([{ "speaker": "kunde", "text": "ååå 😀" }, { "speaker": "agent", "text": "nå, Yrsa, 2030 4050" }]);
    let line = json!({ "id": "x", "turns": turns, "known": { "name": ["Yrsa Holm"] } }).to_string();
    let told = anonymise(&["--jsonl"], line.as_bytes());
    let answer = &answers(&told)[0];
    assert_eq!(answer["text"], "ååå 😀\nnå, [person 1], [phone 1]");
    let places: Vec<_> =
        answer["findings"].as_array().expect("a list").iter().map(|finding| finding["start"].clone()).collect();
    assert_eq!(places, [json!(10), json!(16)]);
}

#[test]
fn plain_text_is_one_conversation() {
    let told = anonymise(&["--language", "da"], "Hej, ring til mig\npå tyve tredive fyrre halvtreds\n".as_bytes());
    assert_eq!(told.exit, Exit::Done as i32, "{}", told.errors);
    assert_eq!(String::from_utf8_lossy(&told.out), "Hej, ring til mig\npå [phone 1]\n");
    let refused = anonymise(&[], b"hej \xff");
    assert_eq!(refused.exit, Exit::Input as i32);
    assert!(refused.out.is_empty() && refused.errors.contains("is not UTF-8 from byte 4 on"), "{}", refused.errors);
}

#[test]
fn a_tenants_own_rules_are_checked_and_used() {
    let scene = Scene::new("UTC");
    scene.settings(json!({ "audio-days": 30 }));
    let rules = scene.beside("rules.json");
    let set = |text: &str| {
        std::fs::write(&rules, text).expect("written");
        scene.told(&["anonymiser", "set", &rules.display().to_string()])
    };
    for (text, said) in [
        ("{", "these are no rules, from line 1"),
        (r#"{"patterns": [{"name": "x", "type": "shoe-size", "expression": "a"}]}"#, "there is no type \"shoe-size\""),
        (r#"{"patterns": [{"name": "x", "type": "other", "expression": "(a)\\1"}]}"#, "the rules are refused"),
    ] {
        let (exit, told) = set(text);
        assert_eq!(exit, Exit::Input as i32, "{told}");
        assert!(told.contains(said), "{told}");
    }
    let good = r#"{"patterns": [{"name": "loyalty", "type": "customer-number", "expression": "LY-[a-z]{4}"}], "keep": ["Karla Nord"]}"#;
    assert_eq!(set(good).0, Exit::Done as i32);
    let words = "my card is LY-abcd. It is from Karla Nord.";
    let call = json!({
        "kind": "conversation", "id": "c-1", "recorded_at": "2026-01-10T09:00:00Z", "language": "en",
        "customer": { "number": "+4520304050" }, "transcript": [{ "speaker": "customer", "start_ms": 0, "end_ms": 1, "text": words }],
    });
    scene.import(&[call]);
    scene.run("2026-03-01");
    let look = Look::at(&scene.store());
    let turns = look.rows("SELECT turns FROM transcript");
    assert!(format!("{turns:?}").contains("my card is [customer-number 1]. It is from Karla Nord."), "{turns:?}");
}
