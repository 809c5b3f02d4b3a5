//! Makes a record that shows something as plain as it can be and still show it.

use crate::record::Artefacts;
use crate::trial::record::{Record, Value};

/// The plainest record, of those that one simplification after the other leads to, for which `shows` holds.
pub(super) fn shrink(record: &Record, shows: impl Fn(&Record) -> bool) -> Record {
    let mut plainest = record.clone();
    while let Some(plainer) = simpler(&plainest).into_iter().find(|record| shows(record)) {
        plainest = plainer;
    }
    plainest
}

/// Each way to make a record one step plainer: fewer artefacts, no hold, a value less, a plain value.
fn simpler(record: &Record) -> Vec<Record> {
    let mut simpler = Vec::new();
    if record.held {
        simpler.push(Record { held: false, ..record.clone() });
    }
    let parts = [Artefacts::CUSTOMER, Artefacts::ANONYMISED_TRANSCRIPT, Artefacts::TRANSCRIPT, Artefacts::AUDIO];
    for part in parts.into_iter().filter(|part| record.state.contains(*part)) {
        simpler.push(Record { state: record.state.without(part), ..record.clone() });
    }
    for (index, (name, value)) in record.values.iter().enumerate() {
        let mut replace = |plain: Value| {
            if plain != *value {
                let mut values = record.values.clone();
                values[index].1 = plain;
                simpler.push(Record { values, ..record.clone() });
            }
        };
        replace(Value::absent(name.kind()));
        if let Value::Number(Some(number)) = value {
            // Towards zero by halves, so that it ends.
            replace(Value::Number(Some(number / 2)));
        }
    }
    simpler
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::columns::ColumnName;
    use crate::record::Subject;

    #[test]
    fn what_does_not_matter_goes_and_what_does_stays() {
        let score = (ColumnName::Score, Value::Number(Some(900)));
        let team = (ColumnName::Team, Value::Text(Some("alpha".to_owned())));
        let record = Record { held: true, values: vec![score, team], ..Record::full(Subject::Conversation) };
        let shows = |record: &Record| {
            record.state.contains(Artefacts::AUDIO)
                && matches!(record.value(&ColumnName::Score), Value::Number(Some(score)) if score > 100)
        };
        let plainest = shrink(&record, shows);
        assert!(shows(&plainest) && !plainest.held);
        assert_eq!(plainest.state, Artefacts::AUDIO.with(Artefacts::STATISTICS));
        assert_eq!(plainest.value(&ColumnName::Score), Value::Number(Some(112)));
        assert_eq!(plainest.value(&ColumnName::Team), Value::Text(None));
    }
}
