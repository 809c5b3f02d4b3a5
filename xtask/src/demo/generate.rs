//! Two thousand conversations and a hundred snippets, with audio, as one file for `lapse import`; and what in them is
//! personal.
//!
//! The same seed gives the same conversations. Their personal numbers have shapes that nothing else in a store can
//! have, so that finding one means that it was kept. In the file of a database values stand side by side without a
//! space: an id, then a date; a customer number, then the length of the next row. So Danish phone numbers begin with 37
//! (which no subscriber has), customer numbers with 8 or 9, and those digits and 0, which is in every date, are nowhere
//! else in them. British phone numbers are of the ranges that Ofcom keeps for drama, and end in 4960 and three digits.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::day::Day;
use super::random::Random;
use super::wave;
use super::words::{DANISH, ENGLISH, Language, Line, TEAMS};

const SEED: u64 = 1;
pub(super) const CONVERSATIONS: usize = 2_000;
pub(super) const SNIPPETS: usize = 100;

/// The first day of recording, and how many there are: half a year.
pub(super) const FIRST_DAY: Day = Day::new(2025, 1, 1);
pub(super) const LAST_DAY: Day = Day::new(2025, 6, 30);

/// What was generated.
pub(super) struct Generated {
    /// For `lapse import`.
    pub(super) lines: PathBuf,
    /// The folder of the audio files that the lines name.
    pub(super) audio: PathBuf,
    /// Every conversation, in the order of recording.
    pub(super) conversations: Vec<Conversation>,
}

/// A conversation: what the demo must know of it to check what was done.
pub(super) struct Conversation {
    pub(super) id: String,
    pub(super) day: Day,
    pub(super) personal: Personal,
}

/// What is personal in a conversation.
pub(super) struct Personal {
    pub(super) name: String,
    /// With the country.
    pub(super) number: String,
    pub(super) reference: String,
    /// Said in the call, and known to nobody: the anonymiser has to find it.
    pub(super) email: Option<String>,
    /// The same, a second phone number.
    pub(super) other_number: Option<String>,
}

/// Where names and numbers are taken from, each once.
struct Supply {
    names: Vec<(&'static str, &'static str)>,
    numbers: Vec<String>,
    references: Vec<String>,
}

impl Supply {
    fn new(language: &Language, numbers: Vec<String>, random: &mut Random) -> Supply {
        let names = language.given.iter().flat_map(|given| language.family.iter().map(|family| (*given, *family)));
        let first = language.reference_begins;
        let references = (0..CONVERSATIONS).map(|at| format!("{first}{}", plain_digits(137 * at, 7)));
        Supply {
            names: random.shuffled(names),
            numbers: random.shuffled(numbers),
            references: random.shuffled(references),
        }
    }

    fn next<T>(items: &mut Vec<T>) -> T {
        items.pop().expect("there are more names and numbers than conversations")
    }
}

/// A number in six digits: without 0, 3, 8 and 9.
fn plain_digits(number: usize, places: u32) -> String {
    let digit = |place: u32| char::from(b"124567"[number / 6_usize.pow(place) % 6]);
    (0..places).rev().map(digit).collect()
}

fn danish_numbers() -> Vec<String> {
    (0..2 * CONVERSATIONS).map(|at| format!("37{}", plain_digits(11 * at, 6))).collect()
}

/// 0113, 0114 … 496 0000 to 0999: numbers for use in drama (Ofcom).
fn british_numbers() -> Vec<String> {
    let areas = ["113", "114", "115", "116", "117", "118", "161"];
    areas.iter().flat_map(|area| (0..1000).map(move |line| format!("{area}4960{line:03}"))).collect()
}

