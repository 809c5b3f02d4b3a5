//! What a policy costs: fuel is the same every time, and who comes near a limit is warned.

use lapse::error::Exit;
use serde_json::Value;

use crate::hostile::skeleton;
use crate::store::Scene;
use crate::support::guest;

/// The report on a module that is installed nowhere.
fn bench(scene: &Scene, module: &[u8], settings: &[&str]) -> Value {
    let file = scene.beside("bench.wasm");
    std::fs::write(&file, module).expect("written");
    let file = file.display().to_string();
    let (exit, said) = scene.told(&[&["policy", "bench", &file, "--format", "json"][..], settings].concat());
    assert_eq!(exit, 0, "{said}");
    serde_json::from_str(&said).expect("JSON")
}

fn fuel(report: &Value) -> Vec<u64> {
    let calls = report["calls"].as_array().expect("calls").iter();
    calls.map(|call| call["fuel"].as_u64().expect("a number")).collect()
}

fn near(report: &Value) -> Vec<&str> {
    let limits = report["limits"].as_array().expect("limits").iter();
    limits.filter(|share| share["near"] == true).filter_map(|share| share["limit"].as_str()).collect()
}

#[test]
fn fuel_is_the_same_every_time_and_the_standard_policy_is_near_no_limit() {
    let scene = Scene::new("UTC");
    let settings = ["--settings", "audio-days=90", "statistics-days=180"];
    let (one, other) = (bench(&scene, &guest("standard"), &settings), bench(&scene, &guest("standard"), &settings));
    assert_eq!(fuel(&one), fuel(&other));
    assert_eq!(near(&one), [""; 0]);
    let calls = one["calls"].as_array().expect("calls");
    let records: Vec<u64> = calls.iter().filter_map(|call| call["records"].as_u64()).collect();
    assert_eq!(records, [1, 64, 512, 8192, 1, 64, 512, 8192]);
    assert!(fuel(&one)[3] > fuel(&one)[0], "more records take more");
    let (exit, said) = scene.told(&["policy", "bench", "active"]);
    assert_eq!(exit, 0, "{said}");
    assert!(said.contains("% of fuel") && !said.contains("NEAR"), "{said}");
}

#[test]
fn who_comes_near_a_limit_is_warned() {
    // Forty-eight of sixty-four mebibytes from the beginning: it is admitted, and it is near.
    let scene = Scene::new("UTC");
    let large = skeleton::with_memory(48 << 4);
    assert_eq!(near(&bench(&scene, &large, &[])), ["memory-bytes"]);
    std::fs::write(scene.beside("large.wasm"), large).expect("written");
    let (exit, said) = scene.told(&["policy", "bench", &scene.beside("large.wasm").display().to_string()]);
    assert_eq!(exit, 0, "{said}");
    assert!(said.contains("75 % of memory-bytes") || said.contains("76 % of memory-bytes"), "{said}");
    assert!(said.contains("NEAR THE LIMIT"), "{said}");
}

#[test]
fn what_is_not_let_in_or_has_other_settings_has_no_costs() {
    let scene = Scene::new("UTC");
    let refused = |module: &[u8], settings: &[&str]| {
        let file = scene.beside("refused.wasm");
        std::fs::write(&file, module).expect("written");
        let file = file.display().to_string();
        let (exit, said) = scene.told(&[&["policy", "bench", &file][..], settings].concat());
        assert_eq!(exit, Exit::Input as i32, "{said}");
    };
    refused(b"no module", &[]);
    refused(&skeleton::module("divides-by-zero"), &[]);
    refused(&guest("standard"), &["--settings", "audio-days=soon"]);
}
