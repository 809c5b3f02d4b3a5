//! Generates calls with their marks: phrases of `calls/*.txt`, names from the lists, numbers from a seed.
//!
//! Everything is invented. A phrase is either for training or for testing, never both, so that what is measured is how
//! the library does on phrases nobody has shown it.

use crate::gold::{Mark, Text};
use crate::people::People;
use crate::random::Random;
use crate::vary;

use cast::Cast;

mod cast;
mod said;
mod values;
mod words;

/// What the source of a generated call is called.
pub(crate) const SOURCE: &str = "generated";

/// Which phrases a call is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Split {
    /// Four fifths of them.
    Train,
    /// The others.
    Test,
}

/// A language's phrases, stage by stage.
struct Phrases {
    stages: Vec<(&'static str, Vec<&'static str>)>,
}

/// How often each stage has another phrase, in per cent, and how many at most.
const STAGES: [(&str, usize, usize); 7] = [
    ("opening", 100, 1),
    ("identity", 75, 2),
    ("matter", 85, 3),
    ("number", 60, 2),
    ("people", 60, 2),
    ("matter", 60, 2),
    ("closing", 90, 1),
];

/// So many calls in a language. The `number`th call is the same every time.
pub(crate) fn calls(language: &'static str, split: Split, count: usize, people: &People) -> Vec<Text> {
    let phrases = Phrases::read(language, split);
    let call = |number: usize| {
        let mut random = Random::of(&format!("{language} {split:?} {number}"));
        let recognised = !number.is_multiple_of(2);
        let labels = random.pick(labels(language));
        let labels = (!recognised && random.chance(30)).then_some(labels);
        let call = call(&phrases, Cast::new(language, recognised, people, &mut random), labels, &mut random);
        let call = Text { id: format!("call-{language}-{number}"), language: language.to_owned(), ..call };
        if recognised { as_recognised(&call, &mut random) } else { call }
    };
    (0..count).map(call).collect()
}

impl Phrases {
    fn read(language: &str, split: Split) -> Self {
        let source = match language {
            "da" => include_str!("../calls/da.txt"),
            _ => include_str!("../calls/en.txt"),
        };
        let mut stages: Vec<(&str, Vec<&str>)> = Vec::new();
        let mut open = 0;
        for line in source.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            if let Some(stage) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                open = stages.iter().position(|(name, _)| *name == stage).unwrap_or(stages.len());
                if open == stages.len() {
                    stages.push((stage, Vec::new()));
                }
                continue;
            }
            let test = Random::of(line).below(5) == 0;
            if let Some((_, phrases)) = stages.get_mut(open).filter(|_| test == (split == Split::Test)) {
                phrases.push(line);
            }
        }
        Self { stages }
    }

    fn pick(&self, stage: &str, random: &mut Random) -> &'static str {
        let phrases = self.stages.iter().find(|(name, _)| *name == stage).map_or(&[][..], |(_, phrases)| phrases);
        if phrases.is_empty() { "" } else { random.pick(phrases) }
    }
}

/// What written calls call the employee and the customer before each turn.
fn labels(language: &str) -> &'static [&'static Labels] {
    match language {
        "da" => &[
            &["Agent", "Kunde"],
            &["Medarbejder", "Kunde"],
            &["Kundeservice", "Kunden"],
            &["Rådgiver", "Borger"],
            &["Support", "Bruger"],
            &["A", "K"],
        ],
        _ => &[
            &["Agent", "Customer"],
            &["Agent", "Caller"],
            &["Advisor", "Customer"],
            &["Support", "User"],
            &["Rep", "Client"],
            &["A", "C"],
        ],
    }
}

type Labels = [&'static str; 2];

fn call(phrases: &Phrases, mut cast: Cast<'_>, labels: Option<&Labels>, random: &mut Random) -> Text {
    let mut text = Text {
        id: String::new(),
        language: String::new(),
        source: SOURCE.to_owned(),
        text: String::new(),
        marks: Vec::new(),
    };
    for (stage, percent, most) in STAGES {
        for _ in 0..most {
            if random.chance(percent) {
                write(phrases.pick(stage, random), &mut cast, labels, random, &mut text);
            }
            if random.chance(25) {
                write(phrases.pick("chat", random), &mut cast, labels, random, &mut text);
            }
        }
    }
    text
}

/// Appends a phrase, with its braces filled.
fn write(phrase: &str, cast: &mut Cast<'_>, labels: Option<&Labels>, random: &mut Random, text: &mut Text) {
    cast.next_phrase(random);
    for turn in phrase.split(" || ").filter(|turn| !turn.is_empty()) {
        if !text.text.is_empty() {
            text.text.push('\n');
        }
        if let Some([employee, customer]) = labels {
            text.text.push_str(if turn.starts_with('A') { employee } else { customer });
            text.text.push_str(": ");
        }
        let mut rest = turn.trim_start_matches(['A', 'C']).trim_start_matches(": ");
        while let Some((before, after)) = rest.split_once('{') {
            let (slot, after) = after.split_once('}').unwrap_or((after, ""));
            text.text.push_str(before);
            let (kind, value) = cast.fill(slot, random);
            let start = text.text.len();
            let opens = text.text.is_empty() || [". ", ": ", "\n"].iter().any(|end| text.text.ends_with(end));
            text.text.push_str(&if opens { vary::title(&value) } else { value });
            if let Some(kind) = kind {
                text.marks.push(Mark { range: start..text.text.len(), kind: kind.to_owned() });
            }
            rest = after;
        }
        text.text.push_str(rest);
    }
}

/// As speech recognition writes it: without capitals and punctuation, with what people say while they think.
fn as_recognised(text: &Text, random: &mut Random) -> Text {
    let fillers: &[&str] = if text.language == "da" {
        &["øh ", "øhm ", "altså ", "ja ", "jamen ", "nå ", "så "]
    } else {
        &["uh ", "um ", "you know ", "well ", "so ", "like ", "i mean ", "yeah "]
    };
    let plain = vary::uncased(text);
    let (mut out, mut marks) = (String::new(), plain.marks.clone());
    for (at, letter) in plain.text.char_indices() {
        let word = at == 0 || plain.text[..at].ends_with([' ', '\n']);
        let inside = plain.marks.iter().any(|mark| mark.range.start < at && at < mark.range.end);
        if word && !inside && random.chance(5) {
            let filler = random.pick(fillers);
            let shift = filler.len();
            for mark in marks.iter_mut().filter(|mark| mark.range.start >= out.len()) {
                mark.range = mark.range.start + shift..mark.range.end + shift;
            }
            out.push_str(filler);
        }
        out.push(letter);
    }
    Text { text: out, marks, ..plain }
}
