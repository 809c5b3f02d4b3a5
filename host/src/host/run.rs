//! Planning, applying a plan, and both at once; and what a crash has left, ended first.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::Host;
use crate::error::Error;
use crate::execute::{Executor, Outcome};
use crate::ledger::{self, Event};
use crate::plan::guards::{Facts, raised};
use crate::plan::sealed::FORMAT;
use crate::plan::{self, Approval, Guard, Item, Origin, PlanHeader, Planned, Request, SealedPlan, SealedWriter};
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

/// What a plan would do.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct PlanReport {
    /// The tenant.
    pub tenant: String,
    /// The day for which it was decided.
    pub date: String,
    /// The policy that decided.
    pub policy: String,
    /// The plan's digest.
    pub plan: String,
    /// Records read.
    pub examined: u64,
    /// Records that the plan acts on, by kind.
    pub items: BTreeMap<Subject, u64>,
    /// Records that a legal hold keeps from the policy.
    pub held: u64,
    /// How often each action is planned.
    pub actions: BTreeMap<&'static str, u64>,
    /// Items of each rule.
    pub rules: BTreeMap<String, u64>,
    /// The first items, for showing; a plan file has them all.
    pub first_items: Vec<Item>,
    /// Guards that would stop a run.
    pub guards: Vec<Guard>,
}

/// What a run has done.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct RunReport {
    /// Its number.
    pub run: i64,
    /// What was planned; absent when a given plan was applied.
    #[serde(flatten)]
    pub planned: Option<PlanReport>,
    /// The tenant.
    #[serde(skip)]
    pub tenant: String,
    /// Records changed, each with intent and receipt in the ledger.
    pub done: u64,
    /// Records kept, and why.
    pub kept: BTreeMap<crate::ledger::KeptReason, u64>,
    /// Planned records that were gone already.
    pub gone_before: u64,
    /// Audio files deleted and looked for.
    pub audio_deleted: u64,
    /// Audio files that were gone already.
    pub audio_already_gone: u64,
    /// Audio files that could not be deleted; the next run tries again.
    pub audio_left: u64,
    /// Units that an interrupted run had left, ended first.
    pub recovered: u64,
    /// Whether everything planned is done.
    pub complete: bool,
}

/// A plan that was made, with what the guards say of it.
struct Made {
    planned: Planned,
    guards: Vec<Guard>,
    digest: String,
    label: String,
    date: Day,
}

