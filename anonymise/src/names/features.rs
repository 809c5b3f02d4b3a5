//! What the tagger weighs about a word: the word, its neighbours, how they are written, what the lists know of them.
//!
//! Every feature is a number: a hash of its kind and its values, cut to the size of the weights' table. Two features may
//! share a number; training sees the same numbers, and learns around it.

use super::lexicon::Attributes;
use super::words::{SEED, Shape, Word, finish, step};
use crate::Language;
use crate::text::Document;

/// Bits of a feature's number: the weights' table has two to this power rows.
pub const BITS: u32 = 18;

/// The most features that one word can have.
pub(crate) const PER_WORD_MAX: usize = 90;

/// Where the groups of a word's features end: what holds for all words alike; what the neighbours are; the rest says which
/// word it is. Training leaves groups out now and then, so that the tagger learns to do without.
pub const GROUPS: [usize; 2] = [29, 53];

/// The words of one turn with what every feature needs of them, computed once a word.
pub(crate) struct Context<'a> {
    document: &'a Document,
    words: &'a [Word],
    language: Language,
}

/// A word that is not there: before the first and after the last.
const NOTHING: u64 = 0x9e37_79b9_7f4a_7c15;

impl<'a> Context<'a> {
    /// Of the words of one turn.
    pub(crate) fn new(document: &'a Document, words: &'a [Word], language: Language) -> Self {
        Self { document, words, language }
    }

    /// How common the word is where the conversation's language counts; the other language's rank is kept apart.
    fn rank(&self, attributes: Attributes) -> (u16, u16) {
        match self.language {
            Language::Danish => (attributes.danish(), attributes.english()),
            Language::English => (attributes.english(), attributes.danish()),
        }
    }

    /// Whether the word is beyond doubt no name, so that its features need not be looked at.
    pub(crate) fn is_plain(&self, at: usize) -> bool {
        let word = &self.words[at];
        let (rank, _) = self.rank(word.attributes);
        let known = word.attributes;
        let plain = match word.shape {
            Shape::Uncased => rank >= 5 && !known.is_name(),
            Shape::Placeholder => true,
            Shape::Lower => rank >= 4 && known.given() < 2 && known.family() < 2,
            _ => false,
        };
        plain && !(self.is_particle(at) && self.is_beside_name(at))
    }

    /// Whether a word may stand inside a name: `van` in `Vincent van Gogh`, an initial.
    fn is_particle(&self, at: usize) -> bool {
        const PARTICLES: [&str; 18] = [
            "af", "al", "bin", "da", "de", "del", "den", "der", "di", "du", "el", "ibn", "la", "le", "ten", "van",
            "von", "zu",
        ];
        let lower = &self.document.lower()[self.words[at].range.clone()];
        match lower.len() {
            1 => !matches!(lower, "i" | "a"),
            2 | 3 => PARTICLES.contains(&lower),
            _ => false,
        }
    }

    /// Whether what stands before a particle is a name, or what comes after it.
    fn is_beside_name(&self, at: usize) -> bool {
        let before = (0..at).rev().take(3).find(|&before| !self.is_particle(before));
        let after = (at + 1..self.words.len()).take(3).find(|&after| !self.is_particle(after));
        before.is_some_and(|before| self.is_telling(before)) || after.is_some_and(|after| self.is_telling(after))
    }

    /// Whether a word is rather a name than anything else, or unknown.
    fn is_telling(&self, at: usize) -> bool {
        let word = &self.words[at];
        let (rank, _) = self.rank(word.attributes);
        matches!(word.shape, Shape::Title | Shape::Uncased)
            && (rank == 0 || word.attributes.given().max(word.attributes.family()) > rank)
    }

    /// The class of a word: how much it is a name and how much a word.
    fn class(&self, at: Option<usize>) -> u64 {
        let Some(word) = at.and_then(|at| self.words.get(at)) else { return 0xffff };
        let known = word.attributes;
        let (rank, other) = self.rank(known);
        let other = u16::from(other >= 4);
        let written = match word.shape {
            Shape::Digit | Shape::Placeholder => 3,
            Shape::Title | Shape::Mixed => 2,
            Shape::Upper | Shape::Initial => 1,
            Shape::Lower | Shape::Uncased => 0,
        };
        let names = known.given() | known.family() << 3;
        u64::from(names | rank << 6 | other << 9 | known.place() << 10) | written << 12
    }

