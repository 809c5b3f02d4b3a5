//! Holds verdicts against the records they are about. Pure: it knows no guest and no plan, and it changes nothing.
//!
//! A verdict for a record under legal hold may ask for anything that the record has: the plan keeps what is held. What is
//! refused here is an answer that makes no sense, and one such row is reason to doubt the rest of its batch.

use std::sync::LazyLock;

use super::guest::Verdicts;
use crate::columns::Row;
use crate::record::{Actions, Artefacts, Subject};

/// A verdict that makes no sense for its record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("row {row}: {reason}")]
pub struct Violation {
    /// The row within the batch, from 0.
    pub row: usize,
    /// What is wrong with it.
    pub reason: Reason,
}

/// Why a verdict makes no sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// Actions that such a record does not have.
    #[error("a {subject} cannot have {actions}")]
    OtherSubject {
        /// What the record is.
        subject: Subject,
        /// The actions in question.
        actions: Actions,
    },
    /// Actions on artefacts that are not there.
    #[error("asks for {0}, but the record has nothing to do that with")]
    NotPresent(Actions),
    /// The transcript is to be anonymised and purged.
    #[error("asks to anonymise the transcript and to purge it")]
    AnonymisesAndPurges,
    /// The statistics go, and with them the conversation, but something of it would stay.
    #[error("asks to purge the statistics, and with them the conversation, but would leave {0}")]
    LeavesBehind(Artefacts),
    /// Audio and customer are one unit: neither goes alone, and a transcript does not go before them.
    #[error("would leave {0}: audio and customer go together, and no later than the transcript")]
    Splits(Artefacts),
}

/// Which artefacts an action works on; the action makes sense where the record has one of them.
const NEEDS: [(Actions, Artefacts); 5] = [
    (Actions::PURGE_AUDIO, Artefacts::AUDIO),
    (Actions::PURGE_CUSTOMER, Artefacts::CUSTOMER),
    (Actions::ANONYMISE_TRANSCRIPT, Artefacts::TRANSCRIPT),
    (Actions::PURGE_TRANSCRIPT, Artefacts::TRANSCRIPT.with(Artefacts::ANONYMISED_TRANSCRIPT)),
    (Actions::PURGE_STATISTICS, Artefacts::STATISTICS),
];

/// What goes together: a conversation is full, partial or gone.
const AUDIO_AND_CUSTOMER: Artefacts = Artefacts::AUDIO.with(Artefacts::CUSTOMER);

/// Holds each verdict against its record; all that make no sense, in the order of the rows.
///
/// # Panics
/// Where there is not one verdict for each row: [`super::Policy::decide`] gives no such answer.
pub fn check(subject: Subject, rows: &[Row], verdicts: &Verdicts) -> Result<(), Vec<Violation>> {
    assert_eq!(rows.len(), verdicts.actions.len(), "one verdict a row");
    let sensible = match subject {
        Subject::Conversation => &SENSIBLE_OF_CONVERSATIONS,
        Subject::Snippet => &SENSIBLE_OF_SNIPPETS,
    };
    let is_sensible = |state: Artefacts, actions: Actions| {
        sensible[usize::from(state.0)].checked_shr(u32::from(actions.0)).is_some_and(|bits| bits & 1 == 1)
    };
    let judged = rows.iter().map(|row| row.state).zip(verdicts.actions.iter().copied()).enumerate();
    let violations: Vec<Violation> = judged
        .filter(|(_, (state, actions))| !is_sensible(*state, *actions))
        .filter_map(|(row, (state, actions))| Some(Violation { row, reason: reason(subject, state, actions)? }))
        .collect();
    if violations.is_empty() { Ok(()) } else { Err(violations) }
}

/// For each state the sets of actions that make sense, a bit each: a full sweep asks this of every record there is.
type Sensible = LazyLock<[u64; 256]>;

