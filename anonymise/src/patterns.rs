//! Personal data by its shape: e-mail addresses, IBANs, internet addresses.

use std::sync::LazyLock;

use regex::Regex;

use crate::Kind;
use crate::finding::Span;
use crate::numbers::shape::is_iban;
use crate::text::Document;

static EMAIL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"[\p{L}\p{N}._%+'-]+\s?@\s?[\p{L}\p{N}-]+(?:\s?\.\s?[\p{L}\p{N}-]+)+").expect("a valid expression")
});

static IBAN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b[a-z]{2}\d{2}(?:[ -]?[a-z0-9]{4}){2,7}(?:[ -]?[a-z0-9]{1,3})?\b").expect("a valid expression")
});

/// Finds what has a shape of its own.
pub(crate) fn find(document: &Document, found: &mut Vec<Span>) {
    let text = document.text();
    if text.contains('@') {
        found.extend(EMAIL.find_iter(text).map(|email| Span::new(email.range(), Kind::Email, "email", 0.99)));
    }
    let ibans = IBAN.find_iter(text).filter(|iban| is_iban(iban.as_str()));
    found.extend(ibans.map(|iban| Span::new(iban.range(), Kind::Iban, "iban", 0.99)));
}
