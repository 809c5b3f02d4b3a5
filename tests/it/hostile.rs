//! Modules that mean harm, or are merely wrong. Each file of `tests/hostile` says what it tries and what must happen; the
//! table here says it again in types. Whatever they try, the host goes on, and says in bounded, harmless text what it was.

mod answers;
mod cached;
mod compiling;
pub(crate) mod skeleton;

use std::collections::BTreeSet;
use std::error::Error;
use std::sync::OnceLock;
use std::time::Duration;

use lapse::columns::{Column, Dictionary};
use lapse::policy::{
    AdmissionError, AdmissionLimits, AnswerFault, Compiler, Context, Engine, Limits, LoadError, ManifestFault,
    ModuleDigest, Policy, PolicyError, ProbeError, SettingsError, ShapeError, Verdicts, admit,
};
use lapse::record::{Day, Subject};

use crate::support::{guest, lapse_binary};

/// At which point a hostile module must fail, and how.
enum Must {
    /// Reading it shows what it is.
    BeNoPolicy(fn(&ShapeError) -> bool),
    /// It compiles, but does not start, or does not say properly what it is.
    NotLoad(fn(&LoadError) -> bool),
    /// It loads, but fails to check settings; so it does not stand the probe either.
    NotCheck(fn(&SettingsError) -> bool),
    /// It loads, but gives no usable answer; so it does not stand the probe either.
    NotDecide(fn(&PolicyError) -> bool),
    /// Its answers are within the contract, but the probe shows that they are not to be trusted.
    NotStandTheProbe(fn(&ProbeError) -> bool),
    /// It stands the probe, and fails only on a record that the probe did not guess.
    FailOnOneRecord(fn(&PolicyError) -> bool),
    /// What it tries has no effect.
    BeHarmless,
}

use Must::*;

