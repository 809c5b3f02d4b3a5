//! What holds for every conversation, whatever is said in it.

use lapse_anonymise::{Anonymised, Anonymiser, Known, Language, Turn, placeholders};
use proptest::prelude::*;

/// Words that the rules look at, in both languages, with the ordinary ones between them.
const WORDS: &[&str] = &[
    "tyve",
    "tredive",
    "fyrre",
    "femogtyve",
    "nul",
    "otte",
    "fem",
    "og",
    "en",
    "hundrede",
    "tusind",
    "kroner",
    "dage",
    "øh",
    "nej",
    "undskyld",
    "ja",
    "mm",
    "mit",
    "nummer",
    "er",
    "cpr",
    "kundenummer",
    "reg",
    "konto",
    "slutter",
    "på",
    "sidste",
    "fire",
    "cifre",
    "klokken",
    "koster",
    "måleren",
    "viser",
    "snabel",
    "a",
    "punktum",
    "dk",
    "gmail",
    "com",
    "vestergade",
    "aarhus",
    "i",
    "bor",
    "den",
    "første",
    "maj",
    "hej",
    "peter",
    "jensen",
    "Peter",
    "Jensen",
    "Vestergade",
    "Hej",
    "Jeg",
    "hedder",
    "double",
    "oh",
    "seven",
    "zero",
    "at",
    "dot",
    "one",
    "my",
    "account",
    "number",
    "is",
    "the",
    "pounds",
    "street",
    "l",
    "s",
    "k",
    "b",
    "som",
    "for",
    "staves",
    "12",
    "2024",
    "20",
    "304050",
    "0102801234",
    "4571",
    "1.250,75",
    "12/3",
    "14:30",
    "8000",
    "AB123",
    "x@y.dk",
    "DK5000400440116243",
    "[person 1]",
    "[phone 3]",
    "[",
    "]",
    ".",
    ",",
    "?",
    "-",
    "@",
    "+45",
    "(",
    ")",
    "\u{ad}",
    "e\u{301}",
    "😀",
    "שלום",
    "\0",
    "١٢٣٤٥٦",
    "kr.",
    "$",
    "%",
    "'",
    "peter's",
    "hansens",
    "model",
    "iphone",
    "15",
    "192.168.1.9",
    "https://a.dk/u/peter",
    "ext",
    "minus",
];

fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        12 => prop::sample::select(WORDS).prop_map(str::to_owned),
        2 => "[0-9]{1,10}",
        1 => "[a-zæøåA-ZÆØÅ]{1,8}",
        1 => "\\PC{1,3}",
    ]
}

fn turn() -> impl Strategy<Value = String> {
    let words = prop::collection::vec(
        (word(), prop::sample::select(&[" ", " ", " ", " ", "", ", ", ". ", "-", "\n"][..])),
        0..14,
    );
    words.prop_map(|words| words.into_iter().flat_map(|(word, gap)| [word, gap.to_owned()]).collect())
}

fn turns() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(turn(), 0..8)
}

fn language() -> impl Strategy<Value = Option<Language>> {
    prop::sample::select(&[None, Some(Language::Danish), Some(Language::English)][..])
}

fn anonymise(anonymiser: &Anonymiser, turns: &[String], language: Option<Language>, known: &Known) -> Anonymised {
    let turns: Vec<Turn<'_>> = turns.iter().map(|text| Turn { speaker: "", text }).collect();
    anonymiser.anonymise(&turns, language, known).expect("nothing is left that the second look sees")
}

/// A text with what is in some ranges of characters left out, and cut there.
fn outside(text: &str, ranges: &[(usize, usize)]) -> Vec<String> {
    let characters: Vec<char> = text.chars().collect();
    let mut from = 0;
    let mut pieces = Vec::new();
    for (start, end) in ranges {
        pieces.push(characters[from..*start].iter().collect());
        from = *end;
    }
    pieces.push(characters[from..].iter().collect());
    pieces
}

