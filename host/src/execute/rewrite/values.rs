//! Values of the tenant's own, in metadata and labels: which of them tell one person from another, and which only count. Pure.
//!
//! Nobody says what a key means, so a value is judged by its shape. A case number goes with its customer; a year, a date, a share
//! or the name of a queue is what statistics are made of, and stays.

use std::sync::LazyLock;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime};
use lapse_anonymise::{Anonymiser, Known, Language};

use super::NotAnonymised;

/// A number without letters tells people apart from so many digits on.
const NUMBER_DIGITS_MIN: usize = 5;

/// A code with letters tells people apart from so many digits in a row on, or so many altogether.
const CODE_DIGITS_MIN: usize = 4;
const CODE_DIGITS_IN_ALL_MIN: usize = 6;

/// Years in which something of today can have been.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2099;

/// Finds what is known and what is written in digits, but takes no word by itself for a name.
static WITHOUT_NAMES: LazyLock<Anonymiser> = LazyLock::new(|| Anonymiser::new().without_names());

/// A value without anything personal; most are as they were.
pub(super) fn anonymised(
    anonymiser: &Anonymiser,
    value: &str,
    language: Option<Language>,
    known: &Known,
) -> Result<String, NotAnonymised> {
    let only_counts = is_day_or_time(value) || !value.contains(char::is_alphabetic);
    if only_counts && !is_reference(value) {
        return Ok(value.to_owned());
    }
    // The tagger reads sentences. In a lower-case word by itself it would find people where there are queues and campaigns.
    let is_label = value.chars().all(|letter| letter.is_lowercase() || letter == '-' || letter == '_');
    let anonymiser = if is_label { &WITHOUT_NAMES } else { anonymiser };
    Ok(anonymiser.anonymise_text(value, language, known)?.into_text())
}

/// Whether a value is a case, an order, a meter: a reference to one person.
pub(super) fn is_reference(value: &str) -> bool {
    if is_day_or_time(value) || is_fraction(value) {
        return false;
    }
    let groups = value.split(|letter: char| !letter.is_ascii_digit());
    if !value.contains(char::is_alphabetic) {
        return groups.map(str::len).sum::<usize>() >= NUMBER_DIGITS_MIN;
    }
    // In words, as in `summer 2026`, a year is a year.
    let lengths: Vec<usize> = groups.filter(|group| !is_year(group)).map(str::len).collect();
    lengths.iter().any(|length| *length >= CODE_DIGITS_MIN) || lengths.iter().sum::<usize>() >= CODE_DIGITS_IN_ALL_MIN
}

fn is_year(value: &str) -> bool {
    value.len() == 4 && value.parse().is_ok_and(|year| YEARS.contains(&year))
}

fn is_day_or_time(value: &str) -> bool {
    let has_year = |date: NaiveDate| YEARS.contains(&date.year());
    let date = |value: &str| {
        let formats = ["%Y-%m-%d", "%Y/%m/%d", "%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y"];
        formats.iter().any(|format| NaiveDate::parse_from_str(value, format).is_ok_and(has_year))
    };
    let instant = |value: &str| {
        let formats = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M"];
        formats.iter().any(|format| NaiveDateTime::parse_from_str(value, format).is_ok_and(|at| has_year(at.date())))
            || DateTime::parse_from_rfc3339(value).is_ok_and(|at| has_year(at.date_naive()))
    };
    let time =
        |value: &str| ["%H:%M:%S", "%H:%M"].iter().any(|format| NaiveTime::parse_from_str(value, format).is_ok());
    is_year(value) || date(value) || date(&format!("{value}-01")) || instant(value) || time(value)
}

/// A share (`0.85123`) or an amount (`1499.00`); not a number in two halves.
fn is_fraction(value: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let parts = value.trim_start_matches('-').split_once('.').filter(|(whole, rest)| digits(whole) && digits(rest));
    parts.is_some_and(|(whole, rest)| whole.len() == 1 || rest.len() <= 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What everything else takes for granted of a value: it only counts.
    const COUNTS: [&str; 19] = [
        "2026",
        "2026-07",
        "2026-07-01",
        "2026/07/01",
        "01.07.2026",
        "1/7/2026",
        "2026-07-01T10:30:00",
        "2026-07-01T10:30:00.125+02:00",
        "2026-07-01 10:30",
        "10:30:45",
        "1234",
        "12",
        "-3",
        "0.85123",
        "1499.00",
        "north",
        "vip-queue",
        "cancellation",
        "",
    ];

    #[test]
    fn what_only_counts_stays() {
        let known = Known { names: vec!["Hassan Falk".to_owned()], ..Known::default() };
        for value in COUNTS {
            assert!(!is_reference(value), "{value}");
            let written = anonymised(&Anonymiser::new(), value, Some(Language::Danish), &known).expect("written");
            assert_eq!(written, value);
        }
        for value in ["summer 2026", "Q3 2026", "SUMMER2026", "v2.10.4", "true"] {
            assert!(!is_reference(value), "{value}");
        }
    }

    #[test]
    fn what_tells_people_apart_goes() {
        let references = [
            "S29984",
            "AB-1234",
            "12345",
            "50 03 53 33",
            "2003 5333",
            "2003-5333",
            "5003.5333",
            "2012 2013",
            "+45 50035333",
            "010190-1991",
            "2026-000123",
            "2026-53-33",
            "K-2026-7565",
            "case 2026 no 75658",
            "AB-12-34-56",
        ];
        for value in references {
            assert!(is_reference(value), "{value}");
            let known = Known { references: vec![value.to_owned()], ..Known::default() };
            let written = anonymised(&Anonymiser::new(), value, None, &known).expect("written");
            assert!(!written.contains(value), "{written}");
        }
    }

    #[test]
    fn a_known_name_goes_in_any_case() {
        let known = Known { names: vec!["Hassan Falk".to_owned()], ..Known::default() };
        for value in ["hassan", "Hassan", "falk-hassan", "call Hassan Falk back"] {
            let written = anonymised(&Anonymiser::new(), value, Some(Language::English), &known).expect("written");
            assert!(!written.to_lowercase().contains("hassan"), "{written}");
        }
    }
}
