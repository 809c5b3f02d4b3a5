//! Sealed plans that are not what they were.

use super::{RUN, done, exit, refused, scene};
use crate::store::Scene;
use crate::store::look::Look;
use crate::support::guest;

const APPLY: [&str; 3] = ["apply", "--approve", "all"];

/// Makes a plan and says where it is.
fn planned(scene: &Scene) -> String {
    let plan = scene.beside("the.plan").to_string_lossy().into_owned();
    done(scene, &["plan", "--date", "2026-03-01", "--out", &plan]);
    plan
}

fn apply(plan: &str) -> [&str; 4] {
    [APPLY[0], plan, APPLY[1], APPLY[2]]
}

#[test]
fn a_plan_that_was_edited_is_refused() {
    let scene = scene();
    let plan = planned(&scene);
    let good = std::fs::read_to_string(&plan).expect("a plan");
    for (edited, part) in [
        (good.replace("conversation-0001", "conversation-0002"), "the plan's seal does not fit"),
        (good.replacen("purge-audio", "purge-statistics", 1), "the plan's seal does not fit"),
        (
            good.lines().filter(|line| !line.contains("0001")).map(|line| format!("{line}\n")).collect(),
            "seal does not fit",
        ),
        (good[..good.len() / 2].to_owned(), "the plan's seal does not fit"),
        (good.replace("lapse-plan/1", "lapse-plan/2"), "this is not a sealed plan"),
        (String::new(), "this is not a sealed plan"),
        ("{}\n".to_owned(), "this is not a sealed plan"),
    ] {
        assert_ne!(edited, good);
        std::fs::write(&plan, edited).expect("written");
        refused(&scene, &apply(&plan), exit::INPUT, part);
    }
    std::fs::write(&plan, good).expect("written");
    done(&scene, &apply(&plan));
}

#[test]
fn a_plan_of_another_store_is_refused() {
    let (here, there) = (scene(), scene());
    let key: Vec<u8> = (0..32).collect();
    std::fs::write(there.store().join("host.key"), key).expect("written");
    refused(&here, &apply(&planned(&there)), exit::INPUT, "made with another store's key");
    refused(&here, &apply("/nowhere/the.plan"), exit::FAILED, "reading /nowhere/the.plan failed");
}

#[test]
fn a_plan_is_applied_once() {
    let scene = scene();
    let plan = planned(&scene);
    done(&scene, &apply(&plan));
    refused(&scene, &apply(&plan), exit::INPUT, "this plan was applied as run 1 already");
    assert_eq!(Look::at(&scene.store()).receipted_intents().len(), 4);
}

#[test]
fn a_plan_older_than_settings_or_module_is_refused() {
    let scene = scene();
    let plan = planned(&scene);
    done(&scene, &["settings", "set", "audio-days=31"]);
    refused(&scene, &apply(&plan), exit::INPUT, "this plan is older than the tenant's settings");
    // Set back, the settings are again those that the plan was made with.
    done(&scene, &["settings", "set", "audio-days=30"]);

    let other = scene.beside("other.wasm").to_string_lossy().into_owned();
    std::fs::write(&other, with_another_digest(guest("standard"))).expect("written");
    let said = done(&scene, &["policy", "install", &other, "--format", "json"]);
    let installed: serde_json::Value = serde_json::from_str(&said).expect("JSON");
    done(&scene, &["policy", "activate", installed["module"].as_str().expect("a digest")]);
    refused(&scene, &apply(&plan), exit::INPUT, "this plan is older than the tenant's policy module");
}

/// The same component with a custom section at its end, which changes nothing but the digest.
fn with_another_digest(mut component: Vec<u8>) -> Vec<u8> {
    component.extend([0, 5, 4, b'n', b'o', b't', b'e']);
    component
}

#[test]
fn a_record_that_changed_since_it_was_planned_is_kept() {
    let scene = scene();
    let plan = planned(&scene);
    done(&scene, &["hold", "place", "conversation-0001", "--reason", "dispute"]);
    done(&scene, &["hold", "place", "conversation-0002", "--reason", "dispute"]);
    done(&scene, &["hold", "release", "2"]);
    let (given, said) = scene.told(&[&apply(&plan)[..], &["--format", "json"]].concat());
    assert_eq!(given, exit::PARTIAL, "{said}");
    let report: serde_json::Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!(report["kept"], serde_json::json!({"held": 1, "changed": 1}));
    assert_eq!(report["done"], 2);
    // What changed is due at once, and is done by the next run; what is held is kept.
    done(&scene, &RUN);
    let look = Look::at(&scene.store());
    assert_eq!(look.rows("SELECT id FROM conversation WHERE audio IS NOT NULL"), ["conversation-0001"]);
}

#[test]
fn what_a_plan_only_looked_at_is_looked_at_again_in_time() {
    // A conversation of 10 January is to be kept 90 days; then 60 are set, and a plan is made and applied before either is over.
    let scene = scene();
    done(&scene, &["settings", "set", "audio-days=90", "snippet-days="]);
    done(&scene, &["run", "--date", "2026-02-01", "--approve", "all"]);
    done(&scene, &["settings", "set", "audio-days=60"]);
    let plan = scene.beside("the.plan").to_string_lossy().into_owned();
    done(&scene, &["plan", "--date", "2026-02-02", "--out", &plan]);
    done(&scene, &apply(&plan));
    // On day 61 they are due, whoever had looked at them when.
    done(&scene, &["run", "--date", "2026-03-12", "--approve", "all"]);
    assert_eq!(Look::at(&scene.store()).rows("SELECT id FROM conversation WHERE audio IS NOT NULL"), [""; 0]);
}
