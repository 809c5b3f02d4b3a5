//! Fixtures: TOML files of cases, each a record, a day, settings, and the answer that is expected.
//!
//! ```toml
//! today = 2026-03-01
//! settings = { audio-days = 90 }
//!
//! [[case]]
//! name = "audio goes when its days are over"
//! record = { recorded-on = 2025-11-30 }
//! expect = { actions = ["purge-audio", "purge-customer"], rule = "audio-days", review-on = "never" }
//! ```
//!
//! `subject` is `conversation` unless it says `snippet`. A record has every artefact unless `state` lists what it has, is not
//! held unless `held` says so, and is absent in every column that it does not name.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::{Map, Value as Json};
use toml_edit::{Array, DocumentMut, InlineTable, Item, Value as Toml};

use super::record::{Record, Value};
use crate::columns::{ColumnKind, ColumnName};
use crate::record::{Actions, Artefacts, Day, Subject};

/// A record, and what the policy is to answer.
#[derive(Clone, Debug)]
pub struct Case {
    /// The file it is from, relative to the folder.
    pub file: PathBuf,
    /// Its place in the file, from 0.
    pub place: usize,
    /// What it is called.
    pub name: String,
    /// Conversation or snippet.
    pub subject: Subject,
    /// The day to decide for.
    pub today: Day,
    /// The settings: JSON.
    pub settings: String,
    /// The record.
    pub record: Record,
    /// The answer; absent where none is written down yet.
    pub expect: Option<Expectation>,
}

/// The answer that a case expects. A rule or day that is not named is not compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expectation {
    /// What is to be done.
    pub actions: Actions,
    /// The rule's name.
    pub rule: Option<String>,
    /// The day of review; [`Day::ABSENT`] for never.
    pub review_on: Option<Day>,
}

