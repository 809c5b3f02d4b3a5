//! Asks a policy about invented records, twice, in several batchings and orders, before it is ever asked about real ones: the
//! answers must be the same, within the contract, and make sense.
//!
//! A policy has no clock, no randomness and a fresh instance for every batch, so what can still make its answers differ is
//! looking beyond the row: at its neighbours, its position, or the numbering of a dictionary.

use std::ops::Range;

use serde_json::{Map, Value, json};

use super::fault::PolicyError;
use super::guest::{Context, Policy, Verdicts};
use super::settings::{SettingsError, SettingsSchema};
use super::verdict::{self, Violation};
use crate::columns::{Column, ColumnKind, ColumnName, Dictionary, Row};
use crate::record::{Artefacts, Day, Subject};

/// The day on which the invented records are decided.
const TODAY: Day = Day(20_000);
/// The settings tried, of those that the schema offers.
const SAMPLES_MAX: usize = 4;

/// A policy that does not stand the probe.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProbeError {
    /// No settings could be found that the schema and the policy both accept.
    #[error("no settings are known that the policy accepts; give its schema `examples`")]
    NoSettings,
    /// Checking settings went wrong.
    #[error("the policy fails to check settings that fit its schema")]
    CheckSettings(#[source] PolicyError),
    /// A batch of invented records got no usable answer.
    #[error("the policy fails on invented records of a {subject} ({way})")]
    Decide {
        /// What they were.
        subject: Subject,
        /// How they were presented.
        way: &'static str,
        /// What went wrong.
        #[source]
        source: PolicyError,
    },
    /// The same record got another answer.
    #[error("the policy answers otherwise about the same {subject} when asked {way} (row {row})")]
    Differs {
        /// What it was.
        subject: Subject,
        /// How it was presented the second time.
        way: &'static str,
        /// The row, in the first order.
        row: usize,
    },
    /// An answer that makes no sense.
    #[error(
        "the policy's answer about an invented {subject} makes no sense: {violation} (it has {state}); does it read `state`?"
    )]
    Violation {
        /// What it was.
        subject: Subject,
        /// What it has.
        state: Artefacts,
        /// The first violation.
        violation: Violation,
    },
}

/// Probes a policy with so many invented records of each subject.
pub(super) fn probe(policy: &Policy, rows: usize) -> Result<(), ProbeError> {
    let samples = accepted_settings(policy)?;
    for settings in &samples {
        for subject in [Subject::Conversation, Subject::Snippet] {
            probe_subject(policy, subject, settings, rows)?;
        }
    }
    Ok(())
}

fn probe_subject(policy: &Policy, subject: Subject, settings: &str, count: usize) -> Result<(), ProbeError> {
    let ctx = Context { today: TODAY, settings };
    let ask = |way, columns: &[Column], rows| {
        policy.decide(subject, &ctx, rows, columns).map_err(|source| ProbeError::Decide { subject, way, source })
    };
    let (rows, columns) = invent(subject, policy.manifest().reads(subject), seed(policy), count);
    let first = ask("at once", &columns, count)?;
    verdict::check(subject, &rows, &first).map_err(|violations| {
        let violation = violations[0];
        ProbeError::Violation { subject, state: rows[violation.row].state, violation }
    })?;
    let compare = |way, answer: &Verdicts, row_of: &dyn Fn(usize) -> usize| {
        let differs = (0..answer.actions.len()).find(|row| answer.row(*row) != first.row(row_of(*row)));
        differs.map_or(Ok(()), |row| Err(ProbeError::Differs { subject, way, row: row_of(row) }))
    };

    compare("again", &ask("again", &columns, count)?, &|row| row)?;
    for batch in [0..1, 1..8, 8..count].into_iter().map(|batch| clamp(&batch, count)) {
        let columns: Vec<Column> = columns.iter().map(|column| column.slice(batch.clone())).collect();
        let way = "in smaller batches";
        compare(way, &ask(way, &columns, batch.len())?, &|row| batch.start + row)?;
    }
    let reversed: Vec<Column> = columns.iter().map(reversed).collect();
    let way = "in another order";
    compare(way, &ask(way, &reversed, count)?, &|row| count - 1 - row)
}

impl Verdicts {
    fn row(&self, row: usize) -> (u8, u16, i32) {
        (self.actions[row].0, self.rules[row], self.review_on[row].0)
    }
}

fn clamp(range: &Range<usize>, end: usize) -> Range<usize> {
    range.start.min(end)..range.end.min(end)
}

