//! Asks a policy about invented records and gives each its own answer, whatever else is in the batch.

use crate::columns::{BATCH_RECORDS_MAX, Row};
use crate::policy::{Context, Policy, PolicyError, Verdicts, verdict};
use crate::record::{Actions, Day, Subject};

use super::record::{Record, columns};

/// A policy's answer about one record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Answer {
    /// What is to be done.
    pub actions: Actions,
    /// Which rule of the manifest.
    pub rule: u16,
    /// When the answer can change; [`Day::ABSENT`] for never.
    pub review_on: Day,
}

/// An answer that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoAnswer(pub String);

/// Answers, and what they cost.
#[derive(Debug, Default)]
pub struct Answers {
    /// One a record, in the records' order.
    pub each: Vec<Result<Answer, NoAnswer>>,
    /// The most fuel that a call used, as a share of what it may use.
    pub fuel_share: f64,
    /// Fuel of all calls.
    pub fuel: u64,
    /// Why a whole batch got no answer, although each of its records does alone.
    pub failed_together: Option<NoAnswer>,
}

/// Asks about records in batches of at most so many. Where a batch fails, each of its records is asked about alone, so that one
/// bad record does not hide the others.
pub fn ask(policy: &Policy, subject: Subject, ctx: &Context<'_>, records: &[&Record], batch: usize) -> Answers {
    let mut answers = Answers::default();
    for records in records.chunks(batch.clamp(1, BATCH_RECORDS_MAX)) {
        match decide(policy, subject, ctx, records, &mut answers) {
            Ok(each) => answers.each.extend(each),
            Err(error) if records.len() == 1 => answers.each.push(Err(no_answer(&error))),
            Err(error) => {
                let first = answers.each.len();
                for record in records {
                    let alone = decide(policy, subject, ctx, &[record], &mut answers);
                    let alone = alone.map_or_else(|error| Err(no_answer(&error)), |mut each| each.remove(0));
                    answers.each.push(alone);
                }
                if answers.each[first..].iter().all(Result::is_ok) {
                    answers.failed_together = Some(no_answer(&error));
                }
            }
        }
    }
    answers
}

fn decide(
    policy: &Policy,
    subject: Subject,
    ctx: &Context<'_>,
    records: &[&Record],
    answers: &mut Answers,
) -> Result<Vec<Result<Answer, NoAnswer>>, PolicyError> {
    let columns = columns(policy.manifest().reads(subject), records);
    let verdicts = policy.decide(subject, ctx, records.len(), &columns)?;
    answers.fuel += verdicts.fuel_used;
    let share = verdicts.fuel_used as f64 / policy.engine().limits().fuel(records.len()) as f64;
    answers.fuel_share = answers.fuel_share.max(share);
    let rows: Vec<Row> = records.iter().map(|record| record.row()).collect();
    Ok(each(subject, &rows, &verdicts))
}

/// The answers one by one; one that makes no sense for its record is none.
pub(super) fn each(subject: Subject, rows: &[Row], verdicts: &Verdicts) -> Vec<Result<Answer, NoAnswer>> {
    let answer = |row: usize| Answer {
        actions: verdicts.actions[row],
        rule: verdicts.rules[row],
        review_on: verdicts.review_on[row],
    };
    let mut each: Vec<_> = (0..rows.len()).map(|row| Ok(answer(row))).collect();
    for violation in verdict::check(subject, rows, verdicts).err().into_iter().flatten() {
        each[violation.row] = Err(NoAnswer(format!("an impossible answer: {}", violation.reason)));
    }
    each
}

/// An error and its causes in one sentence.
fn no_answer(error: &PolicyError) -> NoAnswer {
    let mut sentence = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        sentence = format!("{sentence}: {error}");
        cause = error.source();
    }
    NoAnswer(sentence)
}