/// Fixtures that cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FixtureError {
    /// A file or the folder.
    #[error("cannot read {path}")]
    Read {
        /// Which.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// A file cannot be written with what the policy answers.
    #[error("cannot write {path}")]
    Write {
        /// Which.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// There is nothing to test with.
    #[error("{folder} has no fixtures; write a file NAME.toml, see docs/policy-authoring.md")]
    None {
        /// Where they were looked for.
        folder: PathBuf,
    },
    /// No TOML.
    #[error("{path} is not TOML: {reason}")]
    Toml {
        /// Which file.
        path: PathBuf,
        /// Where, and why not.
        reason: String,
    },
    /// TOML, but not of cases.
    #[error("{path}: {reason}")]
    Case {
        /// Which file.
        path: PathBuf,
        /// Which case, and what is wrong with it.
        reason: String,
    },
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct FileText {
    today: Option<String>,
    #[serde(default)]
    settings: Map<String, Json>,
    #[serde(default)]
    case: Vec<CaseText>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct CaseText {
    name: String,
    #[serde(default = "conversation")]
    subject: Subject,
    today: Option<String>,
    settings: Option<Map<String, Json>>,
    #[serde(default)]
    record: Map<String, Json>,
    expect: Option<ExpectText>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct ExpectText {
    actions: Actions,
    rule: Option<String>,
    review_on: Option<String>,
}

fn conversation() -> Subject {
    Subject::Conversation
}

/// Every case of every `*.toml` in a folder, by file name and then as written.
pub fn read(folder: &Path) -> Result<Vec<Case>, FixtureError> {
    let failed = |source| FixtureError::Read { path: folder.to_owned(), source };
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            files.push(path);
        }
    }
    files.sort();
    let mut cases = Vec::new();
    for path in files {
        cases.extend(read_file(&path)?);
    }
    if cases.is_empty() { Err(FixtureError::None { folder: folder.to_owned() }) } else { Ok(cases) }
}

fn read_file(path: &Path) -> Result<Vec<Case>, FixtureError> {
    let wrong = |reason| FixtureError::Case { path: path.to_owned(), reason };
    let json = Json::Object(document(path)?.iter().map(|(key, item)| (key.to_owned(), json(item))).collect());
    let text: FileText = serde_json::from_value(json).map_err(|error| wrong(error.to_string()))?;
    let file = PathBuf::from(path.file_name().unwrap_or_default());
    let case = |(place, case): (usize, CaseText)| {
        let name = case.name.clone();
        let today = case.today.clone().or_else(|| text.today.clone());
        case.read(&file, place, today, &text.settings).map_err(|reason| wrong(format!("case {name:?}: {reason}")))
    };
    text.case.into_iter().enumerate().map(case).collect()
}

fn document(path: &Path) -> Result<DocumentMut, FixtureError> {
    let text = fs::read_to_string(path).map_err(|source| FixtureError::Read { path: path.to_owned(), source })?;
    let reason = |error: toml_edit::TomlError| error.to_string().trim_end().to_owned();
    text.parse().map_err(|error| FixtureError::Toml { path: path.to_owned(), reason: reason(error) })
}

/// TOML as JSON: a date becomes text.
fn json(item: &Item) -> Json {
    match item {
        Item::None => Json::Null,
        Item::Value(value) => json_value(value),
        Item::Table(table) => Json::Object(table.iter().map(|(key, item)| (key.to_owned(), json(item))).collect()),
        Item::ArrayOfTables(tables) => {
            let table = |table: &toml_edit::Table| json(&Item::Table(table.clone()));
            Json::Array(tables.iter().map(table).collect())
        }
    }
}

fn json_value(value: &Toml) -> Json {
    match value {
        Toml::String(text) => Json::from(text.value().as_str()),
        Toml::Integer(number) => Json::from(*number.value()),
        Toml::Float(number) => Json::from(*number.value()),
        Toml::Boolean(value) => Json::from(*value.value()),
        Toml::Datetime(date) => Json::from(date.value().to_string()),
        Toml::Array(values) => values.iter().map(json_value).collect(),
        Toml::InlineTable(table) => {
            Json::Object(table.iter().map(|(key, value)| (key.to_owned(), json_value(value))).collect())
        }
    }
}

impl CaseText {
    fn read(
        self,
        file: &Path,
        place: usize,
        today: Option<String>,
        settings: &Map<String, Json>,
    ) -> Result<Case, String> {
        let today = today.ok_or("says no `today`, and neither does the file")?;
        let expect = self.expect.map(|expect| {
            let review_on = expect.review_on.as_deref().map(|on| if on == "never" { Ok(Day::ABSENT) } else { day(on) });
            Ok::<_, String>(Expectation {
                actions: expect.actions,
                rule: expect.rule,
                review_on: review_on.transpose()?,
            })
        });
        Ok(Case {
            file: file.to_owned(),
            place,
            name: self.name,
            subject: self.subject,
            today: day(&today)?,
            settings: Json::Object(self.settings.unwrap_or_else(|| settings.clone())).to_string(),
            record: record(self.subject, self.record)?,
            expect: expect.transpose()?,
        })
    }
}

fn day(text: &str) -> Result<Day, String> {
    text.parse::<NaiveDate>().map(Day::from).map_err(|_| format!("{text:?} is no date; write YYYY-MM-DD"))
}

fn record(subject: Subject, fields: Map<String, Json>) -> Result<Record, String> {
    let mut record = Record::full(subject);
    for (name, value) in fields {
        let column = ColumnName::parse(subject, &name).ok_or_else(|| {
            let known = ColumnName::names(subject).collect::<Vec<_>>().join(", ");
            format!("a {subject} has no column {name:?}; there are {known}, tag:NAME and metadata:KEY")
        })?;
        let wrong = |wanted: &str| format!("{name}: {wanted} is expected, not {value}");
        match column {
            ColumnName::State => record.state = artefacts(&value).ok_or_else(|| wrong("a list of artefacts"))?,
            ColumnName::Held => record.held = value.as_bool().ok_or_else(|| wrong("true or false"))?,
            column => {
                let value = match column.kind() {
                    ColumnKind::Days => Value::Day(day(value.as_str().ok_or_else(|| wrong("a date"))?)?),
                    ColumnKind::Numbers => Value::Number(Some(value.as_i64().ok_or_else(|| wrong("a whole number"))?)),
                    ColumnKind::States => {
                        Value::State(u8::from(value.as_bool().ok_or_else(|| wrong("true or false"))?))
                    }
                    ColumnKind::Text => Value::Text(Some(value.as_str().ok_or_else(|| wrong("text"))?.to_owned())),
                };
                record.values.push((column, value));
            }
        }
    }
    Ok(record)
}

fn artefacts(value: &Json) -> Option<Artefacts> {
    let words: Vec<&str> = value.as_array()?.iter().map(Json::as_str).collect::<Option<_>>()?;
    Artefacts::from_words(words).ok()
}

/// Writes answers into a file's cases as what they expect; what else stands in the file stays as it is.
pub fn update(folder: &Path, file: &Path, answers: &[(usize, Expectation)]) -> Result<(), FixtureError> {
    let path = folder.join(file);
    let mut document = document(&path)?;
    for (place, expectation) in answers {
        let case = document.get_mut("case").and_then(|cases| cases.get_mut(place));
        let case = case.and_then(Item::as_table_like_mut);
        let missing =
            || FixtureError::Case { path: path.clone(), reason: "the cases have changed meanwhile".to_owned() };
        case.ok_or_else(missing)?.insert("expect", Item::Value(Toml::InlineTable(written(expectation))));
    }
    // Beside it first: a crash leaves the old file or the new one.
    let partial = path.with_added_extension("partial");
    let write = fs::write(&partial, document.to_string()).and_then(|()| fs::rename(&partial, &path));
    write.map_err(|source| FixtureError::Write { path: path.clone(), source })
}

fn written(expectation: &Expectation) -> InlineTable {
    let mut table = InlineTable::new();
    table.insert("actions", Toml::Array(expectation.actions.words().collect::<Array>()));
    if let Some(rule) = &expectation.rule {
        table.insert("rule", rule.as_str().into());
    }
    if let Some(on) = expectation.review_on {
        table.insert("review-on", on.to_string().into());
    }
    table
}
