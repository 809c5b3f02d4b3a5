//! The pipeline: limits, detectors, replacement, and the check that may refuse the result.

use thiserror::Error;

use crate::finding::{Anonymised, Kind, Span};
use crate::known::KnownValues;
use crate::language::Languages;
use crate::lexicon::{Figure, Reading, Roles, Subject, is_thing};
use crate::residual::Residual;
use crate::rules::CompiledRules;
use crate::text::{Document, TokenKind};
use crate::{Known, Language, Rules, RulesError};
use crate::{address, email, names, numbers, patterns, replace, said, spans, spelled};

/// The longest conversation that is taken, in bytes of UTF-8.
pub const TEXT_BYTES_MAX: usize = 32 << 20;

/// Masking one thing can uncover the context of another; each round masks more, and few need a third.
const ROUNDS_MAX: usize = 8;

/// What is found in a turn may depend on so many turns before and after it.
const AROUND_TURNS: usize = 6;

/// What somebody said without a break.
#[derive(Clone, Copy, Debug)]
pub struct Turn<'a> {
    /// Who: any name for the role or the channel. Never read as text.
    pub speaker: &'a str,
    /// What.
    pub text: &'a str,
}

/// Why a conversation was not anonymised. Names the turn and the rule, never what was said.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AnonymiseError {
    /// The conversation is too long.
    #[error("the conversation has {bytes} bytes; cut it into pieces of at most {TEXT_BYTES_MAX}")]
    TooLong {
        /// How long it is.
        bytes: usize,
    },
    /// The second pass still sees personal data, so the result is withheld.
    #[error(
        "personal data is left in turn {turn} after masking (rule {rule}); keep the conversation and report the rule"
    )]
    Residual {
        /// Index of the turn.
        turn: usize,
        /// Which check saw it.
        rule: &'static str,
    },
}

/// Finds and replaces personal data. Built once, shared by threads.
#[derive(Default)]
pub struct Anonymiser {
    rules: CompiledRules,
    without_names: bool,
}

impl Anonymiser {
    /// An anonymiser without a tenant's own rules.
    pub fn new() -> Self {
        Self::default()
    }

    /// An anonymiser with a tenant's own patterns and words to keep.
    ///
    /// # Errors
    /// When a pattern or a word is not admissible; every fault is named.
    pub fn with_rules(rules: Rules) -> Result<Self, RulesError> {
        Ok(Self { rules: CompiledRules::new(rules)?, without_names: false })
    }

    /// The same, but only known names are sought: for measuring, and for text in which nobody is named.
    #[must_use]
    pub fn without_names(self) -> Self {
        Self { without_names: true, ..self }
    }

    /// Anonymises one conversation. Without a language, it is found out; where turns are plainly in the other one, they
    /// are read as that.
    ///
    /// # Errors
    /// When the conversation is longer than [`TEXT_BYTES_MAX`], or when personal data is left.
    pub fn anonymise(
        &self,
        turns: &[Turn<'_>],
        language: Option<Language>,
        known: &Known,
    ) -> Result<Anonymised, AnonymiseError> {
        let bytes = turns.iter().map(|turn| turn.text.len() + 1).fold(0, usize::saturating_add);
        if bytes > TEXT_BYTES_MAX {
            return Err(AnonymiseError::TooLong { bytes });
        }
        let document = Document::new(turns.iter().map(|turn| turn.text));
        let residual = Residual::new(known);
        let check = |turns: &[String]| residual.check(turns, |text| self.rules.without_kept(text));
        let mut context = Context::new(self, &document, language, known);
        let result = replace::replace(&document, &context.settle(&document)?);
        if check(&result.turns).is_ok() {
            return Ok(result);
        }
        // Something was said in the language that the words around it are not in.
        context.both = true;
        let result = replace::replace(&document, &context.settle(&document)?);
        check(&result.turns).map(|()| result)
    }

    /// Anonymises one text: a title, a value of the metadata, a reason that an employee wrote.
    ///
    /// Its placeholders are numbered from 1, and have nothing to do with those of the conversation it belongs to.
    ///
    /// # Errors
    /// As [`Self::anonymise`]; the turn is 0.
    pub fn anonymise_text(
        &self,
        text: &str,
        language: Option<Language>,
        known: &Known,
    ) -> Result<Anonymised, AnonymiseError> {
        self.anonymise(&[Turn { speaker: "", text }], language, known)
    }
}

/// What all rounds over one conversation share.
struct Context<'a> {
    anonymiser: &'a Anonymiser,
    known: &'a Known,
    values: KnownValues,
    languages: Languages,
    /// Numbers and addresses of e-mail are sought in both languages.
    both: bool,
}