/// Writes everything into a folder.
pub(super) fn generate(folder: &Path, advance: &mut dyn FnMut()) -> io::Result<Generated> {
    let audio = folder.join("audio");
    fs::create_dir_all(&audio)?;
    let lines = folder.join("import.ndjson");
    let mut out = BufWriter::new(File::create(&lines)?);
    let mut random = Random::new(SEED);
    let mut supplies =
        [Supply::new(&DANISH, danish_numbers(), &mut random), Supply::new(&ENGLISH, british_numbers(), &mut random)];
    let mut conversations = Vec::with_capacity(CONVERSATIONS);
    let mut snippets = Vec::with_capacity(SNIPPETS);
    for at in 0..CONVERSATIONS {
        let which = at % 2;
        let language = [&DANISH, &ENGLISH][which];
        let call = call(at, language, &mut supplies[which], &mut random);
        fs::write(audio.join(format!("{}.wav", call.known.id)), wave::tone(at))?;
        writeln!(out, "{}", call.line)?;
        // As many Danish ones as English ones.
        if at % (2 * CONVERSATIONS / SNIPPETS) == which {
            let snippet = snippet(snippets.len(), &call, language, &mut random);
            fs::write(
                audio.join(format!("snip-{:03}.wav", snippets.len())),
                wave::tone(CONVERSATIONS + snippets.len()),
            )?;
            snippets.push(snippet);
        }
        conversations.push(call.known);
        advance();
    }
    snippets.iter().try_for_each(|snippet| writeln!(out, "{snippet}"))?;
    out.flush()?;
    Ok(Generated { lines, audio, conversations })
}

/// A conversation with its line for the import.
struct Call {
    known: Conversation,
    line: Value,
    turns: Vec<Value>,
}

fn call(at: usize, language: &Language, supply: &mut Supply, random: &mut Random) -> Call {
    let days = usize::try_from(LAST_DAY.since(FIRST_DAY)).expect("the last day is later") + 1;
    let day = FIRST_DAY.plus(i64::try_from(at * days / CONVERSATIONS).expect("a number of days"));
    let id = format!("call-{:04}", at + 1);
    let (given, family) = Supply::next(&mut supply.names);
    let number = Supply::next(&mut supply.numbers);
    let reference = Supply::next(&mut supply.references);
    let identification = language.identifications[random.below(language.identifications.len())];
    let says = |word: &str| identification.iter().any(|(_, text)| text.contains(word));
    let email = says("{email}").then(|| address(given, family, language.mail_domain));
    let other_number = says("{other}").then(|| Supply::next(&mut supply.numbers));
    let employee = random.one(language.employees);
    let topic = &language.topics[random.below(language.topics.len())];
    let name = format!("{given} {family}");
    let fillings = [
        ("{employee}", employee.to_owned()),
        ("{product}", random.one(language.products).to_owned()),
        ("{amount}", random.one(language.amounts).to_owned()),
        ("{name}", name.clone()),
        ("{given}", given.to_owned()),
        ("{number}", (language.spell)(&number, random)),
        ("{reference}", spell_reference(&reference, random)),
        ("{email}", email.clone().unwrap_or_default()),
        ("{other}", other_number.as_deref().map_or(String::new(), |other| (language.spell)(other, random))),
    ];
    let greeting = [("employee", random.one(language.greetings))];
    let closing = language.closings[random.below(language.closings.len())];
    let lines = [&greeting[..], identification, topic.lines, closing].concat();
    let (turns, seconds) = turns(&lines, &fillings, random);
    let start = 7 * 3600 + 60 * random.below(10 * 60);
    let number = format!("{}{number}", language.country_code);
    let line = json!({
        "kind": "conversation",
        "id": id,
        "recorded_at": instant(day, start),
        "ended_at": instant(day, start + seconds),
        "language": language.code,
        "employee": employee,
        "team": random.one(TEAMS),
        "channel": "phone",
        "purpose": "quality",
        "customer": { "number": number, "name": name, "reference": reference },
        "tags": [topic.tag],
        "metadata": { "queue": format!("{}-{}", language.code, 1 + random.below(3)) },
        "transcript": turns,
        "statistics": { "sentiment": random.below(2001) as f64 / 1000.0 - 1.0, "score": random.below(101) },
        "audio": format!("{id}.wav"),
    });
    let personal = Personal { name, number, reference, email, other_number };
    Call { known: Conversation { id, day, personal }, line, turns }
}