/// The rows backwards, and each dictionary numbered otherwise, with a value that no row has.
fn reversed(column: &Column) -> Column {
    match column {
        Column::Days(values) => Column::Days(values.iter().rev().copied().collect()),
        Column::Numbers(values) => Column::Numbers(values.iter().rev().copied().collect()),
        Column::States(values) => Column::States(values.iter().rev().copied().collect()),
        Column::Text(Dictionary { codes, values }) => {
            let last = u32::try_from(values.len()).expect("an invented dictionary is small");
            let code = |code: &u32| if *code == Dictionary::ABSENT { *code } else { last - code };
            let unused = std::iter::once("of no row".to_owned());
            let values = unused.chain(values.iter().rev().cloned()).collect();
            Column::Text(Dictionary { codes: codes.iter().rev().map(code).collect(), values })
        }
    }
}

/// The settings that the schema offers (its examples, its default, none at all, and something for every property), as far as
/// schema and policy accept them.
pub(crate) fn accepted_settings(policy: &Policy) -> Result<Vec<String>, ProbeError> {
    let schema = &policy.manifest().settings_schema;
    let mut offered: Vec<Value> = schema.get("examples").and_then(Value::as_array).cloned().unwrap_or_default();
    offered.extend(schema.get("default").cloned());
    offered.push(something(schema));
    offered.push(json!({}));
    let mut accepted = Vec::new();
    for settings in offered.into_iter().take(SAMPLES_MAX).map(|settings| settings.to_string()) {
        match policy.check_settings(&settings) {
            Ok(()) if !accepted.contains(&settings) => accepted.push(settings),
            Err(SettingsError::Policy(source)) => return Err(ProbeError::CheckSettings(source)),
            Ok(()) | Err(_) => {}
        }
    }
    if accepted.is_empty() { Err(ProbeError::NoSettings) } else { Ok(accepted) }
}

/// Settings with a value for every property whose schema says plainly what would do.
fn something(schema: &Value) -> Value {
    let properties = schema.get("properties").and_then(Value::as_object);
    let mut settings = Map::new();
    for (position, (name, property)) in properties.into_iter().flatten().enumerate() {
        // Days that differ, so that rules have something to choose between.
        let days = json!(90 * (position + 1));
        let listed = ["examples", "enum"].into_iter().find_map(|keyword| property.get(keyword)?.get(0).cloned());
        let offered = [property.get("const").cloned(), listed, property.get("default").cloned()].into_iter().flatten();
        let invented = [days, property.get("minimum").cloned().unwrap_or_default(), json!(true), json!("alpha")];
        let fits = SettingsSchema::compile(&with_defs(property, schema));
        let value = fits.ok().and_then(|fits| offered.chain(invented).find(|value| fits.violations(value).is_empty()));
        settings.extend(value.map(|value| (name.clone(), value)));
    }
    Value::Object(settings)
}

fn with_defs(property: &Value, schema: &Value) -> Value {
    let mut alone = property.clone();
    if let (Value::Object(keywords), Some(defs)) = (&mut alone, schema.get("$defs")) {
        keywords.insert("$defs".to_owned(), defs.clone());
    }
    alone
}

/// Invents records and the columns that a policy reads of them. The same for the same seed.
fn invent(subject: Subject, reads: &[ColumnName], seed: u64, count: usize) -> (Vec<Row>, Vec<Column>) {
    let mut random = SplitMix(seed);
    let rows: Vec<Row> = (0..count)
        .map(|_| {
            let (state, held) = (invent_state(subject, &mut random), random.below(4) == 0);
            Row { key: 0, version: 0, state, held, review_on: Day::ABSENT }
        })
        .collect();
    let columns = reads.iter().map(|name| invent_column(name, &rows, &mut random)).collect();
    (rows, columns)
}

/// What such a record may have: every combination that can be stored.
pub(crate) fn invent_state(subject: Subject, random: &mut SplitMix) -> Artefacts {
    let transcripts = [Artefacts::NONE, Artefacts::TRANSCRIPT, Artefacts::ANONYMISED_TRANSCRIPT];
    let some = |set: Artefacts, random: &mut SplitMix| if random.below(2) == 0 { set } else { Artefacts::NONE };
    let audio = some(Artefacts::AUDIO, random);
    match subject {
        Subject::Conversation => {
            let customer = some(Artefacts::CUSTOMER, random);
            Artefacts::STATISTICS.with(audio).with(customer).with(transcripts[random.below(3)])
        }
        Subject::Snippet => audio.with(transcripts[random.below(2)]),
    }
}