impl<'a> Context<'a> {
    fn new(anonymiser: &'a Anonymiser, document: &Document, language: Option<Language>, known: &'a Known) -> Self {
        let languages = Languages::new(document.turn_count(), language);
        Self { anonymiser, known, values: KnownValues::new(known), languages, both: false }
    }

    /// Masks until nothing more is found, so that anonymising the result would change nothing.
    ///
    /// Later rounds read the turns that have changed and those around them: no rule looks further.
    fn settle(&mut self, document: &Document) -> Result<Vec<Span>, AnonymiseError> {
        let mut all = self.detect(document, None);
        let mut changed = turns_of(document, &all);
        let mut cased = document.cased();
        for _ in 1..ROUNDS_MAX {
            if changed.is_empty() {
                return Ok(all);
            }
            // Where the names were the only capitals, capitals mean nothing when they are gone.
            if cased != document.is_cased_without(all.iter().map(Span::range)) {
                cased = !cased;
                changed = (0..document.turn_count()).collect();
            }
            let languages = self.languages.clone();
            let masked = replace::mask(document, &all, cased, |turn| is_near(&changed, turn));
            let more = self.detect(&masked.document, Some(&changed));
            let more: Vec<Span> = more.into_iter().map(|span| masked.original(span)).collect();
            changed = match languages == self.languages {
                true => turns_of(document, &more),
                // Words that are masked no longer speak for a language: everything is read anew.
                false => (0..document.turn_count()).collect(),
            };
            all.extend(more);
            all = spans::resolve(document, all);
        }
        let unsettled = |turn: &usize| AnonymiseError::Residual { turn: *turn, rule: "unsettled" };
        changed.first().map_or(Ok(all), |turn| Err(unsettled(turn)))
    }

    /// Every detector once; disjoint spans in order. Names are sought in the turns that have changed, or in all.
    fn detect(&mut self, document: &Document, changed: Option<&[usize]>) -> Vec<Span> {
        let reading = Reading::new(document, &mut self.languages);
        let mut found = self.values.find(document);
        patterns::find(&reading, &self.values, &mut found);
        email::find(&reading, &mut found);
        said::find(&reading, &mut found);
        address::find(&reading, &mut found);
        numbers::find(&reading, &self.values, &mut found);
        spelled::find(&reading, &mut found);
        if self.both {
            let mut reversed = reading.languages.reversed();
            let reading = Reading::new(document, &mut reversed);
            email::find(&reading, &mut found);
            numbers::find(&reading, &self.values, &mut found);
        }
        match changed {
            _ if self.anonymiser.without_names => {}
            None => found.extend(names::find(document, reading.languages.main(), self.known)),
            Some(turns) => names_in(&reading, turns, self.known, &mut found),
        }
        found.retain_mut(|span| span.rule != names::TAGGER || is_somebody(&reading, span));
        self.anonymiser.rules.find(document, &mut found);
        self.anonymiser.rules.spare(document, &mut found);
        spans::resolve(document, found)
    }
}

/// Names in some turns. The tagger reads turn by turn, so in the others it would find what it found before.
fn names_in(reading: &Reading<'_>, turns: &[usize], known: &Known, found: &mut Vec<Span>) {
    let document = reading.document;
    let texts = turns.iter().map(|turn| &document.text()[document.turn(*turn)]);
    let part = Document::part(texts, document.cased());
    for span in names::find(&part, reading.languages.main(), known) {
        let turn = part.turn_at(span.start);
        let (here, there) = (part.turn(turn).start, document.turn(turns[turn]).start);
        found.push(Span { start: span.start - here + there, end: span.end - here + there, ..span });
    }
}

