//! A past run, decided again: what the ledger says must be what the policy says, and what cannot be known must be said to be so.

use lapse::error::Exit;
use lapse::host::{Host, NotReplayed, ReplayOptions, ReplayReport};
use lapse::plan::Approval;
use lapse::policy::ModuleDigest;
use lapse::record::{Actions, Subject};
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::hostile::skeleton;
use crate::store::look::Look;
use crate::store::people::{conversation, conversation_id, snippet};
use crate::store::{Scene, options, set, tenant};

const COUNT: usize = 12;

/// Conversations of one day with audio days and statistics days, and a snippet.
fn scene() -> Scene {
    let scene = Scene::new("Europe/Copenhagen");
    let mut records: Vec<Value> = (0..COUNT).map(|index| conversation(index, "2026-03-01T12:00:00Z")).collect();
    records.push(snippet(1, "2026-03-01T12:00:00Z"));
    scene.import(&records);
    scene.settings(json!({"audio-days": 90, "statistics-days": 180, "snippet-days": 90}));
    scene
}

fn replay(host: &Host, run: i64) -> ReplayReport {
    host.replay(run, &ReplayOptions::default()).expect("a replay")
}

fn not_replayed(report: &ReplayReport) -> Vec<(NotReplayed, u64)> {
    report.not_replayed.iter().map(|(reason, count)| (*reason, *count)).collect()
}

/// Changes one kind of ledger entry behind the host's back.
fn change_ledger(scene: &Scene, kind: &str, change: impl Fn(&mut Value)) {
    let connection = Connection::open(scene.store().join("lapse.db")).expect("a database");
    let sql =
        format!("SELECT sequence, body FROM ledger WHERE body LIKE '%\"kind\":\"{kind}\"%' ORDER BY sequence LIMIT 1");
    let (sequence, body): (i64, Vec<u8>) =
        connection.query_row(&sql, [], |row| Ok((row.get(0)?, row.get(1)?))).expect("an entry");
    let mut entry = serde_json::from_slice(&body).expect("JSON");
    change(&mut entry);
    let body = entry.to_string().into_bytes();
    connection.execute("UPDATE ledger SET body = ?2 WHERE sequence = ?1", (sequence, body)).expect("changed");
}

#[test]
fn a_run_agrees_with_itself_in_both_engines_whatever_was_set_since() {
    let scene = scene();
    let run = scene.run("2026-06-15").run;
    let state = Look::at(&scene.store()).state();
    let host = scene.host();
    for interpreted in [false, true] {
        let report = host.replay(run, &ReplayOptions { records: None, interpreted }).expect("a replay");
        assert_eq!((report.recorded, report.agreed, report.disagreed), (COUNT as u64 + 1, COUNT as u64, 0));
        assert_eq!(not_replayed(&report), [(NotReplayed::DeletedByTheRun, 1)], "the snippet");
        assert!(report.holds() && report.profile_then == report.profile_now);
        assert!(report.runtime.contains(if interpreted { "Pulley" } else { "Cranelift" }));
    }
    assert_eq!(Look::at(&scene.store()).state(), state, "nothing was done");
    set(&host, &tenant(&host), json!({"audio-days": 1000, "statistics-days": null}));
    let report = replay(&host, run);
    assert_eq!(report.agreed, COUNT as u64);
    assert_eq!(report.settings, json!({"audio-days": 90, "statistics-days": 180, "snippet-days": 90}));
}

#[test]
fn what_is_gone_is_decided_again_from_a_backup() {
    let scene = scene();
    let backup = Scene::from(&scene.image());
    let run = scene.run("2026-12-01").run;
    let host = scene.host();
    let report = replay(&host, run);
    assert_eq!((report.agreed, not_replayed(&report)), (0, vec![(NotReplayed::DeletedByTheRun, COUNT as u64 + 1)]));
    assert!(report.holds());
    let from_backup = ReplayOptions { records: Some(backup.store()), interpreted: false };
    let report = host.replay(run, &from_backup).expect("a replay");
    assert_eq!((report.agreed, report.disagreed, not_replayed(&report)), (COUNT as u64 + 1, 0, vec![]));
}

#[test]
fn what_has_changed_since_is_not_decided_again() {
    let scene = scene();
    let first = scene.run("2026-06-15").run;
    let host = scene.host();
    host.place_hold(&tenant(&host), Subject::Conversation, &conversation_id(3), "a claim").expect("held");
    let report = replay(&host, first);
    assert_eq!((report.agreed, report.disagreed), (COUNT as u64 - 1, 0));
    assert!(not_replayed(&report).contains(&(NotReplayed::ChangedSince, 1)));
    drop(host);
    let second = scene.run("2026-12-01").run;
    let host = scene.host();
    let expected = [
        (NotReplayed::DeletedByTheRun, 1),
        (NotReplayed::DeletedSince, COUNT as u64 - 1),
        (NotReplayed::ChangedSince, 1),
    ];
    assert_eq!(not_replayed(&replay(&host, first)), expected);
    assert_eq!(not_replayed(&replay(&host, second)), [(NotReplayed::DeletedByTheRun, COUNT as u64 - 1)]);
}

