//! Input that nobody said: too long, too many, nothing but digits, characters of every kind. It takes time in proportion,
//! and it ends in a result or in a plain refusal.

use lapse_anonymise::{
    AnonymiseError, Anonymised, Anonymiser, Kind, Known, Language, Pattern, Rules, TEXT_BYTES_MAX, Turn,
};

fn run(turns: &[&str]) -> Result<Anonymised, AnonymiseError> {
    let turns: Vec<Turn<'_>> = turns.iter().map(|text| Turn { speaker: "", text }).collect();
    let known = Known { names: vec!["Søren Kirk".into()], phones: vec!["20304050".into()], ..Known::default() };
    Anonymiser::new().without_names().anonymise(&turns, Some(Language::Danish), &known)
}

fn anonymised(turns: &[&str]) -> Vec<String> {
    run(turns).expect("nothing is refused").turns
}

/// A million bytes of one thing after another.
fn a_million(of: &str) -> String {
    of.repeat(1_000_000 / of.len())
}

#[test]
fn no_turns_and_empty_turns() {
    assert_eq!(anonymised(&[]), Vec::<String>::new());
    assert_eq!(anonymised(&["", "", ""]), ["", "", ""]);
}

#[test]
fn a_turn_of_ten_million_bytes() {
    let turn = "Hej, mit nummer er 20 30 40 50, og det koster 1.250,75 kr. om måneden, tak. ".repeat(132_000);
    let result = run(&[&turn]).expect("it is not refused");
    assert_eq!(result.counts[&Kind::Phone], 132_000);
    assert!(result.turns[0].ends_with("mit nummer er [phone 1], og det koster 1.250,75 kr. om måneden, tak. "));
}

#[test]
fn a_hundred_thousand_turns() {
    let turns = ["ja", "det er tyve tredive", "ja", "fyrre halvtreds"].repeat(25_000);
    let result = anonymised(&turns);
    assert_eq!(result.len(), 100_000);
    assert!(result.iter().all(|turn| !turn.contains("tredive") && !turn.contains("halvtreds")));
}

#[test]
fn too_long_is_refused_with_its_length() {
    let turn = "a".repeat(TEXT_BYTES_MAX);
    assert_eq!(run(&[&turn]), Err(AnonymiseError::TooLong { bytes: TEXT_BYTES_MAX + 1 }));
}

#[test]
fn only_digits() {
    assert_eq!(anonymised(&[&a_million("7")]), ["[number 1]"]);
    for of in ["1 ", "12-", "٣ ", "1.", "20 30 40 50, ", "femogtyve ", "1\u{200b}", "4 ja ", "1 ?"] {
        let result = anonymised(&[&a_million(of)]);
        assert!(result[0].len() < 2_000_000, "{of}");
    }
}

#[test]
fn the_same_word_for_ever() {
    for of in [
        "street ",
        "1 street ",
        "vej ",
        "vej 1 ",
        "snabel a ",
        "a at b dot ",
        "punktum ",
        "ja ",
        "(at)",
        "a@",
        "a. ",
        "[",
        "[person 1]",
        "/",
        "- - - 1",
        "s ø r e n ",
        "hundrede og ",
        "tusind hundrede ",
        "hundrede",
    ] {
        run(&[&a_million(of)]).map(drop).unwrap_or_default();
    }
}

#[test]
fn characters_of_every_kind() {
    for text in [
        "😀😀 👩‍👩‍👧 20304050 🏳️‍🌈",
        "e\u{301}\u{301}\u{301} 12",
        "\0\0 a\0b \0",
        "שלום 0501234567 مرحبا ٢٠٣٠٤٠٥٠",
        "\u{202e}05040302\u{202c}",
        "ｆｕｌｌ １２３４５６７８",
    ] {
        let turn = anonymised(&[text]).concat();
        assert!(!turn.chars().filter(|c| c.is_numeric()).collect::<String>().contains("20304050"), "{turn}");
        run(&[&a_million(text)]).map(drop).unwrap_or_default();
    }
    assert_eq!(
        anonymised(&["ring ２０３０４０５０ nu", "S\u{ad}øren og So\u{308}ren"]),
        ["ring [phone 1] nu", "[person 1] og [person 1]"]
    );
}

#[test]
fn a_tenants_pattern_takes_linear_time() {
    let pattern = |expression: &str| Pattern { name: "mine".into(), kind: Kind::Other, expression: expression.into() };
    let rules = Rules { patterns: vec![pattern("(a+)+$"), pattern("(x+x+)+y")], keep: vec!["aaaa".into()] };
    let anonymiser = Anonymiser::with_rules(rules).expect("the rules are admissible").without_names();
    let text = a_million("ax");
    let turns = [Turn { speaker: "", text: &text }];
    assert!(anonymiser.anonymise(&turns, None, &Known::default()).is_ok());
}

#[test]
fn a_refusal_tells_the_turn_and_the_rule_only() {
    let error = AnonymiseError::Residual { turn: 3, rule: "email-left" };
    let told =
        "personal data is left in turn 3 after masking (rule email-left); keep the conversation and report the rule";
    assert_eq!(error.to_string(), told);
}
