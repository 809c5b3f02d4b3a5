//! One line of an import, parsed and checked. Pure. What is refused is named by field, never by value.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::Deserialize;
use serde_json::Value;

use super::super::administration::ID_BYTES_MAX;
use crate::conversation::{Customer, Details, NewConversation, NewSnippet, Turn};
use crate::number::Number;
use crate::record::Day;

/// A value shorter than this is found by chance.
const EXPOSED_CHARACTERS_MIN: usize = 4;

/// A line.
pub(super) enum Line {
    Conversation(Box<ConversationLine>),
    Snippet(Box<SnippetLine>),
}

#[derive(Deserialize)]
struct KindOnly {
    kind: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConversationLine {
    #[serde(rename = "kind")]
    _kind: String,
    id: String,
    recorded_at: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
    language: Option<String>,
    employee: Option<String>,
    team: Option<String>,
    channel: Option<String>,
    purpose: Option<String>,
    #[serde(default)]
    customer: Customer,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    metadata: BTreeMap<String, Value>,
    transcript: Option<Vec<Turn>>,
    #[serde(default)]
    statistics: Statistics,
    audio: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Statistics {
    sentiment: Option<f64>,
    score: Option<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SnippetLine {
    #[serde(rename = "kind")]
    _kind: String,
    id: String,
    conversation: Option<String>,
    title: Option<String>,
    created_at: DateTime<Utc>,
    created_by: Option<String>,
    from_ms: Option<u64>,
    to_ms: Option<u64>,
    audio: Option<String>,
    text: Option<String>,
}

impl Line {
    pub(super) fn parse(line: &str) -> Result<Line, String> {
        let kind: KindOnly = serde_json::from_str(line).map_err(|error| without_content(&error))?;
        match kind.kind.as_str() {
            "conversation" => serde_json::from_str(line).map(|line| Line::Conversation(Box::new(line))),
            "snippet" => serde_json::from_str(line).map(|line| Line::Snippet(Box::new(line))),
            _ => return Err("its kind is neither \"conversation\" nor \"snippet\"".to_owned()),
        }
        .map_err(|error| without_content(&error))
    }
}

/// What serde says, less the value that it quotes.
fn without_content(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let column = error.column();
    if !error.is_data() {
        return format!("it is not JSON (column {column})");
    }
    let field = message.split('`').nth(1).unwrap_or_default();
    // A field that is missing, or there twice, is one of ours; one that nobody knows may be a name that slipped.
    if message.starts_with("unknown field") {
        return format!("it has an unknown field (column {column}); `lapse import --schema` prints those there are");
    }
    if message.starts_with("missing field") {
        return format!("it has no field `{field}`");
    }
    if message.starts_with("duplicate field") {
        return format!("it has the field `{field}` twice");
    }
    // The quoted value comes first, and may itself say what is expected; what serde says comes last.
    let expected = message.rsplit_once(", expected ").and_then(|(_, rest)| Some(rest.rsplit_once(" at line ")?.0));
    let is_serdes =
        |expected: &&str| !expected.contains(['"', '`']) && !expected.contains(|c: char| c.is_ascii_digit());
    match expected.filter(is_serdes) {
        Some(expected) => format!("a value does not fit: expected {expected} (column {column})"),
        None => format!("a value does not fit the format (column {column})"),
    }
}

impl ConversationLine {
    /// The record, and the name of its audio file.
    pub(super) fn checked(self, zone: Tz) -> Result<(NewConversation, Option<String>), String> {
        check_id(&self.id)?;
        if self.ended_at.is_some_and(|ended_at| ended_at < self.recorded_at) {
            return Err("it ended before it was recorded".to_owned());
        }
        let customer = checked_customer(self.customer)?;
        let metadata = self.metadata.into_iter().map(|(key, value)| Ok((key, plain(value)?)));
        let details = Details {
            language: self.language,
            employee: self.employee,
            team: self.team,
            channel: self.channel,
            purpose: self.purpose,
            tags: self.tags,
            metadata: metadata.collect::<Result<_, String>>()?,
            score: self.statistics.score.map(|score| whole(score, "score")).transpose()?,
            sentiment_thousandths: self
                .statistics
                .sentiment
                .map(|sentiment| whole(checked_sentiment(sentiment)? * 1000.0, "sentiment"))
                .transpose()?,
            duration_seconds: self.ended_at.map(|ended_at| (ended_at - self.recorded_at).num_seconds()),
        };
        check_exposure(&self.id, &details, &customer)?;
        let new = NewConversation {
            id: self.id,
            recorded_at: self.recorded_at,
            recorded_on: Day::of(self.recorded_at, zone),
            ended_at: self.ended_at,
            ended_on: self.ended_at.map_or(Day::ABSENT, |ended_at| Day::of(ended_at, zone)),
            details,
            customer,
            transcript: self.transcript,
            audio: None,
        };
        Ok((new, self.audio))
    }
}

impl SnippetLine {
    /// The record, and the name of its audio file.
    pub(super) fn checked(self, zone: Tz) -> Result<(NewSnippet, Option<String>), String> {
        check_id(&self.id)?;
        if self.from_ms.zip(self.to_ms).is_some_and(|(from, to)| to < from) {
            return Err("it ends before it begins".to_owned());
        }
        let new = NewSnippet {
            id: self.id,
            conversation: self.conversation,
            title: self.title,
            text: self.text,
            anonymised: false,
            created_at: self.created_at,
            created_on: Day::of(self.created_at, zone),
            created_by: self.created_by,
            from_ms: self.from_ms,
            to_ms: self.to_ms,
            audio: None,
        };
        Ok((new, self.audio))
    }
}

fn check_id(id: &str) -> Result<(), String> {
    let is_plain = !id.is_empty() && id.len() <= ID_BYTES_MAX && !id.chars().any(char::is_control);
    is_plain.then_some(()).ok_or_else(|| format!("its id is not 1 to {ID_BYTES_MAX} bytes without control characters"))
}

fn checked_customer(customer: Customer) -> Result<Customer, String> {
    if customer.number.as_deref().is_some_and(|number| Number::parse(number).is_none()) {
        return Err("customer.number is no phone number: 5 to 15 digits, with or without + and country code".to_owned());
    }
    let filled = |value: Option<String>| value.filter(|value| !value.trim().is_empty());
    Ok(Customer { number: customer.number, name: filled(customer.name), reference: filled(customer.reference) })
}

fn plain(value: Value) -> Result<String, String> {
    match value {
        Value::String(text) => Ok(text),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(flag) => Ok(flag.to_string()),
        _ => Err("a value in metadata is neither text, nor number, nor true or false".to_owned()),
    }
}

fn checked_sentiment(sentiment: f64) -> Result<f64, String> {
    let is_inside = (-1.0..=1.0).contains(&sentiment);
    is_inside.then_some(sentiment).ok_or_else(|| "statistics.sentiment is not from -1 to 1".to_owned())
}

/// Rounds a number that the format gives as a fraction.
fn whole(number: f64, field: &str) -> Result<i64, String> {
    let rounded = number.round();
    if !rounded.is_finite() || rounded.abs() > 1e12 {
        return Err(format!("statistics.{field} is out of range"));
    }
    #[expect(clippy::cast_possible_truncation, reason = "a whole number below 10^12 fits")]
    Ok(rounded as i64)
}

/// The customer's number, name and reference have one place each. In any other field they would outlive it, the id even in the
/// ledger, so such a line is refused.
fn check_exposure(id: &str, details: &Details, customer: &Customer) -> Result<(), String> {
    let fields = [
        ("id", Some(id)),
        ("language", details.language.as_deref()),
        ("team", details.team.as_deref()),
        ("channel", details.channel.as_deref()),
        ("purpose", details.purpose.as_deref()),
    ];
    let fields = fields.into_iter().filter_map(|(name, value)| Some((name, value?)));
    let tags = details.tags.iter().map(|tag| ("tags", tag.as_str()));
    let metadata = details.metadata.iter().flat_map(|(key, value)| [("metadata", key.as_str()), ("metadata", value)]);
    for (field, value) in fields.chain(tags).chain(metadata) {
        if let Some(part) = exposed(value, customer) {
            return Err(format!("its {field} holds the customer's {part}; leave that to customer.{part} alone"));
        }
    }
    match details.employee.as_deref().and_then(|employee| exposed_by_digits(employee, customer)) {
        Some(part) => Err(format!("its employee holds the customer's {part}; leave that to customer.{part} alone")),
        None => Ok(()),
    }
}

/// The same for a snippet that outlives the conversation it was cut from: its id and who cut it. Title and text may hold anything,
/// since they are anonymised when the customer goes.
pub(super) fn exposed_by_snippet(id: &str, created_by: Option<&str>, customer: &Customer) -> Option<&'static str> {
    exposed(id, customer).or_else(|| exposed_by_digits(created_by?, customer))
}

/// For fields in which an employee is named: two people may bear one name, but no two one number.
fn exposed_by_digits(value: &str, customer: &Customer) -> Option<&'static str> {
    exposed(value, &Customer { name: None, ..customer.clone() })
}

fn exposed(value: &str, customer: &Customer) -> Option<&'static str> {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let number = customer.number.as_deref().and_then(Number::parse);
    if number.is_some_and(|number| digits(value).contains(number.ending())) {
        return Some("number");
    }
    let lower = value.to_lowercase();
    let holds = |part: &Option<String>| {
        let part = part.as_deref().unwrap_or_default();
        part.chars().count() >= EXPOSED_CHARACTERS_MIN && lower.contains(&part.to_lowercase())
    };
    if holds(&customer.name) {
        return Some("name");
    }
    holds(&customer.reference).then_some("reference")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refused(line: &str) -> String {
        let checked = Line::parse(line).and_then(|line| match line {
            Line::Conversation(line) => line.checked(Tz::UTC).map(drop),
            Line::Snippet(line) => line.checked(Tz::UTC).map(drop),
        });
        checked.expect_err("refused")
    }

