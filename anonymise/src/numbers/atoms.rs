//! The parts that numbers are dictated in: *25*, *femogtyve*, *twenty five*, *double oh*, *nul*, *hundrede og tolv*.

use std::ops::Range;

use crate::lexicon::{Figure, Reading, Roles};
use crate::text::TokenKind;
use crate::{Language, letters, spelled};

/// How a part was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AtomKind {
    /// In digits.
    Written,
    /// One digit in words, or a repeated one.
    Digit,
    /// 10 to 99 in words.
    Pair,
    /// With *hundred* or more in it: what quantities sound like.
    Cardinal,
    /// A single letter, or a few joined to digits.
    Letter,
}

/// One part.
#[derive(Clone, Debug)]
pub(crate) struct Atom {
    /// First token.
    pub(crate) first: usize,
    /// Past the last token.
    pub(crate) end: usize,
    /// Its digits in [`Atoms::digits`].
    pub(crate) digits: Range<usize>,
    /// How it was given.
    pub(crate) kind: AtomKind,
    /// May be another word: an article, an exclamation, a preposition.
    pub(crate) weak: bool,
}

/// All parts of a conversation, in order.
#[derive(Default)]
pub(crate) struct Atoms {
    /// The parts.
    pub(crate) list: Vec<Atom>,
    /// Their digits, one after another.
    pub(crate) digits: String,
}

impl Atoms {
    /// Reads a conversation.
    pub(crate) fn read(reading: &Reading<'_>) -> Self {
        let mut reader = Reader { reading, atoms: Self::default() };
        let mut at = 0;
        while at < reading.tokens().len() {
            at = reader.atom(at).unwrap_or(at + 1);
        }
        reader.atoms
    }

    /// The digits of some neighbouring parts.
    pub(crate) fn digits_of(&self, range: Range<usize>) -> &str {
        match (self.list.get(range.start), range.end.checked_sub(1).and_then(|last| self.list.get(last))) {
            (Some(first), Some(last)) if range.start < range.end => &self.digits[first.digits.start..last.digits.end],
            _ => "",
        }
    }
}

impl Atoms {
    /// The letters and digits of all parts, one after another, and where each part begins.
    pub(crate) fn code(&self, reading: &Reading<'_>) -> (String, Vec<usize>) {
        let mut text = String::with_capacity(self.digits.len() * 2);
        let mut starts = Vec::with_capacity(self.list.len());
        for atom in &self.list {
            starts.push(text.len());
            text.push_str(&self.digits[atom.digits.clone()]);
            if atom.kind == AtomKind::Letter {
                text.push_str(&letters::key(reading.word(atom.first)));
            }
        }
        (text, starts)
    }
}

struct Reader<'r> {
    reading: &'r Reading<'r>,
    atoms: Atoms,
}

