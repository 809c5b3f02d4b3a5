//! What a policy's author and an auditor run: fixtures, the search for what is wrong, and reports that agree bit for bit.

use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

use lapse::error::Exit;
use lapse::policy::{Engine, Policy};
use lapse::trial::verify::{Options, verify};

use crate::hostile::{engine, load, skeleton};
use crate::standard_policy::STANDARD;
use crate::store::told_by;
use crate::support::{guest, lapse_binary, repository};

/// A policy that decides each row by itself: `$judge` of day, state and today says what to do with a conversation, `$review`
/// when to ask again. `$all` of a state is everything that such a record has.
const BY_ROW: &str = r#"
(func $all (param $state i32) (result i32)
  (i32.or (i32.const 16)
    (i32.or (i32.and (local.get $state) (i32.const 3))
            (select (i32.const 8) (i32.const 0) (i32.and (local.get $state) (i32.const 12))))))
(func $decide (type $decide)
  (local $answer i32) (local $row i32) (local $day i32) (local $state i32)
  (local.set $answer (call $answer (local.get 4)))
  (block $done
    (br_if $done (local.get 0))
    (loop $next
      (br_if $done (i32.ge_u (local.get $row) (local.get 4)))
      (local.set $day
        (i32.load (i32.add (i32.load offset=4 (local.get 5)) (i32.mul (local.get $row) (i32.const 4)))))
      (local.set $state (i32.load8_u (i32.add (i32.load offset=24 (local.get 5)) (local.get $row))))
      (i32.store8
        (i32.add (i32.load offset=4 (local.get $answer)) (local.get $row))
        (call $judge (local.get $day) (local.get $state) (local.get 1)))
      (i32.store
        (i32.add (i32.load offset=20 (local.get $answer)) (i32.mul (local.get $row) (i32.const 4)))
        (call $review (local.get $day) (local.get $state) (local.get 1)))
      (local.set $row (i32.add (local.get $row) (i32.const 1)))
      (br $next)))
  (local.get $answer))
"#;

/// Purges everything on the 91st day.
const AFTER_90_DAYS: &str = r#"
(func $judge (param $day i32) (param $state i32) (param $today i32) (result i32)
  (if (result i32) (i32.and (i32.ne (local.get $day) (i32.const 0x80000000))
                            (i32.gt_s (i32.sub (local.get $today) (local.get $day)) (i32.const 90)))
    (then (call $all (local.get $state)))
    (else (i32.const 0))))
"#;

/// Says so in time.
const REVIEWED: &str = r#"
(func $review (param $day i32) (param $state i32) (param $today i32) (result i32)
  (if (result i32) (i32.and (i32.ne (local.get $day) (i32.const 0x80000000))
                            (i32.gt_s (i32.add (local.get $day) (i32.const 91)) (local.get $today)))
    (then (i32.add (local.get $day) (i32.const 91)))
    (else (i32.const 0x80000000))))
"#;

/// Says that nobody needs to ask again.
const NEVER_REVIEWED: &str = r#"
(func $review (param $day i32) (param $state i32) (param $today i32) (result i32) (i32.const 0x80000000))
"#;

fn by_row(judge: &str, review: &str) -> Policy {
    let module = skeleton::component(&format!("{BY_ROW}{judge}{review}"), "@1.0.0", |wit| wit);
    load(engine(), &module).expect("the policy loads")
}

fn options() -> Options {
    Options { records: 4_000, ..Options::default() }
}

/// The properties that are found missing, and the sentences that say so.
fn found(policy: &Policy, options: &Options) -> (Vec<&'static str>, String) {
    let verified = verify(policy, options, &mut |_| {}).expect("verified");
    let sentences = verified.findings.iter().map(|finding| format!("{} {}\n", finding.sentence, finding.record));
    (verified.findings.iter().map(|finding| finding.property).collect(), sentences.collect())
}

#[track_caller]
fn finds(policy: &Policy, options: &Options, property: &str, sentence: &str) {
    let (properties, sentences) = found(policy, options);
    assert!(properties.contains(&property), "{properties:?}\n{sentences}");
    assert!(sentences.contains(sentence), "{sentences}");
}

#[test]
fn nothing_is_wrong_with_the_standard_policy() {
    let (properties, sentences) = found(&STANDARD, &Options { records: 40_000, ..Options::default() });
    assert!(properties.is_empty(), "{sentences}");
}

#[test]
fn a_policy_that_does_not_read_holds_is_told_so_and_nothing_else() {
    let (properties, sentences) = found(&by_row(AFTER_90_DAYS, REVIEWED), &options());
    assert_eq!(properties, ["keeps-what-is-held"], "{sentences}");
}

#[test]
fn a_review_that_comes_too_late_is_found() {
    let policy = by_row(AFTER_90_DAYS, NEVER_REVIEWED);
    finds(&policy, &options(), "reviews-in-time", "nobody would ever ask again, and it would stay for ever");
}

