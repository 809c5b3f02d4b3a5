//! Trackers count what calls are about, and are counted again on anonymised calls: every one must have the hits it had.
//!
//! The trackers are those of the demo and the kinds that call centres keep, in Danish and in English; the calls are all
//! that were written by hand, so that the words stand where people say them: beside names, numbers and amounts.

use lapse_anonymise::jsonl::Conversation;
use lapse_anonymise::{Anonymiser, placeholders};
use serde_json::Value;

/// A name, and the words and phrases that are counted.
const TRACKERS: &[(&str, &[&str])] = &[
    ("cancelling", &["opsige", "opsigelse", "cancel", "cancellation", "afbestille"]),
    ("complaint", &["klage", "complaint", "utilfreds", "complain"]),
    ("price", &["for dyrt", "too expensive", "koster", "prisen", "price", "cost", "rabat", "discount"]),
    ("bill", &["regning", "regningen", "faktura", "invoice", "bill", "betale", "betaling", "pay", "payment"]),
    ("moving", &["flytte", "flytter", "flytning", "moved", "moving"]),
    ("fault", &["virker ikke", "doesn't work", "nede", "fejl", "error", "strøm", "internet", "router", "modem"]),
    ("meter", &["måler", "måleren", "aflæsning", "kilowatt", "kwh", "meter", "reading"]),
    ("delivery", &["levering", "leveret", "pakke", "sendt", "delivery", "delivered", "parcel", "shipped"]),
    ("waiting", &["ventetid", "vente", "kø", "waiting", "queue", "on hold"]),
    ("thanks", &["tak", "tusind tak", "thank you", "thanks", "perfekt", "great"]),
    ("insurance", &["skade", "forsikring", "forsikringen", "selvrisiko", "claim", "policy", "deductible"]),
    ("booking", &["booking", "reservation", "bestille", "afgang", "appointment", "tid"]),
    ("product", &["iphone", "samsung", "dankort", "visa", "gigabyte", "abonnement", "subscription"]),
    (
        "asking",
        &["kundenummer", "cpr", "telefonnummer", "adresse", "account number", "phone number", "address", "email"],
    ),
    ("amount", &["kroner", "procent", "pounds", "dollars", "percent", "måneder", "months", "timer", "hours"]),
    ("company", &["norlys", "telia", "yousee", "elgiganten", "danske bank", "skat"]),
];

const CALLS: &[&str] = &[
    include_str!("calls/danish_said.jsonl"),
    include_str!("calls/danish_written.jsonl"),
    include_str!("calls/english_said.jsonl"),
    include_str!("calls/english_written.jsonl"),
];

/// How often a phrase is said in a turn; a placeholder is no word, and no phrase goes on across one.
fn hits(turn: &str, phrase: &str) -> usize {
    let words = |text: &str| -> Vec<String> {
        let parts = text.split(|c: char| !c.is_alphanumeric() && c != '\'');
        parts.filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
    };
    let phrase = words(phrase);
    let mut from = 0;
    let mut pieces = Vec::new();
    for placeholder in placeholders(turn) {
        pieces.push(&turn[from..placeholder.start]);
        from = placeholder.end;
    }
    pieces.push(&turn[from..]);
    pieces.iter().map(|piece| words(piece).windows(phrase.len()).filter(|window| **window == phrase).count()).sum()
}

/// The text of a call with a placeholder for each thing in it that is marked as personal.
fn without_marked(line: &str) -> String {
    let call: Value = serde_json::from_str(line).expect("a call is one line of JSON");
    let text: Vec<char> = call["text"].as_str().expect("a call has a text").chars().collect();
    let offset = |value: &Value| usize::try_from(value.as_u64().expect("an offset")).expect("an offset fits");
    let mut spans: Vec<_> = call["spans"].as_array().expect("a call has spans").iter().collect();
    spans.sort_by_key(|span| offset(&span["start"]));
    let (mut kept, mut from) = (String::new(), 0);
    for span in spans {
        kept.extend(&text[from..offset(&span["start"])]);
        kept.push_str("[other 1]");
        from = offset(&span["end"]);
    }
    kept.extend(&text[from..]);
    kept
}

#[test]
fn every_tracker_keeps_its_hits() {
    let anonymiser = Anonymiser::new();
    let (mut changed, mut total) = (Vec::new(), 0);
    for line in CALLS.iter().flat_map(|calls| calls.lines()) {
        let call = Conversation::read(line).expect("a call is a conversation");
        let kept = without_marked(line);
        let result = call.anonymise(&anonymiser, None).expect("no call is refused");
        for (before, after) in kept.split('\n').zip(&result.turns) {
            for (tracker, phrase) in TRACKERS.iter().flat_map(|(name, phrases)| phrases.iter().map(move |p| (name, p)))
            {
                let (before, after) = (hits(before, phrase), hits(after, phrase));
                total += before;
                if before != after {
                    changed.push(format!("{tracker}: {phrase:?} had {before} and has {after} in {}", call.id));
                }
            }
        }
    }
    assert_eq!(changed, Vec::<String>::new(), "of {total} hits");
}

#[test]
fn hits_are_counted_around_placeholders() {
    assert_eq!(hits("Tak, [person 1], tusind tak", "tak"), 2);
    assert_eq!(hits("danske [person 1] bank", "danske bank"), 0);
}
