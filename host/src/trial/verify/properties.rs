//! The properties: each looks at the answers to one set of records and says what it found, if anything.

use std::cell::Cell;
use std::collections::HashSet;

use serde_json::{Map, Value as Json};

use super::shrink::shrink;
use super::wording::{days, example, removal, what};
use super::{Finding, Options, TODAY};
use crate::columns::{BATCH_RECORDS_MAX, ColumnKind, ColumnName};
use crate::policy::{Context, Policy};
use crate::record::{Actions, Artefacts, Day, Subject};
use crate::trial::answers::{Answer, Answers, NoAnswer, ask};
use crate::trial::record::{Record, Value};

/// A property: what is wrong with it, or nothing.
pub(super) type Property = fn(&Trial<'_>) -> Option<Found>;

/// Every property, by the name that findings give it.
pub(super) const ALL: &[(&str, Property)] = &[
    ("answers-every-record", answers_every_record),
    ("answers-each-record-alone", answers_each_record_alone),
    ("keeps-no-older-record-longer", keeps_no_older_record_longer),
    ("keeps-what-is-held", keeps_what_is_held),
    ("takes-nothing-back", takes_nothing_back),
    ("reviews-in-time", reviews_in_time),
    ("respects-floor-and-ceiling", respects_floor_and_ceiling),
    ("handles-every-setting", handles_every_setting),
    ("costs-as-much-for-each-record", costs_as_much_for_each_record),
];

/// How many days later it is asked again.
const LATER_DAYS: [i32; 10] = [1, 2, 3, 7, 30, 90, 180, 365, 1_000, 3_650];
/// How much older another record of the same kind is.
const OLDER_DAYS: [i32; 4] = [1, 2, 30, 400];
/// How many records are asked about one by one.
const ALONE_MAX: usize = 1_000;
/// Fuel for eight times as many records may be so many times as much.
const FUEL_GROWTH_MAX: f64 = 12.0;

/// Records, the policy, and its answers to them today.
pub(super) struct Trial<'a> {
    policy: &'a Policy,
    pub(super) subject: Subject,
    pub(super) settings: &'a str,
    options: &'a Options,
    pub(super) records: Vec<Record>,
    today: Vec<Result<Answer, NoAnswer>>,
    /// How many questions were asked.
    pub(super) verdicts: Cell<u64>,
}

/// What a property found.
pub(super) struct Found {
    records: usize,
    sentence: String,
    record: Record,
}

impl Found {
    pub(super) fn finding(self, property: &'static str, trial: &Trial<'_>) -> Finding {
        Finding {
            property,
            subject: trial.subject,
            settings: trial.settings.to_owned(),
            records: self.records,
            sentence: self.sentence,
            record: example(&self.record, trial.reads()),
        }
    }
}

impl<'a> Trial<'a> {
    pub(super) fn new(
        policy: &'a Policy,
        subject: Subject,
        settings: &'a str,
        records: Vec<Record>,
        options: &'a Options,
    ) -> Trial<'a> {
        let (today, verdicts) = (Vec::new(), Cell::new(0));
        let mut trial = Trial { policy, subject, settings, options, records, today, verdicts };
        trial.today = trial.ask(TODAY, &trial.all(), BATCH_RECORDS_MAX).each;
        trial
    }

    fn reads(&self) -> &[ColumnName] {
        self.policy.manifest().reads(self.subject)
    }

    fn all(&self) -> Vec<&Record> {
        self.records.iter().collect()
    }

    fn ask(&self, today: Day, records: &[&Record], batch: usize) -> Answers {
        self.verdicts.set(self.verdicts.get() + records.len() as u64);
        ask(self.policy, self.subject, &Context { today, settings: self.settings }, records, batch)
    }

    /// The answer about one record alone.
    fn one(&self, today: Day, record: &Record) -> Result<Answer, NoAnswer> {
        self.ask(today, &[record], 1).each.remove(0)
    }

    fn rule(&self, answer: Answer) -> &str {
        &self.policy.manifest().rules[usize::from(answer.rule)].name
    }

    /// The records with their answers of today, where there is one.
    fn answered(&self) -> impl Iterator<Item = (&Record, Answer)> {
        self.records.iter().zip(&self.today).filter_map(|(record, answer)| Some((record, *answer.as_ref().ok()?)))
    }

    fn recorded_on(&self, record: &Record) -> Option<Day> {
        let column = match self.subject {
            Subject::Conversation => ColumnName::RecordedOn,
            Subject::Snippet => ColumnName::CreatedOn,
        };
        match record.value(&column) {
            Value::Day(day) if day != Day::ABSENT && self.reads().contains(&column) => Some(day),
            _ => None,
        }
    }
}

