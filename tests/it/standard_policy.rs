//! The standard policy as it runs: the component gives the answers of the rules it was built from, in any batch and any
//! order, and each of them makes sense for its record.

use std::sync::LazyLock;

use lapse::columns::{BATCH_RECORDS_MAX, Column, Row};
use lapse::policy::{AdmissionLimits, Compiler, Context, Engine, Policy, admit, verdict};
use lapse::record::{Artefacts, Day, Subject};
use lapse_policy_sdk::testing::{context, day};
use lapse_policy_sdk::{Policy as _, Rules, Verdict};
use lapse_standard_policy::{Conversation, Rule, Snippet, StandardPolicy};
use proptest::prelude::*;

use crate::support::{guest, lapse_binary};

/// The component, let in as an operator would.
pub(crate) static STANDARD: LazyLock<Policy> = LazyLock::new(|| {
    let engine = Engine::new().expect("the production profile");
    let compiler = Compiler::new(lapse_binary());
    let admitted = admit(&engine, &compiler, &guest("standard"), &AdmissionLimits::default());
    admitted.unwrap_or_else(|error| panic!("{error:?}")).policy
});

/// A record as both worlds write it: the day of recording or creation, the state, the hold.
#[derive(Clone, Copy, Debug)]
struct Record {
    on: i32,
    state: u8,
    held: bool,
}

/// An answer as both worlds write it: actions, rule, day of review.
type Answer = (u8, u16, i32);

/// What the rules say, natively.
fn native(subject: Subject, record: Record, today: i32, settings: &str) -> Answer {
    let ctx = context::<StandardPolicy>(day(today), settings);
    let on = lapse_policy_sdk::Day::new(record.on);
    let state = lapse_policy_sdk::Artefacts::from_bits_retain(record.state);
    let Record { held, .. } = record;
    let Verdict { actions, rule, review_on } = match subject {
        Subject::Conversation => StandardPolicy::conversation(Conversation { recorded_on: on, state, held }, &ctx),
        Subject::Snippet => StandardPolicy::snippet(Snippet { created_on: on, held }, &ctx),
    };
    (actions.bits(), rule.index(), review_on.map_or(Day::ABSENT.0, lapse_policy_sdk::Day::number))
}

/// What the component says about one batch, held against the records as the host does.
fn component(subject: Subject, records: &[Record], today: i32, settings: &str) -> Vec<Answer> {
    let columns = columns(subject, records);
    let ctx = Context { today: Day(today), settings };
    let verdicts = STANDARD.decide(subject, &ctx, records.len(), &columns).expect("a good batch");
    verdict::check(subject, &rows(records), &verdicts).expect("answers that make sense");
    let rest = verdicts.rules.iter().zip(&verdicts.review_on);
    verdicts.actions.iter().zip(rest).map(|(actions, (rule, review_on))| (actions.0, *rule, review_on.0)).collect()
}

/// The columns that the policy reads, in its manifest's order.
fn columns(subject: Subject, records: &[Record]) -> Vec<Column> {
    let days = Column::Days(records.iter().map(|record| record.on).collect());
    let states = Column::States(records.iter().map(|record| record.state).collect());
    let holds = Column::States(records.iter().map(|record| u8::from(record.held)).collect());
    match subject {
        Subject::Conversation => vec![days, states, holds],
        Subject::Snippet => vec![days, holds],
    }
}

/// The records as the host knows them.
fn rows(records: &[Record]) -> Vec<Row> {
    let row = |(key, record): (i64, &Record)| Row {
        key,
        version: 1,
        state: Artefacts(record.state),
        held: record.held,
        review_on: Day::ABSENT,
    };
    (0..).zip(records).map(row).collect()
}

/// A day near the others, or as far from them as days go.
fn any_day() -> impl Strategy<Value = i32> {
    prop_oneof![8 => 19_000..20_000, 1 => Just(i32::MAX), 1 => Just(i32::MIN + 1), 1 => i32::MIN + 1..=i32::MAX]
}

