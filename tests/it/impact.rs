//! The impact of a policy that is not in force: what it says must be what plans say, and nothing may be changed by asking.

use lapse::error::Exit;
use lapse::host::{Acts, Candidate, Host, ImpactReport, ModuleSource, PlanReport, ProposedSettings, RunOptions};
use lapse::record::Subject;
use serde_json::{Value, json};

use crate::hostile::skeleton;
use crate::store::look::Look;
use crate::store::people::{conversation, conversation_id, snippet};
use crate::store::{Scene, day, mixed, set, tenant};
use crate::support::guest;

const TODAY: &str = "2027-06-01T12:00:00Z";
const COUNT: usize = 60;

/// Conversations and snippets of two years, some held, some gone their first step already.
fn scene() -> Scene {
    let scene = Scene::new("Europe/Copenhagen");
    let at = |index: usize| {
        let days = i64::try_from(mixed(index as u64) % 700).expect("a small number");
        (TODAY.parse::<chrono::DateTime<chrono::Utc>>().expect("an instant") - chrono::Days::new(days as u64))
            .to_rfc3339()
    };
    let mut records: Vec<Value> = (0..COUNT).map(|index| conversation(index, &at(index))).collect();
    records.extend((0..COUNT / 4).map(|index| snippet(index, &at(index))));
    scene.import(&records);
    scene.settings(json!({"audio-days": 400}));
    scene.run("2027-06-01");
    let host = scene.host();
    for index in [3, 7, 11] {
        let held = host.place_hold(&tenant(&host), Subject::Conversation, &conversation_id(index), "a claim");
        held.expect("held");
    }
    set(&host, &tenant(&host), json!({"audio-days": 90, "statistics-days": 500, "snippet-days": 365}));
    host.settle().expect("settled");
    drop(host);
    scene
}

fn active(host: &Host, settings: Value) -> Candidate {
    let settings = ProposedSettings::Replaced(settings.as_object().expect("an object").clone());
    host.candidate(&tenant(host), &ModuleSource::Active, &settings).expect("the settings suit")
}

fn in_force(host: &Host) -> Candidate {
    host.candidate(&tenant(host), &ModuleSource::Active, &ProposedSettings::default()).expect("a policy in force")
}

fn impact(host: &Host, candidate: &Candidate, against: &Candidate) -> ImpactReport {
    host.impact(&tenant(host), candidate, against).expect("an impact")
}

/// The sums of a plan for a day, in the terms of an impact.
fn plan(host: &Host, date: &str) -> Acts {
    let options = RunOptions { date: Some(day(date)), full: true, ..RunOptions::default() };
    let report: PlanReport = host.plan(&tenant(host), &options, &mut std::io::sink()).expect("a plan");
    let count = |subject| report.items.get(&subject).copied().unwrap_or(0);
    Acts {
        conversations: count(Subject::Conversation),
        snippets: count(Subject::Snippet),
        held: report.held,
        actions: report.actions,
    }
}

#[test]
fn the_policy_in_force_changes_nothing_against_itself() {
    let scene = scene();
    let host = scene.host();
    let report = impact(&host, &in_force(&host), &in_force(&host));
    assert_eq!(report.horizons.iter().map(|horizon| horizon.days).collect::<Vec<_>>(), [0, 30, 90, 365]);
    for horizon in &report.horizons {
        assert!(horizon.more.is_empty() && horizon.fewer.is_empty(), "{horizon:?}");
        assert_eq!(horizon.candidate, horizon.against);
    }
    assert!(report.horizons[3].candidate.records() > 0, "there is something to compare");
}

#[test]
fn its_sums_are_those_of_plans_for_these_days() {
    let scene = scene();
    let host = scene.host();
    let proposed = json!({"audio-days": 30, "statistics-days": 300, "anonymise-transcript": false});
    let report = impact(&host, &active(&host, proposed.clone()), &in_force(&host));
    for horizon in &report.horizons {
        assert_eq!(horizon.against, plan(&host, &horizon.date), "in force, in {} days", horizon.days);
    }
    let taken_out =
        json!({"audio-days": 30, "statistics-days": 300, "anonymise-transcript": false, "snippet-days": null});
    set(&host, &tenant(&host), taken_out);
    for horizon in &report.horizons {
        assert_eq!(horizon.candidate, plan(&host, &horizon.date), "proposed, in {} days", horizon.days);
    }
}

