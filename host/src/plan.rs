//! Asks the policy about records and turns its verdicts, checked, into a sealed plan. Writes nothing but the plan.
//!
//! This is the only way to a plan for a policy: a dry run prints it, `apply` carries out exactly it. A guest that fails in any
//! way, on any record, means no plan at all for its tenant.

pub mod guards;
pub mod sealed;

use std::collections::BTreeMap;
use std::io::Write;

pub use self::guards::{Approval, Guard};
pub use self::sealed::{Item, Origin, PlanFileError, PlanHeader, SealedPlan, SealedWriter};
use crate::columns::{Batch, Column, Row};
use crate::policy::{Context, Policy, PolicyError, Verdicts, verdict};
use crate::record::{Actions, Artefacts, Day, Subject};
use crate::storage::{Reading, Scan, Scope, Storage, StorageError, Tenant, try_scan};

/// What the plan has found: the sums of what it holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Planned {
    /// Records read.
    pub examined: u64,
    /// Records that the plan acts on, by kind.
    pub items: BTreeMap<Subject, u64>,
    /// Records that the policy would purge but a legal hold keeps.
    pub held: u64,
    /// How often each action is planned.
    pub actions: BTreeMap<&'static str, u64>,
    /// How many items each rule of the policy gave.
    pub rules: BTreeMap<String, u64>,
    /// The first items of each kind whose audio goes: where not one of their files is there, the audio folder is probably not
    /// mounted.
    pub audio_sample: BTreeMap<Subject, Vec<String>>,
    /// The first items, for showing.
    pub first_items: Vec<Item>,
}

/// How many items are shown.
const FIRST_ITEMS: usize = 10;

/// How many items' files, of each kind, are looked for before a run.
const AUDIO_SAMPLE_ITEMS: usize = 16;

impl Planned {
    /// Records that the plan acts on.
    pub fn items(&self) -> u64 {
        self.items.values().sum()
    }

    /// Takes an item into the sums.
    pub fn count(&mut self, item: &Item) {
        if self.first_items.len() < FIRST_ITEMS {
            self.first_items.push(item.clone());
        }
        *self.items.entry(item.subject).or_default() += 1;
        *self.rules.entry(item.rule.clone()).or_default() += 1;
        for action in item.actions.words() {
            *self.actions.entry(action).or_default() += 1;
        }
        if item.audio {
            let sample = self.audio_sample.entry(item.subject).or_default();
            if sample.len() < AUDIO_SAMPLE_ITEMS {
                sample.push(item.id.clone());
            }
        }
    }
}

/// A day on which a record is next looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Review {
    /// Conversation or snippet.
    pub subject: Subject,
    /// The row's key.
    pub key: i64,
    /// The version that was decided on.
    pub version: i64,
    /// The day.
    pub on: Day,
}

/// Why there is no plan.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// The policy failed.
    #[error("policy {policy} failed on {on}; nothing was deleted for tenant {tenant}")]
    Policy {
        /// Its name, version and digest.
        policy: String,
        /// The tenant.
        tenant: String,
        /// The record that it fails on, or the size of the batch.
        on: String,
        /// How.
        #[source]
        source: PolicyError,
    },
    /// The policy answered what cannot be.
    #[error(
        "policy {policy} gave {count} impossible verdicts, the first on {on}: {first}; nothing was deleted for tenant {tenant}"
    )]
    Verdicts {
        /// Its name, version and digest.
        policy: String,
        /// The tenant.
        tenant: String,
        /// How many.
        count: usize,
        /// The record of the first.
        on: String,
        /// What is wrong with it.
        first: String,
    },
    /// The store failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The plan cannot be written.
    #[error("the plan cannot be written; check the disk and the folder's rights")]
    Write(#[source] std::io::Error),
}

/// What is planned.
pub struct Request<'a> {
    /// Whose records.
    pub tenant: &'a Tenant,
    /// Who decides.
    pub policy: &'a Policy,
    /// The day for which it decides.
    pub today: Day,
    /// Which records are read.
    pub scope: Scope<'a>,
}

