//! Numbers that identify somebody, written, said, or both, in one breath or in instalments.
//!
//! Parts (`atoms`) stand in runs, runs in chains. A chain is judged by its digits, by what the words around it say it is
//! about, and by what shows it to be harmless. Then what was found is looked for again nearby: the other party reads back.

use std::ops::Range;

use crate::finding::Span;
use crate::known::KnownValues;
use crate::lexicon::{Reading, Roles, Subject};
use crate::{Kind, Language};

mod atoms;
mod chains;
mod context;
mod echo;
mod edges;
mod runs;
pub(crate) mod shape;

use atoms::{AtomKind, Atoms};
use context::{About, Follower};
use edges::{widen, with_birthday, with_prefix, with_suffix};
use runs::{Harm, Run};

/// So many are masked among prices when an identifier was asked for just before.
const PENDING_DIGITS_MIN: usize = 5;

/// A number of so many digits is masked unless something shows it to be harmless.
const UNEXPLAINED_DIGITS_MIN: usize = 4;

/// So many digits are a whole number and no instalment.
const WHOLE_DIGITS_MIN: usize = 7;

/// So many digits are masked even among prices and readings.
const LONG_DIGITS_MIN: usize = 8;

/// A code with letters in it is believed within so many tokens of what names it.
const CODE_DISTANCE_MAX: usize = 8;

/// A known number of so many digits is found inside longer ones too.
const KNOWN_INSIDE_DIGITS_MIN: usize = 6;

/// Between the parts of a known number there are at most so many tokens …
const KNOWN_GAP_TOKENS_MAX: usize = 20;

/// … and so many turns.
const KNOWN_GAP_TURNS_MAX: u32 = 4;

/// *My number* of so many digits …
const PHONE_DIGITS_MIN: usize = 7;

/// … to so many is a telephone number.
const PHONE_DIGITS_MAX: usize = 13;

/// A longer number is no product's and no error's.
const CODE_DIGITS_MAX: usize = 9;