impl Reader<'_> {
    /// The part that begins at a token, and the token after it.
    fn atom(&mut self, at: usize) -> Option<usize> {
        match self.reading.tokens()[at].kind {
            TokenKind::Number => Some(self.written(at)),
            TokenKind::Word => self.spoken(at).or_else(|| self.letter(at)),
            _ => None,
        }
    }

    fn written(&mut self, at: usize) -> usize {
        if let Some((value, end)) = self.cardinal(at).filter(|(_, end)| *end > at + 1) {
            return self.push(at, end, &value.to_string(), AtomKind::Cardinal);
        }
        let digits = letters::digits(self.reading.word(at));
        self.push(at, at + 1, &digits, AtomKind::Written)
    }

    fn spoken(&mut self, at: usize) -> Option<usize> {
        if let Figure::Times(times) = self.figure(at) {
            let digit = self.digit(at + 1)?;
            return Some(self.push(at, at + 2, &digit.to_string().repeat(usize::from(times)), AtomKind::Digit));
        }
        if self.figure(at) == Figure::None {
            return None;
        }
        let (value, end) = self.cardinal(at)?;
        let kind = match value {
            0..10 => AtomKind::Digit,
            10..100 => AtomKind::Pair,
            _ => AtomKind::Cardinal,
        };
        Some(self.push(at, end, &value.to_string(), kind))
    }

    /// A single letter, or letters with a digit joined to them.
    fn letter(&mut self, at: usize) -> Option<usize> {
        let tokens = self.reading.tokens();
        let token = &tokens[at];
        let length = self.reading.document.word(token).chars().count();
        let joined_to = |index: usize| tokens.get(index).is_some_and(|other| other.kind == TokenKind::Number);
        let before = token.joined && at > 0 && joined_to(at - 1);
        let after = tokens.get(at + 1).is_some_and(|next| next.joined) && joined_to(at + 1);
        let word = self.reading.word(at);
        // `4th`, `20s`, `100k`, `3GB`.
        let suffix = before
            && !after
            && (matches!(word, "st" | "nd" | "rd" | "th" | "s" | "k" | "x") || self.reading.roles(at).has(Roles::UNIT));
        // `2 x 500`.
        let times = word == "x" && !token.joined;
        if suffix || times {
            return None;
        }
        let in_code = (before || after)
            && length <= if before && after { 6 } else { 4 }
            && !self.reading.roles(at).has(Roles::UNIT);
        let letter = self.reading.word(at).chars().next().filter(|_| length == 1);
        let gloss = letter.and_then(|letter| spelled::gloss(self.reading, at, letter));
        let end = gloss.map_or(at + 1, |gloss| gloss.end);
        (length == 1 || in_code).then(|| self.push(at, end, "", AtomKind::Letter))
    }

    fn push(&mut self, first: usize, end: usize, digits: &str, kind: AtomKind) -> usize {
        let start = self.atoms.digits.len();
        self.atoms.digits.push_str(digits);
        let weak = match kind {
            AtomKind::Letter => {
                matches!(self.reading.word(first), "a" | "i" | "å" | "ø") && !self.reading.tokens()[first].capital
            }
            _ => end == first + 1 && self.reading.roles(first).has(Roles::WEAK),
        };
        self.atoms.list.push(Atom { first, end, digits: start..self.atoms.digits.len(), kind, weak });
        end
    }

    /// A number as one says it, and the token after it.
    fn cardinal(&self, at: usize) -> Option<(u64, usize)> {
        let (mut value, mut next) = self.hundreds(at)?;
        if self.figure_in_turn(at, next) == Figure::Thousand {
            (value, next) = (value * 1000, next + 1);
            if let Some((more, end)) = self.rest(at, next, Self::hundreds) {
                (value, next) = (value + more, end);
            }
        }
        if self.figure_in_turn(at, next) == Figure::Million {
            (value, next) = (value * 1_000_000, next + 1);
        }
        Some((value, next))
    }

    /// Below a thousand (or *tolv hundrede*): units, tens, hundreds. A thousand alone is one of them.
    fn hundreds(&self, at: usize) -> Option<(u64, usize)> {
        let (value, next) = match self.figure(at) {
            Figure::Thousand => return Some((1, at)),
            Figure::Hundred => (100, at + 1),
            Figure::Whole(value) if value.is_multiple_of(100) => (u64::from(value), at + 1),
            Figure::Whole(value) => return Some((u64::from(value), at + 1)),
            _ => {
                let (value, next) = self.small(at)?;
                if self.figure_in_turn(at, next) != Figure::Hundred {
                    return Some((value, next));
                }
                (value * 100, next + 1)
            }
        };
        let rest = self.rest(at, next, Self::small);
        Some(rest.map_or((value, next), |(more, end)| (value + more, end)))
    }

    /// What a hundred or a thousand is followed by, if it belongs to it: after *and*, or with no figure behind it.
    fn rest(&self, from: usize, next: usize, read: fn(&Self, usize) -> Option<(u64, usize)>) -> Option<(u64, usize)> {
        let and = self.in_turn(from, next) && self.reading.roles(next).has(Roles::AND);
        let start = next + usize::from(and);
        if !self.in_turn(from, start)
            || self.reading.kind(start) != TokenKind::Word
            || self.figure(start) == Figure::Thousand
        {
            return None;
        }
        let (value, end) = read(self, start)?;
        let goes_on = !and && self.in_turn(from, end) && matches!(self.figure(end), Figure::Digit(_));
        (!goes_on).then_some((value, end))
    }

    /// Below a hundred.
    fn small(&self, at: usize) -> Option<(u64, usize)> {
        match self.figure(at) {
            Figure::Digit(unit) => match self.tens_after(at).filter(|_| unit > 0) {
                Some((tens, next)) => Some((u64::from(tens + unit), next)),
                None => Some((u64::from(unit), at + 1)),
            },
            Figure::Teen(value) | Figure::Pair(value) => Some((u64::from(value), at + 1)),
            Figure::Tens(tens) => match self.unit_after(at) {
                Some((unit, next)) => Some((u64::from(tens + unit), next)),
                None => Some((u64::from(tens), at + 1)),
            },
            Figure::None => self.written_factor(at),
            _ => None,
        }
    }

    /// `12` in *12 tusind*.
    fn written_factor(&self, at: usize) -> Option<(u64, usize)> {
        let token = &self.reading.tokens()[at];
        let power = self.in_turn(at, at + 1) && matches!(self.figure(at + 1), Figure::Hundred | Figure::Thousand);
        // The decimals of *2.7 thousand* count no thousands.
        let short = token.kind == TokenKind::Number && token.end - token.start <= 3 && !token.joined;
        let value = letters::digits(self.reading.document.word(token)).parse().ok();
        value.filter(|_| power && short).map(|value| (value, at + 1))
    }

    /// The tens of *fem og tyve*: units come first in Danish. A hyphen may stand on either side.
    fn tens_after(&self, at: usize) -> Option<(u8, usize)> {
        let and = self.skip_hyphen(at, at + 1);
        if !self.in_turn(at, and) || !self.reading.roles(and).has(Roles::AND) {
            return None;
        }
        let tens = self.skip_hyphen(at, and + 1);
        match self.figure_in_turn(at, tens) {
            Figure::Tens(value) if self.reading.language(at) == Language::Danish => Some((value, tens + 1)),
            _ => None,
        }
    }

    /// The unit of *twenty five*: English only, where nobody says *og*.
    fn unit_after(&self, at: usize) -> Option<(u8, usize)> {
        let unit = self.skip_hyphen(at, at + 1);
        match self.figure_in_turn(at, unit) {
            Figure::Digit(value @ 1..) if self.reading.language(at) == Language::English => Some((value, unit + 1)),
            _ => None,
        }
    }

    fn skip_hyphen(&self, from: usize, at: usize) -> usize {
        let is_hyphen = self.in_turn(from, at) && self.reading.word(at) == "-";
        at + usize::from(is_hyphen && self.reading.tokens()[at].joined)
    }

    fn digit(&self, at: usize) -> Option<u64> {
        let token = self.reading.tokens().get(at)?;
        match self.figure_in_turn(at - 1, at) {
            Figure::Digit(value) => Some(u64::from(value)),
            _ if token.kind == TokenKind::Number && token.end - token.start == 1 => {
                self.reading.document.word(token).parse().ok()
            }
            _ => None,
        }
    }

    fn figure(&self, at: usize) -> Figure {
        self.reading.figure(at)
    }

    fn figure_in_turn(&self, from: usize, at: usize) -> Figure {
        if self.in_turn(from, at) { self.figure(at) } else { Figure::None }
    }

    fn in_turn(&self, from: usize, at: usize) -> bool {
        self.reading.same_turn(from, at)
    }
}