#[test]
fn what_was_kept_is_decided_again_if_it_is_as_it_was() {
    let scene = scene();
    let host = scene.host();
    let file = scene.beside("the.plan");
    let mut out = std::fs::File::create(&file).expect("a file");
    host.plan(&tenant(&host), &options("2026-06-15"), &mut out).expect("a plan");
    // A hold on the snippet keeps its conversation, which stays as it was; the snippet does not.
    host.place_hold(&tenant(&host), Subject::Snippet, "snippet-0001", "a claim").expect("held");
    let run = host.apply(&file, None, &Approval::All).expect("applied");
    assert_eq!(run.kept.values().sum::<u64>(), 2);
    let report = replay(&host, run.run);
    assert_eq!((report.recorded, report.agreed, report.disagreed), (COUNT as u64 + 1, COUNT as u64, 0));
    assert_eq!(not_replayed(&report), [(NotReplayed::ChangedSince, 1)]);
}

#[test]
fn a_changed_verdict_in_the_ledger_is_found() {
    let scene = scene();
    let run = scene.run("2026-06-15").run;
    change_ledger(&scene, "intent\",\"tenant\":\"acme\",\"subject\":\"conversation", |entry| {
        entry["rule"] = json!("statistics-days");
    });
    let report = replay(&scene.host(), run);
    assert_eq!((report.agreed, report.disagreed), (COUNT as u64 - 1, 1));
    let differs = &report.disagreements[0];
    assert_eq!((differs.recorded.rule.as_str(), differs.replayed.rule.as_str()), ("statistics-days", "audio-days"));
    assert!(!report.ledger_faults.is_empty() && !report.holds());
    let (exit, said) = scene.told(&["audit", "replay", &run.to_string()]);
    assert_eq!(exit, Exit::Evidence as i32, "{said}");
    assert!(said.contains(&differs.id) && said.contains("does NOT hold"), "{said}");
}

#[test]
fn another_module_than_the_one_that_decided_disagrees() {
    let scene = scene();
    let run = scene.run("2026-06-15").run;
    let host = scene.host();
    let (other, _) = host.install_module(&skeleton::honest()).expect("installed");
    host.settle().expect("settled");
    drop(host);
    change_ledger(&scene, "run-opened", |entry| entry["module"] = json!(other.to_string()));
    let report = replay(&scene.host(), run);
    assert_eq!((report.agreed, report.disagreed), (0, COUNT as u64), "it keeps what was purged");
    assert!(report.disagreements.iter().all(|differs| differs.replayed.actions == Actions::NONE));
    let nobody = ModuleDigest::of(b"nobody");
    change_ledger(&scene, "run-opened", |entry| entry["module"] = json!(nobody.to_string()));
    let missing = scene.host().replay(run, &ReplayOptions::default()).expect_err("not installed");
    assert_eq!(missing.exit(), Exit::NotFound);
}

#[test]
fn what_an_older_ledger_does_not_say_is_not_claimed() {
    let scene = scene();
    let run = scene.run("2026-06-15").run;
    change_ledger(&scene, "intent\",\"tenant\":\"acme\",\"subject\":\"conversation", |entry| {
        entry.as_object_mut().expect("an object").remove("had").expect("it was recorded");
    });
    let report = replay(&scene.host(), run);
    assert_eq!((report.agreed, report.disagreed), (COUNT as u64 - 1, 0));
    assert!(not_replayed(&report).contains(&(NotReplayed::NotRecorded, 1)));
}

#[test]
fn what_no_policy_decided_is_not_replayed() {
    let scene = scene();
    let (exit, said) = scene.told(&["user", "add", "dpo", "--role", "owner"]);
    assert_eq!(exit, 0, "{said}");
    let (exit, said) =
        scene.told(&["delete", &conversation_id(0), "--as", "dpo", "--reason", "asked for", "--format", "json"]);
    assert_eq!(exit, 0, "{said}");
    let run = serde_json::from_str::<Value>(&said).expect("JSON")["run"].to_string();
    assert_eq!(scene.told(&["audit", "replay", &run]).0, Exit::Input as i32);
    assert_eq!(scene.told(&["audit", "replay", "99"]).0, Exit::NotFound as i32);
}

#[test]
fn the_command_answers_in_both_engines() {
    let scene = scene();
    let run = scene.run("2026-06-15").run.to_string();
    for engine in ["native", "pulley"] {
        let (exit, said) = scene.told(&["audit", "replay", &run, "--engine", engine]);
        assert_eq!(exit, 0, "{said}");
        assert!(
            said.contains(&format!("{} agree, 0 differ", COUNT)) && said.contains("nothing speaks against"),
            "{said}"
        );
        let (_, said) = scene.told(&["audit", "replay", &run, "--engine", engine, "--format", "json"]);
        let report: Value = serde_json::from_str(&said).expect("JSON");
        assert_eq!(report["not-replayed"], json!({"deleted-by-the-run": 1}));
    }
}
