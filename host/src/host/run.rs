//! Planning, applying a plan, and both at once.

mod carry_out;
mod report;

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;

use chrono::SecondsFormat;
use sha2::{Digest, Sha256};

pub(super) use self::carry_out::Done;
use self::report::{Made, report, run_report};
pub use self::report::{PlanReport, RunReport};
use super::Host;
use crate::error::Error;
use crate::execute::Outcome;
use crate::ledger::Event;
use crate::plan::guards::{Facts, raised};
use crate::plan::sealed::FORMAT;
use crate::plan::{self, Approval, Guard, Origin, PlanHeader, Planned, Request, SealedPlan, SealedWriter};
use crate::policy::Policy;
use crate::record::{Day, Subject};
use crate::storage::{Scope, Tenant};

/// How a run is asked for.
#[derive(Clone, Debug, Default)]
pub struct RunOptions {
    /// The day for which the policy decides; today where absent.
    pub date: Option<Day>,
    /// Reads every record, not only those that are due.
    pub full: bool,
    /// Which guards are let pass.
    pub approval: Approval,
}

impl Host {
    /// Decides, and writes nothing but the plan: to `out`, or nowhere.
    pub fn plan(&self, tenant: &Tenant, options: &RunOptions, out: &mut dyn Write) -> Result<PlanReport, Error> {
        let policy = self.policy_of(tenant)?;
        let made = self.make_plan(tenant, &policy, options, out, &mut |_| Ok(()))?;
        Ok(report(tenant, made))
    }

    /// Plans, asks the guards, applies: what a scheduler runs.
    pub fn run(&self, tenant: &Tenant, options: &RunOptions) -> Result<RunReport, Error> {
        let recovered = self.recover()?;
        let date = options.date.unwrap_or_else(|| self.today(tenant)).to_string();
        let refused = |error: &Error| self.note_refusal(tenant, &date, why_refused(error), &[]);
        let policy = self.policy_of(tenant).inspect_err(refused)?;
        let name = hex::encode((self.surroundings.random)());
        let path = self.store.folder.plan(&name);
        let file = |source| Error::File { what: "writing", path: path.display().to_string(), source };
        let mut writer = BufWriter::new(File::create(&path).map_err(file)?);
        let storage = &self.store.storage;
        let made = self.make_plan(tenant, &policy, options, &mut writer, &mut |reviews| {
            let mut transaction = storage.begin()?;
            for review in reviews {
                transaction.put_review(review.subject, review.key, review.version, review.on)?;
            }
            transaction.commit()
        });
        let made = made.inspect_err(refused)?;
        drop(writer);
        let blocked = options.approval.blocked(&made.guards);
        if !blocked.is_empty() {
            self.note_refusal(tenant, &date, "guarded", &blocked);
            self.remove_plans();
            self.settle()?;
            return Err(Error::Guarded { tenant: tenant.id.clone(), guards: blocked });
        }
        let plan = SealedPlan::open(File::open(&path).map_err(file)?, &self.store.key)?;
        let settles_sweep = plan.header.sweep;
        let outcome = self.carry_out(tenant, plan, &made.guards, &options.approval, settles_sweep)?;
        self.remove_plans();
        Ok(RunReport { planned: Some(report(tenant, made)), ..run_report(tenant, outcome, &recovered) })
    }

    /// Applies a sealed plan, and does nothing else. The file is copied first: what was checked is what is done.
    /// `tenant` is the one it must be for, where that is said.
    pub fn apply(&self, path: &Path, tenant: Option<&str>, approval: &Approval) -> Result<RunReport, Error> {
        let recovered = self.recover()?;
        let copy = self.store.folder.plan(&hex::encode((self.surroundings.random)()));
        let file = |what, path: &Path, source| Error::File { what, path: path.display().to_string(), source };
        fs::copy(path, &copy).map_err(|source| file("reading", path, source))?;
        let applied = File::open(&copy)
            .map_err(|source| file("reading", &copy, source))
            .and_then(|copy| Ok(SealedPlan::open(copy, &self.store.key)?))
            .and_then(|plan| {
                let of = &plan.header.tenant;
                if tenant.is_some_and(|tenant| tenant != of) {
                    return Err(Error::Input(format!("this plan is for tenant {of}; nothing was done")));
                }
                self.apply_plan(plan, approval, &recovered)
            });
        self.remove_plans();
        applied
    }

    fn apply_plan(&self, plan: SealedPlan<File>, approval: &Approval, recovered: &Outcome) -> Result<RunReport, Error> {
        let tenant = self.tenant(Some(&plan.header.tenant))?;
        self.check_is_current(&tenant, &plan.header)?;
        if let Some(before) = self.store.storage.run_of_plan(&plan.digest)? {
            return Err(Error::AppliedBefore { run: before.run });
        }
        let guards = self.guards_of(&tenant, &plan)?;
        let blocked = approval.blocked(&guards);
        if !blocked.is_empty() {
            self.note_refusal(&tenant, &plan.header.date, "guarded", &blocked);
            return Err(Error::Guarded { tenant: tenant.id, guards: blocked });
        }
        // Days of review were not stored when this plan was made, so a sweep that is due stays due.
        let outcome = self.carry_out(&tenant, plan, &guards, approval, false)?;
        Ok(run_report(&tenant, outcome, recovered))
    }

