//! What is known about a conversation before it is read, found in every spelling.
//!
//! Names are sought in a stream of letters without spaces, so that `Anne-Marie`, `annemarie` and `a n n e m a r i e` are
//! one; a hit counts only where words begin and end. Numbers are sought in a stream of digits, however they are grouped.

use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use crate::finding::Span;
use crate::text::{Document, TokenKind};
use crate::{Kind, letters};

mod common;
mod name;

pub(crate) use common::is_common;
use name::NamePattern;

/// What is known about a conversation: it is masked wherever it is said or written, in any spelling.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Names of the customer and of anybody else outside the company.
    pub names: Vec<String>,
    /// Telephone numbers, with or without country code.
    pub phones: Vec<String>,
    /// Customer, case, order, policy, meter, member numbers.
    pub references: Vec<String>,
    /// Names of employees. They are masked where they are said; the employee field of a record is not touched.
    pub employees: Vec<String>,
    /// Anything else: an e-mail address, a street.
    pub others: Vec<String>,
}

/// A run of digits shorter than this is not sought by itself: it would be found in prices.
const DIGITS_MIN: usize = 4;

/// A code with letters in it, as `AB-1234`, is sought from this length on.
const CODE_MIN: usize = 4;

/// Known values, ready to be found.
pub(crate) struct KnownValues {
    names: Option<(AhoCorasick, Vec<NamePattern>)>,
    initials: Vec<(String, String)>,
    digits: Option<(AhoCorasick, Vec<(Kind, String)>)>,
    codes: Option<(AhoCorasick, Vec<(Kind, String)>)>,
}

impl KnownValues {
    pub(crate) fn new(known: &Known) -> Self {
        let mut patterns = Vec::new();
        let mut initials = Vec::new();
        for value in known.names.iter().chain(&known.employees) {
            patterns.extend(name::patterns(value));
            initials.extend(name::initials(value));
        }
        let mut digits = Vec::new();
        let mut codes = Vec::new();
        for phone in &known.phones {
            digits.extend(phone_digits(phone).map(|digits| (Kind::Phone, digits)));
        }
        let references = known.references.iter().map(|value| (Kind::CustomerNumber, value));
        for (kind, value) in references.chain(known.others.iter().map(|value| (Kind::Other, value))) {
            let key = letters::key(value);
            if key.bytes().all(|byte| byte.is_ascii_digit()) {
                digits.push((kind, key));
            } else {
                codes.push((kind, key));
            }
        }
        digits.retain(|(_, value)| value.len() >= DIGITS_MIN);
        codes.retain(|(_, value)| value.chars().count() >= CODE_MIN);
        let names = automaton(patterns.iter().map(|pattern| pattern.key.as_str())).map(|found| (found, patterns));
        let codes = automaton(codes.iter().map(|(_, key)| key.as_str())).map(|found| (found, codes));
        let digits = automaton(digits.iter().map(|(_, key)| key.as_str())).map(|found| (found, digits));
        Self { names, initials, digits, codes }
    }

    /// Every place where a known name or code stands. Numbers are found by [`Self::numbers`].
    pub(crate) fn find(&self, document: &Document) -> Vec<Span> {
        let mut found = Vec::new();
        if let Some((automaton, patterns)) = &self.names {
            let stream = Stream::new(document, false);
            for matched in automaton.find_overlapping_iter(&stream.text) {
                let pattern = &patterns[matched.pattern().as_usize()];
                found.extend(pattern.span(document, &stream, matched.range()));
            }
            name::extend_initials(document, patterns, &mut found);
        }
        name::find_initials(document, &self.initials, &mut found);
        if let Some((automaton, codes)) = &self.codes {
            let stream = Stream::new(document, true);
            for matched in automaton.find_overlapping_iter(&stream.text) {
                let (kind, value) = &codes[matched.pattern().as_usize()];
                let range = stream.whole_tokens(matched.range());
                found.extend(range.map(|tokens| {
                    let bytes =
                        document.tokens()[tokens.start].start as usize..document.tokens()[tokens.end - 1].end as usize;
                    Span::new(bytes, *kind, "known-value", 1.0).with_value(value.clone())
                }));
            }
        }
        found
    }