#[test]
fn an_old_record_that_outlives_a_younger_one_is_found() {
    let between = AFTER_90_DAYS.replace(
        "(i32.const 90)))",
        "(i32.const 90)) (i32.lt_s (i32.sub (local.get $today) (local.get $day)) (i32.const 200)))",
    );
    let between = between
        .replace("(i32.and (i32.ne", "(i32.and (i32.and (i32.ne")
        .replace("(i32.const 90)) ", "(i32.const 90))) ");
    finds(&by_row(&between, REVIEWED), &options(), "keeps-no-older-record-longer", "of the same one 1 day younger");
}

#[test]
fn a_purge_that_is_taken_back_is_found() {
    let on_even_days = r#"
(func $judge (param $day i32) (param $state i32) (param $today i32) (result i32)
  (if (result i32) (i32.and (local.get $today) (i32.const 1))
    (then (i32.const 0)) (else (call $all (local.get $state)))))
"#;
    finds(&by_row(on_even_days, NEVER_REVIEWED), &options(), "takes-nothing-back", "what a run missed would stay");
}

#[test]
fn a_period_below_the_floor_or_beyond_the_ceiling_is_found() {
    let policy = by_row(AFTER_90_DAYS, REVIEWED);
    let (floor, ceiling) = (Some(100), Some(80));
    finds(&policy, &Options { floor_days: floor, ..options() }, "respects-floor-and-ceiling", "the floor is 100 days");
    finds(
        &policy,
        &Options { ceiling_days: ceiling, ..options() },
        "respects-floor-and-ceiling",
        "the ceiling is 80 days",
    );
    let exact = Options { floor_days: Some(90), ceiling_days: Some(90), ..options() };
    assert!(!found(&policy, &exact).0.contains(&"respects-floor-and-ceiling"));
}

#[test]
fn a_record_that_brings_everything_down_is_found_and_made_small() {
    let trapping = AFTER_90_DAYS.replace(
        "(then (call $all (local.get $state)))",
        "(then (if (result i32) (i32.eq (local.get $state) (i32.const 0x11)) (then unreachable) (else (call $all (local.get $state)))))",
    );
    let sentence = "nothing at all is deleted for the tenant";
    finds(&by_row(&trapping, REVIEWED), &options(), "answers-every-record", sentence);
    finds(&by_row(&trapping, REVIEWED), &options(), "answers-every-record", "state = [\"audio\", \"statistics\"]");
}

#[test]
fn an_answer_that_depends_on_the_batch_is_found() {
    let policy = load(engine(), &skeleton::module("judges-by-position")).expect("the policy loads");
    finds(&policy, &options(), "answers-each-record-alone", "depends on who else is stored");
}

