//! One conversation as `lapse show` and `lapse find` answer for it, side by side at different times.

use serde_json::Value;

use super::generate::Conversation;
use super::lapse::Lapse;
use super::table::{Align, Table};
use crate::failure::Result;

/// What `lapse` ends with where there is no such record.
const NOT_FOUND: i32 = 10;

/// The rows of the comparison.
const ROWS: [&str; 10] = [
    "has",
    "number",
    "customer",
    "reference",
    "found by number",
    "transcript",
    "employee",
    "team",
    "score, sentiment",
    "tracker hits",
];

/// A conversation at one time: a cell a row.
pub(super) struct View {
    title: String,
    cells: Vec<String>,
}

impl View {
    /// Asks for the conversation as it is now.
    pub(super) fn take(title: &str, lapse: &Lapse, conversation: &Conversation) -> Result<View> {
        let title = title.to_owned();
        let answer = lapse.try_json(&["show", &conversation.id])?;
        let found = lapse.json(&["find", "--customer", &conversation.personal.number])?;
        let is_found = found["conversations"].as_array().is_some_and(|ids| !ids.is_empty());
        if answer.exit_code == NOT_FOUND {
            let mut cells = vec![String::new(); ROWS.len()];
            cells[0] = format!("not there (exit code {NOT_FOUND})");
            cells[4] = yes_or_no(is_found);
            return Ok(View { title, cells });
        }
        let json = answer.json;
        let cells = vec![
            words(&json["artefacts"]),
            text(&json["customer"]["number"]),
            text(&json["customer"]["name"]),
            text(&json["customer"]["reference"]),
            yes_or_no(is_found),
            transcript(&json, &conversation.personal.name),
            text(&json["employee"]),
            text(&json["team"]),
            format!("{}, {}", json["score"], json["sentiment"]),
            hits(&json["tracker-hits"]),
        ];
        Ok(View { title, cells })
    }
}

/// Prints views beside each other.
pub(super) fn print(views: &[View]) {
    let table = Table::new(Align::Left, &[16, 39, 33, 24]);
    table.row(std::iter::once("").chain(views.iter().map(|view| view.title.as_str())));
    for (at, row) in ROWS.iter().enumerate() {
        table.row(std::iter::once(*row).chain(views.iter().map(|view| view.cells[at].as_str())));
    }
}

fn yes_or_no(is_found: bool) -> String {
    String::from(if is_found { "yes" } else { "no" })
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or("–").to_owned()
}

fn words(value: &Value) -> String {
    let words: Vec<&str> = value.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    words.join(", ")
}

fn hits(value: &Value) -> String {
    let hits = value.as_object().into_iter().flatten().map(|(tracker, hits)| format!("{tracker} {hits}"));
    hits.collect::<Vec<_>>().join(", ")
}

/// The turn in which the customer says their name.
fn transcript(json: &Value, name: &str) -> String {
    let turns = json["transcript"].as_array();
    let mut said = turns.into_iter().flatten().filter_map(|turn| turn["text"].as_str());
    said.find(|text| text.contains(name)).map_or_else(|| "never shown".to_owned(), |text| format!("“{text}”"))
}