    /// The class in fewer steps, for what is weighed together with other things.
    fn coarse(&self, at: Option<usize>) -> u64 {
        let Some(word) = at.and_then(|at| self.words.get(at)) else { return 0xffff };
        let (rank, _) = self.rank(word.attributes);
        // A name is the more telling the less often its letters are a word: *he* and *do* are families' names, too.
        let telling = |name: u16| match i32::from(name) - i32::from(rank) {
            _ if name == 0 => 0,
            ..=-4 => 1,
            -3..=-2 => 2,
            -1..=1 => 3,
            2..=3 => 4,
            _ => 5,
        };
        let written = match word.shape {
            Shape::Digit | Shape::Placeholder => 3,
            Shape::Title | Shape::Mixed => 2,
            Shape::Upper | Shape::Initial => 1,
            Shape::Lower | Shape::Uncased => 0,
        };
        let common = [0, 1, 1, 1, 2, 2, 3, 3][usize::from(rank)];
        let place = u64::from(word.attributes.place() > 0);
        telling(word.attributes.given())
            | telling(word.attributes.family()) << 3
            | common << 6
            | place << 8
            | written << 9
    }

    /// What the word says of its neighbours; of other words, their class.
    fn cue(&self, at: Option<usize>) -> u64 {
        match at.and_then(|at| self.words.get(at)) {
            Some(word) if word.cue > 0 => 1 << 20 | u64::from(word.cue),
            _ => self.coarse(at),
        }
    }

    fn genitive(&self, at: Option<usize>) -> u64 {
        at.and_then(|at| self.words.get(at)).map_or(2, |word| u64::from(word.genitive))
    }

    fn hash(&self, at: Option<usize>) -> u64 {
        at.and_then(|at| self.words.get(at)).map_or(NOTHING, |word| word.hash)
    }

    fn shape(&self, at: Option<usize>) -> u64 {
        at.and_then(|at| self.words.get(at)).map_or(15, |word| word.shape as u64)
    }

    fn gap(&self, at: usize) -> u64 {
        self.words.get(at).map_or(15, |word| word.gap as u64)
    }

    /// The features of the word at `at`, written over what `out` held.
    pub(crate) fn features(&self, at: usize, out: &mut Vec<u32>) {
        out.clear();
        let mut sink = Sink { out, kind: 0 };
        let before = at.checked_sub(1);
        let before2 = at.checked_sub(2);
        let before3 = at.checked_sub(3);
        let (here, after, after2) = (Some(at), Some(at + 1), Some(at + 2));
        let (w0, w1, w2, w3) = (self.hash(here), self.hash(before), self.hash(before2), self.hash(before3));
        let (x1, x2, x3) = (self.hash(after), self.hash(after2), self.hash(Some(at + 3)));
        let (c0, c1, d1) = (self.class(here), self.class(before), self.class(after));
        let (k0, k1, k2) = (self.coarse(here), self.coarse(before), self.coarse(before2));
        let (l1, l2) = (self.coarse(after), self.coarse(after2));
        let (s0, s1, t1) = (self.shape(here), self.shape(before), self.shape(after));
        let (g0, g1) = (self.gap(at), self.gap(at + 1));
        let (h1, h2) = (before.map_or(15, |at| self.gap(at)), self.gap(at + 2));
        let (q1, q2, q3) = (self.cue(before), self.cue(before2), self.cue(before3));
        let (r1, r2) = (self.cue(after), self.cue(after2));
        let opens = u64::from(self.words[at].gap.opens_sentence());
        let written = s0 << 1 | opens;
        let early = at.min(3) as u64;
        let left = (self.words.len() - 1 - at).min(3) as u64;

        sink.add(&[]);
        sink.add(&[c0, s0]);
        sink.add(&[k0, written]);
        sink.add(&[c0, written, g0]);
        sink.add(&[c1, c0, g0, s0]);
        sink.add(&[c0, d1, g1, s0]);
        sink.add(&[k1, k0, l1, s0]);
        sink.add(&[k1, s0]);
        sink.add(&[l1, s0]);
        sink.add(&[k2, k1, k0, s0]);
        sink.add(&[k0, l1, l2, s0]);
        sink.add(&[written, g0, g1]);
        sink.add(&[s1, s0, t1, opens]);
        sink.add(&[s1, s0, t1, g0, g1]);
        sink.add(&[h1, g0, g1, h2, s0]);
        sink.add(&[k0, g0, g1, s0]);
        sink.add(&[early, left, s0, k0]);
        sink.add(&[early, left, g0, g1, s0]);
        sink.add(&[q1, k0, s0]);
        sink.add(&[k0, r1, s0]);
        sink.add(&[q2, q1, k0]);
        sink.add(&[k0, r1, r2]);
        sink.add(&[q1, k0, r1]);
        sink.add(&[q1, k0, g0, g1]);
        sink.add(&[q3, q2, q1, k0]);
        sink.add(&[q2, q1, s0]);
        sink.add(&[q1, s0, r1, early]);
        sink.add(&[self.genitive(before), k0, s0, g0]);
        sink.add(&[self.genitive(here), k0, l1, s0, g1]);
        debug_assert!(sink.out.len() == GROUPS[0]);

        sink.add(&[w1, s0]);
        sink.add(&[x1, s0]);
        sink.add(&[w2, s0]);
        sink.add(&[x2, s0]);
        sink.add(&[w3, s0.min(1)]);
        sink.add(&[x3, s0.min(1)]);
        sink.add(&[w2, w1, s0]);
        sink.add(&[x1, x2, s0]);
        sink.add(&[w1, x1, s0]);
        sink.add(&[w3, w2, w1]);
        sink.add(&[w1, k0, s0]);
        sink.add(&[k0, x1, s0]);
        sink.add(&[w1, k0, l1]);
        sink.add(&[w2, w1, k0]);
        sink.add(&[k1, k0, x1]);
        sink.add(&[w1, k0, x1]);
        sink.add(&[w2, k1, k0]);
        sink.add(&[k0, l1, x2]);
        sink.add(&[k0, x1, x2]);
        sink.add(&[w1, g0, s0]);
        sink.add(&[x1, g1, s0]);
        sink.add(&[early, w1, k0]);
        self.ending(at.checked_sub(1), s0, &mut sink);
        self.ending(Some(at + 1), s0, &mut sink);
        debug_assert!(sink.out.len() == GROUPS[1]);

        sink.add(&[w0]);
        sink.add(&[w0, written]);
        sink.add(&[w1, w0]);
        sink.add(&[w0, x1]);
        sink.add(&[early, w0]);
        self.affixes(at, c0 & 0x3ff0, s0, &mut sink);
    }

