//! A guest that answers with whatever its records spell, held against the contract from outside.

use lapse::columns::Column;
use lapse::policy::{Context, Policy, PolicyError, Verdicts};
use lapse::record::{Actions, Day, Subject};
use proptest::prelude::*;

use super::{TODAY, engine, is_fit_to_show, load, skeleton};

/// Text that the guest has from its first address on, and whose bytes are days far ahead.
const SETTINGS: &str = "{}                                                                              ";
/// Where in the guest's memory whole words of it are.
const SPACES: i32 = 0x1004;
/// Where nothing was ever written.
const ZEROS: i32 = 0x1_0000;
/// The end of the guest's memory.
const END: i32 = 0x2_0000;

fn guest() -> Policy {
    load(engine(), &skeleton::module("answers-with-its-records")).expect("the policy loads")
}

fn ask(policy: &Policy, words: Vec<i32>) -> Result<Verdicts, PolicyError> {
    let rows = words.len();
    let columns = [Column::Days(words), Column::States(vec![0; rows])];
    policy.decide(Subject::Conversation, &Context { today: TODAY, settings: SETTINGS }, rows, &columns)
}

#[test]
fn records_that_spell_an_answer_are_answered() {
    let verdicts = ask(&guest(), vec![0, ZEROS, 7, ZEROS, 7, SPACES, 7]).expect("an answer of the contract");
    assert_eq!(verdicts.review_on, [Day(i32::from_le_bytes(*b"    ")); 7]);
    assert_eq!((verdicts.actions, verdicts.rules), (vec![Actions::NONE; 7], vec![0; 7]));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Three in four words are what a forger would take; the rest are any.
    #[test]
    fn whatever_is_spelled_is_refused_or_within_the_contract(
        words in (7_usize..20).prop_flat_map(|rows| {
            let count = rows as i32;
            let likely = prop::sample::select(vec![
                0, 1, 2, count - 1, count, count + 1, ZEROS, SPACES, SPACES + 1, END - count, END - 1, END, -1, i32::MIN,
            ]);
            prop::collection::vec(prop_oneof![3 => likely, 1 => any::<i32>()], rows)
        }),
        is_nearly_right in any::<bool>(),
    ) {
        let mut words = words;
        let rows = words.len();
        if is_nearly_right {
            words[0] = 0;
            for length in [2, 4, 6] {
                words[length] = rows as i32;
            }
        }
        thread_local!(static GUEST: Policy = guest());
        match GUEST.with(|guest| ask(guest, words)) {
            Ok(Verdicts { actions, rules, review_on, .. }) => {
                prop_assert_eq!([actions.len(), rules.len(), review_on.len()], [rows; 3]);
                prop_assert!(actions.iter().all(|actions| Actions::ALL.contains(*actions)));
                prop_assert!(rules.iter().all(|rule| *rule == 0), "it has one rule");
                prop_assert!(review_on.iter().all(|day| *day == Day::ABSENT || *day > TODAY));
            }
            Err(error) => prop_assert!(is_fit_to_show(&error), "{:?}", error),
        }
    }
}
