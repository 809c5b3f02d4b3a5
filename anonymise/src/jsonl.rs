//! Conversations as lines of JSON: the form of `lapse anonymise --jsonl`, of the laboratory and of the tests.
//!
//! In: `{"id", "text" or "turns": [{"speaker", "text"}], "lang"?, "known"?: {"name", "phone", "customer-number",
//! "employee", …}}`, each known value a string or a list of strings. A text has a turn on each of its lines. Out:
//! `{"id", "text", "findings": [{"start", "end", "type", "rule"}]}`, or `{"id", "error"}`, with offsets in Unicode scalar
//! values of the turns joined by line feeds.
//!
//! Turns lines into values and back; reads and writes nothing. Errors tell what is wrong with a line, never what it says.

use serde_json::{Map, Value, json};
use thiserror::Error;

use crate::{AnonymiseError, Anonymised, Anonymiser, Finding, Known, Language, Turn};

/// A conversation that was read from a line.
#[derive(Clone, Debug)]
pub struct Conversation {
    /// Whatever the line calls it, to be given back as it came.
    pub id: Value,
    /// Speaker and text of each turn.
    pub turns: Vec<(String, String)>,
    /// What the line says; languages that are not known here count as nothing said.
    pub language: Option<Language>,
    /// What is known about it.
    pub known: Known,
}

/// Why a line is no conversation.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LineError {
    /// Not JSON.
    #[error("the line is no JSON from column {column} on")]
    Json {
        /// Where, in bytes, from 1.
        column: usize,
    },
    /// JSON of another shape.
    #[error("{0}")]
    Shape(&'static str),
}

/// Where something was found, in Unicode scalar values of the turns joined by line feeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// First character.
    pub start: usize,
    /// Past the last character.
    pub end: usize,
}

impl Conversation {
    /// Reads a line.
    ///
    /// # Errors
    /// When the line is no JSON, has no text, or has parts of the wrong type.
    pub fn read(line: &str) -> Result<Self, LineError> {
        let value: Value = serde_json::from_str(line).map_err(|error| LineError::Json { column: error.column() })?;
        let object = value.as_object().ok_or(LineError::Shape("the line is no JSON object"))?;
        Ok(Self {
            id: object.get("id").cloned().unwrap_or_default(),
            turns: turns(object)?,
            language: object.get("lang").and_then(Value::as_str).and_then(Language::from_code),
            known: known(object.get("known"))?,
        })
    }

    /// The turns as the anonymiser takes them.
    pub fn turns(&self) -> Vec<Turn<'_>> {
        self.turns.iter().map(|(speaker, text)| Turn { speaker, text }).collect()
    }

    /// Anonymises it, in a language that outweighs its own if there is one.
    ///
    /// # Errors
    /// As [`Anonymiser::anonymise`].
    pub fn anonymise(&self, anonymiser: &Anonymiser, language: Option<Language>) -> Result<Anonymised, AnonymiseError> {
        anonymiser.anonymise(&self.turns(), language.or(self.language), &self.known)
    }

    /// Each finding with its place in the joined turns.
    pub fn places<'a>(&self, result: &'a Anonymised) -> Vec<(Place, &'a Finding)> {
        let mut starts = Vec::with_capacity(self.turns.len());
        let mut start = 0;
        for (_, text) in &self.turns {
            starts.push(start);
            start += text.chars().count() + 1;
        }
        let place = |finding: &'a Finding| {
            let start = starts[finding.turn];
            (Place { start: start + finding.start, end: start + finding.end }, finding)
        };
        result.findings.iter().map(place).collect()
    }

    /// The line that is written for it, without a line feed.
    pub fn line(&self, result: Result<Anonymised, AnonymiseError>) -> String {
        let result = match result {
            Ok(result) => result,
            Err(error) => return json!({ "id": self.id, "error": error.to_string() }).to_string(),
        };
        let finding = |(place, finding): (Place, &Finding)| json!({ "start": place.start, "end": place.end, "type": finding.kind.name(), "rule": finding.rule });
        let findings: Vec<Value> = self.places(&result).into_iter().map(finding).collect();
        json!({ "id": self.id, "text": result.into_text(), "findings": findings }).to_string()
    }
}

/// The turns; a text without turns has one on each line.
fn turns(object: &Map<String, Value>) -> Result<Vec<(String, String)>, LineError> {
    match (object.get("turns"), object.get("text")) {
        (Some(Value::Array(turns)), _) => turns.iter().map(turn).collect(),
        (None, Some(Value::String(text))) => {
            Ok(text.split('\n').map(|line| (String::new(), line.to_owned())).collect())
        }
        (Some(_), _) => Err(LineError::Shape("\"turns\" is no list")),
        (None, Some(_)) => Err(LineError::Shape("\"text\" is no string")),
        (None, None) => Err(LineError::Shape("the line has neither \"text\" nor \"turns\"")),
    }
}

fn turn(turn: &Value) -> Result<(String, String), LineError> {
    let text = turn.get("text").and_then(Value::as_str).ok_or(LineError::Shape("a turn has no \"text\""))?;
    let speaker = turn.get("speaker").and_then(Value::as_str).unwrap_or_default();
    Ok((speaker.to_owned(), text.to_owned()))
}

fn known(known: Option<&Value>) -> Result<Known, LineError> {
    let mut result = Known::default();
    let object = match known {
        None | Some(Value::Null) => return Ok(result),
        Some(known) => known.as_object().ok_or(LineError::Shape("\"known\" is no object"))?,
    };
    for (key, value) in object {
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
        for value in values {
            let value =
                value.as_str().ok_or(LineError::Shape("a known value is neither a string nor a list of strings"))?;
            list.push(value.to_owned());
        }
    }
    Ok(result)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(line: &str) -> String {
        let conversation = Conversation::read(line).expect("a conversation");
        let result = conversation.anonymise(&Anonymiser::new().without_names(), None);
        conversation.line(result)
    }

    #[test]
    fn a_line_in_and_a_line_out() {
        let line = r#"{"id": 7, "lang": "da", "turns": [{"speaker": "kunde", "text": "Åh, jeg er Bo"},
            {"speaker": "agent", "text": "tlf. 20304050?"}], "known": {"name": "Bo Ø", "phone": ["+4520304050"]}}"#;
        let expected = json!({ "id": 7, "text": "Åh, jeg er [person 1]\ntlf. [phone 1]?", "findings": [
            { "start": 11, "end": 13, "type": "person", "rule": "known-name" },
            { "start": 19, "end": 27, "type": "phone", "rule": "known-number" },
        ]});
        let told: Value = serde_json::from_str(&answer(line)).expect("a line is JSON");
        assert_eq!(told, expected);
    }

    #[test]
    fn lines_that_are_none_are_refused_without_their_content() {
        let refused = |line: &str| Conversation::read(line).expect_err("no conversation").to_string();
        assert_eq!(refused(r#"{"id": 1, "text": "Bo"#), "the line is no JSON from column 21 on");
        assert_eq!(refused("[]"), "the line is no JSON object");
        assert_eq!(refused(r#"{"id": 1}"#), "the line has neither \"text\" nor \"turns\"");
        assert_eq!(refused(r#"{"text": 20304050}"#), "\"text\" is no string");
        assert_eq!(refused(r#"{"turns": [{"speaker": "Bo"}]}"#), "a turn has no \"text\"");
        let number = r#"{"text": "", "known": {"phone": 20304050}}"#;
        assert_eq!(refused(number), "a known value is neither a string nor a list of strings");
    }
}
