//! What another policy, or other settings, would do to the stored records, held against the policy in force. Writes nothing.
//!
//! Both decide on every record as it is now, for today and for days to come. What a run in between would do to a record, and
//! what would then follow, is not played through: each day is the answer to "if the next run were on that day".

mod tally;

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use self::tally::Tally;
use super::{Candidate, Host};
use crate::columns::{Batch, Column, ColumnName};
use crate::error::Error;
use crate::plan::{PlanError, Request, ask};
use crate::record::{Day, Subject};
use crate::storage::{Scan, Scope, Tenant, try_scan};

/// The days ahead for which both policies decide.
const HORIZONS_DAYS: [i32; 4] = [0, 30, 90, 365];

/// What a candidate would do, against another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ImpactReport {
    /// The tenant.
    pub tenant: String,
    /// The day on which this was looked at.
    pub today: String,
    /// Records read.
    pub examined: u64,
    /// Of what the impact is.
    pub candidate: Described,
    /// Against what.
    pub against: Described,
    /// Today, and the days ahead.
    pub horizons: Vec<Horizon>,
}

/// A policy and its settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Described {
    /// Name, version and digest.
    pub policy: String,
    /// The settings.
    pub settings: Value,
}

/// The verdicts of one day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Horizon {
    /// How many days ahead.
    pub days: i32,
    /// The day.
    pub date: String,
    /// All that the candidate would act on.
    pub candidate: Acts,
    /// All that the other would act on.
    pub against: Acts,
    /// What the candidate would do and the other would not.
    pub more: Difference,
    /// What the other would do and the candidate would not.
    pub fewer: Difference,
}

/// What one policy would act on: the sums of a plan.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Acts {
    /// Conversations.
    pub conversations: u64,
    /// Snippets.
    pub snippets: u64,
    /// Records that a legal hold keeps from it.
    pub held: u64,
    /// How often each action.
    pub actions: BTreeMap<&'static str, u64>,
}

/// What only one of two policies would do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Difference {
    /// Conversations with at least one such action.
    pub conversations: u64,
    /// Snippets.
    pub snippets: u64,
    /// How often each action.
    pub actions: BTreeMap<&'static str, u64>,
    /// Conversations of each team; the empty name is that of none.
    pub teams: BTreeMap<String, u64>,
    /// Conversations and snippets by month of recording or cutting, as in `2026-03`.
    pub months: BTreeMap<String, u64>,
}

impl Acts {
    /// Conversations and snippets.
    pub fn records(&self) -> u64 {
        self.conversations + self.snippets
    }
}

impl Difference {
    /// Conversations and snippets.
    pub fn records(&self) -> u64 {
        self.conversations + self.snippets
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.records() == 0
    }
}

impl Host {
    /// Asks a candidate and another policy about every stored record, for today and for days ahead.
    pub fn impact(&self, tenant: &Tenant, candidate: &Candidate, against: &Candidate) -> Result<ImpactReport, Error> {
        let today = self.today(tenant);
        let with = |candidate: &Candidate| Tenant { settings: candidate.settings.clone(), ..tenant.clone() };
        let tenants = [with(candidate), with(against)];
        let sides = [(&tenants[0], &candidate.policy), (&tenants[1], &against.policy)];
        let mut days = HORIZONS_DAYS.map(|ahead| DayAhead { ahead, tally: Tally::default() });
        let mut examined = 0;
        self.progress().start("comparing", Some(tenant.conversations + tenant.snippets));
        let compared = [Subject::Snippet, Subject::Conversation].into_iter().try_for_each(|subject| {
            self.compare(subject, today, sides, &mut days, &mut |records| {
                examined += records;
                self.progress().advance(records);
            })
        });
        self.progress().finish();
        compared?;
        Ok(ImpactReport {
            tenant: tenant.id.clone(),
            today: today.to_string(),
            examined,
            candidate: described(candidate),
            against: described(against),
            horizons: days.into_iter().map(|day| day.tally.horizon(day.ahead, ahead(today, day.ahead))).collect(),
        })
    }

    fn compare(
        &self,
        subject: Subject,
        today: Day,
        sides: [(&Tenant, &crate::policy::Policy); 2],
        days: &mut [DayAhead],
        progress: &mut dyn FnMut(u64),
    ) -> Result<(), Error> {
        let storage = &*self.store.storage;
        let columns = Columns::of(subject, sides.map(|(_, policy)| policy.manifest().reads(subject)));
        let scan = Scan { tenant: sides[0].0.key, subject, columns: &columns.all, scope: Scope::All };
        try_scan(storage, &scan, |batch| {
            let read = [0, 1].map(|side| columns.read_by(side, batch));
            let decided = days.iter_mut().try_for_each(|day| {
                let ask = |side: usize| {
                    let (tenant, policy) = sides[side];
                    let request = Request { tenant, policy, today: ahead(today, day.ahead), scope: Scope::All };
                    ask(storage, &request, subject, &batch.rows, &read[side])
                };
                day.tally.take(batch, &columns, &ask(0)?, &ask(1)?);
                Ok::<(), PlanError>(())
            });
            progress(batch.rows.len() as u64);
            Ok(decided?)
        })
    }
}

/// A day for which both decide, and what they have said.
struct DayAhead {
    ahead: i32,
    tally: Tally,
}

fn ahead(today: Day, days: i32) -> Day {
    Day(today.0.saturating_add(days))
}

fn described(candidate: &Candidate) -> Described {
    let settings = serde_json::from_str(&candidate.settings).expect("the settings were held against a schema");
    Described { policy: candidate.policy.label(), settings }
}

/// What one scan reads for both policies and for the sums.
struct Columns {
    all: Vec<ColumnName>,
    /// Which of them each policy reads, in its manifest's order.
    sides: [Vec<usize>; 2],
    /// The day on which a record was recorded or created.
    day: usize,
    /// The team, where records have one.
    team: Option<usize>,
}

impl Columns {
    fn of(subject: Subject, sides: [&[ColumnName]; 2]) -> Columns {
        let mut all = Vec::new();
        let mut place = |column: &ColumnName| {
            all.iter().position(|known| known == column).unwrap_or_else(|| {
                all.push(column.clone());
                all.len() - 1
            })
        };
        let sides = sides.map(|columns| columns.iter().map(&mut place).collect());
        let (day, team) = match subject {
            Subject::Conversation => (place(&ColumnName::RecordedOn), Some(place(&ColumnName::Team))),
            Subject::Snippet => (place(&ColumnName::CreatedOn), None),
        };
        Columns { all, sides, day, team }
    }

    fn read_by(&self, side: usize, batch: &Batch) -> Vec<Column> {
        self.sides[side].iter().map(|place| batch.columns[*place].clone()).collect()
    }
}
