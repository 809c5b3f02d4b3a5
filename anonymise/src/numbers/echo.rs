//! Parts of a number that come again: the other party reads back, the caller begins anew.

use std::collections::{HashSet, VecDeque};

use super::atoms::Atoms;
use super::runs::{Harm, Run};
use crate::finding::Span;
use crate::lexicon::{Figure, Reading, Roles};
use crate::text::TokenKind;

/// A number is read back within so many tokens.
const REACH_TOKENS: usize = 120;

/// So many numbers are remembered at a time.
const REMEMBERED_MAX: usize = 12;

/// So many digits are no chance, whatever is said around them.
const SENTENCE_DIGITS_MIN: usize = 4;

/// So many are enough where they are the whole of a number that was masked.
const WHOLE_DIGITS_MIN: usize = 3;

/// Fewer are read back in a turn of at most so many words …
const WORDS_MAX: usize = 8;

/// So many tokens of a turn are looked at on either side.
const TURN_TOKENS_MAX: usize = 30;

/// … of which at most so many say something.
const HEAVY_WORDS_MAX: usize = 4;

/// A number longer than this is nobody's.
const DIGITS_MAX: usize = 40;

/// Masks runs of two digits or more that are a part of a number found nearby.
pub(crate) fn find(reading: &Reading<'_>, atoms: &Atoms, runs: &[Run], masked: &[bool], found: &mut Vec<Span>) {
    let mut values: Vec<(usize, usize, crate::Kind, String)> = Vec::new();
    for span in found.iter().filter(|span| !span.value.is_empty() && span.value.len() <= DIGITS_MAX) {
        if span.value.bytes().all(|byte| byte.is_ascii_digit()) {
            values.push((span.start, span.end, span.kind, span.value.clone()));
        }
    }
    values.sort();
    // Where prices are told, two digits are more likely one of them.
    let counted = runs.iter().filter(|run| run.harm == Harm::None);
    let counted_turns: HashSet<u32> = counted.map(|run| reading.tokens()[run.tokens.start].turn).collect();
    let mut near: VecDeque<&(usize, usize, crate::Kind, String)> = VecDeque::new();
    let mut next = 0;
    let mut echoes = Vec::new();
    for run in
        runs.iter().zip(masked).filter(|(run, masked)| !**masked && run.harm == Harm::Possible).map(|(run, _)| run)
    {
        let bytes = reading.bytes(run.tokens.clone());
        while next < values.len() && values[next].0 < bytes.start {
            near.push_back(&values[next]);
            next += 1;
            if near.len() > REMEMBERED_MAX {
                near.pop_front();
            }
        }
        let digits = atoms.digits_of(run.atoms.clone());
        let counting = counted_turns.contains(&reading.tokens()[run.tokens.start].turn);
        // What is too short to be told from a price must be the whole of it.
        let whole = digits.len() < SENTENCE_DIGITS_MIN && (counting || !is_bare(reading, run));
        if whole && digits.len() < WHOLE_DIGITS_MIN {
            continue;
        }
        let is_near =
            |end: usize| run.tokens.start - reading.document.token_from(end).min(run.tokens.start) <= REACH_TOKENS;
        let echoed = near
            .iter()
            .rev()
            .find(|value| is_near(value.1) && if whole { value.3 == digits } else { is_part(&value.3, digits) });
        echoes.extend(
            echoed.map(|(_, _, kind, value)| Span::new(bytes, *kind, "read-back", 0.7).with_value(value.clone())),
        );
    }
    found.extend(echoes);
}

/// Whether the turn of a run is little else than numbers and nods.
fn is_bare(reading: &Reading<'_>, run: &Run) -> bool {
    let turn = reading.tokens()[run.tokens.start].turn;
    let (from, to) = (run.tokens.start.saturating_sub(TURN_TOKENS_MAX), run.tokens.end + TURN_TOKENS_MAX);
    let in_turn = |at: &usize| reading.tokens().get(*at).is_some_and(|token| token.turn == turn);
    let before = (from..run.tokens.start).rev().take_while(in_turn);
    let after = (run.tokens.end..to).take_while(in_turn);
    let is_word = |at: &usize| reading.kind(*at) == TokenKind::Word && reading.figure(*at) == Figure::None;
    let words = |at: usize| usize::from(!reading.roles(at).has_any(Roles::NOD.and(Roles::FILLER).and(Roles::REPAIR)));
    let mut heavy = 0;
    before.chain(after).filter(is_word).take(WORDS_MAX + 1).enumerate().all(|(count, at)| {
        heavy += words(at);
        count < WORDS_MAX && heavy <= HEAVY_WORDS_MAX
    })
}

/// Whether digits are a part of a number, beginning at a digit where a group may begin.
fn is_part(number: &str, digits: &str) -> bool {
    let groups = |at: &usize| digits.len() > 2 || at.is_multiple_of(2) || at + digits.len() == number.len();
    digits.len() >= 2 && number.match_indices(digits).any(|(at, _)| groups(&at))
}