/// What of it is gone for good once the answer is carried out; a raw transcript that is anonymised is.
fn removed(subject: Subject, state: Artefacts, actions: Actions) -> Artefacts {
    if subject == Subject::Snippet {
        return if actions.contains(Actions::PURGE_SNIPPET) { state } else { Artefacts::NONE };
    }
    let transcripts = Artefacts::TRANSCRIPT.with(Artefacts::ANONYMISED_TRANSCRIPT);
    let parts = [
        (Actions::PURGE_AUDIO, Artefacts::AUDIO),
        (Actions::PURGE_CUSTOMER, Artefacts::CUSTOMER),
        (Actions::ANONYMISE_TRANSCRIPT, Artefacts::TRANSCRIPT),
        (Actions::PURGE_TRANSCRIPT, transcripts),
        (Actions::PURGE_STATISTICS, Artefacts::STATISTICS),
    ];
    let gone = parts.iter().filter(|(action, _)| actions.contains(*action));
    Artefacts(gone.fold(0, |gone, (_, artefacts)| gone | artefacts.0) & state.0)
}

fn answers_every_record(trial: &Trial<'_>) -> Option<Found> {
    let fails = |record: &Record| trial.one(TODAY, record).is_err();
    let failing: Vec<_> = trial
        .records
        .iter()
        .zip(&trial.today)
        .filter(|(_, answer)| answer.is_err())
        .map(|(record, _)| record)
        .collect();
    let record = shrink(failing.first()?, fails);
    let NoAnswer(why) = trial.one(TODAY, &record).err()?;
    let sentence = format!(
        "about {} it gives no usable answer ({why}); as long as such a record is stored, nothing at all is deleted for the tenant",
        what(trial.subject, trial.recorded_on(&record)),
    );
    Some(Found { records: failing.len(), sentence, record })
}

/// In batches of every size, in another order, and asked again, a record's answer is the one it gets alone.
fn answers_each_record_alone(trial: &Trial<'_>) -> Option<Found> {
    let few = &trial.all()[..trial.records.len().min(ALONE_MAX)];
    let alone = trial.ask(TODAY, few, 1).each;
    let sevens = trial.ask(TODAY, few, 7).each;
    let mut reversed = trial.all();
    reversed.reverse();
    let mut backwards = trial.ask(TODAY, &reversed, BATCH_RECORDS_MAX).each;
    backwards.reverse();
    let again = trial.ask(TODAY, &trial.all(), BATCH_RECORDS_MAX).each;
    let differs = |others: &[Result<Answer, NoAnswer>]| {
        others
            .iter()
            .zip(&trial.today)
            .enumerate()
            .filter(|(_, (other, answer))| other != answer)
            .map(|(row, _)| row)
            .collect()
    };
    let ways: [(&str, Vec<usize>); 4] = [
        ("when it is asked about alone", differs(&alone)),
        ("in a batch of seven", differs(&sevens)),
        ("when the records come in another order", differs(&backwards)),
        ("when it is asked a second time", differs(&again)),
    ];
    let (way, rows) = ways.into_iter().find(|(_, rows)| !rows.is_empty())?;
    let record = trial.records[rows[0]].clone();
    let neighbour = trial.records.iter().take(ALONE_MAX).find(|other| {
        let together = trial.ask(TODAY, &[other, &record], 2).each.pop();
        together.is_some_and(|together| together != trial.one(TODAY, &record))
    });
    let beside = neighbour.map_or_else(String::new, |neighbour| {
        format!("; beside this record alone it is another one: {}", example(neighbour, trial.reads()))
    });
    let sentence = format!(
        "the answer about {} is another one {way}: what happens to one customer depends on who else is stored{beside}",
        what(trial.subject, trial.recorded_on(&record)),
    );
    Some(Found { records: rows.len(), sentence, record })
}

