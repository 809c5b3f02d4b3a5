//! What the whole library finds in a file of texts, in the form that a scorer reads.

use std::error::Error;
use std::ops::Range;
use std::path::Path;

use lapse_anonymise::{Anonymiser, Known, Turn};
use serde_json::{Value, json};

use crate::corpora;
use crate::gold::{self, Text};

/// Prints one line for each text: its id and its findings, offsets in Unicode scalar values of the text.
pub(crate) fn run(path: &Path) -> Result<(), Box<dyn Error>> {
    let anonymiser = Anonymiser::new();
    for text in gold::read(path)? {
        println!("{}", json!({ "id": text.id, "findings": find(&anonymiser, &text)? }));
    }
    Ok(())
}

/// The line for a text in which these bytes are names of people.
pub(crate) fn line(text: &Text, names: &[Range<usize>]) -> String {
    let finding = |name: &Range<usize>| {
        let start = text.text[..name.start].chars().count();
        let end = start + text.text[name.clone()].chars().count();
        json!({ "start": start, "end": end, "type": "person", "rule": "name-tagger" })
    };
    json!({ "id": text.id, "findings": names.iter().map(finding).collect::<Vec<_>>() }).to_string()
}

fn find(anonymiser: &Anonymiser, text: &Text) -> Result<Vec<Value>, Box<dyn Error>> {
    let turns: Vec<Turn<'_>> = text.text.split('\n').map(|text| Turn { speaker: "", text }).collect();
    let mut starts = vec![0];
    for turn in &turns {
        starts.push(starts[starts.len() - 1] + turn.text.chars().count() + 1);
    }
    let found = anonymiser.anonymise(&turns, Some(corpora::language(text)), &Known::default())?;
    let finding = |finding: &lapse_anonymise::Finding| {
        let start = starts[finding.turn];
        let (start, end) = (start + finding.start, start + finding.end);
        json!({ "start": start, "end": end, "type": finding.kind.name(), "rule": finding.rule })
    };
    Ok(found.findings.iter().map(finding).collect())
}
