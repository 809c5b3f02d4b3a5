//! Stretches of digits, written or said in either language: a plain reader of characters with a table of its own.

use crate::letters;

/// Digits that follow one another with at most a space or a mark between them.
#[derive(Debug, Default)]
pub(super) struct Stretch {
    /// All digits, as ASCII.
    pub(super) digits: String,
    /// How many digits the longest unbroken group has.
    pub(super) longest_group: usize,
    /// All of it is written in groups of three digits or more, with the same mark between all of them.
    pub(super) even: bool,
    /// Written in groups of two with spaces between them.
    pub(super) pairs: bool,
    /// Every group is a year.
    pub(super) years: bool,
    /// Written as a CPR number: six digits that begin with a date, a hyphen or a space, four digits.
    pub(super) cpr: bool,
    /// How many digits are said in a row, none of them in hundreds or thousands.
    pub(super) said_in_a_row: usize,
}

/// What the words for numbers begin with; most words are done with here.
const MAY_BEGIN: &str = "adefhmnostzADEFHMNOSTZ";

/// Every stretch of a text.
pub(super) fn stretches(text: &str) -> Vec<Stretch> {
    let mut stretches = Vec::new();
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut end = 0;
    for (start, word) in words(text) {
        let gap = &text[end..start];
        end = start + word.len();
        let group = group(word, gap);
        if group.is_none() && groups.is_empty() {
            continue;
        }
        let is_mark = |byte| matches!(byte, b' ' | b'-' | b'.' | b',' | b'/' | b'(' | b')');
        let goes_on = gap.len() <= 2 && gap.bytes().all(is_mark);
        if !goes_on || group.is_none() {
            stretches.extend(stretch(&groups));
            groups.clear();
        }
        groups.extend(group);
    }
    stretches.extend(stretch(&groups));
    stretches
}

/// A word that is digits.
struct Group<'t> {
    digits: String,
    gap: &'t str,
    written: bool,
    /// Hundreds and thousands: what quantities are said in.
    power: bool,
}

/// Words: runs of letters and digits, with where they begin.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_part = |c: char| {
        if c.is_ascii() { c.is_ascii_alphanumeric() } else { c.is_alphanumeric() || letters::is_invisible(c) }
    };
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + text[at..].find(is_part)?;
        let length = text[start..].find(|c| !is_part(c)).unwrap_or(text.len() - start);
        at = start + length;
        Some((start, &text[start..at]))
    })
}

fn group<'t>(word: &str, gap: &'t str) -> Option<Group<'t>> {
    let first = word.chars().next().filter(|c| MAY_BEGIN.contains(*c) || !c.is_ascii_alphabetic())?;
    if !first.is_ascii_alphabetic() && word.chars().all(|c| letters::digit(c).is_some() || letters::is_invisible(c)) {
        return Some(Group { digits: letters::digits(word), gap, written: true, power: false });
    }
    // The words for numbers are short and ASCII; a buffer spares an allocation for every word there is.
    let mut buffer = [0; 40];
    let lower = buffer.get_mut(..word.len()).filter(|_| word.is_ascii())?;
    lower.copy_from_slice(word.as_bytes());
    lower.make_ascii_lowercase();
    let word = std::str::from_utf8(lower).ok()?;
    let power =
        word.len() >= 6 && ["hundred", "thousand", "million", "tusind"].iter().any(|power| word.contains(power));
    if power || word == "double" || word == "and" {
        return Some(Group { digits: String::new(), gap, written: false, power: word != "double" });
    }
    let digits = value(word)?.to_string();
    Some(Group { digits, gap, written: false, power: false })
}

fn stretch(groups: &[Group<'_>]) -> Option<Stretch> {
    if groups.is_empty() {
        return None;
    }
    let lengths: Vec<usize> = groups.iter().map(|group| group.digits.len()).collect();
    let written = groups.iter().all(|group| group.written);
    let spaced = |gap: &str| groups[1..].iter().all(|group| group.gap == gap);
    let said = |group: &&Group<'_>| !group.written && !group.power;
    let rows = groups.chunk_by(|a, b| said(&a) == said(&b));
    let row = |row: &[Group<'_>]| if said(&&row[0]) { row.iter().map(|group| group.digits.len()).sum() } else { 0 };
    let year = |group: &Group<'_>| {
        group.digits.len() == 4 && (group.digits.starts_with("19") || group.digits.starts_with("20"))
    };
    let date = || {
        matches!(groups[0].digits[..4].parse::<u32>(), Ok(101..=3112)) && (1..=12).contains(&month(&groups[0].digits))
    };
    Some(Stretch {
        digits: groups.iter().map(|group| group.digits.as_str()).collect(),
        longest_group: groups.iter().filter(|group| group.written).map(|group| group.digits.len()).max().unwrap_or(0),
        even: written && groups.len() > 1 && spaced(groups[1].gap) && lengths.iter().all(|length| *length >= 3),
        pairs: written && groups.len() == 4 && spaced(" ") && lengths.iter().all(|length| *length == 2),
        years: groups.iter().all(year),
        cpr: written && lengths == [6, 4] && (spaced("-") || spaced(" ")) && date(),
        said_in_a_row: rows.map(row).max().unwrap_or(0),
    })
}

fn month(digits: &str) -> u32 {
    digits[2..4].parse().unwrap_or(0)
}

/// What a word for a number below a hundred is worth, in Danish or English; words that are others too are left out.
fn value(word: &str) -> Option<u32> {
    let tens = |word: &str| {
        Some(match word {
            "tyve" | "twenty" => 20,
            "tredive" | "thirty" => 30,
            "fyrre" | "forty" => 40,
            "halvtreds" | "fifty" => 50,
            "tres" | "sixty" => 60,
            "halvfjerds" | "seventy" => 70,
            "firs" | "eighty" => 80,
            "halvfems" | "ninety" => 90,
            _ => return None,
        })
    };
    let small = |word: &str| {
        Some(match word {
            "nul" | "zero" | "oh" => 0,
            "en" | "et" | "one" => 1,
            "to" | "two" => 2,
            "tre" | "three" => 3,
            "fire" | "four" => 4,
            "fem" | "five" => 5,
            "seks" | "six" => 6,
            "syv" | "seven" => 7,
            "otte" | "eight" => 8,
            "ni" | "nine" => 9,
            "ti" | "ten" => 10,
            "elleve" | "eleven" => 11,
            "tolv" | "twelve" => 12,
            "tretten" | "thirteen" => 13,
            "fjorten" | "fourteen" => 14,
            "femten" | "fifteen" => 15,
            "seksten" | "sixteen" => 16,
            "sytten" | "seventeen" => 17,
            "atten" | "eighteen" => 18,
            "nitten" | "nineteen" => 19,
            _ => return None,
        })
    };
    let joined =
        || word.split_once("og").and_then(|(unit, ten)| Some(small(unit).filter(|unit| *unit < 10)? + tens(ten)?));
    small(word).or_else(|| tens(word)).or_else(joined)
}