    fn make_plan(
        &self,
        tenant: &Tenant,
        policy: &Policy,
        options: &RunOptions,
        out: &mut dyn Write,
        review: &mut dyn FnMut(&[plan::Review]) -> Result<(), crate::storage::StorageError>,
    ) -> Result<Made, Error> {
        let date = options.date.unwrap_or_else(|| self.today(tenant));
        let sweep = options.full || tenant.sweep_due;
        let scope = if sweep { Scope::All } else { Scope::Due(date) };
        let header = self.header(tenant, date, Origin::Policy, sweep)?;
        let mut writer = SealedWriter::new(out, &header).map_err(plan::PlanError::Write)?;
        let total = sweep.then_some(tenant.conversations + tenant.snippets);
        self.progress().start("deciding", total);
        let request = Request { tenant, policy, today: date, scope };
        let mut advance = |records| self.progress().advance(records);
        let planned = plan::plan(&*self.store.storage, &request, &mut writer, review, &mut advance);
        self.progress().finish();
        let planned = planned?;
        let (digest, _) = writer.seal(&self.store.key).map_err(plan::PlanError::Write)?;
        let guards = self.guards(tenant, date, &planned)?;
        Ok(Made { planned, guards, digest, label: policy.label(), date })
    }

    pub(super) fn header(&self, tenant: &Tenant, date: Day, origin: Origin, sweep: bool) -> Result<PlanHeader, Error> {
        Ok(PlanHeader {
            format: FORMAT.to_owned(),
            plan: hex::encode((self.surroundings.random)()),
            tenant: tenant.id.clone(),
            date: date.to_string(),
            made_at: self.now().to_rfc3339_opts(SecondsFormat::Millis, true),
            origin,
            module: tenant.module.map(|module| module.to_string()),
            settings: settings_digest(tenant),
            engine_profile: self.engine()?.profile().to_owned(),
            sweep,
        })
    }

    fn guards(&self, tenant: &Tenant, date: Day, planned: &Planned) -> Result<Vec<Guard>, Error> {
        let stored = [Subject::Conversation, Subject::Snippet].map(|subject| (subject, tenant.stored(subject)));
        let facts = Facts {
            planned: planned.items.clone(),
            stored: stored.into(),
            has_deleted: tenant.has_deleted,
            audio_is_missing: self.audio_is_missing(tenant, planned)?,
            shortened_on: tenant.shortened_on,
            date,
            today: self.today(tenant),
        };
        Ok(raised(&facts))
    }

    fn audio_is_missing(&self, tenant: &Tenant, planned: &Planned) -> Result<bool, Error> {
        let mut looked_for = false;
        let sample = planned.audio_sample.iter().flat_map(|(subject, ids)| ids.iter().map(|id| (*subject, id)));
        for (subject, id) in sample {
            let Some(name) = self.store.storage.audio_of(tenant.key, subject, id)? else { continue };
            if self.store.blobs.exists(&name)? {
                return Ok(false);
            }
            looked_for = true;
        }
        Ok(looked_for)
    }

    fn guards_of(&self, tenant: &Tenant, plan: &SealedPlan<File>) -> Result<Vec<Guard>, Error> {
        if plan.header.origin != Origin::Policy {
            return Ok(Vec::new());
        }
        let date = plan.header.date.parse::<chrono::NaiveDate>();
        let date = date.map(Day::from).map_err(|_| crate::plan::PlanFileError::NotAPlan)?;
        self.guards(tenant, date, &plan.planned)
    }

    fn check_is_current(&self, tenant: &Tenant, header: &PlanHeader) -> Result<(), Error> {
        if header.module != tenant.module.map(|module| module.to_string()) {
            return Err(Error::Outdated { what: "policy module" });
        }
        if header.settings != settings_digest(tenant) {
            return Err(Error::Outdated { what: "settings" });
        }
        match tenant.module.filter(|_| header.origin == Origin::Policy) {
            Some(module) => self.check_trust(tenant, &module),
            None => Ok(()),
        }
    }

    /// A run that could not begin leaves a line in the ledger. Failing to write it must not hide why the run failed.
    fn note_refusal(&self, tenant: &Tenant, date: &str, reason: &str, guards: &[Guard]) {
        let guards = guards.iter().map(Guard::to_string).collect();
        let event =
            Event::Refused { tenant: tenant.id.clone(), date: date.to_owned(), reason: reason.to_owned(), guards };
        let _ = self.record(|transaction, ledger| ledger.append(transaction, None, event).map(drop));
    }

    /// A plan is kept only while it is applied: what it did is in the ledger.
    fn remove_plans(&self) {
        let plans = self.store.folder.plan("any");
        let Some(Ok(entries)) = plans.parent().map(fs::read_dir) else { return };
        for entry in entries.flatten() {
            // A plan that stays is removed by the next run; it holds ids and rules, and is worth no error.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// The ledger's word for what stopped a run before it began.
fn why_refused(error: &Error) -> &'static str {
    match error {
        Error::Plan(plan::PlanError::Policy { .. } | plan::PlanError::Verdicts { .. }) => "policy-failed",
        Error::Policy { .. } | Error::NotFound(_) => "policy-unusable",
        _ => "machine-failed",
    }
}

fn settings_digest(tenant: &Tenant) -> String {
    hex::encode(Sha256::digest(tenant.settings.as_bytes()))
}
