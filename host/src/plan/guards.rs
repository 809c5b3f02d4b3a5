//! Guards: reasons to stop a run before its first action. Pure. They can only keep more; an approval by name lets one pass.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::record::{Day, Subject};

/// A share of what is stored; more at once wants a person's word.
pub const BLAST_RADIUS_PERCENT: u64 = 5;
/// Up to this many records, the share does not matter.
pub const BLAST_RADIUS_RECORDS: u64 = 100;
/// How long a change that deletes more waits, unless a person says now.
pub const GRACE_DAYS: i32 = 7;

/// A reason to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Guard {
    /// No run of this tenant has deleted anything yet.
    FirstRun,
    /// The plan acts on more than 5 % of what is stored, and on more than 100 records.
    BlastRadius,
    /// None of the audio files that the plan looks for first is there.
    EmptyStore,
    /// A period was shortened, or the module changed, less than seven days ago.
    ShortenedPolicy,
    /// The run is for a day that has not come.
    FutureDate,
}

impl Guard {
    /// Every guard.
    pub const ALL: [Guard; 5] =
        [Guard::FirstRun, Guard::BlastRadius, Guard::EmptyStore, Guard::ShortenedPolicy, Guard::FutureDate];

    /// Its name, as `--approve` takes it.
    pub const fn word(self) -> &'static str {
        match self {
            Guard::FirstRun => "first-run",
            Guard::BlastRadius => "blast-radius",
            Guard::EmptyStore => "empty-store",
            Guard::ShortenedPolicy => "shortened-policy",
            Guard::FutureDate => "future-date",
        }
    }

    /// Why it stops, for the person who reads it.
    pub const fn explanation(self) -> &'static str {
        match self {
            Guard::FirstRun => "no run of this tenant has deleted anything yet",
            Guard::BlastRadius => "the plan acts on more than 5 % of what is stored, and on more than 100 records",
            Guard::EmptyStore => "none of the audio files that were looked for is there: is the audio folder mounted?",
            Guard::ShortenedPolicy => {
                "settings or module changed so that more may be deleted; the change waits 7 days unless approved"
            }
            Guard::FutureDate => "the run is for a day that has not come yet",
        }
    }
}

impl fmt::Display for Guard {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.word())
    }
}

/// What the guards look at.
#[derive(Clone, Debug)]
pub struct Facts {
    /// Records planned, by kind.
    pub planned: BTreeMap<Subject, u64>,
    /// Records stored, by kind.
    pub stored: BTreeMap<Subject, u64>,
    /// Whether a run has deleted anything yet.
    pub has_deleted: bool,
    /// Whether records refer to audio while no file is there.
    pub audio_is_missing: bool,
    /// When settings or module last changed so that more may be deleted.
    pub shortened_on: Day,
    /// The day of the run.
    pub date: Day,
    /// Today, by the clock.
    pub today: Day,
}

/// The guards that stop this plan. A plan that does nothing is stopped by none.
pub fn raised(facts: &Facts) -> Vec<Guard> {
    if facts.planned.values().all(|count| *count == 0) {
        return Vec::new();
    }
    let is_raised = |guard: &Guard| match guard {
        Guard::FirstRun => !facts.has_deleted,
        Guard::BlastRadius => facts.planned.iter().any(|(subject, planned)| {
            let stored = facts.stored.get(subject).copied().unwrap_or(0);
            *planned > BLAST_RADIUS_RECORDS && planned.saturating_mul(100) > stored.saturating_mul(BLAST_RADIUS_PERCENT)
        }),
        Guard::EmptyStore => facts.audio_is_missing,
        // The grace runs by the clock: a run for a later day does not end it.
        Guard::ShortenedPolicy => {
            let date = facts.date.min(facts.today);
            facts.shortened_on != Day::ABSENT && date.0 < facts.shortened_on.0.saturating_add(GRACE_DAYS)
        }
        Guard::FutureDate => facts.date > facts.today,
    };
    Guard::ALL.into_iter().filter(is_raised).collect()
}

/// What a person lets pass.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Approval {
    /// Nothing.
    #[default]
    Nothing,
    /// These guards.
    Guards(Vec<Guard>),
    /// Every guard.
    All,
}

impl Approval {
    /// Reads the words of `--approve`; the first that names no guard is the error.
    pub fn parse<'a>(words: impl IntoIterator<Item = &'a str>) -> Result<Approval, String> {
        let mut guards = Vec::new();
        for word in words {
            if word == "all" {
                return Ok(Approval::All);
            }
            guards.push(Guard::ALL.into_iter().find(|guard| guard.word() == word).ok_or_else(|| word.to_owned())?);
        }
        Ok(if guards.is_empty() { Approval::Nothing } else { Approval::Guards(guards) })
    }

    /// The guards among these that it does not let pass.
    pub fn blocked(&self, raised: &[Guard]) -> Vec<Guard> {
        let passes = |guard: &Guard| match self {
            Approval::Nothing => false,
            Approval::Guards(guards) => guards.contains(guard),
            Approval::All => true,
        };
        raised.iter().copied().filter(|guard| !passes(guard)).collect()
    }

    /// As the ledger writes it.
    pub fn words(&self) -> Vec<String> {
        match self {
            Approval::Nothing => Vec::new(),
            Approval::Guards(guards) => guards.iter().map(Guard::to_string).collect(),
            Approval::All => vec!["all".to_owned()],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(planned: u64, stored: u64) -> Facts {
        Facts {
            planned: [(Subject::Conversation, planned)].into(),
            stored: [(Subject::Conversation, stored)].into(),
            has_deleted: true,
            audio_is_missing: false,
            shortened_on: Day::ABSENT,
            date: Day(20_000),
            today: Day(20_000),
        }
    }

    #[test]
    fn the_blast_radius_is_a_share_and_a_number() {
        assert_eq!(raised(&facts(100, 100)), []);
        assert_eq!(raised(&facts(101, 2_020)), []);
        assert_eq!(raised(&facts(102, 2_020)), [Guard::BlastRadius]);
        assert_eq!(raised(&facts(u64::MAX, 1)), [Guard::BlastRadius]);
    }

    #[test]
    fn a_plan_that_does_nothing_is_never_stopped() {
        let all = Facts {
            has_deleted: false,
            audio_is_missing: true,
            shortened_on: Day(20_000),
            date: Day(20_001),
            ..facts(0, 0)
        };
        assert_eq!(raised(&all), []);
        let planned = facts(101, 0).planned;
        assert_eq!(raised(&Facts { planned, ..all }), Guard::ALL);
    }

    #[test]
    fn a_shortened_policy_waits_out_its_grace() {
        let shortened = |days| Facts { shortened_on: Day(20_000 - days), ..facts(1, 1_000) };
        assert_eq!(raised(&shortened(6)), [Guard::ShortenedPolicy]);
        assert_eq!(raised(&shortened(7)), []);
    }

    #[test]
    fn an_approval_lets_pass_what_it_names() {
        let raised = [Guard::FirstRun, Guard::BlastRadius];
        assert_eq!(Approval::Nothing.blocked(&raised), raised);
        assert_eq!(Approval::parse(["first-run"]).map(|some| some.blocked(&raised)), Ok(vec![Guard::BlastRadius]));
        assert_eq!(Approval::parse(["first-run", "all"]).map(|all| all.blocked(&raised)), Ok(vec![]));
        assert_eq!(Approval::parse(["yes"]), Err("yes".to_owned()));
    }
}