    #[test]
    fn reasons_name_fields_and_never_values() {
        for (line, reason) in [
            ("{", "it is not JSON (column 1)"),
            (r#"{"kind":"song","id":"Hassan"}"#, "its kind is neither \"conversation\" nor \"snippet\""),
            (r#"{"kind":"conversation","id":"c"}"#, "it has no field `recorded_at`"),
            (
                r#"{"kind":"snippet","id":"s","created_at":"2026-01-01T00:00:00Z","Hassan Falk":1}"#,
                "it has an unknown field",
            ),
            (
                r#"{"kind":"snippet","id":"s","created_at":"2026-01-01T00:00:00Z","Hassan`, expected Hassan":1}"#,
                "it has an unknown field",
            ),
            (
                r#"{"kind":"snippet","id":"s","created_at":"2026-01-01T00:00:00Z","hassan_falk":1}"#,
                "it has an unknown field",
            ),
            (
                r#"{"kind":"conversation","id":"c","recorded_at":"2026-01-01T00:00:00Z","tags":"call me, expected Hassan Falk 50035333"}"#,
                "a value does not fit: expected a sequence (column",
            ),
            (
                r#"{"kind":"conversation","id":"c","recorded_at":"2026-01-01T00:00:00Z","tags":"ring, expected Hassan at line 1"}"#,
                "a value does not fit: expected a sequence (column",
            ),
            (
                r#"{"kind":"conversation","id":"c","recorded_at":"2026-01-01T00:00:00Z","statistics":{"sentiment":-1.001}}"#,
                "statistics.sentiment is not from -1 to 1",
            ),
            (
                r#"{"kind":"snippet","id":7,"created_at":"2026-01-01T00:00:00Z"}"#,
                "a value does not fit: expected a string",
            ),
            (r#"{"kind":"conversation","id":"c","recorded_at":"Hassan"}"#, "a value does not fit"),
            (
                r#"{"kind":"conversation","id":"c","recorded_at":"2026-01-01T00:00:00Z","customer":{"number":"Hassan"}}"#,
                "customer.number is no",
            ),
        ] {
            let given = refused(line);
            assert!(given.starts_with(reason), "{given}");
            assert!(!given.to_lowercase().contains("hassan") && !given.contains("5003"), "{given}");
        }
    }

    #[test]
    fn a_customer_has_one_place() {
        let line = |field: &str| {
            format!(
                r#"{{"kind":"conversation","recorded_at":"2026-01-01T00:00:00Z",
                "customer":{{"number":"+4550035333","name":"Hassan Falk","reference":"K-756589"}},{field}}}"#
            )
        };
        assert!(refused(&line(r#""id":"call-50035333""#)).starts_with("its id holds the customer's number"));
        assert!(refused(&line(r#""id":"c","tags":["hassan falk"]"#)).starts_with("its tags holds the customer's name"));
        assert!(
            refused(&line(r#""id":"c","metadata":{"crm":"k-756589"}"#))
                .starts_with("its metadata holds the customer's reference")
        );
        assert!(
            refused(&line(r#""id":"c","employee":"50 03 53 33""#))
                .starts_with("its employee holds the customer's number")
        );
        assert!(
            refused(&line(r#""id":"c","employee":"K-756589""#))
                .starts_with("its employee holds the customer's reference")
        );
        for field in [r#""metadata":{"case":"S29984"}"#, r#""employee":"Hassan Falk""#] {
            let Ok(Line::Conversation(line)) = Line::parse(&line(&format!(r#""id":"c",{field}"#))) else {
                panic!("{field} is a conversation's")
            };
            assert!(line.checked(Tz::UTC).is_ok(), "two people may bear one name: {field}");
        }
    }
}
