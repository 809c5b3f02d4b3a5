//! For auditors: a policy's answers to fixtures as a report with one digest, the same on every machine, and the comparison of two.
//!
//! The digest is over what decides an answer and the answers: module, engine profile, and for each case its day, settings, record
//! and verdict. Versions and fuel stand in the report beside it, not in it: they may change, and no answer with them.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::columns::BATCH_RECORDS_MAX;
use crate::policy::{Engine, Policy};
use crate::record::{Actions, Subject};
use crate::trial::answers::{Answer, NoAnswer};
use crate::trial::fixtures::{self, Case, FixtureError};
use crate::trial::record::Value;
use crate::trial::test::answers;

/// What a report is called, and its version.
const FORMAT: &str = "lapse-audit/1";
/// Batchings in which every case is answered: alone, a few together, all together, and all together once more.
const BATCHES: [usize; 4] = [1, 7, BATCH_RECORDS_MAX, BATCH_RECORDS_MAX];

/// A policy's answers to fixtures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Report {
    /// Which format this is.
    pub format: String,
    /// SHA-256 of module, engine profile and cases, one canonical line each.
    pub digest: String,
    /// The module's digest.
    pub module: String,
    /// The policy's name.
    pub name: String,
    /// The policy's version.
    pub version: String,
    /// The digest of every engine setting that can change an answer.
    pub engine_profile: String,
    /// What ran it; not in the digest.
    pub host: String,
    /// What ran it; not in the digest.
    pub runtime: String,
    /// One a case, in the order of the fixtures.
    pub cases: Vec<Audited>,
}

/// One case: what was asked and what was answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Audited {
    /// The fixture's file.
    pub file: String,
    /// The case's name.
    pub name: String,
    /// Conversation or snippet.
    pub subject: Subject,
    /// The day.
    pub today: String,
    /// SHA-256 of the settings.
    pub settings: String,
    /// SHA-256 of the record's values in the columns that the policy reads.
    pub record: String,
    /// What is to be done.
    pub actions: Actions,
    /// The rule.
    pub rule: String,
    /// The day of review, or `never`.
    pub review_on: String,
    /// Why there is no answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

