//! From an opened run to its closing; and what a crash has left, ended first.

use std::io;

use chrono::{DateTime, Utc};
use lapse_anonymise::Anonymiser;

use crate::error::Error;
use crate::execute::{Executor, Outcome};
use crate::host::Host;
use crate::ledger::{self, Event};
use crate::plan::{Approval, Guard, Origin, PlanHeader, SealedPlan};
use crate::record::Day;
use crate::storage::Tenant;

/// What carrying a plan out has come to.
pub(in crate::host) struct Done {
    pub(in crate::host) run: i64,
    pub(in crate::host) outcome: Outcome,
    /// Whether deleted bytes are overwritten.
    pub(in crate::host) settled: bool,
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
    /// From the opened run to its closing, with everything that was deleted gone in between.
    pub(in crate::host) fn carry_out(
        &self,
        tenant: &Tenant,
        mut plan: SealedPlan<impl io::Read + io::Seek>,
        guards: &[Guard],
        approval: &Approval,
        settles_sweep: bool,
    ) -> Result<Done, Error> {
        // Whatever stops a run: what it has deleted by then is gone. That this fails too must not hide why the run failed.
        let failed = |_: &Error| drop(self.settle());
        self.carry_out_opened(tenant, &mut plan, guards, approval, settles_sweep).inspect_err(failed)
    }

    fn carry_out_opened(
        &self,
        tenant: &Tenant,
        plan: &mut SealedPlan<impl io::Read + io::Seek>,
        guards: &[Guard],
        approval: &Approval,
        settles_sweep: bool,
    ) -> Result<Done, Error> {
        let anonymiser = self.anonymiser_of(tenant)?;
        let run = self.open_run(tenant, &plan.header, &plan.digest, plan.items, guards, approval)?;
        let now = || self.now();
        let executor = self.executor(anonymiser.get(), &now);
        self.progress().start("carrying out", Some(plan.items));
        let mut next = |count| plan.next_items(count);
        let outcome = executor.apply(run, tenant, &mut next, &mut |count| self.progress().advance(count));
        self.progress().finish();
        let outcome = outcome?;
        // The run is closed once what it deleted is gone from every page, not before; or as partial.
        let settled = self.settled()?;
        let word = if outcome.is_complete() && settled { "complete" } else { "partial" };
        let by_policy = plan.header.origin == Origin::Policy;
        let close = Close { run, word, done: outcome.done, kept: outcome.kept(), by_policy, settles_sweep };
        self.close_run(tenant, close)?;
        let settled = settled && self.settled()?;
        Ok(Done { run, outcome, settled })
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

    /// Ends what a crash has left, and what would not go: units without receipt, files of an unfinished import, runs without
    /// end. A file that still will not go is in what is returned.
    pub fn recover(&self) -> Result<Outcome, Error> {
        self.end_what_was_left().inspect_err(|_| drop(self.settle()))
    }

    fn end_what_was_left(&self) -> Result<Outcome, Error> {
        let open = self.store.storage.open_runs()?;
        let is_clean = open.is_empty() && self.store.storage.pending(0, 1)?.is_empty();
        self.remove_plans();
        if is_clean {
            return Ok(Outcome::default());
        }
        let now = || self.now();
        let executor = self.executor(self.anonymiser(), &now);
        let drained = executor.drain()?;
        self.settle()?;
        for run in open {
            let tenant = self.tenant(Some(&run.tenant_id))?;
            let close = self.interrupted(run.run)?;
            self.close_run(&tenant, close)?;
        }
        Ok(drained)
    }

    fn executor<'a>(&'a self, anonymiser: &'a Anonymiser, now: &'a dyn Fn() -> DateTime<Utc>) -> Executor<'a> {
        Executor { storage: &*self.store.storage, blobs: &*self.store.blobs, anonymiser, now }
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
}