/// What the end of a run says.
struct Close {
    run: i64,
    word: &'static str,
    done: u64,
    kept: u64,
    by_policy: bool,
    settles_sweep: bool,
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
        Ok(RunReport { planned: Some(report(tenant, made)), ..run_report(tenant, outcome, recovered) })
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
                self.apply_plan(plan, approval, recovered)
            });
        self.remove_plans();
        applied
    }

    fn apply_plan(&self, plan: SealedPlan<File>, approval: &Approval, recovered: u64) -> Result<RunReport, Error> {
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
        for (subject, id) in &planned.audio_sample {
            let Some(name) = self.store.storage.audio_of(tenant.key, *subject, id)? else { continue };
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
        Ok(())
    }

    /// From the opened run to its closing, with everything that was deleted gone in between.
    pub(super) fn carry_out(
        &self,
        tenant: &Tenant,
        mut plan: SealedPlan<impl io::Read + io::Seek>,
        guards: &[Guard],
        approval: &Approval,
        settles_sweep: bool,
    ) -> Result<(i64, Outcome), Error> {
        let run = self.open_run(tenant, &plan.header, &plan.digest, plan.items, guards, approval)?;
        let now = || self.now();
        let executor = self.executor(&now);
        self.progress().start("carrying out", Some(plan.items));
        let mut next = |count| plan.next_items(count);
        let outcome = executor.apply(run, tenant, &mut next, &mut |count| self.progress().advance(count));
        self.progress().finish();
        let outcome = outcome?;
        // The run is closed once what it deleted is gone from every page, not before.
        self.settle()?;
        let word = if outcome.is_complete() { "complete" } else { "partial" };
        let by_policy = plan.header.origin == Origin::Policy;
        let close = Close { run, word, done: outcome.done, kept: outcome.kept(), by_policy, settles_sweep };
        self.close_run(tenant, close)?;
        self.settle()?;
        Ok((run, outcome))
    }

    fn open_run(
        &self,
        tenant: &Tenant,
        header: &PlanHeader,
        digest: &str,
        items: u64,
        guards: &[Guard],
        approval: &Approval,
    ) -> Result<i64, Error> {
        let date: Day = header.date.parse::<chrono::NaiveDate>().map_or(Day::ABSENT, Day::from);
        let (actor, reason) = match &header.origin {
            Origin::Policy => (None, None),
            Origin::Hand { actor, reason } => (Some(actor.clone()), Some(reason.clone())),
        };
        let event = Event::RunOpened {
            tenant: tenant.id.clone(),
            date: header.date.clone(),
            plan: digest.to_owned(),
            items,
            module: header.module.clone().filter(|_| actor.is_none()),
            settings: header.settings.clone(),
            engine_profile: header.engine_profile.clone(),
            guards: guards.iter().map(Guard::to_string).collect(),
            approved: approval.words(),
            actor,
            reason,
        };
        let now = self.now();
        Ok(self.record(|transaction, ledger| {
            let run = transaction.open_run(tenant.key, date, digest, now)?;
            ledger.append(transaction, Some(run), event)?;
            Ok(run)
        })?)
    }

    fn close_run(&self, tenant: &Tenant, close: Close) -> Result<(), Error> {
        let Close { run, word, done, kept, by_policy, settles_sweep } = close;
        let event = Event::RunClosed { tenant: tenant.id.clone(), outcome: word.to_owned(), done, kept };
        let now = self.now();
        Ok(self.record(|transaction, ledger| {
            if by_policy && done > 0 {
                transaction.has_deleted(tenant.key)?;
            }
            if settles_sweep {
                transaction.sweep_done(tenant.key)?;
            }
            transaction.close_run(run, now)?;
            ledger.append(transaction, Some(run), event).map(drop)
        })?)
    }

    /// Ends what a crash has left: units without receipt, files that nobody refers to, runs without end. How many units.
    pub fn recover(&self) -> Result<u64, Error> {
        let open = self.store.storage.open_runs()?;
        let is_clean = open.is_empty() && self.store.storage.pending(0, 1)?.is_empty();
        self.remove_plans();
        if is_clean {
            return Ok(0);
        }
        let now = || self.now();
        let executor = self.executor(&now);
        let drained = executor.drain()?;
        self.settle()?;
        for run in open {
            let tenant = self.tenant(Some(&run.tenant_id))?;
            let close = self.interrupted(run.run)?;
            self.close_run(&tenant, close)?;
        }
        Ok(drained.done)
    }

    fn executor<'a>(&'a self, now: &'a dyn Fn() -> DateTime<Utc>) -> Executor<'a> {
        let (storage, blobs) = (&*self.store.storage, &*self.store.blobs);
        Executor { storage, blobs, anonymiser: self.anonymiser(), now }
    }

    /// How a run ended that did not say so itself, from what it has written.
    fn interrupted(&self, run: i64) -> Result<Close, Error> {
        let mut close = Close { run, word: "interrupted", done: 0, kept: 0, by_policy: false, settles_sweep: false };
        self.store.storage.ledger(0, Some(run), &mut |row| {
            match serde_json::from_slice::<ledger::Entry>(&row.body).map(|entry| entry.event) {
                Ok(Event::RunOpened { actor, .. }) => close.by_policy = actor.is_none(),
                Ok(Event::Receipt { .. }) => close.done += 1,
                Ok(Event::Kept { .. }) => close.kept += 1,
                _ => {}
            }
            true
        })?;
        Ok(close)
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

fn report(tenant: &Tenant, made: Made) -> PlanReport {
    let Planned { examined, items, held, actions, rules, audio_sample: _, first_items } = made.planned;
    PlanReport {
        tenant: tenant.id.clone(),
        date: made.date.to_string(),
        policy: made.label,
        plan: made.digest,
        examined,
        items,
        held,
        actions,
        rules,
        first_items,
        guards: made.guards,
    }
}

fn run_report(tenant: &Tenant, (run, outcome): (i64, Outcome), recovered: u64) -> RunReport {
    let complete = outcome.is_complete();
    let Outcome { done, kept, gone_before, audio_deleted, audio_already_gone, audio_left } = outcome;
    RunReport {
        run,
        planned: None,
        tenant: tenant.id.clone(),
        done,
        kept,
        gone_before,
        audio_deleted,
        audio_already_gone,
        audio_left,
        recovered,
        complete,
    }
}
