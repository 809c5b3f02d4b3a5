//! A guest that answers with whatever bytes the fuzzer has: lengths, addresses, flags, text. The host refuses them, or has verdicts
//! within the contract; and what it accepts of those leaves records that can be.
//!
//! `LAPSE_BIN` names a `lapse` to compile the guest with, once.

#![no_main]

use std::sync::LazyLock;

use lapse::columns::{Column, Row};
use lapse::policy::{Compiler, Context, Engine, Policy, verdict};
use lapse::record::{Actions, Artefacts, Day, Subject};
use libfuzzer_sys::fuzz_target;

mod support {
    use std::path::Path;

    pub(crate) fn repository() -> &'static Path {
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
    }
}

#[expect(dead_code, reason = "the tests use the rest")]
#[path = "../../../tests/it/hostile/skeleton.rs"]
mod skeleton;

static POLICY: LazyLock<Policy> = LazyLock::new(|| {
    let compiler = Compiler::new(std::env::var_os("LAPSE_BIN").expect("LAPSE_BIN names a lapse"));
    let module = skeleton::module("answers-with-its-records");
    let compiled = compiler.compile(&module).expect("the guest compiles");
    Policy::load(&Engine::new().expect("the production profile"), &compiled).expect("the guest loads")
});

const TODAY: Day = Day(20_000);
/// Room in the guest's memory for a column that is what it should be.
const SETTINGS: &str = "{}                                                              ";

fuzz_target!(|bytes: &[u8]| {
    let (words, _) = bytes.as_chunks::<4>();
    let days: Vec<i32> = words.iter().copied().map(i32::from_le_bytes).collect();
    let states: Vec<u8> = words.iter().map(|word| word[3] & Artefacts::ALL.0).collect();
    let about = if bytes.len() % 2 == 0 { Subject::Conversation } else { Subject::Snippet };
    let count = days.len();
    if count > lapse::columns::BATCH_RECORDS_MAX {
        return;
    }
    let rows: Vec<Row> = states
        .iter()
        .map(|state| Row { key: 0, version: 1, state: Artefacts(*state), held: state & 1 == 1, review_on: Day::ABSENT })
        .collect();
    let ctx = Context { today: TODAY, settings: SETTINGS };
    let columns = [Column::Days(days), Column::States(states)];
    let Ok(verdicts) = POLICY.decide(Subject::Conversation, &ctx, count, &columns) else { return };
    assert_eq!([verdicts.actions.len(), verdicts.rules.len(), verdicts.review_on.len()], [count; 3]);
    assert!(verdicts.actions.iter().all(|actions| Actions::ALL.contains(*actions)));
    assert!(verdicts.rules.iter().all(|rule| *rule == 0), "the guest has one rule");
    assert!(verdicts.review_on.iter().all(|day| *day == Day::ABSENT || *day > TODAY));

    let violations = verdict::check(about, &rows, &verdicts).err().unwrap_or_default();
    let is_refused = |row: usize| violations.iter().any(|violation| violation.row == row);
    for (row, actions) in verdicts.actions.iter().enumerate().filter(|(row, _)| !is_refused(*row)) {
        let state = rows[row].state;
        let goes = |action, artefact| actions.contains(action) || !state.intersects(artefact);
        if about == Subject::Conversation && !actions.is_empty() {
            assert!(goes(Actions::PURGE_AUDIO, Artefacts::AUDIO), "nothing goes while the audio stays");
            assert!(goes(Actions::PURGE_CUSTOMER, Artefacts::CUSTOMER), "nothing goes while the customer stays");
        }
    }
});
