//! Carries a plan out: the only caller of [`crate::storage::Unit::change`], and the only place where audio is deleted.
//!
//! Records go in groups. One transaction looks at each record of a group again, writes its intent, changes its rows and notes its
//! audio file, which from the commit on nobody can reach. The files are deleted and looked for while the next group is
//! worked on, and in that group's transaction each unit gets its receipt. A crash in between leaves units noted as pending;
//! [`Executor::drain`] ends them.

mod rewrite;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use lapse_anonymise::{Anonymiser, Known};

pub use self::rewrite::NotAnonymised;
use crate::blobs::{BlobError, Blobs, Deletion};
use crate::ledger::{Appender, Event, KeptReason};
use crate::plan::Item;
use crate::record::Subject;
use crate::storage::unit::{Located, Pending, PendingWork, Personal, Rewritten};
use crate::storage::{Storage, StorageError, Tenant, Transaction};

/// What is known about a conversation before its words are read.
pub fn known(personal: &Personal) -> Known {
    rewrite::known(personal)
}

/// Title and text of a snippet without anything personal: what is known about its conversation, and what is found.
pub fn anonymised_snippet(
    anonymiser: &Anonymiser,
    conversation: &Personal,
    words: (Option<String>, Option<String>),
) -> Result<(Option<String>, Option<String>), NotAnonymised> {
    rewrite::anonymised_words(anonymiser, conversation, words)
}

/// How many records share a transaction: enough that its fsync costs little, few enough that its words fit in memory.
pub const GROUP_RECORDS: usize = 512;

/// What came of a plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Records changed, with receipts.
    pub done: u64,
    /// Records kept, and why.
    pub kept: BTreeMap<KeptReason, u64>,
    /// Planned records that were gone already.
    pub gone_before: u64,
    /// Audio files deleted.
    pub audio_deleted: u64,
    /// Audio files that were gone already.
    pub audio_already_gone: u64,
    /// Audio files that could not be deleted: nobody can reach them, and the next run tries again.
    pub audio_left: u64,
}

impl Outcome {
    /// Records kept for whatever reason.
    pub fn kept(&self) -> u64 {
        self.kept.values().sum()
    }

    fn count_audio(&mut self, deletion: Option<Deletion>) -> &'static str {
        match deletion {
            None => "none",
            Some(Deletion::Deleted) => {
                self.audio_deleted += 1;
                "deleted"
            }
            Some(Deletion::AlreadyGone) => {
                self.audio_already_gone += 1;
                "already-gone"
            }
        }
    }

    /// Whether everything planned is done.
    pub fn is_complete(&self) -> bool {
        self.kept.is_empty() && self.audio_left == 0
    }
}

/// Why carrying out stopped.
#[derive(Debug, thiserror::Error)]
pub enum ExecuteError {
    /// The store failed; what was committed stays, the rest is still due.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// Rows are still there after they were deleted.
    #[error("{subject} {id} is still there after it was changed; no receipt was written")]
    NotGone {
        /// Conversation or snippet.
        subject: Subject,
        /// The record.
        id: String,
    },
    /// The plan file failed while it was read.
    #[error(transparent)]
    Plan(#[from] crate::plan::PlanFileError),
}

/// What carrying out needs.
pub struct Executor<'a> {
    /// The rows.
    pub storage: &'a dyn Storage,
    /// The files.
    pub blobs: &'a dyn Blobs,
    /// What replaces words.
    pub anonymiser: &'a Anonymiser,
    /// The time.
    pub now: &'a dyn Fn() -> DateTime<Utc>,
}

/// A record of a group that will be changed.
struct Work {
    item: Item,
    located: Located,
    personal: Option<Personal>,
}

