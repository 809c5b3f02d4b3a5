//! What can go wrong in a call of a policy. Each of these deletes nothing.

use std::time::Duration;

use wasmtime::{Store, Trap};

use super::room::Room;
use super::text::GuestText;
use crate::record::{Actions, Day};

/// A call of a policy that gave no usable answer.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum PolicyError {
    /// The guest ran into a trap: `unreachable`, a division by zero, an access out of bounds.
    #[error("the policy trapped: {0}")]
    Trap(String),
    /// The guest's stack was used up, mostly by endless recursion.
    #[error("the policy used up its stack")]
    Stack,
    /// The guest worked longer than its fuel allows.
    #[error("the policy used up its fuel of {fuel}: it loops, or does too much for each record")]
    OutOfFuel {
        /// What it was given.
        fuel: u64,
    },
    /// The watchdog ended the call. Nothing follows from this but that it must be looked at.
    #[error("the policy was ended after {} ms; try again, and report it if it stays", deadline.as_millis())]
    Deadline {
        /// The watchdog's patience.
        deadline: Duration,
    },
    /// The guest asked for more memory, tables or instances than there are.
    #[error("the policy asked for more than it may have: {0}")]
    Memory(String),
    /// The guest answered, but not what it was asked.
    #[error("the policy's answer is not usable")]
    Answer(#[from] AnswerFault),
    /// The guest refused the batch.
    #[error("the policy refused: {0}")]
    Refused(GuestText),
}

/// What is wrong with an answer. Rows are counted from 0 within the batch.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum AnswerFault {
    /// It cannot be read: bad pointers, bad text, too much of it.
    #[error("it cannot be read: {0}")]
    Malformed(GuestText),
    /// A list is too long or too short.
    #[error("{found} {list} for {rows} records")]
    Count {
        /// Which list.
        list: &'static str,
        /// Its length.
        found: usize,
        /// The length it should have.
        rows: usize,
    },
    /// Flags that the contract does not have.
    #[error("row {row}: unknown actions (bits {bits:#010b})")]
    UnknownActions {
        /// The first such row.
        row: usize,
        /// All its bits.
        bits: u8,
    },
    /// A rule that the manifest does not have.
    #[error("row {row}: rule {rule}, but the manifest has {rules}")]
    UnknownRule {
        /// The first such row.
        row: usize,
        /// The index it gave.
        rule: u16,
        /// The number of rules.
        rules: usize,
    },
    /// A day on which to ask again that is not after the day it was asked about.
    #[error("row {row}: to be reviewed on {review_on}, which is not after {today}")]
    ReviewNotAfterToday {
        /// The first such row.
        row: usize,
        /// The day it gave.
        review_on: Day,
        /// The day it was asked about.
        today: Day,
    },
}

impl PolicyError {
    /// Sorts what wasmtime reports. The store is spent afterwards: drop it.
    pub(super) fn of(error: &wasmtime::Error, store: &Store<Room>) -> PolicyError {
        let room = store.data();
        if let Some(what) = room.denied() {
            return PolicyError::Memory(what.to_owned());
        }
        match error.downcast_ref::<Trap>() {
            Some(Trap::OutOfFuel) => PolicyError::OutOfFuel { fuel: room.fuel() },
            Some(Trap::Interrupt) => PolicyError::Deadline { deadline: room.deadline() },
            Some(Trap::StackOverflow) => PolicyError::Stack,
            Some(trap) => PolicyError::Trap(trap.to_string()),
            None => AnswerFault::Malformed(GuestText::new(&format!("{error:#}"))).into(),
        }
    }

    /// The same while the instance was being made: without an answer yet, what is not a trap is a limit.
    pub(super) fn of_start(error: &wasmtime::Error, store: &Store<Room>) -> PolicyError {
        match PolicyError::of(error, store) {
            PolicyError::Answer(AnswerFault::Malformed(text)) => PolicyError::Memory(text.to_string()),
            other => other,
        }
    }
}

/// The first row whose bits are not those of [`Actions`].
pub(super) fn unknown_actions(actions: &[Actions]) -> Option<AnswerFault> {
    let row = actions.iter().position(|actions| !Actions::ALL.contains(*actions))?;
    Some(AnswerFault::UnknownActions { row, bits: actions[row].0 })
}
