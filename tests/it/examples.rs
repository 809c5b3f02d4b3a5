//! The example policies, as the components that `cargo xtask guests --examples` builds: what holds for all of them, whatever
//! language they are written in. What each answers is in its fixtures.

use std::sync::LazyLock;

use lapse::columns::{BATCH_RECORDS_MAX, Column, ColumnKind, Dictionary};
use lapse::policy::{Cache, Compiler, Context, Engine, ModuleDigest, Policy, PolicyError};
use lapse::record::{Artefacts, Day, Subject};

use crate::support::{example, lapse_binary, target};

/// Name, settings, and the fuel that a record may cost: several times what it does, far below what it might.
const EXAMPLES: [(&str, &str, u64); 4] = [
    ("team-periods", r#"{"default-days": 90, "teams": {"a": 30}, "statistics-days": 180, "snippet-days": 30}"#, 2_000),
    ("respect-consent", r#"{"audio-days": 90, "statistics-days": 180}"#, 150_000),
    (
        "keep-for-coaching",
        r#"{"audio-days": 90, "coaching-days": 120, "coaching-below": 40, "statistics-days": 180, "snippet-days": 30}"#,
        150_000,
    ),
    (
        "school-holidays",
        r#"{"audio-days": 90, "statistics-days": 180, "holidays": [{"from": "2024-07-01", "to": "2024-08-11"}]}"#,
        2_000,
    ),
];

const TODAY: Day = Day(20_000);

/// Compiled once for each build of them: a Python policy takes half a minute.
static POLICIES: LazyLock<Vec<Policy>> = LazyLock::new(|| {
    let engine = Engine::new().expect("the production profile");
    let cache = Cache::new(target().join("examples/compiled"), [0; 32]);
    let open = |name| {
        let module = example(name);
        let compiler = Compiler::new(lapse_binary()).for_admitted();
        let digest = ModuleDigest::of(&module);
        let compiled = cache.open(&engine, &compiler, digest, || Ok(module));
        let (compiled, _) = compiled.unwrap_or_else(|error| panic!("{name}: {error:?}"));
        Policy::load(&engine, &compiled).unwrap_or_else(|error| panic!("{name}: {error:?}"))
    };
    at_hand().map(|(name, ..)| open(name)).collect()
});

/// All but those that `cargo xtask test` could not build here, and has said so.
fn at_hand() -> impl Iterator<Item = (&'static str, &'static str, u64)> {
    let missing = std::env::var("LAPSE_EXAMPLES_MISSING").unwrap_or_default();
    EXAMPLES.into_iter().filter(move |(name, ..)| !missing.split(',').any(|other| other == *name))
}

/// So many records, of which each column that the policy reads has a value.
fn columns(policy: &Policy, subject: Subject, rows: usize, state: Artefacts) -> Vec<Column> {
    let column = |kind: ColumnKind, is_state: bool| match kind {
        ColumnKind::Days => Column::Days((0..rows as i32).map(|row| TODAY.0 - row % 400).collect()),
        ColumnKind::Numbers => Column::Numbers((0..rows as i64).map(|row| row % 100).collect()),
        ColumnKind::States => Column::States(vec![if is_state { state.0 } else { 0 }; rows]),
        ColumnKind::Text => {
            let codes = (0..rows as u32).map(|row| row % 2).collect();
            Column::Text(Dictionary { codes, values: vec!["a".to_owned(), "b".to_owned()] })
        }
    };
    policy.manifest().reads(subject).iter().map(|name| column(name.kind(), name.to_string() == "state")).collect()
}

#[test]
fn a_full_batch_costs_each_record_a_share_of_its_fuel() {
    let state = Artefacts::AUDIO.with(Artefacts::CUSTOMER).with(Artefacts::TRANSCRIPT).with(Artefacts::STATISTICS);
    for (policy, (name, settings, fuel_max)) in POLICIES.iter().zip(at_hand()) {
        let columns = columns(policy, Subject::Conversation, BATCH_RECORDS_MAX, state);
        let ctx = Context { today: TODAY, settings };
        let verdicts = policy.decide(Subject::Conversation, &ctx, BATCH_RECORDS_MAX, &columns);
        let verdicts = verdicts.unwrap_or_else(|error| panic!("{name}: {error:?}"));
        let fuel = verdicts.fuel_used / BATCH_RECORDS_MAX as u64;
        println!("{name}: {fuel} fuel a record");
        assert!(fuel <= fuel_max, "{name}: {fuel} a record");
        assert!(verdicts.actions.iter().any(|actions| actions.0 != 0), "{name} does nothing");
    }
}

#[test]
fn an_artefact_that_a_policy_does_not_know_is_refused_not_guessed() {
    let unknown = Artefacts(Artefacts::ALL.0 + 1);
    for (policy, (name, settings, _)) in POLICIES.iter().zip(at_hand()) {
        let columns = columns(policy, Subject::Conversation, 3, unknown);
        let refused = policy.decide(Subject::Conversation, &Context { today: TODAY, settings }, 3, &columns);
        let Err(PolicyError::Refused(reason)) = refused else { panic!("{name}: {refused:?}") };
        assert!(reason.as_str().contains("state has a bit that the contract does not know"), "{name}: {reason}");
    }
}

#[test]
fn settings_that_contradict_each_other_are_refused_with_a_sentence() {
    let policy = |wanted| POLICIES.iter().find(|policy| policy.manifest().name == wanted);
    for (name, settings, said) in [
        (
            "keep-for-coaching",
            r#"{"audio-days": 90, "coaching-days": 89, "coaching-below": 40}"#,
            "coaching-days must not be shorter than audio-days",
        ),
        (
            "school-holidays",
            r#"{"holidays": [{"from": "2024-07-02", "to": "2024-07-01"}]}"#,
            "one of them ends before it begins",
        ),
        ("school-holidays", r#"{"holidays": [{"from": "2023-02-29", "to": "2023-03-01"}]}"#, "there is no such date"),
    ] {
        let Some(policy) = policy(name) else { continue };
        let error = policy.check_settings(settings).expect_err("a contradiction").to_string();
        assert!(error.contains(said), "{error}");
    }
}
