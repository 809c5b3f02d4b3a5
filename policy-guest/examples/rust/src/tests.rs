//! The policy, natively: no wasm needed.

use lapse_policy_sdk::testing::{context, day, review_on_is_true};

use super::*;

const SETTINGS: &str = r#"{
    "default-days": 90,
    "teams": { "sales": 30 },
    "purposes": { "agreement": 365, "training": 10 },
    "statistics-days": 730
}"#;

fn call(team: Option<&'static str>, purpose: Option<&'static str>) -> Conversation<'static> {
    let state = Artefacts::AUDIO | Artefacts::CUSTOMER | Artefacts::TRANSCRIPT | Artefacts::STATISTICS;
    Conversation { recorded_on: Some(day(20_000)), state, held: false, team, purpose }
}

fn verdict(call: Conversation<'_>, days_later: i32) -> Verdict<Rule> {
    TeamPeriods::conversation(call, &context::<TeamPeriods>(day(20_000 + days_later), SETTINGS))
}

#[test]
fn a_team_has_its_own_period_and_others_the_default() {
    assert_eq!(verdict(call(Some("sales"), None), 30).rule, Rule::Keep);
    assert_eq!(verdict(call(Some("sales"), None), 31).rule, Rule::Team);
    for team in [Some("support"), None] {
        assert_eq!(verdict(call(team, None), 90).rule, Rule::Keep);
        assert_eq!(verdict(call(team, None), 91).rule, Rule::Team);
    }
}

#[test]
fn a_purpose_only_ever_keeps_longer() {
    assert_eq!(verdict(call(Some("sales"), Some("agreement")), 365).rule, Rule::Keep);
    assert_eq!(verdict(call(Some("sales"), Some("agreement")), 366).rule, Rule::Purpose);
    assert_eq!(verdict(call(Some("sales"), Some("training")), 31).rule, Rule::Team);
    assert_eq!(verdict(call(Some("sales"), Some("unheard of")), 31).rule, Rule::Team);
}

#[test]
fn a_hold_keeps_everything() {
    let held = Conversation { held: true, ..call(Some("sales"), None) };
    assert_eq!(verdict(held, 10_000), Verdict::keep(Rule::Held, None));
}

#[test]
fn nothing_changes_before_the_day_of_review() {
    let settings =
        r#"{ "default-days": 9, "teams": { "sales": 3 }, "purposes": { "agreement": 30 }, "statistics-days": 20 }"#;
    let settings = context::<TeamPeriods>(day(0), settings).settings;
    for team in [Some("sales"), None] {
        for purpose in [Some("agreement"), Some("training"), None] {
            let ctx = |today| Context { today, settings: settings.clone() };
            let answer = |today| TeamPeriods::conversation(call(team, purpose), &ctx(today));
            assert_eq!(review_on_is_true(day(19_990)..=day(20_040), answer), Ok(()));
        }
    }
}