/// Findings are in order, apart, inside their turns, and not empty; everything else is there as it was.
fn check_offsets(turns: &[String], result: &Anonymised) {
    assert_eq!(result.turns.len(), turns.len());
    assert_eq!(result.findings.len(), result.counts.values().sum::<u32>() as usize);
    for (index, (before, after)) in turns.iter().zip(&result.turns).enumerate() {
        let findings = result.findings.iter().filter(|finding| finding.turn == index);
        let ranges: Vec<(usize, usize)> = findings.map(|finding| (finding.start, finding.end)).collect();
        let length = before.chars().count();
        assert!(ranges.iter().all(|(start, end)| start < end && *end <= length));
        assert!(ranges.windows(2).all(|pair| pair[0].1 <= pair[1].0));
        let kept: String = outside(before, &ranges).concat();
        let mut rest = after.as_str();
        let mut written = String::new();
        for piece in outside(before, &ranges) {
            rest = rest.strip_prefix(piece.as_str()).expect("what was not found is still there");
            written.push_str(&piece);
            let placeholder = placeholders(rest).next().filter(|range| range.start == 0);
            rest = placeholder.map_or(rest, |range| &rest[range.end..]);
        }
        assert_eq!((rest, written), ("", kept));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_not_found_stays(turns in turns(), language in language()) {
        let result = anonymise(&Anonymiser::new().without_names(), &turns, language, &Known::default());
        if turns.iter().all(|turn| placeholders(turn).next().is_none()) {
            check_offsets(&turns, &result);
        }
    }

    #[test]
    fn anonymising_twice_changes_nothing(turns in turns(), language in language()) {
        let language = language.or(Some(Language::Danish));
        let anonymiser = Anonymiser::new().without_names();
        let once = anonymise(&anonymiser, &turns, language, &Known::default());
        let twice = anonymise(&anonymiser, &once.turns, language, &Known::default());
        prop_assert_eq!(&twice.turns, &once.turns);
        prop_assert!(twice.findings.is_empty());
    }

    #[test]
    fn placeholders_that_are_there_stay(turns in turns(), language in language()) {
        let result = anonymise(&Anonymiser::new().without_names(), &turns, language, &Known::default());
        for (before, after) in turns.iter().zip(&result.turns) {
            let there = placeholders(before).map(|range| &before[range]);
            let mut still = placeholders(after).map(|range| &after[range]);
            for placeholder in there {
                prop_assert!(still.any(|other| other == placeholder));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn names_change_none_of_it(turns in turns(), language in language()) {
        let language = language.or(Some(Language::English));
        let anonymiser = Anonymiser::new();
        let once = anonymise(&anonymiser, &turns, language, &Known::default());
        if turns.iter().all(|turn| placeholders(turn).next().is_none()) {
            check_offsets(&turns, &once);
        }
        let twice = anonymise(&anonymiser, &once.turns, language, &Known::default());
        prop_assert_eq!(&twice.turns, &once.turns);
    }
}

/// Ways to write a name: as it is, in capitals, with a genitive, letter by letter, with other letters for the same sound.
fn spelled(name: &str, way: usize) -> String {
    let spaced = |separator: &str| name.chars().map(String::from).collect::<Vec<_>>().join(separator);
    match way {
        0 => name.to_owned(),
        1 => name.to_lowercase(),
        2 => name.to_uppercase(),
        3 => format!("{name}s"),
        4 => format!("{name}'s"),
        5 => spaced(" ").to_lowercase(),
        6 => spaced("-"),
        7 => name.replace('ø', "oe").replace('æ', "ae").replace('å', "aa"),
        _ => name.replace('e', "é"),
    }
}

/// Ways to say digits: in groups, with a country code, in words.
fn said(digits: &str, way: usize) -> String {
    let english = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
    let danish = ["nul", "en", "to", "tre", "fire", "fem", "seks", "syv", "otte", "ni"];
    let one_by_one =
        |words: [&str; 10]| digits.bytes().map(|digit| words[usize::from(digit - b'0')]).collect::<Vec<_>>().join(" ");
    let grouped = |size: usize, separator: &str| {
        let groups = digits.as_bytes().chunks(size).map(|group| String::from_utf8_lossy(group).into_owned());
        groups.collect::<Vec<_>>().join(separator)
    };
    match way {
        0 => digits.to_owned(),
        1 => grouped(2, " "),
        2 => grouped(4, "-"),
        3 => format!("+45 {}", grouped(2, " ")),
        4 => grouped(3, "."),
        5 => one_by_one(english),
        6 => one_by_one(danish),
        7 => grouped(1, ", "),
        _ => grouped(2, " øh "),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_known_value_survives(
        before in turn(),
        after in turn(),
        digits in "[2-9][0-9]{7}",
        name in prop::sample::select(&["Søren", "Kirkegaard", "Annelise", "Fatima", "Bæklund", "O'Leary", "Oluwaseun"][..]),
        name_way in 0_usize..9,
        digits_way in 0_usize..9,
    ) {
        let known = Known { names: vec![format!("{name} Mortensen")], phones: vec![digits.clone()], ..Known::default() };
        let language = if digits_way == 6 { Language::Danish } else { Language::English };
        let turns = [before, format!("hey {}, {} ok", spelled(name, name_way), said(&digits, digits_way)), after];
        let result = anonymise(&Anonymiser::new().without_names(), &turns, Some(language), &known);
        prop_assert_eq!(&result.turns[1].matches("[person").count(), &1, "{:?}", result.turns);
        prop_assert!(result.turns[1].ends_with("] ok"), "{:?}", result.turns);
        prop_assert!(result.turns[1].starts_with("hey ["), "{:?}", result.turns);
    }
}