/// Takes words that name nobody, and units right after a number, from the ends of what the tagger takes for a name; tells
/// whether anything is left.
fn is_somebody(reading: &Reading<'_>, span: &mut Span) -> bool {
    let is_nobody = |at: usize| is_nobody(reading, at);
    let tokens = reading.document.token_from(span.start)..reading.document.token_from(span.end);
    let Some(first) = tokens.clone().find(|at| !is_nobody(*at)) else { return tokens.is_empty() };
    let last = tokens.clone().rev().find(|at| !is_nobody(*at)).unwrap_or(first);
    if first > tokens.start {
        span.start = reading.bytes(first..first + 1).start;
    }
    if last + 1 < tokens.end {
        span.end = reading.bytes(last..last + 1).end;
    }
    true
}

/// A number said in fewer letters may be a name: *Nine*.
const NUMBER_LETTERS_MIN: usize = 5;

/// What says that a number follows may be a name in fewer letters: *Vin*.
const LABEL_LETTERS_MIN: usize = 4;

fn is_nobody(reading: &Reading<'_>, at: usize) -> bool {
    let before = at.checked_sub(1).filter(|before| reading.same_turn(*before, at));
    let number = |at: usize| reading.kind(at) == TokenKind::Number || reading.figure(at) != Figure::None;
    let counted = reading.roles(at).has(Roles::UNIT) && before.is_some_and(number);
    // *the bill*, *the vet's bill*, but not *Bill*.
    let owned = |before: usize| {
        let word = reading.word(before);
        matches!(word, "the" | "a" | "my" | "your" | "our" | "this" | "that" | "min" | "din" | "mit" | "dit")
            || word.ends_with("'s")
    };
    let thing = reading.subject(at) != Subject::None && !reading.tokens()[at].capital && before.is_some_and(owned);
    let word = reading.word(at);
    // *femogfyrre*, *eleven*; but *Nine* and *Fem* may be somebody.
    let counts = reading.figure(at) != Figure::None && word.chars().count() >= NUMBER_LETTERS_MIN;
    let named = reading.roles(at).has(Roles::NAMED) && word.chars().count() >= LABEL_LETTERS_MIN;
    reading.roles(at).has(Roles::NOBODY) || counted || thing || counts || named || is_thing(word)
}

/// Whether a turn is near one of those that have changed, which are in order.
fn is_near(changed: &[usize], turn: usize) -> bool {
    let next = changed.partition_point(|changed| changed + AROUND_TURNS < turn);
    changed.get(next).is_some_and(|changed| *changed <= turn + AROUND_TURNS)
}

/// The turns that spans lie in.
fn turns_of(document: &Document, spans: &[Span]) -> Vec<usize> {
    let mut turns: Vec<usize> = spans.iter().map(|span| document.turn_at(span.start)).collect();
    turns.dedup();
    turns
}

/// The kinds whose values are digits: written in groups or with a country code they are still the same.
pub(crate) fn is_digits(kind: Kind) -> bool {
    matches!(kind, Kind::Phone | Kind::NationalId | Kind::Account | Kind::Card | Kind::Cvr | Kind::Number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn anonymised(language: Language, text: &str) -> String {
        let result = Anonymiser::new().anonymise_text(text, Some(language), &Known::default());
        result.expect("nothing is left").into_text()
    }

    #[test]
    fn what_stands_beside_a_name_and_names_nobody_stays() {
        for (text, expected) in [
            ("tak mona skraldebilen kommer igen", "tak [person 1] skraldebilen kommer igen"),
            ("hej henrik skadenummeret er klar", "hej [person 1] skadenummeret er klar"),
            ("pensionsselskabet charlotte her", "pensionsselskabet [person 1] her"),
            ("jeg hedder Nine Holm", "jeg hedder [person 1]"),
        ] {
            assert_eq!(anonymised(Language::Danish, text), expected);
        }
        for (text, expected) in [
            ("pension helpline yvonne speaking", "pension helpline [person 1] speaking"),
            ("this is macintosh lovely and your first name", "this is [person 1] lovely and your first name"),
        ] {
            assert_eq!(anonymised(Language::English, text), expected);
        }
    }
}
