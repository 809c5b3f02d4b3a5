//! What a plan would do and what a run has done, as commands say it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::carry_out::Done;
use crate::execute::Outcome;
use crate::plan::{Guard, Item, Planned};
use crate::record::{Day, Subject};
use crate::storage::Tenant;

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
    /// Audio files that could not be deleted, of this run and of runs before; the next run tries again.
    pub audio_left: u64,
    /// Units that an interrupted run had left, ended first.
    pub recovered: u64,
    /// Whether deleted bytes are overwritten. Not, while another process reads the database: the next run does it.
    pub settled: bool,
    /// Whether everything planned, and everything that was left before, is done.
    pub complete: bool,
}

/// A plan that was made, with what the guards say of it.
pub(super) struct Made {
    pub(super) planned: Planned,
    pub(super) guards: Vec<Guard>,
    pub(super) digest: String,
    pub(super) label: String,
    pub(super) date: Day,
}

pub(super) fn report(tenant: &Tenant, made: Made) -> PlanReport {
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

pub(super) fn run_report(tenant: &Tenant, done: Done, recovered: &Outcome) -> RunReport {
    let Done { run, outcome, settled } = done;
    let complete = outcome.is_complete() && recovered.is_complete() && settled;
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
        audio_left: audio_left + recovered.audio_left,
        recovered: recovered.done,
        settled,
        complete,
    }
}
