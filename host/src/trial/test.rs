//! Runs a policy over fixtures and says, case by case, where it answers otherwise than expected.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Serialize;

use super::answers::{Answer, NoAnswer, ask};
use super::fixtures::{self, Case, Expectation, FixtureError};
use crate::columns::BATCH_RECORDS_MAX;
use crate::policy::{Context, Policy};
use crate::record::{Day, Subject};

/// What came of all cases.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Tested {
    /// The policy.
    pub policy: String,
    /// One a case, in the order of the fixtures.
    pub cases: Vec<Tried>,
    /// Rules of the manifest that no case was answered with.
    pub rules_not_covered: Vec<String>,
    /// How many rules the manifest has.
    pub rules: usize,
    /// The most fuel that a call used, as a share of its limit.
    pub fuel_share: f64,
}

/// What came of one case.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Tried {
    /// The file.
    pub file: String,
    /// The case's name.
    pub name: String,
    /// Where the answer is another one; empty where the case passes.
    pub differences: Vec<Difference>,
    /// The rule that was answered with.
    pub rule: Option<String>,
}

/// One way in which an answer is not the expected one.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Difference {
    /// `actions`, `rule`, `review-on`, or `answer` where there is none.
    pub what: &'static str,
    /// What the fixture says.
    pub expected: String,
    /// What the policy says.
    pub found: String,
}

impl Tested {
    /// How many cases are answered otherwise.
    pub fn failed(&self) -> usize {
        self.cases.iter().filter(|case| !case.differences.is_empty()).count()
    }
}

/// The policy's answer to each case, in the cases' order, and the most fuel that a call used as a share of its limit.
pub(crate) fn answers(policy: &Policy, cases: &[Case], batch: usize) -> (Vec<Result<Answer, NoAnswer>>, f64) {
    let mut together: BTreeMap<(Subject, i32, &str), Vec<usize>> = BTreeMap::new();
    for (index, case) in cases.iter().enumerate() {
        together.entry((case.subject, case.today.0, &case.settings)).or_default().push(index);
    }
    let mut answers: Vec<_> = cases.iter().map(|_| Err(NoAnswer(String::new()))).collect();
    let mut fuel_share: f64 = 0.0;
    for ((subject, today, settings), indexes) in together {
        if let Err(error) = policy.check_settings(settings) {
            let refused = NoAnswer(error.to_string());
            indexes.iter().for_each(|index| answers[*index] = Err(refused.clone()));
            continue;
        }
        let ctx = Context { today: Day(today), settings };
        let records: Vec<_> = indexes.iter().map(|index| &cases[*index].record).collect();
        let answered = ask(policy, subject, &ctx, &records, batch);
        fuel_share = fuel_share.max(answered.fuel_share);
        for (index, answer) in indexes.into_iter().zip(answered.each) {
            answers[index] = answer;
        }
    }
    (answers, fuel_share)
}

/// Tests a policy with the cases of a folder whose names contain `filter`; `update` writes its answers into those that expect
/// others.
pub fn test(policy: &Policy, folder: &Path, filter: &str, update: bool) -> Result<Tested, FixtureError> {
    let mut cases = fixtures::read(folder)?;
    cases.retain(|case| case.name.contains(filter));
    let (answers, fuel_share) = answers(policy, &cases, BATCH_RECORDS_MAX);
    let rules = &policy.manifest().rules;
    let covered: BTreeSet<u16> = answers.iter().flatten().map(|answer| answer.rule).collect();
    let is_covered = |index: usize| u16::try_from(index).is_ok_and(|index| covered.contains(&index));
    let not_covered = rules.iter().enumerate().filter(|(index, _)| !is_covered(*index));
    let name = |answer: &Answer| rules[usize::from(answer.rule)].name.clone();
    let mut tested = Tested {
        policy: policy.label(),
        cases: Vec::new(),
        rules_not_covered: not_covered.map(|(_, rule)| rule.name.clone()).collect(),
        rules: rules.len(),
        fuel_share,
    };
    let mut updates: BTreeMap<&Path, Vec<(usize, Expectation)>> = BTreeMap::new();
    for (case, answer) in cases.iter().zip(answers) {
        let rule = answer.as_ref().ok().map(name);
        let mut differences = differences(case.expect.as_ref(), &answer, rule.as_deref());
        if let (true, false, Ok(answer)) = (update, differences.is_empty(), &answer) {
            let written =
                Expectation { actions: answer.actions, rule: rule.clone(), review_on: Some(answer.review_on) };
            updates.entry(&case.file).or_default().push((case.place, written));
            differences.clear();
        }
        let file = case.file.display().to_string();
        tested.cases.push(Tried { file, name: case.name.clone(), differences, rule });
    }
    for (file, answers) in updates {
        fixtures::update(folder, file, &answers)?;
    }
    Ok(tested)
}

fn differences(expect: Option<&Expectation>, answer: &Result<Answer, NoAnswer>, rule: Option<&str>) -> Vec<Difference> {
    let differs = |what, expected: String, found: String| Difference { what, expected, found };
    let answer = match (answer, expect) {
        (Err(NoAnswer(why)), _) => return vec![differs("answer", "one".to_owned(), why.clone())],
        (Ok(answer), None) => {
            let found = format!("{}; --update writes it down", or_none(answer.actions.to_string()));
            return vec![differs("answer", "nothing is expected yet".to_owned(), found)];
        }
        (Ok(answer), Some(_)) => answer,
    };
    let Some(Expectation { actions, rule: expected_rule, review_on }) = expect else { return Vec::new() };
    let mut all = Vec::new();
    if *actions != answer.actions {
        all.push(differs("actions", or_none(actions.to_string()), or_none(answer.actions.to_string())));
    }
    if let Some(expected) = expected_rule.as_deref().filter(|expected| Some(*expected) != rule) {
        all.push(differs("rule", expected.to_owned(), rule.unwrap_or_default().to_owned()));
    }
    if let Some(expected) = review_on.filter(|expected| *expected != answer.review_on) {
        all.push(differs("review-on", expected.to_string(), answer.review_on.to_string()));
    }
    all
}

fn or_none(actions: String) -> String {
    if actions.is_empty() { "none".to_owned() } else { actions }
}
