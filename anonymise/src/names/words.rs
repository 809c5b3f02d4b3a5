//! Words as the tagger sees them: where they stand, how they are written, what parts them, what the lists know.
//!
//! Never keeps text: a word is a byte range of the document, and numbers.

use std::ops::Range;

use super::cues::{self, Cue};
use super::lexicon::{Attributes, Lexicon};
use crate::letters;
use crate::text::{Document, Token, TokenKind};

/// How a word is written. In a conversation without capitals, as speech recognition writes it, a word is `Uncased`: that
/// its first letter is small says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Shape {
    /// No capital in a conversation that has none to speak of.
    Uncased,
    /// `word` in a conversation that has capitals elsewhere.
    Lower,
    /// `Word`.
    Title,
    /// `W`.
    Initial,
    /// `WORD`.
    Upper,
    /// `McWord`, `wOrd`.
    Mixed,
    /// Digits.
    Digit,
    /// `[person 1]`: masked before.
    Placeholder,
}

/// What stands between a word and the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Gap {
    /// Nothing is before: the turn begins.
    Start,
    /// White space only.
    Space,
    /// Nothing at all: `AB12`.
    Joined,
    /// A comma, or a semicolon.
    Comma,
    /// The end of a sentence.
    Stop,
    /// A hyphen or dash that touches both words.
    Hyphen,
    /// The full stop of an initial or a title.
    Abbreviation,
    /// A colon.
    Colon,
    /// A quotation mark or bracket.
    Quote,
    /// A new line.
    Line,
    /// Anything else.
    Other,
}

impl Gap {
    /// Whether the word after it may have its capital from the sentence alone.
    pub(crate) fn opens_sentence(self) -> bool {
        matches!(self, Self::Start | Self::Stop | Self::Line | Self::Colon | Self::Quote)
    }
}

/// A word of a turn.
#[derive(Clone, Debug)]
pub(crate) struct Word {
    /// Bytes of the document, with a genitive's ending.
    pub(crate) range: Range<usize>,
    /// Of its letters without case, accents and the genitive's ending.
    pub(crate) hash: u64,
    /// What the lists know of it.
    pub(crate) attributes: Attributes,
    /// What it says of its neighbours.
    pub(crate) cue: Cue,
    /// Whether it ends as a genitive does, so that what comes next belongs to somebody and is not their name.
    pub(crate) genitive: bool,
    /// How it is written.
    pub(crate) shape: Shape,
    /// What stands before it.
    pub(crate) gap: Gap,
}

/// The words of one turn, given its tokens.
pub(crate) fn read(document: &Document, tokens: &[Token], lexicon: Lexicon<'_>) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::with_capacity(tokens.len());
    for token in tokens {
        if token.kind == TokenKind::Mark {
            continue;
        }
        let gap = match words.last() {
            None => Gap::Start,
            Some(before) => gap(&document.text()[before.range.end..token.start as usize], before),
        };
        words.push(word(document, token, gap, lexicon));
    }
    words
}

/// The hash by which words are looked up: of the letters without case and accents.
pub(crate) fn hash(lower: &str) -> u64 {
    if lower.is_ascii() {
        return finish(lower.bytes().fold(SEED, |state, byte| step(state, char::from(byte))));
    }
    finish(letters::key(lower).chars().fold(SEED, step))
}

/// What a hash begins with (FNV-1a, 64 bits).
pub(crate) const SEED: u64 = 0xcbf2_9ce4_8422_2325;

/// One letter more (FNV-1a over Unicode scalar values). Apostrophes do not count: `O'Neill`, `ONeill`.
pub(crate) fn step(state: u64, letter: char) -> u64 {
    if letter == '\'' { state } else { (state ^ u64::from(letter)).wrapping_mul(0x0000_0100_0000_01b3) }
}

/// Spreads the last letters over all bits (the finaliser of SplitMix64).
pub(crate) fn finish(state: u64) -> u64 {
    let state = (state ^ state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let state = (state ^ state >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ state >> 31
}

fn word(document: &Document, token: &Token, gap: Gap, lexicon: Lexicon<'_>) -> Word {
    let range = token.range();
    let (hash, attributes, genitive) = match token.kind {
        TokenKind::Word => {
            let base = document.base(token);
            let (hash, attributes, stem) = look_up(base, lexicon);
            (hash, attributes, stem || base.len() < range.len())
        }
        TokenKind::Placeholder => (1, Attributes::default(), false),
        // All numbers are one word, but for how many digits they have.
        TokenKind::Number | TokenKind::Mark => (2 + range.len() as u64, Attributes::default(), false),
    };
    let shape = match token.kind {
        TokenKind::Word => shape(document.written(token), document.cased()),
        TokenKind::Placeholder => Shape::Placeholder,
        TokenKind::Number | TokenKind::Mark => Shape::Digit,
    };
    Word { range, hash, attributes, cue: cues::cue(hash), genitive, shape, gap }
}

/// A word's hash and attributes, and whether they are those of its stem. A genitive without an apostrophe, as in Danish, counts as the name it is made of, unless
/// it is a word of its own: `Mettes`, but not `vores`.
fn look_up(word: &str, lexicon: Lexicon<'_>) -> (u64, Attributes, bool) {
    let whole = hash(word);
    let attributes = lexicon.get(whole);
    if attributes == Attributes::default()
        && let Some(stem) = word.strip_suffix('s')
        && stem.len() > 1
    {
        let shorter = hash(stem);
        let known = lexicon.get(shorter);
        if known.is_name() {
            return (shorter, known, true);
        }
    }
    (whole, attributes, false)
}

fn shape(written: &str, cased: bool) -> Shape {
    let (mut first_upper, mut uppers, mut lowers) = (false, 0, 0);
    for (index, letter) in written.chars().enumerate() {
        if letter.is_uppercase() {
            first_upper |= index == 0;
            uppers += 1;
        } else if letter.is_lowercase() {
            lowers += 1;
        }
    }
    match (first_upper, uppers, lowers) {
        (_, 0, _) if !cased => Shape::Uncased,
        (_, 0, _) => Shape::Lower,
        (true, 1, 0) => Shape::Initial,
        (true, 1, _) => Shape::Title,
        (_, _, 0) => Shape::Upper,
        _ => Shape::Mixed,
    }
}

/// What the characters between two words amount to.
fn gap(between: &str, before: &Word) -> Gap {
    let Some(mark) = between.chars().find(|character| !character.is_whitespace()) else {
        return match between {
            "" => Gap::Joined,
            _ if between.contains('\n') => Gap::Line,
            _ => Gap::Space,
        };
    };
    match mark {
        ',' | ';' => Gap::Comma,
        '.' if before.shape == Shape::Initial || before.cue == cues::TITLE => Gap::Abbreviation,
        '.' if between.len() == 1 => Gap::Other,
        '.' | '!' | '?' | '…' => Gap::Stop,
        '-' | '–' if between.len() == mark.len_utf8() => Gap::Hyphen,
        ':' => Gap::Colon,
        '"' | '“' | '”' | '»' | '«' | '(' | ')' | '[' | ']' => Gap::Quote,
        _ if between.contains('\n') => Gap::Line,
        _ => Gap::Other,
    }
}