/// The same record with every day that the policy reads so much earlier.
fn older(record: &Record, days: i32) -> Option<Record> {
    let mut older = record.clone();
    let mut has_day = false;
    for (name, value) in &mut older.values {
        if let (ColumnKind::Days, Value::Day(day)) = (name.kind(), value)
            && *day != Day::ABSENT
        {
            *day = Day(day.0.checked_sub(days)?);
            has_day = true;
        }
    }
    has_day.then_some(older)
}

fn keeps_no_older_record_longer(trial: &Trial<'_>) -> Option<Found> {
    for days_older in OLDER_DAYS {
        let pairs: Vec<_> =
            trial.answered().filter_map(|(record, answer)| Some((older(record, days_older)?, answer))).collect();
        let olders: Vec<_> = pairs.iter().map(|(older, _)| older).collect();
        let answers = trial.ask(TODAY, &olders, BATCH_RECORDS_MAX).each;
        let keeps_more = |older: &Record, of_older: &Result<Answer, NoAnswer>, of_younger: Answer| {
            let removed = |actions| removed(trial.subject, older.state, actions);
            of_older.as_ref().is_ok_and(|of_older| !removed(of_older.actions).contains(removed(of_younger.actions)))
        };
        let wrong: Vec<_> = pairs
            .iter()
            .zip(&answers)
            .filter(|((older, answer), of_older)| keeps_more(older, of_older, *answer))
            .collect();
        let Some(((first, _), _)) = wrong.first() else { continue };
        let shows = |older_record: &Record| {
            older(older_record, -days_older)
                .and_then(|younger| trial.one(TODAY, &younger).ok())
                .is_some_and(|of_younger| keeps_more(older_record, &trial.one(TODAY, older_record), of_younger))
        };
        let record = shrink(first, shows);
        let younger = older(&record, -days_older)?;
        let of_younger = trial.one(TODAY, &younger).ok()?;
        let sentence = format!(
            "on {TODAY} it would keep {} of {}, but {} of the same one {} younger ({})",
            removal(removed(trial.subject, record.state, of_younger.actions)),
            what(trial.subject, trial.recorded_on(&record)),
            if trial.subject == Subject::Snippet { "not" } else { "purge or anonymise that" },
            days(days_older),
            trial.rule(of_younger),
        );
        return Some(Found { records: wrong.len(), sentence, record });
    }
    None
}

fn keeps_what_is_held(trial: &Trial<'_>) -> Option<Found> {
    let purges = |record: &Record, answer: Answer| record.held && !answer.actions.is_empty();
    let wrong: Vec<_> = trial.answered().filter(|(record, answer)| purges(record, *answer)).collect();
    let (first, _) = wrong.first()?;
    let record = shrink(first, |record| trial.one(TODAY, record).is_ok_and(|answer| purges(record, answer)));
    let answer = trial.one(TODAY, &record).ok()?;
    let sentence = format!(
        "it asks to purge {} of {} that is under legal hold ({}); the host keeps it, and is asked again every day; read `held`",
        removal(removed(trial.subject, record.state, answer.actions)),
        what(trial.subject, trial.recorded_on(&record)),
        trial.rule(answer),
    );
    Some(Found { records: wrong.len(), sentence, record })
}

