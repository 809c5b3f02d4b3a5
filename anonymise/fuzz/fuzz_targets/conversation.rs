//! Any bytes as a conversation: the first byte chooses language and known values, line feeds end turns.
//!
//! Checks that offsets are inside and in order, that anonymising twice changes nothing, and that no known value survives.

#![no_main]

use lapse_anonymise::{AnonymiseError, Anonymiser, Known, Language, Turn};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((choice, rest)) = bytes.split_first() else { return };
    let text = String::from_utf8_lossy(rest);
    let language = if choice & 1 == 0 { Language::Danish } else { Language::English };
    let known = Known {
        names: vec!["Annelise Kirkegaard".into()],
        phones: if choice & 2 == 0 { vec!["+45 61 24 08 97".into()] } else { Vec::new() },
        ..Known::default()
    };
    let anonymiser = if choice & 4 == 0 { Anonymiser::new() } else { Anonymiser::new().without_names() };
    let turns: Vec<Turn<'_>> = text.split('\n').map(|text| Turn { speaker: "", text }).collect();
    let once = match anonymiser.anonymise(&turns, Some(language), &known) {
        Ok(once) => once,
        // A refusal is an answer; that the text cannot settle is a fault of ours.
        Err(AnonymiseError::Residual { rule, .. }) => return assert_ne!(rule, "unsettled"),
        Err(_) => return,
    };
    for pair in once.findings.windows(2) {
        assert!((pair[0].turn, pair[0].end) <= (pair[1].turn, pair[1].start));
    }
    for finding in &once.findings {
        assert!(finding.start < finding.end && finding.end <= turns[finding.turn].text.chars().count());
    }
    let words = once.turns.iter().flat_map(|turn| turn.split(|c: char| !c.is_alphanumeric()));
    assert!(!words.map(str::to_lowercase).any(|word| word == "annelise" || word == "kirkegaard"));
    let again: Vec<Turn<'_>> = once.turns.iter().map(|text| Turn { speaker: "", text }).collect();
    let twice = anonymiser.anonymise(&again, Some(language), &known).expect("what was accepted is accepted again");
    assert_eq!(twice.turns, once.turns);
});