/// Decides on every record in scope. Items go to `plan`; days of review, where they changed, to `review`, a batch at a time.
///
/// Snippets come first: the words of a snippet may change with its conversation, and a changed record is not touched.
pub fn plan<W: Write>(
    storage: &dyn Storage,
    request: &Request<'_>,
    plan: &mut SealedWriter<W>,
    review: &mut dyn FnMut(&[Review]) -> Result<(), StorageError>,
    progress: &mut dyn FnMut(u64),
) -> Result<Planned, PlanError> {
    let mut planned = Planned::default();
    for subject in [Subject::Snippet, Subject::Conversation] {
        let columns = request.policy.manifest().reads(subject);
        let scan = Scan { tenant: request.tenant.key, subject, columns, scope: request.scope };
        try_scan(storage, &scan, |batch| {
            let reviews = decide_batch(storage, request, subject, batch, plan, &mut planned)?;
            planned.examined += batch.rows.len() as u64;
            progress(batch.rows.len() as u64);
            Ok::<_, PlanError>(review(&reviews)?)
        })?;
    }
    Ok(planned)
}

fn decide_batch<W: Write>(
    storage: &dyn Reading,
    request: &Request<'_>,
    subject: Subject,
    batch: &Batch,
    plan: &mut SealedWriter<W>,
    planned: &mut Planned,
) -> Result<Vec<Review>, PlanError> {
    let verdicts = ask(storage, request, subject, &batch.rows, &batch.columns)?;
    let mut reviews = Vec::new();
    for (index, row) in batch.rows.iter().enumerate() {
        let actions = verdicts.actions[index];
        let on = if actions.is_empty() { verdicts.review_on[index] } else { due_since(row.review_on, request.today) };
        // Storing a day that is stored already would cost a write a record in every full sweep.
        if on != row.review_on {
            reviews.push(Review { subject, key: row.key, version: row.version, on });
        }
        if actions.is_empty() {
            continue;
        }
        if row.held {
            planned.held += 1;
        } else {
            let rule = &request.policy.manifest().rules[usize::from(verdicts.rules[index])].name;
            let item = item(storage, subject, row, actions, rule)?;
            planned.count(&item);
            plan.item(&item).map_err(PlanError::Write)?;
        }
    }
    Ok(reviews)
}

/// What a policy wants done is due until it is done: a record that is kept for whatever reason is looked at again by the next run,
/// also where a sweep found it before its day.
fn due_since(review_on: Day, today: Day) -> Day {
    if review_on == Day::ABSENT { today } else { review_on.min(today) }
}

fn item(
    storage: &dyn Reading,
    subject: Subject,
    row: &Row,
    actions: Actions,
    rule: &str,
) -> Result<Item, StorageError> {
    let id = storage.record_id(subject, row.key)?.ok_or(StorageError::Unreadable { what: "a record's id" })?;
    let purges_audio = actions.intersects(Actions::PURGE_AUDIO.with(Actions::PURGE_SNIPPET));
    let audio = purges_audio && row.state.contains(Artefacts::AUDIO);
    Ok(Item { subject, id, version: row.version, actions, rule: rule.to_owned(), audio })
}

/// Asks the policy about a batch, and checks that its answer is possible. `columns` are those that the policy reads.
pub(crate) fn ask(
    storage: &dyn Reading,
    request: &Request<'_>,
    subject: Subject,
    rows: &[Row],
    columns: &[Column],
) -> Result<Verdicts, PlanError> {
    let context = Context { today: request.today, settings: &request.tenant.settings };
    let count = rows.len();
    let verdicts = request.policy.decide(subject, &context, count, columns).map_err(|source| {
        let on = match request.policy.blame(subject, &context, count, columns) {
            Some(row) => name(storage, subject, rows, row),
            None => format!("a batch of {count} {subject}s"),
        };
        PlanError::Policy { policy: request.policy.label(), tenant: request.tenant.id.clone(), on, source }
    })?;
    match verdict::check(subject, rows, &verdicts) {
        Ok(()) => Ok(verdicts),
        Err(violations) => {
            let first = violations.first().expect("a failed check names a violation");
            Err(PlanError::Verdicts {
                policy: request.policy.label(),
                tenant: request.tenant.id.clone(),
                count: violations.len(),
                on: name(storage, subject, rows, first.row),
                first: first.to_string(),
            })
        }
    }
}

fn name(storage: &dyn Reading, subject: Subject, rows: &[Row], row: usize) -> String {
    let id = rows.get(row).and_then(|row| storage.record_id(subject, row.key).ok().flatten());
    id.map_or_else(|| format!("a {subject}"), |id| format!("{subject} {id}"))
}
