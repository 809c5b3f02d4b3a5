//! Reads conversations as JSON lines from standard input, writes them anonymised, with findings, to standard output.
//!
//! In: `{"id", "text" or "turns": [{"speaker", "text"}], "lang"?, "known"?: {"name", "phone", "customer-number",
//! "employee", …}}`, each known value a string or a list. Out, in the same order: `{"id", "text", "findings": [{"start",
//! "end", "type", "rule"}]}`, with offsets in Unicode scalar values of the turns joined by line feeds.
//!
//! usage: `anonymise_jsonl [--language da|en|auto] [--without-names] < IN > OUT`

use std::io::{BufRead, BufWriter, Write};

use lapse_anonymise::{Anonymised, Anonymiser, Known, Language, Turn};
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let language = match arguments.iter().position(|argument| argument == "--language") {
        Some(at) => arguments.get(at + 1).and_then(|code| language(code)),
        None => None,
    };
    let without_names = arguments.iter().any(|argument| argument == "--without-names");
    let anonymiser = if without_names { Anonymiser::new().without_names() } else { Anonymiser::new() };
    let mut failed = 0;
    let mut output = BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        let conversation: Value = serde_json::from_str(&line?)?;
        let result = anonymise(&anonymiser, &conversation, language);
        failed += usize::from(result.is_err());
        let line = result.unwrap_or_else(|error| json!({ "id": conversation["id"], "error": error.to_string() }));
        writeln!(output, "{line}")?;
    }
    output.flush()?;
    if failed == 0 { Ok(()) } else { Err(format!("{failed} conversations were refused; their lines say why").into()) }
}

fn language(code: &str) -> Option<Language> {
    match code {
        "da" => Some(Language::Danish),
        "en" => Some(Language::English),
        _ => None,
    }
}

fn anonymise(
    anonymiser: &Anonymiser,
    conversation: &Value,
    forced: Option<Language>,
) -> Result<Value, lapse_anonymise::AnonymiseError> {
    let turns = turns(conversation);
    let turns: Vec<Turn<'_>> = turns.iter().map(|(speaker, text)| Turn { speaker, text }).collect();
    let language = forced.or_else(|| language(conversation["lang"].as_str()?));
    let result = anonymiser.anonymise(&turns, language, &known(&conversation["known"]))?;
    let findings = findings(&turns, &result);
    Ok(json!({ "id": conversation["id"], "text": result.into_text(), "findings": findings }))
}

/// The turns; a text without turns has one on each line.
fn turns(conversation: &Value) -> Vec<(String, String)> {
    let string = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    match conversation["turns"].as_array() {
        Some(turns) => turns.iter().map(|turn| (string(&turn["speaker"]), string(&turn["text"]))).collect(),
        None => string(&conversation["text"]).split('\n').map(|line| (String::new(), line.to_owned())).collect(),
    }
}

fn known(known: &Value) -> Known {
    let mut result = Known::default();
    for (key, value) in known.as_object().into_iter().flatten() {
        let list = match key.as_str() {
            "name" | "names" => &mut result.names,
            "phone" | "phones" => &mut result.phones,
            "employee" | "employees" => &mut result.employees,
            key if key.contains("number") || key.contains("reference") || key.ends_with("-id") => {
                &mut result.references
            }
            _ => &mut result.others,
        };
        let values = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        list.extend(values.iter().filter_map(|value| value.as_str().map(str::to_owned)));
    }
    result
}

/// The findings, with offsets into the joined turns.
fn findings(turns: &[Turn<'_>], result: &Anonymised) -> Vec<Value> {
    let mut starts = vec![0];
    for turn in turns {
        starts.push(starts[starts.len() - 1] + turn.text.chars().count() + 1);
    }
    let finding = |finding: &lapse_anonymise::Finding| {
        let start = starts[finding.turn];
        json!({
            "start": start + finding.start,
            "end": start + finding.end,
            "type": finding.kind.name(),
            "rule": finding.rule,
        })
    };
    result.findings.iter().map(finding).collect()
}
