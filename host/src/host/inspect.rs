//! Looking: what is stored, what is due, whether files and rows agree, whether the ledger holds.

use std::collections::BTreeSet;

use serde::Serialize;

use super::Host;
use crate::error::Error;
use crate::ledger::{self, Event, Verified};
use crate::record::Subject;
use crate::storage::Tenant;
use crate::storage::evidence::{LedgerRow, RunRow};
use crate::storage::reading::{Census, GroupBy, Shown, StatisticsRow};
use crate::storage::unit::PendingWork;

/// How a tenant stands.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Status {
    /// The tenant.
    pub tenant: String,
    /// Its time zone.
    pub time_zone: String,
    /// Its settings.
    pub settings: serde_json::Value,
    /// Its policy: name, version and digest.
    pub policy: Option<String>,
    /// What is stored.
    #[serde(flatten)]
    pub census: Census,
    /// Whether the next run reads every record.
    pub full_sweep_due: bool,
    /// A change that may delete more waits until this day, unless approved.
    pub shortened_policy_until: Option<String>,
    /// Units of this tenant that an interrupted run, or a file that would not go, has left; the next run ends them.
    pub unfinished: u64,
    /// The day of the latest run.
    pub last_run: Option<String>,
}

/// Whether files and rows agree.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct FilesChecked {
    /// Files that records refer to.
    pub referred: u64,
    /// Files that nothing refers to.
    pub orphaned: u64,
    /// Files that records refer to and that are not there.
    pub missing: u64,
}

pub(super) fn no_record(tenant: &Tenant, subject: Subject, id: &str) -> Error {
    Error::NotFound(format!(
        "tenant {} has no {subject} {id:?}; it may have been deleted: see `lapse ledger show --id {id}`",
        tenant.id
    ))
}

impl Host {
    /// How a tenant stands today.
    pub fn status(&self, tenant: &Tenant) -> Result<Status, Error> {
        let storage = &self.store.storage;
        let today = self.today(tenant);
        let module = tenant.module.map(|digest| storage.module(&digest)).transpose()?.flatten();
        let waits_until = super::administration::effective_on(tenant).filter(|until| *until > today);
        Ok(Status {
            tenant: tenant.id.clone(),
            time_zone: tenant.time_zone.name().to_owned(),
            settings: super::administration::settings_of(tenant)?.into(),
            policy: module.map(|module| module.manifest.label(&module.digest)),
            census: storage.census(tenant.key, today)?,
            full_sweep_due: tenant.sweep_due,
            shortened_policy_until: waits_until.map(|day| day.to_string()),
            unfinished: self.unfinished(tenant)?,
            last_run: storage.runs(tenant.key, 1)?.first().map(|run| run.date.to_string()),
        })
    }

    fn unfinished(&self, tenant: &Tenant) -> Result<u64, Error> {
        let units = self.store.storage.pending(0, usize::MAX)?;
        let is_of_tenant = |work: &PendingWork| work.tenant == tenant.key;
        Ok(units.iter().filter_map(|unit| unit.work.as_ref()).filter(|work| is_of_tenant(work)).count() as u64)
    }

    /// A record by its id.
    pub fn show(&self, tenant: &Tenant, subject: Subject, id: &str) -> Result<Shown, Error> {
        self.store.storage.show(tenant.key, subject, id)?.ok_or_else(|| no_record(tenant, subject, id))
    }

    /// Statistics over full and partial conversations; deleted ones no longer count.
    pub fn statistics(&self, tenant: &Tenant, by: Option<GroupBy>) -> Result<Vec<StatisticsRow>, Error> {
        Ok(self.store.storage.statistics(tenant.key, by)?)
    }

    /// A tenant's latest runs.
    pub fn runs(&self, tenant: &Tenant, limit: usize) -> Result<Vec<RunRow>, Error> {
        Ok(self.store.storage.runs(tenant.key, limit)?)
    }

    /// Ledger rows, of one run or of all, oldest first.
    pub fn ledger(&self, run: Option<i64>, visit: &mut dyn FnMut(LedgerRow) -> bool) -> Result<(), Error> {
        Ok(self.store.storage.ledger(0, run, visit)?)
    }

    /// Recomputes the ledger's chain and compares it with the heads beside the database.
    pub fn verify_ledger(&self) -> Result<Verified, Error> {
        Ok(ledger::verify(&*self.store.storage, &self.store.folder.heads())?)
    }

    /// Compares the files with the rows that refer to them.
    pub fn check_files(&self) -> Result<FilesChecked, Error> {
        Ok(self.compare_files()?.0)
    }

    /// Deletes the files that nothing refers to; how many. A database that was set back does not know what it should refer to,
    /// so nothing is deleted where the ledger does not hold.
    pub fn delete_orphans(&self) -> Result<u64, Error> {
        self.recover()?;
        if !self.verify_ledger()?.faults.is_empty() {
            return Err(Error::Input(
                "the ledger does not hold, so the database may not know every file; nothing was deleted; see `lapse ledger verify`"
                    .to_owned(),
            ));
        }
        let (_, orphans) = self.compare_files()?;
        if !orphans.is_empty() {
            self.record(|transaction, ledger| {
                orphans.iter().try_for_each(|orphan| transaction.expect_blob(orphan))?;
                let event = Event::OrphansNoted { files: orphans.len() as u64 };
                ledger.append(transaction, None, event).map(drop)
            })?;
        }
        let left = self.recover()?.audio_left;
        self.settle()?;
        Ok((orphans.len() as u64).saturating_sub(left))
    }

    /// Sums, and the names of the files that nothing refers to.
    fn compare_files(&self) -> Result<(FilesChecked, Vec<String>), Error> {
        let mut referred = BTreeSet::new();
        self.store.storage.blobs(&mut |name| {
            referred.insert(name.to_owned());
        })?;
        let mut checked = FilesChecked { referred: referred.len() as u64, ..FilesChecked::default() };
        let mut orphans = Vec::new();
        self.store.blobs.list(&mut |name| {
            if !referred.remove(name) {
                orphans.push(name.to_owned());
            }
        })?;
        (checked.orphaned, checked.missing) = (orphans.len() as u64, referred.len() as u64);
        Ok((checked, orphans))
    }
}