#[test]
fn settings_that_are_accepted_and_not_handled_are_found() {
    let only_one_length = r#"
(func $decide (type $decide)
  (if (i32.ne (local.get 3) (i32.const 11)) (then unreachable))
  (call $answer (local.get 4)))
"#;
    let module = skeleton::component(only_one_length, "@1.0.0", |wit| wit);
    let policy = load(engine(), &module).expect("the policy loads");
    let settings = Some(r#"{"days":90}"#.to_owned());
    finds(&policy, &Options { settings, ..options() }, "handles-every-setting", "nothing would be deleted any more");
}

#[test]
fn a_loop_over_the_batch_inside_the_loop_over_its_records_is_found() {
    let squared = r#"
(func $decide (type $decide)
  (local $left i32)
  (local.set $left (i32.mul (local.get 4) (local.get 4)))
  (loop $next
    (local.set $left (i32.sub (local.get $left) (i32.const 1)))
    (br_if $next (i32.gt_s (local.get $left) (i32.const 0))))
  (call $answer (local.get 4)))
"#;
    let module = skeleton::component(squared, "@1.0.0", |wit| wit);
    let options = Options { records: 10_000, ..options() };
    let ample = load(STANDARD.engine(), &module).expect("the policy loads");
    finds(&ample, &options, "costs-as-much-for-each-record", "65 times as much");
    let scarce = load(engine(), &module).expect("the policy loads");
    finds(&scarce, &options, "costs-as-much-for-each-record", "records together get no answer");
}

#[test]
fn the_same_seed_finds_the_same() {
    let policy = by_row(AFTER_90_DAYS, NEVER_REVIEWED);
    assert_eq!(found(&policy, &options()), found(&policy, &options()));
}

/// What the binary answered: its exit code, and everything that it said.
struct Told {
    exit: i32,
    said: String,
}

/// The standard policy's fixtures, and a place for what is made of them.
struct Bench {
    folder: tempfile::TempDir,
}

static FIXTURES: LazyLock<std::path::PathBuf> = LazyLock::new(|| repository().join("policy-guest/standard/fixtures"));

impl Bench {
    fn new() -> Bench {
        let bench = Bench { folder: tempfile::tempdir().expect("a folder") };
        std::fs::write(bench.path("standard.wasm"), guest("standard")).expect("written");
        bench
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    fn lapse(&self, words: &[&str]) -> Told {
        let (exit, said) = told_by(|| {
            let mut command = Command::new(lapse_binary());
            command.args(words).env("LAPSE_CACHE", self.path("cache"));
            command
        });
        Told { exit, said }
    }

    fn test(&self, fixtures: &Path, more: &[&str]) -> Told {
        let (module, fixtures) = (self.path("standard.wasm"), fixtures.display().to_string());
        let words = [&["policy", "test", &module, "--fixtures", &fixtures], more].concat();
        self.lapse(&words)
    }

    fn audit(&self, fixtures: &Path, report: &str) -> Told {
        let (module, fixtures) = (self.path("standard.wasm"), fixtures.display().to_string());
        self.lapse(&["audit", "run", &module, "--fixtures", &fixtures, "--out", &self.path(report)])
    }

    /// Fixtures of one's own, of one file.
    fn fixtures(&self, text: &str) -> std::path::PathBuf {
        let folder = self.folder.path().join("fixtures");
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(folder.join("own.toml"), text).expect("written");
        folder
    }
}

const WRONG: &str = r#"
today = 2026-03-01
settings = { audio-days = 90 }
# Why this case is here.
[[case]]
name = "kept too long"
record = { recorded-on = 2025-11-30 }
expect = { actions = [], rule = "keep", review-on = "never" }
"#;

#[test]
fn the_standard_policy_passes_its_fixtures_and_they_cover_its_rules() {
    let bench = Bench::new();
    let tested = bench.test(&FIXTURES, &["--format", "json", "--junit", &bench.path("junit.xml")]);
    assert_eq!(tested.exit, Exit::Done as i32, "{}", tested.said);
    let results: serde_json::Value = serde_json::from_str(&tested.said).expect("JSON");
    assert_eq!(results["rules-not-covered"], serde_json::json!([]));
    let junit = std::fs::read_to_string(bench.path("junit.xml")).expect("written");
    let cases = results["cases"].as_array().expect("a list").len();
    assert_eq!(junit.matches("<testcase ").count(), cases);
    assert!(junit.contains("failures=\"0\""));
}

#[test]
fn a_case_that_is_answered_otherwise_is_shown_and_update_writes_the_answer_down() {
    let bench = Bench::new();
    let fixtures = bench.fixtures(WRONG);
    let failed = bench.test(&fixtures, &[]);
    assert_eq!(failed.exit, Exit::Policy as i32, "{}", failed.said);
    for part in ["expected keep", "found    audio-days", "found    purge-audio, purge-customer, anonymise-transcript"] {
        assert!(failed.said.contains(part), "{part}: {}", failed.said);
    }
    assert_eq!(bench.test(&fixtures, &["--filter", "no such case"]).exit, Exit::Done as i32);
    assert_eq!(bench.test(&fixtures, &["--update"]).exit, Exit::Done as i32);
    assert_eq!(bench.test(&fixtures, &[]).exit, Exit::Done as i32);
    let written = std::fs::read_to_string(fixtures.join("own.toml")).expect("text");
    assert!(written.contains("# Why this case is here."), "{written}");
}

#[test]
fn fixtures_that_cannot_be_are_refused_with_what_is_wrong() {
    let bench = Bench::new();
    for (from, to, said) in [
        ("recorded-on", "recorded", "has no column \"recorded\""),
        ("2025-11-30", "\"yesterday\"", "is no date"),
        ("today = 2026-03-01", "", "says no `today`"),
        ("actions = []", "actions = [\"purge-everything\"]", "unknown word \"purge-everything\""),
        ("[[case]]", "[[case]", "is not TOML"),
        ("name =", "title =", "unknown field `title`"),
    ] {
        let refused = bench.test(&bench.fixtures(&WRONG.replace(from, to)), &[]);
        assert_eq!(refused.exit, Exit::Input as i32, "{to}: {}", refused.said);
        assert!(refused.said.contains(said), "{said}: {}", refused.said);
    }
}

#[test]
fn an_audit_is_the_same_again_and_an_edited_or_other_one_is_not() {
    let bench = Bench::new();
    for report in ["first", "second"] {
        let audited = bench.audit(&FIXTURES, report);
        assert_eq!(audited.exit, Exit::Done as i32, "{}", audited.said);
    }
    let compare =
        |before: &str, after: &str| bench.lapse(&["audit", "compare", &bench.path(before), &bench.path(after)]);
    let read = |report: &str| std::fs::read_to_string(bench.path(report)).expect("text");
    assert_eq!(read("first"), read("second"), "byte for byte");
    assert_eq!(compare("first", "second").exit, Exit::Done as i32);

    std::fs::write(bench.path("edited"), read("first").replace("2026-03-02", "2026-03-03")).expect("written");
    assert_eq!(compare("first", "edited").exit, Exit::Input as i32);

    let fixtures = bench.fixtures(WRONG);
    assert_eq!(bench.audit(&fixtures, "other").exit, Exit::Done as i32);
    let differs = compare("first", "other");
    assert_eq!(differs.exit, Exit::Evidence as i32, "{}", differs.said);
    assert!(differs.said.contains("own.toml: kept too long: is new"), "{}", differs.said);
}

#[test]
fn the_digest_of_the_standard_fixtures_does_not_depend_on_the_engine_that_is_used() {
    // Another engine in this process, and the one of the binary above, agree with the profile that production names.
    assert_eq!(Engine::new().expect("an engine").profile(), STANDARD.engine().profile());
}