/// What is to be purged today is still to be purged later, if the record has not changed.
fn takes_nothing_back(trial: &Trial<'_>) -> Option<Found> {
    let acting: Vec<_> = trial.answered().filter(|(_, answer)| !answer.actions.is_empty()).collect();
    let records: Vec<_> = acting.iter().map(|(record, _)| *record).collect();
    let takes_back = |record: &Record, today: Answer, later: &Result<Answer, NoAnswer>| {
        let removed = |actions| removed(trial.subject, record.state, actions);
        later.as_ref().is_ok_and(|later| !removed(later.actions).contains(removed(today.actions)))
    };
    for later in LATER_DAYS {
        let on = Day(TODAY.0 + later);
        let answers = trial.ask(on, &records, BATCH_RECORDS_MAX).each;
        let wrong: Vec<_> =
            acting.iter().zip(&answers).filter(|((record, today), later)| takes_back(record, *today, later)).collect();
        let Some(((first, _), _)) = wrong.first() else { continue };
        let shows = |record: &Record| {
            trial.one(TODAY, record).is_ok_and(|today| takes_back(record, today, &trial.one(on, record)))
        };
        let record = shrink(first, shows);
        let today = trial.one(TODAY, &record).ok()?;
        let sentence = format!(
            "on {TODAY} it would purge {} of {} ({}), on {on} no longer: what a run missed would stay",
            removal(removed(trial.subject, record.state, today.actions)),
            what(trial.subject, trial.recorded_on(&record)),
            trial.rule(today),
        );
        return Some(Found { records: wrong.len(), sentence, record });
    }
    None
}

/// What is kept stays kept until the day of review that was given: nobody asks before.
fn reviews_in_time(trial: &Trial<'_>) -> Option<Found> {
    let kept: Vec<_> = trial.answered().filter(|(_, answer)| answer.actions.is_empty()).collect();
    for later in LATER_DAYS {
        let on = Day(TODAY.0 + later);
        let is_silent = |review_on: Day| review_on == Day::ABSENT || review_on > on;
        let silent: Vec<_> =
            kept.iter().filter(|(_, answer)| is_silent(answer.review_on)).map(|(record, _)| *record).collect();
        let answers = trial.ask(on, &silent, BATCH_RECORDS_MAX).each;
        let acts = |answer: &Result<Answer, NoAnswer>| answer.as_ref().is_ok_and(|answer| !answer.actions.is_empty());
        let wrong: Vec<_> = silent.iter().zip(&answers).filter(|(_, answer)| acts(answer)).collect();
        let Some((first, _)) = wrong.first() else { continue };
        let shows = |record: &Record| {
            let today = trial.one(TODAY, record);
            today.is_ok_and(|today| today.actions.is_empty() && is_silent(today.review_on))
                && acts(&trial.one(on, record))
        };
        let record = shrink(first, shows);
        let review_on = trial.one(TODAY, &record).ok()?.review_on;
        let first_on = (1..=later).map(|days| Day(TODAY.0 + days)).find(|day| acts(&trial.one(*day, &record)))?;
        let late = match review_on {
            Day::ABSENT => "nobody would ever ask again, and it would stay for ever".to_owned(),
            review_on => format!("it would stay {} too long", days(review_on.0 - first_on.0)),
        };
        let sentence = format!(
            "on {TODAY} it says of {} that nothing changes before {review_on}, but would purge of it on {first_on}: {late}",
            what(trial.subject, trial.recorded_on(&record)),
        );
        return Some(Found { records: wrong.len(), sentence, record });
    }
    None
}

fn respects_floor_and_ceiling(trial: &Trial<'_>) -> Option<Found> {
    let (floor, ceiling) = (trial.options.floor_days, trial.options.ceiling_days);
    let personal = Artefacts::AUDIO.with(Artefacts::CUSTOMER).with(Artefacts::TRANSCRIPT);
    let age = |record: &Record| Some(TODAY.0.saturating_sub(trial.recorded_on(record)?.0));
    let too_early = |record: &Record, answer: Answer| {
        !answer.actions.is_empty() && age(record).zip(floor).is_some_and(|(age, floor)| age <= floor)
    };
    let too_late = |record: &Record, answer: Answer| {
        let left = record.state.without(removed(trial.subject, record.state, answer.actions));
        !record.held
            && left.intersects(personal)
            && age(record).zip(ceiling).is_some_and(|(age, ceiling)| age > ceiling)
    };
    let is_wrong = |record: &Record, answer: Answer| too_early(record, answer) || too_late(record, answer);
    let wrong: Vec<_> = trial.answered().filter(|(record, answer)| is_wrong(record, *answer)).collect();
    let (first, _) = wrong.first()?;
    let record = shrink(first, |record| trial.one(TODAY, record).is_ok_and(|answer| is_wrong(record, answer)));
    let answer = trial.one(TODAY, &record).ok()?;
    let age = days(age(&record)?);
    let whose = what(trial.subject, trial.recorded_on(&record));
    let sentence = if too_early(&record, answer) {
        let gone = removal(removed(trial.subject, record.state, answer.actions));
        format!("it would purge {gone} of {whose} after {age} ({}); the floor is {}", trial.rule(answer), days(floor?))
    } else {
        let left = record.state.without(removed(trial.subject, record.state, answer.actions));
        let left = removal(Artefacts(left.0 & personal.0));
        format!(
            "it still keeps {left} of {whose} after {age} ({}); the ceiling is {}",
            trial.rule(answer),
            days(ceiling?)
        )
    };
    Some(Found { records: wrong.len(), sentence, record })
}

