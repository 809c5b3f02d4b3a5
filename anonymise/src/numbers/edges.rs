//! What belongs to a number and is no digit of it: the letters of a code, the plus of a country code, a birthday.

use std::ops::Range;

use crate::lexicon::{Reading, Roles, Subject};
use crate::text::TokenKind;

/// The letters before a code take at most so many tokens.
const PREFIX_TOKENS_MAX: usize = 8;

/// *den første i anden* has at most so many tokens.
const BIRTHDAY_TOKENS_MAX: usize = 6;

/// Takes what is joined to a code with it: `ORD-774512`.
pub(super) fn widen(reading: &Reading<'_>, tokens: Range<usize>) -> Range<usize> {
    let list = reading.tokens();
    let mut start = tokens.start;
    while start > 0 && list[start].joined && start + 8 > tokens.start {
        let is_part = match reading.kind(start - 1) {
            TokenKind::Word => {
                list[start - 1].end - list[start - 1].start <= 6
                    && (reading.subject(start - 1) == Subject::None || list[start - 1].capitals)
            }
            TokenKind::Mark => {
                matches!(reading.word(start - 1), "-" | "/" | "_" | "#") && start > 1 && list[start - 1].joined
            }
            _ => false,
        };
        if !is_part {
            break;
        }
        start -= 1;
    }
    // The plus of a country code, written or said.
    let plus = start > 0 && matches!(reading.word(start - 1), "plus" | "+") && reading.same_turn(start - 1, start);
    start - usize::from(plus)..tokens.end
}

/// Takes the day and the month of birth, said as ordinals, with a CPR number: *den første i anden firs, tolv fireogtredive*.
pub(super) fn with_birthday(reading: &Reading<'_>, start: usize) -> usize {
    let mut first = start;
    let mut at = start;
    while at > 0 && start - at < BIRTHDAY_TOKENS_MAX && reading.same_turn(at - 1, start) {
        at -= 1;
        let roles = reading.roles(at);
        if roles.has_any(Roles::ORDINAL.and(Roles::MONTH)) {
            first = at;
        } else if !(matches!(reading.word(at), "i" | "of" | "the" | "den" | "d" | "," | ".")
            || roles.has(Roles::FILLER))
        {
            break;
        }
    }
    first
}

/// Takes the letters before a code with it: `AB 12 345`, *be tre fire syv*, *p k streg fem*.
pub(super) fn with_prefix(reading: &Reading<'_>, start: usize) -> usize {
    let mut first = start;
    let mut at = start;
    while at > 0 && start - at < PREFIX_TOKENS_MAX && reading.same_turn(at - 1, start) {
        at -= 1;
        let part = with_letter(reading, at + 1);
        match part {
            part if part == at => first = at,
            _ if reading.roles(at).has(Roles::MARK) || reading.word(at) == "-" => {}
            _ => break,
        }
    }
    first
}

/// Takes the letters after a code with it: *nine oh one slash k*.
pub(super) fn with_suffix(reading: &Reading<'_>, end: usize) -> usize {
    let mark = reading.roles(end).has(Roles::MARK) || matches!(reading.word(end), "-" | "/");
    let at = end + usize::from(mark);
    let letter = reading.kind(at) == TokenKind::Word && reading.word(at).chars().count() == 1;
    if mark && letter && reading.same_turn(end - 1, at) { at + 1 } else { end }
}

/// Takes the letter or the few letters before a token with it.
fn with_letter(reading: &Reading<'_>, start: usize) -> usize {
    let Some(before) = start.checked_sub(1).filter(|before| reading.same_turn(*before, start)) else { return start };
    let token = &reading.tokens()[before];
    let letters = reading.word(before).chars().count();
    let word =
        Roles::GRAMMAR.and(Roles::NOD).and(Roles::FILLER).and(Roles::REPAIR).and(Roles::MEASURE).and(Roles::NAMED);
    let plain = !reading.roles(before).has_any(word) && reading.subject(before) == Subject::None;
    let article = letters == 1 && matches!(reading.word(before), "a" | "i" | "å") && !token.capital;
    let radio = reading.roles(before).has(Roles::ALPHABET);
    let voiceless = letters <= 4 && !reading.word(before).contains(['a', 'e', 'i', 'o', 'u', 'y', 'æ', 'ø', 'å', '\'']);
    let short = (letters <= 2 && !article) || (letters == 3 && token.capitals) || voiceless || radio;
    let code = token.kind == TokenKind::Word && plain && short;
    if code { before } else { start }
}
