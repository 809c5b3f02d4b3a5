//! Numbers as people say them. Written apart from the library's own reading of them, so that each checks the other.

use crate::random::Random;

const DANISH_SMALL: [&str; 20] = [
    "nul", "en", "to", "tre", "fire", "fem", "seks", "syv", "otte", "ni", "ti", "elleve", "tolv", "tretten", "fjorten",
    "femten", "seksten", "sytten", "atten", "nitten",
];
const DANISH_TENS: [&str; 10] =
    ["", "", "tyve", "tredive", "fyrre", "halvtreds", "tres", "halvfjerds", "firs", "halvfems"];
const ENGLISH_SMALL: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const ENGLISH_TENS: [&str; 10] = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

/// A number below one hundred in words.
pub(crate) fn below_hundred(number: usize, danish: bool, random: &mut Random) -> String {
    let (small, tens) = if danish { (DANISH_SMALL, DANISH_TENS) } else { (ENGLISH_SMALL, ENGLISH_TENS) };
    match (number / 10, number % 10) {
        (0 | 1, _) => small[number].to_owned(),
        (ten, 0) => tens[ten].to_owned(),
        (ten, unit) if danish => {
            let unit = if unit == 1 { "en" } else { small[unit] };
            if random.chance(60) { format!("{unit}og{}", tens[ten]) } else { format!("{unit} og {}", tens[ten]) }
        }
        (ten, unit) => format!("{} {}", tens[ten], small[unit]),
    }
}

/// The days of a month, as they are said.
pub(crate) const DANISH_DAYS: [&str; 28] = [
    "første",
    "anden",
    "tredje",
    "fjerde",
    "femte",
    "sjette",
    "syvende",
    "ottende",
    "niende",
    "tiende",
    "ellevte",
    "tolvte",
    "trettende",
    "fjortende",
    "femtende",
    "sekstende",
    "syttende",
    "attende",
    "nittende",
    "tyvende",
    "enogtyvende",
    "toogtyvende",
    "treogtyvende",
    "fireogtyvende",
    "femogtyvende",
    "seksogtyvende",
    "syvogtyvende",
    "otteogtyvende",
];
/// The same in English.
pub(crate) const ENGLISH_DAYS: [&str; 28] = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
    "twentieth",
    "twenty first",
    "twenty second",
    "twenty third",
    "twenty fourth",
    "twenty fifth",
    "twenty sixth",
    "twenty seventh",
    "twenty eighth",
];

/// A number below ten thousand in words.
pub(crate) fn below_ten_thousand(number: usize, danish: bool, random: &mut Random) -> String {
    let (small, thousand, hundred, and) =
        if danish { (DANISH_SMALL, "tusind", "hundrede", "og") } else { (ENGLISH_SMALL, "thousand", "hundred", "and") };
    let count = |count: usize| if danish && count == 1 { "et" } else { small[count] };
    let mut words = Vec::new();
    if number >= 1000 {
        words.push(format!("{} {thousand}", count(number / 1000)));
    }
    if number % 1000 >= 100 {
        words.push(format!("{} {hundred}", count(number % 1000 / 100)));
    }
    if !number.is_multiple_of(100) || words.is_empty() {
        if !words.is_empty() && random.chance(60) {
            words.push(and.to_owned());
        }
        words.push(below_hundred(number % 100, danish, random));
    }
    words.join(" ")
}

/// A run of digits in words: digit by digit, in pairs, or part as figures.
pub(crate) fn digits(digits: &str, danish: bool, random: &mut Random) -> String {
    let values: Vec<usize> = digits.bytes().filter(u8::is_ascii_digit).map(|byte| usize::from(byte - b'0')).collect();
    let pairs = random.chance(if danish { 60 } else { 15 });
    let mut words: Vec<String> = Vec::new();
    let mut at = 0;
    while at < values.len() {
        let value = values[at];
        if pairs && at + 1 < values.len() && value > 0 {
            words.push(below_hundred(value * 10 + values[at + 1], danish, random));
            at += 2;
            continue;
        }
        if !danish && values.get(at + 1) == Some(&value) && random.chance(40) {
            words.push(format!("double {}", ENGLISH_SMALL[value]));
            at += 2;
            continue;
        }
        words.push(match (value, danish) {
            (0, false) if random.chance(50) => "oh".to_owned(),
            (_, true) => DANISH_SMALL[value].to_owned(),
            (_, false) => ENGLISH_SMALL[value].to_owned(),
        });
        at += 1;
    }
    let comma = if random.chance(30) { ", " } else { " " };
    let half = words.len().div_ceil(2);
    format!("{}{comma}{}", words[..half].join(" "), words[half..].join(" ")).trim_end_matches([',', ' ']).to_owned()
}

/// An address of electronic mail in words.
pub(crate) fn email(address: &str, danish: bool, random: &mut Random) -> String {
    let (at, dot) = if danish { ("snabel-a", "punktum") } else { ("at", "dot") };
    let at = if danish && random.chance(40) { "snabela" } else { at };
    let mut said = String::new();
    for letter in address.chars() {
        match letter {
            '@' => said.push_str(&format!(" {at} ")),
            '.' => said.push_str(&format!(" {dot} ")),
            '_' => said.push_str(if danish { " bundstreg " } else { " underscore " }),
            '-' => said.push_str(if danish { " bindestreg " } else { " dash " }),
            _ => said.push(letter),
        }
    }
    said
}

/// A word letter by letter.
pub(crate) fn spelled(word: &str, random: &mut Random) -> String {
    let between = ["-", " ", ", "][random.below(3)];
    let letters: Vec<String> =
        word.chars().filter(|letter| letter.is_alphabetic()).map(|letter| letter.to_uppercase().to_string()).collect();
    letters.join(between)
}
