//! Known names: whole, in parts, by initials, spelled letter by letter, with other letters for the same sound.

use std::collections::BTreeSet;
use std::ops::Range;

use super::{Stream, common};
use crate::finding::Span;
use crate::text::{Document, Token, TokenKind};
use crate::words::Words;
use crate::{Kind, letters};

/// A part of a name is sought by itself from this many letters on; so short a one is taken for a common word.
const PART_LETTERS_MIN: usize = 2;

/// Pieces of a name that are written apart are no chance from this many letters on.
const PIECE_LETTERS_MIN: usize = 3;

/// Titles and particles that are in many names and name nobody.
const NOT_A_PART: &[&str] = &[
    "hr", "fru", "frk", "mr", "mrs", "ms", "miss", "dr", "von", "van", "der", "den", "del", "bin", "ibn", "al", "el",
    "de", "da", "di", "du", "la", "le", "av", "af", "st",
];

/// What comes right before a name that somebody says, and seldom before the common word that it is too.
static INTRODUCTIONS: Words =
    Words::new("hedder hej goddag dav navn hr fru name's i'm it's hi hello hey named called mr mrs ms mister");

/// One spelling of a name or of a part of one.
pub(crate) struct NamePattern {
    /// Letters only.
    pub(crate) key: String,
    /// Where the parts of the name begin in the key, the first left out.
    boundaries: Vec<usize>,
    /// The whole name in its first spelling: equal for all that belong to one person.
    whole: String,
    /// A common word: sought only with a capital that means something, or beside another part.
    common: bool,
    /// The first letters of the name's parts.
    initials: String,
}

/// Every pattern of a name.
pub(crate) fn patterns(name: &str) -> Vec<NamePattern> {
    let parts = parts(name);
    let whole: String = parts.concat();
    let initials: String = parts.iter().filter_map(|part| part.chars().next()).collect();
    let mut patterns = Vec::new();
    let mut seen = BTreeSet::new();
    let mut add = |parts: &[String], common: bool| {
        let key = parts.concat();
        if key.chars().count() < 2 || !seen.insert(key.clone()) {
            return;
        }
        let mut at = 0;
        let ends = parts.iter().map(|part| {
            at += part.len();
            at
        });
        let boundaries = ends.take(parts.len() - 1).collect();
        patterns.push(NamePattern { key, boundaries, whole: whole.clone(), common, initials: initials.clone() });
    };
    for spelling in spellings(&parts) {
        if parts.len() > 1 {
            add(&spelling, false);
            let outer = [spelling[0].clone(), spelling[spelling.len() - 1].clone()];
            add(&outer, false);
            let reversed = [outer[1].clone(), outer[0].clone()];
            add(&reversed, false);
        }
        for part in &spelling {
            let is_part = part.chars().count() >= PART_LETTERS_MIN && !NOT_A_PART.contains(&part.as_str());
            if is_part || parts.len() == 1 {
                let short = part.chars().count() < PIECE_LETTERS_MIN;
                add(std::slice::from_ref(part), common::is_common(part) || short || !is_part);
            }
        }
    }
    patterns
}

/// The keys of the words of a name.
fn parts(name: &str) -> Vec<String> {
    let words = name.split(|c: char| !(c.is_alphanumeric() || letters::is_apostrophe(c) || letters::is_accent(c)));
    words.map(letters::key).filter(|part| !part.is_empty()).collect()
}

/// The same name as others write it: Søren, Soeren, Soren; Kjaer, Kjær.
fn spellings(parts: &[String]) -> Vec<Vec<String>> {
    let respell = |from: &[(&str, &str)]| -> Vec<String> {
        let one = |part: &String| from.iter().fold(part.clone(), |part, (from, to)| part.replace(from, to));
        parts.iter().map(one).collect()
    };
    let mut spellings = vec![
        parts.to_vec(),
        respell(&[("æ", "ae"), ("ø", "oe"), ("å", "aa")]),
        respell(&[("æ", "ae"), ("ø", "o"), ("å", "a")]),
        respell(&[("ae", "æ"), ("oe", "ø"), ("aa", "å")]),
    ];
    spellings.dedup();
    spellings
}

impl NamePattern {
    /// The span of a match, if it begins and ends with words and is cut between its parts only.
    pub(crate) fn span(&self, document: &Document, stream: &Stream, range: Range<usize>) -> Option<Span> {
        let tokens = stream.whole_tokens(range.clone())?;
        if !self.is_cut_well(stream, range) {
            return None;
        }
        let first_at = tokens.start;
        let words = &document.tokens()[tokens];
        let (first, last) = (words.first()?, words.last()?);
        if self.common && !is_surely_a_name(document, first_at) {
            return None;
        }
        let end = last.start as usize + document.base(last).len();
        let span = Span::new(first.start as usize..end, Kind::Person, "known-name", 1.0);
        Some(span.with_value(self.whole.clone()))
    }