/// Settings that differ in one value from those tried, and that the policy accepts, are settings that it can work with.
fn handles_every_setting(trial: &Trial<'_>) -> Option<Found> {
    let few: Vec<_> = trial.records.iter().take(ALONE_MAX).collect();
    for settings in variants(trial.settings, &trial.policy.manifest().settings_schema) {
        if trial.policy.check_settings(&settings).is_err() {
            continue;
        }
        let ctx = Context { today: TODAY, settings: &settings };
        let answers = ask(trial.policy, trial.subject, &ctx, &few, BATCH_RECORDS_MAX).each;
        let failing: Vec<_> =
            few.iter().zip(answers).filter_map(|(record, answer)| Some((record, answer.err()?))).collect();
        if let Some((record, NoAnswer(why))) = failing.first() {
            let sentence = format!(
                "it accepts the settings {settings} and then gives no usable answer ({why}); nothing would be deleted any more"
            );
            return Some(Found { records: failing.len(), sentence, record: (**record).clone() });
        }
    }
    None
}

/// The settings with one value replaced by something else that somebody may write.
fn variants(settings: &str, schema: &Json) -> Vec<String> {
    let settings: Map<String, Json> = serde_json::from_str(settings).unwrap_or_default();
    let names = schema.get("properties").and_then(Json::as_object).map(|properties| properties.keys().cloned());
    let names: HashSet<String> = names.into_iter().flatten().chain(settings.keys().cloned()).collect();
    let mut names: Vec<_> = names.into_iter().collect();
    names.sort();
    let numbers = [-1, 0, 1, 36_500, i64::from(i32::MAX), i64::from(u32::MAX), i64::MAX].map(Json::from);
    let others =
        [Json::Null, true.into(), "".into(), "x".into(), Json::Array(Vec::new()), Json::Object(Map::new()), 0.5.into()];
    let values: Vec<Json> = numbers.into_iter().chain(others).collect();
    let mut variants = Vec::new();
    for name in names {
        let mut without = settings.clone();
        without.remove(&name);
        variants.push(Json::Object(without.clone()).to_string());
        variants.extend(values.iter().map(|value| {
            let mut with = without.clone();
            with.insert(name.clone(), value.clone());
            Json::Object(with).to_string()
        }));
    }
    variants
}

fn costs_as_much_for_each_record(trial: &Trial<'_>) -> Option<Found> {
    let records = trial.all();
    let found = |records: usize, sentence| Some(Found { records, sentence, record: trial.records.first()?.clone() });
    let remedy = "look for a loop over the batch inside the loop over its records";
    let mut fuel = [0.0; 3];
    for (fuel, count) in fuel.iter_mut().zip([64, 512, 4_096]) {
        let answers = trial.ask(TODAY, records.get(..count)?, count);
        if let Some(NoAnswer(why)) = answers.failed_together {
            let sentence = format!(
                "{count} records together get no answer ({why}), though each does alone: nothing would be deleted; {remedy}"
            );
            return found(count, sentence);
        }
        *fuel = answers.fuel as f64;
    }
    // What a call costs whatever its size is taken out of both.
    let [none, few, many] = fuel;
    let growth = (many - none) / (few - none).max(1.0);
    if growth <= FUEL_GROWTH_MAX {
        return None;
    }
    let sentence = format!(
        "512 records take {few:.0} fuel, 4,096 take {many:.0}, {growth:.0} times as much: a large batch would run out of it, \
         and nothing would be deleted; {remedy}"
    );
    found(4_096, sentence)
}