    /// Beginnings and endings of two to four letters, and what the neighbours end in.
    fn affixes(&self, at: usize, known: u64, shape: u64, sink: &mut Sink<'_>) {
        let mut letters = ['\0'; 32];
        let count = self.letters(at, &mut letters);
        let mut state = SEED;
        for (index, &letter) in letters[..count].iter().take(5).enumerate() {
            state = step(state, letter);
            if index > 0 {
                sink.add(&[state, index as u64, shape]);
                sink.add(&[state, index as u64, known]);
            }
        }
        sink.kind = 70;
        state = SEED;
        for (index, &letter) in letters[..count].iter().rev().take(5).enumerate() {
            state = step(state, letter);
            if index > 0 {
                sink.add(&[state, index as u64, shape]);
                sink.add(&[state, index as u64, known]);
            }
        }
        sink.kind = 90;
        sink.add(&[count as u64, shape, known]);
    }

    /// The last three letters of a neighbour. A placeholder has none: its number must change nothing, or anonymising
    /// twice would differ from anonymising once.
    fn ending(&self, at: Option<usize>, shape: u64, sink: &mut Sink<'_>) {
        let ending = match at.and_then(|at| self.words.get(at)) {
            Some(word) if matches!(word.shape, Shape::Placeholder | Shape::Digit) => SEED,
            Some(word) => {
                let lower = &self.document.lower()[word.range.clone()];
                lower.chars().rev().take(3).fold(SEED, step)
            }
            None => NOTHING,
        };
        sink.add(&[ending, shape]);
    }

    /// The word's letters in lower case, of a longer word its beginning; how many.
    fn letters(&self, at: usize, into: &mut [char; 32]) -> usize {
        let lower = &self.document.lower()[self.words[at].range.clone()];
        into.iter_mut().zip(lower.chars()).map(|(slot, letter)| *slot = letter).count()
    }
}

/// Numbers features: a kind of its own for each call, so that order is all that keeps them apart.
struct Sink<'a> {
    out: &'a mut Vec<u32>,
    kind: u64,
}

impl Sink<'_> {
    fn add(&mut self, values: &[u64]) {
        self.kind += 1;
        let mixed = values.iter().fold(self.kind.wrapping_mul(0x9e37_79b9_7f4a_7c15), |state, &value| {
            (state.rotate_left(23) ^ value).wrapping_mul(0xff51_afd7_ed55_8ccd)
        });
        self.out.push((finish(mixed) >> (64 - BITS)) as u32);
    }
}