fn any_records() -> impl Strategy<Value = Vec<Record>> {
    let on = prop_oneof![9 => any_day(), 1 => Just(Day::ABSENT.0)];
    let record = (on, 0..=Artefacts::ALL.0, any::<bool>()).prop_map(|(on, state, held)| Record { on, state, held });
    proptest::collection::vec(record, 1..1500)
}

fn any_settings() -> impl Strategy<Value = String> {
    let days = || proptest::option::of(prop_oneof![3 => 0..800_u32, 1 => Just(36_500)]);
    (days(), days(), days(), any::<bool>()).prop_map(|(audio, statistics, snippet, anonymise)| {
        let mut settings = serde_json::json!({ "anonymise-transcript": anonymise });
        for (name, days) in [("audio-days", audio), ("statistics-days", statistics), ("snippet-days", snippet)] {
            if let Some(days) = days {
                settings[name] = days.into();
            }
        }
        settings.to_string()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_component_gives_the_answers_of_the_rules_in_any_batch_and_order(
        records in any_records(), today in any_day(), settings in any_settings(), is_snippet in any::<bool>(),
    ) {
        let subject = if is_snippet { Subject::Snippet } else { Subject::Conversation };
        let expected: Vec<Answer> = records.iter().map(|record| native(subject, *record, today, &settings)).collect();
        for batch in [1, 7, 1000] {
            let batches = records.chunks(batch);
            let answers: Vec<Answer> = batches.flat_map(|records| component(subject, records, today, &settings)).collect();
            prop_assert_eq!(&answers, &expected, "in batches of {}", batch);
        }
        // Another order: by a column, so that neighbours are alike.
        let mut order: Vec<usize> = (0..records.len()).collect();
        order.sort_by_key(|index| (records[*index].state, *index));
        let sorted: Vec<Record> = order.iter().map(|index| records[*index]).collect();
        let answers: Vec<Answer> = component(subject, &sorted, today, &settings);
        prop_assert!(order.iter().zip(answers).all(|(index, answer)| expected[*index] == answer));
    }
}

#[test]
fn the_manifest_is_that_of_the_rules() {
    let manifest = STANDARD.manifest();
    assert_eq!(manifest.name, "standard");
    let names: Vec<&str> = manifest.rules.iter().map(|rule| rule.name.as_str()).collect();
    assert_eq!(names, ["keep", "held", "undated", "audio-days", "statistics-days", "snippet-days"]);
    assert_eq!(Rule::LIST.len(), names.len());
    let reads = |subject| manifest.reads(subject).iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(reads(Subject::Conversation), ["recorded-on", "state", "held"]);
    assert_eq!(reads(Subject::Snippet), ["created-on", "held"]);
}

#[test]
fn settings_are_refused_by_schema_and_policy_alike() {
    for accepted in ["{}", r#"{"audio-days": 90, "statistics-days": 180, "anonymise-transcript": true}"#] {
        assert!(STANDARD.check_settings(accepted).is_ok(), "{accepted}");
    }
    for refused in ["", "[]", r#"{"audio-days": -1}"#, r#"{"audio-days": 36501}"#, r#"{"weeks": 1}"#] {
        assert!(STANDARD.check_settings(refused).is_err(), "{refused}");
    }
}

/// Fuel counts instructions, so this is the same on every machine. The compiler turns the rules into vectors of four
/// records (77 a record, 180 without); a bound in between, since compilers differ.
const FUEL_PER_RECORD_MAX: u64 = 150;

#[test]
fn a_full_batch_costs_little_a_record() {
    let records: Vec<Record> = (0..BATCH_RECORDS_MAX as i32)
        .map(|index| Record { on: 19_000 + index % 400, state: 0x17, held: false })
        .collect();
    let settings = r#"{"audio-days": 90, "statistics-days": 180}"#;
    let ctx = Context { today: Day(19_300), settings };
    let verdicts =
        STANDARD.decide(Subject::Conversation, &ctx, records.len(), &columns(Subject::Conversation, &records));
    let fuel_per_record = verdicts.expect("a good batch").fuel_used / BATCH_RECORDS_MAX as u64;
    assert!(fuel_per_record <= FUEL_PER_RECORD_MAX, "{fuel_per_record}");
}