fn invent_column(name: &ColumnName, rows: &[Row], random: &mut SplitMix) -> Column {
    match (name, name.kind()) {
        (ColumnName::State, _) => Column::States(rows.iter().map(|row| row.state.0).collect()),
        (ColumnName::Held, _) => Column::States(rows.iter().map(|row| u8::from(row.held)).collect()),
        (_, ColumnKind::States) => Column::States(rows.iter().map(|_| u8::from(random.below(2) == 0)).collect()),
        (_, ColumnKind::Days) => Column::Days(rows.iter().map(|_| invent_day(random)).collect()),
        (_, ColumnKind::Numbers) => Column::Numbers(rows.iter().map(|_| invent_number(random)).collect()),
        (_, ColumnKind::Text) => {
            let values = ["da", "en", "alpha", "beta", "", "Æ Ø Å"].map(str::to_owned).to_vec();
            let code = |random: &mut SplitMix| u32::try_from(random.below(values.len() + 1)).unwrap_or_default();
            let absent = u32::try_from(values.len()).unwrap_or_default();
            let codes =
                rows.iter().map(|_| code(random)).map(|code| if code == absent { Dictionary::ABSENT } else { code });
            Column::Text(Dictionary { codes: codes.collect(), values })
        }
    }
}

/// Mostly within two years before today; also absent, today, tomorrow, and as far as days go.
fn invent_day(random: &mut SplitMix) -> i32 {
    match random.below(16) {
        0 => Day::ABSENT.0,
        1 => TODAY.0,
        2 => TODAY.0 + 1,
        3 => i32::MIN + 1,
        4 => i32::MAX,
        _ => TODAY.0 - i32::try_from(random.below(730)).unwrap_or_default(),
    }
}

fn invent_number(random: &mut SplitMix) -> i64 {
    match random.below(16) {
        0 => i64::MIN,
        1 => -1,
        2 => 1 << 53,
        _ => i64::try_from(random.below(1_000)).unwrap_or_default(),
    }
}

/// Differs between modules, so that none can be made for it.
fn seed(policy: &Policy) -> u64 {
    let digest = policy.digest();
    let (first, _) = digest.as_bytes().split_first_chunk().expect("a digest has 32 bytes");
    u64::from_le_bytes(*first)
}

/// Steele, Lea and Flood's SplitMix64: enough for variety, and the same everywhere.
pub(crate) struct SplitMix(pub(crate) u64);

impl SplitMix {
    /// A number below `bound`.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % bound as u64).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_found_in_a_plain_schema() {
        let schema = json!({
            "type": "object",
            "properties": {
                "audio-days": { "$ref": "#/$defs/days" },
                "statistics-days": { "type": ["integer", "null"], "minimum": 0 },
                "few": { "type": "integer", "minimum": 3, "maximum": 4 },
                "anonymise": { "type": "boolean", "default": false },
                "mode": { "enum": ["strict", "loose"] },
                "address": { "type": "object" },
            },
            "$defs": { "days": { "type": "integer", "minimum": 1 } },
        });
        let settings = something(&schema);
        for (name, value) in settings.as_object().expect("an object") {
            let property = with_defs(&schema["properties"][name], &schema);
            assert!(
                SettingsSchema::compile(&property).expect("a schema").violations(value).is_empty(),
                "{name}: {value}"
            );
        }
        assert_eq!(settings.as_object().map(Map::len), Some(5), "all but the one that cannot be guessed: {settings}");
    }

    #[test]
    fn another_order_is_the_same_records() {
        let reads = ["recorded-on", "team", "state"]
            .map(|name| ColumnName::parse(Subject::Conversation, name).expect("a column"));
        let (_, columns) = invent(Subject::Conversation, &reads, 7, 64);
        assert_eq!(invent(Subject::Conversation, &reads, 7, 64).1, columns);
        let text = |column: &Column, row: usize| match column {
            Column::Text(Dictionary { codes, values }) => values.get(codes[row] as usize).cloned(),
            Column::Days(_) | Column::Numbers(_) | Column::States(_) => panic!("a column of text"),
        };
        let other = reversed(&columns[1]);
        assert!((0..64).all(|row| text(&columns[1], row) == text(&other, 63 - row)));
        assert!((0..64).any(|row| text(&other, row).is_none()) && (0..64).any(|row| text(&other, row).is_some()));
    }
}