    /// Whether the letters alone, in the middle of others, show the person.
    pub(crate) fn is_telling(&self) -> bool {
        !self.common && self.key.chars().count() >= 5
    }

    /// Whether the words that a match is made of are single letters, parts of the name, or long enough to be no chance:
    /// Ida is not in *i da*.
    fn is_cut_well(&self, stream: &Stream, range: Range<usize>) -> bool {
        let starts: Vec<usize> = stream.token_starts(range.clone()).collect();
        if starts.len() == 1 {
            return true;
        }
        let ends = starts[1..].iter().copied().chain([range.end]);
        let mut lengths = starts.iter().zip(ends).map(|(start, end)| stream.text[*start..end].chars().count());
        let at_parts = starts[1..].iter().all(|start| self.boundaries.contains(&(start - range.start)));
        at_parts || lengths.clone().all(|letters| letters == 1) || lengths.all(|letters| letters >= PIECE_LETTERS_MIN)
    }
}

/// Whether its capital, or the word before it, shows that a word is a name: Will, Bo, Mai.
fn is_surely_a_name(document: &Document, at: usize) -> bool {
    let token = &document.tokens()[at];
    let before = at.checked_sub(1).map(|at| &document.tokens()[at]).filter(|before| before.turn == token.turn);
    let introduced = before.is_some_and(|before| INTRODUCTIONS.contains(document.word(before)));
    introduced || (document.cased() && token.capital && !token.sentence_start)
}

/// The initials of a name of two parts or more, in lower case, and the whole name.
pub(crate) fn initials(name: &str) -> Option<(String, String)> {
    let parts = parts(name);
    let initials: String = parts.iter().filter_map(|part| part.chars().next()).collect();
    (parts.len() > 1).then(|| (initials, parts.concat()))
}

/// Finds `PJ`, `P.J.` and `P. J.`: capitals, and nothing else beside them.
pub(crate) fn find_initials(document: &Document, initials: &[(String, String)], found: &mut Vec<Span>) {
    if initials.is_empty() {
        return;
    }
    for (index, token) in document.tokens().iter().enumerate() {
        if token.kind != TokenKind::Word || !token.capital || token.end - token.start > 8 {
            continue;
        }
        for (letters, whole) in initials {
            let end = match document.word(token) == letters && token.capitals {
                true => Some(token.end),
                false => dotted(document, index, letters),
            };
            let span = |end| Span::new(token.start as usize..end as usize, Kind::Person, "known-initials", 0.9);
            found.extend(end.map(span).map(|span| span.with_value(whole.clone())));
        }
    }
}

/// The end of initials written with a dot after each letter.
fn dotted(document: &Document, from: usize, initials: &str) -> Option<u32> {
    let tokens = document.tokens();
    let mut at = from;
    let mut end = 0;
    for initial in initials.chars() {
        let (letter, dot) = (tokens.get(at)?, tokens.get(at + 1)?);
        let is_initial = letter.capital && document.word(letter).chars().eq([initial]);
        if !is_initial || document.word(dot) != "." || dot.turn != tokens[from].turn {
            return None;
        }
        end = letter.end;
        at += 2;
    }
    Some(end)
}

/// Takes the initial before or after a known part with it: `P. Jensen`, `Peter J.`
pub(crate) fn extend_initials(document: &Document, patterns: &[NamePattern], found: &mut [Span]) {
    for span in found {
        let Some(initials) =
            patterns.iter().find(|pattern| pattern.whole == span.value).map(|pattern| &pattern.initials)
        else {
            continue;
        };
        let tokens = document.tokens();
        let is_initial = |token: &Token| {
            let letters = document.word(token);
            token.kind == TokenKind::Word && token.capital && initials.chars().any(|c| letters.chars().eq([c]))
        };
        let first = document.token_from(span.start);
        let before = tokens[..first].iter().rev().take(2).take_while(|token| token.turn == tokens[first].turn);
        let before = before.skip_while(|token| document.word(token) == ".").take(1).find(|token| is_initial(token));
        span.start = before.map_or(span.start, |token| token.start as usize);
        let after = document.token_from(span.end);
        let after = tokens.get(after).filter(|token| token.turn == tokens[first].turn && is_initial(token));
        span.end = after.map_or(span.end, |token| token.end as usize);
    }
}
