//! Calls written by hand, with what is personal in them marked: how much of it is masked, and how much else.
//!
//! Names that nobody told us of are measured elsewhere; here they are not sought.

use std::collections::BTreeMap;

use lapse_anonymise::Anonymiser;
use lapse_anonymise::jsonl::Conversation;
use serde_json::Value;

/// What was marked and what was masked in a set of calls.
#[derive(Default)]
struct Score {
    /// Spans by kind: all, and those of which every letter and digit is masked.
    spans: BTreeMap<String, (usize, usize)>,
    /// What is not wholly masked, to be shown.
    leaks: Vec<String>,
    /// Letters and digits that nobody marked: all, and those that are masked all the same.
    others: (usize, usize),
}

fn score(calls: &str) -> Score {
    let anonymiser = Anonymiser::new().without_names();
    let mut score = Score::default();
    for line in calls.lines() {
        let call: Value = serde_json::from_str(line).expect("a call is one line of JSON");
        add(&mut score, &anonymiser, &call);
    }
    score
}

fn add(score: &mut Score, anonymiser: &Anonymiser, call: &Value) {
    let conversation = Conversation::read(&call.to_string()).expect("a call is a conversation");
    let result = conversation.anonymise(anonymiser, None).expect("no call is refused");
    let text = call["text"].as_str().expect("a call has a text");
    let characters: Vec<char> = text.chars().collect();
    let mut masked = vec![false; characters.len()];
    for (place, _) in conversation.places(&result) {
        masked[place.start..place.end].fill(true);
    }
    let mut marked = vec![false; characters.len()];
    for span in call["spans"].as_array().expect("a call has spans") {
        let (start, end) = (offset(&span["start"]), offset(&span["end"]));
        marked[start..end].fill(true);
        let kind = span["type"].as_str().expect("a span has a type");
        if kind == "person" {
            continue;
        }
        let whole = (start..end).all(|at| masked[at] || !characters[at].is_alphanumeric());
        let (all, wholly) = score.spans.entry(kind.to_owned()).or_default();
        *all += 1;
        *wholly += usize::from(whole);
        if !whole {
            score.leaks.push(format!("{}: {kind}: {}", call["id"], String::from_iter(&characters[start..end])));
        }
    }
    for at in (0..characters.len()).filter(|at| characters[*at].is_alphanumeric() && !marked[*at]) {
        score.others.0 += 1;
        score.others.1 += usize::from(masked[at]);
    }
}

fn offset(value: &Value) -> usize {
    usize::try_from(value.as_u64().expect("an offset")).expect("an offset fits")
}

/// What is known to leak: a user name that could be a word, and a house whose street is called nothing of the kind.
const KNOWN_LEAKS: [&str; 2] = ["customer-number: kbj tre fire", "address: nine the willows"];

/// Nothing else leaks, and of what is not personal less than so many in a thousand letters and digits are masked.
fn check(calls: &str, per_mille_max: usize) {
    let mut score = score(calls);
    score.leaks.retain(|leak| !KNOWN_LEAKS.iter().any(|known| leak.ends_with(known)));
    let (all, masked) = score.others;
    assert_eq!(score.leaks, Vec::<String>::new(), "of {:?}", score.spans);
    assert!(masked * 1000 < all * per_mille_max, "{masked} of {all} other letters and digits are masked");
}

#[test]
fn danish_said() {
    check(include_str!("calls/danish_said.jsonl"), 22);
}

#[test]
fn danish_written() {
    check(include_str!("calls/danish_written.jsonl"), 10);
}

#[test]
fn english_said() {
    check(include_str!("calls/english_said.jsonl"), 28);
}

#[test]
fn english_written() {
    check(include_str!("calls/english_written.jsonl"), 10);
}
