//! How findings are told.

use crate::columns::{ColumnKind, ColumnName};
use crate::record::{Artefacts, Day, Subject};
use crate::trial::record::{Record, Value};

/// `a conversation recorded on 2025-10-16`.
pub(super) fn what(subject: Subject, on: Option<Day>) -> String {
    match (subject, on) {
        (Subject::Conversation, Some(on)) => format!("a conversation recorded on {on}"),
        (Subject::Snippet, Some(on)) => format!("a snippet created on {on}"),
        (subject, None) => format!("a {subject} of which no day is known"),
    }
}

/// `audio, customer`.
pub(super) fn removal(artefacts: Artefacts) -> String {
    if artefacts.is_empty() { "it".to_owned() } else { artefacts.to_string() }
}

/// `1 day`, `2 days`.
pub(super) fn days(days: i32) -> String {
    if days == 1 { "1 day".to_owned() } else { format!("{days} days") }
}

/// A record as a fixture writes it: what it has of the columns that the policy reads.
pub(super) fn example(record: &Record, reads: &[ColumnName]) -> String {
    let state = record.state.words().map(|word| format!("{word:?}")).collect::<Vec<_>>().join(", ");
    let mut fields = vec![format!("state = [{state}]")];
    if record.held {
        fields.push("held = true".to_owned());
    }
    for name in reads.iter().filter(|name| !matches!(name, ColumnName::State | ColumnName::Held)) {
        let value = record.value(name);
        if value == Value::absent(name.kind()) && name.kind() != ColumnKind::States {
            continue;
        }
        let text = match value {
            Value::Day(day) => day.to_string(),
            Value::Number(number) => number.unwrap_or_default().to_string(),
            Value::State(state) => (state != 0).to_string(),
            Value::Text(text) => format!("{:?}", text.unwrap_or_default()),
        };
        fields.push(format!("{} = {text}", key(name)));
    }
    format!("{{ {} }}", fields.join(", "))
}

fn key(name: &ColumnName) -> String {
    let name = name.to_string();
    let is_bare = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    if is_bare { name } else { format!("{name:?}") }
}
