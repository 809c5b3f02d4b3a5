//! A reference model of the standard policy: small, slow and obvious, written from the table in the design alone. The component
//! gives its answers on generated records by the hundred thousand.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};
use lapse::columns::Column;
use lapse::policy::Context;
use lapse::record::{Artefacts, Day, Subject};

use crate::standard_policy::STANDARD;

/// How long what is kept; absent: for ever.
#[derive(Clone, Copy, Debug)]
struct Periods {
    audio: Option<u64>,
    statistics: Option<u64>,
    snippet: Option<u64>,
    anonymise: bool,
}

/// A record: its day, what it has, whether it is held.
#[derive(Clone, Debug)]
struct Record {
    on: Option<NaiveDate>,
    has: BTreeSet<&'static str>,
    held: bool,
}

/// *Keep N days* means N whole days after the day of the recording.
fn is_over(record: &Record, period: Option<u64>, today: NaiveDate) -> bool {
    let (Some(on), Some(days)) = (record.on, period) else { return false };
    today > on + Days::new(days)
}

/// What the table says is to be done today.
fn model(subject: Subject, record: &Record, periods: Periods, today: NaiveDate) -> BTreeSet<&'static str> {
    let mut actions = BTreeSet::new();
    if record.held {
        return actions;
    }
    let mut purge = |artefact, action| {
        if record.has.contains(artefact) {
            actions.insert(action);
        }
    };
    if subject == Subject::Snippet {
        if is_over(record, periods.snippet, today) {
            actions.insert("purge-snippet");
        }
    } else if is_over(record, periods.statistics, today) {
        purge("audio", "purge-audio");
        purge("customer", "purge-customer");
        purge("transcript", "purge-transcript");
        purge("anonymised-transcript", "purge-transcript");
        purge("statistics", "purge-statistics");
    } else if is_over(record, periods.audio, today) {
        purge("audio", "purge-audio");
        purge("customer", "purge-customer");
        if periods.anonymise {
            purge("transcript", "anonymise-transcript");
        }
    }
    actions
}

/// The first later day on which the table says something, looked for day by day.
fn changes_on(subject: Subject, record: &Record, periods: Periods, today: NaiveDate) -> Option<NaiveDate> {
    let longest = [periods.audio, periods.statistics, periods.snippet].into_iter().flatten().max().unwrap_or(0);
    let days = (1..=longest + OLDEST_DAYS as u64 + 1).map(|days| today + Days::new(days));
    days.into_iter().find(|day| !model(subject, record, periods, *day).is_empty())
}

const OLDEST_DAYS: usize = 900;
const ROUNDS: usize = 60;
const RECORDS: usize = 4_096;
/// So many of each round have their day of review looked for as well.
const REVIEWED: usize = 40;

struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }

    fn period(&mut self) -> Option<u64> {
        [None, Some(0), Some(1), Some(90), Some(180), Some(self.below(400) as u64)][self.below(6)]
    }

    fn record(&mut self, subject: Subject, periods: Periods, today: NaiveDate) -> Record {
        let kinds: &[&[&'static str]] = match subject {
            Subject::Conversation => &[
                &["audio", "customer", "transcript", "statistics"],
                &["customer", "transcript", "statistics"],
                &["transcript", "statistics"],
                &["anonymised-transcript", "statistics"],
                &["statistics"],
                &["audio", "statistics"],
            ],
            Subject::Snippet => &[&["audio", "transcript"], &["transcript"]],
        };
        let boundary = [periods.audio, periods.statistics, periods.snippet][self.below(3)].unwrap_or(30);
        let age = if self.below(2) == 0 { boundary + self.below(4) as u64 } else { self.below(OLDEST_DAYS) as u64 };
        let on = (self.below(20) > 0).then(|| today + Days::new(1) - Days::new(age));
        let has = kinds[self.below(kinds.len())].iter().copied().collect();
        Record { on, has, held: self.below(10) == 0 }
    }
}

fn settings(periods: Periods) -> String {
    let mut settings = serde_json::json!({ "anonymise-transcript": periods.anonymise });
    let periods =
        [("audio-days", periods.audio), ("statistics-days", periods.statistics), ("snippet-days", periods.snippet)];
    for (name, days) in periods {
        if let Some(days) = days {
            settings[name] = days.into();
        }
    }
    settings.to_string()
}

fn columns(subject: Subject, records: &[Record]) -> Vec<Column> {
    let days = records.iter().map(|record| record.on.map_or(Day::ABSENT.0, |on| Day::from(on).0)).collect();
    let state = |record: &Record| Artefacts::from_words(record.has.iter().copied()).expect("artefacts").0;
    let states = records.iter().map(state).collect();
    let holds = records.iter().map(|record| u8::from(record.held)).collect();
    match subject {
        Subject::Conversation => vec![Column::Days(days), Column::States(states), Column::States(holds)],
        Subject::Snippet => vec![Column::Days(days), Column::States(holds)],
    }
}

#[test]
fn the_component_does_what_the_table_says() {
    let mut random = Random(2026);
    let mut acted_on = 0;
    for round in 0..ROUNDS {
        let subject = if round % 4 == 3 { Subject::Snippet } else { Subject::Conversation };
        let (audio, statistics, snippet) = (random.period(), random.period(), random.period());
        let periods = Periods { audio, statistics, snippet, anonymise: random.below(3) > 0 };
        let today = NaiveDate::from_ymd_opt(2028, 2, 20).expect("a date") + Days::new(random.below(30) as u64);
        let records: Vec<_> = (0..RECORDS).map(|_| random.record(subject, periods, today)).collect();
        let settings = settings(periods);
        let ctx = Context { today: Day::from(today), settings: &settings };
        let verdicts = STANDARD.decide(subject, &ctx, RECORDS, &columns(subject, &records)).expect("a good batch");
        for (row, record) in records.iter().enumerate() {
            let expected = model(subject, record, periods, today);
            let found: BTreeSet<_> = verdicts.actions[row].words().collect();
            assert_eq!(found, expected, "{subject} {record:?} with {settings} on {today}");
            acted_on += usize::from(!expected.is_empty());
            if row < REVIEWED && expected.is_empty() {
                let expected = changes_on(subject, record, periods, today);
                let found = verdicts.review_on[row].date();
                assert_eq!(found, expected, "{subject} {record:?} with {settings} on {today}");
            }
        }
    }
    assert!(acted_on > ROUNDS * RECORDS / 10, "only {acted_on} records were acted on");
}