    /// Whether a known name or code is in a text, wherever its words begin.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        let key = letters::key(text);
        let names = self.names.iter().any(|(automaton, patterns)| {
            automaton.find_overlapping_iter(&key).any(|found| patterns[found.pattern().as_usize()].is_telling())
        });
        names || self.codes.iter().any(|(automaton, _)| automaton.is_match(&key))
    }

    /// Whether codes with letters in them are known.
    pub(crate) fn has_codes(&self) -> bool {
        self.codes.is_some()
    }

    /// Every place in a stream of letters and digits where a known code stands.
    pub(crate) fn codes<'k>(&'k self, text: &str) -> impl Iterator<Item = (Range<usize>, Kind, &'k str)> {
        matches(self.codes.as_ref(), text)
    }

    /// Every place in a stream of digits where a known number stands.
    pub(crate) fn numbers<'k>(&'k self, digits: &str) -> impl Iterator<Item = (Range<usize>, Kind, &'k str)> {
        matches(self.digits.as_ref(), digits)
    }
}

fn matches<'k>(
    known: Option<&'k (AhoCorasick, Vec<(Kind, String)>)>,
    text: &str,
) -> impl Iterator<Item = (Range<usize>, Kind, &'k str)> {
    known.into_iter().flat_map(move |(automaton, values)| {
        automaton.find_overlapping_iter(text).map(move |matched| {
            let (kind, value) = &values[matched.pattern().as_usize()];
            (matched.range(), *kind, value.as_str())
        })
    })
}

fn automaton<'a>(keys: impl Iterator<Item = &'a str>) -> Option<AhoCorasick> {
    let keys: Vec<&str> = keys.collect();
    if keys.is_empty() {
        return None;
    }
    // Built for each conversation, and read once: what costs least to build.
    let mut builder = AhoCorasick::builder();
    builder.match_kind(MatchKind::Standard).kind(Some(AhoCorasickKind::NoncontiguousNFA));
    Some(builder.build(keys).expect("known values fit an automaton"))
}

/// The digits of a telephone number, and without its country code if that leaves enough to know it by.
fn phone_digits(phone: &str) -> impl Iterator<Item = String> {
    let all = letters::digits(phone);
    let written = phone.trim_start();
    let international = written.starts_with('+').then_some(all.as_str()).or(all.strip_prefix("00"));
    let codes = ["45", "44", "1", "46", "47", "49", "298", "299"];
    let national = international.and_then(|digits| codes.iter().find_map(|code| digits.strip_prefix(code)));
    let national = national.or(all.strip_prefix("45").filter(|rest| rest.len() == 8));
    let national = national.map(|digits| digits.trim_start_matches('0').to_owned());
    let local = all.strip_prefix('0').map(str::to_owned).filter(|_| international.is_none());
    let mut forms: Vec<String> = [national, local, Some(all)].into_iter().flatten().collect();
    forms.retain(|digits| digits.len() >= 6);
    forms.into_iter()
}

/// The letters of a document without what lies between them, and which token each came from.
pub(crate) struct Stream {
    /// The keys of the tokens, one after another; `\n` where nothing known can go on.
    pub(crate) text: String,
    /// For each token that is in the stream: its first byte there, and its index.
    starts: Vec<(usize, usize)>,
}

impl Stream {
    fn new(document: &Document, with_digits: bool) -> Self {
        let mut text = String::with_capacity(document.lower().len());
        let mut starts = Vec::with_capacity(document.tokens().len());
        let mut turn = 0;
        for (index, token) in document.tokens().iter().enumerate() {
            let in_stream = match token.kind {
                TokenKind::Word => true,
                TokenKind::Number => with_digits,
                TokenKind::Mark => continue,
                TokenKind::Placeholder => false,
            };
            if !in_stream || token.turn != turn {
                text.push('\n');
                turn = token.turn;
            }
            if in_stream {
                starts.push((text.len(), index));
                document.word(token).chars().for_each(|c| letters::push_key(&mut text, c));
            }
        }
        Self { text, starts }
    }

    /// The tokens that a stretch of the stream begins, ends and wholly covers, as indices of the document.
    ///
    /// The last token may go on with a genitive s.
    pub(crate) fn whole_tokens(&self, range: Range<usize>) -> Option<Range<usize>> {
        let first = self.starts.binary_search_by_key(&range.start, |(at, _)| *at).ok()?;
        let last = self.starts.partition_point(|(at, _)| *at < range.end) - 1;
        let token_end = self.starts.get(last + 1).map_or(self.text.len(), |(at, _)| *at);
        let rest = self.text[range.end..token_end].trim_end_matches('\n');
        matches!(rest, "" | "s" | "es").then(|| self.starts[first].1..self.starts[last].1 + 1)
    }

    /// Where the tokens that a stretch covers begin in the stream.
    pub(crate) fn token_starts(&self, range: Range<usize>) -> impl Iterator<Item = usize> + '_ {
        let first = self.starts.partition_point(|(at, _)| *at < range.start);
        self.starts[first..].iter().map(|(at, _)| *at).take_while(move |at| *at < range.end)
    }
}