const HOSTILE: &[(&str, Must)] = &[
    ("answers-all-memory", NotDecide(is_malformed)),
    ("answers-neither", NotDecide(is_malformed)),
    ("answers-nothing", NotDecide(|error| is_count(error, "actions"))),
    ("answers-nowhere", NotDecide(is_malformed)),
    ("answers-too-few", NotDecide(|error| is_count(error, "actions"))),
    ("answers-too-many", NotDecide(|error| is_count(error, "review days"))),
    ("answers-with-its-records", NotDecide(|error| matches!(error, PolicyError::Refused(_)))),
    ("anonymises-and-purges", NotStandTheProbe(|error| matches!(error, ProbeError::Violation { .. }))),
    ("asks-for-memory-for-ever", NotDecide(|error| matches!(error, PolicyError::OutOfFuel { .. }))),
    (
        "asks-for-phone-numbers",
        NotLoad(|error| has_fault(error, |fault| matches!(fault, ManifestFault::UnknownColumn { .. }))),
    ),
    ("begins-with-all-memory", NotLoad(|error| matches!(error, LoadError::Code(_)))),
    ("begins-with-all-table", NotLoad(|error| matches!(error, LoadError::Code(_)))),
    ("divides-by-zero", NotDecide(|error| matches!(error, PolicyError::Trap(_)))),
    ("exports-an-empty-policy", NotLoad(|error| matches!(error, LoadError::Types(_)))),
    ("exports-nothing", BeNoPolicy(|error| matches!(error, ShapeError::NoPolicy { .. }))),
    ("exports-something-else", BeNoPolicy(|error| matches!(error, ShapeError::NoPolicy { .. }))),
    ("has-a-recursive-schema", NotLoad(|error| has_fault(error, |fault| matches!(fault, ManifestFault::Schema(_))))),
    ("has-no-rules", NotLoad(|error| has_fault(error, |fault| matches!(fault, ManifestFault::RuleCount(0))))),
    ("imports-a-function", BeNoPolicy(|error| matches!(error, ShapeError::Imports(_)))),
    ("imports-types", BeNoPolicy(|error| matches!(error, ShapeError::Imports(_)))),
    ("imports-wasi", BeNoPolicy(|error| matches!(error, ShapeError::Imports(_)))),
    (
        "invents-actions",
        NotDecide(|error| matches!(error, PolicyError::Answer(AnswerFault::UnknownActions { row: 0, bits: 0xff }))),
    ),
    (
        "invents-rules",
        NotDecide(|error| matches!(error, PolicyError::Answer(AnswerFault::UnknownRule { row: 0, rule: 1, rules: 1 }))),
    ),
    ("is-a-core-module", BeNoPolicy(|error| matches!(error, ShapeError::CoreModule))),
    ("judges-by-codes", NotStandTheProbe(|error| matches!(error, ProbeError::Differs { .. }))),
    ("judges-by-position", NotStandTheProbe(|error| matches!(error, ProbeError::Differs { .. }))),
    ("leaves-audio-behind", NotStandTheProbe(|error| matches!(error, ProbeError::Violation { .. }))),
    ("loops-after-the-answer", NotDecide(|error| matches!(error, PolicyError::OutOfFuel { .. }))),
    (
        "loops-in-check-settings",
        NotCheck(|error| matches!(error, SettingsError::Policy(PolicyError::OutOfFuel { .. }))),
    ),
    ("loops-in-decide", NotDecide(|error| matches!(error, PolicyError::OutOfFuel { .. }))),
    ("loops-in-describe", NotLoad(|error| matches!(error, LoadError::Describe(PolicyError::OutOfFuel { .. })))),
    ("loops-in-realloc", NotDecide(|error| matches!(error, PolicyError::OutOfFuel { .. }))),
    ("loops-in-start", NotLoad(|error| matches!(error, LoadError::Describe(PolicyError::OutOfFuel { .. })))),
    ("names-itself-in-bad-text", NotLoad(|error| matches!(error, LoadError::Describe(error) if is_malformed(error)))),
    ("names-itself-with-escapes", NotLoad(|error| has_fault(error, |fault| matches!(fault, ManifestFault::Name(_))))),
    ("points-between", NotDecide(is_malformed)),
    ("points-outside", NotDecide(is_malformed)),
    ("purges-snippets-of-conversations", NotStandTheProbe(|error| matches!(error, ProbeError::Violation { .. }))),
    ("purges-what-is-not-there", NotStandTheProbe(|error| matches!(error, ProbeError::Violation { .. }))),
    ("puts-columns-outside", NotDecide(is_malformed)),
    ("recurses", NotDecide(|error| matches!(error, PolicyError::Stack))),
    ("refuses-at-length", NotDecide(is_malformed)),
    ("refuses-in-bad-text", NotDecide(is_malformed)),
    (
        "refuses-with-escapes",
        NotDecide(|error| matches!(error, PolicyError::Refused(text) if text.as_str() == "[2J all is well")),
    ),
    ("remembers", BeHarmless),
    ("renames-itself", BeHarmless),
    (
        "reviews-in-the-past",
        NotDecide(|error| matches!(error, PolicyError::Answer(AnswerFault::ReviewNotAfterToday { row: 0, .. }))),
    ),
    ("takes-all-memory", NotDecide(|error| matches!(error, PolicyError::Memory(_)))),
    ("takes-all-table", NotDecide(|error| matches!(error, PolicyError::Memory(_)))),
    ("traps-on-day-seven", FailOnOneRecord(|error| matches!(error, PolicyError::Trap(_)))),
    ("uses-exceptions", BeNoPolicy(|error| matches!(error, ShapeError::Invalid(_)))),
    ("uses-large-memory", BeNoPolicy(|error| matches!(error, ShapeError::Invalid(_)))),
    ("uses-relaxed-simd", BeNoPolicy(|error| matches!(error, ShapeError::Invalid(_)))),
    ("uses-threads", BeNoPolicy(|error| matches!(error, ShapeError::Invalid(_)))),
];

fn is_malformed(error: &PolicyError) -> bool {
    matches!(error, PolicyError::Answer(AnswerFault::Malformed(_)))
}

fn is_count(error: &PolicyError, expected: &str) -> bool {
    matches!(error, PolicyError::Answer(AnswerFault::Count { list, .. }) if *list == expected)
}

fn has_fault(error: &LoadError, is: fn(&ManifestFault) -> bool) -> bool {
    matches!(error, LoadError::Manifest(error) if error.faults.iter().any(is))
}