/// Why there is no report, or none to compare.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The fixtures.
    #[error(transparent)]
    Fixtures(#[from] FixtureError),
    /// The answers depend on the batch, or on the time.
    #[error("case {case:?} is answered otherwise in batches of {batch}: the policy is not a function of its record")]
    Differs {
        /// The first such case.
        case: String,
        /// The batch size.
        batch: usize,
    },
    /// A report file.
    #[error("cannot read the report {path}")]
    Read {
        /// Which.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// Something else.
    #[error("{path} is no report of `lapse audit run`, or was changed: its digest does not fit")]
    NotAReport {
        /// Which file.
        path: PathBuf,
    },
}

/// Runs a policy over the fixtures of a folder, in several batchings, which must agree.
pub fn run(policy: &Policy, folder: &Path) -> Result<Report, AuditError> {
    let cases = fixtures::read(folder)?;
    let (first, _) = answers(policy, &cases, BATCHES[0]);
    for batch in &BATCHES[1..] {
        let (other, _) = answers(policy, &cases, *batch);
        if let Some(index) = (0..cases.len()).find(|index| other[*index] != first[*index]) {
            return Err(AuditError::Differs { case: cases[index].name.clone(), batch: *batch });
        }
    }
    let audited = cases.iter().zip(first).map(|(case, answer)| audited(policy, case, answer));
    let mut report = Report {
        format: FORMAT.to_owned(),
        digest: String::new(),
        module: policy.digest().to_string(),
        name: policy.manifest().name.clone(),
        version: policy.manifest().version.clone(),
        engine_profile: policy.engine().profile().to_owned(),
        host: format!("lapse {}", env!("CARGO_PKG_VERSION")),
        runtime: Engine::runtime(),
        cases: audited.collect(),
    };
    report.digest = digest(&report);
    Ok(report)
}

fn audited(policy: &Policy, case: &Case, answer: Result<Answer, NoAnswer>) -> Audited {
    let rule = |answer: Answer| policy.manifest().rules[usize::from(answer.rule)].name.clone();
    let (actions, rule, review_on, failure) = match answer {
        Ok(answer) => (answer.actions, rule(answer), answer.review_on.to_string(), None),
        Err(NoAnswer(why)) => (Actions::NONE, String::new(), String::new(), Some(why)),
    };
    Audited {
        file: case.file.display().to_string(),
        name: case.name.clone(),
        subject: case.subject,
        today: case.today.to_string(),
        settings: hex::encode(Sha256::digest(&case.settings)),
        record: record_digest(policy, case),
        actions,
        rule,
        review_on,
        failure,
    }
}

/// Of name and value of each column that the policy reads, each with its length before it.
fn record_digest(policy: &Policy, case: &Case) -> String {
    let mut digest = Sha256::new();
    let mut field = |text: &str| {
        digest.update((text.len() as u64).to_be_bytes());
        digest.update(text);
    };
    for name in policy.manifest().reads(case.subject) {
        field(&name.to_string());
        match case.record.value(name) {
            Value::Day(day) => field(&format!("day {}", day.0)),
            Value::Number(number) => {
                field(&number.map_or_else(|| "absent".to_owned(), |number| format!("number {number}")))
            }
            Value::State(state) => field(&format!("state {state}")),
            Value::Text(text) => field(&text.map_or_else(|| "absent".to_owned(), |text| format!("text {text}"))),
        }
    }
    hex::encode(digest.finalize())
}

/// One line of JSON for what all cases share and one for each case; of which the digest is.
fn digest(report: &Report) -> String {
    let mut digest = Sha256::new();
    digest.update(format!("{} {} {}\n", report.format, report.module, report.engine_profile));
    for case in &report.cases {
        digest.update(serde_json::to_vec(case).expect("a case is strings"));
        digest.update("\n");
    }
    hex::encode(digest.finalize())
}

/// Reads a report, and checks that its digest is its own.
pub fn read(path: &Path) -> Result<Report, AuditError> {
    let text = fs::read(path).map_err(|source| AuditError::Read { path: path.to_owned(), source })?;
    let report: Option<Report> = serde_json::from_slice(&text).ok();
    let fits = |report: &Report| report.format == FORMAT && report.digest == digest(report);
    report.filter(fits).ok_or_else(|| AuditError::NotAReport { path: path.to_owned() })
}

/// Where two reports differ: a sentence each.
pub fn compare(before: &Report, after: &Report) -> Vec<String> {
    let mut differences = Vec::new();
    for (what, before, after) in
        [("module", &before.module, &after.module), ("engine profile", &before.engine_profile, &after.engine_profile)]
    {
        if before != after {
            differences.push(format!("the {what} was {before} and is {after}"));
        }
    }
    let key = |case: &Audited| (case.file.clone(), case.name.clone());
    let mut left: BTreeMap<_, _> = after.cases.iter().map(|case| (key(case), case)).collect();
    for case in &before.cases {
        match left.remove(&key(case)) {
            None => differences.push(format!("{}: {}: is no longer there", case.file, case.name)),
            Some(other) if other != case => {
                differences.push(format!("{}: {}: {}", case.file, case.name, differs(case, other)))
            }
            Some(_) => {}
        }
    }
    differences.extend(left.keys().map(|(file, name)| format!("{file}: {name}: is new")));
    differences
}

fn differs(before: &Audited, after: &Audited) -> String {
    if (&before.today, &before.settings, &before.record) != (&after.today, &after.settings, &after.record) {
        return "asks something else: another day, other settings or another record".to_owned();
    }
    let answer = |case: &Audited| match &case.failure {
        Some(why) => format!("no answer ({why})"),
        None => format!("[{}] by {}, review {}", case.actions, case.rule, case.review_on),
    };
    format!("was {} and is {}", answer(before), answer(after))
}
