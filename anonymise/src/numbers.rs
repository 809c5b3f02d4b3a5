//! Numbers that identify somebody, written, said, or both, in one breath or in instalments.
//!
//! Parts (`atoms`) stand in runs, runs in chains. A chain is judged by its digits, by what the words around it say it is
//! about, and by what shows it to be harmless. Then what was found is looked for again nearby: the other party reads back.

use std::ops::Range;

use crate::Kind;
use crate::finding::Span;
use crate::known::KnownValues;
use crate::lexicon::{Reading, Subject};

mod atoms;
mod chains;
mod context;
mod echo;
mod runs;
pub(crate) mod shape;

use atoms::{AtomKind, Atoms};
use context::{About, Follower};
use runs::{Harm, Run};

/// A number of so many digits is masked unless something shows it to be harmless.
const UNEXPLAINED_DIGITS_MIN: usize = 4;

/// So many digits are masked even among prices and readings.
const LONG_DIGITS_MIN: usize = 8;

/// Finds numbers that identify somebody.
pub(crate) fn find(reading: &Reading<'_>, known: &KnownValues, found: &mut Vec<Span>) {
    let atoms = Atoms::read(reading);
    let runs = runs::runs(reading, &atoms);
    let mut finder = Finder { reading, atoms: &atoms, runs: &runs, masked: vec![false; runs.len()], found };
    finder.known(known);
    let mut follower = Follower::new(reading);
    for chain in chains::chains(reading, &runs) {
        let about = follower.about(runs[chain.start].tokens.start..runs[chain.end - 1].tokens.end);
        finder.judge(chain, about);
    }
    let Finder { masked, .. } = finder;
    echo::find(reading, &atoms, &runs, &masked, found);
}

struct Finder<'r> {
    reading: &'r Reading<'r>,
    atoms: &'r Atoms,
    runs: &'r [Run],
    masked: Vec<bool>,
    found: &'r mut Vec<Span>,
}

impl Finder<'_> {
    /// Known numbers, wherever their digits follow one another in the parts of a turn.
    fn known(&mut self, known: &KnownValues) {
        for (digits, kind, value) in known.numbers(&self.atoms.digits) {
            let list = &self.atoms.list;
            let first = list.partition_point(|atom| atom.digits.end <= digits.start);
            let last = list.partition_point(|atom| atom.digits.start < digits.end);
            let mut start = first;
            for at in first + 1..=last {
                let apart = at == last || !self.reading.same_turn(list[start].first, list[at].first);
                if apart {
                    let bytes = self.reading.bytes(list[start].first..list[at - 1].end);
                    self.found.push(Span::new(bytes, kind, "known-number", 1.0).with_value(value));
                    start = at;
                }
            }
        }
    }

    /// Masks a chain, or does not.
    fn judge(&mut self, chain: Range<usize>, about: About) {
        for segment in self.segments(chain) {
            let judged = Judged { atoms: self.atoms, runs: &self.runs[segment.clone()], reading: self.reading, about };
            if judged.is_masked() {
                let (kind, rule, confidence) = judged.kind();
                let value = judged.value();
                self.mask(segment, kind, rule, confidence, &value);
            }
        }
    }

    /// Splits a chain where a whole number begins again: what the other party reads back is a number of its own.
    fn segments(&self, chain: Range<usize>) -> Vec<Range<usize>> {
        let mut segments: Vec<Range<usize>> = Vec::new();
        let mut length = 0;
        for at in chain {
            let turn = |run: &Run| self.reading.tokens()[run.tokens.start].turn;
            let digits = self.turn_digits(at);
            let again = segments.last().is_some_and(|segment| {
                let crosses = turn(&self.runs[at - 1]) != turn(&self.runs[at]);
                crosses && (digits >= 7 || length >= 7 || self.repeats(segment.clone(), at))
            });
            match segments.last_mut() {
                Some(segment) if !again => segment.end = at + 1,
                _ => {
                    segments.push(at..at + 1);
                    length = 0;
                }
            }
            length += self.runs[at].digits;
        }
        segments
    }

    /// How many digits the turn of a run has from it on.
    fn turn_digits(&self, at: usize) -> usize {
        let runs = self.runs[at..].iter();
        let turn = runs.take_while(|run| self.reading.same_turn(self.runs[at].tokens.start, run.tokens.start));
        turn.map(|run| run.digits).sum()
    }

    /// Whether a run says again what the segment before it ends with.
    fn repeats(&self, segment: Range<usize>, at: usize) -> bool {
        let atoms = |runs: Range<usize>| self.runs[runs.start].atoms.start..self.runs[runs.end - 1].atoms.end;
        let before = self.atoms.digits_of(atoms(segment));
        before.ends_with(self.atoms.digits_of(atoms(at..at + 1)))
    }

    /// One span for each turn of a segment.
    fn mask(&mut self, segment: Range<usize>, kind: Kind, rule: &'static str, confidence: f32, value: &str) {
        let mut start = segment.start;
        for at in segment.start + 1..=segment.end {
            let apart =
                at == segment.end || !self.reading.same_turn(self.runs[start].tokens.start, self.runs[at].tokens.start);
            if apart {
                let tokens = self.runs[start].tokens.start..self.runs[at - 1].tokens.end;
                let bytes = self.reading.bytes(widen(self.reading, tokens));
                self.found.push(Span::new(bytes, kind, rule, confidence).with_value(value));
                start = at;
            }
        }
        self.masked[segment].fill(true);
    }
}