/// Less of everything than in production, so that what runs into a limit does so at once; the deadline alone is production's,
/// so that it is the fuel that decides, on a busy machine too.
fn limits() -> Limits {
    Limits {
        memory_bytes: 4 << 20,
        table_elements: 10_000,
        answer_bytes: 1 << 20,
        fuel_per_call: 5_000_000,
        fuel_per_record: 1_000,
        ..Limits::default()
    }
}

pub(crate) fn engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| Engine::with_limits(limits()).expect("an engine"))
}

fn compiler() -> Compiler {
    Compiler::new(lapse_binary())
}

pub(crate) fn load(engine: &Engine, module: &[u8]) -> Result<Policy, LoadError> {
    Policy::load(engine, &compiler().compile(module).expect("the module compiles"))
}

const TODAY: Day = Day(20_000);

/// Asks about conversations recorded on these days, of which nothing is left but statistics.
fn decide(policy: &Policy, days: Vec<i32>) -> Result<Verdicts, PolicyError> {
    let rows = days.len();
    let columns = columns(policy, days);
    policy.decide(Subject::Conversation, &Context { today: TODAY, settings: "{}" }, rows, &columns)
}

fn columns(policy: &Policy, days: Vec<i32>) -> Vec<Column> {
    let rows = days.len();
    let team = Dictionary { codes: vec![0; rows], values: vec!["alpha".to_owned()] };
    let first = match policy.manifest().reads_conversations[0].to_string().as_str() {
        "team" => Column::Text(team),
        _ => Column::Days(days),
    };
    vec![first, Column::States(vec![0b1_0000; rows])]
}

fn refused(module: &[u8]) -> AdmissionError {
    let admitted = admit(engine(), &compiler(), module, &AdmissionLimits::default());
    admitted.map(drop).expect_err("a hostile module is not let in")
}

/// An error as it is shown: its text, and those of its causes.
fn causes(error: &dyn Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {}", causes(source)),
        None => error.to_string(),
    }
}

/// What is shown of an error, causes and all, is short and cannot move a cursor.
fn is_fit_to_show(error: &dyn Error) -> bool {
    let text = causes(error);
    text.chars().count() < 1_500 && !text.contains(|char: char| char.is_control() || char == '\u{202e}')
}

fn check(name: &str, must: &Must) {
    let module = skeleton::module(name);
    let error = match must {
        BeHarmless => {
            return assert!(admit(engine(), &compiler(), &module, &AdmissionLimits::default()).is_ok(), "{name}");
        }
        FailOnOneRecord(is) => {
            let policy = load(engine(), &module).expect("the policy loads");
            let error = decide(&policy, vec![1, 7, 3]).expect_err("one record is the wrong one");
            assert!(is(&error), "{name}: {error:?}");
            return;
        }
        BeNoPolicy(_) | NotLoad(_) | NotCheck(_) | NotDecide(_) | NotStandTheProbe(_) => refused(&module),
    };
    assert!(is_fit_to_show(&error), "{name}: {error:?}");
    let is_expected = match (must, &error) {
        (BeNoPolicy(is), AdmissionError::Shape { source, .. }) => is(source),
        (NotLoad(is), AdmissionError::Load { source, .. }) => is(source),
        (NotStandTheProbe(is), AdmissionError::Probe { source, .. }) => is(source),
        (NotCheck(is), AdmissionError::Probe { source: ProbeError::CheckSettings(_), .. }) => {
            let policy = load(engine(), &module).expect("the policy loads");
            policy.check_settings("{}").is_err_and(|error| is(&error))
        }
        (
            NotDecide(is),
            AdmissionError::Probe { source: ProbeError::Decide { .. } | ProbeError::CheckSettings(_), .. },
        ) => {
            let policy = load(engine(), &module).expect("the policy loads");
            decide(&policy, vec![1, 2, 3]).is_err_and(|error| is_fit_to_show(&error) && is(&error))
        }
        _ => false,
    };
    assert!(is_expected, "{name}: {error:?}");
}

#[test]
fn each_hostile_module_fails_as_it_must() {
    for (name, must) in HOSTILE {
        check(name, must);
    }
}

