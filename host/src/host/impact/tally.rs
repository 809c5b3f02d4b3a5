//! Counts verdicts of two policies about the same records. Its memory grows with the teams and the days of recording, not with
//! the records.

use std::collections::{BTreeMap, HashMap};

use super::{Acts, Columns, Difference, Horizon};
use crate::columns::{Batch, Column, Dictionary};
use crate::policy::Verdicts;
use crate::record::{Actions, Day};

/// Teams that are named; the conversations of further ones are counted together. Names are the tenant's, and may be many.
const TEAMS_MAX: usize = 1_000;
const OTHER_TEAMS: &str = "(other teams)";

/// How many records have each set of actions: one addition a record, however many actions it has.
#[derive(Clone)]
struct Histogram([u64; 1 << 6]);

const _: () = assert!(Actions::ALL.0 as usize == (1 << 6) - 1);

impl Default for Histogram {
    fn default() -> Histogram {
        Histogram([0; 1 << 6])
    }
}

impl Histogram {
    fn add(&mut self, actions: Actions) {
        self.0[usize::from(actions.0)] += 1;
    }

    fn sets(&self) -> impl Iterator<Item = (Actions, u64)> {
        (0..=Actions::ALL.0).map(Actions).zip(self.0).filter(|(actions, count)| !actions.is_empty() && *count > 0)
    }

    /// Conversations and snippets with any action.
    fn records(&self) -> (u64, u64) {
        self.sets().fold((0, 0), |(conversations, snippets), (actions, count)| {
            if actions.contains(Actions::PURGE_SNIPPET) {
                (conversations, snippets + count)
            } else {
                (conversations + count, snippets)
            }
        })
    }

    fn actions(&self) -> BTreeMap<&'static str, u64> {
        let mut actions = BTreeMap::new();
        for (set, count) in self.sets() {
            for word in set.words() {
                *actions.entry(word).or_default() += count;
            }
        }
        actions
    }
}

/// What one policy would act on.
#[derive(Default)]
struct Side {
    histogram: Histogram,
    held: u64,
}

impl Side {
    fn acts(self) -> Acts {
        let (conversations, snippets) = self.histogram.records();
        Acts { conversations, snippets, held: self.held, actions: self.histogram.actions() }
    }
}

/// What only one policy would do.
#[derive(Default)]
struct Surplus {
    histogram: Histogram,
    teams: BTreeMap<String, u64>,
    days: HashMap<i32, u64>,
    /// The teams of one batch, by their code in it; the last is of none.
    codes: Vec<u64>,
}

impl Surplus {
    fn add(&mut self, actions: Actions, day: i32, team: Option<u32>) {
        if actions.is_empty() {
            return;
        }
        self.histogram.add(actions);
        *self.days.entry(day).or_default() += 1;
        if let Some(team) = team {
            let last = self.codes.len() - 1;
            self.codes[usize::try_from(team).map_or(last, |team| team.min(last))] += 1;
        }
    }

    fn difference(self) -> Difference {
        let (conversations, snippets) = self.histogram.records();
        let mut months = BTreeMap::new();
        for (day, count) in self.days {
            let month = Day(day).date().map_or_else(|| "never".to_owned(), |date| date.format("%Y-%m").to_string());
            *months.entry(month).or_default() += count;
        }
        Difference { conversations, snippets, actions: self.histogram.actions(), teams: self.teams, months }
    }
}

/// The sums of one day.
#[derive(Default)]
pub(super) struct Tally {
    candidate: Side,
    against: Side,
    more: Surplus,
    fewer: Surplus,
}

impl Tally {
    /// Takes the verdicts on a batch into the sums. A record that is held is acted on by neither.
    pub(super) fn take(&mut self, batch: &Batch, columns: &Columns, candidate: &Verdicts, against: &Verdicts) {
        let Column::Days(days) = &batch.columns[columns.day] else { unreachable!("the column of days has days") };
        let teams = columns.team.map(|team| match &batch.columns[team] {
            Column::Text(teams) => teams,
            _ => unreachable!("the column of teams has text"),
        });
        for surplus in [&mut self.more, &mut self.fewer] {
            surplus.codes = vec![0; teams.map_or(0, |teams| teams.values.len()) + 1];
        }
        for (index, row) in batch.rows.iter().enumerate() {
            let (wanted, would) = (candidate.actions[index], against.actions[index]);
            if row.held {
                self.candidate.held += u64::from(!wanted.is_empty());
                self.against.held += u64::from(!would.is_empty());
                continue;
            }
            self.candidate.histogram.add(wanted);
            self.against.histogram.add(would);
            if wanted != would {
                let team = teams.map(|teams| teams.codes[index]);
                self.more.add(wanted.without(would), days[index], team);
                self.fewer.add(would.without(wanted), days[index], team);
            }
        }
        if let Some(teams) = teams {
            merge_teams(&mut self.more, teams);
            merge_teams(&mut self.fewer, teams);
        }
    }

    pub(super) fn horizon(self, days: i32, date: Day) -> Horizon {
        Horizon {
            days,
            date: date.to_string(),
            candidate: self.candidate.acts(),
            against: self.against.acts(),
            more: self.more.difference(),
            fewer: self.fewer.difference(),
        }
    }
}

fn merge_teams(surplus: &mut Surplus, teams: &Dictionary) {
    let names = teams.values.iter().map(String::as_str).chain([""]);
    for (name, count) in names.zip(std::mem::take(&mut surplus.codes)).filter(|(_, count)| *count > 0) {
        let is_known = surplus.teams.len() < TEAMS_MAX || surplus.teams.contains_key(name);
        *surplus.teams.entry(if is_known { name } else { OTHER_TEAMS }.to_owned()).or_default() += count;
    }
}
