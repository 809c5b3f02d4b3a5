//! Looking: what is stored, what is due, whether files and rows agree, whether the ledger holds.

use std::collections::BTreeSet;

use serde::Serialize;

use super::Host;
use crate::error::Error;
use crate::ledger::{self, Verified};
use crate::record::Subject;
use crate::storage::Tenant;
use crate::storage::evidence::{LedgerRow, RunRow};
use crate::storage::reading::{Census, GroupBy, Shown, StatisticsRow};

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
    /// Units that an interrupted run has left; the next run ends them.
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
            unfinished: storage.pending(0, usize::MAX)?.len() as u64,
            last_run: storage.runs(tenant.key, 1)?.first().map(|run| run.date.to_string()),
        })
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
        let mut referred = BTreeSet::new();
        self.store.storage.blobs(&mut |name| {
            referred.insert(name.to_owned());
        })?;
        let mut checked = FilesChecked { referred: referred.len() as u64, ..FilesChecked::default() };
        self.store.blobs.list(&mut |name| {
            if !referred.remove(name) {
                checked.orphaned += 1;
            }
        })?;
        checked.missing = referred.len() as u64;
        Ok(checked)
    }
}