#[test]
fn each_file_is_in_the_table_and_says_what_it_tries() {
    let files = std::fs::read_dir(skeleton::folder()).expect("the folder is there");
    let name =
        |file: std::io::Result<std::fs::DirEntry>| file.expect("a file").path().file_stem().map(ToOwned::to_owned);
    let names = files.filter_map(name).map(|name| name.into_string().expect("a plain name"));
    let files: BTreeSet<String> = names.filter(|name| name != "skeleton").collect();
    let table: BTreeSet<String> = HOSTILE.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(files, table);
    for name in &files {
        let text = skeleton::text(name);
        assert!(text.starts_with(";; Tries: ") && text.contains("\n;; Must: "), "{name}");
    }
}

#[test]
fn the_skeleton_is_an_honest_policy() {
    let honest = skeleton::honest();
    let admitted = admit(engine(), &compiler(), &honest, &AdmissionLimits::default()).expect("it is let in");
    assert_eq!(admitted.policy.digest(), ModuleDigest::of(&honest));
    assert_eq!(admitted.policy.manifest().name, "hostile");
    let verdicts = decide(&admitted.policy, vec![0; 4096]).expect("an answer");
    assert!(verdicts.actions.iter().all(|actions| actions.is_empty()) && verdicts.actions.len() == 4096);
    assert!(verdicts.review_on.iter().all(|day| *day == Day::ABSENT));
    assert!(decide(&admitted.policy, Vec::new()).is_ok(), "an empty batch is a batch");
}

#[test]
fn what_fuel_does_not_see_the_watchdog_ends() {
    let patient = Limits { fuel_per_call: u64::MAX / 4, deadline: Duration::from_millis(50), ..limits() };
    let engine = Engine::with_limits(patient).expect("an engine");
    for name in ["asks-for-memory-for-ever", "loops-in-decide", "loops-in-realloc", "loops-after-the-answer"] {
        let policy = load(&engine, &skeleton::module(name)).expect("the policy loads");
        let error = decide(&policy, vec![1, 2, 3]).expect_err("it never answers");
        assert_eq!(error, PolicyError::Deadline { deadline: Duration::from_millis(50) }, "{name}");
    }
    for name in ["loops-in-start", "loops-in-describe"] {
        let error = load(&engine, &skeleton::module(name)).map(drop).expect_err("it never says what it is");
        assert!(matches!(error, LoadError::Describe(PolicyError::Deadline { .. })), "{name}: {error:?}");
    }
}

#[test]
fn the_one_record_that_traps_is_named() {
    let policy = load(engine(), &skeleton::module("traps-on-day-seven")).expect("the policy loads");
    let ctx = Context { today: TODAY, settings: "{}" };
    for rows in [1, 2, 3, 100, 4096] {
        for wrong in [0, rows / 3, rows - 1] {
            let mut days = vec![1; rows];
            days[wrong] = 7;
            let columns = columns(&policy, days);
            assert_eq!(policy.blame(Subject::Conversation, &ctx, rows, &columns), Some(wrong), "{wrong} of {rows}");
        }
        let columns = columns(&policy, vec![1; rows]);
        assert_eq!(policy.blame(Subject::Conversation, &ctx, rows, &columns), None, "none of {rows}");
    }
}

#[test]
fn a_batch_after_a_trap_is_answered_as_ever() {
    let policy = load(engine(), &skeleton::module("traps-on-day-seven")).expect("the policy loads");
    let before = decide(&policy, vec![1, 2, 3]).expect("an answer");
    assert!(decide(&policy, vec![7]).is_err());
    assert_eq!(decide(&policy, vec![1, 2, 3]), Ok(before), "the same verdicts, and the same fuel");
}

#[test]
fn nothing_is_remembered_from_one_call_to_the_next() {
    let policy = load(engine(), &skeleton::module("remembers")).expect("the policy loads");
    let first = decide(&policy, vec![1, 2, 3]).expect("an answer");
    for _ in 0..10 {
        assert_eq!(decide(&policy, vec![1, 2, 3]).as_ref(), Ok(&first));
    }
    let compiled = compiler().compile(&skeleton::module("renames-itself")).expect("the module compiles");
    for _ in 0..3 {
        assert_eq!(Policy::load(engine(), &compiled).expect("the policy loads").manifest().name, "hostile");
    }
}

