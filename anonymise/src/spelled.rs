//! Words said letter by letter: somebody spells a name, an address, a user name.

use std::ops::Range;

use crate::Kind;
use crate::finding::Span;
use crate::lexicon::{Figure, Reading, Roles};
use crate::text::TokenKind;
use crate::words::Words;

/// So many letters are a word that is spelled.
const LETTERS_MIN: usize = 4;

/// So many are enough where somebody has just said that it is spelled, or asked for a name.
const LETTERS_ASKED_MIN: usize = 2;

/// How far back the conversation asks for spelling, in tokens.
const REACH: usize = 14;

/// Abbreviations that speech recognition writes letter by letter.
static ABBREVIATIONS: Words = Words::new("https www html adsl vdsl hdmi wlan wifi nets usb");

/// Finds runs of single letters.
pub(crate) fn find(reading: &Reading<'_>, found: &mut Vec<Span>) {
    let mut at = 0;
    let mut asked = None;
    while at < reading.tokens().len() {
        if reading.roles(at).has(Roles::SPELLS) {
            asked = Some(at);
        }
        let (end, letters) = spelled(reading, at);
        let near = asked.is_some_and(|asked| at - asked <= REACH);
        // *i t d c*, *a b b c*: the first is a word.
        let word = usize::from(matches!(reading.word(at), "i" | "a" | "å"));
        let enough = if near { LETTERS_ASKED_MIN } else { LETTERS_MIN + word };
        if letters.len() >= enough && !ABBREVIATIONS.contains(&letters) {
            found.push(Span::new(reading.bytes(at..end), Kind::Person, "spelled", 0.8).with_value(letters));
        }
        at = end.max(at + 1);
    }
}

/// The end of the letters that begin at a token, and the letters.
fn spelled(reading: &Reading<'_>, start: usize) -> (usize, String) {
    let mut letters = String::new();
    let mut end = start;
    let mut at = start;
    while let Some((next, letter, times)) = letter(reading, start, at) {
        letters.extend(std::iter::repeat_n(letter, times));
        end = next;
        at = next;
        while matches!(reading.word(at), "-" | "." | "," | "–") && reading.same_turn(start, at) && at < end + 1 {
            at += 1;
        }
    }
    (end, letters)
}

/// The letter that begins at a token, with its gloss (*s som i søren*), and how many times it counts.
fn letter(reading: &Reading<'_>, start: usize, at: usize) -> Option<(usize, char, usize)> {
    if start != at && !reading.same_turn(start, at) {
        return None;
    }
    if let Figure::Times(times) = reading.figure(at) {
        let letter = single(reading, at + 1).filter(|_| reading.same_turn(at, at + 1))?;
        return Some((at + 2, letter, usize::from(times)));
    }
    let letter = single(reading, at)?;
    Some((gloss(reading, at, letter).map_or(at + 1, |gloss| gloss.end), letter, 1))
}

fn single(reading: &Reading<'_>, at: usize) -> Option<char> {
    let word = reading.word(at);
    let letter = word.chars().next()?;
    (reading.kind(at) == TokenKind::Word && word.len() == letter.len_utf8()).then_some(letter)
}

/// What makes a letter clear: *som i søren*, *for sugar*, *as in mother*, *som søren*.
pub(crate) fn gloss(reading: &Reading<'_>, at: usize, letter: char) -> Option<Range<usize>> {
    let mut next = at + 1;
    while next < at + 4
        && reading.same_turn(at, next)
        && reading.roles(next).has(Roles::GLOSS)
        && reading.word(next).len() > 1
        || (next == at + 2 && reading.word(next) == "i" && reading.same_turn(at, next))
    {
        next += 1;
    }
    let word = reading.word(next);
    let fits = next > at + 1 && word.starts_with(letter) && word.len() > letter.len_utf8();
    (fits && reading.same_turn(at, next)).then_some(at + 1..next + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Language;
    use crate::language::Languages;
    use crate::text::Document;

    fn check(language: Language, text: &str, expected: &[&str]) {
        let document = Document::new(std::iter::once(text));
        let mut found = Vec::new();
        find(&Reading::new(&document, &mut Languages::new(document.turn_count(), Some(language))), &mut found);
        assert_eq!(found.iter().map(|span| &text[span.range()]).collect::<Vec<_>>(), expected, "{text}");
    }

    #[test]
    fn letters() {
        check(Language::English, "it's k o w a l c z y k", &["k o w a l c z y k"]);
        check(Language::English, "that's H-U-G-H-E-S, Hughes", &["H-U-G-H-E-S"]);
        check(Language::English, "b t and the u s a", &[]);
        check(Language::English, "s for sugar m as in mother i t h", &["s for sugar m as in mother i t h"]);
        check(Language::English, "spelled l e double e", &["l e double e"]);
        check(Language::Danish, "det staves b o h", &["b o h"]);
        check(Language::Danish, "s som i søren k som i karl y t", &["s som i søren k som i karl y t"]);
        check(Language::Danish, "jeg er i t d c", &[]);
    }
}
