//! Generates records around what matters to a policy: the boundaries of every number in its settings.

use serde_json::Value as Json;

use super::TODAY;
use crate::columns::{ColumnKind, ColumnName};
use crate::policy::{Policy, SplitMix, invent_state};
use crate::record::{Day, Subject};
use crate::trial::record::{Record, Value};

/// The oldest record that is generated without a reason: eight years.
const AGE_DAYS_MAX: usize = 3_000;

/// Generates records for one policy, subject and settings.
pub(super) struct Inventor<'a> {
    subject: Subject,
    reads: &'a [ColumnName],
    random: SplitMix,
    numbers: Vec<i64>,
    words: Vec<String>,
}

impl<'a> Inventor<'a> {
    pub(super) fn new(policy: &'a Policy, subject: Subject, settings: &str, seed: u64) -> Inventor<'a> {
        let mut numbers = vec![0, 1, 30];
        let mut words = ["da", "en", "alpha", ""].map(str::to_owned).to_vec();
        collect(&serde_json::from_str(settings).unwrap_or_default(), &mut numbers, &mut words);
        Inventor { subject, reads: policy.manifest().reads(subject), random: SplitMix(seed), numbers, words }
    }

    pub(super) fn record(&mut self) -> Record {
        let state = invent_state(self.subject, &mut self.random);
        let held = self.random.below(8) == 0;
        let named = self.reads.iter().filter(|name| !matches!(name, ColumnName::State | ColumnName::Held));
        let values = named.map(|name| (name.clone(), value(name, &mut self.random, &self.numbers, &self.words)));
        let values = values.collect();
        Record { state, held, values }
    }
}

/// Every number and every word in settings, names of settings included: they may be names of teams.
fn collect(settings: &Json, numbers: &mut Vec<i64>, words: &mut Vec<String>) {
    match settings {
        Json::Number(number) => numbers.extend(number.as_i64()),
        Json::String(word) => words.push(word.clone()),
        Json::Array(values) => values.iter().for_each(|value| collect(value, numbers, words)),
        Json::Object(values) => {
            for (name, value) in values {
                words.push(name.clone());
                collect(value, numbers, words);
            }
        }
        Json::Null | Json::Bool(_) => {}
    }
}

fn value(name: &ColumnName, random: &mut SplitMix, numbers: &[i64], words: &[String]) -> Value {
    if random.below(24) == 0 {
        return Value::absent(name.kind());
    }
    match name.kind() {
        ColumnKind::Days => Value::Day(Day(TODAY.0 - age(random, numbers))),
        ColumnKind::Numbers => Value::Number(Some(number(random, numbers))),
        ColumnKind::States => Value::State(u8::from(random.below(2) == 0)),
        ColumnKind::Text => Value::Text(Some(words[random.below(words.len())].clone())),
    }
}

/// Half of them within two days of a boundary: a period, or the sum of two.
fn age(random: &mut SplitMix, numbers: &[i64]) -> i32 {
    let spread = |random: &mut SplitMix| i32::try_from(random.below(AGE_DAYS_MAX)).unwrap_or_default();
    match random.below(4) {
        0 | 1 => {
            let boundary = numbers[random.below(numbers.len())];
            let near = i64::try_from(random.below(5)).unwrap_or_default() - 1;
            i32::try_from(boundary.saturating_add(near)).ok().filter(|age| (-2..40_000).contains(age)).unwrap_or(2)
        }
        2 => spread(random) / 10,
        _ => spread(random) - 3,
    }
}

fn number(random: &mut SplitMix, numbers: &[i64]) -> i64 {
    let near = i64::try_from(random.below(3)).unwrap_or_default() - 1;
    match random.below(8) {
        0 => -1,
        1 => i64::MAX,
        2 | 3 => numbers[random.below(numbers.len())].saturating_add(near),
        _ => i64::try_from(random.below(1_000)).unwrap_or_default(),
    }
}