#[test]
fn more_one_way_is_fewer_the_other_way() {
    let scene = scene();
    let host = scene.host();
    let (short, long) = (active(&host, json!({"audio-days": 10})), active(&host, json!({"audio-days": 200})));
    let (there, back) = (impact(&host, &short, &long), impact(&host, &long, &short));
    for (there, back) in there.horizons.iter().zip(&back.horizons) {
        assert_eq!((&there.more, &there.fewer), (&back.fewer, &back.more));
        assert!(there.fewer.is_empty(), "a shorter period keeps nothing that a longer one does not");
        let months: u64 = there.more.months.values().sum();
        let teams: u64 = there.more.teams.values().sum();
        assert_eq!((months, teams), (there.more.records(), there.more.conversations));
        let known = there.more.teams.keys().all(|team| team == "sales" || team == "service");
        assert!(known, "{:?}", there.more.teams);
    }
    assert!(!there.horizons[0].more.is_empty());
    assert!(there.horizons[3].more.is_empty(), "in a year both have all of it");
}

#[test]
fn what_differs_is_what_only_one_of_them_does() {
    let scene = scene();
    let host = scene.host();
    let anonymise = active(&host, json!({"audio-days": 90}));
    let leave = active(&host, json!({"audio-days": 90, "anonymise-transcript": false}));
    let report = impact(&host, &leave, &anonymise);
    for horizon in &report.horizons {
        assert!(horizon.more.is_empty());
        assert_eq!(horizon.fewer.actions.keys().copied().collect::<Vec<_>>(), ["anonymise-transcript"]);
        assert_eq!(horizon.candidate.conversations, horizon.against.conversations);
    }
}

#[test]
fn a_module_that_is_not_installed_is_compared_and_kept_nowhere() {
    let scene = scene();
    let host = scene.host();
    let before = (host.modules().expect("modules").len(), Look::at(&scene.store()).rows("SELECT body FROM ledger"));
    let source = ModuleSource::Bytes(skeleton::honest());
    let none = ProposedSettings::Replaced(serde_json::Map::new());
    let keeps = host.candidate(&tenant(&host), &source, &none).expect("admitted");
    let report = impact(&host, &keeps, &in_force(&host));
    for horizon in &report.horizons {
        assert_eq!(horizon.candidate, Acts::default(), "it keeps everything");
        assert_eq!(horizon.fewer.actions, horizon.against.actions);
    }
    let after = (host.modules().expect("modules").len(), Look::at(&scene.store()).rows("SELECT body FROM ledger"));
    assert_eq!(before, after);
}

#[test]
fn a_policy_that_fails_has_no_impact() {
    let scene = Scene::new("UTC");
    scene.import(&[conversation(1, "1970-01-08T12:00:00Z")]);
    let host = scene.host();
    let source = ModuleSource::Bytes(skeleton::module("traps-on-day-seven"));
    let traps = host.candidate(&tenant(&host), &source, &ProposedSettings::default()).expect("it stands the probe");
    let failed = host.impact(&tenant(&host), &traps, &in_force(&host)).expect_err("it traps");
    assert_eq!(failed.exit(), Exit::Policy);
    assert!(failed.to_string().contains(&conversation_id(1)), "{failed}");
}

#[test]
fn the_command_says_it_in_text_in_json_and_in_a_picture() {
    let scene = scene();
    let state = Look::at(&scene.store()).state();
    let (file, svg) = (scene.beside("standard.wasm"), scene.beside("impact.svg"));
    std::fs::write(&file, guest("standard")).expect("written");
    let words = |module: &str, more: &[&str]| {
        let mut words = vec!["policy", "impact", module, "--settings", "audio-days=1", "statistics-days="];
        words.extend(more);
        scene.told(&words)
    };
    let (exit, said) = words("active", &["--format", "json"]);
    assert_eq!(exit, 0, "{said}");
    let json: Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!(json["candidate"]["settings"], json!({"audio-days": 1, "snippet-days": 365}));
    assert_eq!(words(&file.display().to_string(), &["--format", "json"]), (0, said.clone()), "by file or by name");
    assert_eq!(words("standard", &["--format", "json", "--against", "standard"]), (0, said), "of the same module");
    let (exit, said) = words("active", &["--svg", &svg.display().to_string()]);
    assert_eq!(exit, 0, "{said}");
    assert!(said.contains("would go in addition") && said.contains("would no longer go"), "{said}");
    let picture = std::fs::read_to_string(&svg).expect("a picture");
    assert!(picture.starts_with("<svg ") && picture.ends_with("</svg>\n") && picture.contains("<title id=\"title\">"));
    let days = json["horizons"].as_array().expect("days").iter();
    let most = days.filter_map(|day| day["more"]["actions"]["purge-audio"].as_u64()).max().expect("some audio");
    assert!(picture.contains(&format!(": {most} more, audio purged")), "each bar bears its number");
    assert_eq!(Look::at(&scene.store()).state(), state, "nothing was done");
    let (exit, said) = words("nowhere", &[]);
    assert_eq!(exit, Exit::NotFound as i32, "{said}");
    let (exit, said) = scene.told(&["policy", "impact", "active", "--settings", "{\"audio-days\": -1}"]);
    assert_eq!(exit, Exit::Input as i32, "{said}");
}
