//! Personal data by its shape: IBANs, National Insurance numbers, internet addresses, web addresses with a person in them.

use std::sync::LazyLock;

use regex::Regex;

use crate::finding::Span;
use crate::known::KnownValues;
use crate::lexicon::Reading;
use crate::numbers::shape::is_iban;
use crate::{Kind, letters};

static IBAN: LazyLock<Regex> =
    LazyLock::new(|| expression(r"{b}[a-z]{2}[0-9]{2}([\ -]?[a-z0-9]{4}){2,7}([\ -]?[a-z0-9]{1,3})?{b}"));

/// HMRC, NIM39110: two letters, six digits, a letter from A to D; `QQ` is for examples.
static NATIONAL_INSURANCE: LazyLock<Regex> = LazyLock::new(|| {
    let prefix = "([a-ceghj-pr-tw-z][a-ceghj-npr-tw-z]|qq)";
    expression(&format!(r"{{b}}{prefix}([\ -]?[0-9]{{2}}){{3}}[\ -]?[a-d]{{b}}"))
});

/// Version 4; version 6 (RFC 4291), whole or with `::`; and the six pairs of a MAC address.
static DEVICE: LazyLock<Regex> = LazyLock::new(|| {
    let byte = "(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])";
    let group = "[0-9a-f]{1,4}";
    expression(&format!(
        r"{{b}}({byte}(\.{byte}){{3}}
            | ({group}:){{7}}{group}
            | ({group}:){{1,6}}(:{group}){{1,6}}
            | [0-9a-f]{{2}}([:-][0-9a-f]{{2}}){{5}}){{b}}"
    ))
});

static WEB: LazyLock<Regex> = LazyLock::new(|| {
    expression(
        r"{b}((https?://|www\.)[^\s<>\x22]+
            | [a-z0-9-]+(\.[a-z0-9-]+)*\.(dk|com|net|org|eu|uk|io|me)/[^\s<>\x22]+)",
    )
});

/// What shows that a web address leads to one person's page: a folder for people, a social network, a parameter, a long
/// number, a name in two parts.
static PERSONAL: LazyLock<Regex> = LazyLock::new(|| {
    expression(
        r"/(in|u|users?|profile?|people|person|kunder?|customers?|account|konto|member|medlem(mer)?|min-?side)/.
            | (facebook|instagram|twitter|x|tiktok|snapchat|github|t|linkedin)\.(com|me)/.
            | [=@~] | [0-9]{4} | /[a-zæøå]+\.[a-zæøå]+/?$",
    )
});

/// An expression in any case, with `{b}` for the boundary of a word.
///
/// Boundaries and digits are those of ASCII: with those of Unicode, the fast ways to match are out.
fn expression(source: &str) -> Regex {
    Regex::new(&format!("(?ix){}", source.replace("{b}", r"(?-u:\b)"))).expect("a valid expression")
}

/// Finds what has a shape of its own.
pub(crate) fn find(reading: &Reading<'_>, known: &KnownValues, found: &mut Vec<Span>) {
    let text = reading.document.text();
    let ibans = IBAN.find_iter(text).filter(|iban| is_iban(iban.as_str()));
    found.extend(ibans.map(|iban| Span::new(iban.range(), Kind::Iban, "iban", 0.99)));
    let insured = NATIONAL_INSURANCE.find_iter(text);
    found.extend(insured.map(|number| Span::new(number.range(), Kind::NationalId, "national-insurance", 0.95)));
    let devices = DEVICE.find_iter(text).filter(|device| !is_version(reading, device.start()));
    found.extend(devices.map(|device| Span::new(device.range(), Kind::Ip, "ip", 0.9)));
    if text.contains('/') || text.contains("www.") {
        web(text, known, found);
    }
}

/// Whether the word before says that four numbers with dots are a version.
fn is_version(reading: &Reading<'_>, at: usize) -> bool {
    let token = reading.document.token_from(at);
    (1..=2).filter_map(|back| token.checked_sub(back)).any(|at| {
        matches!(reading.word(at), "version" | "versionen" | "firmware" | "build" | "v" | "paragraf" | "section")
    })
}

fn web(text: &str, known: &KnownValues, found: &mut Vec<Span>) {
    for address in WEB.find_iter(text) {
        let url = address.as_str().trim_end_matches(['.', ',', ')', '?', '!', ';', ':']);
        let path = url.split_once("://").map_or(url, |(_, rest)| rest);
        if PERSONAL.is_match(path) || known.is_in(path) || is_own(&text[..address.start()]) {
            found.push(Span::new(address.start()..address.start() + url.len(), Kind::Url, "url", 0.9));
        }
    }
}

/// Whether somebody has just called the site theirs: *my website is*, *min hjemmeside er*.
fn is_own(before: &str) -> bool {
    let words = before.rsplit(char::is_whitespace).filter(|word| !word.is_empty()).take(4);
    words
        .map(letters::key)
        .any(|word| matches!(word.as_str(), "my" | "min" | "mit" | "our" | "his" | "her" | "hans" | "hendes"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Languages;
    use crate::text::Document;
    use crate::{Known, Language};

    fn found(text: &str) -> Vec<(String, Kind)> {
        let document = Document::new(std::iter::once(text));
        let known = Known { names: vec!["Lis Holm".into()], ..Known::default() };
        let mut found = Vec::new();
        find(
            &Reading::new(&document, &mut Languages::new(1, Some(Language::Danish))),
            &KnownValues::new(&known),
            &mut found,
        );
        found.iter().map(|span| (text[span.range()].to_owned(), span.kind)).collect()
    }

    fn check(text: &str, expected: &[(&str, Kind)]) {
        let expected: Vec<(String, Kind)> = expected.iter().map(|(text, kind)| ((*text).to_owned(), *kind)).collect();
        assert_eq!(found(text), expected, "{text}");
    }

    #[test]
    fn shapes() {
        check("IBAN DK50 0040 0440 1162 43.", &[("DK50 0040 0440 1162 43", Kind::Iban)]);
        check("IBAN DK51 0040 0440 1162 43.", &[]);
        check("my NI number is QQ 12 34 56 C. I live", &[("QQ 12 34 56 C", Kind::NationalId)]);
        check(
            "from 203.0.113.42 and 2001:db8::8a2e:370:7334",
            &[("203.0.113.42", Kind::Ip), ("2001:db8::8a2e:370:7334", Kind::Ip)],
        );
        check("firmware 12.4.1.0 kl. 14:30", &[]);
        check("00:1a:2b:3c:4d:5e", &[("00:1a:2b:3c:4d:5e", Kind::Ip)]);
    }

    #[test]
    fn web_addresses_with_a_person() {
        check("se https://www.norlys.dk/faktura.", &[]);
        check("på facebook.com/lis.holm", &[("facebook.com/lis.holm", Kind::Url)]);
        check("https://firma.dk/om/lis-holm?", &[("https://firma.dk/om/lis-holm", Kind::Url)]);
        check("https://linkedin.com/in/jane-doe", &[("https://linkedin.com/in/jane-doe", Kind::Url)]);
    }
}