#[test]
fn the_columns_there_are_and_the_imports_there_must_not_be_are_named() {
    let causes = |name: &str| causes(&refused(&skeleton::module(name)));
    let columns = causes("asks-for-phone-numbers");
    assert!(columns.contains("a conversation has no column cust-number; there are recorded-on, "), "{columns}");
    assert!(columns.ends_with("tag:NAME, metadata:KEY"), "{columns}");
    assert!(causes("imports-wasi").contains("the module imports wasi:cli/environment@0.2.0; "));
    assert!(causes("imports-a-function").contains("the module imports tell-me-more; "));
    assert!(
        causes("exports-something-else")
            .ends_with("the module exports run; a policy exports lapse:policy/policy@1.0.0")
    );
}

#[test]
fn another_version_of_the_contract_is_refused_by_name() {
    for version in ["@1.0.1", "@1.1.0", "@2.0.0"] {
        let module = skeleton::component("", version, |wit| wit);
        let AdmissionError::Shape { source, .. } = refused(&module) else { panic!("{version} is a matter of shape") };
        let speaks = "this host speaks lapse:policy/policy@1.0.0";
        assert_eq!(source.to_string(), format!("the module exports lapse:policy/policy{version}; {speaks}"));
    }
}

#[test]
fn another_contract_under_the_right_name_is_refused_by_its_types() {
    let changes: [(&str, &str); 4] = [
        ("review-on: list<day>,", ""),
        ("flags actions {", "flags actions { purge-everything,"),
        ("rules: list<u16>,", "rules: list<u32>,"),
        ("describe: func() -> manifest;", "describe: func() -> manifest; type other = manifest;"),
    ];
    for (from, to) in changes {
        let module = skeleton::component("", "@1.0.0", |wit| {
            assert!(wit.contains(from), "the contract has {from}");
            wit.replace(from, to)
        });
        let admitted = admit(engine(), &compiler(), &module, &AdmissionLimits::default()).map(drop);
        if to.contains("type other") {
            assert!(admitted.is_ok(), "an export more is no other contract");
            continue;
        }
        let Err(AdmissionError::Load { source: LoadError::Types(text), .. }) = admitted else {
            panic!("{from}: {admitted:?}")
        };
        assert!(text.as_str().contains("type mismatch") || text.as_str().contains("expected"), "{from}: {text}");
    }
}

#[test]
fn any_cut_and_any_changed_byte_is_answered_with_an_error_or_a_policy() {
    let honest = skeleton::honest();
    let limits = AdmissionLimits { probe_rows: 9, ..AdmissionLimits::default() };
    for end in (0..honest.len()).step_by(97) {
        assert!(admit(engine(), &compiler(), &honest[..end], &limits).is_err(), "cut at {end}");
    }
    for at in (0..honest.len()).step_by(61) {
        let mut changed = honest.clone();
        changed[at] ^= 0x55;
        if let Err(error) = admit(engine(), &compiler(), &changed, &limits) {
            assert!(is_fit_to_show(&error), "changed at {at}: {error:?}");
        }
    }
}

#[test]
fn what_is_not_webassembly_is_named_for_what_it_is() {
    let shape = |module: &[u8]| match refused(module) {
        AdmissionError::Shape { source, .. } => source,
        error => panic!("{error:?}"),
    };
    assert_eq!(shape(b""), ShapeError::Empty);
    assert_eq!(shape(b"(component)"), ShapeError::Text);
    assert_eq!(shape(&[0xde, 0xad, 0xbe, 0xef]), ShapeError::NotWebAssembly);
    assert!(matches!(shape(b"\0asm\x0e\0\x01\0"), ShapeError::NotWebAssembly | ShapeError::Invalid(_)));
    let limits = AdmissionLimits { module_bytes: 100, ..AdmissionLimits::default() };
    let error = admit(engine(), &compiler(), &skeleton::honest(), &limits).map(drop).expect_err("too large");
    assert!(
        matches!(error, AdmissionError::Shape { source: ShapeError::TooLarge { limit: 100, .. }, .. }),
        "{error:?}"
    );
}

#[test]
fn the_standard_policy_is_let_in() {
    let engine = Engine::new().expect("an engine");
    let standard = guest("standard");
    let admitted = admit(&engine, &compiler(), &standard, &AdmissionLimits::default()).expect("it is let in");
    let error =
        admitted.policy.check_settings(r#"{"audio-days": -1, "no-such-setting": 1}"#).expect_err("bad settings");
    assert!(matches!(&error, SettingsError::Schema(violations) if violations.len() == 2), "{error}");
}
