//! Puts placeholders where spans are, and numbers them. Keeps no map.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use crate::anonymiser::is_digits;
use crate::finding::{Anonymised, Finding, Span};
use crate::text::{Document, TokenKind};
use crate::{Kind, letters, placeholder};

/// Some turns of a document with their spans masked, for another round; the other turns are empty.
pub(crate) struct Masked {
    /// The turns as they would be written, but for the numbers of the placeholders.
    pub(crate) document: Document,
    /// From which byte on, what to add to an offset.
    shifts: Vec<(usize, isize)>,
}

impl Masked {
    /// A span of the masked document, by the offsets of the original.
    pub(crate) fn original(&self, span: Span) -> Span {
        let back = |at: usize| {
            let passed = self.shifts.partition_point(|(from, _)| *from <= at);
            at.checked_add_signed(self.shifts[passed - 1].1).expect("an offset of the original")
        };
        // The end may be where a placeholder begins, and there the shift is still that of the text before it.
        Span { start: back(span.start), end: back(span.end - 1) + 1, ..span }
    }
}

/// Masks some turns, for another round of detection.
pub(crate) fn mask(document: &Document, spans: &[Span], cased: bool, is_wanted: impl Fn(usize) -> bool) -> Masked {
    let mut shifts = Vec::with_capacity(spans.len());
    let mut turns = Vec::with_capacity(document.turn_count());
    let mut written = 0_usize;
    for_each_turn(document, spans, |spans_of, range, turn| {
        let mut text = String::new();
        if is_wanted(turn) {
            shifts.push((written, range.start.cast_signed() - written.cast_signed()));
            let spans = &spans[spans_of];
            text = write_turn(document, range, spans, &vec![1; spans.len()], |end, original| {
                shifts.push((written + end, original.cast_signed() - (written + end).cast_signed()));
            });
        }
        written += text.len() + 1;
        turns.push(text);
    });
    Masked { document: Document::part(turns.iter().map(String::as_str), cased), shifts }
}

/// Masks, and reports.
pub(crate) fn replace(document: &Document, spans: &[Span]) -> Anonymised {
    let numbers = number(document, spans);
    let mut result = Anonymised::default();
    for_each_turn(document, spans, |turn, range, index| {
        let spans = &spans[turn.clone()];
        result.findings.extend(findings(document, range.clone(), spans, index));
        result.turns.push(write_turn(document, range, spans, &numbers[turn], |_, _| {}));
    });
    for finding in &result.findings {
        *result.counts.entry(finding.kind).or_default() += 1;
    }
    result
}

/// Calls with the indices of a turn's spans, its bytes, and its index.
fn for_each_turn(
    document: &Document,
    spans: &[Span],
    mut each: impl FnMut(std::ops::Range<usize>, std::ops::Range<usize>, usize),
) {
    let mut next = 0;
    for turn in 0..document.turn_count() {
        let range = document.turn(turn);
        let first = next;
        while spans.get(next).is_some_and(|span| span.start < range.end) {
            next += 1;
        }
        each(first..next, range, turn);
    }
}

/// One turn with placeholders; tells where each one ended, in the new turn and in the original document.
fn write_turn(
    document: &Document,
    range: std::ops::Range<usize>,
    spans: &[Span],
    numbers: &[u32],
    mut ended: impl FnMut(usize, usize),
) -> String {
    let mut text = String::with_capacity(range.len() + 4 * spans.len());
    let mut from = range.start;
    for (span, number) in spans.iter().zip(numbers) {
        text.push_str(&document.text()[from..span.start]);
        write!(text, "[{} {number}]", span.kind).expect("a string takes everything");
        from = span.end;
        ended(text.len(), from);
    }
    text.push_str(&document.text()[from..range.end]);
    text
}

/// The findings of one turn, with offsets in characters.
fn findings(document: &Document, range: std::ops::Range<usize>, spans: &[Span], turn: usize) -> Vec<Finding> {
    let (mut at, mut characters) = (range.start, 0);
    let mut count_to = |byte: usize| {
        characters += document.text()[at..byte].chars().count();
        at = byte;
        characters
    };
    let finding = |span: &Span| {
        let (start, end) = (count_to(span.start), count_to(span.end));
        Finding { turn, start, end, kind: span.kind, rule: span.rule.clone(), confidence: span.confidence }
    };
    spans.iter().map(finding).collect()
}

/// A number for each span: the same for the same value, after those that are already in the text.
fn number(document: &Document, spans: &[Span]) -> Vec<u32> {
    let mut next = taken(document);
    let people = people(document, spans);
    let mut given: HashMap<(Kind, String), u32> = HashMap::new();
    let mut number = |span: &Span| {
        let value = value(document, span, &people);
        *given.entry((span.kind, value)).or_insert_with(|| {
            let number = next.entry(span.kind).or_insert(1);
            *number += 1;
            *number - 1
        })
    };
    spans.iter().map(&mut number).collect()
}

/// The first free number of each kind that is already in the text.
fn taken(document: &Document) -> BTreeMap<Kind, u32> {
    let mut next = BTreeMap::new();
    for token in document.tokens().iter().filter(|token| token.kind == TokenKind::Placeholder) {
        if let Some((kind, number)) = placeholder::parse(document.written(token)) {
            let free: &mut u32 = next.entry(kind).or_insert(1);
            *free = (*free).max(number + 1);
        }
    }
    next
}

/// A name has at most so many words; what is longer was spelled.
const NAME_WORDS_MAX: usize = 8;

/// For each word of a longer name, that name, if there is only one: Peter is Peter Jensen.
fn people(document: &Document, spans: &[Span]) -> HashMap<String, Option<String>> {
    let mut people: HashMap<String, Option<String>> = HashMap::new();
    for span in spans.iter().filter(|span| span.kind == Kind::Person) {
        let text = &document.lower()[span.range()];
        let words = text.split(|c: char| !c.is_alphanumeric()).take(NAME_WORDS_MAX + 1);
        let words: Vec<String> = words.map(letters::key).collect();
        let whole = letters::key(text);
        if words.len() > NAME_WORDS_MAX {
            continue;
        }
        for word in words.into_iter().filter(|word| *word != whole && word.len() > 1) {
            let person = people.entry(word).or_insert_with(|| Some(whole.clone()));
            if person.as_ref().is_some_and(|known| *known != whole) {
                *person = None;
            }
        }
    }
    people
}

fn value(document: &Document, span: &Span, people: &HashMap<String, Option<String>>) -> String {
    let text = if span.value.is_empty() { &document.lower()[span.range()] } else { &span.value };
    if span.kind != Kind::Person {
        let digits = letters::digits(text);
        let value = if is_digits(span.kind) && !digits.is_empty() { digits } else { letters::key(text) };
        return value
            .strip_prefix("0045")
            .or(value.strip_prefix("45").filter(|rest| rest.len() == 8))
            .unwrap_or(&value)
            .to_owned();
    }
    let name = letters::key(text);
    let base = name.strip_suffix('s').unwrap_or(&name);
    let whole = people.get(&name).or_else(|| people.get(base));
    whole.cloned().flatten().unwrap_or(name)
}
