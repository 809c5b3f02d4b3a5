//! Chains: runs that are one number in instalments, over fillers, repairs and the other party's nods.

use std::ops::Range;

use super::runs::{Harm, Run};
use crate::lexicon::{Reading, Roles};
use crate::text::TokenKind;

/// Between two instalments in one turn there are at most so many tokens.
const BETWEEN_MAX: usize = 8;

/// A number of so many digits stands for itself.
const LONG_DIGITS_MIN: usize = 4;

/// Before the first instalment of a turn, and after the last, there are at most so many tokens.
const EDGE_MAX: usize = 5;

/// A turn of at most so many tokens can be a nod.
const NOD_MAX: usize = 6;

/// The next instalment comes at most so many turns later.
const TURNS_MAX: u32 = 3;

/// Groups runs into chains, as ranges of runs. A run that is harmless for sure is alone.
pub(crate) fn chains(reading: &Reading<'_>, runs: &[Run]) -> Vec<Range<usize>> {
    let mut chains = Vec::new();
    let mut start = 0;
    for at in 1..=runs.len() {
        let goes_on = at < runs.len()
            && runs[at - 1].harm != Harm::None
            && runs[at].harm != Harm::None
            && !runs[at - 1].formatted
            && !runs[at].formatted
            && (is_loose(reading, &runs[at - 1], &runs[at]) || is_across(reading, &runs[at - 1], &runs[at]));
        if !goes_on {
            chains.push(start..at);
            start = at;
        }
    }
    chains.retain(|chain| !chain.is_empty());
    chains
}

/// Whether a run follows another in the same turn with only fillers and marks between them.
fn is_loose(reading: &Reading<'_>, before: &Run, after: &Run) -> bool {
    let between = before.tokens.end..after.tokens.start;
    if !reading.same_turn(before.tokens.start, after.tokens.start) || between.len() > BETWEEN_MAX {
        return false;
    }
    // *… and …* between two long numbers counts numbers; *og så* between short ones goes on.
    let mut words = between.clone().filter(|at| reading.kind(*at) != TokenKind::Mark);
    let and = words.next().is_some_and(|at| reading.roles(at).has(Roles::AND)) && words.next().is_none();
    if and && before.digits >= LONG_DIGITS_MIN && after.digits >= LONG_DIGITS_MIN {
        return false;
    }
    // A whole sentence may take a number back: *nej det er femogtredive*.
    let repaired = between.clone().any(|at| reading.roles(at).has(Roles::REPAIR));
    let roles = if repaired { Roles::FILLER.and(Roles::NOD) } else { Roles::FILLER };
    between.into_iter().all(|at| is_skipped(reading, at, roles) && !matches!(reading.word(at), ":" | ";"))
}

/// Whether a run goes on in a later turn: nothing of weight after the first, before the second, or between.
fn is_across(reading: &Reading<'_>, before: &Run, after: &Run) -> bool {
    let tokens = reading.tokens();
    let (first, last) = (tokens[before.tokens.start].turn, tokens[after.tokens.start].turn);
    if first == last || last - first > TURNS_MAX || after.tokens.start - before.tokens.end > 4 * NOD_MAX {
        return false;
    }
    let mut at = before.tokens.end;
    for turn in first..=last {
        let start = at;
        while at < after.tokens.start && tokens[at].turn == turn {
            at += 1;
        }
        let body = start + if turn == first { 0 } else { label(reading, start..at) }..at;
        let limit = if turn == first || turn == last { EDGE_MAX } else { NOD_MAX };
        let roles = Roles::NOD.and(Roles::FILLER);
        let words = body.clone().filter(|at| reading.kind(*at) != TokenKind::Mark).count();
        if words > limit || !body.into_iter().all(|at| is_skipped(reading, at, roles)) {
            return false;
        }
    }
    true
}

/// How many tokens the label of the speaker takes at the beginning of a turn: `Kunde:`, `Agent 2:`.
fn label(reading: &Reading<'_>, turn: Range<usize>) -> usize {
    let end = turn.end.min(turn.start + 4);
    (turn.start..end).find(|at| reading.word(*at) == ":").map_or(0, |at| at + 1 - turn.start)
}

fn is_skipped(reading: &Reading<'_>, at: usize, roles: Roles) -> bool {
    match reading.kind(at) {
        TokenKind::Word => reading.roles(at).has_any(roles),
        TokenKind::Mark | TokenKind::Placeholder => true,
        TokenKind::Number => false,
    }
}