/// Takes what is joined to a code with it: `ORD-774512`.
fn widen(reading: &Reading<'_>, tokens: Range<usize>) -> Range<usize> {
    let list = reading.tokens();
    let mut start = tokens.start;
    while start > 0 && list[start].joined && start + 8 > tokens.start {
        let is_part = match reading.kind(start - 1) {
            crate::text::TokenKind::Word => {
                list[start - 1].end - list[start - 1].start <= 6 && reading.subject(start - 1) == Subject::None
            }
            crate::text::TokenKind::Mark => {
                matches!(reading.word(start - 1), "-" | "/" | "_" | "#") && start > 1 && list[start - 1].joined
            }
            _ => false,
        };
        if !is_part {
            break;
        }
        start -= 1;
    }
    start..tokens.end
}

/// A segment of a chain, before the judge.
struct Judged<'r> {
    atoms: &'r Atoms,
    runs: &'r [Run],
    reading: &'r Reading<'r>,
    about: About,
}

impl Judged<'_> {
    fn is_masked(&self) -> bool {
        let total: usize = self.runs.iter().map(|run| run.digits).sum();
        if self.runs.iter().all(|run| run.harm == Harm::None) {
            return false;
        }
        let doubtful: usize = self.runs.iter().filter(|run| run.harm == Harm::Unlikely).map(|run| run.digits).sum();
        let sure = total - doubtful;
        match self.about.subject {
            subject if subject.identifies() => self.is_asked_for(total, sure),
            Subject::None => self.is_unexplained(sure, total),
            _ => sure >= LONG_DIGITS_MIN,
        }
    }

    /// Where the conversation is about an identifier, few digits are enough.
    fn is_asked_for(&self, total: usize, sure: usize) -> bool {
        let enough = match () {
            () if self.about.ending => 2,
            () if self.about.named => 3,
            () => UNEXPLAINED_DIGITS_MIN,
        };
        let near = self.about.is_near() || self.about.ending;
        (sure >= enough && (self.about.named || self.is_unexplained(sure, total) || sure >= 6))
            || (near && total >= enough)
    }

    /// Where the conversation says nothing, the digits must speak for themselves.
    fn is_unexplained(&self, sure: usize, total: usize) -> bool {
        if sure < UNEXPLAINED_DIGITS_MIN {
            return false;
        }
        let run = &self.runs[0];
        let parts: usize = self.runs.iter().map(|run| run.atoms.len()).sum();
        let atoms = || self.runs.iter().flat_map(|run| &self.atoms.list[run.atoms.clone()]);
        let written = atoms().all(|atom| matches!(atom.kind, AtomKind::Written | AtomKind::Letter));
        if written {
            return self.runs.len() == 1 && (run.atoms.len() == 1 || sure >= 5) || total >= 7;
        }
        match self.runs.len() {
            1 => parts >= 3 && sure >= UNEXPLAINED_DIGITS_MIN || sure >= 6,
            _ => sure >= 7 && parts >= 4,
        }
    }

    fn kind(&self) -> (Kind, &'static str, f32) {
        let digits = self.digits();
        let by_shape = match digits.len() {
            10 if shape::is_cpr(&digits) => Some((Kind::NationalId, "cpr")),
            13..20 if shape::is_luhn(&digits) => Some((Kind::Card, "card")),
            _ => None,
        };
        let by_words = match self.about.subject {
            Subject::Phone => Some((Kind::Phone, "phone-asked")),
            Subject::NationalId => Some((Kind::NationalId, "national-id-asked")),
            Subject::Account => Some((Kind::Account, "account-asked")),
            Subject::Card => Some((Kind::Card, "card-asked")),
            Subject::Cvr => Some((Kind::Cvr, "cvr-asked")),
            Subject::Customer => Some((Kind::CustomerNumber, "customer-number-asked")),
            _ => None,
        };
        let by_length = match (self.reading.language, digits.len()) {
            (crate::Language::Danish, 8) if !digits.starts_with(['0', '1']) => (Kind::Phone, "phone", 0.8),
            (crate::Language::English, 10 | 11) => (Kind::Phone, "phone", 0.8),
            _ => (Kind::Number, "digits", 0.5),
        };
        let sure = |(kind, rule)| (kind, rule, 0.95);
        by_shape.filter(|_| !self.about.named).or(by_words).or(by_shape).map_or(by_length, sure)
    }

    fn digits(&self) -> String {
        self.runs.iter().map(|run| self.atoms.digits_of(run.atoms.clone())).collect()
    }

    fn value(&self) -> String {
        self.digits()
    }
}