static SENSIBLE_OF_CONVERSATIONS: Sensible = LazyLock::new(|| sensible(Subject::Conversation));
static SENSIBLE_OF_SNIPPETS: Sensible = LazyLock::new(|| sensible(Subject::Snippet));

fn sensible(subject: Subject) -> [u64; 256] {
    let states: [u8; 256] = std::array::from_fn(|state| u8::try_from(state).expect("256 states have 8 bits"));
    let makes_sense = |state, actions: u8| reason(subject, Artefacts(state), Actions(actions)).is_none();
    states.map(|state| (0..=Actions::ALL.0).map(|actions| u64::from(makes_sense(state, actions)) << actions).sum())
}

fn reason(subject: Subject, state: Artefacts, actions: Actions) -> Option<Reason> {
    if actions.is_empty() {
        return None;
    }
    let foreign = match subject {
        Subject::Conversation => actions.without(Actions::ALL.without(Actions::PURGE_SNIPPET)),
        Subject::Snippet => actions.without(Actions::PURGE_SNIPPET),
    };
    if !foreign.is_empty() {
        return Some(Reason::OtherSubject { subject, actions: foreign });
    }
    match subject {
        Subject::Conversation => conversation_reason(state, actions),
        Subject::Snippet => None,
    }
}

fn conversation_reason(state: Artefacts, actions: Actions) -> Option<Reason> {
    let absent = NEEDS.iter().filter(|(action, needs)| actions.contains(*action) && !state.intersects(*needs));
    let absent = absent.fold(Actions::NONE, |absent, (action, _)| absent.with(*action));
    if !absent.is_empty() {
        return Some(Reason::NotPresent(absent));
    }
    if actions.contains(Actions::ANONYMISE_TRANSCRIPT.with(Actions::PURGE_TRANSCRIPT)) {
        return Some(Reason::AnonymisesAndPurges);
    }
    let purges =
        NEEDS.iter().filter(|(action, _)| actions.contains(*action) && *action != Actions::ANONYMISE_TRANSCRIPT);
    let left = purges.fold(state, |left, (_, artefacts)| left.without(*artefacts));
    let split = Artefacts(left.0 & AUDIO_AND_CUSTOMER.0);
    if actions.contains(Actions::PURGE_STATISTICS) && !left.is_empty() {
        Some(Reason::LeavesBehind(left))
    } else {
        (!split.is_empty()).then_some(Reason::Splits(split))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Day;

    const FULL: Artefacts =
        Artefacts::AUDIO.with(Artefacts::CUSTOMER).with(Artefacts::TRANSCRIPT).with(Artefacts::STATISTICS);
    const PURGE_ALL: Actions = Actions::PURGE_AUDIO
        .with(Actions::PURGE_CUSTOMER)
        .with(Actions::PURGE_TRANSCRIPT)
        .with(Actions::PURGE_STATISTICS);

    fn conversation(state: Artefacts, actions: Actions) -> Option<Reason> {
        reason(Subject::Conversation, state, actions)
    }

    #[test]
    fn the_ways_of_the_settings_page_make_sense() {
        let partial = Actions::PURGE_AUDIO.with(Actions::PURGE_CUSTOMER);
        assert_eq!(conversation(FULL, partial), None);
        assert_eq!(conversation(FULL, partial.with(Actions::ANONYMISE_TRANSCRIPT)), None);
        assert_eq!(conversation(FULL, PURGE_ALL), None);
        let anonymised = Artefacts::ANONYMISED_TRANSCRIPT.with(Artefacts::STATISTICS);
        assert_eq!(conversation(anonymised, Actions::PURGE_TRANSCRIPT.with(Actions::PURGE_STATISTICS)), None);
        assert_eq!(reason(Subject::Snippet, Artefacts::NONE, Actions::PURGE_SNIPPET), None);
    }

    #[test]
    fn what_is_not_there_cannot_be_purged() {
        let statistics = Artefacts::STATISTICS;
        assert_eq!(conversation(statistics, Actions::PURGE_AUDIO), Some(Reason::NotPresent(Actions::PURGE_AUDIO)));
        let anonymised = statistics.with(Artefacts::ANONYMISED_TRANSCRIPT);
        let anonymise = Actions::ANONYMISE_TRANSCRIPT;
        assert_eq!(conversation(anonymised, anonymise), Some(Reason::NotPresent(anonymise)));
    }

    #[test]
    fn contradictions_are_named() {
        let both = Actions::ANONYMISE_TRANSCRIPT.with(Actions::PURGE_TRANSCRIPT);
        assert_eq!(conversation(FULL, both), Some(Reason::AnonymisesAndPurges));
        let left = conversation(FULL, PURGE_ALL.without(Actions::PURGE_CUSTOMER));
        assert_eq!(left, Some(Reason::LeavesBehind(Artefacts::CUSTOMER)));
        let alone = conversation(FULL, Actions::PURGE_AUDIO);
        assert_eq!(alone, Some(Reason::Splits(Artefacts::CUSTOMER)));
        let words_first = conversation(FULL, Actions::PURGE_TRANSCRIPT);
        assert_eq!(words_first, Some(Reason::Splits(AUDIO_AND_CUSTOMER)));
        let snippet = Reason::OtherSubject { subject: Subject::Conversation, actions: Actions::PURGE_SNIPPET };
        assert_eq!(conversation(FULL, Actions::PURGE_SNIPPET), Some(snippet));
        assert!(reason(Subject::Snippet, FULL, Actions::PURGE_AUDIO).is_some());
    }

    #[test]
    fn what_passes_leaves_a_record_that_can_be() {
        for state in (0..=Artefacts::ALL.0).map(Artefacts) {
            for actions in (0..=Actions::ALL.0).map(Actions) {
                if conversation(state, actions).is_some() {
                    continue;
                }
                assert!(!actions.contains(Actions::PURGE_SNIPPET));
                let goes = |action, artefact| !state.intersects(artefact) || actions.contains(action);
                let both =
                    goes(Actions::PURGE_AUDIO, Artefacts::AUDIO) && goes(Actions::PURGE_CUSTOMER, Artefacts::CUSTOMER);
                assert!(actions.is_empty() || both, "{state} {actions}: audio and customer are one unit");
                let gone = NEEDS.iter().filter(|(action, _)| actions.contains(*action));
                for (_, artefacts) in gone {
                    assert!(state.intersects(*artefacts), "{state} {actions}");
                }
                if actions.contains(Actions::PURGE_STATISTICS) {
                    let all = NEEDS.iter().filter(|(action, _)| *action != Actions::ANONYMISE_TRANSCRIPT);
                    for (action, artefacts) in all {
                        assert!(!state.intersects(*artefacts) || actions.contains(*action), "{state} {actions}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_hold_is_no_violation_and_every_violation_is_listed() {
        let row = |held| Row { key: 0, version: 0, state: FULL, held, review_on: Day::ABSENT };
        let rows = [row(true), row(false), row(false)];
        let bad = Actions::PURGE_SNIPPET;
        let verdicts = |actions: [Actions; 3]| Verdicts {
            actions: actions.to_vec(),
            rules: vec![0; 3],
            review_on: vec![Day::ABSENT; 3],
            fuel_used: 0,
        };
        assert_eq!(check(Subject::Conversation, &rows, &verdicts([PURGE_ALL, Actions::NONE, PURGE_ALL])), Ok(()));
        let violations = check(Subject::Conversation, &rows, &verdicts([bad, Actions::NONE, bad])).expect_err("two");
        assert_eq!(violations.iter().map(|violation| violation.row).collect::<Vec<_>>(), [0, 2]);
        assert_eq!(violations[0].to_string(), "row 0: a conversation cannot have purge-snippet");
    }
}
