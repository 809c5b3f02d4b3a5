//! Invented records: one value a column, by name, and how they become the columns that a policy reads.

use std::collections::HashMap;

use crate::columns::{Column, ColumnKind, ColumnName, Dictionary, Row};
use crate::record::{Artefacts, Day, Subject};

/// A value of a column.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Value {
    /// A civil day, or [`Day::ABSENT`].
    Day(Day),
    /// A whole number; absent: none.
    Number(Option<i64>),
    /// Bits, or 0 and 1.
    State(u8),
    /// Text; absent: none.
    Text(Option<String>),
}

impl Value {
    /// What a record has that says nothing of this column.
    pub fn absent(kind: ColumnKind) -> Value {
        match kind {
            ColumnKind::Days => Value::Day(Day::ABSENT),
            ColumnKind::Numbers => Value::Number(None),
            ColumnKind::States => Value::State(0),
            ColumnKind::Text => Value::Text(None),
        }
    }
}

/// A record as a fixture writes it or a generator invents it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Which artefacts it has.
    pub state: Artefacts,
    /// Whether it is under legal hold.
    pub held: bool,
    /// Its other values; what is not named is absent.
    pub values: Vec<(ColumnName, Value)>,
}

impl Record {
    /// With everything that such a record can have, and no other value.
    pub fn full(subject: Subject) -> Record {
        let state = match subject {
            Subject::Conversation => Artefacts::ALL.without(Artefacts::ANONYMISED_TRANSCRIPT),
            Subject::Snippet => Artefacts::AUDIO.with(Artefacts::TRANSCRIPT),
        };
        Record { state, held: false, values: Vec::new() }
    }

    /// Its value in a column.
    pub fn value(&self, column: &ColumnName) -> Value {
        match column {
            ColumnName::State => Value::State(self.state.0),
            ColumnName::Held => Value::State(u8::from(self.held)),
            other => {
                let given = self.values.iter().find(|(name, _)| name == other);
                given.map_or_else(|| Value::absent(other.kind()), |(_, value)| value.clone())
            }
        }
    }

    /// What the host itself knows of it.
    pub fn row(&self) -> Row {
        Row { key: 0, version: 0, state: self.state, held: self.held, review_on: Day::ABSENT }
    }
}

/// The columns that a policy reads of these records, in its order.
pub fn columns(reads: &[ColumnName], records: &[&Record]) -> Vec<Column> {
    reads.iter().map(|name| column(name, records)).collect()
}

fn column(name: &ColumnName, records: &[&Record]) -> Column {
    let mut column = Column::new(name.kind());
    let mut codes = HashMap::new();
    for record in records {
        match (&mut column, record.value(name)) {
            (Column::Days(days), Value::Day(day)) => days.push(day.0),
            (Column::Numbers(numbers), Value::Number(number)) => numbers.push(number.unwrap_or(i64::MIN)),
            (Column::States(states), Value::State(state)) => states.push(state),
            (Column::Text(text), Value::Text(value)) => push_text(text, &mut codes, value),
            _ => unreachable!("a value has the kind of its column: fixtures and generators see to it"),
        }
    }
    column
}

fn push_text(text: &mut Dictionary, codes: &mut HashMap<String, u32>, value: Option<String>) {
    let Dictionary { codes: column, values } = text;
    column.push(match value {
        None => Dictionary::ABSENT,
        Some(value) => *codes.entry(value).or_insert_with_key(|value| {
            values.push(value.clone());
            u32::try_from(values.len() - 1).expect("a batch has fewer values than a code can name")
        }),
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_written_once_and_absence_stays_absence() {
        let team = ColumnName::Team;
        let of = |value: Option<&str>| Record {
            values: vec![(team.clone(), Value::Text(value.map(str::to_owned)))],
            ..Record::full(Subject::Conversation)
        };
        let records = [of(Some("b")), of(None), of(Some("a")), of(Some("b")), Record::full(Subject::Conversation)];
        let columns = columns(std::slice::from_ref(&team), &records.each_ref());
        let (codes, values) = (vec![0, Dictionary::ABSENT, 1, 0, Dictionary::ABSENT], vec!["b".into(), "a".into()]);
        assert_eq!(columns, [Column::Text(Dictionary { codes, values })]);
    }
}
