//! Numbers that identify somebody.

use crate::anonymiser::UNEXPLAINED;
use crate::finding::Span;
use crate::known::KnownValues;
use crate::text::{Document, Token, TokenKind};
use crate::{Kind, Language, letters};

/// Digits that belong together, and where each stands.
pub(crate) struct Digits {
    /// ASCII digits.
    pub(crate) text: String,
    /// The token of each digit.
    pub(crate) tokens: Vec<usize>,
}

/// Finds numbers that identify somebody.
pub(crate) fn find(document: &Document, _language: Language, known: &KnownValues, found: &mut Vec<Span>) {
    let tokens = document.tokens();
    let mut at = 0;
    while at < tokens.len() {
        if tokens[at].kind != TokenKind::Number {
            at += 1;
            continue;
        }
        let end = group_end(document, at);
        classify(document, at, end, known, found);
        at = end;
    }
}

/// Past the last token of a group: numbers with at most one mark between them.
fn group_end(document: &Document, start: usize) -> usize {
    let tokens = document.tokens();
    let mut end = start + 1;
    loop {
        let mut next = end;
        while next < tokens.len() && next < end + 2 && is_glue(document, &tokens[next]) {
            next += 1;
        }
        match tokens.get(next) {
            Some(token) if token.kind == TokenKind::Number && token.turn == tokens[start].turn => end = next + 1,
            _ => return end,
        }
    }
}

fn is_glue(document: &Document, token: &Token) -> bool {
    token.kind == TokenKind::Mark && matches!(document.word(token), "-" | "." | "/" | "(" | ")" | "," | "+")
}

fn classify(document: &Document, start: usize, end: usize, known: &KnownValues, found: &mut Vec<Span>) {
    let tokens = document.tokens();
    let mut digits = Digits { text: String::new(), tokens: Vec::new() };
    for (index, token) in tokens[start..end].iter().enumerate() {
        let more = letters::digits(document.word(token));
        digits.tokens.extend(std::iter::repeat_n(start + index, more.len()));
        digits.text.push_str(&more);
    }
    // The letters of a code go with its digits: AB123456.
    let joined = start > 0 && tokens[start].joined && tokens[start - 1].kind == TokenKind::Word;
    let bytes = tokens[start - usize::from(joined)].start as usize..tokens[end - 1].end as usize;
    for (range, kind, value) in known.numbers(&digits) {
        let (first, last) = (digits.tokens[range.start], digits.tokens[range.end - 1]);
        let bytes = tokens[first].start as usize..tokens[last].end as usize;
        found.push(Span::new(bytes, kind, "known-number", 1.0).with_value(value));
    }
    let whole = &document.text()[bytes.clone()];
    let (kind, rule, confidence) = match digits.text.len() {
        0..4 => return,
        4 if is_year(&digits.text) && end == start + 1 => return,
        _ if is_date(whole) || is_amount(document, start, end) => return,
        8 if !digits.text.starts_with(['0', '1']) => (Kind::Phone, "phone-digits", 0.8),
        10 if is_cpr(&digits.text) => (Kind::NationalId, "cpr", 0.95),
        13..20 if is_luhn(&digits.text) => (Kind::Card, "card", 0.99),
        _ => (Kind::Number, "digits", 0.5),
    };
    debug_assert!(kind != Kind::Number || rule == UNEXPLAINED);
    found.push(Span::new(bytes, kind, rule, confidence).with_value(digits.text));
}

fn is_year(digits: &str) -> bool {
    matches!(digits.parse(), Ok(1900_u16..2100))
}

fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split(['.', '-', '/']).map(str::trim).collect();
    let value = |part: &str| part.parse::<u32>().unwrap_or(u32::MAX);
    match parts[..] {
        [day, month, year] if day.len() <= 2 => {
            value(day) <= 31 && value(month) <= 31 && value(year) <= 2100 && year.len() != 3
        }
        [year, month, day] => year.len() == 4 && value(month) <= 12 && value(day) <= 31,
        _ => false,
    }
}

fn is_amount(document: &Document, start: usize, end: usize) -> bool {
    let tokens = document.tokens();
    let around = [start.checked_sub(1), Some(end)].into_iter().flatten().filter_map(|index| tokens.get(index));
    let mut words = around.map(|token| document.word(token));
    words.any(|word| {
        matches!(word, "kr" | "kroner" | "$" | "£" | "€" | "dollars" | "pounds" | "euro" | "dkk" | "%" | "procent")
    })
}

/// Six digits of a date (day, or day + 60 for an administrative number; month; year) and four more.
fn is_cpr(digits: &str) -> bool {
    let two = |at: usize| digits[at..at + 2].parse::<u32>().unwrap_or(0);
    matches!(two(0), 1..=31 | 61..=91) && matches!(two(2), 1..=12)
}

/// ISO/IEC 7812-1, annex B.
fn is_luhn(digits: &str) -> bool {
    let double = |(index, digit): (usize, u8)| {
        let value = u32::from(digit - b'0') << (index % 2);
        value / 10 + value % 10
    };
    digits.bytes().rev().enumerate().map(double).sum::<u32>() % 10 == 0
}
