//! Where somebody lives: street and number, floor, postcode and town; Danish, British and American.
//!
//! A street alone is a place; with a number, or after *bor på*, it is somebody's.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::finding::Span;
use crate::letters;
use crate::lexicon::{Figure, Reading, Roles};
use crate::text::TokenKind;
use crate::{Kind, Language};

mod danish;
mod english;
mod towns;

/// How far back *adresse* or *I live* is remembered, in tokens.
const REACH: usize = 16;

/// A house number said in words has at most so many tokens: *et hundrede og femogtyve*.
const NUMBER_TOKENS_MAX: usize = 5;

/// A British postcode (BS 7666, without the overseas territories).
static POSTCODE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)(?-u:\b)[a-z]{1,2}[0-9][a-z0-9]?[ ]?[0-9][abd-hjlnp-uw-z]{2}(?-u:\b)").expect("a valid expression")
});

/// Finds addresses.
pub(crate) fn find(reading: &Reading<'_>, found: &mut Vec<Span>) {
    for language in reading.languages.present() {
        match language {
            Language::Danish => danish::find(reading, found),
            Language::English => english::find(reading, found),
        }
    }
}

/// Follows whether the conversation is about where somebody lives.
struct Asked<'r> {
    reading: &'r Reading<'r>,
    last: Option<usize>,
}

impl<'r> Asked<'r> {
    fn new(reading: &'r Reading<'r>) -> Self {
        Self { reading, last: None }
    }

    /// Takes note of a token. To be called for each in turn.
    fn read(&mut self, at: usize) {
        if self.reading.roles(at).has(Roles::LIVES) {
            self.last = Some(at);
        }
    }

    fn is_asked(&self, at: usize) -> bool {
        self.last.is_some_and(|last| at.saturating_sub(last) <= REACH)
    }
}

/// The end of a number below 10,000, written or said, that begins at a token; and its value.
fn number(reading: &Reading<'_>, start: usize) -> Option<(usize, u32)> {
    let token = reading.tokens().get(start)?;
    if token.kind == TokenKind::Number {
        let digits = letters::digits(reading.word(start));
        let value = (digits.len() <= 5).then(|| digits.parse().ok()).flatten()?;
        return Some((start + 1, value));
    }
    let is_figure = |at: usize| !matches!(reading.figure(at), Figure::None | Figure::Times(_) | Figure::Million);
    if !is_figure(start) {
        return None;
    }
    let mut end = start;
    while reading.same_turn(start, end) && end < start + NUMBER_TOKENS_MAX {
        let and = reading.roles(end).has(Roles::AND) && is_figure(end + 1) && reading.same_turn(start, end + 1);
        let hyphen = reading.word(end) == "-" && is_figure(end + 1) && reading.tokens()[end].joined;
        if !(is_figure(end) || (end > start && (and || hyphen))) {
            break;
        }
        end += 1;
    }
    Some((end, 0))
}

/// A span over tokens.
fn span(reading: &Reading<'_>, tokens: Range<usize>, rule: &'static str, confidence: f32) -> Span {
    Span::new(reading.bytes(tokens), Kind::Address, rule, confidence)
}

/// Whether a token is a word with a capital that means something.
fn is_capital(reading: &Reading<'_>, at: usize) -> bool {
    reading.tokens().get(at).is_some_and(|token| token.kind == TokenKind::Word && token.capital)
        && reading.document.cased()
}