impl Executor<'_> {
    /// Carries out items as `next` gives them, until it gives none.
    pub fn apply(
        &self,
        run: i64,
        tenant: &Tenant,
        next: &mut dyn FnMut(usize) -> Result<Vec<Item>, crate::plan::PlanFileError>,
        progress: &mut dyn FnMut(u64),
    ) -> Result<Outcome, ExecuteError> {
        let mut outcome = Outcome::default();
        let mut deleting = self.delete_files(Vec::new());
        loop {
            let items = next(GROUP_RECORDS)?;
            let count = items.len() as u64;
            let mut transaction = self.storage.begin()?;
            let mut ledger = Appender::new(&mut *transaction, (self.now)())?;
            let changed = self.change_group(&mut *transaction, &mut ledger, run, tenant, items, &mut outcome)?;
            self.receipts(&mut *transaction, &mut ledger, deleting(), &mut outcome)?;
            transaction.commit()?;
            if count == 0 {
                return Ok(outcome);
            }
            deleting = self.delete_files(changed);
            self.storage.settle_if_large()?;
            progress(count);
        }
    }

    fn change_group(
        &self,
        transaction: &mut dyn Transaction,
        ledger: &mut Appender,
        run: i64,
        tenant: &Tenant,
        items: Vec<Item>,
        outcome: &mut Outcome,
    ) -> Result<Vec<Pending>, ExecuteError> {
        let mut works = Vec::new();
        for item in items {
            match self.look_again(transaction, tenant, item)? {
                Looked::Work(work) => works.push(*work),
                Looked::Gone => outcome.gone_before += 1,
                Looked::Kept(item, reason) => keep(transaction, ledger, run, tenant, &item, reason, outcome)?,
            }
        }
        let rewritten = rewrite::rewrite_all(self.anonymiser, &works);
        let mut changed = Vec::new();
        for (work, rewritten) in works.into_iter().zip(rewritten) {
            match rewritten {
                Ok(rewritten) => changed.push(change(transaction, ledger, run, tenant, work, &rewritten)?),
                Err(_) => keep(transaction, ledger, run, tenant, &work.item, KeptReason::NotAnonymised, outcome)?,
            }
        }
        Ok(changed)
    }

    /// The one place where every path checks version and hold.
    fn look_again(
        &self,
        transaction: &mut dyn Transaction,
        tenant: &Tenant,
        item: Item,
    ) -> Result<Looked, StorageError> {
        let Some(located) = transaction.locate(tenant.key, item.subject, &item.id)? else { return Ok(Looked::Gone) };
        if located.held {
            return Ok(Looked::Kept(item, KeptReason::Held));
        }
        if located.version != item.version {
            return Ok(Looked::Kept(item, KeptReason::Changed));
        }
        let personal = match item.subject {
            Subject::Conversation => Some(transaction.personal(located.key)?),
            Subject::Snippet => None,
        };
        Ok(Looked::Work(Box::new(Work { item, located, personal })))
    }

    /// Begins to delete the files of a group. Nobody can reach them any more; one that will not go stays pending.
    fn delete_files(&self, units: Vec<Pending>) -> impl FnOnce() -> Vec<Unreceipted> {
        let deleting = self.blobs.delete(units.iter().filter_map(|unit| unit.blob.clone()).collect());
        move || {
            let mut deletions = deleting().into_iter();
            let mut deletion = |unit: &Pending| match unit.blob {
                None => Ok(None),
                Some(_) => deletions.next().expect("one answer a name").map(Some),
            };
            units.into_iter().map(|unit| (deletion(&unit), unit)).collect()
        }
    }

    /// Reads back and writes the receipts of units whose files are gone.
    fn receipts(
        &self,
        transaction: &mut dyn Transaction,
        ledger: &mut Appender,
        units: Vec<Unreceipted>,
        outcome: &mut Outcome,
    ) -> Result<(), ExecuteError> {
        let mut done = Vec::new();
        for (deletion, unit) in units {
            let Ok(deletion) = deletion else {
                outcome.audio_left += 1;
                continue;
            };
            done.push(unit.unit);
            let Some(work) = unit.work else { continue };
            receipt(transaction, ledger, work, outcome.count_audio(deletion))?;
            outcome.done += 1;
        }
        Ok(transaction.remove_pending(&done)?)
    }

    /// Ends the units that a crash, or a file that would not go, has left: deletes their files and writes their receipts. Files
    /// that an import did not finish go too.
    pub fn drain(&self) -> Result<Outcome, ExecuteError> {
        let mut outcome = Outcome::default();
        let mut after = 0;
        loop {
            let units = self.storage.pending(after, GROUP_RECORDS)?;
            let Some(last) = units.last() else { return Ok(outcome) };
            after = last.unit;
            let units = self.delete_files(units)();
            let mut transaction = self.storage.begin()?;
            let mut ledger = Appender::new(&mut *transaction, (self.now)())?;
            self.receipts(&mut *transaction, &mut ledger, units, &mut outcome)?;
            transaction.commit()?;
        }
    }
}

/// A unit whose rows are changed, and what became of its file.
type Unreceipted = (Result<Option<Deletion>, BlobError>, Pending);

/// What looking again found.
enum Looked {
    Work(Box<Work>),
    Gone,
    Kept(Item, KeptReason),
}

fn keep(
    transaction: &mut dyn Transaction,
    ledger: &mut Appender,
    run: i64,
    tenant: &Tenant,
    item: &Item,
    reason: KeptReason,
    outcome: &mut Outcome,
) -> Result<(), StorageError> {
    *outcome.kept.entry(reason).or_default() += 1;
    let event = Event::Kept {
        tenant: tenant.id.clone(),
        subject: item.subject,
        id: item.id.clone(),
        reason,
        version: Some(item.version),
        actions: Some(item.actions),
        rule: Some(item.rule.clone()),
    };
    ledger.append(transaction, Some(run), event).map(drop)
}

/// Writes the intent, changes the rows, notes the unit.
fn change(
    transaction: &mut dyn Transaction,
    ledger: &mut Appender,
    run: i64,
    tenant: &Tenant,
    work: Work,
    rewritten: &Rewritten,
) -> Result<Pending, StorageError> {
    let Work { item, located, .. } = work;
    debug_assert!(!located.held && located.version == item.version, "looked at again in this transaction");
    let intent = Event::Intent {
        tenant: tenant.id.clone(),
        subject: item.subject,
        id: item.id.clone(),
        version: item.version,
        actions: item.actions,
        rule: item.rule.clone(),
        had: Some(located.state),
    };
    let intent = ledger.append(transaction, Some(run), intent)?;
    let blob = transaction.change(tenant.key, item.subject, located.key, item.actions, rewritten)?;
    let work = PendingWork {
        run,
        intent,
        tenant: tenant.key,
        tenant_id: tenant.id.clone(),
        subject: item.subject,
        id: item.id,
        actions: item.actions,
    };
    let mut pending = Pending { unit: 0, work: Some(work), blob };
    pending.unit = transaction.add_pending(&pending)?;
    Ok(pending)
}

/// Reads back, and says what happened.
fn receipt(
    transaction: &mut dyn Transaction,
    ledger: &mut Appender,
    work: PendingWork,
    audio: &str,
) -> Result<(), ExecuteError> {
    let PendingWork { run, intent, tenant, tenant_id, subject, id, actions } = work;
    if !transaction.is_gone(tenant, subject, &id, actions)? {
        return Err(ExecuteError::NotGone { subject, id });
    }
    let event = Event::Receipt { tenant: tenant_id, subject, id, intent, audio: audio.to_owned() };
    ledger.append(transaction, Some(run), event)?;
    Ok(())
}