/// The turns, filled in, and how many seconds they take.
fn turns(lines: &[Line], fillings: &[(&str, String)], random: &mut Random) -> (Vec<Value>, usize) {
    let mut milliseconds = 0;
    let turns = lines.iter().map(|(speaker, text)| {
        let text = filled(text, fillings);
        let start = milliseconds;
        milliseconds += 60 * text.chars().count() + 200 + random.below(700);
        json!({ "speaker": speaker, "start_ms": start, "end_ms": milliseconds - 150, "text": text })
    });
    let turns = turns.collect();
    (turns, milliseconds / 1000 + 1)
}

fn instant(day: Day, seconds: usize) -> String {
    format!("{day}T{:02}:{:02}:{:02}Z", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

fn filled(text: &str, fillings: &[(&str, String)]) -> String {
    fillings.iter().fold(text.to_owned(), |text, (word, filling)| text.replace(word, filling))
}

fn spell_reference(reference: &str, random: &mut Random) -> String {
    let (letter, digits) = reference.split_at(2);
    match random.below(3) {
        0 => reference.to_owned(),
        1 => format!("{letter}{} {}", &digits[..4], &digits[4..]),
        _ => digits.to_owned(),
    }
}

/// An address as a company gives it: no letter beyond ASCII.
fn address(given: &str, family: &str, domain: &str) -> String {
    let plain = |name: &str| name.to_lowercase().replace('æ', "ae").replace('ø', "oe").replace('å', "aa");
    format!("{}.{}@{domain}", plain(given), plain(family))
}

/// A snippet: two turns of the call, cut out some days later, with a file of its own.
fn snippet(at: usize, call: &Call, language: &Language, random: &mut Random) -> Value {
    let first = 1 + random.below(3);
    let turns = &call.turns[first..first + 2];
    let words: Vec<&str> = turns.iter().filter_map(|turn| turn["text"].as_str()).collect();
    let title = random.one(language.snippet_titles).replace("{name}", &call.known.personal.name);
    let cut_on = call.known.day.plus(1 + i64::try_from(random.below(20)).expect("a few days"));
    json!({
        "kind": "snippet",
        "id": format!("snip-{at:03}"),
        "conversation": call.known.id,
        "title": title,
        "created_at": format!("{cut_on}T12:00:00Z"),
        "created_by": random.one(language.employees),
        "from_ms": turns[0]["start_ms"],
        "to_ms": turns[1]["end_ms"],
        "audio": format!("snip-{at:03}.wav"),
        "text": words.join(" "),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_generations_are_the_same_and_no_number_is_used_twice() {
        let generate = || {
            let mut random = Random::new(SEED);
            let mut supply = Supply::new(&DANISH, danish_numbers(), &mut random);
            (0..1_000).map(|at| call(at, &DANISH, &mut supply, &mut random).line.to_string()).collect::<Vec<_>>()
        };
        let first = generate();
        assert_eq!(first, generate());
        let mut numbers: Vec<&str> = first.iter().filter_map(|line| line.split("\"number\":\"").nth(1)).collect();
        numbers.sort_unstable();
        let count = numbers.len();
        numbers.dedup();
        assert_eq!((numbers.len(), count), (1_000, 1_000));
    }

    #[test]
    fn a_reference_is_eight_digits() {
        let mut random = Random::new(SEED);
        for language in [&DANISH, &ENGLISH] {
            let supply = Supply::new(language, Vec::new(), &mut random);
            assert!(
                supply.references.iter().all(|reference| reference.len() == 10),
                "a letter, a hyphen, eight digits"
            );
        }
    }
}