/// Finds numbers that identify somebody.
pub(crate) fn find(reading: &Reading<'_>, known: &KnownValues, found: &mut Vec<Span>) {
    let atoms = Atoms::read(reading);
    let runs = runs::runs(reading, &atoms);
    let mut finder = Finder { reading, atoms: &atoms, runs: &runs, masked: vec![false; runs.len()], found };
    finder.known(known);
    let mut follower = Follower::new(reading);
    for chain in chains::chains(reading, &runs) {
        let tokens = runs[chain.start].tokens.start..runs[chain.end - 1].tokens.end;
        let about = follower.about(tokens.clone());
        let masked = finder.judge(chain, about);
        follower.judged(tokens.end, masked);
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
    /// Known numbers and codes, wherever their digits and letters follow one another in parts that are close together.
    fn known(&mut self, known: &KnownValues) {
        let list = &self.atoms.list;
        let mut hits: Vec<(Range<usize>, Kind, &str)> = Vec::new();
        for (digits, kind, value) in known.numbers(&self.atoms.digits) {
            let first = list.partition_point(|atom| atom.digits.end <= digits.start);
            let end = list.partition_point(|atom| atom.digits.start < digits.end);
            let whole = list[first].digits.start == digits.start && list[end - 1].digits.end == digits.end;
            if whole || value.len() >= KNOWN_INSIDE_DIGITS_MIN {
                hits.push((first..end, kind, value));
            }
        }
        if known.has_codes() {
            let (text, starts) = self.atoms.code(self.reading);
            for (range, kind, value) in known.codes(&text) {
                let first = starts
                    .binary_search(&range.start)
                    .map_or_else(|_| usize::MAX, |_| starts.partition_point(|start| *start < range.start));
                let end = starts.partition_point(|start| *start < range.end);
                let ends_there = starts.get(end).is_none_or(|next| *next == range.end);
                if first < end && ends_there {
                    hits.push((first..end, kind, value));
                }
            }
        }
        for (atoms, kind, value) in hits {
            if self.is_close(atoms.clone()) {
                self.mask_known(atoms, kind, value);
            }
        }
    }

    /// Whether each part comes soon after the one before it.
    fn is_close(&self, atoms: Range<usize>) -> bool {
        let turn = |at: usize| self.reading.tokens()[at].turn;
        self.atoms.list[atoms].windows(2).all(|pair| {
            let (before, after) = (pair[0].end - 1, pair[1].first);
            after - before <= KNOWN_GAP_TOKENS_MAX && turn(after) - turn(before) <= KNOWN_GAP_TURNS_MAX
        })
    }

    /// One span for each turn of a known number.
    fn mask_known(&mut self, atoms: Range<usize>, kind: Kind, value: &str) {
        let parts = self.atoms.list[atoms].chunk_by(|a, b| self.reading.same_turn(a.first, b.first));
        for part in parts {
            let bytes = self.reading.bytes(part[0].first..part[part.len() - 1].end);
            self.found.push(Span::new(bytes, kind, "known-number", 1.0).with_value(value));
        }
    }

    /// Masks a chain, or does not; tells how many digits it masked.
    fn judge(&mut self, chain: Range<usize>, about: About) -> Option<usize> {
        let mut digits = None;
        let language = self.reading.language(self.runs[chain.start].tokens.start);
        let whole = whole_digits(language, about.subject);
        for segment in self.segments(chain, whole) {
            let judged = Judged { atoms: self.atoms, runs: &self.runs[segment.clone()], reading: self.reading, about };
            if judged.is_masked() {
                let (kind, rule, confidence) = judged.kind();
                let value = judged.value();
                digits = digits.max(Some(value.len()));
                self.mask(segment, kind, rule, confidence, &value);
            }
        }
        digits
    }

    /// Splits a chain where a whole number begins again: what the other party reads back is a number of its own.
    fn segments(&self, chain: Range<usize>, whole: usize) -> Vec<Range<usize>> {
        let mut segments: Vec<Range<usize>> = Vec::new();
        let mut length = 0;
        for at in chain {
            let crosses = !segments.is_empty()
                && !self.reading.same_turn(self.runs[at - 1].tokens.start, self.runs[at].tokens.start);
            let full = length >= WHOLE_DIGITS_MIN && length + self.runs[at].digits > whole;
            let again = crosses && (full || self.turn_digits(at) >= WHOLE_DIGITS_MIN);
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
        turn.map(|run| run.digits).take(LONG_DIGITS_MIN).sum()
    }

    /// One span for each turn of a segment.
    fn mask(&mut self, segment: Range<usize>, kind: Kind, rule: &'static str, confidence: f32, value: &str) {
        let mut start = segment.start;
        for at in segment.start + 1..=segment.end {
            let apart =
                at == segment.end || !self.reading.same_turn(self.runs[start].tokens.start, self.runs[at].tokens.start);
            if apart {
                let mut tokens = widen(self.reading, self.runs[start].tokens.start..self.runs[at - 1].tokens.end);
                if matches!(kind, Kind::CustomerNumber | Kind::NationalId) {
                    tokens = with_prefix(self.reading, tokens.start)..with_suffix(self.reading, tokens.end);
                }
                if kind == Kind::NationalId {
                    tokens.start = with_birthday(self.reading, tokens.start);
                }
                let bytes = self.reading.bytes(tokens);
                self.found.push(Span::new(bytes, kind, rule, confidence).with_value(value));
                start = at;
            }
        }
        self.masked[segment].fill(true);
    }
}

/// How many digits a whole number of a kind has at most: when they have all been said, another begins.
fn whole_digits(language: Language, subject: Subject) -> usize {
    match (language, subject) {
        (Language::Danish, Subject::Phone) => 8,
        (Language::Danish, Subject::NationalId) => 10,
        (_, Subject::Card | Subject::Account | Subject::Customer) => 19,
        _ => 11,
    }
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
        if self.runs.iter().all(|run| run.harm == Harm::None) {
            return false;
        }
        let counted = || self.counted().map(|at| &self.runs[at]);
        let total: usize = counted().map(|run| run.digits).sum();
        let sure: usize = counted().filter(|run| run.harm == Harm::Possible).map(|run| run.digits).sum();
        match self.about.subject {
            subject if subject.identifies() => self.is_asked_for(total, sure),
            _ if self.about.ending && sure >= 2 => true,
            Subject::None => self.is_unexplained(sure, total),
            Subject::Product if self.is_code() => false,
            _ => sure >= if self.about.pending { PENDING_DIGITS_MIN } else { LONG_DIGITS_MIN },
        }
    }

    /// The runs that say something new: the other party may have read each instalment back.
    fn counted(&self) -> impl Iterator<Item = usize> + '_ {
        let mut said = String::new();
        (0..self.runs.len()).filter(move |at| {
            let digits = self.atoms.digits_of(self.runs[*at].atoms.clone());
            let crosses =
                *at > 0 && !self.reading.same_turn(self.runs[*at - 1].tokens.start, self.runs[*at].tokens.start);
            let again = crosses && said.ends_with(digits);
            if !again {
                said.push_str(digits);
            }
            !again
        })
    }

    /// Where the conversation is about an identifier, few digits are enough.
    fn is_asked_for(&self, total: usize, sure: usize) -> bool {
        let enough = match () {
            () if self.about.ending => 2,
            () if self.about.named => 3,
            () => UNEXPLAINED_DIGITS_MIN,
        };
        let near = self.about.is_near() || self.about.ending;
        let letters = self.letters();
        if letters > 0
            && total > 0
            && total + letters >= UNEXPLAINED_DIGITS_MIN
            && self.about.distance <= CODE_DISTANCE_MAX
        {
            return true;
        }
        let explained = self.about.named || self.about.ending || sure >= 6 || self.is_unexplained(sure, total);
        (sure >= enough && explained) || (near && total >= enough.max(3))
    }

    /// How many letters are among the digits: a code has them.
    fn letters(&self) -> usize {
        let atoms = self.runs.iter().flat_map(|run| &self.atoms.list[run.atoms.clone()]);
        atoms.filter(|atom| atom.kind == AtomKind::Letter && !atom.weak).count()
    }

    /// Where the conversation says nothing, the digits must speak for themselves: those of one run, or of all together.
    fn is_unexplained(&self, sure: usize, total: usize) -> bool {
        let runs: Vec<&Run> = self.counted().map(|at| &self.runs[at]).collect();
        let alone = |run: &&&Run| run.harm == Harm::Possible && self.is_telling(run);
        if runs.iter().find(alone).is_some() {
            return true;
        }
        let parts: usize = runs.iter().map(|run| run.atoms.len()).sum();
        let written = runs.iter().all(|run| self.is_written(run));
        runs.len() > 1 && if written { total >= WHOLE_DIGITS_MIN } else { sure >= WHOLE_DIGITS_MIN && parts >= 4 }
    }

    /// Whether a run is too long for anything but an identifier.
    fn is_telling(&self, run: &Run) -> bool {
        let parts = run.atoms.len();
        let longer = run.digits > UNEXPLAINED_DIGITS_MIN;
        run.digits >= UNEXPLAINED_DIGITS_MIN
            && if self.is_written(run) { parts == 1 || longer } else { parts >= 3 || run.digits >= 6 }
    }

    fn is_written(&self, run: &Run) -> bool {
        let mut atoms = self.atoms.list[run.atoms.clone()].iter();
        atoms.all(|atom| matches!(atom.kind, AtomKind::Written | AtomKind::Letter))
    }

    /// A single number as products and errors have: `0x80070005`.
    fn is_code(&self) -> bool {
        let atoms = self.runs.iter().flat_map(|run| &self.atoms.list[run.atoms.clone()]);
        let digits = atoms.filter(|atom| atom.kind != AtomKind::Letter).filter(|atom| atom.digits.len() > 1);
        let short = self.runs.iter().map(|run| run.digits).sum::<usize>() <= CODE_DIGITS_MAX;
        short && self.about.distance <= 3 && digits.count() <= 1
    }

    fn kind(&self) -> (Kind, &'static str, f32) {
        let digits = self.value();
        let language = self.reading.language(self.runs[0].tokens.start);
        let text = &self.reading.document.text()
            [self.reading.bytes(self.runs[0].tokens.start..self.runs[self.runs.len() - 1].tokens.end)];
        let hyphens = text.matches('-').count() == 2 && text.len() == 11;
        let by_shape = match digits.len() {
            9 if hyphens && shape::is_ssn(&digits) => Some((Kind::NationalId, "ssn")),
            10 if language == Language::Danish && shape::is_cpr(&digits) => Some((Kind::NationalId, "cpr")),
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
        let called = || text.starts_with('+') || self.about.subject == Subject::Number;
        let by_length = match (language, digits.len()) {
            (Language::Danish, 8) if !digits.starts_with(['0', '1']) => (Kind::Phone, "phone", 0.8),
            (Language::Danish, 10) if digits.starts_with("45") => (Kind::Phone, "phone", 0.8),
            (Language::English, 10 | 11) => (Kind::Phone, "phone", 0.8),
            (_, PHONE_DIGITS_MIN..=PHONE_DIGITS_MAX) if called() => (Kind::Phone, "phone", 0.7),
            _ => (Kind::Number, "digits", 0.5),
        };
        let sure = |(kind, rule)| (kind, rule, 0.95);
        by_shape.filter(|_| !self.about.named).or(by_words).or(by_shape).map_or(by_length, sure)
    }

    /// The digits as they were meant: without what was read back, and without what was taken back.
    fn value(&self) -> String {
        let mut value = String::new();
        for at in self.counted() {
            let run = &self.runs[at];
            if at > 0 && self.is_repaired(at) {
                let wrong = &self.atoms.list[self.runs[at - 1].atoms.end - 1];
                value.truncate(value.len().saturating_sub(wrong.digits.len()));
            }
            value.push_str(self.atoms.digits_of(run.atoms.clone()));
        }
        value
    }

    /// Whether a run takes the part before it back: *femogtyve, nej undskyld, femogtredive*.
    fn is_repaired(&self, at: usize) -> bool {
        let (before, after) = (&self.runs[at - 1], &self.runs[at]);
        (before.tokens.end..after.tokens.start).any(|token| self.reading.roles(token).has(Roles::REPAIR))
    }
}
