//! Looks for what is wrong with a policy in general: properties that every retention policy should have, tried on generated
//! records, each counter-example shrunk to the smallest one and told as what would have happened to whom.
//!
//! The same policy, settings and seed give the same findings on any machine: the day is fixed, and so is the randomness.

mod invent;
mod properties;
mod shrink;
mod wording;

use serde::Serialize;

use self::invent::Inventor;
use self::properties::Trial;
use crate::policy::{Policy, accepted_settings};
use crate::record::{Day, Subject};

/// The day for which everything is decided: 2026-01-15, a day like any other, with a leap day within three years.
const TODAY: Day = Day(20_468);

/// How a policy is to be verified.
#[derive(Clone, Debug)]
pub struct Options {
    /// How many records are generated.
    pub records: usize,
    /// What they are generated from.
    pub seed: u64,
    /// The settings to try; where absent, those that the policy's schema offers.
    pub settings: Option<String>,
    /// Nothing may be purged before so many days are over.
    pub floor_days: Option<i32>,
    /// Nothing personal may be kept for longer.
    pub ceiling_days: Option<i32>,
}

impl Default for Options {
    fn default() -> Options {
        Options { records: 100_000, seed: 1, settings: None, floor_days: None, ceiling_days: None }
    }
}

/// What was tried, and what was found.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Verified {
    /// The policy.
    pub policy: String,
    /// Generated records, all settings together.
    pub records: usize,
    /// Questions asked about them.
    pub verdicts: u64,
    /// The settings that they were decided with.
    pub settings: Vec<String>,
    /// What was looked for.
    pub properties: Vec<&'static str>,
    /// What is wrong, at most one a property, subject and settings.
    pub findings: Vec<Finding>,
}

/// A property that the policy does not have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Finding {
    /// Which.
    pub property: &'static str,
    /// Conversation or snippet.
    pub subject: Subject,
    /// The settings with which it was found.
    pub settings: String,
    /// How many of the generated records show it.
    pub records: usize,
    /// What would have happened, to whom: one sentence.
    pub sentence: String,
    /// The smallest record that shows it, as a fixture would write it.
    pub record: String,
}

/// Why nothing was verified.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The settings that were given.
    #[error("the policy does not accept these settings")]
    Settings(#[source] crate::policy::SettingsError),
    /// No settings were given, and none could be found.
    #[error("no settings are known that the policy accepts; give some with --settings")]
    NoSettings(#[source] crate::policy::ProbeError),
}

/// Verifies a policy.
pub fn verify(policy: &Policy, options: &Options, progress: &mut dyn FnMut(u64)) -> Result<Verified, VerifyError> {
    let settings = match &options.settings {
        Some(given) => {
            policy.check_settings(given).map_err(VerifyError::Settings)?;
            vec![given.clone()]
        }
        None => accepted_settings(policy).map_err(VerifyError::NoSettings)?,
    };
    let each = options.records / (2 * settings.len());
    let mut verified = Verified {
        policy: policy.label(),
        records: 0,
        verdicts: 0,
        settings: settings.clone(),
        properties: properties::ALL.iter().map(|(name, _)| *name).collect(),
        findings: Vec::new(),
    };
    for settings in &settings {
        for subject in [Subject::Conversation, Subject::Snippet] {
            let mut inventor = Inventor::new(policy, subject, settings, options.seed);
            let records = (0..each.max(1)).map(|_| inventor.record()).collect();
            let trial = Trial::new(policy, subject, settings, records, options);
            for (name, property) in properties::ALL {
                verified.findings.extend(property(&trial).map(|found| found.finding(name, &trial)));
                progress(1);
            }
            verified.records += trial.records.len();
            verified.verdicts += trial.verdicts.get();
        }
    }
    Ok(verified)
}
